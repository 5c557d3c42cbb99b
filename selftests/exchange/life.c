// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Helpers that are absent, slow, or killed at any point.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "../lib/driver.h"
#include "../lib/nl.h"
#include "../lib/tap.h"
#include "tests.h"

static const struct drv_params patient = { .timeout_ms = 120000 };

static void open_nl(struct nl *nl)
{
	CHECK_ERR(nl_open(nl), 0);
}

static void counters(struct nl *nl, struct ntlm_counters *c)
{
	CHECK_ERR(ntlm_stats(nl, c), 0);
}

/* --- absent ------------------------------------------------------------------- */

void helper_absent_fails_at_once_and_the_log_says_why(void)
{
	int kmsg = kmsg_open(), fd = drv_context(&patient);
	long long start = tap_now_ms();
	struct ntlm_counters a, b;
	struct nl nl;

	open_nl(&nl);
	counters(&nl, &a);
	CHECK_ERR(drv_exchange(fd, NULL, 0, NULL, NULL), -ENOKEY);
	CHECK(tap_now_ms() - start < 20000);
	counters(&nl, &b);
	CHECK_EQ(b.no_helper, a.no_helper + 1);
	CHECK_EQ(kmsg_count(kmsg,
			    "ntlm: no helper for uid 0, target cifs/server: start ntlmd (systemctl start ntlmd)"),
		 1);
	CHECK_ERR(drv_exchange(fd, NULL, 0, NULL, NULL), -ENOKEY);
}

void helper_absent_does_not_flood_the_log(void)
{
	int kmsg = kmsg_open(), i, fd, lines;
	long long start = tap_now_ms(), ms;

	for (i = 0; i < 300; i++) {
		fd = drv_context(&patient);
		CHECK_ERR(drv_exchange(fd, NULL, 0, NULL, NULL), -ENOKEY);
		close(fd);
	}
	ms = tap_now_ms() - start;
	lines = kmsg_count(kmsg, "ntlm: no helper");
	tap_note("%d lines in %lld ms", lines, ms);
	/* Ten in five seconds, whose first had begun before */
	CHECK(lines > 0 && lines <= 10 * (2 + ms / 5000));
}

/* --- slow --------------------------------------------------------------------- */

void slow_answer_delays_no_other_client(void)
{
	struct ntlm_req *req = malloc(sizeof(*req));
	struct client slow, c;
	struct ntlm_done d;
	struct nl nl;
	int i;

	open_nl(&nl);
	CHECK_ERR(ntlm_register(&nl), 0);
	client_start(&slow, drv_context(&patient), NULL, 0);
	CHECK_ERR(ntlm_accept_wait(&nl, req, 20000), 0);
	for (i = 0; i < 20; i++) {
		client_start(&c, drv_context(&patient), NULL, 0);
		wait_for_requests(&nl, 1, 1);
		CHECK_EQ(serve_once(&nl), 1);
		CHECK_ERR(client_join(&c), -EINPROGRESS);
		close(c.fd);
	}
	CHECK(!atomic_load(&slow.ended));
	d = ntlm_honest(req);
	CHECK_ERR(ntlm_done(&nl, &d), 0);
	CHECK_ERR(client_join(&slow), -EINPROGRESS);
}

void answers_in_any_order(void)
{
	struct ntlm_req *req = calloc(16, sizeof(*req));
	struct client c[16];
	struct ntlm_done d;
	char token[16][8];
	struct nl nl;
	int i, k;

	open_nl(&nl);
	CHECK_ERR(ntlm_register(&nl), 0);
	for (i = 0; i < 16; i++)
		client_start_out(&c[i], drv_context(&patient), NULL, 0,
				 malloc(NTLM_MAX_TOKEN));
	for (i = 0; i < 16; i++)
		CHECK_ERR(ntlm_accept_wait(&nl, &req[i], 20000), 0);
	for (i = 15; i >= 0; i--) {
		k = (i * 7) % 16;
		d = ntlm_honest(&req[k]);
		memcpy(token[k], &req[k].context, 4);
		d.token = token[k];
		d.token_len = 4;
		CHECK_ERR(ntlm_done(&nl, &d), 0);
	}
	/* Each has got the answer that was meant for its context. */
	for (i = 0; i < 16; i++) {
		uint32_t id = drv_info(c[i].fd).id;

		CHECK_ERR(client_join(&c[i]), -EINPROGRESS);
		CHECK_EQ(c[i].out_len, 4);
		CHECK(!memcmp(c[i].out, &id, 4));
	}
}

/* --- killed -------------------------------------------------------------------- */

/* One more exchange is finished by whoever serves now, and counted once. */
static void finish(struct client *c, struct nl *nl,
		   const struct ntlm_counters *before, unsigned int legs)
{
	struct ntlm_counters after;

	CHECK_ERR(client_join(c), -EINPROGRESS);
	CHECK_EQ(c->out_len, 9);
	CHECK_ERR(drv_exchange(c->fd, "CHALLENGE", 9, NULL, NULL), 0);
	counters(nl, &after);
	CHECK_EQ(after.done, before->done + legs);
	CHECK_EQ(after.established, before->established + 1);
	CHECK_EQ(after.requests, before->requests + legs);
}

