// SPDX-License-Identifier: GPL-2.0-only
/*
 * The steps of the authentication exchange of a context.
 */
#include <linux/export.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include "core.h"
#include "point.h"
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

/* Who waits for a token of the peer before the first own one? */
static bool ntlm_ctx_peer_begins(const struct ntlm_ctx *ctx)
{
	return ctx->role == NTLM_ROLE_ACCEPTOR &&
	       ctx->mode == NTLM_MODE_CONNECTION;
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
		if (has_token != ntlm_ctx_peer_begins(ctx))
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
	if (!err)
		trace_ntlm_ctx_state(ctx->id, NTLM_STATE_PENDING, ctx->flags, 0);
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

static int ntlm_ctx_take_keys(struct ntlm_ctx *ctx,
			      const struct ntlm_answer *answer)
{
	struct ntlm_session_params params = {
		.id	= ctx->id,
		.role	= ctx->role,
		.mode	= ctx->mode,
		.flags	= answer->flags,
		.nobody	= (answer->flags & NTLM_NEGOTIATE_ANONYMOUS) ||
			  (answer->identity & NTLM_IDENTITY_GUEST),
		.replay	= (ctx->required | ctx->wished) &
			  (NTLM_OPT_REPLAY_DETECT | NTLM_OPT_SEQUENCE_DETECT),
	};
	int err;

	err = ntlm_session_init(&ctx->session, &params, answer->key);
	if (err)
		return err;
	ctx->keyed = true;
	ctx->flags = answer->flags;
	ctx->granted = answer->granted;
	ctx->identity = answer->identity;
	ctx->credential = answer->credential;
	ctx->has_key = answer->has_key && !params.nobody;
	if (ctx->has_key)
		memcpy(ctx->key, answer->key, sizeof(ctx->key));
	trace_ntlm_ctx_keys(ctx->id, ctx->flags, ctx->granted, ctx->has_key);
	return 0;
}

static void ntlm_ctx_drop_keys(struct ntlm_ctx *ctx)
{
	ntlm_session_wipe(&ctx->session);
	memzero_explicit(ctx->key, sizeof(ctx->key));
	ctx->has_key = false;
}

/* What the helper wants the client of a server to be told */
static void ntlm_ctx_set_ntstatus(struct ntlm_ctx *ctx, u32 ntstatus)
{
	spin_lock(&ctx->nn->lock);
	ctx->ntstatus = ntstatus;
	spin_unlock(&ctx->nn->lock);
}

/* [MS-NLMP] section 1.3.1.2: what is sent first is no token. */
static int ntlm_ctx_begin_datagram(struct ntlm_ctx *ctx)
{
	struct ntlm_net *nn = ctx->nn;
	int err = -EINPROGRESS;

	spin_lock(&nn->lock);
	if (!nn->net)
		err = -ESHUTDOWN;
	else if (ctx->cancelled)
		err = -ECANCELED;
	else
		ctx->leg++;
	spin_unlock(&nn->lock);
	return err;
}

static int ntlm_ctx_step(struct ntlm_ctx *ctx, const void *in, size_t in_len,
			 struct ntlm_token *out)
{
	struct ntlm_request req = { .ctx = ctx };
	struct ntlm_answer *answer = &req.answer;
	int err;

	if (!in && ctx->mode == NTLM_MODE_CONNECTIONLESS &&
	    ctx->role == NTLM_ROLE_INITIATOR)
		return ntlm_ctx_begin_datagram(ctx);
	if (in) {
		if (in_len > NTLM_MAX_TOKEN)
			return -EMSGSIZE;
		err = ntlm_ctx_keep_token(ctx, in, in_len);
		if (err)
			return err;
	}

	err = ntlm_request_run(ctx, &req);
	if (ctx->role == NTLM_ROLE_ACCEPTOR)
		ntlm_ctx_set_ntstatus(ctx, err ? answer->ntstatus : 0);
	if (err)
		goto out;

	ntlm_ctx_set_names(ctx, answer);
	if (answer->has_flags)
		err = ntlm_ctx_take_keys(ctx, answer);
	if (!err)
		err = ntlm_ctx_mech_mics(ctx, answer);
	if (!err && !answer->established) {
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
	ntlm_point(NTLM_POINT_WIPED, &req);
	return err;
}

/**
 * ntlm_ctx_exchange - one step of the authentication exchange
 * @ctx: context
 * @in: token from the peer; NULL in the first step, but for an acceptor with a
 *	connection
 * @in_len: bytes at @in, at most NTLM_MAX_TOKEN
 * @out: set to the token for the peer, to be freed with ntlm_token_free();
 *	its data is NULL if there is none: in the first step of a connectionless
 *	initiator, whose peer begins, and in the last one of an acceptor, or of
 *	an initiator with SPNEGO
 *
 * Sleeps until the helper has answered, killably, for at most the timeout of
 * the context; survives suspend.  One step runs at a time.  On 0 and on
 * -EINPROGRESS the token, if there is one, has to be sent to the peer.
 * [MS-NLMP] sections 3.1.5 and 3.2.5, [MS-SPNG] section 3.
 *
 * Context: process, may sleep; memory is taken as under memalloc_noio_save().
 * The caller must hold no lock that the helper may need.
 *
 * Return:
 * * 0 - the context is established
 * * -EINPROGRESS - send the token and come back with the peer's answer
 * * -EBUSY - another step is running; nothing changed
 * * -EISCONN - the context is established already; nothing changed
 * * -EINVAL - no token where one is due, or one where there is none, see @in;
 *   nothing changed
 *
 * Every other error is final, all later calls return it too:
 *
 * * -EMSGSIZE - the peer's token is too large, then the helper was not asked; or
 *   what the helper would have to send is
 * * -ENOKEY - no helper, or it has no credentials for this user and target
 * * -EKEYREJECTED - the server refused these credentials before; of an
 *   acceptor, the client's password is wrong or its name unknown
 * * -EACCES - the helper's policy forbids it, or the peer rejected it
 * * -EBADMSG - the peer's signature over the mechanisms of SPNEGO is wrong
 * * -EOPNOTSUPP - a required option or key strength was not granted
 * * -EPROTO - the peer's token is malformed, or the helper's answer is
 * * -ETIMEDOUT - no answer in time
 * * -EINTR - a fatal signal
 * * -ECANCELED - ntlm_ctx_cancel()
 * * -EDQUOT - too many requests of this uid in this role
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
		if (err)
			ntlm_ctx_drop_keys(ctx);
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
	trace_ntlm_ctx_cancel(ctx->id);
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
 * that reconnects in a loop locks no account.  The first report counts.  An
 * acceptor decides itself and has nothing to report.
 *
 * Context: process, may sleep.
 */
void ntlm_ctx_report(struct ntlm_ctx *ctx, u32 ntstatus)
{
	struct ntlm_net *nn = ctx->nn;
	bool first;

	might_sleep();
	spin_lock(&nn->lock);
	first = ctx->verdict == NTLM_VERDICT_NONE &&
		ctx->role == NTLM_ROLE_INITIATOR;
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
