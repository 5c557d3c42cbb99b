/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * First logons: unless a server has accepted a credential just now, one logon at
 * a time goes out with it. Clients that log on in parallel with a wrong password,
 * or reconnect in parallel with one that was changed, are one attempt then, and
 * do not lock the account.
 */
#ifndef NTLMD_HOLD_H
#define NTLMD_HOLD_H

#include <stdbool.h>
#include <stdint.h>

/** HOLD_FIRST_MAX - first logons whose verdict is awaited */
#define HOLD_FIRST_MAX 256
/** HOLD_ACCEPTED_MAX - logons that are known to be accepted */
#define HOLD_ACCEPTED_MAX 1024
/** HOLD_ACCEPTED_TIME - for how long they are, in microseconds */
#define HOLD_ACCEPTED_TIME 1000000ULL

struct holds;

/**
 * struct hold_logon - what has been accepted, or not
 * @uid: whose request it is
 * @credential: identifies user, domain and password
 * @target: identifies the target
 */
struct hold_logon {
	uint32_t uid;
	uint64_t credential;
	uint64_t target;
};

/**
 * enum hold_advice - what to do with a logon
 * @HOLD_GO: it was accepted just now
 * @HOLD_FIRST: it may go, and holds_end() or holds_verdict() must follow
 * @HOLD_WAIT: the verdict on another one is awaited
 */
enum hold_advice {
	HOLD_GO,
	HOLD_FIRST,
	HOLD_WAIT,
};

/** holds_new() - nothing is known yet; NULL without memory */
struct holds *holds_new(void);
void holds_free(struct holds *h);

/**
 * holds_ask() - may this logon go out?
 * @h: what is known
 * @logon: the logon
 * @context: the kernel's id of its context
 * @now: monotonic time in microseconds
 * @limit: how long its verdict is awaited, in microseconds; 0: not at all
 *
 * Logons of other users, credentials or targets never wait: if too many are
 * awaited, the oldest one of the uid that has most of them is no more.
 *
 * Return: the advice.
 */
enum hold_advice holds_ask(struct holds *h, const struct hold_logon *logon,
			   uint32_t context, uint64_t now, uint64_t limit);

/** holds_busy() - is the verdict on such a logon awaited? */
bool holds_busy(const struct holds *h, const struct hold_logon *logon,
		uint64_t now);

/** holds_end() - the context ended without a verdict */
void holds_end(struct holds *h, uint32_t context);

/** holds_accepted() - such logons need not wait for HOLD_ACCEPTED_TIME */
void holds_accepted(struct holds *h, const struct hold_logon *logon,
		    uint64_t now);

/** holds_refused() - such logons have to wait from now on */
void holds_refused(struct holds *h, const struct hold_logon *logon);

/**
 * holds_next() - when does the next wait for a verdict end?
 * @h: what is known
 * @now: monotonic time in microseconds
 *
 * Return: monotonic time in microseconds; UINT64_MAX if no verdict is awaited.
 */
uint64_t holds_next(const struct holds *h, uint64_t now);

#endif
