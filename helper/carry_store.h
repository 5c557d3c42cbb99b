/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The FD store of the service manager: descriptors that it keeps for the next
 * process of this service.
 */
#ifndef NTLMD_CARRY_STORE_H
#define NTLMD_CARRY_STORE_H

#include <stdbool.h>

/** store_take_all() - called once for each descriptor that is handed over */
typedef void (*store_found)(const char *name, int fd);

/**
 * store_init() - take over what was kept, and find out whether it works
 * @found: gets every descriptor, which is its own from then on; the name is
 *	the one given to store_put()
 */
void store_init(store_found found);

/** store_works() - does the service manager keep what store_put() gives it? */
bool store_works(void);

/** store_put() - ask the service manager to keep a descriptor; it gets a copy */
int store_put(const char *name, int fd);

/** store_remove() - ask the service manager to close all copies of this name */
void store_remove(const char *name);

#endif
