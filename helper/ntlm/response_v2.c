// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "charset.h"
#include "crypto.h"
#include "response.h"
#include "utf16.h"

/* NTLMv2_CLIENT_CHALLENGE ends in four zero bytes, [MS-NLMP] 3.3.2 */
#define RESPONSE_TRAILER 4

/* MsvAvFlags of the client: the statements about itself are its own alone */
static uint32_t client_av_flags(const struct ntlm_request *request,
				const struct exchange *ex)
{
	uint32_t flags = av_flags(&ex->challenge.target_info);

	flags &= ~(AV_FLAG_MIC | AV_FLAG_UNTRUSTED_TARGET);
	if (ex->mic)
		flags |= AV_FLAG_MIC;
	if (request->target_unverified && request->target_name)
		flags |= AV_FLAG_UNTRUSTED_TARGET;
	return flags;
}

/*
 * The server's pairs go back as they came, with two exceptions. MsvAvFlags is
 * brought up to date where it stands. Pairs that only a client may send are left
 * out: next to ours, a reader of the first occurrence would take channel
 * bindings or target name from whoever wrote the CHALLENGE.
 */
static void echo_av_pairs(struct wire_writer *w, const struct exchange *ex,
			  struct ntlm_bytes flags)
{
	struct ntlm_bytes pairs = ex->challenge.target_info.pairs;
	struct ntlm_bytes value;
	uint16_t id;

	while (av_next(&pairs, &id, &value)) {
		switch (id) {
		case AV_SINGLE_HOST:
		case AV_TARGET_NAME:
		case AV_CHANNEL_BINDINGS:
			break;
		case AV_FLAGS:
			av_put(w, id, flags);
			break;
		default:
			av_put(w, id, value);
			break;
		}
	}
}

static enum ntlm_error put_target_name(struct wire_writer *w, const char *name)
{
	size_t start = w->len;
	enum ntlm_error err;

	wire_put_le16(w, AV_TARGET_NAME);
	wire_put_le16(w, 0);
	err = utf16_put(w, name, NTLM_TARGET_NAME_MAX);
	if (!err && !w->overflow)
		wire_set_le16(w->data + start + 2,
			      (uint16_t)(w->len - start - AV_HEADER_SIZE));
	return err;
}

static enum ntlm_error put_av_pairs(struct wire_writer *w,
				    const struct ntlm_request *request,
				    const struct exchange *ex)
{
	static const uint8_t no_bindings[NTLM_CHANNEL_BINDINGS_SIZE];
	const struct av_list *info = &ex->challenge.target_info;
	struct ntlm_bytes bindings = { no_bindings, sizeof(no_bindings) };
	uint32_t flags = client_av_flags(request, ex);
	uint8_t le[4];
	struct ntlm_bytes value = { le, sizeof(le) };
	enum ntlm_error err;

	if (ex->challenge.has_target_info) {
		wire_set_le32(le, flags);
		echo_av_pairs(w, ex, value);
		if (flags && !info->value[AV_FLAGS].data)
			av_put(w, AV_FLAGS, value);
		if (ex->channel_bound)
			bindings.data = request->channel_bindings;
		av_put(w, AV_CHANNEL_BINDINGS, bindings);
		err = put_target_name(w, request->target_name);
		if (err)
			return err;
	}
	av_put(w, AV_EOL, (struct ntlm_bytes){ NULL, 0 });
	return NTLM_OK;
}

static void put_lm(struct wire_writer *w, const struct response_input *in,
		   const uint8_t ntowfv2[NTLM_KEY_SIZE])
{
	struct ntlm_bytes cc = { in->client_challenge, CLIENT_CHALLENGE_SIZE };
	size_t start = w->len;
	uint8_t proof[PROOF_SIZE];

	if (in->ex->lm == EXCHANGE_LM_V2) {
		crypto_response(ntowfv2, in->ex->challenge.server_challenge, cc,
				proof);
		wire_put(w, proof, sizeof(proof));
		wire_put(w, cc.data, cc.len);
	} else if (in->ex->lm == EXCHANGE_LM_ZERO) {
		wire_put_zero(w, LM_RESPONSE_SIZE);
	}
	wire_end_item(w, AUTH_LM, start);
}

static enum ntlm_error put_nt(struct wire_writer *w,
			      const struct response_input *in,
			      const uint8_t ntowfv2[NTLM_KEY_SIZE],
			      uint8_t key_exchange_key[NTLM_KEY_SIZE])
{
	static const uint8_t types[8] = { 1, 1 };
	size_t start = w->len;
	struct ntlm_bytes blob;
	enum ntlm_error err;
	uint8_t *proof;

	wire_put_zero(w, PROOF_SIZE);
	wire_put(w, types, sizeof(types));
	wire_put_le64(w, in->ex->time);
	wire_put(w, in->client_challenge, CLIENT_CHALLENGE_SIZE);
	wire_put_zero(w, 4);
	err = put_av_pairs(w, in->request, in->ex);
	if (err)
		return err;
	wire_put_zero(w, RESPONSE_TRAILER);
	wire_end_item(w, AUTH_NT, start);
	if (w->overflow)
		return NTLM_ERR_TOO_LARGE;

	proof = w->data + start;
	blob.data = proof + PROOF_SIZE;
	blob.len = w->len - start - PROOF_SIZE;
	crypto_response(ntowfv2, in->ex->challenge.server_challenge, blob, proof);
	crypto_session_base_key(ntowfv2, proof, key_exchange_key);
	return NTLM_OK;
}

enum ntlm_error response_put_v2(struct wire_writer *w,
				const struct response_input *in,
				uint8_t key_exchange_key[NTLM_KEY_SIZE],
				struct ntlm_detail *detail)
{
	uint8_t wide_user[NTLM_NAME_MAX], wide_domain[NTLM_NAME_MAX];
	uint8_t ntowfv2[NTLM_KEY_SIZE];
	struct ntlm_bytes user, domain;
	enum ntlm_error err;

	/* NTOWFv2 is one of UTF-16, whatever was sent. */
	if (!charset_widen(in->ex->flags, in->user, wide_user, sizeof(wide_user),
			   &user) ||
	    !charset_widen(in->ex->flags, in->domain, wide_domain,
			   sizeof(wide_domain), &domain))
		return ntlm_fail(detail, NTLM_ERR_TOO_LARGE, "AUTHENTICATE names");
	crypto_ntowfv2(in->credential->nt_hash, user, domain, ntowfv2);
	put_lm(w, in, ntowfv2);
	err = put_nt(w, in, ntowfv2, key_exchange_key);
	explicit_bzero(ntowfv2, sizeof(ntowfv2));
	if (err)
		return ntlm_fail(detail, err, err == NTLM_ERR_UTF8 ?
				 "MsvAvTargetName" : "NtChallengeResponse");
	return NTLM_OK;
}
