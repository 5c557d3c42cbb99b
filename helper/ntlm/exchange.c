// SPDX-License-Identifier: GPL-2.0-or-later
#include "exchange.h"
#include "options.h"
#include "wire.h"

#define FILETIME_UNIX_EPOCH	INT64_C(11644473600)	/* seconds */

uint64_t ntlm_filetime(const struct timespec *ts)
{
	int64_t seconds = (int64_t)ts->tv_sec + FILETIME_UNIX_EPOCH;

	if (seconds < 0)
		return 0;
	return (uint64_t)seconds * FILETIME_SECOND + (uint64_t)ts->tv_nsec / 100;
}

static enum ntlm_error check_names(const struct ntlm_request *request,
				   const struct ntlm_bytes *av,
				   struct ntlm_detail *detail)
{
	if (!((request->required | request->wished) & OPTIONS_PROTECTION))
		return NTLM_OK;
	if (!av[AV_NB_COMPUTER_NAME].len)
		return ntlm_fail(detail, NTLM_ERR_NO_SERVER_NAMES,
				 "MsvAvNbComputerName");
	if (!av[AV_NB_DOMAIN_NAME].len)
		return ntlm_fail(detail, NTLM_ERR_NO_SERVER_NAMES,
				 "MsvAvNbDomainName");
	return NTLM_OK;
}

static enum ntlm_error check_time(const struct ntlm_policy *policy, uint64_t now,
				  uint64_t time, struct ntlm_detail *detail)
{
	uint64_t distance = now > time ? now - time : time - now;

	if (policy->max_time_skew &&
	    distance > policy->max_time_skew * FILETIME_SECOND)
		return ntlm_fail(detail, NTLM_ERR_TIME_SKEW, "MsvAvTimestamp");
	return NTLM_OK;
}

static enum ntlm_error read_offer(const struct ntlm_policy *policy,
				  const struct ntlm_request *request,
				  struct ntlm_bytes negotiate, uint32_t *offer,
				  struct ntlm_detail *detail)
{
	struct negotiate_message msg;
	enum ntlm_error err;

	if (request->connectionless != !negotiate.len)
		return ntlm_fail(detail, NTLM_ERR_ARGUMENT,
				 "a NEGOTIATE if and only if there is a connection");
	if (request->connectionless) {
		*offer = options_offer(policy, request);
		return NTLM_OK;
	}
	err = negotiate_parse(negotiate, &msg, detail);
	*offer = msg.flags;
	return err;
}

/* Channel bindings that cannot be sent are a failure, unless merely wished. */
static bool must_bind(const struct ntlm_request *request)
{
	if (!request->channel_bindings)
		return false;
	return request->required & NTLM_OPTION_CHANNEL_BINDINGS ||
	       !(request->wished & NTLM_OPTION_CHANNEL_BINDINGS);
}

/* NTLMv1 has no AV pairs, so it cannot tell the server anything. */
static enum ntlm_error decide_v1(const struct ntlm_policy *policy,
				 const struct ntlm_request *request,
				 struct exchange *out,
				 struct ntlm_detail *detail)
{
	if (must_bind(request))
		return ntlm_fail(detail, NTLM_ERR_NO_TARGET_INFO,
				 "an NTLMv1 response has no place for channel bindings");
	if (request->target_unverified && request->target_name)
		return ntlm_fail(detail, NTLM_ERR_OPTION_REFUSED,
				 "an NTLMv1 response cannot say that the target is unverified");
	if (out->flags & NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY) {
		out->response = NTLM_RESPONSE_NTLM2_SESSION;
		out->lm = EXCHANGE_LM_NONCE;
		return NTLM_OK;
	}
	out->response = NTLM_RESPONSE_NTLM;
	out->lm = EXCHANGE_LM_NT;
	if (policy->real_lm_response && policy->lm_compat_level < 2)
		out->lm = EXCHANGE_LM_HASH;
	return NTLM_OK;
}

static enum ntlm_error decide_v2(const struct ntlm_policy *policy,
				 const struct ntlm_request *request,
				 uint64_t now, struct exchange *out,
				 struct ntlm_detail *detail)
{
	const struct ntlm_bytes *av = out->challenge.target_info.value;
	bool has_info = out->challenge.has_target_info;
	enum ntlm_error err;

	out->response = NTLM_RESPONSE_NTLMV2;
	if (must_bind(request) && !has_info)
		return ntlm_fail(detail, NTLM_ERR_NO_TARGET_INFO, NULL);
	out->channel_bound = request->channel_bindings && has_info;
	err = check_names(request, av, detail);
	if (err)
		return err;
	out->lm = av[AV_TIMESTAMP].data ? EXCHANGE_LM_ZERO : EXCHANGE_LM_V2;
	/* [MS-NLMP] 3.1.5.2.1 */
	if (request->connectionless && has_info)
		out->lm = EXCHANGE_LM_NOTHING;
	if (!av[AV_TIMESTAMP].data)
		return policy->require_mic ?
		       ntlm_fail(detail, NTLM_ERR_NO_TIMESTAMP, NULL) : NTLM_OK;
	out->time = wire_le64(av[AV_TIMESTAMP].data);
	out->mic = true;
	return check_time(policy, now, out->time, detail);
}

enum ntlm_error exchange_decide(const struct ntlm_policy *policy,
				const struct ntlm_request *request,
				uint64_t now, struct ntlm_bytes negotiate,
				struct ntlm_bytes challenge,
				struct exchange *out,
				struct ntlm_detail *detail)
{
	enum ntlm_error err;
	uint32_t offer = 0;

	*out = (struct exchange){ .anonymous = options_anonymous(request),
				  .response = NTLM_RESPONSE_NONE,
				  .time = now };
	err = read_offer(policy, request, negotiate, &offer, detail);
	if (err)
		return err;
	err = challenge_parse(challenge, &out->challenge, detail);
	if (err)
		return err;
	err = options_select(policy, request, offer, out->challenge.flags,
			     &out->flags, detail);
	if (err)
		return err;
	/* The rest concerns the response of a user. */
	if (out->anonymous)
		return NTLM_OK;
	if (policy->lm_compat_level < 3)
		return decide_v1(policy, request, out, detail);
	return decide_v2(policy, request, now, out, detail);
}
