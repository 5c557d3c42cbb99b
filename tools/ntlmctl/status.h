/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ntlmctl status and stats.
 */
#ifndef NTLMCTL_STATUS_H
#define NTLMCTL_STATUS_H

#include <stdbool.h>

#include "client.h"

/**
 * do_status() - show modules, helper and what does not fit together
 * @c: what client_open() left
 * @open: what it returned
 * @json: write JSON
 *
 * Return: exit status.
 */
int do_status(struct client *c, int open, bool json);

/** do_stats() - show the counters of the network namespace */
int do_stats(struct client *c, bool json);

#endif
