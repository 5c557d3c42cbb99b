// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sign, verify, seal and unseal: vectors, refused messages, the last number.
 */
#include <kunit/test.h>
#include <linux/module.h>
#include "compat.h"
#include "kunit.h"
#include "session.h"
#include "vectors.h"

#define MAX_TEXT 64

/**
 * ntlm_test_params() - parameters of a session
 * @role: its side
 * @flags: negotiated flags; DATAGRAM says the mode
 *
 * Return: parameters, with replay detection.
 */
struct ntlm_session_params ntlm_test_params(enum ntlm_role role, u32 flags)
{
	return (struct ntlm_session_params) {
		.id = 1 + role,
		.role = role,
		.mode = flags & NTLM_NEGOTIATE_DATAGRAM ?
			NTLM_MODE_CONNECTIONLESS : NTLM_MODE_CONNECTION,
		.flags = flags,
		.replay = true,
	};
}

/**
 * ntlm_test_pair_key() - two ends of a session
 * @test: the test, which frees the memory
 * @sender: role of the end that sends
 * @flags: negotiated flags
 * @hex: the key in hexadecimal
 *
 * Return: the pair; the test ends if there is none.
 */
struct ntlm_test_pair *ntlm_test_pair_key(struct kunit *test,
					  enum ntlm_role sender, u32 flags,
					  const char *hex)
{
	enum ntlm_role other = sender == NTLM_ROLE_INITIATOR ?
			       NTLM_ROLE_ACCEPTOR : NTLM_ROLE_INITIATOR;
	struct ntlm_session_params params;
	u8 key[NTLM_SESSION_KEY_SIZE];
	struct ntlm_test_pair *pair;

	ntlm_test_hex(test, key, sizeof(key), hex);
	pair = kunit_kzalloc(test, sizeof(*pair), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, pair);
	params = ntlm_test_params(sender, flags);
	KUNIT_ASSERT_EQ(test, ntlm_session_init(&pair->from, &params, key), 0);
	params = ntlm_test_params(other, flags);
	KUNIT_ASSERT_EQ(test, ntlm_session_init(&pair->to, &params, key), 0);
	return pair;
}

/**
 * ntlm_test_pair() - two ends of a session with the key of the vectors
 * @test: the test, which frees the memory
 * @sender: role of the end that sends
 * @flags: negotiated flags
 *
 * Return: the pair; the test ends if there is none.
 */
struct ntlm_test_pair *ntlm_test_pair(struct kunit *test, enum ntlm_role sender,
				      u32 flags)
{
	return ntlm_test_pair_key(test, sender, flags, NTLM_VECTOR_KEY);
}

/* To be compared with, not to be used. */
struct ntlm_session *ntlm_test_copy(struct kunit *test,
				    const struct ntlm_session *s)
{
	struct ntlm_session *copy = kunit_kzalloc(test, sizeof(*copy),
						  GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, copy);
	memcpy(copy, s, sizeof(*copy));
	return copy;
}

static void direction_unchanged(struct kunit *test, bool datagram,
				const struct ntlm_direction *now,
				const struct ntlm_direction *saved)
{
	/* Each datagram has its own. */
	if (!datagram)
		KUNIT_EXPECT_EQ(test, memcmp(&now->stream.rc4,
					     &saved->stream.rc4,
					     sizeof(now->stream.rc4)), 0);
	KUNIT_EXPECT_EQ(test, now->stream.seq, saved->stream.seq);
	KUNIT_EXPECT_EQ(test, now->stream.ended, saved->stream.ended);
	KUNIT_EXPECT_EQ(test, now->stream.mics, saved->stream.mics);
	KUNIT_EXPECT_EQ(test, now->mic, saved->mic);
	KUNIT_EXPECT_EQ(test, now->messages, saved->messages);
	KUNIT_EXPECT_EQ(test, memcmp(&now->replay, &saved->replay,
				     sizeof(now->replay)), 0);
}

/* All but the counters of refused messages. */
void ntlm_test_unchanged(struct kunit *test, const struct ntlm_session *now,
			 const struct ntlm_session *saved)
{
	bool datagram = now->mode == NTLM_MODE_CONNECTIONLESS;

	direction_unchanged(test, datagram, &now->send, &saved->send);
	direction_unchanged(test, datagram, &now->recv, &saved->recv);
}

