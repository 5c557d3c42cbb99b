// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who may not: processes without CAP_NET_ADMIN in the initial user namespace.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "../lib/driver.h"
#include "../lib/nl.h"
#include "../lib/tap.h"
#include "tests.h"

#define NOBODY	65534

static void become_nobody(void)
{
	CHECK(!setgroups(0, NULL));
	CHECK(!setresgid(NOBODY, NOBODY, NOBODY));
	CHECK(!setresuid(NOBODY, NOBODY, NOBODY));
	/* /proc/self belongs to root otherwise. */
	CHECK(!prctl(PR_SET_DUMPABLE, 1));
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		FAIL("%s: %m", path);
	close(fd);
}

static void become_root_of_a_user_namespace(int flags)
{
	CHECK(!unshare(CLONE_NEWUSER | flags));
	write_file("/proc/self/setgroups", "deny");
	write_file("/proc/self/uid_map", "0 65534 1");
	write_file("/proc/self/gid_map", "0 65534 1");
	CHECK_EQ(getuid(), 0);
}

static void ignore(const struct nl_reply *r, void *arg)
{
	(void)r;
	(*(unsigned int *)arg)++;
}

static void refused_everywhere(struct nl *nl)
{
	struct ntlm_done d = { .cookie = 1, .token = "T", .token_len = 1 };
	struct ntlm_counters c;
	unsigned int seen = 0;

	CHECK_ERR(ntlm_register(nl), -EPERM);
	CHECK_ERR(ntlm_accept(nl, NULL), -EPERM);
	CHECK_ERR(ntlm_done(nl, &d), -EPERM);
	CHECK_ERR(ntlm_stats(nl, &c), -EPERM);
	CHECK_ERR(nl_dump(nl, NTLM_CMD_CONTEXT_GET, ignore, &seen), -EPERM);
	CHECK_EQ(seen, 0);
}

void unprivileged_user_refused_for_each_command(void)
{
	struct nl nl;

	become_nobody();
	CHECK_ERR(nl_open(&nl), 0);
	refused_everywhere(&nl);
}

void unprivileged_user_cannot_join_events(void)
{
	struct nl nl;

	CHECK_ERR(nl_open(&nl), 0);
	CHECK(nl.events);
	CHECK_ERR(nl_join_events(&nl), 0);
	nl_close(&nl);
	become_nobody();
	CHECK_ERR(nl_open(&nl), 0);
	CHECK_ERR(nl_join_events(&nl), -EPERM);
}

/* As "unshare -Urn" does it: all capabilities, but in a namespace of its own. */
void user_namespace_root_refused_for_each_command(void)
{
	struct nl nl;

	become_nobody();
	become_root_of_a_user_namespace(CLONE_NEWNET);
	CHECK_ERR(nl_open(&nl), 0);
	refused_everywhere(&nl);
}

void user_namespace_root_refused_in_the_old_netns(void)
{
	struct nl nl;

	become_nobody();
	become_root_of_a_user_namespace(0);
	CHECK_ERR(nl_open(&nl), 0);
	refused_everywhere(&nl);
	CHECK_ERR(nl_join_events(&nl), -EPERM);
}

/* A socket from a privileged process gives its receiver no rights. */
void privileged_socket_gives_no_rights(void)
{
	struct nl nl;

	CHECK_ERR(nl_open(&nl), 0);
	become_nobody();
	refused_everywhere(&nl);
}

/* And a privileged process lends none: think of stderr of a setuid program. */
void unprivileged_socket_gets_no_rights(void)
{
	struct nl nl;

	CHECK(!setresuid(-1, NOBODY, -1));
	CHECK_ERR(nl_open(&nl), 0);
	CHECK(!setresuid(-1, 0, -1));
	refused_everywhere(&nl);
}

