// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages of an established context, for its client: what is done with them is
 * in session.c.
 */
#include <linux/export.h>
#include "core.h"

/**
 * ntlm_sign - sign a message, GSS_GetMICEx ([MS-NLMP] section 3.4.8)
 * @ctx: established context
 * @segs: the message in its order; no segment has NTLM_SEG_SEAL
 * @nsegs: number of segments
 * @signature: set to NTLM_SIGNATURE_SIZE bytes
 *
 * Messages are numbered in the order of the calls, which has to be the order
 * in which they are sent.  Nothing is allocated or copied.
 *
 * Context: process, may sleep; takes the lock of the direction.
 * Return:
 * * 0
 * * -ENOTCONN - the context is not established
 * * -ENOKEY - it is anonymous or negotiated no protection
 * * -EKEYEXPIRED - message 2^32 - 1 was the last one, create a new context
 * * -EINVAL - bad segments
 * * -EMSGSIZE - the message has more than INT_MAX bytes
 */
int ntlm_sign(struct ntlm_ctx *ctx, const struct ntlm_seg *segs,
	      unsigned int nsegs, u8 signature[NTLM_SIGNATURE_SIZE])
{
	if (!ntlm_ctx_established(ctx))
		return -ENOTCONN;
	return ntlm_session_sign(&ctx->session, segs, nsegs, signature);
}
EXPORT_SYMBOL_GPL(ntlm_sign);

/**
 * ntlm_verify - verify the signature of a message, GSS_VerifyMICEx
 *	([MS-NLMP] section 3.4.9)
 * @ctx: established context
 * @segs: the message in its order; no segment has NTLM_SEG_SEAL
 * @nsegs: number of segments
 * @signature: NTLM_SIGNATURE_SIZE bytes
 *
 * A message that is refused changes nothing: the right one can follow.
 *
 * Context: process, may sleep; takes the lock of the direction.
 * Return: as ntlm_sign(), and -EBADMSG if the signature or its sequence
 * number is wrong.
 */
int ntlm_verify(struct ntlm_ctx *ctx, const struct ntlm_seg *segs,
		unsigned int nsegs, const u8 signature[NTLM_SIGNATURE_SIZE])
{
	if (!ntlm_ctx_established(ctx))
		return -ENOTCONN;
	return ntlm_session_verify(&ctx->session, segs, nsegs, signature);
}
EXPORT_SYMBOL_GPL(ntlm_verify);

/**
 * ntlm_seal - encrypt and sign a message, GSS_WrapEx ([MS-NLMP] section 3.4.6)
 * @ctx: established context
 * @segs: the message in its order; segments with NTLM_SEG_SEAL are encrypted
 *	from their source to their destination, all are signed
 * @nsegs: number of segments
 * @signature: set to NTLM_SIGNATURE_SIZE bytes
 *
 * Context: process, may sleep; takes the lock of the direction.
 * Return: as ntlm_sign(), and -EOPNOTSUPP if SEAL was not negotiated.
 */
int ntlm_seal(struct ntlm_ctx *ctx, const struct ntlm_seg *segs,
	      unsigned int nsegs, u8 signature[NTLM_SIGNATURE_SIZE])
{
	if (!ntlm_ctx_established(ctx))
		return -ENOTCONN;
	return ntlm_session_seal(&ctx->session, segs, nsegs, signature);
}
EXPORT_SYMBOL_GPL(ntlm_seal);

/**
 * ntlm_unseal - decrypt and verify a message, GSS_UnwrapEx
 *	([MS-NLMP] section 3.4.7)
 * @ctx: established context
 * @segs: the message in its order; segments with NTLM_SEG_SEAL are decrypted
 *	from their source to their destination
 * @nsegs: number of segments
 * @signature: NTLM_SIGNATURE_SIZE bytes
 *
 * A message that is refused changes nothing in the context, and the
 * destinations are zeroed, so that no plaintext leaves that was not verified.
 *
 * Context: process, may sleep; takes the lock of the direction.
 * Return: as ntlm_seal(), and -EBADMSG if the signature or its sequence
 * number is wrong.
 */
int ntlm_unseal(struct ntlm_ctx *ctx, const struct ntlm_seg *segs,
		unsigned int nsegs, const u8 signature[NTLM_SIGNATURE_SIZE])
{
	if (!ntlm_ctx_established(ctx))
		return -ENOTCONN;
	return ntlm_session_unseal(&ctx->session, segs, nsegs, signature);
}
EXPORT_SYMBOL_GPL(ntlm_unseal);
