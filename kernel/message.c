// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages of an established context, for its client: what is done with them is
 * in session.c.
 *
 * An error of the hash driver, which some functions may return, comes from the
 * crypto API of kernels before 6.18; newer ones have MD5 as a function that cannot
 * fail.  Such a message changes nothing in the context and takes no number.
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
 * Available with SIGN or SEAL negotiated.  Messages, signed and sealed ones
 * together, are numbered in the order in which callers get the lock of the
 * direction; who must send them in that order holds a lock of his own around both.
 * Nothing is allocated or copied.
 *
 * Without EXTENDED_SESSIONSECURITY both directions count together: messages
 * have to be processed in the same order at both ends, those that come between
 * those that go.  With ALWAYS_SIGN and neither SIGN nor SEAL negotiated the
 * signature is a constant, and ntlm_verify() compares with it: it protects
 * nothing ([MS-NLMP] section 3.4.4.3).
 *
 * Context: process, may sleep; takes the lock of the direction, without
 * EXTENDED_SESSIONSECURITY of both.
 * Return:
 * * 0
 * * -ENOTCONN - the context is not established
 * * -EINVAL - it is connectionless
 * * -ENOKEY - it is anonymous or negotiated no protection
 * * -EKEYEXPIRED - message 2^32 - 1 was the last one, create a new context
 * * -EINVAL - bad segments
 * * -EMSGSIZE - the message has more than INT_MAX bytes
 * * an error of the hash driver
 *
 * On error @signature is left as it was.
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
 * Messages have to be given in the order in which the peer numbered them.  One
 * that is refused changes nothing: the right one can follow.
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
 *	from their source to their destination, all are signed; without
 *	EXTENDED_SESSIONSECURITY not the ones with NTLM_SEG_NO_SIGN
 * @nsegs: number of segments
 * @signature: set to NTLM_SIGNATURE_SIZE bytes
 *
 * Context: process, may sleep; takes the lock of the direction.
 * Return: as ntlm_sign(), and -EOPNOTSUPP if SEAL was not negotiated.  After an
 * error of the hash driver the destinations are zero, also where they are the
 * sources; after any other error they are as they were.
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
 * A message that is refused changes nothing in the context, and no plaintext
 * leaves that was not verified: after -EBADMSG, -EKEYEXPIRED and errors of the hash
 * driver the destinations are zero; in place, the ciphertext is lost.  After any
 * other error they are as they were.
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

/**
 * ntlm_sign_datagram - sign a message of a connectionless context
 * @ctx: established context of NTLM_MODE_CONNECTIONLESS
 * @seq: number of the message, for which the protocol around it has a place
 * @segs: the message in its order; no segment has NTLM_SEG_SEAL
 * @nsegs: number of segments
 * @signature: set to NTLM_SIGNATURE_SIZE bytes
 *
 * The key stream of a message depends on its number alone, so a number is good
 * for one message: [MS-NLMP] section 3.4, connectionless mode.  Numbers may be
 * used in any order as long as none is more than 511 below the greatest.
 * Both directions have numbers of their own.
 *
 * Context: process, may sleep; takes the lock of the direction.
 * Return:
 * * 0
 * * -ENOTCONN - the context is not established
 * * -EINVAL - it is connection-oriented, or bad segments
 * * -ENOKEY - it is anonymous or negotiated no protection
 * * -EALREADY - the number has been used
 * * -ESTALE - the number is so small that nobody knows whether it has been
 * * -EMSGSIZE - the message has more than INT_MAX bytes
 * * an error of the hash driver
 *
 * On error @signature is left as it was.
 */
int ntlm_sign_datagram(struct ntlm_ctx *ctx, u32 seq,
		       const struct ntlm_seg *segs, unsigned int nsegs,
		       u8 signature[NTLM_SIGNATURE_SIZE])
{
	if (!ntlm_ctx_established(ctx))
		return -ENOTCONN;
	return ntlm_session_sign_datagram(&ctx->session, seq, segs, nsegs,
					  signature);
}
EXPORT_SYMBOL_GPL(ntlm_sign_datagram);

