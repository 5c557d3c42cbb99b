// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * netlink_test [NAME...]: the generic netlink family as a helper, a liar, an
 * administrator and an intruder see it.  Needs root, ntlm.ko and ntlm_test.ko.
 */
#include <errno.h>
#include <sched.h>
#include "../lib/driver.h"
#include "../lib/tap.h"
#include "tests.h"

int enter_new_netns(void)
{
	return unshare(CLONE_NEWNET) < 0 ? -errno : 0;
}

#define TABLE(name, seconds) { #name, name, seconds },
static const struct tap_test tests[] = {
	REGISTER_TESTS(TABLE)
	PRIVILEGE_TESTS(TABLE)
	ACCEPTOR_TESTS(TABLE)
	LIES_TESTS(TABLE)
	MALFORMED_TESTS(TABLE)
	QUEUE_TESTS(TABLE)
	ANSWERS_TESTS(TABLE)
	OBSERVE_TESTS(TABLE)
};

int main(int argc, char **argv)
{
	return tap_main(argc, argv, "netlink", tests,
			sizeof(tests) / sizeof(tests[0]), quiet_before,
			quiet_after);
}
