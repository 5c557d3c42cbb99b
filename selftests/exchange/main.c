// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * exchange_test [NAME...]: the exchange from the side of a client, with helpers
 * that come and go, and with the real ntlmd.  Needs root, ntlm.ko,
 * ntlm_test.ko, and NTLM_BIN with ntlmd.
 */
#include "../lib/driver.h"
#include "../lib/tap.h"
#include "tests.h"

#define TABLE(name, seconds) { #name, name, seconds },
static const struct tap_test tests[] = {
	LIFE_TESTS(TABLE)
	END_TESTS(TABLE)
	NETNS_TESTS(TABLE)
	MODULE_TESTS(TABLE)
	RACE_TESTS(TABLE)
	NTLMD_TESTS(TABLE)
};

int main(int argc, char **argv)
{
	return tap_main(argc, argv, "exchange", tests,
			sizeof(tests) / sizeof(tests[0]), quiet_before,
			quiet_after);
}
