// SPDX-License-Identifier: GPL-2.0-or-later
#include "trusted.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "secret_file.h"

#define OTHERS_WRITE (S_IWGRP | S_IWOTH)

static int open_problem(const char *path, int error, struct problems *problems)
{
	if (error != ENOENT)
		secret_open_problem(problems, path, error);
	return -error;
}

static int check(int fd, const char *path, uid_t owner, mode_t *type,
		 struct problems *problems)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return open_problem(path, errno, problems);
	*type = st.st_mode & S_IFMT;
	if (st.st_uid != owner) {
		problem(problems, path, 0,
			"refused: the owner is %u, must be %u; as root: chown %u '%s'",
			st.st_uid, owner, owner, path);
		return -EPERM;
	}
	if (!(st.st_mode & OTHERS_WRITE) ||
	    (S_ISDIR(st.st_mode) && (st.st_mode & S_ISVTX)))
		return 0;
	problem(problems, path, 0,
		"refused: mode %04o lets others write it; as root: chmod go-w '%s'",
		st.st_mode & 07777, path);
	return -EPERM;
}

int trusted_open(const char *path, uid_t owner, struct problems *problems)
{
	char for_dir[PATH_MAX], for_name[PATH_MAX], *dir;
	int dirfd, fd, r;
	mode_t type = 0;

	if (strlen(path) >= sizeof(for_dir))
		return open_problem(path, ENAMETOOLONG, problems);
	dir = dirname(strcpy(for_dir, path));
	dirfd = secret_open(AT_FDCWD, dir, O_DIRECTORY);
	if (dirfd < 0)
		return open_problem(path, errno, problems);
	fd = secret_open(dirfd, basename(strcpy(for_name, path)), 0);
	r = fd < 0 ? open_problem(path, errno, problems) :
		     check(fd, path, owner, &type, problems);
	if (!r && type != S_IFREG) {
		problem(problems, path, 0, "refused: not a regular file");
		r = -EINVAL;
	}
	if (!r)
		r = check(dirfd, dir, owner, &type, problems);
	close(dirfd);
	if (!r)
		return fd;
	if (fd >= 0)
		close(fd);
	return r;
}
