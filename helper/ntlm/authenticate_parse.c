// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "message.h"
#include "utf16.h"
#include "wire.h"

#define AUTH_MIN_SIZE		64
#define NTLMV2_RESPONSE_MIN	48
#define SESSION_KEY_SIZE	16

/* an item that is a name in the negotiated character set */
static bool get_name(struct ntlm_bytes msg, size_t header, uint32_t flags,
		     size_t max, struct ntlm_bytes *name)
{
	if (!wire_get_item(msg, header, AUTH_MIN_SIZE, name) || name->len > max)
		return false;
	if (flags & NTLMSSP_NEGOTIATE_UNICODE)
		return name->len % 2 == 0 && !utf16_has_nul(*name);
	return !name->len || !memchr(name->data, 0, name->len);
}

static const char *get_names(struct ntlm_bytes msg,
			     struct authenticate_message *out)
{
	if (!get_name(msg, AUTH_DOMAIN, out->flags, NTLM_NAME_MAX, &out->domain))
		return "AUTHENTICATE DomainName";
	if (!get_name(msg, AUTH_USER, out->flags, USER_MAX, &out->user))
		return "AUTHENTICATE UserName";
	if (!get_name(msg, AUTH_WORKSTATION, out->flags, NTLM_NAME_MAX,
		      &out->workstation))
		return "AUTHENTICATE Workstation";
	return NULL;
}

static bool valid_lm(const struct authenticate_message *out)
{
	if (out->lm.len == 1)
		return !out->lm.data[0] && !out->user.len && !out->nt.len;
	return !out->lm.len || out->lm.len == LM_RESPONSE_SIZE;
}

static const char *get_responses(struct ntlm_bytes msg,
				 struct authenticate_message *out)
{
	struct ntlm_bytes av;

	if (!wire_get_item(msg, AUTH_NT, AUTH_MIN_SIZE, &out->nt))
		return "AUTHENTICATE NtChallengeResponse";
	if (!wire_get_item(msg, AUTH_LM, AUTH_MIN_SIZE, &out->lm) ||
	    !valid_lm(out))
		return "AUTHENTICATE LmChallengeResponse";
	if (!out->nt.len || out->nt.len == NT_RESPONSE_SIZE)
		return NULL;
	if (out->nt.len < NTLMV2_RESPONSE_MIN)
		return "AUTHENTICATE NtChallengeResponse has a wrong length";
	if (out->nt.data[PROOF_SIZE] != 1 || out->nt.data[PROOF_SIZE + 1] != 1)
		return "AUTHENTICATE RespType";
	out->ntlmv2 = true;
	av.data = out->nt.data + RESPONSE_AV_PAIRS;
	av.len = out->nt.len - RESPONSE_AV_PAIRS;
	return av_parse(av, &out->av_pairs);
}

static const char *get_session_key(struct ntlm_bytes msg,
				   struct authenticate_message *out)
{
	if (!wire_get_item(msg, AUTH_SESSION_KEY, AUTH_MIN_SIZE,
			   &out->session_key))
		return "AUTHENTICATE EncryptedRandomSessionKey";
	if (out->flags & NTLMSSP_NEGOTIATE_KEY_EXCH &&
	    out->flags & (NTLMSSP_NEGOTIATE_SIGN | NTLMSSP_NEGOTIATE_SEAL) &&
	    out->session_key.len != SESSION_KEY_SIZE)
		return "AUTHENTICATE EncryptedRandomSessionKey has a wrong length";
	return NULL;
}

/*
 * Some senders leave Version out, so the MIC may be at 72 or at 64. Only the
 * lowest payload offset tells which.
 */
static const char *find_mic(struct ntlm_bytes msg,
			    struct authenticate_message *out)
{
	const struct ntlm_bytes *items[] = { &out->lm, &out->nt, &out->domain,
					     &out->user, &out->workstation,
					     &out->session_key };
	size_t lowest = msg.len;

	if (!(av_flags(&out->av_pairs) & AV_FLAG_MIC))
		return NULL;
	for (size_t i = 0; i < sizeof(items) / sizeof(items[0]); i++) {
		size_t offset;

		if (!items[i]->len)
			continue;
		offset = (size_t)(items[i]->data - msg.data);
		if (offset < lowest)
			lowest = offset;
	}
	if (lowest < AUTH_VERSION + MIC_SIZE)
		return "AUTHENTICATE promises a MIC and has no room for it";
	out->mic_offset = lowest < AUTH_FIXED_SIZE ? AUTH_VERSION : AUTH_MIC;
	return NULL;
}

enum ntlm_error authenticate_parse(struct ntlm_bytes msg,
				   struct authenticate_message *out,
				   struct ntlm_detail *detail)
{
	const char *wrong;

	memset(out, 0, sizeof(*out));
	if (!wire_has_header(msg, MESSAGE_AUTHENTICATE, AUTH_MIN_SIZE))
		return ntlm_fail(detail, NTLM_ERR_MALFORMED, "AUTHENTICATE header");
	out->flags = wire_le32(msg.data + AUTH_FLAGS);
	if (!(out->flags & (NTLMSSP_NEGOTIATE_UNICODE | NTLM_NEGOTIATE_OEM)))
		return ntlm_fail(detail, NTLM_ERR_CHARSET, "AUTHENTICATE");
	wrong = get_names(msg, out);
	if (!wrong)
		wrong = get_responses(msg, out);
	if (!wrong)
		wrong = get_session_key(msg, out);
	if (!wrong)
		wrong = find_mic(msg, out);
	return wrong ? ntlm_fail(detail, NTLM_ERR_MALFORMED, wrong) : NTLM_OK;
}
