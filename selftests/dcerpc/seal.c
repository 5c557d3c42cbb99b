// SPDX-License-Identifier: GPL-2.0-or-later
#include <nettle/hmac.h>
#include <nettle/md5.h>
#include <stdio.h>
#include <string.h>

#include "seal.h"

static void derive(uint8_t out[16], const uint8_t key[16], bool from_client,
		   const char *purpose)
{
	struct md5_ctx md5;
	char magic[80];
	int len;

	len = snprintf(magic, sizeof(magic),
		       "session key to %s %s key magic constant",
		       from_client ? "client-to-server" : "server-to-client",
		       purpose);
	md5_init(&md5);
	md5_update(&md5, 16, key);
	md5_update(&md5, (size_t)len + 1, (const uint8_t *)magic);
	md5_digest(&md5, 16, out);
}

void seal_dir_init(struct seal_dir *dir, const uint8_t key[16],
		   bool from_client, bool key_exch)
{
	uint8_t seal_key[16];

	derive(dir->sign_key, key, from_client, "signing");
	derive(seal_key, key, from_client, "sealing");
	arcfour_set_key(&dir->handle, sizeof(seal_key), seal_key);
	dir->seq = 0;
	dir->key_exch = key_exch;
}

static void put_u32(uint8_t *to, uint32_t value)
{
	to[0] = (uint8_t)value;
	to[1] = (uint8_t)(value >> 8);
	to[2] = (uint8_t)(value >> 16);
	to[3] = (uint8_t)(value >> 24);
}

static void checksum(struct seal_dir *dir, const uint8_t *message, size_t len,
		     uint8_t out[8])
{
	struct hmac_md5_ctx hmac;
	uint8_t seq[4];

	put_u32(seq, dir->seq);
	hmac_md5_set_key(&hmac, sizeof(dir->sign_key), dir->sign_key);
	hmac_md5_update(&hmac, sizeof(seq), seq);
	hmac_md5_update(&hmac, len, message);
	hmac_md5_digest(&hmac, 8, out);
}

static void finish(struct seal_dir *dir, uint8_t sum[8],
		   uint8_t signature[SEAL_SIGNATURE])
{
	if (dir->key_exch)
		arcfour_crypt(&dir->handle, 8, sum, sum);
	put_u32(signature, 1);
	memcpy(signature + 4, sum, 8);
	put_u32(signature + 12, dir->seq++);
}

void seal_message(struct seal_dir *dir, uint8_t *message, size_t len,
		  struct sealed_part part, uint8_t signature[SEAL_SIGNATURE])
{
	uint8_t sum[8];

	checksum(dir, message, len, sum);
	arcfour_crypt(&dir->handle, part.len, message + part.off,
		      message + part.off);
	finish(dir, sum, signature);
}

bool unseal_message(struct seal_dir *dir, uint8_t *message, size_t len,
		    struct sealed_part part,
		    const uint8_t signature[SEAL_SIGNATURE])
{
	uint8_t sum[8], want[SEAL_SIGNATURE];

	arcfour_crypt(&dir->handle, part.len, message + part.off,
		      message + part.off);
	checksum(dir, message, len, sum);
	finish(dir, sum, want);
	return !memcmp(want, signature, SEAL_SIGNATURE);
}