/* A vector in memory, with its segments. */
struct vector_message {
	u8		head[MAX_TEXT], text[MAX_TEXT], tail[MAX_TEXT];
	u8		data[MAX_TEXT], out[MAX_TEXT];
	u8		expected[NTLM_SIGNATURE_SIZE];
	size_t		len;
	struct ntlm_seg	segs[3];
	bool		seal;
};

static void vector_load(struct kunit *test, struct vector_message *m,
			const struct ntlm_message_vector *v)
{
	memset(m, 0, sizeof(*m));
	m->len = strlen(v->plain) / 2;
	m->seal = v->data;
	KUNIT_ASSERT_LE(test, m->len, (size_t)MAX_TEXT);
	ntlm_test_hex(test, m->head, strlen(v->head) / 2, v->head);
	ntlm_test_hex(test, m->text, m->len, v->plain);
	ntlm_test_hex(test, m->tail, strlen(v->tail) / 2, v->tail);
	if (v->data)
		ntlm_test_hex(test, m->data, m->len, v->data);
	ntlm_test_hex(test, m->expected, NTLM_SIGNATURE_SIZE, v->signature);

	m->segs[0] = (struct ntlm_seg) {
		.src.data = m->head, .len = strlen(v->head) / 2,
	};
	m->segs[1] = (struct ntlm_seg) {
		.src.data = m->text, .dst.data = m->out, .len = m->len,
		.flags = m->seal ? NTLM_SEG_SEAL : 0,
	};
	m->segs[2] = (struct ntlm_seg) {
		.src.data = m->tail, .len = strlen(v->tail) / 2,
	};
}

static int vector_send(struct ntlm_session *s, struct vector_message *m,
		       u8 *signature)
{
	if (m->seal)
		return ntlm_session_seal(s, m->segs, 3, signature);
	return ntlm_session_sign(s, m->segs, 3, signature);
}

static int vector_receive(struct ntlm_session *s, struct vector_message *m,
			  const u8 *signature)
{
	if (m->seal)
		return ntlm_session_unseal(s, m->segs, 3, signature);
	return ntlm_session_verify(s, m->segs, 3, signature);
}

static void vector_stream(struct kunit *test,
			  const struct ntlm_stream_vector *v, bool in_place)
{
	struct ntlm_test_pair *pair = ntlm_test_pair(test, v->sender, v->flags);
	u8 signature[NTLM_SIGNATURE_SIZE];
	struct vector_message *m;
	unsigned int i;

	m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, m);
	for (i = 0; i < v->count; i++) {
		vector_load(test, m, &v->messages[i]);
		if (in_place)
			m->segs[1].dst.data = m->text;
		KUNIT_ASSERT_EQ(test, vector_send(&pair->from, m, signature), 0);
		KUNIT_EXPECT_EQ_MSG(test, memcmp(signature, m->expected,
						 sizeof(signature)), 0,
				    "%s: signature %u", v->name, i);
		if (m->seal)
			KUNIT_EXPECT_EQ_MSG(test,
					    memcmp(m->segs[1].dst.data, m->data,
						   m->len), 0,
					    "%s: data %u", v->name, i);

		vector_load(test, m, &v->messages[i]);
		if (m->seal)
			m->segs[1].src.data = m->data;
		if (in_place)
			m->segs[1].dst.data = m->segs[1].src.data;
		KUNIT_ASSERT_EQ_MSG(test,
				    vector_receive(&pair->to, m, m->expected),
				    0, "%s: message %u refused", v->name, i);
		if (m->seal)
			KUNIT_EXPECT_EQ_MSG(test,
					    memcmp(m->segs[1].dst.data, m->text,
						   m->len), 0,
					    "%s: text %u", v->name, i);
	}
	KUNIT_EXPECT_EQ(test, pair->from.send.messages, (u64)v->count);
	KUNIT_EXPECT_EQ(test, pair->to.recv.messages, (u64)v->count);
	KUNIT_EXPECT_EQ(test, pair->to.recv.rejected, (u64)0);
}

