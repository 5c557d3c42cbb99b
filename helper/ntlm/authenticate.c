// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "crypto.h"
#include "exchange.h"
#include "message.h"
#include "options.h"
#include "utf16.h"
#include "wipe.h"
#include "wire.h"

/* NTLMv2_CLIENT_CHALLENGE ends in four zero bytes, [MS-NLMP] 3.3.2 */
#define RESPONSE_TRAILER 4

struct secrets {
	uint8_t ntowfv2[NTLM_KEY_SIZE];
	uint8_t key_exchange_key[NTLM_KEY_SIZE];
	uint8_t exported[NTLM_KEY_SIZE];
	uint8_t client_challenge[CLIENT_CHALLENGE_SIZE];
};

static enum ntlm_error put_name(struct wire_writer *w, size_t header,
				const char *name, struct ntlm_bytes *written)
{
	size_t start = w->len;
	enum ntlm_error err = utf16_put(w, name, NTLM_NAME_MAX);

	if (err)
		return err;
	wire_end_item(w, header, start);
	if (written)
		*written = (struct ntlm_bytes){ w->data + start, w->len - start };
	return NTLM_OK;
}

/* MsvAvFlags of the client: the statements about itself are its own alone */
static uint32_t client_av_flags(const struct ntlm_request *request,
				const struct exchange *ex)
{
	uint32_t flags = av_flags(&ex->challenge.target_info);

	flags &= ~(AV_FLAG_MIC | AV_FLAG_UNTRUSTED_TARGET);
	if (ex->mic)
		flags |= AV_FLAG_MIC;
	if (request->target_unverified && request->target_name)
		flags |= AV_FLAG_UNTRUSTED_TARGET;
	return flags;
}

/*
 * The server's pairs go back as they came, with two exceptions. MsvAvFlags is
 * brought up to date where it stands. Pairs that only a client may send are left
 * out: next to ours, a reader of the first occurrence would take channel
 * bindings or target name from whoever wrote the CHALLENGE.
 */
static void echo_av_pairs(struct wire_writer *w, const struct exchange *ex,
			  struct ntlm_bytes flags)
{
	struct ntlm_bytes pairs = ex->challenge.target_info.pairs;
	struct ntlm_bytes value;
	uint16_t id;

	while (av_next(&pairs, &id, &value)) {
		switch (id) {
		case AV_SINGLE_HOST:
		case AV_TARGET_NAME:
		case AV_CHANNEL_BINDINGS:
			break;
		case AV_FLAGS:
			av_put(w, id, flags);
			break;
		default:
			av_put(w, id, value);
			break;
		}
	}
}

static enum ntlm_error put_target_name(struct wire_writer *w, const char *name)
{
	size_t start = w->len;
	enum ntlm_error err;

	wire_put_le16(w, AV_TARGET_NAME);
	wire_put_le16(w, 0);
	err = utf16_put(w, name, NTLM_TARGET_NAME_MAX);
	if (!err && !w->overflow)
		wire_set_le16(w->data + start + 2,
			      (uint16_t)(w->len - start - AV_HEADER_SIZE));
	return err;
}

static enum ntlm_error put_av_pairs(struct wire_writer *w,
				    const struct ntlm_request *request,
				    const struct exchange *ex)
{
	static const uint8_t no_bindings[NTLM_CHANNEL_BINDINGS_SIZE];
	const struct av_list *info = &ex->challenge.target_info;
	struct ntlm_bytes bindings = { no_bindings, sizeof(no_bindings) };
	uint32_t flags = client_av_flags(request, ex);
	uint8_t le[4];
	struct ntlm_bytes value = { le, sizeof(le) };
	enum ntlm_error err;

	if (ex->challenge.has_target_info) {
		wire_set_le32(le, flags);
		echo_av_pairs(w, ex, value);
		if (flags && !info->value[AV_FLAGS].data)
			av_put(w, AV_FLAGS, value);
		if (request->channel_bindings)
			bindings.data = request->channel_bindings;
		av_put(w, AV_CHANNEL_BINDINGS, bindings);
		err = put_target_name(w, request->target_name);
		if (err)
			return err;
	}
	av_put(w, AV_EOL, (struct ntlm_bytes){ NULL, 0 });
	return NTLM_OK;
}

