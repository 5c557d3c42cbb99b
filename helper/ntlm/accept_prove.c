// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "accept.h"
#include "charset.h"
#include "crypto.h"
#include "crypto_v1.h"
#include "utf16.h"
#include "wire.h"

/* user and domain as NTOWFv2 wants them, for characters of one byte as well */
struct identity {
	uint8_t user_buf[2 * USER_MAX];
	uint8_t domain_buf[2 * NTLM_NAME_MAX];
	uint8_t upper_buf[2 * NTLM_NAME_MAX];
	struct ntlm_bytes user;
	struct ntlm_bytes domain[3];	/* in the order they are tried */
	size_t domains;
};

static bool identify(const struct acceptance *acceptance, struct identity *id)
{
	const struct authenticate_message *msg = &acceptance->authenticate;
	struct ntlm_bytes domain;

	if (!charset_widen(acceptance->flags, msg->user, id->user_buf,
			   sizeof(id->user_buf), &id->user) ||
	    !charset_widen(acceptance->flags, msg->domain, id->domain_buf,
			   sizeof(id->domain_buf), &domain) ||
	    domain.len > sizeof(id->upper_buf))
		return false;
	for (size_t i = 0; i + 2 <= domain.len; i += 2)
		wire_set_le16(id->upper_buf + i,
			      utf16_upcase(wire_le16(domain.data + i)));
	id->domain[0] = domain;
	id->domain[1] = (struct ntlm_bytes){ id->upper_buf, domain.len };
	id->domain[2] = (struct ntlm_bytes){ NULL, 0 };
	id->domains = domain.len ? 3 : 1;
	return true;
}

/*
 * Compares HMAC_MD5(NTOWFv2, ServerChallenge || data) for each form of the domain
 * that clients hash, whatever they send: as sent, upper-cased, and none.
 */
static bool prove_v2(const struct acceptance *acceptance,
		     const struct ntlm_secret *secret, struct ntlm_bytes data,
		     const uint8_t *proof, uint8_t key[NTLM_KEY_SIZE])
{
	const uint8_t *nonce = acceptance->challenge.server_challenge;
	uint8_t ntowfv2[NTLM_KEY_SIZE], expected[PROOF_SIZE];
	struct identity id;
	bool proved = false;

	if (!identify(acceptance, &id))
		return false;
	for (size_t i = 0; i < id.domains && !proved; i++) {
		crypto_ntowfv2(secret->nt_hash, id.user, id.domain[i], ntowfv2);
		crypto_response(ntowfv2, nonce, data, expected);
		proved = crypto_equal(expected, proof, PROOF_SIZE);
		if (proved)
			crypto_session_base_key(ntowfv2, proof, key);
	}
	explicit_bzero(ntowfv2, sizeof(ntowfv2));
	explicit_bzero(expected, sizeof(expected));
	return proved;
}

static bool prove_ntlmv2(const struct acceptance *acceptance,
			 const struct ntlm_secret *secret,
			 uint8_t key[NTLM_KEY_SIZE])
{
	struct ntlm_bytes nt = acceptance->authenticate.nt;
	struct ntlm_bytes blob = { nt.data + PROOF_SIZE, nt.len - PROOF_SIZE };

	return prove_v2(acceptance, secret, blob, nt.data, key);
}

static bool prove_lmv2(const struct acceptance *acceptance,
		       const struct ntlm_secret *secret,
		       uint8_t key[NTLM_KEY_SIZE])
{
	const uint8_t *lm = acceptance->authenticate.lm.data;
	struct ntlm_bytes nonce = { lm + PROOF_SIZE, CLIENT_CHALLENGE_SIZE };

	return prove_v2(acceptance, secret, nonce, lm, key);
}

static bool prove_v1(const uint8_t hash[NTLM_HASH_SIZE], const uint8_t nonce[8],
		     const uint8_t *response)
{
	uint8_t expected[LM_RESPONSE_SIZE];
	bool proved;

	crypto_desl(hash, nonce, expected);
	proved = crypto_equal(expected, response, sizeof(expected));
	explicit_bzero(expected, sizeof(expected));
	return proved;
}

