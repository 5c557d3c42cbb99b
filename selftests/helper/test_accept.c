// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Clients that log on to a server in the kernel: who is let in, and what both
 * sides get.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "clients.h"
#include "logged.h"
#include "tap.h"
#include <linux/ntlm.h>

/* --- who is let in ------------------------------------------------------------- */

static void test_good(void)
{
	static const char *const domains[] = { "", "LAB", "lab", "SRV", "lab.example" };
	struct client c = client_of("alice", SECRET);
	struct given *g;

	for (size_t i = 0; i < sizeof(domains) / sizeof(domains[0]); i++) {
		c.domain = domains[i];
		g = log_on(&c);
		tap_ok(agreed(g) && !strcmp(g->domain, domains[i]),
		       "a good password, domain \"%s\"", domains[i]);
	}
	logged_start();
	c.domain = "LAB";
	c.user = "ALICE";
	g = log_on(&c);
	tap_ok(agreed(g) && !strcmp(g->user, "ALICE") && !strcmp(g->workstation, "WS7") &&
	       !strcmp(g->sids, "S-1-5-21-1-2-3-1000 S-1-5-32-545"),
	       "the kernel is told user, workstation and SIDs");
	tap_ok(logged_has("logon ctx=77 uid=0 target=cifs/srv.lab.example user=LAB\\ALICE workstation=WS7 account=") &&
	       logged_has("accounts.conf [alice]\" response=NTLMv2 key-bits=128 mic=yes channel-bound=no flags=") &&
	       logged_has("challenge ctx=77 uid=0 target=cifs/srv.lab.example granted=") &&
	       !logged_has("WEAK") && !logged_has(SECRET), "and so is the log");
	c = client_of("smith", "Password");
	tap_ok(agreed(log_on(&c)), "an account of smbpasswd");
	c = client_of("alice@lab.example", SECRET);
	tap_ok(agreed(log_on(&c)), "user@domain");
	c = client_of("alice", SECRET);
	c.own.connectionless = c.want.connectionless = true;
	g = log_on(&c);
	tap_ok(agreed(g) && (g->flags & NTLM_NEGOTIATE_DATAGRAM), "connectionless");
}

static void test_refused(void)
{
	struct client c = client_of("alice", "wrong");

	expect(&c, EKEYREJECTED, LOGON_FAILURE, "logon refused ctx=77",
	       "a wrong password");
	tap_ok(logged_has("user=alice workstation=WS7 response=NTLMv2: "),
	       "the log says whose, and from where");
	c = client_of("nobody", SECRET);
	expect(&c, EKEYREJECTED, LOGON_FAILURE, "there is no such account here",
	       "an unknown user is the same to the client");
	c = client_of("alice", SECRET);
	c.domain = "ELSEWHERE";
	expect(&c, EKEYREJECTED, LOGON_FAILURE, "user=ELSEWHERE\\alice",
	       "a user of another domain");
	c = client_of("nohash", SECRET);
	expect(&c, EKEYREJECTED, LOGON_FAILURE, "the account has no password",
	       "an account without a password");
	c = client_of("empty", "");
	expect(&c, EACCES, 0xC000006E, "the password is empty", "an empty password");
	c = client_of("empty", SECRET);
	expect(&c, EKEYREJECTED, LOGON_FAILURE, "logon refused", "which does not show before");
}

