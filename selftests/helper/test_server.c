// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Requests and answers, with a credential source that takes as long as its
 * host's name says ("cifs/300ms").
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "logged.h"
#include "server.h"
#include "tap.h"

#define FAILURE	UINT32_C(0xC000006D)
#define ANSWERS	2048

static const char *password = "Passw0rd";
static unsigned int lookups, cancelled;
static sd_event *loop;

static struct {
	uint64_t cookie;
	int status;
	bool established;
	bool has_key;
	uint64_t credential;
	uint64_t usec;
	size_t token_len;
	uint8_t token[1024];
} answers[ANSWERS];
static unsigned int answer_count;
/* the kernel does not take answers to this request */
static uint64_t gone;

static uint64_t now_usec(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

/* --- the source --------------------------------------------------------- */

static int source_open(sd_event *event, const struct config *config)
{
	(void)config;
	loop = event;
	return 0;
}

static void source_reload(const struct config *config)
{
	(void)config;
}

static void source_close(void)
{
}

static void source_answer(struct cred_lookup *lookup)
{
	struct cred cred = { .user = "user", .domain = "DOM", .origin = "test" };

	if (strstr(lookup->target, "unknown")) {
		cred_lookup_answer(lookup, -ENOKEY, NULL);
		return;
	}
	if (strstr(lookup->target, "broken")) {
		cred_lookup_answer(lookup, -EIO, NULL);
		return;
	}
	ntlm_nt_hash(password, strlen(password), cred.nt_hash);
	cred_lookup_answer(lookup, 0, &cred);
}

static int on_timer(sd_event_source *s, uint64_t usec, void *arg)
{
	struct cred_lookup *lookup = arg;

	(void)usec;
	lookup->private = NULL;
	sd_event_source_disable_unref(s);
	source_answer(lookup);
	return 0;
}

static void source_lookup(struct cred_lookup *lookup)
{
	unsigned int ms;
	sd_event_source *timer;

	lookups++;
	if (sscanf(lookup->target, "cifs/%ums", &ms) != 1) {
		source_answer(lookup);
		return;
	}
	sd_event_add_time_relative(loop, &timer, CLOCK_MONOTONIC,
				   (uint64_t)ms * 1000, 1, on_timer, lookup);
	lookup->private = timer;
}

static void source_cancel(struct cred_lookup *lookup)
{
	cancelled++;
	sd_event_source_disable_unref(lookup->private);
}

static const struct ntlm_cred_source source = {
	.name = "test",
	.open = source_open,
	.reload = source_reload,
	.lookup = source_lookup,
	.cancel = source_cancel,
	.close = source_close,
};

const struct ntlm_cred_source *const cred_sources[] = { &source, NULL };

/* --- requests ----------------------------------------------------------- */

static int on_answer(void *arg, const struct request *r, const struct answer *a)
{
	(void)arg;
	if (r->cookie == gone)
		return -ENOENT;
	if (answer_count == ANSWERS)
		return 0;
	answers[answer_count].cookie = r->cookie;
	answers[answer_count].status = a->status;
	answers[answer_count].established = a->established;
	answers[answer_count].has_key = a->session_key;
	answers[answer_count].credential = a->credential;
	answers[answer_count].usec = now_usec();
	answers[answer_count].token_len = a->token.len;
	if (a->token.len && a->token.len <= sizeof(answers[0].token))
		memcpy(answers[answer_count].token, a->token.data, a->token.len);
	answer_count++;
	return 0;
}

static void ask(struct server *s, uint64_t cookie, const char *target,
		struct ntlm_bytes negotiate, struct ntlm_bytes challenge)
{
	struct request *r = request_new(s);

	r->cookie = cookie;
	r->context = (uint32_t)cookie;
	r->uid = 1000;
	snprintf(r->target, sizeof(r->target), "%s", target);
	r->want.target_name = r->target;
	r->want.required = NTLM_OPTION_INTEGRITY | NTLM_OPTION_CONFIDENTIALITY;
	r->want.min_key_bits = 128;
	r->deadline_ms = 1000;
	if (negotiate.len) {
		r->token[r->token_count++] = negotiate;
		if (challenge.len)
			r->token[r->token_count++] = challenge;
	}
	request_start(r);
}

static void run(unsigned int ms)
{
	uint64_t end = now_usec() + (uint64_t)ms * 1000, now;

	while ((now = now_usec()) < end)
		sd_event_run(loop, end - now);
}

static const struct ntlm_bytes none = { NULL, 0 };

/* CHALLENGE with both NetBIOS names and without a timestamp */
static const uint8_t challenge_data[] = {
	'N', 'T', 'L', 'M', 'S', 'S', 'P', 0, 2, 0, 0, 0,
	0, 0, 0, 0, 56, 0, 0, 0,
	0x35, 0x82, 0x89, 0xe2,
	1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0,
	20, 0, 20, 0, 56, 0, 0, 0, 6, 1, 0, 0, 0, 0, 0, 15,
	2, 0, 4, 0, 'D', 0, 'M', 0, 1, 0, 4, 0, 'S', 0, 'V', 0, 0, 0, 0, 0,
};

static const struct ntlm_bytes challenge = {
	challenge_data, sizeof(challenge_data)
};

static void test_exchange(struct server *s)
{
	uint8_t negotiate[64];
	size_t len;

	answer_count = 0;
	ask(s, 1, "cifs/host", none, none);
	tap_ok(answer_count == 1 && !answers[0].status && !answers[0].established &&
	       !answers[0].has_key, "first leg: a token and no key");
	len = answers[0].token_len;
	tap_number(len, NTLM_NEGOTIATE_SIZE, "it is a NEGOTIATE_MESSAGE");
	memcpy(negotiate, answers[0].token, len);

	ask(s, 2, "cifs/host", (struct ntlm_bytes){ negotiate, len }, challenge);
	tap_ok(answer_count == 2 && !answers[1].status && answers[1].established &&
	       answers[1].has_key && answers[1].credential,
	       "second leg: established, with key and credential");
	tap_ok(answers[1].token_len > 88 && answers[1].token[8] == 3,
	       "it is an AUTHENTICATE_MESSAGE");
	tap_ok(!logged_has("Passw0rd"), "the log holds no password");
	tap_ok(logged_has("negotiate ctx=1 uid=1000 target=cifs/host") &&
	       logged_has("authenticate ctx=2 uid=1000 target=cifs/host") &&
	       logged_has("SEAL"), "the log names both legs and the flags");

	ask(s, 3, "cifs/host", (struct ntlm_bytes){ negotiate, len }, none);
	tap_number((unsigned int)answers[2].status, EPROTO, "one token only: refused");
	ask(s, 4, "cifs/host", (struct ntlm_bytes){ negotiate, len },
	    (struct ntlm_bytes){ challenge_data, 40 });
	tap_number((unsigned int)answers[3].status, EPROTO, "a cut CHALLENGE: refused");
}

static void test_failures(struct server *s)
{
	answer_count = 0;
	lookups = 0;
	ask(s, 1, "cifs/unknown", none, none);
	tap_number((unsigned int)answers[0].status, ENOKEY, "no credential");
	ask(s, 2, "cifs/broken", none, none);
	tap_number((unsigned int)answers[1].status, EIO, "a source that fails");
	ask(s, 3, "cifs/blocked.example.com", none, none);
	tap_number((unsigned int)answers[2].status, EACCES, "a blocked target");
	tap_number(lookups, 2, "for which no credential is looked up");
}

static void test_blocked_spellings(struct server *s)
{
	static const char *const targets[] = {
		"cifs/BLOCKED.EXAMPLE.COM", "cifs/blocked.example.com.",
		"cifs/blocked.example.com:445", "cifs/blocked.example.com/REALM",
		"blocked.example.com", "host/blocked.example.com.:445/x/y",
		"cifs/\357\275\202locked\343\200\202example.com",
		"cifs/192.0.2.1", "cifs/[::ffff:192.0.2.1]:445",
		"cifs/0xc0000201", "cifs/2001:db8:0::1", "cifs/[2001:DB8::1]",
		"cifs/xn--bse-sna.example", "cifs/B\303\226SE.example.",
		/* what no policy can be applied to */
		"cifs/blocked.example.com ", "cifs/\377blocked.example.com",
		"cifs//blocked.example.com", "cifs\\blocked.example.com",
	};

	lookups = 0;
	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		answer_count = 0;
		ask(s, 1, targets[i], none, none);
		tap_ok(answer_count == 1 && answers[0].status == EACCES,
		       "spelling %zu of a blocked target", i);
	}
	tap_number(lookups, 0, "no credential is looked up for any");
}

