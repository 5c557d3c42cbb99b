// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who is the helper of a network namespace, and for how long.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "../lib/driver.h"
#include "../lib/nl.h"
#include "../lib/tap.h"
#include "tests.h"

static void open_nl(struct nl *nl)
{
	CHECK_ERR(nl_open(nl), 0);
}

void register_reply_carries_limits(void)
{
	uint32_t generation;
	struct nl nl;

	open_nl(&nl);
	nl_begin(&nl, nl.m, NTLM_CMD_REGISTER, 0);
	nl_put_u32(nl.m, NTLM_A_HELPER_FEATURES, NTLM_FEATURE_INITIATOR);
	CHECK_ERR(nl_talk(&nl, nl.m, nl.r), 0);
	CHECK_EQ(nl.r->cmd, NTLM_CMD_REGISTER);
	CHECK(nl_u32(nl.r, NTLM_A_HELPER_FEATURES) & NTLM_FEATURE_INITIATOR);
	CHECK_EQ(nl_u32(nl.r, NTLM_A_HELPER_MAX_TOKEN), NTLM_MAX_TOKEN);
	CHECK_EQ(nl_u32(nl.r, NTLM_A_HELPER_MAX_TOKENS), NTLM_MAX_TOKENS);
	CHECK_EQ(nl_u32(nl.r, NTLM_A_HELPER_MAX_REQUESTS), MAX_REQUESTS);
	CHECK_EQ(nl_u32(nl.r, NTLM_A_HELPER_MAX_REQUESTS_UID),
		 MAX_REQUESTS_UID);
	generation = nl_u32(nl.r, NTLM_A_HELPER_GENERATION);
	nl_close(&nl);

	open_nl(&nl);
	nl_begin(&nl, nl.m, NTLM_CMD_REGISTER, 0);
	nl_put_u32(nl.m, NTLM_A_HELPER_FEATURES, NTLM_FEATURE_INITIATOR);
	CHECK_ERR(nl_talk(&nl, nl.m, nl.r), 0);
	CHECK_EQ(nl_u32(nl.r, NTLM_A_HELPER_GENERATION), generation + 1);
}

void register_needs_a_known_feature(void)
{
	struct nl nl;

	open_nl(&nl);
	nl_begin(&nl, nl.m, NTLM_CMD_REGISTER, 0);
	CHECK_ERR(nl_talk(&nl, nl.m, NULL), -EINVAL);
	CHECK(nl.text[0]);
	nl_begin(&nl, nl.m, NTLM_CMD_REGISTER, 0);
	nl_put_u32(nl.m, NTLM_A_HELPER_FEATURES, 0);
	CHECK_ERR(nl_talk(&nl, nl.m, NULL), -EOPNOTSUPP);
	CHECK(nl.text[0]);
	CHECK_ERR(ntlm_accept(&nl, NULL), -EPERM);
}

void second_helper_gets_ebusy_and_the_holder(void)
{
	unsigned int pid = 0, port = 0;
	struct ntlm_counters c;
	struct nl a, b;

	open_nl(&a);
	open_nl(&b);
	CHECK_ERR(ntlm_register(&a), 0);
	CHECK_ERR(ntlm_register(&b), -EBUSY);
	if (sscanf(b.text, "another helper is registered: pid %u, port %u",
		   &pid, &port) != 2)
		FAIL("extended ACK: '%s'", b.text);
	CHECK_EQ(pid, getpid());
	CHECK_EQ(port, a.port);
	CHECK_ERR(ntlm_accept(&b, NULL), -EPERM);
	CHECK_ERR(ntlm_accept(&a, NULL), -EAGAIN);
	CHECK_ERR(ntlm_stats(&b, &c), 0);
	CHECK_EQ(c.helper_pid, getpid());
	CHECK_EQ(c.helper_port, a.port);
}

void second_helper_takes_over_after_close(void)
{
	struct nl a, b;

	open_nl(&a);
	open_nl(&b);
	CHECK_ERR(ntlm_register(&a), 0);
	CHECK_ERR(ntlm_register(&b), -EBUSY);
	nl_close(&a);
	CHECK_ERR(ntlm_register(&b), 0);
	CHECK_ERR(ntlm_accept(&b, NULL), -EAGAIN);
}

