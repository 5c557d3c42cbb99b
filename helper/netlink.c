// SPDX-License-Identifier: GPL-2.0-or-later
#include "netlink.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netlink/errno.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "name_print.h"
#include "netlink_parse.h"
#include "netlink_put.h"
#include <linux/ntlm.h>

/* every token of a context, and room for the other attributes */
#define MESSAGE_SIZE	(NTLM_MAX_TOKENS + 8192)

/* as long as the kernel lets an administrator's socket hold */
#define EVENTS_BUFFER	(4 * 1024 * 1024)
#define REQUESTS_BUFFER	(1024 * 1024)

#define FEATURES \
	(NTLM_FEATURE_INITIATOR | NTLM_FEATURE_ACCEPTOR | \
	 NTLM_FEATURE_CONNECTIONLESS | NTLM_FEATURE_SPNEGO | NTLM_FEATURE_LEGACY)

/* requests taken before other work gets its turn */
#define DRAIN_MAX	32
/* until what could not be taken is asked for again */
#define RETRY_USEC	100000

#define EVENTS_PRIORITY	(SD_EVENT_PRIORITY_NORMAL - 50)

struct netlink {
	sd_event *event;
	struct server *server;
	struct nl_sock *requests;
	struct nl_sock *events;
	sd_event_source *requests_io;
	sd_event_source *events_io;
	sd_event_source *drain;
	sd_event_source *drain_now;
	int family;
	bool told;
	uint8_t requests_buf[MESSAGE_SIZE] __attribute__((aligned(8)));
	uint8_t events_buf[MESSAGE_SIZE] __attribute__((aligned(8)));
};

/*
 * One datagram of the kernel. Returns its length; 0 for one to be ignored;
 * -EAGAIN if there is none; -ENOBUFS if the kernel had to drop some.
 */
static ssize_t receive(struct nl_sock *sock, uint8_t *buf)
{
	struct sockaddr_nl from = { 0 };
	struct iovec iov = { .iov_base = buf, .iov_len = MESSAGE_SIZE };
	struct msghdr msg = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};
	ssize_t n;

	do
		n = recvmsg(nl_socket_get_fd(sock), &msg,
			    MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	if (msg.msg_namelen != sizeof(from) || from.nl_pid != 0) {
		log_msg(LOG_WARNING,
			"netlink: message from port %u dropped, only the kernel is believed",
			from.nl_pid);
		return 0;
	}
	if (msg.msg_flags & MSG_TRUNC) {
		log_msg(LOG_ERR, "netlink: message longer than %d bytes dropped",
			MESSAGE_SIZE);
		return 0;
	}
	return n;
}

static void drain_later(struct netlink *nl, uint64_t usec)
{
	int r;

	/* A timer that is due at once still is a turn through the kernel. */
	if (!usec) {
		r = sd_event_source_set_enabled(nl->drain_now, SD_EVENT_ONESHOT);
		if (r < 0)
			log_msg(LOG_ERR, "netlink: %s", strerror(-r));
		return;
	}
	r = sd_event_source_set_time_relative(nl->drain, usec);
	if (r >= 0)
		r = sd_event_source_set_enabled(nl->drain, SD_EVENT_ONESHOT);
	if (r < 0)
		log_msg(LOG_ERR, "netlink: timer: %s", strerror(-r));
}

static int command(const struct netlink *nl, struct nlmsghdr *nlh)
{
	if (nlh->nlmsg_type != nl->family || !genlmsg_valid_hdr(nlh, 0))
		return NTLM_CMD_UNSPEC;
	return genlmsg_hdr(nlh)->cmd;
}

/**
 * struct transaction - a message and what the kernel answers
 * @msg: to be sent; wiped and freed by transact()
 * @text: receives the kernel's text; valid until the next transaction
 * @reply: receives the reply, likewise, if @cmd is not 0
 * @cmd: command of the reply that is expected; 0: only the acknowledgment
 * @lost: the kernel has the message, and what it answered got lost
 */
struct transaction {
	struct nl_msg *msg;
	const char *text;
	struct nlmsghdr *reply;
	int cmd;
	bool lost;
};

/* true: the transaction is over and *result valid */
static bool look_through(struct netlink *nl, int len, uint32_t seq,
			 struct transaction *t, int *result)
{
	struct nlmsghdr *nlh = (struct nlmsghdr *)nl->requests_buf;

