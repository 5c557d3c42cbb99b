// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "client.h"

/* Response buffer of a call, in bytes */
#define OUT_SIZE (16u * 1024 * 1024)

/* 4b324fc8-1670-01d3-1278-5a47bf6ee188 v3.0, [MS-SRVS] section 1.9 */
const struct interface srvsvc_interface = {
	{ 0xc8, 0x4f, 0x32, 0x4b, 0x70, 0x16, 0xd3, 0x01,
	  0x12, 0x78, 0x5a, 0x47, 0xbf, 0x6e, 0xe1, 0x88 }, 3, 0,
};

/* 12345778-1234-abcd-ef00-0123456789ab v0.0, [MS-LSAT] section 1.9 */
const struct interface lsarpc_interface = {
	{ 0x78, 0x57, 0x34, 0x12, 0x34, 0x12, 0xcd, 0xab,
	  0xef, 0x00, 0x01, 0x23, 0x45, 0x67, 0x89, 0xab }, 0, 0,
};

/* e1af8308-5d1f-11c9-91a4-08002b14a0fa v3.0, [C706] appendix O */
const struct interface epmapper_interface = {
	{ 0x08, 0x83, 0xaf, 0xe1, 0x1f, 0x5d, 0xc9, 0x11,
	  0x91, 0xa4, 0x08, 0x00, 0x2b, 0x14, 0xa0, 0xfa }, 3, 0,
};

int client_open(void)
{
	int fd = open(NTLM_RPC_TEST_DEVICE, O_RDWR | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

bool client_server(struct ntlm_rpc_test_server *server, const char *address,
		   uint16_t port, const struct interface *interface)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in in = { .sin_family = AF_INET };

	memset(server, 0, sizeof(*server));
	memcpy(server->uuid, interface->uuid, sizeof(server->uuid));
	server->major = interface->major;
	server->minor = interface->minor;
	if (inet_pton(AF_INET, address, &in.sin_addr) == 1) {
		in.sin_port = htons(port);
		memcpy(server->addr, &in, sizeof(in));
		server->addr_len = sizeof(in);
		return true;
	}
	if (inet_pton(AF_INET6, address, &in6.sin6_addr) == 1) {
		in6.sin6_port = htons(port);
		memcpy(server->addr, &in6, sizeof(in6));
		server->addr_len = sizeof(in6);
		return true;
	}
	return false;
}

int client_connect(int fd, const struct ntlm_rpc_test_connect *con)
{
	return ioctl(fd, NTLM_RPC_TEST_CONNECT, con) ? -errno : 0;
}

int client_call(int fd, unsigned int opnum, const void *stub, size_t len,
		struct answer *answer)
{
	struct ntlm_rpc_test_call call = {
		.in = (uintptr_t)stub,
		.in_len = (uint32_t)len,
		.out_size = OUT_SIZE,
		.opnum = opnum,
	};
	int err;

	memset(answer, 0, sizeof(*answer));
	answer->data = malloc(OUT_SIZE);
	if (!answer->data)
		return -ENOMEM;
	call.out = (uintptr_t)answer->data;
	err = ioctl(fd, NTLM_RPC_TEST_CALL, &call) ? -errno : 0;
	if (!err && call.out_len > OUT_SIZE)
		err = -EMSGSIZE;
	answer->len = err ? 0 : call.out_len;
	answer->fault = call.fault;
	answer->fault_verified = call.fault_verified;
	if (err) {
		free(answer->data);
		answer->data = NULL;
	}
	return err;
}

int client_close(int fd)
{
	return ioctl(fd, NTLM_RPC_TEST_CLOSE) ? -errno : 0;
}

int client_ept_map(int fd, const struct ntlm_rpc_test_server *server)
{
	struct ntlm_rpc_test_ept_map map = { .server = *server };

	return ioctl(fd, NTLM_RPC_TEST_EPT_MAP, &map) ? -errno : (int)map.port;
}
