// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Administrators who look on: dumps, counters, and listeners that are too slow.
 */
#include <errno.h>
#include <inttypes.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../lib/tap.h"
#include "stress.h"

static _Atomic uint64_t dumps, dumped, snapshots, events, missed;

struct dump {
	uint32_t	last;
	uint64_t	n;
};

static void dump_one(const struct nl_reply *r, void *arg)
{
	uint32_t id = nl_u32(r, NTLM_A_CONTEXT_ID);
	uint32_t state = nl_u32(r, NTLM_A_CONTEXT_STATE);
	struct dump *d = arg;

	CHECK(id > d->last);
	CHECK(state <= NTLM_STATE_FAILED);
	CHECK(nl_str(r, NTLM_A_CONTEXT_TARGET));
	CHECK_EQ(!!nl_attr(r, NTLM_A_CONTEXT_ERROR), state == NTLM_STATE_FAILED);
	CHECK_EQ(!!nl_attr(r, NTLM_A_CONTEXT_FLAGS),
		 state == NTLM_STATE_ESTABLISHED);
	d->last = id;
	d->n++;
}

void watch_contexts(struct worker *w)
{
	struct nl nl;

	CHECK_ERR(nl_open(&nl), 0);
	while (!stress_over()) {
		struct dump d = {};

		CHECK_ERR(nl_dump(&nl, NTLM_CMD_CONTEXT_GET, dump_one, &d), 0);
		atomic_fetch_add(&dumps, 1);
		atomic_fetch_add(&dumped, d.n);
		usleep((unsigned int)rng_below(&w->rng, 10000));
	}
	nl_close(&nl);
}

void watch_counters(struct worker *w)
{
	struct ntlm_counters c, before = {};
	const char *wrong;
	struct nl nl;

	CHECK_ERR(nl_open(&nl), 0);
	while (!stress_over()) {
		CHECK_ERR(ntlm_stats(&nl, &c), 0);
		wrong = counters_wrong(&c);
		if (wrong)
			FAIL("%s", wrong);
		/* What counts does not go back. */
		CHECK(c.requests >= before.requests && c.done >= before.done &&
		      c.failed >= before.failed && c.lies >= before.lies &&
		      c.timeouts >= before.timeouts &&
		      c.cancelled >= before.cancelled &&
		      c.requeued >= before.requeued &&
		      c.registrations >= before.registrations);
		before = c;
		atomic_fetch_add(&snapshots, 1);
		usleep((unsigned int)rng_below(&w->rng, 5000));
	}
	nl_close(&nl);
}

void watch_events(struct worker *w)
{
	static struct nl_reply replies[4];
	struct nl_reply *r = &replies[w->index % 4];
	int one = 1, err;
	uint32_t event;
	struct nl nl;

	CHECK_ERR(nl_open(&nl), 0);
	/* The smallest buffer that there is */
	CHECK(!setsockopt(nl.fd, SOL_SOCKET, SO_RCVBUF, &one, sizeof(one)));
	CHECK_ERR(nl_join_events(&nl), 0);
	while (!stress_over()) {
		if (!rng_below(&w->rng, 4))
			usleep((unsigned int)rng_below(&w->rng, 100000));
		err = nl_wait(&nl, NTLM_CMD_EVENT, 20, r);
		if (err == -ENOBUFS) {
			atomic_fetch_add(&missed, 1);
			continue;
		}
		if (err) {
			CHECK_ERR(err, -EAGAIN);
			continue;
		}
		event = nl_u32(r, NTLM_A_CONTEXT_EVENT);
		CHECK(event >= NTLM_EVENT_ESTABLISHED &&
		      event <= NTLM_EVENT_CLOSED);
		atomic_fetch_add(&events, 1);
	}
	nl_close(&nl);
}

const char *watch_missing(void)
{
	if (!dumped)
		return "no context was dumped";
	if (!snapshots)
		return "no counters were read";
	if (!events)
		return "no event arrived";
	return missed ? NULL : "no listener missed an event";
}

void watch_note(void)
{
	tap_note("%" PRIu64 " dumps of %" PRIu64 " contexts, %" PRIu64
		 " snapshots, %" PRIu64 " events, %" PRIu64 " overflows",
		 atomic_load(&dumps), atomic_load(&dumped),
		 atomic_load(&snapshots), atomic_load(&events),
		 atomic_load(&missed));
}
