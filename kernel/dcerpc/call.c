// SPDX-License-Identifier: GPL-2.0-only
/*
 * A call: the request in fragments, the response put together from fragments.
 */
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "internal.h"
#include "trace.h"

/* First allocation of a reply, in bytes */
#define REPLY_MIN_SIZE	256

/* Stub bytes of a fragment: all but the last have no padding. */
static size_t call_room(const struct ntlm_rpc *rpc)
{
	size_t room = rpc->max_xmit - sizeof(struct rpc_request);

	if (rpc_protected(rpc))
		room -= sizeof(struct rpc_trailer) + NTLM_SIGNATURE_SIZE;
	return round_down(room, RPC_AUTH_ALIGN);
}

static int call_send_fragment(struct ntlm_rpc *rpc, u16 opnum, u8 flags,
			      const void *stub, size_t len, size_t left)
{
	struct rpc_request *request = (void *)rpc->tx;
	unsigned int pad = 0, auth = 0, frag;
	int err;

	frag = sizeof(*request) + len;
	if (rpc_protected(rpc)) {
		pad = -len & (RPC_AUTH_ALIGN - 1);
		auth = NTLM_SIGNATURE_SIZE;
		frag += pad + sizeof(struct rpc_trailer) + auth;
	}
	ntlm_rpc_pdu_header(rpc, &request->hdr, RPC_REQUEST, flags, frag, auth);
	request->alloc_hint = cpu_to_le32(left);
	request->context_id = cpu_to_le16(RPC_CONTEXT_ID);
	request->opnum = cpu_to_le16(opnum);
	err = ntlm_rpc_protect(rpc, stub, len, pad);
	if (err)
		return ntlm_rpc_violation(rpc, err, "cannot protect a request");
	trace_ntlm_rpc_request(rpc->id, rpc->call_id, opnum, flags, frag, len,
			       left);
	return ntlm_rpc_conn_send(rpc, rpc->tx, frag);
}

/* Returns 1 if the server has answered before the end of the request. */
static int call_send(struct ntlm_rpc *rpc, u16 opnum, const void *stub,
		     size_t len)
{
	size_t room = call_room(rpc), off = 0;
	u8 flags = RPC_PFC_FIRST_FRAG;

	while (!(flags & RPC_PFC_LAST_FRAG)) {
		size_t chunk = min(room, len - off);
		int err;

		if (ntlm_rpc_conn_readable(rpc))
			return 1;
		flags = off ? 0 : RPC_PFC_FIRST_FRAG;
		if (chunk == len - off)
			flags |= RPC_PFC_LAST_FRAG;
		err = call_send_fragment(rpc, opnum, flags, stub + off, chunk,
					 len - off);
		if (err)
			return err;
		off += chunk;
	}
	return 0;
}

/* Make room for @len more bytes; @rpc->max_response was checked. */
static int call_grow(struct ntlm_rpc *rpc, struct ntlm_rpc_reply *reply,
		     size_t len)
{
	size_t need = reply->len + len, size;
	void *data;

	if (need <= reply->size)
		return 0;
	size = max3(need, reply->size * 2, (size_t)REPLY_MIN_SIZE);
	size = max(need, min(size, rpc->max_response));
	data = kvmalloc(size, GFP_KERNEL);
	if (!data)
		return -ENOMEM;
	memcpy(data, reply->data, reply->len);
	kvfree_sensitive(reply->data, reply->size);
	reply->data = data;
	reply->size = size;
	return 0;
}

static int call_take_response(struct ntlm_rpc *rpc, const struct rpc_pdu *pdu,
			      bool first, struct ntlm_rpc_reply *reply)
{
	const struct rpc_response *response = (const void *)rpc->rx;
	size_t len;
	int err;

	if (pdu->body_end < sizeof(*response))
		return ntlm_rpc_violation(rpc, -EPROTO, "response too short");
	if (rpc_protected(rpc) && !pdu->auth_len)
		return ntlm_rpc_violation(rpc, -EPROTO,
					  "response without a verifier");
	if (le16_to_cpu(response->context_id) != RPC_CONTEXT_ID)
		return ntlm_rpc_violation(rpc, -EPROTO,
					  "wrong presentation context id");
	if (first != !!(pdu->flags & RPC_PFC_FIRST_FRAG))
		return ntlm_rpc_violation(rpc, -EPROTO,
					  "fragments out of order");
	len = pdu->body_end - sizeof(*response);
	if (pdu->pad > len)
		return ntlm_rpc_violation(rpc, -EPROTO,
					  "padding longer than its fragment");
	len -= pdu->pad;
	if (!len && !(pdu->flags & RPC_PFC_LAST_FRAG))
		return ntlm_rpc_violation(rpc, -EPROTO,
					  "empty fragment of a longer response");
	if (len > rpc->max_response - reply->len)
		return ntlm_rpc_violation(rpc, -EMSGSIZE,
					  "response longer than allowed");
	err = call_grow(rpc, reply, len);
	if (err)
		return err;
	err = ntlm_rpc_unprotect(rpc, pdu, sizeof(*response),
				 reply->data + reply->len, len);
	if (err)
		return err;
	reply->len += len;
	trace_ntlm_rpc_response(rpc->id, rpc->call_id, pdu->flags, pdu->len,
				len, reply->len);
	ntlm_rpc_logon_accepted(rpc);
	return 0;
}

