/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel side of the daemon: generic netlink family "ntlm".
 */
#ifndef NTLMD_NETLINK_H
#define NTLMD_NETLINK_H

#include "server.h"

struct netlink;

/**
 * netlink_new() - prepare
 * @event: event loop
 *
 * Return: the object, or NULL without memory.
 */
struct netlink *netlink_new(sd_event *event);

/** netlink_free() - stop; the kernel puts unanswered requests back in its queue */
void netlink_free(struct netlink *nl);

/**
 * netlink_register() - register as the helper, and serve what waits
 * @nl: the object
 * @server: serves the requests; server_new() wants netlink_answer() and @nl
 *
 * What goes wrong is logged. The module cannot be unloaded while this process
 * is registered.
 *
 * Return: 0; -ENOENT if the kernel has no family "ntlm", which is logged once, and
 * then it may be called again; -EBUSY if there is
 * another helper; -EPERM; or another negative errno.
 */
int netlink_register(struct netlink *nl, struct server *server);

/** netlink_answer() - a server_answer; @arg is the struct netlink */
int netlink_answer(void *arg, const struct request *request,
		   const struct answer *answer);

#endif
