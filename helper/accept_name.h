/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How clients of servers in the kernel are called in the log.
 */
#ifndef NTLMD_ACCEPT_NAME_H
#define NTLMD_ACCEPT_NAME_H

#include "account/account.h"
#include "ntlm/acceptor.h"

/** ACCEPT_NAME_SIZE - a name with NUL: domain, backslash, user and two quotes */
#define ACCEPT_NAME_SIZE	(2 * NTLM_ACCOUNT_NAME_SIZE + 2)

/**
 * accept_user_name() - whom a client claims to be, as name_quote_account()
 * @logon: what it claims
 * @known: it has said who it is
 * @shown: receives the name
 */
void accept_user_name(const struct ntlm_logon *logon, bool known,
		      char shown[ACCEPT_NAME_SIZE]);

/**
 * accept_folded_name() - the same for all spellings of the name
 * @logon: what the client claims
 * @account: whose that is, or NULL
 * @shown: receives the name
 *
 * Whoever guesses at one account must not seem to guess at many.
 */
void accept_folded_name(const struct ntlm_logon *logon,
			const struct account *account,
			char shown[ACCEPT_NAME_SIZE]);

#endif
