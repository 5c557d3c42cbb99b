// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "message.h"
#include "utf16.h"
#include "wire.h"

#define CHAL_MIN_SIZE		32	/* old servers end after the nonce */
#define CHAL_INFO_SIZE		48

enum ntlm_error challenge_parse(struct ntlm_bytes msg,
				struct challenge_message *out,
				struct ntlm_detail *detail)
{
	size_t fixed = CHAL_MIN_SIZE;
	struct ntlm_bytes info;
	const char *wrong;

	memset(out, 0, sizeof(*out));
	if (!wire_has_header(msg, MESSAGE_CHALLENGE, CHAL_MIN_SIZE))
		return ntlm_fail(detail, NTLM_ERR_MALFORMED, "CHALLENGE header");
	out->flags = wire_le32(msg.data + CHAL_FLAGS);
	out->server_challenge = msg.data + CHAL_SERVER_CHALLENGE;
	if (!(out->flags & (NTLMSSP_NEGOTIATE_UNICODE | NTLM_NEGOTIATE_OEM)))
		return ntlm_fail(detail, NTLM_ERR_CHARSET, "CHALLENGE");
	if (out->flags & NTLMSSP_NEGOTIATE_TARGET_INFO)
		fixed = CHAL_INFO_SIZE;
	if (msg.len < fixed)
		return ntlm_fail(detail, NTLM_ERR_MALFORMED,
				 "CHALLENGE too short for TargetInfo");

	if (!wire_get_item(msg, CHAL_TARGET_NAME, fixed, &out->target_name) ||
	    (out->flags & NTLMSSP_NEGOTIATE_UNICODE && out->target_name.len % 2))
		return ntlm_fail(detail, NTLM_ERR_MALFORMED,
				 "CHALLENGE TargetName");
	if (!(out->flags & NTLMSSP_NEGOTIATE_TARGET_INFO))
		return NTLM_OK;
	if (!wire_get_item(msg, CHAL_TARGET_INFO, fixed, &info))
		return ntlm_fail(detail, NTLM_ERR_MALFORMED,
				 "CHALLENGE TargetInfo");
	if (!info.len)
		return NTLM_OK;
	wrong = av_parse(info, &out->target_info);
	if (wrong)
		return ntlm_fail(detail, NTLM_ERR_MALFORMED, wrong);
	out->has_target_info = true;
	return NTLM_OK;
}

enum ntlm_error ntlm_inspect_challenge(struct ntlm_bytes challenge,
				       struct ntlm_challenge_info *info,
				       struct ntlm_detail *detail)
{
	struct challenge_message msg;
	const struct ntlm_bytes *av;
	enum ntlm_error err;

	memset(info, 0, sizeof(*info));
	if (detail)
		*detail = (struct ntlm_detail){ 0 };
	err = challenge_parse(challenge, &msg, detail);
	if (err)
		return err;
	av = msg.target_info.value;
	info->flags = msg.flags;
	if (av[AV_TIMESTAMP].data) {
		info->has_timestamp = true;
		info->timestamp = wire_le64(av[AV_TIMESTAMP].data);
	}
	utf16_display(av[AV_NB_COMPUTER_NAME], info->nb_computer,
		      sizeof(info->nb_computer));
	utf16_display(av[AV_NB_DOMAIN_NAME], info->nb_domain,
		      sizeof(info->nb_domain));
	utf16_display(av[AV_DNS_COMPUTER_NAME], info->dns_computer,
		      sizeof(info->dns_computer));
	utf16_display(av[AV_DNS_DOMAIN_NAME], info->dns_domain,
		      sizeof(info->dns_domain));
	return NTLM_OK;
}
