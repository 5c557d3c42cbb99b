// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages without extended session security.
 */
#include <kunit/test.h>
#include "kunit.h"
#include "session.h"
#include "vectors.h"

#define TEXT_LEN 18

/* Messages go to and fro, and both ends stay in step. */
static void half_duplex(struct kunit *test,
			const struct ntlm_half_duplex_vector *v)
{
	struct ntlm_test_pair *pair =
		ntlm_test_pair(test, NTLM_ROLE_INITIATOR, v->flags);
	u8 text[TEXT_LEN], data[TEXT_LEN], out[TEXT_LEN];
	u8 expected[NTLM_SIGNATURE_SIZE], sig[NTLM_SIGNATURE_SIZE];
	struct ntlm_session *from, *to;
	struct ntlm_seg seg;
	unsigned int i;

	ntlm_test_hex(test, text, sizeof(text), NTLM_VECTOR_TEXT);
	for (i = 0; i < 4; i++) {
		from = i % 2 ? &pair->to : &pair->from;
		to = i % 2 ? &pair->from : &pair->to;
		ntlm_test_hex(test, expected, sizeof(expected), v->signature[i]);
		seg = (struct ntlm_seg) {
			.src.data = text, .dst.data = out, .len = sizeof(text),
		};
		if (i < 2) {
			seg.flags = NTLM_SEG_SEAL;
			ntlm_test_hex(test, data, sizeof(data), v->data[i]);
			KUNIT_ASSERT_EQ(test, ntlm_session_seal(from, &seg, 1,
								sig), 0);
			KUNIT_EXPECT_EQ_MSG(test, memcmp(out, data,
							 sizeof(out)), 0,
					    "%s: data %u", v->name, i);
		} else {
			KUNIT_ASSERT_EQ(test, ntlm_session_sign(from, &seg, 1,
								sig), 0);
		}
		KUNIT_EXPECT_EQ_MSG(test, memcmp(sig, expected, sizeof(sig)), 0,
				    "%s: signature %u", v->name, i);
		KUNIT_EXPECT_EQ(test, from->send.stream.seq, i + 1);

		if (i < 2) {
			seg.src.data = data;
			KUNIT_ASSERT_EQ(test, ntlm_session_unseal(to, &seg, 1,
								  expected), 0);
			KUNIT_EXPECT_EQ(test, memcmp(out, text, sizeof(out)),
					0);
		} else {
			KUNIT_ASSERT_EQ(test, ntlm_session_verify(to, &seg, 1,
								  expected), 0);
		}
		KUNIT_EXPECT_EQ(test, to->send.stream.seq, i + 1);
	}
	KUNIT_EXPECT_EQ(test, pair->from.send.messages, (u64)2);
	KUNIT_EXPECT_EQ(test, pair->from.recv.messages, (u64)2);
	KUNIT_EXPECT_EQ(test, pair->to.send.messages, (u64)2);
	KUNIT_EXPECT_EQ(test, pair->to.recv.messages, (u64)2);
}

static void ntlm_half_duplex_test(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ntlm_half_duplex_vectors); i++)
		half_duplex(test, &ntlm_half_duplex_vectors[i]);
}

