/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * /dev/ntlm_rpc_test: user space drives the RPC client of the kernel.  A test
 * and demonstration device, for root only.  An open file has one connection.
 */
#ifndef _NTLM_RPC_TEST_H
#define _NTLM_RPC_TEST_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define NTLM_RPC_TEST_DEVICE	"/dev/ntlm_rpc_test"
#define NTLM_RPC_TEST_NAME	256
/* Longest stub in either direction, in bytes */
#define NTLM_RPC_TEST_STUB	(64 * 1024 * 1024)

/* struct sockaddr_in or sockaddr_in6 with the address and port of a server */
struct ntlm_rpc_test_server {
	__u8	addr[28];
	__u32	addr_len;
	__u8	uuid[16];	/* in the byte order of the wire */
	__u16	major;
	__u16	minor;
	__u32	timeout_ms;	/* 0: the client's default */
};

/*
 * Port 0 in @server.addr: ask the endpoint mapper at port @mapper_port, or at
 * the well-known one if that is 0.  Strings end with NUL; an empty @user or
 * @domain is the helper's choice.
 */
struct ntlm_rpc_test_connect {
	struct ntlm_rpc_test_server server;
	__u32	mapper_port;
	__u32	level;
	__u32	uid;
	__u32	max_response;
	__u32	max_xmit_frag;
	__u32	max_recv_frag;
	char	target[NTLM_RPC_TEST_NAME];
	char	user[NTLM_RPC_TEST_NAME];
	char	domain[NTLM_RPC_TEST_NAME];
};

/* The ioctl fails with the errno of the call; @fault is filled in all the same. */
struct ntlm_rpc_test_call {
	__u64	in;		/* address of the request stub */
	__u64	out;		/* address for the response stub */
	__u32	in_len;
	__u32	out_size;	/* bytes at @out; more is cut */
	__u32	out_len;	/* result: bytes of the response */
	__u32	fault;		/* result */
	__u32	fault_verified;	/* result */
	__u32	opnum;
};

struct ntlm_rpc_test_ept_map {
	struct ntlm_rpc_test_server server;
	__u32	port;		/* result */
};

#define NTLM_RPC_TEST_CONNECT	_IOW('N', 1, struct ntlm_rpc_test_connect)
#define NTLM_RPC_TEST_CALL	_IOWR('N', 2, struct ntlm_rpc_test_call)
#define NTLM_RPC_TEST_CLOSE	_IO('N', 3)
#define NTLM_RPC_TEST_EPT_MAP	_IOWR('N', 4, struct ntlm_rpc_test_ept_map)

#endif /* _NTLM_RPC_TEST_H */
