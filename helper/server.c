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

/* requests kept ready; more are allocated when more are under way */
#define REQUESTS_READY 16
/* most requests under way; the others wait in the kernel's queue */
#define REQUESTS_MAX 1024
/* most of them that wait for a verdict, so that others always have room */
#define HELD_MAX 768
#define HELD_MAX_UID 256

uint64_t server_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

static int fill_random(void *arg, void *buf, size_t len)
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
	if (!s->refusals || !s->holds ||
	    sd_event_add_time(event, &s->resume, CLOCK_MONOTONIC, 0, 1000,
			      on_resume, s) < 0 ||
	    sd_event_source_set_enabled(s->resume, SD_EVENT_OFF) < 0)
		goto fail;
	while (s->ready_count < REQUESTS_READY) {
		struct request *r = calloc(1, sizeof(*r));

		if (!r)
			goto fail;
		r->next = s->ready;
		s->ready = r;
		s->ready_count++;
	}
	return s;
fail:
	server_free(s);
	return NULL;
}

struct request *request_new(struct server *s)
{
	struct request *r = s->ready;

	if (s->used_count == REQUESTS_MAX)
		return NULL;
	if (r) {
		s->ready = r->next;
		s->ready_count--;
		memset(r, 0, sizeof(*r));
	} else {
		r = calloc(1, sizeof(*r));
		if (!r)
			return NULL;
	}
	r->server = s;
	s->used_count++;
	return r;
}

void request_free(struct request *r)
{
	struct server *s = r->server;

	sd_event_source_disable_unref(r->deadline);
	r->deadline = NULL;
	s->used_count--;
	if (s->ready_count == REQUESTS_READY) {
		free(r);
		return;
	}
	r->next = s->ready;
	s->ready = r;
	s->ready_count++;
}

static void drop_requests(struct server *s)
{
	struct request *r;

	while ((r = s->busy)) {
		s->busy = r->next;
		cred_lookup_cancel(&r->lookup);
		request_free(r);
	}
}

