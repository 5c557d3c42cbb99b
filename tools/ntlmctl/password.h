/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Asking for a password.
 */
#ifndef NTLMCTL_PASSWORD_H
#define NTLMCTL_PASSWORD_H

#include <stdbool.h>
#include <stddef.h>

/** PASSWORD_SIZE - bytes of the longest line that is read, and a NUL */
#define PASSWORD_SIZE 2048

/**
 * struct password - a password in memory that is not swapped
 * @len: its length in bytes
 * @text: UTF-8
 */
struct password {
	size_t len;
	char text[PASSWORD_SIZE];
};

/** password_new() - locked memory, in no core dump; NULL: printed why */
struct password *password_new(void);

/** password_free() - wipe and free; NULL is ignored */
void password_free(struct password *p);

/**
 * password_ask() - read a line from the terminal without showing it
 * @p: receives it
 * @prompt: shown before
 *
 * Return: an exit status; what is wrong has been printed.
 */
int password_ask(struct password *p, const char *prompt);

/** password_read() - read the first line of standard input; as password_ask() */
int password_read(struct password *p);

/** password_protect() - no core dumps of this process */
void password_protect(void);

#endif
