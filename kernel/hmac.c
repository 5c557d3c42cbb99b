// SPDX-License-Identifier: GPL-2.0-only
/*
 * MD5 and HMAC-MD5 (RFC 2104) without an allocation per message.
 *
 * Newer kernels offer both as library functions.  Older ones have only the
 * crypto API, whose hmac(md5) keeps the key in the transform and so wants one
 * transform per key.  There, one "md5" transform serves all keys: a prepared
 * key is the pair of MD5 states that follow the inner and the outer key block,
 * and each message starts from a copy of them in the descriptor: all drivers
 * keep a struct md5_state there, and a message is short enough for an export and
 * an import to count.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/errno.h>
#include <linux/fips.h>
#include <linux/printk.h>
#include <linux/string.h>
#include "hmac.h"

#ifdef NTLM_LIB_MD5

int ntlm_hmac_setup(void)
{
	return 0;
}

void ntlm_hmac_teardown(void)
{
}

int ntlm_md5(const u8 *data, size_t len, u8 out[MD5_DIGEST_SIZE])
{
	md5(data, len, out);
	return 0;
}

int ntlm_hmac_prepare(struct ntlm_hmac_key *key,
		      const u8 raw[NTLM_HMAC_KEY_SIZE])
{
	hmac_md5_preparekey(&key->key, raw, NTLM_HMAC_KEY_SIZE);
	return 0;
}
EXPORT_SYMBOL_NTLM_KUNIT(ntlm_hmac_prepare);

void ntlm_hmac_init(struct ntlm_hmac *h, const struct ntlm_hmac_key *key)
{
	hmac_md5_init(&h->ctx, &key->key);
}
EXPORT_SYMBOL_NTLM_KUNIT(ntlm_hmac_init);

void ntlm_hmac_update(struct ntlm_hmac *h, const void *data, unsigned int len)
{
	hmac_md5_update(&h->ctx, data, len);
}
EXPORT_SYMBOL_NTLM_KUNIT(ntlm_hmac_update);

int ntlm_hmac_final(struct ntlm_hmac *h, u8 out[MD5_DIGEST_SIZE])
{
	hmac_md5_final(&h->ctx, out);
	return 0;
}
EXPORT_SYMBOL_NTLM_KUNIT(ntlm_hmac_final);

unsigned int ntlm_hmac_gap(const struct ntlm_hmac *h)
{
	return -h->ctx.hash_ctx.bytecount % MD5_BLOCK_SIZE;
}
EXPORT_SYMBOL_NTLM_KUNIT(ntlm_hmac_gap);

u32 *ntlm_hmac_blocks(struct ntlm_hmac *h, unsigned int n)
{
	h->ctx.hash_ctx.bytecount += (u64)n * MD5_BLOCK_SIZE;
	return h->ctx.hash_ctx.state.h;
}

#else /* !NTLM_LIB_MD5 */

#define HMAC_IPAD	0x36
#define HMAC_OPAD	0x5c

/* For all messages of all contexts: nothing that is written shares its line. */
static struct crypto_shash *ntlm_md5_tfm __read_mostly;

/**
 * ntlm_hmac_setup() - get what the hash functions need
 *
 * In FIPS mode there is no MD5, and no context that would need it.
 *
 * Context: process, may sleep and load modules.
 * Return: 0; -ENOENT if the kernel has no MD5; -EOPNOTSUPP if the state of its
 * driver is not struct md5_state; -ENOMEM.
 */
int ntlm_hmac_setup(void)
{
	struct crypto_shash *tfm;

	if (fips_enabled)
		return 0;
	tfm = crypto_alloc_shash("md5", 0, CRYPTO_ALG_ALLOCATES_MEMORY);
	if (IS_ERR(tfm)) {
		pr_err("no MD5 in this kernel (CONFIG_CRYPTO_MD5): %ld\n",
		       PTR_ERR(tfm));
		return PTR_ERR(tfm);
	}
	if (crypto_shash_statesize(tfm) != sizeof(struct md5_state) ||
	    crypto_shash_descsize(tfm) != sizeof(struct md5_state)) {
		pr_err("MD5 driver %s has an unknown kind of state\n",
		       crypto_shash_driver_name(tfm));
		crypto_free_shash(tfm);
		return -EOPNOTSUPP;
	}
	ntlm_md5_tfm = tfm;
	return 0;
}

/**
 * ntlm_hmac_teardown() - give back what ntlm_hmac_setup() got
 *
 * Context: process; nobody computes any more.
 */
void ntlm_hmac_teardown(void)
{
	crypto_free_shash(ntlm_md5_tfm);
	ntlm_md5_tfm = NULL;
}

/**
 * ntlm_md5() - MD5 of bytes in one piece
 * @data: @len bytes
 * @len: number of bytes
 * @out: the digest, 16 bytes
 *
 * Context: any that may use the kernel's stack; takes no lock.
 * Return: 0; -EOPNOTSUPP in FIPS mode; an error of the hash driver.
 */
int ntlm_md5(const u8 *data, size_t len, u8 out[MD5_DIGEST_SIZE])
{
	SHASH_DESC_ON_STACK(desc, ntlm_md5_tfm);
	int err;

	if (!ntlm_md5_tfm)
		return -EOPNOTSUPP;
	desc->tfm = ntlm_md5_tfm;
	err = crypto_shash_digest(desc, data, len, out);
	shash_desc_zero(desc);
	return err;
}

static struct shash_desc *ntlm_hmac_desc(struct ntlm_hmac *h)
{
	return (struct shash_desc *)h->desc;
}

static struct md5_state *ntlm_hmac_state(struct ntlm_hmac *h)
{
	return shash_desc_ctx(ntlm_hmac_desc(h));
}

