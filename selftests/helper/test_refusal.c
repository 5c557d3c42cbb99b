// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Memory of refused logons: what is told apart, how long, and how much.
 */
#include <stdio.h>

#include "refusal.h"
#include "tap.h"

#define FAILURE	UINT32_C(0xC000006D)
#define HOLD	UINT64_C(900000000)

static bool known(struct refusals *r, uint32_t uid, const char *target,
		  uint64_t credential, uint64_t now)
{
	uint32_t ntstatus = 0;
	uint64_t left = 0;

	return refusals_find(r, uid, target, credential, now, &ntstatus, &left) &&
	       ntstatus == FAILURE && left > 0 && left <= HOLD;
}

static void test_triple(void)
{
	struct refusals *r = refusals_new();

	tap_ok(!known(r, 1, "cifs/a", 10, 100), "nothing is known at first");
	refusals_add(r, 1, "cifs/a", 10, FAILURE, 100, HOLD);
	tap_ok(known(r, 1, "cifs/a", 10, 200), "a refusal is remembered");
	tap_ok(known(r, 1, "CIFS/A", 10, 200), "in whatever case the target is written");
	tap_ok(!known(r, 2, "cifs/a", 10, 200), "another uid may try");
	tap_ok(!known(r, 1, "cifs/b", 10, 200), "another target may be tried");
	tap_ok(!known(r, 1, "cifs/a", 11, 200), "another credential may be tried");
	tap_ok(known(r, 1, "cifs/a", 10, 100 + HOLD - 1), "until the hold time ends");
	tap_ok(!known(r, 1, "cifs/a", 10, 100 + HOLD), "and no longer");
	refusals_add(r, 1, "cifs/a", 10, FAILURE, 100, HOLD);
	tap_ok(refusals_clear(r, 1, "cifs/a", 10) && !known(r, 1, "cifs/a", 10, 200),
	       "an accepted logon clears it");
	tap_ok(!refusals_clear(r, 1, "cifs/a", 10), "once");
	refusals_add(r, 1, "cifs/a", 10, FAILURE, 100, HOLD);
	refusals_add(r, 1, "cifs/a", 10, FAILURE, 300, HOLD);
	tap_number(refusals_clear_all(r), 1, "the same refusal is held once");
	tap_ok(!known(r, 1, "cifs/a", 10, 300), "a reload clears all");
	refusals_add(r, 1, "cifs/a", 10, FAILURE, 100, 0);
	tap_ok(!known(r, 1, "cifs/a", 10, 100), "hold time 0 remembers nothing");
	refusals_free(r);
}

static void test_bounded(void)
{
	struct refusals *r = refusals_new();
	unsigned int n = 0;
	char target[32];

	refusals_add(r, 7, "cifs/victim", 1, FAILURE, 1, HOLD);
	for (unsigned int i = 0; i < 10 * REFUSAL_MAX; i++) {
		snprintf(target, sizeof(target), "cifs/%u", i);
		refusals_add(r, 8, target, 1, FAILURE, 2 + i, HOLD);
	}
	tap_ok(known(r, 7, "cifs/victim", 1, 10000),
	       "one user's flood does not push out another user's refusal");
	tap_ok(known(r, 8, target, 1, 10000), "the newest of the flood is held");
	tap_ok(!known(r, 8, "cifs/0", 1, 10000), "the oldest of the flood is not");
	n = refusals_clear_all(r);
	tap_number(n, REFUSAL_MAX, "the memory is bounded");
	refusals_free(r);
}

static void test_statuses(void)
{
	static const uint32_t credential[] = {
		0xC000006D, 0xC000006A, 0xC0000064, 0xC0000071, 0xC0000072,
		0xC0000234, 0xC0000224, 0xC0000193,
	};
	static const uint32_t other[] = {
		0, 0xC000005E /* NO_LOGON_SERVERS */,
		0xC000009A /* INSUFFICIENT_RESOURCES */,
		0xC0000133 /* TIME_DIFFERENCE_AT_DC */, 0xC00000B5 /* IO_TIMEOUT */,
	};

	for (size_t i = 0; i < sizeof(credential) / sizeof(credential[0]); i++)
		tap_ok(refusal_is_credential_problem(credential[i]),
		       "0x%08x concerns the credential", credential[i]);
	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++)
		tap_ok(!refusal_is_credential_problem(other[i]),
		       "0x%08x does not", other[i]);
}

int main(void)
{
	test_triple();
	test_bounded();
	test_statuses();
	return tap_done();
}
