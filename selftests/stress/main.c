// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * stress_test [NAME...]: everything that ntlm.ko does, at the same time and with
 * whatever can go wrong outside of it.  Needs root, ntlm.ko and ntlm_test.ko.
 *
 * STRESS_SECONDS=number is how long all of it takes, 20 unless given; SEED=number
 * repeats the random numbers, but not how threads follow each other.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../lib/tap.h"
#include "stress.h"

#define THREADS		64
#define STACK		((size_t)256 * 1024)
/* How much longer than it was told to a test may run, on a slow machine */
#define LONGER_MS	60000
#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

uint64_t stress_seed;

static unsigned int seconds = 20;
static long slab_at_first;
static atomic_bool over;

bool stress_over(void)
{
	return atomic_load(&over);
}

struct thread {
	struct worker	worker;
	void		(*run)(struct worker *w);
	pthread_t	thread;
};

static void *thread_run(void *arg)
{
	struct thread *t = arg;

	t->run(&t->worker);
	return NULL;
}

void stress_run(const struct load *loads, size_t n, unsigned int percent,
		const char *(*missing)(void))
{
	long long end = tap_now_ms() + seconds * percent * 10;
	static struct thread threads[THREADS];
	unsigned int i, started = 0;
	const char *lack;
	pthread_attr_t attr;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK);
	for (; n; n--, loads++) {
		for (i = 0; i < loads->threads; i++) {
			struct thread *t = &threads[started];

			CHECK(started < THREADS);
			t->worker.rng = rng_seeded(stress_seed, started);
			t->worker.index = i;
			t->run = loads->run;
			started++;
			CHECK_EQ(pthread_create(&t->thread, &attr, thread_run,
						t), 0);
		}
	}
	pthread_attr_destroy(&attr);
	CHECK_EQ(started, THREADS);
	do {
		tap_sleep_ms(50);
		lack = missing ? missing() : NULL;
	} while (tap_now_ms() < end ||
		 (lack && tap_now_ms() < end + LONGER_MS));
	atomic_store(&over, true);
	while (started)
		pthread_join(threads[--started].thread, NULL);
	if (lack)
		FAIL("%s", lack);
}

/* --- the tests -------------------------------------------------------------------- */

static void messages_in_number_order(void)
{
	static const struct load loads[] = {
		{ shared_senders, 26 },
		{ shared_receivers, 22 },
		{ shared_forgers, 15 },
		{ watch_contexts, 1 },
	};
	struct server s;

	outcomes_begin();
	server_start(&s);
	shared_open();
	stress_run(loads, COUNT(loads), 15, NULL);
	shared_close();
	server_stop(&s);
	outcomes_check();
}

static void datagrams_taken_once(void)
{
	static const struct load loads[] = {
		{ datagram_senders, 24 },
		{ datagram_receivers, 39 },
		{ watch_contexts, 1 },
	};
	struct server s;

	outcomes_begin();
	server_start(&s);
	datagrams_open();
	stress_run(loads, COUNT(loads), 10, NULL);
	datagrams_close();
	server_stop(&s);
	outcomes_check();
}

static void contexts_come_and_go(void)
{
	static const struct load loads[] = {
		{ exchange_churn, 60 },
		{ watch_contexts, 2 },
		{ watch_counters, 2 },
	};

	outcomes_begin();
	stress_run(loads, COUNT(loads), 10, NULL);
	outcomes_check();
}

static void exchanges_end_once(void)
{
	static const struct load loads[] = {
		{ exchange_clients, 44 },
		{ exchange_rivals, 16 },
		{ watch_contexts, 1 },
		{ watch_counters, 1 },
		{ watch_events, 2 },
	};
	struct keeper helpers[2], victims[2];
	unsigned int i;

	outcomes_begin();
	for (i = 0; i < 2; i++) {
		keep_helpers(&helpers[i], 100 + i);
		keep_victims(&victims[i], 200 + i);
	}
	stress_run(loads, COUNT(loads), 25, watch_missing);
	for (i = 0; i < 2; i++)
		keeper_stop(&victims[i]);
	for (i = 0; i < 2; i++)
		keeper_stop(&helpers[i]);
	outcomes_check();
	watch_note();
}

