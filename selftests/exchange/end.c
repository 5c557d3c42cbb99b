// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How a step ends without an answer, and what a context allows afterwards.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "../lib/driver.h"
#include "../lib/nl.h"
#include "../lib/tap.h"
#include "tests.h"

static const struct drv_params patient = { .timeout_ms = 120000 };

static void open_helper(struct nl *nl)
{
	CHECK_ERR(nl_open(nl), 0);
	CHECK_ERR(ntlm_register(nl), 0);
}

/* --- timeout -------------------------------------------------------------------- */

static void times_out(bool accept)
{
	struct drv_params p = { .timeout_ms = 800 };
	struct ntlm_req *req = malloc(sizeof(*req));
	struct ntlm_counters before, after;
	struct client c;
	struct nl nl;

	open_helper(&nl);
	CHECK_ERR(ntlm_stats(&nl, &before), 0);
	client_start(&c, drv_context(&p), NULL, 0);
	if (accept) {
		CHECK_ERR(ntlm_accept_wait(&nl, req, 20000), 0);
		CHECK(req->deadline <= 800);
	}
	CHECK_ERR(client_join(&c), -ETIMEDOUT);
	tap_note("%lld ms", c.ms);
	CHECK(c.ms >= 790 && c.ms < 30000);
	CHECK_ERR(ntlm_stats(&nl, &after), 0);
	CHECK_EQ(after.timeouts, before.timeouts + 1);
	CHECK_EQ(after.queued + after.accepted, 0);
	CHECK_ERR(drv_exchange(c.fd, NULL, 0, NULL, NULL), -ETIMEDOUT);
}

void timeout_of_a_request_nobody_accepts(void) { times_out(false); }
void timeout_of_a_request_nobody_answers(void) { times_out(true); }

void timeout_is_not_prolonged_by_helpers_that_die(void)
{
	struct drv_params p = { .timeout_ms = 6000 };
	struct ntlm_req *req = malloc(sizeof(*req));
	long long start, gone;
	struct nl nl, helper;
	struct client c;
	int i;

	set_grace_ms(60000);
	CHECK_ERR(nl_open(&nl), 0);
	fake_kill(fake_start(FAKE_IDLE));
	client_start(&c, drv_context(&p), NULL, 0);
	wait_for_requests(&nl, 1, 0);
	start = tap_now_ms();
	for (i = 0; i < 3; i++) {
		tap_sleep_ms(300);
		open_helper(&helper);
		gone = tap_now_ms() - start;
		CHECK_ERR(ntlm_accept(&helper, req), 0);
		tap_note("%u ms left after %lld", req->deadline, gone);
		/* It is counted in ticks, which may come late. */
		CHECK(req->deadline <= p.timeout_ms - gone + 250);
		nl_close(&helper);
	}
	CHECK_ERR(client_join(&c), -ETIMEDOUT);
	tap_note("%lld ms", c.ms);
	CHECK(c.ms >= 5990);
	free(req);
}

/* --- cancel --------------------------------------------------------------------- */

void cancel_while_waiting_for_accept(void)
{
	struct ntlm_counters before, after;
	struct client c;
	struct nl nl;

	open_helper(&nl);
	CHECK_ERR(ntlm_stats(&nl, &before), 0);
	client_start(&c, drv_context(&patient), NULL, 0);
	wait_for_requests(&nl, 1, 0);
	drv_cancel(c.fd);
	CHECK_ERR(client_join(&c), -ECANCELED);
	CHECK_ERR(ntlm_stats(&nl, &after), 0);
	CHECK_EQ(after.cancelled, before.cancelled + 1);
	CHECK_ERR(ntlm_accept(&nl, NULL), -EAGAIN);
}

void cancel_while_waiting_for_the_answer(void)
{
	struct ntlm_req *req = malloc(sizeof(*req));
	struct client c;
	struct nl nl;

	open_helper(&nl);
	client_start(&c, drv_context(&patient), NULL, 0);
	CHECK_ERR(ntlm_accept_wait(&nl, req, 20000), 0);
	drv_cancel(c.fd);
	CHECK_ERR(client_join(&c), -ECANCELED);
	wait_for_requests(&nl, 0, 0);
	CHECK_ERR(drv_exchange(c.fd, NULL, 0, NULL, NULL), -ECANCELED);
}

void cancel_before_the_first_step(void)
{
	int fd = drv_context(&patient);
	struct server s;

	server_start(&s);
	drv_cancel(fd);
	CHECK_ERR(drv_exchange(fd, NULL, 0, NULL, NULL), -ECANCELED);
	CHECK_ERR(drv_exchange(fd, NULL, 0, NULL, NULL), -ECANCELED);
	server_stop(&s);
	CHECK_EQ(s.answered, 0);
}

