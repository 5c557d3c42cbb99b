/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gss-ntlmssp as the server: an acceptor of GSSAPI whose tokens are raw
 * [MS-NLMP] messages, as the kernel's initiator has them.
 */
#ifndef SELFTESTS_GSS_ACCEPTOR_H
#define SELFTESTS_GSS_ACCEPTOR_H

#include <gssapi/gssapi.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ACCEPTOR_KEY_SIZE 16
#define ACCEPTOR_SIGNATURE_SIZE 16

/**
 * struct acceptor - one security context of the server
 * @cred: its credential, for the flags that it offers
 * @ctx: the context
 * @established: gss_accept_sec_context() has said GSS_S_COMPLETE
 * @refused: it has refused; @major and @minor say why
 * @flags: GSS_C_*_FLAG of the established context
 * @challenge_flags: NegotiateFlags of the CHALLENGE that it has sent
 * @major: status of the last call
 * @minor: the mechanism's part of it
 */
struct acceptor {
	gss_cred_id_t	cred;
	gss_ctx_id_t	ctx;
	bool		established;
	bool		refused;
	OM_uint32	flags;
	uint32_t	challenge_flags;
	OM_uint32	major;
	OM_uint32	minor;
};

/**
 * acceptor_open() - a new server
 * @a: set
 * @offer: NTLM_NEGOTIATE_* that it is willing to negotiate; 0: its default
 *
 * Users and passwords come from the file that NTLM_USER_FILE names.
 * Return: true, or false with @major and @minor set
 */
bool acceptor_open(struct acceptor *a, uint32_t offer);
void acceptor_close(struct acceptor *a);

/**
 * acceptor_step() - give it a token of the client
 * @a: the server
 * @in: the token
 * @in_len: its length
 * @bindings: application data of the server's channel bindings, a string; NULL: none
 * @out: set to its answer, to be freed with free(); NULL if there is none
 * @out_len: set to the length of the answer
 *
 * Return: true unless the server refused
 */
bool acceptor_step(struct acceptor *a, const void *in, size_t in_len,
		   const char *bindings, void **out, size_t *out_len);

/** acceptor_key() - GSS_C_INQ_SSPI_SESSION_KEY, the ExportedSessionKey */
bool acceptor_key(struct acceptor *a, uint8_t key[ACCEPTOR_KEY_SIZE]);

/* GSS_Wrap() of n bytes makes 16 + n: the signature and the sealed bytes. */
bool acceptor_wrap(struct acceptor *a, const void *data, size_t len,
		   void *sealed, uint8_t signature[ACCEPTOR_SIGNATURE_SIZE]);
bool acceptor_unwrap(struct acceptor *a, const void *sealed, size_t len,
		     const uint8_t signature[ACCEPTOR_SIGNATURE_SIZE],
		     void *data);
bool acceptor_get_mic(struct acceptor *a, const void *data, size_t len,
		      uint8_t signature[ACCEPTOR_SIGNATURE_SIZE]);
bool acceptor_verify_mic(struct acceptor *a, const void *data, size_t len,
			 const uint8_t signature[ACCEPTOR_SIGNATURE_SIZE]);

/** acceptor_why() - the last status as diagnostic lines of TAP */
void acceptor_why(const struct acceptor *a);

/**
 * acceptor_bindings_hash() - MsvAvChannelBindings of application data
 * @data: the application data, a string
 * @hash: MD5 of the gss_channel_bindings_struct, [MS-NLMP] section 2.2.2.1
 */
void acceptor_bindings_hash(const char *data, uint8_t hash[16]);

#endif