void second_helper_takes_over_after_sigkill(void)
{
	unsigned int pid = 0;
	pid_t first = fake_start(FAKE_IDLE);
	struct nl b;

	open_nl(&b);
	CHECK_ERR(ntlm_register(&b), -EBUSY);
	CHECK_EQ(sscanf(b.text, "another helper is registered: pid %u", &pid),
		 1);
	CHECK_EQ(pid, first);
	fake_kill(first);
	CHECK_ERR(ntlm_register(&b), 0);
	CHECK_ERR(ntlm_accept(&b, NULL), -EAGAIN);
}

void register_twice_from_one_socket(void)
{
	struct ntlm_counters before, after;
	struct nl a;

	open_nl(&a);
	CHECK_ERR(ntlm_register(&a), 0);
	CHECK_ERR(ntlm_stats(&a, &before), 0);
	CHECK_ERR(ntlm_register(&a), -EALREADY);
	CHECK(a.text[0]);
	CHECK_ERR(ntlm_accept(&a, NULL), -EAGAIN);
	CHECK_ERR(ntlm_stats(&a, &after), 0);
	CHECK_EQ(after.registrations, before.registrations);
	nl_close(&a);
	open_nl(&a);
	CHECK_ERR(ntlm_register(&a), 0);
}

void registration_lives_until_the_last_descriptor(void)
{
	struct nl a, b;
	pid_t child;
	int gate[2];
	char c;

	open_nl(&a);
	open_nl(&b);
	CHECK_ERR(ntlm_register(&a), 0);
	CHECK(!pipe(gate));
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		close(gate[1]);
		_exit(read(gate[0], &c, 1) < 0);
	}
	nl_close(&a);
	CHECK_ERR(ntlm_register(&b), -EBUSY);
	close(gate[1]);
	waitpid(child, NULL, 0);
	CHECK_ERR(ntlm_register(&b), 0);
}

void helper_changes_are_logged(void)
{
	int kmsg = kmsg_open();
	char line[128];
	struct nl a;

	open_nl(&a);
	CHECK_ERR(ntlm_register(&a), 0);
	nl_close(&a);
	snprintf(line, sizeof(line), "ntlm: helper registered: pid %d",
		 getpid());
	CHECK_EQ(kmsg_count(kmsg, line), 1);
	kmsg = kmsg_open();
	open_nl(&a);
	CHECK_ERR(ntlm_register(&a), 0);
	nl_close(&a);
	snprintf(line, sizeof(line), "ntlm: helper gone: pid %d", getpid());
	CHECK_EQ(kmsg_count(kmsg, line), 1);
}

/* A port id is unique in one protocol of one network namespace only. */
void same_port_id_of_another_protocol_releases_nothing(void)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK };
	struct nl a;
	int fd;

	open_nl(&a);
	CHECK_ERR(ntlm_register(&a), 0);
	fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	addr.nl_pid = a.port;
	CHECK(!bind(fd, (struct sockaddr *)&addr, sizeof(addr)));
	close(fd);
	CHECK_ERR(ntlm_accept(&a, NULL), -EAGAIN);
}

