// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages in kernel memory of every kind.
 */
#include <linux/build_bug.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include "driver.h"

static_assert(NTLM_TEST_SEG_SEAL == NTLM_SEG_SEAL);
static_assert(NTLM_TEST_SEG_NO_SIGN == NTLM_SEG_NO_SIGN);
static_assert(sizeof_field(struct ntlm_test_message, signature) ==
	      NTLM_SIGNATURE_SIZE);

/* What lies around a segment; some of it is behind every segment. */
#define GUARD_BYTE	0x5a
#define GUARD_SIZE	16

/**
 * struct test_buf - memory of one side of a segment
 * @mem: all of it, @size bytes; NULL if the side has none
 * @size: bytes of @mem
 * @begin: where in @mem the segment begins
 * @shape: how @mem was allocated
 * @bvecs: the vectors that describe it, if @shape has any
 * @buf: how the API is told of it
 */
struct test_buf {
	u8			*mem;
	size_t			size;
	size_t			begin;
	enum ntlm_test_shape	shape;
	struct bio_vec		*bvecs;
	struct ntlm_buf		buf;
};

/**
 * struct test_seg - a segment
 * @order: what was ordered
 * @src: source
 * @dst: destination; no memory if there is none or the message is in place
 * @copy: what the source was; NULL if it has no memory
 */
struct test_seg {
	struct ntlm_test_seg	order;
	struct test_buf		src;
	struct test_buf		dst;
	u8			*copy;
};

/**
 * struct test_message - a message
 * @op: what is done with it
 * @seq: number of the next datagram
 * @nsegs: number of segments
 * @count: messages in @store
 * @next: the first one in @store that was not used
 * @bytes: bytes of one message in @store
 * @store: messages that NTLM_TEST_RUN receives, or NULL
 * @result: what the API returned last
 * @damage: NTLM_TEST_*_CHANGED
 * @signature: the signature
 * @segs: the segments
 * @api: how the API is told of them
 */
struct test_message {
	enum ntlm_test_op	op;
	u32			seq;
	unsigned int		nsegs;
	unsigned int		count;
	unsigned int		next;
	size_t			bytes;
	u8			*store;
	int			result;
	u32			damage;
	u8			signature[NTLM_SIGNATURE_SIZE];
	struct test_seg		*segs;
	struct ntlm_seg		*api;
};

static bool is_linear(enum ntlm_test_shape shape)
{
	return shape == NTLM_TEST_LINEAR || shape == NTLM_TEST_VMALLOC;
}

static void buf_free(struct test_buf *b)
{
	kvfree(b->bvecs);
	if (!b->mem)
		return;
	if (b->shape == NTLM_TEST_CONTIGUOUS)
		free_pages_exact(b->mem, b->size);
	else
		kvfree(b->mem);
}

static void buf_alloc(struct test_buf *b)
{
	switch (b->shape) {
	case NTLM_TEST_LINEAR:
		b->mem = kmalloc(b->size, GFP_KERNEL | __GFP_NOWARN);
		break;
	case NTLM_TEST_VMALLOC:
	case NTLM_TEST_PAGES:
		b->mem = vmalloc(b->size);
		break;
	case NTLM_TEST_CONTIGUOUS:
		b->mem = alloc_pages_exact(b->size, GFP_KERNEL | __GFP_NOWARN);
		break;
	}
}

/* A vector over @len bytes from @at on. */
static struct bio_vec buf_bvec(const struct test_buf *b, size_t at, size_t len)
{
	struct bio_vec bv = { .bv_len = len };

	if (b->shape == NTLM_TEST_PAGES) {
		bv.bv_page = vmalloc_to_page(b->mem + at);
		bv.bv_offset = offset_in_page(at);
	} else {
		bv.bv_page = virt_to_page(b->mem);
		bv.bv_offset = at;
	}
	return bv;
}

