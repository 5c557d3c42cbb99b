// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "nl.h"
#include "tap.h"

#define SOL_NETLINK_	270
#define ACK_TIMEOUT_MS	20000

/* --- sockets ------------------------------------------------------------ */

int nl_socket(uint32_t port)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK, .nl_pid = port };
	int on = 1, err;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);

	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0) {
		err = -errno;
		close(fd);
		return err;
	}
	setsockopt(fd, SOL_NETLINK_, NETLINK_EXT_ACK, &on, sizeof(on));
	return fd;
}

static void find_group(struct nl *nl, const struct nlattr *groups)
{
	const uint8_t *p = nl_attr_data(groups), *end = p + nl_attr_len(groups);
	const struct nlattr *group, *a;
	const uint8_t *q, *qend;

	for (; p < end; p += NLA_ALIGN(group->nla_len)) {
		group = (const struct nlattr *)p;
		q = nl_attr_data(group);
		qend = q + nl_attr_len(group);
		for (; q < qend; q += NLA_ALIGN(a->nla_len)) {
			a = (const struct nlattr *)q;
			if ((a->nla_type & NLA_TYPE_MASK) ==
			    CTRL_ATTR_MCAST_GRP_ID)
				memcpy(&nl->events, nl_attr_data(a), 4);
		}
	}
}

static int resolve(struct nl *nl)
{
	int err;

	nl->family = GENL_ID_CTRL;
	nl_begin(nl, nl->m, CTRL_CMD_GETFAMILY, 0);
	nl_put_str(nl->m, CTRL_ATTR_FAMILY_NAME, NTLM_GENL_NAME);
	err = nl_talk(nl, nl->m, nl->r);
	if (err)
		return err;
	memcpy(&nl->family,
	       nl_attr_data(nl_attr(nl->r, CTRL_ATTR_FAMILY_ID)), 2);
	if (nl_attr(nl->r, CTRL_ATTR_MCAST_GROUPS))
		find_group(nl, nl_attr(nl->r, CTRL_ATTR_MCAST_GROUPS));
	return 0;
}

int nl_open_port(struct nl *nl, uint32_t port)
{
	struct sockaddr_nl addr;
	socklen_t len = sizeof(addr);
	int err;

	memset(nl, 0, sizeof(*nl));
	nl->fd = nl_socket(port);
	if (nl->fd < 0)
		return nl->fd;
	nl->m = malloc(sizeof(*nl->m));
	nl->r = malloc(sizeof(*nl->r));
	nl->rx = malloc(NL_BUFFER);
	if (!nl->m || !nl->r || !nl->rx)
		FAIL("out of memory");
	getsockname(nl->fd, (struct sockaddr *)&addr, &len);
	nl->port = addr.nl_pid;
	err = resolve(nl);
	if (err)
		nl_close(nl);
	return err;
}

int nl_open(struct nl *nl)
{
	return nl_open_port(nl, 0);
}

void nl_close(struct nl *nl)
{
	if (nl->fd >= 0)
		close(nl->fd);
	nl->fd = -1;
	free(nl->m);
	free(nl->r);
	free(nl->rx);
	nl->m = NULL;
	nl->r = NULL;
	nl->rx = NULL;
}

int nl_join_events(struct nl *nl)
{
	if (setsockopt(nl->fd, SOL_NETLINK_, NETLINK_ADD_MEMBERSHIP,
		       &nl->events, sizeof(nl->events)) < 0)
		return -errno;
	return 0;
}

/* --- messages ----------------------------------------------------------- */

void nl_begin(struct nl *nl, struct nl_msg *m, uint8_t cmd, uint16_t flags)
{
	struct nlmsghdr *h = (struct nlmsghdr *)m->buf;
	struct genlmsghdr *g = NLMSG_DATA(h);

	memset(m->buf, 0, NLMSG_LENGTH(GENL_HDRLEN));
	h->nlmsg_type = nl->family;
	h->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	h->nlmsg_seq = ++nl->seq;
	g->cmd = cmd;
	g->version = NTLM_GENL_VERSION;
	m->len = NLMSG_LENGTH(GENL_HDRLEN);
}

void nl_put(struct nl_msg *m, uint16_t type, const void *data, size_t len)
{
	struct nlattr *a = (struct nlattr *)(m->buf + m->len);

	if (NLA_HDRLEN + NLA_ALIGN(len) > sizeof(m->buf) - m->len)
		FAIL("message too large for the test");
	memset(a, 0, NLA_HDRLEN + NLA_ALIGN(len));
	a->nla_type = type;
	a->nla_len = NLA_HDRLEN + len;
	if (len)
		memcpy((uint8_t *)a + NLA_HDRLEN, data, len);
	m->len += NLA_HDRLEN + NLA_ALIGN(len);
}

