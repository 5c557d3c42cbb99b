// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Connectionless contexts that many threads use: every number is sent once, and
 * of the many copies of a datagram that arrive at once exactly one is taken.
 */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <unistd.h>

#include "../lib/tap.h"
#include "../session/peer.h"
#include "stress.h"

#define CONTEXTS	4
/* A fraction of the replay window: none of them is too old */
#define BATCH		96
#define MESSAGE_MAX	300

/**
 * struct datagrams - one of the contexts
 * @life: held for writing by who makes the next batch
 * @link: the context
 * @peer: the server
 * @wire: the batch as it is on the wire
 * @plain: what was in it
 * @taken: how many copies of each were taken
 * @received: number of the first of the batch
 * @sent: number of the next one to send
 */
struct datagrams {
	pthread_rwlock_t	life;
	struct link		link;
	struct peer		peer;
	struct message		wire[BATCH];
	struct message		plain[BATCH];
	atomic_uint		taken[BATCH];
	uint32_t		received;
	_Atomic uint32_t	sent;
};

static struct datagrams all[CONTEXTS];
static _Atomic uint64_t total_sent, total_taken, total_repeats, total_rival,
	total_stale;

static void batch_make(struct datagrams *d, struct rng *r)
{
	for (unsigned int i = 0; i < BATCH; i++) {
		struct message *m = &d->wire[i];

		message_random(m, r, true, MESSAGE_MAX);
		message_shape_linear(m);
		m->seq = d->received + i;
		peer_make(&d->peer, m, &d->plain[i]);
		atomic_store(&d->taken[i], 0);
	}
}

/* One copy arrives; @once: it has to be the one that is taken. */
static void deliver(struct datagrams *d, unsigned int i, bool once)
{
	struct message m;
	int err;

	message_copy(&m, &d->wire[i]);
	err = message_kernel(&d->link, OP_UNSEAL_DATAGRAM, &m);
	if (err != -EALREADY || once)
		CHECK_ERR(err, 0);
	if (err) {
		atomic_fetch_add(&total_repeats, 1);
	} else {
		CHECK(message_equal(&m, &d->plain[i]));
		CHECK_EQ(atomic_fetch_add(&d->taken[i], 1), 0);
		atomic_fetch_add(&total_taken, 1);
	}
	message_free(&m);
}

/* Nobody uses it: each was taken once, or is now. */
static void batch_end(struct datagrams *d)
{
	for (unsigned int i = 0; i < BATCH; i++) {
		if (!atomic_load(&d->taken[i]))
			deliver(d, i, true);
		CHECK_EQ(atomic_load(&d->taken[i]), 1);
		message_free(&d->wire[i]);
		message_free(&d->plain[i]);
	}
	d->received += BATCH;
}

void datagrams_open(void)
{
	static const struct drv_params params = {
		.mode = NTLM_MODE_CONNECTIONLESS,
		.required = NTLM_OPT_CONFIDENTIALITY,
		.wished = NTLM_OPT_REPLAY_DETECT,
		.timeout_ms = 10000,
	};
	struct rng r = rng_seeded(stress_seed, 300);
	pthread_rwlockattr_t attr;
	unsigned int i;

	pthread_rwlockattr_init(&attr);
	/* There is always a reader. */
	pthread_rwlockattr_setkind_np(&attr,
				      PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	for (i = 0; i < CONTEXTS; i++) {
		struct datagrams *d = &all[i];

		pthread_rwlock_init(&d->life, &attr);
		CHECK(exchange_establish(&d->link, &params));
		peer_open(&d->peer, &d->link, NTLM_ROLE_INITIATOR);
		batch_make(d, &r);
	}
	pthread_rwlockattr_destroy(&attr);
}

void datagram_receivers(struct worker *w)
{
	struct rng *r = &w->rng;
	unsigned int i, n;

	while (!stress_over()) {
		struct datagrams *d = &all[rng_below(r, CONTEXTS)];

		if (!rng_below(r, 200)) {
			pthread_rwlock_wrlock(&d->life);
			batch_end(d);
			batch_make(d, r);
			pthread_rwlock_unlock(&d->life);
		}
		pthread_rwlock_rdlock(&d->life);
		/* Now and then the same one as others take */
		n = rng_below(r, 2) ? BATCH : 4;
		i = (unsigned int)rng_below(r, n);
		deliver(d, i, false);
		pthread_rwlock_unlock(&d->life);
	}
}

void datagram_senders(struct worker *w)
{
	struct rng *r = &w->rng;
	int err;

	while (!stress_over()) {
		struct datagrams *d = &all[rng_below(r, CONTEXTS)];
		struct peer peer = d->peer;
		struct message m;

		message_random(&m, r, true, MESSAGE_MAX);
		message_shape_linear(&m);
		/* Two threads may have the same number: one of them is refused. */
		m.seq = rng_below(r, 4) ? atomic_fetch_add(&d->sent, 1) :
					  atomic_load(&d->sent);
		err = message_kernel(&d->link, OP_SEAL_DATAGRAM, &m);
		if (err == -ESTALE) {
			/* The others were that much faster. */
			atomic_fetch_add(&total_stale, 1);
		} else if (err) {
			CHECK_ERR(err, -EALREADY);
			atomic_fetch_add(&total_rival, 1);
		} else {
			CHECK(peer_check(&peer, &m));
			atomic_fetch_add(&total_sent, 1);
		}
		message_free(&m);
	}
}

void datagrams_close(void)
{
	uint64_t numbers = 0;
	unsigned int i;

	for (i = 0; i < CONTEXTS; i++) {
		batch_end(&all[i]);
		numbers += atomic_load(&all[i].sent);
		close(all[i].link.fd);
	}
	tap_note("%" PRIu64 " datagrams sent, %" PRIu64 " refused for their number, %"
		 PRIu64 " too late; %" PRIu64 " taken, %" PRIu64 " repeats refused",
		 atomic_load(&total_sent), atomic_load(&total_rival),
		 atomic_load(&total_stale),
		 atomic_load(&total_taken), atomic_load(&total_repeats));
	/* None was sent twice; one a context may be there that was not asked for. */
	CHECK(total_sent <= numbers + CONTEXTS);
	CHECK(total_sent + total_stale >= numbers);
	CHECK(total_taken && total_repeats && total_rival);
}
