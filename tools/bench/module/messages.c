// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages from one end to the other, and the time that each end takes.
 */
#include <linux/build_bug.h>
#include <linux/bvec.h>
#include <linux/gfp.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include "bench.h"
#include "../../../kernel/stitch.h"

#define MIN_SIZE	64
#define MAX_SLOTS	(NTLM_BENCH_BATCH / MIN_SIZE)
#define MAX_PAGES	(NTLM_BENCH_MAX_SIZE / PAGE_SIZE)

static_assert(MAX_SLOTS >= MAX_PAGES);

/**
 * struct bench_buffers - memory for the messages of a batch
 * @plain: NTLM_BENCH_MAX_SIZE bytes: what is sent
 * @wire: as many: the messages of a batch
 * @back: as many: what was received
 * @plain_bv: pages of @plain
 * @back_bv: pages of @back
 * @wire_bv: pages of @wire, those of each message together
 * @send: how the API is told of each message
 * @receive: likewise
 * @signature: of each message
 */
struct bench_buffers {
	u8		*plain;
	u8		*wire;
	u8		*back;
	struct bio_vec	plain_bv[MAX_PAGES];
	struct bio_vec	back_bv[MAX_PAGES];
	struct bio_vec	wire_bv[MAX_SLOTS];
	struct ntlm_seg	send[MAX_SLOTS];
	struct ntlm_seg	receive[MAX_SLOTS];
	u8		signature[MAX_SLOTS][NTLM_SIGNATURE_SIZE];
};

void bench_buffers_free(struct bench_buffers *b)
{
	if (!b)
		return;
	if (b->plain)
		free_pages_exact(b->plain, NTLM_BENCH_MAX_SIZE);
	if (b->wire)
		free_pages_exact(b->wire, NTLM_BENCH_MAX_SIZE);
	if (b->back)
		free_pages_exact(b->back, NTLM_BENCH_MAX_SIZE);
	vfree(b);
}

static int bench_buffers_need(struct bench_file *f)
{
	const gfp_t gfp = GFP_KERNEL | __GFP_ZERO;
	struct bench_buffers *b;
	u32 i;

	if (f->buffers)
		return 0;
	b = vzalloc(sizeof(*b));
	if (!b)
		return -ENOMEM;
	b->plain = alloc_pages_exact(NTLM_BENCH_MAX_SIZE, gfp);
	b->wire = alloc_pages_exact(NTLM_BENCH_MAX_SIZE, gfp);
	b->back = alloc_pages_exact(NTLM_BENCH_MAX_SIZE, gfp);
	if (!b->plain || !b->wire || !b->back) {
		bench_buffers_free(b);
		return -ENOMEM;
	}
	for (i = 0; i < NTLM_BENCH_MAX_SIZE; i++)
		b->plain[i] = i * 31 + (i >> 8);
	f->buffers = b;
	return 0;
}

/* From the last page to the first one, so that none can be joined to the next. */
static void bench_pages(struct bio_vec *bv, u8 *mem, u32 size)
{
	u32 part = min_t(u32, size, PAGE_SIZE), at;

	for (at = size; at; at -= part, bv++) {
		bv->bv_page = virt_to_page(mem + at - part);
		bv->bv_offset = offset_in_page(mem + at - part);
		bv->bv_len = part;
	}
}

static u32 bench_layout(struct bench_buffers *b, enum ntlm_bench_op op,
			enum ntlm_bench_shape shape, u32 size)
{
	u32 slots = max_t(u32, 1, NTLM_BENCH_BATCH / size), i;
	u32 pages = DIV_ROUND_UP(size, PAGE_SIZE);
	struct ntlm_buf plain = { .data = b->plain };
	struct ntlm_buf back = { .data = b->back };
	struct ntlm_buf wire = {};
	u32 flags = op == NTLM_BENCH_SEAL ? NTLM_SEG_SEAL : 0;

	if (shape == NTLM_BENCH_PAGES) {
		bench_pages(b->plain_bv, b->plain, size);
		bench_pages(b->back_bv, b->back, size);
		plain = (struct ntlm_buf){ .bvec = b->plain_bv };
		back = (struct ntlm_buf){ .bvec = b->back_bv };
	}
	for (i = 0; i < slots; i++) {
		wire.data = b->wire + i * size;
		if (shape == NTLM_BENCH_PAGES) {
			wire.bvec = b->wire_bv + i * pages;
			bench_pages(b->wire_bv + i * pages, wire.data, size);
			wire.data = NULL;
		}
		b->send[i] = (struct ntlm_seg){
			.src = plain, .dst = wire, .len = size, .flags = flags,
		};
		b->receive[i] = b->send[i];
		if (op != NTLM_BENCH_SEAL)
			continue;
		b->receive[i].src = wire;
		b->receive[i].dst = back;
	}
	memset(b->back, 0, size);
	return slots;
}

static int module_send(struct bench_pair *p, const struct ntlm_bench_run *run,
		       const struct ntlm_seg *seg, u8 *signature, u32 seq)
{
	if (run->datagram)
		return run->op == NTLM_BENCH_SEAL ?
		       ntlm_seal_datagram(p->from, seq, seg, 1, signature) :
		       ntlm_sign_datagram(p->from, seq, seg, 1, signature);
	return run->op == NTLM_BENCH_SEAL ?
	       ntlm_seal(p->from, seg, 1, signature) :
	       ntlm_sign(p->from, seg, 1, signature);
}

