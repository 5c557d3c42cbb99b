/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Layout of connection-oriented RPC PDUs, [C706] section 12.6 and [MS-RPCE]
 * section 2.2.2.  Little-endian data representation only.
 */
#ifndef _NTLM_DCERPC_PDU_H
#define _NTLM_DCERPC_PDU_H

#include <linux/build_bug.h>
#include <linux/types.h>
#include <linux/uuid.h>

#define RPC_VERSION		5
#define RPC_VERSION_MINOR	0
/* Little-endian integers and ASCII; IEEE floating point in the second octet */
#define RPC_DREP_INTEGER	0x10
#define RPC_DREP_FLOAT		0x00

enum rpc_ptype {
	RPC_REQUEST	= 0,
	RPC_RESPONSE	= 2,
	RPC_FAULT	= 3,
	RPC_BIND	= 11,
	RPC_BIND_ACK	= 12,
	RPC_BIND_NAK	= 13,
	RPC_AUTH3	= 16,
};

#define RPC_PFC_FIRST_FRAG		0x01
#define RPC_PFC_LAST_FRAG		0x02
/* In bind and bind_ack only, [MS-RPCE] section 2.2.2.3 */
#define RPC_PFC_SUPPORT_HEADER_SIGN	0x04

/* Every implementation takes fragments of this size, [C706] MustRecvFragSize. */
#define RPC_MUST_RECV_FRAG	1432

/* RPC_C_AUTHN_WINNT */
#define RPC_AUTH_TYPE_NTLM	0x0a

struct rpc_hdr {
	u8	vers;
	u8	vers_minor;
	u8	ptype;
	u8	pfc_flags;
	u8	drep[4];
	__le16	frag_length;
	__le16	auth_length;
	__le32	call_id;
} __packed;
static_assert(sizeof(struct rpc_hdr) == 16);

struct rpc_syntax {
	guid_t	uuid;
	__le16	major;
	__le16	minor;
} __packed;

/* bind with one presentation context of one transfer syntax */
struct rpc_bind {
	struct rpc_hdr		hdr;
	__le16			max_xmit_frag;
	__le16			max_recv_frag;
	__le32			assoc_group_id;
	u8			n_context_elem;
	u8			reserved[3];
	__le16			context_id;
	u8			n_transfer_syntaxes;
	u8			reserved2;
	struct rpc_syntax	abstract;
	struct rpc_syntax	transfer;
} __packed;
static_assert(sizeof(struct rpc_bind) == 72);

/* A secondary address, padding and the result list follow. */
struct rpc_bind_ack {
	struct rpc_hdr	hdr;
	__le16		max_xmit_frag;
	__le16		max_recv_frag;
	__le32		assoc_group_id;
	__le16		sec_addr_len;
} __packed;
static_assert(sizeof(struct rpc_bind_ack) == 26);

/* A result list of one element */
struct rpc_result_list {
	u8			n_results;
	u8			reserved[3];
	__le16			result;
	__le16			reason;
	struct rpc_syntax	transfer;
} __packed;
static_assert(sizeof(struct rpc_result_list) == 28);

struct rpc_bind_nak {
	struct rpc_hdr	hdr;
	__le16		reason;
} __packed;

/* [MS-RPCE] section 2.2.2.10 */
struct rpc_auth3 {
	struct rpc_hdr	hdr;
	__le32		pad;
} __packed;

struct rpc_request {
	struct rpc_hdr	hdr;
	__le32		alloc_hint;
	__le16		context_id;
	__le16		opnum;
} __packed;
static_assert(sizeof(struct rpc_request) == 24);

struct rpc_response {
	struct rpc_hdr	hdr;
	__le32		alloc_hint;
	__le16		context_id;
	u8		cancel_count;
	u8		reserved;
} __packed;
static_assert(sizeof(struct rpc_response) == 24);

struct rpc_fault {
	struct rpc_hdr	hdr;
	__le32		alloc_hint;
	__le16		context_id;
	u8		cancel_count;
	u8		flags;
	__le32		status;
	__le32		reserved;
} __packed;
static_assert(sizeof(struct rpc_fault) == 32);

/* sec_trailer, [MS-RPCE] section 2.2.2.11; the token follows and ends the PDU */
struct rpc_trailer {
	u8	auth_type;
	u8	auth_level;
	u8	auth_pad_length;
	u8	auth_reserved;
	__le32	auth_context_id;
} __packed;
static_assert(sizeof(struct rpc_trailer) == 8);

/* Results of a presentation context, [C706] section 12.6.3.1 */
#define RPC_RESULT_ACCEPTANCE		0
#define RPC_REASON_ABSTRACT_SYNTAX	1
#define RPC_REASON_TRANSFER_SYNTAX	2
#define RPC_REASON_LOCAL_LIMIT		3

/* Reasons of a bind_nak, [C706] section 12.6.3.1 and [MS-RPCE] 2.2.2.5 */
#define RPC_NAK_CONGESTION		1
#define RPC_NAK_LOCAL_LIMIT		2
#define RPC_NAK_VERSION			4
#define RPC_NAK_AUTH_TYPE		8
#define RPC_NAK_CHECKSUM		9

/* Statuses of faults: Win32 errors, [MS-ERREF] section 2.2 */
#define RPC_FAULT_ACCESS_DENIED		0x00000005
#define RPC_FAULT_UNKNOWN_IF		0x000006b5
#define RPC_FAULT_SERVER_TOO_BUSY	0x000006bb
#define RPC_FAULT_PROCNUM_OUT_OF_RANGE	0x000006d1
#define RPC_FAULT_CANNOT_SUPPORT	0x000006e4
#define RPC_FAULT_BAD_STUB_DATA		0x000006f7
#define RPC_FAULT_SEC_PKG_ERROR		0x00000721
/* and [C706] appendix E */
#define RPC_NCA_INVALID_TAG		0x1c000006
#define RPC_NCA_INVALID_BOUND		0x1c000007
#define RPC_NCA_CANCEL			0x1c00000d
#define RPC_NCA_CONTEXT_MISMATCH	0x1c00001a
#define RPC_NCA_OP_RNG_ERROR		0x1c010002
#define RPC_NCA_UNK_IF			0x1c010003
#define RPC_NCA_PROTO_ERROR		0x1c01000b
#define RPC_NCA_OUT_ARGS_TOO_BIG	0x1c010013
#define RPC_NCA_SERVER_TOO_BUSY		0x1c010014
#define RPC_NCA_UNSUPPORTED_TYPE	0x1c010017
#define RPC_NCA_INVALID_CRC		0x1c01001a

/* NDR 2.0 */
#define RPC_NDR_SYNTAX							\
	GUID_INIT(0x8a885d04, 0x1ceb, 0x11c9,				\
		  0x9f, 0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60)
#define RPC_NDR_MAJOR	2

/* The only presentation context and the only security context */
#define RPC_CONTEXT_ID		0
#define RPC_AUTH_CONTEXT_ID	1

/* Request fragments are padded to this before the sec_trailer. */
#define RPC_AUTH_ALIGN		16

#endif /* _NTLM_DCERPC_PDU_H */
