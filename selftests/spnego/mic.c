// SPDX-License-Identifier: GPL-2.0-or-later
#include <nettle/arcfour.h>
#include <nettle/hmac.h>
#include <nettle/md5.h>
#include <string.h>

#include "mic.h"

/* SIGNKEY and SEALKEY, [MS-NLMP] 3.4.5.2 and 3.4.5.3 */
static void derive(const uint8_t key[16], const char *from, const char *what,
		   uint8_t out[16])
{
	struct md5_ctx md5;

	md5_init(&md5);
	md5_update(&md5, 16, key);
	md5_update(&md5, strlen("session key to "),
		   (const uint8_t *)"session key to ");
	md5_update(&md5, strlen(from), (const uint8_t *)from);
	/* The terminating NUL belongs to it. */
	md5_update(&md5, strlen(what) + 1, (const uint8_t *)what);
	md5_digest(&md5, 16, out);
}

static void put_le32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

void mic_make(const uint8_t key[16], uint32_t flags, bool to_client,
	      uint32_t seq, struct ntlm_bytes data, uint8_t mic[16])
{
	const char *from = to_client ? "server-to-client" : "client-to-server";
	uint8_t sign_key[16], seal_key[16], number[4];
	struct hmac_md5_ctx hmac;
	struct arcfour_ctx rc4;

	derive(key, from, " signing key magic constant", sign_key);
	derive(key, from, " sealing key magic constant", seal_key);
	put_le32(number, seq);
	hmac_md5_set_key(&hmac, sizeof(sign_key), sign_key);
	hmac_md5_update(&hmac, sizeof(number), number);
	hmac_md5_update(&hmac, data.len, data.data);
	put_le32(mic, 1);
	hmac_md5_digest(&hmac, 8, mic + 4);
	if (flags & 0x40000000) {
		arcfour_set_key(&rc4, sizeof(seal_key), seal_key);
		arcfour_crypt(&rc4, 8, mic + 4, mic + 4);
	}
	memcpy(mic + 12, number, sizeof(number));
}