bool accept_key(const struct acceptance *acceptance,
		const uint8_t session_base_key[NTLM_KEY_SIZE],
		const uint8_t *lm_key, uint8_t key_exchange_key[NTLM_KEY_SIZE])
{
	static const uint8_t none[LM_RESPONSE_SIZE];
	struct ntlm_bytes lm = acceptance->authenticate.lm;

	if (acceptance->response == NTLM_RESPONSE_NTLMV2 ||
	    acceptance->response == NTLM_RESPONSE_LMV2) {
		memcpy(key_exchange_key, session_base_key, NTLM_KEY_SIZE);
		return true;
	}
	return crypto_kxkey_v1(acceptance->flags, session_base_key, lm_key,
			       acceptance->challenge.server_challenge,
			       lm.len == sizeof(none) ? lm.data : none,
			       key_exchange_key);
}

/* what an LM response alone can be */
static bool prove_lm(struct acceptance *acceptance,
		     const struct ntlm_secret *secret,
		     uint8_t key[NTLM_KEY_SIZE])
{
	const uint8_t *nonce = acceptance->challenge.server_challenge;
	const uint8_t *lm = acceptance->authenticate.lm.data;

	if (secret->has_lm_hash && prove_v1(secret->lm_hash, nonce, lm)) {
		memset(key, 0, NTLM_KEY_SIZE);
		memcpy(key, secret->lm_hash, 8);
		acceptance->response = NTLM_RESPONSE_LM;
		return true;
	}
	if (prove_lmv2(acceptance, secret, key)) {
		acceptance->response = NTLM_RESPONSE_LMV2;
		return true;
	}
	if (!prove_v1(secret->nt_hash, nonce, lm))
		return false;
	crypto_session_base_key_v1(secret->nt_hash, key);
	acceptance->response = NTLM_RESPONSE_NTLM;
	return true;
}

static bool prove_nt(const struct acceptance *acceptance,
		     const struct ntlm_secret *secret,
		     uint8_t key[NTLM_KEY_SIZE])
{
	const uint8_t *nonce = acceptance->challenge.server_challenge;
	uint8_t both[8];

	if (acceptance->response == NTLM_RESPONSE_NTLM2_SESSION) {
		crypto_session_challenge(nonce, acceptance->authenticate.lm.data,
					 both);
		nonce = both;
	}
	crypto_session_base_key_v1(secret->nt_hash, key);
	return prove_v1(secret->nt_hash, nonce, acceptance->authenticate.nt.data);
}

enum ntlm_error accept_prove(struct acceptance *acceptance,
			     const struct ntlm_secret *secret,
			     uint8_t key_exchange_key[NTLM_KEY_SIZE],
			     struct ntlm_detail *detail)
{
	const char *where = "NtChallengeResponse";
	uint8_t key[NTLM_KEY_SIZE];
	enum ntlm_error err = NTLM_OK;
	bool proved;

	/*
	 * Nothing takes the place of a response that is there and does not fit:
	 * an LMv2 response next to it says nothing of AV pairs and MIC.
	 */
	switch (acceptance->response) {
	case NTLM_RESPONSE_NTLMV2:
		proved = prove_ntlmv2(acceptance, secret, key);
		break;
	case NTLM_RESPONSE_NTLM:
	case NTLM_RESPONSE_NTLM2_SESSION:
		proved = prove_nt(acceptance, secret, key);
		break;
	case NTLM_RESPONSE_LM:
		where = "LmChallengeResponse";
		proved = prove_lm(acceptance, secret, key);
		break;
	default:
		where = "anonymous";
		proved = false;
		break;
	}
	if (!proved)
		err = ntlm_fail(detail, NTLM_ERR_PROOF, where);
	else if (!accept_key(acceptance, key,
			     secret->has_lm_hash ? secret->lm_hash : NULL,
			     key_exchange_key))
		err = ntlm_fail(detail, NTLM_ERR_OPTION_REFUSED,
				"the account has no LM hash to make a key of");
	explicit_bzero(key, sizeof(key));
	return err;
}
