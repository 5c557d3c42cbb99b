// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "accept.h"
#include "crypto.h"
#include "options.h"
#include "wipe.h"
#include "wire.h"

static enum ntlm_error exported_key(const struct acceptance *acceptance,
				    const uint8_t key_exchange_key[NTLM_KEY_SIZE],
				    uint8_t exported[NTLM_KEY_SIZE],
				    struct ntlm_detail *detail)
{
	struct ntlm_bytes sent = acceptance->authenticate.session_key;

	if (!(acceptance->flags & NTLMSSP_NEGOTIATE_KEY_EXCH)) {
		memcpy(exported, key_exchange_key, NTLM_KEY_SIZE);
		return NTLM_OK;
	}
	if (sent.len != NTLM_KEY_SIZE)
		return ntlm_fail(detail, NTLM_ERR_MALFORMED,
				 "AUTHENTICATE EncryptedRandomSessionKey has a wrong length");
	crypto_rc4k(key_exchange_key, sent.data, exported);
	return NTLM_OK;
}

static enum ntlm_error check_mic(const struct ntlm_acceptor_policy *policy,
				 const struct ntlm_exchanged *messages,
				 const struct acceptance *acceptance,
				 const uint8_t exported[NTLM_KEY_SIZE],
				 struct ntlm_detail *detail)
{
	size_t offset = acceptance->authenticate.mic_offset;
	uint8_t expected[MIC_SIZE];
	bool equal;

	if (!offset)
		return policy->require_mic ?
		       ntlm_fail(detail, NTLM_ERR_NO_MIC, NULL) : NTLM_OK;
	crypto_mic(exported, messages->negotiate, messages->challenge,
		   messages->authenticate, offset, expected);
	equal = crypto_equal(expected, messages->authenticate.data + offset,
			     MIC_SIZE);
	explicit_bzero(expected, sizeof(expected));
	return equal ? NTLM_OK : ntlm_fail(detail, NTLM_ERR_MIC, NULL);
}

/* Channel bindings that the client has to supply, or NULL */
static const uint8_t *required_bindings(const struct ntlm_request *request)
{
	bool optional = request->wished & NTLM_OPTION_CHANNEL_BINDINGS &&
			!(request->required & NTLM_OPTION_CHANNEL_BINDINGS);

	return optional ? NULL : request->channel_bindings;
}

static enum ntlm_error check_bindings(const struct ntlm_request *request,
				      const struct acceptance *acceptance,
				      bool *bound, struct ntlm_detail *detail)
{
	static const uint8_t none[NTLM_CHANNEL_BINDINGS_SIZE];
	const struct av_list *pairs = &acceptance->authenticate.av_pairs;
	const uint8_t *value = pairs->value[AV_CHANNEL_BINDINGS].data;

	if (!request->channel_bindings)
		return NTLM_OK;
	if (!value || !memcmp(value, none, sizeof(none)))
		return required_bindings(request) ?
		       ntlm_fail(detail, NTLM_ERR_BINDINGS, "none supplied") :
		       NTLM_OK;
	*bound = crypto_equal(value, request->channel_bindings, sizeof(none));
	return *bound ? NTLM_OK : ntlm_fail(detail, NTLM_ERR_BINDINGS,
					    "those of another channel");
}

/* The others are the client's, or were not sent by ntlm_build_challenge(). */
static bool is_echoed(uint16_t id)
{
	return (id >= AV_NB_COMPUTER_NAME && id <= AV_DNS_TREE_NAME) ||
	       id == AV_TIMESTAMP;
}

/*
 * The pairs of the CHALLENGE come back in what the proof covers, so a client that
 * was shown another server's CHALLENGE is found out.
 */
static enum ntlm_error check_echo(const struct acceptance *acceptance,
				  struct ntlm_detail *detail)
{
	const struct ntlm_bytes *back = acceptance->authenticate.av_pairs.value;
	struct ntlm_bytes pairs = acceptance->challenge.target_info.pairs;
	struct ntlm_bytes value;
	uint16_t id;

	while (av_next(&pairs, &id, &value)) {
		if (!is_echoed(id))
			continue;
		if (!back[id].data || back[id].len != value.len ||
		    memcmp(back[id].data, value.data, value.len))
			return ntlm_fail(detail, NTLM_ERR_MALFORMED,
					 "AUTHENTICATE does not repeat TargetInfo");
	}
	return NTLM_OK;
}

static enum ntlm_error check_time(const struct ntlm_acceptor_policy *policy,
				  const struct acceptance *acceptance,
				  uint64_t now, struct ntlm_detail *detail)
{
	uint64_t time = wire_le64(acceptance->authenticate.nt.data +
				  RESPONSE_TIMESTAMP);
	uint64_t distance = now > time ? now - time : time - now;

	if (policy->max_time_skew &&
	    distance > policy->max_time_skew * FILETIME_SECOND)
		return ntlm_fail(detail, NTLM_ERR_TIME_SKEW, "TimeStamp");
	return NTLM_OK;
}

