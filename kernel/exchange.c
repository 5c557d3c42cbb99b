// SPDX-License-Identifier: GPL-2.0-only
/*
 * The steps of the authentication exchange of a context.
 */
#include <linux/export.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include "core.h"
#include "trace.h"

static int ntlm_ctx_keep_token(struct ntlm_ctx *ctx, const void *data,
			       size_t len)
{
	struct ntlm_token *token;
	size_t total = len;
	unsigned int i;
	int err = 0;

	mutex_lock(&ctx->token_lock);
	for (i = 0; i < ctx->ntokens; i++)
		total += ctx->tokens[i].len;
	if (total > NTLM_MAX_TOKENS || ctx->ntokens == NTLM_KEPT_TOKENS) {
		err = -EMSGSIZE;
		goto out;
	}
	token = &ctx->tokens[ctx->ntokens];
	token->data = kmemdup(data, len, GFP_KERNEL);
	if (!token->data) {
		err = -ENOMEM;
		goto out;
	}
	token->len = len;
	ctx->ntokens++;
out:
	mutex_unlock(&ctx->token_lock);
	return err;
}

/* Claims the context for one step; the claim ends in ntlm_ctx_settle(). */
static int ntlm_ctx_begin(struct ntlm_ctx *ctx, bool has_token)
{
	struct ntlm_net *nn = ctx->nn;
	int err = 0;

	spin_lock(&nn->lock);
	switch (ctx->state) {
	case NTLM_STATE_PENDING:
		err = -EBUSY;
		break;
	case NTLM_STATE_ESTABLISHED:
		err = -EISCONN;
		break;
	case NTLM_STATE_FAILED:
		err = ctx->error;
		break;
	case NTLM_STATE_CREATED:
		if (has_token)
			err = -EINVAL;
		break;
	case NTLM_STATE_CONTINUE:
		if (!has_token)
			err = -EINVAL;
		break;
	}
	if (!err)
		ctx->state = NTLM_STATE_PENDING;
	spin_unlock(&nn->lock);
	return err;
}

static void ntlm_ctx_settle(struct ntlm_ctx *ctx, enum ntlm_state state,
			    int error)
{
	struct ntlm_net *nn = ctx->nn;

	spin_lock(&nn->lock);
	ctx->error = error;
	/* Pairs with ntlm_ctx_established(): the keys are in place before. */
	smp_store_release(&ctx->state, state);
	if (state == NTLM_STATE_ESTABLISHED)
		nn->stats.established++;
	spin_unlock(&nn->lock);

	trace_ntlm_ctx_state(ctx->id, state, ctx->flags, error);
	if (state == NTLM_STATE_ESTABLISHED)
		ntlm_event_send(ctx, NTLM_EVENT_ESTABLISHED);
	else if (state == NTLM_STATE_FAILED)
		ntlm_event_send(ctx, NTLM_EVENT_FAILED);
}

static int ntlm_ctx_establish(struct ntlm_ctx *ctx, struct ntlm_answer *answer)
{
	int err;

	err = ntlm_session_init(&ctx->session, ctx->id, ctx->role,
				answer->flags, answer->key);
	if (err)
		return err;
	ctx->flags = answer->flags;
	ctx->has_key = answer->has_key &&
		       !(answer->flags & NTLM_NEGOTIATE_ANONYMOUS);
	if (ctx->has_key)
		memcpy(ctx->key, answer->key, sizeof(ctx->key));
	return 0;
}

/* A name is set once: a dump may be reading it without a lock. */
static void ntlm_ctx_set_name(char **name, char **from)
{
	/* Pairs with ntlm_ctx_name(): its bytes are in place before. */
	smp_store_release(name, *from);
	*from = NULL;
}

static int ntlm_ctx_step(struct ntlm_ctx *ctx, const void *in, size_t in_len,
			 struct ntlm_token *out)
{
	struct ntlm_request req = { .ctx = ctx };
	struct ntlm_answer *answer = &req.answer;
	int err;

	if (in) {
		if (in_len > NTLM_MAX_TOKEN)
			return -EMSGSIZE;
		err = ntlm_ctx_keep_token(ctx, in, in_len);
		if (err)
			return err;
	}

	err = ntlm_request_run(ctx, &req);
	if (err)
		goto out;

	if (answer->user && !ctx->user)
		ntlm_ctx_set_name(&ctx->user, &answer->user);
	if (answer->domain && !ctx->domain)
		ntlm_ctx_set_name(&ctx->domain, &answer->domain);
	ctx->credential = answer->credential;

	if (answer->established) {
		err = ntlm_ctx_establish(ctx, answer);
	} else {
		err = ntlm_ctx_keep_token(ctx, answer->token.data,
					  answer->token.len);
		if (!err)
			err = -EINPROGRESS;
	}
	if (err && err != -EINPROGRESS)
		goto out;
	ctx->leg++;
	*out = answer->token;
	answer->token.data = NULL;
out:
	ntlm_answer_wipe(answer);
	return err;
}

