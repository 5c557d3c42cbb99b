// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A client and a server in the kernel (/dev/ntlm_test) that log on to each other
 * through ntlmd.
 *
 *	ntlmd_pair [-a] [-b] [-c] [-n] [-p] [-s] [-u UID] TARGET
 *
 * -a: anonymous, -b: with channel bindings, -c: connectionless, -n: without
 * protection, -p: print "step" before each step and wait for a line, -s: SPNEGO,
 * -u: uid of the server. Prints one line: "client=ERRNO
 * server=ERRNO", and then "ntstatus=0x..." or "tokens=N key=same|other
 * message=ok|wrong bound=N user=NAME workstation=NAME sids=SID,...", and "guest"
 * or "anonymous" if the client is. Exit status 0 if the server let it in.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../lib/driver.h"

#define REQUIRED	(NTLM_OPT_INTEGRITY | NTLM_OPT_CONFIDENTIALITY)

enum { CLIENT, SERVER };

struct pair {
	int fd[2];
	int result[2];
	unsigned int tokens;
	bool datagram;
	bool pauses;
};

static const char *name(int error)
{
	return error ? strerrorname_np(-error) : "0";
}

/* Both ways, so both have the keys of both directions. */
static bool message(const struct pair *p, int from, uint32_t seq)
{
	static const char text[] = "attack at dawn";
	char bytes[sizeof(text)];
	struct ntlm_test_seg seg = {
		.src = (uintptr_t)bytes,
		.dst = (uintptr_t)bytes,
		.len = sizeof(bytes),
		.flags = NTLM_TEST_SEG_SEAL,
		.in_place = 1,
	};
	struct ntlm_test_message order = {
		.segs = (uintptr_t)&seg,
		.op = p->datagram ? NTLM_TEST_SEAL_DATAGRAM : NTLM_TEST_SEAL,
		.nsegs = 1,
		.seq = p->datagram ? seq : 0,
	};

	memcpy(bytes, text, sizeof(text));
	if (ioctl(p->fd[from], NTLM_TEST_MESSAGE, &order) < 0 || order.result ||
	    !memcmp(bytes, text, sizeof(text)))
		return false;
	order.op = p->datagram ? NTLM_TEST_UNSEAL_DATAGRAM : NTLM_TEST_UNSEAL;
	if (ioctl(p->fd[!from], NTLM_TEST_MESSAGE, &order) < 0 || order.result)
		return false;
	return !memcmp(bytes, text, sizeof(text));
}

static void exchange(struct pair *p)
{
	static uint8_t token[2][NTLM_MAX_TOKEN];
	int side = p->datagram ? SERVER : CLIENT;
	const uint8_t *in = NULL;
	size_t len = 0;

	/* its first step makes no token */
	if (p->datagram)
		p->result[CLIENT] = drv_exchange(p->fd[CLIENT], NULL, 0, NULL, &len);
	len = 0;
	for (;;) {
		int r;

		if (p->pauses) {
			puts("step");
			fflush(stdout);
			if (getchar() == EOF)
				return;
		}
		r = drv_exchange(p->fd[side], in, len, token[side], &len);

		p->result[side] = r;
		if ((r && r != -EINPROGRESS) || !len)
			return;
		p->tokens++;
		in = token[side];
		side = !side;
	}
}

static void report(struct pair *p)
{
	struct ntlm_test_info client = drv_info(p->fd[CLIENT]);
	struct ntlm_test_info server = drv_info(p->fd[SERVER]);
	bool same = !client.key_result && !server.key_result &&
		    !memcmp(client.key, server.key, sizeof(client.key));
	bool ok = message(p, CLIENT, 7) && message(p, SERVER, 7) &&
		  message(p, CLIENT, 8);

	printf("tokens=%u key=%s message=%s bound=%d user=%s%s%s workstation=%s sids=",
	       p->tokens, same ? "same" : "other", ok ? "ok" : "wrong",
	       (client.granted & server.granted & NTLM_OPT_CHANNEL_BINDINGS) != 0,
	       server.domain, *server.domain ? "\\" : "", server.user,
	       server.workstation);
	for (unsigned int i = 0; i < server.nsids && i < NTLM_TEST_SIDS; i++)
		printf("%s%s", i ? "," : "", server.sids[i]);
	printf("%s%s\n", server.identity_flags & NTLM_IDENTITY_GUEST ? " guest" : "",
	       server.anonymous ? " anonymous" : "");
}

int main(int argc, char **argv)
{
	static const uint8_t bindings[NTLM_CHANNEL_BINDINGS_SIZE] = { 1, 2, 3 };
	struct drv_params client = { .required = REQUIRED };
	struct drv_params server = {
		.required = REQUIRED,
		.role = NTLM_ROLE_ACCEPTOR,
	};
	struct pair p = { 0 };
	int c;

	while ((c = getopt(argc, argv, "abcnpsu:")) != -1) {
		switch (c) {
		case 'a':
			client.wished = server.wished = NTLM_OPT_ANONYMOUS;
			client.required = server.required = 0;
			break;
		case 'n':
			client.required = server.required = 0;
			break;
		case 'c':
			p.datagram = true;
			client.mode = server.mode = NTLM_MODE_CONNECTIONLESS;
			break;
		case 'p':
			p.pauses = true;
			break;
		case 's':
			client.spnego = server.spnego = true;
			break;
		case 'b':
			client.bindings = server.bindings = bindings;
			break;
		case 'u':
			server.uid = (uint32_t)strtoul(optarg, NULL, 0);
			break;
		default:
			return 2;
		}
	}
	if (argc - optind != 1)
		return 2;
	client.target = server.target = argv[optind];
	p.fd[CLIENT] = drv_context(&client);
	p.fd[SERVER] = drv_context(&server);
	exchange(&p);
	printf("client=%s server=%s ", name(p.result[CLIENT]), name(p.result[SERVER]));
	if (p.result[CLIENT] || p.result[SERVER]) {
		printf("ntstatus=0x%08X\n", drv_info(p.fd[SERVER]).ntstatus);
		return 1;
	}
	report(&p);
	return 0;
}
