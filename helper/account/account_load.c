// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Files of accounts: which are trusted, and when they are read again.
 */
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <systemd/sd-event.h>
#include <unistd.h>

#include "account.h"
#include "cred/cred_file.h"
#include "trusted.h"

/* some thousand accounts */
#define FILE_SIZE_MAX	(1024 * 1024)
/* below it LM responses may be taken, see struct ntlm_acceptor_policy */
#define LM_LEVEL	4

static void load_file(struct accounts *accounts, const char *path,
		      const struct account_database *database,
		      const struct secret_owner *owner, struct problems *problems)
{
	int fd = trusted_open(path, owner->uid, problems);

	if (fd == -ENOENT)
		problem(problems, path, 0,
			"does not exist, so it has no accounts; as root: install -o %s -g %s -m %04o /dev/null '%s'",
			owner->user_name, owner->group_name, SECRET_FILE_MODE,
			path);
	if (fd < 0)
		return;
	if (secret_check_owner(fd, path, SECRET_FILE_MODE, owner, problems))
		secret_read(fd, path, FILE_SIZE_MAX, database->parse, accounts,
			    problems);
	close(fd);
}

void accounts_load(struct accounts *accounts, const struct config *config,
		   const struct secret_owner *owner, struct problems *problems)
{
	const char *path;

	accounts->want_lm = config->acceptor.policy.lm_compat_level < LM_LEVEL;
	for (size_t i = 0; account_databases[i]; i++)
		for (size_t n = 0;
		     (path = account_databases[i]->path(config, n)); n++)
			load_file(accounts, path, account_databases[i], owner,
				  problems);
}

/**
 * struct watch - a file that may change
 * @next: the next one
 * @source: watches its directory, for a file is often replaced by another one
 * @path: the file
 */
struct watch {
	struct watch *next;
	sd_event_source *source;
	char path[];
};

static struct {
	struct secret_changes changes;
	const struct config *config;
	struct secret_owner owner;
	struct watch *watches;
	struct accounts accounts;
} state;

static void load(void)
{
	struct problems problems = { 0 };

	accounts_free(&state.accounts);
	if (!state.config->acceptor.enabled)
		return;
	accounts_load(&state.accounts, state.config, &state.owner, &problems);
	log_msg(problems.errors ? LOG_WARNING : LOG_INFO,
		"%zu account%s in use%s", state.accounts.count,
		state.accounts.count == 1 ? "" : "s",
		problems.errors ? "; files with errors were left out, see above" : "");
}

static int on_change(sd_event_source *s, const struct inotify_event *event,
		     void *arg)
{
	const struct watch *w = arg;
	char path[PATH_MAX];

	(void)s;
	strcpy(path, w->path);
	if (event->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED))
		log_msg(LOG_WARNING,
			"the directory of %s went away; reload ntlmd when it is there again",
			w->path);
	else if (event->len && strcmp(event->name, basename(path)))
		return 0;
	secret_changes_note(&state.changes);
	return 0;
}

static int watch_directory(struct watch *w)
{
	char path[PATH_MAX];

	strcpy(path, w->path);
	return secret_changes_watch(&state.changes, dirname(path), on_change, w,
				    &w->source);
}

static void watch_file(const char *path)
{
	size_t size = strlen(path) + 1;
	struct watch *w = NULL;
	int r = -ENAMETOOLONG;

	if (size <= PATH_MAX) {
		w = calloc(1, sizeof(*w) + size);
		r = -ENOMEM;
	}
	if (w) {
		memcpy(w->path, path, size);
		w->next = state.watches;
		state.watches = w;
		r = watch_directory(w);
	}
	if (r < 0)
		log_msg(LOG_WARNING,
			"%s cannot be watched (%s); reload ntlmd after a change",
			path, strerror(-r));
}

static void unwatch(void)
{
	struct watch *w;

	while ((w = state.watches)) {
		state.watches = w->next;
		sd_event_source_disable_unref(w->source);
		free(w);
	}
}

void account_reload(const struct config *config)
{
	const char *path;

	state.config = config;
	unwatch();
	/* watched first: a change while loading is seen */
	for (size_t i = 0; config->acceptor.enabled && account_databases[i]; i++)
		for (size_t n = 0;
		     (path = account_databases[i]->path(config, n)); n++)
			watch_file(path);
	secret_changes_load(&state.changes);
}

int account_open_owned(struct sd_event *event, const struct config *config,
		       const struct secret_owner *owner)
{
	int r;

	state.owner = *owner;
	r = secret_changes_open(&state.changes, event, load);
	if (r < 0)
		return r;
	account_reload(config);
	return 0;
}

int account_open(struct sd_event *event, const struct config *config)
{
	struct secret_owner owner;
	int r = cred_file_owner(config, &owner);

	return r < 0 ? r : account_open_owned(event, config, &owner);
}

const struct account *account_find(const char *user, const char *domain)
{
	secret_changes_catch_up(&state.changes);
	return accounts_find(&state.accounts,
			     &state.config->acceptor.policy.names, user, domain);
}

void account_close(void)
{
	unwatch();
	secret_changes_close(&state.changes);
	accounts_free(&state.accounts);
	memset(&state, 0, sizeof(state));
}
