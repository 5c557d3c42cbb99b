// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a server says against a call, and what it thinks of the logon.
 */
#define pr_fmt(fmt) "ntlm_dcerpc: " fmt

#include <linux/module.h>

#include "internal.h"
#include "trace.h"

static const struct {
	u32	status;
	int	err;
} fault_errnos[] = {
	/* Win32 errors, [MS-ERREF] section 2.2; then [C706] appendix E */
	{ RPC_FAULT_ACCESS_DENIED,		-EACCES },
	{ RPC_FAULT_BAD_STUB_DATA,		-EINVAL },
	{ RPC_FAULT_UNKNOWN_IF,			-EPROTONOSUPPORT },
	{ RPC_FAULT_SERVER_TOO_BUSY,		-EBUSY },
	{ RPC_FAULT_PROCNUM_OUT_OF_RANGE,	-EOPNOTSUPP },
	{ RPC_FAULT_CANNOT_SUPPORT,		-EOPNOTSUPP },
	{ RPC_FAULT_SEC_PKG_ERROR,		-EACCES },
	{ RPC_NCA_CONTEXT_MISMATCH,		-ESTALE },
	{ RPC_NCA_CANCEL,			-ECANCELED },
	{ RPC_NCA_INVALID_TAG,			-EINVAL },
	{ RPC_NCA_INVALID_BOUND,		-EINVAL },
	{ RPC_NCA_OP_RNG_ERROR,			-EOPNOTSUPP },
	{ RPC_NCA_UNK_IF,			-EPROTONOSUPPORT },
	{ RPC_NCA_PROTO_ERROR,			-EPROTO },
	{ RPC_NCA_OUT_ARGS_TOO_BIG,		-EMSGSIZE },
	{ RPC_NCA_SERVER_TOO_BUSY,		-EBUSY },
	{ RPC_NCA_UNSUPPORTED_TYPE,		-EOPNOTSUPP },
	{ RPC_NCA_INVALID_CRC,			-EACCES },
};

/**
 * ntlm_rpc_fault_errno() - errno for the status of a fault
 * @status: status code of a fault PDU, [C706] appendix E, or a Win32 error
 *
 * Context: any.
 *
 * Return: -EACCES, -EBUSY, -ECANCELED, -EINVAL, -EMSGSIZE, -EOPNOTSUPP,
 * -EPROTO, -EPROTONOSUPPORT or -ESTALE for the statuses that RPC itself
 * defines, -EREMOTEIO for all others.
 */
int ntlm_rpc_fault_errno(u32 status)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(fault_errnos); i++)
		if (fault_errnos[i].status == status)
			return fault_errnos[i].err;
	return -EREMOTEIO;
}
EXPORT_SYMBOL_GPL(ntlm_rpc_fault_errno);

/**
 * ntlm_rpc_logon_accepted() - the server has shown that the logon succeeded
 * @rpc: the connection
 */
void ntlm_rpc_logon_accepted(struct ntlm_rpc *rpc)
{
	if (!rpc->logon)
		return;
	rpc->logon = false;
	ntlm_ctx_report(rpc->ctx, 0);
}

/**
 * ntlm_rpc_logon_refused() - the server does not want to talk after the logon
 * @rpc: the connection, whose logon is not decided yet; it is dead from now on
 *
 * Return: -EACCES.
 */
int ntlm_rpc_logon_refused(struct ntlm_rpc *rpc)
{
	const char *user = ntlm_ctx_user(rpc->ctx);

	rpc->logon = false;
	rpc->dead = true;
	pr_warn_ratelimited("%pISpc refused the logon of %s to %s: check the credential\n",
			    &rpc->addr, user ? user : "(no user)",
			    ntlm_ctx_target(rpc->ctx));
	ntlm_ctx_report(rpc->ctx, RPC_STATUS_LOGON_FAILURE);
	return -EACCES;
}

/*
 * Is a fault without verifier the answer to a failed logon?  Samba calls a
 * request after one an error of the protocol.  At level connect no fault has a
 * verifier, so there "access denied" may as well be said of the operation, or
 * of the level.
 */
static bool fault_refuses_logon(const struct ntlm_rpc *rpc, u32 status)
{
	switch (status) {
	case RPC_FAULT_ACCESS_DENIED:
		return rpc_protected(rpc);
	case RPC_FAULT_SEC_PKG_ERROR:
	case RPC_NCA_PROTO_ERROR:
		return true;
	default:
		return false;
	}
}

/**
 * ntlm_rpc_fault_take() - take a fault as the answer to a call
 * @rpc: the connection; @rpc->rx holds the fault
 * @pdu: what is known of it
 * @reply: gets the status
 * @result: gets the errno for the status
 *
 * A server that cannot verify the client cannot sign its faults either, so a
 * fault without verifier is believed at all levels; it carries no data.
 *
 * Return: 0; -EPROTO if the fault is malformed; or -EBADMSG if it carries a
 * wrong signature.
 */
int ntlm_rpc_fault_take(struct ntlm_rpc *rpc, const struct rpc_pdu *pdu,
			struct ntlm_rpc_reply *reply, int *result)
{
	const struct rpc_fault *fault = (const void *)rpc->rx;
	bool verified = rpc_protected(rpc) && pdu->auth_len;
	int err;

	if (pdu->body_end < sizeof(*fault) ||
	    pdu->pad > pdu->body_end - sizeof(*fault))
		return ntlm_rpc_violation(rpc, -EPROTO, "malformed fault");
	if (verified) {
		err = ntlm_rpc_unprotect(rpc, pdu, sizeof(*fault), NULL, 0);
		if (err)
			return err;
		ntlm_rpc_logon_accepted(rpc);
	}
	reply->fault = le32_to_cpu(fault->status);
	reply->fault_verified = verified;
	trace_ntlm_rpc_fault(rpc->id, rpc->call_id, reply->fault, verified);
	if (rpc->logon && fault_refuses_logon(rpc, reply->fault))
		*result = ntlm_rpc_logon_refused(rpc);
	else
		*result = ntlm_rpc_fault_errno(reply->fault);
	return 0;
}
