// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Clients that guess passwords: how often they may, what the log says of it, and
 * answers that the kernel does not take.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "account/account.h"
#include "clients.h"
#include "logged.h"
#include "server_internal.h"
#include "tap.h"

#define CLOSED "there were too many wrong passwords for this account"

static bool refused_like_a_wrong_password(struct client *c)
{
	struct given *g = log_on(c);

	return g && g->status == EKEYREJECTED && g->ntstatus == LOGON_FAILURE &&
	       !g->has_keys && !g->token_len;
}

static void guess(const char *user, unsigned int times)
{
	struct client c = client_of(user, "wrong");

	while (times--)
		if (!refused_like_a_wrong_password(&c))
			tap_ok(false, "a wrong password of %s", user);
}

static void test_throttle(void)
{
	struct client good = client_of("alice", SECRET);
	struct client off = client_of("off", SECRET);
	struct client other = client_of("smith", "Password");

	config.acceptor.guess_limit = 3;
	config.acceptor.guess_window = 2;
	guess("alice", 2);
	tap_ok(agreed(log_on(&good)), "the password is right after two guesses");
	logged_start();
	guess("ALICE", 1);
	tap_ok(!logged_has(CLOSED), "the third is a wrong password like the others");
	tap_ok(refused_like_a_wrong_password(&good) && logged_has(CLOSED),
	       "after three it is not, which only the log says");
	good.domain = "srv";
	tap_ok(refused_like_a_wrong_password(&good),
	       "nor in another spelling");
	good.own.target_name = "cifs/elsewhere.example";
	tap_ok(refused_like_a_wrong_password(&good),
	       "nor with what would be refused after it only");
	good = client_of("alice", SECRET);
	server_reload(server);
	account_reload(&config);
	tap_ok(refused_like_a_wrong_password(&good), "nor after a reload");
	tap_ok(agreed(log_on(&other)),
	       "another account is not concerned");
	guess("off", 3);
	tap_ok(refused_like_a_wrong_password(&off),
	       "the state of an account is not told either");
	guess("nobody", 5);
	tap_ok(!logged_has("user=nobody workstation=WS7 response=NTLMv2: " CLOSED),
	       "who does not exist is not counted");
	run(2100);
	tap_ok(agreed(log_on(&good)), "when the time is over it is right again");
	config.acceptor.guess_limit = 0;
	guess("alice", 20);
	tap_ok(agreed(log_on(&good)), "without a limit it always is");
}

static void test_flood(void)
{
	struct client c;
	char user[32], workstation[32];

	server_reload(server);
	for (unsigned int i = 0; i < REPEATS_MAX + 50; i++) {
		snprintf(user, sizeof(user), "invented%u", i);
		c = client_of(user, SECRET);
		refused_like_a_wrong_password(&c);
	}
	logged_start();
	for (unsigned int i = 0; i < 4; i++) {
		snprintf(workstation, sizeof(workstation), "WS%u", i);
		c = client_of(i % 2 ? "alice" : "Alice", "wrong");
		c.domain = i < 2 ? "" : "lab";
		c.policy.workstation = workstation;
		refused_like_a_wrong_password(&c);
	}
	tap_ok(logged_has("logon refused ctx=77 uid=0 target=cifs/srv.lab.example user=Alice workstation=WS0"),
	       "invented names do not hide a guess at an account");
	tap_ok(!logged_has("workstation=WS1") && !logged_has("workstation=WS3"),
	       "nor are guesses more kinds because of what the client calls itself");
	logged_start();
	server_reload(server);
	tap_ok(logged_has("logon refused user=alice target=cifs/srv.lab.example: ") &&
	       logged_has(": 3 more times within"), "their count is a line");
	tap_ok(logged_has("50 more failures within"), "those of invented names as well");
}

static void refuse_answer(uint8_t *data, size_t len)
{
	(void)data;
	(void)len;
	gone = 5;
}

static void test_not_taken(void)
{
	struct client c = client_of("alice", SECRET);
	struct given *g;

	c.tamper = refuse_answer;
	logged_start();
	g = log_on(&c);
	gone = 0;
	tap_ok(!g && !logged_has("logon ctx=") &&
	       logged_has("logon dropped ctx=77 uid=0 target=cifs/srv.lab.example user=alice workstation=WS7: the kernel did not take it (ENOENT)"),
	       "who is not let in by the kernel is not logged as let in");
	gone_result = 1;
	logged_start();
	g = log_on(&c);
	gone = 0;
	gone_result = -ENOENT;
	tap_ok(!g && !logged_has("logon ctx=") && !logged_has("logon dropped") &&
	       logged_has("logon unknown ctx=77 uid=0 target=cifs/srv.lab.example user=alice workstation=WS7: what the kernel said to it got lost, so only the event of the context tells (EIO)"),
	       "nor as kept out if that is not known");
	if (logged_has("logon ctx="))
		logged_show();
}

static void test_reason(void)
{
	const struct answer unwrapped = { .status = EMSGSIZE };
	struct audit audit = { 0 };

	tap_ok(!strcmp(request_not_taken(&unwrapped, -EMSGSIZE, &audit),
		       "it does not fit into SPNEGO") &&
	       !strcmp(audit.outcome, "failed") && audit.error == EMSGSIZE,
	       "what was never handed over is not the kernel's fault");
}

int main(void)
{
	if (!clients_start())
		return 1;
	test_throttle();
	test_flood();
	test_not_taken();
	test_reason();
	clients_stop();
	return tap_done();
}
