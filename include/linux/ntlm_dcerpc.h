/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * DCE/RPC client for the kernel: connection-oriented RPC 5.0 over TCP
 * (ncacn_ip_tcp, [C706] chapter 12 and [MS-RPCE]) with NTLM security.
 *
 * A connection is bound to one interface of the server with NDR as transfer
 * syntax.  The caller encodes and decodes the stubs.
 */
#ifndef _LINUX_NTLM_DCERPC_H
#define _LINUX_NTLM_DCERPC_H

#include <linux/socket.h>
#include <linux/types.h>
#include <linux/uidgid.h>
#include <linux/uuid.h>

struct net;
struct ntlm_rpc;

/**
 * enum ntlm_rpc_level - authentication levels, [MS-RPCE] section 2.2.1.1.8
 * @NTLM_RPC_LEVEL_NONE: no authentication
 * @NTLM_RPC_LEVEL_CONNECT: the logon alone; messages are not protected
 * @NTLM_RPC_LEVEL_INTEGRITY: every message is signed
 * @NTLM_RPC_LEVEL_PRIVACY: every message is signed and its stub is sealed
 */
enum ntlm_rpc_level {
	NTLM_RPC_LEVEL_NONE		= 1,
	NTLM_RPC_LEVEL_CONNECT		= 2,
	NTLM_RPC_LEVEL_INTEGRITY	= 5,
	NTLM_RPC_LEVEL_PRIVACY		= 6,
};

/* Samba sends fragments of this size however small the client wants them. */
#define NTLM_RPC_MIN_FRAG		2048
#define NTLM_RPC_MAX_FRAG		65535
#define NTLM_RPC_DEFAULT_FRAG		5840
#define NTLM_RPC_DEFAULT_RESPONSE	(1024 * 1024)
#define NTLM_RPC_DEFAULT_TIMEOUT_MS	30000
#define NTLM_RPC_MAX_TIMEOUT_MS		(24 * 60 * 60 * 1000)
/* Well-known port of the endpoint mapper */
#define NTLM_RPC_EPMAP_PORT		135

/**
 * struct ntlm_rpc_interface - an interface of a server
 * @uuid: its identifier
 * @major: major version
 * @minor: minor version
 */
struct ntlm_rpc_interface {
	guid_t	uuid;
	u16	major;
	u16	minor;
};

/**
 * struct ntlm_rpc_params - what a client wants of a connection
 * @net: network namespace of the connection; the caller holds a reference
 *	during ntlm_rpc_connect(), the connection itself keeps none
 * @addr: IPv4 or IPv6 address and port of the server
 * @addr_len: bytes at @addr
 * @interface: the interface to bind to
 * @level: authentication level; everything below is unused with
 *	NTLM_RPC_LEVEL_NONE, except for the sizes and @timeout_ms
 * @uid: whose credentials are wanted
 * @target: SPN "service/host" in UTF-8, with the host as the user named it
 * @target_unverified: @target was named by a server and not by a user
 * @user: wanted user in UTF-8, or NULL for the helper's choice
 * @domain: wanted domain in UTF-8, or NULL for the helper's choice
 * @timeout_ms: longest time, in milliseconds, of the TCP connect, of the bind,
 *	of each call, and of each step of the authentication in user space, at
 *	most a day; 0 means NTLM_RPC_DEFAULT_TIMEOUT_MS
 * @max_response: longest response stub that is accepted, in bytes; 0 means
 *	NTLM_RPC_DEFAULT_RESPONSE
 * @max_xmit_frag: longest fragment to send, in bytes, from NTLM_RPC_MIN_FRAG
 *	to NTLM_RPC_MAX_FRAG; 0 means NTLM_RPC_DEFAULT_FRAG; the server may
 *	lower it
 * @max_recv_frag: longest fragment to receive, in the same way
 */
struct ntlm_rpc_params {
	struct net			*net;
	const struct sockaddr		*addr;
	int				addr_len;
	struct ntlm_rpc_interface	interface;
	enum ntlm_rpc_level		level;
	kuid_t				uid;
	const char			*target;
	bool				target_unverified;
	const char			*user;
	const char			*domain;
	unsigned int			timeout_ms;
	size_t				max_response;
	unsigned int			max_xmit_frag;
	unsigned int			max_recv_frag;
};

/**
 * struct ntlm_rpc_reply - the answer to a call
 * @data: response stub; freed with ntlm_rpc_reply_free()
 * @len: bytes of the stub at @data; 0 if the call failed
 * @size: bytes allocated at @data
 * @fault: status of the fault that the server answered with, else 0
 * @fault_verified: the fault carried a valid signature.  Servers send most
 *	faults without one; then anybody on the path may have written it
 *
 * Zeroed before the first use.  The memory at @data is used again and grows if
 * the same reply is given to further calls.
 */
struct ntlm_rpc_reply {
	void	*data;
	size_t	len;
	size_t	size;
	u32	fault;
	bool	fault_verified;
};

struct ntlm_rpc *ntlm_rpc_connect(const struct ntlm_rpc_params *params);
int ntlm_rpc_call(struct ntlm_rpc *rpc, u16 opnum, const void *stub,
		  size_t len, struct ntlm_rpc_reply *reply);
void ntlm_rpc_close(struct ntlm_rpc *rpc);
void ntlm_rpc_reply_free(struct ntlm_rpc_reply *reply);

int ntlm_rpc_ept_map(struct net *net, const struct sockaddr *addr, int addr_len,
		     const struct ntlm_rpc_interface *interface,
		     unsigned int timeout_ms, u16 *port);

int ntlm_rpc_fault_errno(u32 status);

#endif /* _LINUX_NTLM_DCERPC_H */