/* --- refusals ----------------------------------------------------------- */

static uint64_t establish(struct server *s, uint64_t cookie, const char *target)
{
	uint8_t negotiate[64];
	size_t len;

	answer_count = 0;
	ask(s, cookie, target, none, none);
	if (answers[0].status)
		return 0;
	len = answers[0].token_len;
	memcpy(negotiate, answers[0].token, len);
	ask(s, cookie, target, (struct ntlm_bytes){ negotiate, len }, challenge);
	return answers[1].credential;
}

static int first_leg(struct server *s, const char *target)
{
	answer_count = 0;
	ask(s, 1, target, none, none);
	/* zero or two answers are no answer */
	return answer_count == 1 ? answers[0].status : -1;
}

static void test_refusals(struct server *s)
{
	struct verdict v = {
		.context = 9, .uid = 1000, .target = "cifs/host", .user = "user",
		.domain = "DOM", .ntstatus = FAILURE,
	};

	v.credential = establish(s, 1, "cifs/host");
	tap_ok(v.credential, "a credential has a number");
	tap_ok(establish(s, 1, "cifs/other") == v.credential,
	       "the same one for another target");
	logged_start();
	server_verdict(s, &v);
	tap_ok(logged_has("STATUS_LOGON_FAILURE") && logged_has("900 s") &&
	       logged_has("systemctl reload ntlmd"),
	       "a refusal is logged with what to do");
	tap_number((unsigned int)first_leg(s, "cifs/host"), EKEYREJECTED,
		   "the first leg is refused at once");
	answer_count = 0;
	ask(s, 2, "cifs/host", challenge, challenge);
	tap_number((unsigned int)answers[0].status, EKEYREJECTED,
		   "the second leg as well");
	tap_number((unsigned int)first_leg(s, "cifs/other"), 0,
		   "another target is served");

	password = "changed";
	tap_number((unsigned int)first_leg(s, "cifs/host"), 0,
		   "a changed password is tried at once");
	password = "Passw0rd";
	tap_number((unsigned int)first_leg(s, "cifs/host"), EKEYREJECTED,
		   "the old one is still known");
	v.accepted = true;
	server_verdict(s, &v);
	tap_number((unsigned int)first_leg(s, "cifs/host"), 0,
		   "an accepted logon clears the refusal");

	v.accepted = false;
	server_verdict(s, &v);
	server_reload(s);
	tap_number((unsigned int)first_leg(s, "cifs/host"), 0,
		   "a reload clears the refusal");

	v.ntstatus = 0xC000005E;
	server_verdict(s, &v);
	tap_number((unsigned int)first_leg(s, "cifs/host"), 0,
		   "a server without domain controller says nothing of the credential");
}

