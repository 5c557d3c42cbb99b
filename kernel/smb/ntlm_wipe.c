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

/* The frame with the key, and those of the hash below it, which pads the key. */
#define NTLM_SMB_FRAMES	1536

/* Wipes the stack below the caller. */
static noinline void ntlm_smb_wipe_frames(void)
{
	u8 frames[NTLM_SMB_FRAMES];

	memzero_explicit(frames, sizeof(frames));
}

int smb2_calc_signature(struct smb_rqst *rqst, struct TCP_Server_Info *server,
			bool allocate_crypto)
{
	int rc = stock_smb2_calc_signature(rqst, server, allocate_crypto);

	ntlm_smb_wipe_frames();
	return rc;
}

int smb3_calc_signature(struct smb_rqst *rqst, struct TCP_Server_Info *server,
			bool allocate_crypto)
{
	int rc = stock_smb3_calc_signature(rqst, server, allocate_crypto);

	ntlm_smb_wipe_frames();
	return rc;
}

int generate_smb30signingkey(struct cifs_ses *ses,
			     struct TCP_Server_Info *server)
{
	int rc = stock_generate_smb30signingkey(ses, server);

	ntlm_smb_wipe_frames();
	return rc;
}

int generate_smb311signingkey(struct cifs_ses *ses,
			      struct TCP_Server_Info *server)
{
	int rc = stock_generate_smb311signingkey(ses, server);

	ntlm_smb_wipe_frames();
	return rc;
}

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
