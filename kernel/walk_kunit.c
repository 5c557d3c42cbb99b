// SPDX-License-Identifier: GPL-2.0-only
/*
 * Segments of every shape give the bytes and the signature that one linear
 * message gives.
 */
#include <kunit/test.h>
#include <linux/bvec.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include "compat.h"
#include "kunit.h"
#include "session.h"
#include "vectors.h"

#define WALK_FLAGS (NTLM_VECTOR_ESS | NTLM_NEGOTIATE_128 |	\
		    NTLM_NEGOTIATE_KEY_EXCH)
#define MAX_SEGS 8
#define MAX_BVECS 16
#define ORDER 2
#define AREA (PAGE_SIZE << ORDER)
/* The longest message leaves room for any offset in the first page. */
#define MAX_LEN (AREA - PAGE_SIZE)

/**
 * struct side - memory of one side of a message
 * @pages: contiguous pages
 * @mem: their address
 * @begin: where the message begins
 * @bvecs: vectors of the segments, one after the other
 * @used: number of @bvecs in use
 */
struct side {
	struct page	*pages;
	u8		*mem;
	size_t		begin;
	struct bio_vec	bvecs[2 * MAX_SEGS * MAX_BVECS];
	unsigned int	used;
};

struct walk_test {
	struct rnd_state	rnd;
	struct side		src;
	struct side		dst;
	struct ntlm_seg		segs[MAX_SEGS];
	unsigned int		nsegs;
	u8			plain[MAX_LEN];
	u8			linear[MAX_LEN];
	struct ntlm_test_pair	*linear_pair;
	struct ntlm_test_pair	*pair;
};

static u32 below(struct walk_test *t, u32 n)
{
	return prandom_u32_state(&t->rnd) % n;
}

/*
 * Describe @len bytes from @at on: linear or as vectors that are cut at random
 * places, some of them empty, some over several pages, some with an offset of
 * more than a page, and with bytes before the segment that are to be skipped.
 */
static struct ntlm_buf describe(struct walk_test *t, struct side *side,
				size_t at, size_t len)
{
	struct ntlm_buf buf = {};
	unsigned int n;
	size_t skip, bytes;
	u32 page;

	if (!below(t, 3)) {
		buf.data = side->mem + at;
		return buf;
	}
	skip = min_t(size_t, at, below(t, 40));
	buf.bvec = &side->bvecs[side->used];
	buf.offset = skip;
	at -= skip;
	len += skip;
	for (n = 0; n < MAX_BVECS && len; n++) {
		bytes = n + 1 == MAX_BVECS ? len : below(t, len + 1);
		page = below(t, at / PAGE_SIZE + 1);
		side->bvecs[side->used++] = (struct bio_vec) {
			.bv_page = side->pages + page,
			.bv_offset = at - page * PAGE_SIZE,
			.bv_len = bytes,
		};
		at += bytes;
		len -= bytes;
	}
	return buf;
}

/* Cut the message at random and mark the parts of @sealed bytes as sealed. */
static void shape(struct walk_test *t, size_t len, const u8 *sealed,
		  bool in_place)
{
	size_t at = 0, bytes;
	u8 kind;

	t->nsegs = 0;
	t->src.used = 0;
	t->dst.used = 0;
	while (at < len || below(t, 4)) {
		struct ntlm_seg *seg = &t->segs[t->nsegs];

		if (t->nsegs >= MAX_SEGS - 3 && at == len)
			break;
		/* A segment has one kind: it ends where the kind changes. */
		kind = at < len ? sealed[at] : below(t, 2);
		for (bytes = 0; at + bytes < len && sealed[at + bytes] == kind;)
			bytes++;
		if (t->nsegs < MAX_SEGS - 3)
			bytes = below(t, bytes + 1);
		*seg = (struct ntlm_seg) {
			.src = describe(t, &t->src, t->src.begin + at, bytes),
			.len = bytes,
			.flags = kind ? NTLM_SEG_SEAL : 0,
		};
		if (kind && in_place)
			seg->dst = describe(t, &t->src, t->src.begin + at, bytes);
		else if (kind)
			seg->dst = describe(t, &t->dst, t->dst.begin + at, bytes);
		at += bytes;
		t->nsegs++;
	}
}

