// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Connectionless contexts: messages get lost, come late, twice, or altered.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/tap.h"
#include "peer.h"
#include "tests.h"
#include "vectors.h"

#define FILE_DERIVED "derived_session_security.txt"

#define FLAGS_DATAGRAM (FLAGS_SEAL | NTLM_NEGOTIATE_DATAGRAM)
#define FLAGS_DATAGRAM_LEGACY						\
	(FLAGS_DATAGRAM & ~NTLM_NEGOTIATE_EXTENDED_SESSIONSECURITY)

#define WINDOW 512
#define DELIVERIES 24000
#define SENDINGS 6000

static const struct link_kind initiator = {
	.role = NTLM_ROLE_INITIATOR,
	.mode = NTLM_MODE_CONNECTIONLESS,
	.wished = NTLM_OPT_REPLAY_DETECT,
};

static const struct link_kind acceptor = {
	.role = NTLM_ROLE_ACCEPTOR,
	.mode = NTLM_MODE_CONNECTIONLESS,
	.wished = NTLM_OPT_REPLAY_DETECT,
};

static const uint8_t key[16] = "the session key";

void vectors_g_connectionless(void)
{
	static const uint32_t numbers[] = { 0, 1, 7, 0xffffffff };
	struct vector k = vector_get(FILE_DERIVED, "exported_session_key");
	struct vector text = vector_get(FILE_DERIVED, "message"), want;
	struct link to_sign, to_seal, other;
	struct message m = { 0 };
	char name[48];
	unsigned int i;

	link_open_as(&to_sign, &initiator, FLAGS_DATAGRAM, k.data);
	link_open_as(&to_seal, &initiator, FLAGS_DATAGRAM, k.data);
	link_open_as(&other, &acceptor, FLAGS_DATAGRAM, k.data);
	message_add(&m, text.data, text.len, true);
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		m.seq = numbers[i];
		memcpy(m.part[0].in, text.data, text.len);
		m.part[0].sealed = false;
		CHECK_ERR(message_kernel(&to_sign, OP_SIGN_DATAGRAM, &m), 0);
		snprintf(name, sizeof(name), "g_seq%08x_sign_sig", m.seq);
		want = vector_get(FILE_DERIVED, name);
		CHECK(!memcmp(m.signature, want.data, 16));

		m.part[0].sealed = true;
		CHECK_ERR(message_kernel(&to_seal, OP_SEAL_DATAGRAM, &m), 0);
		snprintf(name, sizeof(name), "g_seq%08x_seal_sig", m.seq);
		want = vector_get(FILE_DERIVED, name);
		CHECK(!memcmp(m.signature, want.data, 16));
		snprintf(name, sizeof(name), "g_seq%08x_seal_data", m.seq);
		want = vector_get(FILE_DERIVED, name);
		CHECK_EQ(want.len, text.len);
		CHECK(!memcmp(m.part[0].out, want.data, want.len));

		memcpy(m.part[0].in, want.data, want.len);
		CHECK_ERR(message_kernel(&other, OP_UNSEAL_DATAGRAM, &m), 0);
		CHECK(!memcmp(m.part[0].out, text.data, text.len));
	}
	message_free(&m);
	link_close(&to_sign);
	link_close(&to_seal);
	link_close(&other);
}

/**
 * struct model - all numbers that were accepted
 * @base: the first number of those that are used here
 * @size: how many there are
 * @used: for each whether it was accepted
 * @any: one was
 * @greatest: the greatest one
 */
struct model {
	uint32_t	base, size;
	bool		*used;
	bool		any;
	uint32_t	greatest;
};

static void model_open(struct model *m, uint32_t base, uint32_t size)
{
	*m = (struct model){ .base = base, .size = size };
	m->used = calloc(size, sizeof(*m->used));
	CHECK(m->used);
}

static int model_says(const struct model *m, uint32_t seq)
{
	if (!m->any || seq > m->greatest)
		return 0;
	if (m->greatest - seq >= WINDOW)
		return -ESTALE;
	return m->used[seq - m->base] ? -EALREADY : 0;
}

static void model_use(struct model *m, uint32_t seq)
{
	if (!m->any || seq > m->greatest)
		m->greatest = seq;
	m->any = true;
	m->used[seq - m->base] = true;
}

/*
 * The network: of the messages that were sent one is delivered, mostly a new
 * one, else one of the last, often at the edge of the window, or an old one.
 */
