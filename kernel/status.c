// SPDX-License-Identifier: GPL-2.0-only
/*
 * NTSTATUS for the protocol around NTLM, which has no error message of its own:
 * [MS-NLMP] section 3.2.5.1, [MS-ERREF] section 2.3.1.
 */
#include <linux/export.h>
#include "core.h"

#define NTLM_STATUS_SUCCESS			0x00000000
#define NTLM_STATUS_INVALID_PARAMETER		0xC000000D
#define NTLM_STATUS_MORE_PROCESSING_REQUIRED	0xC0000016
#define NTLM_STATUS_NO_LOGON_SERVERS		0xC000005E
#define NTLM_STATUS_LOGON_FAILURE		0xC000006D
#define NTLM_STATUS_INSUFFICIENT_RESOURCES	0xC000009A
#define NTLM_STATUS_NOT_SUPPORTED		0xC00000BB
#define NTLM_STATUS_REQUEST_NOT_ACCEPTED	0xC00000D0

/* Where the helper did not say, for it was not asked or did not answer. */
static u32 ntlm_status_of(int error)
{
	switch (error) {
	case -EPROTO:
	case -EBADMSG:
	case -EMSGSIZE:
		return NTLM_STATUS_INVALID_PARAMETER;
	case -EOPNOTSUPP:
		return NTLM_STATUS_NOT_SUPPORTED;
	case -ENOMEM:
		return NTLM_STATUS_INSUFFICIENT_RESOURCES;
	case -EDQUOT:
	case -EUSERS:
	case -EINTR:
	case -ECANCELED:
		return NTLM_STATUS_REQUEST_NOT_ACCEPTED;
	case -ENOKEY:
	case -ETIMEDOUT:
	case -EIO:
	case -ESHUTDOWN:
		return NTLM_STATUS_NO_LOGON_SERVERS;
	default:
		return NTLM_STATUS_LOGON_FAILURE;
	}
}

/* A helper cannot make a failure look like a success or a further leg. */
static bool ntlm_status_refuses(u32 ntstatus)
{
	return ntstatus >> 30 == 3 &&
	       ntstatus != NTLM_STATUS_MORE_PROCESSING_REQUIRED;
}

/**
 * ntlm_ctx_ntstatus - what a server tells its client of an exchange
 * @ctx: context
 *
 * Context: process; does not sleep.
 * Return: NTSTATUS.  Of an acceptor 0 once it is established,
 * STATUS_MORE_PROCESSING_REQUIRED before, and after a failure the status that
 * says no more than a client may know; of an initiator what ntlm_ctx_report()
 * was given.
 */
u32 ntlm_ctx_ntstatus(const struct ntlm_ctx *ctx)
{
	struct ntlm_net *nn = ctx->nn;
	u32 state, ntstatus;
	int error;

	spin_lock(&nn->lock);
	state = ctx->state;
	error = ctx->error;
	ntstatus = ctx->ntstatus;
	spin_unlock(&nn->lock);

	if (ctx->role == NTLM_ROLE_INITIATOR)
		return ntstatus;
	switch (state) {
	case NTLM_STATE_ESTABLISHED:
		return NTLM_STATUS_SUCCESS;
	case NTLM_STATE_FAILED:
		return ntlm_status_refuses(ntstatus) ? ntstatus :
						       ntlm_status_of(error);
	default:
		return NTLM_STATUS_MORE_PROCESSING_REQUIRED;
	}
}
EXPORT_SYMBOL_GPL(ntlm_ctx_ntstatus);