void cancel_between_the_legs(void)
{
	int fd = drv_context(&patient);
	struct server s;

	server_start(&s);
	CHECK_ERR(drv_exchange(fd, NULL, 0, NULL, NULL), -EINPROGRESS);
	drv_cancel(fd);
	CHECK_ERR(drv_exchange(fd, "CHALLENGE", 9, NULL, NULL), -ECANCELED);
	server_stop(&s);
	CHECK_EQ(s.answered, 1);
}

void cancel_changes_no_established_context(void)
{
	int fd = drv_context(&patient);
	uint8_t m[32] = "message", sig[16] = {};
	struct ntlm_test_info info;
	struct server s;

	server_start(&s);
	CHECK_ERR(drv_establish(fd), 0);
	drv_cancel(fd);
	info = drv_info(fd);
	CHECK_ERR(info.key_result, 0);
	CHECK_ERR(drv_seal(fd, m, sizeof(m), sig), 0);
	CHECK_ERR(drv_exchange(fd, "X", 1, NULL, NULL), -EISCONN);
	server_stop(&s);
}

/* --- signals -------------------------------------------------------------------- */

static void sigkill_while(enum fake_mode mode, uint64_t queued,
			  uint64_t accepted)
{
	struct ntlm_counters before, after;
	pid_t helper = fake_start(mode), pid;
	long long start;
	struct nl nl;
	int status, users = module_users();

	CHECK_ERR(nl_open(&nl), 0);
	CHECK_ERR(ntlm_stats(&nl, &before), 0);
	pid = fork();
	CHECK(pid >= 0);
	if (!pid) {
		drv_exchange(drv_context(&patient), NULL, 0, NULL, NULL);
		_exit(0);
	}
	wait_for_requests(&nl, queued, accepted);
	CHECK_EQ(module_users(), users + 1);
	start = tap_now_ms();
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	CHECK(WIFSIGNALED(status));
	CHECK(tap_now_ms() - start < 30000);
	CHECK_ERR(ntlm_stats(&nl, &after), 0);
	CHECK_EQ(after.cancelled, before.cancelled + 1);
	CHECK_EQ(after.contexts, before.contexts);
	CHECK_EQ(after.queued + after.accepted, 0);
	CHECK_EQ(module_users(), users);
	fake_kill(helper);
}

void sigkill_while_waiting_for_accept(void) { sigkill_while(FAKE_IDLE, 1, 0); }
void sigkill_while_waiting_for_the_answer(void)
{
	sigkill_while(FAKE_HOLD, 0, 1);
}

void sigterm_ends_the_wait_too(void)
{
	pid_t helper = fake_start(FAKE_HOLD), pid;
	struct nl nl;
	int status;

	CHECK_ERR(nl_open(&nl), 0);
	pid = fork();
	CHECK(pid >= 0);
	if (!pid) {
		drv_exchange(drv_context(&patient), NULL, 0, NULL, NULL);
		_exit(0);
	}
	wait_for_requests(&nl, 0, 1);
	kill(pid, SIGTERM);
	waitpid(pid, &status, 0);
	CHECK(WIFSIGNALED(status));
	wait_for_requests(&nl, 0, 0);
	fake_kill(helper);
}

static void on_signal(int sig)
{
	(void)sig;
}

void signal_with_a_handler_does_not_end_the_wait(void)
{
	struct sigaction sa = { .sa_handler = on_signal };
	struct ntlm_req *req = malloc(sizeof(*req));
	struct ntlm_done d;
	struct client c;
	struct nl nl;
	int i;

	CHECK(!sigaction(SIGUSR1, &sa, NULL));
	open_helper(&nl);
	client_start(&c, drv_context(&patient), NULL, 0);
	CHECK_ERR(ntlm_accept_wait(&nl, req, 20000), 0);
	for (i = 0; i < 20; i++) {
		pthread_kill(c.thread, SIGUSR1);
		tap_sleep_ms(5);
	}
	CHECK(!atomic_load(&c.ended));
	d = ntlm_honest(req);
	CHECK_ERR(ntlm_done(&nl, &d), 0);
	CHECK_ERR(client_join(&c), -EINPROGRESS);
}

/* --- what a context allows --------------------------------------------------------- */

