// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the kernel checks itself in an answer of the helper.  The helper is
 * trusted with credentials; it is not believed when it claims that a context
 * got what its client required.
 */
#include "core.h"

static bool ntlm_key_is_zero(const u8 key[NTLM_SESSION_KEY_SIZE])
{
	return !memchr_inv(key, 0, NTLM_SESSION_KEY_SIZE);
}

/*
 * [MS-NLMP] section 3.4.5.3: 128 wins over 56, neither means 40 bits.  Without
 * extended session security LM_KEY and DATAGRAM cut the key to 56 or 40 bits,
 * and nothing else does.
 */
static unsigned int ntlm_key_bits(u32 flags)
{
	const u32 cut = NTLM_NEGOTIATE_LM_KEY | NTLM_NEGOTIATE_DATAGRAM;

	if (flags & NTLM_NEGOTIATE_EXTENDED_SESSIONSECURITY) {
		if (flags & NTLM_NEGOTIATE_128)
			return 128;
	} else if (!(flags & cut)) {
		return 128;
	}
	return flags & NTLM_NEGOTIATE_56 ? 56 : 40;
}

/* Those that are given are, unless they are only wished. */
static bool ntlm_bindings_mandatory(const struct ntlm_ctx *ctx)
{
	const u32 option = NTLM_OPT_CHANNEL_BINDINGS;

	return ctx->has_bindings &&
	       ((ctx->required & option) || !(ctx->wished & option));
}

static int ntlm_answer_check_required(const struct ntlm_ctx *ctx,
				      const struct ntlm_answer *answer,
				      const char **why)
{
	const u32 sign = NTLM_OPT_INTEGRITY | NTLM_OPT_REPLAY_DETECT |
			 NTLM_OPT_SEQUENCE_DETECT;
	const u32 flags = answer->flags;

	if ((ctx->required & sign) && !(flags & NTLM_NEGOTIATE_SIGN)) {
		*why = "integrity is required and SIGN was not negotiated";
		return -EOPNOTSUPP;
	}
	if ((ctx->required & NTLM_OPT_CONFIDENTIALITY) &&
	    !(flags & NTLM_NEGOTIATE_SEAL)) {
		*why = "confidentiality is required and SEAL was not negotiated";
		return -EOPNOTSUPP;
	}
	if ((ctx->required & NTLM_OPT_IDENTIFY) &&
	    !(flags & NTLM_NEGOTIATE_IDENTIFY)) {
		*why = "identify is required and IDENTIFY was not negotiated";
		return -EOPNOTSUPP;
	}
	if ((ctx->required & NTLM_OPT_ANONYMOUS) &&
	    !(flags & NTLM_NEGOTIATE_ANONYMOUS)) {
		*why = "anonymous is required and ANONYMOUS was not negotiated";
		return -EOPNOTSUPP;
	}
	if (ntlm_bindings_mandatory(ctx) &&
	    !(answer->granted & NTLM_OPT_CHANNEL_BINDINGS)) {
		*why = "channel bindings are required and were not granted";
		return -EOPNOTSUPP;
	}
	return 0;
}

/* Nobody was authenticated, so nothing can be protected. */
static int ntlm_answer_check_nobody(const struct ntlm_ctx *ctx,
				    const struct ntlm_answer *answer,
				    const char **why)
{
	const u32 anonymous = NTLM_OPT_ANONYMOUS | NTLM_OPT_IDENTIFY;

	if ((answer->flags & NTLM_NEGOTIATE_ANONYMOUS) &&
	    !((ctx->required | ctx->wished) & NTLM_OPT_ANONYMOUS)) {
		*why = "ANONYMOUS negotiated and not asked for";
		return -EPROTO;
	}
	if ((answer->identity & NTLM_IDENTITY_GUEST) &&
	    ctx->role != NTLM_ROLE_ACCEPTOR) {
		*why = "only an acceptor has guests";
		return -EPROTO;
	}
	if (ctx->required & ~anonymous) {
		*why = "protection is required and the context is anonymous or a guest's";
		return -EOPNOTSUPP;
	}
	return 0;
}

static int ntlm_answer_check_strength(const struct ntlm_ctx *ctx, u32 flags,
				      const char **why)
{
	if (!(flags & (NTLM_NEGOTIATE_SIGN | NTLM_NEGOTIATE_SEAL)))
		return 0;
	if (!(flags & NTLM_NEGOTIATE_EXTENDED_SESSIONSECURITY) &&
	    !ctx->allow_legacy) {
		*why = "EXTENDED_SESSIONSECURITY was not negotiated";
		return -EOPNOTSUPP;
	}
	if (ntlm_key_bits(flags) < ctx->min_key_bits) {
		*why = "the negotiated key is weaker than required";
		return -EOPNOTSUPP;
	}
	return 0;
}

/* What comes with flags and session key */
static int ntlm_answer_check_keys(const struct ntlm_ctx *ctx,
				  const struct ntlm_answer *answer,
				  const char **why)
{
	const u32 flags = answer->flags;
	bool connectionless = ctx->mode == NTLM_MODE_CONNECTIONLESS;
	bool datagram = flags & NTLM_NEGOTIATE_DATAGRAM;
	int err;

	if (ctx->keyed) {
		*why = "flags or session key again";
		return -EPROTO;
	}
	if (!answer->has_flags) {
		*why = "a session key without negotiated flags";
		return -EPROTO;
	}
	if (datagram != connectionless) {
		*why = datagram ? "DATAGRAM negotiated on a connection" :
				  "DATAGRAM was not negotiated";
		return -EPROTO;
	}
	/* The replay window and the keys of messages stand on it. */
	if (datagram && !(flags & NTLM_NEGOTIATE_KEY_EXCH) &&
	    !(flags & NTLM_NEGOTIATE_ANONYMOUS)) {
		*why = "DATAGRAM negotiated without KEY_EXCH";
		return -EPROTO;
	}

	err = ntlm_answer_check_required(ctx, answer, why);
	if (err)
		return err;
	if ((flags & NTLM_NEGOTIATE_ANONYMOUS) ||
	    (answer->identity & NTLM_IDENTITY_GUEST))
		return ntlm_answer_check_nobody(ctx, answer, why);

	if (!answer->has_key || ntlm_key_is_zero(answer->key)) {
		*why = "established without a session key";
		return -EPROTO;
	}
	return ntlm_answer_check_strength(ctx, flags, why);
}

