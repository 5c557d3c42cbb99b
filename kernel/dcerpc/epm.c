// SPDX-License-Identifier: GPL-2.0-only
/*
 * Endpoint mapper: ept_map of [C706] appendix O with towers of appendix L,
 * as [MS-RPCE] section 2.2.1.2 profiles it.
 */
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/module.h>

#include "../compat.h"
#include "internal.h"
#include "trace.h"

#define EPT_MAP_OPNUM		3
#define EPT_MAX_TOWERS		4
/* Towers of a few protocols with addresses; far more than a server needs */
#define EPT_MAX_RESPONSE	4096
/* ept_s_not_registered */
#define EPT_NOT_REGISTERED	0x16c9a0d6

/* Protocol identifiers of [C706] appendix I */
#define EPT_PROTO_UUID		0x0d
#define EPT_PROTO_NCACN		0x0b
#define EPT_PROTO_TCP		0x07
#define EPT_PROTO_IP		0x09

static const struct ntlm_rpc_interface ept_interface = {
	.uuid	= GUID_INIT(0xe1af8308, 0x5d1f, 0x11c9,
			    0x91, 0xa4, 0x08, 0x00, 0x2b, 0x14, 0xa0, 0xfa),
	.major	= 3,
};

struct ept_floor_uuid {
	__le16	lhs_len;
	u8	proto;
	guid_t	uuid;
	__le16	major;
	__le16	rhs_len;
	__le16	minor;
} __packed;

struct ept_floor_short {
	__le16	lhs_len;
	u8	proto;
	__le16	rhs_len;
	__be16	value;
} __packed;

struct ept_floor_ip {
	__le16	lhs_len;
	u8	proto;
	__le16	rhs_len;
	__be32	address;
} __packed;

struct ept_tower {
	__le16			floors;
	struct ept_floor_uuid	interface;
	struct ept_floor_uuid	transfer;
	struct ept_floor_short	ncacn;
	struct ept_floor_short	tcp;
	struct ept_floor_ip	ip;
} __packed;

struct ept_map_request {
	__le32			object_ref;
	guid_t			object;
	__le32			tower_ref;
	__le32			tower_size;
	__le32			tower_len;
	struct ept_tower	tower;
	u8			tower_pad;
	u8			handle[20];
	__le32			max_towers;
} __packed;
static_assert(sizeof(struct ept_tower) == 75);
static_assert(sizeof(struct ept_map_request) % 4 == 0);

static struct ept_floor_uuid ept_floor(const guid_t *uuid, u16 major, u16 minor)
{
	return (struct ept_floor_uuid) {
		.lhs_len	= cpu_to_le16(19),
		.proto		= EPT_PROTO_UUID,
		.uuid		= *uuid,
		.major		= cpu_to_le16(major),
		.rhs_len	= cpu_to_le16(2),
		.minor		= cpu_to_le16(minor),
	};
}

static struct ept_floor_short ept_floor_short(u8 proto)
{
	return (struct ept_floor_short) {
		.lhs_len	= cpu_to_le16(1),
		.proto		= proto,
		.rhs_len	= cpu_to_le16(2),
	};
}

static void ept_encode(struct ept_map_request *req,
		       const struct ntlm_rpc_interface *interface)
{
	static const guid_t ndr = RPC_NDR_SYNTAX;

	*req = (struct ept_map_request) {
		.object_ref	= cpu_to_le32(1),
		.tower_ref	= cpu_to_le32(2),
		.tower_size	= cpu_to_le32(sizeof(req->tower)),
		.tower_len	= cpu_to_le32(sizeof(req->tower)),
		.tower = {
			.floors		= cpu_to_le16(5),
			.interface	= ept_floor(&interface->uuid,
						    interface->major,
						    interface->minor),
			.transfer	= ept_floor(&ndr, RPC_NDR_MAJOR, 0),
			.ncacn		= ept_floor_short(EPT_PROTO_NCACN),
			.tcp		= ept_floor_short(EPT_PROTO_TCP),
			.ip = {
				.lhs_len	= cpu_to_le16(1),
				.proto		= EPT_PROTO_IP,
				.rhs_len	= cpu_to_le16(4),
			},
		},
		.max_towers	= cpu_to_le32(EPT_MAX_TOWERS),
	};
}

/* Bytes that are still to be read */
struct ept_cursor {
	const u8	*start;
	const u8	*pos;
	size_t		left;
};

static const u8 *ept_take(struct ept_cursor *cur, size_t len)
{
	const u8 *pos = cur->pos;

	if (len > cur->left)
		return NULL;
	cur->pos += len;
	cur->left -= len;
	return pos;
}

static bool ept_align(struct ept_cursor *cur)
{
	return ept_take(cur, -(cur->pos - cur->start) & 3);
}

static bool ept_take_u32(struct ept_cursor *cur, u32 *value)
{
	const u8 *pos = ept_take(cur, sizeof(*value));

	if (pos)
		*value = get_unaligned_le32(pos);
	return pos;
}

static const u8 *ept_take_counted(struct ept_cursor *cur, size_t *len)
{
	const u8 *pos = ept_take(cur, sizeof(__le16));

	if (!pos)
		return NULL;
	*len = get_unaligned_le16(pos);
	return ept_take(cur, *len);
}

