// SPDX-License-Identifier: GPL-2.0-only
/*
 * RC4 and MD5 in one pass do what they do in two.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include "compat.h"
#include "kunit.h"
#include "stitch.h"

#define SMALL	4096
#define LARGE	(1024 * 1024 + 77)
#define GUARD	16

enum { SEAL, UNSEAL, DIRECTIONS };

/*
 * A message on both ways.  The RC4 handles run on from message to message, so
 * they come by at all places of a block.
 */
struct both {
	struct rnd_state	rnd;
	struct ntlm_hmac_key	key;
	struct arc4_ctx		library;
	struct arc4_ctx		stitched;
	u8			*text, *expected, *out;
	size_t			size;
};

/* The buffers have @size bytes, and GUARD more at both ends. */
static struct both *both_new(struct kunit *test, size_t size)
{
	static const u8 key[NTLM_HMAC_KEY_SIZE] = "sixteen byte key";
	struct both *b = kunit_kzalloc(test, sizeof(*b), GFP_KERNEL);
	u8 **bufs[3], *buf;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, b);
	b->size = size;
	bufs[0] = &b->text;
	bufs[1] = &b->expected;
	bufs[2] = &b->out;
	for (i = 0; i < ARRAY_SIZE(bufs); i++) {
		buf = kunit_kzalloc(test, size + 2 * GUARD, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, buf);
		*bufs[i] = buf + GUARD;
	}
	prandom_seed_state(&b->rnd, size);
	prandom_bytes_state(&b->rnd, b->text, size);
	KUNIT_ASSERT_EQ(test, ntlm_hmac_prepare(&b->key, key), 0);
	KUNIT_ASSERT_EQ(test, arc4_setkey(&b->library, key, sizeof(key)), 0);
	b->stitched = b->library;
	return b;
}

static void run(const struct ntlm_sealer *sealer, int direction,
		struct ntlm_hmac *hmac, struct arc4_ctx *rc4, u8 *dst,
		const u8 *src, unsigned int len)
{
	if (direction == SEAL)
		sealer->seal(hmac, rc4, dst, src, len);
	else
		sealer->unseal(hmac, rc4, dst, src, len);
}

/*
 * @len bytes from @src to @dst, after @before hashed bytes, in pieces of 1 to
 * @piece bytes, must be what the library makes of them in one.
 */
static void compare(struct kunit *test, struct both *b, int direction, u8 *dst,
		    const u8 *src, unsigned int len, unsigned int before,
		    unsigned int piece)
{
	u8 expected[MD5_DIGEST_SIZE], digest[MD5_DIGEST_SIZE];
	unsigned int at = 0, now;
	struct ntlm_hmac hmac;

	ntlm_hmac_init(&hmac, &b->key);
	ntlm_hmac_update(&hmac, b->text, before);
	run(&ntlm_sealer_library, direction, &hmac, &b->library, b->expected,
	    src, len);
	KUNIT_ASSERT_EQ(test, ntlm_hmac_final(&hmac, expected), 0);

	ntlm_hmac_init(&hmac, &b->key);
	ntlm_hmac_update(&hmac, b->text, before);
	do {
		now = piece < len ? 1 + prandom_u32_state(&b->rnd) % piece : len;
		now = min(now, len - at);
		run(&ntlm_sealer_stitched, direction, &hmac, &b->stitched,
		    dst + at, src + at, now);
		at += now;
	} while (at < len);
	KUNIT_ASSERT_EQ(test, ntlm_hmac_final(&hmac, digest), 0);

	KUNIT_EXPECT_EQ_MSG(test, memcmp(dst, b->expected, len), 0,
			    "data: direction %d, %u bytes after %u", direction,
			    len, before);
	KUNIT_EXPECT_EQ_MSG(test, memcmp(digest, expected, sizeof(digest)), 0,
			    "HMAC: direction %d, %u bytes after %u", direction,
			    len, before);
	KUNIT_ASSERT_EQ_MSG(test, memcmp(&b->stitched, &b->library,
					 sizeof(b->library)), 0,
			    "RC4: direction %d, %u bytes after %u", direction,
			    len, before);
}

