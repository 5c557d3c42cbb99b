/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The order of messages: [RFC4178] sections 3 and 5, [MS-SPNG] section 3. What
 * comes next follows from the tokens so far, whoever sent them, and from nothing
 * else.
 */
#ifndef SPNEGO_EXCHANGE_H
#define SPNEGO_EXCHANGE_H

#include "spnego.h"

/** SPNEGO_WHY_SIZE - text of a failure, with NUL */
#define SPNEGO_WHY_SIZE (SPNEGO_TEXT_SIZE + 128)
/** SPNEGO_MESSAGES - of NTLM in an exchange */
#define SPNEGO_MESSAGES 3

/**
 * enum spnego_phase - whose token is next, and what it has to say
 * @SPNEGO_START: initiator: NegTokenInit with NEGOTIATE
 * @SPNEGO_OFFERED: acceptor: which mechanism; CHALLENGE if there is a NEGOTIATE
 * @SPNEGO_ASKED: initiator: NEGOTIATE
 * @SPNEGO_NEGOTIATED: acceptor: CHALLENGE
 * @SPNEGO_CHALLENGED: initiator: AUTHENTICATE
 * @SPNEGO_AUTHENTICATED: acceptor: the outcome
 * @SPNEGO_MIC_ASKED: initiator: mechListMIC, the acceptor's is there
 * @SPNEGO_MIC_GIVEN: acceptor: the outcome
 * @SPNEGO_COMPLETED: nobody
 * @SPNEGO_RAW: whoever has not sent the last one: NTLM without SPNEGO
 */
enum spnego_phase {
	SPNEGO_START,
	SPNEGO_OFFERED,
	SPNEGO_ASKED,
	SPNEGO_NEGOTIATED,
	SPNEGO_CHALLENGED,
	SPNEGO_AUTHENTICATED,
	SPNEGO_MIC_ASKED,
	SPNEGO_MIC_GIVEN,
	SPNEGO_COMPLETED,
	SPNEGO_RAW
};

/**
 * struct spnego_exchange - an exchange, zero at its beginning
 * @phase: what comes next
 * @init: the first token, unless that is raw
 * @ntlm: NTLM messages that count; like all bytes here, parts of the tokens
 * @ntlm_count: number of them
 * @mic_required: the acceptor said request-mic
 * @initiator_mic: mechListMIC of the initiator, SPNEGO_MIC_SIZE bytes or none
 * @acceptor_mic: of the acceptor
 * @why: text of the failure
 */
struct spnego_exchange {
	enum spnego_phase phase;
	struct spnego_init init;
	struct ntlm_bytes ntlm[SPNEGO_MESSAGES];
	unsigned int ntlm_count;
	bool mic_required;
	struct ntlm_bytes initiator_mic;
	struct ntlm_bytes acceptor_mic;
	char why[SPNEGO_WHY_SIZE];
};

/**
 * spnego_step() - look at the next token
 * @x: the exchange
 * @token: the token; has to stay where it is
 *
 * Return: 0; -EPROTO if it breaks the rules or leads away from NTLM; -EACCES if
 * its sender rejects; -ENOMEM. On failure struct spnego_exchange.why is set, and
 * there is no next step.
 */
int spnego_step(struct spnego_exchange *x, struct ntlm_bytes token);

/**
 * spnego_initiator_signs() - has the initiator a key for mechListMIC?
 * @x: an exchange with three messages of NTLM
 *
 * Return: what the flags of its AUTHENTICATE_MESSAGE say. They are to be relied
 * on by the initiator only, which made it.
 */
bool spnego_initiator_signs(const struct spnego_exchange *x);

#endif