void server_free(struct server *s)
{
	struct request *r;

	if (!s)
		return;
	drop_requests(s);
	while ((r = s->ready)) {
		s->ready = r->next;
		free(r);
	}
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

/*
 * Keyed with what only this daemon knows, so the number says nothing about
 * the password; lengths keep "ab" + "c" apart from "a" + "bc".
 */
static uint64_t credential_id(const struct server *s, const struct cred *cred)
{
	const char *names[] = { cred->user, cred->domain };
	uint8_t digest[SHA256_DIGEST_SIZE];
	struct hmac_sha256_ctx hmac;
	uint64_t id;

	hmac_sha256_set_key(&hmac, REFUSAL_KEY_SIZE, refusals_key(s->refusals));
	for (size_t i = 0; i < 2; i++) {
		uint64_t len = strlen(names[i]);

		hmac_sha256_update(&hmac, sizeof(len), (const uint8_t *)&len);
		hmac_sha256_update(&hmac, len, (const uint8_t *)names[i]);
	}
	hmac_sha256_update(&hmac, sizeof(cred->nt_hash), cred->nt_hash);
	hmac_sha256_digest(&hmac, sizeof(digest), digest);
	memcpy(&id, digest, sizeof(id));
	explicit_bzero(&hmac, sizeof(hmac));
	explicit_bzero(digest, sizeof(digest));
	/* 0 is no credential */
	return id ? id : 1;
}

static const char *leg_name(const struct request *r)
{
	return r->token_count ? "authenticate" : "negotiate";
}

/* The only way a request ends, except for drop_requests(). */
static int finish(struct request *r, const struct answer *answer)
{
	struct server *s = r->server;
	int e;

	for (struct request **p = &s->busy; *p; p = &(*p)->next)
		if (*p == r) {
			*p = r->next;
			break;
		}
	e = s->answer(s->arg, r, answer);
	if (r->starting)
		r->finished = true;
	else
		request_free(r);
	return e;
}

static void fail(struct request *r, int status, const char *why)
{
	struct answer answer = { .status = status };

	log_msg(LOG_WARNING,
		"%s failed ctx=%" PRIu32 " uid=%" PRIu32 " target=%s: %s (%s)",
		leg_name(r), r->context, r->uid, r->target, why,
		strerrorname_np(status));
	finish(r, &answer);
}

static void fail_ntlm(struct request *r, enum ntlm_error e,
		      const struct ntlm_detail *detail)
{
	char text[NTLM_ERROR_TEXT_SIZE];
	int status = ntlm_error_errno(e);

	/* to the kernel, EINVAL is no outcome of an exchange */
	fail(r, status == EINVAL ? EOPNOTSUPP : status,
	     ntlm_error_describe(e, detail, text, sizeof(text)));
}

static const char *who(const struct cred *cred, char *buf, size_t size)
{
	if (!cred)
		snprintf(buf, size, "anonymous");
	else if (*cred->domain)
		snprintf(buf, size, "%s\\%s", cred->domain, cred->user);
	else
		snprintf(buf, size, "%s", cred->user);
	return buf;
}

static void negotiate(struct request *r, const struct cred *cred)
{
	struct server *s = r->server;
	struct ntlm_token token = { .data = s->token, .size = sizeof(s->token) };
	char names[NTLM_FLAGS_NAMES_SIZE], user[2 * CRED_NAME_SIZE];
	struct ntlm_detail detail = { 0 };
	struct answer answer = { 0 };
	enum ntlm_error e;
	uint32_t flags;

	e = ntlm_build_negotiate(&s->config->policy, &r->want, &token, &flags,
				 &detail);
	if (e) {
		fail_ntlm(r, e, &detail);
		return;
	}
	log_msg(LOG_INFO,
		"negotiate ctx=%" PRIu32 " uid=%" PRIu32 " target=%s%s user=%s credential=\"%s\" offered=%s",
		r->context, r->uid, r->target,
		r->want.target_unverified ? " (unverified)" : "",
		who(cred, user, sizeof(user)), cred ? cred->origin : "none",
		ntlm_flags_names(flags, names, sizeof(names)));
	answer.token = (struct ntlm_bytes){ token.data, token.len };
	finish(r, &answer);
}

/* Returns 0 if an AUTHENTICATE_MESSAGE went out. */
static int authenticate(struct request *r, const struct cred *cred)
{
	struct server *s = r->server;
	struct ntlm_token token = { .data = s->token, .size = sizeof(s->token) };
	char names[NTLM_FLAGS_NAMES_SIZE], user[2 * CRED_NAME_SIZE];
	struct ntlm_environment env = { .random = fill_random };
	struct ntlm_challenge_info peer = { 0 };
	struct ntlm_credential credential = { 0 };
	struct ntlm_session session = { 0 };
	struct ntlm_detail detail = { 0 };
	struct answer answer = { 0 };
	struct timespec now;
	enum ntlm_error e;
	int sent = -EIO;

	clock_gettime(CLOCK_REALTIME, &now);
	env.now = ntlm_filetime(&now);
	if (cred) {
		credential.user = cred->user;
		credential.domain = cred->domain;
		memcpy(credential.nt_hash, cred->nt_hash,
		       sizeof(credential.nt_hash));
	}
	e = ntlm_build_authenticate(&s->config->policy, &r->want,
				    cred ? &credential : NULL, &env, r->token[0],
				    r->token[1], &token, &session, &detail);
	explicit_bzero(&credential, sizeof(credential));
	if (e) {
		fail_ntlm(r, e, &detail);
		goto out;
	}
	ntlm_inspect_challenge(r->token[1], &peer, NULL);
	log_msg(LOG_INFO,
		"authenticate ctx=%" PRIu32 " uid=%" PRIu32 " target=%s%s user=%s server=%s\\%s key-bits=%u mic=%s flags=%s",
		r->context, r->uid, r->target,
		r->want.target_unverified ? " (unverified)" : "",
		who(cred, user, sizeof(user)), peer.nb_domain, peer.nb_computer,
		session.key_bits, session.mic ? "yes" : "no",
		ntlm_flags_names(session.flags, names, sizeof(names)));
	answer.token = (struct ntlm_bytes){ token.data, token.len };
	answer.established = true;
	answer.flags = session.flags;
	answer.session_key = session.anonymous ? NULL : session.exported_session_key;
	answer.user = cred ? cred->user : "";
	answer.domain = cred ? cred->domain : "";
	answer.credential = cred ? credential_id(s, cred) : 0;
	sent = finish(r, &answer);
out:
	explicit_bzero(&session, sizeof(session));
	explicit_bzero(token.data, token.size);
	return sent;
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
	char text[256];
	uint32_t ntstatus;
	uint64_t left;

	if (!refusals_find(r->server->refusals, &logon, server_now(), &ntstatus,
			   &left))
		return false;
	snprintf(text, sizeof(text),
		 "the server answered %s to this credential before; not tried again for %" PRIu64 " s unless the credential changes or ntlmd is reloaded",
		 refusal_name(ntstatus), left / 1000000 + 1);
	fail(r, EKEYREJECTED, text);
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
		fail(r, EDQUOT, "too many logons of this uid wait for a server's verdict");
		return;
	}
	if (all >= HELD_MAX) {
		fail(r, EUSERS, "too many logons wait for a server's verdict");
		return;
	}
	/* the credential is looked up again, so none lies here meanwhile */
	r->held = true;
	if (!r->told)
		log_msg(LOG_INFO,
			"authenticate waits ctx=%" PRIu32 " uid=%" PRIu32 " target=%s: for the server's verdict on another logon with this credential",
			r->context, r->uid, r->target);
	r->told = true;
	server_resume_at(r->server, holds_next(r->server->holds, server_now()));
}