void same_port_id_of_another_netns_releases_nothing(void)
{
	struct nl a;
	int status;
	pid_t pid;

	open_nl(&a);
	CHECK_ERR(ntlm_register(&a), 0);
	pid = fork();
	CHECK(pid >= 0);
	if (!pid) {
		CHECK(!unshare(CLONE_NEWNET));
		CHECK(nl_socket(a.port) >= 0);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	CHECK_EQ(status, 0);
	CHECK_ERR(ntlm_accept(&a, NULL), -EAGAIN);
}

/* --- port ids that come back ---------------------------------------------- */

#define REUSED_PORT	0x7e57ab1e
#define REUSE_MS	6000
/* or until there were enough rounds, on a slow machine */
#define REUSE_MOST_MS	40000
#define REUSE_ENOUGH	50
#define REUSE_ENOUGH_SLOW	20

static atomic_bool reuse_stop;
static atomic_uint reuse_taken;

static bool reuse_goes_on(long long start, bool enough)
{
	long long ms = tap_now_ms() - start;

	return ms < (enough ? REUSE_MS : REUSE_MOST_MS);
}

/* Takes the helper's port id whenever it is free and asks for requests. */
static void *reuse_thief(void *arg)
{
	unsigned int seed = (unsigned int)(uintptr_t)arg;
	struct ntlm_req *req = malloc(sizeof(*req));
	struct nl nl;
	int err;

	while (!atomic_load(&reuse_stop)) {
		err = nl_open_port(&nl, REUSED_PORT);
		if (err == -EADDRINUSE)
			continue;
		CHECK_ERR(err, 0);
		atomic_fetch_add(&reuse_taken, 1);
		CHECK_ERR(ntlm_accept(&nl, req), -EPERM);
		if (rand_r(&seed) & 1)
			usleep((unsigned int)rand_r(&seed) % 500);
		nl_close(&nl);
		usleep((unsigned int)rand_r(&seed) % 300);
	}
	free(req);
	return NULL;
}

void port_id_reused_between_close_and_release(void)
{
	const long long start = tap_now_ms();
	struct ntlm_counters c;
	pthread_t thieves[2];
	unsigned int rounds = 0, i;
	struct nl nl, other;
	int err;

	open_nl(&other);
	for (i = 0; i < 2; i++)
		CHECK(!pthread_create(&thieves[i], NULL, reuse_thief,
				      (void *)(uintptr_t)(i + 1)));
	while (reuse_goes_on(start, rounds > REUSE_ENOUGH &&
				    atomic_load(&reuse_taken) > REUSE_ENOUGH)) {
		err = nl_open_port(&nl, REUSED_PORT);
		if (err == -EADDRINUSE)
			continue;
		CHECK_ERR(err, 0);
		/* The last registration ended before its close() returned. */
		CHECK_ERR(ntlm_register(&nl), 0);
		for (i = 0; i < 3; i++)
			CHECK_ERR(ntlm_accept(&nl, NULL), -EAGAIN);
		CHECK_ERR(ntlm_stats(&other, &c), 0);
		CHECK_EQ(c.helper_port, REUSED_PORT);
		nl_close(&nl);
		CHECK_ERR(ntlm_stats(&other, &c), 0);
		CHECK_EQ(c.helper_port, 0);
		rounds++;
	}
	atomic_store(&reuse_stop, true);
	for (i = 0; i < 2; i++)
		pthread_join(thieves[i], NULL);
	tap_note("%u registrations, port id taken by others %u times", rounds,
		 atomic_load(&reuse_taken));
	CHECK(rounds > REUSE_ENOUGH);
	CHECK(atomic_load(&reuse_taken) > REUSE_ENOUGH);
}

/*
 * A helper's socket is closed by a thread that hardly gets to run, so that it
 * waits between giving up the port id and saying so.  Another thread takes the
 * port id and closes at once, which says the same for the same port id, and a
 * new helper takes it after that.  When the first one speaks at last, the new
 * one must stay.
 */
static void *slow_closer(void *arg)
{
	struct sched_param param = {};

	CHECK(!sched_setscheduler(0, SCHED_IDLE, &param));
	close(*(int *)arg);
	return NULL;
}

static void *fast_closer(void *arg)
{
	int fd;

	(void)arg;
	while (!atomic_load(&reuse_stop)) {
		fd = nl_socket(REUSED_PORT);
		if (fd >= 0)
			close(fd);
	}
	return NULL;
}

void port_id_reused_by_the_next_helper(void)
{
	const long long start = tap_now_ms();
	unsigned int rounds = 0, busy = 0;
	pthread_t slow, fast;
	struct nl nl;
	int err, fd;

	CHECK(!pthread_create(&fast, NULL, fast_closer, NULL));
	while (reuse_goes_on(start, rounds > REUSE_ENOUGH_SLOW)) {
		while ((err = nl_open_port(&nl, REUSED_PORT)) == -EADDRINUSE)
			;
		CHECK_ERR(err, 0);
		err = ntlm_register(&nl);
		if (err) {
			/* The old one is still known: somebody else's turn. */
			CHECK_ERR(err, -EBUSY);
			busy++;
			nl_close(&nl);
			continue;
		}
		if (rounds++)
			pthread_join(slow, NULL);
		CHECK_ERR(ntlm_accept(&nl, NULL), -EAGAIN);
		fd = nl.fd;
		nl.fd = -1;
		nl_close(&nl);
		CHECK(!pthread_create(&slow, NULL, slow_closer, &fd));
	}
	atomic_store(&reuse_stop, true);
	pthread_join(fast, NULL);
	pthread_join(slow, NULL);
	tap_note("%u helpers, %u met the one before", rounds, busy);
	CHECK(rounds > REUSE_ENOUGH_SLOW);
}
