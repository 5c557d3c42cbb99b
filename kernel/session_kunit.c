// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sign, verify, seal and unseal: vectors, refused messages, limits.
 */
#include <kunit/test.h>
#include <linux/module.h>
#include "compat.h"
#include "kunit.h"
#include "session.h"
#include "vectors.h"

#define FULL_FLAGS (NTLM_VECTOR_ESS | NTLM_NEGOTIATE_128 |	\
		    NTLM_NEGOTIATE_KEY_EXCH)
#define MAX_TEXT 64

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
	enum ntlm_role other = sender == NTLM_ROLE_INITIATOR ?
			       NTLM_ROLE_ACCEPTOR : NTLM_ROLE_INITIATOR;
	u8 key[NTLM_SESSION_KEY_SIZE];
	struct ntlm_test_pair *pair;

	ntlm_test_hex(test, key, sizeof(key), NTLM_VECTOR_KEY);
	pair = kunit_kzalloc(test, sizeof(*pair), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, pair);
	KUNIT_ASSERT_EQ(test,
			ntlm_session_init(&pair->from, 1, sender, flags, key),
			0);
	KUNIT_ASSERT_EQ(test,
			ntlm_session_init(&pair->to, 2, other, flags, key), 0);
	return pair;
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

static void expect_unchanged(struct kunit *test,
			     const struct ntlm_direction *now,
			     const struct ntlm_direction *saved)
{
	KUNIT_EXPECT_EQ(test, memcmp(&now->rc4, &saved->rc4, sizeof(now->rc4)),
			0);
	KUNIT_EXPECT_EQ(test, now->seq, saved->seq);
	KUNIT_EXPECT_EQ(test, now->ended, saved->ended);
	KUNIT_EXPECT_EQ(test, now->messages, saved->messages);
}

static void ntlm_bad_signatures_test(struct kunit *test)
{
	const struct ntlm_message_vector *v = &ntlm_stream_vectors[0].messages[0];
	struct ntlm_test_pair *pair =
		ntlm_test_pair(test, NTLM_ROLE_INITIATOR, FULL_FLAGS);
	u8 bad[NTLM_SIGNATURE_SIZE];
	struct ntlm_direction *saved;
	struct vector_message *m;
	unsigned int i;

	m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);
	saved = kunit_kzalloc(test, sizeof(*saved), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, m);
	KUNIT_ASSERT_NOT_NULL(test, saved);
	memcpy(saved, &pair->to.recv, sizeof(*saved));

	for (i = 0; i < ARRAY_SIZE(ntlm_bad_signatures); i++) {
		vector_load(test, m, v);
		m->segs[1].src.data = m->data;
		memset(m->out, 0xaa, sizeof(m->out));
		ntlm_test_hex(test, bad, sizeof(bad), ntlm_bad_signatures[i]);
		KUNIT_EXPECT_EQ(test, vector_receive(&pair->to, m, bad),
				-EBADMSG);
		KUNIT_EXPECT_NULL(test, memchr_inv(m->out, 0, m->len));
		KUNIT_EXPECT_EQ(test, pair->to.recv.rejected, (u64)i + 1);
		expect_unchanged(test, &pair->to.recv, saved);
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

/*
 * For each length: a message with one bit changed, somewhere else each time,
 * is refused and leaves everything as it was; then the right one passes.
 */
static void rollback(struct kunit *test, u32 flags)
{
	struct ntlm_test_pair *pair =
		ntlm_test_pair(test, NTLM_ROLE_ACCEPTOR, flags);
	struct ntlm_direction *saved;
	struct test_message *m;
	size_t len, bit;

	m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);
	saved = kunit_kzalloc(test, sizeof(*saved), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, m);
	KUNIT_ASSERT_NOT_NULL(test, saved);

	for (len = 0; len <= sizeof(m->plain); len++) {
		memset(m->plain, (u8)(len * 7), len);
		memcpy(m->wire, m->plain, len);
		test_message_init(m, len, false);
		KUNIT_ASSERT_EQ(test, ntlm_session_seal(&pair->from, m->segs, 3,
							m->signature), 0);

		memcpy(saved, &pair->to.recv, sizeof(*saved));
		test_message_init(m, len, true);
		memset(m->out, 0xaa, sizeof(m->out));

		bit = (len * 37) % ((len + NTLM_SIGNATURE_SIZE) * 8);
		if (bit < len * 8)
			m->wire[bit / 8] ^= BIT(bit % 8);
		else
			m->signature[bit / 8 - len] ^= BIT(bit % 8);
		KUNIT_EXPECT_EQ_MSG(test,
				    ntlm_session_unseal(&pair->to, m->segs, 3,
							m->signature),
				    -EBADMSG, "length %zu, bit %zu", len, bit);
		KUNIT_EXPECT_NULL(test, memchr_inv(m->out + len / 4, 0,
						   m->segs[1].len));
		expect_unchanged(test, &pair->to.recv, saved);
		if (bit < len * 8)
			m->wire[bit / 8] ^= BIT(bit % 8);
		else
			m->signature[bit / 8 - len] ^= BIT(bit % 8);

		KUNIT_ASSERT_EQ_MSG(test,
				    ntlm_session_unseal(&pair->to, m->segs, 3,
							m->signature),
				    0, "length %zu after bit %zu", len, bit);
		KUNIT_EXPECT_EQ(test, memcmp(m->out + len / 4,
					     m->plain + len / 4,
					     m->segs[1].len), 0);
	}
	KUNIT_EXPECT_EQ(test, pair->to.recv.rejected, (u64)len);
}