void unprivileged_helper_cannot_take_requests(void)
{
	struct drv_params p = { .timeout_ms = 60000 };
	pid_t helper = fake_start(FAKE_IDLE);
	struct client c;
	struct nl nl;
	int status;
	pid_t pid;

	CHECK_ERR(nl_open(&nl), 0);
	client_start(&c, drv_context(&p), NULL, 0);
	wait_for_requests(&nl, 1, 0);
	pid = fork();
	CHECK(pid >= 0);
	if (!pid) {
		nl_close(&nl);
		become_nobody();
		CHECK_ERR(nl_open(&nl), 0);
		refused_everywhere(&nl);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	CHECK_EQ(status, 0);
	wait_for_requests(&nl, 1, 0);
	drv_cancel(c.fd);
	CHECK_ERR(client_join(&c), -ECANCELED);
	fake_kill(helper);
}

/* --- messages that are not from the kernel ---------------------------------- */

static int send_fake(struct nl *nl, uint8_t cmd, uint32_t port)
{
	struct nlmsghdr *h = (struct nlmsghdr *)nl->m->buf;

	nl_begin(nl, nl->m, cmd, 0);
	h->nlmsg_seq = 0;
	h->nlmsg_flags = 0;
	return nl_send_to(nl, nl->m, port);
}

static int send_fake_event(struct nl *nl, uint32_t group)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK };
	struct nlmsghdr *h = (struct nlmsghdr *)nl->m->buf;

	nl_begin(nl, nl->m, NTLM_CMD_EVENT, 0);
	h->nlmsg_seq = 0;
	h->nlmsg_flags = 0;
	h->nlmsg_len = nl->m->len;
	addr.nl_groups = 1U << (group - 1);
	if (sendto(nl->fd, nl->m->buf, nl->m->len, 0,
		   (struct sockaddr *)&addr, sizeof(addr)) < 0)
		return -errno;
	return 0;
}

void unprivileged_user_cannot_send_to_the_helper(void)
{
	struct nl helper, liar;

	CHECK_ERR(nl_open(&helper), 0);
	CHECK_ERR(ntlm_register(&helper), 0);
	CHECK_ERR(nl_join_events(&helper), 0);
	become_nobody();
	CHECK_ERR(nl_open(&liar), 0);
	CHECK_ERR(send_fake(&liar, NTLM_CMD_READY, helper.port), -EPERM);
	CHECK_ERR(send_fake(&liar, NTLM_CMD_EVENT, helper.port), -EPERM);
	CHECK_ERR(send_fake_event(&liar, helper.events), -EPERM);
	CHECK_ERR(nl_wait(&helper, NTLM_CMD_READY, 100, NULL), -EAGAIN);
	CHECK_EQ(helper.ready, 0);
	CHECK_EQ(helper.foreign, 0);
}

/* Root can send them, and the receiver can tell. */
void messages_of_others_carry_their_port(void)
{
	struct nl helper, liar;
	uint8_t buf[4096];
	uint32_t from;

	CHECK_ERR(nl_open(&helper), 0);
	CHECK_ERR(ntlm_register(&helper), 0);
	CHECK_ERR(nl_open(&liar), 0);
	CHECK_ERR(send_fake(&liar, NTLM_CMD_READY, helper.port), 0);
	CHECK(nl_recv(&helper, buf, sizeof(buf), 1000, &from) > 0);
	CHECK_EQ(from, liar.port);
	CHECK_ERR(nl_join_events(&helper), 0);
	if (liar.events <= 32) {
		CHECK_ERR(send_fake_event(&liar, helper.events), 0);
		CHECK(nl_recv(&helper, buf, sizeof(buf), 1000, &from) > 0);
		CHECK_EQ(from, liar.port);
	}
	/* A real one has port 0. */
	CHECK_ERR(ntlm_accept(&helper, NULL), -EAGAIN);
	{
		struct drv_params p = { .timeout_ms = 60000 };
		struct client c;

		client_start(&c, drv_context(&p), NULL, 0);
		CHECK(nl_recv(&helper, buf, sizeof(buf), 5000, &from) > 0);
		CHECK_EQ(from, 0);
		CHECK_EQ(buf[NLMSG_HDRLEN], NTLM_CMD_READY);
		drv_cancel(c.fd);
		CHECK_ERR(client_join(&c), -ECANCELED);
	}
}