void killed_before_accept(void)
{
	struct ntlm_counters before, after;
	struct server s;
	struct client c;
	struct nl nl;
	pid_t pid;

	set_grace_ms(60000);
	open_nl(&nl);
	counters(&nl, &before);
	pid = fake_start(FAKE_IDLE);
	client_start(&c, drv_context(&patient), NULL, 0);
	wait_for_requests(&nl, 1, 0);
	fake_kill(pid);
	wait_for_requests(&nl, 1, 0);
	CHECK(!atomic_load(&c.ended));
	server_start(&s);
	finish(&c, &nl, &before, 2);
	counters(&nl, &after);
	CHECK_EQ(after.requeued, before.requeued);
	server_stop(&s);
}

void killed_after_accept(void)
{
	struct ntlm_counters before, after;
	struct server s;
	struct client c;
	struct nl nl;
	pid_t pid;

	set_grace_ms(60000);
	open_nl(&nl);
	counters(&nl, &before);
	pid = fake_start(FAKE_HOLD);
	client_start(&c, drv_context(&patient), NULL, 0);
	wait_for_requests(&nl, 0, 1);
	fake_kill(pid);
	wait_for_requests(&nl, 1, 0);
	CHECK(!atomic_load(&c.ended));
	server_start(&s);
	finish(&c, &nl, &before, 2);
	counters(&nl, &after);
	CHECK_EQ(after.requeued, before.requeued + 1);
	server_stop(&s);
}

void killed_between_the_legs(void)
{
	struct ntlm_req *req = malloc(sizeof(*req));
	struct ntlm_counters before, after;
	int fd = drv_context(&patient);
	struct ntlm_done d;
	struct client c;
	struct nl nl;
	pid_t pid;

	set_grace_ms(60000);
	open_nl(&nl);
	counters(&nl, &before);
	pid = fake_start(FAKE_SERVE);
	CHECK_ERR(drv_exchange(fd, NULL, 0, NULL, NULL), -EINPROGRESS);
	fake_kill(pid);
	/* Nothing but what the kernel gives it does the second helper know. */
	CHECK_ERR(ntlm_register(&nl), 0);
	client_start(&c, fd, "CHALLENGE", 9);
	CHECK_ERR(ntlm_accept_wait(&nl, req, 20000), 0);
	CHECK_EQ(req->leg, 1);
	CHECK_EQ(req->ntokens, 2);
	CHECK(!memcmp(req->token[0], "NEGOTIATE", 9));
	CHECK(!memcmp(req->token[1], "CHALLENGE", 9));
	d = ntlm_honest(req);
	CHECK_ERR(ntlm_done(&nl, &d), 0);
	CHECK_ERR(client_join(&c), 0);
	counters(&nl, &after);
	CHECK_EQ(after.done, before.done + 2);
}

void killed_after_accept_of_the_last_leg(void)
{
	struct ntlm_counters before, after;
	int fd = drv_context(&patient);
	struct ntlm_test_info info;
	struct server s;
	struct client c;
	struct nl nl;
	pid_t pid;

	set_grace_ms(60000);
	open_nl(&nl);
	counters(&nl, &before);
	pid = fake_start(FAKE_SERVE);
	CHECK_ERR(drv_exchange(fd, NULL, 0, NULL, NULL), -EINPROGRESS);
	fake_kill(pid);
	pid = fake_start(FAKE_HOLD);
	client_start(&c, fd, "CHALLENGE", 9);
	wait_for_requests(&nl, 0, 1);
	fake_kill(pid);
	server_start(&s);
	CHECK_ERR(client_join(&c), 0);
	server_stop(&s);
	counters(&nl, &after);
	CHECK_EQ(after.done, before.done + 2);
	CHECK_EQ(after.requeued, before.requeued + 1);
	info = drv_info(fd);
	CHECK_ERR(info.key_result, 0);
	CHECK(!memcmp(info.key, ntlm_test_key, sizeof(info.key)));
}

void killed_with_many_requests_keeps_their_order(void)
{
	struct ntlm_req *req = malloc(sizeof(*req));
	struct ntlm_counters before, after;
	struct client c[100];
	struct ntlm_done d;
	struct nl nl, first;
	int i;

	set_grace_ms(60000);
	open_nl(&nl);
	open_nl(&first);
	CHECK_ERR(ntlm_register(&first), 0);
	counters(&nl, &before);
	for (i = 0; i < 100; i++) {
		client_start(&c[i], drv_context(&patient), NULL, 0);
		wait_for_requests(&nl, i + 1, 0);
	}
	for (i = 0; i < 50; i++)
		CHECK_ERR(ntlm_accept(&first, req), 0);
	nl_close(&first);
	wait_for_requests(&nl, 100, 0);
	CHECK_ERR(ntlm_register(&nl), 0);
	for (i = 0; i < 100; i++) {
		CHECK_ERR(ntlm_accept(&nl, req), 0);
		CHECK_EQ(req->context, drv_info(c[i].fd).id);
		d = ntlm_honest(req);
		CHECK_ERR(ntlm_done(&nl, &d), 0);
	}
	for (i = 0; i < 100; i++)
		CHECK_ERR(client_join(&c[i]), -EINPROGRESS);
	counters(&nl, &after);
	CHECK_EQ(after.done, before.done + 100);
	CHECK_EQ(after.requeued, before.requeued + 50);
}

