// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages of connectionless sessions.
 */
#include <kunit/test.h>
#include "kunit.h"
#include "session.h"
#include "vectors.h"

#define TEXT_LEN 18

static void datagram_vector(struct kunit *test,
			    const struct ntlm_datagram_vector *v,
			    unsigned int n)
{
	struct ntlm_test_pair *pair = ntlm_test_pair(test, v->sender, v->flags);
	u8 text[TEXT_LEN], data[TEXT_LEN], out[TEXT_LEN];
	u8 expected[NTLM_SIGNATURE_SIZE], sig[NTLM_SIGNATURE_SIZE];
	struct ntlm_seg seg = {
		.src.data = text, .dst.data = out, .len = sizeof(text),
		.flags = v->data ? NTLM_SEG_SEAL : 0,
	};

	ntlm_test_hex(test, text, sizeof(text), NTLM_VECTOR_TEXT);
	ntlm_test_hex(test, expected, sizeof(expected), v->signature);
	if (!v->data) {
		KUNIT_ASSERT_EQ(test,
				ntlm_session_sign_datagram(&pair->from, v->seq,
							   &seg, 1, sig), 0);
		KUNIT_EXPECT_EQ_MSG(test, memcmp(sig, expected, sizeof(sig)), 0,
				    "signature %u", n);
		KUNIT_EXPECT_EQ(test,
				ntlm_session_verify_datagram(&pair->to, v->seq,
							     &seg, 1, expected),
				0);
		return;
	}
	ntlm_test_hex(test, data, sizeof(data), v->data);
	KUNIT_ASSERT_EQ(test, ntlm_session_seal_datagram(&pair->from, v->seq,
							 &seg, 1, sig), 0);
	KUNIT_EXPECT_EQ_MSG(test, memcmp(out, data, sizeof(out)), 0,
			    "data %u", n);
	KUNIT_EXPECT_EQ_MSG(test, memcmp(sig, expected, sizeof(sig)), 0,
			    "signature %u", n);
	seg.src.data = data;
	KUNIT_EXPECT_EQ(test, ntlm_session_unseal_datagram(&pair->to, v->seq,
							   &seg, 1, expected),
			0);
	KUNIT_EXPECT_EQ(test, memcmp(out, text, sizeof(out)), 0);
}

static void ntlm_datagram_vectors_test(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ntlm_datagram_vectors); i++)
		datagram_vector(test, &ntlm_datagram_vectors[i], i);
}

static int send(struct ntlm_session *s, u32 seq, u8 *sig)
{
	struct ntlm_seg seg = { .src.data = "text", .len = 4 };

	return ntlm_session_sign_datagram(s, seq, &seg, 1, sig);
}

static int receive(struct ntlm_session *s, u32 seq, const u8 *sig)
{
	struct ntlm_seg seg = { .src.data = "text", .len = 4 };

	return ntlm_session_verify_datagram(s, seq, &seg, 1, sig);
}

/* What a refused message leaves, and that the right one still passes. */
static void datagram_numbers(struct kunit *test, u32 flags)
{
	static const u32 order[] = { 9, 4, 2000, 1489, 0xffffffff, 0xfffffe00 };
	struct ntlm_test_pair *pair =
		ntlm_test_pair(test, NTLM_ROLE_INITIATOR, flags);
	u8 sig[ARRAY_SIZE(order)][NTLM_SIGNATURE_SIZE];
	u8 back[NTLM_SIGNATURE_SIZE];
	struct ntlm_session *saved = ntlm_test_copy(test, &pair->from);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(order); i++) {
		KUNIT_EXPECT_EQ(test, send(&pair->from, order[i], sig[i]), 0);
		memcpy(saved, &pair->from, sizeof(*saved));
		KUNIT_EXPECT_EQ(test, send(&pair->from, order[i], back),
				-EALREADY);
		ntlm_test_unchanged(test, &pair->from, saved);
	}
	KUNIT_EXPECT_EQ(test, send(&pair->from, 0xfffffdff, back), -ESTALE);
	KUNIT_EXPECT_EQ(test, send(&pair->from, 0, back), -ESTALE);
	ntlm_test_unchanged(test, &pair->from, saved);

	/* Two get lost on the way, and another number is claimed. */
	for (i = 0; i < ARRAY_SIZE(order); i++) {
		memcpy(saved, &pair->to, sizeof(*saved));
		KUNIT_EXPECT_EQ(test, receive(&pair->to, order[i] ^ 2, sig[i]),
				-EBADMSG);
		sig[i][9] ^= 1;
		KUNIT_EXPECT_EQ(test, receive(&pair->to, order[i], sig[i]),
				-EBADMSG);
		sig[i][9] ^= 1;
		ntlm_test_unchanged(test, &pair->to, saved);
		if (i == 1 || i == 3)
			continue;
		KUNIT_EXPECT_EQ(test, receive(&pair->to, order[i], sig[i]), 0);
		memcpy(saved, &pair->to, sizeof(*saved));
		KUNIT_EXPECT_EQ(test, receive(&pair->to, order[i], sig[i]),
				-EALREADY);
		ntlm_test_unchanged(test, &pair->to, saved);
	}
	KUNIT_EXPECT_EQ(test, receive(&pair->to, order[1], sig[1]), -ESTALE);
	/* Before anything is looked at: the checksum does not matter. */
	sig[0][9] ^= 1;
	KUNIT_EXPECT_EQ(test, receive(&pair->to, order[0], sig[0]), -ESTALE);
	KUNIT_EXPECT_EQ(test, pair->to.recv.messages, (u64)4);
	KUNIT_EXPECT_EQ(test, pair->to.recv.rejected,
			(u64)2 * ARRAY_SIZE(order));

	/* The other direction has numbers of its own. */
	KUNIT_EXPECT_EQ(test, send(&pair->to, 5, back), 0);
	KUNIT_EXPECT_EQ(test, receive(&pair->from, 5, back), 0);
	KUNIT_EXPECT_EQ(test, receive(&pair->from, 5, back), -EALREADY);
}

