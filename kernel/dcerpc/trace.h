/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints for every step of a connection.  None carries bytes of a stub or
 * of a token.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM ntlm_rpc

#if !defined(_NTLM_DCERPC_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _NTLM_DCERPC_TRACE_H

#include <linux/socket.h>
#include <linux/tracepoint.h>
#include <linux/uuid.h>

#include "../compat.h"
#include "pdu.h"

#define show_rpc_level(level) __print_symbolic(level,			\
	{ 1,	"none" },						\
	{ 2,	"connect" },						\
	{ 5,	"integrity" },						\
	{ 6,	"privacy" })

#define show_rpc_pfc(flags) __print_flags(flags, "|",			\
	{ RPC_PFC_FIRST_FRAG,	"FIRST" },				\
	{ RPC_PFC_LAST_FRAG,	"LAST" })

#define show_rpc_fault(status) __print_symbolic(status,			\
	{ RPC_FAULT_ACCESS_DENIED,		"access_denied" },	\
	{ RPC_FAULT_UNKNOWN_IF,			"unknown_if" },		\
	{ RPC_FAULT_SERVER_TOO_BUSY,		"server_too_busy" },	\
	{ RPC_FAULT_PROCNUM_OUT_OF_RANGE,	"procnum_out_of_range" }, \
	{ RPC_FAULT_CANNOT_SUPPORT,		"cannot_support" },	\
	{ RPC_FAULT_BAD_STUB_DATA,		"bad_stub_data" },	\
	{ RPC_FAULT_SEC_PKG_ERROR,		"sec_pkg_error" },	\
	{ RPC_NCA_INVALID_TAG,			"nca_invalid_tag" },	\
	{ RPC_NCA_INVALID_BOUND,		"nca_invalid_bound" },	\
	{ RPC_NCA_CANCEL,			"nca_cancel" },		\
	{ RPC_NCA_CONTEXT_MISMATCH,		"nca_context_mismatch" }, \
	{ RPC_NCA_OP_RNG_ERROR,			"nca_op_rng_error" },	\
	{ RPC_NCA_UNK_IF,			"nca_unk_if" },		\
	{ RPC_NCA_PROTO_ERROR,			"nca_proto_error" },	\
	{ RPC_NCA_OUT_ARGS_TOO_BIG,		"nca_out_args_too_big" }, \
	{ RPC_NCA_SERVER_TOO_BUSY,		"nca_server_too_busy" }, \
	{ RPC_NCA_UNSUPPORTED_TYPE,		"nca_unsupported_type" }, \
	{ RPC_NCA_INVALID_CRC,			"nca_invalid_crc" })

TRACE_EVENT(ntlm_rpc_connect,
	TP_PROTO(u32 rpc, const struct sockaddr *addr, int addr_len, u32 level,
		 int error),
	TP_ARGS(rpc, addr, addr_len, level, error),
	TP_STRUCT__entry(
		__field(u32, rpc)
		__field(u32, level)
		__field(int, error)
		__sockaddr(addr, addr_len)
	),
	TP_fast_assign(
		__entry->rpc = rpc;
		__entry->level = level;
		__entry->error = error;
		__assign_sockaddr(addr, addr, addr_len);
	),
	TP_printk("rpc=%u server=%pISpc level=%s error=%d",
		  __entry->rpc, __get_sockaddr(addr),
		  show_rpc_level(__entry->level), __entry->error)
);

TRACE_EVENT(ntlm_rpc_bind,
	TP_PROTO(u32 rpc, u32 call_id, u32 level, u32 max_xmit, u32 max_recv,
		 u32 token),
	TP_ARGS(rpc, call_id, level, max_xmit, max_recv, token),
	TP_STRUCT__entry(
		__field(u32, rpc)
		__field(u32, call_id)
		__field(u32, level)
		__field(u32, max_xmit)
		__field(u32, max_recv)
		__field(u32, token)
	),
	TP_fast_assign(
		__entry->rpc = rpc;
		__entry->call_id = call_id;
		__entry->level = level;
		__entry->max_xmit = max_xmit;
		__entry->max_recv = max_recv;
		__entry->token = token;
	),
	TP_printk("rpc=%u call=%u level=%s max_xmit=%u max_recv=%u token=%u",
		  __entry->rpc, __entry->call_id,
		  show_rpc_level(__entry->level), __entry->max_xmit,
		  __entry->max_recv, __entry->token)
);

TRACE_EVENT(ntlm_rpc_bind_ack,
	TP_PROTO(u32 rpc, u32 result, u32 reason, u32 max_xmit, u32 max_recv,
		 u32 token, bool header_sign),
	TP_ARGS(rpc, result, reason, max_xmit, max_recv, token, header_sign),
	TP_STRUCT__entry(
		__field(u32, rpc)
		__field(u32, result)
		__field(u32, reason)
		__field(u32, max_xmit)
		__field(u32, max_recv)
		__field(u32, token)
		__field(bool, header_sign)
	),
	TP_fast_assign(
		__entry->rpc = rpc;
		__entry->result = result;
		__entry->reason = reason;
		__entry->max_xmit = max_xmit;
		__entry->max_recv = max_recv;
		__entry->token = token;
		__entry->header_sign = header_sign;
	),
	TP_printk("rpc=%u result=%u reason=%u max_xmit=%u max_recv=%u token=%u header_sign=%d",
		  __entry->rpc, __entry->result, __entry->reason,
		  __entry->max_xmit, __entry->max_recv, __entry->token,
		  __entry->header_sign)
);

