/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What ntlmd asks winbind, through the separate program ntlmd-winbind(8), which
 * is root and has the only link to it.
 */
#ifndef NTLMD_WINBIND_CLIENT_H
#define NTLMD_WINBIND_CLIENT_H

#include <systemd/sd-event.h>

#include "ntlm/acceptor.h"
#include "winbind_wire.h"

struct winbind_call;
struct winbind_io;

/**
 * winbind_done - the outcome of a call
 * @call: the call; it is over, so it may be started again or its memory reused
 * @error: 0; -ENOKEY if winbind knows no user of this uid or has no cached logon
 *	of him; -EKEYREJECTED if a domain controller (or winbind for it) refused
 *	the logon, for which @reply->ntstatus says why; -EHOSTUNREACH if winbind is
 *	not there, or reaches no domain controller; -EACCES if this process
 *	may not ask; -ETIMEDOUT; -EOVERFLOW if the user has too many groups;
 *	-EPROTO, -ECONNRESET if the answer is no such or does not come;
 *	-ENOMEM
 * @reply: not NULL if @error is 0 or -EKEYREJECTED. Valid until the callback
 *	returns, then wiped. See winbind_cached_start() and
 *	winbind_logon_start() for the members that are set.
 *
 * Called from the event loop, never from within a start function. Exactly once
 * for each call that was started, unless winbind_cancel() came before.
 */
typedef void (*winbind_done)(struct winbind_call *call, int error,
			     const struct winbind_reply *reply);

/**
 * struct winbind_call - one question; zero it before the first use
 * @event: event loop; to be set
 * @done: to be set
 * @timeout_ms: milliseconds after which the outcome is -ETIMEDOUT; to be set
 * @path: of the socket; NULL for WINBIND_SOCKET
 * @io: internal; NULL while nothing is under way
 */
struct winbind_call {
	sd_event *event;
	winbind_done done;
	uint32_t timeout_ms;
	const char *path;
	struct winbind_io *io;
};

/**
 * winbind_check_start() - has winbind a cached logon of this user?
 * @call: not under way; event, done and timeout_ms are set
 * @uid: the user
 *
 * The outcome is 0 or -ENOKEY if all is well; of the reply, user and domain are
 * set.
 *
 * Return: 0 if @call->done will be called; -EHOSTUNREACH if ntlmd-winbind is not
 * there; -EACCES if its socket is not open to this process; -EAGAIN if it has too
 * much to do; -ENOMEM; other negative errno of the event loop and of sockets.
 */
int winbind_check_start(struct winbind_call *call, uint32_t uid);

/**
 * winbind_cached_start() - AUTHENTICATE_MESSAGE from a cached logon
 * @call: like winbind_check_start()
 * @uid: the user
 * @negotiate: NEGOTIATE_MESSAGE as sent
 * @challenge: CHALLENGE_MESSAGE as received
 *
 * Of the reply, token, session_key (ExportedSessionKey), user and domain are
 * set. winbind decides on flags, MIC, channel bindings and target name in the
 * message; what the caller needs of them it has to find in the message.
 *
 * Return: as winbind_check_start(); -EMSGSIZE if a message is empty or longer than
 * WINBIND_TOKEN_MAX.
 */
int winbind_cached_start(struct winbind_call *call, uint32_t uid,
			 struct ntlm_bytes negotiate, struct ntlm_bytes challenge);

/**
 * winbind_logon_start() - let a domain controller check a logon
 * @call: like winbind_check_start()
 * @logon: what ntlm_read_authenticate() found; copied. Of its responses only the
 *	one that is looked at is sent.
 *
 * Network logon, [MS-APDS] 3.1.5.2. Of the reply, session_key (session base
 * key), lm_key, user, domain, sids and guest are set; see ntlm_finish_logon().
 *
 * Return: as winbind_check_start(); -EMSGSIZE if a name or response is too long.
 */
int winbind_logon_start(struct winbind_call *call, const struct ntlm_logon *logon);

/** winbind_cancel() - end a call without an outcome; does nothing if there is none */
void winbind_cancel(struct winbind_call *call);

#endif
