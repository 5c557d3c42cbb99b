// SPDX-License-Identifier: GPL-2.0-only
/*
 * Contexts, established through whoever is registered as the helper.
 */
#include <linux/err.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <linux/uidgid.h>
#include <linux/vmalloc.h>
#include "bench.h"

#define MAX_LIVE	1000000

struct ntlm_ctx *bench_create(enum ntlm_role role, enum ntlm_mode mode)
{
	const struct ntlm_ctx_params params = {
		.net		= current->nsproxy->net_ns,
		.uid		= GLOBAL_ROOT_UID,
		.role		= role,
		.mode		= mode,
		.target		= "cifs/server",
		.required	= NTLM_OPT_INTEGRITY | NTLM_OPT_CONFIDENTIALITY,
		.timeout_ms	= 60000,
	};

	return ntlm_ctx_create(&params);
}

/* One step; the token is dropped, for the helper of a benchmark reads none. */
static int bench_step(struct ntlm_ctx *ctx, const char *token)
{
	struct ntlm_token out = {};
	int err;

	err = ntlm_ctx_exchange(ctx, token, token ? strlen(token) : 0, &out);
	ntlm_token_free(&out);
	return err;
}

static struct ntlm_ctx *bench_establish(enum ntlm_role role,
					enum ntlm_mode mode)
{
	struct ntlm_ctx *ctx = bench_create(role, mode);
	const char *first = NULL, *second = "CHALLENGE";
	int err;

	if (IS_ERR(ctx))
		return ctx;
	if (role == NTLM_ROLE_ACCEPTOR) {
		first = mode == NTLM_MODE_CONNECTION ? "NEGOTIATE" : NULL;
		second = "AUTHENTICATE";
	}
	err = bench_step(ctx, first);
	if (err == -EINPROGRESS)
		err = bench_step(ctx, second);
	if (!err)
		return ctx;
	ntlm_ctx_put(ctx);
	return ERR_PTR(err);
}

void bench_pair_exit(struct bench_pair *pair)
{
	ntlm_ctx_put(pair->from);
	ntlm_ctx_put(pair->to);
	bench_plain_exit(&pair->plain_from);
	bench_plain_exit(&pair->plain_to);
	memset(pair, 0, sizeof(*pair));
}

static int bench_pair_init(struct bench_pair *pair, enum ntlm_mode mode)
{
	struct ntlm_ctx *ctx;

	bench_pair_exit(pair);
	ctx = bench_establish(NTLM_ROLE_INITIATOR, mode);
	if (IS_ERR(ctx))
		return PTR_ERR(ctx);
	pair->from = ctx;
	ctx = bench_establish(NTLM_ROLE_ACCEPTOR, mode);
	if (IS_ERR(ctx))
		return PTR_ERR(ctx);
	pair->to = ctx;
	return bench_plain_init(&pair->plain_from) ?:
	       bench_plain_init(&pair->plain_to);
}

int bench_pairs(struct bench_file *f)
{
	return bench_pair_init(&f->connection, NTLM_MODE_CONNECTION) ?:
	       bench_pair_init(&f->connectionless, NTLM_MODE_CONNECTIONLESS);
}

/* A caller that is interrupted calls again: what is there stays. */
int bench_grow(struct bench_file *f, u32 count)
{
	struct ntlm_ctx *ctx;

	if (count > MAX_LIVE)
		return -EINVAL;
	if (!f->live)
		f->live = vzalloc(MAX_LIVE * sizeof(*f->live));
	if (!f->live)
		return -ENOMEM;
	while (f->nlive < count) {
		if (signal_pending(current))
			return -EINTR;
		ctx = bench_establish(NTLM_ROLE_INITIATOR,
				      NTLM_MODE_CONNECTION);
		if (IS_ERR(ctx))
			return PTR_ERR(ctx);
		f->live[f->nlive++] = ctx;
		cond_resched();
	}
	return 0;
}

void bench_shrink(struct bench_file *f)
{
	while (f->nlive) {
		ntlm_ctx_put(f->live[--f->nlive]);
		cond_resched();
	}
	vfree(f->live);
	f->live = NULL;
}

int bench_churn(struct ntlm_bench_churn *churn)
{
	struct ntlm_ctx **made;
	u32 i, n = 0;
	int err = 0;
	u64 start;

	if (!churn->count || churn->count > MAX_LIVE || churn->pad)
		return -EINVAL;
	made = vzalloc(churn->count * sizeof(*made));
	if (!made)
		return -ENOMEM;

	start = bench_clock();
	while (n < churn->count) {
		made[n] = bench_create(NTLM_ROLE_INITIATOR,
				       NTLM_MODE_CONNECTION);
		if (IS_ERR(made[n])) {
			err = PTR_ERR(made[n]);
			break;
		}
		n++;
	}
	churn->create_ns = bench_clock() - start;

	start = bench_clock();
	for (i = 0; i < n; i++)
		ntlm_ctx_put(made[i]);
	churn->destroy_ns = bench_clock() - start;
	vfree(made);
	return err;
}