static int buf_bvecs(struct test_buf *b, const struct ntlm_test_side *side,
		     size_t len)
{
	size_t at = side->offset, left = side->skip + len, want, part;
	unsigned int i, n = 0, max;
	u32 *splits = NULL;

	if (side->nsplits) {
		splits = memdup_user(u64_to_user_ptr(side->splits),
				     side->nsplits * sizeof(*splits));
		if (IS_ERR(splits))
			return PTR_ERR(splits);
	}
	/* Each size and the rest, and one more wherever a page ends. */
	max = side->nsplits + 1 + left / PAGE_SIZE + 2;
	b->bvecs = kvcalloc(max, sizeof(*b->bvecs), GFP_KERNEL);
	if (!b->bvecs) {
		kfree(splits);
		return -ENOMEM;
	}
	for (i = 0; i < side->nsplits || left; i++) {
		want = i < side->nsplits ? min_t(size_t, splits[i], left) : left;
		left -= want;
		if (!want)
			b->bvecs[n++] = buf_bvec(b, at, 0);
		for (; want; want -= part, at += part) {
			part = want;
			if (b->shape == NTLM_TEST_PAGES)
				part = min_t(size_t, part,
					     PAGE_SIZE - offset_in_page(at));
			b->bvecs[n++] = buf_bvec(b, at, part);
		}
	}
	kfree(splits);
	b->buf.bvec = b->bvecs;
	b->buf.offset = side->skip;
	return 0;
}

static int buf_make(struct test_buf *b, const struct ntlm_test_side *side,
		    size_t len)
{
	if (side->shape > NTLM_TEST_CONTIGUOUS ||
	    side->nsplits > NTLM_TEST_MAX_SPLITS ||
	    side->offset > NTLM_TEST_MAX_OFFSET ||
	    side->skip > NTLM_TEST_MAX_OFFSET)
		return -EINVAL;
	if (is_linear(side->shape) && (side->skip || side->nsplits))
		return -EINVAL;

	b->shape = side->shape;
	b->begin = side->offset + side->skip;
	b->size = b->begin + len + GUARD_SIZE;
	buf_alloc(b);
	if (!b->mem)
		return -ENOMEM;
	memset(b->mem, GUARD_BYTE, b->size);
	if (!is_linear(b->shape))
		return buf_bvecs(b, side, len);
	b->buf.data = b->mem + b->begin;
	return 0;
}

/* Whether all but the @len bytes of the segment is as it was. */
static bool buf_intact(const struct test_buf *b, size_t len)
{
	size_t end = b->begin + len;

	if (!b->mem)
		return true;
	return !memchr_inv(b->mem, GUARD_BYTE, b->begin) &&
	       !memchr_inv(b->mem + end, GUARD_BYTE, b->size - end);
}

static int seg_make(struct test_seg *s, struct ntlm_seg *api)
{
	const struct ntlm_test_seg *order = &s->order;
	int err;

	if (order->len > NTLM_TEST_MAX_BYTES || order->in_place > 1)
		return -EINVAL;
	if (order->claim && order->claim <= INT_MAX)
		return -EINVAL;
	if (order->in_place && !order->src)
		return -EINVAL;

	if (order->src) {
		err = buf_make(&s->src, &order->from, order->len);
		if (err)
			return err;
		if (copy_from_user(s->src.mem + s->src.begin,
				   u64_to_user_ptr(order->src), order->len))
			return -EFAULT;
		s->copy = kvmalloc(order->len ?: 1, GFP_KERNEL);
		if (!s->copy)
			return -ENOMEM;
		memcpy(s->copy, s->src.mem + s->src.begin, order->len);
	}
	if (order->dst && !order->in_place) {
		err = buf_make(&s->dst, &order->to, order->len);
		if (err)
			return err;
		memset(s->dst.mem + s->dst.begin, NTLM_TEST_FILL, order->len);
	}

	api->src = s->src.buf;
	api->dst = order->in_place ? s->src.buf : s->dst.buf;
	api->len = order->claim ?: order->len;
	api->flags = order->flags;
	return 0;
}

static void seg_free(struct test_seg *s)
{
	buf_free(&s->src);
	buf_free(&s->dst);
	kvfree(s->copy);
}

