// SPDX-License-Identifier: GPL-2.0-only
/*
 * What sessions do not do for what was negotiated or for what they are asked.
 */
#include <kunit/test.h>
#include "kunit.h"
#include "session.h"
#include "vectors.h"

/* What all operations return; signatures of zeros are verified. */
void ntlm_test_all(struct kunit *test, struct ntlm_session *s,
		   const struct ntlm_seg *segs, unsigned int nsegs, int sign,
		   int seal)
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

/* The same with number 1. */
void ntlm_test_all_datagram(struct kunit *test, struct ntlm_session *s,
			    const struct ntlm_seg *segs, unsigned int nsegs,
			    int sign, int seal)
{
	u8 signature[NTLM_SIGNATURE_SIZE] = {};

	KUNIT_EXPECT_EQ(test, ntlm_session_sign_datagram(s, 1, segs, nsegs,
							 signature), sign);
	KUNIT_EXPECT_EQ(test, ntlm_session_verify_datagram(s, 1, segs, nsegs,
							   signature), sign);
	KUNIT_EXPECT_EQ(test, ntlm_session_seal_datagram(s, 1, segs, nsegs,
							 signature), seal);
	KUNIT_EXPECT_EQ(test, ntlm_session_unseal_datagram(s, 1, segs, nsegs,
							   signature), seal);
}

static void expect_none(struct kunit *test, struct ntlm_session *s)
{
	struct ntlm_seg seg = { .src.data = "text", .len = 4 };
	bool datagram = s->mode == NTLM_MODE_CONNECTIONLESS;
	int on = datagram ? -EINVAL : -ENOKEY;
	int off = datagram ? -ENOKEY : -EINVAL;
	u8 mic[NTLM_SIGNATURE_SIZE];

	ntlm_test_all(test, s, &seg, 1, on, on);
	ntlm_test_all_datagram(test, s, &seg, 1, off, off);
	KUNIT_EXPECT_EQ(test, ntlm_session_make_mic(s, "text", 4, mic), on);
	KUNIT_EXPECT_EQ(test, ntlm_session_check_mic(s, "text", 4, mic), on);
}

static void ntlm_no_security_test(struct kunit *test)
{
	static const struct {
		u32		flags;
		enum ntlm_mode	mode;
		bool		nobody;
		int		result;
	} cases[] = {
		{ .flags = 0 },
		{ .flags = NTLM_NEGOTIATE_128 |
			   NTLM_NEGOTIATE_EXTENDED_SESSIONSECURITY },
		{ .flags = NTLM_VECTOR_FULL | NTLM_NEGOTIATE_ANONYMOUS },
		{ .flags = NTLM_NEGOTIATE_ANONYMOUS |
			   NTLM_NEGOTIATE_ALWAYS_SIGN },
		{ .flags = NTLM_VECTOR_FULL, .nobody = true },
		{ .flags = NTLM_VECTOR_CRC, .nobody = true },
		{ .flags = NTLM_NEGOTIATE_ALWAYS_SIGN, .nobody = true },
		{ .flags = NTLM_VECTOR_DATAGRAM, .nobody = true,
		  .mode = NTLM_MODE_CONNECTIONLESS },
		{ .flags = NTLM_NEGOTIATE_DATAGRAM,
		  .mode = NTLM_MODE_CONNECTIONLESS },
		{ .flags = NTLM_VECTOR_DATAGRAM, .result = -EINVAL },
		{ .flags = NTLM_VECTOR_CRC | NTLM_NEGOTIATE_DATAGRAM,
		  .result = -EINVAL },
		{ .flags = NTLM_VECTOR_FULL, .mode = NTLM_MODE_CONNECTIONLESS,
		  .result = -EINVAL },
		{ .flags = NTLM_NEGOTIATE_ALWAYS_SIGN,
		  .mode = NTLM_MODE_CONNECTIONLESS, .result = -EINVAL },
	};
	struct ntlm_session_params params;
	u8 key[NTLM_SESSION_KEY_SIZE];
	struct ntlm_session *s;
	unsigned int i;

	s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, s);
	memset(key, 0x55, sizeof(key));
	expect_none(test, s);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		params = ntlm_test_params(NTLM_ROLE_INITIATOR, cases[i].flags);
		params.mode = cases[i].mode;
		params.nobody = cases[i].nobody;
		KUNIT_EXPECT_EQ_MSG(test, ntlm_session_init(s, &params, key),
				    cases[i].result, "case %u", i);
		expect_none(test, s);
	}

	params = ntlm_test_params(NTLM_ROLE_INITIATOR, NTLM_VECTOR_FULL);
	KUNIT_EXPECT_EQ(test, ntlm_session_init(s, &params, key), 0);
	KUNIT_EXPECT_NE(test, s->flags, 0U);
	ntlm_session_wipe(s);
	KUNIT_EXPECT_NULL(test, memchr_inv(s, 0, sizeof(*s)));
	expect_none(test, s);
}

