// SPDX-License-Identifier: GPL-2.0-or-later
#include "refusal.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* longest target name the kernel sends, with NUL */
#define TARGET_SIZE 769

struct refusal {
	uint64_t until;		/* 0: free */
	uint64_t since;
	uint64_t credential;
	uint32_t uid;
	uint32_t ntstatus;
	char target[TARGET_SIZE];
};

struct refusals {
	struct refusal entry[REFUSAL_MAX];
};

static const struct {
	uint32_t ntstatus;
	const char *name;
} credential_problems[] = {
	{ UINT32_C(0xC0000022), "STATUS_ACCESS_DENIED" },
	{ UINT32_C(0xC0000064), "STATUS_NO_SUCH_USER" },
	{ UINT32_C(0xC000006A), "STATUS_WRONG_PASSWORD" },
	{ UINT32_C(0xC000006D), "STATUS_LOGON_FAILURE" },
	{ UINT32_C(0xC000006E), "STATUS_ACCOUNT_RESTRICTION" },
	{ UINT32_C(0xC000006F), "STATUS_INVALID_LOGON_HOURS" },
	{ UINT32_C(0xC0000070), "STATUS_INVALID_WORKSTATION" },
	{ UINT32_C(0xC0000071), "STATUS_PASSWORD_EXPIRED" },
	{ UINT32_C(0xC0000072), "STATUS_ACCOUNT_DISABLED" },
	{ UINT32_C(0xC000015B), "STATUS_LOGON_TYPE_NOT_GRANTED" },
	{ UINT32_C(0xC0000193), "STATUS_ACCOUNT_EXPIRED" },
	{ UINT32_C(0xC0000224), "STATUS_PASSWORD_MUST_CHANGE" },
	{ UINT32_C(0xC0000234), "STATUS_ACCOUNT_LOCKED_OUT" },
	{ UINT32_C(0xC0000418), "STATUS_NTLM_BLOCKED" },
};

struct refusals *refusals_new(void)
{
	return calloc(1, sizeof(struct refusals));
}

void refusals_free(struct refusals *r)
{
	free(r);
}

const char *refusal_name(uint32_t ntstatus)
{
	size_t count = sizeof(credential_problems) / sizeof(credential_problems[0]);

	for (size_t i = 0; i < count; i++)
		if (credential_problems[i].ntstatus == ntstatus)
			return credential_problems[i].name;
	return NULL;
}

bool refusal_is_credential_problem(uint32_t ntstatus)
{
	return refusal_name(ntstatus);
}

static struct refusal *find(struct refusals *r, uint32_t uid,
			    const char *target, uint64_t credential)
{
	for (size_t i = 0; i < REFUSAL_MAX; i++) {
		struct refusal *e = &r->entry[i];

		if (e->until && e->uid == uid && e->credential == credential &&
		    !strcasecmp(e->target, target))
			return e;
	}
	return NULL;
}

static unsigned int count_uid(const struct refusals *r, uint32_t uid)
{
	unsigned int n = 0;

	for (size_t i = 0; i < REFUSAL_MAX; i++)
		n += r->entry[i].until && r->entry[i].uid == uid;
	return n;
}

/*
 * One user's many failures must not make room by forgetting the only one of
 * somebody else, whose account would then be tried again.
 */
static struct refusal *make_room(struct refusals *r, uint64_t now)
{
	struct refusal *victim = NULL;
	unsigned int most = 0;

	for (size_t i = 0; i < REFUSAL_MAX; i++) {
		struct refusal *e = &r->entry[i];
		unsigned int n;

		if (e->until <= now)
			return e;
		n = count_uid(r, e->uid);
		if (n > most || (n == most && e->since < victim->since)) {
			most = n;
			victim = e;
		}
	}
	return victim;
}

void refusals_add(struct refusals *r, uint32_t uid, const char *target,
		  uint64_t credential, uint32_t ntstatus, uint64_t now,
		  uint64_t hold)
{
	struct refusal *e;

	if (!hold || strlen(target) >= TARGET_SIZE)
		return;
	e = find(r, uid, target, credential);
	if (!e)
		e = make_room(r, now);
	e->until = now + hold;
	e->since = now;
	e->credential = credential;
	e->uid = uid;
	e->ntstatus = ntstatus;
	memcpy(e->target, target, strlen(target) + 1);
}

bool refusals_find(struct refusals *r, uint32_t uid, const char *target,
		   uint64_t credential, uint64_t now, uint32_t *ntstatus,
		   uint64_t *left)
{
	struct refusal *e = find(r, uid, target, credential);

	if (!e)
		return false;
	if (e->until <= now) {
		e->until = 0;
		return false;
	}
	*ntstatus = e->ntstatus;
	*left = e->until - now;
	return true;
}

bool refusals_clear(struct refusals *r, uint32_t uid, const char *target,
		    uint64_t credential)
{
	struct refusal *e = find(r, uid, target, credential);

	if (!e)
		return false;
	e->until = 0;
	return true;
}

unsigned int refusals_clear_all(struct refusals *r)
{
	unsigned int n = 0;

	for (size_t i = 0; i < REFUSAL_MAX; i++) {
		n += r->entry[i].until != 0;
		r->entry[i].until = 0;
	}
	return n;
}
