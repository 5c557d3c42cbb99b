// SPDX-License-Identifier: GPL-2.0-only
/*
 * Security contexts: their life and what is known of them.
 */
#include <linux/export.h>
#include <linux/fips.h>
#include <linux/module.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <net/net_namespace.h>
#include "core.h"
#include "trace.h"

#define NTLM_DEFAULT_TIMEOUT_MS	10000
#define NTLM_MAX_TIMEOUT_MS	(24 * 60 * 60 * 1000)

static struct kmem_cache *ntlm_ctx_cache;

int ntlm_ctx_cache_create(void)
{
	ntlm_ctx_cache = kmem_cache_create("ntlm_ctx", sizeof(struct ntlm_ctx),
					   __alignof__(struct ntlm_ctx),
					   NTLM_SLAB_FLAGS, NULL);
	return ntlm_ctx_cache ? 0 : -ENOMEM;
}

void ntlm_ctx_cache_destroy(void)
{
	kmem_cache_destroy(ntlm_ctx_cache);
}

/**
 * ntlm_name_valid - may this be a user, a domain or a target
 * @name: NUL-terminated UTF-8
 *
 * Names appear in logs and in traces, so they hold no control characters.
 *
 * Return: true if @name has at most NTLM_MAX_NAME bytes, none of which is a
 * control character.
 */
bool ntlm_name_valid(const char *name)
{
	size_t i;

	for (i = 0; name[i]; i++) {
		if (i == NTLM_MAX_NAME)
			return false;
		if ((u8)name[i] < 0x20 || name[i] == 0x7f)
			return false;
	}
	return true;
}

/**
 * ntlm_token_free - free a token
 * @token: a token from ntlm_ctx_exchange(), or one with @data NULL
 *
 * The bytes are wiped: a response can be attacked offline.
 *
 * Context: process, may sleep.
 */
void ntlm_token_free(struct ntlm_token *token)
{
	kfree_sensitive(token->data);
	token->data = NULL;
	token->len = 0;
}
EXPORT_SYMBOL_GPL(ntlm_token_free);

static bool ntlm_params_valid(const struct ntlm_ctx_params *params)
{
	if (!params->net || !uid_valid(params->uid))
		return false;
	if (params->timeout_ms > NTLM_MAX_TIMEOUT_MS)
		return false;
	if ((params->required | params->wished) & ~NTLM_OPTIONS)
		return false;
	if ((params->required & NTLM_OPT_CHANNEL_BINDINGS) &&
	    !params->channel_bindings)
		return false;
	if (params->role != NTLM_ROLE_INITIATOR &&
	    params->role != NTLM_ROLE_ACCEPTOR)
		return false;
	if (params->mode != NTLM_MODE_CONNECTION &&
	    params->mode != NTLM_MODE_CONNECTIONLESS)
		return false;
	/* SPNEGO begins with a token of the client, and needs an order. */
	if (params->spnego && params->mode != NTLM_MODE_CONNECTION)
		return false;
	if (!params->target || !params->target[0] ||
	    !ntlm_name_valid(params->target))
		return false;
	if (params->user && !ntlm_name_valid(params->user))
		return false;
	if (params->domain && !ntlm_name_valid(params->domain))
		return false;
	switch (params->min_key_bits) {
	case 0:
	case 40:
	case 56:
	case 128:
		return true;
	default:
		return false;
	}
}

static int ntlm_ctx_copy_params(struct ntlm_ctx *ctx,
				const struct ntlm_ctx_params *params)
{
	size_t target = strlen(params->target) + 1;
	size_t user = params->user ? strlen(params->user) + 1 : 0;
	size_t domain = params->domain ? strlen(params->domain) + 1 : 0;

	ctx->target = kmalloc(target + user + domain, GFP_KERNEL);
	if (!ctx->target)
		return -ENOMEM;
	memcpy(ctx->target, params->target, target);
	if (user) {
		ctx->want_user = ctx->target + target;
		memcpy(ctx->want_user, params->user, user);
	}
	if (domain) {
		ctx->want_domain = ctx->target + target + user;
		memcpy(ctx->want_domain, params->domain, domain);
	}
	if (params->channel_bindings) {
		ctx->has_bindings = true;
		memcpy(ctx->bindings, params->channel_bindings,
		       sizeof(ctx->bindings));
	}
	ctx->uid = params->uid;
	ctx->role = params->role;
	ctx->mode = params->mode;
	ctx->required = params->required;
	ctx->wished = params->wished;
	ctx->min_key_bits = params->min_key_bits ?: NTLM_DEFAULT_KEY_BITS;
	ctx->target_unverified = params->target_unverified;
	ctx->allow_legacy = params->allow_legacy;
	ctx->spnego = params->spnego;
	ctx->timeout = max(1UL, msecs_to_jiffies(params->timeout_ms ?:
						 NTLM_DEFAULT_TIMEOUT_MS));
	return 0;
}

