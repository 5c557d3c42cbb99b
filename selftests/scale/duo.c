// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Seal on one processor, unseal on the other: with one context and with two.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../lib/tap.h"
#include "../session/link.h"
#include "measure.h"
#include "tests.h"

#define RATIO	0.9
#define TAKEN	0.1

#define INSTANCE "/sys/kernel/tracing/instances/ntlm-scale"
#define EVENT INSTANCE "/events/lock/contention_begin"
/* The tasks of the driver; LCB_F_MUTEX of include/trace/events/lock.h */
#define FILTER "comm ~ \"ntlm_duo*\" && flags & 32"

/* A client and the server that it talks to */
struct ends {
	struct link	client;
	struct link	server;
};

static void ends_open(struct ends *e)
{
	static const struct link_kind client = { .role = NTLM_ROLE_INITIATOR };
	static const struct link_kind server = { .role = NTLM_ROLE_ACCEPTOR };
	static const uint8_t key[16] = "the session key";

	link_open_as(&e->client, &client, FLAGS_SEAL, key);
	link_open_as(&e->server, &server, FLAGS_SEAL, key);
}

static void ends_close(struct ends *e)
{
	link_close(&e->client);
	link_close(&e->server);
}

/*
 * @sends seals; @receives unseals what its server has sealed, or without @duplex
 * seals too. Returns nanoseconds.
 */
static double duo(const struct ends *sends, const struct ends *receives,
		  bool duplex, uint32_t len, uint32_t count)
{
	struct ntlm_test_duo order = {
		.other_fd = receives->client.fd,
		.peer_fd = duplex ? receives->server.fd : -1,
		.cpu = { 0, 1 },
		.len = len,
		.count = count,
	};

	if (ioctl(sends->client.fd, NTLM_TEST_DUO, &order) < 0)
		FAIL("NTLM_TEST_DUO: %m");
	CHECK_ERR(order.result, 0);
	return (double)order.ns;
}

static void need_two_processors(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	if (n < 2)
		FAIL("%ld processors, two are needed", n);
}

/*
 * The best of many short rounds: both tasks need a processor for all of one, and
 * others use the machine, too. One and two contexts take turns. Where others have
 * so much of it that no round was undisturbed, nothing is known.
 */
static void in_parallel(uint32_t len, uint32_t count)
{
	double shared = 0, apart = 0, r = 0, taken = 0;
	struct ends one, two;
	unsigned int try, i;

	need_two_processors();
	ends_open(&one);
	ends_open(&two);
	duo(&one, &two, true, len, count);
	for (try = 1; try <= TRIES && r < RATIO; try++) {
		for (i = 0; i < ROUNDS; i++) {
			apart = least(apart, duo(&one, &two, true, len, count));
			shared = least(shared,
				       duo(&one, &one, true, len, count));
		}
		r = apart / shared;
		tap_note("%u bytes x %u, best of %u: two contexts %.2f ms, one %.2f ms: %.2f",
			 len, count, try * ROUNDS, apart / 1e6,
			 shared / 1e6, r);
		taken += taken_away() / TRIES;
	}
	if (r < RATIO && taken > TAKEN)
		tap_skip("others have %.0f %% of a processor: %.2f of the speed of two contexts",
			 100 * taken, r);
	if (r < RATIO)
		FAIL("one context has %.2f of the speed of two, %.2f wanted",
		     r, RATIO);
	ends_close(&one);
	ends_close(&two);
}

void directions_in_parallel_1_kib(void)
{
	in_parallel(1024, 400);
}

void directions_in_parallel_16_kib(void)
{
	in_parallel(16384, 40);
}

static void write_to(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		FAIL("%s: %m", path);
	close(fd);
}

static void probe_open(void)
{
	rmdir(INSTANCE);
	if (mkdir(INSTANCE, 0700) < 0)
		FAIL(INSTANCE ": %m");
	write_to(EVENT "/filter", FILTER);
	write_to(EVENT "/enable", "1");
}

/* How often one of the tasks had to wait for a mutex */
static unsigned int probe_close(void)
{
	unsigned int n = 0;
	char line[512];
	FILE *f;

	write_to(EVENT "/enable", "0");
	f = fopen(INSTANCE "/trace", "re");
	if (!f)
		FAIL(INSTANCE "/trace: %m");
	while (fgets(line, sizeof(line), f)) {
		if (line[0] == '#' || !strstr(line, "contention_begin"))
			continue;
		if (n++ < 3) {
			line[strcspn(line, "\n")] = 0;
			tap_note("%s", line);
		}
	}
	fclose(f);
	rmdir(INSTANCE);
	return n;
}

void directions_never_wait_for_each_other(void)
{
	struct ends e;
	unsigned int n;

	need_two_processors();
	ends_open(&e);
	probe_open();
	duo(&e, &e, true, 1024, 10000);
	duo(&e, &e, true, 16384, 1000);
	n = probe_close();
	ends_close(&e);
	CHECK_EQ(n, 0);
}

/* What the test before would have seen: the same with one direction. */
void one_direction_twice_waits(void)
{
	struct ends e;
	unsigned int n;

	need_two_processors();
	ends_open(&e);
	probe_open();
	duo(&e, &e, false, 1024, 10000);
	n = probe_close();
	ends_close(&e);
	tap_note("%u waits for a mutex", n);
	CHECK(n > 0);
}
