/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One connection of ntlmd, in a process of its own.
 */
#ifndef NTLMD_WINBIND_SERVE_H
#define NTLMD_WINBIND_SERVE_H

#include <sys/types.h>

/**
 * serve() - answer the one request of a connection, and end the process
 * @fd: the connection
 * @client: the only uid that may ask
 * @seconds: after which the client is told that time is up
 */
_Noreturn void serve(int fd, uid_t client, unsigned int seconds);

#endif
