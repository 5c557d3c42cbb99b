// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages without extended session security, [MS-NLMP] section 3.4.4.1.
 *
 * The checksum is a CRC32 that only its encryption keeps secret: who knows a
 * message can change it and the checksum with it.  Contexts are not created
 * with this scheme unless both their client and the helper's policy allow it.
 *
 * The key stream of a message of n sealed bytes is used for these bytes, then
 * for RandomPad, the CRC32 and the sequence number, 4 bytes each.  RandomPad is
 * sent as 0 and ignored on receipt: section 3.4.4.1 sets it to 0 after it was
 * encrypted, the example in section 4.2.2.4 and others send it.
 *
 * On a connection there is one handle and one counter for both directions, so
 * both ends must process all messages in the same order ("half-duplex").
 */
#include <linux/build_bug.h>
#include <linux/crc32.h>
#include <linux/string.h>
#include "compat.h"
#include "scheme.h"
#include "walk.h"

/* NTLMSSP_MESSAGE_SIGNATURE without extended session security, 2.2.2.9.1 */
struct ntlm_crc_signature {
	__le32	version;
	__le32	pad;
	__le32	checksum;
	__le32	seq;
};

static_assert(sizeof(struct ntlm_crc_signature) == NTLM_SIGNATURE_SIZE);

static bool ntlm_crc_plausible(const struct ntlm_message *msg,
			       const u8 signature[NTLM_SIGNATURE_SIZE])
{
	return get_unaligned_le32(signature) == NTLM_SIGNATURE_VERSION;
}

static void ntlm_crc_crypt(struct ntlm_message *msg, __le32 *field)
{
	ntlm_message_crypt(msg, (u8 *)field, (u8 *)field, sizeof(*field));
}

static int ntlm_crc_run(struct ntlm_message *msg,
			u8 signature[NTLM_SIGNATURE_SIZE])
{
	struct ntlm_crc_signature sig = {
		.version = cpu_to_le32(NTLM_SIGNATURE_VERSION),
		.seq = cpu_to_le32(msg->seq),
	};
	bool unseal = msg->op == NTLM_TRACE_UNSEAL;
	struct ntlm_walk walk;
	u32 crc = ~0;

	ntlm_walk_start(&walk, msg->segs, msg->nsegs);
	while (ntlm_walk_next(&walk)) {
		if (walk.dst && unseal)
			ntlm_message_crypt(msg, walk.dst, walk.src, walk.len);
		if (walk.sign)
			crc = crc32_le(crc, walk.dst && unseal ? walk.dst :
				       walk.src, walk.len);
		/* In place, the plaintext is gone once it is encrypted. */
		if (walk.dst && !unseal)
			ntlm_message_crypt(msg, walk.dst, walk.src, walk.len);
	}
	sig.checksum = cpu_to_le32(~crc);

	ntlm_crc_crypt(msg, &sig.pad);
	sig.pad = 0;
	ntlm_crc_crypt(msg, &sig.checksum);
	ntlm_crc_crypt(msg, &sig.seq);
	memcpy(signature, &sig, sizeof(sig));
	memzero_explicit(&sig, sizeof(sig));
	return 0;
}

static bool ntlm_crc_same(const u8 expected[NTLM_SIGNATURE_SIZE],
			  const u8 signature[NTLM_SIGNATURE_SIZE])
{
	const size_t from = offsetof(struct ntlm_crc_signature, checksum);

	return !crypto_memneq(expected + from, signature + from,
			      NTLM_SIGNATURE_SIZE - from);
}

const struct ntlm_scheme ntlm_scheme_crc = {
	.shared		= true,
	.seals		= true,
	.counts		= true,
	.derive		= ntlm_counter_derive,
	.admit		= ntlm_counter_admit,
	.plausible	= ntlm_crc_plausible,
	.run		= ntlm_crc_run,
	.same		= ntlm_crc_same,
	.commit		= ntlm_counter_commit,
	.undo		= ntlm_counter_undo,
};

/* Section 3.4.3: messages of connectionless sessions are sealed with ESS only. */
const struct ntlm_scheme ntlm_scheme_crc_datagram = {
	.derive		= ntlm_datagram_derive,
	.admit		= ntlm_datagram_admit,
	.plausible	= ntlm_crc_plausible,
	.start		= ntlm_datagram_start,
	.run		= ntlm_crc_run,
	.same		= ntlm_crc_same,
	.commit		= ntlm_datagram_commit,
	.undo		= ntlm_datagram_undo,
};