void nl_put_u32(struct nl_msg *m, uint16_t type, uint32_t v)
{
	nl_put(m, type, &v, sizeof(v));
}

void nl_put_u64(struct nl_msg *m, uint16_t type, uint64_t v)
{
	nl_put(m, type, &v, sizeof(v));
}

void nl_put_str(struct nl_msg *m, uint16_t type, const char *s)
{
	nl_put(m, type, s, strlen(s) + 1);
}

int nl_send_to(struct nl *nl, struct nl_msg *m, uint32_t port)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK, .nl_pid = port };

	((struct nlmsghdr *)m->buf)->nlmsg_len = m->len;
	if (sendto(nl->fd, m->buf, m->len, 0, (struct sockaddr *)&addr,
		   sizeof(addr)) < 0)
		return -errno;
	return 0;
}

/* Without an address the rights of who opened the socket count, too. */
int nl_send(struct nl *nl, struct nl_msg *m)
{
	((struct nlmsghdr *)m->buf)->nlmsg_len = m->len;
	return send(nl->fd, m->buf, m->len, 0) < 0 ? -errno : 0;
}

int nl_recv(struct nl *nl, void *buf, size_t size, int ms, uint32_t *from)
{
	struct pollfd pfd = { .fd = nl->fd, .events = POLLIN };
	struct sockaddr_nl addr = {};
	socklen_t len = sizeof(addr);
	ssize_t n;

	n = poll(&pfd, 1, ms);
	if (n < 0)
		return -errno;
	if (!n)
		return -EAGAIN;
	n = recvfrom(nl->fd, buf, size, MSG_DONTWAIT | MSG_TRUNC,
		     (struct sockaddr *)&addr, &len);
	if (n < 0) {
		if (errno == ENOBUFS)
			nl->overruns++;
		return -errno;
	}
	if ((size_t)n > size)
		return -EMSGSIZE;
	if (from)
		*from = addr.nl_pid;
	return (int)n;
}

size_t nl_attr_len(const struct nlattr *a)
{
	return a->nla_len - NLA_HDRLEN;
}

const void *nl_attr_data(const struct nlattr *a)
{
	return (const uint8_t *)a + NLA_HDRLEN;
}

const struct nlattr *nl_attr(const struct nl_reply *r, uint16_t type)
{
	unsigned int i;

	for (i = 0; i < r->nattrs; i++)
		if ((r->attrs[i]->nla_type & NLA_TYPE_MASK) == type)
			return r->attrs[i];
	return NULL;
}

uint32_t nl_u32(const struct nl_reply *r, uint16_t type)
{
	const struct nlattr *a = nl_attr(r, type);
	uint32_t v;

	if (!a || nl_attr_len(a) != sizeof(v))
		FAIL("command %u: attribute %u is no u32", r->cmd, type);
	memcpy(&v, nl_attr_data(a), sizeof(v));
	return v;
}

uint64_t nl_u64(const struct nl_reply *r, uint16_t type)
{
	const struct nlattr *a = nl_attr(r, type);
	uint64_t v;

	if (!a || nl_attr_len(a) != sizeof(v))
		FAIL("command %u: attribute %u is no u64", r->cmd, type);
	memcpy(&v, nl_attr_data(a), sizeof(v));
	return v;
}

const char *nl_str(const struct nl_reply *r, uint16_t type)
{
	const struct nlattr *a = nl_attr(r, type);

	if (!a)
		return NULL;
	if (!memchr(nl_attr_data(a), 0, nl_attr_len(a)))
		FAIL("command %u: attribute %u has no NUL", r->cmd, type);
	return nl_attr_data(a);
}

void nl_parse(const struct nlmsghdr *h, struct nl_reply *r)
{
	const uint8_t *p, *end;
	const struct nlattr *a;

	r->type = h->nlmsg_type;
	r->flags = h->nlmsg_flags;
	r->seq = h->nlmsg_seq;
	memcpy(r->buf, h, h->nlmsg_len);
	r->cmd = r->buf[NLMSG_HDRLEN];
	r->nattrs = 0;
	p = r->buf + NLMSG_LENGTH(GENL_HDRLEN);
	end = r->buf + h->nlmsg_len;
	for (; p < end && r->nattrs < NL_ATTRS; p += NLA_ALIGN(a->nla_len)) {
		a = (const struct nlattr *)p;
		if (a->nla_len < NLA_HDRLEN || a->nla_len > end - p)
			FAIL("command %u: attributes broken", r->cmd);
		r->attrs[r->nattrs++] = a;
	}
}