/* From another buffer, and in place. */
static void compare_both(struct kunit *test, struct both *b, int direction,
			 unsigned int len, unsigned int before,
			 unsigned int piece)
{
	compare(test, b, direction, b->out, b->text, len, before, piece);
	memcpy(b->out, b->text, len);
	compare(test, b, direction, b->out, b->out, len, before, piece);
}

static void ntlm_stitch_lengths_test(struct kunit *test)
{
	struct both *b = both_new(test, SMALL);
	unsigned int len;
	int direction;

	for (direction = 0; direction < DIRECTIONS; direction++)
		for (len = 0; len <= 300; len++)
			compare_both(test, b, direction, len, 4, len);
}

/* Each place in a block of MD5, with each place in a block of RC4. */
static void ntlm_stitch_places_test(struct kunit *test)
{
	struct both *b = both_new(test, SMALL);
	unsigned int before, x;
	int direction;

	for (direction = 0; direction < DIRECTIONS; direction++)
		for (before = 0; before < 64; before++)
			for (x = 0; x < 64; x++) {
				/* 321 is 1 more than a number of blocks. */
				compare(test, b, direction, b->out, b->text,
					321, before, 321);
			}
}

static void ntlm_stitch_alignments_test(struct kunit *test)
{
	struct both *b = both_new(test, SMALL);
	unsigned int i, j;
	int direction;
	u8 *text;

	text = kunit_kzalloc(test, SMALL, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, text);
	memcpy(text, b->text, SMALL);
	for (direction = 0; direction < DIRECTIONS; direction++) {
		for (i = 0; i < 16; i++) {
			for (j = 0; j < 16; j++) {
				memset(b->out - GUARD, 0xa5, 512);
				compare(test, b, direction, b->out + i,
					b->text + j, 400, 4, 400);
				/* Nothing before it, behind it, or in @src. */
				KUNIT_EXPECT_NULL(test,
						  memchr_inv(b->out - GUARD,
							     0xa5, GUARD + i));
				KUNIT_EXPECT_NULL(test,
						  memchr_inv(b->out + i + 400,
							     0xa5, GUARD));
				KUNIT_EXPECT_EQ(test, memcmp(b->text, text,
							     SMALL), 0);
			}
			/* In place */
			memcpy(b->out + i, b->text, 400);
			compare(test, b, direction, b->out + i, b->out + i,
				400, 4, 400);
		}
	}
}

static void ntlm_stitch_pieces_test(struct kunit *test)
{
	struct both *b = both_new(test, SMALL);
	unsigned int i, piece;
	int direction;

	for (direction = 0; direction < DIRECTIONS; direction++)
		for (i = 0; i < 64; i++) {
			piece = 1 + prandom_u32_state(&b->rnd) % 1000;
			compare_both(test, b, direction,
				     prandom_u32_state(&b->rnd) % SMALL, i,
				     piece);
		}
}

static void ntlm_stitch_large_test(struct kunit *test)
{
	struct both *b = both_new(test, LARGE);
	int direction;

	for (direction = 0; direction < DIRECTIONS; direction++) {
		compare_both(test, b, direction, LARGE, 4, LARGE);
		compare_both(test, b, direction, LARGE, 4, 2 * PAGE_SIZE);
	}
}