static unsigned int listed;

static void on_refusal(void *arg, const struct refusal_info *info)
{
	(void)arg;
	listed += !strcmp(info->logon.target, "cifs/host") &&
		  !strcmp(info->logon.user, "user") &&
		  info->ntstatus == FAILURE;
}

static void test_forget(struct server *s)
{
	struct verdict v = {
		.context = 9, .uid = 1000, .target = "CIFS/Host.:445",
		.user = "user", .domain = "DOM", .ntstatus = FAILURE,
	};

	v.credential = establish(s, 1, "cifs/host");
	server_verdict(s, &v);
	tap_number((unsigned int)first_leg(s, "cifs/HOST/REALM"), EKEYREJECTED,
		   "a refusal is that of every spelling of the target");
	server_list_refusals(s, 1000, on_refusal, NULL);
	tap_number(listed, 1, "it is listed");
	server_list_refusals(s, 1001, on_refusal, NULL);
	tap_number(listed, 1, "not to another uid");
	tap_number((unsigned int)server_forget_refusals(s, 1001, NULL), 0,
		   "another uid has nothing to forget");
	tap_number((unsigned int)server_forget_refusals(s, 1000, "other"), 0,
		   "nor has another target");
	tap_ok(server_forget_refusals(s, 1000, "/") == -EINVAL,
	       "a malformed pattern is an error");
	tap_number((unsigned int)first_leg(s, "cifs/host"), EKEYREJECTED,
		   "so it is still held");
	tap_number((unsigned int)server_forget_refusals(s, 1000, "*/HOST."), 1,
		   "its pattern forgets it");
	tap_number((unsigned int)first_leg(s, "cifs/host"), 0,
		   "and it may be tried at once");
}

/* --- first logons -------------------------------------------------------- */

static uint8_t negotiate_data[64];
static struct ntlm_bytes negotiated;

static void second_leg(struct server *s, uint64_t cookie, const char *target)
{
	ask(s, cookie, target, negotiated, challenge);
}

/* Eight second legs at once; returns how many were answered */
static unsigned int eight(struct server *s, const char *target)
{
	answer_count = 0;
	for (uint64_t i = 1; i <= 8; i++)
		second_leg(s, i, target);
	run(50);
	return answer_count;
}

