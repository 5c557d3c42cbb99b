// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What clients of a server in the kernel may try: messages that are damaged, names
 * that forge lines of the log, its own challenge sent back, and failures that
 * fill the log.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "clients.h"
#include "logged.h"
#include "tap.h"
#include <linux/ntlm.h>

static void flip_mic(uint8_t *data, size_t len)
{
	(void)len;
	data[72] ^= 1;
}

static void flip_proof(uint8_t *data, size_t len)
{
	(void)len;
	data[data[24] | data[25] << 8] ^= 1;
}

static void flip_type(uint8_t *data, size_t len)
{
	(void)len;
	data[8] = 2;
}

static void test_hostile(void)
{
	struct client c = client_of("alice", SECRET);
	struct request *r;
	struct given *g;

	c.tamper = flip_proof;
	expect(&c, EKEYREJECTED, LOGON_FAILURE, "logon refused", "a changed proof");
	c.tamper = flip_mic;
	logged_start();
	g = log_on(&c);
	tap_ok(g && g->status && g->status != EKEYREJECTED && !g->established &&
	       !g->has_keys && logged_has("MIC"), "a changed MIC");
	c.tamper = flip_type;
	expect(&c, EPROTO, INVALID_PARAMETER, "logon refused", "another type of message");
	c = client_of("al\nice", SECRET);
	expect(&c, EPROTO, INVALID_PARAMETER, "user=al?ice",
	       "a name that would be two lines of a log");
	c = client_of("alice", SECRET);
	c.policy.workstation = "WS\n7";
	g = log_on(&c);
	tap_ok(agreed(g) && !*g->workstation, "such a workstation is left out");

	c = client_of("alice", SECRET);
	for (unsigned int n = 0; n <= REQUEST_TOKENS; n++) {
		static const uint8_t bytes[64];

		if (n == 1 || n == 3 || n > REQUEST_TOKENS)
			continue;
		r = request_of(&c);
		for (unsigned int i = 0; i < n; i++)
			add(r, bytes, sizeof(bytes));
		g = start(r);
		tap_ok(g && g->status == EPROTO && g->ntstatus == INVALID_PARAMETER,
		       "%u tokens: refused", n);
	}
	for (size_t len = 0; len < 64; len += 9) {
		static const uint8_t text[64] = "NTLMSSP\0\1";

		r = request_of(&c);
		add(r, text, len);
		g = start(r);
		tap_ok(g && g->status == EPROTO && g->ntstatus == INVALID_PARAMETER,
		       "a NEGOTIATE_MESSAGE of %zu bytes: refused", len);
	}
}

/* What a client calls itself says nothing about it that only the daemon may say. */
static void test_names(void)
{
	struct client c = client_of("bob account=\"x\" flags=SIGN", SECRET);

	c.policy.workstation = "W7 mic=yes";
	expect(&c, EKEYREJECTED, LOGON_FAILURE,
	       "user=\"bob account=?x? flags=SIGN\" workstation=\"W7 mic=yes\" response=NTLMv2: ",
	       "names that look like more are in quotes");
	c = client_of("bob\u202e" "dlrow", SECRET);
	c.policy.workstation = "W\xc2\x9b" "2J";
	expect(&c, EKEYREJECTED, LOGON_FAILURE, "user=bob?dlrow workstation=W?2J",
	       "a name does not turn the line around");
	c = client_of("bob\xc2\x85", SECRET);
	expect(&c, EPROTO, INVALID_PARAMETER, "user=bob? workstation=WS7",
	       "nor end it");
	c = client_of("J\u00f6rg", SECRET);
	expect(&c, EKEYREJECTED, LOGON_FAILURE, "user=J\u00f6rg workstation=WS7",
	       "letters are shown");
}

/* Whoever was named by a server shows a client here what a server here said. */
static void test_reflection(void)
{
	static const struct {
		const char *target;
		bool unverified;
		int status;
	} cases[] = {
		{ "cifs/evil.example", true, EACCES },
		{ "cifs/evil.example:445", true, EACCES },
		{ "cifs/evil.example", false, 0 },
		{ "cifs/srv.lab.example", true, 0 },
		{ "cifs/SRV", true, 0 },
	};
	static uint8_t negotiate[NTLM_TOKEN_MAX], token[NTLM_TOKEN_MAX];
	struct ntlm_token first = { .data = negotiate, .size = sizeof(negotiate) };
	struct client c = client_of("alice", SECRET);
	struct request *r = request_of(&c);
	struct given *g;
	size_t len;

	ntlm_build_negotiate(&c.policy, &c.own, &first, NULL, NULL);
	add(r, negotiate, first.len);
	g = start(r);
	len = g ? g->token_len : 0;
	memcpy(token, g->token, len);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		server_reload(server);
		r = request_of(&c);
		r->acceptor = false;
		r->want.target_unverified = cases[i].unverified;
		strcpy(r->target, cases[i].target);
		add(r, negotiate, first.len);
		add(r, token, len);
		logged_start();
		g = start(r);
		tap_ok(g && g->status == cases[i].status &&
		       !g->token_len == !!cases[i].status &&
		       logged_has("another name") == !!cases[i].status,
		       "own challenge from %s%s: %s", cases[i].target,
		       cases[i].unverified ? ", unverified" : "",
		       cases[i].status ? "not answered" : "answered");
	}
}

static void test_repeats(void)
{
	struct client c = client_of("alice", "wrong");
	struct request *r;
	unsigned int lines;

	server_reload(server);
	log_on(&c);
	logged_start();
	for (int i = 0; i < 20; i++)
		log_on(&c);
	tap_ok(!logged_has("logon refused"), "the same failure is not logged again");
	c.user = "mallory";
	log_on(&c);
	tap_ok(logged_has("user=mallory"), "another one is");
	logged_start();
	server_reload(server);
	tap_ok(logged_has("user=alice") && logged_has(": 20 more times within 60 s"),
	       "its count is");
	logged_start();
	for (int i = 0; i < 300; i++) {
		char name[16];

		snprintf(name, sizeof(name), "user%d", i);
		c.user = name;
		logged_start();
		log_on(&c);
	}
	tap_ok(!logged_has("user299"), "names of all kinds do not fill the log");
	logged_start();
	r = request_new(server);
	r->deadline_ms = 1000;
	strcpy(r->target, "cifs/unknown");
	r->want.target_name = r->target;
	start(r);
	tap_ok(logged_has("negotiate failed") && logged_has("cifs/unknown"),
	       "and hide no failure of this computer's own clients");
	logged_start();
	server_reload(server);
	lines = logged_lines();
	tap_ok(lines == 1 && logged_has("172 more failures"), "but are counted");
}

int main(void)
{
	if (!clients_start())
		return 1;
	test_hostile();
	test_names();
	test_reflection();
	test_repeats();
	clients_stop();
	return tap_done();
}
