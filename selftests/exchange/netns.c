// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Network namespaces: each has its own helper or none, and the end of one ends
 * what waits in it.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "../lib/driver.h"
#include "../lib/nl.h"
#include "../lib/tap.h"
#include "tests.h"

#define NETNS	"ntlmtest"

static const struct drv_params patient = { .timeout_ms = 120000 };

/* Goes into a namespace made by "ip netns"; returns the way back. */
int netns_enter(const char *name)
{
	int back = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), fd;
	char path[64];

	CHECK_EQ(run("ip", "netns", "add", name, NULL), 0);
	snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	CHECK(back >= 0 && fd >= 0);
	CHECK(!setns(fd, CLONE_NEWNET));
	close(fd);
	return back;
}

void netns_leave(int back)
{
	CHECK(!setns(back, CLONE_NEWNET));
	close(back);
}

static void delete_netns(void)
{
	CHECK_EQ(run("ip", "netns", "del", NETNS, NULL), 0);
}

void netns_without_a_helper_gets_none_of_another(void)
{
	struct ntlm_counters in_init, after;
	struct server s;
	struct nl nl;
	int fd;

	server_start(&s);
	CHECK_ERR(nl_open(&nl), 0);
	CHECK_ERR(ntlm_stats(&nl, &in_init), 0);
	CHECK(!unshare(CLONE_NEWNET));
	fd = drv_context(&patient);
	CHECK_ERR(drv_exchange(fd, NULL, 0, NULL, NULL), -ENOKEY);
	CHECK_ERR(ntlm_stats(&nl, &after), 0);
	CHECK_EQ(after.requests, in_init.requests);
	CHECK_EQ(after.contexts, in_init.contexts);
	server_stop(&s);
	CHECK_EQ(s.answered, 0);
}

void netns_has_a_helper_of_its_own(void)
{
	struct nl outer, inner;
	struct client c;

	CHECK_ERR(nl_open(&outer), 0);
	CHECK_ERR(ntlm_register(&outer), 0);
	CHECK(!unshare(CLONE_NEWNET));
	CHECK_ERR(nl_open(&inner), 0);
	/* The outer one does not keep it out. */
	CHECK_ERR(ntlm_register(&inner), 0);
	client_start(&c, drv_context(&patient), NULL, 0);
	wait_for_requests(&inner, 1, 0);
	CHECK_ERR(ntlm_accept(&outer, NULL), -EAGAIN);
	CHECK_EQ(serve_once(&inner), 1);
	CHECK_ERR(client_join(&c), -EINPROGRESS);
}

void netns_deleted_while_a_request_waits(void)
{
	struct client c;
	struct nl nl;
	int back, fd;

	set_grace_ms(60000);
	back = netns_enter(NETNS);
	CHECK_ERR(nl_open(&nl), 0);
	CHECK_ERR(ntlm_register(&nl), 0);
	fd = drv_context(&patient);
	netns_leave(back);
	client_start(&c, fd, NULL, 0);
	wait_for_requests(&nl, 1, 0);
	delete_netns();
	tap_sleep_ms(300);
	CHECK(!atomic_load(&c.ended));
	/* The helper's socket was the last that kept it. */
	nl_close(&nl);
	CHECK_ERR(client_join(&c), -ESHUTDOWN);
	CHECK(c.ms < 30000);
	CHECK_ERR(drv_exchange(fd, NULL, 0, NULL, NULL), -ESHUTDOWN);
}

void netns_deleted_between_the_legs(void)
{
	int back, fd, canary;
	struct client c;
	struct nl nl;

	set_grace_ms(60000);
	back = netns_enter(NETNS);
	CHECK_ERR(nl_open(&nl), 0);
	CHECK_ERR(ntlm_register(&nl), 0);
	fd = drv_context(&patient);
	canary = drv_context(&patient);
	netns_leave(back);
	client_start(&c, fd, NULL, 0);
	wait_for_requests(&nl, 1, 0);
	CHECK_EQ(serve_once(&nl), 1);
	CHECK_ERR(client_join(&c), -EINPROGRESS);
	/* Ends when the namespace does. */
	client_start(&c, canary, NULL, 0);
	wait_for_requests(&nl, 1, 0);
	delete_netns();
	nl_close(&nl);
	CHECK_ERR(client_join(&c), -ESHUTDOWN);
	CHECK_ERR(drv_exchange(fd, "CHALLENGE", 9, NULL, NULL), -ESHUTDOWN);
}

void session_security_outlives_the_netns(void)
{
	uint8_t m[64] = "outlives", sig[16] = {};
	struct ntlm_test_info info;
	int back, fd, canary, i;
	struct client c;
	struct server s;

	set_grace_ms(60000);
	back = netns_enter(NETNS);
	server_start(&s);
	fd = drv_context(&patient);
	canary = drv_context(&patient);
	CHECK_ERR(drv_establish(fd), 0);
	atomic_store(&s.stop, true);
	pthread_join(s.thread, NULL);
	netns_leave(back);
	client_start(&c, canary, NULL, 0);
	wait_for_requests(&s.nl, 1, 0);
	delete_netns();
	nl_close(&s.nl);
	CHECK_ERR(client_join(&c), -ESHUTDOWN);
	for (i = 0; i < 10; i++)
		CHECK_ERR(drv_seal(fd, m, sizeof(m), sig), 0);
	CHECK_ERR(drv_unseal(fd, m, sizeof(m), sig), -EBADMSG);
	info = drv_info(fd);
	CHECK_ERR(info.key_result, 0);
	CHECK(!memcmp(info.key, ntlm_test_key, sizeof(info.key)));
	drv_report(fd, 0);
	close(fd);
}

/* Contexts keep no namespace: with nothing else in it, it goes. */
void contexts_do_not_keep_the_netns(void)
{
	int back, fd, i;
	struct client c;
	struct nl nl;

	for (i = 0; i < 5; i++) {
		set_grace_ms(60000);
		back = netns_enter(NETNS);
		CHECK_ERR(nl_open(&nl), 0);
		CHECK_ERR(ntlm_register(&nl), 0);
		fd = drv_context(&patient);
		drv_context(&patient);
		drv_context(&patient);
		netns_leave(back);
		client_start(&c, fd, NULL, 0);
		wait_for_requests(&nl, 1, 0);
		nl_close(&nl);
		delete_netns();
		CHECK_ERR(client_join(&c), -ESHUTDOWN);
	}
}