static uint32_t network(struct rng *r, uint32_t *head, uint32_t size)
{
	uint32_t back;

	switch (rng_below(r, 10)) {
	case 0:
	case 1:
	case 2:
	case 3:
		/* some get lost, seldom a whole window of them */
		if (*head < size - 4 * WINDOW)
			*head += 1 + (uint32_t)(rng_below(r, 3) ? 0 :
				      rng_below(r, 60) ? rng_below(r, 30) :
				      WINDOW - 2 + rng_below(r, 2 * WINDOW));
		else if (*head < size - 40)
			*head += 1 + (uint32_t)rng_below(r, 30);
		return *head;
	case 4:
		back = WINDOW - 3 + (uint32_t)rng_below(r, 6);
		break;
	case 5:
		back = (uint32_t)rng_below(r, 3 * WINDOW);
		break;
	default:
		back = (uint32_t)rng_below(r, rng_below(r, 2) ? 40 : WINDOW);
	}
	return back < *head ? *head - back : 0;
}

static void damage(struct message *m, struct rng *r)
{
	size_t at = rng_below(r, m->part[0].len + 16);
	uint8_t bit = (uint8_t)(1 << rng_below(r, 8));

	if (at < m->part[0].len)
		m->part[0].in[at] ^= bit;
	else
		m->signature[at - m->part[0].len] ^= bit;
}

static void deliver(struct link *l, struct peer *p, struct model *model,
		    struct rng *r, uint32_t seq, unsigned int count[4])
{
	bool seal = p->ess && rng_below(r, 2), bad = !rng_below(r, 5);
	enum op op = seal ? OP_UNSEAL_DATAGRAM : OP_VERIFY_DATAGRAM;
	struct message m = { .seq = seq }, plain;
	int want = model_says(model, seq);

	message_add(&m, NULL, 8 + rng_below(r, 60), seal);
	rng_bytes(r, m.part[0].in, m.part[0].len);
	peer_make(p, &m, &plain);
	/* RandomPad may change; what is repeated is refused as it is. */
	if (bad && p->ess)
		damage(&m, r);
	else if (bad)
		m.signature[8 + rng_below(r, 8)] ^= 0x10;
	if (bad && !want)
		want = -EBADMSG;
	CHECK_ERR(message_kernel(l, op, &m), want);
	if (want) {
		CHECK(message_zeroed(&m));
	} else {
		CHECK(message_equal(&m, &plain));
		model_use(model, seq);
	}
	count[want == -EALREADY ? 1 : want == -ESTALE ? 2 :
	      want == -EBADMSG ? 3 : 0]++;
	message_free(&m);
	message_free(&plain);
}

static void lossy(const struct link_kind *kind, uint32_t flags, uint32_t base,
		  struct rng *r, unsigned int deliveries)
{
	const uint32_t size = 12 * deliveries + 8192;
	unsigned int i, count[4] = { 0 };
	uint32_t head = 0;
	struct model model;
	struct peer peer;
	struct link l;

	if (base)
		base = UINT32_MAX - size + 1;
	link_open_as(&l, kind, flags, key);
	peer_open(&peer, &l, kind->role);
	model_open(&model, base, size);
	/* Near the end of all numbers, end at the last one. */
	if (base)
		head = size - 4 * deliveries;
	for (i = 0; i < deliveries; i++)
		deliver(&l, &peer, &model, r, base + network(r, &head, size),
			count);
	if (base)
		deliver(&l, &peer, &model, r, UINT32_MAX, count);
	tap_note("accepted %u, repeated %u, too old %u, damaged %u", count[0],
		 count[1], count[2], count[3]);
	for (i = 0; i < 4; i++)
		CHECK(count[i] > deliveries / 50);
	free(model.used);
	link_close(&l);
}

void datagrams_lost_late_and_repeated(void)
{
	uint64_t seed = rng_seed();
	struct rng r = rng_seeded(seed, 9);

	tap_note("SEED=%llu", (unsigned long long)seed);
	lossy(&initiator, FLAGS_DATAGRAM, 0, &r, DELIVERIES / 4);
	lossy(&acceptor, (FLAGS_DATAGRAM & ~NTLM_NEGOTIATE_128) |
	      NTLM_NEGOTIATE_56, 1, &r, DELIVERIES / 2);
	lossy(&initiator, FLAGS_DATAGRAM_LEGACY, 0, &r, DELIVERIES / 4);
}