/* The port of a tower for @interface over TCP, 0 if it is of another kind */
static u16 ept_tower_port(const u8 *tower, size_t tower_len,
			  const struct ntlm_rpc_interface *interface)
{
	struct ept_cursor cur = { tower, tower, tower_len };
	const u8 *floors = ept_take(&cur, sizeof(__le16));
	const u8 *lhs, *rhs;
	size_t lhs_len, rhs_len;
	unsigned int i;
	u16 port = 0;

	if (!floors || get_unaligned_le16(floors) < 4)
		return 0;
	for (i = 1; i <= 4; i++) {
		lhs = ept_take_counted(&cur, &lhs_len);
		if (!lhs || !lhs_len)
			return 0;
		rhs = ept_take_counted(&cur, &rhs_len);
		if (!rhs)
			return 0;
		if (i == 1 && (lhs_len != 19 || lhs[0] != EPT_PROTO_UUID ||
			       memcmp(lhs + 1, &interface->uuid, 16) ||
			       get_unaligned_le16(lhs + 17) != interface->major))
			return 0;
		if (i == 4 && lhs[0] == EPT_PROTO_TCP && rhs_len == 2)
			port = get_unaligned_be16(rhs);
	}
	return port;
}

static int ept_decode(const void *data, size_t len,
		      const struct ntlm_rpc_interface *interface, u16 *port)
{
	struct ept_cursor cur = { data, data, len };
	u32 refs[EPT_MAX_TOWERS];
	u32 towers, max, offset, count, size, tower_len, status, i;
	const u8 *tower;

	if (!ept_take(&cur, 20) || !ept_take_u32(&cur, &towers) ||
	    !ept_take_u32(&cur, &max) || !ept_take_u32(&cur, &offset) ||
	    !ept_take_u32(&cur, &count))
		return -EPROTO;
	if (offset || count > EPT_MAX_TOWERS || count > max || towers != count)
		return -EPROTO;
	for (i = 0; i < count; i++)
		if (!ept_take_u32(&cur, &refs[i]))
			return -EPROTO;
	*port = 0;
	for (i = 0; i < count; i++) {
		if (!refs[i])
			continue;
		if (!ept_align(&cur) || !ept_take_u32(&cur, &size) ||
		    !ept_take_u32(&cur, &tower_len) || size != tower_len)
			return -EPROTO;
		tower = ept_take(&cur, tower_len);
		if (!tower)
			return -EPROTO;
		if (!*port)
			*port = ept_tower_port(tower, tower_len, interface);
	}
	if (!ept_align(&cur) || !ept_take_u32(&cur, &status))
		return -EPROTO;
	if (status)
		return status == EPT_NOT_REGISTERED ? -ENOENT : -EREMOTEIO;
	return *port ? 0 : -ENOENT;
}

static int ept_set_port(struct sockaddr_storage *to, const struct sockaddr *addr,
			int addr_len)
{
	__be16 *port;

	if (addr_len < (int)sizeof(addr->sa_family) ||
	    addr_len > (int)sizeof(*to))
		return -EINVAL;
	memcpy(to, addr, addr_len);
	switch (to->ss_family) {
	case AF_INET:
		port = &((struct sockaddr_in *)to)->sin_port;
		break;
	case AF_INET6:
		port = &((struct sockaddr_in6 *)to)->sin6_port;
		break;
	default:
		return -EAFNOSUPPORT;
	}
	if (!*port)
		*port = htons(NTLM_RPC_EPMAP_PORT);
	return 0;
}

/**
 * ntlm_rpc_ept_map() - ask a server for the TCP port of an interface
 * @net: network namespace; the caller holds a reference during the call
 * @addr: IPv4 or IPv6 address of the server; port 0 means NTLM_RPC_EPMAP_PORT
 * @addr_len: bytes at @addr
 * @interface: the interface that is looked for
 * @timeout_ms: as in struct ntlm_rpc_params
 * @port: gets the port, in host byte order
 *
 * The answer is not authenticated.  Whoever can forge it leads the client to
 * another port, where the authentication finds out.
 *
 * Context: process context, sleeps; a fatal signal ends the wait.
 *
 * Return: 0; -ENOENT if the interface has no TCP port there; -EREMOTEIO if the
 * endpoint mapper answers with another error; or an errno of
 * ntlm_rpc_connect() or ntlm_rpc_call().
 */
int ntlm_rpc_ept_map(struct net *net, const struct sockaddr *addr, int addr_len,
		     const struct ntlm_rpc_interface *interface,
		     unsigned int timeout_ms, u16 *port)
{
	struct sockaddr_storage mapper = { };
	struct ntlm_rpc_params params = {
		.net		= net,
		.addr		= (struct sockaddr *)&mapper,
		.addr_len	= addr_len,
		.interface	= ept_interface,
		.level		= NTLM_RPC_LEVEL_NONE,
		.timeout_ms	= timeout_ms,
		.max_response	= EPT_MAX_RESPONSE,
	};
	struct ntlm_rpc_reply reply = { };
	struct ept_map_request request;
	struct ntlm_rpc *rpc;
	int err;

	err = ept_set_port(&mapper, addr, addr_len);
	if (err)
		return err;
	rpc = ntlm_rpc_connect(&params);
	if (IS_ERR(rpc))
		return PTR_ERR(rpc);
	ept_encode(&request, interface);
	err = ntlm_rpc_call(rpc, EPT_MAP_OPNUM, &request, sizeof(request),
			    &reply);
	if (!err)
		err = ept_decode(reply.data, reply.len, interface, port);
	trace_ntlm_rpc_ept_map(rpc->id, &interface->uuid, err ? 0 : *port, err);
	ntlm_rpc_reply_free(&reply);
	ntlm_rpc_close(rpc);
	return err;
}
EXPORT_SYMBOL_GPL(ntlm_rpc_ept_map);
