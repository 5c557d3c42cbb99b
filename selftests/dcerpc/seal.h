/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * NTLM session security with extended session security, [MS-NLMP] section 3.4:
 * an oracle for the kernel's, made of Nettle's primitives.
 */
#ifndef SELFTESTS_DCERPC_SEAL_H
#define SELFTESTS_DCERPC_SEAL_H

#include <nettle/arcfour.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SEAL_SIGNATURE 16

/* One direction of a session */
struct seal_dir {
	uint8_t			sign_key[16];
	struct arcfour_ctx	handle;
	uint32_t		seq;
	bool			key_exch;
};

/**
 * seal_dir_init() - keys of one direction, 128 bits
 * @dir: to be set up
 * @key: ExportedSessionKey, 16 bytes
 * @from_client: client to server
 * @key_exch: NTLMSSP_NEGOTIATE_KEY_EXCH was negotiated
 */
void seal_dir_init(struct seal_dir *dir, const uint8_t key[16],
		   bool from_client, bool key_exch);

/**
 * struct sealed_part - the sealed bytes within a message
 * @off: where they begin
 * @len: how many, 0 for a message that is only signed
 */
struct sealed_part {
	size_t	off;
	size_t	len;
};

/* Sign @len bytes at @message, seal @part of them in place. */
void seal_message(struct seal_dir *dir, uint8_t *message, size_t len,
		  struct sealed_part part, uint8_t signature[SEAL_SIGNATURE]);

/* The reverse; false if the signature is wrong. */
bool unseal_message(struct seal_dir *dir, uint8_t *message, size_t len,
		    struct sealed_part part,
		    const uint8_t signature[SEAL_SIGNATURE]);

#endif
