// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Both directions at the same time, and one direction from two threads.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/tap.h"
#include "peer.h"
#include "tests.h"

#define MESSAGES 10000
#define MESSAGE_LEN 48

/*
 * In kmalloc'ed memory: to give back the other kinds interrupts the other
 * processor, and the two threads would wait for each other most of the time.
 */
static void random_message(struct message *m, struct rng *r)
{
	message_random(m, r, true, 600);
	message_shape_linear(m);
}

/* Sends; uses only what the oracle knows of messages to the server. */
static void *sender(void *arg)
{
	struct rng r = rng_seeded(3, 0);
	struct link *l = arg;
	unsigned int i;

	for (i = 0; i < MESSAGES; i++) {
		struct message m;

		random_message(&m, &r);
		CHECK_ERR(message_kernel(l, OP_SEAL, &m), 0);
		CHECK(message_server_check(l, &m));
		message_free(&m);
	}
	return NULL;
}

/* Receives; every tenth message comes with a wrong signature first. */
static void *receiver(void *arg)
{
	struct rng r = rng_seeded(3, 1);
	struct link *l = arg;
	unsigned int i;

	for (i = 0; i < MESSAGES; i++) {
		struct message m, plain;

		random_message(&m, &r);
		message_server_make(l, &m, &plain);
		if (!(i % 10)) {
			m.signature[9] ^= 0x10;
			CHECK_ERR(message_kernel(l, OP_UNSEAL, &m), -EBADMSG);
			m.signature[9] ^= 0x10;
		}
		CHECK_ERR(message_kernel(l, OP_UNSEAL, &m), 0);
		CHECK(message_equal(&m, &plain));
		message_free(&m);
		message_free(&plain);
	}
	return NULL;
}

void both_directions_in_parallel(void)
{
	pthread_t threads[2];
	struct link l;

	link_open(&l, FLAGS_SEAL);
	CHECK_EQ(pthread_create(&threads[0], NULL, sender, &l), 0);
	CHECK_EQ(pthread_create(&threads[1], NULL, receiver, &l), 0);
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	link_close(&l);
}

/* One end of a connectionless context: what is sent, or what is received */
struct datagrams {
	struct link	*link;
	struct peer	peer;
	pthread_t	thread;
};

static void *datagram_sender(void *arg)
{
	struct rng r = rng_seeded(3, 2);
	struct datagrams *d = arg;
	unsigned int i;

	for (i = 0; i < MESSAGES / 2; i++) {
		struct message m;

		random_message(&m, &r);
		m.seq = i ^ 5;
		CHECK_ERR(message_kernel(d->link, OP_SEAL_DATAGRAM, &m), 0);
		CHECK(peer_check(&d->peer, &m));
		message_free(&m);
	}
	return NULL;
}

static void *datagram_receiver(void *arg)
{
	struct rng r = rng_seeded(3, 3);
	struct datagrams *d = arg;
	unsigned int i;

	for (i = 0; i < MESSAGES / 2; i++) {
		struct message m, plain;

		random_message(&m, &r);
		m.seq = i ^ 9;
		peer_make(&d->peer, &m, &plain);
		if (!(i % 10)) {
			m.signature[9] ^= 0x10;
			CHECK_ERR(message_kernel(d->link, OP_UNSEAL_DATAGRAM,
						 &m), -EBADMSG);
			m.signature[9] ^= 0x10;
		}
		CHECK_ERR(message_kernel(d->link, OP_UNSEAL_DATAGRAM, &m), 0);
		CHECK(message_equal(&m, &plain));
		message_free(&m);
		message_free(&plain);
	}
	return NULL;
}

void datagrams_in_parallel(void)
{
	static const struct link_kind kind = {
		.mode = NTLM_MODE_CONNECTIONLESS,
		.wished = NTLM_OPT_REPLAY_DETECT,
	};
	static const uint8_t key[16] = "the session key";
	struct datagrams d[2];
	struct link l;

	link_open_as(&l, &kind, FLAGS_SEAL | NTLM_NEGOTIATE_DATAGRAM, key);
	for (int i = 0; i < 2; i++) {
		d[i].link = &l;
		peer_open(&d[i].peer, &l, NTLM_ROLE_INITIATOR);
		CHECK_EQ(pthread_create(&d[i].thread, NULL, i ? datagram_sender :
					datagram_receiver, &d[i]), 0);
	}
	for (int i = 0; i < 2; i++)
		pthread_join(d[i].thread, NULL);
	link_close(&l);
}

