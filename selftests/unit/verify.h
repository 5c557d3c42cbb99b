/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether an answer fits a CHALLENGE, be that one as it may: the library's
 * acceptor takes back none that it could not have sent.
 */
#ifndef SELFTESTS_VERIFY_H
#define SELFTESTS_VERIFY_H

#include "ntlm.h"

/**
 * verify_authenticate() - does an AUTHENTICATE_MESSAGE prove the password?
 * @nt_hash: NTOWFv1 of the user named in @authenticate
 * @negotiate: NEGOTIATE_MESSAGE as transmitted
 * @challenge: CHALLENGE_MESSAGE as transmitted
 * @authenticate: AUTHENTICATE_MESSAGE as received
 * @exported: receives ExportedSessionKey; all zero on failure
 * @detail: receives what failed; may be NULL
 *
 * The proof is checked before anything in the response is believed, then the
 * MIC if the response promises one. NTLMv2 in UNICODE only; an anonymous logon
 * proves nothing.
 *
 * Return: NTLM_OK; NTLM_ERR_MALFORMED or NTLM_ERR_CHARSET for any of the
 * messages; NTLM_ERR_PROOF; NTLM_ERR_MIC.
 */
enum ntlm_error verify_authenticate(const uint8_t nt_hash[NTLM_HASH_SIZE],
				    struct ntlm_bytes negotiate,
				    struct ntlm_bytes challenge,
				    struct ntlm_bytes authenticate,
				    uint8_t exported[NTLM_KEY_SIZE],
				    struct ntlm_detail *detail);

#endif
