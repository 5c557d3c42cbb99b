// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A network namespace with clients, and another one with strangers.
 */
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>
#include "fuzz.h"

static void to_netns(int fd)
{
	if (setns(fd, CLONE_NEWNET) < 0)
		FAIL("setns: %m");
}

static int new_netns(void)
{
	int fd;

	if (unshare(CLONE_NEWNET) < 0)
		FAIL("unshare: %m");
	fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		FAIL("network namespace: %m");
	return fd;
}

void world_open(struct fuzz *f, uint64_t number)
{
	unsigned int i;

	pthread_mutex_init(&f->lock, NULL);
	f->rng.state = seed + (number << 32);
	f->helper = -1;
	f->abroad = new_netns();
	for (i = 0; i < STRANGERS; i++)
		CHECK_ERR(nl_open(&f->stranger[i]), 0);
	CHECK_ERR(ntlm_register(&f->stranger[0]), 0);
	f->home = new_netns();
	for (i = 0; i < SOCKETS; i++)
		CHECK_ERR(nl_open(&f->socket[i]), 0);
	CHECK_ERR(nl_open(&f->admin), 0);
	CHECK_ERR(nl_open(&f->listener), 0);
	CHECK_ERR(nl_join_events(&f->listener), 0);
	for (i = 0; i < CLIENTS; i++) {
		struct fuzz_client *c = &f->client[i];

		c->fuzz = f;
		c->fd = -1;
		c->rng.state = f->rng.state + i + 1;
		if (pthread_create(&c->thread, NULL, client_thread, c))
			FAIL("pthread_create");
	}
}

void world_stop(struct fuzz *f)
{
	unsigned int i;

	atomic_store(&f->stop, true);
	set_grace_ms(0);
	for (i = 0; i < SOCKETS; i++)
		nl_close(&f->socket[i]);
	/* Who begins now finds no helper. */
	for (i = 0; i < CLIENTS; i++) {
		struct fuzz_client *c = &f->client[i];

		pthread_mutex_lock(&f->lock);
		c->cancelled = true;
		if (c->fd >= 0)
			drv_cancel(c->fd);
		pthread_mutex_unlock(&f->lock);
	}
	for (i = 0; i < CLIENTS; i++)
		pthread_join(f->client[i].thread, NULL);
}

void world_check(struct fuzz *f)
{
	struct ntlm_counters c;
	struct server s;
	const char *why;
	unsigned int i;
	struct nl nl;
	int fd;

	for (i = 0; i < 2; i++) {
		to_netns(i ? f->abroad : f->home);
		if (i)
			nl_close(&f->stranger[0]);
		server_start(&s);
		fd = drv_context(NULL);
		CHECK_ERR(drv_establish(fd), 0);
		close(fd);
		CHECK_ERR(nl_open(&nl), 0);
		CHECK_ERR(ntlm_stats(&nl, &c), 0);
		nl_close(&nl);
		CHECK_EQ(c.contexts, 0);
		CHECK_EQ(c.queued + c.accepted, 0);
		why = counters_wrong(&c);
		if (why)
			FAIL("%s", why);
		server_stop(&s);
	}
}