static void *forger(void *arg)
{
	struct rng r = rng_seeded(3, 4);
	struct datagrams *d = arg;
	unsigned int i;

	for (i = 0; i < MESSAGES / 2; i++) {
		struct message m;

		random_message(&m, &r);
		m.signature[0] = 1;
		rng_bytes(&r, m.signature + 4, 12);
		CHECK_ERR(message_kernel(d->link, OP_UNSEAL, &m), -EBADMSG);
		message_free(&m);
	}
	return NULL;
}

/*
 * Without extended session security both directions have one key stream: what
 * is received and refused takes of it and gives back while others send.
 */
void legacy_forgeries_while_sending(void)
{
	static const struct link_kind kind = { .role = NTLM_ROLE_INITIATOR };
	static const uint8_t key[16] = "the session key";
	struct rng r = rng_seeded(3, 5);
	struct datagrams d;
	unsigned int i;
	struct link l;

	link_open_as(&l, &kind, FLAGS_SEAL &
		     ~NTLM_NEGOTIATE_EXTENDED_SESSIONSECURITY, key);
	d.link = &l;
	peer_open(&d.peer, &l, NTLM_ROLE_INITIATOR);
	CHECK_EQ(pthread_create(&d.thread, NULL, forger, &d), 0);
	for (i = 0; i < MESSAGES / 2; i++) {
		struct message m;

		random_message(&m, &r);
		CHECK_ERR(message_kernel(&l, OP_SEAL, &m), 0);
		CHECK(peer_check(&d.peer, &m));
		message_free(&m);
	}
	pthread_join(d.thread, NULL);
	link_close(&l);
}

/* What two threads have sealed, by sequence number */
struct sealed {
	bool	there;
	uint8_t	plain[MESSAGE_LEN];
	uint8_t	data[MESSAGE_LEN];
	uint8_t	signature[16];
};

struct rival {
	struct link	*link;
	struct sealed	*sent;
	uint64_t	stream;
	pthread_t	thread;
};

static uint32_t number(const struct message *m)
{
	const uint8_t *p = &m->signature[12];

	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

static void *rival(void *arg)
{
	struct rival *self = arg;
	struct rng r = rng_seeded(4, self->stream);
	unsigned int i;

	for (i = 0; i < MESSAGES / 2; i++) {
		struct message m = { 0 };
		struct sealed *s;

		message_add(&m, NULL, MESSAGE_LEN, true);
		rng_bytes(&r, m.part[0].in, MESSAGE_LEN);
		CHECK_ERR(message_kernel(self->link, OP_SEAL, &m), 0);
		CHECK(number(&m) < MESSAGES);
		s = &self->sent[number(&m)];
		/* A number that was given twice is seen here or as a gap. */
		CHECK(!s->there);
		s->there = true;
		memcpy(s->plain, m.part[0].in, MESSAGE_LEN);
		memcpy(s->data, m.part[0].out, MESSAGE_LEN);
		memcpy(s->signature, m.signature, sizeof(s->signature));
		message_free(&m);
	}
	return NULL;
}

void one_direction_from_two_threads(void)
{
	struct sealed *sent = calloc(MESSAGES, sizeof(*sent));
	struct rival rivals[2];
	struct link l;
	unsigned int i;

	CHECK(sent);
	link_open(&l, FLAGS_SEAL);
	for (i = 0; i < 2; i++) {
		rivals[i] = (struct rival){ &l, sent, i, 0 };
		CHECK_EQ(pthread_create(&rivals[i].thread, NULL, rival,
					&rivals[i]), 0);
	}
	for (i = 0; i < 2; i++)
		pthread_join(rivals[i].thread, NULL);
	for (i = 0; i < MESSAGES; i++) {
		struct oracle_part part = { sent[i].data, MESSAGE_LEN, true };

		CHECK(sent[i].there);
		CHECK(oracle_unseal(&l.server, &part, 1, sent[i].signature));
		CHECK(!memcmp(sent[i].data, sent[i].plain, MESSAGE_LEN));
	}
	link_close(&l);
	free(sent);
}
