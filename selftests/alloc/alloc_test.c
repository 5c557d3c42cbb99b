// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a message costs in memory: nothing; and what a context costs.
 */
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "../lib/tap.h"
#include "probe.h"
#include "repeat.h"
#include "slab.h"

#define PAGE 4096
#define HEADER 24
#define BODY 1200

/* Kinds of memory that the messages of a test are in */
struct shapes {
	struct side	src;
	struct side	dst;
};

static const struct shapes linear = {
	{ .shape = MEM_LINEAR, .offset = 3 }, { .shape = MEM_LINEAR },
};

static const struct shapes vmalloced = {
	{ .shape = MEM_VMALLOC, .offset = PAGE - 100 },
	{ .shape = MEM_VMALLOC, .offset = PAGE - 7 },
};

static const struct shapes paged = {
	{ .shape = MEM_PAGES, .offset = PAGE - 101, .skip = 9, .nsplits = 3,
	  .splits = { 1, 0, 50 } },
	{ .shape = MEM_PAGES, .offset = PAGE - 13 },
};

static const struct shapes contiguous = {
	{ .shape = MEM_CONTIGUOUS, .offset = PAGE - 101, .skip = 200 },
	{ .shape = MEM_CONTIGUOUS, .offset = 2 * PAGE - 5 },
};

static const struct shapes mixed = {
	{ .shape = MEM_PAGES, .offset = PAGE - 333, .nsplits = 2,
	  .splits = { 100, 7 } },
	{ .shape = MEM_LINEAR, .offset = 1 },
};

/* A header that is signed only, a body, which is sealed if the operation does */
static void make(struct message *m, enum op op, const struct shapes *shapes,
		 bool in_place)
{
	struct rng r = rng_seeded(5, op);
	unsigned int i;

	memset(m, 0, sizeof(*m));
	message_add(m, NULL, HEADER, false);
	message_add(m, NULL, BODY, op == OP_SEAL || op == OP_UNSEAL ||
		    op == OP_SEAL_DATAGRAM || op == OP_UNSEAL_DATAGRAM);
	for (i = 0; i < m->n; i++) {
		rng_bytes(&r, m->part[i].in, m->part[i].len);
		m->part[i].src = shapes->src;
		m->part[i].dst = shapes->dst;
	}
	if (in_place)
		m->part[1].dst.shape = MEM_IN_PLACE;
}

/* Did the kernel really do all of it? Another client would have sent the same. */
static void check_sent(const struct link *l, enum op op,
		       const struct message *m, bool in_place)
{
	uint8_t header[HEADER], body[BODY], signature[16];
	struct oracle_part parts[] = {
		{ header, HEADER, false }, { body, BODY, op == OP_SEAL },
	};
	struct oracle twin;
	unsigned int i;

	link_twin(l, &twin);
	memcpy(header, m->part[0].in, HEADER);
	memcpy(body, m->part[1].in, BODY);
	for (i = 0; i < REPEAT_COUNT; i++) {
		if (!in_place)
			memcpy(body, m->part[1].in, BODY);
		oracle_seal(&twin, parts, 2, signature);
	}
	CHECK(!memcmp(signature, m->signature, sizeof(signature)));
	if (op == OP_SEAL)
		CHECK(!memcmp(body, m->part[1].out, BODY));
}

/*
 * Many messages and not one allocation. That the sources have not changed and
 * nothing around them has is compared byte for byte after each message.
 */
static void no_allocation(enum op op, const struct shapes *shapes, bool in_place)
{
	struct ntlm_test_run run;
	struct message m, plain;
	struct probe probe;
	struct link l;
	uint64_t count;

	probe_open(&probe);
	link_open(&l, FLAGS_SEAL);
	make(&m, op, shapes, in_place);
	message_copy(&plain, &m);
	repeat_prepare(&l, NULL, op, &m, REPEAT_COUNT, false);

	probe_start(&probe);
	run = repeat_run(&l, REPEAT_COUNT, false);
	count = probe_stop(&probe);

	probe_print(&probe);
	CHECK_ERR(run.result, 0);
	CHECK_EQ(run.done, REPEAT_COUNT);
	CHECK_EQ(run.damage, 0);
	CHECK_EQ(count, 0);

	repeat_fetch(&l, op, &m);
	if (op == OP_SIGN || op == OP_SEAL)
		check_sent(&l, op, &m, in_place);
	else
		CHECK(message_equal(&m, &plain));
	message_free(&m);
	message_free(&plain);
	link_close(&l);
	probe_close(&probe);
}

