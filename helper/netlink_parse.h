/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Strict parsing of what the kernel sends.
 */
#ifndef NTLMD_NETLINK_PARSE_H
#define NTLMD_NETLINK_PARSE_H

#include <linux/netlink.h>

#include "server.h"

/** struct registration - the reply to NTLM_CMD_REGISTER */
struct registration {
	uint32_t features;
	uint32_t generation;
	uint32_t max_token;
	uint32_t max_tokens;
	uint32_t max_requests;
	uint32_t max_requests_uid;
};

/**
 * parse_error() - status and text of an NLMSG_ERROR message
 * @nlh: the message, complete in memory
 * @text: receives the kernel's text, which lies inside the message, or ""
 *
 * Return: 0 or a negative errno; -EBADMSG if the message is malformed.
 */
int parse_error(struct nlmsghdr *nlh, const char **text);

/** parse_registration() - 0, or -EBADMSG */
int parse_registration(struct nlmsghdr *nlh, struct registration *reg);

/**
 * parse_request() - the reply to NTLM_CMD_ACCEPT
 * @nlh: the message
 * @r: from request_new(), to be filled in; r->cookie is 0 if there is none
 *
 * Return: 0, or a negative errno to answer the request with: -EOPNOTSUPP for a
 * role or mode that is not served, -EMSGSIZE for too long or too many tokens,
 * -EBADMSG for a malformed message.
 */
int parse_request(struct nlmsghdr *nlh, struct request *r);

/**
 * parse_verdict() - an event
 * @nlh: the message
 * @v: receives what the server said; points into the message
 *
 * Return: 1 if it is a server's verdict or the end of a context, 0 for other
 * events, -EBADMSG.
 */
int parse_verdict(struct nlmsghdr *nlh, struct verdict *v);

#endif
