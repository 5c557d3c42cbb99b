/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Put in front of connect.c.  Its requests of keys are those of users who walk
 * into a multiuser mount; "ses" is the master session there, and a request
 * elsewhere would not compile.
 */
#ifndef _NTLM_CONNECT_H
#define _NTLM_CONNECT_H

/* First, so that the macro does not touch its declaration. */
#include <linux/key.h>

struct cifs_ses;

struct key *ntlm_smb_request_key(struct cifs_ses *ses, struct key_type *type,
				 const char *description, const char *callout);

#define request_key(type, description, callout) \
	ntlm_smb_request_key(ses, type, description, callout)

#endif /* _NTLM_CONNECT_H */
