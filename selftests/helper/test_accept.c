// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Clients that log on to a server in the kernel: the initiator's library on one
 * side, the daemon's requests on the other.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "account/account.h"
#include "logged.h"
#include "requests.h"
#include "tap.h"
#include <linux/ntlm.h>

#define SECRET	"Tr0ub4dor"
#define PROTECT	(NTLM_OPTION_INTEGRITY | NTLM_OPTION_CONFIDENTIALITY)

#define LOGON_FAILURE		0xC000006D
#define NOT_SUPPORTED		0xC00000BB
#define ACCESS_DENIED		0xC0000022
#define INVALID_PARAMETER	0xC000000D

static const char accounts_text[] =
	"[alice]\nuser = alice\npassword = " SECRET "\n"
	"sid = S-1-5-21-1-2-3-1000\ngroup-sids = S-1-5-32-545\n"
	"[off]\nuser = off\npassword = " SECRET "\nstate = disabled\n"
	"[locked]\nuser = locked\npassword = " SECRET "\nstate = locked\n"
	"[user]\nuser = user\ndomain = DOM\npassword = Passw0rd\nsid = S-1-5-21-1-2-3-1001\n"
	"[old]\nuser = old\npassword = " SECRET "\nstate = password-expired\n";

static const char smbpasswd_text[] =
	"smith:1000:XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX:A4F49C406510BDCAB6824EE7C30FD852:[U          ]:LCT-65000000:\n"
	"nohash:1001:XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX:XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX:[U          ]:LCT-65000000:\n"
	"empty:1002:XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX:NO PASSWORDXXXXXXXXXXXXXXXXXXXXX:[NU         ]:LCT-65000000:\n";

static struct config config;
static struct server *server;

/**
 * struct client - who wants to log on, and to what
 * @own: what the client wants; PROTECT if nothing is required or wished
 * @want: what the server wants; likewise
 */
struct client {
	const char *user, *domain, *password;
	bool anonymous;
	struct ntlm_policy policy;
	struct ntlm_request own, want;
	uint32_t uid;
	/* changes the AUTHENTICATE_MESSAGE on its way */
	void (*tamper)(uint8_t *data, size_t len);
};

static struct ntlm_session session;

static int fill(void *arg, void *buf, size_t len)
{
	(void)arg;
	return getrandom(buf, len, 0) == (ssize_t)len ? 0 : -1;
}

static struct client client_of(const char *user, const char *secret)
{
	return (struct client){
		.user = user,
		.domain = "",
		.password = secret,
		.policy = { .lm_compat_level = 3, .min_key_bits = 128,
			    .workstation = "WS7" },
		.own = { .required = PROTECT, .target_name = "cifs/srv.lab.example" },
		.want = { .required = PROTECT },
	};
}

static struct request *request_of(const struct client *c)
{
	struct request *r = request_new(server);

	r->cookie = 5;
	r->context = 77;
	r->uid = c->uid;
	r->acceptor = true;
	r->deadline_ms = 1000;
	r->want = c->want;
	strcpy(r->target, "cifs/srv.lab.example");
	r->want.target_name = r->target;
	return r;
}

static struct given *start(struct request *r)
{
	answer_count = 0;
	request_start(r);
	return answer_count == 1 ? &answers[0] : NULL;
}

static void add(struct request *r, const uint8_t *data, size_t len)
{
	r->token[r->token_count++] = (struct ntlm_bytes){ data, len };
}

/* Returns what the kernel was told at last; @session is the client's. */
static struct given *log_on(struct client *c)
{
	static uint8_t negotiate[NTLM_TOKEN_MAX], challenge_token[NTLM_TOKEN_MAX],
		       authenticate[NTLM_TOKEN_MAX];
	struct ntlm_token first = { .data = negotiate, .size = sizeof(negotiate) };
	struct ntlm_token last = { .data = authenticate, .size = sizeof(authenticate) };
	struct ntlm_credential credential = { .user = c->user, .domain = c->domain };
	struct ntlm_environment env = { .random = fill };
	struct ntlm_detail detail = { 0 };
	struct timespec now;
	struct request *r;
	struct given *g;
	enum ntlm_error e;
	size_t len;

