// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keys that the SMB client leaves on the kernel's stacks.
 *
 * Before Linux 7.0 what signs, encrypts and derives keys copies the key to its
 * stack frame and returns.  A stack that is given back is not wiped, so session
 * keys would be in free memory long after the last mount is gone.
 */
#include <linux/slab.h>
#include <linux/string.h>
#include "ntlm_smb.h"
#include "ntlm_smb2ops.h"

/* Here, the kernel's own is meant. */
#undef kfree_sensitive

/**
 * ntlm_smb_free_request - the end of the encryption of a message
 * @request: allocated for it, wiped and freed
 * @key: the caller's copy of the key, wiped
 * @len: bytes of @key
 *
 * Context: any.
 */
void ntlm_smb_free_request(void *request, u8 *key, size_t len)
{
	kfree_sensitive(request);
	memzero_explicit(key, len);
}
