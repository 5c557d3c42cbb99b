// SPDX-License-Identifier: GPL-2.0-or-later
#include "cred_systemd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cred_file.h"

#define PREFIX "ntlmd.credentials"

static struct {
	struct cred_entries entries;
	bool allow_unverified;
	bool lm_hashes;
} state;

static int is_ours(const struct dirent *d)
{
	return !strncmp(d->d_name, PREFIX, strlen(PREFIX));
}

/*
 * The service manager made the directory for this process alone. A group has
 * the bits of an access control list, which names the account that reads it.
 */
static bool check(int fd, const char *path, struct problems *problems)
{
	struct stat st;

	if (fstat(fd, &st) < 0) {
		problem(problems, path, 0, "cannot be examined: %s",
			strerror(errno));
		return false;
	}
	if (S_ISREG(st.st_mode) && !(st.st_mode & 0027) &&
	    (st.st_uid == 0 || st.st_uid == geteuid()))
		return true;
	problem(problems, path, 0,
		"refused: a credential of the service manager is a regular file of root or of this account that no other can read or write");
	return false;
}

static void read_one(int dirfd, const char *dir, const char *name,
		     struct problems *problems)
{
	int fd = openat(dirfd, name,
			O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (fd < 0) {
		problem(problems, path, 0, "cannot be opened: %s",
			strerror(errno));
		return;
	}
	if (check(fd, path, problems))
		cred_file_read(&state.entries, fd, path, problems);
	close(fd);
}

static void load(void)
{
	const char *dir = getenv("CREDENTIALS_DIRECTORY");
	struct problems problems = { 0 };
	struct dirent **names = NULL;
	int fd, n;

	cred_entries_free(&state.entries);
	state.entries.lm_hashes = state.lm_hashes;
	if (!dir)
		return;
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		log_msg(LOG_WARNING, "%s: %s", dir, strerror(errno));
		return;
	}
	n = scandirat(fd, ".", &names, is_ours, alphasort);
	if (n < 0)
		problem(&problems, dir, 0, "cannot be listed: %s",
			strerror(errno));
	for (int i = 0; i < n; i++) {
		read_one(fd, dir, names[i]->d_name, &problems);
		free(names[i]);
	}
	free(names);
	close(fd);
	if (n > 0)
		log_msg(problems.errors ? LOG_WARNING : LOG_INFO,
			"%s: %zu credential%s of the service manager in use%s",
			dir, state.entries.count,
			state.entries.count == 1 ? "" : "s",
			problems.errors ? "; files with errors were left out, see above" : "");
}

static void systemd_reload(const struct config *config)
{
	state.allow_unverified = config->allow_unverified;
	state.lm_hashes = cred_uses_lm_hash(config);
	load();
}

static int systemd_open(struct sd_event *event, const struct config *config)
{
	(void)event;
	systemd_reload(config);
	return 0;
}

static void systemd_lookup(struct cred_lookup *lookup)
{
	cred_entry_give(lookup, cred_entries_find(&state.entries, lookup,
						  state.allow_unverified));
}

static void systemd_cancel(struct cred_lookup *lookup)
{
	(void)lookup;
}

static void systemd_close(void)
{
	cred_entries_free(&state.entries);
}

const struct ntlm_cred_source cred_systemd_source = {
	.name = "systemd credentials",
	.open = systemd_open,
	.reload = systemd_reload,
	.lookup = systemd_lookup,
	.cancel = systemd_cancel,
	.close = systemd_close,
};
