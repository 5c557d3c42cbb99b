// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which files with secrets are trusted: one that somebody else could have
 * written or read is refused as a whole, with the command that puts it right.
 * They are read again when they change.
 */
#include "secret_file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

/* what direct reads want of addresses, lengths and positions, at most */
#define ALIGNMENT	4096
/*
 * Long enough that a file which is created, chowned and chmodded in steps is
 * not complained about in between.
 */
#define SETTLE_USEC	100000

int secret_open(int dirfd, const char *path, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)(O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | flags),
		.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};

	return (int)syscall(SYS_openat2, dirfd, path, &how, sizeof(how));
}

void secret_open_problem(struct problems *problems, const char *path, int error)
{
	switch (error) {
	case ELOOP:
		problem(problems, path, 0,
			"refused: a part of the path is a symbolic link; put the file itself there");
		break;
	case ENOSYS:
		problem(problems, path, 0,
			"refused: openat2(2) is not available here, so symbolic links cannot be excluded");
		break;
	default:
		problem(problems, path, 0, "cannot be opened: %s",
			strerror(error));
	}
}

bool secret_check_owner(int fd, const char *path, mode_t mode,
			const struct secret_owner *owner,
			struct problems *problems)
{
	struct stat st;

	if (fstat(fd, &st) < 0) {
		problem(problems, path, 0, "cannot be examined: %s",
			strerror(errno));
		return false;
	}
	if (st.st_uid != owner->uid || st.st_gid != owner->gid) {
		problem(problems, path, 0,
			"refused: owner is %u:%u, must be %s:%s (%u:%u); as root: chown %s:%s '%s'",
			st.st_uid, st.st_gid, owner->user_name,
			owner->group_name, owner->uid, owner->gid,
			owner->user_name, owner->group_name, path);
		return false;
	}
	if ((st.st_mode & 07777) != mode) {
		problem(problems, path, 0,
			"refused: mode is %04o, must be %04o; as root: chmod %04o '%s'",
			st.st_mode & 07777, mode, mode, path);
		return false;
	}
	/* the mode does not show whom an access control list lets in */
	if (fgetxattr(fd, "system.posix_acl_access", NULL, 0) > 0) {
		problem(problems, path, 0,
			"refused: it has an access control list; as root: setfacl -b '%s'",
			path);
		return false;
	}
	return true;
}

/*
 * Straight from the disk into the locked memory of this process. What goes
 * through the kernel's page cache stays in RAM after it was dropped there, until
 * the page is used for something else. A file system that cannot do that says so
 * here or when it is read.
 */
static bool read_directly(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && !fcntl(fd, F_SETFL, flags | O_DIRECT);
}

static bool read_through_cache(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && !fcntl(fd, F_SETFL, flags & ~O_DIRECT);
}

/* Returns the length, more than @max if there is more, or -1 and errno. */
static ssize_t read_text(int fd, char *text, size_t max, size_t size)
{
	bool direct = read_directly(fd);
	size_t len = 0;
	ssize_t n;

	while (len <= max) {
		n = pread(fd, text + len, size - len, (off_t)len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && direct && read_through_cache(fd)) {
			direct = false;
			continue;
		}
		if (n < 0)
			return -1;
		if (!n)
			break;
		len += (size_t)n;
		/* most likely the end, where nothing more is read in any way */
		if (direct && len % ALIGNMENT) {
			if (!read_through_cache(fd))
				return -1;
			direct = false;
		}
	}
	return (ssize_t)len;
}

void secret_read(int fd, const char *path, size_t max, secret_parse parse,
		 void *arg, struct problems *problems)
{
	/* the parser has a byte more than the text */
	size_t size = (max / ALIGNMENT + 2) * ALIGNMENT;
	char *text = aligned_alloc(ALIGNMENT, size);
	ssize_t len;

	if (!text) {
		problem(problems, path, 0, "out of memory");
		return;
	}
	len = read_text(fd, text, max, size);
	/* whoever wrote the file, or a read that was not direct, left it there */
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	if (len < 0)
		problem(problems, path, 0, "cannot be read: %s", strerror(errno));
	else if ((size_t)len > max)
		problem(problems, path, 0, "refused: larger than %zu bytes", max);
	else
		parse(arg, path, text, (size_t)len, problems);
	explicit_bzero(text, size);
	free(text);
}

static int on_settled(sd_event_source *s, uint64_t usec, void *arg)
{
	(void)s;
	(void)usec;
	secret_changes_catch_up(arg);
	return 0;
}

int secret_changes_open(struct secret_changes *c, sd_event *event,
			void (*load)(void))
{
	int r;

	c->event = event;
	c->load = load;
	r = sd_event_add_time_relative(event, &c->timer, CLOCK_MONOTONIC, 0,
				       1000, on_settled, c);
	if (r < 0)
		return r;
	sd_event_source_set_enabled(c->timer, SD_EVENT_OFF);
	return 0;
}

int secret_changes_watch(struct secret_changes *c, const char *dir,
			 sd_event_inotify_handler_t changed, void *arg,
			 sd_event_source **source)
{
	int r = sd_event_add_inotify(c->event, source, dir,
				     IN_CLOSE_WRITE | IN_MOVED_TO |
				     IN_MOVED_FROM | IN_DELETE | IN_ATTRIB |
				     IN_DELETE_SELF | IN_MOVE_SELF |
				     IN_ONLYDIR | IN_DONT_FOLLOW, changed, arg);

	/* a request that comes after a change must see the change */
	if (r >= 0)
		r = sd_event_source_set_priority(*source,
						 SD_EVENT_PRIORITY_IMPORTANT);
	return r;
}

void secret_changes_note(struct secret_changes *c)
{
	int r;

	c->stale = true;
	r = sd_event_source_set_time_relative(c->timer, SETTLE_USEC);
	if (r >= 0)
		r = sd_event_source_set_enabled(c->timer, SD_EVENT_ONESHOT);
	if (r < 0)
		secret_changes_load(c);
}

void secret_changes_load(struct secret_changes *c)
{
	c->stale = false;
	c->load();
}

void secret_changes_catch_up(struct secret_changes *c)
{
	if (c->stale)
		secret_changes_load(c);
}

void secret_changes_close(struct secret_changes *c)
{
	c->timer = sd_event_source_disable_unref(c->timer);
}
