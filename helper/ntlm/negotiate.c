// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "message.h"
#include "options.h"
#include "wire.h"

const uint8_t message_signature[8] = { 'N', 'T', 'L', 'M', 'S', 'S', 'P', 0 };
const uint8_t message_version[8] = { 6, 1, 0, 0, 0, 0, 0, 0x0f };

enum ntlm_error ntlm_build_negotiate(const struct ntlm_policy *policy,
				     const struct ntlm_request *request,
				     struct ntlm_token *token, uint32_t *flags,
				     struct ntlm_detail *detail)
{
	struct wire_writer w = { .data = token->data, .size = token->size };
	uint32_t offer;
	enum ntlm_error err;

	token->len = 0;
	if (flags)
		*flags = 0;
	err = options_check(policy, request, detail);
	if (err)
		return err;
	if (request->connectionless)
		return ntlm_fail(detail, NTLM_ERR_ARGUMENT,
				 "a connectionless exchange has no NEGOTIATE");
	if (token->size < NTLM_NEGOTIATE_SIZE)
		return ntlm_fail(detail, NTLM_ERR_TOO_LARGE, "NEGOTIATE");

	offer = options_offer(policy, request);
	wire_put(&w, message_signature, sizeof(message_signature));
	wire_put_le32(&w, MESSAGE_NEGOTIATE);
	wire_put_le32(&w, offer);
	/* With VERSION set both names must be empty, [MS-NLMP] 3.1.5.1.1. */
	wire_put_zero(&w, 16);
	wire_put(&w, message_version, sizeof(message_version));
	token->len = w.len;
	if (flags)
		*flags = offer;
	return NTLM_OK;
}