	if (c->anonymous)
		c->own.wished |= NTLM_OPTION_ANONYMOUS;
	clock_gettime(CLOCK_REALTIME, &now);
	env.now = ntlm_filetime(&now);
	ntlm_nt_hash(c->password, strlen(c->password), credential.nt_hash);
	r = request_of(c);
	if (!c->own.connectionless) {
		e = ntlm_build_negotiate(&c->policy, &c->own, &first, NULL, &detail);
		if (e) {
			tap_note("client: %s: %s", ntlm_error_text(e),
				 detail.where ? detail.where : "");
			return NULL;
		}
		add(r, negotiate, first.len);
	}
	g = start(r);
	if (!g || g->status)
		return g;
	len = g->token_len;
	memcpy(challenge_token, g->token, len);
	e = ntlm_build_authenticate(&c->policy, &c->own,
				    c->anonymous ? NULL : &credential, &env,
				    (struct ntlm_bytes){ negotiate, first.len },
				    (struct ntlm_bytes){ challenge_token, len },
				    &last, &session, &detail);
	if (e) {
		tap_note("client: %s: %s", ntlm_error_text(e),
			 detail.where ? detail.where : "");
		return NULL;
	}
	if (c->tamper)
		c->tamper(authenticate, last.len);
	r = request_of(c);
	if (!c->own.connectionless)
		add(r, negotiate, first.len);
	add(r, challenge_token, len);
	add(r, authenticate, last.len);
	return start(r);
}

/* Both have the same flags and key, and it is alice. */
static bool agreed(const struct given *g)
{
	return g && !g->status && g->established && g->has_keys && g->has_key &&
	       !g->identity && !g->token_len && g->flags == session.flags &&
	       !memcmp(g->key, session.exported_session_key, sizeof(g->key));
}

static void expect(struct client *c, int status, uint32_t ntstatus,
		   const char *logged, const char *name)
{
	struct given *g;
	bool ok;

	logged_start();
	server_reload(server);
	g = log_on(c);
	ok = g && g->status == status && g->ntstatus == ntstatus &&
	     !g->established && !g->has_keys && !g->token_len &&
	     logged_has(logged) && !logged_has(SECRET);
	tap_ok(ok, "%s", name);
	if (!ok) {
		tap_note("status %d ntstatus 0x%08X", g ? g->status : -1,
			 g ? g->ntstatus : 0);
		logged_show();
	}
}

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

/* --- what is wrong with the messages -------------------------------------------------- */

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

/* --- the log ---------------------------------------------------------------------------- */

/* What a client calls itself says nothing about it that only the daemon may say. */
static void test_names(void)
{
	struct client c = client_of("bob account=\"x\" flags=SIGN", SECRET);

	c.policy.workstation = "W7 mic=yes";
	expect(&c, EKEYREJECTED, LOGON_FAILURE,
	       "user=\"bob account=?x? flags=SIGN\" workstation=\"W7 mic=yes\" response=NTLMv2: ",
	       "names that look like more are in quotes");
	c = client_of("bob\u202e" "dlrow\xc2\x85", SECRET);
	expect(&c, EKEYREJECTED, LOGON_FAILURE, "user=bob?dlrow? workstation=WS7",
	       "a name does not turn the line around");
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

static void write_file(const char *name, const char *text)
{
	FILE *f = fopen(name, "w");

	fputs(text, f);
	fclose(f);
	chmod(name, 0640);
}

int main(void)
{
	static char dir[] = "/tmp/ntlmd-test-accept-XXXXXX";
	static char accounts[64], smbpasswd[64];
	static char *files[] = { accounts };
	static uint32_t uids[] = { 0 };
	const struct secret_owner owner = {
		.uid = geteuid(), .gid = getegid(), .user_name = "owner",
		.group_name = "group",
	};
	sd_event *event;

	config = (struct config){
		.policy = NTLM_POLICY_DEFAULT,
		.acceptor = {
			.enabled = true,
			.uids = uids,
			.uid_count = 1,
			.policy = {
				.lm_compat_level = 5,
				.min_key_bits = 128,
				.target_check = NTLM_TARGET_IF_PRESENT,
				.names = {
					.nb_computer = "SRV",
					.nb_domain = "LAB",
					.dns_computer = "srv.lab.example",
					.dns_domain = "lab.example",
				},
			},
			.account_files = { .path = files, .count = 1 },
			.smbpasswd = smbpasswd,
		},
	};
	if (!mkdtemp(dir) || chmod(dir, 0755) || sd_event_new(&event) < 0)
		return 1;
	snprintf(accounts, sizeof(accounts), "%s/accounts.conf", dir);
	snprintf(smbpasswd, sizeof(smbpasswd), "%s/smbpasswd", dir);
	write_file(accounts, accounts_text);
	write_file(smbpasswd, smbpasswd_text);
	logged_start();
	if (cred_open(event, &config) ||
	    account_open_owned(event, &config, &owner))
		return 1;
	server = server_new(event, &config, on_answer, NULL);
	if (!server)
		return 1;
	test_good();
	test_refused();
	test_states();
	test_off();
	test_responses();
	test_options();
	test_anonymous();
	test_guest();
	test_hostile();
	test_both();
	test_names();
	test_reflection();
	test_repeats();
	server_free(server);
	account_close();
	cred_close();
	sd_event_unref(event);
	unlink(accounts);
	unlink(smbpasswd);
	rmdir(dir);
	return tap_done();
}
