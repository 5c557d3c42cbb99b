/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints for every transition of a context, a request and a helper, and
 * for every protected message.  None carries a key or the bytes of a token.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM ntlm

#if !defined(_NTLM_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _NTLM_TRACE_H

#include <linux/tracepoint.h>
#include <linux/ntlm.h>
#include "compat.h"
#include "session.h"

#define show_ntlm_flags(flags) __print_flags(flags, "|",		\
	{ NTLM_NEGOTIATE_UNICODE,		"UNICODE" },		\
	{ NTLM_NEGOTIATE_OEM,			"OEM" },		\
	{ NTLM_NEGOTIATE_REQUEST_TARGET,	"REQUEST_TARGET" },	\
	{ NTLM_NEGOTIATE_SIGN,			"SIGN" },		\
	{ NTLM_NEGOTIATE_SEAL,			"SEAL" },		\
	{ NTLM_NEGOTIATE_DATAGRAM,		"DATAGRAM" },		\
	{ NTLM_NEGOTIATE_LM_KEY,		"LM_KEY" },		\
	{ NTLM_NEGOTIATE_NTLM,			"NTLM" },		\
	{ NTLM_NEGOTIATE_ANONYMOUS,		"ANONYMOUS" },		\
	{ NTLM_NEGOTIATE_OEM_DOMAIN_SUPPLIED,	"OEM_DOMAIN_SUPPLIED" },	\
	{ NTLM_NEGOTIATE_OEM_WORKSTATION_SUPPLIED, "OEM_WORKSTATION_SUPPLIED" }, \
	{ NTLM_NEGOTIATE_ALWAYS_SIGN,		"ALWAYS_SIGN" },	\
	{ NTLM_NEGOTIATE_TARGET_TYPE_DOMAIN,	"TARGET_TYPE_DOMAIN" },	\
	{ NTLM_NEGOTIATE_TARGET_TYPE_SERVER,	"TARGET_TYPE_SERVER" },	\
	{ NTLM_NEGOTIATE_EXTENDED_SESSIONSECURITY, "EXTENDED_SESSIONSECURITY" }, \
	{ NTLM_NEGOTIATE_IDENTIFY,		"IDENTIFY" },		\
	{ NTLM_NEGOTIATE_REQUEST_NON_NT_SESSION_KEY, "REQUEST_NON_NT_SESSION_KEY" }, \
	{ NTLM_NEGOTIATE_TARGET_INFO,		"TARGET_INFO" },	\
	{ NTLM_NEGOTIATE_VERSION,		"VERSION" },		\
	{ NTLM_NEGOTIATE_128,			"128" },		\
	{ NTLM_NEGOTIATE_KEY_EXCH,		"KEY_EXCH" },		\
	{ NTLM_NEGOTIATE_56,			"56" })

#define show_ntlm_options(options) __print_flags(options, "|",		\
	{ NTLM_OPT_INTEGRITY,		"integrity" },			\
	{ NTLM_OPT_REPLAY_DETECT,	"replay-detect" },		\
	{ NTLM_OPT_SEQUENCE_DETECT,	"sequence-detect" },		\
	{ NTLM_OPT_CONFIDENTIALITY,	"confidentiality" },		\
	{ NTLM_OPT_IDENTIFY,		"identify" },			\
	{ NTLM_OPT_ANONYMOUS,		"anonymous" },			\
	{ NTLM_OPT_CHANNEL_BINDINGS,	"channel-bindings" })

#define show_ntlm_state(state) __print_symbolic(state,			\
	{ NTLM_STATE_CREATED,		"created" },			\
	{ NTLM_STATE_PENDING,		"pending" },			\
	{ NTLM_STATE_CONTINUE,		"continue" },			\
	{ NTLM_STATE_ESTABLISHED,	"established" },		\
	{ NTLM_STATE_FAILED,		"failed" })

TRACE_DEFINE_ENUM(NTLM_TRACE_SIGN);
TRACE_DEFINE_ENUM(NTLM_TRACE_VERIFY);
TRACE_DEFINE_ENUM(NTLM_TRACE_SEAL);
TRACE_DEFINE_ENUM(NTLM_TRACE_UNSEAL);
TRACE_DEFINE_ENUM(NTLM_TRACE_MAKE_MIC);
TRACE_DEFINE_ENUM(NTLM_TRACE_CHECK_MIC);
TRACE_DEFINE_ENUM(NTLM_STATE_CREATED);
TRACE_DEFINE_ENUM(NTLM_STATE_PENDING);
TRACE_DEFINE_ENUM(NTLM_STATE_CONTINUE);
TRACE_DEFINE_ENUM(NTLM_STATE_ESTABLISHED);
TRACE_DEFINE_ENUM(NTLM_STATE_FAILED);

