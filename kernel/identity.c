// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who takes part in a context: the user that logs on, and for an acceptor what
 * its account database knows of him.
 */
#include <linux/export.h>
#include <linux/string.h>
#include "core.h"

/* A name is set once: a dump may be reading it without a lock. */
static void ntlm_ctx_set_name(char **name, char **from)
{
	if (*name || !*from)
		return;
	/* Pairs with ntlm_ctx_name(): its bytes are in place before. */
	smp_store_release(name, *from);
	*from = NULL;
}

/**
 * ntlm_ctx_set_names - take the names of an answer
 * @ctx: context, claimed for a step
 * @answer: the answer; what is taken is NULL afterwards
 *
 * Context: process.
 */
void ntlm_ctx_set_names(struct ntlm_ctx *ctx, struct ntlm_answer *answer)
{
	ntlm_ctx_set_name(&ctx->user, &answer->user);
	ntlm_ctx_set_name(&ctx->domain, &answer->domain);
	ntlm_ctx_set_name(&ctx->workstation, &answer->workstation);
	if (!ctx->sids) {
		ctx->sids = answer->sids;
		answer->sids = NULL;
	}
}

static const char *ntlm_ctx_name(char *const *name)
{
	/* Pairs with ntlm_ctx_set_name(). */
	return smp_load_acquire(name);
}

/**
 * ntlm_ctx_user - whose logon this is
 * @ctx: context
 *
 * Context: any.
 * Return: the user that the helper took, before that the wanted one, or NULL
 * if neither is known; lives as long as the context.
 */
const char *ntlm_ctx_user(const struct ntlm_ctx *ctx)
{
	return ntlm_ctx_name(&ctx->user) ?: ctx->want_user;
}
EXPORT_SYMBOL_GPL(ntlm_ctx_user);

/**
 * ntlm_ctx_domain - the domain of the user
 * @ctx: context
 *
 * Context: any.
 * Return: as ntlm_ctx_user().
 */
const char *ntlm_ctx_domain(const struct ntlm_ctx *ctx)
{
	return ntlm_ctx_name(&ctx->domain) ?: ctx->want_domain;
}
EXPORT_SYMBOL_GPL(ntlm_ctx_domain);

/* How the peer calls itself, or NULL. */
const char *ntlm_ctx_workstation(const struct ntlm_ctx *ctx)
{
	return ntlm_ctx_name(&ctx->workstation);
}

/**
 * ntlm_ctx_identity - whom an acceptor let in
 * @ctx: established context of an acceptor
 * @identity: filled in; its strings live as long as the context
 *
 * [MS-NLMP] section 3.2.5.1.2.
 *
 * Context: any.
 * Return: 0; -ENOTCONN if the context is not established; -EINVAL if it is not
 * an acceptor's.
 */
int ntlm_ctx_identity(const struct ntlm_ctx *ctx,
		      struct ntlm_identity *identity)
{
	bool anonymous;

	if (ctx->role != NTLM_ROLE_ACCEPTOR)
		return -EINVAL;
	if (!ntlm_ctx_established(ctx))
		return -ENOTCONN;
	anonymous = ctx->flags & NTLM_NEGOTIATE_ANONYMOUS;
	*identity = (struct ntlm_identity) {
		.user = anonymous ? "" : ctx->user ?: "",
		.domain = anonymous ? "" : ctx->domain ?: "",
		.workstation = ctx->workstation ?: "",
		.flags = ctx->identity,
		.anonymous = anonymous,
	};
	if (ctx->sids && !anonymous) {
		identity->nsids = ctx->sids->n;
		identity->sids = ctx->sids->sid;
	}
	return 0;
}
EXPORT_SYMBOL_GPL(ntlm_ctx_identity);
