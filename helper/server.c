// SPDX-License-Identifier: GPL-2.0-or-later
#include "server_internal.h"

#include <errno.h>
#include <inttypes.h>
#include <nettle/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include <linux/ntlm.h>

#include "accept.h"
#include "initiate.h"
#include "name_print.h"
#include "spnego_leg.h"

/* most requests that wait for a verdict, so that others always have room */
#define HELD_MAX 768
#define HELD_MAX_UID 256

uint64_t server_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

int server_random(void *arg, void *buf, size_t len)
{
	uint8_t *p = buf;

	(void)arg;
	while (len) {
		ssize_t n = getrandom(p, len, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

uint64_t server_filetime(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return ntlm_filetime(&now);
}

void server_warn_weak(const struct request *r, const char *what,
		      const struct ntlm_session *session)
{
	if (session->response != NTLM_RESPONSE_NONE &&
	    session->response != NTLM_RESPONSE_NTLMV2)
		log_msg(LOG_WARNING,
			"%s ctx=%" PRIu32 " uid=%" PRIu32 " target=%s: WEAK: the response is %s, from which the password can be found",
			what, r->context, r->uid, r->shown,
			ntlm_response_name(session->response));
	if (session->key_bits &&
	    !(session->flags & NTLM_NEGOTIATE_EXTENDED_SESSIONSECURITY))
		log_msg(LOG_WARNING,
			"%s ctx=%" PRIu32 " uid=%" PRIu32 " target=%s: WEAK: legacy session security, whose CRC32 signatures protect little",
			what, r->context, r->uid, r->shown);
}

static int on_resume(sd_event_source *source, uint64_t usec, void *arg);

struct server *server_new(sd_event *event, const struct config *config,
			  server_answer answer, void *arg)
{
	struct server *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->event = event;
	s->config = config;
	s->answer = answer;
	s->arg = arg;
	s->resume_usec = UINT64_MAX;
	s->refusals = refusals_new(server_now());
	s->holds = holds_new();
	s->repeats = repeats_new(event, REPEATS_SECONDS);
	s->logon_repeats = repeats_new(event, REPEATS_SECONDS);
	s->account_repeats = repeats_new(event, REPEATS_SECONDS);
	s->throttle = throttle_new();
	if (!s->refusals || !s->holds || !s->repeats || !s->logon_repeats ||
	    !s->account_repeats || !s->throttle || requests_init(s) ||
	    sd_event_add_time(event, &s->resume, CLOCK_MONOTONIC, 0, 1000,
			      on_resume, s) < 0 ||
	    sd_event_source_set_enabled(s->resume, SD_EVENT_OFF) < 0)
		goto fail;
	return s;
fail:
	server_free(s);
	return NULL;
}

void server_free(struct server *s)
{
	if (!s)
		return;
	requests_free(s);
	repeats_free(s->repeats);
	repeats_free(s->logon_repeats);
	repeats_free(s->account_repeats);
	throttle_free(s->throttle);
	sd_event_source_disable_unref(s->resume);
	holds_free(s->holds);
	refusals_free(s->refusals);
	explicit_bzero(s, sizeof(*s));
	free(s);
}

void server_reload(struct server *s)
{
	unsigned int n = refusals_clear_all(s->refusals);

	if (n)
		log_msg(LOG_NOTICE, "%u refused logon%s may be tried again", n,
			n == 1 ? "" : "s");
	repeats_flush(s->repeats);
	repeats_flush(s->logon_repeats);
	repeats_flush(s->account_repeats);
}

void server_resume_at(struct server *s, uint64_t usec)
{
	int r;

	if (usec >= s->resume_usec)
		return;
	s->resume_usec = usec;
	r = sd_event_source_set_time(s->resume, usec);
	if (r >= 0)
		r = sd_event_source_set_enabled(s->resume, SD_EVENT_ONESHOT);
	if (r < 0)
		log_msg(LOG_ERR, "timer: %s; logons that wait end at their deadline",
			strerror(-r));
}

struct hold_logon server_hold_logon(const struct server *s, uint32_t uid,
				    const char *target, uint64_t credential)
{
	struct hold_logon logon = { .uid = uid, .credential = credential };
	uint8_t digest[SHA256_DIGEST_SIZE];
	struct hmac_sha256_ctx hmac;

	hmac_sha256_set_key(&hmac, REFUSAL_KEY_SIZE, refusals_key(s->refusals));
	hmac_sha256_update(&hmac, strlen(target), (const uint8_t *)target);
	hmac_sha256_digest(&hmac, sizeof(digest), digest);
	memcpy(&logon.target, digest, sizeof(logon.target));
	explicit_bzero(&hmac, sizeof(hmac));
	return logon;
}

static bool was_refused(struct request *r, const struct cred *cred,
			uint64_t credential)
{
	const struct refusal_logon logon = {
		.uid = r->uid,
		.target = r->name,
		.credential = credential,
		.user = cred->user,
		.domain = cred->domain,
	};
	char text[256], detail[128];
	uint32_t ntstatus;
	uint64_t left;

	if (!refusals_find(r->server->refusals, &logon, server_now(), &ntstatus,
			   &left))
		return false;
	snprintf(text, sizeof(text),
		 "the server answered %s to this credential before",
		 refusal_name(ntstatus));
	snprintf(detail, sizeof(detail),
		 "; not tried again for %" PRIu64 " s unless the credential changes or ntlmd is reloaded",
		 left / 1000000 + 1);
	initiate_fail_with(r, EKEYREJECTED, text, detail);
	return true;
}

static void hold(struct request *r)
{
	unsigned int all = 0, own = 0;

	for (const struct request *b = r->server->busy; b; b = b->next) {
		all += b->held;
		own += b->held && b->uid == r->uid;
	}
	if (own >= HELD_MAX_UID) {
		initiate_fail(r, EDQUOT, "too many logons of this uid wait for a server's verdict");
		return;
	}
	if (all >= HELD_MAX) {
		initiate_fail(r, EUSERS, "too many logons wait for a server's verdict");
		return;
	}
	/* the credential is looked up again, so none lies here meanwhile */
	r->held = true;
	if (!r->told)
		log_msg(LOG_INFO,
			"authenticate waits ctx=%" PRIu32 " uid=%" PRIu32 " target=%s: for the server's verdict on another logon with this credential",
			r->context, r->uid, r->shown);
	r->told = true;
	server_resume_at(r->server, holds_next(r->server->holds, server_now()));
}

static void first_logon(struct request *r, const struct cred *cred)
{
	struct server *s = r->server;
	uint32_t context = r->context;

	if (!initiate_authenticate(r, cred))
		return;
	holds_end(s->holds, context);
	server_resume_at(s, 0);
}

static void answer_with(struct request *r, const struct cred *cred)
{
	struct server *s = r->server;
	uint64_t credential, limit;

	if (!cred) {
		if (initiate_is_negotiate(r))
			initiate_negotiate(r, NULL);
		else
			initiate_authenticate(r, NULL);
		return;
	}
	credential = initiate_credential_id(s, cred);
	if (was_refused(r, cred, credential))
		return;
	if (initiate_is_negotiate(r)) {
		initiate_negotiate(r, cred);
		return;
	}
	limit = (uint64_t)s->config->verdict_wait * 1000000;
	r->logon = server_hold_logon(s, r->uid, r->name, credential);
	switch (holds_ask(s->holds, &r->logon, r->context, server_now(), limit)) {
	case HOLD_GO:
		initiate_authenticate(r, cred);
		break;
	case HOLD_FIRST:
		first_logon(r, cred);
		break;
	case HOLD_WAIT:
		hold(r);
		break;
	}
}

static void on_looked_up(struct cred_lookup *lookup, int error,
			 const struct cred *cred)
{
	struct request *r = (struct request *)((char *)lookup -
					       offsetof(struct request, lookup));

	if (!error)
		answer_with(r, cred);
	else if (error == -ENOKEY && r->want.target_unverified)
		initiate_fail(r, ENOKEY,
		     "no credential names this host literally, as it must for a target that a server named; see ntlmd.credentials(5)");
	else if (error == -ENOKEY)
		initiate_fail(r, ENOKEY,
		     "no credential for this uid and target; see ntlmd.credentials(5)");
	else
		initiate_fail(r, -error, "the credential could not be fetched");
}

static int on_deadline(sd_event_source *source, uint64_t usec, void *arg)
{
	struct request *r = arg;
	const char *why = "the credential was not found in time";

	(void)source;
	(void)usec;
	cred_lookup_cancel(&r->lookup);
	if (r->held)
		why = "no server has accepted this credential yet, and the verdict on another logon with it did not come in time";
	if (r->winbind.io) {
		why = "winbind did not answer in time";
		winbind_cancel(&r->winbind);
		holds_end(r->server->holds, r->context);
		server_resume_at(r->server, 0);
	}
	initiate_fail(r, ETIMEDOUT, why);
	return 0;
}

static void start_deadline(struct request *r)
{
	int e = sd_event_add_time_relative(r->server->event, &r->deadline,
					   CLOCK_MONOTONIC,
					   (uint64_t)r->deadline_ms * 1000, 0,
					   on_deadline, r);

	if (e < 0)
		log_msg(LOG_WARNING, "ctx=%" PRIu32 ": no timer: %s", r->context,
			strerror(-e));
}

static void look_up(struct request *r)
{
	r->held = false;
	r->lookup = (struct cred_lookup){
		.uid = r->uid,
		.target = r->name,
		.target_unverified = r->want.target_unverified,
		.user = *r->user ? r->user : NULL,
		.domain = *r->domain ? r->domain : NULL,
		.done = on_looked_up,
	};
	cred_lookup_start(&r->lookup);
	if (!r->finished && !r->deadline)
		start_deadline(r);
}

static void initiate(struct request *r)
{
	const struct config *config = r->server->config;
	unsigned int last = r->want.connectionless ? 1 : 2;

	if (r->ntlm_count != last && !initiate_is_negotiate(r)) {
		initiate_fail(r, EPROTO, "NTLM has two legs, this is another one");
		return;
	}
	if (target_canonical(r->target, r->name)) {
		initiate_fail(r, EACCES, "the target names no valid host, so no policy can be applied to it");
		return;
	}
	if (target_list_match(&config->blocked, r->name, false)) {
		initiate_fail(r, EACCES, "the target is in blocked-targets");
		return;
	}
	if (!initiate_is_negotiate(r) && initiate_is_reflection(r)) {
		initiate_fail(r, EACCES, "a server with another name shows the challenge of a server on this computer");
		return;
	}
	if ((r->want.required | r->want.wished) & NTLM_OPTION_ANONYMOUS) {
		answer_with(r, NULL);
		return;
	}
	look_up(r);
}

/* Returns true if there are NTLM messages to be answered. */
static bool unwrap(struct request *r)
{
	enum spnego_next next = SPNEGO_NTLM;
	struct answer answer = { 0 };
	const char *why = "";
	int e;

	if (!r->spnego) {
		memcpy(r->ntlm, r->token, sizeof(r->ntlm));
		r->ntlm_count = r->token_count;
		return true;
	}
	e = spnego_leg_open(r, &next, &answer, &why);
	if (e) {
		if (r->acceptor)
			accept_fail(r, -e, why);
		else
			initiate_fail(r, -e, why);
		return false;
	}
	if (next == SPNEGO_ANSWER)
		request_finish(r, &answer);
	return next == SPNEGO_NTLM;
}

static void begin(struct request *r)
{
	if (r->acceptor && !accept_allowed(r))
		return;
	if (!unwrap(r))
		return;
	if (r->acceptor)
		accept_begin(r);
	else
		initiate(r);
}

void request_start(struct request *r)
{
	struct server *s = r->server;

	name_quote(r->shown, sizeof(r->shown), r->target);
	r->next = s->busy;
	s->busy = r;
	request_work(r, begin);
}

/*
 * Everybody whose wait is over asks again: one of them is the next first logon,
 * or all go on, or all are refused.
 */
static int on_resume(sd_event_source *source, uint64_t usec, void *arg)
{
	struct server *s = arg;
	struct request *ready[HELD_MAX];
	uint64_t now = server_now();
	size_t n = 0;

	(void)source;
	(void)usec;
	s->resume_usec = UINT64_MAX;
	for (struct request *r = s->busy; r; r = r->next)
		if (r->held && !holds_busy(s->holds, &r->logon, now))
			ready[n++] = r;
	/* the newest is at the front */
	while (n)
		request_work(ready[--n], look_up);
	server_resume_at(s, holds_next(s->holds, server_now()));
	return 0;
}

void server_context_ended(struct server *s, uint32_t context)
{
	struct request *r = s->busy;

	holds_end(s->holds, context);
	server_resume_at(s, 0);
	while (r && !((r->held || r->winbind.io) && r->context == context))
		r = r->next;
	if (!r)
		return;
	winbind_cancel(&r->winbind);
	if (r->acceptor)
		accept_fail(r, ECANCELED, "its server does not wait any more");
	else
		initiate_fail(r, ECANCELED, "its client does not wait any more");
}