/* Nobody asked for detection: the same message passes as often as it comes. */
void datagrams_repeated_without_detection(void)
{
	static const struct link_kind plain_kind = {
		.role = NTLM_ROLE_INITIATOR,
		.mode = NTLM_MODE_CONNECTIONLESS,
	};
	static const uint32_t numbers[] = { 70000, 3, 0xffffffff, 0 };
	struct message m = { 0 }, plain;
	struct peer peer;
	struct link l;
	unsigned int i, round;

	link_open_as(&l, &plain_kind, FLAGS_DATAGRAM, key);
	peer_open(&peer, &l, NTLM_ROLE_INITIATOR);
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		memset(&m, 0, sizeof(m));
		m.seq = numbers[i];
		message_add(&m, "again and again", 15, true);
		peer_make(&peer, &m, &plain);
		for (round = 0; round < 3; round++) {
			CHECK_ERR(message_kernel(&l, OP_UNSEAL_DATAGRAM, &m),
				  0);
			CHECK(message_equal(&m, &plain));
		}
		message_free(&m);
		message_free(&plain);
	}
	link_close(&l);
}

/* One key stream would protect two messages. */
void datagram_number_sent_twice(void)
{
	static const struct link_kind kinds[] = {
		{ .role = NTLM_ROLE_INITIATOR,
		  .mode = NTLM_MODE_CONNECTIONLESS },
		{ .role = NTLM_ROLE_ACCEPTOR,
		  .mode = NTLM_MODE_CONNECTIONLESS,
		  .wished = NTLM_OPT_REPLAY_DETECT },
	};
	unsigned int k, i, count[3] = { 0 };
	uint64_t seed = rng_seed();
	struct rng r = rng_seeded(seed, 10);
	struct model model;
	struct peer peer;
	uint32_t head;
	struct link l;
	int want;

	tap_note("SEED=%llu", (unsigned long long)seed);
	for (k = 0; k < 2; k++) {
		link_open_as(&l, &kinds[k], FLAGS_DATAGRAM, key);
		peer_open(&peer, &l, kinds[k].role);
		model_open(&model, 0, 16 * SENDINGS);
		head = 0;
		for (i = 0; i < SENDINGS / 2; i++) {
			bool seal = rng_below(&r, 2);
			struct message m = {
				.seq = network(&r, &head, 16 * SENDINGS),
			};

			message_add(&m, "sent once", 9, seal);
			want = model_says(&model, m.seq);
			CHECK_ERR(message_kernel(&l, seal ? OP_SEAL_DATAGRAM :
						 OP_SIGN_DATAGRAM, &m), want);
			if (!want) {
				CHECK(peer_check(&peer, &m));
				model_use(&model, m.seq);
			}
			count[want == -EALREADY ? 1 : want == -ESTALE ? 2 : 0]++;
			message_free(&m);
		}
		free(model.used);
		link_close(&l);
	}
	for (i = 0; i < 3; i++)
		CHECK(count[i] > SENDINGS / 50);
}

/* Every bit of a datagram and of its signature, and another number */
static void flip_all(const struct link_kind *kind, uint32_t flags, enum op op)
{
	static const uint8_t text[21] = "a datagram with flips";
	uint8_t bit, *byte;
	struct message m, plain;
	uint32_t seq = 5000;
	struct peer peer;
	struct link l;
	unsigned int at;
	bool pad;

	link_open_as(&l, kind, flags, key);
	peer_open(&peer, &l, kind->role);
	for (at = 0; at < sizeof(text) + 16; at++)
		for (bit = 1; bit; bit = (uint8_t)(bit << 1)) {
			memset(&m, 0, sizeof(m));
			m.seq = ++seq;
			message_add(&m, text, sizeof(text),
				    op == OP_UNSEAL_DATAGRAM);
			peer_make(&peer, &m, &plain);
			pad = !peer.ess && at >= sizeof(text) + 4 &&
			      at < sizeof(text) + 8;
			byte = at < sizeof(text) ? &m.part[0].in[at] :
			       &m.signature[at - sizeof(text)];
			*byte ^= bit;
			CHECK_ERR(message_kernel(&l, op, &m),
				  pad ? 0 : -EBADMSG);
			*byte ^= bit;
			if (!pad) {
				CHECK(message_zeroed(&m));
				/* the number that the forger claimed */
				m.seq = seq + 100000 * bit;
				CHECK_ERR(message_kernel(&l, op, &m), -EBADMSG);
				m.seq = seq;
				CHECK_ERR(message_kernel(&l, op, &m), 0);
			}
			CHECK(message_equal(&m, &plain));
			CHECK_ERR(message_kernel(&l, op, &m), -EALREADY);
			CHECK(message_zeroed(&m));
			message_free(&m);
			message_free(&plain);
		}
	link_close(&l);
}

