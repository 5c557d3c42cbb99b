/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * MD5 and HMAC-MD5 without an allocation per message.
 */
#ifndef _NTLM_HMAC_H
#define _NTLM_HMAC_H

#include <crypto/hash.h>
#include <crypto/md5.h>
#include <linux/types.h>
#include "compat.h"

#define NTLM_HMAC_KEY_SIZE	16

/**
 * struct ntlm_hmac_key - a prepared key: two MD5 states of one block each
 * @key: the states, where the kernel has them as a type
 * @inner: MD5 state after the block (key XOR ipad)
 * @outer: MD5 state after the block (key XOR opad)
 *
 * 32 bytes, secret: who has it can sign.
 */
struct ntlm_hmac_key {
#ifdef NTLM_LIB_MD5
	struct hmac_md5_key	key;
#else
	u32			inner[MD5_HASH_WORDS];
	u32			outer[MD5_HASH_WORDS];
#endif
};

/**
 * struct ntlm_hmac - a computation in progress, on the stack of its user
 * @ctx: the state, where the kernel has it as a type
 * @key: the prepared key
 * @err: first error of the hash driver
 * @desc: struct shash_desc and the struct md5_state that belongs to it
 *
 * Wiped by ntlm_hmac_final().
 */
struct ntlm_hmac {
#ifdef NTLM_LIB_MD5
	struct hmac_md5_ctx		ctx;
#else
	const struct ntlm_hmac_key	*key;
	int				err;
	u8 desc[sizeof(struct shash_desc) + sizeof(struct md5_state)]
		__aligned(__alignof__(struct shash_desc));
#endif
};

int ntlm_hmac_setup(void);
void ntlm_hmac_teardown(void);

int ntlm_md5(const u8 *data, size_t len, u8 out[MD5_DIGEST_SIZE]);

int ntlm_hmac_prepare(struct ntlm_hmac_key *key,
		      const u8 raw[NTLM_HMAC_KEY_SIZE]);
void ntlm_hmac_init(struct ntlm_hmac *h, const struct ntlm_hmac_key *key);
void ntlm_hmac_update(struct ntlm_hmac *h, const void *data, unsigned int len);
int ntlm_hmac_final(struct ntlm_hmac *h, u8 out[MD5_DIGEST_SIZE]);

/* For who has an MD5 of his own and wants whole blocks to hash with it */
unsigned int ntlm_hmac_gap(const struct ntlm_hmac *h);
u32 *ntlm_hmac_blocks(struct ntlm_hmac *h, unsigned int n);

#endif /* _NTLM_HMAC_H */
