/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The RPC client of the kernel, through /dev/ntlm_rpc_test.
 */
#ifndef SELFTESTS_DCERPC_CLIENT_H
#define SELFTESTS_DCERPC_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ntlm_rpc_test.h"

/* enum ntlm_rpc_level of include/linux/ntlm_dcerpc.h */
enum {
	LEVEL_NONE	= 1,
	LEVEL_CONNECT	= 2,
	LEVEL_INTEGRITY	= 5,
	LEVEL_PRIVACY	= 6,
};

struct interface {
	uint8_t		uuid[16];
	uint16_t	major;
	uint16_t	minor;
};

extern const struct interface srvsvc_interface;
extern const struct interface lsarpc_interface;
extern const struct interface epmapper_interface;

/**
 * struct answer - what a call brought back
 * @data: @len bytes, to be freed
 * @len: bytes of the response stub, all of them at @data
 * @fault: status of the fault, 0 without one
 * @fault_verified: it was signed
 */
struct answer {
	uint8_t		*data;
	size_t		len;
	uint32_t	fault;
	bool		fault_verified;
};

/** client_open() - a file without connection; negative errno if not possible */
int client_open(void);

/**
 * client_server() - fill in the server and the interface of a request
 * @server: to be filled in
 * @address: IPv4 or IPv6 address in text
 * @port: 0: ask the endpoint mapper
 * @interface: the interface
 *
 * Return: false if @address is not one.
 */
bool client_server(struct ntlm_rpc_test_server *server, const char *address,
		   uint16_t port, const struct interface *interface);

/** client_connect() - 0 or a negative errno */
int client_connect(int fd, const struct ntlm_rpc_test_connect *con);

/**
 * client_call() - make a call
 * @fd: a connected file
 * @opnum: the operation
 * @stub: request stub
 * @len: bytes at @stub
 * @answer: filled in, also after a fault
 *
 * Return: 0 or a negative errno.
 */
int client_call(int fd, unsigned int opnum, const void *stub, size_t len,
		struct answer *answer);

/** client_close() - end the connection; the file can connect again */
int client_close(int fd);

/** client_ept_map() - port of the interface of @server, or a negative errno */
int client_ept_map(int fd, const struct ntlm_rpc_test_server *server);

#endif
