// SPDX-License-Identifier: GPL-2.0-only
/*
 * RC4 and MD5 in one pass over the data.
 *
 * Each of them is a chain of steps that depend on one another, and one chain
 * cannot keep a processor busy: most of the time it waits for the last result.
 * So the 64 steps that MD5 (RFC 1321) needs for a block of 64 bytes and the 64
 * steps of RC4 that encrypt as many bytes are written in turn.  The chains have
 * nothing to do with each other, and the pass takes little longer than MD5
 * alone.
 *
 * Both are cut into blocks of 64, but not in the same places.  MD5's blocks
 * begin where the bytes that were hashed before, the sequence number first of
 * all, fill one.  RC4's begin where its index i is a multiple of 64: then S[i]
 * of all steps of a block are at fixed places behind S[first i], and i neither
 * has to be counted nor wraps around inside of a block.  What comes before the
 * first and after the last block of either is left to the library:
 *
 *	seal	 RC4:  |arc4|  block 1 |  block 2 |  block 3 | arc4_crypt |
 *		 MD5:  | hmac_update |  block 1 |  block 2 |  block 3 |upd|
 *
 * Who reads plaintext must not meet who writes.  When sealing in place, RC4
 * overwrites what MD5 needs: MD5 is ahead by at least one block.  When
 * unsealing, MD5 needs what RC4 writes: RC4 is ahead by at least one block,
 * which gives its stores the time to get to the cache.
 */
#include <linux/bitops.h>
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/kernel.h>
#include "compat.h"
#include "stitch.h"

#define BLOCK	64

static_assert(BLOCK == MD5_HMAC_BLOCK_SIZE);
static_assert(ARRAY_SIZE(((struct arc4_ctx *)0)->S) % BLOCK == 0);

/*
 * The 64 steps of MD5: 16 in each of four rounds.  Where these tables are used
 * the compiler knows what is in them, so nothing of them remains.
 */
static const u32 md5_t[BLOCK] = {
	0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee,
	0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
	0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be,
	0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
	0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa,
	0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
	0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed,
	0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
	0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c,
	0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
	0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05,
	0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
	0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039,
	0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
	0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1,
	0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};

static const u8 md5_shift[4][4] = {
	{ 7, 12, 17, 22 }, { 5, 9, 14, 20 }, { 4, 11, 16, 23 }, { 6, 10, 15, 21 },
};

/* Which word of the block a round takes first, and how far the next one is */
static const u8 md5_word[4][2] = { { 0, 1 }, { 1, 5 }, { 5, 3 }, { 0, 7 } };

/**
 * struct stitch - what the steps of a pass work on
 * @S: the permutation of RC4
 * @x: the S[i] of the first step of the block
 * @y: j of RC4
 * @src: block that RC4 encrypts or decrypts
 * @dst: where that goes
 * @in: block that MD5 hashes
 * @a: the four words of MD5's state
 * @b: second word
 * @c: third word
 * @d: fourth word
 */
struct stitch {
	u32		*S;
	u32		*x;
	u32		y;
	const u8	*src;
	u8		*dst;
	const u8	*in;
	u32		a;
	u32		b;
	u32		c;
	u32		d;
};

/*
 * Step @k of RC4.  @word holds four bytes of data, the one to be encrypted as
 * the lowest.  It goes up to the top, so that after four steps all of them are
 * encrypted and back in their places.
 */
static __always_inline u32 rc4_step(struct stitch *p, unsigned int k, u32 word)
{
	u32 a = p->x[k], b;

	p->y = (p->y + a) & 0xff;
	b = p->S[p->y];
	p->S[p->y] = a;
	p->x[k] = b;
	return ror32(word ^ p->S[(a + b) & 0xff], 8);
}

/*
 * @w and the function of a round of MD5.  @x is the result of the step before,
 * everything else is known longer, so as little as possible is done after @x is
 * there.  In round 1 the bits of @z choose from @x and @y; a bit is set in one of
 * the two terms at most, so they can be added to @w one after the other.
 * Compilers see that as well, and would put together what has to be apart.
 */
static __always_inline u32 md5_add(unsigned int round, u32 w, u32 x, u32 y,
				   u32 z)
{
	switch (round) {
	case 0:
		return w + (z ^ (x & (y ^ z)));
	case 1:
		w += y & ~z;
		OPTIMIZER_HIDE_VAR(w);
		return w + (x & z);
	case 2:
		return w + (x ^ (y ^ z));
	default:
		return w + (y ^ (x | ~z));
	}
}

/* Step @k of MD5: the new value of @w. */
static __always_inline u32 md5_step(const struct stitch *p, unsigned int k,
				    u32 w, u32 x, u32 y, u32 z)
{
	unsigned int round = k / 16;
	unsigned int n = (md5_word[round][0] + md5_word[round][1] * k) % 16;

	w += get_unaligned_le32(p->in + 4 * n) + md5_t[k];
	OPTIMIZER_HIDE_VAR(w);
	w = md5_add(round, w, x, y, z);
	return rol32(w, md5_shift[round][k % 4]) + x;
}

