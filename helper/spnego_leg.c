// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <linux/ntlm.h>
#include <stdlib.h>
#include <string.h>

#include "spnego/exchange.h"
#include "spnego_leg.h"

_Static_assert(SPNEGO_MECH_LIST_MAX == NTLM_MAX_MECH_LIST,
	       "what the kernel takes");
_Static_assert(SPNEGO_TOKEN_MAX == NTLM_MAX_TOKEN, "likewise");
_Static_assert(SPNEGO_MIC_SIZE == NTLM_SIGNATURE_SIZE, "likewise");
_Static_assert(SPNEGO_MESSAGES <= REQUEST_TOKENS, "room for the messages");

/**
 * struct spnego_leg - one leg
 * @exchange: the tokens so far; points into those of the request
 * @token: the token that was made
 */
struct spnego_leg {
	struct spnego_exchange exchange;
	uint8_t token[SPNEGO_TOKEN_MAX];
};

static const uint8_t mic_room[SPNEGO_MIC_SIZE];

void spnego_leg_free(struct spnego_leg *leg)
{
	if (!leg)
		return;
	explicit_bzero(leg, sizeof(*leg));
	free(leg);
}

/* @answer says what else it is; its token is not looked at. */
static int answer_with(struct spnego_leg *leg, struct answer *answer,
		       const struct spnego_resp *resp)
{
	struct ntlm_token out = {
		.data = leg->token, .size = sizeof(leg->token),
	};
	int r;

	r = spnego_encode_resp(resp, &out);
	if (r)
		return r;
	answer->token.data = leg->token;
	answer->token.len = out.len;
	answer->mic_wanted = resp->mic.data;
	answer->mic_offset = answer->mic_wanted ?
			     (uint32_t)(out.len - SPNEGO_MIC_SIZE) : 0;
	return 0;
}

static const struct ntlm_bytes room = { mic_room, sizeof(mic_room) };

/*
 * The acceptor's first answer where there is no NEGOTIATE. After a mechanism
 * that the initiator likes better, it has to be sure that nobody put that in
 * front: [RFC4178] 4.2.2.
 */
static int answer_offer(struct spnego_leg *leg, struct answer *answer)
{
	struct spnego_resp resp = {
		.state = leg->exchange.init.prefers_ntlm ?
			 SPNEGO_ACCEPT_INCOMPLETE : SPNEGO_REQUEST_MIC,
		.mech = SPNEGO_MECH_NTLM,
	};

	return answer_with(leg, answer, &resp);
}

/* The initiator's last token, which the acceptor asked for */
static int answer_mic(struct spnego_leg *leg, struct answer *answer,
		      const char **why)
{
	struct spnego_resp resp = {
		.state = SPNEGO_ACCEPT_COMPLETED, .mic = room,
	};

	if (!spnego_initiator_signs(&leg->exchange)) {
		*why = "mechListMIC is asked for, and there is no key to sign with";
		return -EPROTO;
	}
	answer->peer_mic = leg->exchange.acceptor_mic.data;
	answer->established = true;
	return answer_with(leg, answer, &resp);
}

/* The acceptor's last token, after the initiator's mechListMIC came late */
static int answer_outcome(struct spnego_leg *leg, struct answer *answer)
{
	struct spnego_resp resp = { .state = SPNEGO_ACCEPT_COMPLETED };

	answer->peer_mic = leg->exchange.initiator_mic.data;
	answer->established = true;
	return answer_with(leg, answer, &resp);
}

/* Whose turn it is, and whether NTLM has a part in it */
static int look_at_phase(const struct spnego_exchange *x, bool acceptor,
			 enum spnego_next *next)
{
	bool acceptors = false;

	*next = SPNEGO_NTLM;
	switch (x->phase) {
	case SPNEGO_RAW:
		/* What of three messages is next NTLM itself finds out. */
		return 0;
	case SPNEGO_START:
	case SPNEGO_ASKED:
	case SPNEGO_CHALLENGED:
		break;
	case SPNEGO_NEGOTIATED:
	case SPNEGO_AUTHENTICATED:
		acceptors = true;
		break;
	case SPNEGO_OFFERED:
		acceptors = true;
		if (!x->ntlm_count)
			*next = SPNEGO_ANSWER;
		break;
	case SPNEGO_MIC_GIVEN:
		acceptors = true;
		*next = SPNEGO_ANSWER;
		break;
	case SPNEGO_MIC_ASKED:
	case SPNEGO_COMPLETED:
		*next = SPNEGO_ANSWER;
		break;
	}
	return acceptors == acceptor ? 0 : -EINVAL;
}

