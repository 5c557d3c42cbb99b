/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _NTLM_DCERPC_INTERNAL_H
#define _NTLM_DCERPC_INTERNAL_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/ntlm.h>
#include <linux/ntlm_dcerpc.h>
#include <linux/socket.h>

#include "pdu.h"

/* STATUS_LOGON_FAILURE, [MS-ERREF] section 2.3.1 */
#define RPC_STATUS_LOGON_FAILURE	0xc000006d

/**
 * struct ntlm_rpc - a connection
 * @link: in the list of its network namespace, under the lock of main.c
 * @sock: TCP socket; set before the connection is in the list; released and
 *	cleared with both locks, so either of them keeps it
 * @lock: one call at a time: it owns the byte streams of @sock in both
 *	directions, @tx, @rx, @call_id and the order of the messages of @ctx
 * @ctx: security context; NULL at NTLM_RPC_LEVEL_NONE
 * @id: names the connection in traces
 * @level: enum ntlm_rpc_level
 * @dead: the byte streams are of no more use
 * @logon: AUTHENTICATE was sent and the server's verdict is not known yet
 * @gone: the network namespace has ended
 * @call_id: of the last call
 * @max_xmit: longest fragment to send
 * @tx_size: bytes at @tx
 * @max_recv: longest fragment to receive; bytes at @rx
 * @max_response: longest response stub
 * @timeout: of a call, in jiffies
 * @deadline: end of the present call, in jiffies
 * @tx: the fragment that is sent
 * @rx: the fragment that was received
 * @addr: the server
 * @addr_len: bytes of @addr
 */
struct ntlm_rpc {
	struct list_head	link;
	struct socket		*sock;
	/* one call at a time */
	struct mutex		lock;
	struct ntlm_ctx		*ctx;
	u32			id;
	u8			level;
	bool			dead;
	bool			logon;
	bool			gone;
	u32			call_id;
	unsigned int		max_xmit;
	unsigned int		tx_size;
	unsigned int		max_recv;
	size_t			max_response;
	unsigned long		timeout;
	unsigned long		deadline;
	u8			*tx;
	u8			*rx;
	struct sockaddr_storage	addr;
	int			addr_len;
};

/**
 * struct rpc_pdu - a received PDU; all offsets are within its frag_length
 * @ptype: enum rpc_ptype, not checked
 * @flags: RPC_PFC_*
 * @len: frag_length
 * @body_end: where the sec_trailer begins; @len without one
 * @auth_len: bytes of the token, which follows the sec_trailer; 0 without one
 * @pad: padding before the sec_trailer, part of the body, not checked
 */
struct rpc_pdu {
	u8		ptype;
	u8		flags;
	unsigned int	len;
	unsigned int	body_end;
	unsigned int	auth_len;
	unsigned int	pad;
};

static inline bool rpc_protected(const struct ntlm_rpc *rpc)
{
	return rpc->level >= NTLM_RPC_LEVEL_INTEGRITY;
}

/* main.c */
int ntlm_rpc_violation(struct ntlm_rpc *rpc, int err, const char *what);

/* conn.c */
int ntlm_rpc_conn_open(struct ntlm_rpc *rpc, struct net *net);
int ntlm_rpc_conn_connect(struct ntlm_rpc *rpc);
int ntlm_rpc_conn_send(struct ntlm_rpc *rpc, const void *data, size_t len);
int ntlm_rpc_conn_recv(struct ntlm_rpc *rpc, void *data, size_t len);
bool ntlm_rpc_conn_readable(struct ntlm_rpc *rpc);
void ntlm_rpc_conn_shutdown(struct ntlm_rpc *rpc);
void ntlm_rpc_conn_release(struct ntlm_rpc *rpc);

/* pdu.c */
void ntlm_rpc_pdu_header(const struct ntlm_rpc *rpc, struct rpc_hdr *hdr,
			 u8 ptype, u8 flags, unsigned int frag_len,
			 unsigned int auth_len);
void ntlm_rpc_pdu_trailer(const struct ntlm_rpc *rpc,
			  struct rpc_trailer *trailer, u8 pad);
int ntlm_rpc_pdu_recv(struct ntlm_rpc *rpc, struct rpc_pdu *pdu);

/* protect.c */
int ntlm_rpc_protect(struct ntlm_rpc *rpc, const void *stub, size_t len,
		     unsigned int pad);
int ntlm_rpc_unprotect(struct ntlm_rpc *rpc, const struct rpc_pdu *pdu,
		       unsigned int header_len, void *stub, size_t len);

/* bind.c */
int ntlm_rpc_bind(struct ntlm_rpc *rpc, const struct ntlm_rpc_params *params);

/* fault.c */
int ntlm_rpc_fault_take(struct ntlm_rpc *rpc, const struct rpc_pdu *pdu,
			struct ntlm_rpc_reply *reply, int *result);
int ntlm_rpc_logon_refused(struct ntlm_rpc *rpc);
void ntlm_rpc_logon_accepted(struct ntlm_rpc *rpc);

#endif /* _NTLM_DCERPC_INTERNAL_H */
