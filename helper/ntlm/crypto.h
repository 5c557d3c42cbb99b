/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One-way functions, responses, key exchange and MIC of NTLMv2: [MS-NLMP] 3.3.2
 * and 3.4. Intermediate values are wiped before the functions return.
 */
#ifndef NTLM_CRYPTO_H
#define NTLM_CRYPTO_H

#include "message.h"
#include "ntlm.h"

/**
 * crypto_ntowfv2() - NTOWFv2 (and LMOWFv2), [MS-NLMP] 3.3.2
 * @nt_hash: NTOWFv1
 * @user: UserName as sent, UTF-16LE; upper-cased here
 * @domain: DomainName as sent, UTF-16LE
 * @key: receives NTLM_KEY_SIZE bytes
 */
void crypto_ntowfv2(const uint8_t nt_hash[NTLM_HASH_SIZE],
		    struct ntlm_bytes user, struct ntlm_bytes domain,
		    uint8_t key[NTLM_KEY_SIZE]);

/**
 * crypto_response() - HMAC_MD5(NTOWFv2, ServerChallenge || data)
 * @ntowfv2: the response key
 * @server_challenge: ServerChallenge
 * @data: NTLMv2_CLIENT_CHALLENGE for NTProofStr, ChallengeFromClient for LMv2
 * @proof: receives PROOF_SIZE bytes
 */
void crypto_response(const uint8_t ntowfv2[NTLM_KEY_SIZE],
		     const uint8_t server_challenge[SERVER_CHALLENGE_SIZE],
		     struct ntlm_bytes data, uint8_t proof[PROOF_SIZE]);

/**
 * crypto_session_base_key() - HMAC_MD5(NTOWFv2, NTProofStr)
 * @ntowfv2: the response key
 * @proof: NTProofStr
 * @key: receives SessionBaseKey, which with NTLMv2 is also the
 *	KeyExchangeKey, [MS-NLMP] 3.4.5.1
 */
void crypto_session_base_key(const uint8_t ntowfv2[NTLM_KEY_SIZE],
			     const uint8_t proof[PROOF_SIZE],
			     uint8_t key[NTLM_KEY_SIZE]);

/**
 * crypto_rc4k() - RC4K(key, in) of one key
 * @key: key exchange key
 * @in: NTLM_KEY_SIZE bytes
 * @out: receives NTLM_KEY_SIZE bytes; may be @in
 */
void crypto_rc4k(const uint8_t key[NTLM_KEY_SIZE],
		 const uint8_t in[NTLM_KEY_SIZE], uint8_t out[NTLM_KEY_SIZE]);

/**
 * crypto_mic() - message integrity code, [MS-NLMP] 3.1.5.1.2
 * @key: ExportedSessionKey
 * @negotiate: NEGOTIATE_MESSAGE as transmitted; empty if connectionless
 * @challenge: CHALLENGE_MESSAGE as transmitted
 * @authenticate: AUTHENTICATE_MESSAGE; the bytes of its MIC count as zero
 * @mic_offset: where these MIC_SIZE bytes are inside @authenticate
 * @mic: receives MIC_SIZE bytes
 */
void crypto_mic(const uint8_t key[NTLM_KEY_SIZE], struct ntlm_bytes negotiate,
		struct ntlm_bytes challenge, struct ntlm_bytes authenticate,
		size_t mic_offset, uint8_t mic[MIC_SIZE]);

/**
 * crypto_equal() - compare in constant time
 * @a: first secret
 * @b: second secret
 * @len: bytes of each
 *
 * Return: true if they are equal.
 */
bool crypto_equal(const uint8_t *a, const uint8_t *b, size_t len);

#endif
