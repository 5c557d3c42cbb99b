/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a client decides when a CHALLENGE arrives: [MS-NLMP] 3.1.5.1.2 and
 * 3.1.5.2.1.
 */
#ifndef NTLM_EXCHANGE_H
#define NTLM_EXCHANGE_H

#include "message.h"
#include "ntlm.h"

/**
 * enum exchange_lm - what LmChallengeResponse holds
 * @EXCHANGE_LM_NOTHING: no bytes
 * @EXCHANGE_LM_ZERO: zeros
 * @EXCHANGE_LM_V2: LMv2 response
 * @EXCHANGE_LM_NONCE: client challenge of an NTLM2 session response
 * @EXCHANGE_LM_NT: the NTLMv1 response once more
 * @EXCHANGE_LM_HASH: LM response, or the same where there is no LM hash
 */
enum exchange_lm {
	EXCHANGE_LM_NOTHING,
	EXCHANGE_LM_ZERO,
	EXCHANGE_LM_V2,
	EXCHANGE_LM_NONCE,
	EXCHANGE_LM_NT,
	EXCHANGE_LM_HASH
};

/**
 * struct exchange - the decisions, everything an AUTHENTICATE_MESSAGE follows
 * @flags: NegotiateFlags both sides agree on
 * @challenge: the CHALLENGE_MESSAGE, parsed
 * @anonymous: nobody logs on
 * @response: the kind of response
 * @lm: the kind of LmChallengeResponse next to it
 * @mic: a MIC will be sent
 * @channel_bound: channel bindings will be sent
 * @time: TimeStamp of an NTLMv2 response
 */
struct exchange {
	uint32_t flags;
	struct challenge_message challenge;
	bool anonymous;
	enum ntlm_response response;
	enum exchange_lm lm;
	bool mic;
	bool channel_bound;
	uint64_t time;
};

/**
 * exchange_decide() - check a CHALLENGE against offer, request and policy
 * @policy: the administrator's decisions
 * @request: what the client wants
 * @now: current FILETIME
 * @negotiate: the NEGOTIATE_MESSAGE as sent; empty if connectionless
 * @challenge: the CHALLENGE_MESSAGE as received
 * @out: receives the decisions; its pointers lead into @challenge
 * @detail: receives what failed; may be NULL
 *
 * Return: see ntlm_build_authenticate().
 */
enum ntlm_error exchange_decide(const struct ntlm_policy *policy,
				const struct ntlm_request *request,
				uint64_t now, struct ntlm_bytes negotiate,
				struct ntlm_bytes challenge,
				struct exchange *out,
				struct ntlm_detail *detail);

#endif
