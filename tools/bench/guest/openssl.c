// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * OpenSSL: RC4 and MD5 alone, and its stitched rc4-hmac-md5, which does both in
 * one pass: as a stream, which never finishes a MAC, and as records of TLS, which
 * have one each.
 */
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/provider.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

/* What TLS authenticates besides the payload: number, type, version, length */
#define AAD_SIZE 13

static struct {
	EVP_CIPHER *stitched, *rc4;
	EVP_MD *md5;
	EVP_CIPHER_CTX *send, *receive;
	EVP_MD_CTX *hash;
	size_t size;
	uint64_t sent, received;
} o;

static void fail(const char *what)
{
	bench_die("OpenSSL: %s: %s", what,
		  ERR_reason_error_string(ERR_peek_last_error()));
}

static void need(int ok, const char *what)
{
	if (ok <= 0)
		fail(what);
}

static void load(void)
{
	static bool loaded;

	if (loaded)
		return;
	if (!OSSL_PROVIDER_load(NULL, "legacy") ||
	    !OSSL_PROVIDER_load(NULL, "default"))
		fail("no legacy provider");
	o.stitched = EVP_CIPHER_fetch(NULL, "RC4-HMAC-MD5", NULL);
	o.rc4 = EVP_CIPHER_fetch(NULL, "RC4", NULL);
	o.md5 = EVP_MD_fetch(NULL, "MD5", NULL);
	if (!o.stitched || !o.rc4 || !o.md5)
		fail("no RC4 or MD5");
	loaded = true;
}

static EVP_CIPHER_CTX *end(const EVP_CIPHER *cipher, int encrypts)
{
	static uint8_t key[16] = "a key of 16 byte";
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();

	if (!ctx)
		fail("no memory");
	need(EVP_CipherInit_ex2(ctx, cipher, key, NULL, encrypts, NULL), "key");
	if (cipher == o.stitched)
		need(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_MAC_KEY,
					 sizeof(key), key), "MAC key");
	return ctx;
}

static void open_ends(const EVP_CIPHER *cipher, size_t size)
{
	o.send = end(cipher, 1);
	o.receive = end(cipher, 0);
	o.size = size;
	o.sent = 0;
	o.received = 0;
}

static void stitched_open(size_t size)
{
	load();
	open_ends(o.stitched, size);
}

static void rc4_open(size_t size)
{
	load();
	open_ends(o.rc4, size);
}

static void close_ends(void)
{
	if (memcmp(bench_plain, bench_back, o.size))
		bench_die("OpenSSL gave other bytes back");
	memset(bench_back, 0, o.size);
	EVP_CIPHER_CTX_free(o.send);
	EVP_CIPHER_CTX_free(o.receive);
}

static void stream_send(size_t i)
{
	int len;

	need(EVP_CipherUpdate(o.send, bench_slot(i, o.size), &len, bench_plain,
			      (int)o.size), "encryption");
}

static void stream_receive(size_t i)
{
	int len;

	need(EVP_CipherUpdate(o.receive, bench_back, &len,
			      bench_slot(i, o.size), (int)o.size), "decryption");
}

static void announce(EVP_CIPHER_CTX *ctx, uint64_t number, size_t len)
{
	uint8_t aad[AAD_SIZE];

	for (int i = 0; i < 8; i++)
		aad[i] = (uint8_t)(number >> (56 - 8 * i));
	aad[8] = 23;
	aad[9] = 3;
	aad[10] = 1;
	aad[11] = (uint8_t)(len >> 8);
	aad[12] = (uint8_t)len;
	need(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_TLS1_AAD, sizeof(aad), aad),
	     "header");
}

static void record_send(size_t i)
{
	announce(o.send, o.sent++, o.size);
	need(EVP_Cipher(o.send, bench_slot(i, o.size), bench_plain,
			(unsigned int)o.size + BENCH_MAC_ROOM), "record");
}

static void record_receive(size_t i)
{
	announce(o.receive, o.received++, o.size + BENCH_MAC_ROOM);
	need(EVP_Cipher(o.receive, bench_back, bench_slot(i, o.size),
			(unsigned int)o.size + BENCH_MAC_ROOM), "MAC of a record");
}

static void md5_open(size_t size)
{
	load();
	o.hash = EVP_MD_CTX_new();
	if (!o.hash)
		fail("no memory");
	o.size = size;
}

static void md5_send(size_t i)
{
	uint8_t digest[EVP_MAX_MD_SIZE];

	(void)i;
	need(EVP_DigestInit_ex2(o.hash, o.md5, NULL), "digest");
	need(EVP_DigestUpdate(o.hash, bench_plain, o.size), "digest");
	need(EVP_DigestFinal_ex(o.hash, digest, NULL), "digest");
}

static void md5_close(void)
{
	EVP_MD_CTX_free(o.hash);
}

static const struct peer stream = {
	.name = "openssl-rc4-hmac-md5",
	.op = "seal",
	.reverse = "unseal",
	.max = SIZE_MAX,
	.open = stitched_open,
	.send = stream_send,
	.receive = stream_receive,
	.close = close_ends,
};

static const struct peer record = {
	.name = "openssl-tls-record",
	.op = "seal",
	.reverse = "unseal",
	.max = 16384,
	.open = stitched_open,
	.send = record_send,
	.receive = record_receive,
	.close = close_ends,
};

static const struct peer rc4 = {
	.name = "openssl-rc4",
	.op = "encrypt",
	.reverse = "decrypt",
	.max = SIZE_MAX,
	.open = rc4_open,
	.send = stream_send,
	.receive = stream_receive,
	.close = close_ends,
};

static const struct peer md5 = {
	.name = "openssl-md5",
	.op = "digest",
	.max = SIZE_MAX,
	.open = md5_open,
	.send = md5_send,
	.close = md5_close,
};

const struct peer *const openssl_peers[] = { &stream, &record, &rc4, &md5, NULL };