/* Steps @k to @k + 3 of both, @k a multiple of 4. */
static __always_inline void four_steps(struct stitch *p, unsigned int k)
{
	u32 word = get_unaligned_le32(p->src + k);

	word = rc4_step(p, k, word);
	p->a = md5_step(p, k, p->a, p->b, p->c, p->d);
	word = rc4_step(p, k + 1, word);
	p->d = md5_step(p, k + 1, p->d, p->a, p->b, p->c);
	word = rc4_step(p, k + 2, word);
	p->c = md5_step(p, k + 2, p->c, p->d, p->a, p->b);
	word = rc4_step(p, k + 3, word);
	p->b = md5_step(p, k + 3, p->b, p->c, p->d, p->a);

	put_unaligned_le32(word, p->dst + k);
}

/*
 * Hash @n blocks from @in on, and encrypt as many from @src to @dst.  There is
 * at least one, rc4->x is a multiple of BLOCK, and @in and @dst keep the distance
 * that the top of the file asks for.
 *
 * The fifteen registers of x86-64 are just enough: only pointers and @n are left
 * for the stack, nothing that would have to be wiped.  Therefore the chaining words
 * stay in memory between blocks.  Where there are fewer, words of the permutation
 * and of the hash may be left on the stack, as by arc4_crypt() itself.
 */
static noinline void ntlm_stitch(u32 hash[MD5_HASH_WORDS], const u8 *in,
				 struct arc4_ctx *rc4, u8 *dst, const u8 *src,
				 unsigned int n)
{
	struct stitch p = {
		.S = rc4->S, .x = rc4->S + rc4->x, .y = rc4->y,
		.src = src, .dst = dst, .in = in,
	};

	do {
		p.a = hash[0];
		p.b = hash[1];
		p.c = hash[2];
		p.d = hash[3];

		four_steps(&p, 0);
		four_steps(&p, 4);
		four_steps(&p, 8);
		four_steps(&p, 12);
		four_steps(&p, 16);
		four_steps(&p, 20);
		four_steps(&p, 24);
		four_steps(&p, 28);
		four_steps(&p, 32);
		four_steps(&p, 36);
		four_steps(&p, 40);
		four_steps(&p, 44);
		four_steps(&p, 48);
		four_steps(&p, 52);
		four_steps(&p, 56);
		four_steps(&p, 60);

		hash[0] += p.a;
		hash[1] += p.b;
		hash[2] += p.c;
		hash[3] += p.d;

		p.x += BLOCK;
		if (p.x == p.S + ARRAY_SIZE(rc4->S))
			p.x = p.S;
		p.src += BLOCK;
		p.dst += BLOCK;
		p.in += BLOCK;
	} while (--n);

	rc4->x = p.x - p.S;
	rc4->y = p.y;
}

/* Bytes until RC4 is at the beginning of a block */
static unsigned int rc4_gap(const struct arc4_ctx *rc4)
{
	return -rc4->x % BLOCK;
}

static void ntlm_stitched_seal(struct ntlm_hmac *hmac, struct arc4_ctx *rc4,
			       u8 *dst, const u8 *src, unsigned int len)
{
	unsigned int crypt = rc4_gap(rc4), hash = ntlm_hmac_gap(hmac), n, done;

	/* MD5 is ahead. */
	while (hash < crypt + BLOCK)
		hash += BLOCK;
	if (len < hash + BLOCK) {
		ntlm_sealer_library.seal(hmac, rc4, dst, src, len);
		return;
	}

	n = (len - hash) / BLOCK;
	ntlm_hmac_update(hmac, src, hash);
	arc4_crypt(rc4, dst, src, crypt);
	ntlm_stitch(ntlm_hmac_blocks(hmac, n), src + hash, rc4, dst + crypt,
		    src + crypt, n);
	done = n * BLOCK;
	hash += done;
	crypt += done;
	ntlm_hmac_update(hmac, src + hash, len - hash);
	arc4_crypt(rc4, dst + crypt, src + crypt, len - crypt);
}

static void ntlm_stitched_unseal(struct ntlm_hmac *hmac, struct arc4_ctx *rc4,
				 u8 *dst, const u8 *src, unsigned int len)
{
	unsigned int crypt = rc4_gap(rc4), hash = ntlm_hmac_gap(hmac), n, done;

	/* RC4 is ahead. */
	while (crypt < hash + BLOCK)
		crypt += BLOCK;
	if (len < crypt + BLOCK) {
		ntlm_sealer_library.unseal(hmac, rc4, dst, src, len);
		return;
	}

	n = (len - crypt) / BLOCK;
	arc4_crypt(rc4, dst, src, crypt);
	ntlm_hmac_update(hmac, dst, hash);
	ntlm_stitch(ntlm_hmac_blocks(hmac, n), dst + hash, rc4, dst + crypt,
		    src + crypt, n);
	done = n * BLOCK;
	hash += done;
	crypt += done;
	arc4_crypt(rc4, dst + crypt, src + crypt, len - crypt);
	ntlm_hmac_update(hmac, dst + hash, len - hash);
}

const struct ntlm_sealer ntlm_sealer_stitched = {
	.name	= "stitched",
	.seal	= ntlm_stitched_seal,
	.unseal	= ntlm_stitched_unseal,
};
EXPORT_SYMBOL_NTLM_KUNIT(ntlm_sealer_stitched);
