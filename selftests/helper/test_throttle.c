// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How often somebody may guess.
 */
#include <stdio.h>
#include <string.h>

#include "logged.h"
#include "tap.h"
#include "throttle.h"

#define SECOND 1000000ULL
#define ACCOUNTS 5000

static const struct throttle_rate rate = { .limit = 3, .window = 60 * SECOND };

static uint16_t units[2 * ACCOUNTS + 1];
/* how often there was to be more room, and whether there was none */
static unsigned int grown;
static bool full;

void *__real_reallocarray(void *p, size_t count, size_t size);
void *__wrap_reallocarray(void *p, size_t count, size_t size);

void *__wrap_reallocarray(void *p, size_t count, size_t size)
{
	grown++;
	return full ? NULL : __real_reallocarray(p, count, size);
}

static struct account account_of(unsigned int i)
{
	units[i] = (uint16_t)(i + 1);
	return (struct account){ .user_key = { &units[i], 1 } };
}

static void guess(struct throttle *t, const struct account *a, uint64_t now,
		  unsigned int times)
{
	while (times--)
		throttle_wrong(t, a, now, &rate);
}

static void test_window(struct throttle *t)
{
	const uint64_t start = 5 * SECOND;
	struct account a = account_of(0), b = account_of(1);
	uint16_t copy[] = { units[0] };
	struct account again = { .user_key = { copy, 1 } };
	struct account domain = { .user_key = a.user_key,
				  .domain_key = b.user_key };
	struct throttle_rate other = rate;

	tap_ok(!throttle_closed(t, &a, start, &rate), "nobody has guessed");
	guess(t, &a, start, 2);
	tap_ok(!throttle_closed(t, &a, start + SECOND, &rate),
	       "less than the limit is no harm");
	guess(t, &a, start + SECOND, 1);
	tap_ok(throttle_closed(t, &a, start + SECOND, &rate), "the limit is");
	tap_ok(throttle_closed(t, &again, start + SECOND, &rate),
	       "an account that was read again is the same");
	tap_ok(!throttle_closed(t, &b, start + SECOND, &rate) &&
	       !throttle_closed(t, &domain, start + SECOND, &rate),
	       "another one is not");
	tap_ok(!throttle_closed(t, NULL, start + SECOND, &rate),
	       "nor is one that does not exist");
	tap_ok(throttle_closed(t, &a, start + 60 * SECOND - 1, &rate),
	       "until the window of the first guess is over");
	tap_ok(!throttle_closed(t, &a, start + 60 * SECOND, &rate), "not longer");
	guess(t, &a, start + 60 * SECOND, 1);
	tap_ok(!throttle_closed(t, &a, start + 61 * SECOND, &rate),
	       "a new window begins with none");
	guess(t, &a, start + 61 * SECOND, 2);
	tap_ok(throttle_closed(t, &a, start + 61 * SECOND, &rate),
	       "and has the same limit");
	other.limit = 0;
	tap_ok(!throttle_closed(t, &a, start + 61 * SECOND, &other),
	       "no limit, as a new configuration may say");
	other = rate;
	other.window = SECOND;
	tap_ok(!throttle_closed(t, &a, start + 61 * SECOND, &other),
	       "or a shorter window");
}

static bool all_closed(struct throttle *t, unsigned int first,
		       unsigned int count, uint64_t now)
{
	for (unsigned int i = first; i < first + count; i++) {
		struct account a = account_of(i);

		if (!throttle_closed(t, &a, now, &rate))
			return false;
	}
	return true;
}

static void test_many(void)
{
	struct throttle *t = throttle_new();
	struct account victim = account_of(0);
	unsigned int before;

	guess(t, &victim, 1, 2);
	for (unsigned int i = 1; i < ACCOUNTS; i++) {
		struct account a = account_of(i);

		guess(t, &a, 1 + i, 3);
	}
	guess(t, &victim, SECOND, 1);
	tap_ok(all_closed(t, 0, ACCOUNTS, SECOND), "%d accounts at a time",
	       ACCOUNTS);
	guess(t, NULL, SECOND, 3);
	tap_ok(!throttle_closed(t, NULL, SECOND, &rate), "nobody is none of them");
	before = grown;
	for (unsigned int i = 0; i < ACCOUNTS; i++) {
		struct account a = account_of(ACCOUNTS + i);

		guess(t, &a, 100 * SECOND + i, 3);
	}
	tap_ok(before && grown == before &&
	       all_closed(t, ACCOUNTS, ACCOUNTS, 101 * SECOND),
	       "when the time is over others have their room");
	throttle_free(t);
}

static void test_full(void)
{
	struct throttle *t = throttle_new();
	struct account oldest = account_of(0), last;
	unsigned int count = 0;

	full = true;
	grown = 0;
	logged_start();
	while (!grown) {
		last = account_of(count++);
		guess(t, &last, count, 3);
	}
	tap_ok(all_closed(t, 1, count - 1, SECOND) &&
	       !throttle_closed(t, &oldest, SECOND, &rate),
	       "without memory one more takes the place of the oldest");
	tap_ok(logged_has("out of memory: of "), "which the log says");
	full = false;
	guess(t, &oldest, SECOND, 3);
	tap_ok(all_closed(t, 0, count, SECOND), "with memory there is room again");
	throttle_free(t);
}

int main(void)
{
	struct throttle *t = throttle_new();

	if (!t)
		return 1;
	test_window(t);
	throttle_free(t);
	test_many();
	test_full();
	return tap_done();
}
