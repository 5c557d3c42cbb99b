// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * failslab_test [NAME...]: each allocation of an operation fails, one after the
 * other.  Needs root, ntlm.ko, ntlm_test.ko, debugfs and a kernel with fault
 * injection; without one all tests are skipped.
 */
#include "../lib/driver.h"
#include "../lib/tap.h"
#include "tests.h"

#define TABLE(name, seconds) { #name, name, seconds },
static const struct tap_test tests[] = {
	CLIENT_TESTS(TABLE)
	HELPER_TESTS(TABLE)
	MODULE_TESTS(TABLE)
};

int main(int argc, char **argv)
{
	return tap_main(argc, argv, "failslab", tests,
			sizeof(tests) / sizeof(tests[0]), quiet_before,
			quiet_after);
}