static bool ntlm_answer_of_nobody(const struct ntlm_ctx *ctx,
				  const struct ntlm_answer *answer)
{
	u32 flags = answer->has_flags ? answer->flags : ctx->flags;
	u32 identity = answer->has_flags ? answer->identity : ctx->identity;

	return (flags & NTLM_NEGOTIATE_ANONYMOUS) ||
	       (identity & NTLM_IDENTITY_GUEST);
}

/* [RFC4178] section 5: both sides sign the list of mechanisms, or none. */
static int ntlm_answer_check_mics(const struct ntlm_ctx *ctx,
				  const struct ntlm_answer *answer,
				  const char **why)
{
	bool list = ctx->mech_list.data || answer->mech_list.data;
	u32 flags = answer->has_flags ? answer->flags : ctx->flags;
	bool keys = ctx->keyed || answer->has_flags;

	if (answer->mech_list.data && (!answer->has_flags || !ctx->spnego)) {
		*why = "a list of mechanisms out of place";
		return -EPROTO;
	}
	if (answer->has_peer_mic || answer->has_mic_offset) {
		if (!keys || !list) {
			*why = "a signature over mechanisms that are not known";
			return -EPROTO;
		}
		if (!(flags & (NTLM_NEGOTIATE_SIGN | NTLM_NEGOTIATE_SEAL))) {
			*why = "a signature over mechanisms without SIGN";
			return -EPROTO;
		}
		if (ntlm_answer_of_nobody(ctx, answer)) {
			*why = "a signature over mechanisms by nobody";
			return -EPROTO;
		}
	}
	if ((answer->has_peer_mic && ctx->mic_checked) ||
	    (answer->has_mic_offset && ctx->mic_made)) {
		*why = "a second signature over mechanisms";
		return -EPROTO;
	}
	if (answer->has_mic_offset &&
	    (answer->token.len < NTLM_SIGNATURE_SIZE ||
	     answer->mic_offset > answer->token.len - NTLM_SIGNATURE_SIZE)) {
		*why = "no room in the token for the signature over mechanisms";
		return -EPROTO;
	}
	if (answer->established &&
	    (ctx->mic_made || answer->has_mic_offset) !=
	    (ctx->mic_checked || answer->has_peer_mic)) {
		*why = "only one side signed the list of mechanisms";
		return -EPROTO;
	}
	return 0;
}

static bool ntlm_answer_names(const struct ntlm_answer *answer)
{
	return answer->user || answer->domain || answer->workstation ||
	       answer->sids || answer->credential;
}

/* Is this the right moment for what the answer holds? */
static int ntlm_answer_check_moment(const struct ntlm_ctx *ctx,
				    const struct ntlm_answer *answer,
				    const char **why)
{
	bool keys = answer->has_flags || answer->has_key;
	bool initiator = ctx->role == NTLM_ROLE_INITIATOR;

	/* Later they would be too late for what was decided with the flags. */
	if ((answer->granted || answer->identity) && !answer->has_flags) {
		*why = "granted options or identity without negotiated flags";
		return -EPROTO;
	}
	if (ntlm_answer_names(answer) && !answer->has_flags) {
		*why = "a name, SID or credential without negotiated flags";
		return -EPROTO;
	}
	if (!answer->established) {
		if (keys && !ctx->spnego) {
			*why = "flags or session key before the exchange is finished";
			return -EPROTO;
		}
		if (!answer->token.data) {
			*why = "no token and not established";
			return -EPROTO;
		}
	}
	if (!ctx->leg && (answer->established || keys)) {
		*why = "established before the peer said anything";
		return -EPROTO;
	}
	if (!answer->established)
		return 0;
	if (!keys && !ctx->keyed) {
		*why = "established without negotiated flags";
		return -EPROTO;
	}
	if (keys && initiator && !answer->token.data) {
		*why = "the token with the AUTHENTICATE_MESSAGE is missing";
		return -EPROTO;
	}
	return 0;
}

/**
 * ntlm_answer_check - check an answer with status 0 against its context
 * @ctx: context whose request was answered
 * @answer: the answer
 * @why: set to a text for the administrator when the answer is refused
 *
 * Context: any.
 * Return: 0 if the context may go on with the answer; -EOPNOTSUPP if a
 * required option or the required key strength is missing; -EPROTO if the
 * answer contradicts itself or the context ([MS-NLMP] sections 3.1.5.1.2 and
 * 3.2.5.1.2).
 */
int ntlm_answer_check(const struct ntlm_ctx *ctx,
		      const struct ntlm_answer *answer, const char **why)
{
	int err;

	err = ntlm_answer_check_moment(ctx, answer, why);
	if (!err && (answer->has_flags || answer->has_key))
		err = ntlm_answer_check_keys(ctx, answer, why);
	if (!err)
		err = ntlm_answer_check_mics(ctx, answer, why);
	return err;
}