static void ntlm_vectors_test(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ntlm_stream_vectors); i++) {
		vector_stream(test, &ntlm_stream_vectors[i], false);
		vector_stream(test, &ntlm_stream_vectors[i], true);
	}
}

static void ntlm_bad_signatures_test(struct kunit *test)
{
	const struct ntlm_message_vector *v = &ntlm_stream_vectors[0].messages[0];
	struct ntlm_test_pair *pair =
		ntlm_test_pair(test, NTLM_ROLE_INITIATOR, NTLM_VECTOR_FULL);
	u8 bad[NTLM_SIGNATURE_SIZE];
	struct ntlm_session *saved;
	struct vector_message *m;
	unsigned int i;

	m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, m);
	saved = ntlm_test_copy(test, &pair->to);

	for (i = 0; i < ARRAY_SIZE(ntlm_bad_signatures); i++) {
		vector_load(test, m, v);
		m->segs[1].src.data = m->data;
		memset(m->out, 0xaa, sizeof(m->out));
		ntlm_test_hex(test, bad, sizeof(bad), ntlm_bad_signatures[i]);
		KUNIT_EXPECT_EQ(test, vector_receive(&pair->to, m, bad),
				-EBADMSG);
		KUNIT_EXPECT_NULL(test, memchr_inv(m->out, 0, m->len));
		KUNIT_EXPECT_EQ(test, pair->to.recv.rejected, (u64)i + 1);
		ntlm_test_unchanged(test, &pair->to, saved);
	}
	KUNIT_EXPECT_EQ(test, vector_receive(&pair->to, m, m->expected), 0);
	KUNIT_EXPECT_EQ(test, memcmp(m->out, m->text, m->len), 0);
	/* And not a second time. */
	KUNIT_EXPECT_EQ(test, vector_receive(&pair->to, m, m->expected),
			-EBADMSG);
}

/* Message of @len bytes: half of them sealed, a quarter before and after. */
struct test_message {
	u8		plain[300], wire[300], out[300];
	struct ntlm_seg	segs[3];
	u8		signature[NTLM_SIGNATURE_SIZE];
};

static void test_message_init(struct test_message *m, size_t len, bool receive)
{
	u8 *src = receive ? m->wire : m->plain;
	u8 *dst = receive ? m->out : m->wire;
	size_t a = len / 4, b = len - len / 4;

	m->segs[0] = (struct ntlm_seg) { .src.data = src, .len = a };
	m->segs[1] = (struct ntlm_seg) {
		.src.data = src + a, .dst.data = dst + a, .len = b - a,
		.flags = NTLM_SEG_SEAL,
	};
	m->segs[2] = (struct ntlm_seg) { .src.data = src + b, .len = len - b };
}

static int send_one(struct ntlm_session *s, u32 seq, struct test_message *m)
{
	if (s->mode == NTLM_MODE_CONNECTIONLESS)
		return ntlm_session_seal_datagram(s, seq, m->segs, 3,
						  m->signature);
	return ntlm_session_seal(s, m->segs, 3, m->signature);
}

static int receive_one(struct ntlm_session *s, u32 seq, struct test_message *m)
{
	if (s->mode == NTLM_MODE_CONNECTIONLESS)
		return ntlm_session_unseal_datagram(s, seq, m->segs, 3,
						    m->signature);
	return ntlm_session_unseal(s, m->segs, 3, m->signature);
}

static void flip(struct test_message *m, size_t len, size_t bit)
{
	if (bit < len * 8)
		m->wire[bit / 8] ^= BIT(bit % 8);
	else
		m->signature[bit / 8 - len] ^= BIT(bit % 8);
}

/*
 * For each length: a message with one bit changed, somewhere else each time,
 * is refused and leaves everything as it was; then the right one passes.
 */
