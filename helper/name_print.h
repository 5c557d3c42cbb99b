/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names that somebody else chose, such as a client, a server or a local user,
 * for a line of the log or a terminal.
 */
#ifndef NTLMD_NAME_PRINT_H
#define NTLMD_NAME_PRINT_H

#include <stddef.h>

/**
 * name_print() - a name without what a line cannot show
 * @to: receives it, with NUL; a longer one is cut before a character
 * @size: bytes at @to, at least 1
 * @name: UTF-8, valid or not; NULL: an empty one
 *
 * Each control character (C0, DEL, C1), format character (those that turn a line
 * around are among them), line or paragraph separator, character that Unicode
 * does not assign, and byte that is not UTF-8 becomes '?'.
 *
 * Return: the length of @to in bytes, without NUL.
 */
size_t name_print(char *to, size_t size, const char *name);

/**
 * name_quote() - the same for a line of fields such as "user=NAME target=NAME"
 * @to: receives it, with NUL
 * @size: bytes at @to, at least 3
 * @name: as in name_print()
 *
 * In quotes if it could be taken for more than a name there; a quote in it
 * becomes '?'.
 *
 * Return: the length of @to in bytes, without NUL.
 */
size_t name_quote(char *to, size_t size, const char *name);

/**
 * name_quote_account() - the same of DOMAIN\user
 * @to: receives it, with NUL
 * @size: bytes at @to, at least 3
 * @domain: of the user; NULL or empty: none, and no backslash either
 * @user: as in name_print()
 *
 * Return: the length of @to in bytes, without NUL.
 */
size_t name_quote_account(char *to, size_t size, const char *domain,
			  const char *user);

#endif
