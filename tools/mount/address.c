// SPDX-License-Identifier: GPL-2.0-or-later
#include "address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* of a host name in the DNS, with NUL */
#define ADDRESS_HOST_MAX 256

/* The kernel takes the scope of an address as a number. */
static bool to_text(const struct sockaddr *sa, char text[ADDRESS_TEXT_MAX])
{
	const struct sockaddr_in6 *in6 = (const void *)sa;
	const struct sockaddr_in *in = (const void *)sa;
	size_t n;

	switch (sa->sa_family) {
	case AF_INET:
		return inet_ntop(AF_INET, &in->sin_addr, text, ADDRESS_TEXT_MAX);
	case AF_INET6:
		if (!inet_ntop(AF_INET6, &in6->sin6_addr, text, ADDRESS_TEXT_MAX))
			return false;
		n = strlen(text);
		if (in6->sin6_scope_id)
			snprintf(text + n, ADDRESS_TEXT_MAX - n, "%%%u",
				 in6->sin6_scope_id);
		return true;
	default:
		return false;
	}
}

/* Length of SERVER in //SERVER/SHARE, 0 for anything else. */
static size_t server_length(const char *source)
{
	size_t n;

	if (strncmp(source, "//", 2))
		return 0;
	n = strcspn(source + 2, "/");
	return source[2 + n] == '/' && source[3 + n] && source[3 + n] != '/' ?
	       n : 0;
}

int address_find(struct addresses *a, const char *source, const char *given,
		 char error[ADDRESS_ERROR_MAX])
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *list, *i;
	char host[ADDRESS_HOST_MAX];
	size_t n = server_length(source);
	const char *name;
	int e;

	if (!n || n >= sizeof(host)) {
		snprintf(error, ADDRESS_ERROR_MAX,
			 "the source is not of the form //SERVER/SHARE");
		return -EINVAL;
	}
	memcpy(host, source + 2, n);
	host[n] = '\0';
	name = given ?: host;
	e = getaddrinfo(name, NULL, &hints, &list);
	if (e) {
		snprintf(error, ADDRESS_ERROR_MAX, "no address of %s: %s",
			 name, gai_strerror(e));
		return -ENOENT;
	}
	for (i = list; i && a->count < ADDRESS_COUNT_MAX; i = i->ai_next)
		if (to_text(i->ai_addr, a->text[a->count]))
			a->count++;
	freeaddrinfo(list);
	if (a->count)
		return 0;
	snprintf(error, ADDRESS_ERROR_MAX, "%s has no address of IPv4 or IPv6",
		 name);
	return -ENOENT;
}

bool address_try_next(int error)
{
	switch (error) {
	case ECONNREFUSED:
	case EHOSTUNREACH:
	case EHOSTDOWN:
	case ENETUNREACH:
	case ETIMEDOUT:
		return true;
	default:
		return false;
	}
}
