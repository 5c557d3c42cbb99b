// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Log lines that come again and again.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "logged.h"
#include "repeats.h"
#include "tap.h"

static void run(sd_event *event, unsigned int ms)
{
	struct timespec ts;
	uint64_t now, end = 0;

	for (;;) {
		clock_gettime(CLOCK_MONOTONIC, &ts);
		now = (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
		if (!end)
			end = now + ms * 1000ULL;
		if (now >= end)
			return;
		sd_event_run(event, end - now);
	}
}

static const struct audit refused = {
	.id = AUDIT_REFUSED,
	.outcome = "refused",
};

int main(void)
{
	static char long_text[2000];
	struct repeats *r;
	sd_event *event;

	if (sd_event_new(&event) < 0)
		return 1;
	r = repeats_new(event, 1);
	if (!r)
		return 1;
	logged_start();
	tap_ok(repeats_first(r, &refused, "one"), "the first is a line");
	tap_ok(repeats_first(r, &refused, "two"), "and so is another one");
	for (int i = 0; i < 5; i++)
		tap_ok(!repeats_first(r, &refused, "one"), "repeat %d is none", i + 1);
	tap_number(logged_lines(), 0, "nothing is said at once");
	run(event, 1300);
	tap_ok(logged_lines() == 1 && logged_has("one: 5 more times within 1 s"),
	       "after a while their count is a line");
	tap_ok(!repeats_first(r, &refused, "one"), "what goes on is still counted");
	tap_ok(repeats_first(r, &refused, "two"), "what did not is a line again");
	logged_start();
	run(event, 1300);
	tap_ok(logged_lines() == 1 && logged_has("one: 1 more time within"),
	       "and counted anew");
	logged_start();
	run(event, 1300);
	tap_number(logged_lines(), 0, "where nothing happens nothing is said");
	tap_ok(repeats_first(r, &refused, "one"), "and all is forgotten");

	memset(long_text, 'x', sizeof(long_text) - 1);
	tap_ok(repeats_first(r, &refused, long_text) && !repeats_first(r, &refused, long_text),
	       "long text is known again");
	repeats_flush(r);
	tap_ok(repeats_first(r, &refused, "one"), "a flush forgets");
	for (unsigned int i = 0; i < REPEATS_MAX + 10; i++) {
		char text[32];

		snprintf(text, sizeof(text), "number %u", i);
		if (repeats_first(r, &refused, text) != (i < REPEATS_MAX - 1))
			tap_ok(false, "line %u of many", i);
	}
	logged_start();
	repeats_free(r);
	tap_ok(logged_lines() == 1 && logged_has("11 more failures"),
	       "too many kinds are counted as one");
	sd_event_unref(event);
	return tap_done();
}