static int make_answer(struct spnego_leg *leg, struct answer *answer,
		       const char **why)
{
	*why = "out of memory";
	memset(answer, 0, sizeof(*answer));
	switch (leg->exchange.phase) {
	case SPNEGO_OFFERED:
		return answer_offer(leg, answer);
	case SPNEGO_MIC_ASKED:
		return answer_mic(leg, answer, why);
	case SPNEGO_MIC_GIVEN:
		return answer_outcome(leg, answer);
	default:
		answer->peer_mic = leg->exchange.acceptor_mic.data;
		answer->established = true;
		return 0;
	}
}

int spnego_leg_open(struct request *r, enum spnego_next *next,
		    struct answer *answer, const char **why)
{
	struct spnego_exchange *x;
	int err;

	spnego_leg_free(r->negotiation);
	r->ntlm_count = 0;
	r->negotiation = calloc(1, sizeof(*r->negotiation));
	*why = "out of memory";
	if (!r->negotiation)
		return -ENOMEM;
	*why = "SPNEGO needs a connection";
	if (r->want.connectionless)
		return -EINVAL;

	x = &r->negotiation->exchange;
	*why = x->why;
	for (unsigned int i = 0; i < r->token_count; i++) {
		err = spnego_step(x, r->token[i]);
		if (err)
			return err;
	}
	*why = "it is the peer's turn";
	err = look_at_phase(x, r->acceptor, next);
	if (err)
		return err;
	memcpy(r->ntlm, x->ntlm, x->ntlm_count * sizeof(*x->ntlm));
	r->ntlm_count = x->ntlm_count;
	if (*next == SPNEGO_NTLM)
		return 0;
	return make_answer(r->negotiation, answer, why);
}

static int wrap_init(struct spnego_leg *leg, struct answer *answer)
{
	struct ntlm_token out = {
		.data = leg->token, .size = sizeof(leg->token),
	};
	int r;

	r = spnego_encode_init(answer->token, &out);
	if (r)
		return r;
	answer->token.data = leg->token;
	answer->token.len = out.len;
	return 0;
}

static int wrap_message(struct spnego_leg *leg, struct answer *answer,
			enum spnego_mech mech)
{
	struct spnego_resp resp = {
		.state = SPNEGO_ACCEPT_INCOMPLETE, .mech = mech,
		.token = answer->token,
	};

	return answer_with(leg, answer, &resp);
}

/* There has to be a signature that protects, [RFC4178] 5. */
static bool can_sign(const struct answer *answer)
{
	return answer->session_key && answer->flags & NTLM_NEGOTIATE_SIGN &&
	       !(answer->flags & NTLM_NEGOTIATE_ANONYMOUS) &&
	       !(answer->identity & NTLM_IDENTITY_GUEST);
}

/* The acceptor may ask for mechListMIC later, so the kernel gets the list. */
static int wrap_authenticate(struct spnego_leg *leg, struct answer *answer,
			     bool mic)
{
	const struct spnego_exchange *x = &leg->exchange;
	struct spnego_resp resp = {
		.state = SPNEGO_ACCEPT_INCOMPLETE, .token = answer->token,
	};

	answer->established = false;
	if (can_sign(answer)) {
		answer->mech_list = x->init.mech_list;
		if (mic || x->mic_required)
			resp.mic = room;
	}
	return answer_with(leg, answer, &resp);
}

static int wrap_outcome(struct spnego_leg *leg, struct answer *answer, bool mic)
{
	const struct spnego_exchange *x = &leg->exchange;
	struct spnego_resp resp = {
		.state = SPNEGO_ACCEPT_COMPLETED, .token = answer->token,
	};

	if (can_sign(answer) &&
	    (mic || x->mic_required || x->initiator_mic.data)) {
		answer->mech_list = x->init.mech_list;
		answer->peer_mic = x->initiator_mic.data;
		resp.mic = room;
		if (!answer->peer_mic) {
			resp.state = SPNEGO_ACCEPT_INCOMPLETE;
			answer->established = false;
		}
	}
	return answer_with(leg, answer, &resp);
}

int spnego_leg_wrap(struct request *r, struct answer *answer, bool mic)
{
	struct spnego_leg *leg = r->negotiation;

	switch (leg->exchange.phase) {
	case SPNEGO_START:
		return wrap_init(leg, answer);
	case SPNEGO_OFFERED:
		return wrap_message(leg, answer, SPNEGO_MECH_NTLM);
	case SPNEGO_ASKED:
	case SPNEGO_NEGOTIATED:
		return wrap_message(leg, answer, SPNEGO_MECH_ABSENT);
	case SPNEGO_CHALLENGED:
		return wrap_authenticate(leg, answer, mic);
	case SPNEGO_AUTHENTICATED:
		return wrap_outcome(leg, answer, mic);
	default:
		return 0;
	}
}
