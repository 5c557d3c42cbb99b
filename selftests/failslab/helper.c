// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What helpers and administrators do, with one allocation failing.  The client's
 * thread is not touched: it must not notice.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../lib/tap.h"
#include "calls.h"
#include "honest.h"
#include "inject.h"
#include "tests.h"

#define CONTEXTS	100

/* An ACK or a reply was lost, and the socket says so. */
static const int lost[] = { ENOBUFS, 0 };

static struct nl nl;
static struct nl_reply reply;

/* --- REGISTER ------------------------------------------------------------------------ */

static void open_socket(void)
{
	CHECK_ERR(nl_open(&nl), 0);
}

static int do_register(void)
{
	nl_begin(&nl, nl.m, NTLM_CMD_REGISTER, 0);
	nl_put_u32(nl.m, NTLM_A_HELPER_FEATURES, NTLM_TEST_FEATURES);
	return call_talk(&nl, nl.m, &reply);
}

static void registered(int err)
{
	int again = ntlm_register(&nl);

	/* It is, unless it was told that it is not. */
	if (!err || (err == -ENOBUFS && reply.type))
		CHECK_ERR(again, -EALREADY);
	else
		CHECK_ERR(again, 0);
	nl_close(&nl);
}

void register_helper(void)
{
	inject_init();
	inject_sweep(&(struct operation){
		.prepare = open_socket,
		.run = do_register,
		.finish = registered,
		.allowed = lost,
	});
}

/* --- ACCEPT and DONE ------------------------------------------------------------------ */

/* A client with a request, its legs so far, and what it expects of this one */
static struct client client;
static struct ntlm_test_create order;
static unsigned int legs;
static const char *tokens[3];
static struct ntlm_req *request;
static int expected;

static void ask(void)
{
	unsigned int i;
	int fd;

	CHECK_ERR(nl_open(&nl), 0);
	CHECK_ERR(ntlm_register(&nl), 0);
	order.target = (uintptr_t)"cifs/server";
	order.timeout_ms = 20000;
	fd = call_create(&order);
	CHECK(fd >= 0);
	for (i = 0; ; i++) {
		client_start(&client, fd, tokens[i],
			     tokens[i] ? strlen(tokens[i]) : 0);
		wait_for_requests(&nl, 1, 0);
		if (i == legs)
			return;
		CHECK_ERR(ntlm_accept(&nl, request), 0);
		struct ntlm_done d = honest_answer(request);

		CHECK_ERR(ntlm_done(&nl, &d), 0);
		CHECK_ERR(client_join(&client), -EINPROGRESS);
	}
}

static void client_gone(void)
{
	CHECK_ERR(client_join(&client), expected);
	close(client.fd);
	nl_close(&nl);
}

static int do_accept(void)
{
	nl_begin(&nl, nl.m, NTLM_CMD_ACCEPT, 0);
	return call_talk(&nl, nl.m, &reply);
}

/* What was not delivered waits on; the client gets its answer. */
static void accepted(int err)
{
	struct ntlm_done d;

	if (err && !reply.type) {
		wait_for_requests(&nl, 1, 0);
		CHECK_ERR(ntlm_accept(&nl, request), 0);
		d = honest_answer(request);
	} else {
		wait_for_requests(&nl, 0, 1);
		d = (struct ntlm_done){
			.cookie = nl_u64(&reply, NTLM_A_REQUEST_COOKIE),
			.token = "TOKEN",
			.token_len = 5,
		};
	}
	CHECK_ERR(ntlm_done(&nl, &d), 0);
	client_gone();
}

static void sweep_accept(void)
{
	inject_init();
	request = calloc(1, sizeof(*request));
	expected = -EINPROGRESS;
	inject_sweep(&(struct operation){
		.prepare = ask,
		.run = do_accept,
		.finish = accepted,
		.allowed = lost,
	});
}

void accept_request(void)
{
	sweep_accept();
}

/* A reply of several pages */
void accept_of_a_large_token(void)
{
	static char token[NTLM_MAX_TOKEN];

	memset(token, 'x', sizeof(token) - 1);
	tokens[0] = token;
	order.role = NTLM_ROLE_ACCEPTOR;
	sweep_accept();
}

static int answer_status;

static void ask_and_accept(void)
{
	ask();
	CHECK_ERR(ntlm_accept(&nl, request), 0);
}

static void done_message(void)
{
	struct ntlm_done d = honest_answer(request);

	if (answer_status)
		d = (struct ntlm_done){
			.cookie = request->cookie,
			.status = answer_status,
			.ntstatus = 0xc000006d,
		};
	ntlm_done_msg(&nl, nl.m, &d);
}

static int do_done(void)
{
	done_message();
	return call_talk(&nl, nl.m, NULL);
}

/* An answer that failed can be given again; one that did not is gone. */
static void answered(int err)
{
	int again;

	done_message();
	again = nl_talk(&nl, nl.m, NULL);
	if (!err)
		CHECK_ERR(again, -ENOENT);
	else if (err == -ENOMEM || again != -ENOENT)
		CHECK_ERR(again, 0);
	client_gone();
}

static void sweep_done(void)
{
	inject_init();
	request = calloc(1, sizeof(*request));
	inject_sweep(&(struct operation){
		.prepare = ask_and_accept,
		.run = do_done,
		.finish = answered,
		.allowed = lost,
	});
}

void done_of_an_acceptor(void)
{
	order.role = NTLM_ROLE_ACCEPTOR;
	tokens[0] = "NEGOTIATE";
	tokens[1] = "AUTHENTICATE";
	legs = 1;
	sweep_done();
}

void done_with_spnego(void)
{
	order.spnego = 1;
	tokens[1] = "CHALLENGE";
	legs = 1;
	expected = -EINPROGRESS;
	sweep_done();
}

void done_with_an_errno(void)
{
	answer_status = EACCES;
	expected = -EACCES;
	sweep_done();
}

/* --- administrators -------------------------------------------------------------------- */

static int fds[CONTEXTS];
static unsigned int dumped;

static void make_contexts(void)
{
	for (unsigned int i = 0; i < CONTEXTS; i++)
		fds[i] = drv_context(NULL);
	open_socket();
}

static int do_dump(void)
{
	int err = call_dump(&nl, NTLM_CMD_CONTEXT_GET, &dumped);

	/* One that says that it is complete is. */
	if (!err && dumped != CONTEXTS)
		return -ENODATA;
	return err;
}

static void drop_contexts(int err)
{
	(void)err;
	nl_close(&nl);
	for (unsigned int i = 0; i < CONTEXTS; i++)
		close(fds[i]);
}

void dump(void)
{
	inject_init();
	inject_sweep(&(struct operation){
		.prepare = make_contexts,
		.run = do_dump,
		.finish = drop_contexts,
		.allowed = lost,
	});
}

static int do_stats(void)
{
	int err;

	nl_begin(&nl, nl.m, NTLM_CMD_STATS_GET, 0);
	err = call_talk(&nl, nl.m, &reply);
	return err || reply.type ? err : -ENODATA;
}

static void close_socket(int err)
{
	(void)err;
	nl_close(&nl);
}

void counters(void)
{
	inject_init();
	inject_sweep(&(struct operation){
		.prepare = open_socket,
		.run = do_stats,
		.finish = close_socket,
		.allowed = lost,
	});
}

static int do_listen(void)
{
	return nl_join_events(&nl);
}

void listen_to_events(void)
{
	inject_init();
	inject_sweep(&(struct operation){
		.prepare = open_socket,
		.run = do_listen,
		.finish = close_socket,
	});
}
