// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "exchange.h"
#include "ntlm/flags.h"
#include "ntlm/wire.h"

__attribute__((format(printf, 3, 4)))
static int fail(struct spnego_exchange *x, int err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(x->why, sizeof(x->why), fmt, ap);
	va_end(ap);
	return err;
}

static int add_message(struct spnego_exchange *x, struct ntlm_bytes message)
{
	if (x->ntlm_count == SPNEGO_MESSAGES)
		return fail(x, -EPROTO, "a token after the last message of NTLM");
	x->ntlm[x->ntlm_count++] = message;
	return 0;
}

static int step_raw(struct spnego_exchange *x, struct ntlm_bytes token)
{
	x->phase = SPNEGO_RAW;
	return add_message(x, token);
}

static int step_start(struct spnego_exchange *x, struct ntlm_bytes token)
{
	const char *why;
	int r;

	if (spnego_is_raw(token))
		return step_raw(x, token);
	r = spnego_decode_init(token, &x->init, &why);
	if (r)
		return fail(x, r, "%s", why);
	if (!x->init.has_ntlm)
		return fail(x, -EPROTO, "NTLM is not offered, but %s",
			    x->init.offered);
	x->phase = SPNEGO_OFFERED;
	if (!x->init.prefers_ntlm || !x->init.mech_token.data)
		return 0;
	return add_message(x, x->init.mech_token);
}

/* What no NegTokenResp may say after the initiator's first token */
static int read_resp(struct spnego_exchange *x, struct ntlm_bytes token,
		     struct spnego_resp *resp)
{
	const char *why;
	int r;

	r = spnego_decode_resp(token, resp, &why);
	if (r)
		return fail(x, r, "%s", why);
	if (resp->state == SPNEGO_REJECT)
		return fail(x, -EACCES, "reject in a NegTokenResp");
	if (resp->mech == SPNEGO_MECH_OTHER)
		return fail(x, -EPROTO, "%s is chosen in place of NTLM",
			    resp->mech_name);
	if (resp->state == SPNEGO_REQUEST_MIC && x->phase != SPNEGO_OFFERED)
		return fail(x, -EPROTO, "request-mic after the first answer");
	return 0;
}

static int need_mic(struct spnego_exchange *x, const struct spnego_resp *resp,
		    struct ntlm_bytes *mic)
{
	if (resp->mic.data && resp->mic.len != SPNEGO_MIC_SIZE)
		return fail(x, -EPROTO, "mechListMIC of %zu bytes",
			    resp->mic.len);
	*mic = resp->mic;
	return 0;
}

/*
 * negState and supportedMech are mandatory here, [RFC4178] 4.2.2. Servers in
 * Java have been seen to send neither, but a responseToken that says the same.
 */
static int step_offered(struct spnego_exchange *x,
			const struct spnego_resp *resp)
{
	bool bare = resp->state == SPNEGO_STATE_ABSENT &&
		    resp->mech == SPNEGO_MECH_ABSENT && resp->token.data;

	if (!bare && (resp->state == SPNEGO_STATE_ABSENT ||
		      resp->mech == SPNEGO_MECH_ABSENT))
		return fail(x, -EPROTO, "no negState or supportedMech in the first answer");
	if (resp->state == SPNEGO_ACCEPT_COMPLETED)
		return fail(x, -EPROTO, "accept-completed before AUTHENTICATE");
	x->mic_required = resp->state == SPNEGO_REQUEST_MIC;
	if (!resp->token.data) {
		x->ntlm_count = 0;
		x->phase = SPNEGO_ASKED;
		return 0;
	}
	if (!x->ntlm_count)
		return fail(x, -EPROTO, "a CHALLENGE without a NEGOTIATE");
	x->phase = SPNEGO_CHALLENGED;
	return add_message(x, resp->token);
}

