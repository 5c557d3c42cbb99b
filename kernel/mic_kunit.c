// SPDX-License-Identifier: GPL-2.0-only
/*
 * mechListMIC of SPNEGO: what it looks like and what it leaves.
 */
#include <kunit/test.h>
#include "kunit.h"
#include "session.h"
#include "vectors.h"

#define LIST_LEN 14
#define TEXT_LEN 18

static void mic_one(struct kunit *test, struct ntlm_session *from,
		    struct ntlm_session *to, const char *hex)
{
	u8 expected[NTLM_SIGNATURE_SIZE], sig[NTLM_SIGNATURE_SIZE];
	u8 list[LIST_LEN];
	struct ntlm_session *saved;

	ntlm_test_hex(test, list, sizeof(list), NTLM_VECTOR_MECH_LIST);
	ntlm_test_hex(test, expected, sizeof(expected), hex);
	KUNIT_EXPECT_EQ(test, ntlm_session_make_mic(from, list, sizeof(list),
						    sig), 0);
	KUNIT_EXPECT_EQ(test, memcmp(sig, expected, sizeof(sig)), 0);
	/* A second one would be out of step. */
	saved = ntlm_test_copy(test, from);
	KUNIT_EXPECT_EQ(test, ntlm_session_make_mic(from, list, sizeof(list),
						    sig), -EPROTO);
	ntlm_test_unchanged(test, from, saved);

	saved = ntlm_test_copy(test, to);
	list[7] ^= 1;
	KUNIT_EXPECT_EQ(test, ntlm_session_check_mic(to, list, sizeof(list),
						     expected), -EBADMSG);
	list[7] ^= 1;
	KUNIT_EXPECT_EQ(test, ntlm_session_check_mic(to, list, LIST_LEN - 1,
						     expected), -EBADMSG);
	expected[10] ^= 0x40;
	KUNIT_EXPECT_EQ(test, ntlm_session_check_mic(to, list, sizeof(list),
						     expected), -EBADMSG);
	expected[10] ^= 0x40;
	ntlm_test_unchanged(test, to, saved);
	KUNIT_EXPECT_EQ(test, ntlm_session_check_mic(to, list, sizeof(list),
						     expected), 0);
	saved = ntlm_test_copy(test, to);
	KUNIT_EXPECT_EQ(test, ntlm_session_check_mic(to, list, sizeof(list),
						     expected), -EPROTO);
	ntlm_test_unchanged(test, to, saved);
}

static void message_after(struct kunit *test, struct ntlm_session *from,
			  struct ntlm_session *to, const char *hex_data,
			  const char *hex_sig)
{
	u8 text[TEXT_LEN], data[TEXT_LEN], out[TEXT_LEN];
	u8 expected[NTLM_SIGNATURE_SIZE], sig[NTLM_SIGNATURE_SIZE];
	struct ntlm_seg seg = {
		.src.data = text, .dst.data = out, .len = sizeof(text),
		.flags = NTLM_SEG_SEAL,
	};

	ntlm_test_hex(test, text, sizeof(text), NTLM_VECTOR_TEXT);
	ntlm_test_hex(test, data, sizeof(data), hex_data);
	ntlm_test_hex(test, expected, sizeof(expected), hex_sig);
	KUNIT_EXPECT_EQ(test, ntlm_session_seal(from, &seg, 1, sig), 0);
	KUNIT_EXPECT_EQ(test, memcmp(out, data, sizeof(out)), 0);
	KUNIT_EXPECT_EQ(test, memcmp(sig, expected, sizeof(sig)), 0);
	seg.src.data = data;
	KUNIT_EXPECT_EQ(test, ntlm_session_unseal(to, &seg, 1, expected), 0);
	KUNIT_EXPECT_EQ(test, memcmp(out, text, sizeof(out)), 0);
}

static void ntlm_mic_vectors_test(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ntlm_mic_vectors); i++) {
		const struct ntlm_mic_vector *v = &ntlm_mic_vectors[i];
		struct ntlm_test_pair *pair =
			ntlm_test_pair(test, NTLM_ROLE_INITIATOR, v->flags);

		mic_one(test, &pair->from, &pair->to, v->mic[0]);
		mic_one(test, &pair->to, &pair->from, v->mic[1]);
		/* It is no message. */
		KUNIT_EXPECT_EQ(test, pair->from.send.messages, (u64)0);
		KUNIT_EXPECT_EQ(test, pair->from.recv.messages, (u64)0);
		message_after(test, &pair->from, &pair->to, v->data[0],
			      v->signature[0]);
		message_after(test, &pair->to, &pair->from, v->data[1],
			      v->signature[1]);
	}
}