static void deaths(struct client *c, struct nl *nl, int n)
{
	pid_t pid;
	int i;

	set_grace_ms(60000);
	for (i = 0; i < n; i++) {
		pid = fake_start(FAKE_HOLD);
		if (!i)
			client_start(c, drv_context(&patient), NULL, 0);
		wait_for_requests(nl, 0, 1);
		fake_kill(pid);
	}
}

void request_that_outlived_4_helpers_goes_on(void)
{
	struct server s;
	struct client c;
	struct nl nl;

	open_nl(&nl);
	deaths(&c, &nl, 4);
	wait_for_requests(&nl, 1, 0);
	server_start(&s);
	CHECK_ERR(client_join(&c), -EINPROGRESS);
	server_stop(&s);
}

void request_that_outlived_5_helpers_is_given_up(void)
{
	int kmsg = kmsg_open();
	struct client c;
	struct nl nl;

	open_nl(&nl);
	deaths(&c, &nl, 5);
	CHECK_ERR(client_join(&c), -EIO);
	CHECK_EQ(kmsg_count(kmsg,
			    "ntlm: 1 requests given up: 5 helpers went away with each"),
		 1);
	CHECK_ERR(drv_exchange(c.fd, NULL, 0, NULL, NULL), -EIO);
}

/* --- the time for a restart ------------------------------------------------------ */

void restart_grace_ends_with_enokey(void)
{
	struct ntlm_counters before, after;
	struct client waiting, taken;
	long long start;
	struct nl nl;
	pid_t pid;

	set_grace_ms(3000);
	open_nl(&nl);
	counters(&nl, &before);
	pid = fake_start(FAKE_HOLD);
	client_start(&taken, drv_context(&patient), NULL, 0);
	wait_for_requests(&nl, 0, 1);
	start = tap_now_ms();
	fake_kill(pid);
	/* Who comes while it runs waits as well. */
	client_start(&waiting, drv_context(&patient), NULL, 0);
	CHECK_ERR(client_join(&taken), -ENOKEY);
	CHECK(tap_now_ms() - start >= 2900);
	CHECK_ERR(client_join(&waiting), -ENOKEY);
	counters(&nl, &after);
	CHECK_EQ(after.no_helper, before.no_helper + 2);
	/* And who comes later does not: neither for a grace time nor for his own. */
	set_grace_ms(60000);
	start = tap_now_ms();
	CHECK_ERR(drv_exchange(drv_context(&patient), NULL, 0, NULL, NULL),
		  -ENOKEY);
	CHECK(tap_now_ms() - start < 20000);
}

void restart_grace_of_0_fails_waiting_requests(void)
{
	struct client c;
	struct nl nl;
	pid_t pid;

	set_grace_ms(0);
	open_nl(&nl);
	pid = fake_start(FAKE_HOLD);
	client_start(&c, drv_context(&patient), NULL, 0);
	wait_for_requests(&nl, 0, 1);
	fake_kill(pid);
	CHECK_ERR(client_join(&c), -ENOKEY);
	CHECK(c.ms < 30000);
}

void request_of_the_grace_time_is_served_by_the_next_helper(void)
{
	struct server s;
	struct client c;
	struct nl nl;
	pid_t pid;

	set_grace_ms(60000);
	open_nl(&nl);
	pid = fake_start(FAKE_IDLE);
	fake_kill(pid);
	client_start(&c, drv_context(&patient), NULL, 0);
	wait_for_requests(&nl, 1, 0);
	server_start(&s);
	CHECK_ERR(client_join(&c), -EINPROGRESS);
	server_stop(&s);
}

/* A short grace time of the first helper must not end the one of the second. */
void restart_grace_begins_anew_with_each_helper(void)
{
	struct client c;
	long long end;
	struct nl nl;
	pid_t pid;

	open_nl(&nl);
	set_grace_ms(5000);
	fake_kill(fake_start(FAKE_IDLE));
	end = tap_now_ms() + 6500;
	set_grace_ms(60000);
	pid = fake_start(FAKE_IDLE);
	client_start(&c, drv_context(&patient), NULL, 0);
	wait_for_requests(&nl, 1, 0);
	fake_kill(pid);
	while (tap_now_ms() < end)
		tap_sleep_ms(100);
	CHECK(!atomic_load(&c.ended));
	drv_cancel(c.fd);
	CHECK_ERR(client_join(&c), -ECANCELED);
}
