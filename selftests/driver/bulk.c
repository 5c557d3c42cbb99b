// SPDX-License-Identifier: GPL-2.0-only
/*
 * Many contexts at once, and the two directions of one on two processors.
 */
#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/nsproxy.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "driver.h"

/**
 * struct test_crowd - contexts that live until the file is closed
 * @next: those that were made before
 * @n: how many of @ctx are there
 * @ctx: the contexts
 */
struct test_crowd {
	struct test_crowd	*next;
	unsigned int		n;
	struct ntlm_ctx		*ctx[];
};

/**
 * test_crowd_free() - free a crowd
 * @crowd: the crowd, or NULL
 */
void test_crowd_free(struct test_crowd *crowd)
{
	struct test_crowd *next;

	for (; crowd; crowd = next) {
		next = crowd->next;
		while (crowd->n) {
			ntlm_ctx_put(crowd->ctx[--crowd->n]);
			cond_resched();
		}
		kvfree(crowd);
	}
}

/* From the first step to the last one */
static int crowd_exchange(struct ntlm_ctx *ctx)
{
	struct ntlm_token out;
	int err;

	err = ntlm_ctx_exchange(ctx, NULL, 0, &out);
	ntlm_token_free(&out);
	if (err != -EINPROGRESS)
		return err ?: -EPROTO;
	err = ntlm_ctx_exchange(ctx, "CHALLENGE", 9, &out);
	ntlm_token_free(&out);
	return err;
}

static struct ntlm_ctx *crowd_context(const struct ntlm_test_crowd *order)
{
	struct ntlm_ctx_params params = {
		.net		= current->nsproxy->net_ns,
		.uid		= make_kuid(current_user_ns(), order->uid),
		.mode		= order->mode,
		.target		= "cifs/crowd",
		.timeout_ms	= 60000,
	};
	struct ntlm_ctx *ctx;
	int err = 0;

	ctx = ntlm_ctx_create(&params);
	if (IS_ERR(ctx))
		return ctx;
	if (order->exchange)
		err = crowd_exchange(ctx);
	if (!err)
		return ctx;
	ntlm_ctx_put(ctx);
	return ERR_PTR(err);
}

/**
 * test_crowd_run() - create contexts
 * @crowd: where those that are kept go
 * @order: what user space ordered; the results are filled in
 *
 * Return: 0; -EINVAL: an impossible order; -EINTR: killed; -ENOMEM.
 */
int test_crowd_run(struct test_crowd **crowd, struct ntlm_test_crowd *order)
{
	struct test_crowd *part = NULL;
	ktime_t start = ktime_get();
	struct ntlm_ctx *ctx;

	if (order->exchange > 1 || order->keep > 1 ||
	    order->count > NTLM_TEST_MAX_CROWD)
		return -EINVAL;
	if (order->keep) {
		part = kvzalloc(struct_size(part, ctx, order->count),
				GFP_KERNEL);
		if (!part)
			return -ENOMEM;
		part->next = *crowd;
		*crowd = part;
	}
	order->result = 0;
	for (order->done = 0; order->done < order->count; order->done++) {
		if (fatal_signal_pending(current))
			return -EINTR;
		ctx = crowd_context(order);
		if (IS_ERR(ctx)) {
			order->result = PTR_ERR(ctx);
			break;
		}
		if (part)
			part->ctx[part->n++] = ctx;
		else
			ntlm_ctx_put(ctx);
		cond_resched();
	}
	order->ns = ktime_to_ns(ktime_sub(ktime_get(), start));
	return 0;
}

/**
 * struct duo_side - one of two tasks that use contexts at the same time
 * @ctx: its context
 * @unseal: it receives
 * @len: bytes of a message
 * @count: messages
 * @messages: for a receiver, each the signature and the bytes
 * @from: what a sender seals
 * @to: where the result goes
 * @ready: how many of the two tasks run
 * @start: when its first message began
 * @end: when its last one had ended
 * @err: first error
 * @done: it is through
 * @task: who does it
 */
struct duo_side {
	struct ntlm_ctx		*ctx;
	bool			unseal;
	size_t			len;
	unsigned int		count;
	const u8		*messages;
	u8			*from;
	u8			*to;
	atomic_t		*ready;
	ktime_t			start;
	ktime_t			end;
	int			err;
	struct completion	done;
	struct task_struct	*task;
};

static int duo_seal(struct ntlm_ctx *ctx, u8 *from, u8 *to, size_t len, u8 *sig)
{
	struct ntlm_seg seg = {
		.src.data = from, .dst.data = to, .len = len,
		.flags = NTLM_SEG_SEAL,
	};

	return ntlm_seal(ctx, &seg, 1, sig);
}

static int duo_unseal(struct duo_side *s, const u8 *message)
{
	struct ntlm_seg seg = {
		.src.data = (u8 *)message + NTLM_SIGNATURE_SIZE,
		.dst.data = s->to, .len = s->len, .flags = NTLM_SEG_SEAL,
	};

	return ntlm_unseal(s->ctx, &seg, 1, message);
}