static void put_lm_response(struct wire_writer *w, const struct exchange *ex,
			    const struct secrets *s)
{
	struct ntlm_bytes cc = { s->client_challenge, CLIENT_CHALLENGE_SIZE };
	size_t start = w->len;
	uint8_t proof[PROOF_SIZE];

	if (ex->lmv2) {
		crypto_response(s->ntowfv2, ex->challenge.server_challenge, cc,
				proof);
		wire_put(w, proof, sizeof(proof));
		wire_put(w, cc.data, cc.len);
	} else {
		wire_put_zero(w, LM_RESPONSE_SIZE);
	}
	wire_end_item(w, AUTH_LM, start);
}

static enum ntlm_error put_nt_response(struct wire_writer *w,
				       const struct ntlm_request *request,
				       const struct exchange *ex,
				       struct secrets *s)
{
	static const uint8_t types[8] = { 1, 1 };
	size_t start = w->len;
	struct ntlm_bytes blob;
	enum ntlm_error err;
	uint8_t *proof;

	wire_put_zero(w, PROOF_SIZE);
	wire_put(w, types, sizeof(types));
	wire_put_le64(w, ex->time);
	wire_put(w, s->client_challenge, CLIENT_CHALLENGE_SIZE);
	wire_put_zero(w, 4);
	err = put_av_pairs(w, request, ex);
	if (err)
		return err;
	wire_put_zero(w, RESPONSE_TRAILER);
	wire_end_item(w, AUTH_NT, start);
	if (w->overflow)
		return NTLM_ERR_TOO_LARGE;

	proof = w->data + start;
	blob.data = proof + PROOF_SIZE;
	blob.len = w->len - start - PROOF_SIZE;
	crypto_response(s->ntowfv2, ex->challenge.server_challenge, blob, proof);
	crypto_session_base_key(s->ntowfv2, proof, s->key_exchange_key);
	return NTLM_OK;
}

static void put_session_key(struct wire_writer *w, const struct exchange *ex,
			    struct secrets *s)
{
	uint8_t encrypted[NTLM_KEY_SIZE];
	size_t start = w->len;

	if (!(ex->flags & NTLMSSP_NEGOTIATE_KEY_EXCH)) {
		memcpy(s->exported, s->key_exchange_key, NTLM_KEY_SIZE);
	} else {
		crypto_rc4k(s->key_exchange_key, s->exported, encrypted);
		wire_put(w, encrypted, sizeof(encrypted));
	}
	wire_end_item(w, AUTH_SESSION_KEY, start);
}

static enum ntlm_error put_user(struct wire_writer *w,
				const struct ntlm_policy *policy,
				const struct ntlm_request *request,
				const struct ntlm_credential *credential,
				const struct exchange *ex, struct secrets *s,
				struct ntlm_detail *detail)
{
	struct ntlm_bytes domain, user;
	enum ntlm_error err;

	err = put_name(w, AUTH_DOMAIN, credential->domain, &domain);
	if (err)
		return ntlm_fail(detail, err, "DomainName");
	err = put_name(w, AUTH_USER, credential->user, &user);
	if (err)
		return ntlm_fail(detail, err, "UserName");
	err = put_name(w, AUTH_WORKSTATION, policy->workstation, NULL);
	if (err)
		return ntlm_fail(detail, err, "Workstation");
	if (w->overflow)
		return ntlm_fail(detail, NTLM_ERR_TOO_LARGE, "AUTHENTICATE names");

	crypto_ntowfv2(credential->nt_hash, user, domain, s->ntowfv2);
	put_lm_response(w, ex, s);
	err = put_nt_response(w, request, ex, s);
	if (err)
		return ntlm_fail(detail, err, err == NTLM_ERR_UTF8 ?
				 "MsvAvTargetName" : "NtChallengeResponse");
	put_session_key(w, ex, s);
	return NTLM_OK;
}

/* [MS-NLMP] 3.3.2: no NT response, and one zero byte as LM response */
static void put_anonymous(struct wire_writer *w)
{
	size_t start = w->len;

	wire_put_zero(w, 1);
	wire_end_item(w, AUTH_LM, start);
}

