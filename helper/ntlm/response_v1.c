// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "crypto_v1.h"
#include "response.h"

static void compute_nt(const struct response_input *in,
		       uint8_t nt[LM_RESPONSE_SIZE])
{
	const uint8_t *server_challenge = in->ex->challenge.server_challenge;
	uint8_t challenge[8];

	memcpy(challenge, server_challenge, sizeof(challenge));
	if (in->ex->response == NTLM_RESPONSE_NTLM2_SESSION)
		crypto_session_challenge(server_challenge, in->client_challenge,
					 challenge);
	crypto_desl(in->credential->nt_hash, challenge, nt);
}

static void compute_lm(const struct response_input *in,
		       const uint8_t nt[LM_RESPONSE_SIZE],
		       uint8_t lm[LM_RESPONSE_SIZE])
{
	if (in->ex->lm == EXCHANGE_LM_NONCE) {
		memset(lm, 0, LM_RESPONSE_SIZE);
		memcpy(lm, in->client_challenge, CLIENT_CHALLENGE_SIZE);
	} else if (in->ex->lm == EXCHANGE_LM_HASH && in->credential->has_lm_hash) {
		crypto_desl(in->credential->lm_hash,
			    in->ex->challenge.server_challenge, lm);
	} else {
		memcpy(lm, nt, LM_RESPONSE_SIZE);
	}
}

static void put(struct wire_writer *w, size_t header,
		const uint8_t response[LM_RESPONSE_SIZE])
{
	size_t start = w->len;

	wire_put(w, response, LM_RESPONSE_SIZE);
	wire_end_item(w, header, start);
}

enum ntlm_error response_put_v1(struct wire_writer *w,
				const struct response_input *in,
				uint8_t key_exchange_key[NTLM_KEY_SIZE],
				struct ntlm_detail *detail)
{
	const struct ntlm_credential *credential = in->credential;
	uint8_t lm[LM_RESPONSE_SIZE], nt[LM_RESPONSE_SIZE];
	uint8_t session_base_key[NTLM_KEY_SIZE];
	bool has_key;

	compute_nt(in, nt);
	compute_lm(in, nt, lm);
	put(w, AUTH_LM, lm);
	put(w, AUTH_NT, nt);
	if (w->overflow)
		return ntlm_fail(detail, NTLM_ERR_TOO_LARGE, "NtChallengeResponse");

	crypto_session_base_key_v1(credential->nt_hash, session_base_key);
	has_key = crypto_kxkey_v1(in->ex->flags, session_base_key,
				  credential->has_lm_hash ? credential->lm_hash :
							    NULL,
				  in->ex->challenge.server_challenge, lm,
				  key_exchange_key);
	explicit_bzero(session_base_key, sizeof(session_base_key));
	if (!has_key)
		return ntlm_fail(detail, NTLM_ERR_OPTION_REFUSED,
				 "the negotiated key needs an LM hash, and the credential has none");
	return NTLM_OK;
}