static void first_logon(struct request *r, const struct cred *cred)
{
	struct server *s = r->server;
	uint32_t context = r->context;

	if (!authenticate(r, cred))
		return;
	holds_end(s->holds, context);
	server_resume_at(s, 0);
}

static void answer_with(struct request *r, const struct cred *cred)
{
	struct server *s = r->server;
	uint64_t credential, limit;

	if (!cred) {
		if (r->token_count)
			authenticate(r, NULL);
		else
			negotiate(r, NULL);
		return;
	}
	credential = credential_id(s, cred);
	if (was_refused(r, cred, credential))
		return;
	if (!r->token_count) {
		negotiate(r, cred);
		return;
	}
	limit = (uint64_t)s->config->verdict_wait * 1000000;
	r->logon = server_hold_logon(s, r->uid, r->name, credential);
	switch (holds_ask(s->holds, &r->logon, r->context, server_now(), limit)) {
	case HOLD_GO:
		authenticate(r, cred);
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
		fail(r, ENOKEY,
		     "no credential names this host literally, as it must for a target that a server named; see ntlmd.credentials(5)");
	else if (error == -ENOKEY)
		fail(r, ENOKEY,
		     "no credential for this uid and target; see ntlmd.credentials(5)");
	else
		fail(r, -error, "the credential could not be fetched");
}

static int on_deadline(sd_event_source *source, uint64_t usec, void *arg)
{
	struct request *r = arg;

	(void)source;
	(void)usec;
	cred_lookup_cancel(&r->lookup);
	fail(r, ETIMEDOUT, r->held ?
	     "no server has accepted this credential yet, and the verdict on another logon with it did not come in time" :
	     "the credential was not found in time");
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

static void begin(struct request *r)
{
	const struct config *config = r->server->config;

	if (r->token_count != 0 && r->token_count != REQUEST_TOKENS) {
		fail(r, EPROTO, "NTLM has two legs, this is another one");
		return;
	}
	if (target_canonical(r->target, r->name)) {
		fail(r, EACCES, "the target names no valid host, so no policy can be applied to it");
		return;
	}
	if (target_list_match(&config->blocked, r->name, false)) {
		fail(r, EACCES, "the target is in blocked-targets");
		return;
	}
	if ((r->want.required | r->want.wished) & NTLM_OPTION_ANONYMOUS) {
		answer_with(r, NULL);
		return;
	}
	look_up(r);
}

static void work(struct request *r, void (*step)(struct request *r))
{
	r->starting = true;
	step(r);
	r->starting = false;
	if (r->finished)
		request_free(r);
}

void request_start(struct request *r)
{
	struct server *s = r->server;

	r->next = s->busy;
	s->busy = r;
	work(r, begin);
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
		work(ready[--n], look_up);
	server_resume_at(s, holds_next(s->holds, server_now()));
	return 0;
}

void server_context_ended(struct server *s, uint32_t context)
{
	struct request *r = s->busy;

	holds_end(s->holds, context);
	server_resume_at(s, 0);
	while (r && !(r->held && r->context == context))
		r = r->next;
	if (r)
		fail(r, ECANCELED, "its client does not wait any more");
}