#define NO_ALLOCATION(name, op, shapes, in_place)			\
static void no_allocation_##name(void)					\
{									\
	no_allocation(op, &(shapes), in_place);				\
}

#define EVERY_SHAPE(do)							\
	do(sign_linear, OP_SIGN, linear, false)				\
	do(sign_vmalloc, OP_SIGN, vmalloced, false)			\
	do(sign_pages, OP_SIGN, paged, false)				\
	do(sign_contiguous, OP_SIGN, contiguous, false)			\
	do(verify_linear, OP_VERIFY, linear, false)			\
	do(verify_vmalloc, OP_VERIFY, vmalloced, false)			\
	do(verify_pages, OP_VERIFY, paged, false)			\
	do(verify_contiguous, OP_VERIFY, contiguous, false)		\
	do(seal_linear, OP_SEAL, linear, false)				\
	do(seal_linear_in_place, OP_SEAL, linear, true)			\
	do(seal_vmalloc, OP_SEAL, vmalloced, false)			\
	do(seal_vmalloc_in_place, OP_SEAL, vmalloced, true)		\
	do(seal_pages, OP_SEAL, paged, false)				\
	do(seal_pages_in_place, OP_SEAL, paged, true)			\
	do(seal_contiguous, OP_SEAL, contiguous, false)			\
	do(seal_contiguous_in_place, OP_SEAL, contiguous, true)		\
	do(seal_mixed, OP_SEAL, mixed, false)				\
	do(unseal_linear, OP_UNSEAL, linear, false)			\
	do(unseal_linear_in_place, OP_UNSEAL, linear, true)		\
	do(unseal_vmalloc, OP_UNSEAL, vmalloced, false)			\
	do(unseal_vmalloc_in_place, OP_UNSEAL, vmalloced, true)		\
	do(unseal_pages, OP_UNSEAL, paged, false)			\
	do(unseal_pages_in_place, OP_UNSEAL, paged, true)		\
	do(unseal_contiguous, OP_UNSEAL, contiguous, false)		\
	do(unseal_contiguous_in_place, OP_UNSEAL, contiguous, true)	\
	do(unseal_mixed, OP_UNSEAL, mixed, false)

EVERY_SHAPE(NO_ALLOCATION)

/* What the last one of all these messages looks like if another client sends */
static void check_sent_as(const struct link *l, const struct message *m)
{
	struct message twins, plain;
	struct peer twin;
	unsigned int i;

	peer_open(&twin, l, NTLM_ROLE_ACCEPTOR);
	for (i = 0; i < REPEAT_COUNT; i++) {
		message_copy(&twins, m);
		twins.seq += i;
		peer_make(&twin, &twins, &plain);
		if (i == REPEAT_COUNT - 1)
			CHECK(!memcmp(twins.signature + 8, m->signature + 8, 8));
		message_free(&twins);
		message_free(&plain);
	}
}

/* All operations of a context of another kind */
static void no_allocation_of(uint32_t mode, uint32_t flags, enum op first,
			     unsigned int nops)
{
	const struct link_kind kind = {
		.mode = mode, .wished = NTLM_OPT_REPLAY_DETECT,
	};
	static const uint8_t key[16] = "the session key";
	struct ntlm_test_run run;
	struct message m, plain;
	struct probe probe;
	struct peer peer;
	uint64_t count;
	struct link l;
	enum op op;

	probe_open(&probe);
	for (op = first; op < first + nops; op++) {
		link_open_as(&l, &kind, flags, key);
		peer_open(&peer, &l, NTLM_ROLE_INITIATOR);
		make(&m, op, &paged, false);
		m.seq = mode ? 77 : 0;
		message_copy(&plain, &m);
		repeat_prepare(&l, &peer, op, &m, REPEAT_COUNT, false);
		probe_start(&probe);
		run = repeat_run(&l, REPEAT_COUNT, false);
		count = probe_stop(&probe);
		probe_print(&probe);
		CHECK_ERR(run.result, 0);
		CHECK_EQ(run.done, REPEAT_COUNT);
		CHECK_EQ(run.damage, 0);
		CHECK_EQ(count, 0);
		repeat_fetch(&l, op, &m);
		if ((op - first) % 2)
			CHECK(message_equal(&m, &plain));
		else
			check_sent_as(&l, &m);
		message_free(&m);
		message_free(&plain);
		link_close(&l);
	}
	probe_close(&probe);
}

