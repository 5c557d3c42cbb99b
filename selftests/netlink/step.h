/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One step of an exchange after the other, with the helper's answer in the
 * test's hand.
 */
#ifndef NTLM_SELFTESTS_NETLINK_STEP_H
#define NTLM_SELFTESTS_NETLINK_STEP_H

#include "../lib/driver.h"
#include "../lib/nl.h"

#define STATUS_MORE_PROCESSING_REQUIRED	0xC0000016
#define STATUS_INVALID_PARAMETER	0xC000000D
#define STATUS_NO_LOGON_SERVERS		0xC000005E
#define STATUS_LOGON_FAILURE		0xC000006D

/* One step of a context, and the helper that answers it */
struct step {
	struct nl	*nl;
	struct client	c;
	struct ntlm_req	req;
	uint8_t		out[NTLM_MAX_TOKEN];
};

/* For the helper @nl, which step_open() opens and registers before. */
struct step *step_new(struct nl *nl);
struct step *step_open(struct nl *nl);

/* The request of a step; the honest answer to it is returned. */
struct ntlm_done step_ask(struct step *s, int fd, const void *in, size_t len);
/* The kernel says @done to the answer and @result to the client. */
void step_answer(struct step *s, const struct ntlm_done *d, int done, int result);
/* The kernel refuses the answer with @err and a text that has @why in it. */
void step_refused(struct step *s, const struct ntlm_done *d, int err,
		  const char *why);
/* An acceptor gets NEGOTIATE and gives CHALLENGE. */
void step_challenge(struct step *s, int fd);
/* A new acceptor; and one that has given CHALLENGE. */
int acceptor(uint32_t required, uint32_t wished);
int step_acceptor(struct step *s, uint32_t required, uint32_t wished);

#endif /* NTLM_SELFTESTS_NETLINK_STEP_H */
