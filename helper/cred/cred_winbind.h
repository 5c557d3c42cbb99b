/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cached logon of a domain user: winbind has the password, and makes the
 * AUTHENTICATE_MESSAGE itself; see ../cached_logon.h.
 */
#ifndef NTLMD_CRED_WINBIND_H
#define NTLMD_CRED_WINBIND_H

#include "cred.h"

extern const struct ntlm_cred_source cred_winbind_source;

#endif
