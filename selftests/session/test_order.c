// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The order of messages, [MS-NLMP] section 3.4.4: what comes too early, twice,
 * or back from where it was sent is refused, and refusing it changes nothing.
 */
#include <errno.h>
#include <string.h>

#include "../lib/tap.h"
#include "tests.h"

#define TRAIN 6

/* a sealed message of the server with a signed-only part before it */
static void server_message(struct link *l, struct rng *r, enum op op,
			   struct message *m, struct message *plain)
{
	uint8_t bytes[300];
	size_t len = 1 + rng_below(r, sizeof(bytes));

	memset(m, 0, sizeof(*m));
	rng_bytes(r, bytes, sizeof(bytes));
	message_add(m, bytes, 24, false);
	message_add(m, bytes, len, op == OP_UNSEAL);
	message_server_make(l, m, plain);
}

static void refused(struct link *l, enum op op, struct message *m)
{
	CHECK_ERR(message_kernel(l, op, m), -EBADMSG);
	CHECK(message_zeroed(m));
}

static void accepted(struct link *l, enum op op, struct message *m,
		     const struct message *plain)
{
	CHECK_ERR(message_kernel(l, op, m), 0);
	CHECK(message_equal(m, plain));
}

/* Every message of a train is tried at every place where it does not belong. */
static void train(uint32_t flags, enum op op)
{
	struct message m[TRAIN], plain[TRAIN];
	struct rng r = rng_seeded(flags, op);
	unsigned int i, j;
	struct link l;

	link_open(&l, flags);
	for (i = 0; i < TRAIN; i++)
		server_message(&l, &r, op, &m[i], &plain[i]);
	for (i = 0; i < TRAIN; i++) {
		for (j = 0; j < TRAIN; j++)
			if (j != i)
				refused(&l, op, &m[j]);
		accepted(&l, op, &m[i], &plain[i]);
	}
	for (j = 0; j < TRAIN; j++)
		refused(&l, op, &m[j]);
	for (i = 0; i < TRAIN; i++) {
		message_free(&m[i]);
		message_free(&plain[i]);
	}
	link_close(&l);
}

void wrong_order_unseal(void)
{
	train(FLAGS_SEAL, OP_UNSEAL);
}

void wrong_order_unseal_without_key_exch(void)
{
	train(FLAGS_SEAL & ~NTLM_NEGOTIATE_KEY_EXCH, OP_UNSEAL);
}

void wrong_order_verify(void)
{
	train(FLAGS_SEAL, OP_VERIFY);
}

void wrong_order_verify_without_key_exch(void)
{
	train(FLAGS_SIGN & ~NTLM_NEGOTIATE_KEY_EXCH, OP_VERIFY);
}

/* A signature number that says "next" does not make an old message new. */
void replay_with_new_number(void)
{
	struct message m, next, plain, plain_next;
	struct rng r = rng_seeded(0, 1);
	struct link l;

	link_open(&l, FLAGS_SEAL);
	server_message(&l, &r, OP_UNSEAL, &m, &plain);
	server_message(&l, &r, OP_UNSEAL, &next, &plain_next);
	accepted(&l, OP_UNSEAL, &m, &plain);
	m.signature[12] = 1;
	refused(&l, OP_UNSEAL, &m);
	accepted(&l, OP_UNSEAL, &next, &plain_next);
	message_free(&m);
	message_free(&plain);
	message_free(&next);
	message_free(&plain_next);
	link_close(&l);
}

/* What the kernel itself sent is no message of the server. */
void reflected_message(void)
{
	static const uint32_t flags[] = {
		FLAGS_SEAL, FLAGS_SEAL & ~NTLM_NEGOTIATE_KEY_EXCH,
	};
	struct message m, back, good, plain;
	struct rng r = rng_seeded(0, 2);
	uint8_t bytes[64] = "a message";
	struct link l;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		link_open(&l, flags[i]);
		memset(&m, 0, sizeof(m));
		message_add(&m, bytes, sizeof(bytes), true);
		CHECK_ERR(message_kernel(&l, OP_SEAL, &m), 0);
		memcpy(m.part[0].in, m.part[0].out, sizeof(bytes));
		message_copy(&back, &m);
		refused(&l, OP_UNSEAL, &back);
		message_free(&m);
		message_free(&back);

		memset(&m, 0, sizeof(m));
		message_add(&m, bytes, sizeof(bytes), false);
		CHECK_ERR(message_kernel(&l, OP_SIGN, &m), 0);
		refused(&l, OP_VERIFY, &m);
		message_free(&m);

		server_message(&l, &r, OP_UNSEAL, &good, &plain);
		accepted(&l, OP_UNSEAL, &good, &plain);
		message_free(&good);
		message_free(&plain);
		link_close(&l);
	}
}

/* Signed and sealed messages share the numbers of their direction. */
void sign_and_seal_share_numbers(void)
{
	struct message m;
	struct link l;
	unsigned int i;

	link_open(&l, FLAGS_SEAL);
	for (i = 0; i < 40; i++) {
		enum op op = i % 3 ? OP_SEAL : OP_SIGN;

		memset(&m, 0, sizeof(m));
		message_add(&m, "0123456789", 10, op == OP_SEAL);
		CHECK_ERR(message_kernel(&l, op, &m), 0);
		CHECK_EQ(m.signature[0], 1);
		CHECK_EQ(m.signature[12], i);
		CHECK(message_server_check(&l, &m));
		message_free(&m);
	}
	link_close(&l);
}

/*
 * A message that is refused for what it asks takes no number and no key
 * stream: the server goes on to understand.
 */
void refused_call_takes_no_number(void)
{
	struct message m, good, plain;
	struct rng r = rng_seeded(0, 3);
	struct link l;
	unsigned int i;

	link_open(&l, FLAGS_SEAL);
	for (i = 0; i < 3; i++) {
		memset(&m, 0, sizeof(m));
		message_add(&m, "0123456789", 10, true);
		/* a sealed segment in an operation that only signs */
		CHECK_ERR(message_kernel(&l, OP_SIGN, &m), -EINVAL);
		CHECK_ERR(message_kernel(&l, OP_VERIFY, &m), -EINVAL);
		CHECK_ERR(message_kernel(&l, OP_SEAL, &m), 0);
		CHECK_EQ(m.signature[12], i);
		CHECK(message_server_check(&l, &m));
		message_free(&m);
		server_message(&l, &r, OP_UNSEAL, &good, &plain);
		accepted(&l, OP_UNSEAL, &good, &plain);
		message_free(&good);
		message_free(&plain);
	}
	link_close(&l);
}

/*
 * The end of the numbers, -EKEYEXPIRED after 2^32 messages, is out of reach of
 * a client: no call sets a number.  ntlm_kunit.ko sets it by hand, see
 * kernel/session_kunit.c.
 */