static void ntlm_rollback_test(struct kunit *test)
{
	rollback(test, FULL_FLAGS);
	rollback(test, NTLM_VECTOR_ESS | NTLM_NEGOTIATE_56);
}

static void ntlm_sequence_end_test(struct kunit *test)
{
	struct ntlm_test_pair *pair =
		ntlm_test_pair(test, NTLM_ROLE_INITIATOR, FULL_FLAGS);
	u8 signature[NTLM_SIGNATURE_SIZE];
	struct ntlm_seg seg = { .src.data = "end", .len = 3 };
	unsigned int i;

	pair->from.send.seq = U32_MAX - 1;
	pair->to.recv.seq = U32_MAX - 1;
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

static void expect_all(struct kunit *test, struct ntlm_session *s,
		       const struct ntlm_seg *segs, unsigned int nsegs,
		       int sign, int seal)
{
	u8 signature[NTLM_SIGNATURE_SIZE] = {};

	KUNIT_EXPECT_EQ(test, ntlm_session_sign(s, segs, nsegs, signature),
			sign);
	KUNIT_EXPECT_EQ(test, ntlm_session_verify(s, segs, nsegs, signature),
			sign);
	KUNIT_EXPECT_EQ(test, ntlm_session_seal(s, segs, nsegs, signature),
			seal);
	KUNIT_EXPECT_EQ(test, ntlm_session_unseal(s, segs, nsegs, signature),
			seal);
}

static void ntlm_no_security_test(struct kunit *test)
{
	static const u32 without[] = {
		0,
		NTLM_NEGOTIATE_ALWAYS_SIGN | NTLM_NEGOTIATE_128 |
		NTLM_NEGOTIATE_EXTENDED_SESSIONSECURITY,
		FULL_FLAGS | NTLM_NEGOTIATE_ANONYMOUS,
	};
	static const u32 refused[] = {
		NTLM_NEGOTIATE_SIGN,
		FULL_FLAGS & ~NTLM_NEGOTIATE_EXTENDED_SESSIONSECURITY,
		FULL_FLAGS | NTLM_NEGOTIATE_DATAGRAM,
	};
	struct ntlm_seg seg = { .src.data = "text", .len = 4 };
	u8 key[NTLM_SESSION_KEY_SIZE];
	struct ntlm_session *s;
	unsigned int i;

	s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, s);
	memset(key, 0x55, sizeof(key));
	expect_all(test, s, &seg, 1, -ENOKEY, -ENOKEY);
	for (i = 0; i < ARRAY_SIZE(without); i++) {
		KUNIT_EXPECT_EQ(test, ntlm_session_init(s, 1, NTLM_ROLE_INITIATOR,
							without[i], key), 0);
		expect_all(test, s, &seg, 1, -ENOKEY, -ENOKEY);
	}
	for (i = 0; i < ARRAY_SIZE(refused); i++) {
		KUNIT_EXPECT_EQ(test, ntlm_session_init(s, 1, NTLM_ROLE_INITIATOR,
							refused[i], key),
				-EOPNOTSUPP);
		expect_all(test, s, &seg, 1, -ENOKEY, -ENOKEY);
	}

	KUNIT_EXPECT_EQ(test, ntlm_session_init(s, 1, NTLM_ROLE_INITIATOR,
						FULL_FLAGS, key), 0);
	KUNIT_EXPECT_NE(test, s->flags, 0U);
	ntlm_session_wipe(s);
	KUNIT_EXPECT_NULL(test, memchr_inv(s, 0, sizeof(*s)));
	expect_all(test, s, &seg, 1, -ENOKEY, -ENOKEY);
}

