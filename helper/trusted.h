/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files that only the administrator can have written.
 */
#ifndef NTLMD_TRUSTED_H
#define NTLMD_TRUSTED_H

#include <sys/types.h>

#include "log.h"

/**
 * trusted_open() - open a file for reading, unless somebody else may write it
 * @path: the file
 * @owner: who must own the file and the directory it is in
 * @problems: counts what is wrong; it is logged with the command that puts it
 *	right
 *
 * No part of the path may be a symbolic link. Neither file nor directory may
 * be writable by group or others; a directory like /tmp may if it is sticky.
 *
 * Return: a file descriptor; -ENOENT if there is no such file, which is not
 * counted as a problem; another negative errno.
 */
int trusted_open(const char *path, uid_t owner, struct problems *problems);

#endif
