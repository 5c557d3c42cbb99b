/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Encrypting or decrypting and, on the way, hashing the plaintext.
 */
#ifndef _NTLM_STITCH_H
#define _NTLM_STITCH_H

#include <crypto/arc4.h>
#include <linux/kconfig.h>
#include <linux/types.h>
#include "hmac.h"

/*
 * Whether the stitched way is worth it here.  It lives on registers, of which
 * 32-bit machines have few, and on words at any address.  UML does not say
 * that its processor can have these.
 */
#define NTLM_STITCH_WANTED \
	(IS_ENABLED(CONFIG_64BIT) && \
	 (IS_ENABLED(CONFIG_HAVE_EFFICIENT_UNALIGNED_ACCESS) || \
	  IS_ENABLED(CONFIG_UML)))

/**
 * struct ntlm_sealer - a way to take RC4 and HMAC-MD5 over the same bytes
 * @name: for log lines and benchmarks
 * @seal: encrypt @len bytes from @src to @dst; the HMAC takes in @src
 * @unseal: decrypt @len bytes from @src to @dst; the HMAC takes in @dst
 *
 * Both leave the HMAC and the RC4 handle as ntlm_hmac_update() and arc4_crypt()
 * over the same bytes would have left them, so a message may be cut into calls,
 * and calls of several ways be mixed, as one likes.  @dst may be @src, otherwise
 * they must not overlap; there is no need for alignment, and @len may be 0.
 *
 * Context: process; the caller owns the HMAC and the handle.  Neither locks,
 * allocates, or uses the FPU.
 */
struct ntlm_sealer {
	const char	*name;
	void		(*seal)(struct ntlm_hmac *hmac, struct arc4_ctx *rc4,
				u8 *dst, const u8 *src, unsigned int len);
	void		(*unseal)(struct ntlm_hmac *hmac, struct arc4_ctx *rc4,
				  u8 *dst, const u8 *src, unsigned int len);
};

extern const struct ntlm_sealer ntlm_sealer_library;
extern const struct ntlm_sealer ntlm_sealer_stitched;

/* The one that messages take; does not change after module load. */
extern const struct ntlm_sealer *ntlm_sealer;

int ntlm_sealer_choose(void);

#endif /* _NTLM_STITCH_H */
