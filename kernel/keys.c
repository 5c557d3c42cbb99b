// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keys of session security from the exported session key.
 */
#include <linux/build_bug.h>
#include <linux/string.h>
#include "compat.h"
#include "session.h"

/* Hashed with their terminating NUL, [MS-NLMP] sections 3.4.5.2 and 3.4.5.3 */
static const char ntlm_sign_magic[][59] = {
	[NTLM_ROLE_INITIATOR] =
	"session key to client-to-server signing key magic constant",
	[NTLM_ROLE_ACCEPTOR] =
	"session key to server-to-client signing key magic constant",
};

static const char ntlm_seal_magic[][59] = {
	[NTLM_ROLE_INITIATOR] =
	"session key to client-to-server sealing key magic constant",
	[NTLM_ROLE_ACCEPTOR] =
	"session key to server-to-client sealing key magic constant",
};

static int ntlm_derive(const u8 *key, size_t key_len, const char magic[59],
		       u8 out[NTLM_SESSION_KEY_SIZE])
{
	u8 buf[NTLM_SESSION_KEY_SIZE + 59];
	int err;

	memcpy(buf, key, key_len);
	memcpy(buf + key_len, magic, 59);
	err = ntlm_md5(buf, key_len + 59, out);
	memzero_explicit(buf, sizeof(buf));
	return err;
}

/**
 * ntlm_signkey() - SIGNKEY with extended session security
 * @sender: who sends the messages that the key signs
 * @key: ExportedSessionKey, 16 bytes
 * @out: the signing key, 16 bytes, to be wiped by the caller
 *
 * [MS-NLMP] section 3.4.5.2.  The key never depends on the negotiated strength.
 *
 * Context: process; takes no lock.
 * Return: 0, or an error of the hash driver.
 */
int ntlm_signkey(enum ntlm_role sender, const u8 key[NTLM_SESSION_KEY_SIZE],
		 u8 out[NTLM_SESSION_KEY_SIZE])
{
	return ntlm_derive(key, NTLM_SESSION_KEY_SIZE, ntlm_sign_magic[sender],
			   out);
}
EXPORT_SYMBOL_NTLM_KUNIT(ntlm_signkey);

/*
 * Without extended session security the key is weakened, if it is at all, to
 * the 8 bytes of a DES key.  128 does not count: LM_KEY has no such form.
 */
static int ntlm_sealkey_crc(u32 flags, const u8 key[NTLM_SESSION_KEY_SIZE],
			    u8 out[NTLM_SESSION_KEY_SIZE])
{
	static const u8 end56[] = { 0xa0 }, end40[] = { 0xe5, 0x38, 0xb0 };

	memcpy(out, key, NTLM_SESSION_KEY_SIZE);
	if (!(flags & (NTLM_NEGOTIATE_LM_KEY | NTLM_NEGOTIATE_DATAGRAM)))
		return NTLM_SESSION_KEY_SIZE;
	if (flags & NTLM_NEGOTIATE_56)
		memcpy(out + 7, end56, sizeof(end56));
	else
		memcpy(out + 5, end40, sizeof(end40));
	return 8;
}

/**
 * ntlm_sealkey() - SEALKEY
 * @sender: who sends the messages that the key seals; without extended session
 *	security the key is that of both directions
 * @flags: negotiated NTLM_NEGOTIATE_*
 * @key: ExportedSessionKey, 16 bytes
 * @out: the sealing key, up to 16 bytes, to be wiped by the caller
 *
 * [MS-NLMP] section 3.4.5.3.  With extended session security 16 bytes of @key
 * go into the sealing key with 128, else 7 with 56, else 5.  Without, all 16
 * are used, but with LM_KEY or DATAGRAM 7 with 56, else 5.
 *
 * Context: process; takes no lock.
 * Return: number of bytes at @out, 16 or 8; an error of the hash driver.
 */
int ntlm_sealkey(enum ntlm_role sender, u32 flags,
		 const u8 key[NTLM_SESSION_KEY_SIZE],
		 u8 out[NTLM_SESSION_KEY_SIZE])
{
	size_t len = 5;
	int err;

	if (!(flags & NTLM_NEGOTIATE_EXTENDED_SESSIONSECURITY))
		return ntlm_sealkey_crc(flags, key, out);
	if (flags & NTLM_NEGOTIATE_128)
		len = 16;
	else if (flags & NTLM_NEGOTIATE_56)
		len = 7;
	err = ntlm_derive(key, len, ntlm_seal_magic[sender], out);
	return err ?: NTLM_SESSION_KEY_SIZE;
}
EXPORT_SYMBOL_NTLM_KUNIT(ntlm_sealkey);
