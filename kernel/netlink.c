// SPDX-License-Identifier: GPL-2.0-only
/*
 * Generic netlink family "ntlm": how the helper and administrators talk to
 * the kernel.  See Documentation/netlink/specs/ntlm.yaml.
 */
#include <linux/module.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <net/sock.h>
#include "core.h"

/* The largest errno that a helper may give, EHWPOISON */
#define NTLM_MAX_STATUS		133

#define NTLM_NAME_POLICY	{ .type = NLA_NUL_STRING, .len = NTLM_MAX_NAME }

static const struct nla_policy ntlm_register_policy[] = {
	[NTLM_A_HELPER_FEATURES] = { .type = NLA_U32 },
};

/* Of ACCEPT, which has no attributes */
static const struct nla_policy ntlm_accept_policy[] = {
	[NTLM_A_REQUEST_PAD] = { .type = NLA_REJECT },
};

/* Not that of the operation, see ntlm_done_doit(). */
static const struct nla_policy ntlm_done_policy[NTLM_A_DONE_MAX + 1] = {
	[NTLM_A_DONE_COOKIE] = { .type = NLA_U64 },
	[NTLM_A_DONE_STATUS] = NLA_POLICY_MAX(NLA_U32, NTLM_MAX_STATUS),
	[NTLM_A_DONE_TOKEN] = NLA_POLICY_RANGE(NLA_BINARY, 1, NTLM_MAX_TOKEN),
	[NTLM_A_DONE_ESTABLISHED] = { .type = NLA_FLAG },
	[NTLM_A_DONE_FLAGS] = { .type = NLA_U32 },
	/* Any length, so that a key of a wrong one is wiped too. */
	[NTLM_A_DONE_SESSION_KEY] = { .type = NLA_BINARY },
	[NTLM_A_DONE_USER] = NTLM_NAME_POLICY,
	[NTLM_A_DONE_DOMAIN] = NTLM_NAME_POLICY,
	[NTLM_A_DONE_CREDENTIAL] = { .type = NLA_U64 },
	[NTLM_A_DONE_NTSTATUS] = { .type = NLA_U32 },
	[NTLM_A_DONE_GRANTED] = NLA_POLICY_MASK(NLA_U32,
						NTLM_OPT_CHANNEL_BINDINGS),
	[NTLM_A_DONE_MECH_LIST] = NLA_POLICY_RANGE(NLA_BINARY, 1,
						   NTLM_MAX_MECH_LIST),
	[NTLM_A_DONE_MIC_OFFSET] = NLA_POLICY_MAX(NLA_U32, NTLM_MAX_TOKEN),
	[NTLM_A_DONE_PEER_MIC] = NLA_POLICY_EXACT_LEN(NTLM_SIGNATURE_SIZE),
	[NTLM_A_DONE_IDENTITY] = NLA_POLICY_MASK(NLA_U32, NTLM_IDENTITY_GUEST),
	[NTLM_A_DONE_WORKSTATION] = NTLM_NAME_POLICY,
	[NTLM_A_DONE_SID] = { .type = NLA_NUL_STRING, .len = NTLM_MAX_SID },
};

static struct ntlm_net *ntlm_info_net(struct genl_info *info)
{
	return ntlm_net(genl_info_net(info));
}

/* What generic netlink looks at itself from ntlm_genl_family.resv_start_op on */
static int ntlm_check_header(struct genl_info *info)
{
	const u16 known = NLM_F_REQUEST | NLM_F_ACK | NLM_F_ECHO;

	if (info->genlhdr->reserved) {
		NL_SET_ERR_MSG(info->extack, "the reserved field is not 0");
		return -EINVAL;
	}
	if (info->nlhdr->nlmsg_flags & ~known) {
		NL_SET_ERR_MSG(info->extack, "unknown bits in the flags");
		return -EINVAL;
	}
	return 0;
}

/*
 * What netlink does itself only for the first message that finds the buffer
 * full: the helper reads ENOBUFS and knows that it missed something.
 */
static void ntlm_helper_missed(struct sock *sk)
{
	WRITE_ONCE(sk->sk_err, ENOBUFS);
	sk_error_report(sk);
}

