// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What many live contexts cost: each in memory, and what others do meanwhile.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "../../../selftests/lib/driver.h"
#include "bench.h"

#define CHURN		2000
#define TOUCHES		20000
#define TOUCH_SIZE	1024

static const uint32_t populations[] = { 100, 10000, 100000 };

#define POPULATIONS (sizeof(populations) / sizeof(populations[0]))

/* Kernel memory that is in use, in bytes */
static uint64_t in_use(void)
{
	FILE *f = fopen("/proc/meminfo", "r");
	uint64_t kib, total = 0, left = 0;
	char line[128], name[64];

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%63[^:]: %" SCNu64, name, &kib) != 2)
			continue;
		if (!strcmp(name, "MemTotal"))
			total = kib;
		if (!strcmp(name, "MemFree") || !strcmp(name, "Cached") ||
		    !strcmp(name, "Buffers"))
			left += kib;
	}
	if (!f || !total)
		bench_die("/proc/meminfo cannot be read");
	fclose(f);
	return (total - left) * 1024;
}

static void count(const struct nl_reply *r, void *arg)
{
	unsigned int *n = arg;

	(void)r;
	(*n)++;
}

static void churn(struct bench *b, uint32_t live)
{
	struct ntlm_bench_churn c = { .count = CHURN };

	if (ioctl(b->fd, NTLM_BENCH_CHURN, &c))
		bench_die("contexts cannot be created: %s", strerror(errno));
	bench_value(b, "population", "module", "create", "linear", live, "ns",
		    (double)c.create_ns / CHURN);
	bench_value(b, "population", "module", "destroy", "linear", live, "ns",
		    (double)c.destroy_ns / CHURN);
}

static void touch(struct bench *b, const char *op, uint32_t live, uint32_t n)
{
	struct ntlm_bench_touch t = {
		.count = n,
		.size = TOUCH_SIZE,
		.messages = TOUCHES,
	};

	if (ioctl(b->fd, NTLM_BENCH_TOUCH, &t))
		bench_die("messages of %" PRIu32 " contexts: %s", n,
			  strerror(errno));
	bench_value(b, "population", "module", op, "linear", live, "ns",
		    (double)t.ns / TOUCHES);
}

static void dump(struct bench *b, struct nl *nl, uint32_t live)
{
	uint64_t start = bench_guest(b);
	unsigned int n = 0;
	int err;

	err = nl_dump(nl, NTLM_CMD_CONTEXT_GET, count, &n);
	if (err || n < live)
		bench_die("%u of %" PRIu32 " contexts listed: %s", n, live,
			  strerror(-err));
	bench_value(b, "population", "module", "list", "linear", live, "ns",
		    (double)(bench_guest(b) - start) / n);
}

void bench_population(struct bench *b)
{
	uint32_t none = 0, live = 0;
	struct server helper;
	uint64_t before;
	struct nl nl;

	if (nl_open(&nl))
		bench_die("no netlink family");
	/* The driver's list of them is no part of what they take. */
	if (ioctl(b->fd, NTLM_BENCH_GROW, &none))
		bench_die("no list of contexts: %s", strerror(errno));
	before = in_use();
	for (size_t i = 0; i < POPULATIONS; i++) {
		live = populations[i];
		bench_progress("population: %" PRIu32 " contexts", live);
		server_start(&helper);
		if (ioctl(b->fd, NTLM_BENCH_GROW, &live))
			bench_die("%" PRIu32 " contexts: %s", live,
				  strerror(errno));
		server_stop(&helper);
		for (b->round = 0; b->round < b->rounds; b->round++) {
			churn(b, live);
			touch(b, "seal", live, populations[0]);
			touch(b, "seal-in-turn", live, live);
			dump(b, &nl, live);
		}
	}
	b->round = 0;
	bench_value(b, "population", "module", "memory", "linear", live, "bytes",
		    (double)(in_use() - before) / live);
	nl_close(&nl);
}
