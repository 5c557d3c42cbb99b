/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The addresses of a server: the kernel does not resolve its name at mount.
 */
#ifndef MOUNT_NTLM_ADDRESS_H
#define MOUNT_NTLM_ADDRESS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

#define ADDRESS_ERROR_MAX	512
/** ADDRESS_COUNT_MAX - as many addresses of a server are tried */
#define ADDRESS_COUNT_MAX	16
/* an address, '%' and the number of an interface */
#define ADDRESS_TEXT_MAX	(INET6_ADDRSTRLEN + 12)

struct addresses {
	size_t count;
	char text[ADDRESS_COUNT_MAX][ADDRESS_TEXT_MAX];
};

/**
 * address_find() - the addresses of the server in //SERVER/SHARE
 * @a: filled in, in the order in which they are to be tried
 * @source: //SERVER/SHARE[/PATH]
 * @given: the address or host name that was given for it, or NULL
 * @error: receives one line without a newline
 *
 * Return: 0 with at least one address; -EINVAL for another form of @source;
 * -ENOENT if there is none.
 */
int address_find(struct addresses *a, const char *source, const char *given,
		 char error[ADDRESS_ERROR_MAX]);

/** address_try_next() - is another address worth a try after this error of mount(2)? */
bool address_try_next(int error);

#endif
