// SPDX-License-Identifier: GPL-2.0-or-later
#include "clients.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "account/account.h"
#include "logged.h"
#include "tap.h"

struct config config;
struct server *server;
struct ntlm_session session;

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

static char dir[] = "/tmp/ntlmd-test-accept-XXXXXX";
static char accounts[64], smbpasswd[64];
static sd_event *event;

static void write_file(const char *name, const char *text)
{
	FILE *f = fopen(name, "w");

	fputs(text, f);
	fclose(f);
	chmod(name, 0640);
}

bool clients_start(void)
{
	static char *files[] = { accounts };
	static uint32_t uids[] = { 0 };
	const struct secret_owner owner = {
		.uid = geteuid(), .gid = getegid(), .user_name = "owner",
		.group_name = "group",
	};

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
		return false;
	snprintf(accounts, sizeof(accounts), "%s/accounts.conf", dir);
	snprintf(smbpasswd, sizeof(smbpasswd), "%s/smbpasswd", dir);
	write_file(accounts, accounts_text);
	write_file(smbpasswd, smbpasswd_text);
	logged_start();
	if (cred_open(event, &config) ||
	    account_open_owned(event, &config, &owner))
		return false;
	server = server_new(event, &config, on_answer, NULL);
	return server;
}

void clients_stop(void)
{
	server_free(server);
	account_close();
	cred_close();
	sd_event_unref(event);
	unlink(accounts);
	unlink(smbpasswd);
	rmdir(dir);
}

static int fill(void *arg, void *buf, size_t len)
{
	(void)arg;
	return getrandom(buf, len, 0) == (ssize_t)len ? 0 : -1;
}

struct client client_of(const char *user, const char *secret)
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

struct request *request_of(const struct client *c)
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

struct given *start(struct request *r)
{
	answer_count = 0;
	request_start(r);
	return answer_count == 1 ? &answers[0] : NULL;
}

void add(struct request *r, const uint8_t *data, size_t len)
{
	r->token[r->token_count++] = (struct ntlm_bytes){ data, len };
}

struct given *log_on(struct client *c)
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

bool agreed(const struct given *g)
{
	return g && !g->status && g->established && g->has_keys && g->has_key &&
	       !g->identity && !g->token_len && g->flags == session.flags &&
	       !memcmp(g->key, session.exported_session_key, sizeof(g->key));
}

void expect(struct client *c, int status, uint32_t ntstatus,
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
