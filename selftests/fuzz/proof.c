// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A client that knows the password and signs whatever it is given. Without it
 * nothing that comes after the proof would be reached at random.
 */
#include "charset.h"
#include "crypto.h"
#include "crypto_v1.h"
#include "fuzz.h"
#include "message.h"

#define NT_RESPONSE_SIZE	24

/* A part of the parsed message, to be written to */
static uint8_t *writable(uint8_t *auth, size_t len, struct ntlm_bytes part)
{
	inside(part, (struct ntlm_bytes){ auth, len });
	return auth + (part.data - auth);
}

static bool repair_v2(uint8_t *auth, size_t len,
		      const struct authenticate_message *msg, uint32_t flags,
		      const uint8_t *nonce, const struct ntlm_secret *secret,
		      uint8_t base[NTLM_KEY_SIZE])
{
	uint8_t user_buf[1024], domain_buf[1024], ntowfv2[NTLM_KEY_SIZE];
	struct ntlm_bytes user, domain;
	uint8_t *nt = writable(auth, len, msg->nt);

	if (!charset_widen(flags, msg->user, user_buf, sizeof(user_buf), &user) ||
	    !charset_widen(flags, msg->domain, domain_buf, sizeof(domain_buf),
			   &domain))
		return false;
	crypto_ntowfv2(secret->nt_hash, user, domain, ntowfv2);
	crypto_response(ntowfv2, nonce,
			(struct ntlm_bytes){ msg->nt.data + PROOF_SIZE,
					     msg->nt.len - PROOF_SIZE }, nt);
	crypto_session_base_key(ntowfv2, nt, base);
	return true;
}

static bool repair_v1(uint8_t *auth, size_t len,
		      const struct authenticate_message *msg, uint32_t flags,
		      const uint8_t *nonce, const struct ntlm_secret *secret,
		      uint8_t kxkey[NTLM_KEY_SIZE])
{
	static const uint8_t none[LM_RESPONSE_SIZE];
	uint8_t base[NTLM_KEY_SIZE], session_nonce[8];
	const uint8_t *lm = msg->lm.len == LM_RESPONSE_SIZE ? msg->lm.data : none;

	if (msg->nt.len == NT_RESPONSE_SIZE) {
		if (flags & NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY) {
			crypto_session_challenge(nonce, lm, session_nonce);
			crypto_desl(secret->nt_hash, session_nonce,
				    writable(auth, len, msg->nt));
		} else {
			crypto_desl(secret->nt_hash, nonce,
				    writable(auth, len, msg->nt));
		}
		crypto_session_base_key_v1(secret->nt_hash, base);
	} else if (msg->lm.len == LM_RESPONSE_SIZE) {
		crypto_desl(secret->lm_hash, nonce,
			    writable(auth, len, msg->lm));
		memset(base, 0, sizeof(base));
		memcpy(base, secret->lm_hash, 8);
	} else {
		return false;
	}
	return crypto_kxkey_v1(flags, base, secret->lm_hash, nonce, lm, kxkey);
}

bool proof_repair(uint8_t *auth, const struct ntlm_exchanged *messages,
		  bool connectionless, const struct ntlm_secret *secret,
		  uint8_t key[NTLM_KEY_SIZE])
{
	size_t len = messages->authenticate.len;
	struct challenge_message challenge;
	struct authenticate_message msg;
	uint8_t kxkey[NTLM_KEY_SIZE];
	uint32_t flags;
	bool done;

	if (challenge_parse(messages->challenge, &challenge, NULL) ||
	    authenticate_parse((struct ntlm_bytes){ auth, len }, &msg, NULL))
		return false;
	flags = connectionless ? msg.flags : msg.flags & challenge.flags;
	done = msg.ntlmv2 ?
		repair_v2(auth, len, &msg, flags, challenge.server_challenge,
			  secret, kxkey) :
		repair_v1(auth, len, &msg, flags, challenge.server_challenge,
			  secret, kxkey);
	if (!done)
		return false;
	/* On a connection there is no key exchange without protection. */
	if (!connectionless &&
	    !(flags & (NTLMSSP_NEGOTIATE_SIGN | NTLMSSP_NEGOTIATE_SEAL)))
		flags &= ~(uint32_t)NTLMSSP_NEGOTIATE_KEY_EXCH;
	if (flags & NTLMSSP_NEGOTIATE_KEY_EXCH &&
	    msg.session_key.len == NTLM_KEY_SIZE)
		crypto_rc4k(kxkey, msg.session_key.data, key);
	else
		memcpy(key, kxkey, NTLM_KEY_SIZE);
	if (msg.mic_offset)
		crypto_mic(key, messages->negotiate, messages->challenge,
			   (struct ntlm_bytes){ auth, len }, msg.mic_offset,
			   auth + msg.mic_offset);
	return true;
}