static int duo_run(void *arg)
{
	struct duo_side *s = arg;
	u8 sig[NTLM_SIGNATURE_SIZE];
	unsigned int i;

	/* Each has a processor for itself. */
	atomic_inc(s->ready);
	while (atomic_read(s->ready) < 2)
		cond_resched();
	s->start = ktime_get();
	for (i = 0; i < s->count && !s->err; i++) {
		s->err = s->unseal ?
			 duo_unseal(s, s->messages +
				    i * (s->len + NTLM_SIGNATURE_SIZE)) :
			 duo_seal(s->ctx, s->from, s->to, s->len, sig);
		cond_resched();
	}
	s->end = ktime_get();
	complete(&s->done);
	return 0;
}

/* What the receiver will receive */
static u8 *duo_messages(struct ntlm_ctx *peer, u8 *from, size_t len,
			unsigned int count)
{
	size_t step = len + NTLM_SIGNATURE_SIZE;
	unsigned int i;
	u8 *messages;
	int err;

	messages = kvmalloc_array(count, step, GFP_KERNEL);
	if (!messages)
		return ERR_PTR(-ENOMEM);
	for (i = 0; i < count; i++) {
		err = duo_seal(peer, from,
			       messages + i * step + NTLM_SIGNATURE_SIZE, len,
			       messages + i * step);
		if (err) {
			kvfree(messages);
			return ERR_PTR(err);
		}
		cond_resched();
	}
	return messages;
}

static int duo_start(struct duo_side *s, unsigned int cpu)
{
	init_completion(&s->done);
	s->task = kthread_create(duo_run, s, "ntlm_duo/%u", cpu);
	if (IS_ERR(s->task))
		return PTR_ERR(s->task);
	get_task_struct(s->task);
	kthread_bind(s->task, cpu);
	return 0;
}

static void duo_stop(struct duo_side *s)
{
	kthread_stop(s->task);
	put_task_struct(s->task);
}

static int duo_both(struct duo_side side[2], struct ntlm_test_duo *order)
{
	ktime_t start, end;
	int err;

	err = duo_start(&side[0], order->cpu[0]);
	if (err)
		return err;
	err = duo_start(&side[1], order->cpu[1]);
	if (err) {
		duo_stop(&side[0]);
		return err;
	}
	wake_up_process(side[0].task);
	wake_up_process(side[1].task);
	wait_for_completion(&side[0].done);
	wait_for_completion(&side[1].done);
	duo_stop(&side[0]);
	duo_stop(&side[1]);
	start = min(side[0].start, side[1].start);
	end = max(side[0].end, side[1].end);
	order->ns = ktime_to_ns(ktime_sub(end, start));
	order->result = side[0].err ?: side[1].err;
	return 0;
}

static int duo_memory(struct duo_side *s, size_t len)
{
	s->from = kvzalloc(len, GFP_KERNEL);
	s->to = kvmalloc(len, GFP_KERNEL);
	return s->from && s->to ? 0 : -ENOMEM;
}

static bool duo_possible(const struct ntlm_test_duo *order)
{
	size_t step = (size_t)order->len + NTLM_SIGNATURE_SIZE;

	return order->len && order->count &&
	       order->len <= NTLM_TEST_MAX_BYTES &&
	       order->count <= NTLM_TEST_MAX_BYTES / step &&
	       order->cpu[0] != order->cpu[1] &&
	       order->cpu[0] < nr_cpu_ids && cpu_online(order->cpu[0]) &&
	       order->cpu[1] < nr_cpu_ids && cpu_online(order->cpu[1]);
}

/**
 * test_duo() - seal on one processor while another one does the same or unseals
 * @seals: context that sends
 * @other: context of the other processor
 * @peer: who sends to @other; NULL: @other sends itself
 * @order: what user space ordered; the results are filled in
 *
 * Return: 0; -EINVAL: an impossible order; -ENOMEM; what sealing the messages
 * for the receiver returned.
 */
int test_duo(struct ntlm_ctx *seals, struct ntlm_ctx *other,
	     struct ntlm_ctx *peer, struct ntlm_test_duo *order)
{
	atomic_t ready = ATOMIC_INIT(0);
	struct duo_side *side;
	u8 *messages = NULL;
	unsigned int i;
	int err;

	if (!duo_possible(order))
		return -EINVAL;
	side = kcalloc(2, sizeof(*side), GFP_KERNEL);
	if (!side)
		return -ENOMEM;
	for (i = 0; i < 2; i++) {
		side[i].len = order->len;
		side[i].count = order->count;
		side[i].ready = &ready;
		err = duo_memory(&side[i], order->len);
		if (err)
			goto out;
	}
	side[0].ctx = seals;
	side[1].ctx = other;
	if (peer) {
		messages = duo_messages(peer, side[1].from, order->len,
					order->count);
		if (IS_ERR(messages)) {
			err = PTR_ERR(messages);
			messages = NULL;
			goto out;
		}
		side[1].unseal = true;
		side[1].messages = messages;
	}
	err = duo_both(side, order);
out:
	for (i = 0; i < 2; i++) {
		kvfree(side[i].from);
		kvfree(side[i].to);
	}
	kvfree(messages);
	kfree(side);
	return err;
}