/**
 * ntlm_ready_send - tell the helper that something waits
 * @nn: network namespace
 * @sk: the helper's socket, with a reference
 * @port: its port id
 *
 * If it cannot be told, for want of memory or of room in its buffer, its next
 * read gives ENOBUFS.
 *
 * Context: process, may sleep.
 */
void ntlm_ready_send(struct ntlm_net *nn, struct sock *sk, u32 port)
{
	struct sk_buff *skb;
	struct net *net;
	void *hdr;

	net = ntlm_net_hold(nn);
	if (!net)
		return;
	skb = genlmsg_new(0, GFP_KERNEL);
	if (!skb) {
		ntlm_helper_missed(sk);
		goto out;
	}
	hdr = genlmsg_put(skb, 0, 0, &ntlm_genl_family, 0, NTLM_CMD_READY);
	genlmsg_end(skb, hdr);
	if (genlmsg_unicast(net, skb, port))
		ntlm_helper_missed(sk);
out:
	put_net(net);
}

static int ntlm_register_reply(struct genl_info *info, u32 generation)
{
	struct sk_buff *skb;
	void *hdr;

	skb = genlmsg_new(6 * nla_total_size(sizeof(u32)), GFP_KERNEL);
	if (!skb)
		return -ENOMEM;
	hdr = genlmsg_put_reply(skb, info, &ntlm_genl_family, 0,
				NTLM_CMD_REGISTER);
	if (!hdr ||
	    nla_put_u32(skb, NTLM_A_HELPER_FEATURES, NTLM_FEATURES) ||
	    nla_put_u32(skb, NTLM_A_HELPER_GENERATION, generation) ||
	    nla_put_u32(skb, NTLM_A_HELPER_MAX_TOKEN, NTLM_MAX_TOKEN) ||
	    nla_put_u32(skb, NTLM_A_HELPER_MAX_TOKENS, NTLM_MAX_TOKENS) ||
	    nla_put_u32(skb, NTLM_A_HELPER_MAX_REQUESTS, NTLM_MAX_REQUESTS) ||
	    nla_put_u32(skb, NTLM_A_HELPER_MAX_REQUESTS_UID,
			NTLM_MAX_REQUESTS_UID)) {
		nlmsg_free(skb);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return genlmsg_reply(skb, info);
}

static int ntlm_register_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *features = info->attrs[NTLM_A_HELPER_FEATURES];
	struct ntlm_net *nn = ntlm_info_net(info);
	struct sock *sk = NETLINK_CB(skb).sk;
	u32 generation;
	int err;

	err = ntlm_check_header(info);
	if (err)
		return err;
	if (!features) {
		NL_SET_ERR_MSG(info->extack, "the helper's features are missing");
		return -EINVAL;
	}
	if (!(nla_get_u32(features) & NTLM_FEATURES)) {
		NL_SET_ERR_MSG_ATTR(info->extack, features,
				    "no feature that this kernel knows");
		return -EOPNOTSUPP;
	}
	err = ntlm_helper_register(nn, sk, info->snd_portid,
				   nla_get_u32(features), &generation,
				   info->extack);
	if (err)
		return err;
	err = ntlm_register_reply(info, generation);
	if (err) {
		ntlm_helper_drop(nn, sk, info->snd_portid);
		NL_SET_ERR_MSG(info->extack,
			       "the reply cannot be delivered: read the socket");
	}
	return err;
}

static size_t ntlm_name_size(const char *name)
{
	return name ? nla_total_size(strlen(name) + 1) : 0;
}

/* Caller holds ntlm_ctx.token_lock. */
static size_t ntlm_request_size(const struct ntlm_ctx *ctx)
{
	size_t size = nla_total_size_64bit(sizeof(u64)) +
		      9 * nla_total_size(sizeof(u32)) +
		      3 * nla_total_size(0) +
		      nla_total_size(sizeof(ctx->bindings)) +
		      ntlm_name_size(ctx->target) +
		      ntlm_name_size(ctx->want_user) +
		      ntlm_name_size(ctx->want_domain);
	unsigned int i;

	for (i = 0; i < ctx->ntokens; i++)
		size += nla_total_size(ctx->tokens[i].len);
	return size;
}