/* [MS-NLMP] section 3.4.4.3 */
static void dummy(struct kunit *test, u32 flags)
{
	struct ntlm_test_pair *pair =
		ntlm_test_pair(test, NTLM_ROLE_INITIATOR,
			       flags | NTLM_NEGOTIATE_ALWAYS_SIGN);
	bool datagram = flags & NTLM_NEGOTIATE_DATAGRAM;
	struct ntlm_seg seg = { .src.data = "text", .len = 4 };
	u8 expected[NTLM_SIGNATURE_SIZE], sig[NTLM_SIGNATURE_SIZE];
	struct ntlm_session *s = &pair->from;
	struct ntlm_session *saved;
	unsigned int i, bit;

	ntlm_test_hex(test, expected, sizeof(expected), NTLM_VECTOR_DUMMY);
	for (i = 0; i < 3; i++) {
		memset(sig, 0xaa, sizeof(sig));
		KUNIT_EXPECT_EQ(test, datagram ?
				ntlm_session_sign_datagram(s, 5, &seg, 1, sig) :
				ntlm_session_sign(s, &seg, 1, sig), 0);
		KUNIT_EXPECT_EQ(test, memcmp(sig, expected, sizeof(sig)), 0);
		KUNIT_EXPECT_EQ(test, s->send.stream.seq, 0U);
	}
	KUNIT_EXPECT_EQ(test, s->send.messages, (u64)i);

	s = &pair->to;
	saved = ntlm_test_copy(test, s);
	for (bit = 0; bit < 8 * NTLM_SIGNATURE_SIZE; bit++) {
		sig[bit / 8] ^= BIT(bit % 8);
		KUNIT_EXPECT_EQ(test, datagram ?
				ntlm_session_verify_datagram(s, 5, &seg, 1, sig) :
				ntlm_session_verify(s, &seg, 1, sig), -EBADMSG);
		sig[bit / 8] ^= BIT(bit % 8);
	}
	KUNIT_EXPECT_EQ(test, s->recv.rejected, (u64)bit);
	ntlm_test_unchanged(test, s, saved);
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, datagram ?
				ntlm_session_verify_datagram(s, 5, &seg, 1, sig) :
				ntlm_session_verify(s, &seg, 1, sig), 0);

	if (datagram) {
		ntlm_test_all(test, s, &seg, 1, -EINVAL, -EINVAL);
		return;
	}
	ntlm_test_all_datagram(test, s, &seg, 1, -EINVAL, -EINVAL);
	KUNIT_EXPECT_EQ(test, ntlm_session_seal(s, &seg, 1, sig), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, ntlm_session_unseal(s, &seg, 1, sig),
			-EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, ntlm_session_make_mic(s, "list", 4, sig),
			-EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, ntlm_session_check_mic(s, "list", 4, expected),
			-EOPNOTSUPP);
}

static void ntlm_dummy_test(struct kunit *test)
{
	dummy(test, NTLM_NEGOTIATE_EXTENDED_SESSIONSECURITY |
		    NTLM_NEGOTIATE_128 | NTLM_NEGOTIATE_KEY_EXCH);
	dummy(test, 0);
	dummy(test, NTLM_NEGOTIATE_DATAGRAM | NTLM_NEGOTIATE_KEY_EXCH);
}

