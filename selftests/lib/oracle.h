/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Session security with extended session security ([MS-NLMP] section 3.4),
 * written from the specification to check what the kernel does and to play the
 * other side. Shares no code with the kernel's.
 */
#ifndef _NTLM_ORACLE_H
#define _NTLM_ORACLE_H

#include <nettle/arcfour.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ORACLE_KEY_SIZE		16
#define ORACLE_SIGNATURE_SIZE	16

enum oracle_side {
	ORACLE_CLIENT,
	ORACLE_SERVER,
};

/**
 * struct oracle_direction - messages from one side to the other
 * @signing_key: SIGNKEY
 * @handle: RC4 handle, keyed with SEALKEY
 * @seq_num: number of the next message
 */
struct oracle_direction {
	uint8_t			signing_key[ORACLE_KEY_SIZE];
	struct arcfour_ctx	handle;
	uint32_t		seq_num;
};

/**
 * struct oracle - one side of a session
 * @key_exch: the checksum is encrypted
 * @send: messages of this side
 * @recv: messages of the other side
 */
struct oracle {
	bool			key_exch;
	struct oracle_direction	send;
	struct oracle_direction	recv;
};

/**
 * struct oracle_part - a part of a message
 * @data: @len bytes
 * @len: bytes
 * @sealed: encrypted and signed; else signed only
 */
struct oracle_part {
	uint8_t	*data;
	size_t	len;
	bool	sealed;
};

/*
 * One side of a session with these negotiated flags (as in [MS-NLMP] section
 * 2.2.2.5; EXTENDED_SESSIONSECURITY is taken for granted) and this
 * ExportedSessionKey.
 */
void oracle_init(struct oracle *o, enum oracle_side side, uint32_t flags,
		 const uint8_t key[ORACLE_KEY_SIZE]);

/* SIGNKEY and SEALKEY of the messages that @side sends. */
void oracle_signkey(enum oracle_side side, const uint8_t key[ORACLE_KEY_SIZE],
		    uint8_t out[ORACLE_KEY_SIZE]);
void oracle_sealkey(enum oracle_side side, uint32_t flags,
		    const uint8_t key[ORACLE_KEY_SIZE],
		    uint8_t out[ORACLE_KEY_SIZE]);

/*
 * The next message to the other side. oracle_seal() encrypts the sealed parts
 * in place; oracle_sign() takes all parts as signed only.
 */
void oracle_sign(struct oracle *o, const struct oracle_part *parts,
		 size_t nparts, uint8_t signature[ORACLE_SIGNATURE_SIZE]);
void oracle_seal(struct oracle *o, const struct oracle_part *parts,
		 size_t nparts, uint8_t signature[ORACLE_SIGNATURE_SIZE]);

/*
 * The next message from the other side. oracle_unseal() decrypts the sealed
 * parts in place; oracle_verify() takes all parts as signed only. Both return
 * whether the signature is right. A message that is not leaves the session as
 * it was, but its sealed parts are decrypted nonsense.
 */
bool oracle_verify(struct oracle *o, const struct oracle_part *parts,
		   size_t nparts,
		   const uint8_t signature[ORACLE_SIGNATURE_SIZE]);
bool oracle_unseal(struct oracle *o, const struct oracle_part *parts,
		   size_t nparts,
		   const uint8_t signature[ORACLE_SIGNATURE_SIZE]);

/* Is this oracle to be trusted? Names on stderr what is wrong if not. */
bool oracle_selfcheck(void);

#endif /* _NTLM_ORACLE_H */
