// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "charset.h"
#include "crypto.h"
#include "exchange.h"
#include "message.h"
#include "options.h"
#include "response.h"
#include "wipe.h"
#include "wire.h"

struct secrets {
	uint8_t key_exchange_key[NTLM_KEY_SIZE];
	uint8_t exported[NTLM_KEY_SIZE];
	uint8_t client_challenge[CLIENT_CHALLENGE_SIZE];
};

static enum ntlm_error put_name(struct wire_writer *w, uint32_t flags,
				size_t header, const char *name,
				const char *where, struct ntlm_bytes *written,
				struct ntlm_detail *detail)
{
	size_t start = w->len;
	enum ntlm_error err;

	err = charset_put(w, flags, name, NTLM_NAME_MAX, where, detail);
	if (err)
		return err;
	wire_end_item(w, header, start);
	if (written)
		*written = (struct ntlm_bytes){ w->data + start, w->len - start };
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
	struct response_input in = { .request = request,
				     .credential = credential,
				     .ex = ex,
				     .client_challenge = s->client_challenge };
	enum ntlm_error err;

	err = put_name(w, ex->flags, AUTH_DOMAIN, credential->domain, "DomainName",
		       &in.domain, detail);
	if (err)
		return err;
	err = put_name(w, ex->flags, AUTH_USER, credential->user, "UserName",
		       &in.user, detail);
	if (err)
		return err;
	err = put_name(w, ex->flags, AUTH_WORKSTATION, policy->workstation,
		       "Workstation", NULL, detail);
	if (err)
		return err;
	if (w->overflow)
		return ntlm_fail(detail, NTLM_ERR_TOO_LARGE, "AUTHENTICATE names");
	err = response_put(w, &in, s->key_exchange_key, detail);
	if (err)
		return err;
	put_session_key(w, ex, s);
	return NTLM_OK;
}

/*
 * [MS-NLMP] 3.3.2: no NT response, and one zero byte as LM response. A datagram
 * has a session key all the same, which everybody can decrypt.
 */
static void put_anonymous(struct wire_writer *w, const struct exchange *ex,
			  struct secrets *s)
{
	size_t start = w->len;

	wire_put_zero(w, 1);
	wire_end_item(w, AUTH_LM, start);
	put_session_key(w, ex, s);
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
	if (!ex->anonymous &&
	    env->random(env->random_arg, s->client_challenge,
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
		put_anonymous(&w, &ex, &s);
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
	session->response = ex.response;
	session->mic = ex.mic;
	session->channel_bound = ex.channel_bound;
	session->anonymous = ex.anonymous;
	if (!ex.anonymous)
		memcpy(session->exported_session_key, s.exported, NTLM_KEY_SIZE);
out:
	explicit_bzero(&s, sizeof(s));
	wipe_stack();
	if (err && token->size)
		explicit_bzero(token->data, token->size);
	return err;
}
