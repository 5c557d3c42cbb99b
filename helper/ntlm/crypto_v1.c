// SPDX-License-Identifier: GPL-2.0-or-later
#include <nettle/des.h>
#include <nettle/hmac.h>
#include <nettle/md4.h>
#include <nettle/md5.h>
#include <string.h>

#include "crypto_v1.h"
#include "wipe.h"

#define LM_PASSWORD_MAX	14	/* characters */
#define DES_KEY_BYTES	7	/* of key material in a DES key */
#define LM_KEY_PAD	0xbd

/* what LMOWFv1 encrypts: "KGS!@#$%" without a terminator */
static const uint8_t lm_magic[DES_BLOCK_SIZE] = {
	'K', 'G', 'S', '!', '@', '#', '$', '%'
};

/* DES(K, D), [MS-NLMP] 6: seven bits of key material in each byte of the key */
static void des(const uint8_t material[DES_KEY_BYTES],
		const uint8_t in[DES_BLOCK_SIZE], uint8_t out[DES_BLOCK_SIZE])
{
	uint8_t key[DES_KEY_SIZE];
	struct des_ctx ctx;

	key[0] = material[0] & 0xfe;
	for (int i = 1; i < DES_KEY_BYTES; i++)
		key[i] = (uint8_t)((material[i - 1] << (8 - i) |
				    material[i] >> i) & 0xfe);
	key[DES_KEY_BYTES] = (uint8_t)(material[DES_KEY_BYTES - 1] << 1);
	/* A weak key works like any other; half a password can be empty. */
	des_set_key(&ctx, key);
	des_encrypt(&ctx, DES_BLOCK_SIZE, out, in);
	explicit_bzero(&ctx, sizeof(ctx));
	explicit_bzero(key, sizeof(key));
}

enum ntlm_error ntlm_lm_hash(const char *password, size_t len,
			     uint8_t hash[NTLM_HASH_SIZE])
{
	uint8_t padded[LM_PASSWORD_MAX] = { 0 };
	enum ntlm_error err = NTLM_ERR_ARGUMENT;

	memset(hash, 0, NTLM_HASH_SIZE);
	if (len > sizeof(padded))
		return err;
	for (size_t i = 0; i < len; i++) {
		char c = password[i];

		if (c < ' ' || c > '~')
			goto out;
		padded[i] = (uint8_t)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
	}
	des(padded, lm_magic, hash);
	des(padded + DES_KEY_BYTES, lm_magic, hash + DES_BLOCK_SIZE);
	err = NTLM_OK;
out:
	explicit_bzero(padded, sizeof(padded));
	wipe_stack();
	return err;
}

void crypto_desl(const uint8_t key[NTLM_HASH_SIZE], const uint8_t data[8],
		 uint8_t response[LM_RESPONSE_SIZE])
{
	uint8_t last[DES_KEY_BYTES] = { key[14], key[15] };

	des(key, data, response);
	des(key + DES_KEY_BYTES, data, response + DES_BLOCK_SIZE);
	des(last, data, response + 2 * (size_t)DES_BLOCK_SIZE);
	explicit_bzero(last, sizeof(last));
}

void crypto_session_challenge(const uint8_t server_challenge[SERVER_CHALLENGE_SIZE],
			      const uint8_t client_challenge[CLIENT_CHALLENGE_SIZE],
			      uint8_t challenge[8])
{
	struct md5_ctx md5;

	md5_init(&md5);
	md5_update(&md5, SERVER_CHALLENGE_SIZE, server_challenge);
	md5_update(&md5, CLIENT_CHALLENGE_SIZE, client_challenge);
	md5_digest(&md5, 8, challenge);
}

void crypto_session_base_key_v1(const uint8_t nt_hash[NTLM_HASH_SIZE],
				uint8_t key[NTLM_KEY_SIZE])
{
	struct md4_ctx md4;

	md4_init(&md4);
	md4_update(&md4, NTLM_HASH_SIZE, nt_hash);
	md4_digest(&md4, NTLM_KEY_SIZE, key);
	explicit_bzero(&md4, sizeof(md4));
}

static void lm_session_key(const uint8_t lm_hash[8],
			   const uint8_t lm[LM_RESPONSE_SIZE],
			   uint8_t key[NTLM_KEY_SIZE])
{
	uint8_t second[DES_KEY_BYTES];

	memset(second, LM_KEY_PAD, sizeof(second));
	second[0] = lm_hash[DES_KEY_BYTES];
	des(lm_hash, lm, key);
	des(second, lm, key + DES_BLOCK_SIZE);
	explicit_bzero(second, sizeof(second));
}

bool crypto_kxkey_v1(uint32_t flags, const uint8_t session_base_key[NTLM_KEY_SIZE],
		     const uint8_t *lm_hash,
		     const uint8_t server_challenge[SERVER_CHALLENGE_SIZE],
		     const uint8_t lm[LM_RESPONSE_SIZE], uint8_t key[NTLM_KEY_SIZE])
{
	const uint32_t of_lm_hash = NTLMSSP_NEGOTIATE_LM_KEY |
				    NTLMSSP_REQUEST_NON_NT_SESSION_KEY;
	struct hmac_md5_ctx hmac;

	if (flags & NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY) {
		hmac_md5_set_key(&hmac, NTLM_KEY_SIZE, session_base_key);
		hmac_md5_update(&hmac, SERVER_CHALLENGE_SIZE, server_challenge);
		hmac_md5_update(&hmac, CLIENT_CHALLENGE_SIZE, lm);
		hmac_md5_digest(&hmac, NTLM_KEY_SIZE, key);
		explicit_bzero(&hmac, sizeof(hmac));
		return true;
	}
	if (!(flags & of_lm_hash)) {
		memcpy(key, session_base_key, NTLM_KEY_SIZE);
		return true;
	}
	memset(key, 0, NTLM_KEY_SIZE);
	if (!lm_hash)
		return false;
	if (flags & NTLMSSP_NEGOTIATE_LM_KEY)
		lm_session_key(lm_hash, lm, key);
	else
		memcpy(key, lm_hash, 8);
	return true;
}
