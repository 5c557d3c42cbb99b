// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Messages to and from the kernel, in an order that only chance gives where there
 * is one. This program plays it: it stands behind recvmsg() and sendto(), and
 * answers at once, as the kernel does.
 */
#include <dirent.h>
#include <errno.h>
#include <netlink/attr.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "logged.h"
#include "netlink.h"
#include "requests.h"
#include "tap.h"
#include <linux/ntlm.h>

#define FAMILY	40
#define GROUP	7
#define QUEUE	8

/* contexts in the order of their requests, and one that has none */
enum { FIRST = 1, GOES, GONE, LAST, CONTEXTS, LOST };

/* --- the kernel ------------------------------------------------------------- */

/**
 * struct inbox - what a socket has to read
 * @fd: the socket
 * @msg: @count messages
 * @count: number of them
 */
struct inbox {
	int fd;
	struct nl_msg *msg[QUEUE];
	unsigned int count;
};

static struct inbox events = { .fd = -1 }, requests = { .fd = -1 };
/* whose request was handed over last */
static uint32_t handed_over;
/* DONE of each context: 0 for none, otherwise its status + 1 */
static int done[CONTEXTS];
/* NEGOTIATE_MESSAGE of the first */
static uint8_t negotiate[256];
static size_t negotiate_len;
/* the module goes just before the registration */
static bool module_goes;
/* the next answer to LOST is; what is said to the one after it */
static bool lose;
static int second_word;

int __wrap_genl_ctrl_resolve(struct nl_sock *sock, const char *name);
int __wrap_genl_ctrl_resolve_grp(struct nl_sock *sock, const char *family,
				 const char *group);
int __wrap_nl_socket_add_membership(struct nl_sock *sock, int group);
ssize_t __wrap_recvmsg(int fd, struct msghdr *msg, int flags);
ssize_t __wrap_sendto(int fd, const void *buf, size_t len, int flags,
		      const struct sockaddr *to, socklen_t to_len);

int __wrap_genl_ctrl_resolve(struct nl_sock *sock, const char *name)
{
	(void)name;
	events.fd = nl_socket_get_fd(sock);
	return FAMILY;
}

int __wrap_genl_ctrl_resolve_grp(struct nl_sock *sock, const char *family,
				 const char *group)
{
	(void)sock;
	(void)family;
	(void)group;
	return GROUP;
}

int __wrap_nl_socket_add_membership(struct nl_sock *sock, int group)
{
	(void)sock;
	return group == GROUP ? 0 : -EINVAL;
}

static void post(struct inbox *inbox, struct nl_msg *msg)
{
	if (inbox->count < QUEUE)
		inbox->msg[inbox->count++] = msg;
}

static struct nl_msg *message(uint32_t seq, uint8_t cmd)
{
	struct nl_msg *msg = nlmsg_alloc_size(65536);

	genlmsg_put(msg, 0, seq, FAMILY, 0, 0, cmd, NTLM_GENL_VERSION);
	return msg;
}

static void post_error(uint32_t seq, int error)
{
	struct nl_msg *msg = nlmsg_alloc_size(256);
	struct nlmsgerr body = { .error = -error };
	struct nlmsghdr *nlh = nlmsg_put(msg, 0, seq, NLMSG_ERROR, sizeof(body), 0);

	memcpy(nlmsg_data(nlh), &body, sizeof(body));
	post(&requests, msg);
}

static void post_request(uint32_t seq, uint32_t context)
{
	struct nl_msg *msg = message(seq, NTLM_CMD_ACCEPT);
	bool second = context == GOES || context == GONE;

	nla_put_u64(msg, NTLM_A_REQUEST_COOKIE, context);
	nla_put_u32(msg, NTLM_A_REQUEST_CONTEXT, context);
	nla_put_u32(msg, NTLM_A_REQUEST_ROLE, NTLM_ROLE_INITIATOR);
	nla_put_u32(msg, NTLM_A_REQUEST_MODE, NTLM_MODE_CONNECTION);
	nla_put_u32(msg, NTLM_A_REQUEST_LEG, second);
	nla_put_u32(msg, NTLM_A_REQUEST_UID, 1000);
	nla_put_string(msg, NTLM_A_REQUEST_TARGET, "cifs/host");
	nla_put_u32(msg, NTLM_A_REQUEST_REQUIRED, NTLM_OPT_INTEGRITY);
	nla_put_u32(msg, NTLM_A_REQUEST_WISHED, 0);
	nla_put_u32(msg, NTLM_A_REQUEST_MIN_KEY_BITS, 128);
	nla_put_u32(msg, NTLM_A_REQUEST_DEADLINE, 5000);
	if (second) {
		nla_put(msg, NTLM_A_REQUEST_TOKEN, (int)negotiate_len, negotiate);
		nla_put(msg, NTLM_A_REQUEST_TOKEN, (int)challenge.len,
			challenge.data);
	}
	post(&requests, msg);
}

static void post_failed(uint32_t context)
{
	struct nl_msg *msg = message(0, NTLM_CMD_EVENT);

	nla_put_u32(msg, NTLM_A_CONTEXT_ID, context);
	nla_put_u32(msg, NTLM_A_CONTEXT_EVENT, NTLM_EVENT_FAILED);
	post(&events, msg);
}

/* At the same moment as the last request is handed over, a context fails. */
static void accepts(uint32_t seq)
{
	if (handed_over == LAST) {
		post_error(seq, EAGAIN);
		return;
	}
	post_request(seq, ++handed_over);
	if (handed_over == LAST)
		post_failed(GONE);
}