#define show_ntlm_op(op) __print_symbolic(op,				\
	{ NTLM_TRACE_SIGN,	"sign" },				\
	{ NTLM_TRACE_VERIFY,	"verify" },				\
	{ NTLM_TRACE_SEAL,	"seal" },				\
	{ NTLM_TRACE_UNSEAL,	"unseal" },				\
	{ NTLM_TRACE_MAKE_MIC,	"make-mic" },				\
	{ NTLM_TRACE_CHECK_MIC,	"check-mic" })

TRACE_EVENT(ntlm_ctx_create,
	TP_PROTO(u32 ctx, u32 uid, u32 required, u32 wished,
		 const char *target),
	TP_ARGS(ctx, uid, required, wished, target),
	TP_STRUCT__entry(
		__field(u32, ctx)
		__field(u32, uid)
		__field(u32, required)
		__field(u32, wished)
		__string(target, target)
	),
	TP_fast_assign(
		__entry->ctx = ctx;
		__entry->uid = uid;
		__entry->required = required;
		__entry->wished = wished;
		ntlm_assign_str(target, target);
	),
	TP_printk("ctx=%u uid=%u target=%s required=%s wished=%s",
		  __entry->ctx, __entry->uid, __get_str(target),
		  show_ntlm_options(__entry->required),
		  show_ntlm_options(__entry->wished))
);

TRACE_EVENT(ntlm_ctx_state,
	TP_PROTO(u32 ctx, u32 state, u32 flags, int error),
	TP_ARGS(ctx, state, flags, error),
	TP_STRUCT__entry(
		__field(u32, ctx)
		__field(u32, state)
		__field(u32, flags)
		__field(int, error)
	),
	TP_fast_assign(
		__entry->ctx = ctx;
		__entry->state = state;
		__entry->flags = flags;
		__entry->error = error;
	),
	TP_printk("ctx=%u state=%s flags=%s error=%d",
		  __entry->ctx, show_ntlm_state(__entry->state),
		  show_ntlm_flags(__entry->flags), __entry->error)
);

TRACE_EVENT(ntlm_ctx_keys,
	TP_PROTO(u32 ctx, u32 flags, u32 granted, bool has_key),
	TP_ARGS(ctx, flags, granted, has_key),
	TP_STRUCT__entry(
		__field(u32, ctx)
		__field(u32, flags)
		__field(u32, granted)
		__field(bool, has_key)
	),
	TP_fast_assign(
		__entry->ctx = ctx;
		__entry->flags = flags;
		__entry->granted = granted;
		__entry->has_key = has_key;
	),
	TP_printk("ctx=%u flags=%s granted=%s key=%d",
		  __entry->ctx, show_ntlm_flags(__entry->flags),
		  show_ntlm_options(__entry->granted), __entry->has_key)
);

TRACE_EVENT(ntlm_ctx_report,
	TP_PROTO(u32 ctx, u32 ntstatus),
	TP_ARGS(ctx, ntstatus),
	TP_STRUCT__entry(
		__field(u32, ctx)
		__field(u32, ntstatus)
	),
	TP_fast_assign(
		__entry->ctx = ctx;
		__entry->ntstatus = ntstatus;
	),
	TP_printk("ctx=%u ntstatus=0x%08x", __entry->ctx, __entry->ntstatus)
);

DECLARE_EVENT_CLASS(ntlm_ctx_class,
	TP_PROTO(u32 ctx),
	TP_ARGS(ctx),
	TP_STRUCT__entry(__field(u32, ctx)),
	TP_fast_assign(__entry->ctx = ctx;),
	TP_printk("ctx=%u", __entry->ctx)
);

#define DEFINE_NTLM_CTX_EVENT(name)					\
DEFINE_EVENT(ntlm_ctx_class, name,					\
	TP_PROTO(u32 ctx),						\
	TP_ARGS(ctx))

DEFINE_NTLM_CTX_EVENT(ntlm_ctx_cancel);
DEFINE_NTLM_CTX_EVENT(ntlm_ctx_free);