static void no_allocation_without_ess(void)
{
	no_allocation_of(NTLM_MODE_CONNECTION, FLAGS_SEAL &
			 ~NTLM_NEGOTIATE_EXTENDED_SESSIONSECURITY, OP_SIGN, 4);
}

static void no_allocation_of_datagrams(void)
{
	no_allocation_of(NTLM_MODE_CONNECTIONLESS,
			 FLAGS_SEAL | NTLM_NEGOTIATE_DATAGRAM,
			 OP_SIGN_DATAGRAM, 4);
}

static void no_allocation_of_datagrams_without_ess(void)
{
	no_allocation_of(NTLM_MODE_CONNECTIONLESS,
			 (FLAGS_SEAL | NTLM_NEGOTIATE_DATAGRAM) &
			 ~NTLM_NEGOTIATE_EXTENDED_SESSIONSECURITY,
			 OP_SIGN_DATAGRAM, 2);
}

/* The same measurement, with an allocation in it */
static void probe_sees_a_planted_kmalloc(void)
{
	static const enum op ops[] = { OP_SIGN, OP_VERIFY, OP_SEAL, OP_UNSEAL };
	struct ntlm_test_run run;
	struct probe probe;
	struct message m;
	unsigned int i;
	struct link l;
	uint64_t count;

	probe_open(&probe);
	for (i = 0; i < 4; i++) {
		link_open(&l, FLAGS_SEAL);
		make(&m, ops[i], &paged, false);
		repeat_prepare(&l, NULL, ops[i], &m, REPEAT_COUNT,
			       false);
		probe_start(&probe);
		run = repeat_run(&l, REPEAT_COUNT, true);
		count = probe_stop(&probe);
		CHECK_EQ(run.done, REPEAT_COUNT);
		probe_print(&probe);
		CHECK(count >= REPEAT_COUNT);
		CHECK(probe_count(&probe, "kmem/kmalloc") >= REPEAT_COUNT ||
		      probe_count(&probe, "kmem/kmem_cache_alloc") >=
		      REPEAT_COUNT);
		repeat_fetch(&l, ops[i], &m);
		message_free(&m);
		link_close(&l);
	}
	probe_close(&probe);
}

/* A forger costs no memory either. */
static void no_allocation_for_rejected_messages(void)
{
	static const enum op ops[] = { OP_VERIFY, OP_UNSEAL };
	struct ntlm_test_run run;
	struct probe probe;
	struct message m;
	unsigned int i, n;
	struct link l;
	uint64_t count;

	probe_open(&probe);
	for (i = 0; i < 2; i++) {
		link_open(&l, FLAGS_SEAL);
		make(&m, ops[i], &paged, false);
		repeat_prepare(&l, NULL, ops[i], &m, REPEAT_COUNT,
			       true);
		probe_start(&probe);
		for (n = 0; n < REPEAT_COUNT; n++) {
			run = repeat_run(&l, 1, false);
			if (run.result != -EBADMSG || run.damage)
				break;
		}
		count = probe_stop(&probe);
		probe_print(&probe);
		CHECK_EQ(n, REPEAT_COUNT);
		CHECK_EQ(count, 0);
		repeat_fetch(&l, ops[i], &m);
		CHECK(message_zeroed(&m));
		message_free(&m);
		link_close(&l);
	}
	probe_close(&probe);
}

/* Promised for an established context, all of its memory together */
#define CONTEXT_BYTES 3072
/* Two RC4 handles: it cannot be less. */
#define HANDLES_BYTES (2 * 258 * 4)
#define CONTEXTS 1000
#define WARM_UP 5
/* Objects of other users that come and go while we count */
#define NOISE_BYTES 64

/* Of several measurements the least counts: others' objects only add to it. */
#define ROUNDS 4

/* A token of this size would be seen if it were kept. */
static char challenge[8192];

struct cost {
	long long	used;	/* bytes of objects for each context */
	long long	pages;	/* bytes of pages for each context */
	long long	left;	/* bytes for each context after they were freed */
	const char	*leaked;
};

static void *serve(void *arg)
{
	static const uint8_t key[16] = "the session key";
	unsigned int i, *n = arg;

	for (i = 0; i < 2 * *n; i++)
		link_serve(FLAGS_SEAL, key);
	return NULL;
}

/*
 * Not a thread for each: the kernel keeps the memory of their stacks for a
 * while.
 */