/* The text and the offset of an extended ACK. */
static void parse_ack(struct nl *nl, const struct nlmsghdr *h)
{
	const struct nlmsgerr *e = NLMSG_DATA(h);
	const uint8_t *p, *end = (const uint8_t *)h + h->nlmsg_len;
	const struct nlattr *a;
	size_t skip = sizeof(*e);

	nl->text[0] = 0;
	nl->offset = 0;
	if (!(h->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	if (!(h->nlmsg_flags & NLM_F_CAPPED))
		skip += e->msg.nlmsg_len - sizeof(e->msg);
	p = (const uint8_t *)e + NLMSG_ALIGN(skip);
	for (; p < end; p += NLA_ALIGN(a->nla_len)) {
		a = (const struct nlattr *)p;
		if (a->nla_len < NLA_HDRLEN || a->nla_len > end - p)
			FAIL("extended ACK broken");
		if (a->nla_type == NLMSGERR_ATTR_MSG)
			snprintf(nl->text, sizeof(nl->text), "%.*s",
				 (int)nl_attr_len(a),
				 (const char *)nl_attr_data(a));
		else if (a->nla_type == NLMSGERR_ATTR_OFFS)
			memcpy(&nl->offset, nl_attr_data(a), 4);
	}
}

/* Into nl->rx, from the kernel only. */
static int recv_kernel(struct nl *nl, int ms)
{
	uint32_t from;
	int n;

	do {
		n = nl_recv(nl, nl->rx, NL_BUFFER, ms, &from);
		if (n >= 0 && from)
			nl->foreign++;
	} while (n >= 0 && from);
	return n;
}

static bool is_ready(const struct nl *nl, const struct nlmsghdr *h)
{
	return h->nlmsg_type == nl->family && !h->nlmsg_seq &&
	       ((const struct genlmsghdr *)NLMSG_DATA(h))->cmd == NTLM_CMD_READY;
}

int nl_talk(struct nl *nl, struct nl_msg *m, struct nl_reply *r)
{
	uint32_t seq = ((struct nlmsghdr *)m->buf)->nlmsg_seq;
	const struct nlmsghdr *h;
	int n, err;

	nl->text[0] = 0;
	nl->offset = 0;
	if (r)
		r->type = 0;
	err = nl_send(nl, m);
	while (!err) {
		n = recv_kernel(nl, ACK_TIMEOUT_MS);
		if (n == -ENOBUFS)
			continue;
		/* -EAGAIN would read as an answer. */
		if (n < 0)
			return n == -EAGAIN ? -ETIME : n;
		for (h = (void *)nl->rx; NLMSG_OK(h, (unsigned int)n);
		     h = NLMSG_NEXT(h, n)) {
			if (is_ready(nl, h)) {
				nl->ready++;
			} else if (h->nlmsg_seq != seq) {
				continue;
			} else if (h->nlmsg_type == NLMSG_ERROR) {
				parse_ack(nl, h);
				return ((struct nlmsgerr *)NLMSG_DATA(h))->error;
			} else if (r) {
				nl_parse(h, r);
			}
		}
	}
	return err;
}

int nl_wait(struct nl *nl, uint8_t cmd, int ms, struct nl_reply *r)
{
	long long end = tap_now_ms() + ms;
	const struct nlmsghdr *h;
	int n, left;

	for (;;) {
		left = (int)(end - tap_now_ms());
		n = recv_kernel(nl, left > 0 ? left : 0);
		if (n < 0)
			return n;
		h = (void *)nl->rx;
		if (is_ready(nl, h))
			nl->ready++;
		if (h->nlmsg_type != nl->family || h->nlmsg_seq)
			continue;
		if (((struct genlmsghdr *)NLMSG_DATA(h))->cmd != cmd)
			continue;
		if (r)
			nl_parse(h, r);
		return 0;
	}
}

int nl_dump(struct nl *nl, uint8_t cmd,
	    void (*each)(const struct nl_reply *r, void *arg), void *arg)
{
	const struct nlmsghdr *h;
	int n, err;

	nl_begin(nl, nl->m, cmd, NLM_F_DUMP);
	err = nl_send(nl, nl->m);
	while (!err) {
		n = recv_kernel(nl, ACK_TIMEOUT_MS);
		if (n < 0)
			return n == -EAGAIN ? -ETIME : n;
		for (h = (void *)nl->rx; NLMSG_OK(h, (unsigned int)n);
		     h = NLMSG_NEXT(h, n)) {
			if (is_ready(nl, h)) {
				nl->ready++;
				continue;
			}
			if (h->nlmsg_type == NLMSG_DONE) {
				memcpy(&err, NLMSG_DATA(h), sizeof(err));
				return err;
			}
			if (h->nlmsg_type == NLMSG_ERROR) {
				parse_ack(nl, h);
				return ((struct nlmsgerr *)NLMSG_DATA(h))->error;
			}
			nl_parse(h, nl->r);
			each(nl->r, arg);
		}
	}
	return err;
}