static bool all_are(unsigned int from, unsigned int to, int status)
{
	for (unsigned int i = from; i < to; i++)
		if (answers[i].status != status ||
		    answers[i].cookie != i + 1 ||
		    answers[i].established != !status)
			return false;
	return true;
}

static struct verdict verdict_on(const char *target, uint32_t ntstatus)
{
	return (struct verdict){
		.context = 1, .uid = 1000, .target = target, .user = "user",
		.domain = "DOM", .credential = answers[0].credential,
		.accepted = !ntstatus, .ntstatus = ntstatus,
	};
}

static void test_first_logons(struct server *s)
{
	struct verdict v;

	answer_count = 0;
	ask(s, 1, "cifs/host", none, none);
	memcpy(negotiate_data, answers[0].token, answers[0].token_len);
	negotiated = (struct ntlm_bytes){ negotiate_data, answers[0].token_len };

	tap_ok(eight(s, "cifs/wrong") == 1 && answers[0].cookie == 1,
	       "of eight first logons one goes out");
	second_leg(s, 9, "cifs/elsewhere");
	tap_ok(answer_count == 2 && answers[1].cookie == 9,
	       "a logon to another server does not wait");
	password = "other";
	second_leg(s, 10, "cifs/wrong");
	tap_ok(answer_count == 3 && answers[2].cookie == 10,
	       "nor does one with another credential");
	password = "Passw0rd";
	ask(s, 11, "cifs/wrong", none, none);
	tap_ok(answer_count == 4 && answers[3].cookie == 11, "nor does a first leg");
	answer_count = 1;
	v = verdict_on("cifs/WRONG:445", FAILURE);
	server_verdict(s, &v);
	tap_number(answer_count, 1, "a verdict answers nobody in the caller's way");
	run(50);
	tap_ok(answer_count == 8 && all_are(1, 8, EKEYREJECTED),
	       "when it is refused the others are answered without going out");
	server_reload(s);

	tap_number(eight(s, "cifs/right"), 1, "of eight others one goes out");
	v = verdict_on("cifs/right", 0);
	server_verdict(s, &v);
	run(50);
	tap_ok(answer_count == 8 && all_are(0, 8, 0),
	       "when it is accepted all go out, in their order");
	tap_number(eight(s, "cifs/right"), 8, "and from then on all at once");
	v = verdict_on("cifs/right", FAILURE);
	server_verdict(s, &v);
	server_reload(s);
	tap_number(eight(s, "cifs/right"), 1, "until one of them is refused");
	v.context = 1;
	server_context_ended(s, 77);
	run(50);
	tap_number(answer_count, 1, "the end of another context changes nothing");
	server_context_ended(s, 5);
	run(50);
	tap_ok(answer_count == 2 && answers[1].cookie == 5 &&
	       answers[1].status == ECANCELED,
	       "whose client went away is dropped");
	server_context_ended(s, 1);
	run(50);
	tap_ok(answer_count == 3 && answers[2].cookie == 2 && !answers[2].status,
	       "when the first one is closed the next one goes");
	v.context = 2;
	v.ntstatus = 0xC000005E;
	server_verdict(s, &v);
	run(50);
	tap_ok(answer_count == 4 && answers[3].cookie == 3,
	       "and so it does after a status that says nothing of the credential");
	gone = 4;
	server_context_ended(s, 3);
	run(50);
	gone = 0;
	tap_ok(answer_count == 5 && answers[4].cookie == 6,
	       "and after one that the kernel did not wait for");
	run(1000);
	tap_ok(answer_count >= 7 && all_are(0, 1, 0), "the rest end at their deadline");
}

static void test_silent_client(struct server *s)
{
	unsigned int late = 0;

	logged_start();
	answer_count = 0;
	for (uint64_t i = 1; i <= 3; i++) {
		struct request *r = request_new(s);

		r->cookie = i;
		r->context = (uint32_t)i;
		r->uid = 1000;
		strcpy(r->target, "cifs/silent");
		r->want.target_name = r->target;
		r->want.required = NTLM_OPTION_INTEGRITY;
		r->want.min_key_bits = 128;
		r->deadline_ms = 1500;
		r->token[r->token_count++] = negotiated;
		r->token[r->token_count++] = challenge;
		request_start(r);
	}
	run(900);
	tap_number(answer_count, 1, "a client that says nothing is waited for");
	run(300);
	tap_ok(answer_count == 2 && answers[1].cookie == 2 && !answers[1].status,
	       "up to the limit, then the next one goes");
	run(400);
	for (unsigned int i = 0; i < answer_count; i++)
		late += answers[i].status == ETIMEDOUT;
	tap_ok(answer_count == 3 && late == 1 && answers[2].cookie == 3,
	       "and who waits ends at his deadline");
	tap_ok(logged_has("no server has accepted this credential yet"),
	       "which the log explains");
}

