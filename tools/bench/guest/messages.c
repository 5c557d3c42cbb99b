// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Messages: the module, the straightforward way in the same kernel, and peers in
 * user space take turns, so that whatever else the machine does meets them all.
 */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

#include "../../../selftests/lib/driver.h"
#include "bench.h"

static const size_t sizes[] = { 64, 1024, 16384, 1048576 };

#define SIZES (sizeof(sizes) / sizeof(sizes[0]))

uint8_t bench_plain[NTLM_BENCH_MAX_SIZE + BENCH_MAC_ROOM];
uint8_t bench_back[NTLM_BENCH_MAX_SIZE + BENCH_MAC_ROOM];

/* A message takes more room than its bytes if it carries its MAC. */
uint8_t *bench_slot(size_t i, size_t size)
{
	static uint8_t wire[NTLM_BENCH_MAX_SIZE +
			    BENCH_MAC_ROOM * BENCH_SLOTS(64)];

	return wire + i * (size + BENCH_MAC_ROOM);
}

static const char *const subjects[] = {
	[NTLM_BENCH_MODULE] = "module",
	[NTLM_BENCH_LIBRARY] = "module-two-passes",
	[NTLM_BENCH_PLAIN] = "plain",
};

static const char *const shapes[] = {
	[NTLM_BENCH_LINEAR] = "linear",
	[NTLM_BENCH_PAGES] = "pages",
};

static void value(const struct bench *b, const char *subject, const char *op,
		  const char *shape, size_t size, uint64_t messages, uint64_t ns)
{
	bench_value(b, "messages", subject, op, shape, size, "MB/s",
		    (double)(messages * size) * 1000 / (double)ns);
}

static void kernel(struct bench *b, enum ntlm_bench_subject subject,
		   enum ntlm_bench_op op, enum ntlm_bench_shape shape,
		   size_t size, bool datagram)
{
	static const char *const ops[2][2][2] = {
		[NTLM_BENCH_SIGN] = {
			{ "sign", "verify" },
			{ "sign-datagram", "verify-datagram" },
		},
		[NTLM_BENCH_SEAL] = {
			{ "seal", "unseal" },
			{ "seal-datagram", "unseal-datagram" },
		},
	};
	struct ntlm_bench_run run = {
		.subject = subject,
		.op = op,
		.shape = shape,
		.size = (uint32_t)size,
		.datagram = datagram,
		.min_ns = BENCH_SLICE_NS,
	};

	if (ioctl(b->fd, NTLM_BENCH_RUN, &run)) {
		if (errno == EOPNOTSUPP)
			return;
		bench_die("%s of %zu bytes, %s: %s", ops[op][datagram][0], size,
			  subjects[subject], strerror(errno));
	}
	value(b, subjects[subject], ops[op][datagram][0], shapes[shape], size,
	      run.messages, run.send_ns);
	value(b, subjects[subject], ops[op][datagram][1], shapes[shape], size,
	      run.messages, run.recv_ns);
}

static void peer(struct bench *b, const struct peer *p, size_t size)
{
	size_t slots = BENCH_SLOTS(size), i;
	uint64_t messages = 0, sent = 0, received = 0, start, middle;

	if (size > p->max)
		return;
	p->open(size);
	/* The first batch finds the memory that the others use. */
	for (int warm = 1; warm || sent < BENCH_SLICE_NS; warm = 0) {
		start = bench_now(b);
		for (i = 0; i < slots; i++)
			p->send(i);
		middle = bench_now(b);
		for (i = 0; i < slots && p->reverse; i++)
			p->receive(i);
		if (!warm) {
			received += bench_now(b) - middle;
			sent += middle - start;
			messages += slots;
		}
		for (i = 0; i < slots && p->drop; i++)
			p->drop(i);
	}
	value(b, p->name, p->op, "linear", size, messages, sent);
	if (p->reverse)
		value(b, p->name, p->reverse, "linear", size, messages, received);
	p->close();
}

/* Those that are compared with each other are next to each other. */
static void turn(struct bench *b, size_t size)
{
	const struct peer *const *p;

	for (int op = NTLM_BENCH_SEAL; op >= NTLM_BENCH_SIGN; op--)
		for (int shape = NTLM_BENCH_LINEAR; shape <= NTLM_BENCH_PAGES; shape++)
			for (int s = NTLM_BENCH_MODULE; s <= NTLM_BENCH_PLAIN; s++)
				kernel(b, s, op, shape, size, false);
	for (p = openssl_peers; *p; p++)
		peer(b, *p, size);
	for (p = gss_peers; *p; p++)
		peer(b, *p, size);
	for (int s = NTLM_BENCH_MODULE; s <= NTLM_BENCH_PLAIN; s++)
		kernel(b, s, NTLM_BENCH_SEAL, NTLM_BENCH_LINEAR, size, true);
}

void bench_messages(struct bench *b)
{
	struct server helper;

	for (size_t i = 0; i < sizeof(bench_plain); i++)
		bench_plain[i] = (uint8_t)(i * 31 + (i >> 8));
	server_start(&helper);
	if (ioctl(b->fd, NTLM_BENCH_PAIRS))
		bench_die("no established contexts: %s", strerror(errno));
	server_stop(&helper);
	for (b->round = 0; b->round < b->rounds; b->round++) {
		bench_progress("messages: round %u of %u", b->round + 1,
			       b->rounds);
		for (size_t i = 0; i < SIZES; i++)
			turn(b, sizes[i]);
	}
}