/* @result: 0, or the errno of a fault, which leaves the connection usable */
static int call_recv(struct ntlm_rpc *rpc, bool early,
		     struct ntlm_rpc_reply *reply, int *result)
{
	struct rpc_pdu pdu = { };
	bool first = true;
	int err;

	*result = 0;
	while (!(pdu.flags & RPC_PFC_LAST_FRAG)) {
		err = ntlm_rpc_pdu_recv(rpc, &pdu);
		if (err)
			return err;
		if (pdu.ptype == RPC_FAULT)
			return ntlm_rpc_fault_take(rpc, &pdu, reply, result);
		if (pdu.ptype != RPC_RESPONSE)
			return ntlm_rpc_violation(rpc, -EPROTO,
						  "unexpected type of PDU");
		if (early)
			return ntlm_rpc_violation(rpc, -EPROTO,
						  "response to an incomplete request");
		err = call_take_response(rpc, &pdu, first, reply);
		if (err)
			return err;
		first = false;
	}
	return 0;
}

/* Returns an errno that ends the connection; that of a fault is in @result. */
static int call_locked(struct ntlm_rpc *rpc, u16 opnum, const void *stub,
		       size_t len, struct ntlm_rpc_reply *reply, int *result)
{
	int early, err;

	rpc->deadline = jiffies + rpc->timeout;
	rpc->call_id++;
	early = call_send(rpc, opnum, stub, len);
	err = early;
	if (early >= 0)
		err = call_recv(rpc, early, reply, result);
	if (!err && early)
		return *result;
	if (READ_ONCE(rpc->gone))
		return -ESHUTDOWN;
	return err;
}

/**
 * ntlm_rpc_call() - call an operation and wait for its answer
 * @rpc: the connection
 * @opnum: number of the operation in the interface
 * @stub: NDR-encoded input parameters, little-endian; left as they are
 * @len: bytes at @stub, at most U32_MAX
 * @reply: gets the answer; zeroed or used before
 *
 * Calls of one connection take turns.  The first answer also says whether the
 * server has accepted the logon, which is reported to the security context.
 *
 * After a fault the connection can be used for further calls, unless the fault
 * refused the logon or came before the end of the request.  After all other
 * errors, except for the ones marked with (*), it is dead and can only be
 * closed.
 *
 * Context: process context, sleeps; a fatal signal ends the wait.  Memory is
 * allocated without starting I/O.
 *
 * Return:
 * * 0 - success; @reply->data and @reply->len hold the response stub
 * * -EACCES - the server refused the logon, or the call, or cannot verify
 *   what it gets
 * * -EOPNOTSUPP, -EINVAL, -EPROTONOSUPPORT, -ESTALE, -EBUSY, -ECANCELED,
 *   -EREMOTEIO - a fault, see ntlm_rpc_fault_errno() and @reply->fault
 * * -EBADMSG - the signature of the answer is wrong
 * * -EPROTO - the server breaks the protocol
 * * -EMSGSIZE - the response is longer than wanted; (*) @len is too large
 * * -ETIMEDOUT - no complete answer in time
 * * -EINTR - a fatal signal; (*) if another call was waited for
 * * -ECONNRESET, -EPIPE - the server closed the connection
 * * -EKEYEXPIRED - the security context has used up its sequence numbers
 * * -ENOKEY - the logon has no session security (anonymous or guest)
 * * -ENOTCONN - the connection was dead before
 * * -ESHUTDOWN - its network namespace has ended
 * * -ENOMEM
 */
int ntlm_rpc_call(struct ntlm_rpc *rpc, u16 opnum, const void *stub,
		  size_t len, struct ntlm_rpc_reply *reply)
{
	int err, result = 0;
	unsigned int noio;
	bool gone;

	reply->len = 0;
	reply->fault = 0;
	reply->fault_verified = false;
	if (len > U32_MAX)
		return -EMSGSIZE;
	if (mutex_lock_killable(&rpc->lock))
		return -EINTR;
	gone = READ_ONCE(rpc->gone);
	if (rpc->dead || gone) {
		err = gone ? -ESHUTDOWN : -ENOTCONN;
		goto unlock;
	}
	noio = memalloc_noio_save();
	err = call_locked(rpc, opnum, stub, len, reply, &result);
	memalloc_noio_restore(noio);
	if (err) {
		rpc->dead = true;
		trace_ntlm_rpc_dead(rpc->id, err);
	}
	if (rpc->dead)
		ntlm_rpc_conn_shutdown(rpc);
	if (!err)
		err = result;
	if (err && reply->len) {
		memzero_explicit(reply->data, reply->len);
		reply->len = 0;
	}
unlock:
	mutex_unlock(&rpc->lock);
	return err;
}
EXPORT_SYMBOL_GPL(ntlm_rpc_call);

/**
 * ntlm_rpc_reply_free() - free the memory of a reply
 * @reply: a reply; may be given to ntlm_rpc_call() again
 *
 * Context: process context, may sleep.
 */
void ntlm_rpc_reply_free(struct ntlm_rpc_reply *reply)
{
	kvfree_sensitive(reply->data, reply->size);
	*reply = (struct ntlm_rpc_reply) { };
}
EXPORT_SYMBOL_GPL(ntlm_rpc_reply_free);
