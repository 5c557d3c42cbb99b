// SPDX-License-Identifier: GPL-2.0-only
/*
 * The window of numbers that were used, against a model that forgets none.
 */
#include <kunit/test.h>
#include <linux/bitmap.h>
#include <linux/limits.h>
#include "kunit.h"
#include "replay.h"

#define MODEL_SIZE	0x100000U
#define MODEL_ROUNDS	100000

/**
 * struct model - all numbers of a range that were used
 * @base: the first number of the range
 * @any: one was used
 * @greatest: the greatest one
 * @used: bit n: number @base + n was used
 */
struct model {
	u32	base;
	bool	any;
	u32	greatest;
	DECLARE_BITMAP(used, MODEL_SIZE);
};

static int model_check(const struct model *m, u32 seq)
{
	if (!m->any || seq > m->greatest)
		return 0;
	if (m->greatest - seq >= 512)
		return -ESTALE;
	return test_bit(seq - m->base, m->used) ? -EALREADY : 0;
}

static void model_mark(struct model *m, u32 seq)
{
	if (!m->any || seq > m->greatest)
		m->greatest = seq;
	m->any = true;
	__set_bit(seq - m->base, m->used);
}

static u32 random32(u64 *state)
{
	*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
	return *state >> 33;
}

/* Distance from the greatest number: mostly near an edge of the window */
static s64 distance(u64 *state)
{
	switch (random32(state) % 8) {
	case 0:
		return 1 + random32(state) % 3;
	case 1:
		return -512 + (s64)(random32(state) % 5) - 2;
	case 2:
		return random32(state) % 400 ? 1 + random32(state) % 20 :
		       508 + random32(state) % 8;
	case 3:
		return random32(state) % 1000 ? 2 : 3000 + random32(state) % 9;
	case 4:
		return -(s64)(random32(state) % 70);
	case 5:
		return -(s64)(random32(state) % 1100);
	default:
		return -(s64)(random32(state) % 518);
	}
}

static void model_run(struct kunit *test, struct model *m, u32 base, u64 state)
{
	unsigned int i, count[3] = {};
	struct ntlm_replay *r;
	s64 at = base;
	int err;

	r = kunit_kzalloc(test, sizeof(*r), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, r);
	memset(m, 0, sizeof(*m));
	m->base = base;
	for (i = 0; i < MODEL_ROUNDS; i++) {
		at = (m->any ? m->greatest : base) + distance(&state);
		at = clamp(at, (s64)base, (s64)base + MODEL_SIZE - 1);
		err = model_check(m, at);
		KUNIT_ASSERT_EQ_MSG(test, ntlm_replay_check(r, at), err,
				    "round %u, number %lld", i, at);
		count[err == -EALREADY ? 1 : err == -ESTALE ? 2 : 0]++;
		/* Now and then the message turns out to be a forgery. */
		if (err || !(random32(&state) % 3))
			continue;
		ntlm_replay_mark(r, at);
		model_mark(m, at);
	}
	/* None of the three is rare. */
	for (i = 0; i < ARRAY_SIZE(count); i++)
		KUNIT_EXPECT_GT(test, count[i], MODEL_ROUNDS / 20U);
}

static void ntlm_replay_model_test(struct kunit *test)
{
	static const u32 bases[] = {
		0, 0x7ffff000, U32_MAX - MODEL_SIZE + 1,
	};
	struct model *m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, m);
	for (i = 0; i < ARRAY_SIZE(bases); i++)
		model_run(test, m, bases[i], 41 + i);
}

/* The first and the last number, and a window that ends at the last one */
static void ntlm_replay_ends_test(struct kunit *test)
{
	struct ntlm_replay *r = kunit_kzalloc(test, sizeof(*r), GFP_KERNEL);
	u32 seq;

	KUNIT_ASSERT_NOT_NULL(test, r);
	KUNIT_EXPECT_EQ(test, ntlm_replay_check(r, 0), 0);
	KUNIT_EXPECT_EQ(test, ntlm_replay_check(r, U32_MAX), 0);
	ntlm_replay_mark(r, 0);
	KUNIT_EXPECT_EQ(test, ntlm_replay_check(r, 0), -EALREADY);
	ntlm_replay_mark(r, U32_MAX);
	KUNIT_EXPECT_EQ(test, ntlm_replay_check(r, 0), -ESTALE);
	KUNIT_EXPECT_EQ(test, ntlm_replay_check(r, U32_MAX), -EALREADY);
	KUNIT_EXPECT_EQ(test, ntlm_replay_check(r, U32_MAX - 512), -ESTALE);
	for (seq = U32_MAX - 511; seq < U32_MAX; seq++) {
		KUNIT_EXPECT_EQ(test, ntlm_replay_check(r, seq), 0);
		ntlm_replay_mark(r, seq);
		KUNIT_EXPECT_EQ(test, ntlm_replay_check(r, seq), -EALREADY);
	}
	KUNIT_EXPECT_EQ(test, ntlm_replay_check(r, 0), -ESTALE);
	KUNIT_EXPECT_EQ(test, r->next, (u64)U32_MAX + 1);
}

static struct kunit_case ntlm_replay_cases[] = {
	KUNIT_CASE(ntlm_replay_model_test),
	KUNIT_CASE(ntlm_replay_ends_test),
	{}
};

struct kunit_suite ntlm_replay_suite = {
	.name = "ntlm-replay",
	.test_cases = ntlm_replay_cases,
};
