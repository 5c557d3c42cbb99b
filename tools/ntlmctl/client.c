// SPDX-License-Identifier: GPL-2.0-or-later
#include "client.h"

#include <errno.h>
#include <netlink/errno.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#define EVENTS_BUFFER	(1024 * 1024)
#define NEEDS_ROOT	"; this needs root (CAP_NET_ADMIN)"

struct question {
	client_row row;
	void *arg;
	const struct client *client;
	bool finished;
	int error;
	const char *text;
};

int client_open(struct client *c)
{
	*c = (struct client){ .sock = nl_socket_alloc() };
	if (!c->sock || genl_connect(c->sock) < 0) {
		fprintf(stderr, "ntlmctl: no netlink socket: %s\n",
			strerror(errno));
		return EXIT_PROBLEM;
	}
	nl_socket_disable_auto_ack(c->sock);
	nl_socket_enable_msg_peek(c->sock);
	c->family = genl_ctrl_resolve(c->sock, NTLM_GENL_NAME);
	if (c->family == -NLE_OBJ_NOTFOUND) {
		fputs("ntlmctl: the kernel module ntlm is not loaded; as root: modprobe ntlm\n",
		      stderr);
		return EXIT_NO_MODULE;
	}
	if (c->family < 0) {
		fprintf(stderr, "ntlmctl: netlink: %s\n",
			nl_geterror(c->family));
		return EXIT_PROBLEM;
	}
	return EXIT_OK;
}

void client_close(struct client *c)
{
	nl_socket_free(c->sock);
}

static int max_attr(uint8_t cmd)
{
	return cmd == NTLM_CMD_STATS_GET ? NTLM_A_STATS_MAX : NTLM_A_CONTEXT_MAX;
}

static int on_message(struct nl_msg *msg, void *arg)
{
	struct nlattr *tb[NTLM_A_CONTEXT_MAX + NTLM_A_STATS_MAX + 1];
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	struct question *q = arg;
	uint8_t cmd;

	/* nobody but the kernel has anything to say here */
	if (nlmsg_get_src(msg)->nl_pid != 0 ||
	    nlh->nlmsg_type != q->client->family || !genlmsg_valid_hdr(nlh, 0))
		return NL_SKIP;
	cmd = genlmsg_hdr(nlh)->cmd;
	if (cmd != NTLM_CMD_STATS_GET && cmd != NTLM_CMD_CONTEXT_GET &&
	    cmd != NTLM_CMD_EVENT)
		return NL_SKIP;
	if (genlmsg_parse(nlh, 0, tb, max_attr(cmd), NULL) < 0) {
		q->error = -EBADMSG;
		return NL_STOP;
	}
	q->row(q->arg, tb);
	if (!(nlh->nlmsg_flags & NLM_F_MULTI))
		q->finished = true;
	return NL_OK;
}

static int on_finish(struct nl_msg *msg, void *arg)
{
	struct question *q = arg;

	(void)msg;
	q->finished = true;
	return NL_STOP;
}

/* events belong to no question, so they have no sequence to check */
static int any_sequence(struct nl_msg *msg, void *arg)
{
	(void)msg;
	(void)arg;
	return NL_OK;
}

static int on_error(struct sockaddr_nl *from, struct nlmsgerr *err, void *arg)
{
	struct question *q = arg;

	(void)from;
	q->error = err->error;
	q->finished = true;
	return NL_STOP;
}

static int report(int error)
{
	fprintf(stderr, "ntlmctl: the kernel answered: %s%s\n", strerror(-error),
		error == -EPERM ? NEEDS_ROOT : "");
	return error == -EPERM ? EXIT_NOT_ALLOWED : EXIT_PROBLEM;
}

static struct nl_cb *callbacks(struct question *q)
{
	struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);

	if (!cb)
		return NULL;
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_message, q);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_finish, q);
	nl_cb_err(cb, NL_CB_CUSTOM, on_error, q);
	return cb;
}

int client_get(struct client *c, uint8_t cmd, client_row row, void *arg)
{
	struct question q = { .row = row, .arg = arg, .client = c };
	struct nl_cb *cb = callbacks(&q);
	int e;

	if (!cb)
		return report(-ENOMEM);
	e = genl_send_simple(c->sock, c->family, cmd, NTLM_GENL_VERSION,
			     cmd == NTLM_CMD_CONTEXT_GET ? NLM_F_DUMP : 0);
	while (e >= 0 && !q.finished && !q.error)
		e = nl_recvmsgs(c->sock, cb);
	nl_cb_put(cb);
	if (q.error)
		return report(q.error);
	if (e < 0) {
		fprintf(stderr, "ntlmctl: netlink: %s\n", nl_geterror(e));
		return EXIT_PROBLEM;
	}
	return EXIT_OK;
}

int client_follow(struct client *c, int signals, void (*ready)(void *arg),
		  client_row row, void *arg)
{
	struct question q = { .row = row, .arg = arg, .client = c };
	struct pollfd fds[] = {
		{ .fd = nl_socket_get_fd(c->sock), .events = POLLIN },
		{ .fd = signals, .events = POLLIN },
	};
	struct nl_cb *cb;
	int e;

	e = genl_ctrl_resolve_grp(c->sock, NTLM_GENL_NAME,
				  NTLM_GENL_GROUP_EVENTS);
	if (e >= 0)
		e = nl_socket_add_membership(c->sock, e);
	if (e < 0) {
		fprintf(stderr, "ntlmctl: cannot listen to events: %s%s\n",
			nl_geterror(e), e == -NLE_PERM ? NEEDS_ROOT : "");
		return e == -NLE_PERM ? EXIT_NOT_ALLOWED : EXIT_PROBLEM;
	}
	cb = callbacks(&q);
	if (!cb)
		return report(-ENOMEM);
	nl_cb_set(cb, NL_CB_SEQ_CHECK, NL_CB_CUSTOM, any_sequence, NULL);
	nl_socket_set_buffer_size(c->sock, EVENTS_BUFFER, 0);
	nl_socket_set_nonblocking(c->sock);
	ready(arg);
	while (poll(fds, 2, -1) >= 0 || errno == EINTR) {
		if (fds[1].revents)
			break;
		if (!fds[0].revents)
			continue;
		e = nl_recvmsgs(c->sock, cb);
		if (e == -NLE_NOMEM)
			fputs("ntlmctl: events were lost: the buffer was full\n",
			      stderr);
		else if (e < 0 && e != -NLE_AGAIN)
			break;
		if (q.error)
			break;
	}
	nl_cb_put(cb);
	if (q.error)
		return report(q.error);
	if (!fds[1].revents) {
		fprintf(stderr, "ntlmctl: netlink: %s\n", nl_geterror(e));
		return EXIT_PROBLEM;
	}
	return EXIT_OK;
}
