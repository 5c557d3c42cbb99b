// SPDX-License-Identifier: GPL-2.0-only
/*
 * Segments of every shape give the bytes and the signature that one linear
 * message gives.
 */
#include <kunit/test.h>
#include <linux/build_bug.h>
#include <linux/bvec.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include "compat.h"
#include "kunit.h"
#include "session.h"
#include "vectors.h"
#include "walk.h"

#define WALK_FLAGS (NTLM_VECTOR_ESS | NTLM_NEGOTIATE_128 |	\
		    NTLM_NEGOTIATE_KEY_EXCH)
#define MAX_SEGS 8
#define MAX_PIECES 8
#define MAX_CUTS 4
#define MAX_GAP 30
#define ORDER 3
#define AREA (PAGE_SIZE << ORDER)
/* The longest message leaves room for any offset and for the gaps. */
#define MAX_LEN (AREA - PAGE_SIZE - MAX_PIECES * MAX_GAP)
static_assert(NTLM_WALK_MAX + 2 < MAX_LEN);

/**
 * struct side - memory of one side of a message
 * @pages: contiguous pages
 * @mem: their address, AREA bytes
 * @expected: what @mem must be after an operation
 * @place: where in @mem each byte of the message lies: in pieces, with gaps
 *	between them, so that a walk that leaves a vector finds other bytes
 * @bvecs: vectors of the segments, one after the other
 * @used: number of @bvecs in use
 */
struct side {
	struct page	*pages;
	u8		*mem;
	u8		expected[AREA];
	u32		place[MAX_LEN + 1];
	struct bio_vec	bvecs[2 * MAX_CUTS * (MAX_SEGS + MAX_PIECES)];
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
	u8			sealed[MAX_LEN + 1];
	struct ntlm_test_pair	*linear_pair;
	struct ntlm_test_pair	*pair;
};

static u32 below(struct walk_test *t, u32 n)
{
	return prandom_u32_state(&t->rnd) % n;
}

/* Lay a message of @len bytes out in the memory of a side. */
static void lay_out(struct walk_test *t, struct side *side, size_t len)
{
	u32 at = below(t, PAGE_SIZE + 1), gaps = below(t, MAX_PIECES);
	size_t i;

	for (i = 0; i <= len; i++) {
		side->place[i] = at++;
		if (gaps && i < len && !below(t, len / gaps + 1)) {
			at += 1 + below(t, MAX_GAP - 1);
			gaps--;
		}
	}
	memset(side->mem, 0x5a, AREA);
	memset(side->expected, 0x5a, AREA);
}

static void put(const struct side *side, u8 *area, const u8 *bytes, size_t from,
		size_t to)
{
	for (; from < to; from++)
		area[side->place[from]] = bytes ? bytes[from] : 0;
}

/*
 * Describe @len bytes from @at on: linear if they lie together, or as vectors
 * that are cut at random places, some of them empty, some over several pages,
 * some with an offset of more than a page, and with bytes before the segment
 * that are to be skipped.
 */
static struct ntlm_buf describe(struct walk_test *t, struct side *side,
				size_t at, size_t len)
{
	u32 place = side->place[at], skip, run, bytes, page;
	struct ntlm_buf buf = {};
	unsigned int cuts;

	if (side->place[at + len] == place + len && !below(t, 3)) {
		buf.data = side->mem + place;
		return buf;
	}
	skip = min_t(u32, place, below(t, 40));
	buf.bvec = &side->bvecs[side->used];
	buf.offset = skip;
	while (len) {
		place = side->place[at];
		for (run = 1; run < len; run++)
			if (side->place[at + run] != place + run)
				break;
		at += run;
		len -= run;
		place -= skip;
		run += skip;
		skip = 0;
		for (cuts = 1; run; cuts++) {
			bytes = cuts == MAX_CUTS ? run : below(t, run + 1);
			page = below(t, place / PAGE_SIZE + 1);
			side->bvecs[side->used++] = (struct bio_vec) {
				.bv_page = side->pages + page,
				.bv_offset = place - page * PAGE_SIZE,
				.bv_len = bytes,
			};
			place += bytes;
			run -= bytes;
		}
	}
	return buf;
}

/* Cut the message at random, and where sealed bytes begin and end. */
static void shape(struct walk_test *t, size_t len, bool in_place)
{
	const u8 *sealed = t->sealed;
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
			.src = describe(t, &t->src, at, bytes),
			.len = bytes,
			.flags = kind ? NTLM_SEG_SEAL : 0,
		};
		if (kind && in_place)
			seg->dst = describe(t, &t->src, at, bytes);
		else if (kind)
			seg->dst = describe(t, &t->dst, at, bytes);
		at += bytes;
		t->nsegs++;
	}
}

static void expect_areas(struct kunit *test, const struct walk_test *t,
			 size_t len)
{
	KUNIT_EXPECT_EQ_MSG(test, memcmp(t->src.mem, t->src.expected, AREA), 0,
			    "source of %zu bytes", len);
	KUNIT_EXPECT_EQ_MSG(test, memcmp(t->dst.mem, t->dst.expected, AREA), 0,
			    "destination of %zu bytes", len);
}

/* One message through both pairs, and back. */
static void one_message(struct kunit *test, struct walk_test *t, size_t len,
			bool in_place)
{
	u8 expected[NTLM_SIGNATURE_SIZE], signature[NTLM_SIGNATURE_SIZE];
	size_t a = below(t, len + 1), b = a + below(t, len - a + 1);
	struct side *out = in_place ? &t->src : &t->dst;
	struct ntlm_seg linear[3];

	memset(t->sealed, 0, len);
	memset(t->sealed + a, 1, b - a);
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

	lay_out(t, &t->src, len);
	lay_out(t, &t->dst, len);
	put(&t->src, t->src.mem, t->plain, 0, len);
	put(&t->src, t->src.expected, t->plain, 0, len);
	shape(t, len, in_place);
	KUNIT_ASSERT_EQ(test, ntlm_session_seal(&t->pair->from, t->segs,
						t->nsegs, signature), 0);
	KUNIT_EXPECT_EQ_MSG(test, memcmp(signature, expected, 16), 0,
			    "signature of %zu bytes", len);
	put(out, out->expected, t->linear, a, b);
	expect_areas(test, t, len);

	/* Refused once, in this shape; then passed in another one. */
	put(&t->src, t->src.mem, t->linear, 0, len);
	put(&t->src, t->src.expected, t->linear, 0, len);
	shape(t, len, in_place);
	signature[4] ^= 1;
	KUNIT_ASSERT_EQ(test, ntlm_session_unseal(&t->pair->to, t->segs,
						  t->nsegs, signature),
			-EBADMSG);
	signature[4] ^= 1;
	put(out, out->expected, NULL, a, b);
	expect_areas(test, t, len);

	put(&t->src, t->src.mem, t->linear, 0, len);
	put(&t->src, t->src.expected, t->linear, 0, len);
	shape(t, len, in_place);
	KUNIT_ASSERT_EQ(test, ntlm_session_unseal(&t->pair->to, t->segs,
						  t->nsegs, signature), 0);
	put(out, out->expected, t->plain, a, b);
	expect_areas(test, t, len);
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
	for (len = NTLM_WALK_MAX - 2; len <= NTLM_WALK_MAX + 2; len++) {
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
