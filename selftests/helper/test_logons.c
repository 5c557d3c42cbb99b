// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What follows from servers' verdicts: refused logons, and first logons that the
 * others wait for.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "logged.h"
#include "requests.h"
#include "tap.h"

#define FAILURE	UINT32_C(0xC000006D)

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
	uint8_t token[64];

	v.credential = establish(s, 1, "cifs/host");
	tap_ok(v.credential, "a credential has a number");
	logged_start();
	gone = 2;
	answer_count = 0;
	ask(s, 1, "cifs/away", none, none);
	memcpy(token, answers[0].token, answers[0].token_len);
	ask(s, 2, "cifs/away",
	    (struct ntlm_bytes){ token, answers[0].token_len }, challenge);
	gone = 0;
	tap_ok(answer_count == 1 && !logged_has("authenticate ctx=") &&
	       logged_has("authenticate dropped ctx=2 uid=1000 target=cifs/away user=DOM\\user server=DM\\SV: the kernel did not take it (ENOENT)"),
	       "a message that the kernel does not take is not logged as sent");
	gone = 2;
	gone_result = 1;
	ask(s, 2, "cifs/away",
	    (struct ntlm_bytes){ token, answers[0].token_len }, challenge);
	gone = 0;
	gone_result = -ENOENT;
	tap_ok(answer_count == 1 && !logged_has("authenticate ctx=") &&
	       logged_has("authenticate unknown ctx=2 uid=1000 target=cifs/away user=DOM\\user server=DM\\SV: what the kernel said to it got lost, so only the event of the context tells (EIO)"),
	       "nor as dropped if that is not known");
	server_context_ended(s, 2);
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

int main(void)
{
	struct config config = {
		.policy = NTLM_POLICY_DEFAULT,
		.refusal_hold = 900,
	};
	struct server *s;
	sd_event *event;

	logged_start();
	if (sd_event_new(&event) < 0 || cred_open(event, &config))
		return 1;
	s = server_new(event, &config, on_answer, NULL);
	if (!s)
		return 1;
	test_refusals(s);
	test_forget(s);
	config.verdict_wait = 1;
	test_first_logons(s);
	test_silent_client(s);
	test_held_limits(s);
	test_changed_meanwhile(s);
	server_free(s);
	cred_close();
	sd_event_unref(event);
	return tap_done();
}