/**
 * ntlm_ctx_new - create a security context in a network namespace
 * @nn: the namespace, kept by the caller
 * @params: what the client wants, in range
 *
 * Context: process, may sleep; memory is taken as under memalloc_noio_save().
 * Return: as ntlm_ctx_create().
 */
struct ntlm_ctx *ntlm_ctx_new(struct ntlm_net *nn,
			      const struct ntlm_ctx_params *params)
{
	unsigned int noio = memalloc_noio_save();
	struct ntlm_ctx *ctx;
	int err = -ENOMEM;

	ctx = kmem_cache_zalloc(ntlm_ctx_cache, GFP_KERNEL);
	if (!ctx)
		goto err_noio;
	err = ntlm_ctx_copy_params(ctx, params);
	if (err)
		goto err_free;

	refcount_set(&ctx->ref, 1);
	init_waitqueue_head(&ctx->wait);
	mutex_init(&ctx->token_lock);
	ctx->state = NTLM_STATE_CREATED;
	ctx->created = ktime_get_boottime();
	ctx->nn = ntlm_net_get(nn);

	err = xa_alloc_cyclic(&nn->contexts, &ctx->id, ctx,
			      XA_LIMIT(1, INT_MAX), &nn->next_id, GFP_KERNEL);
	if (err < 0)
		goto err_net;
	memalloc_noio_restore(noio);

	__module_get(THIS_MODULE);
	spin_lock(&nn->lock);
	nn->stats.contexts++;
	err = nn->net ? 0 : -ESHUTDOWN;
	spin_unlock(&nn->lock);
	trace_ntlm_ctx_create(ctx->id, from_kuid(&init_user_ns, ctx->uid),
			      ctx->required, ctx->wished, ctx->target);
	if (err) {
		ntlm_ctx_put(ctx);
		return ERR_PTR(err);
	}
	return ctx;

err_net:
	ntlm_net_put(nn);
	kfree(ctx->target);
err_free:
	kmem_cache_free(ntlm_ctx_cache, ctx);
err_noio:
	memalloc_noio_restore(noio);
	return ERR_PTR(err);
}
EXPORT_SYMBOL_NTLM_KUNIT(ntlm_ctx_new);

/**
 * ntlm_ctx_create - create a security context
 * @params: what the client wants; copied
 *
 * Nothing is asked of the helper yet.
 *
 * Context: process, may sleep; memory is taken as under memalloc_noio_save().
 * Return: a context with one reference, or an ERR_PTR: -EINVAL for parameters
 * outside their documented range and for SPNEGO without a connection,
 * -EOPNOTSUPP in FIPS mode (NTLM stands on MD4, MD5 and RC4), -ESHUTDOWN if the
 * network namespace is going away, -ENOMEM.
 */
struct ntlm_ctx *ntlm_ctx_create(const struct ntlm_ctx_params *params)
{
	struct ntlm_net *nn;

	if (fips_enabled) {
		pr_warn_once("refused: NTLM needs MD4, MD5 and RC4, which FIPS mode forbids\n");
		return ERR_PTR(-EOPNOTSUPP);
	}
	if (!ntlm_params_valid(params))
		return ERR_PTR(-EINVAL);

	nn = ntlm_net(params->net);
	if (!nn)
		return ERR_PTR(-ESHUTDOWN);
	return ntlm_ctx_new(nn, params);
}
EXPORT_SYMBOL_GPL(ntlm_ctx_create);

/**
 * ntlm_ctx_get - take a reference
 * @ctx: a context to which the caller has a reference
 *
 * Context: any.
 * Return: @ctx.
 */
struct ntlm_ctx *ntlm_ctx_get(struct ntlm_ctx *ctx)
{
	refcount_inc(&ctx->ref);
	return ctx;
}
EXPORT_SYMBOL_GPL(ntlm_ctx_get);

void ntlm_ctx_drop_tokens(struct ntlm_ctx *ctx)
{
	mutex_lock(&ctx->token_lock);
	while (ctx->ntokens)
		ntlm_token_free(&ctx->tokens[--ctx->ntokens]);
	mutex_unlock(&ctx->token_lock);
}

/**
 * ntlm_ctx_put - give a reference back
 * @ctx: a context, or NULL
 *
 * The last one frees the context and wipes its keys and tokens.
 *
 * Context: process, may sleep.
 */
