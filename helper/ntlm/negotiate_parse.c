// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "message.h"
#include "wire.h"

#define NEG_FLAGS	12
#define NEG_DOMAIN	16
#define NEG_WORKSTATION	24
#define NEG_MIN_SIZE	16	/* old clients send no names */
#define NEG_NAMES_SIZE	32

enum ntlm_error negotiate_parse(struct ntlm_bytes msg,
				struct negotiate_message *out,
				struct ntlm_detail *detail)
{
	memset(out, 0, sizeof(*out));
	if (!wire_has_header(msg, MESSAGE_NEGOTIATE, NEG_MIN_SIZE))
		return ntlm_fail(detail, NTLM_ERR_MALFORMED, "NEGOTIATE header");
	out->flags = wire_le32(msg.data + NEG_FLAGS);
	if (!(out->flags & (NTLMSSP_NEGOTIATE_UNICODE | NTLM_NEGOTIATE_OEM)))
		return ntlm_fail(detail, NTLM_ERR_CHARSET, "NEGOTIATE");
	if (msg.len < NEG_NAMES_SIZE)
		return NTLM_OK;
	if (out->flags & NTLMSSP_NEGOTIATE_OEM_DOMAIN_SUPPLIED &&
	    !wire_get_item(msg, NEG_DOMAIN, NEG_NAMES_SIZE, &out->domain))
		return ntlm_fail(detail, NTLM_ERR_MALFORMED, "NEGOTIATE DomainName");
	if (out->flags & NTLMSSP_NEGOTIATE_OEM_WORKSTATION_SUPPLIED &&
	    !wire_get_item(msg, NEG_WORKSTATION, NEG_NAMES_SIZE,
			   &out->workstation))
		return ntlm_fail(detail, NTLM_ERR_MALFORMED,
				 "NEGOTIATE WorkstationName");
	return NTLM_OK;
}
