// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How often somebody may guess.
 */
#include <stdio.h>
#include <string.h>

#include "tap.h"
#include "throttle.h"

#define SECOND 1000000ULL

static const struct throttle_rate rate = { .limit = 3, .window = 60 * SECOND };

static uint16_t units[THROTTLE_MAX + 1];

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

static void test_full(void)
{
	struct throttle *t = throttle_new();
	struct account first = account_of(0), last;
	bool ok = true;

	for (unsigned int i = 0; i < THROTTLE_MAX; i++) {
		struct account a = account_of(i);

		guess(t, &a, 1 + i, 3);
	}
	for (unsigned int i = 0; i < THROTTLE_MAX; i++) {
		struct account a = account_of(i);

		ok = ok && throttle_closed(t, &a, SECOND, &rate);
	}
	tap_ok(ok, "%d accounts at a time", THROTTLE_MAX);
	last = account_of(THROTTLE_MAX);
	guess(t, &last, SECOND, 3);
	tap_ok(throttle_closed(t, &last, SECOND, &rate) &&
	       !throttle_closed(t, &first, SECOND, &rate),
	       "one more takes the place of the oldest");
	ok = true;
	for (unsigned int i = 1; i < THROTTLE_MAX; i++) {
		struct account a = account_of(i);

		ok = ok && throttle_closed(t, &a, SECOND, &rate);
	}
	tap_ok(ok, "and of nobody else");
	throttle_free(t);
}

int main(void)
{
	struct throttle *t = throttle_new();

	if (!t)
		return 1;
	test_window(t);
	throttle_free(t);
	test_full();
	return tap_done();
}