static enum ntlm_error finish(const struct ntlm_acceptor_policy *policy,
			      const struct ntlm_request *request, uint64_t now,
			      const struct ntlm_exchanged *messages,
			      const struct acceptance *acceptance,
			      const uint8_t key_exchange_key[NTLM_KEY_SIZE],
			      struct ntlm_session *session,
			      struct ntlm_detail *detail)
{
	enum ntlm_error err;

	err = exported_key(acceptance, key_exchange_key,
			   session->exported_session_key, detail);
	if (!err)
		err = check_mic(policy, messages, acceptance,
				session->exported_session_key, detail);
	if (!err)
		err = check_bindings(request, acceptance, &session->channel_bound,
				     detail);
	if (!err && !accept_target(policy, request, acceptance))
		err = ntlm_fail(detail, NTLM_ERR_TARGET_NAME, NULL);
	/* What follows is in an NTLMv2 response only. */
	if (!err && acceptance->response == NTLM_RESPONSE_NTLMV2) {
		err = check_echo(acceptance, detail);
		if (!err)
			err = check_time(policy, acceptance, now, detail);
	}
	if (err) {
		explicit_bzero(session, sizeof(*session));
		return err;
	}
	session->flags = acceptance->flags;
	session->key_bits = options_key_bits(acceptance->flags);
	session->response = acceptance->response;
	session->mic = acceptance->authenticate.mic_offset;
	return NTLM_OK;
}

enum ntlm_error ntlm_check_logon(const struct ntlm_acceptor_policy *policy,
				 const struct ntlm_request *request, uint64_t now,
				 const struct ntlm_exchanged *messages,
				 const struct ntlm_secret *secret,
				 struct ntlm_session *session,
				 struct ntlm_detail *detail)
{
	uint8_t key_exchange_key[NTLM_KEY_SIZE];
	struct acceptance acceptance;
	struct ntlm_logon logon;
	enum ntlm_error err;

	memset(session, 0, sizeof(*session));
	err = accept_read(policy, request, now, messages, &acceptance, &logon,
			  detail);
	if (err)
		return err;
	err = accept_prove(&acceptance, secret, key_exchange_key, detail);
	if (!err)
		err = finish(policy, request, now, messages, &acceptance,
			     key_exchange_key, session, detail);
	explicit_bzero(key_exchange_key, sizeof(key_exchange_key));
	wipe_stack();
	return err;
}

enum ntlm_error ntlm_finish_logon(const struct ntlm_acceptor_policy *policy,
				  const struct ntlm_request *request,
				  uint64_t now,
				  const struct ntlm_exchanged *messages,
				  const uint8_t session_base_key[NTLM_KEY_SIZE],
				  const uint8_t *lm_key,
				  struct ntlm_session *session,
				  struct ntlm_detail *detail)
{
	uint8_t key_exchange_key[NTLM_KEY_SIZE];
	struct acceptance acceptance;
	struct ntlm_logon logon;
	enum ntlm_error err;

	memset(session, 0, sizeof(*session));
	err = accept_read(policy, request, now, messages, &acceptance, &logon,
			  detail);
	if (err)
		return err;
	if (acceptance.response == NTLM_RESPONSE_NONE)
		return ntlm_fail(detail, NTLM_ERR_ARGUMENT,
				 "key of an anonymous logon");
	if (accept_key(&acceptance, session_base_key, lm_key, key_exchange_key))
		err = finish(policy, request, now, messages, &acceptance,
			     key_exchange_key, session, detail);
	else
		err = ntlm_fail(detail, NTLM_ERR_OPTION_REFUSED,
				"the account has no LM hash to make a key of");
	explicit_bzero(key_exchange_key, sizeof(key_exchange_key));
	wipe_stack();
	return err;
}

enum ntlm_error ntlm_finish_nobody(const struct ntlm_acceptor_policy *policy,
				   const struct ntlm_request *request,
				   uint64_t now,
				   const struct ntlm_exchanged *messages,
				   struct ntlm_session *session,
				   struct ntlm_detail *detail)
{
	struct acceptance acceptance;
	struct ntlm_logon logon;
	enum ntlm_error err;

	memset(session, 0, sizeof(*session));
	err = accept_read(policy, request, now, messages, &acceptance, &logon,
			  detail);
	if (err)
		return err;
	if (request->required & OPTIONS_PROTECTION)
		return ntlm_fail(detail, NTLM_ERR_ANONYMOUS, NULL);
	if (required_bindings(request))
		return ntlm_fail(detail, NTLM_ERR_BINDINGS,
				 "nothing proves those of nobody");
	session->flags = accept_nobody(acceptance.flags);
	session->response = NTLM_RESPONSE_NONE;
	session->anonymous = acceptance.response == NTLM_RESPONSE_NONE;
	return NTLM_OK;
}
