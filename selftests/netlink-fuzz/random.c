// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is done with messages at random, and what has to hold in the end.
 */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "../lib/oracle.h"
#include "fuzz.h"

#define WORLDS	2

static long contexts_left(long before)
{
	long long end = tap_now_ms() + 10000;
	long now;

	do {
		now = slab_objects("ntlm_ctx");
		if (now <= before)
			return 0;
		tap_sleep_ms(20);
	} while (tap_now_ms() < end);
	return now - before;
}

static void world_report(const struct fuzz *f, uint64_t number)
{
	unsigned long contexts = 0, established = 0, refused = 0;
	unsigned int i;
	char text[512];
	size_t len = 0;

	for (i = 0; i < CLIENTS; i++) {
		contexts += f->client[i].contexts;
		established += f->client[i].established;
		refused += f->client[i].refused;
	}
	text[0] = 0;
	for (i = 0; i < ERRNOS && len < sizeof(text) - 32; i++)
		if (f->results[i])
			len += (size_t)snprintf(text + len, sizeof(text) - len,
					       " %s %lu", tap_errno(-(int)i),
					       f->results[i]);
	tap_note("world %llu: %lu messages, %lu registrations, %lu requests accepted, %lu rows of dumps, %lu events",
		 (unsigned long long)number, f->messages, f->registered,
		 f->accepted, f->dumped, f->events);
	tap_note("world %llu: %lu contexts, %lu established, %lu failed; %lu DONE:%s",
		 (unsigned long long)number, contexts, established, refused,
		 f->done, text);
	/* Otherwise the run went astray and found nothing. */
	CHECK(f->messages >= messages / WORLDS);
	CHECK(f->accepted > f->messages / 100);
	CHECK(established > f->messages / 1000);
	CHECK(refused > f->messages / 1000);
	CHECK(f->events > established / 4);
	CHECK(f->dumped > 0);
	for (i = 0; i < 7; i++) {
		static const int wanted[] = {
			0, EINVAL, ERANGE, EPERM, ENOENT, EPROTO, EOPNOTSUPP
		};

		if (f->results[wanted[i]] < f->done / 2000)
			FAIL("DONE gave %s only %lu times",
			     tap_errno(-wanted[i]), f->results[wanted[i]]);
	}
}

static void world(uint64_t number)
{
	struct fuzz *f = calloc(1, sizeof(*f));

	if (!f)
		FAIL("out of memory");
	world_open(f, number);
	helper_run(f, messages / WORLDS);
	world_stop(f);
	world_check(f);
	world_report(f, number);
	free(f);
}

void random_messages(void)
{
	long before = slab_objects("ntlm_ctx");
	pid_t pid[WORLDS];
	int status, failed = 0;
	uint64_t i;

	CHECK(oracle_selfcheck());
	CHECK(before >= 0);
	tap_note("SEED=%llu NETLINK_FUZZ=%lu", (unsigned long long)seed,
		 messages);
	for (i = 0; i < WORLDS; i++) {
		fflush(NULL);
		pid[i] = fork();
		if (pid[i] < 0)
			FAIL("fork: %m");
		if (pid[i])
			continue;
		world(i);
		fflush(NULL);
		_exit(0);
	}
	for (i = 0; i < WORLDS; i++) {
		waitpid(pid[i], &status, 0);
		failed += !WIFEXITED(status) || WEXITSTATUS(status);
	}
	if (failed)
		FAIL("%d of %d worlds failed", failed, WORLDS);
	CHECK_EQ(contexts_left(before), 0);
}

/* --- helpers that race -------------------------------------------------- */

#define RACERS	3

struct racer {
	pthread_t	thread;
	struct fuzz	*fuzz;
	struct rng	rng;
	unsigned long	registered, answered, refused;
};

/* One life of a helper: registers if it can, answers a few, and is closed. */
static void race_once(struct racer *r, struct ntlm_req *req)
{
	unsigned int n = rng_below(&r->rng, 12);
	struct ntlm_done d;
	struct nl nl;
	int err;

	CHECK_ERR(nl_open(&nl), 0);
	nl_begin(&nl, nl.m, NTLM_CMD_REGISTER, 0);
	nl_put_u32(nl.m, NTLM_A_HELPER_FEATURES, (1U << 5) - 1);
	err = nl_talk(&nl, nl.m, NULL);
	if (err && err != -EBUSY)
		FAIL("REGISTER: %s", tap_errno(err));
	r->registered += !err;
	r->refused += !!err;
	for (; n; n--) {
		int got = ntlm_accept(&nl, req);

		if (got == -ENOBUFS || got == -EAGAIN)
			continue;
		CHECK_ERR(got, err ? -EPERM : 0);
		if (got)
			continue;
		/* some are left for the next helper */
		if (rng_percent(&r->rng, 30))
			continue;
		d = ntlm_honest(req);
		got = ntlm_done(&nl, &d);
		if (got && got != -ENOENT && got != -EPROTO &&
		    got != -EOPNOTSUPP)
			FAIL("DONE: %s", tap_errno(got));
		r->answered += !got;
	}
	nl_close(&nl);
	if (rng_percent(&r->rng, 10))
		set_grace_ms(rng_below(&r->rng, 100));
}

static void *race_run(void *arg)
{
	struct ntlm_req *req = malloc(sizeof(*req));
	struct racer *r = arg;

	while (req && !atomic_load(&r->fuzz->stop))
		race_once(r, req);
	free(req);
	return NULL;
}

void helpers_come_and_go(void)
{
	struct fuzz *f = calloc(1, sizeof(*f));
	unsigned long registered = 0, answered = 0, refused = 0;
	long before = slab_objects("ntlm_ctx");
	struct racer racer[RACERS];
	unsigned int i;

	CHECK(f);
	f->loose = true;
	world_open(f, 7);
	for (i = 0; i < RACERS; i++) {
		racer[i] = (struct racer){
			.fuzz = f, .rng.state = seed + 1000 + i,
		};
		if (pthread_create(&racer[i].thread, NULL, race_run, &racer[i]))
			FAIL("pthread_create");
	}
	tap_sleep_ms((unsigned int)(4000 + messages / 100));
	atomic_store(&f->stop, true);
	for (i = 0; i < RACERS; i++) {
		pthread_join(racer[i].thread, NULL);
		registered += racer[i].registered;
		answered += racer[i].answered;
		refused += racer[i].refused;
	}
	world_stop(f);
	world_check(f);
	free(f);
	CHECK_EQ(contexts_left(before), 0);
	tap_note("%lu registrations, %lu refused, %lu answers", registered,
		 refused, answered);
	CHECK(registered > 50);
	CHECK(refused > 10);
	CHECK(answered > 50);
}

/* --- network namespaces that end ---------------------------------------- */

/* Helper and clients are killed while they work, and their namespaces with them. */
void network_namespaces_go_away(void)
{
	long before = slab_objects("ntlm_ctx");
	struct rng r = { seed + 2000 };
	unsigned int i;
	int status;
	pid_t pid;

	CHECK(before >= 0);
	for (i = 0; i < 30; i++) {
		fflush(NULL);
		pid = fork();
		if (pid < 0)
			FAIL("fork: %m");
		if (!pid) {
			struct fuzz *f = calloc(1, sizeof(*f));

			CHECK(f);
			world_open(f, 100 + i);
			helper_run(f, ULONG_MAX);
			_exit(0);
		}
		tap_sleep_ms(60 + rng_below(&r, 120));
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		if (!WIFSIGNALED(status))
			FAIL("a helper ended with %d", WEXITSTATUS(status));
	}
	CHECK_EQ(contexts_left(before), 0);
}
