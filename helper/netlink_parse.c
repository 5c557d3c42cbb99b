// SPDX-License-Identifier: GPL-2.0-or-later
#include "netlink_parse.h"

#include <errno.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <string.h>

#include <linux/ntlm.h>

/* libnl sees to a NUL only within maxlen, which counts it */
#define STRING	{ .type = NLA_STRING, .minlen = 1, .maxlen = NTLM_MAX_NAME + 1 }
#define U32	{ .type = NLA_U32, .maxlen = sizeof(uint32_t) }
#define U64	{ .type = NLA_U64, .maxlen = sizeof(uint64_t) }

static int parse(struct nlmsghdr *nlh, struct nlattr **tb, int max,
		 const struct nla_policy *policy)
{
	if (genlmsg_parse(nlh, 0, tb, max, (struct nla_policy *)policy) < 0)
		return -EBADMSG;
	for (int i = 1; i <= max; i++) {
		if (!tb[i] || policy[i].type != NLA_STRING)
			continue;
		/* exactly one NUL, at the end */
		if (strnlen(nla_data(tb[i]), (size_t)nla_len(tb[i])) + 1 !=
		    (size_t)nla_len(tb[i]))
			return -EBADMSG;
	}
	return 0;
}

int parse_error(struct nlmsghdr *nlh, const char **text)
{
	size_t len = (size_t)nlmsg_datalen(nlh), skip;
	struct nlattr *tb[NLMSGERR_ATTR_MAX + 1];
	struct nlmsgerr *err = nlmsg_data(nlh);
	struct nlattr *msg;

	*text = "";
	if (len < sizeof(*err))
		return -EBADMSG;
	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return err->error;
	skip = sizeof(*err);
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED)) {
		if (err->msg.nlmsg_len < sizeof(err->msg) ||
		    err->msg.nlmsg_len - sizeof(err->msg) > len - skip)
			return -EBADMSG;
		skip += NLMSG_ALIGN(err->msg.nlmsg_len - sizeof(err->msg));
	}
	if (skip > len ||
	    nla_parse(tb, NLMSGERR_ATTR_MAX,
		      (struct nlattr *)((char *)err + skip), (int)(len - skip),
		      NULL) < 0)
		return err->error;
	msg = tb[NLMSGERR_ATTR_MSG];
	if (msg && nla_len(msg) && memchr(nla_data(msg), '\0', (size_t)nla_len(msg)))
		*text = nla_data(msg);
	return err->error;
}

static uint32_t get_u32(struct nlattr *attr)
{
	return attr ? nla_get_u32(attr) : 0;
}

int parse_registration(struct nlmsghdr *nlh, struct registration *reg)
{
	static const struct nla_policy policy[NTLM_A_HELPER_MAX + 1] = {
		[NTLM_A_HELPER_FEATURES] = U32,
		[NTLM_A_HELPER_GENERATION] = U32,
		[NTLM_A_HELPER_MAX_TOKEN] = U32,
		[NTLM_A_HELPER_MAX_TOKENS] = U32,
		[NTLM_A_HELPER_MAX_REQUESTS] = U32,
		[NTLM_A_HELPER_MAX_REQUESTS_UID] = U32,
	};
	struct nlattr *tb[NTLM_A_HELPER_MAX + 1];

	if (parse(nlh, tb, NTLM_A_HELPER_MAX, policy) < 0 ||
	    !tb[NTLM_A_HELPER_GENERATION])
		return -EBADMSG;
	reg->features = get_u32(tb[NTLM_A_HELPER_FEATURES]);
	reg->generation = get_u32(tb[NTLM_A_HELPER_GENERATION]);
	reg->max_token = get_u32(tb[NTLM_A_HELPER_MAX_TOKEN]);
	reg->max_tokens = get_u32(tb[NTLM_A_HELPER_MAX_TOKENS]);
	reg->max_requests = get_u32(tb[NTLM_A_HELPER_MAX_REQUESTS]);
	reg->max_requests_uid = get_u32(tb[NTLM_A_HELPER_MAX_REQUESTS_UID]);
	return 0;
}

/* The numbers of the kernel's ABI and those of the library are independent. */
static int get_options(uint32_t kernel, uint32_t *options)
{
	static const struct {
		uint32_t kernel;
		uint32_t library;
	} map[] = {
		{ NTLM_OPT_INTEGRITY, NTLM_OPTION_INTEGRITY },
		{ NTLM_OPT_REPLAY_DETECT, NTLM_OPTION_REPLAY_DETECT },
		{ NTLM_OPT_SEQUENCE_DETECT, NTLM_OPTION_SEQUENCE_DETECT },
		{ NTLM_OPT_CONFIDENTIALITY, NTLM_OPTION_CONFIDENTIALITY },
		{ NTLM_OPT_IDENTIFY, NTLM_OPTION_IDENTIFY },
		{ NTLM_OPT_ANONYMOUS, NTLM_OPTION_ANONYMOUS },
		{ NTLM_OPT_CHANNEL_BINDINGS, NTLM_OPTION_CHANNEL_BINDINGS },
	};

	*options = 0;
	for (size_t i = 0; i < sizeof(map) / sizeof(map[0]); i++) {
		if (!(kernel & map[i].kernel))
			continue;
		*options |= map[i].library;
		kernel &= ~map[i].kernel;
	}
	/* an option that is not understood must not be left out silently */
	return kernel ? -EOPNOTSUPP : 0;
}