/* Caller holds ntlm_ctx.token_lock. */
static int ntlm_request_fill(struct sk_buff *skb, const struct ntlm_ctx *ctx,
			     u64 cookie, u32 left_ms)
{
	unsigned int i;

	if (nla_put_u64_64bit(skb, NTLM_A_REQUEST_COOKIE, cookie,
			      NTLM_A_REQUEST_PAD) ||
	    nla_put_u32(skb, NTLM_A_REQUEST_CONTEXT, ctx->id) ||
	    nla_put_u32(skb, NTLM_A_REQUEST_ROLE, ctx->role) ||
	    nla_put_u32(skb, NTLM_A_REQUEST_MODE, ctx->mode) ||
	    nla_put_u32(skb, NTLM_A_REQUEST_LEG, ctx->leg) ||
	    nla_put_u32(skb, NTLM_A_REQUEST_UID,
			from_kuid(&init_user_ns, ctx->uid)) ||
	    nla_put_u32(skb, NTLM_A_REQUEST_REQUIRED, ctx->required) ||
	    nla_put_u32(skb, NTLM_A_REQUEST_WISHED, ctx->wished) ||
	    nla_put_u32(skb, NTLM_A_REQUEST_MIN_KEY_BITS, ctx->min_key_bits) ||
	    nla_put_u32(skb, NTLM_A_REQUEST_DEADLINE, left_ms) ||
	    nla_put_string(skb, NTLM_A_REQUEST_TARGET, ctx->target))
		return -EMSGSIZE;
	if (ctx->target_unverified &&
	    nla_put_flag(skb, NTLM_A_REQUEST_TARGET_UNVERIFIED))
		return -EMSGSIZE;
	if (ctx->allow_legacy &&
	    nla_put_flag(skb, NTLM_A_REQUEST_ALLOW_LEGACY))
		return -EMSGSIZE;
	if (ctx->spnego && nla_put_flag(skb, NTLM_A_REQUEST_SPNEGO))
		return -EMSGSIZE;
	if (ctx->want_user &&
	    nla_put_string(skb, NTLM_A_REQUEST_USER, ctx->want_user))
		return -EMSGSIZE;
	if (ctx->want_domain &&
	    nla_put_string(skb, NTLM_A_REQUEST_DOMAIN, ctx->want_domain))
		return -EMSGSIZE;
	if (ctx->has_bindings &&
	    nla_put(skb, NTLM_A_REQUEST_CHANNEL_BINDINGS,
		    sizeof(ctx->bindings), ctx->bindings))
		return -EMSGSIZE;
	for (i = 0; i < ctx->ntokens; i++)
		if (nla_put(skb, NTLM_A_REQUEST_TOKEN, ctx->tokens[i].len,
			    ctx->tokens[i].data))
			return -EMSGSIZE;
	return 0;
}

static int ntlm_accept_reply(struct genl_info *info, struct ntlm_ctx *ctx,
			     u64 cookie, u32 left_ms)
{
	struct sk_buff *skb;
	void *hdr;
	int err;

	mutex_lock(&ctx->token_lock);
	err = -ENOMEM;
	skb = genlmsg_new(ntlm_request_size(ctx), GFP_KERNEL);
	if (!skb)
		goto out;
	err = -EMSGSIZE;
	hdr = genlmsg_put_reply(skb, info, &ntlm_genl_family, 0,
				NTLM_CMD_ACCEPT);
	if (!hdr || ntlm_request_fill(skb, ctx, cookie, left_ms)) {
		nlmsg_free(skb);
		goto out;
	}
	genlmsg_end(skb, hdr);
	err = genlmsg_reply(skb, info);
	/* -EAGAIN would read as "nothing waits" */
	if (err == -EAGAIN)
		err = -ENOBUFS;
out:
	mutex_unlock(&ctx->token_lock);
	return err;
}

static int ntlm_accept_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ntlm_net *nn = ntlm_info_net(info);
	struct sock *sk = NETLINK_CB(skb).sk;
	struct ntlm_ctx *ctx;
	unsigned int noio;
	u32 left_ms;
	u64 cookie;
	int err;

	err = ntlm_check_header(info);
	if (err)
		return err;
	ctx = ntlm_request_accept(nn, sk, &cookie, &left_ms, info->extack);
	if (IS_ERR(ctx))
		return PTR_ERR(ctx);

	/* Reclaim may wait for the very exchange that is served here. */
	noio = memalloc_noio_save();
	err = ntlm_accept_reply(info, ctx, cookie, left_ms);
	memalloc_noio_restore(noio);
	if (err) {
		ntlm_request_undo_accept(nn, sk, cookie);
		/* The error may find no room either. */
		ntlm_helper_missed(sk);
		NL_SET_ERR_MSG(info->extack,
			       "the request cannot be delivered and waits on");
	}
	ntlm_ctx_put(ctx);
	return err;
}

