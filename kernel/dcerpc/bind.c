// SPDX-License-Identifier: GPL-2.0-only
/*
 * Binding to an interface and the NTLM exchange inside of it:
 * bind (NEGOTIATE), bind_ack (CHALLENGE), rpc_auth_3 (AUTHENTICATE).
 * [C706] section 12.6.4, [MS-RPCE] section 3.3.1.5.2.
 */
#include "internal.h"
#include "trace.h"

#define NTLM_OPTS_INTEGRITY \
	(NTLM_OPT_INTEGRITY | NTLM_OPT_REPLAY_DETECT | NTLM_OPT_SEQUENCE_DETECT)

static const guid_t ndr_uuid = RPC_NDR_SYNTAX;

static struct ntlm_ctx *bind_create_ctx(const struct ntlm_rpc_params *params)
{
	struct ntlm_ctx_params ctx = {
		.net			= params->net,
		.uid			= params->uid,
		.role			= NTLM_ROLE_INITIATOR,
		.mode			= NTLM_MODE_CONNECTION,
		.target			= params->target,
		.target_unverified	= params->target_unverified,
		.user			= params->user,
		.domain			= params->domain,
		.timeout_ms		= params->timeout_ms ? :
					  NTLM_RPC_DEFAULT_TIMEOUT_MS,
	};

	switch (params->level) {
	case NTLM_RPC_LEVEL_PRIVACY:
		ctx.required = NTLM_OPTS_INTEGRITY | NTLM_OPT_CONFIDENTIALITY;
		break;
	case NTLM_RPC_LEVEL_INTEGRITY:
		ctx.required = NTLM_OPTS_INTEGRITY;
		break;
	default:
		/* Samba fails such calls if signatures were negotiated. */
		break;
	}
	return ntlm_ctx_create(&ctx);
}

/* Put a sec_trailer and @token behind the @len bytes in @rpc->tx and send. */
static int bind_send(struct ntlm_rpc *rpc, u8 ptype, u8 flags, size_t len,
		     const struct ntlm_token *token)
{
	size_t auth = token->len ? sizeof(struct rpc_trailer) + token->len : 0;
	int err;

	if (auth > rpc->max_xmit - len)
		return ntlm_rpc_violation(rpc, -EMSGSIZE,
					  "NTLM token does not fit in a fragment");
	ntlm_rpc_pdu_header(rpc, (struct rpc_hdr *)rpc->tx, ptype, flags,
			    len + auth, token->len);
	if (auth) {
		ntlm_rpc_pdu_trailer(rpc, (void *)(rpc->tx + len), 0);
		memcpy(rpc->tx + len + sizeof(struct rpc_trailer), token->data,
		       token->len);
	}
	rpc->deadline = jiffies + rpc->timeout;
	err = ntlm_rpc_conn_send(rpc, rpc->tx, len + auth);
	if (err > 0)
		return ntlm_rpc_violation(rpc, -EPROTO,
					  "answer to an incomplete bind");
	return err;
}

static int bind_send_bind(struct ntlm_rpc *rpc,
			  const struct ntlm_rpc_interface *interface,
			  const struct ntlm_token *token)
{
	struct rpc_bind *bind = (void *)rpc->tx;
	u8 flags = RPC_PFC_FIRST_FRAG | RPC_PFC_LAST_FRAG;

	if (rpc_protected(rpc))
		flags |= RPC_PFC_SUPPORT_HEADER_SIGN;
	*bind = (struct rpc_bind) {
		.max_xmit_frag		= cpu_to_le16(rpc->max_xmit),
		.max_recv_frag		= cpu_to_le16(rpc->max_recv),
		.n_context_elem		= 1,
		.context_id		= cpu_to_le16(RPC_CONTEXT_ID),
		.n_transfer_syntaxes	= 1,
		.abstract.uuid		= interface->uuid,
		.abstract.major		= cpu_to_le16(interface->major),
		.abstract.minor		= cpu_to_le16(interface->minor),
		.transfer.uuid		= ndr_uuid,
		.transfer.major		= cpu_to_le16(RPC_NDR_MAJOR),
	};
	trace_ntlm_rpc_bind(rpc->id, rpc->call_id, rpc->level, rpc->max_xmit,
			    rpc->max_recv, token->len);
	return bind_send(rpc, RPC_BIND, flags, sizeof(*bind), token);
}