static void ntlm_datagram_numbers_test(struct kunit *test)
{
	datagram_numbers(test, NTLM_VECTOR_DATAGRAM);
	datagram_numbers(test, NTLM_VECTOR_DATAGRAM_56);
}

/* Without detection the caller looks after replays; sending does not change. */
static void ntlm_datagram_repeats_test(struct kunit *test)
{
	struct ntlm_session_params params =
		ntlm_test_params(NTLM_ROLE_ACCEPTOR, NTLM_VECTOR_DATAGRAM);
	struct ntlm_test_pair *pair =
		ntlm_test_pair(test, NTLM_ROLE_INITIATOR, NTLM_VECTOR_DATAGRAM);
	u8 old[NTLM_SIGNATURE_SIZE], sig[NTLM_SIGNATURE_SIZE];
	u8 key[NTLM_SESSION_KEY_SIZE];
	unsigned int i;

	ntlm_test_hex(test, key, sizeof(key), NTLM_VECTOR_KEY);
	params.replay = false;
	KUNIT_ASSERT_EQ(test, ntlm_session_init(&pair->to, &params, key), 0);

	KUNIT_EXPECT_EQ(test, send(&pair->from, 0, old), 0);
	KUNIT_EXPECT_EQ(test, send(&pair->from, 100000, sig), 0);
	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ(test, receive(&pair->to, 100000, sig), 0);
		KUNIT_EXPECT_EQ(test, receive(&pair->to, 0, old), 0);
	}
	KUNIT_EXPECT_EQ(test, send(&pair->to, 100000, sig), 0);
	KUNIT_EXPECT_EQ(test, send(&pair->to, 100000, sig), -EALREADY);
	KUNIT_EXPECT_EQ(test, send(&pair->to, 0, sig), -ESTALE);
}

/* A call that is refused for what it asks uses no number. */
static void ntlm_datagram_refusals_test(struct kunit *test)
{
	struct ntlm_test_pair *pair =
		ntlm_test_pair(test, NTLM_ROLE_INITIATOR, NTLM_VECTOR_DATAGRAM);
	struct ntlm_test_pair *weak =
		ntlm_test_pair(test, NTLM_ROLE_INITIATOR,
			       NTLM_VECTOR_DATAGRAM_56);
	struct ntlm_test_pair *connected =
		ntlm_test_pair(test, NTLM_ROLE_INITIATOR, NTLM_VECTOR_FULL);
	struct ntlm_seg seg = { .src.data = "text", .len = 4, .flags = BIT(2) };
	u8 text[4] = "text", out[4], sig[NTLM_SIGNATURE_SIZE];

	ntlm_test_all_datagram(test, &pair->from, &seg, 1, -EINVAL, -EINVAL);
	KUNIT_EXPECT_EQ(test, send(&pair->from, 1, sig), 0);

	seg.flags = 0;
	ntlm_test_all(test, &pair->from, &seg, 1, -EINVAL, -EINVAL);
	ntlm_test_all_datagram(test, &connected->from, &seg, 1, -EINVAL,
			       -EINVAL);
	KUNIT_EXPECT_EQ(test, connected->from.send.stream.seq, 0U);
	KUNIT_EXPECT_EQ(test, connected->from.send.replay.next, (u64)0);

	/* Sealing is for extended session security. */
	KUNIT_EXPECT_EQ(test, ntlm_session_seal_datagram(&weak->from, 1, &seg,
							 1, sig), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, ntlm_session_unseal_datagram(&weak->to, 1, &seg,
							   1, sig),
			-EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, send(&weak->from, 1, sig), 0);

	/* A repeat leaves no bytes of before in its output. */
	seg = (struct ntlm_seg) {
		.src.data = text, .dst.data = out, .len = 4,
		.flags = NTLM_SEG_SEAL,
	};
	KUNIT_EXPECT_EQ(test, ntlm_session_seal_datagram(&pair->from, 9, &seg,
							 1, sig), 0);
	memcpy(text, out, sizeof(text));
	KUNIT_EXPECT_EQ(test, ntlm_session_unseal_datagram(&pair->to, 9, &seg,
							   1, sig), 0);
	KUNIT_EXPECT_EQ(test, memcmp(out, "text", 4), 0);
	KUNIT_EXPECT_EQ(test, ntlm_session_unseal_datagram(&pair->to, 9, &seg,
							   1, sig), -EALREADY);
	KUNIT_EXPECT_NULL(test, memchr_inv(out, 0, sizeof(out)));
}

static struct kunit_case ntlm_datagram_cases[] = {
	KUNIT_CASE(ntlm_datagram_vectors_test),
	KUNIT_CASE(ntlm_datagram_numbers_test),
	KUNIT_CASE(ntlm_datagram_repeats_test),
	KUNIT_CASE(ntlm_datagram_refusals_test),
	{}
};

struct kunit_suite ntlm_datagram_suite = {
	.name = "ntlm-datagram",
	.test_cases = ntlm_datagram_cases,
};