static int ntlm_done_take(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *attrs[NTLM_A_DONE_MAX + 1];
	struct ntlm_answer answer = {};
	unsigned int noio;
	int err;

	err = ntlm_check_header(info);
	if (err)
		return err;
	err = nlmsg_parse(info->nlhdr, GENL_HDRLEN, attrs, NTLM_A_DONE_MAX,
			  ntlm_done_policy, info->extack);
	if (err)
		return err;
	if (!attrs[NTLM_A_DONE_COOKIE]) {
		NL_SET_ERR_MSG(info->extack, "the cookie is missing");
		return -EINVAL;
	}

	noio = memalloc_noio_save();
	err = ntlm_answer_parse(info, attrs, &answer);
	memalloc_noio_restore(noio);
	if (!err)
		err = ntlm_request_done(ntlm_info_net(info), NETLINK_CB(skb).sk,
					nla_get_u64(attrs[NTLM_A_DONE_COOKIE]),
					&answer, info->extack);
	ntlm_answer_wipe(&answer);
	return err;
}

/*
 * Generic netlink would refuse what is malformed before anybody here sees it,
 * and copy it with the session key into its error message.  So this operation has
 * no policy there, and the answer is checked and wiped here, whatever it is.
 * What asks for a dump, or comes without the privilege, does not get here.
 */
static int ntlm_done_doit(struct sk_buff *skb, struct genl_info *info)
{
	int err = ntlm_done_take(skb, info);

	memzero_explicit(genlmsg_data(info->genlhdr),
			 genlmsg_len(info->genlhdr));
	return err;
}

static int ntlm_context_get_dumpit(struct sk_buff *skb,
				   struct netlink_callback *cb)
{
	struct ntlm_net *nn = ntlm_net(sock_net(skb->sk));
	unsigned long id = cb->args[0];
	struct ntlm_ctx *ctx;
	void *hdr;

	while ((ctx = ntlm_ctx_find(nn, &id))) {
		hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
				  cb->nlh->nlmsg_seq, &ntlm_genl_family,
				  NLM_F_MULTI, NTLM_CMD_CONTEXT_GET);
		if (!hdr || ntlm_context_fill(skb, ctx)) {
			if (hdr)
				genlmsg_cancel(skb, hdr);
			ntlm_ctx_put(ctx);
			break;
		}
		genlmsg_end(skb, hdr);
		ntlm_ctx_put(ctx);
		id++;
	}
	cb->args[0] = id;
	/* Nothing said would mean the end: rather an error than a part. */
	return ctx && !skb->len ? -EMSGSIZE : skb->len;
}

