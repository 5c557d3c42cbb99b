// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Contexts that many threads send and receive on at once.  What they sent has to
 * be readable by the oracle in the order of the numbers; what the oracle sent is
 * delivered in that order, while forgeries arrive.
 */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <unistd.h>

#include "../lib/tap.h"
#include "stress.h"

#define SHARED		8
/* Messages that may wait for one that is under way */
#define WINDOW		256
#define MESSAGE_MAX	600

/**
 * struct shared - one of the contexts
 * @life: held for writing by who replaces the context, for reading by its users
 * @link: the context, and the oracle as the server
 * @send_lock: the oracle's side of what is sent, @slot and what counts it
 * @slot: messages whose predecessors are still under way, by number
 * @there: there is one in @slot
 * @next: number of the message that the oracle needs next
 * @moved: @next is another
 * @recv_lock: the oracle's side of what is received, and @received
 * @received: messages that were delivered
 * @rejected: messages that were refused
 */
struct shared {
	pthread_rwlock_t	life;
	struct link		link;
	pthread_mutex_t		send_lock;
	struct message		slot[WINDOW];
	bool			there[WINDOW];
	uint32_t		next;
	pthread_cond_t		moved;
	pthread_mutex_t		recv_lock;
	uint64_t		received;
	_Atomic uint64_t	rejected;
};

static struct shared shared[SHARED];
static _Atomic uint64_t total_sent, total_received, total_rejected, lives;

static const struct drv_params params = {
	.required = NTLM_OPT_CONFIDENTIALITY,
	.timeout_ms = 10000,
};

static bool begin(struct shared *s)
{
	s->next = 0;
	s->received = 0;
	atomic_store(&s->rejected, 0);
	return exchange_establish(&s->link, &params);
}

