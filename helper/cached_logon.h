/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AUTHENTICATE_MESSAGE from the cached logon of a domain user, which winbind
 * makes: no hash of his password ever comes here.
 */
#ifndef NTLMD_CACHED_LOGON_H
#define NTLMD_CACHED_LOGON_H

#include "server_internal.h"

/**
 * cached_logon_start() - ask for the message
 * @r: request with NEGOTIATE and CHALLENGE, and a deadline; it is answered when
 *	winbind has
 *
 * Return: 0; -EIO if the request has failed, and is not valid any more.
 */
int cached_logon_start(struct request *r);

#endif
