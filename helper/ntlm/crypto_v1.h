/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One-way functions, responses and key exchange keys of LM and NTLMv1:
 * [MS-NLMP] 3.3.1 and 3.4.5.1. Intermediate values are wiped before the functions
 * return.
 */
#ifndef NTLM_CRYPTO_V1_H
#define NTLM_CRYPTO_V1_H

#include "message.h"
#include "ntlm.h"

/**
 * crypto_desl() - DESL(), [MS-NLMP] 6
 * @key: LMOWFv1 or NTOWFv1
 * @data: 8 bytes: ServerChallenge, or crypto_session_challenge()
 * @response: receives LM_RESPONSE_SIZE bytes
 */
void crypto_desl(const uint8_t key[NTLM_HASH_SIZE], const uint8_t data[8],
		 uint8_t response[LM_RESPONSE_SIZE]);

/**
 * crypto_session_challenge() - what an NTLM2 session response answers
 * @server_challenge: ServerChallenge
 * @client_challenge: the first 8 bytes of LmChallengeResponse
 * @challenge: receives 8 bytes of MD5(both)
 */
void crypto_session_challenge(const uint8_t server_challenge[SERVER_CHALLENGE_SIZE],
			      const uint8_t client_challenge[CLIENT_CHALLENGE_SIZE],
			      uint8_t challenge[8]);

/**
 * crypto_session_base_key_v1() - MD4(NTOWFv1), the SessionBaseKey of NTLMv1
 * @nt_hash: NTOWFv1
 * @key: receives NTLM_KEY_SIZE bytes
 */
void crypto_session_base_key_v1(const uint8_t nt_hash[NTLM_HASH_SIZE],
				uint8_t key[NTLM_KEY_SIZE]);

/**
 * crypto_kxkey_v1() - KXKEY of LM and NTLMv1, [MS-NLMP] 3.4.5.1
 * @flags: negotiated NegotiateFlags: EXTENDED_SESSIONSECURITY, LM_KEY and
 *	REQUEST_NON_NT_SESSION_KEY choose the row
 * @session_base_key: SessionBaseKey
 * @lm_hash: first 8 bytes of LMOWFv1, or NULL if there is none
 * @server_challenge: ServerChallenge
 * @lm: LmChallengeResponse as sent, LM_RESPONSE_SIZE bytes
 * @key: receives NTLM_KEY_SIZE bytes; all zero on failure
 *
 * Return: true; false if the row needs an LM hash and there is none.
 */
bool crypto_kxkey_v1(uint32_t flags, const uint8_t session_base_key[NTLM_KEY_SIZE],
		     const uint8_t *lm_hash,
		     const uint8_t server_challenge[SERVER_CHALLENGE_SIZE],
		     const uint8_t lm[LM_RESPONSE_SIZE], uint8_t key[NTLM_KEY_SIZE]);

#endif