static u32 seg_damage(const struct test_seg *s)
{
	u32 damage = 0;

	if (!buf_intact(&s->src, s->order.len) ||
	    !buf_intact(&s->dst, s->order.len))
		damage |= NTLM_TEST_OUTSIDE_CHANGED;
	if (s->src.mem && !s->order.in_place &&
	    memcmp(s->src.mem + s->src.begin, s->copy, s->order.len))
		damage |= NTLM_TEST_SOURCE_CHANGED;
	return damage;
}

static bool op_receives(enum ntlm_test_op op)
{
	return op == NTLM_TEST_VERIFY || op == NTLM_TEST_UNSEAL ||
	       op == NTLM_TEST_VERIFY_DATAGRAM ||
	       op == NTLM_TEST_UNSEAL_DATAGRAM;
}

static int message_store(struct test_message *m,
			 const struct ntlm_test_message *order)
{
	size_t bytes = NTLM_SIGNATURE_SIZE, all;
	unsigned int i;
	void *store;

	if (!order->messages)
		return order->count ? -EINVAL : 0;
	if (!op_receives(m->op))
		return -EINVAL;
	for (i = 0; i < m->nsegs; i++)
		if (m->segs[i].src.mem)
			bytes += m->segs[i].order.len;
	if (!order->count || check_mul_overflow(bytes, (size_t)order->count, &all) ||
	    all > NTLM_TEST_MAX_BYTES)
		return -EINVAL;
	store = vmemdup_user(u64_to_user_ptr(order->messages), all);
	if (IS_ERR(store))
		return PTR_ERR(store);
	m->store = store;
	m->bytes = bytes;
	m->count = order->count;
	return 0;
}

/**
 * test_message_free() - free a message
 * @m: the message, or NULL
 */
void test_message_free(struct test_message *m)
{
	unsigned int i;

	if (!m)
		return;
	for (i = 0; m->segs && i < m->nsegs; i++)
		seg_free(&m->segs[i]);
	kvfree(m->store);
	kvfree(m->segs);
	kvfree(m->api);
	kfree(m);
}

/**
 * test_message_make() - make the memory of a message
 * @order: what user space ordered
 *
 * Return: the message; -EINVAL: an impossible order; -EFAULT; -ENOMEM.
 */
struct test_message *test_message_make(const struct ntlm_test_message *order)
{
	const struct ntlm_test_seg __user *from = u64_to_user_ptr(order->segs);
	struct test_message *m;
	size_t total = 0;
	unsigned int i;
	int err;

	if (order->op > NTLM_TEST_UNSEAL_DATAGRAM ||
	    order->nsegs > NTLM_TEST_MAX_SEGS)
		return ERR_PTR(-EINVAL);
	if (order->seq && order->op < NTLM_TEST_SIGN_DATAGRAM)
		return ERR_PTR(-EINVAL);
	m = kzalloc(sizeof(*m), GFP_KERNEL);
	if (!m)
		return ERR_PTR(-ENOMEM);
	m->op = order->op;
	m->seq = order->seq;
	m->nsegs = order->nsegs;
	memcpy(m->signature, order->signature, sizeof(m->signature));
	m->segs = kvcalloc(m->nsegs ?: 1, sizeof(*m->segs), GFP_KERNEL);
	m->api = kvcalloc(m->nsegs ?: 1, sizeof(*m->api), GFP_KERNEL);
	err = -ENOMEM;
	if (!m->segs || !m->api)
		goto fail;
	for (i = 0; i < m->nsegs; i++) {
		struct test_seg *s = &m->segs[i];

		err = -EFAULT;
		if (copy_from_user(&s->order, from + i, sizeof(s->order)))
			goto fail;
		err = seg_make(s, &m->api[i]);
		if (err)
			goto fail;
		total += s->order.len;
		err = -EINVAL;
		if (total > NTLM_TEST_MAX_BYTES)
			goto fail;
	}
	err = message_store(m, order);
	if (err)
		goto fail;
	return m;
fail:
	test_message_free(m);
	return ERR_PTR(err);
}