static int module_receive(struct bench_pair *p,
			  const struct ntlm_bench_run *run,
			  const struct ntlm_seg *seg, u8 *signature, u32 seq)
{
	if (run->datagram)
		return run->op == NTLM_BENCH_SEAL ?
		       ntlm_unseal_datagram(p->to, seq, seg, 1, signature) :
		       ntlm_verify_datagram(p->to, seq, seg, 1, signature);
	return run->op == NTLM_BENCH_SEAL ?
	       ntlm_unseal(p->to, seg, 1, signature) :
	       ntlm_verify(p->to, seg, 1, signature);
}

static int plain_send(struct bench_pair *p, const struct ntlm_bench_run *run,
		      const struct ntlm_seg *seg, u8 *signature, u32 seq)
{
	int err = 0;

	if (run->datagram)
		err = bench_plain_datagram(&p->plain_from, seq);
	return err ?: bench_plain_send(&p->plain_from, seg, signature);
}

static int plain_receive(struct bench_pair *p, const struct ntlm_bench_run *run,
			 const struct ntlm_seg *seg, u8 *signature, u32 seq)
{
	int err = 0;

	if (run->datagram)
		err = bench_plain_datagram(&p->plain_to, seq);
	return err ?: bench_plain_receive(&p->plain_to, seg, signature);
}

typedef int (*bench_fn)(struct bench_pair *p, const struct ntlm_bench_run *run,
			const struct ntlm_seg *seg, u8 *signature, u32 seq);

static const struct {
	bench_fn	send;
	bench_fn	receive;
} subjects[] = {
	[NTLM_BENCH_MODULE]	= { module_send, module_receive },
	[NTLM_BENCH_LIBRARY]	= { module_send, module_receive },
	[NTLM_BENCH_PLAIN]	= { plain_send, plain_receive },
};

static bool bench_run_valid(const struct ntlm_bench_run *run)
{
	return run->subject < ARRAY_SIZE(subjects) &&
	       run->op <= NTLM_BENCH_SEAL && run->shape <= NTLM_BENCH_PAGES &&
	       run->size >= MIN_SIZE && run->size <= NTLM_BENCH_MAX_SIZE &&
	       is_power_of_2(run->size) && run->datagram <= 1 && !run->pad;
}

/* The whole batch before the peer gets any of it, so that the clock is read seldom. */
static int bench_batch(struct bench_pair *p, struct bench_buffers *b,
		       struct ntlm_bench_run *run, u32 slots)
{
	bench_fn receive = subjects[run->subject].receive;
	bench_fn send = subjects[run->subject].send;
	u64 start, middle;
	int err = 0;
	u32 i;

	start = bench_clock();
	for (i = 0; i < slots && !err; i++)
		err = send(p, run, &b->send[i], b->signature[i], p->seq + i);
	middle = bench_clock();
	for (i = 0; i < slots && !err; i++)
		err = receive(p, run, &b->receive[i], b->signature[i],
			      p->seq + i);
	run->recv_ns += bench_clock() - middle;
	run->send_ns += middle - start;
	run->messages += slots;
	p->seq += slots;
	return err;
}

/*
 * Only where there is KUnit can anybody see how messages are sealed, and only in
 * User Mode Linux can it be changed later.  A benchmark has the machine for itself.
 */
static int bench_two_passes(bool wanted)
{
#if defined(NTLM_KUNIT) && IS_ENABLED(CONFIG_UML)
	static const struct ntlm_sealer *chosen;

	if (!chosen)
		chosen = ntlm_sealer;
	ntlm_sealer = wanted ? &ntlm_sealer_library : chosen;
	return 0;
#else
	return wanted ? -EOPNOTSUPP : 0;
#endif
}

int bench_run(struct bench_file *f, struct ntlm_bench_run *run)
{
	struct bench_pair *p = run->datagram ? &f->connectionless :
			       &f->connection;
	struct bench_buffers *b;
	u32 slots;
	int err;

	if (!bench_run_valid(run))
		return -EINVAL;
	if (!p->from)
		return -ENOTCONN;
	err = bench_buffers_need(f);
	if (err)
		return err;
	b = f->buffers;
	slots = bench_layout(b, run->op, run->shape, run->size);
	run->messages = 0;
	run->send_ns = 0;
	run->recv_ns = 0;
	err = bench_two_passes(run->subject == NTLM_BENCH_LIBRARY);
	if (err)
		return err;
	do {
		err = fatal_signal_pending(current) ? -EINTR :
		      bench_batch(p, b, run, slots);
		cond_resched();
	} while (!err && run->send_ns < run->min_ns);
	bench_two_passes(false);
	if (!err && run->op == NTLM_BENCH_SEAL &&
	    memcmp(b->plain, b->back, run->size))
		err = -EBADMSG;
	return err;
}

int bench_touch(struct bench_file *f, struct ntlm_bench_touch *touch)
{
	struct bench_buffers *b;
	u32 i, at = 0, slots;
	u64 start;
	int err;

	if (!touch->count || touch->count > f->nlive || touch->pad ||
	    touch->size < MIN_SIZE || touch->size > NTLM_BENCH_MAX_SIZE ||
	    !is_power_of_2(touch->size))
		return -EINVAL;
	err = bench_buffers_need(f);
	if (err)
		return err;
	b = f->buffers;
	slots = bench_layout(b, NTLM_BENCH_SEAL, NTLM_BENCH_LINEAR,
			     touch->size);
	start = bench_clock();
	for (i = 0; i < touch->messages && !err; i++) {
		err = ntlm_seal(f->live[at], &b->send[i & (slots - 1)], 1,
				b->signature[0]);
		at = at + 1 == touch->count ? 0 : at + 1;
	}
	touch->ns = bench_clock() - start;
	return err;
}
