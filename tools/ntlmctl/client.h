/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Questions to the netlink family "ntlm".
 */
#ifndef NTLMCTL_CLIENT_H
#define NTLMCTL_CLIENT_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stdint.h>

#include <linux/ntlm.h>

#include "exit.h"

struct nlattr;
struct nl_sock;

/**
 * struct client - a socket
 * @sock: the socket
 * @family: netlink type of the family
 */
struct client {
	struct nl_sock *sock;
	int family;
};

/**
 * client_open() - connect to the kernel
 * @c: to be closed with client_close() whatever the result
 *
 * Return: EXIT_OK, or another exit status; what is wrong has been printed.
 */
int client_open(struct client *c);
void client_close(struct client *c);

/** client_row - receives the attributes of a message; @tb[0..max] may be NULL */
typedef void (*client_row)(void *arg, struct nlattr **tb);

/**
 * client_get() - ask and hand every answer to @row
 * @c: an open client
 * @cmd: NTLM_CMD_CONTEXT_GET or NTLM_CMD_STATS_GET
 * @row: called for each answer
 * @arg: first argument of @row
 *
 * Return: EXIT_OK, EXIT_NOT_ALLOWED or EXIT_PROBLEM; what is wrong has been
 * printed.
 */
int client_get(struct client *c, uint8_t cmd, client_row row, void *arg);

/**
 * client_follow() - hand events to @row until a signal arrives
 * @c: an open client
 * @signals: descriptor that becomes readable when it is time to end
 * @ready: called when no event can be missed any more
 * @row: called for each event
 * @arg: first argument of @ready and @row
 *
 * Return: as client_get().
 */
int client_follow(struct client *c, int signals, void (*ready)(void *arg),
		  client_row row, void *arg);

#endif
