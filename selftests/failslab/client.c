// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What clients do, from the context's creation to its end, with one allocation
 * of the client's thread failing.  The helper's thread is not touched.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "../lib/tap.h"
#include "calls.h"
#include "honest.h"
#include "inject.h"
#include "tests.h"

#define TIMEOUT_MS	20000

/**
 * struct life - a context from its beginning to its end
 * @order: its parameters
 * @tokens: of the peer, one each leg
 * @legs: how many
 */
struct life {
	struct ntlm_test_create	order;
	const char		*tokens[3];
	unsigned int		legs;
};

static const struct life *life;
static struct nl listener = { .fd = -1 };

/* What listeners should have been told */
static struct {
	bool established, failed;
} events;

static int exchange(int fd)
{
	bool died = false;
	unsigned int i;
	int err = -EINVAL;

	for (i = 0; i < life->legs; i++) {
		err = call_exchange(fd, life->tokens[i], &died);
		events.failed = died;
		if (i + 1 < life->legs && err != -EINPROGRESS)
			return err ? err : -ENODATA;
	}
	events.established = !err;
	return err;
}

/* A context that failed stays so, and protects nothing. */
static void dead(int fd, int err)
{
	uint8_t data[16] = { 1 };
	bool died;

	CHECK_ERR(call_exchange(fd, life->tokens[0], &died), err);
	CHECK_ERR(call_message(fd, NTLM_TEST_SEAL, data, sizeof(data), 0),
		  -ENOTCONN);
}

static int protect(int fd)
{
	bool datagram = life->order.mode == NTLM_MODE_CONNECTIONLESS;
	uint8_t data[100] = { 1 };
	int err;

	err = call_message(fd, datagram ? NTLM_TEST_SEAL_DATAGRAM :
			   NTLM_TEST_SEAL, data, sizeof(data), 0);
	if (err)
		return err;
	err = call_message(fd, datagram ? NTLM_TEST_SIGN_DATAGRAM :
			   NTLM_TEST_SIGN, data, sizeof(data), !!datagram);
	if (err)
		return err;
	err = call_message(fd, datagram ? NTLM_TEST_VERIFY_DATAGRAM :
			   NTLM_TEST_VERIFY, data, sizeof(data), 0);
	return err == -EBADMSG ? 0 : err;
}

static int live(void)
{
	struct ntlm_test_info info;
	int fd = call_create(&life->order), err;

	if (fd < 0)
		return fd;
	err = exchange(fd);
	if (events.failed)
		dead(fd, err);
	if (!err)
		err = protect(fd);
	if (!err)
		err = call_info(fd, &info);
	if (!err) {
		drv_report(fd, 0);
		if (info.key_result)
			err = info.key_result;
		else if (strcmp(info.user, "user"))
			err = -ENODATA;
	}
	close(fd);
	return err;
}

static void before(void)
{
	memset(&events, 0, sizeof(events));
	/* Until the helper has seen that nothing waits: then it has to be told. */
	tap_sleep_ms(5);
}

/* Each event came, or the listener knows that it missed some. */
static void hear(int result)
{
	unsigned int seen[NTLM_EVENT_CLOSED + 1] = {};
	struct nl_reply *r = listener.r;
	bool missed = false;
	int err;

	(void)result;
	while ((err = nl_wait(&listener, NTLM_CMD_EVENT, 0, r)) != -EAGAIN) {
		if (err == -ENOBUFS) {
			missed = true;
			continue;
		}
		CHECK_ERR(err, 0);
		seen[nl_u32(r, NTLM_A_CONTEXT_EVENT)]++;
	}
	if (missed)
		return;
	CHECK_EQ(seen[NTLM_EVENT_ESTABLISHED], events.established);
	CHECK_EQ(seen[NTLM_EVENT_CLOSED], events.established);
	CHECK_EQ(seen[NTLM_EVENT_FAILED], events.failed);
}

static void sweep(const struct life *l)
{
	const struct operation op = {
		.prepare = before,
		.run = live,
		.finish = hear,
	};

	inject_init();
	life = l;
	honest_start();
	CHECK_ERR(nl_open(&listener), 0);
	CHECK_ERR(nl_join_events(&listener), 0);
	inject_sweep(&op);
	nl_close(&listener);
	honest_stop();
}

#define TARGET	.target = (uintptr_t)"cifs/server", .timeout_ms = TIMEOUT_MS

void initiator(void)
{
	sweep(&(struct life){
		.order = { TARGET },
		.tokens = { NULL, "CHALLENGE" },
		.legs = 2,
	});
}

void acceptor(void)
{
	sweep(&(struct life){
		.order = { TARGET, .role = NTLM_ROLE_ACCEPTOR },
		.tokens = { "NEGOTIATE", "AUTHENTICATE" },
		.legs = 2,
	});
}

void spnego_initiator(void)
{
	sweep(&(struct life){
		.order = { TARGET, .spnego = 1 },
		.tokens = { NULL, "CHALLENGE", "ACCEPT-COMPLETED" },
		.legs = 3,
	});
}

void datagram_initiator(void)
{
	sweep(&(struct life){
		.order = { TARGET, .mode = NTLM_MODE_CONNECTIONLESS },
		.tokens = { NULL, "CHALLENGE" },
		.legs = 2,
	});
}

void datagram_acceptor(void)
{
	sweep(&(struct life){
		.order = { TARGET, .role = NTLM_ROLE_ACCEPTOR,
			   .mode = NTLM_MODE_CONNECTIONLESS },
		.tokens = { NULL, "AUTHENTICATE" },
		.legs = 2,
	});
}

void initiator_with_everything(void)
{
	static const uint8_t bindings[NTLM_CHANNEL_BINDINGS_SIZE] = { 3 };

	sweep(&(struct life){
		.order = {
			TARGET,
			.user = (uintptr_t)"user",
			.domain = (uintptr_t)"DOMAIN",
			.channel_bindings = (uintptr_t)bindings,
			.required = NTLM_OPT_CONFIDENTIALITY |
				    NTLM_OPT_CHANNEL_BINDINGS,
		},
		.tokens = { NULL, "CHALLENGE" },
		.legs = 2,
	});
}