/* Any RandomPad is accepted; every other bit of a signature matters. */
static void ntlm_random_pad_test(struct kunit *test)
{
	struct ntlm_test_pair *pair;
	u8 printed[NTLM_SIGNATURE_SIZE], sig[NTLM_SIGNATURE_SIZE];
	u8 data[TEXT_LEN], out[TEXT_LEN], text[TEXT_LEN];
	struct ntlm_seg seg = {
		.src.data = data, .dst.data = out, .len = sizeof(data),
		.flags = NTLM_SEG_SEAL,
	};
	struct ntlm_session *saved;
	unsigned int bit;
	bool pad;

	ntlm_test_hex(test, text, sizeof(text), NTLM_VECTOR_TEXT);
	ntlm_test_hex(test, data, sizeof(data),
		      ntlm_half_duplex_vectors[0].data[0]);
	ntlm_test_hex(test, printed, sizeof(printed), NTLM_VECTOR_PRINTED_PAD);
	for (bit = 0; bit < 8 * NTLM_SIGNATURE_SIZE; bit++) {
		pair = ntlm_test_pair(test, NTLM_ROLE_INITIATOR,
				      ntlm_half_duplex_vectors[0].flags);
		saved = ntlm_test_copy(test, &pair->to);
		memcpy(sig, printed, sizeof(sig));
		sig[bit / 8] ^= BIT(bit % 8);
		pad = bit / 8 >= 4 && bit / 8 < 8;
		memset(out, 0xaa, sizeof(out));
		KUNIT_EXPECT_EQ_MSG(test,
				    ntlm_session_unseal(&pair->to, &seg, 1, sig),
				    pad ? 0 : -EBADMSG, "bit %u", bit);
		if (!pad) {
			KUNIT_EXPECT_NULL(test, memchr_inv(out, 0, sizeof(out)));
			ntlm_test_unchanged(test, &pair->to, saved);
			KUNIT_EXPECT_EQ(test,
					ntlm_session_unseal(&pair->to, &seg, 1,
							    printed), 0);
		}
		KUNIT_EXPECT_EQ(test, memcmp(out, text, sizeof(out)), 0);
		KUNIT_EXPECT_EQ(test, pair->to.recv.rejected, (u64)!pad);
	}
}

/* Both ends send at once: neither message is accepted, nothing is lost. */
static void ntlm_crossing_test(struct kunit *test)
{
	struct ntlm_test_pair *pair =
		ntlm_test_pair(test, NTLM_ROLE_INITIATOR, NTLM_VECTOR_CRC);
	u8 a[NTLM_SIGNATURE_SIZE], b[NTLM_SIGNATURE_SIZE];
	struct ntlm_seg seg = { .src.data = "text", .len = 4 };
	struct ntlm_session *saved;

	KUNIT_EXPECT_EQ(test, ntlm_session_sign(&pair->from, &seg, 1, a), 0);
	saved = ntlm_test_copy(test, &pair->from);
	/* Its own number again, and a message from the past */
	KUNIT_EXPECT_EQ(test, ntlm_session_verify(&pair->from, &seg, 1, a),
			-EBADMSG);
	ntlm_test_unchanged(test, &pair->from, saved);

	KUNIT_EXPECT_EQ(test, ntlm_session_verify(&pair->to, &seg, 1, a), 0);
	KUNIT_EXPECT_EQ(test, ntlm_session_verify(&pair->to, &seg, 1, a),
			-EBADMSG);
	KUNIT_EXPECT_EQ(test, ntlm_session_sign(&pair->to, &seg, 1, b), 0);
	KUNIT_EXPECT_NE(test, memcmp(a, b, sizeof(a)), 0);
	KUNIT_EXPECT_EQ(test, ntlm_session_verify(&pair->from, &seg, 1, b), 0);

	KUNIT_EXPECT_EQ(test, ntlm_session_sign(&pair->from, &seg, 1, a), 0);
	KUNIT_EXPECT_EQ(test, ntlm_session_sign(&pair->to, &seg, 1, b), 0);
	KUNIT_EXPECT_EQ(test, ntlm_session_verify(&pair->from, &seg, 1, b),
			-EBADMSG);
	KUNIT_EXPECT_EQ(test, ntlm_session_verify(&pair->to, &seg, 1, a),
			-EBADMSG);
}

/* The last number is the last one of both directions. */
static void ntlm_shared_end_test(struct kunit *test)
{
	struct ntlm_test_pair *pair =
		ntlm_test_pair(test, NTLM_ROLE_INITIATOR, NTLM_VECTOR_CRC);
	struct ntlm_seg seg = { .src.data = "text", .len = 4 };
	u8 sig[NTLM_SIGNATURE_SIZE];

	pair->from.send.stream.seq = U32_MAX - 1;
	pair->to.send.stream.seq = U32_MAX - 1;
	KUNIT_EXPECT_EQ(test, ntlm_session_sign(&pair->from, &seg, 1, sig), 0);
	KUNIT_EXPECT_EQ(test, ntlm_session_verify(&pair->to, &seg, 1, sig), 0);
	KUNIT_EXPECT_EQ(test, ntlm_session_sign(&pair->to, &seg, 1, sig), 0);
	KUNIT_EXPECT_EQ(test, ntlm_session_verify(&pair->from, &seg, 1, sig),
			0);
	ntlm_test_all(test, &pair->from, &seg, 1, -EKEYEXPIRED, -EKEYEXPIRED);
	ntlm_test_all(test, &pair->to, &seg, 1, -EKEYEXPIRED, -EKEYEXPIRED);
}

