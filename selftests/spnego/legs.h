/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Legs of an exchange with a peer that is made by hand.
 */
#ifndef SELFTESTS_LEGS_H
#define SELFTESTS_LEGS_H

#include "der_text.h"
#include "side.h"

/** key - the session key of side_made_up() */
extern const uint8_t key[16];
/** first - the token of a leg that has none */
extern const struct ntlm_bytes first;

/** message() - an NTLM message of 72 bytes, to be freed with der_free() */
struct ntlm_bytes message(uint8_t type, uint32_t flags);

/** init() - NegTokenInit with mechanisms in hexadecimal; likewise */
struct ntlm_bytes init(const char *list, struct ntlm_bytes mech_token);

/** list_mic() - the right mechListMIC over a list in der_text(); likewise */
struct ntlm_bytes list_mic(const char *list, bool to_client);

/** give() - a leg with a token, which is freed */
int give(struct side *side, struct ntlm_bytes token);

/** give_resp() - a leg with a token in der_text(), with at most one argument */
int give_resp(struct side *side, const char *fmt, struct ntlm_bytes arg);

/** out_is() - test point: is this the token that the leg has made? */
void out_is(const struct side *side, const char *name, const char *fmt,
	    struct ntlm_bytes arg);

/** challenged_acceptor() - one that has sent its CHALLENGE */
struct side *challenged_acceptor(const char *list);

/** challenged_initiator() - one that has got a CHALLENGE, and answered it */
struct side *challenged_initiator(uint32_t flags, bool mic);

#endif
