// SPDX-License-Identifier: GPL-2.0-or-later
#include "refusal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "carry.h"
#include "cred/cred.h"
#include "log.h"

#define AREA		"refusals"
#define AREA_VERSION	1
/* the key, every refusal, and one that takes the place of another */
#define AREA_RECORDS	(REFUSAL_MAX + 2)

/* Doubling ends long before the time overflows. */
#define TIMES_MAX	32

struct refusal {
	uint64_t since;
	uint64_t until;
	uint64_t forgotten;	/* 0: free; until then the next hold is longer */
	uint64_t credential;
	uint32_t uid;
	uint32_t ntstatus;
	uint32_t times;
	char target[TARGET_SIZE];
	char user[CRED_NAME_SIZE];
	char domain[CRED_NAME_SIZE];
};

enum record_kind {
	RECORD_KEY = 1,
	RECORD_REFUSAL,
};

struct record {
	uint32_t kind;
	union {
		uint8_t key[REFUSAL_KEY_SIZE];
		struct refusal refusal;
	};
};

struct refusals {
	struct carry *carry;
	uint8_t key[REFUSAL_KEY_SIZE];
	struct refusal entry[REFUSAL_MAX];
	int64_t carried[REFUSAL_MAX];	/* index in @carry; negative: none */
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

/* --- what outlives the process -------------------------------------------- */

static bool open_area(struct refusals *r)
{
	struct record record = { .kind = RECORD_KEY };
	int64_t index;

	if (r->carry)
		return true;
	r->carry = carry_open(AREA, AREA_VERSION, sizeof(struct record),
			      AREA_RECORDS);
	if (!r->carry)
		return false;
	/* what was left there is of another key, or it would be open */
	for (uint32_t i = 0; i < AREA_RECORDS; i++)
		carry_drop(r->carry, i);
	memcpy(record.key, r->key, sizeof(record.key));
	index = carry_add(r->carry, &record);
	explicit_bzero(&record, sizeof(record));
	if (index >= 0)
		return true;
	carry_discard(r->carry);
	r->carry = NULL;
	return false;
}

static void save(struct refusals *r, struct refusal *e)
{
	int64_t *carried = &r->carried[e - r->entry];
	struct record record = { .kind = RECORD_REFUSAL, .refusal = *e };
	int64_t index;

	if (!open_area(r))
		return;
	index = carry_add(r->carry, &record);
	if (index < 0)
		log_msg(LOG_WARNING,
			"a refused logon will be forgotten when ntlmd is restarted: %s",
			strerror((int)-index));
	if (*carried >= 0)
		carry_drop(r->carry, (uint32_t)*carried);
	*carried = index;
}

static void drop(struct refusals *r, struct refusal *e)
{
	int64_t *carried = &r->carried[e - r->entry];

	if (*carried >= 0)
		carry_drop(r->carry, (uint32_t)*carried);
	*carried = -1;
	memset(e, 0, sizeof(*e));
	for (size_t i = 0; i < REFUSAL_MAX; i++)
		if (r->entry[i].forgotten)
			return;
	/* it may be memory of the kind that keeps the machine from hibernating */
	if (r->carry)
		carry_discard(r->carry);
	r->carry = NULL;
}

static bool is_text(const char *s, size_t size)
{
	return memchr(s, '\0', size);
}

/* It was written by another process, so nothing of it is taken for granted. */
static bool is_sane(const struct refusal *e, uint64_t now)
{
	return e->since <= now && e->since <= e->until &&
	       e->until <= e->forgotten && e->forgotten > now &&
	       e->credential && e->times && e->times <= TIMES_MAX &&
	       refusal_name(e->ntstatus) && *e->target &&
	       is_text(e->target, sizeof(e->target)) &&
	       is_text(e->user, sizeof(e->user)) &&
	       is_text(e->domain, sizeof(e->domain));
}

static bool restore_key(struct refusals *r)
{
	for (uint32_t i = 0; i < AREA_RECORDS; i++) {
		const struct record *record = carry_get(r->carry, i);

		if (!record || record->kind != RECORD_KEY)
			continue;
		memcpy(r->key, record->key, sizeof(r->key));
		return true;
	}
	return false;
}

static struct refusal *find(struct refusals *r, uint32_t uid,
			    const char *target, uint64_t credential)
{
	for (size_t i = 0; i < REFUSAL_MAX; i++) {
		struct refusal *e = &r->entry[i];

		if (e->forgotten && e->uid == uid && e->credential == credential &&
		    !strcmp(e->target, target))
			return e;
	}
	return NULL;
}

/* A refusal is there twice if the process ended while it was replaced. */
static bool is_superseded(struct refusals *r, const struct refusal *old)
{
	const struct refusal *e = find(r, old->uid, old->target,
				       old->credential);

	return e && e->until >= old->until;
}

static void restore_one(struct refusals *r, const struct refusal *old,
			uint32_t index, unsigned int *n)
{
	struct refusal *e = find(r, old->uid, old->target, old->credential);
	size_t i = e ? (size_t)(e - r->entry) : (*n)++;

	if (e)
		carry_drop(r->carry, (uint32_t)r->carried[i]);
	r->entry[i] = *old;
	r->carried[i] = index;
}

static unsigned int restore(struct refusals *r, uint64_t now)
{
	unsigned int n = 0;

	for (uint32_t i = 0; i < AREA_RECORDS; i++) {
		const struct record *record = carry_get(r->carry, i);
		const struct refusal *old;

		if (!record || record->kind == RECORD_KEY)
			continue;
		old = &record->refusal;
		if (record->kind != RECORD_REFUSAL || !is_sane(old, now) ||
		    n == REFUSAL_MAX || is_superseded(r, old))
			carry_drop(r->carry, i);
		else
			restore_one(r, old, i, &n);
	}
	return n;
}

static void take_over(struct refusals *r, uint64_t now)
{
	unsigned int n = 0;

	r->carry = carry_open(AREA, AREA_VERSION, sizeof(struct record),
			      AREA_RECORDS);
	if (!r->carry)
		return;
	if (restore_key(r))
		n = restore(r, now);
	if (n) {
		log_msg(LOG_INFO, "%u refused logon%s remembered from before", n,
			n == 1 ? "" : "s");
		return;
	}
	carry_discard(r->carry);
	r->carry = NULL;
}

struct refusals *refusals_new(uint64_t now)
{
	struct refusals *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	for (size_t i = 0; i < REFUSAL_MAX; i++)
		r->carried[i] = -1;
	/* 256 bytes or less come in one piece */
	if (getrandom(r->key, sizeof(r->key), 0) != sizeof(r->key)) {
		free(r);
		return NULL;
	}
	if (carry_has(AREA))
		take_over(r, now);
	return r;
}

void refusals_free(struct refusals *r)
{
	if (!r)
		return;
	carry_close(r->carry);
	explicit_bzero(r, sizeof(*r));
	free(r);
}

const uint8_t *refusals_key(const struct refusals *r)
{
	return r->key;
}

/* --- the memory ---------------------------------------------------------- */

static unsigned int count_uid(const struct refusals *r, uint32_t uid)
{
	unsigned int n = 0;

	for (size_t i = 0; i < REFUSAL_MAX; i++)
		n += r->entry[i].forgotten && r->entry[i].uid == uid;
	return n;
}

static void expire(struct refusals *r, uint64_t now)
{
	for (size_t i = 0; i < REFUSAL_MAX; i++)
		if (r->entry[i].forgotten && r->entry[i].forgotten <= now)
			drop(r, &r->entry[i]);
}

/*
 * One user's many failures must not make room by forgetting the only one of
 * somebody else, whose account would then be tried again.
 */
static struct refusal *make_room(struct refusals *r)
{
	struct refusal *victim = NULL;
	unsigned int most = 0;