DECLARE_EVENT_CLASS(ntlm_request_class,
	TP_PROTO(u32 ctx, u64 cookie, u32 leg),
	TP_ARGS(ctx, cookie, leg),
	TP_STRUCT__entry(
		__field(u32, ctx)
		__field(u64, cookie)
		__field(u32, leg)
	),
	TP_fast_assign(
		__entry->ctx = ctx;
		__entry->cookie = cookie;
		__entry->leg = leg;
	),
	TP_printk("ctx=%u cookie=%llu leg=%u",
		  __entry->ctx, __entry->cookie, __entry->leg)
);

#define DEFINE_NTLM_REQUEST_EVENT(name)					\
DEFINE_EVENT(ntlm_request_class, name,					\
	TP_PROTO(u32 ctx, u64 cookie, u32 leg),				\
	TP_ARGS(ctx, cookie, leg))

DEFINE_NTLM_REQUEST_EVENT(ntlm_request_queue);
DEFINE_NTLM_REQUEST_EVENT(ntlm_request_accept);
DEFINE_NTLM_REQUEST_EVENT(ntlm_request_requeue);

TRACE_EVENT(ntlm_request_complete,
	TP_PROTO(u32 ctx, u64 cookie, u32 leg, int status, u32 token_len),
	TP_ARGS(ctx, cookie, leg, status, token_len),
	TP_STRUCT__entry(
		__field(u32, ctx)
		__field(u64, cookie)
		__field(u32, leg)
		__field(int, status)
		__field(u32, token_len)
	),
	TP_fast_assign(
		__entry->ctx = ctx;
		__entry->cookie = cookie;
		__entry->leg = leg;
		__entry->status = status;
		__entry->token_len = token_len;
	),
	TP_printk("ctx=%u cookie=%llu leg=%u status=%d token=%u",
		  __entry->ctx, __entry->cookie, __entry->leg,
		  __entry->status, __entry->token_len)
);

DECLARE_EVENT_CLASS(ntlm_helper_class,
	TP_PROTO(u32 port, u32 pid, u32 generation),
	TP_ARGS(port, pid, generation),
	TP_STRUCT__entry(
		__field(u32, port)
		__field(u32, pid)
		__field(u32, generation)
	),
	TP_fast_assign(
		__entry->port = port;
		__entry->pid = pid;
		__entry->generation = generation;
	),
	TP_printk("port=%u pid=%u generation=%u",
		  __entry->port, __entry->pid, __entry->generation)
);

#define DEFINE_NTLM_HELPER_EVENT(name)					\
DEFINE_EVENT(ntlm_helper_class, name,					\
	TP_PROTO(u32 port, u32 pid, u32 generation),			\
	TP_ARGS(port, pid, generation))

DEFINE_NTLM_HELPER_EVENT(ntlm_helper_register);
DEFINE_NTLM_HELPER_EVENT(ntlm_helper_release);

TRACE_EVENT(ntlm_grace_end,
	TP_PROTO(u32 failed),
	TP_ARGS(failed),
	TP_STRUCT__entry(__field(u32, failed)),
	TP_fast_assign(__entry->failed = failed;),
	TP_printk("failed=%u", __entry->failed)
);

TRACE_EVENT(ntlm_netns_exit,
	TP_PROTO(u32 inum, u32 requests),
	TP_ARGS(inum, requests),
	TP_STRUCT__entry(
		__field(u32, inum)
		__field(u32, requests)
	),
	TP_fast_assign(
		__entry->inum = inum;
		__entry->requests = requests;
	),
	TP_printk("netns=%u requests=%u", __entry->inum, __entry->requests)
);

TRACE_EVENT(ntlm_message,
	TP_PROTO(u32 ctx, enum ntlm_trace_op op, u32 seq, u64 len, u64 sealed,
		 int error),
	TP_ARGS(ctx, op, seq, len, sealed, error),
	TP_STRUCT__entry(
		__field(u32, ctx)
		__field(u32, op)
		__field(u32, seq)
		__field(u64, len)
		__field(u64, sealed)
		__field(int, error)
	),
	TP_fast_assign(
		__entry->ctx = ctx;
		__entry->op = op;
		__entry->seq = seq;
		__entry->len = len;
		__entry->sealed = sealed;
		__entry->error = error;
	),
	TP_printk("ctx=%u op=%s seq=%u signed=%llu sealed=%llu error=%d",
		  __entry->ctx, show_ntlm_op(__entry->op), __entry->seq,
		  __entry->len, __entry->sealed, __entry->error)
);

#endif /* _NTLM_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