void ntlm_ctx_put(struct ntlm_ctx *ctx)
{
	struct ntlm_net *nn;

	if (!ctx || !refcount_dec_and_test(&ctx->ref))
		return;
	might_sleep();

	nn = ctx->nn;
	xa_erase(&nn->contexts, ctx->id);
	if (ctx->state == NTLM_STATE_ESTABLISHED)
		ntlm_event_send(ctx, NTLM_EVENT_CLOSED);
	trace_ntlm_ctx_free(ctx->id);
	spin_lock(&nn->lock);
	nn->stats.contexts--;
	spin_unlock(&nn->lock);

	ntlm_ctx_drop_tokens(ctx);
	ntlm_session_wipe(&ctx->session);
	mutex_destroy(&ctx->token_lock);
	kfree(ctx->mech_list.data);
	kfree(ctx->user);
	kfree(ctx->domain);
	kfree(ctx->workstation);
	kfree(ctx->sids);
	kfree(ctx->target);
	memzero_explicit(ctx, sizeof(*ctx));
	kmem_cache_free(ntlm_ctx_cache, ctx);
	ntlm_net_put(nn);
	module_put(THIS_MODULE);
}
EXPORT_SYMBOL_GPL(ntlm_ctx_put);

/**
 * ntlm_ctx_find - the next live context of a network namespace
 * @nn: the namespace
 * @id: where to begin; set to the id that was found
 *
 * Context: process, takes the lock of ntlm_net.contexts.
 * Return: the context with a reference, or NULL if there is none from @id on.
 */
struct ntlm_ctx *ntlm_ctx_find(struct ntlm_net *nn, unsigned long *id)
{
	struct ntlm_ctx *ctx;

	xa_lock(&nn->contexts);
	/* Freeing takes the lock first, so what is found here is memory. */
	xa_for_each_start(&nn->contexts, *id, ctx, *id)
		if (refcount_inc_not_zero(&ctx->ref))
			break;
	xa_unlock(&nn->contexts);
	return ctx;
}

/**
 * ntlm_ctx_id - number of a context in its network namespace
 * @ctx: context
 *
 * Context: any.
 * Return: the number under which administrators see the context.
 */
u32 ntlm_ctx_id(const struct ntlm_ctx *ctx)
{
	return ctx->id;
}
EXPORT_SYMBOL_GPL(ntlm_ctx_id);

/**
 * ntlm_ctx_established - are the keys of a context in place
 * @ctx: context
 *
 * Context: any.
 * Return: true if they are.
 */
bool ntlm_ctx_established(const struct ntlm_ctx *ctx)
{
	/* Pairs with ntlm_ctx_settle(). */
	return smp_load_acquire(&ctx->state) == NTLM_STATE_ESTABLISHED;
}

/**
 * ntlm_ctx_flags - what was negotiated
 * @ctx: context
 * @flags: set to NTLM_NEGOTIATE_* ([MS-NLMP] section 2.2.2.5)
 *
 * Context: any.
 * Return: 0, or -ENOTCONN if the context is not established.
 */
int ntlm_ctx_flags(const struct ntlm_ctx *ctx, u32 *flags)
{
	if (!ntlm_ctx_established(ctx))
		return -ENOTCONN;
	*flags = ctx->flags;
	return 0;
}
EXPORT_SYMBOL_GPL(ntlm_ctx_flags);

/**
 * ntlm_ctx_granted - which options the flags do not show
 * @ctx: context
 *
 * Context: any.
 * Return: NTLM_OPT_CHANNEL_BINDINGS if the channel bindings were sent, or for an
 * acceptor were received and are the right ones; 0 if not, and if the context is
 * not established.
 */
u32 ntlm_ctx_granted(const struct ntlm_ctx *ctx)
{
	return ntlm_ctx_established(ctx) ? ctx->granted : 0;
}
EXPORT_SYMBOL_GPL(ntlm_ctx_granted);

/**
 * ntlm_ctx_session_key - the ExportedSessionKey, for protocols that derive
 *	keys of their own
 * @ctx: context
 * @key: NTLM_SESSION_KEY_SIZE bytes, to be wiped by the caller
 *
 * The key is whole whatever NEGOTIATE_128 and NEGOTIATE_56 say, which cut the keys
 * of session security only, so no strength was asked of it.
 *
 * Context: any.
 * Return: 0; -ENOTCONN if the context is not established; -ENOKEY if it is
 * anonymous or a guest's.
 */
int ntlm_ctx_session_key(const struct ntlm_ctx *ctx,
			 u8 key[NTLM_SESSION_KEY_SIZE])
{
	if (!ntlm_ctx_established(ctx))
		return -ENOTCONN;
	if (!ctx->has_key)
		return -ENOKEY;
	memcpy(key, ctx->key, NTLM_SESSION_KEY_SIZE);
	return 0;
}
EXPORT_SYMBOL_GPL(ntlm_ctx_session_key);

/**
 * ntlm_ctx_target - the SPN that the context was created for
 * @ctx: context
 *
 * Context: any.
 * Return: a string that lives as long as the context.
 */
const char *ntlm_ctx_target(const struct ntlm_ctx *ctx)
{
	return ctx->target;
}
EXPORT_SYMBOL_GPL(ntlm_ctx_target);