static void namespaces_end_with_requests(void)
{
	static const struct load loads[] = {
		{ namespaces, 16 },
		{ exchange_clients, 40 },
		{ exchange_churn, 6 },
		{ watch_contexts, 1 },
		{ watch_counters, 1 },
	};
	struct keeper helpers;

	outcomes_begin();
	set_grace_ms(60000);
	keep_patient_helpers(&helpers, 100);
	stress_run(loads, COUNT(loads), 15, namespaces_missing);
	keeper_stop(&helpers);
	outcomes_check();
	namespaces_note();
}

static const char *all_missing(void)
{
	const char *lack = watch_missing();

	return lack ? lack : namespaces_missing();
}

static void everything_at_once(void)
{
	static const struct load loads[] = {
		{ shared_senders, 10 },
		{ shared_receivers, 8 },
		{ shared_forgers, 4 },
		{ datagram_senders, 4 },
		{ datagram_receivers, 6 },
		{ exchange_clients, 16 },
		{ exchange_rivals, 4 },
		{ exchange_churn, 4 },
		{ namespaces, 2 },
		{ watch_contexts, 2 },
		{ watch_counters, 2 },
		{ watch_events, 2 },
	};
	struct keeper helpers[2], victims;
	unsigned int i;

	outcomes_begin();
	for (i = 0; i < 2; i++)
		keep_helpers(&helpers[i], 100 + i);
	keep_victims(&victims, 200);
	shared_open();
	datagrams_open();
	stress_run(loads, COUNT(loads), 25, all_missing);
	shared_close();
	datagrams_close();
	keeper_stop(&victims);
	for (i = 0; i < 2; i++)
		keeper_stop(&helpers[i]);
	outcomes_check();
	namespaces_note();
	watch_note();
}

static void contexts_leave_the_slab(void)
{
	if (slab_at_first == -ENOENT)
		tap_skip("this kernel has no slab cache of contexts alone");
	CHECK_EQ(slab_objects("ntlm_ctx"), slab_at_first);
}

static int unload(const char *name)
{
	return syscall(SYS_delete_module, name, O_NONBLOCK) < 0 ? -errno : 0;
}

static void modules_unload(void)
{
	CHECK_ERR(unload("ntlm_test"), 0);
	CHECK_ERR(unload("ntlm"), 0);
	CHECK_EQ(run("modprobe", "-a", "ntlm", "ntlm_test", NULL), 0);
}

int main(int argc, char **argv)
{
	const char *text = getenv("STRESS_SECONDS");

	if (text && *text)
		seconds = (unsigned int)strtoul(text, NULL, 10);
	stress_seed = rng_seed();
	tap_note("SEED=%" PRIu64 " STRESS_SECONDS=%u", stress_seed, seconds);
	slab_at_first = slab_objects("ntlm_ctx");

	/* How long the last steps take is not in anybody's hand. */
	const unsigned int limit = 150 + 2 * seconds;
	const struct tap_test tests[] = {
		TAP_TEST(messages_in_number_order, limit),
		TAP_TEST(datagrams_taken_once, limit),
		TAP_TEST(contexts_come_and_go, limit),
		TAP_TEST(exchanges_end_once, limit),
		TAP_TEST(namespaces_end_with_requests, limit),
		TAP_TEST(everything_at_once, limit),
		TAP_TEST(contexts_leave_the_slab, 0),
		TAP_TEST(modules_unload, 0),
	};

	allow_files(4096);
	return tap_main(argc, argv, "stress", tests, COUNT(tests),
			quiet_before, quiet_after);
}