static void put_fixed(struct wire_writer *w, const struct exchange *ex)
{
	static const size_t items[] = { AUTH_LM, AUTH_NT, AUTH_DOMAIN, AUTH_USER,
					AUTH_WORKSTATION, AUTH_SESSION_KEY };

	wire_put(w, message_signature, sizeof(message_signature));
	wire_put_le32(w, MESSAGE_AUTHENTICATE);
	wire_put_zero(w, AUTH_FLAGS - AUTH_LM);
	wire_put_le32(w, ex->flags);
	if (ex->flags & NTLMSSP_NEGOTIATE_VERSION)
		wire_put(w, message_version, sizeof(message_version));
	else
		wire_put_zero(w, sizeof(message_version));
	wire_put_zero(w, MIC_SIZE);
	/* An absent item points to where it would be. */
	for (size_t i = 0; i < sizeof(items) / sizeof(items[0]); i++)
		wire_end_item(w, items[i], w->len);
}

static enum ntlm_error draw(const struct ntlm_environment *env,
			    const struct exchange *ex, struct secrets *s)
{
	if (ex->anonymous)
		return NTLM_OK;
	if (env->random(env->random_arg, s->client_challenge,
			sizeof(s->client_challenge)))
		return NTLM_ERR_RANDOM;
	if (ex->flags & NTLMSSP_NEGOTIATE_KEY_EXCH &&
	    env->random(env->random_arg, s->exported, sizeof(s->exported)))
		return NTLM_ERR_RANDOM;
	return NTLM_OK;
}

static enum ntlm_error check_credential(const struct ntlm_request *request,
					const struct ntlm_credential *credential,
					struct ntlm_detail *detail)
{
	if (options_anonymous(request))
		return credential ? ntlm_fail(detail, NTLM_ERR_ARGUMENT,
					      "credential of an anonymous logon") :
				    NTLM_OK;
	/* An empty user would make the logon an anonymous one. */
	if (!credential || !credential->user || !*credential->user)
		return ntlm_fail(detail, NTLM_ERR_ARGUMENT, "empty user name");
	return NTLM_OK;
}

enum ntlm_error ntlm_build_authenticate(const struct ntlm_policy *policy,
					const struct ntlm_request *request,
					const struct ntlm_credential *credential,
					const struct ntlm_environment *env,
					struct ntlm_bytes negotiate,
					struct ntlm_bytes challenge,
					struct ntlm_token *token,
					struct ntlm_session *session,
					struct ntlm_detail *detail)
{
	struct wire_writer w = { .data = token->data, .size = token->size };
	struct secrets s = { 0 };
	struct exchange ex;
	enum ntlm_error err;

	if (w.size > NTLM_TOKEN_MAX)
		w.size = NTLM_TOKEN_MAX;
	token->len = 0;
	memset(session, 0, sizeof(*session));
	err = options_check(policy, request, detail);
	if (err)
		goto out;
	err = check_credential(request, credential, detail);
	if (err)
		goto out;
	err = exchange_decide(policy, request, env->now, negotiate, challenge, &ex,
			      detail);
	if (err)
		goto out;
	err = draw(env, &ex, &s);
	if (err)
		goto out;

	put_fixed(&w, &ex);
	if (ex.anonymous)
		put_anonymous(&w);
	else
		err = put_user(&w, policy, request, credential, &ex, &s, detail);
	if (!err && w.overflow)
		err = ntlm_fail(detail, NTLM_ERR_TOO_LARGE, "AUTHENTICATE");
	if (err)
		goto out;
	if (ex.mic)
		crypto_mic(s.exported, negotiate, challenge,
			   (struct ntlm_bytes){ w.data, w.len }, AUTH_MIC,
			   w.data + AUTH_MIC);

	token->len = w.len;
	session->flags = ex.flags;
	session->key_bits = options_key_bits(ex.flags);
	session->mic = ex.mic;
	session->anonymous = ex.anonymous;
	memcpy(session->exported_session_key, s.exported, NTLM_KEY_SIZE);
out:
	explicit_bzero(&s, sizeof(s));
	wipe_stack();
	if (err && token->size)
		explicit_bzero(token->data, token->size);
	return err;
}
