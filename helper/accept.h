/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests of servers in the kernel: who may log on here?
 */
#ifndef NTLMD_ACCEPT_H
#define NTLMD_ACCEPT_H

#include "server_internal.h"

/**
 * accept_allowed() - is this server served at all?
 * @r: the request, which is answered if not
 */
bool accept_allowed(struct request *r);

/**
 * accept_begin() - answer a leg
 * @r: request with ntlm and ntlm_count set
 *
 * CHALLENGE_MESSAGE at first, then the outcome of the logon.
 */
void accept_begin(struct request *r);

/**
 * accept_fail() - end a request before anything is known of the client
 * @r: the request
 * @status: positive errno
 * @why: what is the matter, for the log
 */
void accept_fail(struct request *r, int status, const char *why);

#endif
