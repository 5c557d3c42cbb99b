// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../lib/driver.h"
#include "../lib/tap.h"
#include "inject.h"

#define MOST_ALLOCATIONS 20000

static int fail_nth = -1;

static void set(const char *attr, const char *value)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "/sys/kernel/debug/%s", attr);
	f = fopen(path, "w");
	if (!f || fputs(value, f) < 0 || fclose(f))
		FAIL("%s: %m", path);
}

void inject_init(void)
{
	/* Of a thread, that is; tests have one that injects. */
	fail_nth = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (fail_nth < 0 || access("/sys/kernel/debug/failslab", F_OK))
		tap_skip("no CONFIG_FAILSLAB");
	/* Also where the allocation might have waited for memory */
	set("failslab/ignore-gfp-wait", "N");
	set("failslab/verbose", "0");
	if (access("/sys/kernel/debug/fail_page_alloc", F_OK)) {
		tap_note("no CONFIG_FAIL_PAGE_ALLOC: pages do not fail");
		return;
	}
	set("fail_page_alloc/ignore-gfp-wait", "N");
	set("fail_page_alloc/min-order", "0");
	set("fail_page_alloc/verbose", "0");
}

static void announce(const char *what)
{
	char attr[64];

	snprintf(attr, sizeof(attr), "%s/verbose", what);
	set(attr, "1");
	/* Each of them, and not some every now and then */
	snprintf(attr, sizeof(attr), "%s/verbose_ratelimit_interval_ms", what);
	set(attr, "0");
}

void inject_announce(void)
{
	announce("failslab");
	if (!access("/sys/kernel/debug/fail_page_alloc", F_OK))
		announce("fail_page_alloc");
}

void inject_other(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/fail-nth", pid);
	close(fail_nth);
	fail_nth = open(path, O_RDWR | O_CLOEXEC);
	if (fail_nth < 0)
		FAIL("%s: %m", path);
}

void inject_begin(unsigned int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", n);

	if (write(fail_nth, text, (size_t)len) != len)
		FAIL("fail-nth: %m");
}

bool inject_end(void)
{
	char text[16] = "";
	ssize_t len = pread(fail_nth, text, sizeof(text) - 1, 0);

	if (len <= 0 || write(fail_nth, "0", 1) != 1)
		FAIL("fail-nth: %m");
	return !strtoul(text, NULL, 10);
}

static void check_allowed(const struct operation *op, int err, unsigned int n)
{
	const int *also = op->allowed;

	if (!err || err == -ENOMEM || op->foreign)
		return;
	for (; also && *also; also++)
		if (err == -*also)
			return;
	FAIL("with allocation %u failing: %s", n, tap_errno(err));
}

/* Contexts and requests: nothing of them is left, and the counters add up. */
static void check_left(unsigned int n)
{
	long long end = tap_now_ms() + 10000;
	static struct nl nl = { .fd = -1 };
	struct ntlm_counters c;
	const char *wrong;
	int users;

	if (nl.fd < 0)
		CHECK_ERR(nl_open(&nl), 0);
	for (;;) {
		CHECK_ERR(ntlm_stats(&nl, &c), 0);
		wrong = counters_wrong(&c);
		if (wrong)
			FAIL("after allocation %u failed: %s", n, wrong);
		/* A helper is a user. */
		users = module_users() - !!c.helper_port;
		if (!c.contexts && !c.queued && !c.accepted && !users)
			return;
		/* A file system gives back what it used some time later. */
		if (tap_now_ms() > end)
			break;
		tap_sleep_ms(1);
	}
	FAIL("allocation %u failed and left %llu contexts, %llu + %llu requests, %d references to the module",
		     n, (unsigned long long)c.contexts,
		     (unsigned long long)c.queued,
		     (unsigned long long)c.accepted, users);
}

static int once(const struct operation *op, unsigned int n, bool *failed)
{
	int err;

	if (op->prepare)
		op->prepare();
	if (n)
		inject_begin(n);
	err = op->run();
	if (n)
		*failed = inject_end();
	if (op->finish)
		op->finish(err);
	return err;
}

void inject_sweep(const struct operation *op)
{
	unsigned int n, refused = 0;
	bool failed = true;
	int err;

	/* What is allocated once and kept is not the operation's. */
	CHECK_ERR(once(op, 0, &failed), 0);
	check_left(0);
	for (n = 1; n < MOST_ALLOCATIONS; n++) {
		err = once(op, n, &failed);
		check_allowed(op, err, n);
		check_left(n);
		if (!failed)
			break;
		refused += !!err;
		if (!op->seldom || n % op->seldom == 0)
			CHECK_ERR(once(op, 0, &failed), 0);
	}
	CHECK(!failed);
	CHECK_ERR(err, 0);
	tap_note("%u allocations, %u of them necessary", n - 1, refused);
	if (n == 1)
		FAIL("no allocation failed");
}
