/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two ends of a connection: a context of the kernel, established through
 * its whole API by a helper that is this test, and the oracle as the server.
 */
#ifndef SELFTESTS_SESSION_LINK_H
#define SELFTESTS_SESSION_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "../lib/driver.h"
#include "../lib/nl.h"
#include "../lib/oracle.h"

/**
 * struct link - a connection
 * @fd: the open /dev/ntlm_test that holds the context
 * @flags: negotiated NTLM_NEGOTIATE_*
 * @key: ExportedSessionKey
 * @server: the server's session security
 */
struct link {
	int		fd;
	uint32_t	flags;
	uint8_t		key[NTLM_SESSION_KEY_SIZE];
	struct oracle	server;
};

/* What is negotiated in every connection of these tests */
#define FLAGS_BASE (NTLM_NEGOTIATE_UNICODE | NTLM_NEGOTIATE_NTLM |	\
		    NTLM_NEGOTIATE_ALWAYS_SIGN |			\
		    NTLM_NEGOTIATE_EXTENDED_SESSIONSECURITY)
#define FLAGS_STRONG (FLAGS_BASE | NTLM_NEGOTIATE_128 | NTLM_NEGOTIATE_KEY_EXCH)
#define FLAGS_SIGN (FLAGS_STRONG | NTLM_NEGOTIATE_SIGN)
#define FLAGS_SEAL (FLAGS_SIGN | NTLM_NEGOTIATE_SEAL)

/**
 * link_open() - establish a context
 * @l: the connection
 * @flags: what the helper says was negotiated
 *
 * The key is a fixed one.  Ends the test on failure.
 */
void link_open(struct link *l, uint32_t flags);

/** link_open_key() - the same with an ExportedSessionKey, 16 bytes */
void link_open_key(struct link *l, uint32_t flags, const uint8_t *key);

/**
 * struct link_kind - what a context is created for
 * @role: enum ntlm_role
 * @mode: enum ntlm_mode
 * @wished: NTLM_OPT_*, besides NTLM_OPT_ANONYMOUS
 * @spnego: the tokens are those of SPNEGO
 * @strict: session security without EXTENDED_SESSIONSECURITY is not accepted
 */
struct link_kind {
	uint32_t	role;
	uint32_t	mode;
	uint32_t	wished;
	bool		spnego;
	bool		strict;
};

/**
 * link_open_as() - establish a context of any kind; @l->server is not there
 * @l: the connection
 * @kind: what for
 * @flags: what the helper says was negotiated
 * @key: ExportedSessionKey, 16 bytes
 *
 * Ends the test on failure.
 */
void link_open_as(struct link *l, const struct link_kind *kind,
		  uint32_t flags, const uint8_t *key);

/** link_try() - the same; returns the result of the last leg */
int link_try(struct link *l, const struct link_kind *kind, uint32_t flags,
	     const uint8_t *key);

/** link_driver() - /dev/ntlm_test, without a context */
int link_driver(void);

/** link_create_kind() - a context of any kind; no exchange is run */
int link_create_kind(const struct link_kind *kind);

/** link_create_in() - make the context that an open file may have */
void link_create_in(int fd);

/** link_create() - both; no exchange is run */
int link_create(void);

/** link_register() - make this process the helper, unless it is already */
void link_register(void);

/** link_serve() - wait for one leg and answer it, see link_leg() */
void link_serve(uint32_t flags, const uint8_t *key);

/**
 * link_leg() - run one leg of the exchange
 * @fd: the context
 * @in: the server's token, NULL for the first leg
 * @flags: what the helper says in the last leg
 * @key: its key, 16 bytes or NULL
 *
 * Return: what ntlm_ctx_exchange() returned
 */
int link_leg(int fd, const char *in, uint32_t flags, const uint8_t *key);

/**
 * link_answer() - the same with an answer of the test's own
 * @fd: the context
 * @in: the peer's token, NULL for none
 * @done: the answer; its cookie is filled in
 * @out: room for the own token, NTLM_MAX_TOKEN bytes, or NULL
 *
 * Return: what ntlm_ctx_exchange() returned
 */
int link_answer(int fd, const char *in, const struct ntlm_done *done,
		void *out);

/** link_establish() - run the exchange of a context that was created */
void link_establish(int fd, uint32_t flags, const uint8_t *key);

/** link_twin() - the oracle as another client with the same keys */
void link_twin(const struct link *l, struct oracle *twin);

void link_close(struct link *l);

#endif