	for (; nlmsg_ok(nlh, len); nlh = nlmsg_next(nlh, &len)) {
		int cmd = command(nl, nlh);

		if (cmd == NTLM_CMD_READY) {
			drain_later(nl, 0);
			continue;
		}
		if (!t || nlh->nlmsg_seq != seq)
			continue;
		if (nlh->nlmsg_type == NLMSG_ERROR) {
			*result = parse_error(nlh, &t->text);
			/* a success without the reply that it should have */
			if (!*result && t->cmd)
				*result = -EBADMSG;
			return true;
		}
		if (t->cmd && cmd == t->cmd) {
			t->reply = nlh;
			*result = 0;
			return true;
		}
	}
	return false;
}

/* The kernel answers before sendmsg() returns, so there is nothing to wait for. */
static int transact(struct netlink *nl, struct transaction *t)
{
	struct nlmsghdr *sent = nlmsg_hdr(t->msg);
	int result = -EIO;
	uint32_t seq;
	ssize_t n;

	t->text = "";
	t->reply = NULL;
	nl_complete_msg(nl->requests, t->msg);
	seq = sent->nlmsg_seq;
	do
		n = sendto(nl_socket_get_fd(nl->requests), sent,
			   sent->nlmsg_len, MSG_NOSIGNAL, NULL, 0);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		result = -errno;
	explicit_bzero(sent, nlmsg_get_max_size(t->msg));
	nlmsg_free(t->msg);
	t->msg = NULL;
	if (n < 0)
		return result;

	for (;;) {
		n = receive(nl->requests, nl->requests_buf);
		if (n == -ENOBUFS) {
			drain_later(nl, 0);
			continue;
		}
		if (n < 0) {
			t->text = "the kernel's answer was lost";
			t->lost = true;
			return result;
		}
		if (look_through(nl, (int)n, seq, t, &result))
			return result;
	}
}

static struct nl_msg *new_message(struct netlink *nl, uint8_t cmd, size_t size,
				  int flags)
{
	struct nl_msg *msg = nlmsg_alloc_size(NLMSG_HDRLEN + GENL_HDRLEN + size);

	if (msg && !genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, nl->family, 0,
				flags, cmd, NTLM_GENL_VERSION)) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

static void take_events(struct netlink *nl)
{
	for (;;) {
		ssize_t n = receive(nl->events, nl->events_buf);
		struct nlmsghdr *nlh = (struct nlmsghdr *)nl->events_buf;
		int len = (int)n;

		if (n == -ENOBUFS) {
			log_msg(LOG_WARNING,
				"netlink: events were lost; a refused logon may be tried once more");
			continue;
		}
		if (n < 0)
			return;
		for (; nlmsg_ok(nlh, len); nlh = nlmsg_next(nlh, &len)) {
			struct verdict v;
			int r;

			if (command(nl, nlh) != NTLM_CMD_EVENT)
				continue;
			r = parse_verdict(nlh, &v);
			if (r > 0 && v.ended)
				server_context_ended(nl->server, v.context);
			else if (r > 0)
				server_verdict(nl->server, &v);
			else if (r < 0)
				log_msg(LOG_ERR, "netlink: malformed event");
		}
	}
}

static void send_status(struct netlink *nl, uint64_t cookie, int status)
{
	const struct request request = { .cookie = cookie };
	const struct answer answer = { .status = status };

	netlink_answer(nl, &request, &answer);
}

/* Returns 1 if there may be more, 0 if not, -EAGAIN to ask again later. */
static int accept_one(struct netlink *nl)
{
	struct request *r = request_new(nl->server);
	struct transaction t = { .cmd = NTLM_CMD_ACCEPT };
	int e;

	if (!r)
		return -EAGAIN;
	t.msg = new_message(nl, NTLM_CMD_ACCEPT, 0, 0);
	e = t.msg ? transact(nl, &t) : -ENOMEM;
	if (e < 0) {
		request_free(r);
		if (e == -EAGAIN)
			return 0;
		log_msg(LOG_ERR, "a request cannot be taken: %s%s%s",
			strerror(-e), *t.text ? ": " : "", t.text);
		return -EAGAIN;
	}
	/* taking events may answer another request, where the reply lies */
	e = parse_request(t.reply, r);
	/* what a server said before this request was made counts for it */
	take_events(nl);
	if (e < 0) {
		name_quote(r->shown, sizeof(r->shown), r->target);
		log_msg(LOG_ERR, "request ctx=%" PRIu32 " target=%s cannot be served: %s",
			r->context, r->shown, strerror(-e));
		if (r->cookie)
			send_status(nl, r->cookie, -e);
		request_free(r);
		return 1;
	}
	request_start(r);
	return 1;
}

