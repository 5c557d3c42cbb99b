// SPDX-License-Identifier: GPL-2.0-only
/*
 * The straightforward way to encrypt and to hash the same bytes, with the
 * kernel's library code, and the choice between it and the stitched one.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cache.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/minmax.h>
#include <linux/prandom.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "compat.h"
#include "stitch.h"

static void ntlm_library_seal(struct ntlm_hmac *hmac, struct arc4_ctx *rc4,
			      u8 *dst, const u8 *src, unsigned int len)
{
	/* In place, the plaintext is gone once it is encrypted. */
	ntlm_hmac_update(hmac, src, len);
	arc4_crypt(rc4, dst, src, len);
}

static void ntlm_library_unseal(struct ntlm_hmac *hmac, struct arc4_ctx *rc4,
				u8 *dst, const u8 *src, unsigned int len)
{
	arc4_crypt(rc4, dst, src, len);
	ntlm_hmac_update(hmac, dst, len);
}

const struct ntlm_sealer ntlm_sealer_library = {
	.name	= "library",
	.seal	= ntlm_library_seal,
	.unseal	= ntlm_library_unseal,
};
EXPORT_SYMBOL_NTLM_KUNIT(ntlm_sealer_library);

const struct ntlm_sealer *ntlm_sealer __ro_after_init = &ntlm_sealer_library;
EXPORT_SYMBOL_NTLM_KUNIT(ntlm_sealer);

#define NTLM_TRIAL_MAX	1024	/* bytes of a message */
#define NTLM_TRIALS	32	/* messages in each direction */
#define NTLM_TRIAL_SEED	1	/* any: the same messages each time */

/* A message on both ways */
struct ntlm_trial {
	struct rnd_state	rnd;
	struct ntlm_hmac_key	key;
	struct arc4_ctx		library;
	struct arc4_ctx		tried;
	u8			text[NTLM_TRIAL_MAX];
	u8			expected[NTLM_TRIAL_MAX];
	u8			out[NTLM_TRIAL_MAX];
};

/*
 * A message of random length, on one way in one piece and on the other in
 * random ones.
 */
static bool __init ntlm_trial_passes(struct ntlm_trial *t,
				     const struct ntlm_sealer *sealer,
				     bool unseal, bool in_place)
{
	unsigned int len = 1 + prandom_u32_state(&t->rnd) % NTLM_TRIAL_MAX;
	u8 expected[MD5_DIGEST_SIZE], digest[MD5_DIGEST_SIZE];
	const u8 *src = in_place ? t->out : t->text;
	unsigned int at = 0, piece;
	struct ntlm_hmac hmac;

	prandom_bytes_state(&t->rnd, t->text, len);

	ntlm_hmac_init(&hmac, &t->key);
	if (unseal)
		ntlm_library_unseal(&hmac, &t->library, t->expected, t->text,
				    len);
	else
		ntlm_library_seal(&hmac, &t->library, t->expected, t->text,
				  len);
	if (ntlm_hmac_final(&hmac, expected))
		return false;

	if (in_place)
		memcpy(t->out, t->text, len);
	ntlm_hmac_init(&hmac, &t->key);
	while (at < len) {
		piece = 1 + prandom_u32_state(&t->rnd) % NTLM_TRIAL_MAX;
		piece = min(piece, len - at);
		if (unseal)
			sealer->unseal(&hmac, &t->tried, t->out + at, src + at,
				       piece);
		else
			sealer->seal(&hmac, &t->tried, t->out + at, src + at,
				     piece);
		at += piece;
	}
	if (ntlm_hmac_final(&hmac, digest))
		return false;

	return !memcmp(digest, expected, sizeof(digest)) &&
	       !memcmp(t->out, t->expected, len) &&
	       !memcmp(&t->tried, &t->library, sizeof(t->tried));
}

static bool __init ntlm_sealer_passes(struct ntlm_trial *t,
				      const struct ntlm_sealer *sealer)
{
	static const u8 raw[NTLM_HMAC_KEY_SIZE] __initconst = { 1, 2, 3 };
	unsigned int i;

	prandom_seed_state(&t->rnd, NTLM_TRIAL_SEED);
	if (ntlm_hmac_prepare(&t->key, raw) ||
	    arc4_setkey(&t->library, raw, sizeof(raw)))
		return false;
	t->tried = t->library;
	for (i = 0; i < 2 * NTLM_TRIALS; i++)
		if (!ntlm_trial_passes(t, sealer, i & 1, i & 2))
			return false;
	return true;
}

/**
 * ntlm_sealer_choose() - choose how messages are sealed
 *
 * The stitched way, where it is worth it and does what the library does; else
 * the library, and a log line says why.
 *
 * Context: process, at module load, after ntlm_hmac_setup().
 * Return: 0; -ENOMEM.
 */
int __init ntlm_sealer_choose(void)
{
	const struct ntlm_sealer *sealer = &ntlm_sealer_stitched;
	struct ntlm_trial *t;
	bool passes;

	if (!NTLM_STITCH_WANTED) {
		pr_notice("sealing in two passes: one is not faster on this architecture\n");
		return 0;
	}
	t = kzalloc(sizeof(*t), GFP_KERNEL);
	if (!t)
		return -ENOMEM;
	passes = ntlm_sealer_passes(t, sealer);
	kfree(t);
	if (passes)
		ntlm_sealer = sealer;
	else
		pr_notice("sealing in two passes: the code for one does not work as compiled\n");
	return 0;
}
