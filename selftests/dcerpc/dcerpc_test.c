// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The RPC client against Samba.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ndr.h"
#include "setup.h"
#include "srvsvc.h"

#define SMALL_FRAG	2048

#define NCA_OP_RNG_ERROR	0x1c010002
#define BAD_STUB_DATA		0x6f7

static const struct interface unknown_interface = {
	{ 0xde, 0xad, 0xbe, 0xef, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 }, 1, 0,
};

static int connect_srvsvc(uint32_t level)
{
	struct ntlm_rpc_test_connect con;

	samba_params(&con, &srvsvc_interface, level);
	return must_connect(&con);
}

static void check_server_info(int fd, const char *server)
{
	struct ndr_writer w = { 0 };
	struct server_info info;
	struct answer answer;

	srvsvc_put_server_get_info(&w, server);
	CHECK(!w.failed);
	CHECK_ERR(client_call(fd, SRVSVC_NET_SERVER_GET_INFO, w.data, w.len,
			      &answer), 0);
	CHECK_EQ(srvsvc_get_server_info(&answer, &info), 0);
	CHECK(info.name && *info.name);
	srvsvc_free_server_info(&info);
	free(answer.data);
	ndr_writer_free(&w);
}

/* Returns the number of shares; the length of the response goes to @len. */
static size_t check_shares(int fd, const char *server, size_t *len)
{
	struct ndr_writer w = { 0 };
	struct answer answer;
	struct shares shares;
	size_t count, i;
	bool ipc = false;

	srvsvc_put_share_enum(&w, server);
	CHECK(!w.failed);
	CHECK_ERR(client_call(fd, SRVSVC_NET_SHARE_ENUM, w.data, w.len,
			      &answer), 0);
	CHECK_EQ(srvsvc_get_shares(&answer, &shares), 0);
	for (i = 0; i < shares.count; i++)
		ipc = ipc || (shares.list[i].name &&
			      !strcmp(shares.list[i].name, "IPC$"));
	CHECK(ipc);
	count = shares.count;
	if (len)
		*len = answer.len;
	srvsvc_free_shares(&shares);
	free(answer.data);
	ndr_writer_free(&w);
	return count;
}

static void shares_at(uint32_t level)
{
	int fd = connect_srvsvc(level);

	check_server_info(fd, "\\\\127.0.0.1");
	check_shares(fd, "\\\\127.0.0.1", NULL);
	close(fd);
}

static void shares_connect(void)
{
	shares_at(LEVEL_CONNECT);
}

static void shares_integrity(void)
{
	shares_at(LEVEL_INTEGRITY);
}

static void shares_privacy(void)
{
	shares_at(LEVEL_PRIVACY);
}

static void ept_map(void)
{
	struct ntlm_rpc_test_connect con;
	int fd = must_open(), port;

	samba_params(&con, &srvsvc_interface, LEVEL_NONE);
	port = client_ept_map(fd, &con.server);
	CHECK(port > 1023 && port < 65536);
	close(fd);
}

static void ept_map_unknown(void)
{
	struct ntlm_rpc_test_connect con;
	int fd = must_open();

	samba_params(&con, &unknown_interface, LEVEL_NONE);
	CHECK_ERR(client_ept_map(fd, &con.server), -ENOENT);
	close(fd);
}

/* The endpoint mapper's own list does not fit in one small fragment. */
static void fragments_none(void)
{
	struct ntlm_rpc_test_connect con;
	struct ndr_writer w = { 0 };
	struct answer answer;
	uint32_t i;
	int fd;

	samba_params(&con, &epmapper_interface, LEVEL_NONE);
	((uint8_t *)con.server.addr)[3] = 135;
	con.max_recv_frag = SMALL_FRAG;
	con.max_xmit_frag = SMALL_FRAG;
	fd = must_connect(&con);
	/* ept_lookup: all elements, no object, no interface, all versions */
	ndr_put_u32(&w, 0);
	ndr_put_u32(&w, 0);
	ndr_put_u32(&w, 0);
	ndr_put_u32(&w, 1);
	for (i = 0; i < 5; i++)
		ndr_put_u32(&w, 0);
	ndr_put_u32(&w, 200);
	CHECK(!w.failed);
	CHECK_ERR(client_call(fd, 2, w.data, w.len, &answer), 0);
	tap_note("%zu bytes in fragments of %u", answer.len, SMALL_FRAG);
	CHECK(answer.len > 2 * SMALL_FRAG);
	free(answer.data);
	ndr_writer_free(&w);
	close(fd);
}

