/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files with secrets: who may own them, and how they are read.
 */
#ifndef NTLMD_SECRET_FILE_H
#define NTLMD_SECRET_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "log.h"

/** SECRET_FILE_MODE - of every file with secrets */
#define SECRET_FILE_MODE 0640
/** SECRET_GROUP_SIZE - size in bytes of the name of a group, with NUL */
#define SECRET_GROUP_SIZE 256

/**
 * struct secret_owner - who must own directory and files
 * @uid: owner
 * @gid: group
 * @user_name: name of the owner, for advice in logs
 * @group_name: name of the group, likewise
 */
struct secret_owner {
	uid_t uid;
	gid_t gid;
	const char *user_name;
	char group_name[SECRET_GROUP_SIZE];
};

/**
 * secret_parse - parses the text of a file
 * @arg: from secret_read()
 * @path: name of the file, for logs
 * @text: @len + 1 bytes of memory, which may be changed and are wiped afterwards
 * @len: length of the text in bytes
 * @problems: counts what is wrong; each error is logged with its line
 */
typedef void (*secret_parse)(void *arg, const char *path, char *text, size_t len,
			     struct problems *problems);

/**
 * secret_open() - open for reading, if no part of the path is a symbolic link
 * @dirfd: as openat(2)
 * @path: likewise
 * @flags: O_DIRECTORY or 0
 *
 * Return: a descriptor, or -1 and errno.
 */
int secret_open(int dirfd, const char *path, int flags);

/** secret_open_problem() - count and log why secret_open() failed: an errno */
void secret_open_problem(struct problems *problems, const char *path, int error);

/**
 * secret_check_owner() - did nobody else write or read it?
 * @fd: from secret_open(), so that what is checked is what is read
 * @path: for logs
 * @mode: which it must have
 * @owner: whom it must belong to
 * @problems: counts what is wrong; it is logged with the command that puts it
 *	right
 */
bool secret_check_owner(int fd, const char *path, mode_t mode,
			const struct secret_owner *owner,
			struct problems *problems);

/**
 * secret_read() - read a file past the kernel's page cache, and parse it
 * @fd: the file
 * @path: its name, for logs
 * @max: refuse a file of more bytes
 * @parse: called with the text
 * @arg: its first argument
 * @problems: counts what is wrong; each error is logged
 */
void secret_read(int fd, const char *path, size_t max, secret_parse parse,
		 void *arg, struct problems *problems);

#endif