void datagram_flipped_bits(void)
{
	flip_all(&initiator, FLAGS_DATAGRAM, OP_UNSEAL_DATAGRAM);
	flip_all(&acceptor, FLAGS_DATAGRAM, OP_VERIFY_DATAGRAM);
	flip_all(&acceptor, FLAGS_DATAGRAM_LEGACY | NTLM_NEGOTIATE_56,
		 OP_VERIFY_DATAGRAM);
	flip_all(&initiator, FLAGS_DATAGRAM_LEGACY, OP_VERIFY_DATAGRAM);
}

/* Two contexts of the kernel, one each end; and what one sends comes back. */
void datagrams_between_two_contexts(void)
{
	struct rng r = rng_seeded(5, 11);
	struct link a, b;
	unsigned int i;

	link_open_as(&a, &initiator, FLAGS_DATAGRAM, key);
	link_open_as(&b, &acceptor, FLAGS_DATAGRAM, key);
	for (i = 0; i < 400; i++) {
		struct link *from = i % 2 ? &b : &a, *to = i % 2 ? &a : &b;
		struct message m, plain;

		message_random(&m, &r, true, 5000);
		m.seq = i / 2 * 17;
		CHECK_ERR(message_kernel(from, OP_SEAL_DATAGRAM, &m), 0);
		message_copy(&plain, &m);
		for (unsigned int n = 0; n < m.n; n++)
			if (m.part[n].sealed)
				memcpy(m.part[n].in, m.part[n].out,
				       m.part[n].len);
		if (from->fd == a.fd)
			CHECK_ERR(message_kernel(from, OP_UNSEAL_DATAGRAM, &m),
				  -EBADMSG);
		CHECK_ERR(message_kernel(to, OP_UNSEAL_DATAGRAM, &m), 0);
		CHECK(message_equal(&m, &plain));
		message_free(&m);
		message_free(&plain);
	}
	link_close(&a);
	link_close(&b);
}

/* Sealing is for extended session security: section 3.4.3. */
void datagram_legacy_signs_only(void)
{
	struct message m = { .seq = 1 };
	struct peer peer;
	struct link l;

	link_open_as(&l, &initiator, FLAGS_DATAGRAM_LEGACY, key);
	peer_open(&peer, &l, NTLM_ROLE_INITIATOR);
	message_add(&m, "secret", 6, true);
	CHECK_ERR(message_kernel(&l, OP_SEAL_DATAGRAM, &m), -EOPNOTSUPP);
	CHECK_ERR(message_kernel(&l, OP_UNSEAL_DATAGRAM, &m), -EOPNOTSUPP);
	m.part[0].sealed = false;
	CHECK_ERR(message_kernel(&l, OP_SIGN_DATAGRAM, &m), 0);
	CHECK(peer_check(&peer, &m));
	message_free(&m);
	link_close(&l);
}

/* The functions of the other kind of context refuse and change nothing. */
void functions_of_the_other_mode(void)
{
	struct message m = { .seq = 0 };
	struct peer peer;
	struct link l;
	enum op op;

	message_add(&m, "message", 7, false);
	link_open_as(&l, &initiator, FLAGS_DATAGRAM, key);
	for (op = OP_SIGN; op <= OP_UNSEAL; op++)
		CHECK_ERR(message_kernel(&l, op, &m), -EINVAL);
	CHECK_ERR(message_kernel(&l, OP_SIGN_DATAGRAM, &m), 0);
	peer_open(&peer, &l, NTLM_ROLE_INITIATOR);
	CHECK(peer_check(&peer, &m));
	link_close(&l);

	link_open(&l, FLAGS_SEAL);
	for (op = OP_SIGN_DATAGRAM; op <= OP_UNSEAL_DATAGRAM; op++)
		CHECK_ERR(message_kernel(&l, op, &m), -EINVAL);
	CHECK_ERR(message_kernel(&l, OP_SIGN, &m), 0);
	CHECK(message_server_check(&l, &m));
	link_close(&l);
	message_free(&m);
}