static int get_tokens(struct nlmsghdr *nlh, struct request *r)
{
	struct nlattr *attr = genlmsg_attrdata(nlmsg_data(nlh), 0);
	int rest = genlmsg_attrlen(nlmsg_data(nlh), 0);
	size_t used = 0;

	for (; nla_ok(attr, rest); attr = nla_next(attr, &rest)) {
		size_t len = (size_t)nla_len(attr);

		if (nla_type(attr) != NTLM_A_REQUEST_TOKEN)
			continue;
		if (r->token_count == REQUEST_TOKENS || len > NTLM_MAX_TOKEN ||
		    len > sizeof(r->token_data) - used)
			return -EMSGSIZE;
		memcpy(r->token_data + used, nla_data(attr), len);
		r->token[r->token_count++] =
			(struct ntlm_bytes){ r->token_data + used, len };
		used += len;
	}
	return 0;
}

/* Who sends the first token? It is missing on the first leg of that side. */
static bool has_tokens(const struct request *r, uint32_t leg)
{
	if (r->acceptor && !r->want.connectionless)
		return r->token_count;
	return (leg == 0) == (r->token_count == 0);
}

static int get_role(struct nlattr **tb, struct request *r)
{
	uint32_t role = get_u32(tb[NTLM_A_REQUEST_ROLE]);
	uint32_t mode = get_u32(tb[NTLM_A_REQUEST_MODE]);

	if ((role != NTLM_ROLE_INITIATOR && role != NTLM_ROLE_ACCEPTOR) ||
	    (mode != NTLM_MODE_CONNECTION && mode != NTLM_MODE_CONNECTIONLESS))
		return -EOPNOTSUPP;
	r->acceptor = role == NTLM_ROLE_ACCEPTOR;
	r->spnego = tb[NTLM_A_REQUEST_SPNEGO];
	r->want.connectionless = mode == NTLM_MODE_CONNECTIONLESS;
	r->want.allow_legacy = tb[NTLM_A_REQUEST_ALLOW_LEGACY];
	return 0;
}

static void get_name(char *name, struct nlattr *attr)
{
	if (attr)
		memcpy(name, nla_data(attr), (size_t)nla_len(attr));
}

int parse_request(struct nlmsghdr *nlh, struct request *r)
{
	static const struct nla_policy policy[NTLM_A_REQUEST_MAX + 1] = {
		[NTLM_A_REQUEST_COOKIE] = U64,
		[NTLM_A_REQUEST_CONTEXT] = U32,
		[NTLM_A_REQUEST_ROLE] = U32,
		[NTLM_A_REQUEST_MODE] = U32,
		[NTLM_A_REQUEST_LEG] = U32,
		[NTLM_A_REQUEST_UID] = U32,
		[NTLM_A_REQUEST_TARGET] = STRING,
		[NTLM_A_REQUEST_TARGET_UNVERIFIED] = { .type = NLA_FLAG },
		[NTLM_A_REQUEST_USER] = STRING,
		[NTLM_A_REQUEST_DOMAIN] = STRING,
		[NTLM_A_REQUEST_REQUIRED] = U32,
		[NTLM_A_REQUEST_WISHED] = U32,
		[NTLM_A_REQUEST_MIN_KEY_BITS] = U32,
		[NTLM_A_REQUEST_CHANNEL_BINDINGS] = {
			.type = NLA_UNSPEC,
			.minlen = NTLM_CHANNEL_BINDINGS_SIZE,
			.maxlen = NTLM_CHANNEL_BINDINGS_SIZE,
		},
		[NTLM_A_REQUEST_DEADLINE] = U32,
		[NTLM_A_REQUEST_ALLOW_LEGACY] = { .type = NLA_FLAG },
		[NTLM_A_REQUEST_SPNEGO] = { .type = NLA_FLAG },
	};
	static const int required[] = {
		NTLM_A_REQUEST_CONTEXT, NTLM_A_REQUEST_ROLE,
		NTLM_A_REQUEST_MODE, NTLM_A_REQUEST_LEG, NTLM_A_REQUEST_UID,
		NTLM_A_REQUEST_TARGET, NTLM_A_REQUEST_REQUIRED,
		NTLM_A_REQUEST_WISHED, NTLM_A_REQUEST_MIN_KEY_BITS,
		NTLM_A_REQUEST_DEADLINE,
	};
	struct nlattr *tb[NTLM_A_REQUEST_MAX + 1];
	int e;

	/* looked for first: a request that is malformed elsewhere is answered */
	struct nlattr *cookie = nlmsg_find_attr(nlh, GENL_HDRLEN,
						NTLM_A_REQUEST_COOKIE);

	if (cookie && nla_len(cookie) == sizeof(uint64_t))
		r->cookie = nla_get_u64(cookie);
	if (!r->cookie || parse(nlh, tb, NTLM_A_REQUEST_MAX, policy) < 0)
		return -EBADMSG;
	for (size_t i = 0; i < sizeof(required) / sizeof(required[0]); i++)
		if (!tb[required[i]])
			return -EBADMSG;

	r->context = get_u32(tb[NTLM_A_REQUEST_CONTEXT]);
	r->uid = get_u32(tb[NTLM_A_REQUEST_UID]);
	r->deadline_ms = get_u32(tb[NTLM_A_REQUEST_DEADLINE]);
	get_name(r->target, tb[NTLM_A_REQUEST_TARGET]);
	get_name(r->user, tb[NTLM_A_REQUEST_USER]);
	get_name(r->domain, tb[NTLM_A_REQUEST_DOMAIN]);
	r->want.target_name = r->target;
	r->want.target_unverified = tb[NTLM_A_REQUEST_TARGET_UNVERIFIED];
	r->want.min_key_bits = get_u32(tb[NTLM_A_REQUEST_MIN_KEY_BITS]);
	if (tb[NTLM_A_REQUEST_CHANNEL_BINDINGS]) {
		memcpy(r->channel_bindings,
		       nla_data(tb[NTLM_A_REQUEST_CHANNEL_BINDINGS]),
		       sizeof(r->channel_bindings));
		r->want.channel_bindings = r->channel_bindings;
	}
	e = get_role(tb, r);
	if (!e)
		e = get_options(get_u32(tb[NTLM_A_REQUEST_REQUIRED]),
				&r->want.required);
	if (!e)
		e = get_options(get_u32(tb[NTLM_A_REQUEST_WISHED]),
				&r->want.wished);
	if (!e)
		e = get_tokens(nlh, r);
	if (!e && !has_tokens(r, get_u32(tb[NTLM_A_REQUEST_LEG])))
		return -EBADMSG;
	return e;
}

