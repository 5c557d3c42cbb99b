// SPDX-License-Identifier: GPL-2.0-or-later
#include "cred_winbind.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../winbind_client.h"

struct check {
	struct winbind_call call;
	struct cred_lookup *lookup;
};

static struct {
	struct sd_event *event;
	const struct config *config;
	int told;
} state;

/* Once, not for each request: winbind may be away for long. */
static void tell(int error)
{
	if (error && error != -ENOKEY && error != state.told)
		log_msg(LOG_WARNING, "winbind cannot be asked for cached logons: %s; see ntlmd-winbind(8)",
			strerror(-error));
	if (error != -ENOKEY)
		state.told = error;
}

static bool is_wanted(const struct cred_lookup *lookup,
		      const struct winbind_reply *reply)
{
	return (!lookup->user || !strcasecmp(lookup->user, reply->user)) &&
	       (!lookup->domain || !strcasecmp(lookup->domain, reply->domain));
}

static void on_checked(struct winbind_call *call, int error,
		       const struct winbind_reply *reply)
{
	struct check *check = (struct check *)call;
	struct cred_lookup *lookup = check->lookup;
	struct cred cred = { .origin = "winbind", .cached_logon = true };

	lookup->private = NULL;
	tell(error);
	if (!error && !is_wanted(lookup, reply))
		error = -ENOKEY;
	if (!error) {
		cred.user = reply->user;
		cred.domain = reply->domain;
	}
	free(check);
	cred_lookup_answer(lookup, error, error ? NULL : &cred);
}

static void winbind_lookup(struct cred_lookup *lookup)
{
	const struct config *config = state.config;
	bool literal = lookup->target_unverified && !config->allow_unverified;
	struct check *check;
	int e;

	if (!target_list_match(&config->winbind_targets, lookup->target, literal)) {
		cred_lookup_answer(lookup, -ENOKEY, NULL);
		return;
	}
	check = calloc(1, sizeof(*check));
	if (!check) {
		cred_lookup_answer(lookup, -ENOMEM, NULL);
		return;
	}
	check->lookup = lookup;
	check->call.event = state.event;
	check->call.done = on_checked;
	check->call.timeout_ms = WINBIND_TIME_LIMIT * 1000;
	lookup->private = check;
	e = winbind_check_start(&check->call, lookup->uid);
	if (e) {
		tell(e);
		lookup->private = NULL;
		free(check);
		cred_lookup_answer(lookup, e, NULL);
	}
}

static void winbind_cancel_lookup(struct cred_lookup *lookup)
{
	struct check *check = lookup->private;

	lookup->private = NULL;
	if (check)
		winbind_cancel(&check->call);
	free(check);
}

static int winbind_open(struct sd_event *event, const struct config *config)
{
	state.event = event;
	state.config = config;
	return 0;
}

static void winbind_reload(const struct config *config)
{
	state.config = config;
	state.told = 0;
}

static void winbind_close(void)
{
	state.event = NULL;
	state.config = NULL;
}

const struct ntlm_cred_source cred_winbind_source = {
	.name = "winbind",
	.open = winbind_open,
	.reload = winbind_reload,
	.lookup = winbind_lookup,
	.cancel = winbind_cancel_lookup,
	.close = winbind_close,
};