static void ntlm_sign_only_test(struct kunit *test)
{
	struct ntlm_test_pair *pair =
		ntlm_test_pair(test, NTLM_ROLE_INITIATOR,
			       FULL_FLAGS & ~NTLM_NEGOTIATE_SEAL);
	u8 text[4] = "text", signature[NTLM_SIGNATURE_SIZE];
	struct ntlm_seg seg = {
		.src.data = text, .dst.data = text, .len = sizeof(text),
		.flags = NTLM_SEG_SEAL,
	};

	KUNIT_EXPECT_EQ(test, ntlm_session_seal(&pair->from, &seg, 1,
						signature), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, ntlm_session_unseal(&pair->to, &seg, 1,
						  signature), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, memcmp(text, "text", 4), 0);
	seg.flags = 0;
	KUNIT_EXPECT_EQ(test, ntlm_session_seal(&pair->from, &seg, 1,
						signature), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, ntlm_session_sign(&pair->from, &seg, 1,
						signature), 0);
	KUNIT_EXPECT_EQ(test, ntlm_session_verify(&pair->to, &seg, 1,
						  signature), 0);
}

static void ntlm_bad_segments_test(struct kunit *test)
{
	struct ntlm_test_pair *pair =
		ntlm_test_pair(test, NTLM_ROLE_INITIATOR, FULL_FLAGS);
	struct ntlm_session *s = &pair->from;
	u8 text[4] = "text", signature[NTLM_SIGNATURE_SIZE];
	struct ntlm_seg segs[2] = {
		{ .src.data = text, .dst.data = text, .len = sizeof(text) },
		{ .src.data = text, .len = 0 },
	};

	KUNIT_EXPECT_EQ(test, ntlm_session_sign(s, NULL, 1, signature), -EINVAL);

	segs[1].flags = BIT(1);
	expect_all(test, s, segs, 2, -EINVAL, -EINVAL);
	segs[1].flags = NTLM_SEG_SEAL;
	KUNIT_EXPECT_EQ(test, ntlm_session_sign(s, segs, 2, signature),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, ntlm_session_verify(s, segs, 2, signature),
			-EINVAL);

	segs[1] = (struct ntlm_seg) { .len = 1 };
	expect_all(test, s, segs, 2, -EINVAL, -EINVAL);
	segs[1] = (struct ntlm_seg) {
		.src.data = text, .len = 1, .flags = NTLM_SEG_SEAL,
	};
	KUNIT_EXPECT_EQ(test, ntlm_session_seal(s, segs, 2, signature),
			-EINVAL);

	segs[1] = (struct ntlm_seg) { .src.data = text, .len = INT_MAX - 3 };
	expect_all(test, s, segs, 2, -EMSGSIZE, -EMSGSIZE);
	segs[1].len = SIZE_MAX - 1;
	expect_all(test, s, segs, 2, -EMSGSIZE, -EMSGSIZE);

	KUNIT_EXPECT_EQ(test, memcmp(text, "text", 4), 0);
	KUNIT_EXPECT_EQ(test, s->send.seq, 0U);
	KUNIT_EXPECT_EQ(test, s->recv.seq, 0U);
	KUNIT_EXPECT_EQ(test, s->recv.rejected, (u64)0);
}

static struct kunit_case ntlm_session_cases[] = {
	KUNIT_CASE(ntlm_vectors_test),
	KUNIT_CASE(ntlm_bad_signatures_test),
	KUNIT_CASE(ntlm_rollback_test),
	KUNIT_CASE(ntlm_sequence_end_test),
	KUNIT_CASE(ntlm_no_security_test),
	KUNIT_CASE(ntlm_sign_only_test),
	KUNIT_CASE(ntlm_bad_segments_test),
	{}
};

static struct kunit_suite ntlm_session_suite = {
	.name = "ntlm-session",
	.test_cases = ntlm_session_cases,
};

kunit_test_suites(&ntlm_keys_suite, &ntlm_session_suite, &ntlm_walk_suite);

MODULE_DESCRIPTION("KUnit tests of NTLM session security");
MODULE_LICENSE("GPL");
NTLM_IMPORT_KUNIT();