/* Without KEY_EXCH a mechListMIC takes no key stream, and is as good. */
static void ntlm_mic_plain_test(struct kunit *test)
{
	struct ntlm_test_pair *pair =
		ntlm_test_pair(test, NTLM_ROLE_INITIATOR,
			       NTLM_VECTOR_FULL & ~NTLM_NEGOTIATE_KEY_EXCH);
	struct ntlm_session *saved = ntlm_test_copy(test, &pair->from);
	u8 sig[NTLM_SIGNATURE_SIZE];

	KUNIT_EXPECT_EQ(test, ntlm_session_make_mic(&pair->from, "list", 4,
						    sig), 0);
	KUNIT_EXPECT_EQ(test, memcmp(&pair->from.send.stream.rc4,
				     &saved->send.stream.rc4,
				     sizeof(saved->send.stream.rc4)), 0);
	KUNIT_EXPECT_EQ(test, pair->from.send.stream.seq, 1U);
	KUNIT_EXPECT_EQ(test, ntlm_session_check_mic(&pair->to, "list", 4, sig),
			0);
}

/* Once there were messages it is too late. */
static void late(struct kunit *test, u32 flags)
{
	struct ntlm_test_pair *pair =
		ntlm_test_pair(test, NTLM_ROLE_INITIATOR, flags);
	bool shared = !(flags & NTLM_NEGOTIATE_EXTENDED_SESSIONSECURITY);
	struct ntlm_seg seg = { .src.data = "text", .len = 4 };
	u8 sig[NTLM_SIGNATURE_SIZE], mic[NTLM_SIGNATURE_SIZE];

	KUNIT_EXPECT_EQ(test, ntlm_session_sign(&pair->from, &seg, 1, sig), 0);
	KUNIT_EXPECT_EQ(test, ntlm_session_make_mic(&pair->from, "list", 4,
						    mic), -EPROTO);
	KUNIT_EXPECT_EQ(test, ntlm_session_verify(&pair->to, &seg, 1, sig), 0);
	KUNIT_EXPECT_EQ(test, ntlm_session_check_mic(&pair->to, "list", 4,
						     sig), -EPROTO);
	/* The other direction is not concerned, if there is one. */
	KUNIT_EXPECT_EQ(test, ntlm_session_make_mic(&pair->to, "list", 4, mic),
			shared ? -EPROTO : 0);
	KUNIT_EXPECT_EQ(test, ntlm_session_check_mic(&pair->from, "list", 4,
						     mic),
			shared ? -EPROTO : 0);
	/* After one mechListMIC and a message as well */
	pair = ntlm_test_pair(test, NTLM_ROLE_INITIATOR, flags);
	KUNIT_EXPECT_EQ(test, ntlm_session_make_mic(&pair->from, "list", 4,
						    mic), 0);
	KUNIT_EXPECT_EQ(test, ntlm_session_check_mic(&pair->to, "list", 4, mic),
			0);
	KUNIT_EXPECT_EQ(test, ntlm_session_sign(&pair->from, &seg, 1, sig), 0);
	KUNIT_EXPECT_EQ(test, ntlm_session_make_mic(&pair->from, "list", 4,
						    mic), -EPROTO);
	KUNIT_EXPECT_EQ(test, ntlm_session_verify(&pair->to, &seg, 1, sig), 0);
	KUNIT_EXPECT_EQ(test, ntlm_session_make_mic(&pair->to, "list", 4, mic),
			shared ? -EPROTO : 0);
}

static void ntlm_mic_late_test(struct kunit *test)
{
	late(test, NTLM_VECTOR_FULL);
	late(test, NTLM_VECTOR_CRC);
}

static void ntlm_mic_connectionless_test(struct kunit *test)
{
	struct ntlm_test_pair *pair =
		ntlm_test_pair(test, NTLM_ROLE_INITIATOR, NTLM_VECTOR_DATAGRAM);
	u8 mic[NTLM_SIGNATURE_SIZE] = {};

	KUNIT_EXPECT_EQ(test, ntlm_session_make_mic(&pair->from, "list", 4,
						    mic), -EINVAL);
	KUNIT_EXPECT_EQ(test, ntlm_session_check_mic(&pair->to, "list", 4, mic),
			-EINVAL);
}

static struct kunit_case ntlm_mic_cases[] = {
	KUNIT_CASE(ntlm_mic_vectors_test),
	KUNIT_CASE(ntlm_mic_plain_test),
	KUNIT_CASE(ntlm_mic_late_test),
	KUNIT_CASE(ntlm_mic_connectionless_test),
	{}
};

struct kunit_suite ntlm_mic_suite = {
	.name = "ntlm-mic",
	.test_cases = ntlm_mic_cases,
};
