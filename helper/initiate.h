/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages of clients in the kernel, once their credential is known.
 */
#ifndef NTLMD_INITIATE_H
#define NTLMD_INITIATE_H

#include "server_internal.h"

/** initiate_credential_id() - struct answer.credential; never 0 */
uint64_t initiate_credential_id(const struct server *s, const struct cred *cred);

/**
 * initiate_is_reflection() - does another computer show the challenge of this one?
 * @r: request with a CHALLENGE_MESSAGE, and name set
 *
 * A server that a server named has nobody's word for its name, so an acceptor
 * does not compare that with its own: whoever passes the challenge of an acceptor
 * on this computer on to a client on this computer would be let in as the client.
 * The names in the challenge cannot be changed, for the acceptor wants them back.
 */
bool initiate_is_reflection(const struct request *r);

/** initiate_is_negotiate() - is a NEGOTIATE_MESSAGE wanted? */
bool initiate_is_negotiate(const struct request *r);

/**
 * initiate_fail() - end a request without success
 * @r: the request
 * @status: positive errno
 * @why: what is the matter, for the log
 */
void initiate_fail(struct request *r, int status, const char *why);

/** initiate_fail_with() - with a @detail that is not the same each time */
void initiate_fail_with(struct request *r, int status, const char *why,
			const char *detail);

/** initiate_fail_ntlm() - the protocol library refused */
void initiate_fail_ntlm(struct request *r, enum ntlm_error e,
			const struct ntlm_detail *detail);

/** initiate_negotiate() - answer with a NEGOTIATE_MESSAGE; @cred NULL: anonymous */
void initiate_negotiate(struct request *r, const struct cred *cred);

/**
 * initiate_authenticate() - answer with an AUTHENTICATE_MESSAGE
 * @r: the request
 * @cred: who logs on; NULL: anonymous
 *
 * Return: 0 if one went out, or winbind is asked for it.
 */
int initiate_authenticate(struct request *r, const struct cred *cred);

/**
 * initiate_send() - answer with this AUTHENTICATE_MESSAGE
 * @r: the request
 * @cred: who logs on; NULL: anonymous
 * @session: what it leads to
 * @token: the message
 *
 * Return: 0 if it went out or may have, so that an event of the context will tell;
 * otherwise a negative errno.
 */
int initiate_send(struct request *r, const struct cred *cred,
		  const struct ntlm_session *session, struct ntlm_bytes token);

#endif
