// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What servers said about logons, and what follows from it.
 */
#include <inttypes.h>
#include <stdio.h>

#include "audit.h"
#include "name_print.h"
#include "server_internal.h"

/**
 * struct shown - names of a verdict, for its line
 * @target: whom it is of
 * @user: whom it is about
 */
struct shown {
	char target[CRED_NAME_SIZE + 2];
	char user[2 * CRED_NAME_SIZE + 2];
};

static void show(const struct verdict *v, struct shown *shown)
{
	name_quote(shown->target, sizeof(shown->target), v->target);
	name_quote_account(shown->user, sizeof(shown->user), v->domain, v->user);
}

/* Does the verdict hold for the next logon with this credential, too? */
static bool is_lasting(const struct server *s, const struct verdict *v)
{
	return v->credential &&
	       (v->accepted || (refusal_name(v->ntstatus) &&
				s->config->refusal_hold));
}

static void note_hold(struct server *s, const struct verdict *v,
		      const char *target)
{
	struct hold_logon logon = server_hold_logon(s, v->uid, target, v->credential);

	if (!is_lasting(s, v))
		holds_end(s->holds, v->context);
	else if (v->accepted)
		holds_accepted(s->holds, &logon, server_now());
	else
		holds_refused(s->holds, &logon);
	server_resume_at(s, 0);
}

static void log_refused(const struct verdict *v, const char *advice)
{
	const char *name = refusal_name(v->ntstatus);
	struct shown shown;
	const struct audit audit = {
		.id = AUDIT_REFUSED,
		.outcome = "refused",
		.context = v->context,
		.uid = v->uid,
		.target = v->target,
		.user = v->user,
		.domain = v->domain,
		.ntstatus = v->ntstatus,
	};

	show(v, &shown);
	audit_log(LOG_WARNING, &audit,
		  "refused ctx=%" PRIu32 " uid=%" PRIu32 " target=%s user=%s: the server answered %s (0x%08" PRIX32 ")%s",
		  v->context, v->uid, shown.target, shown.user,
		  name ? name : "a status that says nothing of the credential",
		  v->ntstatus, advice);
}

static void log_accepted(const struct verdict *v)
{
	struct shown shown;
	const struct audit audit = {
		.id = AUDIT_ACCEPTED,
		.outcome = "accepted",
		.context = v->context,
		.uid = v->uid,
		.target = v->target,
		.user = v->user,
		.domain = v->domain,
	};

	show(v, &shown);
	audit_log(LOG_INFO, &audit,
		  "accepted ctx=%" PRIu32 " uid=%" PRIu32 " target=%s user=%s",
		  v->context, v->uid, shown.target, shown.user);
}

void server_verdict(struct server *s, const struct verdict *v)
{
	const struct refusal_pace pace = {
		.hold = (uint64_t)s->config->refusal_hold * 1000000,
		.limit = (uint64_t)s->config->refusal_hold_limit * 1000000,
	};
	char target[TARGET_SIZE], advice[256];
	const struct refusal_logon logon = {
		.uid = v->uid,
		.target = target,
		.credential = v->credential,
		.user = v->user,
		.domain = v->domain,
	};
	uint64_t hold;

	/* no request of another target is served, so no verdict comes of one */
	if (target_canonical(v->target, target))
		return;
	if (v->accepted) {
		log_accepted(v);
		refusals_clear(s->refusals, &logon);
	} else if (!is_lasting(s, v)) {
		log_refused(v, "");
	} else {
		hold = refusals_add(s->refusals, &logon, v->ntstatus,
				    server_now(), &pace);
		snprintf(advice, sizeof(advice),
			 "; this credential is not tried there again for %" PRIu64 " s, so that the account is not locked. Correct the credential, or reload ntlmd (systemctl reload ntlmd) to try at once",
			 hold / 1000000);
		log_refused(v, advice);
	}
	note_hold(s, v, target);
}

int server_forget_refusals(struct server *s, uint32_t uid, const char *pattern)
{
	struct target_list list = { 0 };
	const char *why;
	int r = 0;

	if (!pattern)
		return (int)refusals_forget(s->refusals, uid, NULL);
	r = target_list_add(&list, pattern, &why);
	if (!r)
		r = (int)refusals_forget(s->refusals, uid, &list);
	target_list_free(&list);
	return r;
}

void server_list_refusals(struct server *s, uint32_t uid, refusal_visit visit,
			  void *arg)
{
	refusals_list(s->refusals, uid, server_now(), visit, arg);
}
