// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Directories of credential files.
 */
#include "cred_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIR_MODE	0750
#define FILE_SIZE_MAX	65536

static void parse(void *arg, const char *path, char *text, size_t len,
		  struct problems *problems)
{
	cred_file_parse(arg, path, text, len, problems);
}

void cred_file_read(struct cred_entries *entries, int fd, const char *path,
		    struct problems *problems)
{
	secret_read(fd, path, FILE_SIZE_MAX, parse, entries, problems);
}

static void load_file(struct cred_entries *entries, int dirfd, const char *dir,
		      const char *name, const struct secret_owner *owner,
		      struct problems *problems)
{
	char path[PATH_MAX];
	struct stat st;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = secret_open(dirfd, name, 0);
	if (fd < 0) {
		secret_open_problem(problems, path, errno);
		return;
	}
	if (fstat(fd, &st) == 0 && !S_ISREG(st.st_mode)) {
		problem(problems, path, 0, "refused: not a regular file");
		goto out;
	}
	if (!secret_check_owner(fd, path, SECRET_FILE_MODE, owner, problems))
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
		    const struct secret_owner *owner,
		    struct problems *problems)
{
	struct dirent **names = NULL;
	int fd, n;

	fd = secret_open(AT_FDCWD, dir, O_DIRECTORY);
	if (fd < 0 && errno == ENOENT) {
		problem(problems, dir, 0,
			"does not exist, so there are no credentials; as root: install -d -o %s -g %s -m %04o '%s'",
			owner->user_name, owner->group_name, DIR_MODE, dir);
		return;
	}
	if (fd < 0) {
		secret_open_problem(problems, dir, errno);
		return;
	}
	if (!secret_check_owner(fd, dir, DIR_MODE, owner, problems))
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
