// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every combination of what can be negotiated, and random messages of every
 * shape, both checked with the oracle.
 */
#include <errno.h>
#include <string.h>

#include "../lib/tap.h"
#include "tests.h"

#define ROUNDS 12
#define RANDOM_MESSAGES 10000
#define MESSAGES_PER_CONTEXT 500

static const uint32_t protections[] = {
	NTLM_NEGOTIATE_SIGN, NTLM_NEGOTIATE_SEAL,
	NTLM_NEGOTIATE_SIGN | NTLM_NEGOTIATE_SEAL,
};

static const uint32_t strengths[] = {
	NTLM_NEGOTIATE_128, NTLM_NEGOTIATE_128 | NTLM_NEGOTIATE_56,
	NTLM_NEGOTIATE_56, 0,
};

static const uint32_t exchanges[] = { 0, NTLM_NEGOTIATE_KEY_EXCH };

#define N(array) (sizeof(array) / sizeof((array)[0]))

/* The kernel sends one, the server understands it. */
static void sent(struct link *l, struct rng *r, enum op op, size_t max_len)
{
	struct message m;

	message_random(&m, r, op == OP_SEAL, max_len);
	CHECK_ERR(message_kernel(l, op, &m), 0);
	CHECK(message_server_check(l, &m));
	message_free(&m);
}

/* The server sends one, the kernel understands it; now and then not at once. */
static void received(struct link *l, struct rng *r, enum op op, size_t max_len)
{
	struct message m, plain;

	message_random(&m, r, op == OP_UNSEAL, max_len);
	message_server_make(l, &m, &plain);
	if (!rng_below(r, 4)) {
		size_t byte = rng_below(r, sizeof(m.signature));
		uint8_t bit = (uint8_t)(1 << rng_below(r, 8));

		m.signature[byte] ^= bit;
		CHECK_ERR(message_kernel(l, op, &m), -EBADMSG);
		CHECK(message_zeroed(&m));
		m.signature[byte] ^= bit;
	}
	CHECK_ERR(message_kernel(l, op, &m), 0);
	CHECK(message_equal(&m, &plain));
	message_free(&m);
	message_free(&plain);
}

static void one_message(struct link *l, struct rng *r, size_t max_len)
{
	bool seals = l->flags & NTLM_NEGOTIATE_SEAL;

	switch (rng_below(r, seals ? 4 : 2)) {
	case 0:
		sent(l, r, OP_SIGN, max_len);
		break;
	case 1:
		received(l, r, OP_VERIFY, max_len);
		break;
	case 2:
		sent(l, r, OP_SEAL, max_len);
		break;
	default:
		received(l, r, OP_UNSEAL, max_len);
	}
}

void flags_and_strengths(void)
{
	struct rng r = rng_seeded(1, 1);
	unsigned int p, s, x, round;
	uint8_t key[16];
	struct link l;

	for (p = 0; p < N(protections); p++)
		for (s = 0; s < N(strengths); s++)
			for (x = 0; x < N(exchanges); x++) {
				uint32_t flags = FLAGS_BASE | protections[p] |
						 strengths[s] | exchanges[x];

				rng_bytes(&r, key, sizeof(key));
				link_open_key(&l, flags, key);
				for (round = 0; round < ROUNDS; round++) {
					sent(&l, &r, OP_SIGN, 500);
					received(&l, &r, OP_VERIFY, 500);
					if (!(flags & NTLM_NEGOTIATE_SEAL))
						continue;
					sent(&l, &r, OP_SEAL, 500);
					received(&l, &r, OP_UNSEAL, 500);
				}
				link_close(&l);
			}
}

void random_messages_against_oracle(void)
{
	uint64_t seed = rng_seed();
	struct rng r = rng_seeded(seed, 0);
	unsigned int i;
	uint8_t key[16];
	struct link l;

	tap_note("SEED=%llu", (unsigned long long)seed);
	for (i = 0; i < RANDOM_MESSAGES; i++) {
		if (!(i % MESSAGES_PER_CONTEXT)) {
			if (i)
				link_close(&l);
			rng_bytes(&r, key, sizeof(key));
			link_open_key(&l, FLAGS_BASE |
				      protections[rng_below(&r, N(protections))] |
				      strengths[rng_below(&r, N(strengths))] |
				      exchanges[rng_below(&r, N(exchanges))],
				      key);
		}
		one_message(&l, &r, i % 100 ? 20000 : 300000);
	}
	link_close(&l);
}
