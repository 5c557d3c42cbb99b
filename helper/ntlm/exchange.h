/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a client decides when a CHALLENGE arrives: [MS-NLMP] 3.1.5.1.2.
 */
#ifndef NTLM_EXCHANGE_H
#define NTLM_EXCHANGE_H

#include "message.h"
#include "ntlm.h"

/**
 * struct exchange - the decisions, everything an AUTHENTICATE_MESSAGE follows
 * @flags: NegotiateFlags both sides agree on
 * @challenge: the CHALLENGE_MESSAGE, parsed
 * @anonymous: nobody logs on
 * @mic: a MIC will be sent
 * @lmv2: an LMv2 response will be sent
 * @time: TimeStamp of the response
 */
struct exchange {
	uint32_t flags;
	struct challenge_message challenge;
	bool anonymous;
	bool mic;
	bool lmv2;
	uint64_t time;
};

/**
 * exchange_decide() - check a CHALLENGE against offer, request and policy
 * @policy: the administrator's decisions
 * @request: what the client wants
 * @now: current FILETIME
 * @negotiate: the NEGOTIATE_MESSAGE as sent
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