/**
 * ntlm_verify_datagram - verify the signature of a message of a connectionless
 *	context
 * @ctx: established context of NTLM_MODE_CONNECTIONLESS
 * @seq: number of the message, as the protocol around it says
 * @segs: the message in its order; no segment has NTLM_SEG_SEAL
 * @nsegs: number of segments
 * @signature: NTLM_SIGNATURE_SIZE bytes
 *
 * Messages may get lost and come in any order.  A context with
 * NTLM_OPT_REPLAY_DETECT or NTLM_OPT_SEQUENCE_DETECT, required or wished,
 * accepts every number once; others leave that to the caller.  That is found out
 * before any of the message is looked at.  One that is refused changes nothing.
 *
 * Context: process, may sleep; takes the lock of the direction.
 * Return: as ntlm_sign_datagram(), where -EALREADY is a message that was
 * accepted before and -ESTALE one that is more than 511 behind the greatest
 * accepted one; and -EBADMSG if the signature or the number in it is wrong.
 */
int ntlm_verify_datagram(struct ntlm_ctx *ctx, u32 seq,
			 const struct ntlm_seg *segs, unsigned int nsegs,
			 const u8 signature[NTLM_SIGNATURE_SIZE])
{
	if (!ntlm_ctx_established(ctx))
		return -ENOTCONN;
	return ntlm_session_verify_datagram(&ctx->session, seq, segs, nsegs,
					    signature);
}
EXPORT_SYMBOL_GPL(ntlm_verify_datagram);

/**
 * ntlm_seal_datagram - encrypt and sign a message of a connectionless context
 * @ctx: established context of NTLM_MODE_CONNECTIONLESS
 * @seq: number of the message, see ntlm_sign_datagram()
 * @segs: the message in its order; segments with NTLM_SEG_SEAL are encrypted
 *	from their source to their destination, all are signed
 * @nsegs: number of segments
 * @signature: set to NTLM_SIGNATURE_SIZE bytes
 *
 * Context: process, may sleep; takes the lock of the direction.
 * Return: as ntlm_sign_datagram(), and -EOPNOTSUPP if SEAL or
 * EXTENDED_SESSIONSECURITY was not negotiated.  What is in the destinations after
 * an error is as with ntlm_seal().
 */
int ntlm_seal_datagram(struct ntlm_ctx *ctx, u32 seq,
		       const struct ntlm_seg *segs, unsigned int nsegs,
		       u8 signature[NTLM_SIGNATURE_SIZE])
{
	if (!ntlm_ctx_established(ctx))
		return -ENOTCONN;
	return ntlm_session_seal_datagram(&ctx->session, seq, segs, nsegs,
					  signature);
}
EXPORT_SYMBOL_GPL(ntlm_seal_datagram);

/**
 * ntlm_unseal_datagram - decrypt and verify a message of a connectionless
 *	context
 * @ctx: established context of NTLM_MODE_CONNECTIONLESS
 * @seq: number of the message, see ntlm_verify_datagram()
 * @segs: the message in its order; segments with NTLM_SEG_SEAL are decrypted
 *	from their source to their destination
 * @nsegs: number of segments
 * @signature: NTLM_SIGNATURE_SIZE bytes
 *
 * A message that is refused changes nothing in the context.  After -EBADMSG,
 * -EALREADY, -ESTALE and errors of the hash driver the destinations are zero, after
 * any other error they are as they were.
 *
 * Context: process, may sleep; takes the lock of the direction.
 * Return: as ntlm_verify_datagram(), and -EOPNOTSUPP if SEAL or
 * EXTENDED_SESSIONSECURITY was not negotiated.
 */
int ntlm_unseal_datagram(struct ntlm_ctx *ctx, u32 seq,
			 const struct ntlm_seg *segs, unsigned int nsegs,
			 const u8 signature[NTLM_SIGNATURE_SIZE])
{
	if (!ntlm_ctx_established(ctx))
		return -ENOTCONN;
	return ntlm_session_unseal_datagram(&ctx->session, seq, segs, nsegs,
					    signature);
}
EXPORT_SYMBOL_GPL(ntlm_unseal_datagram);