int parse_verdict(struct nlmsghdr *nlh, struct verdict *v)
{
	static const struct nla_policy policy[NTLM_A_CONTEXT_MAX + 1] = {
		[NTLM_A_CONTEXT_ID] = U32,
		[NTLM_A_CONTEXT_ROLE] = U32,
		[NTLM_A_CONTEXT_UID] = U32,
		[NTLM_A_CONTEXT_TARGET] = STRING,
		[NTLM_A_CONTEXT_USER] = STRING,
		[NTLM_A_CONTEXT_DOMAIN] = STRING,
		[NTLM_A_CONTEXT_NTSTATUS] = U32,
		[NTLM_A_CONTEXT_CREDENTIAL] = U64,
		[NTLM_A_CONTEXT_EVENT] = U32,
	};
	struct nlattr *tb[NTLM_A_CONTEXT_MAX + 1];
	uint32_t event;

	if (parse(nlh, tb, NTLM_A_CONTEXT_MAX, policy) < 0 ||
	    !tb[NTLM_A_CONTEXT_EVENT])
		return -EBADMSG;
	event = nla_get_u32(tb[NTLM_A_CONTEXT_EVENT]);
	if (event == NTLM_EVENT_FAILED || event == NTLM_EVENT_CLOSED) {
		if (!tb[NTLM_A_CONTEXT_ID])
			return -EBADMSG;
		*v = (struct verdict){
			.context = nla_get_u32(tb[NTLM_A_CONTEXT_ID]),
			.ended = true,
		};
		return 1;
	}
	if (event != NTLM_EVENT_ACCEPTED && event != NTLM_EVENT_REFUSED)
		return 0;
	/* an acceptor gives verdicts, it gets none */
	if (get_u32(tb[NTLM_A_CONTEXT_ROLE]) == NTLM_ROLE_ACCEPTOR)
		return 0;
	if (!tb[NTLM_A_CONTEXT_UID] || !tb[NTLM_A_CONTEXT_TARGET])
		return -EBADMSG;
	*v = (struct verdict){
		.context = get_u32(tb[NTLM_A_CONTEXT_ID]),
		.uid = nla_get_u32(tb[NTLM_A_CONTEXT_UID]),
		.target = nla_data(tb[NTLM_A_CONTEXT_TARGET]),
		.user = tb[NTLM_A_CONTEXT_USER] ?
			nla_data(tb[NTLM_A_CONTEXT_USER]) : "",
		.domain = tb[NTLM_A_CONTEXT_DOMAIN] ?
			nla_data(tb[NTLM_A_CONTEXT_DOMAIN]) : "",
		.credential = tb[NTLM_A_CONTEXT_CREDENTIAL] ?
			nla_get_u64(tb[NTLM_A_CONTEXT_CREDENTIAL]) : 0,
		.accepted = event == NTLM_EVENT_ACCEPTED,
		.ntstatus = get_u32(tb[NTLM_A_CONTEXT_NTSTATUS]),
	};
	return 1;
}