static void test_held_limits(struct server *s)
{
	unsigned int quota = 0;

	answer_count = 0;
	for (uint64_t i = 1; i <= 300; i++)
		second_leg(s, i, "cifs/many");
	for (unsigned int i = 0; i < answer_count; i++)
		quota += answers[i].status == EDQUOT;
	tap_number(quota, 300 - 256 - 1, "the logons of a uid that wait are bounded");
	run(1200);
	tap_number(answer_count, 300, "and all are answered");
}

/* A credential that is changed while logons with the old one wait */
static void test_changed_meanwhile(struct server *s)
{
	struct verdict v;
	uint64_t old;

	tap_number(eight(s, "cifs/rotated"), 1, "eight wait for one");
	old = answers[0].credential;
	password = "changed";
	v = verdict_on("cifs/rotated", FAILURE);
	server_verdict(s, &v);
	run(50);
	tap_ok(answer_count == 2 && !answers[1].status &&
	       answers[1].credential != old,
	       "one of them goes out with the credential as it is then");
	v = verdict_on("cifs/rotated", 0);
	v.context = 2;
	v.credential = answers[1].credential;
	server_verdict(s, &v);
	run(50);
	tap_ok(answer_count == 8 && all_are(0, 8, 0), "and then the others");
	password = "Passw0rd";
	server_reload(s);
}

/* --- concurrency -------------------------------------------------------- */

static void test_slow(struct server *s)
{
	uint64_t start, fast;

	/* timers count from the event loop's last turn */
	run(1);
	answer_count = 0;
	start = now_usec();
	ask(s, 1, "cifs/300ms", none, none);
	for (uint64_t i = 2; i < 102; i++)
		ask(s, i, "cifs/host", none, none);
	fast = now_usec() - start;
	tap_ok(answer_count == 100 && fast < 200000,
	       "100 requests are answered while one lookup is under way");
	tap_note("100 requests took %llu us", (unsigned long long)fast);
	run(500);
	tap_ok(answer_count == 101 && answers[100].cookie == 1 &&
	       !answers[100].status && answers[100].usec - start >= 290000,
	       "the slow one is answered when its credential is there");

	answer_count = 0;
	for (uint64_t i = 0; i < 500; i++)
		ask(s, i + 1, "cifs/100ms", none, none);
	start = now_usec();
	run(600);
	tap_ok(answer_count == 500 && answers[499].usec - start < 400000,
	       "500 slow lookups run at the same time");
}

static void test_deadline(struct server *s)
{
	answer_count = 0;
	cancelled = 0;
	ask(s, 1, "cifs/5000ms", none, none);
	run(1200);
	tap_ok(answer_count == 1 && answers[0].status == ETIMEDOUT && cancelled == 1,
	       "a lookup that exceeds the deadline is cancelled and answered");
}

static void test_limit(struct server *s)
{
	struct request *r[1500];
	size_t n = 0;

	while (n < 1500 && (r[n] = request_new(s)))
		n++;
	tap_number(n, 1024, "the number of requests under way is bounded");
	while (n)
		request_free(r[--n]);
	r[0] = request_new(s);
	tap_ok(r[0], "and recovers");
	request_free(r[0]);
}

int main(void)
{
	struct config config = {
		.policy = NTLM_POLICY_DEFAULT,
		.refusal_hold = 900,
	};
	const char *why;
	struct server *s;
	sd_event *event;

	logged_start();
	target_list_add(&config.blocked,
			"*.example.com 192.0.2.1 2001:db8::1 b\303\266se.example",
			&why);
	if (sd_event_new(&event) < 0 || cred_open(event, &config))
		return 1;
	s = server_new(event, &config, on_answer, NULL);
	if (!s)
		return 1;
	test_exchange(s);
	test_failures(s);
	test_blocked_spellings(s);
	test_refusals(s);
	test_forget(s);
	config.verdict_wait = 1;
	test_first_logons(s);
	test_silent_client(s);
	test_held_limits(s);
	test_changed_meanwhile(s);
	config.verdict_wait = 0;
	test_slow(s);
	test_deadline(s);
	test_limit(s);

	cancelled = 0;
	ask(s, 1, "cifs/5000ms", none, none);
	server_free(s);
	tap_number(cancelled, 1, "the end cancels what is under way");
	cred_close();
	sd_event_unref(event);
	target_list_free(&config.blocked);
	return tap_done();
}