static void test_states(void)
{
	static const struct {
		const char *user;
		uint32_t ntstatus;
		const char *says;
	} cases[] = {
		{ "off", 0xC0000072, "the account is disabled" },
		{ "locked", 0xC0000234, "the account is locked" },
		{ "old", 0xC0000071, "the password has expired" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct client c = client_of(cases[i].user, SECRET);
		char name[128];

		snprintf(name, sizeof(name), "%s and the password is right",
			 cases[i].says);
		expect(&c, EACCES, cases[i].ntstatus, cases[i].says, name);
		c.password = "wrong";
		snprintf(name, sizeof(name), "%s and it is wrong", cases[i].says);
		expect(&c, EKEYREJECTED, LOGON_FAILURE, "logon refused", name);
	}
}

/* --- policy ---------------------------------------------------------------------- */

static void test_off(void)
{
	struct client c = client_of("alice", SECRET);

	config.acceptor.enabled = false;
	expect(&c, EACCES, NOT_SUPPORTED, "\"enabled = yes\" in section [acceptor]",
	       "acceptors that are turned off");
	config.acceptor.enabled = true;
	c.uid = 1000;
	expect(&c, EACCES, NOT_SUPPORTED, "acceptor-uids", "a server of another uid");
}

static void test_responses(void)
{
	static const struct {
		unsigned int client, server;
		bool legacy;
		const char *name;
	} cases[] = {
		{ 3, 5, false, "NTLMv2" }, { 1, 4, false, "NTLM2" },
		{ 2, 4, false, "NTLM2" }, { 0, 4, true, "NTLMv1" },
		{ 1, 5, false, NULL }, { 0, 5, true, NULL },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct client c = client_of("alice", SECRET);
		struct given *g;

		c.policy.lm_compat_level = cases[i].client;
		c.policy.allow_legacy = c.own.allow_legacy = cases[i].legacy;
		c.want.allow_legacy = cases[i].legacy;
		config.acceptor.policy.allow_legacy = cases[i].legacy;
		config.acceptor.policy.lm_compat_level = cases[i].server;
		if (!cases[i].name) {
			char name[64];

			snprintf(name, sizeof(name),
				 "level %u at level 5: refused", cases[i].client);
			expect(&c, EACCES, LOGON_FAILURE, "user=alice workstation=WS7", name);
			continue;
		}
		logged_start();
		g = log_on(&c);
		tap_ok(agreed(g) && logged_has(cases[i].name),
		       "level %u at level %u: %s", cases[i].client,
		       cases[i].server, cases[i].name);
		if (!agreed(g))
			logged_show();
		tap_ok(logged_has("WEAK: the response is") == (cases[i].client < 3) &&
		       logged_has("WEAK: legacy session security") == cases[i].legacy,
		       "the log warns of what is weak in it");
	}
	config.acceptor.policy.lm_compat_level = 5;
	config.acceptor.policy.allow_legacy = false;
}

static void test_options(void)
{
	static const uint8_t bindings[NTLM_CHANNEL_BINDINGS_SIZE] = { 1, 2, 3 };
	static const uint8_t other[NTLM_CHANNEL_BINDINGS_SIZE] = { 4, 5, 6 };
	struct client c = client_of("alice", SECRET);
	struct given *g;

	c.own.channel_bindings = c.want.channel_bindings = bindings;
	logged_start();
	g = log_on(&c);
	tap_ok(agreed(g) && g->granted == NTLM_OPT_CHANNEL_BINDINGS &&
	       logged_has("channel-bound=yes"), "channel bindings that fit");
	c.own.channel_bindings = other;
	expect(&c, EACCES, 0xC000035B, "logon refused", "other channel bindings");
	c.own.channel_bindings = NULL;
	expect(&c, EACCES, 0xC000035B, "logon refused", "no channel bindings");
	c.want.wished = NTLM_OPTION_CHANNEL_BINDINGS;
	g = log_on(&c);
	tap_ok(agreed(g) && !g->granted, "no channel bindings where they are wished for");

	c = client_of("alice", SECRET);
	c.own.required = 0;
	expect(&c, EOPNOTSUPP, NOT_SUPPORTED, "accept failed ctx=77",
	       "a client without the protection that is required");
	c = client_of("alice", SECRET);
	c.own.target_name = "cifs/elsewhere.example";
	expect(&c, EACCES, ACCESS_DENIED, "logon refused", "a logon for another server");
	config.acceptor.policy.target_check = NTLM_TARGET_IGNORE;
	tap_ok(agreed(log_on(&c)), "unless the policy does not mind");
	config.acceptor.policy.target_check = NTLM_TARGET_IF_PRESENT;
}

static void test_anonymous(void)
{
	struct client c = client_of("", "");
	struct given *g;

	c.anonymous = true;
	c.own.required = 0;
	c.want.required = 0;
	c.want.wished = NTLM_OPTION_ANONYMOUS;
	expect(&c, EACCES, ACCESS_DENIED, "user=anonymous", "anonymous: not by default");
	config.acceptor.policy.allow_anonymous = true;
	c.want.wished = 0;
	expect(&c, EACCES, ACCESS_DENIED, "user=anonymous",
	       "nor if the server does not ask for it");
	c.want.wished = NTLM_OPTION_ANONYMOUS;
	g = log_on(&c);
	tap_ok(g && !g->status && g->established && g->has_keys && !g->has_key &&
	       (g->flags & NTLM_NEGOTIATE_ANONYMOUS) && !*g->user &&
	       !(g->flags & (NTLM_NEGOTIATE_SIGN | NTLM_NEGOTIATE_SEAL)) && !*g->sids,
	       "if both say so: no key, no user");
	c.want.required = PROTECT;
	expect(&c, EOPNOTSUPP, NOT_SUPPORTED, "failed",
	       "but not where protection is required");
	config.acceptor.policy.allow_anonymous = false;
}

static void test_guest(void)
{
	struct client c = client_of("nobody", SECRET);
	struct given *g;

	c.own.required = c.want.required = 0;
	config.acceptor.guest = true;
	logged_start();
	g = log_on(&c);
	tap_ok(g && !g->status && g->established && !g->has_key &&
	       g->identity == NTLM_IDENTITY_GUEST && !strcmp(g->user, "nobody") &&
	       !(g->flags & (NTLM_NEGOTIATE_SIGN | NTLM_NEGOTIATE_SEAL)) &&
	       logged_has("account=\"guest\" guest"), "an unknown user is a guest");
	c.user = "alice";
	c.password = "wrong";
	expect(&c, EKEYREJECTED, LOGON_FAILURE, "logon refused",
	       "a wrong password is none");
	c.user = "nohash";
	expect(&c, EKEYREJECTED, LOGON_FAILURE, "the account has no password",
	       "nor is an account without a password");
	c = client_of("nobody", SECRET);
	logged_start();
	g = log_on(&c);
	tap_ok(g && g->status == EOPNOTSUPP && !g->established,
	       "a guest has no protection, where it is required");
	config.acceptor.guest = false;
}

/* --- both sides are the daemon's -------------------------------------------------------- */

/**
 * struct both - an exchange as the two kernels see it
 * @token: tokens so far, @count of them
 * @side: what each was told at last: initiator, acceptor
 * @keyed: what each was told with flags and key
 */
struct both {
	uint8_t token[REQUEST_TOKENS][2048];
	size_t len[REQUEST_TOKENS];
	unsigned int count;
	struct given side[2], keyed[2];
};

/* Returns true while the exchange goes on. */
static bool turn(struct both *b, struct client *c, bool spnego, bool acceptor)
{
	struct request *r = request_of(c);
	struct given *g;

	r->acceptor = acceptor;
	r->spnego = spnego;
	if (!acceptor) {
		r->want = c->own;
		r->want.target_name = r->target;
	}
	for (unsigned int i = 0; i < b->count; i++)
		add(r, b->token[i], b->len[i]);
	g = start(r);
	if (!g) {
		tap_note("no answer");
		return false;
	}
	b->side[acceptor] = *g;
	if (g->has_keys)
		b->keyed[acceptor] = *g;
	if (g->status || !g->token_len || b->count == REQUEST_TOKENS)
		return false;
	memcpy(b->token[b->count], g->token, g->token_len);
	b->len[b->count++] = g->token_len;
	return true;
}

static void exchange(struct both *b, struct client *c, bool spnego)
{
	bool acceptor = c->own.connectionless;

	memset(b, 0, sizeof(*b));
	while (turn(b, c, spnego, acceptor))
		acceptor = !acceptor;
}

static bool both_agree(const struct both *b)
{
	const struct given *i = &b->keyed[0], *a = &b->keyed[1];

	return b->side[0].established && b->side[1].established &&
	       i->flags == a->flags && i->has_key && a->has_key &&
	       !memcmp(i->key, a->key, sizeof(i->key)) &&
	       !strcmp(i->user, "user") && !strcmp(a->user, "user") &&
	       !strcmp(a->sids, "S-1-5-21-1-2-3-1001");
}

static void test_both(void)
{
	static const uint8_t bindings[NTLM_CHANNEL_BINDINGS_SIZE] = { 1, 2, 3 };
	struct client c = client_of("", "");
	static struct both b;

	exchange(&b, &c, false);
	tap_ok(both_agree(&b) && b.count == 3 && !b.keyed[0].granted,
	       "initiator and acceptor: three tokens");
	c.own.channel_bindings = c.want.channel_bindings = bindings;
	exchange(&b, &c, false);
	tap_ok(both_agree(&b) &&
	       b.keyed[0].granted == NTLM_OPT_CHANNEL_BINDINGS &&
	       b.keyed[1].granted == NTLM_OPT_CHANNEL_BINDINGS,
	       "both say that they are bound to the channel");
	exchange(&b, &c, true);
	tap_ok(both_agree(&b) && b.count == 4 && b.token[0][0] == 0x60,
	       "SPNEGO around it: four tokens");
	if (!both_agree(&b))
		logged_show();
	c.own.connectionless = c.want.connectionless = true;
	exchange(&b, &c, false);
	tap_ok(both_agree(&b) && b.count == 2 &&
	       (b.keyed[0].flags & NTLM_NEGOTIATE_DATAGRAM), "connectionless: two tokens");
	exchange(&b, &c, true);
	tap_ok((b.side[0].status || b.side[1].status) && !b.keyed[0].has_keys,
	       "there is no connectionless SPNEGO");

	c = client_of("", "");
	password = "wrong";
	exchange(&b, &c, true);
	tap_ok(b.side[1].status == EKEYREJECTED && b.side[1].ntstatus == LOGON_FAILURE &&
	       !b.keyed[1].has_keys, "SPNEGO with a wrong password");
	password = "Passw0rd";
}

int main(void)
{
	if (!clients_start())
		return 1;
	test_good();
	test_refused();
	test_states();
	test_off();
	test_responses();
	test_options();
	test_anonymous();
	test_guest();
	test_both();
	clients_stop();
	return tap_done();
}
