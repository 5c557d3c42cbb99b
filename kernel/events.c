// SPDX-License-Identifier: GPL-2.0-only
/*
 * What administrators see of a context: the attributes of a dump, and the
 * events that are multicast to those who listen.
 */
#include <linux/sched/mm.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include "core.h"

static int ntlm_context_fill_names(struct sk_buff *skb,
				   const struct ntlm_ctx *ctx)
{
	const char *user = ntlm_ctx_user(ctx);
	const char *domain = ntlm_ctx_domain(ctx);
	const char *workstation = ntlm_ctx_workstation(ctx);

	if (nla_put_string(skb, NTLM_A_CONTEXT_TARGET, ctx->target))
		return -EMSGSIZE;
	if (user && nla_put_string(skb, NTLM_A_CONTEXT_USER, user))
		return -EMSGSIZE;
	if (domain && nla_put_string(skb, NTLM_A_CONTEXT_DOMAIN, domain))
		return -EMSGSIZE;
	if (workstation &&
	    nla_put_string(skb, NTLM_A_CONTEXT_WORKSTATION, workstation))
		return -EMSGSIZE;
	return 0;
}

static int ntlm_context_fill_counts(struct sk_buff *skb,
				    const struct ntlm_session *s)
{
	if (nla_put_u64_64bit(skb, NTLM_A_CONTEXT_SENT,
			      READ_ONCE(s->send.messages), NTLM_A_CONTEXT_PAD) ||
	    nla_put_u64_64bit(skb, NTLM_A_CONTEXT_RECEIVED,
			      READ_ONCE(s->recv.messages), NTLM_A_CONTEXT_PAD) ||
	    nla_put_u64_64bit(skb, NTLM_A_CONTEXT_REJECTED,
			      READ_ONCE(s->recv.rejected), NTLM_A_CONTEXT_PAD))
		return -EMSGSIZE;
	return 0;
}

/**
 * ntlm_context_fill - describe a context
 * @skb: message under construction
 * @ctx: context
 *
 * Never a key, never a token.
 *
 * Context: process, takes ntlm_net.lock.
 * Return: 0, or -EMSGSIZE if @skb is too small.
 */
int ntlm_context_fill(struct sk_buff *skb, struct ntlm_ctx *ctx)
{
	s64 age = ktime_ms_delta(ktime_get_boottime(), ctx->created);
	struct ntlm_net *nn = ctx->nn;
	u32 state, verdict, ntstatus;
	bool ntstatus_known;
	int error;

	spin_lock(&nn->lock);
	state = ctx->state;
	error = ctx->error;
	verdict = ctx->verdict;
	ntstatus = ctx->ntstatus;
	spin_unlock(&nn->lock);
	ntstatus_known = verdict != NTLM_VERDICT_NONE || ntstatus;

	if (nla_put_u32(skb, NTLM_A_CONTEXT_ID, ctx->id) ||
	    nla_put_u32(skb, NTLM_A_CONTEXT_ROLE, ctx->role) ||
	    nla_put_u32(skb, NTLM_A_CONTEXT_MODE, ctx->mode) ||
	    nla_put_u32(skb, NTLM_A_CONTEXT_STATE, state) ||
	    nla_put_u32(skb, NTLM_A_CONTEXT_UID,
			from_kuid(&init_user_ns, ctx->uid)) ||
	    nla_put_u64_64bit(skb, NTLM_A_CONTEXT_AGE, age, NTLM_A_CONTEXT_PAD) ||
	    nla_put_u32(skb, NTLM_A_CONTEXT_VERDICT, verdict) ||
	    ntlm_context_fill_names(skb, ctx))
		return -EMSGSIZE;
	if (ctx->target_unverified &&
	    nla_put_flag(skb, NTLM_A_CONTEXT_TARGET_UNVERIFIED))
		return -EMSGSIZE;
	if (ctx->spnego && nla_put_flag(skb, NTLM_A_CONTEXT_SPNEGO))
		return -EMSGSIZE;
	if (ctx->allow_legacy &&
	    nla_put_flag(skb, NTLM_A_CONTEXT_ALLOW_LEGACY))
		return -EMSGSIZE;
	if (state == NTLM_STATE_FAILED &&
	    nla_put_u32(skb, NTLM_A_CONTEXT_ERROR, -error))
		return -EMSGSIZE;
	if (ntstatus_known &&
	    nla_put_u32(skb, NTLM_A_CONTEXT_NTSTATUS, ntstatus))
		return -EMSGSIZE;
	if (state != NTLM_STATE_ESTABLISHED)
		return 0;
	if (ctx->identity &&
	    nla_put_u32(skb, NTLM_A_CONTEXT_IDENTITY, ctx->identity))
		return -EMSGSIZE;
	if (nla_put_u32(skb, NTLM_A_CONTEXT_FLAGS, ctx->flags) ||
	    nla_put_u64_64bit(skb, NTLM_A_CONTEXT_CREDENTIAL, ctx->credential,
			      NTLM_A_CONTEXT_PAD))
		return -EMSGSIZE;
	return ntlm_context_fill_counts(skb, &ctx->session);
}

static int ntlm_event_fill(struct sk_buff *skb, struct ntlm_ctx *ctx,
			   enum ntlm_event event)
{
	void *hdr;

	hdr = genlmsg_put(skb, 0, 0, &ntlm_genl_family, 0, NTLM_CMD_EVENT);
	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_u32(skb, NTLM_A_CONTEXT_EVENT, event) ||
	    ntlm_context_fill(skb, ctx))
		return -EMSGSIZE;
	genlmsg_end(skb, hdr);
	return 0;
}

/**
 * ntlm_event_send - tell administrators and the helper of a change
 * @ctx: context
 * @event: what happened
 *
 * An event that nobody can receive is lost; a listener whose buffer was full
 * sees ENOBUFS, and all of them do if there is no memory for the event.
 *
 * Context: process, may sleep; memory is taken as under memalloc_noio_save().
 */
void ntlm_event_send(struct ntlm_ctx *ctx, enum ntlm_event event)
{
	unsigned int noio;
	struct sk_buff *skb;
	struct net *net;

	net = ntlm_net_hold(ctx->nn);
	if (!net)
		return;
	noio = memalloc_noio_save();
	if (!genl_has_listeners(&ntlm_genl_family, net, 0))
		goto out;
	skb = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!skb || ntlm_event_fill(skb, ctx, event)) {
		nlmsg_free(skb);
		genl_set_err(&ntlm_genl_family, net, 0, 0, -ENOBUFS);
		pr_warn_ratelimited("event %d of context %u lost\n",
				    event, ctx->id);
		goto out;
	}
	genlmsg_multicast_netns(&ntlm_genl_family, net, skb, 0, 0, GFP_KERNEL);
out:
	memalloc_noio_restore(noio);
	put_net(net);
}
