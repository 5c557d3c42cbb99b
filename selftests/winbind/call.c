// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What ntlmd asks ntlmd-winbind, asked from a shell, by the code of ntlmd.
 *
 *	winbind_call [-t MILLISECONDS] check UID
 *	winbind_call [-t MILLISECONDS] cached UID
 *	winbind_call [-t MILLISECONDS] [-l LEVEL] logon DOMAIN USER PASSWORD
 *
 * "cached" lets winbind answer a challenge of a server that is played here, and
 * "logon" answers one with the password, by LmCompatibilityLevel; both then have
 * the domain controller check the message, and compare the keys. Prints one
 * line: "error=NAME ntstatus=NUMBER user=DOMAIN\USER ms=NUMBER" and, after a
 * logon, "key=same|other|NAME mic=yes|no sids=NUMBER sid=FIRST".
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "ntlm/acceptor.h"
#include "winbind_client.h"

struct run {
	struct winbind_call call;
	bool over;
	int error;
	uint32_t ntstatus;
	char user[2 * WINBIND_NAME_MAX + 2];
	uint8_t token[WINBIND_TOKEN_MAX];
	size_t token_len;
	uint8_t key[NTLM_KEY_SIZE];
	bool has_lm_key;
	uint8_t lm_key[WINBIND_LM_KEY_SIZE];
	unsigned int sid_count;
	char sid[WINBIND_SID_MAX + 1];
	long long ms;
};

struct exchange {
	struct ntlm_request want;
	struct ntlm_acceptor_policy policy;
	struct ntlm_environment env;
	uint8_t negotiate[NTLM_TOKEN_MAX];
	uint8_t challenge[NTLM_TOKEN_MAX];
	uint8_t authenticate[NTLM_TOKEN_MAX];
	struct ntlm_exchanged messages;
	struct ntlm_session mine;
};

static long long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

static int fill_random(void *arg, void *buf, size_t len)
{
	(void)arg;
	return getrandom(buf, len, 0) == (ssize_t)len ? 0 : -1;
}

static void on_done(struct winbind_call *call, int error,
		    const struct winbind_reply *reply)
{
	struct run *run = (struct run *)call;

	if (run->over) {
		puts("done was called twice");
		exit(3);
	}
	run->over = true;
	run->error = error;
	if (!reply)
		return;
	run->ntstatus = reply->ntstatus;
	if (error)
		return;
	snprintf(run->user, sizeof(run->user), "%s\\%s", reply->domain,
		 reply->user);
	run->token_len = reply->token.len;
	if (reply->token.len)
		memcpy(run->token, reply->token.data, reply->token.len);
	memcpy(run->key, reply->session_key, sizeof(run->key));
	run->has_lm_key = reply->has_lm_key;
	memcpy(run->lm_key, reply->lm_key, sizeof(run->lm_key));
	run->sid_count = reply->sid_count;
	if (reply->sid_count)
		snprintf(run->sid, sizeof(run->sid), "%s", reply->sids[0]);
}

static void finish(struct run *run, int started)
{
	long long begin = now_ms();

	run->error = started;
	while (!started && !run->over)
		if (sd_event_run(run->call.event, UINT64_MAX) < 0)
			abort();
	run->ms = now_ms() - begin;
}

static void begin(struct run *run, sd_event *event, uint32_t ms)
{
	*run = (struct run){
		.call = { .event = event, .done = on_done, .timeout_ms = ms },
	};
}

static const char *name(int error)
{
	return error ? strerrorname_np(-error) : "0";
}

static void print(const struct run *run)
{
	printf("error=%s ntstatus=0x%08" PRIx32 " user=%s ms=%lld",
	       name(run->error), run->ntstatus, run->user, run->ms);
}

static void fail(const char *what, enum ntlm_error e,
		 const struct ntlm_detail *detail)
{
	char text[NTLM_ERROR_TEXT_SIZE];

	printf(" %s: %s\n", what,
	       ntlm_error_describe(e, detail, text, sizeof(text)));
	exit(3);
}

static void offer(struct exchange *x, const struct ntlm_policy *policy)
{
	struct ntlm_token token = { .data = x->negotiate,
				    .size = sizeof(x->negotiate) };
	enum ntlm_error e;
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	x->env = (struct ntlm_environment){
		.random = fill_random,
		.now = ntlm_filetime(&now),
	};
	x->want = (struct ntlm_request){
		.required = NTLM_OPTION_INTEGRITY | NTLM_OPTION_CONFIDENTIALITY,
		.target_name = "test/mem1.wb.test",
		.min_key_bits = 128,
	};
	x->policy = (struct ntlm_acceptor_policy){
		.min_key_bits = 128,
		.names = { .nb_computer = "MEM1", .nb_domain = "WBDOM",
			   .dns_computer = "mem1.wb.test",
			   .dns_domain = "wb.test", .member = true },
	};
	e = ntlm_build_negotiate(policy, &x->want, &token, NULL, NULL);
	if (e)
		fail("NEGOTIATE", e, NULL);
	x->messages.negotiate = (struct ntlm_bytes){ token.data, token.len };
	token = (struct ntlm_token){ .data = x->challenge,
				     .size = sizeof(x->challenge) };
	e = ntlm_build_challenge(&x->policy, &x->want, &x->env,
				 x->messages.negotiate, &token, NULL, NULL);
	if (e)
		fail("CHALLENGE", e, NULL);
	x->messages.challenge = (struct ntlm_bytes){ token.data, token.len };
}

