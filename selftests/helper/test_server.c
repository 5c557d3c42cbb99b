// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Requests and answers of initiators.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "logged.h"
#include "requests.h"
#include "tap.h"

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
	    (struct ntlm_bytes){ challenge.data, 40 });
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