static int bind_take_nak(struct ntlm_rpc *rpc, const struct rpc_pdu *pdu)
{
	const struct rpc_bind_nak *nak = (const void *)rpc->rx;
	unsigned int reason;

	if (pdu->body_end < sizeof(*nak))
		return ntlm_rpc_violation(rpc, -EPROTO, "bind_nak too short");
	reason = le16_to_cpu(nak->reason);
	trace_ntlm_rpc_bind_nak(rpc->id, reason);
	switch (reason) {
	case RPC_NAK_CONGESTION:
	case RPC_NAK_LOCAL_LIMIT:
		return -EBUSY;
	case RPC_NAK_VERSION:
		return -EPROTONOSUPPORT;
	case RPC_NAK_AUTH_TYPE:
		return -EOPNOTSUPP;
	case RPC_NAK_CHECKSUM:
		return -EACCES;
	default:
		return -ECONNREFUSED;
	}
}

static int bind_result(unsigned int result, unsigned int reason)
{
	if (result == RPC_RESULT_ACCEPTANCE)
		return 0;
	switch (reason) {
	case RPC_REASON_ABSTRACT_SYNTAX:
	case RPC_REASON_TRANSFER_SYNTAX:
		return -EPROTONOSUPPORT;
	case RPC_REASON_LOCAL_LIMIT:
		return -EBUSY;
	default:
		return -ECONNREFUSED;
	}
}

/* The CHALLENGE, if any, stays in @rpc->rx. */
static int bind_take_ack(struct ntlm_rpc *rpc, const struct rpc_pdu *pdu)
{
	const struct rpc_bind_ack *ack = (const void *)rpc->rx;
	const struct rpc_result_list *list;
	unsigned int pos, result, reason, max;
	int err;

	if (pdu->body_end < sizeof(*ack))
		return ntlm_rpc_violation(rpc, -EPROTO, "bind_ack too short");
	if (!(pdu->flags & RPC_PFC_FIRST_FRAG) ||
	    !(pdu->flags & RPC_PFC_LAST_FRAG))
		return ntlm_rpc_violation(rpc, -EPROTO, "bind_ack in fragments");
	pos = ALIGN(sizeof(*ack) + le16_to_cpu(ack->sec_addr_len), 4);
	if (pos > pdu->body_end || pdu->body_end - pos < sizeof(*list))
		return ntlm_rpc_violation(rpc, -EPROTO,
					  "bind_ack without a result");
	list = (const void *)(rpc->rx + pos);
	if (list->n_results != 1)
		return ntlm_rpc_violation(rpc, -EPROTO,
					  "wrong number of bind results");
	result = le16_to_cpu(list->result);
	reason = le16_to_cpu(list->reason);
	trace_ntlm_rpc_bind_ack(rpc->id, result, reason,
				le16_to_cpu(ack->max_xmit_frag),
				le16_to_cpu(ack->max_recv_frag), pdu->auth_len,
				pdu->flags & RPC_PFC_SUPPORT_HEADER_SIGN);
	err = bind_result(result, reason);
	if (err)
		return err;
	if (!guid_equal(&list->transfer.uuid, &ndr_uuid) ||
	    le16_to_cpu(list->transfer.major) != RPC_NDR_MAJOR ||
	    list->transfer.minor)
		return ntlm_rpc_violation(rpc, -EPROTO,
					  "transfer syntax is not NDR");
	max = le16_to_cpu(ack->max_recv_frag);
	if (max < RPC_MUST_RECV_FRAG)
		return ntlm_rpc_violation(rpc, -EPROTO,
					  "server takes too small fragments");
	rpc->max_xmit = min(rpc->max_xmit, max);
	if (rpc->ctx && !pdu->auth_len)
		return ntlm_rpc_violation(rpc, -EPROTO,
					  "bind_ack without a CHALLENGE");
	return 0;
}