static void sign_only(struct kunit *test, u32 flags)
{
	struct ntlm_test_pair *pair =
		ntlm_test_pair(test, NTLM_ROLE_INITIATOR,
			       flags & ~NTLM_NEGOTIATE_SEAL);
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

static void ntlm_sign_only_test(struct kunit *test)
{
	sign_only(test, NTLM_VECTOR_FULL);
	sign_only(test, NTLM_VECTOR_CRC);
}

/* SEAL alone gives what SIGN and SEAL give. */
static void seal_only(struct kunit *test, u32 flags)
{
	struct ntlm_test_pair *pair =
		ntlm_test_pair(test, NTLM_ROLE_INITIATOR,
			       flags & ~NTLM_NEGOTIATE_SIGN);
	u8 text[4] = "text", sig[NTLM_SIGNATURE_SIZE];
	struct ntlm_seg seg = {
		.src.data = text, .dst.data = text, .len = sizeof(text),
		.flags = NTLM_SEG_SEAL,
	};

	KUNIT_EXPECT_EQ(test, ntlm_session_seal(&pair->from, &seg, 1, sig), 0);
	KUNIT_EXPECT_NE(test, memcmp(text, "text", 4), 0);
	KUNIT_EXPECT_EQ(test, ntlm_session_unseal(&pair->to, &seg, 1, sig), 0);
	KUNIT_EXPECT_EQ(test, memcmp(text, "text", 4), 0);
	seg.flags = 0;
	KUNIT_EXPECT_EQ(test, ntlm_session_sign(&pair->from, &seg, 1, sig), 0);
	KUNIT_EXPECT_EQ(test, ntlm_session_verify(&pair->to, &seg, 1, sig), 0);
}

static void ntlm_seal_only_test(struct kunit *test)
{
	seal_only(test, NTLM_VECTOR_FULL);
	seal_only(test, NTLM_VECTOR_CRC);
}

static void ntlm_bad_segments_test(struct kunit *test)
{
	struct ntlm_test_pair *pair =
		ntlm_test_pair(test, NTLM_ROLE_INITIATOR, NTLM_VECTOR_FULL);
	struct ntlm_session *s = &pair->from;
	u8 text[4] = "text", signature[NTLM_SIGNATURE_SIZE];
	struct ntlm_seg segs[2] = {
		{ .src.data = text, .dst.data = text, .len = sizeof(text) },
		{ .src.data = text, .len = 0 },
	};

	KUNIT_EXPECT_EQ(test, ntlm_session_sign(s, NULL, 1, signature), -EINVAL);

	segs[1].flags = BIT(2);
	ntlm_test_all(test, s, segs, 2, -EINVAL, -EINVAL);
	segs[1].flags = NTLM_SEG_SEAL;
	KUNIT_EXPECT_EQ(test, ntlm_session_sign(s, segs, 2, signature),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, ntlm_session_verify(s, segs, 2, signature),
			-EINVAL);

	segs[1] = (struct ntlm_seg) { .len = 1 };
	ntlm_test_all(test, s, segs, 2, -EINVAL, -EINVAL);
	segs[1] = (struct ntlm_seg) {
		.src.data = text, .len = 1, .flags = NTLM_SEG_SEAL,
	};
	KUNIT_EXPECT_EQ(test, ntlm_session_seal(s, segs, 2, signature),
			-EINVAL);

	segs[1] = (struct ntlm_seg) { .src.data = text, .len = INT_MAX - 3 };
	ntlm_test_all(test, s, segs, 2, -EMSGSIZE, -EMSGSIZE);
	segs[1].len = SIZE_MAX - 1;
	ntlm_test_all(test, s, segs, 2, -EMSGSIZE, -EMSGSIZE);

	KUNIT_EXPECT_EQ(test, memcmp(text, "text", 4), 0);
	KUNIT_EXPECT_EQ(test, s->send.stream.seq, 0U);
	KUNIT_EXPECT_EQ(test, s->recv.stream.seq, 0U);
	KUNIT_EXPECT_EQ(test, s->recv.rejected, (u64)0);
}

static struct kunit_case ntlm_limits_cases[] = {
	KUNIT_CASE(ntlm_no_security_test),
	KUNIT_CASE(ntlm_dummy_test),
	KUNIT_CASE(ntlm_sign_only_test),
	KUNIT_CASE(ntlm_seal_only_test),
	KUNIT_CASE(ntlm_bad_segments_test),
	{}
};

struct kunit_suite ntlm_limits_suite = {
	.name = "ntlm-limits",
	.test_cases = ntlm_limits_cases,
};
