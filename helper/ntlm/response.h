/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What proves the password: LmChallengeResponse, NtChallengeResponse and the
 * KeyExchangeKey, [MS-NLMP] 3.3 and 3.4.5.1.
 */
#ifndef NTLM_RESPONSE_H
#define NTLM_RESPONSE_H

#include "exchange.h"
#include "wire.h"

/**
 * struct response_input - everything a response follows from
 * @request: what the client wants
 * @credential: who logs on
 * @ex: what was decided
 * @domain: DomainName as sent
 * @user: UserName as sent
 * @client_challenge: CLIENT_CHALLENGE_SIZE random bytes
 */
struct response_input {
	const struct ntlm_request *request;
	const struct ntlm_credential *credential;
	const struct exchange *ex;
	struct ntlm_bytes domain;
	struct ntlm_bytes user;
	const uint8_t *client_challenge;
};

/**
 * response_put() - append both responses to an AUTHENTICATE_MESSAGE
 * @w: the message, its fixed part already present
 * @in: what they follow from
 * @key_exchange_key: receives NTLM_KEY_SIZE bytes, a secret
 * @detail: receives what failed; may be NULL
 *
 * Return: NTLM_OK; NTLM_ERR_TOO_LARGE; NTLM_ERR_UTF8 for the target name;
 * NTLM_ERR_OPTION_REFUSED if the key exchange key needs an LM hash and there is
 * none.
 */
enum ntlm_error response_put(struct wire_writer *w,
			     const struct response_input *in,
			     uint8_t key_exchange_key[NTLM_KEY_SIZE],
			     struct ntlm_detail *detail);

/** response_put_v1() - response_put() of NTLMv1 and NTLM2 session responses */
enum ntlm_error response_put_v1(struct wire_writer *w,
				const struct response_input *in,
				uint8_t key_exchange_key[NTLM_KEY_SIZE],
				struct ntlm_detail *detail);

/** response_put_v2() - response_put() of NTLMv2 responses */
enum ntlm_error response_put_v2(struct wire_writer *w,
				const struct response_input *in,
				uint8_t key_exchange_key[NTLM_KEY_SIZE],
				struct ntlm_detail *detail);

#endif
