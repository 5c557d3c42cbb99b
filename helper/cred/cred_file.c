// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Credential source: the administrator's files, read again when they change.
 */
#include "cred_file.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/inotify.h>
#include <systemd/sd-event.h>
#include <unistd.h>

static struct {
	struct secret_changes changes;
	sd_event_source *watch;
	char *dir;
	struct secret_owner owner;
	bool allow_unverified;
	bool lm_hashes;
	struct cred_entries entries;
} state;

int cred_file_owner(const struct config *config, struct secret_owner *owner)
{
	const char *group = config->user;
	struct passwd *pw;
	struct group *gr;

	owner->uid = 0;
	owner->user_name = "root";
	if (geteuid()) {
		owner->gid = getegid();
	} else {
		pw = getpwnam(config->user);
		if (!pw)
			return -ENOENT;
		owner->gid = pw->pw_gid;
		gr = getgrgid(pw->pw_gid);
		if (gr)
			group = gr->gr_name;
	}
	if (strlen(group) >= sizeof(owner->group_name))
		return -ENAMETOOLONG;
	strcpy(owner->group_name, group);
	return 0;
}

static bool has_uid(const struct cred_entry *e, uint32_t uid)
{
	if (e->any_uid)
		return true;
	for (size_t i = 0; i < e->uid_count; i++)
		if (e->uids[i] == uid)
			return true;
	return false;
}

const struct cred_entry *cred_entries_find(const struct cred_entries *entries,
					   const struct cred_lookup *lookup,
					   bool allow_unverified)
{
	bool literal = lookup->target_unverified && !allow_unverified;

	for (size_t i = 0; i < entries->count; i++) {
		const struct cred_entry *e = &entries->entry[i];

		if (!has_uid(e, lookup->uid))
			continue;
		if (!target_list_match(&e->targets, lookup->target, literal))
			continue;
		if (lookup->user && strcasecmp(lookup->user, e->user))
			continue;
		if (lookup->domain && strcasecmp(lookup->domain, e->domain))
			continue;
		return e;
	}
	return NULL;
}

bool cred_uses_lm_hash(const struct config *config)
{
	return config->policy.lm_compat_level <= 1 &&
	       config->policy.real_lm_response;
}

void cred_entry_give(struct cred_lookup *lookup, const struct cred_entry *entry)
{
	struct cred cred;

	if (!entry) {
		cred_lookup_answer(lookup, -ENOKEY, NULL);
		return;
	}
	cred = (struct cred){
		.user = entry->user,
		.domain = entry->domain,
		.has_lm_hash = entry->has_lm_hash,
		.origin = entry->origin,
	};
	memcpy(cred.nt_hash, entry->nt_hash, sizeof(cred.nt_hash));
	memcpy(cred.lm_hash, entry->lm_hash, sizeof(cred.lm_hash));
	cred_lookup_answer(lookup, 0, &cred);
	explicit_bzero(&cred, sizeof(cred));
}

static void load(void)
{
	struct problems problems = { 0 };

	cred_entries_free(&state.entries);
	state.entries.lm_hashes = state.lm_hashes;
	cred_file_load(&state.entries, state.dir, &state.owner, &problems);
	log_msg(problems.errors ? LOG_WARNING : LOG_INFO,
		"%s: %zu credential%s in use%s", state.dir, state.entries.count,
		state.entries.count == 1 ? "" : "s",
		problems.errors ? "; files with errors were left out, see above" : "");
}

static int on_change(sd_event_source *s, const struct inotify_event *event,
		     void *arg)
{
	(void)s;
	(void)arg;
	if (event->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED))
		log_msg(LOG_WARNING,
			"%s went away; reload ntlmd when it is there again",
			state.dir);
	secret_changes_note(&state.changes);
	return 0;
}

static void watch(void)
{
	int r;

	state.watch = sd_event_source_disable_unref(state.watch);
	r = secret_changes_watch(&state.changes, state.dir, on_change, NULL,
				 &state.watch);
	if (r < 0)
		log_msg(LOG_WARNING,
			"%s cannot be watched (%s); reload ntlmd after a change",
			state.dir, strerror(-r));
}

static void file_close(void)
{
	sd_event_source_disable_unref(state.watch);
	secret_changes_close(&state.changes);
	cred_entries_free(&state.entries);
	free(state.dir);
	memset(&state, 0, sizeof(state));
}

static int file_open(sd_event *event, const struct config *config)
{
	int r;

	r = cred_file_owner(config, &state.owner);
	if (r < 0)
		return r;
	state.allow_unverified = config->allow_unverified;
	state.lm_hashes = cred_uses_lm_hash(config);
	state.dir = strdup(config->credentials_dir);
	if (!state.dir)
		return -ENOMEM;
	r = secret_changes_open(&state.changes, event, load);
	if (r < 0) {
		file_close();
		return r;
	}
	/* watched first: a change while loading is seen */
	watch();
	secret_changes_load(&state.changes);
	return 0;
}

static void file_reload(const struct config *config)
{
	char *dir = strdup(config->credentials_dir);

	if (dir) {
		free(state.dir);
		state.dir = dir;
	}
	state.allow_unverified = config->allow_unverified;
	state.lm_hashes = cred_uses_lm_hash(config);
	watch();
	secret_changes_load(&state.changes);
}

static void file_lookup(struct cred_lookup *lookup)
{
	secret_changes_catch_up(&state.changes);
	cred_entry_give(lookup, cred_entries_find(&state.entries, lookup,
						  state.allow_unverified));
}

static void file_cancel(struct cred_lookup *lookup)
{
	(void)lookup;
}

const struct ntlm_cred_source cred_file_source = {
	.name = "files",
	.open = file_open,
	.reload = file_reload,
	.lookup = file_lookup,
	.cancel = file_cancel,
	.close = file_close,
};