static void rollback(struct kunit *test, u32 flags)
{
	struct ntlm_test_pair *pair =
		ntlm_test_pair(test, NTLM_ROLE_ACCEPTOR, flags);
	struct ntlm_session *saved;
	struct test_message *m;
	size_t len, bit;

	m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, m);
	saved = ntlm_test_copy(test, &pair->to);

	for (len = 0; len <= sizeof(m->plain); len++) {
		memset(m->plain, (u8)(len * 7), len);
		memcpy(m->wire, m->plain, len);
		test_message_init(m, len, false);
		KUNIT_ASSERT_EQ(test, send_one(&pair->from, len, m), 0);

		memcpy(saved, &pair->to, sizeof(*saved));
		test_message_init(m, len, true);
		memset(m->out, 0xaa, sizeof(m->out));

		bit = (len * 37) % ((len + NTLM_SIGNATURE_SIZE) * 8);
		/* RandomPad may be anything. */
		if (!(flags & NTLM_NEGOTIATE_EXTENDED_SESSIONSECURITY) &&
		    bit / 8 >= len + 4 && bit / 8 < len + 8)
			bit += 32;
		flip(m, len, bit);
		KUNIT_EXPECT_EQ_MSG(test, receive_one(&pair->to, len, m),
				    -EBADMSG, "length %zu, bit %zu", len, bit);
		KUNIT_EXPECT_NULL(test, memchr_inv(m->out + len / 4, 0,
						   m->segs[1].len));
		ntlm_test_unchanged(test, &pair->to, saved);
		flip(m, len, bit);

		KUNIT_ASSERT_EQ_MSG(test, receive_one(&pair->to, len, m), 0,
				    "length %zu after bit %zu", len, bit);
		KUNIT_EXPECT_EQ(test, memcmp(m->out + len / 4,
					     m->plain + len / 4,
					     m->segs[1].len), 0);
	}
	KUNIT_EXPECT_EQ(test, pair->to.recv.rejected, (u64)len);
}

static void ntlm_rollback_test(struct kunit *test)
{
	rollback(test, NTLM_VECTOR_FULL);
	rollback(test, NTLM_VECTOR_ESS | NTLM_NEGOTIATE_56);
	rollback(test, NTLM_VECTOR_CRC);
	rollback(test, NTLM_VECTOR_CRC | NTLM_NEGOTIATE_LM_KEY);
	rollback(test, NTLM_VECTOR_DATAGRAM);
}

static void ntlm_sequence_end_test(struct kunit *test)
{
	struct ntlm_test_pair *pair =
		ntlm_test_pair(test, NTLM_ROLE_INITIATOR, NTLM_VECTOR_FULL);
	u8 signature[NTLM_SIGNATURE_SIZE];
	struct ntlm_seg seg = { .src.data = "end", .len = 3 };
	unsigned int i;

	pair->from.send.stream.seq = U32_MAX - 1;
	pair->to.recv.stream.seq = U32_MAX - 1;
	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, ntlm_session_sign(&pair->from, &seg, 1,
							signature), 0);
		KUNIT_EXPECT_EQ(test, ntlm_session_verify(&pair->to, &seg, 1,
							  signature), 0);
	}
	KUNIT_EXPECT_EQ(test, memcmp(signature + 12, "\xff\xff\xff\xff", 4), 0);
	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, ntlm_session_sign(&pair->from, &seg, 1,
							signature),
				-EKEYEXPIRED);
		KUNIT_EXPECT_EQ(test, ntlm_session_seal(&pair->from, &seg, 1,
							signature),
				-EKEYEXPIRED);
		KUNIT_EXPECT_EQ(test, ntlm_session_verify(&pair->to, &seg, 1,
							  signature),
				-EKEYEXPIRED);
		KUNIT_EXPECT_EQ(test, ntlm_session_unseal(&pair->to, &seg, 1,
							  signature),
				-EKEYEXPIRED);
	}
	/* The other direction has numbers of its own. */
	KUNIT_EXPECT_EQ(test, ntlm_session_sign(&pair->to, &seg, 1, signature),
			0);
	KUNIT_EXPECT_EQ(test, ntlm_session_verify(&pair->from, &seg, 1,
						  signature), 0);
}

