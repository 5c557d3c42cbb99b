/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the options of a client to NegotiateFlags and back: [MS-NLMP] 3.1.1.2,
 * 3.1.5.1.
 */
#ifndef NTLM_OPTIONS_H
#define NTLM_OPTIONS_H

#include "ntlm.h"

/* options that need a session key which only the two peers know */
#define OPTIONS_PROTECTION						\
	(NTLM_OPTION_INTEGRITY | NTLM_OPTION_CONFIDENTIALITY |		\
	 NTLM_OPTION_REPLAY_DETECT | NTLM_OPTION_SEQUENCE_DETECT)

/* flags that mean messages are protected */
#define FLAGS_PROTECTION						\
	(NTLMSSP_NEGOTIATE_SIGN | NTLMSSP_NEGOTIATE_SEAL)

/** options_anonymous() - shall nobody log on? */
bool options_anonymous(const struct ntlm_request *request);

/**
 * options_check() - is the request possible at all?
 *
 * Return: see ntlm_build_negotiate().
 */
enum ntlm_error options_check(const struct ntlm_policy *policy,
			      const struct ntlm_request *request,
			      struct ntlm_detail *detail);

/** options_legacy() - may session security lack EXTENDED_SESSIONSECURITY? */
bool options_legacy(const struct ntlm_policy *policy,
		    const struct ntlm_request *request);

/**
 * options_offer() - NegotiateFlags to offer; connectionless, those to choose of
 *
 * Never REQUEST_NON_NT_SESSION_KEY: such a key is the same in every session.
 * LM_KEY only for protection where it can be granted: without extended session
 * security, with an LM response, and if less than 128 bits are enough, for it has
 * no more than 56.
 */
uint32_t options_offer(const struct ntlm_policy *policy,
		       const struct ntlm_request *request);

/**
 * options_select() - flags both sides agree on, and whether they suffice
 * @policy: the administrator's decisions
 * @request: what the client wants
 * @offer: NegotiateFlags of the NEGOTIATE_MESSAGE that was really sent
 * @answer: NegotiateFlags of the CHALLENGE_MESSAGE
 * @flags: receives NegotiateFlags for the AUTHENTICATE_MESSAGE
 * @detail: receives the missing flags
 *
 * Without a NEGOTIATE_MESSAGE @offer is options_offer().
 *
 * Return: NTLM_OK, NTLM_ERR_MALFORMED for a connectionless exchange without
 * DATAGRAM or KEY_EXCH, NTLM_ERR_CHARSET, NTLM_ERR_OPTION_REFUSED or
 * NTLM_ERR_KEY_STRENGTH.
 */
enum ntlm_error options_select(const struct ntlm_policy *policy,
			       const struct ntlm_request *request,
			       uint32_t offer, uint32_t answer, uint32_t *flags,
			       struct ntlm_detail *detail);

/**
 * options_key_bits() - session key strength in bits; 0 without protection
 *
 * [MS-NLMP] 3.4.5.3: without extended session security the key is cut to 56 or 40
 * bits by LM_KEY and by DATAGRAM, whatever 128 says, and else never.
 */
unsigned int options_key_bits(uint32_t flags);

#endif
