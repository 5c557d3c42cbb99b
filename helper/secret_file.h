/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files with secrets: who may own them, how they are read, and when again.
 */
#ifndef NTLMD_SECRET_FILE_H
#define NTLMD_SECRET_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <systemd/sd-event.h>

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

/**
 * struct secret_changes - files that are read again when they change
 * @event: event loop
 * @timer: runs until a change has settled
 * @load: reads all of them
 * @stale: there was a change since
 */
struct secret_changes {
	sd_event *event;
	sd_event_source *timer;
	void (*load)(void);
	bool stale;
};

/**
 * secret_changes_open() - be ready for changes
 * @c: becomes the owner of a timer, which secret_changes_close() frees
 * @event: event loop, which outlives @c
 * @load: called after a change, from the event loop or secret_changes_load()
 *
 * Return: 0 or a negative errno.
 */
int secret_changes_open(struct secret_changes *c, sd_event *event,
			void (*load)(void));

/**
 * secret_changes_watch() - watch a directory for files that come, go or change
 * @c: for the event loop
 * @dir: the directory itself, not a symbolic link to it
 * @changed: called for each change before requests that came after it
 * @arg: its last argument
 * @source: what the caller frees to stop it, after an error, too
 *
 * Return: 0 or a positive number, or a negative errno.
 */
int secret_changes_watch(struct secret_changes *c, const char *dir,
			 sd_event_inotify_handler_t changed, void *arg,
			 sd_event_source **source);

/**
 * secret_changes_note() - something changed
 * @c: loads in a moment, when nothing more changes, or at once if there is no
 *	such moment to be had
 */
void secret_changes_note(struct secret_changes *c);

/**
 * secret_changes_load() - load, whether something changed or not
 * @c: is not stale afterwards
 */
void secret_changes_load(struct secret_changes *c);

/** secret_changes_catch_up() - load if something changed */
void secret_changes_catch_up(struct secret_changes *c);

/** secret_changes_close() - free the timer, if there is one */
void secret_changes_close(struct secret_changes *c);

#endif