static void drain(struct netlink *nl)
{
	for (int i = 0; i < DRAIN_MAX; i++) {
		int r = accept_one(nl);

		if (r == 0)
			return;
		if (r < 0) {
			drain_later(nl, RETRY_USEC);
			return;
		}
	}
	drain_later(nl, 0);
}

static int on_drain(sd_event_source *s, uint64_t usec, void *arg)
{
	(void)s;
	(void)usec;
	drain(arg);
	return 0;
}

static int on_drain_now(sd_event_source *s, void *arg)
{
	(void)s;
	drain(arg);
	return 0;
}

/* Deaf, but alive to the service manager: better to be started again. */
static int requests_lost(struct netlink *nl, int error)
{
	log_msg(LOG_ERR, "the kernel's messages cannot be read: %s",
		strerror(-error));
	return sd_event_exit(nl->event, EX_OSERR);
}

static int on_requests(sd_event_source *s, int fd, uint32_t revents, void *arg)
{
	struct netlink *nl = arg;
	ssize_t n;

	(void)s;
	(void)fd;
	(void)revents;
	while ((n = receive(nl->requests, nl->requests_buf)) != -EAGAIN) {
		if (n == -ENOBUFS)
			drain_later(nl, 0);
		else if (n < 0)
			return requests_lost(nl, (int)n);
		else
			look_through(nl, (int)n, 0, NULL, NULL);
	}
	return 0;
}

static int on_events(sd_event_source *s, int fd, uint32_t revents, void *arg)
{
	(void)s;
	(void)fd;
	(void)revents;
	take_events(arg);
	return 0;
}

int netlink_answer(void *arg, const struct request *r, const struct answer *a)
{
	struct netlink *nl = arg;
	struct answer failure = { .status = EIO };
	struct transaction t = { 0 };
	int e = -ENOMEM;
	size_t size;

	size = answer_size(a);
	if (size)
		t.msg = new_message(nl, NTLM_CMD_DONE, size, NLM_F_ACK);
	else
		e = -EMSGSIZE;
	if (t.msg && answer_put(t.msg, r->cookie, a)) {
		explicit_bzero(nlmsg_hdr(t.msg), nlmsg_get_max_size(t.msg));
		nlmsg_free(t.msg);
		t.msg = NULL;
		e = -EMSGSIZE;
	}
	if (t.msg)
		e = transact(nl, &t);
	if (!e)
		return 0;
	if (e == -ENOENT) {
		log_msg(LOG_INFO,
			"ctx=%" PRIu32 " did not wait for its answer (timeout or cancel)",
			r->context);
		return e;
	}
	if (t.lost)
		log_msg(LOG_ERR, "ctx=%" PRIu32 " target=%s: what the kernel said to the answer was lost",
			r->context, r->shown);
	else
		log_msg(LOG_ERR, "ctx=%" PRIu32 " target=%s: the kernel did not take the answer: %s%s%s",
			r->context, r->shown, strerror(-e),
			*t.text ? ": " : "", t.text);
	if (a->status || e == -EPERM)
		return t.lost ? 1 : e;
	if (e == -EMSGSIZE)
		failure.status = EMSGSIZE;
	/*
	 * So that the client does not wait for its timeout. If the kernel takes
	 * this one, it had not taken the other.
	 */
	return (netlink_answer(nl, r, &failure) && t.lost) ? 1 : e;
}

static struct nl_sock *open_socket(int buffer)
{
	struct nl_sock *sock = nl_socket_alloc();
	int on = 1, fd;

	if (!sock)
		return NULL;
	if (genl_connect(sock) < 0) {
		nl_socket_free(sock);
		return NULL;
	}
	nl_socket_disable_auto_ack(sock);
	fd = nl_socket_get_fd(sock);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof(buffer)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof(buffer));
	/* without it an error message would carry our message, keys included */
	if (setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on)) ||
	    setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on))) {
		nl_socket_free(sock);
		return NULL;
	}
	return sock;
}