/* The MD5 state after one block: the key, padded with zeros, XOR @pad. */
static int ntlm_hmac_block(u32 state[MD5_HASH_WORDS],
			   const u8 raw[NTLM_HMAC_KEY_SIZE], u8 pad)
{
	u8 block[MD5_HMAC_BLOCK_SIZE];
	struct ntlm_hmac h;
	unsigned int i;
	int err;

	memset(block, pad, sizeof(block));
	for (i = 0; i < NTLM_HMAC_KEY_SIZE; i++)
		block[i] ^= raw[i];

	ntlm_hmac_desc(&h)->tfm = ntlm_md5_tfm;
	err = crypto_shash_init(ntlm_hmac_desc(&h));
	if (!err)
		err = crypto_shash_update(ntlm_hmac_desc(&h), block,
					  sizeof(block));
	if (!err)
		memcpy(state, ntlm_hmac_state(&h)->hash, MD5_DIGEST_SIZE);

	memzero_explicit(&h, sizeof(h));
	memzero_explicit(block, sizeof(block));
	return err;
}

/* Go on after the first block. */
static void ntlm_hmac_resume(struct ntlm_hmac *h,
			     const u32 state[MD5_HASH_WORDS])
{
	memcpy(ntlm_hmac_state(h)->hash, state, MD5_DIGEST_SIZE);
	ntlm_hmac_state(h)->byte_count = MD5_HMAC_BLOCK_SIZE;
}

/**
 * ntlm_hmac_prepare() - prepare a key of 16 bytes
 * @key: the prepared key, to be wiped by the caller
 * @raw: the key, 16 bytes
 *
 * Context: process; takes no lock.
 * Return: 0; -EOPNOTSUPP in FIPS mode; an error of the hash driver.
 */
int ntlm_hmac_prepare(struct ntlm_hmac_key *key,
		      const u8 raw[NTLM_HMAC_KEY_SIZE])
{
	int err;

	if (!ntlm_md5_tfm)
		return -EOPNOTSUPP;
	err = ntlm_hmac_block(key->inner, raw, HMAC_IPAD);
	if (err)
		return err;
	return ntlm_hmac_block(key->outer, raw, HMAC_OPAD);
}
EXPORT_SYMBOL_NTLM_KUNIT(ntlm_hmac_prepare);

/**
 * ntlm_hmac_init() - begin a message
 * @h: the computation; must be ended with ntlm_hmac_final(), which wipes it
 * @key: the prepared key; must stay until the end
 *
 * Context: process; takes no lock, allocates nothing.
 */
void ntlm_hmac_init(struct ntlm_hmac *h, const struct ntlm_hmac_key *key)
{
	h->key = key;
	h->err = 0;
	ntlm_hmac_desc(h)->tfm = ntlm_md5_tfm;
	ntlm_hmac_resume(h, key->inner);
}
EXPORT_SYMBOL_NTLM_KUNIT(ntlm_hmac_init);

/**
 * ntlm_hmac_update() - add bytes to the message
 * @h: the computation
 * @data: @len bytes
 * @len: number of bytes, may be 0
 *
 * An error of the hash driver is kept for ntlm_hmac_final().
 *
 * Context: process; takes no lock, allocates nothing.
 */
void ntlm_hmac_update(struct ntlm_hmac *h, const void *data, unsigned int len)
{
	if (!h->err)
		h->err = crypto_shash_update(ntlm_hmac_desc(h), data, len);
}
EXPORT_SYMBOL_NTLM_KUNIT(ntlm_hmac_update);

/**
 * ntlm_hmac_final() - end the message and wipe the computation
 * @h: the computation
 * @out: the HMAC, 16 bytes; not written on error
 *
 * Context: process; takes no lock, allocates nothing.
 * Return: 0; the first error of the hash driver.
 */
int ntlm_hmac_final(struct ntlm_hmac *h, u8 out[MD5_DIGEST_SIZE])
{
	u8 inner[MD5_DIGEST_SIZE];
	int err = h->err;

	if (!err)
		err = crypto_shash_final(ntlm_hmac_desc(h), inner);
	if (!err) {
		ntlm_hmac_resume(h, h->key->outer);
		err = crypto_shash_finup(ntlm_hmac_desc(h), inner,
					 sizeof(inner), out);
	}

	memzero_explicit(inner, sizeof(inner));
	memzero_explicit(h, sizeof(*h));
	return err;
}
EXPORT_SYMBOL_NTLM_KUNIT(ntlm_hmac_final);

/**
 * ntlm_hmac_gap() - how far it is to the next block of MD5
 * @h: the computation
 *
 * Context: any.
 * Return: bytes that the block in progress wants, 0 to 63; 0 if there is none.
 */
unsigned int ntlm_hmac_gap(const struct ntlm_hmac *h)
{
	const struct md5_state *state = ntlm_hmac_state((struct ntlm_hmac *)h);

	return -state->byte_count % MD5_HMAC_BLOCK_SIZE;
}
EXPORT_SYMBOL_NTLM_KUNIT(ntlm_hmac_gap);

/**
 * ntlm_hmac_blocks() - have the caller hash the next blocks of the message
 * @h: the computation, with ntlm_hmac_gap() at 0
 * @n: number of blocks of 64 bytes
 *
 * Context: any.
 * Return: the four chaining words, which the caller replaces by those after the
 * @n blocks before anything else is done with @h.
 */
u32 *ntlm_hmac_blocks(struct ntlm_hmac *h, unsigned int n)
{
	struct md5_state *state = ntlm_hmac_state(h);

	state->byte_count += (u64)n * MD5_HMAC_BLOCK_SIZE;
	return state->hash;
}

#endif /* !NTLM_LIB_MD5 */
