// SPDX-License-Identifier: GPL-2.0-or-later
#include "exchange.h"
#include "options.h"
#include "wire.h"

#define FILETIME_SECOND		UINT64_C(10000000)
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

enum ntlm_error exchange_decide(const struct ntlm_policy *policy,
				const struct ntlm_request *request,
				uint64_t now, struct ntlm_bytes negotiate,
				struct ntlm_bytes challenge,
				struct exchange *out,
				struct ntlm_detail *detail)
{
	const struct ntlm_bytes *av = out->challenge.target_info.value;
	struct negotiate_message offer;
	enum ntlm_error err;

	*out = (struct exchange){ .anonymous = options_anonymous(request),
				  .time = now };
	err = negotiate_parse(negotiate, &offer, detail);
	if (err)
		return err;
	err = challenge_parse(challenge, &out->challenge, detail);
	if (err)
		return err;
	err = options_select(policy, request, offer.flags, out->challenge.flags,
			     &out->flags, detail);
	if (err)
		return err;
	/* The rest concerns the response of a user. */
	if (out->anonymous)
		return NTLM_OK;

	if (request->channel_bindings && !out->challenge.has_target_info)
		return ntlm_fail(detail, NTLM_ERR_NO_TARGET_INFO, NULL);
	err = check_names(request, av, detail);
	if (err)
		return err;
	if (!av[AV_TIMESTAMP].data) {
		if (policy->require_mic)
			return ntlm_fail(detail, NTLM_ERR_NO_TIMESTAMP, NULL);
		out->lmv2 = true;
		return NTLM_OK;
	}
	out->time = wire_le64(av[AV_TIMESTAMP].data);
	out->mic = true;
	return check_time(policy, now, out->time, detail);
}
