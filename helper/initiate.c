// SPDX-License-Identifier: GPL-2.0-or-later
#include "initiate.h"

#include <errno.h>
#include <inttypes.h>
#include <nettle/hmac.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <linux/ntlm.h>

#include "audit.h"
#include "cached_logon.h"
#include "name_print.h"

/*
 * Keyed with what only this daemon knows, so the number says nothing about
 * the password; lengths keep "ab" + "c" apart from "a" + "bc".
 */
uint64_t initiate_credential_id(const struct server *s, const struct cred *cred)
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

bool initiate_is_negotiate(const struct request *r)
{
	return !r->want.connectionless && !r->ntlm_count;
}

static bool is_own_host(const struct acceptor_config *own, const char *host)
{
	const char *names[] = { own->policy.names.nb_computer,
				own->policy.names.dns_computer };

	for (size_t i = 0; i < 2; i++)
		if (names[i] && !strcasecmp(names[i], host))
			return true;
	return false;
}

bool initiate_is_reflection(const struct request *r)
{
	const struct acceptor_config *own = &r->server->config->acceptor;
	const char *host = strchr(r->name, '/');
	struct ntlm_challenge_info peer;

	if (!own->enabled || !r->want.target_unverified ||
	    ntlm_inspect_challenge(r->ntlm[r->ntlm_count - 1], &peer, NULL))
		return false;
	host = host ? host + 1 : r->name;
	return is_own_host(own, peer.nb_computer) &&
	       (!own->policy.names.dns_computer ||
		is_own_host(own, peer.dns_computer)) &&
	       !is_own_host(own, host);
}

static const char *leg_name(const struct request *r)
{
	return initiate_is_negotiate(r) ? "negotiate" : "authenticate";
}

void initiate_fail_with(struct request *r, int status, const char *why,
			const char *detail)
{
	struct answer answer = { .status = status };
	const struct audit audit = {
		.id = AUDIT_FAILED,
		.outcome = "failed",
		.context = r->context,
		.uid = r->uid,
		.target = r->target,
		.user = r->user,
		.domain = r->domain,
		.error = status,
	};
	char text[LOG_LINE_MAX / 2];

	snprintf(text, sizeof(text), "%s failed uid=%" PRIu32 " target=%s: %s (%s)",
		 leg_name(r), r->uid, r->shown, why, strerrorname_np(status));
	if (repeats_first(r->server->repeats, &audit, text))
		audit_log(LOG_WARNING, &audit,
			  "%s failed ctx=%" PRIu32 " uid=%" PRIu32 " target=%s: %s%s (%s)",
			  leg_name(r), r->context, r->uid, r->shown, why, detail,
			  strerrorname_np(status));
	request_finish(r, &answer);
}

void initiate_fail(struct request *r, int status, const char *why)
{
	initiate_fail_with(r, status, why, "");
}

void initiate_fail_ntlm(struct request *r, enum ntlm_error e,
			const struct ntlm_detail *detail)
{
	char text[NTLM_ERROR_TEXT_SIZE];
	int status = ntlm_error_errno(e);

	/* to the kernel, EINVAL is no outcome of an exchange */
	initiate_fail(r, status == EINVAL ? EOPNOTSUPP : status,
	     ntlm_error_describe(e, detail, text, sizeof(text)));
}

static const char *who(const struct cred *cred, char *buf, size_t size)
{
	if (!cred)
		snprintf(buf, size, "anonymous");
	else
		name_quote_account(buf, size, cred->domain, cred->user);
	return buf;
}

void initiate_negotiate(struct request *r, const struct cred *cred)
{
	struct server *s = r->server;
	struct ntlm_token token = { .data = s->token, .size = sizeof(s->token) };
	char names[NTLM_FLAGS_NAMES_SIZE], user[2 * CRED_NAME_SIZE + 2];
	struct ntlm_detail detail = { 0 };
	struct answer answer = { 0 };
	enum ntlm_error e;
	uint32_t flags;

	e = ntlm_build_negotiate(&s->config->policy, &r->want, &token, &flags,
				 &detail);
	if (e) {
		initiate_fail_ntlm(r, e, &detail);
		return;
	}
	log_msg(LOG_INFO,
		"negotiate ctx=%" PRIu32 " uid=%" PRIu32 " target=%s%s user=%s credential=\"%s\" offered=%s",
		r->context, r->uid, r->shown,
		r->want.target_unverified ? " (unverified)" : "",
		who(cred, user, sizeof(user)), cred ? cred->origin : "none",
		ntlm_flags_names(flags, names, sizeof(names)));
	answer.token = (struct ntlm_bytes){ token.data, token.len };
	request_deliver(r, &answer, false);
}

