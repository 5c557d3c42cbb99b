// SPDX-License-Identifier: GPL-2.0-only
/*
 * Helpers of other versions: what an exchange needs that they may not have.
 */
#include <net/net_namespace.h>
#include "core.h"

static u32 ntlm_features_needed(const struct ntlm_ctx *ctx)
{
	u32 features = ctx->role == NTLM_ROLE_ACCEPTOR ?
		       NTLM_FEATURE_ACCEPTOR : NTLM_FEATURE_INITIATOR;

	if (ctx->mode == NTLM_MODE_CONNECTIONLESS)
		features |= NTLM_FEATURE_CONNECTIONLESS;
	if (ctx->spnego)
		features |= NTLM_FEATURE_SPNEGO;
	return features;
}

/**
 * ntlm_helper_lacks - would the helper misunderstand a request?
 * @nn: network namespace
 * @req: request; its lacks is set
 *
 * Context: ntlm_net.lock is held.
 * Return: true if there is a helper and it has not all that @req needs.
 */
bool ntlm_helper_lacks(const struct ntlm_net *nn, struct ntlm_request *req)
{
	lockdep_assert_held(&nn->lock);
	if (nn->helper.sk)
		req->lacks = ntlm_features_needed(req->ctx) &
			     ~nn->helper.features;
	return req->lacks;
}

/**
 * ntlm_helper_warn - say what the helper lacks
 * @ctx: context whose exchange failed for it
 * @lacks: NTLM_FEATURE_*
 *
 * Context: any.
 */
void ntlm_helper_warn(const struct ntlm_ctx *ctx, u32 lacks)
{
	pr_warn_ratelimited("uid %u, target %s: the helper that is running lacks%s%s%s%s, it is older than the module: upgrade and restart ntlmd\n",
			    from_kuid(&init_user_ns, ctx->uid), ctx->target,
			    lacks & NTLM_FEATURE_INITIATOR ? " initiator" : "",
			    lacks & NTLM_FEATURE_ACCEPTOR ? " acceptor" : "",
			    lacks & NTLM_FEATURE_CONNECTIONLESS ?
			    " connectionless" : "",
			    lacks & NTLM_FEATURE_SPNEGO ? " spnego" : "");
}
