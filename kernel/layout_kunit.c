// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which cache lines of a context a message writes and reads.  Messages of the
 * two directions run on two processors: a line that one of them writes is none
 * that the other one needs.
 */
#include <kunit/test.h>
#include <linux/bitmap.h>
#include <linux/slab.h>
#include "core.h"
#include "kunit.h"
#include "vectors.h"

/* Of the processors that this is for; SMP_CACHE_BYTES may be more. */
#define LINE	64
#define LINES	DIV_ROUND_UP(sizeof(struct ntlm_ctx), LINE)

/* Bytes of a context; the last part of a list has no end. */
struct part {
	size_t	offset;
	size_t	end;
};

/* Members that follow each other */
#define PART(first, last)						\
	{ offsetof(struct ntlm_ctx, first), offsetofend(struct ntlm_ctx, last) }

/* What messages to the peer write; the numbers and the window of datagrams too */
static const struct part sends[] = {
	PART(session.send.stream, session.send.stream),
	PART(session.send.messages, session.send.replay),
	PART(session.send.mic, session.send.mic),
	{}
};

static const struct part receives[] = {
	PART(session.recv.stream, session.recv.stream),
	PART(session.recv.messages, session.recv.replay),
	PART(session.recv.mic, session.recv.mic),
	{}
};

/* What messages of both directions read */
static const struct part reads[] = {
	PART(state, state), PART(session.scheme, session.detect), {}
};

/* What one direction reads; the other must not write beside it. */
static const struct part send_reads[] = {
	PART(session.send.sign, session.send.sign),
	PART(session.send.sealkey, session.send.sealkey_len),
	{}
};

static const struct part receive_reads[] = {
	PART(session.recv.sign, session.recv.sign),
	PART(session.recv.sealkey, session.recv.sealkey_len),
	{}
};

/* What clients and the exchange write while messages pass */
static const struct part others[] = {
	PART(ref, ref), PART(wait, wait), PART(verdict, ntstatus),
	PART(token_lock, token_lock), {}
};

static void mark(unsigned long *lines, const struct part *part)
{
	for (; part->end; part++)
		bitmap_set(lines, part->offset / LINE,
			   (part->end - 1) / LINE - part->offset / LINE + 1);
}

static void apart(struct kunit *test, const struct part *a,
		  const struct part *b)
{
	DECLARE_BITMAP(one, LINES) = {};
	DECLARE_BITMAP(other, LINES) = {};

	mark(one, a);
	mark(other, b);
	KUNIT_EXPECT_FALSE_MSG(test, bitmap_intersects(one, other, LINES),
			       "of those from %zu and from %zu on",
			       a->offset, b->offset);
}

static void ntlm_lines_apart_test(struct kunit *test)
{
	/* Lines of the structure are lines of memory. */
	KUNIT_EXPECT_EQ(test, __alignof__(struct ntlm_ctx) % LINE, 0);

	apart(test, sends, receives);
	apart(test, sends, receive_reads);
	apart(test, receives, send_reads);
	apart(test, reads, sends);
	apart(test, reads, receives);
	apart(test, others, sends);
	apart(test, others, receives);
}

static void lines_changed(unsigned long *lines, const void *now,
			  const void *before)
{
	const u8 *a = now, *b = before;
	size_t i;

	bitmap_zero(lines, LINES);
	for (i = 0; i < sizeof(struct ntlm_ctx); i++)
		if (a[i] != b[i])
			__set_bit(i / LINE, lines);
}

/* Does a message write what no list above has? */
static void only_in(struct kunit *test, const struct ntlm_ctx *ctx,
		    const struct ntlm_ctx *before, const struct part *part)
{
	DECLARE_BITMAP(allowed, LINES) = {};
	DECLARE_BITMAP(changed, LINES);

	mark(allowed, part);
	lines_changed(changed, ctx, before);
	KUNIT_EXPECT_FALSE(test, bitmap_empty(changed, LINES));
	KUNIT_EXPECT_TRUE(test, bitmap_subset(changed, allowed, LINES));
}

static struct ntlm_ctx *context(struct kunit *test, enum ntlm_role role,
				u32 flags)
{
	struct ntlm_session_params params = ntlm_test_params(role, flags);
	struct ntlm_ctx *ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);
	u8 key[NTLM_SESSION_KEY_SIZE];

	KUNIT_ASSERT_NOT_NULL(test, ctx);
	params.replay = true;
	ntlm_test_hex(test, key, sizeof(key), NTLM_VECTOR_KEY);
	KUNIT_ASSERT_EQ(test, ntlm_session_init(&ctx->session, &params, key), 0);
	ctx->state = NTLM_STATE_ESTABLISHED;
	return ctx;
}

/* A message through the in-kernel API; @sig goes with it. */
static int message(struct ntlm_ctx *ctx, bool unseal, const u8 *from, u8 *to,
		   u8 sig[NTLM_SIGNATURE_SIZE])
{
	struct ntlm_seg seg = { .src.data = (u8 *)from, .dst.data = to,
				.len = 48, .flags = NTLM_SEG_SEAL };

	if (ctx->session.mode == NTLM_MODE_CONNECTION)
		return unseal ? ntlm_unseal(ctx, &seg, 1, sig) :
				ntlm_seal(ctx, &seg, 1, sig);
	return unseal ? ntlm_unseal_datagram(ctx, 7, &seg, 1, sig) :
			ntlm_seal_datagram(ctx, 7, &seg, 1, sig);
}

static void writes(struct kunit *test, u32 flags)
{
	struct ntlm_ctx *from = context(test, NTLM_ROLE_INITIATOR, flags);
	struct ntlm_ctx *to = context(test, NTLM_ROLE_ACCEPTOR, flags);
	struct ntlm_ctx *before = kunit_kzalloc(test, sizeof(*before),
						GFP_KERNEL);
	u8 plain[48] = "of one direction", data[48], sig[NTLM_SIGNATURE_SIZE];

	KUNIT_ASSERT_NOT_NULL(test, before);
	memcpy(before, from, sizeof(*before));
	KUNIT_ASSERT_EQ(test, message(from, false, plain, data, sig), 0);
	only_in(test, from, before, sends);

	memcpy(before, to, sizeof(*before));
	sig[9] ^= 1;
	KUNIT_ASSERT_EQ(test, message(to, true, data, plain, sig), -EBADMSG);
	only_in(test, to, before, receives);
	sig[9] ^= 1;
	memcpy(before, to, sizeof(*before));
	KUNIT_ASSERT_EQ(test, message(to, true, data, plain, sig), 0);
	only_in(test, to, before, receives);

	ntlm_session_wipe(&from->session);
	ntlm_session_wipe(&to->session);
}

static void ntlm_lines_written_test(struct kunit *test)
{
	writes(test, NTLM_VECTOR_FULL);
	writes(test, NTLM_VECTOR_DATAGRAM);
}

static struct kunit_case ntlm_layout_cases[] = {
	KUNIT_CASE(ntlm_lines_apart_test),
	KUNIT_CASE(ntlm_lines_written_test),
	{}
};

struct kunit_suite ntlm_layout_suite = {
	.name = "ntlm-layout",
	.test_cases = ntlm_layout_cases,
};
