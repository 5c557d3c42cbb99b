// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * netlink_fuzz [NAME...]: messages at random to the generic netlink family,
 * while clients wait for answers. SEED repeats what a run sent (not when the
 * threads ran), NETLINK_FUZZ is the number of messages. Needs root, ntlm.ko and
 * ntlm_test.ko.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include "fuzz.h"

#define MESSAGES	200000

unsigned long messages = MESSAGES;
uint64_t seed;

static unsigned long number_of(const char *name, unsigned long otherwise)
{
	const char *text = getenv(name);
	char *end;
	unsigned long n;

	if (!text || !*text)
		return otherwise;
	errno = 0;
	n = strtoul(text, &end, 10);
	if (errno || *end || !n) {
		fprintf(stderr, "%s=%s is no number\n", name, text);
		exit(2);
	}
	return n;
}

int main(int argc, char **argv)
{
	struct tap_test tests[] = {
		TAP_TEST(random_messages, 0),
		TAP_TEST(helpers_come_and_go, 0),
		TAP_TEST(network_namespaces_go_away, 0),
	};
	const size_t n = sizeof(tests) / sizeof(tests[0]);
	size_t i;

	if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
		return 1;
	seed = number_of("SEED", (unsigned long)(seed >> 1 | 1));
	messages = number_of("NETLINK_FUZZ", MESSAGES);
	/* many times of what it takes under emulation */
	for (i = 0; i < n; i++)
		tests[i].seconds = (unsigned int)(240 + messages / 200);
	return tap_main(argc, argv, "netlink-fuzz", tests, n, quiet_before,
			quiet_after);
}
