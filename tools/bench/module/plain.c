// SPDX-License-Identifier: GPL-2.0-only
/*
 * The straightforward way of [MS-NLMP] section 3.4.4.2 with what the kernel
 * offers to everybody: hmac(md5) over the message, then RC4 over it.
 */
#include <crypto/hash.h>
#include <crypto/md5.h>
#include <linux/bvec.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/string.h>
#include "bench.h"

#define CHECKSUM_SIZE	8

int bench_plain_init(struct bench_plain *p)
{
	struct crypto_shash *tfm;

	memset(p->key, 0x55, sizeof(p->key));
	tfm = crypto_alloc_shash("hmac(md5)", 0, 0);
	if (IS_ERR(tfm))
		return PTR_ERR(tfm);
	p->hmac = tfm;
	tfm = crypto_alloc_shash("md5", 0, 0);
	if (IS_ERR(tfm))
		return PTR_ERR(tfm);
	p->md5 = tfm;
	return crypto_shash_setkey(p->hmac, p->key, sizeof(p->key)) ?:
	       arc4_setkey(&p->arc4, p->key, sizeof(p->key));
}

void bench_plain_exit(struct bench_plain *p)
{
	crypto_free_shash(p->hmac);
	crypto_free_shash(p->md5);
}

/* The key stream of a datagram: RC4(MD5(key, number)) */
int bench_plain_datagram(struct bench_plain *p, u32 seq)
{
	SHASH_DESC_ON_STACK(desc, p->md5);
	struct {
		u8	key[NTLM_SESSION_KEY_SIZE];
		__le32	seq;
	} in = { .seq = cpu_to_le32(seq) };
	u8 key[MD5_DIGEST_SIZE];
	int err;

	memcpy(in.key, p->key, sizeof(in.key));
	desc->tfm = p->md5;
	err = crypto_shash_digest(desc, (u8 *)&in, sizeof(in), key);
	p->seq = seq;
	return err ?: arc4_setkey(&p->arc4, key, sizeof(key));
}

static u8 *plain_page(const struct bio_vec *bv)
{
	return (u8 *)page_address(bv->bv_page) + bv->bv_offset;
}

static int plain_update(struct shash_desc *desc, const struct ntlm_buf *buf,
			size_t len)
{
	const struct bio_vec *bv = buf->bvec;
	int err = 0;

	if (buf->data)
		return crypto_shash_update(desc, buf->data, len);
	for (; len && !err; len -= bv->bv_len, bv++)
		err = crypto_shash_update(desc, plain_page(bv), bv->bv_len);
	return err;
}

static int plain_checksum(struct bench_plain *p, const struct ntlm_buf *buf,
			  size_t len, u8 digest[MD5_DIGEST_SIZE])
{
	SHASH_DESC_ON_STACK(desc, p->hmac);
	__le32 seq = cpu_to_le32(p->seq++);

	desc->tfm = p->hmac;
	return crypto_shash_init(desc) ?:
	       crypto_shash_update(desc, (u8 *)&seq, sizeof(seq)) ?:
	       plain_update(desc, buf, len) ?:
	       crypto_shash_final(desc, digest);
}

/* Both sides of a segment are cut the same way. */
static void plain_crypt(struct bench_plain *p, const struct ntlm_seg *seg)
{
	const struct bio_vec *src = seg->src.bvec, *dst = seg->dst.bvec;
	size_t len = seg->len;

	if (seg->src.data) {
		arc4_crypt(&p->arc4, seg->dst.data, seg->src.data, len);
		return;
	}
	for (; len; len -= src->bv_len, src++, dst++)
		arc4_crypt(&p->arc4, plain_page(dst), plain_page(src),
			   src->bv_len);
}

static void plain_signature(struct bench_plain *p, u32 seq,
			    const u8 digest[MD5_DIGEST_SIZE],
			    u8 signature[NTLM_SIGNATURE_SIZE])
{
	__le32 version = cpu_to_le32(1), number = cpu_to_le32(seq);

	memcpy(signature, &version, sizeof(version));
	arc4_crypt(&p->arc4, signature + 4, digest, CHECKSUM_SIZE);
	memcpy(signature + 12, &number, sizeof(number));
}

int bench_plain_send(struct bench_plain *p, const struct ntlm_seg *seg,
		     u8 signature[NTLM_SIGNATURE_SIZE])
{
	u8 digest[MD5_DIGEST_SIZE];
	u32 seq = p->seq;
	int err;

	err = plain_checksum(p, &seg->src, seg->len, digest);
	if (err)
		return err;
	if (seg->flags & NTLM_SEG_SEAL)
		plain_crypt(p, seg);
	plain_signature(p, seq, digest, signature);
	return 0;
}

int bench_plain_receive(struct bench_plain *p, const struct ntlm_seg *seg,
			const u8 signature[NTLM_SIGNATURE_SIZE])
{
	bool sealed = seg->flags & NTLM_SEG_SEAL;
	u8 expected[NTLM_SIGNATURE_SIZE];
	u8 digest[MD5_DIGEST_SIZE];
	u32 seq = p->seq;
	int err;

	if (sealed)
		plain_crypt(p, seg);
	err = plain_checksum(p, sealed ? &seg->dst : &seg->src, seg->len,
			     digest);
	if (err)
		return err;
	plain_signature(p, seq, digest, expected);
	return memcmp(expected, signature, sizeof(expected)) ? -EBADMSG : 0;
}