static void fragments_response(uint32_t level)
{
	struct ntlm_rpc_test_connect con;
	size_t all, len;
	int fd, i;

	fd = connect_srvsvc(level);
	all = check_shares(fd, "\\\\127.0.0.1", NULL);
	close(fd);
	samba_params(&con, &srvsvc_interface, level);
	con.max_recv_frag = SMALL_FRAG;
	fd = must_connect(&con);
	for (i = 0; i < 3; i++) {
		CHECK_EQ(check_shares(fd, "\\\\127.0.0.1", &len), all);
		if (len <= 2 * SMALL_FRAG)
			FAIL("%zu shares in %zu bytes are no test: give Samba 60 shares",
			     all, len);
	}
	close(fd);
}

static void fragments_response_connect(void)
{
	fragments_response(LEVEL_CONNECT);
}

static void fragments_response_integrity(void)
{
	fragments_response(LEVEL_INTEGRITY);
}

static void fragments_response_privacy(void)
{
	fragments_response(LEVEL_PRIVACY);
}

static char *long_name(size_t len)
{
	char *name = malloc(len + 1);

	CHECK(name);
	memset(name, 'x', len);
	name[0] = '\\';
	name[1] = '\\';
	name[len] = '\0';
	return name;
}

/* A server name of @len characters makes a request of 2 * @len bytes. */
static void fragments_request(uint32_t level, unsigned int frag, size_t len)
{
	struct ntlm_rpc_test_connect con;
	char *name = long_name(len);
	int fd;

	samba_params(&con, &srvsvc_interface, level);
	con.max_xmit_frag = frag;
	fd = must_connect(&con);
	check_server_info(fd, name);
	check_shares(fd, name, NULL);
	check_server_info(fd, "\\\\127.0.0.1");
	close(fd);
	free(name);
}

static void fragments_request_connect(void)
{
	fragments_request(LEVEL_CONNECT, SMALL_FRAG, 30000);
}

static void fragments_request_integrity(void)
{
	fragments_request(LEVEL_INTEGRITY, SMALL_FRAG, 30000);
}

static void fragments_request_privacy(void)
{
	fragments_request(LEVEL_PRIVACY, SMALL_FRAG, 30000);
}

static void fragments_request_1mib(void)
{
	fragments_request(LEVEL_PRIVACY, 0, 512 * 1024);
}

/* Requests that just fit in one or two fragments, or just do not */
static void fragments_boundary(void)
{
	static const size_t room = (SMALL_FRAG - 24 - 24) / 16 * 16;
	struct ntlm_rpc_test_connect con;
	size_t frags, len;
	char *name;
	int fd;

	samba_params(&con, &srvsvc_interface, LEVEL_PRIVACY);
	con.max_xmit_frag = SMALL_FRAG;
	fd = must_connect(&con);
	for (frags = 1; frags <= 2; frags++) {
		/* 22 bytes are not the name; it is padded to a word */
		for (len = frags * room - 22 - 20; len <= frags * room - 22 + 20;
		     len += 4) {
			name = long_name(len / 2);
			check_server_info(fd, name);
			free(name);
		}
	}
	close(fd);
}

static void many_calls(void)
{
	int fd = connect_srvsvc(LEVEL_PRIVACY), i;

	for (i = 0; i < 200; i++)
		check_server_info(fd, "\\\\127.0.0.1");
	close(fd);
}

static void unknown_operation(void)
{
	int fd = connect_srvsvc(LEVEL_PRIVACY);
	struct answer answer;

	check_server_info(fd, "\\\\127.0.0.1");
	CHECK_ERR(client_call(fd, 4000, "", 0, &answer), -EOPNOTSUPP);
	CHECK_EQ(answer.fault, NCA_OP_RNG_ERROR);
	check_server_info(fd, "\\\\127.0.0.1");
	close(fd);
}

static void bad_stub(void)
{
	int fd = connect_srvsvc(LEVEL_PRIVACY);
	struct answer answer;

	CHECK_ERR(client_call(fd, SRVSVC_NET_SHARE_ENUM, "abc", 3, &answer),
		  -EINVAL);
	CHECK_EQ(answer.fault, BAD_STUB_DATA);
	check_server_info(fd, "\\\\127.0.0.1");
	close(fd);
}