static int resolve(struct netlink *nl)
{
	int group;

	nl->family = genl_ctrl_resolve(nl->events, NTLM_GENL_NAME);
	if (nl->family < 0 && nl->family != -NLE_OBJ_NOTFOUND) {
		log_msg(LOG_ERR, "netlink: %s", nl_geterror(nl->family));
		return -EIO;
	}
	if (nl->family < 0) {
		log_msg(nl->told ? LOG_DEBUG : LOG_ERR,
			"the kernel has no netlink family \"%s\": the module ntlm is not loaded and could not be loaded automatically; as root: modprobe ntlm",
			NTLM_GENL_NAME);
		nl->told = true;
		return -ENOENT;
	}
	group = genl_ctrl_resolve_grp(nl->events, NTLM_GENL_NAME,
				      NTLM_GENL_GROUP_EVENTS);
	if (group >= 0)
		group = nl_socket_add_membership(nl->events, group);
	if (group >= 0)
		return 0;
	log_msg(LOG_ERR,
		"netlink: cannot listen to events: %s; ntlmd needs CAP_NET_ADMIN",
		nl_geterror(group));
	return -EPERM;
}

static int send_register(struct netlink *nl)
{
	struct transaction t = { .cmd = NTLM_CMD_REGISTER };
	struct registration reg;
	int e;

	t.msg = new_message(nl, NTLM_CMD_REGISTER, 64, 0);
	if (!t.msg || nla_put_u32(t.msg, NTLM_A_HELPER_FEATURES, FEATURES))
		return -ENOMEM;
	e = transact(nl, &t);
	if (e == -EPERM) {
		log_msg(LOG_ERR,
			"the kernel refused to register this helper: %s; ntlmd needs CAP_NET_ADMIN in the initial user namespace",
			strerror(EPERM));
		return e;
	}
	if (!e)
		e = parse_registration(t.reply, &reg);
	if (e < 0) {
		log_msg(LOG_ERR,
			"the kernel refused to register this helper: %s%s%s",
			strerror(-e), *t.text ? ": " : "", t.text);
		return e;
	}
	log_msg(LOG_NOTICE,
		"registered with the kernel: port=%" PRIu32 " registration=%" PRIu32 " max-token=%" PRIu32 " max-requests=%" PRIu32 " features=0x%" PRIx32,
		nl_socket_get_local_port(nl->requests), reg.generation,
		reg.max_token, reg.max_requests, reg.features);
	return 0;
}

static int attach(struct netlink *nl)
{
	int r;

	r = sd_event_add_io(nl->event, &nl->events_io,
			    nl_socket_get_fd(nl->events), EPOLLIN, on_events, nl);
	if (r >= 0)
		r = sd_event_source_set_priority(nl->events_io, EVENTS_PRIORITY);
	if (r >= 0)
		r = sd_event_add_io(nl->event, &nl->requests_io,
				    nl_socket_get_fd(nl->requests), EPOLLIN,
				    on_requests, nl);
	if (r >= 0)
		r = sd_event_add_time_relative(nl->event, &nl->drain,
					       CLOCK_MONOTONIC, 0, 1, on_drain,
					       nl);
	if (r >= 0)
		r = sd_event_source_set_enabled(nl->drain, SD_EVENT_OFF);
	if (r >= 0)
		r = sd_event_add_defer(nl->event, &nl->drain_now, on_drain_now,
				       nl);
	if (r >= 0)
		r = sd_event_source_set_enabled(nl->drain_now, SD_EVENT_OFF);
	if (r < 0)
		log_msg(LOG_ERR, "event loop: %s", strerror(-r));
	return r < 0 ? r : 0;
}

static void detach(struct netlink *nl)
{
	nl->requests_io = sd_event_source_disable_unref(nl->requests_io);
	nl->events_io = sd_event_source_disable_unref(nl->events_io);
	nl->drain = sd_event_source_disable_unref(nl->drain);
	nl->drain_now = sd_event_source_disable_unref(nl->drain_now);
	nl_socket_free(nl->requests);
	nl_socket_free(nl->events);
	nl->requests = NULL;
	nl->events = NULL;
}

int netlink_register(struct netlink *nl, struct server *server)
{
	int r = -EIO;

	nl->server = server;
	nl->events = open_socket(EVENTS_BUFFER);
	nl->requests = open_socket(REQUESTS_BUFFER);
	if (nl->events && nl->requests)
		r = resolve(nl);
	else
		log_msg(LOG_ERR, "netlink: no socket: %s", strerror(errno));
	if (!r)
		r = attach(nl);
	if (!r)
		r = send_register(nl);
	if (r) {
		/* so that it can be tried again */
		detach(nl);
		return r;
	}
	/* what waited before anybody was registered */
	drain_later(nl, 0);
	return 0;
}

struct netlink *netlink_new(sd_event *event)
{
	struct netlink *nl = calloc(1, sizeof(*nl));

	if (nl)
		nl->event = event;
	return nl;
}

void netlink_free(struct netlink *nl)
{
	if (!nl)
		return;
	detach(nl);
	free(nl);
}
