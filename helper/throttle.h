/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How often somebody may guess at the password of an account of this computer.
 * No account is locked: what was counted is forgotten when its window is over.
 */
#ifndef NTLMD_THROTTLE_H
#define NTLMD_THROTTLE_H

#include <stdbool.h>
#include <stdint.h>

#include "account/account.h"

struct throttle;

/**
 * struct throttle_rate - what is allowed
 * @limit: wrong passwords in a window; 0: any number
 * @window: microseconds from the first of them
 */
struct throttle_rate {
	unsigned int limit;
	uint64_t window;
};

/** throttle_new() - nobody has guessed yet; NULL without memory */
struct throttle *throttle_new(void);

/** throttle_free() - free it */
void throttle_free(struct throttle *t);

/**
 * throttle_closed() - had an account its wrong passwords?
 * @t: what was counted
 * @account: the account as its name is compared, so that reading its file again
 *	makes no difference; NULL: none, which takes as long
 * @now: monotonic microseconds
 * @rate: what is allowed now
 *
 * Return: true if no password is to be right.
 */
bool throttle_closed(const struct throttle *t, const struct account *account,
		     uint64_t now, const struct throttle_rate *rate);

/**
 * throttle_wrong() - count a wrong password
 * @t: what was counted
 * @account: whose; NULL: nobody's, which is not counted but looked for as long
 * @now: monotonic microseconds
 * @rate: what is allowed now
 *
 * There is room for every account whose window is not over. Without memory the one
 * whose window began first is forgotten, which the log says.
 */
void throttle_wrong(struct throttle *t, const struct account *account,
		    uint64_t now, const struct throttle_rate *rate);

#endif