static void reply_to(struct exchange *x, const struct ntlm_policy *policy,
		     const char *domain, const char *user, const char *password)
{
	struct ntlm_token token = { .data = x->authenticate,
				    .size = sizeof(x->authenticate) };
	struct ntlm_credential credential = { .user = user, .domain = domain };
	enum ntlm_error e;

	e = ntlm_nt_hash(password, strlen(password), credential.nt_hash);
	if (!e)
		e = ntlm_build_authenticate(policy, &x->want, &credential,
					    &x->env, x->messages.negotiate,
					    x->messages.challenge, &token,
					    &x->mine, NULL);
	if (e)
		fail("AUTHENTICATE", e, NULL);
	x->messages.authenticate = (struct ntlm_bytes){ token.data, token.len };
}

/* The domain controller's word on the message, and the key that follows. */
static void prove(struct exchange *x, sd_event *event, uint32_t ms, bool show)
{
	static struct run run;
	struct ntlm_session session;
	struct ntlm_detail detail = { 0 };
	struct ntlm_logon logon;
	enum ntlm_error e;

	e = ntlm_read_authenticate(&x->policy, &x->want, x->env.now,
				   &x->messages, &logon, &detail);
	if (e)
		fail("the message", e, &detail);
	begin(&run, event, ms);
	finish(&run, winbind_logon_start(&run.call, &logon));
	if (show)
		print(&run);
	if (run.error) {
		if (!show)
			printf(" logon=%s ntstatus=0x%08" PRIx32, name(run.error),
			       run.ntstatus);
		return;
	}
	e = ntlm_finish_logon(&x->policy, &x->want, x->env.now, &x->messages,
			      run.key, run.has_lm_key ? run.lm_key : NULL,
			      &session, &detail);
	if (e) {
		char text[NTLM_ERROR_TEXT_SIZE];

		printf(" key=%s", ntlm_error_describe(e, &detail, text, sizeof(text)));
		return;
	}
	printf(" key=%s mic=%s sids=%u sid=%s",
	       memcmp(session.exported_session_key,
		      x->mine.exported_session_key, NTLM_KEY_SIZE) ?
	       "other" : "same", session.mic ? "yes" : "no", run.sid_count,
	       run.sid);
}

int main(int argc, char **argv)
{
	struct ntlm_policy policy = NTLM_POLICY_DEFAULT;
	static struct exchange x;
	static struct run run;
	sd_event *event = NULL;
	uint32_t ms = 60000;
	int c;

	while ((c = getopt(argc, argv, "t:l:")) >= 0) {
		if (c == 't')
			ms = (uint32_t)strtoul(optarg, NULL, 0);
		else if (c == 'l')
			policy.lm_compat_level = (unsigned int)strtoul(optarg, NULL, 0);
		else
			return 2;
	}
	argc -= optind;
	argv += optind;
	if (sd_event_new(&event) < 0)
		return 2;
	begin(&run, event, ms);
	if (argc == 2 && !strcmp(argv[0], "check")) {
		finish(&run, winbind_check_start(&run.call,
						 (uint32_t)strtoul(argv[1], NULL, 0)));
		print(&run);
	} else if (argc == 2 && !strcmp(argv[0], "cached")) {
		offer(&x, &policy);
		finish(&run, winbind_cached_start(&run.call,
						  (uint32_t)strtoul(argv[1], NULL, 0),
						  x.messages.negotiate,
						  x.messages.challenge));
		print(&run);
		if (!run.error) {
			x.messages.authenticate = (struct ntlm_bytes){
				run.token, run.token_len };
			memcpy(x.mine.exported_session_key, run.key,
			       sizeof(run.key));
			prove(&x, event, ms, false);
		}
	} else if (argc == 4 && !strcmp(argv[0], "logon")) {
		offer(&x, &policy);
		reply_to(&x, &policy, argv[1], argv[2], argv[3]);
		prove(&x, event, ms, true);
	} else {
		return 2;
	}
	putchar('\n');
	sd_event_unref(event);
	return 0;
}