static int message_op(struct test_message *m, struct ntlm_ctx *ctx)
{
	switch (m->op) {
	case NTLM_TEST_SIGN:
		return ntlm_sign(ctx, m->api, m->nsegs, m->signature);
	case NTLM_TEST_VERIFY:
		return ntlm_verify(ctx, m->api, m->nsegs, m->signature);
	case NTLM_TEST_SEAL:
		return ntlm_seal(ctx, m->api, m->nsegs, m->signature);
	case NTLM_TEST_UNSEAL:
		return ntlm_unseal(ctx, m->api, m->nsegs, m->signature);
	case NTLM_TEST_SIGN_DATAGRAM:
		return ntlm_sign_datagram(ctx, m->seq, m->api, m->nsegs,
					  m->signature);
	case NTLM_TEST_VERIFY_DATAGRAM:
		return ntlm_verify_datagram(ctx, m->seq, m->api, m->nsegs,
					    m->signature);
	case NTLM_TEST_SEAL_DATAGRAM:
		return ntlm_seal_datagram(ctx, m->seq, m->api, m->nsegs,
					  m->signature);
	case NTLM_TEST_UNSEAL_DATAGRAM:
		return ntlm_unseal_datagram(ctx, m->seq, m->api, m->nsegs,
					    m->signature);
	}
	return -EINVAL;
}

/* Bring the next message of the store to where the segments have it. */
static void message_load(struct test_message *m)
{
	const u8 *from = m->store + m->bytes * m->next++;
	unsigned int i;

	memcpy(m->signature, from, NTLM_SIGNATURE_SIZE);
	from += NTLM_SIGNATURE_SIZE;
	for (i = 0; i < m->nsegs; i++) {
		struct test_seg *s = &m->segs[i];

		if (!s->src.mem)
			continue;
		memcpy(s->src.mem + s->src.begin, from, s->order.len);
		memcpy(s->copy, from, s->order.len);
		from += s->order.len;
	}
}

static int message_plant(void)
{
	void *p = kmalloc(48, GFP_KERNEL);

	if (!p)
		return -ENOMEM;
	/* Or the compiler could leave both out. */
	OPTIMIZER_HIDE_VAR(p);
	kfree(p);
	return 0;
}

/**
 * test_message_run() - do the operation once or many times
 * @m: the message
 * @ctx: the context
 * @run: how often, and what came out
 *
 * Allocates nothing unless told to.
 *
 * Return: 0; -EINVAL: more messages than were prepared; -EINTR: killed;
 * -ENOMEM.
 */
int test_message_run(struct test_message *m, struct ntlm_ctx *ctx,
		     struct ntlm_test_run *run)
{
	unsigned int n, i;
	int err;

	if (m->store && run->count > m->count - m->next)
		return -EINVAL;
	run->done = 0;
	for (n = 0; n < run->count; n++) {
		if (fatal_signal_pending(current))
			return -EINTR;
		if (run->plant) {
			err = message_plant();
			if (err)
				return err;
		}
		if (m->store)
			message_load(m);
		m->result = message_op(m, ctx);
		m->seq++;
		for (i = 0; i < m->nsegs; i++)
			m->damage |= seg_damage(&m->segs[i]);
		if (m->result)
			break;
		run->done++;
	}
	run->result = m->result;
	run->damage = m->damage;
	return 0;
}

/**
 * test_message_fetch() - bring the results to user space
 * @m: the message
 * @order: result, damage and signature are filled in
 *
 * Return: 0; -EFAULT.
 */
int test_message_fetch(struct test_message *m, struct ntlm_test_message *order)
{
	unsigned int i;

	for (i = 0; i < m->nsegs; i++) {
		const struct test_seg *s = &m->segs[i];
		const struct test_buf *b = s->order.in_place ? &s->src : &s->dst;

		if (!s->order.dst)
			continue;
		if (copy_to_user(u64_to_user_ptr(s->order.dst),
				 b->mem + b->begin, s->order.len))
			return -EFAULT;
	}
	order->result = m->result;
	order->damage = m->damage;
	memcpy(order->signature, m->signature, sizeof(order->signature));
	return 0;
}
