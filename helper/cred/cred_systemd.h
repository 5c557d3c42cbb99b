/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Credential source: files "ntlmd.credentials*" in $CREDENTIALS_DIRECTORY, as
 * of LoadCredential= and LoadCredentialEncrypted= of systemd.exec(5). Their
 * format is that of the administrator's files, ntlmd.credentials(5).
 */
#ifndef NTLMD_CRED_SYSTEMD_H
#define NTLMD_CRED_SYSTEMD_H

#include "cred.h"

extern const struct ntlm_cred_source cred_systemd_source;

#endif
