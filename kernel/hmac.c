// SPDX-License-Identifier: GPL-2.0-only
/*
 * MD5 and HMAC-MD5 (RFC 2104) without an allocation per message.
 *
 * Newer kernels offer both as library functions.  Older ones have only the
 * crypto API, whose hmac(md5) keeps the key in the transform and so wants one
 * transform per key.  There, one "md5" transform serves all keys: a prepared
 * key is the pair of MD5 states that follow the inner and the outer key block,
 * and each message starts from an import of them.
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

void ntlm_hmac_init(struct ntlm_hmac *h, const struct ntlm_hmac_key *key)
{
	hmac_md5_init(&h->ctx, &key->key);
}

void ntlm_hmac_update(struct ntlm_hmac *h, const void *data, unsigned int len)
{
	hmac_md5_update(&h->ctx, data, len);
}

int ntlm_hmac_final(struct ntlm_hmac *h, u8 out[MD5_DIGEST_SIZE])
{
	hmac_md5_final(&h->ctx, out);
	return 0;
}

#else /* !NTLM_LIB_MD5 */

#define HMAC_IPAD	0x36
#define HMAC_OPAD	0x5c

static struct crypto_shash *ntlm_md5_tfm;

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
	if (crypto_shash_statesize(tfm) != sizeof(struct md5_state)) {
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

/* The MD5 state after one block: the key, padded with zeros, XOR @pad. */
static int ntlm_hmac_block(u32 state[MD5_HASH_WORDS],
			   const u8 raw[NTLM_HMAC_KEY_SIZE], u8 pad)
{
	SHASH_DESC_ON_STACK(desc, ntlm_md5_tfm);
	u8 block[MD5_HMAC_BLOCK_SIZE];
	struct md5_state md5;
	unsigned int i;
	int err;

	memset(block, pad, sizeof(block));
	for (i = 0; i < NTLM_HMAC_KEY_SIZE; i++)
		block[i] ^= raw[i];

	desc->tfm = ntlm_md5_tfm;
	err = crypto_shash_init(desc);
	if (!err)
		err = crypto_shash_update(desc, block, sizeof(block));
	if (!err)
		err = crypto_shash_export(desc, &md5);
	if (!err)
		memcpy(state, md5.hash, sizeof(md5.hash));

	shash_desc_zero(desc);
	memzero_explicit(block, sizeof(block));
	memzero_explicit(&md5, sizeof(md5));
	return err;
}

/* Go on after the first block. */
static int ntlm_hmac_resume(struct shash_desc *desc,
			    const u32 state[MD5_HASH_WORDS])
{
	struct md5_state md5 = { .byte_count = MD5_HMAC_BLOCK_SIZE };
	int err;

	memcpy(md5.hash, state, sizeof(md5.hash));
	desc->tfm = ntlm_md5_tfm;
	err = crypto_shash_import(desc, &md5);
	memzero_explicit(&md5, sizeof(md5));
	return err;
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
	h->err = ntlm_hmac_resume((struct shash_desc *)h->desc, key->inner);
}

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
		h->err = crypto_shash_update((struct shash_desc *)h->desc,
					     data, len);
}

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
	struct shash_desc *desc = (struct shash_desc *)h->desc;
	u8 inner[MD5_DIGEST_SIZE];
	int err = h->err;

	if (!err)
		err = crypto_shash_final(desc, inner);
	if (!err)
		err = ntlm_hmac_resume(desc, h->key->outer);
	if (!err)
		err = crypto_shash_finup(desc, inner, sizeof(inner), out);

	memzero_explicit(inner, sizeof(inner));
	shash_desc_zero(desc);
	return err;
}

#endif /* !NTLM_LIB_MD5 */
