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

/* [MS-NLMP] section 3.4.5.3: 128 wins over 56, neither means 40 bits. */
static unsigned int ntlm_key_bits(u32 flags)
{
	if (flags & NTLM_NEGOTIATE_128)
		return 128;
	return flags & NTLM_NEGOTIATE_56 ? 56 : 40;
}

static int ntlm_answer_check_open(const struct ntlm_answer *answer,
				  const char **why)
{
	if (answer->has_key || answer->has_flags) {
		*why = "flags or session key before the exchange is finished";
		return -EPROTO;
	}
	if (!answer->token.data) {
		*why = "no token and not established";
		return -EPROTO;
	}
	return 0;
}

static int ntlm_answer_check_required(const struct ntlm_ctx *ctx, u32 flags,
				      const char **why)
{
	const u32 sign = NTLM_OPT_INTEGRITY | NTLM_OPT_REPLAY_DETECT |
			 NTLM_OPT_SEQUENCE_DETECT;

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
 * answer contradicts itself or the context ([MS-NLMP] section 3.1.5.1.2).
 */
int ntlm_answer_check(const struct ntlm_ctx *ctx,
		      const struct ntlm_answer *answer, const char **why)
{
	const u32 flags = answer->flags;
	const u32 protect = NTLM_NEGOTIATE_SIGN | NTLM_NEGOTIATE_SEAL;
	int err;

	if (!answer->established)
		return ntlm_answer_check_open(answer, why);

	if (!ctx->leg) {
		*why = "established before the peer said anything";
		return -EPROTO;
	}
	if (!answer->token.data) {
		*why = "the last leg of an initiator has a token";
		return -EPROTO;
	}
	if (!answer->has_flags) {
		*why = "established without negotiated flags";
		return -EPROTO;
	}
	if (flags & NTLM_NEGOTIATE_DATAGRAM) {
		*why = "DATAGRAM negotiated on a connection";
		return -EPROTO;
	}
	if ((flags & NTLM_NEGOTIATE_ANONYMOUS) &&
	    !((ctx->required | ctx->wished) & NTLM_OPT_ANONYMOUS)) {
		*why = "ANONYMOUS negotiated and not asked for";
		return -EPROTO;
	}

	err = ntlm_answer_check_required(ctx, flags, why);
	if (err)
		return err;

	if (flags & NTLM_NEGOTIATE_ANONYMOUS) {
		/* Its key is public, so nothing that it signs is protected. */
		if (ctx->required & ~(NTLM_OPT_ANONYMOUS | NTLM_OPT_IDENTIFY)) {
			*why = "protection is required and the context is anonymous";
			return -EOPNOTSUPP;
		}
		return 0;
	}

	if (!answer->has_key || ntlm_key_is_zero(answer->key)) {
		*why = "established without a session key";
		return -EPROTO;
	}
	if (!(flags & protect))
		return 0;
	if (!(flags & NTLM_NEGOTIATE_EXTENDED_SESSIONSECURITY)) {
		*why = "EXTENDED_SESSIONSECURITY was not negotiated";
		return -EOPNOTSUPP;
	}
	if (ntlm_key_bits(flags) < ctx->min_key_bits) {
		*why = "the negotiated key is weaker than required";
		return -EOPNOTSUPP;
	}
	return 0;
}
