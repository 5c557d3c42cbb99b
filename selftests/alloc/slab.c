// SPDX-License-Identifier: GPL-2.0-or-later
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/tap.h"
#include "slab.h"

#define PAGE 4096
/* RCU and work queues free what was in use until a moment ago. */
#define SETTLE_MS 500

static void shrink_all(void)
{
	glob_t found;
	size_t i;
	FILE *f;

	tap_sleep_ms(SETTLE_MS);
	if (glob("/sys/kernel/slab/*/shrink", 0, NULL, &found))
		FAIL("/sys/kernel/slab: nothing to shrink");
	for (i = 0; i < found.gl_pathc; i++) {
		f = fopen(found.gl_pathv[i], "we");
		if (!f)
			continue;
		fputs("1\n", f);
		fclose(f);
	}
	globfree(&found);
}

void slabs_read(struct slabs *s)
{
	char line[512];
	FILE *f;

	shrink_all();
	s->n = 0;
	f = fopen("/proc/slabinfo", "re");
	if (!f)
		FAIL("/proc/slabinfo: %m");
	while (fgets(line, sizeof(line), f)) {
		struct slab *e = &s->slab[s->n];

		if (sscanf(line, "%63s %lld %*d %zu %zu %zu : tunables %*d %*d %*d : slabdata %*d %lld",
			   e->name, &e->active, &e->size, &e->objects,
			   &e->pages, &e->slabs) != 6)
			continue;
		if (++s->n == SLABS_MAX)
			FAIL("more than %u caches", SLABS_MAX);
	}
	fclose(f);
	if (!s->n)
		FAIL("/proc/slabinfo: no cache");
}

long long slabs_used(const struct slabs *s)
{
	long long sum = 0;
	unsigned int i;

	for (i = 0; i < s->n; i++)
		sum += s->slab[i].active * (long long)s->slab[i].size;
	return sum;
}

long long slabs_pages(const struct slabs *s)
{
	long long sum = 0;
	unsigned int i;

	for (i = 0; i < s->n; i++)
		sum += s->slab[i].slabs * (long long)s->slab[i].pages * PAGE;
	return sum;
}

static const struct slab *find(const struct slabs *s, const char *name)
{
	unsigned int i;

	for (i = 0; i < s->n; i++)
		if (!strcmp(s->slab[i].name, name))
			return &s->slab[i];
	return NULL;
}

static const struct slab *need(const struct slabs *s, const char *name)
{
	const struct slab *e = find(s, name);

	if (!e)
		FAIL("no slab cache %s: was it merged with another?", name);
	return e;
}

long long slabs_active(const struct slabs *s, const char *name)
{
	return need(s, name)->active;
}

size_t slabs_object_bytes(const struct slabs *s, const char *name)
{
	const struct slab *e = need(s, name);

	return e->pages * PAGE / e->objects;
}

static long long active(const struct slabs *s, const char *name)
{
	const struct slab *e = find(s, name);

	return e ? e->active : 0;
}

const char *slabs_leaked(const struct slabs *bare, const struct slabs *before,
			 const struct slabs *during, const struct slabs *after,
			 unsigned int contexts)
{
	unsigned int i;

	for (i = 0; i < during->n; i++) {
		const struct slab *e = &during->slab[i];
		long long taken = e->active - active(before, e->name);
		long long left = active(after, e->name) -
				 active(bare, e->name);

		/* one object of each context; half of it may be others' noise */
		if (taken >= contexts * 9LL / 10 && left >= contexts / 2)
			return e->name;
	}
	return NULL;
}

void slabs_print_growth(const struct slabs *from, const struct slabs *to,
			unsigned int contexts)
{
	unsigned int i;

	for (i = 0; i < to->n; i++) {
		const struct slab *e = &to->slab[i];
		long long more = e->active - active(from, e->name);

		if (llabs(more) >= contexts / 100)
			tap_note("%s: %+lld objects of %zu bytes", e->name,
				 more, e->size);
	}
}