static void unknown_interface_at_server(void)
{
	struct ntlm_rpc_test_connect con;
	int fd = must_open(), port;

	samba_params(&con, &srvsvc_interface, LEVEL_PRIVACY);
	port = client_ept_map(fd, &con.server);
	CHECK(port > 0);
	CHECK(client_server(&con.server, setting("NTLM_TEST_SERVER"),
			    (uint16_t)port, &unknown_interface));
	CHECK_ERR(client_connect(fd, &con), -EPROTONOSUPPORT);
	close(fd);
}

static void response_limit(void)
{
	struct ntlm_rpc_test_connect con;
	struct ndr_writer w = { 0 };
	struct answer answer;
	int fd;

	samba_params(&con, &srvsvc_interface, LEVEL_PRIVACY);
	con.max_response = 64;
	fd = must_connect(&con);
	srvsvc_put_share_enum(&w, "\\\\127.0.0.1");
	CHECK_ERR(client_call(fd, SRVSVC_NET_SHARE_ENUM, w.data, w.len,
			      &answer), -EMSGSIZE);
	CHECK_ERR(client_call(fd, SRVSVC_NET_SHARE_ENUM, w.data, w.len,
			      &answer), -ENOTCONN);
	ndr_writer_free(&w);
	close(fd);
}

static void no_credential(void)
{
	struct ntlm_rpc_test_connect con;
	int fd = must_open();

	samba_params(&con, &srvsvc_interface, LEVEL_PRIVACY);
	strcpy(con.target, "cifs/no-credential.example.com");
	CHECK_ERR(client_connect(fd, &con), -ENOKEY);
	close(fd);
}

static void nobody_listens(void)
{
	struct ntlm_rpc_test_connect con;
	int fd = must_open();

	samba_params(&con, &srvsvc_interface, LEVEL_PRIVACY);
	CHECK(client_server(&con.server, "127.0.0.1", 1, &srvsvc_interface));
	CHECK_ERR(client_connect(fd, &con), -ECONNREFUSED);
	close(fd);
}

static void bad_parameters(void)
{
	struct ntlm_rpc_test_connect good, con;
	int fd = must_open();

	samba_params(&good, &srvsvc_interface, LEVEL_PRIVACY);
	CHECK(client_server(&good.server, "127.0.0.1", 1, &srvsvc_interface));
#define REFUSED(change, err) do {					\
	con = good;							\
	change;								\
	CHECK_ERR(client_connect(fd, &con), err);			\
} while (0)
	REFUSED(con.level = 0, -EINVAL);
	REFUSED(con.level = 3, -EINVAL);
	REFUSED(con.level = 4, -EINVAL);
	REFUSED(con.level = 7, -EINVAL);
	REFUSED(con.target[0] = '\0', -EINVAL);
	REFUSED(con.max_xmit_frag = 2047, -EINVAL);
	REFUSED(con.max_xmit_frag = 65536, -EINVAL);
	REFUSED(con.max_recv_frag = 2047, -EINVAL);
	REFUSED(con.max_recv_frag = 65536, -EINVAL);
	REFUSED(con.server.addr_len = 0, -EINVAL);
	REFUSED(con.server.addr_len = 15, -EINVAL);
	REFUSED(con.server.addr[0] = 1, -EAFNOSUPPORT);
	close(fd);
}

/* Connections that come and go, some of them without a call */
static void many_connections(void)
{
	int fd, i;

	for (i = 0; i < 20; i++) {
		fd = connect_srvsvc(i % 2 ? LEVEL_PRIVACY : LEVEL_INTEGRITY);
		if (i % 3)
			check_server_info(fd, "\\\\127.0.0.1");
		close(fd);
	}
}

#define T(fn) TAP_TEST(fn, 120)
static const struct tap_test tests[] = {
	T(ept_map), T(ept_map_unknown), T(shares_connect), T(shares_integrity),
	T(shares_privacy), T(fragments_none), T(fragments_response_connect),
	T(fragments_response_integrity), T(fragments_response_privacy),
	T(fragments_request_connect), T(fragments_request_integrity),
	T(fragments_request_privacy), T(fragments_request_1mib),
	T(fragments_boundary), T(many_calls), T(many_connections),
	T(unknown_operation), T(bad_stub), T(unknown_interface_at_server),
	T(response_limit), T(no_credential), T(nobody_listens),
	T(bad_parameters),
};

int main(int argc, char **argv)
{
	return tap_main(argc, argv, "rpc", tests,
			sizeof(tests) / sizeof(*tests), NULL, NULL);
}
