/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Put in front of smb2ops.c.  What it frees with care is the request by which it
 * encrypts or decrypts a message; "key" is the key there, and a use elsewhere
 * would not compile.
 */
#ifndef _NTLM_SMB2OPS_H
#define _NTLM_SMB2OPS_H

/* First, so that the macro touches neither its declaration nor other uses. */
#include <crypto/aead.h>
#include <crypto/hash.h>
#include <linux/slab.h>

void ntlm_smb_free_request(void *request, u8 *key, size_t len);

#define kfree_sensitive(request) \
	ntlm_smb_free_request(request, key, sizeof(key))

#endif /* _NTLM_SMB2OPS_H */
