// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rogue ADDRESS TRICK: listen at ADDRESS, print the port, serve one client by
 * playing TRICK.  Ends with 0, or 3 if the client was the one who broke the
 * protocol.  NTLM_USER_FILE names the users, as gss-ntlmssp wants it.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rogue.h"

/* Longest life of a server, so that none outlives its test */
#define LIFE_SECONDS 300

/* Serves one client and ends wherever that leaves it, so nothing is freed. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "detect_leaks=0";
}

static int listen_at(const char *address)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct sockaddr *addr = (struct sockaddr *)&in;
	socklen_t len = sizeof(in);
	int fd;

	if (inet_pton(AF_INET6, address, &in6.sin6_addr) == 1) {
		addr = (struct sockaddr *)&in6;
		len = sizeof(in6);
	} else if (inet_pton(AF_INET, address, &in.sin_addr) != 1) {
		fprintf(stderr, "rogue: %s is not an IP address\n", address);
		exit(ROGUE_USAGE);
	}
	fd = socket(addr->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, addr, len) || listen(fd, 4) ||
	    getsockname(fd, addr, &len))
		rogue_broken(address);
	printf("%u\n", ntohs(addr->sa_family == AF_INET6 ?
			     ((struct sockaddr_in6 *)addr)->sin6_port :
			     ((struct sockaddr_in *)addr)->sin_port));
	fflush(stdout);
	/* What else is said is for people. */
	dup2(STDERR_FILENO, STDOUT_FILENO);
	return fd;
}

static const struct trick *find_trick(const char *name)
{
	const struct trick * const all[] = { bind_tricks, call_tricks, map_tricks };
	const struct trick *t;
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(*all); i++)
		for (t = all[i]; t->name; t++)
			if (!strcmp(t->name, name))
				return t;
	return NULL;
}

int main(int argc, char **argv)
{
	static struct rogue r;
	const struct mutation *m = mutations;
	const struct trick *t;
	int fd;

	if (argc != 3) {
		fputs("usage: rogue ADDRESS TRICK\n", stderr);
		return ROGUE_USAGE;
	}
	t = find_trick(argv[2]);
	while (m->name && strcmp(m->name, argv[2]))
		m++;
	if (!t && !m->name) {
		fprintf(stderr, "rogue: unknown trick %s\n", argv[2]);
		return ROGUE_USAGE;
	}
	alarm(LIFE_SECONDS);
	fd = listen_at(argv[1]);
	r.fd = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
	if (r.fd < 0)
		rogue_broken("accept");
	if (t)
		t->play(&r);
	else
		rogue_mutate(&r, m);
	close(r.fd);
	return ROGUE_OK;
}
