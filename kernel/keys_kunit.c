// SPDX-License-Identifier: GPL-2.0-only
/*
 * SIGNKEY, SEALKEY, and the RC4 handle's way back.
 */
#include <kunit/test.h>
#include "compat.h"
#include "kunit.h"
#include "session.h"
#include "vectors.h"

static void ntlm_signkey_test(struct kunit *test)
{
	u8 key[NTLM_SESSION_KEY_SIZE], expected[NTLM_SESSION_KEY_SIZE];
	u8 out[NTLM_SESSION_KEY_SIZE];
	unsigned int i;

	ntlm_test_hex(test, key, sizeof(key), NTLM_VECTOR_KEY);
	for (i = 0; i < ARRAY_SIZE(ntlm_signkey_vectors); i++) {
		const struct ntlm_key_vector *v = &ntlm_signkey_vectors[i];

		ntlm_test_hex(test, expected, sizeof(expected), v->key);
		KUNIT_EXPECT_EQ(test, ntlm_signkey(v->sender, key, out), 0);
		KUNIT_EXPECT_EQ_MSG(test, memcmp(out, expected, sizeof(out)), 0,
				    "vector %u", i);
	}
}

static void ntlm_sealkey_test(struct kunit *test)
{
	u8 key[NTLM_SESSION_KEY_SIZE], expected[NTLM_SESSION_KEY_SIZE];
	u8 out[NTLM_SESSION_KEY_SIZE];
	unsigned int i;
	size_t len;

	ntlm_test_hex(test, key, sizeof(key), NTLM_VECTOR_KEY);
	for (i = 0; i < ARRAY_SIZE(ntlm_sealkey_vectors); i++) {
		const struct ntlm_key_vector *v = &ntlm_sealkey_vectors[i];

		len = strlen(v->key) / 2;
		ntlm_test_hex(test, expected, len, v->key);
		KUNIT_EXPECT_EQ(test,
				ntlm_sealkey(v->sender, v->flags, key, out),
				(int)len);
		KUNIT_EXPECT_EQ_MSG(test, memcmp(out, expected, len), 0,
				    "vector %u", i);
	}
}

/* The handle that went n steps on and n back is the saved one, to the bit. */
static void ntlm_rewind_test(struct kunit *test)
{
	struct arc4_ctx *ctx, *saved;
	u8 key[NTLM_SESSION_KEY_SIZE];
	u8 *bytes;
	u32 n;

	ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);
	saved = kunit_kzalloc(test, sizeof(*saved), GFP_KERNEL);
	bytes = kunit_kzalloc(test, 1000, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, ctx);
	KUNIT_ASSERT_NOT_NULL(test, saved);
	KUNIT_ASSERT_NOT_NULL(test, bytes);

	ntlm_test_hex(test, key, sizeof(key), NTLM_VECTOR_KEY);
	KUNIT_ASSERT_EQ(test, arc4_setkey(ctx, key, sizeof(key)), 0);
	for (n = 0; n <= 1000; n++) {
		*saved = *ctx;
		arc4_crypt(ctx, bytes, bytes, n);
		if (n)
			KUNIT_ASSERT_NE(test,
					memcmp(ctx, saved, sizeof(*ctx)), 0);
		ntlm_arc4_rewind(ctx, n);
		KUNIT_ASSERT_EQ_MSG(test, memcmp(ctx, saved, sizeof(*ctx)), 0,
				    "after %u steps", n);
		/* Begin the next length from another place of the stream. */
		arc4_crypt(ctx, bytes, bytes, 7);
	}
}

/* More steps than the function takes in one go, in uneven parts. */
static void ntlm_rewind_long_test(struct kunit *test)
{
	static const u32 parts[] = { 4096, 1, 4095, 8193, 65536 };
	struct arc4_ctx *ctx, *saved;
	unsigned int i;
	u32 total = 0;
	u8 *bytes;

	ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);
	saved = kunit_kzalloc(test, sizeof(*saved), GFP_KERNEL);
	bytes = kunit_kzalloc(test, 65536, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, ctx);
	KUNIT_ASSERT_NOT_NULL(test, saved);
	KUNIT_ASSERT_NOT_NULL(test, bytes);

	KUNIT_ASSERT_EQ(test, arc4_setkey(ctx, "\1\2\3\4\5", 5), 0);
	*saved = *ctx;
	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		arc4_crypt(ctx, bytes, bytes, parts[i]);
		total += parts[i];
	}
	ntlm_arc4_rewind(ctx, total);
	KUNIT_EXPECT_EQ(test, memcmp(ctx, saved, sizeof(*ctx)), 0);
}

static struct kunit_case ntlm_keys_cases[] = {
	KUNIT_CASE(ntlm_signkey_test),
	KUNIT_CASE(ntlm_sealkey_test),
	KUNIT_CASE(ntlm_rewind_test),
	KUNIT_CASE(ntlm_rewind_long_test),
	{}
};

struct kunit_suite ntlm_keys_suite = {
	.name = "ntlm-keys",
	.test_cases = ntlm_keys_cases,
};
