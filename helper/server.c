// SPDX-License-Identifier: GPL-2.0-or-later
#include "server.h"

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

#define CREDENTIAL_KEY_SIZE 32

struct server {
	sd_event *event;
	const struct config *config;
	server_answer answer;
	void *arg;
	struct refusals *refusals;
	struct request *busy;
	struct request *ready;
	unsigned int ready_count;
	unsigned int used_count;
	uint8_t credential_key[CREDENTIAL_KEY_SIZE];
	uint8_t token[NTLM_TOKEN_MAX];
};

static uint64_t now_usec(void)
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
	s->refusals = refusals_new();
	if (!s->refusals ||
	    fill_random(NULL, s->credential_key, sizeof(s->credential_key)))
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

void server_verdict(struct server *s, const struct verdict *v)
{
	uint64_t hold = (uint64_t)s->config->refusal_hold * 1000000;
	const char *name = refusal_name(v->ntstatus);

	if (v->accepted) {
		refusals_clear(s->refusals, v->uid, v->target, v->credential);
		log_msg(LOG_INFO,
			"accepted ctx=%" PRIu32 " uid=%" PRIu32 " target=%s user=%s\\%s",
			v->context, v->uid, v->target, v->domain, v->user);
		return;
	}
	if (!v->credential || !name || !hold) {
		log_msg(LOG_WARNING,
			"refused ctx=%" PRIu32 " uid=%" PRIu32 " target=%s user=%s\\%s: the server answered %s (0x%08" PRIX32 ")",
			v->context, v->uid, v->target, v->domain, v->user,
			name ? name : "a status that says nothing of the credential",
			v->ntstatus);
		return;
	}
	refusals_add(s->refusals, v->uid, v->target, v->credential, v->ntstatus,
		     now_usec(), hold);
	log_msg(LOG_WARNING,
		"refused ctx=%" PRIu32 " uid=%" PRIu32 " target=%s user=%s\\%s: the server answered %s (0x%08" PRIX32 "); this credential is not tried there again for %" PRIu32 " s, so that the account is not locked. Correct the credential, or reload ntlmd (systemctl reload ntlmd) to try at once",
		v->context, v->uid, v->target, v->domain, v->user, name,
		v->ntstatus, s->config->refusal_hold);
}

/*
 * Keyed with what only this process knows, so the number says nothing about
 * the password; lengths keep "ab" + "c" apart from "a" + "bc".
 */
static uint64_t credential_id(const struct server *s, const struct cred *cred)
{
	const char *names[] = { cred->user, cred->domain };
	uint8_t digest[SHA256_DIGEST_SIZE];
	struct hmac_sha256_ctx hmac;
	uint64_t id;

	hmac_sha256_set_key(&hmac, sizeof(s->credential_key), s->credential_key);
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
static void finish(struct request *r, const struct answer *answer)
{
	struct server *s = r->server;

	for (struct request **p = &s->busy; *p; p = &(*p)->next)
		if (*p == r) {
			*p = r->next;
			break;
		}
	s->answer(s->arg, r, answer);
	if (r->starting)
		r->finished = true;
	else
		request_free(r);
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

static void authenticate(struct request *r, const struct cred *cred)
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
	finish(r, &answer);
out:
	explicit_bzero(&session, sizeof(session));
	explicit_bzero(token.data, token.size);
}

static bool was_refused(struct request *r, const struct cred *cred)
{
	struct server *s = r->server;
	char text[256];
	uint32_t ntstatus;
	uint64_t left;

	if (!refusals_find(s->refusals, r->uid, r->target,
			   credential_id(s, cred), now_usec(), &ntstatus, &left))
		return false;
	snprintf(text, sizeof(text),
		 "the server answered %s to this credential before; not tried again for %" PRIu64 " s unless the credential changes or ntlmd is reloaded",
		 refusal_name(ntstatus), left / 1000000 + 1);
	fail(r, EKEYREJECTED, text);
	return true;
}

static void answer_with(struct request *r, const struct cred *cred)
{
	if (cred && was_refused(r, cred))
		return;
	if (r->token_count)
		authenticate(r, cred);
	else
		negotiate(r, cred);
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
	fail(r, ETIMEDOUT, "the credential was not found in time");
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

static void begin(struct request *r)
{
	const struct config *config = r->server->config;

	if (r->token_count != 0 && r->token_count != REQUEST_TOKENS) {
		fail(r, EPROTO, "NTLM has two legs, this is another one");
		return;
	}
	if (target_list_match(&config->blocked, r->target, false)) {
		fail(r, EACCES, "the target is in blocked-targets");
		return;
	}
	if ((r->want.required | r->want.wished) & NTLM_OPTION_ANONYMOUS) {
		answer_with(r, NULL);
		return;
	}
	r->lookup = (struct cred_lookup){
		.uid = r->uid,
		.target = r->target,
		.target_unverified = r->want.target_unverified,
		.user = *r->user ? r->user : NULL,
		.domain = *r->domain ? r->domain : NULL,
		.done = on_looked_up,
	};
	cred_lookup_start(&r->lookup);
	if (!r->finished)
		start_deadline(r);
}

void request_start(struct request *r)
{
	struct server *s = r->server;

	r->next = s->busy;
	s->busy = r;
	r->starting = true;
	begin(r);
	r->starting = false;
	if (r->finished)
		request_free(r);
}
