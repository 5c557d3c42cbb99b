// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The input is what comes after the headers of a message on the daemon's generic
 * netlink socket, for all the kinds of messages that it reads there.
 */
#include <errno.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>

#include "fuzz.h"
#include "netlink_parse.h"

static void check_text(const char *text, size_t size)
{
	MUST(strnlen(text, size) < size);
}

static void check_request(struct nlmsghdr *nlh)
{
	static struct request r;
	struct ntlm_bytes all = { r.token_data, sizeof(r.token_data) };
	size_t used = 0;
	int e;

	memset(&r, 0, offsetof(struct request, token_data));
	e = parse_request(nlh, &r);
	MUST(e == 0 || e == -EBADMSG || e == -EOPNOTSUPP || e == -EMSGSIZE);
	check_text(r.target, sizeof(r.target));
	check_text(r.user, sizeof(r.user));
	check_text(r.domain, sizeof(r.domain));
	if (e)
		return;
	MUST(r.cookie && r.want.target_name == r.target);
	MUST(r.token_count <= REQUEST_TOKENS);
	for (unsigned int i = 0; i < r.token_count; i++) {
		inside(r.token[i], all);
		MUST(r.token[i].len <= NTLM_TOKEN_MAX);
		used += r.token[i].len;
	}
	MUST(used <= REQUEST_TOKENS_SIZE);
	MUST(!r.want.channel_bindings ||
	     r.want.channel_bindings == r.channel_bindings);
}

static void check_verdict(struct nlmsghdr *nlh)
{
	struct verdict v;
	int e = parse_verdict(nlh, &v);

	MUST(e == 0 || e == 1 || e == -EBADMSG);
	if (e != 1 || v.ended)
		return;
	MUST(v.target && v.user && v.domain);
	check_text(v.target, CRED_NAME_SIZE);
	check_text(v.user, CRED_NAME_SIZE);
	check_text(v.domain, CRED_NAME_SIZE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t len = (size_t)NLMSG_LENGTH(GENL_HDRLEN) + size;
	struct registration reg;
	struct nlmsghdr *nlh;
	const char *text;
	int e;

	/* a block of its own, so that the sanitizer sees its end */
	nlh = calloc(1, len);
	if (!nlh)
		return 0;
	nlh->nlmsg_len = (uint32_t)len;
	nlh->nlmsg_type = NLMSG_MIN_TYPE;
	memcpy((uint8_t *)nlh + NLMSG_LENGTH(GENL_HDRLEN), data, size);
	check_request(nlh);
	e = parse_registration(nlh, &reg);
	MUST(e == 0 || e == -EBADMSG);
	check_verdict(nlh);

	/* the same bytes as an answer with an extended ACK */
	nlh->nlmsg_type = NLMSG_ERROR;
	nlh->nlmsg_flags = NLM_F_ACK_TLVS;
	if (size && data[0] & 1)
		nlh->nlmsg_flags |= NLM_F_CAPPED;
	if (size)
		memmove(NLMSG_DATA(nlh), data, size);
	text = NULL;
	parse_error(nlh, &text);
	MUST(text && strlen(text) < len);
	free(nlh);
	return 0;
}
