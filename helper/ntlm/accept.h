/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The steps of an acceptor, [MS-NLMP] 3.2.5.1.1 and 3.2.5.1.2: what it grants,
 * what was agreed on, what proves the password, and what the proof vouches for.
 */
#ifndef NTLM_ACCEPT_H
#define NTLM_ACCEPT_H

#include "acceptor.h"
#include "message.h"

/**
 * struct acceptance - what an AUTHENTICATE_MESSAGE and its CHALLENGE_MESSAGE say
 * @flags: NegotiateFlags both sides agree on. KEY_EXCH is set only if the key is
 *	exchanged.
 * @response: the kind of response that counts; NTLM_RESPONSE_LM for everything
 *	that can be in LmChallengeResponse
 * @challenge: the CHALLENGE_MESSAGE
 * @authenticate: the AUTHENTICATE_MESSAGE
 */
struct acceptance {
	uint32_t flags;
	enum ntlm_response response;
	struct challenge_message challenge;
	struct authenticate_message authenticate;
};

/**
 * accept_check() - is the request possible at all?
 *
 * Return: see ntlm_build_challenge().
 */
enum ntlm_error accept_check(const struct ntlm_acceptor_policy *policy,
			     const struct ntlm_request *request,
			     struct ntlm_detail *detail);

/**
 * accept_grant() - NegotiateFlags of the CHALLENGE_MESSAGE
 * @policy: the administrator's decisions
 * @request: what the server wants
 * @offer: NegotiateFlags of the NEGOTIATE_MESSAGE; unused if connectionless
 * @flags: receives the flags
 * @detail: receives the missing flags
 *
 * Protection that the client offers and that would be too weak is not granted,
 * unless the server wants protection: then the exchange fails.
 *
 * Return: NTLM_OK, NTLM_ERR_CHARSET, NTLM_ERR_OPTION_REFUSED or
 * NTLM_ERR_KEY_STRENGTH.
 */
enum ntlm_error accept_grant(const struct ntlm_acceptor_policy *policy,
			     const struct ntlm_request *request, uint32_t offer,
			     uint32_t *flags, struct ntlm_detail *detail);

/**
 * accept_agree() - flags both sides agree on, and whether they suffice
 * @policy: the administrator's decisions
 * @request: what the server wants
 * @granted: NegotiateFlags of the CHALLENGE_MESSAGE
 * @answer: NegotiateFlags of the AUTHENTICATE_MESSAGE
 * @anonymous: nobody logs on
 * @flags: receives the flags
 * @detail: receives the missing flags
 *
 * Return: like accept_grant(); NTLM_ERR_ANONYMOUS; NTLM_ERR_MALFORMED if a
 * connectionless client chose what was not offered.
 */
enum ntlm_error accept_agree(const struct ntlm_acceptor_policy *policy,
			     const struct ntlm_request *request,
			     uint32_t granted, uint32_t answer, bool anonymous,
			     uint32_t *flags, struct ntlm_detail *detail);

/** accept_nobody() - flags of a logon without session security */
uint32_t accept_nobody(uint32_t flags);

/**
 * accept_legacy() - is session security without EXTENDED_SESSIONSECURITY
 * allowed by both?
 */
bool accept_legacy(const struct ntlm_acceptor_policy *policy,
		   const struct ntlm_request *request);

/**
 * accept_read() - ntlm_read_authenticate() for the other steps
 *
 * @acceptance receives the parsed messages; its pointers lead into @messages.
 */
enum ntlm_error accept_read(const struct ntlm_acceptor_policy *policy,
			    const struct ntlm_request *request, uint64_t now,
			    const struct ntlm_exchanged *messages,
			    struct acceptance *acceptance,
			    struct ntlm_logon *logon,
			    struct ntlm_detail *detail);

/**
 * accept_prove() - does the response fit the password?
 * @acceptance: the messages; @acceptance->response is made exact
 * @secret: of the account
 * @key_exchange_key: receives NTLM_KEY_SIZE bytes; undefined on failure
 * @detail: receives what failed; may be NULL
 *
 * Return: NTLM_OK; NTLM_ERR_PROOF; NTLM_ERR_OPTION_REFUSED if the key needs an LM
 * hash and the account has none.
 */
enum ntlm_error accept_prove(struct acceptance *acceptance,
			     const struct ntlm_secret *secret,
			     uint8_t key_exchange_key[NTLM_KEY_SIZE],
			     struct ntlm_detail *detail);

/**
 * accept_key() - KXKEY of somebody else's SessionBaseKey
 * @acceptance: the messages
 * @session_base_key: NTLM_KEY_SIZE bytes
 * @lm_key: first 8 bytes of LMOWFv1, or NULL
 * @key_exchange_key: receives NTLM_KEY_SIZE bytes
 *
 * Return: true; false if the key needs an LM hash and there is none.
 */
bool accept_key(const struct acceptance *acceptance,
		const uint8_t session_base_key[NTLM_KEY_SIZE],
		const uint8_t *lm_key, uint8_t key_exchange_key[NTLM_KEY_SIZE]);

/**
 * accept_target() - was the logon meant for this server?
 * @policy: says whether that matters, and the server's names
 * @request: ntlm_request.target_name is its SPN
 * @acceptance: the messages, whose response is proved
 *
 * Return: false if not.
 */
bool accept_target(const struct ntlm_acceptor_policy *policy,
		   const struct ntlm_request *request,
		   const struct acceptance *acceptance);

#endif