/* Vectors with keys of their own, sent and received */
static void ntlm_other_keys_test(struct kunit *test)
{
	u8 text[MAX_TEXT], data[MAX_TEXT], out[MAX_TEXT];
	u8 expected[NTLM_SIGNATURE_SIZE], sig[NTLM_SIGNATURE_SIZE];
	struct ntlm_seg seg = { .src.data = text, .len = 5 };
	struct ntlm_test_pair *pair;

	ntlm_test_hex(test, text, 5, NTLM_VECTOR_I_TEXT);
	ntlm_test_hex(test, expected, sizeof(expected), NTLM_VECTOR_I_ESS);
	pair = ntlm_test_pair_key(test, NTLM_ROLE_INITIATOR, NTLM_VECTOR_FULL,
				  NTLM_VECTOR_I_KEY);
	KUNIT_EXPECT_EQ(test, ntlm_session_sign(&pair->from, &seg, 1, sig), 0);
	KUNIT_EXPECT_EQ(test, memcmp(sig, expected, sizeof(sig)), 0);
	KUNIT_EXPECT_EQ(test, ntlm_session_verify(&pair->to, &seg, 1, expected),
			0);

	ntlm_test_hex(test, expected, sizeof(expected), NTLM_VECTOR_I_CRC);
	pair = ntlm_test_pair_key(test, NTLM_ROLE_INITIATOR,
				  NTLM_VECTOR_CRC | NTLM_NEGOTIATE_LM_KEY,
				  NTLM_VECTOR_I_KEY);
	KUNIT_EXPECT_EQ(test, ntlm_session_sign(&pair->from, &seg, 1, sig), 0);
	KUNIT_EXPECT_EQ(test, memcmp(sig + 8, expected + 8, 8), 0);
	KUNIT_EXPECT_EQ(test, ntlm_session_verify(&pair->to, &seg, 1, expected),
			0);

	pair = ntlm_test_pair_key(test, NTLM_ROLE_INITIATOR,
				  NTLM_VECTOR_ESS | NTLM_NEGOTIATE_56,
				  NTLM_VECTOR_NTLMV1_ESS_KEY);
	seg = (struct ntlm_seg) {
		.src.data = text, .dst.data = out, .flags = NTLM_SEG_SEAL,
		.len = strlen(NTLM_VECTOR_TEXT) / 2,
	};
	ntlm_test_hex(test, text, seg.len, NTLM_VECTOR_TEXT);
	ntlm_test_hex(test, data, seg.len, NTLM_VECTOR_NTLMV1_ESS_DATA);
	ntlm_test_hex(test, expected, sizeof(expected),
		      NTLM_VECTOR_NTLMV1_ESS_SIG);
	KUNIT_EXPECT_EQ(test, ntlm_session_seal(&pair->from, &seg, 1, sig), 0);
	KUNIT_EXPECT_EQ(test, memcmp(sig, expected, sizeof(sig)), 0);
	KUNIT_EXPECT_EQ(test, memcmp(out, data, seg.len), 0);
	seg.src.data = data;
	KUNIT_EXPECT_EQ(test, ntlm_session_unseal(&pair->to, &seg, 1, expected),
			0);
	KUNIT_EXPECT_EQ(test, memcmp(out, text, seg.len), 0);
}

static struct kunit_case ntlm_session_cases[] = {
	KUNIT_CASE(ntlm_vectors_test),
	KUNIT_CASE(ntlm_bad_signatures_test),
	KUNIT_CASE(ntlm_rollback_test),
	KUNIT_CASE(ntlm_sequence_end_test),
	KUNIT_CASE(ntlm_other_keys_test),
	{}
};

static struct kunit_suite ntlm_session_suite = {
	.name = "ntlm-session",
	.test_cases = ntlm_session_cases,
};

kunit_test_suites(&ntlm_keys_suite, &ntlm_session_suite, &ntlm_limits_suite,
		  &ntlm_crc_suite, &ntlm_datagram_suite, &ntlm_mic_suite,
		  &ntlm_replay_suite, &ntlm_walk_suite, &ntlm_stitch_suite,
		  &ntlm_layout_suite, &ntlm_request_suite);

MODULE_DESCRIPTION("KUnit tests of NTLM session security");
MODULE_LICENSE("GPL");
NTLM_IMPORT_KUNIT();
