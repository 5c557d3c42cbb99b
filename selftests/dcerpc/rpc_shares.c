// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rpc_shares: ask a server for its name and its shares through the RPC client
 * of the kernel.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "srvsvc.h"

static const char usage_text[] =
	"usage: rpc_shares [options] ADDRESS\n"
	"  -t TARGET    service principal name (cifs/ADDRESS)\n"
	"  -u USER      user that is wanted (the helper's choice)\n"
	"  -d DOMAIN    domain that is wanted (the helper's choice)\n"
	"  -U UID       whose credentials are wanted (the caller's)\n"
	"  -l LEVEL     connect, integrity or privacy (privacy)\n"
	"  -p PORT      port of the server service (ask the endpoint mapper)\n"
	"  -w SECONDS   time limit of each step (30)\n"
	"  -H SECONDS   hold the connection so long before it ends (0)\n";

static _Noreturn void usage(void)
{
	fputs(usage_text, stderr);
	exit(2);
}

static unsigned long number(const char *text, unsigned long max)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno || *end || end == text || value > max)
		usage();
	return value;
}

static uint32_t level(const char *name)
{
	if (!strcmp(name, "connect"))
		return LEVEL_CONNECT;
	if (!strcmp(name, "integrity"))
		return LEVEL_INTEGRITY;
	if (!strcmp(name, "privacy"))
		return LEVEL_PRIVACY;
	usage();
}

static void copy(char to[NTLM_RPC_TEST_NAME], const char *from)
{
	if (strlen(from) >= NTLM_RPC_TEST_NAME)
		usage();
	memset(to, 0, NTLM_RPC_TEST_NAME);
	memcpy(to, from, strlen(from));
}

static const char *advice(int err)
{
	switch (-err) {
	case EACCES:
		return "the server refused the logon or the call: check user and password of the credential";
	case ENOKEY:
		return "no helper or no credential for this user and target: is ntlmd running, does ntlmctl status list the credential?";
	case ECONNREFUSED:
		return "nobody listens there: is the server running with RPC over TCP?";
	case ETIMEDOUT:
		return "no answer in time";
	case ENOENT:
		return "the endpoint mapper does not know the server service";
	case EBADMSG:
		return "a message of the server is damaged or forged";
	case EPROTO:
		return "the server breaks the protocol, see the kernel log";
	default:
		return "see the kernel log";
	}
}

static int complain(const char *what, int err)
{
	fprintf(stderr, "rpc_shares: %s: %s (%s)\n", what, strerror(-err),
		advice(err));
	return 1;
}

static int judge(const char *what, int err)
{
	if (!err)
		return 0;
	if (err > 0)
		fprintf(stderr, "rpc_shares: %s: the server answers with error %d\n",
			what, err);
	else
		complain(what, err);
	return 1;
}

/* Names come from a server: nothing of it may steer a terminal. */
static void print_text(const char *text)
{
	for (; text && *text; text++)
		putchar((unsigned char)*text < 0x20 || *text == 0x7f ? '?' :
			*text);
}

static const char *share_type(uint32_t type)
{
	static const char * const names[] = { "disk", "printer", "device", "IPC" };

	type &= 0x0fffffff;
	return type < 4 ? names[type] : "other";
}

static int show_server(int fd, const char *name)
{
	struct ndr_writer w = { 0 };
	struct answer answer = { 0 };
	struct server_info info = { 0 };
	int err;

	srvsvc_put_server_get_info(&w, name);
	err = w.failed ? -ENOMEM : client_call(fd, SRVSVC_NET_SERVER_GET_INFO,
					       w.data, w.len, &answer);
	if (!err)
		err = srvsvc_get_server_info(&answer, &info);
	if (!err) {
		printf("server:  ");
		print_text(info.name);
		printf("\nversion: %u.%u, platform %u, type 0x%x\ncomment: ",
		       info.major & 0xf, info.minor, info.platform, info.type);
		print_text(info.comment);
		putchar('\n');
	}
	srvsvc_free_server_info(&info);
	free(answer.data);
	ndr_writer_free(&w);
	return judge("NetrServerGetInfo", err);
}

static int show_shares(int fd, const char *name)
{
	struct ndr_writer w = { 0 };
	struct answer answer = { 0 };
	struct shares shares = { 0 };
	size_t i;
	int err;

	srvsvc_put_share_enum(&w, name);
	err = w.failed ? -ENOMEM : client_call(fd, SRVSVC_NET_SHARE_ENUM,
					       w.data, w.len, &answer);
	if (!err)
		err = srvsvc_get_shares(&answer, &shares);
	for (i = 0; !err && i < shares.count; i++) {
		printf("share:   ");
		print_text(shares.list[i].name);
		printf(" (%s)%s", share_type(shares.list[i].type),
		       shares.list[i].remark && *shares.list[i].remark ? "  " : "");
		print_text(shares.list[i].remark);
		putchar('\n');
	}
	srvsvc_free_shares(&shares);
	free(answer.data);
	ndr_writer_free(&w);
	return judge("NetrShareEnum", err);
}

int main(int argc, char **argv)
{
	struct ntlm_rpc_test_connect con = {
		.level = LEVEL_PRIVACY,
		.uid = getuid(),
	};
	const char *address;
	char name[NTLM_RPC_TEST_NAME];
	unsigned long seconds = 30, hold = 0, port = 0;
	int c, fd, err;

	while ((c = getopt(argc, argv, "t:u:d:U:l:p:w:H:")) != -1) {
		switch (c) {
		case 't':
			copy(con.target, optarg);
			break;
		case 'u':
			copy(con.user, optarg);
			break;
		case 'd':
			copy(con.domain, optarg);
			break;
		case 'U':
			con.uid = (uint32_t)number(optarg, UINT32_MAX);
			break;
		case 'l':
			con.level = level(optarg);
			break;
		case 'p':
			port = number(optarg, UINT16_MAX);
			break;
		case 'w':
			seconds = number(optarg, 3600);
			break;
		case 'H':
			hold = number(optarg, 3600);
			break;
		default:
			usage();
		}
	}
	if (optind + 1 != argc)
		usage();
	address = argv[optind];
	if (!client_server(&con.server, address, (uint16_t)port,
			   &srvsvc_interface)) {
		fprintf(stderr, "rpc_shares: %s is not an IP address\n", address);
		return 2;
	}
	con.server.timeout_ms = (uint32_t)seconds * 1000;
	if (!con.target[0])
		snprintf(con.target, sizeof(con.target), "cifs/%s", address);
	snprintf(name, sizeof(name), "\\\\%s", address);

	fd = client_open();
	if (fd < 0)
		return complain("cannot open " NTLM_RPC_TEST_DEVICE
				" (modprobe ntlm_rpc_test)", fd);
	err = client_connect(fd, &con);
	if (err) {
		close(fd);
		return complain("cannot connect", err);
	}
	err = show_server(fd, name);
	if (!err)
		err = show_shares(fd, name);
	if (!err && fflush(stdout))
		err = complain("cannot write", -errno);
	if (!err && hold)
		sleep((unsigned int)hold);
	close(fd);
	return err;
}