/* NTLM_SEG_NO_SIGN, sealed and not; the first and the last one are signed. */
static void no_sign(struct kunit *test, u32 flags)
{
	struct ntlm_test_pair *pair =
		ntlm_test_pair(test, NTLM_ROLE_INITIATOR, flags);
	bool ess = flags & NTLM_NEGOTIATE_EXTENDED_SESSIONSECURITY;
	u8 free[4] = "free", secret[6] = "secret", sig[NTLM_SIGNATURE_SIZE];
	struct ntlm_seg segs[] = {
		{ .src.data = "head", .len = 4 },
		{ .src.data = free, .len = sizeof(free),
		  .flags = NTLM_SEG_NO_SIGN },
		{ .src.data = secret, .dst.data = secret, .len = sizeof(secret),
		  .flags = NTLM_SEG_SEAL | NTLM_SEG_NO_SIGN },
		{ .src.data = "tail", .len = 4 },
	};

	KUNIT_EXPECT_EQ(test, ntlm_session_seal(&pair->from, segs, 4, sig), 0);
	KUNIT_EXPECT_EQ(test, memcmp(free, "free", 4), 0);
	KUNIT_EXPECT_NE(test, memcmp(secret, "secret", 6), 0);
	KUNIT_EXPECT_EQ(test, ntlm_session_unseal(&pair->to, segs, 4, sig), 0);
	KUNIT_EXPECT_EQ(test, memcmp(secret, "secret", 6), 0);

	KUNIT_EXPECT_EQ(test, ntlm_session_seal(&pair->from, segs, 4, sig), 0);
	free[0] ^= 1;
	secret[0] ^= 1;
	KUNIT_EXPECT_EQ(test, ntlm_session_unseal(&pair->to, segs, 4, sig),
			ess ? -EBADMSG : 0);
	KUNIT_EXPECT_EQ(test, memcmp(secret, ess ? "\0\0\0\0\0\0" : "recret",
				     6), 0);

	/* Of operations that only sign as well */
	free[0] ^= 1;
	pair = ntlm_test_pair(test, NTLM_ROLE_INITIATOR, flags);
	segs[2].flags = NTLM_SEG_NO_SIGN;
	KUNIT_EXPECT_EQ(test, ntlm_session_sign(&pair->from, segs, 4, sig), 0);
	free[0] ^= 1;
	KUNIT_EXPECT_EQ(test, ntlm_session_verify(&pair->to, segs, 4, sig),
			ess ? -EBADMSG : 0);
}

static void ntlm_no_sign_test(struct kunit *test)
{
	struct ntlm_seg segs[] = {
		{ .src.data = "head", .len = 4 },
		{ .src.data = "in between", .len = 10,
		  .flags = NTLM_SEG_NO_SIGN },
		{ .src.data = "tail", .len = 4 },
	};
	u8 expected[NTLM_SIGNATURE_SIZE], sig[NTLM_SIGNATURE_SIZE];
	struct ntlm_test_pair *pair;

	no_sign(test, NTLM_VECTOR_FULL);
	no_sign(test, NTLM_VECTOR_CRC);

	pair = ntlm_test_pair(test, NTLM_ROLE_INITIATOR, NTLM_VECTOR_CRC);
	ntlm_test_hex(test, expected, sizeof(expected), NTLM_VECTOR_HEAD_TAIL);
	KUNIT_EXPECT_EQ(test, ntlm_session_sign(&pair->from, segs, 3, sig), 0);
	KUNIT_EXPECT_EQ(test, memcmp(sig, expected, sizeof(sig)), 0);
}

static struct kunit_case ntlm_crc_cases[] = {
	KUNIT_CASE(ntlm_half_duplex_test),
	KUNIT_CASE(ntlm_random_pad_test),
	KUNIT_CASE(ntlm_crossing_test),
	KUNIT_CASE(ntlm_shared_end_test),
	KUNIT_CASE(ntlm_no_sign_test),
	{}
};

struct kunit_suite ntlm_crc_suite = {
	.name = "ntlm-crc",
	.test_cases = ntlm_crc_cases,
};
