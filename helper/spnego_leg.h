/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SPNEGO around the legs of an exchange, see spnego/spnego.h for its messages
 * and spnego/exchange.h for their order.
 */
#ifndef NTLMD_SPNEGO_LEG_H
#define NTLMD_SPNEGO_LEG_H

#include "server.h"

/**
 * enum spnego_next - what is to be done on a leg
 * @SPNEGO_NTLM: the NTLM messages in struct request.ntlm have to be answered, and
 *	the answer goes through spnego_leg_wrap()
 * @SPNEGO_ANSWER: spnego_leg_open() made the whole answer, NTLM has no part in
 *	it: negotiation of the mechanism, or the last message of a finished logon
 */
enum spnego_next {
	SPNEGO_NTLM,
	SPNEGO_ANSWER
};

/**
 * spnego_leg_open() - unwrap the tokens of a request
 * @r: request with struct request.spnego set; ntlm, ntlm_count and negotiation
 *	are set. What negotiation was before is freed.
 * @next: receives what is to be done
 * @answer: receives the answer for SPNEGO_ANSWER, without keys and names, which
 *	the kernel has; it points into @r->negotiation and @r->token
 * @why: receives text on failure, which lives until spnego_leg_free(); it holds
 *	nothing but printable ASCII
 *
 * With SPNEGO_NTLM the number of messages says what NTLM has to do: none, an
 * initiator's NEGOTIATE, which may be for the second time; one, an acceptor's
 * CHALLENGE; two, AUTHENTICATE; three, the outcome.
 *
 * Return: 0; -EPROTO if the peer's tokens are no SPNEGO, or it speaks no NTLM;
 * -EACCES if the peer rejects; -EINVAL for a connectionless request, or where it
 * is the peer's turn; -ENOMEM.
 */
int spnego_leg_open(struct request *r, enum spnego_next *next,
		    struct answer *answer, const char **why);

/**
 * spnego_leg_wrap() - wrap the answer of NTLM
 * @r: the request
 * @answer: status 0, with what NTLM alone would answer: flags and session_key
 *	are set where it is established. token, established and the members of
 *	mechListMIC are changed, and point into @r->negotiation and @r->token.
 *	has_keys is left as it is.
 * @mic: the AUTHENTICATE_MESSAGE carries a MIC, so mechListMIC is mandatory
 *	([MS-SPNG] 7 note 8)
 *
 * Return: 0; -EMSGSIZE if the token becomes too large; -ENOMEM.
 */
int spnego_leg_wrap(struct request *r, struct answer *answer, bool mic);

/** spnego_leg_free() - free and wipe what the two have made; NULL is allowed */
void spnego_leg_free(struct spnego_leg *leg);

#endif