int initiate_send(struct request *r, const struct cred *cred,
		  const struct ntlm_session *session, struct ntlm_bytes token)
{
	char names[NTLM_FLAGS_NAMES_SIZE], user[2 * CRED_NAME_SIZE + 2];
	struct ntlm_challenge_info peer = { 0 };
	char server[2 * CRED_NAME_SIZE + 2];
	struct audit audit = {
		.id = AUDIT_SENT,
		.outcome = "sent",
		.context = r->context,
		.uid = r->uid,
		.target = r->target,
		.user = cred ? cred->user : NULL,
		.domain = cred ? cred->domain : NULL,
	};
	struct answer answer = {
		.token = token,
		.established = true,
		.has_keys = true,
		.flags = session->flags,
		.granted = session->channel_bound ? NTLM_OPT_CHANNEL_BINDINGS : 0,
		.session_key = session->anonymous ? NULL :
			       session->exported_session_key,
		.user = cred ? cred->user : "",
		.domain = cred ? cred->domain : "",
		.credential = cred ? initiate_credential_id(r->server, cred) : 0,
	};
	const char *why;
	int e;

	ntlm_inspect_challenge(r->ntlm[r->ntlm_count - 1], &peer, NULL);
	name_quote_account(server, sizeof(server), peer.nb_domain,
			   peer.nb_computer);
	who(cred, user, sizeof(user));
	e = request_hand_over(r, &answer, session->mic);
	if (e) {
		why = request_not_taken(&answer, e, &audit);
		audit_log(LOG_NOTICE, &audit,
			  "authenticate %s ctx=%" PRIu32 " uid=%" PRIu32 " target=%s user=%s server=%s: %s (%s)",
			  e < 0 ? "dropped" : "unknown", r->context, r->uid,
			  r->shown, user, server, why,
			  strerrorname_np(audit.error));
	} else {
		audit_log(LOG_INFO, &audit,
			  "authenticate ctx=%" PRIu32 " uid=%" PRIu32 " target=%s%s user=%s server=%s key-bits=%u mic=%s flags=%s",
			  r->context, r->uid, r->shown,
			  r->want.target_unverified ? " (unverified)" : "",
			  user, server, session->key_bits,
			  session->mic ? "yes" : "no",
			  ntlm_flags_names(session->flags, names, sizeof(names)));
		server_warn_weak(r, "authenticate", session);
	}
	request_drop(r);
	return e < 0 ? e : 0;
}

int initiate_authenticate(struct request *r, const struct cred *cred)
{
	struct server *s = r->server;
	struct ntlm_token token = { .data = s->token, .size = sizeof(s->token) };
	struct ntlm_environment env = { .random = server_random };
	struct ntlm_credential credential = { 0 };
	struct ntlm_session session = { 0 };
	struct ntlm_detail detail = { 0 };
	const struct ntlm_bytes challenge = r->ntlm[r->ntlm_count - 1];
	const struct ntlm_bytes offered = r->want.connectionless ?
		(struct ntlm_bytes){ 0 } : r->ntlm[0];
	enum ntlm_error e;
	int sent = -EIO;

	if (cred && cred->cached_logon)
		return cached_logon_start(r);
	env.now = server_filetime();
	if (cred) {
		credential.user = cred->user;
		credential.domain = cred->domain;
		memcpy(credential.nt_hash, cred->nt_hash,
		       sizeof(credential.nt_hash));
		credential.has_lm_hash = cred->has_lm_hash;
		memcpy(credential.lm_hash, cred->lm_hash,
		       sizeof(credential.lm_hash));
	}
	e = ntlm_build_authenticate(&s->config->policy, &r->want,
				    cred ? &credential : NULL, &env, offered,
				    challenge, &token, &session, &detail);
	explicit_bzero(&credential, sizeof(credential));
	if (e)
		initiate_fail_ntlm(r, e, &detail);
	else
		sent = initiate_send(r, cred, &session,
				     (struct ntlm_bytes){ token.data, token.len });
	explicit_bzero(&session, sizeof(session));
	explicit_bzero(token.data, token.size);
	return sent;
}