void shared_open(void)
{
	pthread_rwlockattr_t attr;
	unsigned int i;

	pthread_rwlockattr_init(&attr);
	/* There is always a reader. */
	pthread_rwlockattr_setkind_np(&attr,
				      PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	for (i = 0; i < SHARED; i++) {
		pthread_rwlock_init(&shared[i].life, &attr);
		pthread_mutex_init(&shared[i].send_lock, NULL);
		pthread_cond_init(&shared[i].moved, NULL);
		pthread_mutex_init(&shared[i].recv_lock, NULL);
		CHECK(begin(&shared[i]));
	}
	pthread_rwlockattr_destroy(&attr);
}

struct counted {
	uint32_t	id;
	bool		found;
	uint64_t	sent, received, rejected;
};

static void count_one(const struct nl_reply *r, void *arg)
{
	struct counted *c = arg;

	if (nl_u32(r, NTLM_A_CONTEXT_ID) != c->id)
		return;
	c->found = true;
	c->sent = nl_u64(r, NTLM_A_CONTEXT_SENT);
	c->received = nl_u64(r, NTLM_A_CONTEXT_RECEIVED);
	c->rejected = nl_u64(r, NTLM_A_CONTEXT_REJECTED);
}

/* Nobody uses it: nothing is under way, and the module has counted the same. */
static void end(struct shared *s)
{
	struct counted c = { .id = drv_info(s->link.fd).id };
	struct nl nl;
	int i;

	for (i = 0; i < WINDOW; i++)
		CHECK(!s->there[i]);
	CHECK_ERR(nl_open(&nl), 0);
	CHECK_ERR(nl_dump(&nl, NTLM_CMD_CONTEXT_GET, count_one, &c), 0);
	nl_close(&nl);
	CHECK(c.found);
	CHECK_EQ(c.sent, s->next);
	CHECK_EQ(c.received, s->received);
	CHECK_EQ(c.rejected, atomic_load(&s->rejected));
	atomic_fetch_add(&total_sent, s->next);
	atomic_fetch_add(&total_received, s->received);
	atomic_fetch_add(&total_rejected, atomic_load(&s->rejected));
	atomic_fetch_add(&lives, 1);
	close(s->link.fd);
	s->link.fd = -1;
}

void shared_close(void)
{
	unsigned int i;

	for (i = 0; i < SHARED; i++)
		if (shared[i].link.fd >= 0)
			end(&shared[i]);
	tap_note("%" PRIu64 " contexts: %" PRIu64 " messages sent, %" PRIu64
		 " received, %" PRIu64 " refused", atomic_load(&lives),
		 atomic_load(&total_sent), atomic_load(&total_received),
		 atomic_load(&total_rejected));
	CHECK(total_sent && total_received && total_rejected);
	CHECK(lives >= SHARED);
}

/* One of them, held for reading; now and then it is replaced by a new one. */
static struct shared *shared_get(struct rng *r)
{
	struct shared *s = &shared[rng_below(r, SHARED)];

	if (!rng_below(r, 2000)) {
		pthread_rwlock_wrlock(&s->life);
		if (s->link.fd >= 0) {
			end(s);
			begin(s);
		}
		pthread_rwlock_unlock(&s->life);
	}
	pthread_rwlock_rdlock(&s->life);
	if (s->link.fd >= 0)
		return s;
	pthread_rwlock_unlock(&s->life);
	return NULL;
}

static void shared_put(struct shared *s)
{
	pthread_rwlock_unlock(&s->life);
}

static uint32_t number(const struct message *m)
{
	const uint8_t *p = &m->signature[12];

	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

/* To the oracle, after those with smaller numbers; takes @m over. */
static void to_server(struct shared *s, const struct message *m)
{
	uint32_t n = number(m);
	struct message *slot;

	pthread_mutex_lock(&s->send_lock);
	CHECK(n - s->next < UINT32_MAX / 2);
	/* A number that was left out would be waited for in vain, */
	while (n - s->next >= WINDOW)
		pthread_cond_wait(&s->moved, &s->send_lock);
	/* and one that was given twice is seen here, or above as too small. */
	CHECK(!s->there[n % WINDOW]);
	s->slot[n % WINDOW] = *m;
	s->there[n % WINDOW] = true;
	while (s->there[s->next % WINDOW]) {
		slot = &s->slot[s->next % WINDOW];
		CHECK(message_server_check(&s->link, slot));
		message_free(slot);
		s->there[s->next++ % WINDOW] = false;
	}
	pthread_cond_broadcast(&s->moved);
	pthread_mutex_unlock(&s->send_lock);
}

static void random_message(struct message *m, struct rng *r, bool seal)
{
	message_random(m, r, seal, MESSAGE_MAX);
	/* Other memory is tested elsewhere, and slow to get and to give back. */
	if (rng_below(r, 8))
		message_shape_linear(m);
}

void shared_senders(struct worker *w)
{
	struct rng *r = &w->rng;
	struct message m;
	struct shared *s;
	bool seal;

	while (!stress_over()) {
		s = shared_get(r);
		if (!s)
			break;
		seal = rng_below(r, 4);
		random_message(&m, r, seal);
		CHECK_ERR(message_kernel(&s->link, seal ? OP_SEAL : OP_SIGN,
					 &m), 0);
		to_server(s, &m);
		shared_put(s);
	}
}

void shared_receivers(struct worker *w)
{
	struct rng *r = &w->rng;
	struct message m, plain;
	struct shared *s;
	bool seal;

	while (!stress_over()) {
		s = shared_get(r);
		if (!s)
			break;
		seal = rng_below(r, 4);
		random_message(&m, r, seal);
		pthread_mutex_lock(&s->recv_lock);
		message_server_make(&s->link, &m, &plain);
		CHECK_ERR(message_kernel(&s->link, seal ? OP_UNSEAL : OP_VERIFY,
					 &m), 0);
		s->received++;
		pthread_mutex_unlock(&s->recv_lock);
		CHECK(message_equal(&m, &plain));
		message_free(&m);
		message_free(&plain);
		shared_put(s);
	}
}

void shared_forgers(struct worker *w)
{
	struct rng *r = &w->rng;
	struct message m;
	struct shared *s;
	uint32_t n;
	bool seal;

	while (!stress_over()) {
		s = shared_get(r);
		if (!s)
			break;
		seal = rng_below(r, 4);
		random_message(&m, r, seal);
		rng_bytes(r, m.signature, sizeof(m.signature));
		/* Nearly right: version 1 and a number that is due about now */
		if (rng_below(r, 4)) {
			n = (uint32_t)__atomic_load_n(&s->received,
						      __ATOMIC_RELAXED);
			n += (uint32_t)rng_below(r, 3);
			m.signature[0] = 1;
			m.signature[1] = m.signature[2] = m.signature[3] = 0;
			for (int i = 0; i < 4; i++)
				m.signature[12 + i] = (uint8_t)(n >> 8 * i);
		}
		CHECK_ERR(message_kernel(&s->link, seal ? OP_UNSEAL : OP_VERIFY,
					 &m), -EBADMSG);
		CHECK(message_zeroed(&m));
		atomic_fetch_add(&s->rejected, 1);
		message_free(&m);
		shared_put(s);
	}
}
