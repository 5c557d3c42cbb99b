// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "accept.h"
#include "charset.h"
#include "crypto_v1.h"
#include "wire.h"

static bool is_anonymous(const struct authenticate_message *msg)
{
	/* The parser lets one byte of LM response through only if it is zero. */
	return !msg->user.len && !msg->nt.len && msg->lm.len <= 1;
}

static enum ntlm_error check_negotiate(const struct ntlm_request *request,
				       struct ntlm_bytes negotiate,
				       struct ntlm_detail *detail)
{
	struct negotiate_message msg;

	if (!request->connectionless)
		return negotiate_parse(negotiate, &msg, detail);
	return negotiate.len ? ntlm_fail(detail, NTLM_ERR_ARGUMENT,
					 "NEGOTIATE without a connection") :
			       NTLM_OK;
}

static enum ntlm_error parse(const struct ntlm_request *request,
			     const struct ntlm_exchanged *messages,
			     struct acceptance *out, struct ntlm_detail *detail)
{
	bool datagram;
	enum ntlm_error err;

	err = check_negotiate(request, messages->negotiate, detail);
	if (err)
		return err;
	err = challenge_parse(messages->challenge, &out->challenge, detail);
	if (err)
		return err;
	datagram = out->challenge.flags & NTLMSSP_NEGOTIATE_DATAGRAM;
	if (datagram != request->connectionless ||
	    !out->challenge.target_info.value[AV_TIMESTAMP].data)
		return ntlm_fail(detail, NTLM_ERR_ARGUMENT,
				 "the CHALLENGE is not this acceptor's");
	return authenticate_parse(messages->authenticate, &out->authenticate,
				  detail);
}

static enum ntlm_error check_age(const struct ntlm_acceptor_policy *policy,
				 const struct acceptance *acceptance, uint64_t now,
				 struct ntlm_detail *detail)
{
	uint64_t age = policy->max_age ? policy->max_age : NTLM_CHALLENGE_AGE;
	const struct av_list *info = &acceptance->challenge.target_info;
	uint64_t sent = wire_le64(info->value[AV_TIMESTAMP].data);
	/* A clock that was set back must not keep a challenge alive. */
	uint64_t distance = now > sent ? now - sent : sent - now;

	if (distance > age * FILETIME_SECOND)
		return ntlm_fail(detail, NTLM_ERR_EXPIRED, NULL);
	return NTLM_OK;
}

static enum ntlm_error get_names(const struct acceptance *acceptance,
				 struct ntlm_logon *logon,
				 struct ntlm_detail *detail)
{
	const struct authenticate_message *msg = &acceptance->authenticate;
	enum ntlm_error err;

	err = charset_get(acceptance->flags, msg->user, logon->user,
			  sizeof(logon->user), "AUTHENTICATE UserName", detail);
	if (!err)
		err = charset_get(acceptance->flags, msg->domain, logon->domain,
				  sizeof(logon->domain),
				  "AUTHENTICATE DomainName", detail);
	if (!err)
		err = charset_get(acceptance->flags, msg->workstation,
				  logon->workstation, sizeof(logon->workstation),
				  "AUTHENTICATE Workstation", detail);
	return err;
}

/* which of the responses counts, [MS-NLMP] 3.2.5.1.2 */
static enum ntlm_error find_response(struct acceptance *acceptance,
				     struct ntlm_detail *detail)
{
	const uint32_t of_lm_response = NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY |
					NTLMSSP_NEGOTIATE_LM_KEY;
	const struct authenticate_message *msg = &acceptance->authenticate;
	bool has_lm = msg->lm.len == LM_RESPONSE_SIZE;

	if (msg->ntlmv2) {
		acceptance->response = NTLM_RESPONSE_NTLMV2;
	} else if (msg->nt.len == NT_RESPONSE_SIZE) {
		if (!has_lm && acceptance->flags & of_lm_response)
			return ntlm_fail(detail, NTLM_ERR_MALFORMED,
					 "AUTHENTICATE without LmChallengeResponse");
		acceptance->response =
			acceptance->flags & NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY ?
			NTLM_RESPONSE_NTLM2_SESSION : NTLM_RESPONSE_NTLM;
	} else if (has_lm) {
		acceptance->response = NTLM_RESPONSE_LM;
	} else {
		return ntlm_fail(detail, NTLM_ERR_MALFORMED,
				 "AUTHENTICATE with a user and without a response");
	}
	return NTLM_OK;
}

static enum ntlm_error check_response(const struct ntlm_acceptor_policy *policy,
				      enum ntlm_response response,
				      struct ntlm_detail *detail)
{
	bool taken = true;

	if (response == NTLM_RESPONSE_NONE)
		return policy->allow_anonymous ? NTLM_OK :
		       ntlm_fail(detail, NTLM_ERR_NOBODY, NULL);
	if (response == NTLM_RESPONSE_LM)
		taken = policy->lm_compat_level < 4;
	else if (response != NTLM_RESPONSE_NTLMV2)
		taken = policy->lm_compat_level < 5;
	return taken ? NTLM_OK : ntlm_fail(detail, NTLM_ERR_WEAK_RESPONSE,
					   ntlm_response_name(response));
}

enum ntlm_error accept_read(const struct ntlm_acceptor_policy *policy,
			    const struct ntlm_request *request, uint64_t now,
			    const struct ntlm_exchanged *messages,
			    struct acceptance *acceptance,
			    struct ntlm_logon *logon,
			    struct ntlm_detail *detail)
{
	enum ntlm_error err;
	bool anonymous;

	memset(acceptance, 0, sizeof(*acceptance));
	memset(logon, 0, sizeof(*logon));
	err = accept_check(policy, request, detail);
	if (err)
		return err;
	err = parse(request, messages, acceptance, detail);
	if (err)
		return err;
	anonymous = is_anonymous(&acceptance->authenticate);
	err = accept_agree(policy, request, acceptance->challenge.flags,
			   acceptance->authenticate.flags, anonymous,
			   &acceptance->flags, detail);
	if (err)
		return err;
	err = get_names(acceptance, logon, detail);
	if (err)
		return err;
	if (!anonymous) {
		err = find_response(acceptance, detail);
		if (err)
			return err;
	}
	err = check_response(policy, acceptance->response, detail);
	if (err)
		return err;
	return check_age(policy, acceptance, now, detail);
}

enum ntlm_error
ntlm_read_authenticate(const struct ntlm_acceptor_policy *policy,
		       const struct ntlm_request *request, uint64_t now,
		       const struct ntlm_exchanged *messages,
		       struct ntlm_logon *logon, struct ntlm_detail *detail)
{
	struct acceptance acceptance;
	const uint8_t *nonce;
	enum ntlm_error err;

	err = accept_read(policy, request, now, messages, &acceptance, logon,
			  detail);
	if (err) {
		memset(logon, 0, sizeof(*logon));
		return err;
	}
	logon->flags = acceptance.flags;
	logon->response = acceptance.response;
	logon->lm = acceptance.authenticate.lm;
	logon->nt = acceptance.authenticate.nt;
	nonce = acceptance.challenge.server_challenge;
	if (logon->response == NTLM_RESPONSE_NTLM2_SESSION)
		crypto_session_challenge(nonce, logon->lm.data,
					 logon->server_challenge);
	else
		memcpy(logon->server_challenge, nonce, SERVER_CHALLENGE_SIZE);
	return NTLM_OK;
}
