// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * First logons: who goes, who waits, for how long.
 */
#include "hold.h"
#include "tap.h"

#define LIMIT 1000

static const struct hold_logon a = { .uid = 1, .credential = 10, .target = 5 };

static bool asks(struct holds *h, struct hold_logon logon, uint32_t context,
		 uint64_t now, enum hold_advice advice)
{
	return holds_ask(h, &logon, context, now, LIMIT) == advice;
}

static void test_first(void)
{
	const struct hold_logon uid = { 2, 10, 5 }, credential = { 1, 11, 5 },
				target = { 1, 10, 6 };
	struct holds *h = holds_new();

	tap_ok(asks(h, a, 1, 100, HOLD_FIRST), "the first logon goes");
	tap_ok(asks(h, a, 2, 101, HOLD_WAIT), "the second one waits");
	tap_ok(asks(h, a, 1, 102, HOLD_FIRST), "the first one may ask again");
	tap_ok(asks(h, uid, 3, 103, HOLD_FIRST) &&
	       asks(h, credential, 4, 103, HOLD_FIRST) &&
	       asks(h, target, 5, 103, HOLD_FIRST),
	       "other users, credentials and targets do not wait");
	tap_ok(holds_next(h, 103) == 100 + LIMIT, "the oldest wait ends first");
	holds_end(h, 4);
	tap_ok(holds_busy(h, &a, 104), "the end of another context changes nothing");
	holds_end(h, 1);
	tap_ok(!holds_busy(h, &a, 104) && asks(h, a, 2, 104, HOLD_FIRST),
	       "when the first one ends the next one goes");
	tap_ok(asks(h, a, 6, 104 + LIMIT - 1, HOLD_WAIT) &&
	       asks(h, a, 6, 104 + LIMIT, HOLD_FIRST),
	       "a verdict is awaited up to the limit");
	tap_ok(holds_next(h, 104 + 2 * LIMIT) == UINT64_MAX,
	       "what is over is awaited no more");
	holds_free(h);
}

static void test_verdicts(void)
{
	struct holds *h = holds_new();

	asks(h, a, 1, 100, HOLD_FIRST);
	holds_accepted(h, &a, 100);
	tap_ok(asks(h, a, 2, 101, HOLD_GO) && asks(h, a, 3, 101, HOLD_GO),
	       "once accepted nobody waits");
	tap_ok(asks(h, a, 6, 100 + HOLD_ACCEPTED_TIME, HOLD_FIRST) &&
	       asks(h, a, 7, 100 + HOLD_ACCEPTED_TIME, HOLD_WAIT),
	       "later the password may have changed");
	holds_refused(h, &a);
	tap_ok(asks(h, a, 4, 102, HOLD_FIRST) && asks(h, a, 5, 102, HOLD_WAIT),
	       "a refusal takes that back");
	holds_refused(h, &a);
	tap_ok(!holds_busy(h, &a, 103), "a refusal ends the wait");
	tap_ok(holds_ask(h, &a, 6, 104, 0) == HOLD_GO &&
	       holds_ask(h, &a, 7, 104, 0) == HOLD_GO, "without a limit nobody waits");
	holds_free(h);
}

static void test_bounded(void)
{
	struct hold_logon victim = { 7, 1, 1 }, other = { 8, 1, 1 };
	struct holds *h = holds_new();
	bool all = true;

	asks(h, victim, 1, 100, HOLD_FIRST);
	for (uint32_t i = 0; i < 10 * HOLD_FIRST_MAX; i++) {
		other.target = i;
		all = all && asks(h, other, 2 + i, 101, HOLD_FIRST);
	}
	tap_ok(all, "however many are awaited, another logon never waits");
	tap_ok(asks(h, victim, 9999, 102, HOLD_WAIT),
	       "one user's flood does not end another user's wait");
	holds_accepted(h, &victim, 103);
	for (uint32_t i = 0; i < HOLD_ACCEPTED_MAX / 2; i++) {
		other.target = i;
		holds_accepted(h, &other, 102);
	}
	asks(h, victim, 1, 103, HOLD_GO);
	for (uint32_t i = 0; i < HOLD_ACCEPTED_MAX - 1; i++) {
		other.target = HOLD_ACCEPTED_MAX + i;
		holds_accepted(h, &other, 104);
	}
	tap_ok(asks(h, victim, 1, 104, HOLD_GO), "the oldest verdict makes room, not a newer one");
	other.target = 0;
	tap_ok(asks(h, other, 2, 104, HOLD_FIRST), "whose verdict made room waits for another");
	holds_free(h);
}

int main(void)
{
	test_first();
	test_verdicts();
	test_bounded();
	return tap_done();
}
