// SPDX-License-Identifier: GPL-2.0-only
/*
 * What session security knows of the inside of the kernel's RC4 and MD5, and
 * the check that it is so.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/fips.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "compat.h"
#include "session.h"
#include "stitch.h"

/* Steps between two chances for others to run */
#define NTLM_REWIND_CHUNK	4096

/**
 * ntlm_arc4_rewind() - step an RC4 handle backwards
 * @ctx: the handle, as arc4_setkey() and arc4_crypt() keep it
 * @steps: number of bytes of key stream to take back
 *
 * One step of RC4 (i and j are indices into the permutation S)::
 *
 *	i += 1;  j += S[i];  swap S[i] and S[j];  output S[S[i] + S[j]]
 *
 * The output does not change the state, and each of the other three can be
 * undone from what it leaves: the same swap again restores S, then S[i] is
 * what was added to j, and i goes back by one.  So the state before a step
 * follows from the state after it, and no copy of the 1 KiB state is needed to
 * undo a message.
 *
 * arc4_crypt() keeps y = j, but x is the i of the *next* step (arc4_setkey()
 * sets it to 1), so x goes back before the swap, not after it.
 *
 * The handle after the call is the one before the last @steps steps, if there
 * were so many since arc4_setkey().
 *
 * Context: process, may sleep; the caller owns @ctx.
 */
void ntlm_arc4_rewind(struct arc4_ctx *ctx, u32 steps)
{
	u32 *const S = ctx->S;
	u32 x = ctx->x, y = ctx->y, chunk, a;

	while (steps) {
		chunk = min_t(u32, steps, NTLM_REWIND_CHUNK);
		steps -= chunk;
		while (chunk--) {
			x = (x - 1) & 0xff;
			a = S[y];
			S[y] = S[x];
			S[x] = a;
			y = (y - a) & 0xff;
		}
		cond_resched();
	}
	ctx->x = x;
	ctx->y = y;
}
EXPORT_SYMBOL_NTLM_KUNIT(ntlm_arc4_rewind);

/* HMAC-MD5, test case 1 of RFC 2202 */
static int __init ntlm_hmac_selftest(void)
{
	static const u8 expected[MD5_DIGEST_SIZE] __initconst = {
		0x92, 0x94, 0x72, 0x7a, 0x36, 0x38, 0xbb, 0x1c,
		0x13, 0xf4, 0x8e, 0xf8, 0x15, 0x8b, 0xfc, 0x9d,
	};
	u8 raw[NTLM_HMAC_KEY_SIZE], digest[MD5_DIGEST_SIZE];
	struct ntlm_hmac_key key;
	struct ntlm_hmac hmac;
	int err;

	memset(raw, 0x0b, sizeof(raw));
	err = ntlm_hmac_prepare(&key, raw);
	if (err)
		return err;
	ntlm_hmac_init(&hmac, &key);
	ntlm_hmac_update(&hmac, "Hi There", 8);
	err = ntlm_hmac_final(&hmac, digest);
	if (err)
		return err;
	return memcmp(digest, expected, sizeof(digest)) ? -EOPNOTSUPP : 0;
}

/* ntlm_arc4_rewind() knows how the RC4 library keeps its state. */
static int __init ntlm_arc4_selftest(void)
{
	static const u8 key[] __initconst = { 1, 2, 3, 4, 5 };
	struct {
		struct arc4_ctx	fresh;
		struct arc4_ctx	used;
		u8		bytes[600];
	} *t;
	int err;

	t = kzalloc(sizeof(*t), GFP_KERNEL);
	if (!t)
		return -ENOMEM;
	err = arc4_setkey(&t->fresh, key, sizeof(key));
	if (err)
		goto out;
	t->used = t->fresh;
	arc4_crypt(&t->used, t->bytes, t->bytes, sizeof(t->bytes));
	ntlm_arc4_rewind(&t->used, sizeof(t->bytes));
	if (memcmp(&t->fresh, &t->used, sizeof(t->fresh)))
		err = -EOPNOTSUPP;
out:
	kfree(t);
	return err;
}

/**
 * ntlm_crypto_init() - get the algorithms and check that they are as expected
 *
 * Messages rely on the inside of the MD5 and RC4 states of the kernel, so a
 * kernel where they are different must not load the module.  In FIPS mode
 * nothing is checked and no session can be initialised.
 *
 * Context: process, at module load.
 * Return: 0; -EOPNOTSUPP: a state is not as expected; -ENOENT: no MD5; -ENOMEM.
 */
int __init ntlm_crypto_init(void)
{
	int err;

	err = ntlm_hmac_setup();
	if (err || fips_enabled)
		return err;
	err = ntlm_hmac_selftest();
	if (!err)
		err = ntlm_arc4_selftest();
	if (err) {
		pr_err("the MD5 or RC4 of this kernel is not as expected: %d\n",
		       err);
		goto teardown;
	}
	err = ntlm_sealer_choose();
	if (err)
		goto teardown;
	return 0;
teardown:
	ntlm_hmac_teardown();
	return err;
}

/**
 * ntlm_crypto_exit() - give the algorithms back
 *
 * Context: process, at module unload; there is no session any more.
 */
void ntlm_crypto_exit(void)
{
	ntlm_hmac_teardown();
}