static int step_message(struct spnego_exchange *x,
			const struct spnego_resp *resp, enum spnego_phase next)
{
	if (!resp->token.data)
		return fail(x, -EPROTO, "no responseToken where NTLM goes on");
	x->phase = next;
	return add_message(x, resp->token);
}

static int step_challenge(struct spnego_exchange *x,
			  const struct spnego_resp *resp)
{
	if (resp->state == SPNEGO_ACCEPT_COMPLETED)
		return fail(x, -EPROTO, "accept-completed before AUTHENTICATE");
	return step_message(x, resp, SPNEGO_CHALLENGED);
}

static int step_authenticate(struct spnego_exchange *x,
			     const struct spnego_resp *resp)
{
	int r = need_mic(x, resp, &x->initiator_mic);

	return r ? r : step_message(x, resp, SPNEGO_AUTHENTICATED);
}

bool spnego_initiator_signs(const struct spnego_exchange *x)
{
	struct ntlm_bytes m = x->ntlm[SPNEGO_MESSAGES - 1];
	/* [MS-NLMP] 2.2.1.3: NegotiateFlags */
	uint32_t flags = m.len >= 64 ? wire_le32(m.data + 60) : 0;

	return flags & NTLMSSP_NEGOTIATE_SIGN && !(flags & NTLMSSP_ANONYMOUS);
}

static int step_outcome(struct spnego_exchange *x,
			const struct spnego_resp *resp)
{
	int r = need_mic(x, resp, &x->acceptor_mic);

	if (r)
		return r;
	if (resp->token.data)
		return fail(x, -EPROTO, "a token after the last message of NTLM");
	if (resp->state == SPNEGO_ACCEPT_INCOMPLETE) {
		if (x->initiator_mic.data || !x->acceptor_mic.data)
			return fail(x, -EPROTO, "accept-incomplete with nothing left to say");
		x->phase = SPNEGO_MIC_ASKED;
		return 0;
	}
	if (x->initiator_mic.data && !x->acceptor_mic.data)
		return fail(x, -EPROTO, "mechListMIC is missing in the last answer");
	if (!x->initiator_mic.data && x->acceptor_mic.data) {
		if (spnego_initiator_signs(x))
			return fail(x, -EPROTO, "mechListMIC of the acceptor alone");
		x->acceptor_mic = (struct ntlm_bytes){ NULL, 0 };
	}
	x->phase = SPNEGO_COMPLETED;
	return 0;
}

static int step_mic(struct spnego_exchange *x, const struct spnego_resp *resp)
{
	int r = need_mic(x, resp, &x->initiator_mic);

	if (r)
		return r;
	if (resp->token.data)
		return fail(x, -EPROTO, "a token after the last message of NTLM");
	if (!x->initiator_mic.data)
		return fail(x, -EPROTO, "mechListMIC is missing, for the second time");
	x->phase = SPNEGO_MIC_GIVEN;
	return 0;
}

int spnego_step(struct spnego_exchange *x, struct ntlm_bytes token)
{
	struct spnego_resp resp;
	int r;

	if (x->phase == SPNEGO_START)
		return step_start(x, token);
	if (x->phase == SPNEGO_RAW ||
	    (x->phase == SPNEGO_OFFERED && x->ntlm_count &&
	     spnego_is_raw(token)))
		return step_raw(x, token);
	r = read_resp(x, token, &resp);
	if (r)
		return r;

	switch (x->phase) {
	case SPNEGO_OFFERED:
		return step_offered(x, &resp);
	case SPNEGO_ASKED:
		return step_message(x, &resp, SPNEGO_NEGOTIATED);
	case SPNEGO_NEGOTIATED:
		return step_challenge(x, &resp);
	case SPNEGO_CHALLENGED:
		return step_authenticate(x, &resp);
	case SPNEGO_AUTHENTICATED:
		return step_outcome(x, &resp);
	case SPNEGO_MIC_ASKED:
		return step_mic(x, &resp);
	default:
		return fail(x, -EPROTO, "a token after the last one");
	}
}
