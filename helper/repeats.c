// SPDX-License-Identifier: GPL-2.0-or-later
#include "repeats.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "name_print.h"

#define TEXT_SIZE 384
/* of a name in a field; longer ones are cut */
#define NAME_SIZE 128

/**
 * struct repeat - a line
 * @count: how often it came since
 * @audit: fields of the first one; the names are not in it
 * @target: its name
 * @user: likewise
 * @domain: likewise
 * @text: what is the same
 */
struct repeat {
	unsigned int count;
	struct audit audit;
	char target[NAME_SIZE];
	char user[NAME_SIZE];
	char domain[NAME_SIZE];
	char text[TEXT_SIZE];
};

/**
 * struct repeats - lines of the present window
 * @seconds: how long it is
 * @timer: its end; off if nothing was said
 * @running: @timer is on
 * @others: lines for which there was no room, and fields of the last of them
 * @line: @used lines
 */
struct repeats {
	unsigned int seconds;
	sd_event_source *timer;
	bool running;
	struct repeat others;
	unsigned int used;
	struct repeat line[REPEATS_MAX];
};

static struct audit fields_of(const struct repeat *line)
{
	struct audit audit = line->audit;

	audit.repeats = line->count;
	audit.target = line->target;
	audit.user = line->user;
	audit.domain = line->domain;
	return audit;
}

static void tell(struct repeats *r)
{
	struct audit audit;

	for (unsigned int i = 0; i < r->used; i++) {
		if (!r->line[i].count)
			continue;
		audit = fields_of(&r->line[i]);
		audit_log(LOG_WARNING, &audit,
			  "%s: %u more time%s within %u s",
			  r->line[i].text, r->line[i].count,
			  r->line[i].count == 1 ? "" : "s", r->seconds);
	}
	if (r->others.count) {
		audit = fields_of(&r->others);
		audit_log(LOG_WARNING, &audit,
			  "%u more failures within %u s, of too many kinds to list",
			  r->others.count, r->seconds);
	}
	r->others.count = 0;
}

static int restart(struct repeats *r)
{
	int e = sd_event_source_set_time_relative(r->timer,
						  r->seconds * 1000000ULL);

	if (e >= 0)
		e = sd_event_source_set_enabled(r->timer, SD_EVENT_ONESHOT);
	r->running = e >= 0;
	return e;
}

/* What came again goes on being counted, what did not is forgotten. */
static int on_window(sd_event_source *s, uint64_t usec, void *arg)
{
	struct repeats *r = arg;
	unsigned int kept = 0;

	(void)s;
	(void)usec;
	tell(r);
	r->running = false;
	for (unsigned int i = 0; i < r->used; i++) {
		if (!r->line[i].count)
			continue;
		r->line[i].count = 0;
		if (kept != i)
			r->line[kept] = r->line[i];
		kept++;
	}
	r->used = kept;
	if (kept)
		restart(r);
	return 0;
}

struct repeats *repeats_new(sd_event *event, unsigned int seconds)
{
	struct repeats *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->seconds = seconds;
	if (sd_event_add_time_relative(event, &r->timer, CLOCK_MONOTONIC, 0,
				       100000, on_window, r) < 0 ||
	    sd_event_source_set_enabled(r->timer, SD_EVENT_OFF) < 0) {
		sd_event_source_disable_unref(r->timer);
		free(r);
		return NULL;
	}
	return r;
}

void repeats_flush(struct repeats *r)
{
	tell(r);
	r->used = 0;
	r->running = false;
	sd_event_source_set_enabled(r->timer, SD_EVENT_OFF);
}

void repeats_free(struct repeats *r)
{
	if (!r)
		return;
	tell(r);
	sd_event_source_disable_unref(r->timer);
	free(r);
}

/* What names one of many that have nothing else in common is left out. */
static void count_other(struct repeat *others, const struct audit *audit)
{
	others->count++;
	others->audit = (struct audit){
		.id = audit->id,
		.outcome = audit->outcome,
		.acceptor = audit->acceptor,
		.uid = audit->uid,
	};
}

static void keep(struct repeat *line, const struct audit *audit, const char *text)
{
	line->count = 0;
	line->audit = *audit;
	line->audit.context = 0;
	line->audit.workstation = NULL;
	name_print(line->target, sizeof(line->target), audit->target);
	name_print(line->user, sizeof(line->user), audit->user);
	name_print(line->domain, sizeof(line->domain), audit->domain);
	strcpy(line->text, text);
}

bool repeats_first(struct repeats *r, const struct audit *audit,
		   const char *text)
{
	char cut[TEXT_SIZE];

	snprintf(cut, sizeof(cut), "%s", text);
	for (unsigned int i = 0; i < r->used; i++)
		if (!strcmp(r->line[i].text, cut)) {
			r->line[i].count++;
			return false;
		}
	/* without a timer nobody would tell the count */
	if (!r->running && restart(r) < 0)
		return true;
	if (r->used == REPEATS_MAX) {
		count_other(&r->others, audit);
		return false;
	}
	keep(&r->line[r->used++], audit, cut);
	return true;
}