static int bind_recv(struct ntlm_rpc *rpc, struct rpc_pdu *pdu)
{
	struct ntlm_rpc_reply reply = { };
	int result, err;

	err = ntlm_rpc_pdu_recv(rpc, pdu);
	if (err)
		return err;
	switch (pdu->ptype) {
	case RPC_BIND_ACK:
		return bind_take_ack(rpc, pdu);
	case RPC_BIND_NAK:
		return bind_take_nak(rpc, pdu);
	case RPC_FAULT:
		/* Nothing can verify it yet. */
		if (pdu->auth_len)
			return ntlm_rpc_violation(rpc, -EPROTO,
						  "verifier before the logon");
		err = ntlm_rpc_fault_take(rpc, pdu, &reply, &result);
		return err ? err : result;
	default:
		return ntlm_rpc_violation(rpc, -EPROTO,
					  "unexpected answer to bind");
	}
}

static int bind_plain(struct ntlm_rpc *rpc,
		      const struct ntlm_rpc_params *params)
{
	struct ntlm_token none = { };
	struct rpc_pdu pdu;
	int err;

	err = bind_send_bind(rpc, &params->interface, &none);
	if (err)
		return err;
	return bind_recv(rpc, &pdu);
}

static int bind_negotiate(struct ntlm_rpc *rpc,
			  const struct ntlm_rpc_params *params)
{
	struct ntlm_token token = { };
	int err;

	err = ntlm_ctx_exchange(rpc->ctx, NULL, 0, &token);
	if (err == -EINPROGRESS)
		err = bind_send_bind(rpc, &params->interface, &token);
	else if (!err)
		err = -EPROTO;
	ntlm_token_free(&token);
	return err;
}

/* The protection of headers rests on extended session security. */
static int bind_check_flags(struct ntlm_rpc *rpc)
{
	u32 flags;
	int err;

	if (!rpc_protected(rpc))
		return 0;
	err = ntlm_ctx_flags(rpc->ctx, &flags);
	if (err)
		return err;
	if (flags & NTLM_NEGOTIATE_EXTENDED_SESSIONSECURITY)
		return 0;
	return ntlm_rpc_violation(rpc, -EOPNOTSUPP,
				  "no extended session security");
}

static int bind_authenticate(struct ntlm_rpc *rpc, const struct rpc_pdu *pdu)
{
	struct rpc_auth3 *auth3 = (void *)rpc->tx;
	struct ntlm_token token = { };
	int err;

	err = ntlm_ctx_exchange(rpc->ctx, rpc->rx + pdu->len - pdu->auth_len,
				pdu->auth_len, &token);
	if (err == -EINPROGRESS)
		err = -EPROTO;
	if (!err && !token.len)
		err = -EPROTO;
	if (!err)
		err = bind_check_flags(rpc);
	if (err)
		goto out;
	trace_ntlm_rpc_auth3(rpc->id, ntlm_ctx_id(rpc->ctx), token.len);
	auth3->pad = 0;
	err = bind_send(rpc, RPC_AUTH3, RPC_PFC_FIRST_FRAG | RPC_PFC_LAST_FRAG,
			sizeof(*auth3), &token);
	if (err)
		goto out;
	rpc->logon = true;
out:
	ntlm_token_free(&token);
	return err;
}

/**
 * ntlm_rpc_bind() - bind to an interface and log on
 * @rpc: the connection
 * @params: the interface; whose credentials; what is wanted of the context
 *
 * A refused logon is not seen here: the server answers it with a fault to the
 * first request.
 *
 * Context: process context, sleeps.
 *
 * Return: 0; -EPROTONOSUPPORT if the server does not know the interface;
 * -EBUSY, -ECONNREFUSED, -EOPNOTSUPP or -EACCES if it refused the bind;
 * -EPROTO if it breaks the protocol; an errno of ntlm_ctx_create() or
 * ntlm_ctx_exchange(); or one of ntlm_rpc_conn_send() or ntlm_rpc_conn_recv().
 */
int ntlm_rpc_bind(struct ntlm_rpc *rpc, const struct ntlm_rpc_params *params)
{
	struct ntlm_ctx *ctx;
	struct rpc_pdu pdu;
	int err;

	rpc->call_id = 1;
	if (rpc->level == NTLM_RPC_LEVEL_NONE)
		return bind_plain(rpc, params);

	ctx = bind_create_ctx(params);
	if (IS_ERR(ctx))
		return PTR_ERR(ctx);
	rpc->ctx = ctx;
	err = bind_negotiate(rpc, params);
	if (err)
		return err;
	err = bind_recv(rpc, &pdu);
	if (err)
		return err;
	return bind_authenticate(rpc, &pdu);
}