void second_step_at_the_same_time_is_ebusy(void)
{
	struct ntlm_req *req = malloc(sizeof(*req));
	struct ntlm_counters before, after;
	struct ntlm_done d;
	struct client c;
	struct nl nl;

	open_helper(&nl);
	client_start(&c, drv_context(&patient), NULL, 0);
	CHECK_ERR(ntlm_accept_wait(&nl, req, 20000), 0);
	CHECK_ERR(ntlm_stats(&nl, &before), 0);
	CHECK_ERR(drv_exchange(c.fd, NULL, 0, NULL, NULL), -EBUSY);
	CHECK_ERR(drv_exchange(c.fd, "CHALLENGE", 9, NULL, NULL), -EBUSY);
	CHECK_ERR(ntlm_stats(&nl, &after), 0);
	CHECK_EQ(after.requests, before.requests);
	d = ntlm_honest(req);
	CHECK_ERR(ntlm_done(&nl, &d), 0);
	CHECK_ERR(client_join(&c), -EINPROGRESS);
}

void step_with_or_without_a_token_out_of_turn_is_einval(void)
{
	int fd = drv_context(&patient);
	struct server s;

	server_start(&s);
	CHECK_ERR(drv_exchange(fd, "X", 1, NULL, NULL), -EINVAL);
	CHECK_ERR(drv_exchange(fd, NULL, 0, NULL, NULL), -EINPROGRESS);
	CHECK_ERR(drv_exchange(fd, NULL, 0, NULL, NULL), -EINVAL);
	CHECK_ERR(drv_exchange(fd, "CHALLENGE", 9, NULL, NULL), 0);
	CHECK_ERR(drv_exchange(fd, "CHALLENGE", 9, NULL, NULL), -EISCONN);
	CHECK_ERR(drv_exchange(fd, NULL, 0, NULL, NULL), -EISCONN);
	server_stop(&s);
	CHECK_EQ(s.answered, 2);
}

void failed_context_stays_failed(void)
{
	int fd = drv_context(&patient);
	uint8_t m[32] = "message", sig[16] = {};
	struct ntlm_test_info info;
	struct server s;

	CHECK_ERR(drv_exchange(fd, NULL, 0, NULL, NULL), -ENOKEY);
	server_start(&s);
	CHECK_ERR(drv_exchange(fd, NULL, 0, NULL, NULL), -ENOKEY);
	drv_cancel(fd);
	drv_report(fd, 0);
	CHECK_ERR(drv_exchange(fd, NULL, 0, NULL, NULL), -ENOKEY);
	CHECK_ERR(drv_exchange(fd, "CHALLENGE", 9, NULL, NULL), -ENOKEY);
	info = drv_info(fd);
	CHECK_ERR(info.flags_result, -ENOTCONN);
	CHECK_ERR(info.key_result, -ENOTCONN);
	CHECK_ERR(drv_seal(fd, m, sizeof(m), sig), -ENOTCONN);
	server_stop(&s);
	CHECK_EQ(s.answered, 0);
}

void open_context_seals_nothing(void)
{
	int fd = drv_context(&patient);
	uint8_t m[32] = "message", sig[16] = {};
	struct server s;

	server_start(&s);
	CHECK_ERR(drv_seal(fd, m, sizeof(m), sig), -ENOTCONN);
	CHECK_ERR(drv_exchange(fd, NULL, 0, NULL, NULL), -EINPROGRESS);
	CHECK_ERR(drv_seal(fd, m, sizeof(m), sig), -ENOTCONN);
	CHECK_ERR(drv_exchange(fd, "CHALLENGE", 9, NULL, NULL), 0);
	CHECK_ERR(drv_seal(fd, m, sizeof(m), sig), 0);
	server_stop(&s);
}

void parameters_out_of_range_are_refused(void)
{
	char long_name[NTLM_MAX_NAME + 2];
	struct drv_params p = {};

	memset(long_name, 'n', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = 0;
	p.target = "";
	CHECK_ERR(drv_create(&p), -EINVAL);
	p.target = long_name;
	CHECK_ERR(drv_create(&p), -EINVAL);
	p.target = "cifs/ser\nver";
	CHECK_ERR(drv_create(&p), -EINVAL);
	p.target = NULL;
	p.user = long_name;
	CHECK_ERR(drv_create(&p), -EINVAL);
	p.user = "us\x1b[1mer";
	CHECK_ERR(drv_create(&p), -EINVAL);
	p.user = NULL;
	p.domain = "D\x7f";
	CHECK_ERR(drv_create(&p), -EINVAL);
	p.domain = NULL;
	p.required = 1U << 6;
	CHECK_ERR(drv_create(&p), -EINVAL);
	p.required = 0;
	p.wished = 1U << 31;
	CHECK_ERR(drv_create(&p), -EINVAL);
	p.wished = 0;
	p.min_key_bits = 64;
	CHECK_ERR(drv_create(&p), -EINVAL);
	p.min_key_bits = 0;
	p.uid = UINT32_MAX;
	CHECK_ERR(drv_create(&p), -EINVAL);
}