	for (size_t i = 0; i < REFUSAL_MAX; i++) {
		struct refusal *e = &r->entry[i];
		unsigned int n;

		if (!e->forgotten)
			return e;
		n = count_uid(r, e->uid);
		if (n > most || (n == most && e->since < victim->since)) {
			most = n;
			victim = e;
		}
	}
	return victim;
}

static void copy(char *to, const char *from, size_t size)
{
	size_t len = strnlen(from, size - 1);

	memcpy(to, from, len);
	memset(to + len, 0, size - len);
}

static uint64_t hold_time(uint32_t times, const struct refusal_pace *pace)
{
	uint64_t hold = pace->hold;

	for (uint32_t i = 1; i < times && hold < pace->limit; i++)
		hold = hold > pace->limit / 2 ? pace->limit : 2 * hold;
	return hold;
}

uint64_t refusals_add(struct refusals *r, const struct refusal_logon *logon,
		      uint32_t ntstatus, uint64_t now,
		      const struct refusal_pace *pace)
{
	uint64_t hold;
	struct refusal *e;

	if (!pace->hold || strlen(logon->target) >= TARGET_SIZE)
		return 0;
	expire(r, now);
	e = find(r, logon->uid, logon->target, logon->credential);
	if (!e) {
		e = make_room(r);
		e->times = 0;
	}
	/* several that went out together are refused once */
	if (!e->times || e->until <= now)
		e->times += e->times < TIMES_MAX;
	hold = hold_time(e->times, pace);
	e->since = now;
	e->until = now + hold;
	e->forgotten = e->until + (pace->limit > hold ? pace->limit : hold);
	e->credential = logon->credential;
	e->uid = logon->uid;
	e->ntstatus = ntstatus;
	copy(e->target, logon->target, sizeof(e->target));
	copy(e->user, logon->user, sizeof(e->user));
	copy(e->domain, logon->domain, sizeof(e->domain));
	save(r, e);
	return hold;
}

bool refusals_find(struct refusals *r, const struct refusal_logon *logon,
		   uint64_t now, uint32_t *ntstatus, uint64_t *left)
{
	struct refusal *e = find(r, logon->uid, logon->target,
				 logon->credential);

	expire(r, now);
	if (!e || e->until <= now)
		return false;
	*ntstatus = e->ntstatus;
	*left = e->until - now;
	return true;
}

bool refusals_clear(struct refusals *r, const struct refusal_logon *logon)
{
	struct refusal *e = find(r, logon->uid, logon->target,
				 logon->credential);

	if (!e)
		return false;
	drop(r, e);
	return true;
}

unsigned int refusals_forget(struct refusals *r, uint32_t uid,
			     const struct target_list *targets)
{
	unsigned int n = 0;

	for (size_t i = 0; i < REFUSAL_MAX; i++) {
		struct refusal *e = &r->entry[i];

		if (!e->forgotten || e->uid != uid ||
		    (targets && !target_list_match(targets, e->target, false)))
			continue;
		drop(r, e);
		n++;
	}
	return n;
}

void refusals_list(const struct refusals *r, uint32_t uid, uint64_t now,
		   refusal_visit visit, void *arg)
{
	for (size_t i = 0; i < REFUSAL_MAX; i++) {
		const struct refusal *e = &r->entry[i];
		struct refusal_info info;

		if (e->until <= now || (uid != UINT32_MAX && e->uid != uid))
			continue;
		info = (struct refusal_info){
			.logon = {
				.uid = e->uid,
				.target = e->target,
				.credential = e->credential,
				.user = e->user,
				.domain = e->domain,
			},
			.ntstatus = e->ntstatus,
			.left = e->until - now,
			.times = e->times,
		};
		visit(arg, &info);
	}
}

unsigned int refusals_clear_all(struct refusals *r)
{
	unsigned int n = 0;

	for (size_t i = 0; i < REFUSAL_MAX; i++) {
		if (!r->entry[i].forgotten)
			continue;
		drop(r, &r->entry[i]);
		n++;
	}
	return n;
}
