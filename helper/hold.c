// SPDX-License-Identifier: GPL-2.0-or-later
#include "hold.h"

#include <stddef.h>
#include <stdlib.h>

struct first {
	struct hold_logon logon;
	uint32_t context;
	uint64_t since;
	uint64_t until;		/* 0: free */
};

struct accepted {
	struct hold_logon logon;
	uint64_t until;		/* 0: free */
};

struct holds {
	struct first first[HOLD_FIRST_MAX];
	struct accepted accepted[HOLD_ACCEPTED_MAX];
};

struct holds *holds_new(void)
{
	return calloc(1, sizeof(struct holds));
}

void holds_free(struct holds *h)
{
	free(h);
}

static bool same(const struct hold_logon *a, const struct hold_logon *b)
{
	return a->uid == b->uid && a->credential == b->credential &&
	       a->target == b->target;
}

static struct accepted *find_accepted(struct holds *h,
				      const struct hold_logon *logon)
{
	for (size_t i = 0; i < HOLD_ACCEPTED_MAX; i++)
		if (h->accepted[i].until && same(&h->accepted[i].logon, logon))
			return &h->accepted[i];
	return NULL;
}

static const struct first *find_first(const struct holds *h,
				      const struct hold_logon *logon,
				      uint64_t now)
{
	for (size_t i = 0; i < HOLD_FIRST_MAX; i++)
		if (h->first[i].until > now && same(&h->first[i].logon, logon))
			return &h->first[i];
	return NULL;
}

static unsigned int count_uid(const struct holds *h, uint32_t uid)
{
	unsigned int n = 0;

	for (size_t i = 0; i < HOLD_FIRST_MAX; i++)
		n += h->first[i].until && h->first[i].logon.uid == uid;
	return n;
}

static struct first *make_room(struct holds *h, uint64_t now)
{
	struct first *victim = NULL;
	unsigned int most = 0;

	for (size_t i = 0; i < HOLD_FIRST_MAX; i++) {
		struct first *f = &h->first[i];
		unsigned int n;

		if (f->until <= now)
			return f;
		n = count_uid(h, f->logon.uid);
		if (n > most || (n == most && f->since < victim->since)) {
			most = n;
			victim = f;
		}
	}
	return victim;
}

enum hold_advice holds_ask(struct holds *h, const struct hold_logon *logon,
			   uint32_t context, uint64_t now, uint64_t limit)
{
	const struct accepted *known = find_accepted(h, logon);
	const struct first *f;

	if (!limit || (known && known->until > now))
		return HOLD_GO;
	f = find_first(h, logon, now);
	if (f)
		return f->context == context ? HOLD_FIRST : HOLD_WAIT;
	*make_room(h, now) = (struct first){
		.logon = *logon,
		.context = context,
		.since = now,
		.until = now + limit,
	};
	return HOLD_FIRST;
}

bool holds_busy(const struct holds *h, const struct hold_logon *logon,
		uint64_t now)
{
	return find_first(h, logon, now);
}

void holds_end(struct holds *h, uint32_t context)
{
	for (size_t i = 0; i < HOLD_FIRST_MAX; i++)
		if (h->first[i].context == context)
			h->first[i].until = 0;
}

static void end_logon(struct holds *h, const struct hold_logon *logon)
{
	for (size_t i = 0; i < HOLD_FIRST_MAX; i++)
		if (same(&h->first[i].logon, logon))
			h->first[i].until = 0;
}

static struct accepted *oldest(struct holds *h)
{
	struct accepted *a = &h->accepted[0];

	for (size_t i = 1; i < HOLD_ACCEPTED_MAX; i++)
		if (h->accepted[i].until < a->until)
			a = &h->accepted[i];
	return a;
}

void holds_accepted(struct holds *h, const struct hold_logon *logon,
		    uint64_t now)
{
	struct accepted *a = find_accepted(h, logon);

	end_logon(h, logon);
	/* whoever is forgotten waits for one verdict more, and that is all */
	if (!a)
		a = oldest(h);
	*a = (struct accepted){
		.logon = *logon,
		.until = now + HOLD_ACCEPTED_TIME,
	};
}

void holds_refused(struct holds *h, const struct hold_logon *logon)
{
	struct accepted *a = find_accepted(h, logon);

	if (a)
		a->until = 0;
	end_logon(h, logon);
}

uint64_t holds_next(const struct holds *h, uint64_t now)
{
	uint64_t next = UINT64_MAX;

	for (size_t i = 0; i < HOLD_FIRST_MAX; i++)
		if (h->first[i].until > now && h->first[i].until < next)
			next = h->first[i].until;
	return next;
}