TRACE_EVENT(ntlm_rpc_bind_nak,
	TP_PROTO(u32 rpc, u32 reason),
	TP_ARGS(rpc, reason),
	TP_STRUCT__entry(
		__field(u32, rpc)
		__field(u32, reason)
	),
	TP_fast_assign(
		__entry->rpc = rpc;
		__entry->reason = reason;
	),
	TP_printk("rpc=%u reason=%u", __entry->rpc, __entry->reason)
);

TRACE_EVENT(ntlm_rpc_auth3,
	TP_PROTO(u32 rpc, u32 ctx, u32 token),
	TP_ARGS(rpc, ctx, token),
	TP_STRUCT__entry(
		__field(u32, rpc)
		__field(u32, ctx)
		__field(u32, token)
	),
	TP_fast_assign(
		__entry->rpc = rpc;
		__entry->ctx = ctx;
		__entry->token = token;
	),
	TP_printk("rpc=%u ctx=%u token=%u",
		  __entry->rpc, __entry->ctx, __entry->token)
);

TRACE_EVENT(ntlm_rpc_request,
	TP_PROTO(u32 rpc, u32 call_id, u32 opnum, u32 flags, u32 frag, u32 stub,
		 u32 left),
	TP_ARGS(rpc, call_id, opnum, flags, frag, stub, left),
	TP_STRUCT__entry(
		__field(u32, rpc)
		__field(u32, call_id)
		__field(u32, opnum)
		__field(u32, flags)
		__field(u32, frag)
		__field(u32, stub)
		__field(u32, left)
	),
	TP_fast_assign(
		__entry->rpc = rpc;
		__entry->call_id = call_id;
		__entry->opnum = opnum;
		__entry->flags = flags;
		__entry->frag = frag;
		__entry->stub = stub;
		__entry->left = left;
	),
	TP_printk("rpc=%u call=%u opnum=%u flags=%s frag=%u stub=%u left=%u",
		  __entry->rpc, __entry->call_id, __entry->opnum,
		  show_rpc_pfc(__entry->flags), __entry->frag, __entry->stub,
		  __entry->left)
);

TRACE_EVENT(ntlm_rpc_response,
	TP_PROTO(u32 rpc, u32 call_id, u32 flags, u32 frag, u32 stub,
		 u32 total),
	TP_ARGS(rpc, call_id, flags, frag, stub, total),
	TP_STRUCT__entry(
		__field(u32, rpc)
		__field(u32, call_id)
		__field(u32, flags)
		__field(u32, frag)
		__field(u32, stub)
		__field(u32, total)
	),
	TP_fast_assign(
		__entry->rpc = rpc;
		__entry->call_id = call_id;
		__entry->flags = flags;
		__entry->frag = frag;
		__entry->stub = stub;
		__entry->total = total;
	),
	TP_printk("rpc=%u call=%u flags=%s frag=%u stub=%u total=%u",
		  __entry->rpc, __entry->call_id, show_rpc_pfc(__entry->flags),
		  __entry->frag, __entry->stub, __entry->total)
);

TRACE_EVENT(ntlm_rpc_fault,
	TP_PROTO(u32 rpc, u32 call_id, u32 status, bool verified),
	TP_ARGS(rpc, call_id, status, verified),
	TP_STRUCT__entry(
		__field(u32, rpc)
		__field(u32, call_id)
		__field(u32, status)
		__field(bool, verified)
	),
	TP_fast_assign(
		__entry->rpc = rpc;
		__entry->call_id = call_id;
		__entry->status = status;
		__entry->verified = verified;
	),
	TP_printk("rpc=%u call=%u status=0x%08x (%s) verified=%d",
		  __entry->rpc, __entry->call_id, __entry->status,
		  show_rpc_fault(__entry->status), __entry->verified)
);

TRACE_EVENT(ntlm_rpc_violation,
	TP_PROTO(u32 rpc, u32 call_id, int error, const char *what),
	TP_ARGS(rpc, call_id, error, what),
	TP_STRUCT__entry(
		__field(u32, rpc)
		__field(u32, call_id)
		__field(int, error)
		__string(what, what)
	),
	TP_fast_assign(
		__entry->rpc = rpc;
		__entry->call_id = call_id;
		__entry->error = error;
		ntlm_assign_str(what, what);
	),
	TP_printk("rpc=%u call=%u error=%d %s",
		  __entry->rpc, __entry->call_id, __entry->error,
		  __get_str(what))
);

TRACE_EVENT(ntlm_rpc_dead,
	TP_PROTO(u32 rpc, int error),
	TP_ARGS(rpc, error),
	TP_STRUCT__entry(
		__field(u32, rpc)
		__field(int, error)
	),
	TP_fast_assign(
		__entry->rpc = rpc;
		__entry->error = error;
	),
	TP_printk("rpc=%u error=%d", __entry->rpc, __entry->error)
);

TRACE_EVENT(ntlm_rpc_ept_map,
	TP_PROTO(u32 rpc, const guid_t *interface, u32 port, int error),
	TP_ARGS(rpc, interface, port, error),
	TP_STRUCT__entry(
		__field(u32, rpc)
		__field(u32, port)
		__field(int, error)
		__array(u8, interface, 16)
	),
	TP_fast_assign(
		__entry->rpc = rpc;
		__entry->port = port;
		__entry->error = error;
		memcpy(__entry->interface, interface, 16);
	),
	TP_printk("rpc=%u interface=%pUl port=%u error=%d",
		  __entry->rpc, __entry->interface, __entry->port,
		  __entry->error)
);

TRACE_EVENT(ntlm_rpc_close,
	TP_PROTO(u32 rpc),
	TP_ARGS(rpc),
	TP_STRUCT__entry(__field(u32, rpc)),
	TP_fast_assign(__entry->rpc = rpc;),
	TP_printk("rpc=%u", __entry->rpc)
);

#endif /* _NTLM_DCERPC_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
