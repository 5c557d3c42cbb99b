// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages with extended session security, [MS-NLMP] section 3.4.4.2.
 *
 * Each direction has an RC4 handle, a signing key, and its own numbers.  Of a
 * message of n sealed bytes the key stream is used for these bytes first and
 * then, if KEY_EXCH was negotiated, for the 8 bytes of the checksum.  In
 * connectionless mode KEY_EXCH always is (section 3.1.5.2.1).
 */
#include <linux/build_bug.h>
#include <linux/string.h>
#include "compat.h"
#include "scheme.h"
#include "stitch.h"
#include "walk.h"

#define NTLM_CHECKSUM_SIZE	8

/* NTLMSSP_MESSAGE_SIGNATURE with extended session security, section 2.2.2.9.2 */
struct ntlm_ess_signature {
	__le32	version;
	u8	checksum[NTLM_CHECKSUM_SIZE];
	__le32	seq;
};

static_assert(sizeof(struct ntlm_ess_signature) == NTLM_SIGNATURE_SIZE);

static int ntlm_ess_derive_signkey(struct ntlm_direction *dir,
				   enum ntlm_role sender,
				   const u8 key[NTLM_SESSION_KEY_SIZE])
{
	u8 derived[NTLM_SESSION_KEY_SIZE];
	int err;

	err = ntlm_signkey(sender, key, derived);
	if (!err)
		err = ntlm_hmac_prepare(&dir->sign, derived);
	memzero_explicit(derived, sizeof(derived));
	return err;
}

static int ntlm_ess_derive(const struct ntlm_session *s,
			   struct ntlm_direction *dir, enum ntlm_role sender,
			   const u8 key[NTLM_SESSION_KEY_SIZE])
{
	int err;

	err = ntlm_ess_derive_signkey(dir, sender, key);
	return err ?: ntlm_counter_derive(s, dir, sender, key);
}

static int ntlm_ess_datagram_derive(const struct ntlm_session *s,
				    struct ntlm_direction *dir,
				    enum ntlm_role sender,
				    const u8 key[NTLM_SESSION_KEY_SIZE])
{
	int err;

	err = ntlm_ess_derive_signkey(dir, sender, key);
	return err ?: ntlm_datagram_derive(s, dir, sender, key);
}

static bool ntlm_ess_plausible(const struct ntlm_message *msg,
			       const u8 signature[NTLM_SIGNATURE_SIZE])
{
	struct ntlm_ess_signature sig;

	memcpy(&sig, signature, sizeof(sig));
	return le32_to_cpu(sig.version) == NTLM_SIGNATURE_VERSION &&
	       le32_to_cpu(sig.seq) == msg->seq;
}

/*
 * The plaintext is the source of what is sent and the destination of what is
 * received.  All segments are signed, NTLM_SEG_NO_SIGN or not: section 3.4.6.
 */
static int ntlm_ess_run(struct ntlm_message *msg,
			u8 signature[NTLM_SIGNATURE_SIZE])
{
	struct ntlm_ess_signature sig = {
		.version = cpu_to_le32(NTLM_SIGNATURE_VERSION),
		.seq = cpu_to_le32(msg->seq),
	};
	const struct ntlm_sealer *sealer = ntlm_sealer;
	struct arc4_ctx *rc4 = &msg->stream->rc4;
	bool unseal = msg->op == NTLM_TRACE_UNSEAL;
	u8 digest[MD5_DIGEST_SIZE];
	struct ntlm_walk walk;
	struct ntlm_hmac hmac;
	int err;

	ntlm_hmac_init(&hmac, &msg->dir->sign);
	ntlm_hmac_update(&hmac, &sig.seq, sizeof(sig.seq));

	ntlm_walk_start(&walk, msg->segs, msg->nsegs);
	while (ntlm_walk_next(&walk)) {
		if (!walk.dst) {
			ntlm_hmac_update(&hmac, walk.src, walk.len);
			continue;
		}
		if (unseal)
			sealer->unseal(&hmac, rc4, walk.dst, walk.src, walk.len);
		else
			sealer->seal(&hmac, rc4, walk.dst, walk.src, walk.len);
		msg->steps += walk.len;
	}

	err = ntlm_hmac_final(&hmac, digest);
	if (err)
		return err;
	memcpy(sig.checksum, digest, sizeof(sig.checksum));
	memzero_explicit(digest, sizeof(digest));
	if (msg->s->flags & NTLM_NEGOTIATE_KEY_EXCH ||
	    msg->s->mode == NTLM_MODE_CONNECTIONLESS)
		ntlm_message_crypt(msg, sig.checksum, sig.checksum,
				   sizeof(sig.checksum));
	memcpy(signature, &sig, sizeof(sig));
	/* The right checksum of a refused message is a forger's wish. */
	memzero_explicit(&sig, sizeof(sig));
	return 0;
}

static bool ntlm_ess_same(const u8 expected[NTLM_SIGNATURE_SIZE],
			  const u8 signature[NTLM_SIGNATURE_SIZE])
{
	return !crypto_memneq(expected, signature, NTLM_SIGNATURE_SIZE);
}

const struct ntlm_scheme ntlm_scheme_ess = {
	.seals		= true,
	.counts		= true,
	.derive		= ntlm_ess_derive,
	.admit		= ntlm_counter_admit,
	.plausible	= ntlm_ess_plausible,
	.run		= ntlm_ess_run,
	.same		= ntlm_ess_same,
	.commit		= ntlm_counter_commit,
	.undo		= ntlm_counter_undo,
};

const struct ntlm_scheme ntlm_scheme_ess_datagram = {
	.seals		= true,
	.derive		= ntlm_ess_datagram_derive,
	.admit		= ntlm_datagram_admit,
	.plausible	= ntlm_ess_plausible,
	.start		= ntlm_datagram_start,
	.run		= ntlm_ess_run,
	.same		= ntlm_ess_same,
	.commit		= ntlm_datagram_commit,
	.undo		= ntlm_datagram_undo,
};