/**
 * ntlm_ctx_exchange - one step of the authentication exchange
 * @ctx: context
 * @in: token from the peer, NULL in the first step of an initiator
 * @in_len: bytes at @in, at most NTLM_MAX_TOKEN
 * @out: set to the token for the peer, to be freed with ntlm_token_free();
 *	its data is NULL if there is none
 *
 * Sleeps until the helper has answered, killably, for at most the timeout of
 * the context; survives suspend.  One step runs at a time.  On 0 and on
 * -EINPROGRESS the token, if there is one, has to be sent to the peer.
 * [MS-NLMP] section 3.1.5.1.
 *
 * Context: process, may sleep; memory is taken as under memalloc_noio_save().
 * The caller must hold no lock that the helper may need.
 *
 * Return:
 * * 0 - the context is established
 * * -EINPROGRESS - send the token and come back with the peer's answer
 * * -EBUSY - another step is running; nothing changed
 * * -EISCONN - the context is established already; nothing changed
 * * -EINVAL - a token in the first step or none in a later one; nothing
 *   changed
 *
 * Every other error is final, all later calls return it too:
 *
 * * -EMSGSIZE - the peer's token is too large, then the helper was not asked; or
 *   what the helper would have to send is
 * * -ENOKEY - no helper, or it has no credentials for this user and target
 * * -EKEYREJECTED - the server refused these credentials before
 * * -EACCES - the helper's policy forbids it
 * * -EOPNOTSUPP - a required option or key strength was not granted
 * * -EPROTO - the peer's token is malformed, or the helper's answer is
 * * -ETIMEDOUT - no answer in time
 * * -EINTR - a fatal signal
 * * -ECANCELED - ntlm_ctx_cancel()
 * * -EDQUOT - too many requests of this uid
 * * -EUSERS - too many requests in the network namespace
 * * -EIO - helper after helper went away with this request, or it had an error
 *   of its own
 * * -ESHUTDOWN - the network namespace is going away
 * * -ENOMEM - out of memory
 * * other errors as the helper gave them
 */
int ntlm_ctx_exchange(struct ntlm_ctx *ctx, const void *in, size_t in_len,
		      struct ntlm_token *out)
{
	unsigned int noio;
	int err;

	might_sleep();
	out->data = NULL;
	out->len = 0;
	if (!in_len)
		in = NULL;

	err = ntlm_ctx_begin(ctx, in);
	if (err)
		return err;

	noio = memalloc_noio_save();
	err = ntlm_ctx_step(ctx, in, in_len, out);
	if (err == -EINPROGRESS) {
		ntlm_ctx_settle(ctx, NTLM_STATE_CONTINUE, 0);
	} else {
		ntlm_ctx_drop_tokens(ctx);
		ntlm_ctx_settle(ctx, err ? NTLM_STATE_FAILED :
				NTLM_STATE_ESTABLISHED, err);
	}
	memalloc_noio_restore(noio);
	return err;
}
EXPORT_SYMBOL_GPL(ntlm_ctx_exchange);

/**
 * ntlm_ctx_cancel - end an exchange that is running or was to come
 * @ctx: context
 *
 * A step that sleeps returns -ECANCELED, and so does every later one.  An
 * established context is not changed.
 *
 * Context: process; does not sleep.
 */
void ntlm_ctx_cancel(struct ntlm_ctx *ctx)
{
	struct ntlm_net *nn = ctx->nn;

	spin_lock(&nn->lock);
	ctx->cancelled = true;
	if (ctx->request && ntlm_request_complete(ctx->request, -ECANCELED))
		nn->stats.cancelled++;
	spin_unlock(&nn->lock);
}
EXPORT_SYMBOL_GPL(ntlm_ctx_cancel);

/**
 * ntlm_ctx_report - tell what the server said of the logon
 * @ctx: context
 * @ntstatus: 0 if the server accepted it, else the status of the refusal
 *
 * NTLM itself never says.  The helper remembers refusals, so that a client
 * that reconnects in a loop locks no account.  The first report counts.
 *
 * Context: process, may sleep.
 */
void ntlm_ctx_report(struct ntlm_ctx *ctx, u32 ntstatus)
{
	struct ntlm_net *nn = ctx->nn;
	bool first;

	might_sleep();
	spin_lock(&nn->lock);
	first = ctx->verdict == NTLM_VERDICT_NONE;
	if (first) {
		ctx->verdict = ntstatus ? NTLM_VERDICT_REFUSED :
					  NTLM_VERDICT_ACCEPTED;
		ctx->ntstatus = ntstatus;
	}
	spin_unlock(&nn->lock);
	if (!first)
		return;

	trace_ntlm_ctx_report(ctx->id, ntstatus);
	ntlm_event_send(ctx, ntstatus ? NTLM_EVENT_REFUSED :
					NTLM_EVENT_ACCEPTED);
}
EXPORT_SYMBOL_GPL(ntlm_ctx_report);