/* The library and ntlm_arc4_rewind() go on where the stitched way ends. */
static void ntlm_stitch_rewind_test(struct kunit *test)
{
	struct both *b = both_new(test, SMALL);
	struct arc4_ctx *before;
	struct ntlm_hmac hmac;
	unsigned int len;
	int direction;

	before = kunit_kzalloc(test, sizeof(*before), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, before);
	for (len = 0; len < SMALL; len += 129)
		for (direction = 0; direction < DIRECTIONS; direction++) {
			*before = b->stitched;
			ntlm_hmac_init(&hmac, &b->key);
			run(&ntlm_sealer_stitched, direction, &hmac,
			    &b->stitched, b->out, b->text, len);
			KUNIT_EXPECT_EQ(test, ntlm_hmac_final(&hmac, b->out),
					0);
			ntlm_arc4_rewind(&b->stitched, len);
			KUNIT_EXPECT_EQ_MSG(test, memcmp(&b->stitched, before,
							 sizeof(*before)), 0,
					    "%u steps", len);
			arc4_crypt(&b->stitched, b->out, b->text, len);
		}
}

/* Both ways may have a part in one message. */
static void ntlm_stitch_mixed_test(struct kunit *test)
{
	u8 expected[MD5_DIGEST_SIZE], digest[MD5_DIGEST_SIZE];
	struct both *b = both_new(test, SMALL);
	unsigned int at, half = SMALL / 2;
	struct ntlm_hmac hmac;
	int direction;

	for (direction = 0; direction < DIRECTIONS; direction++)
		for (at = 0; at <= half; at += 31) {
			ntlm_hmac_init(&hmac, &b->key);
			run(&ntlm_sealer_library, direction, &hmac,
			    &b->library, b->expected, b->text, SMALL);
			KUNIT_EXPECT_EQ(test, ntlm_hmac_final(&hmac, expected),
					0);

			ntlm_hmac_init(&hmac, &b->key);
			run(&ntlm_sealer_stitched, direction, &hmac,
			    &b->stitched, b->out, b->text, at);
			run(&ntlm_sealer_library, direction, &hmac,
			    &b->stitched, b->out + at, b->text + at, half - at);
			run(&ntlm_sealer_stitched, direction, &hmac,
			    &b->stitched, b->out + half, b->text + half,
			    SMALL - half);
			KUNIT_EXPECT_EQ(test, ntlm_hmac_final(&hmac, digest),
					0);
			KUNIT_EXPECT_EQ(test, memcmp(b->out, b->expected,
						     SMALL), 0);
			KUNIT_EXPECT_EQ(test, memcmp(digest, expected,
						     sizeof(digest)), 0);
		}
}

static void ntlm_stitch_gap_test(struct kunit *test)
{
	struct both *b = both_new(test, SMALL);
	u8 digest[MD5_DIGEST_SIZE];
	struct ntlm_hmac hmac;
	unsigned int len;

	for (len = 0; len <= 200; len++) {
		ntlm_hmac_init(&hmac, &b->key);
		ntlm_hmac_update(&hmac, b->text, len);
		KUNIT_EXPECT_EQ(test, ntlm_hmac_gap(&hmac), (64 - len % 64) % 64);
		KUNIT_EXPECT_EQ(test, ntlm_hmac_final(&hmac, digest), 0);
	}
}

/* The self-test at load has passed. */
static void ntlm_stitch_chosen_test(struct kunit *test)
{
	KUNIT_EXPECT_PTR_EQ(test, ntlm_sealer,
			    NTLM_STITCH_WANTED ? &ntlm_sealer_stitched :
						 &ntlm_sealer_library);
}

static struct kunit_case ntlm_stitch_cases[] = {
	KUNIT_CASE(ntlm_stitch_lengths_test),
	KUNIT_CASE(ntlm_stitch_places_test),
	KUNIT_CASE(ntlm_stitch_alignments_test),
	KUNIT_CASE(ntlm_stitch_pieces_test),
	KUNIT_CASE(ntlm_stitch_large_test),
	KUNIT_CASE(ntlm_stitch_rewind_test),
	KUNIT_CASE(ntlm_stitch_mixed_test),
	KUNIT_CASE(ntlm_stitch_gap_test),
	KUNIT_CASE(ntlm_stitch_chosen_test),
	{}
};

struct kunit_suite ntlm_stitch_suite = {
	.name = "ntlm-stitch",
	.test_cases = ntlm_stitch_cases,
};