static void establish(int fd)
{
	CHECK_ERR(drv_exchange(fd, NULL, 0, NULL, NULL), -EINPROGRESS);
	CHECK_ERR(drv_exchange(fd, challenge, sizeof(challenge), NULL, NULL),
		  0);
}

/* What is made once is there before we count. */
static void warm_up(void)
{
	unsigned int i, n = WARM_UP;
	pthread_t thread;

	CHECK_EQ(pthread_create(&thread, NULL, serve, &n), 0);
	for (i = 0; i < n; i++) {
		int fd = link_create();

		establish(fd);
		close(fd);
	}
	pthread_join(thread, NULL);
}

static struct cost measure(void)
{
	static struct slabs bare, before, during, after;
	static int fds[CONTEXTS];
	unsigned int i, n = CONTEXTS;
	pthread_t thread;
	struct cost cost;
	size_t object;

	CHECK_EQ(pthread_create(&thread, NULL, serve, &n), 0);
	slabs_read(&bare);
	for (i = 0; i < n; i++)
		fds[i] = link_driver();
	slabs_read(&before);
	for (i = 0; i < n; i++) {
		link_create_in(fds[i]);
		establish(fds[i]);
	}
	slabs_read(&during);
	for (i = 0; i < n; i++)
		close(fds[i]);
	slabs_read(&after);
	pthread_join(thread, NULL);

	cost.used = (slabs_used(&during) - slabs_used(&before)) / CONTEXTS;
	cost.pages = (slabs_pages(&during) - slabs_pages(&before)) / CONTEXTS;
	cost.left = (slabs_used(&after) - slabs_used(&bare)) / CONTEXTS;
	cost.leaked = slabs_leaked(&bare, &before, &during, &after, CONTEXTS);
	object = slabs_object_bytes(&during, "ntlm_ctx");

	slabs_print_growth(&before, &during, CONTEXTS);
	slabs_print_growth(&bare, &after, CONTEXTS);
	tap_note("a context with its share of its slab: %zu bytes", object);
	tap_note("growth per context: %lld bytes of objects, %lld of pages; left: %lld",
		 cost.used, cost.pages, cost.left);
	CHECK_EQ(slabs_active(&during, "ntlm_ctx") -
		 slabs_active(&before, "ntlm_ctx"), CONTEXTS);
	CHECK_EQ(slabs_active(&after, "ntlm_ctx"),
		 slabs_active(&bare, "ntlm_ctx"));
	CHECK(object >= HANDLES_BYTES && object <= CONTEXT_BYTES);
	/* Less than this, and the context has not been counted. */
	CHECK(cost.used >= HANDLES_BYTES);
	return cost;
}

static long long least(long long a, long long b)
{
	return a < b ? a : b;
}

static bool within(const struct cost *cost)
{
	return cost->used <= CONTEXT_BYTES && cost->pages <= CONTEXT_BYTES &&
	       cost->left <= NOISE_BYTES && !cost->leaked;
}

static void context_in_three_kib(void)
{
	struct cost cost, more;
	unsigned int i;

	memset(challenge, 'C', sizeof(challenge));
	allow_files(CONTEXTS + 100);
	link_register();
	warm_up();
	cost = measure();
	for (i = 1; i < ROUNDS && !within(&cost); i++) {
		more = measure();
		cost.used = least(cost.used, more.used);
		cost.pages = least(cost.pages, more.pages);
		cost.left = least(cost.left, more.left);
		cost.leaked = more.leaked;
	}
	CHECK(cost.used <= CONTEXT_BYTES);
	CHECK(cost.pages <= CONTEXT_BYTES);
	CHECK(cost.left <= NOISE_BYTES);
	if (cost.leaked)
		FAIL("%s: objects of the contexts are left", cost.leaked);
}

int main(int argc, char **argv)
{
#define ENTRY(name, op, shapes, in_place)				\
	TAP_TEST(no_allocation_##name, 120),
	static const struct tap_test tests[] = {
		TAP_TEST(probe_sees_a_planted_kmalloc, 240),
		EVERY_SHAPE(ENTRY)
		TAP_TEST(no_allocation_without_ess, 240),
		TAP_TEST(no_allocation_of_datagrams, 240),
		TAP_TEST(no_allocation_of_datagrams_without_ess, 240),
		TAP_TEST(no_allocation_for_rejected_messages, 240),
		TAP_TEST(context_in_three_kib, 300),
	};

	return tap_main(argc, argv, "alloc", tests,
			sizeof(tests) / sizeof(tests[0]), NULL, NULL);
}