static int ntlm_stats_fill(struct sk_buff *skb, struct ntlm_net *nn)
{
	struct ntlm_stats stats;
	unsigned int queued, accepted;
	struct ntlm_helper helper;

	spin_lock(&nn->lock);
	stats = nn->stats;
	queued = nn->queued;
	accepted = nn->requests - nn->queued;
	helper = nn->helper;
	spin_unlock(&nn->lock);

#define NTLM_PUT_STAT(name, value)					\
	nla_put_u64_64bit(skb, NTLM_A_STATS_##name, value, NTLM_A_STATS_PAD)
	if (NTLM_PUT_STAT(CONTEXTS, stats.contexts) ||
	    NTLM_PUT_STAT(QUEUED, queued) ||
	    NTLM_PUT_STAT(ACCEPTED, accepted) ||
	    NTLM_PUT_STAT(REQUESTS, stats.requests) ||
	    NTLM_PUT_STAT(DONE, stats.done) ||
	    NTLM_PUT_STAT(FAILED, stats.failed) ||
	    NTLM_PUT_STAT(LIES, stats.lies) ||
	    NTLM_PUT_STAT(TIMEOUTS, stats.timeouts) ||
	    NTLM_PUT_STAT(CANCELLED, stats.cancelled) ||
	    NTLM_PUT_STAT(REQUEUED, stats.requeued) ||
	    NTLM_PUT_STAT(NO_HELPER, stats.no_helper) ||
	    NTLM_PUT_STAT(LIMITED, stats.limited) ||
	    NTLM_PUT_STAT(ESTABLISHED, stats.established) ||
	    NTLM_PUT_STAT(REGISTRATIONS, helper.generation) ||
	    nla_put_u32(skb, NTLM_A_STATS_FEATURES, NTLM_FEATURES))
		return -EMSGSIZE;
#undef NTLM_PUT_STAT
	if (!helper.sk)
		return 0;
	if (nla_put_u32(skb, NTLM_A_STATS_HELPER_PORT, helper.port) ||
	    nla_put_u32(skb, NTLM_A_STATS_HELPER_PID, helper.pid) ||
	    nla_put_u32(skb, NTLM_A_STATS_HELPER_FEATURES, helper.features))
		return -EMSGSIZE;
	return 0;
}

static int ntlm_stats_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *reply;
	void *hdr;

	reply = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!reply)
		return -ENOMEM;
	hdr = genlmsg_put_reply(reply, info, &ntlm_genl_family, 0,
				NTLM_CMD_STATS_GET);
	if (!hdr || ntlm_stats_fill(reply, ntlm_info_net(info))) {
		nlmsg_free(reply);
		return -EMSGSIZE;
	}
	genlmsg_end(reply, hdr);
	return genlmsg_reply(reply, info);
}

static const struct genl_ops ntlm_genl_ops[] = {
	{
		.cmd		= NTLM_CMD_REGISTER,
		.doit		= ntlm_register_doit,
		.policy		= ntlm_register_policy,
		.maxattr	= ARRAY_SIZE(ntlm_register_policy) - 1,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= NTLM_CMD_ACCEPT,
		.doit		= ntlm_accept_doit,
		.policy		= ntlm_accept_policy,
		.maxattr	= ARRAY_SIZE(ntlm_accept_policy) - 1,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= NTLM_CMD_DONE,
		.doit		= ntlm_done_doit,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= NTLM_CMD_CONTEXT_GET,
		.dumpit		= ntlm_context_get_dumpit,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= NTLM_CMD_STATS_GET,
		.doit		= ntlm_stats_get_doit,
		.flags		= GENL_ADMIN_PERM,
	},
};

static const struct genl_multicast_group ntlm_genl_groups[] = {
	{
		.name	= NTLM_GENL_GROUP_EVENTS,
		.flags	= GENL_MCAST_CAP_NET_ADMIN,
	},
};

struct genl_family ntlm_genl_family __ro_after_init = {
	.name		= NTLM_GENL_NAME,
	.version	= NTLM_GENL_VERSION,
	.netnsok	= true,
	.parallel_ops	= true,
	.ops		= ntlm_genl_ops,
	.n_ops		= ARRAY_SIZE(ntlm_genl_ops),
	.mcgrps		= ntlm_genl_groups,
	.n_mcgrps	= ARRAY_SIZE(ntlm_genl_groups),
	/* Up to here an operation without a policy has none: DONE. */
	.resv_start_op	= NTLM_CMD_DONE + 1,
	.module		= THIS_MODULE,
};
EXPORT_SYMBOL_NTLM_KUNIT(ntlm_genl_family);

static int ntlm_netlink_event(struct notifier_block *nb, unsigned long event,
			      void *data)
{
	struct netlink_notify *notify = data;
	struct ntlm_net *nn;

	if (event != NETLINK_URELEASE || notify->protocol != NETLINK_GENERIC)
		return NOTIFY_DONE;
	nn = ntlm_net(notify->net);
	if (nn)
		ntlm_helper_release(nn, notify->portid);
	return NOTIFY_DONE;
}

static struct notifier_block ntlm_netlink_notifier = {
	.notifier_call = ntlm_netlink_event,
};

int ntlm_netlink_init(void)
{
	int err;

	err = netlink_register_notifier(&ntlm_netlink_notifier);
	if (err)
		return err;
	err = genl_register_family(&ntlm_genl_family);
	if (err)
		netlink_unregister_notifier(&ntlm_netlink_notifier);
	return err;
}

void ntlm_netlink_exit(void)
{
	genl_unregister_family(&ntlm_genl_family);
	netlink_unregister_notifier(&ntlm_netlink_notifier);
}