static void takes_answer(struct nlmsghdr *nlh)
{
	struct nlattr *cookie = nlmsg_find_attr(nlh, GENL_HDRLEN, NTLM_A_DONE_COOKIE);
	struct nlattr *status = nlmsg_find_attr(nlh, GENL_HDRLEN, NTLM_A_DONE_STATUS);
	struct nlattr *token = nlmsg_find_attr(nlh, GENL_HDRLEN, NTLM_A_DONE_TOKEN);
	uint64_t context = cookie ? nla_get_u64(cookie) : 0;

	if (context && context < CONTEXTS)
		done[context] = 1 + (status ? (int)nla_get_u32(status) : 0);
	if (context == FIRST && token && nla_len(token) <= (int)sizeof(negotiate)) {
		negotiate_len = (size_t)nla_len(token);
		memcpy(negotiate, nla_data(token), negotiate_len);
	}
	if (context == LOST && lose)
		lose = false;
	else
		post_error(nlh->nlmsg_seq, context == LOST ? second_word : 0);
}

ssize_t __wrap_sendto(int fd, const void *buf, size_t len, int flags,
		      const struct sockaddr *to, socklen_t to_len)
{
	struct nlmsghdr *nlh = (struct nlmsghdr *)(uintptr_t)buf;
	struct nl_msg *msg;

	(void)flags;
	(void)to;
	(void)to_len;
	requests.fd = fd;
	switch (genlmsg_hdr(nlh)->cmd) {
	case NTLM_CMD_REGISTER:
		if (module_goes) {
			post_error(nlh->nlmsg_seq, ENOENT);
			break;
		}
		msg = message(nlh->nlmsg_seq, NTLM_CMD_REGISTER);
		nla_put_u32(msg, NTLM_A_HELPER_GENERATION, 1);
		post(&requests, msg);
		break;
	case NTLM_CMD_ACCEPT:
		accepts(nlh->nlmsg_seq);
		break;
	case NTLM_CMD_DONE:
		takes_answer(nlh);
		break;
	default:
		post_error(nlh->nlmsg_seq, EOPNOTSUPP);
	}
	return (ssize_t)len;
}

ssize_t __wrap_recvmsg(int fd, struct msghdr *msg, int flags)
{
	struct inbox *inbox = fd == events.fd ? &events : &requests;
	struct sockaddr_nl *from = msg->msg_name;
	struct nlmsghdr *nlh;
	size_t len;

	(void)flags;
	if (!inbox->count) {
		errno = EAGAIN;
		return -1;
	}
	nlh = nlmsg_hdr(inbox->msg[0]);
	len = nlh->nlmsg_len;
	memcpy(msg->msg_iov[0].iov_base, nlh, len);
	*from = (struct sockaddr_nl){ .nl_family = AF_NETLINK };
	msg->msg_namelen = sizeof(*from);
	msg->msg_flags = 0;
	nlmsg_free(inbox->msg[0]);
	memmove(inbox->msg, inbox->msg + 1, --inbox->count * sizeof(inbox->msg[0]));
	return (ssize_t)len;
}

/* --- the test --------------------------------------------------------------- */

static bool all_done(void)
{
	return done[FIRST] && done[GOES] && done[GONE] && done[LAST];
}

static unsigned int descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned int count = 0;

	while (dir && readdir(dir))
		count++;
	if (dir)
		closedir(dir);
	return count;
}

/* The module may go between the look for its family and the registration. */
static void test_register_again(struct netlink *nl, struct server *s)
{
	unsigned int before;

	module_goes = true;
	tap_ok(netlink_register(nl, s) == -ENOENT,
	       "a registration that comes too late fails");
	before = descriptors();
	netlink_register(nl, s);
	tap_ok(before > 2 && descriptors() == before,
	       "and leaves no descriptor behind");
	module_goes = false;
}

static int answer_lost(struct netlink *nl, int word)
{
	const struct request r = { .cookie = LOST, .context = LOST };
	const struct answer a = { .established = true };

	lose = true;
	second_word = word;
	return netlink_answer(nl, &r, &a);
}

static void test_lost(struct netlink *nl)
{
	tap_ok(answer_lost(nl, ENOENT) == 1,
	       "what the kernel says got lost: nobody knows");
	tap_ok(answer_lost(nl, 0) == -EIO,
	       "it takes a failure instead: it had not taken the answer");
}

int main(void)
{
	struct config config = {
		.policy = NTLM_POLICY_DEFAULT,
		.verdict_wait = 4,
		.refusal_hold = 900,
		.refusal_hold_limit = 900,
	};
	struct netlink *nl;
	struct server *s;
	sd_event *event;

	uint64_t end;

	logged_start();
	if (sd_event_new(&event) < 0 || cred_open(event, &config))
		return 1;
	nl = netlink_new(event);
	s = nl ? server_new(event, &config, netlink_answer, nl) : NULL;
	if (!s)
		return 1;
	test_register_again(nl, s);
	if (netlink_register(nl, s)) {
		logged_show();
		return 1;
	}
	end = now_usec() + 1000000;
	while (!all_done() && now_usec() < end)
		sd_event_run(event, 50000);
	tap_ok(done[FIRST] == 1, "the first leg is answered");
	tap_ok(done[GOES] == 1, "and so is a logon");
	/*
	 * The reply that hands over a request lies where the acknowledgment of an
	 * answer will lie, and an event may be the reason for such an answer.
	 */
	tap_ok(done[GONE] == 1 + ECANCELED,
	       "another one waits for its verdict until its client is gone");
	tap_ok(done[LAST] == 1,
	       "the request that was handed over just before that is answered");
	test_lost(nl);
	server_free(s);
	netlink_free(nl);
	cred_close();
	sd_event_unref(event);
	return tap_done();
}
