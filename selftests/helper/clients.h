/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Clients that log on to a server in the kernel, for tests of what it is told:
 * the initiator's library on one side, the daemon's requests on the other.
 */
#ifndef SELFTESTS_CLIENTS_H
#define SELFTESTS_CLIENTS_H

#include "requests.h"

/* password of the accounts alice, off, locked and old */
#define SECRET	"Tr0ub4dor"
#define PROTECT	(NTLM_OPTION_INTEGRITY | NTLM_OPTION_CONFIDENTIALITY)

#define LOGON_FAILURE		0xC000006D
#define NOT_SUPPORTED		0xC00000BB
#define ACCESS_DENIED		0xC0000022
#define INVALID_PARAMETER	0xC000000D

/* the daemon's, which tests may change */
extern struct config config;
extern struct server *server;
/* what the last client has that log_on() took to the end */
extern struct ntlm_session session;

/**
 * struct client - who wants to log on, and to what
 * @own: what the client wants; PROTECT if nothing is required or wished
 * @want: what the server wants; likewise
 */
struct client {
	const char *user, *domain, *password;
	bool anonymous;
	struct ntlm_policy policy;
	struct ntlm_request own, want;
	uint32_t uid;
	/* changes the AUTHENTICATE_MESSAGE on its way */
	void (*tamper)(uint8_t *data, size_t len);
};

/** clients_start() - a daemon with accounts for them: may it be tested? */
bool clients_start(void);
/** clients_stop() - free all of it */
void clients_stop(void);

/** client_of() - a client that wants everything protected, without a domain */
struct client client_of(const char *user, const char *secret);
/** request_of() - what the kernel asks for the server of this client */
struct request *request_of(const struct client *c);
/** add() - one more token of the exchange; @data stays the caller's */
void add(struct request *r, const uint8_t *data, size_t len);
/** start() - the answer to the request, or NULL if there is not just one */
struct given *start(struct request *r);
/**
 * log_on() - the whole exchange
 *
 * Return: what the kernel was told at last, or NULL if the client gave up.
 */
struct given *log_on(struct client *c);
/** agreed() - both have the same flags and key, and it is an account's */
bool agreed(const struct given *g);
/**
 * expect() - a test: is this client refused?
 * @c: the client
 * @status: errno that the kernel is told
 * @ntstatus: NTSTATUS likewise
 * @logged: is in the log, where the password is not
 * @name: of the test
 */
void expect(struct client *c, int status, uint32_t ntstatus,
	    const char *logged, const char *name);

#endif
