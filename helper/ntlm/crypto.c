// SPDX-License-Identifier: GPL-2.0-or-later
#include <nettle/arcfour.h>
#include <nettle/hmac.h>
#include <nettle/md4.h>
#include <nettle/memops.h>
#include <string.h>

#include "crypto.h"
#include "utf16.h"
#include "wipe.h"

enum ntlm_error ntlm_nt_hash(const char *password, size_t len,
			     uint8_t hash[NTLM_HASH_SIZE])
{
	struct ntlm_bytes left = { (const uint8_t *)password, len };
	struct md4_ctx md4;
	uint16_t unit[2];
	uint8_t le[4];
	int n;

	/* One character at a time: no converted copy of the password exists. */
	md4_init(&md4);
	while ((n = utf8_next(&left, unit)) > 0) {
		for (int i = 0; i < n; i++)
			wire_set_le16(le + 2 * i, unit[i]);
		md4_update(&md4, 2 * (size_t)n, le);
	}
	if (n)
		memset(hash, 0, NTLM_HASH_SIZE);
	else
		md4_digest(&md4, NTLM_HASH_SIZE, hash);
	explicit_bzero(&md4, sizeof(md4));
	explicit_bzero(unit, sizeof(unit));
	explicit_bzero(le, sizeof(le));
	wipe_stack();
	return n ? NTLM_ERR_UTF8 : NTLM_OK;
}

static void hmac_finish(struct hmac_md5_ctx *hmac, uint8_t out[MD5_DIGEST_SIZE])
{
	hmac_md5_digest(hmac, MD5_DIGEST_SIZE, out);
	explicit_bzero(hmac, sizeof(*hmac));
}

void crypto_ntowfv2(const uint8_t nt_hash[NTLM_HASH_SIZE],
		    struct ntlm_bytes user, struct ntlm_bytes domain,
		    uint8_t key[NTLM_KEY_SIZE])
{
	struct hmac_md5_ctx hmac;
	uint8_t le[2];

	hmac_md5_set_key(&hmac, NTLM_HASH_SIZE, nt_hash);
	for (size_t i = 0; user.len - i >= 2; i += 2) {
		wire_set_le16(le, utf16_upcase(wire_le16(user.data + i)));
		hmac_md5_update(&hmac, sizeof(le), le);
	}
	hmac_md5_update(&hmac, domain.len, domain.data);
	hmac_finish(&hmac, key);
}

void crypto_response(const uint8_t ntowfv2[NTLM_KEY_SIZE],
		     const uint8_t server_challenge[SERVER_CHALLENGE_SIZE],
		     struct ntlm_bytes data, uint8_t proof[PROOF_SIZE])
{
	struct hmac_md5_ctx hmac;

	hmac_md5_set_key(&hmac, NTLM_KEY_SIZE, ntowfv2);
	hmac_md5_update(&hmac, SERVER_CHALLENGE_SIZE, server_challenge);
	hmac_md5_update(&hmac, data.len, data.data);
	hmac_finish(&hmac, proof);
}

void crypto_session_base_key(const uint8_t ntowfv2[NTLM_KEY_SIZE],
			     const uint8_t proof[PROOF_SIZE],
			     uint8_t key[NTLM_KEY_SIZE])
{
	struct hmac_md5_ctx hmac;

	hmac_md5_set_key(&hmac, NTLM_KEY_SIZE, ntowfv2);
	hmac_md5_update(&hmac, PROOF_SIZE, proof);
	hmac_finish(&hmac, key);
}

void crypto_rc4k(const uint8_t key[NTLM_KEY_SIZE],
		 const uint8_t in[NTLM_KEY_SIZE], uint8_t out[NTLM_KEY_SIZE])
{
	struct arcfour_ctx rc4;

	arcfour_set_key(&rc4, NTLM_KEY_SIZE, key);
	arcfour_crypt(&rc4, NTLM_KEY_SIZE, out, in);
	explicit_bzero(&rc4, sizeof(rc4));
}

void crypto_mic(const uint8_t key[NTLM_KEY_SIZE], struct ntlm_bytes negotiate,
		struct ntlm_bytes challenge, struct ntlm_bytes authenticate,
		size_t mic_offset, uint8_t mic[MIC_SIZE])
{
	static const uint8_t zero[MIC_SIZE];
	size_t rest = mic_offset + MIC_SIZE;
	struct hmac_md5_ctx hmac;

	hmac_md5_set_key(&hmac, NTLM_KEY_SIZE, key);
	if (negotiate.len)
		hmac_md5_update(&hmac, negotiate.len, negotiate.data);
	hmac_md5_update(&hmac, challenge.len, challenge.data);
	hmac_md5_update(&hmac, mic_offset, authenticate.data);
	hmac_md5_update(&hmac, sizeof(zero), zero);
	hmac_md5_update(&hmac, authenticate.len - rest, authenticate.data + rest);
	hmac_finish(&hmac, mic);
}

bool crypto_equal(const uint8_t *a, const uint8_t *b, size_t len)
{
	return memeql_sec(a, b, len);
}
