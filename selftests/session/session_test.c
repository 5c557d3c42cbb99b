// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Session security of ntlm.ko, through the API that clients in the kernel call.
 *
 * SEED=number repeats the random messages; VECTORS is the folder of vectors.
 */
#include "../lib/tap.h"
#include "tests.h"

void oracle_agrees_with_vectors(void)
{
	CHECK(oracle_selfcheck());
}

int main(int argc, char **argv)
{
#define SESSION_ENTRY(name, seconds) TAP_TEST(name, seconds),
	static const struct tap_test tests[] = { SESSION_TESTS(SESSION_ENTRY) };

	return tap_main(argc, argv, "session", tests,
			sizeof(tests) / sizeof(tests[0]), NULL, NULL);
}