/* One message through both pairs, and back. */
static void one_message(struct kunit *test, struct walk_test *t, size_t len,
			bool in_place)
{
	u8 expected[NTLM_SIGNATURE_SIZE], signature[NTLM_SIGNATURE_SIZE];
	size_t a = below(t, len + 1), b = a + below(t, len - a + 1), i;
	struct ntlm_seg linear[3];
	u8 *sealed, *src, *out;

	sealed = kunit_kzalloc(test, len + 1, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, sealed);
	memset(sealed + a, 1, b - a);
	prandom_bytes_state(&t->rnd, t->plain, len);

	memcpy(t->linear, t->plain, len);
	linear[0] = (struct ntlm_seg) { .src.data = t->linear, .len = a };
	linear[1] = (struct ntlm_seg) {
		.src.data = t->linear + a, .dst.data = t->linear + a,
		.len = b - a, .flags = NTLM_SEG_SEAL,
	};
	linear[2] = (struct ntlm_seg) {
		.src.data = t->linear + b, .len = len - b,
	};
	KUNIT_ASSERT_EQ(test, ntlm_session_seal(&t->linear_pair->from, linear,
						3, expected), 0);

	/* Around the message everything must stay as it is. */
	memset(t->src.mem, 0x5a, AREA);
	memset(t->dst.mem, 0xa5, AREA);
	t->src.begin = below(t, PAGE_SIZE + 1);
	t->dst.begin = below(t, PAGE_SIZE + 1);
	src = t->src.mem + t->src.begin;
	out = in_place ? src : t->dst.mem + t->dst.begin;
	memcpy(src, t->plain, len);

	shape(t, len, sealed, in_place);
	KUNIT_ASSERT_EQ(test, ntlm_session_seal(&t->pair->from, t->segs,
						t->nsegs, signature), 0);
	KUNIT_EXPECT_EQ_MSG(test, memcmp(signature, expected, 16), 0,
			    "signature of %zu bytes", len);
	KUNIT_EXPECT_EQ_MSG(test, memcmp(out + a, t->linear + a, b - a), 0,
			    "%zu sealed bytes at %zu of %zu", b - a, a, len);
	if (in_place) {
		KUNIT_EXPECT_EQ(test, memcmp(src, t->linear, len), 0);
	} else {
		KUNIT_EXPECT_EQ(test, memcmp(src, t->plain, len), 0);
		for (i = 0; i < AREA; i++)
			if (t->dst.mem + i < out + a || t->dst.mem + i >= out + b)
				KUNIT_ASSERT_EQ(test, t->dst.mem[i], 0xa5);
	}
	KUNIT_EXPECT_NULL(test, memchr_inv(t->src.mem, 0x5a, t->src.begin));
	KUNIT_EXPECT_NULL(test, memchr_inv(src + len, 0x5a,
					   AREA - t->src.begin - len));

	/* Refused once, in this shape; then passed in another one. */
	memcpy(src, t->linear, len);
	shape(t, len, sealed, in_place);
	signature[4] ^= 1;
	KUNIT_ASSERT_EQ(test, ntlm_session_unseal(&t->pair->to, t->segs,
						  t->nsegs, signature),
			-EBADMSG);
	KUNIT_EXPECT_NULL(test, memchr_inv(out + a, 0, b - a));
	signature[4] ^= 1;

	memcpy(src, t->linear, len);
	shape(t, len, sealed, in_place);
	KUNIT_ASSERT_EQ(test, ntlm_session_unseal(&t->pair->to, t->segs,
						  t->nsegs, signature), 0);
	KUNIT_EXPECT_EQ(test, memcmp(out + a, t->plain + a, b - a), 0);
	kunit_kfree(test, sealed);
}

static void free_side(struct side *side)
{
	if (side->pages)
		__free_pages(side->pages, ORDER);
}

static void ntlm_shapes_test(struct kunit *test)
{
	struct walk_test *t;
	size_t len;

	t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, t);
	test->priv = t;
	prandom_seed_state(&t->rnd, 0x4e544c4d);
	t->src.pages = alloc_pages(GFP_KERNEL, ORDER);
	t->dst.pages = alloc_pages(GFP_KERNEL, ORDER);
	KUNIT_ASSERT_NOT_NULL(test, t->src.pages);
	KUNIT_ASSERT_NOT_NULL(test, t->dst.pages);
	t->src.mem = page_address(t->src.pages);
	t->dst.mem = page_address(t->dst.pages);
	t->linear_pair = ntlm_test_pair(test, NTLM_ROLE_INITIATOR, WALK_FLAGS);
	t->pair = ntlm_test_pair(test, NTLM_ROLE_INITIATOR, WALK_FLAGS);

	for (len = 0; len <= 300; len++) {
		one_message(test, t, len, false);
		one_message(test, t, len, true);
	}
	for (len = PAGE_SIZE - 2; len <= PAGE_SIZE + 2; len++) {
		one_message(test, t, len, false);
		one_message(test, t, len, true);
	}
	for (len = MAX_LEN - 40; len <= MAX_LEN; len++) {
		one_message(test, t, len, false);
		one_message(test, t, len, true);
	}
}

static void ntlm_walk_exit(struct kunit *test)
{
	struct walk_test *t = test->priv;

	if (!t)
		return;
	free_side(&t->src);
	free_side(&t->dst);
}

static struct kunit_case ntlm_walk_cases[] = {
	KUNIT_CASE(ntlm_shapes_test),
	{}
};

struct kunit_suite ntlm_walk_suite = {
	.name = "ntlm-walk",
	.exit = ntlm_walk_exit,
	.test_cases = ntlm_walk_cases,
};
