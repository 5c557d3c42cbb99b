// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which credential files are trusted: a file that somebody else could have
 * written or read is refused as a whole, with the command that puts it right.
 */
#include "cred_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#define DIR_MODE	0750
#define FILE_MODE	0640
#define FILE_SIZE_MAX	65536
/* the parser has a byte more than the text */
#define TEXT_SIZE	(FILE_SIZE_MAX + 1)
/* what direct reads want of addresses, lengths and positions, at most */
#define ALIGNMENT	4096
#define BUFFER_SIZE	(FILE_SIZE_MAX + ALIGNMENT)

static int open_no_symlinks(int dirfd, const char *path, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)(O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | flags),
		.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};

	return (int)syscall(SYS_openat2, dirfd, path, &how, sizeof(how));
}

static void open_problem(struct problems *problems, const char *path, int error)
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

/* fd: opened without following any link, so what is checked is what is read */
static bool check_owner(int fd, const char *path, mode_t mode,
			const struct cred_file_owner *owner,
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

/* Returns the length, TEXT_SIZE or more if there is more, or -1 and errno. */
static ssize_t read_text(int fd, char *text)
{
	bool direct = read_directly(fd);
	size_t len = 0;
	ssize_t n;

	while (len < TEXT_SIZE) {
		n = pread(fd, text + len, BUFFER_SIZE - len, (off_t)len);
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

void cred_file_read(struct cred_entries *entries, int fd, const char *path,
		    struct problems *problems)
{
	char *text = aligned_alloc(ALIGNMENT, BUFFER_SIZE);
	ssize_t len;

	if (!text) {
		problem(problems, path, 0, "out of memory");
		return;
	}
	len = read_text(fd, text);
	/* whoever wrote the file, or a read that was not direct, left it there */
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	if (len < 0)
		problem(problems, path, 0, "cannot be read: %s", strerror(errno));
	else if (len >= TEXT_SIZE)
		problem(problems, path, 0, "refused: larger than %d bytes",
			FILE_SIZE_MAX);
	else
		cred_file_parse(entries, path, text, (size_t)len, problems);
	explicit_bzero(text, BUFFER_SIZE);
	free(text);
}

static void load_file(struct cred_entries *entries, int dirfd, const char *dir,
		      const char *name, const struct cred_file_owner *owner,
		      struct problems *problems)
{
	char path[PATH_MAX];
	struct stat st;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open_no_symlinks(dirfd, name, 0);
	if (fd < 0) {
		open_problem(problems, path, errno);
		return;
	}
	if (fstat(fd, &st) == 0 && !S_ISREG(st.st_mode)) {
		problem(problems, path, 0, "refused: not a regular file");
		goto out;
	}
	if (!check_owner(fd, path, FILE_MODE, owner, problems))
		goto out;
	cred_file_read(entries, fd, path, problems);
out:
	close(fd);
}

static int is_conf(const struct dirent *d)
{
	size_t len = strlen(d->d_name);

	return d->d_name[0] != '.' && len > 5 &&
	       !strcmp(d->d_name + len - 5, ".conf");
}

void cred_file_load(struct cred_entries *entries, const char *dir,
		    const struct cred_file_owner *owner,
		    struct problems *problems)
{
	struct dirent **names = NULL;
	int fd, n;

	fd = open_no_symlinks(AT_FDCWD, dir, O_DIRECTORY);
	if (fd < 0 && errno == ENOENT) {
		problem(problems, dir, 0,
			"does not exist, so there are no credentials; as root: install -d -o %s -g %s -m %04o '%s'",
			owner->user_name, owner->group_name, DIR_MODE, dir);
		return;
	}
	if (fd < 0) {
		open_problem(problems, dir, errno);
		return;
	}
	if (!check_owner(fd, dir, DIR_MODE, owner, problems))
		goto out;
	n = scandirat(fd, ".", &names, is_conf, alphasort);
	if (n < 0) {
		problem(problems, dir, 0, "cannot be listed: %s",
			strerror(errno));
		goto out;
	}
	for (int i = 0; i < n; i++) {
		load_file(entries, fd, dir, names[i]->d_name, owner, problems);
		free(names[i]);
	}
	free(names);
out:
	close(fd);
}
