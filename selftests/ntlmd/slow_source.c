// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The daemon's credential sources in a test build: before the files comes a
 * source that finds nothing for a host "slow", but only after two seconds.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-event.h>
#include <time.h>

#include "cred/cred_file.h"

#define DELAY_USEC 2000000

static sd_event *loop;

static int slow_open(sd_event *event, const struct config *config)
{
	(void)config;
	loop = event;
	return 0;
}

static void slow_reload(const struct config *config)
{
	(void)config;
}

static int on_timer(sd_event_source *s, uint64_t usec, void *arg)
{
	struct cred_lookup *lookup = arg;

	(void)usec;
	lookup->private = NULL;
	sd_event_source_disable_unref(s);
	cred_lookup_answer(lookup, -ENOKEY, NULL);
	return 0;
}

static void slow_lookup(struct cred_lookup *lookup)
{
	const char *host = strchr(lookup->target, '/');
	sd_event_source *timer;

	if (!host || strcmp(host, "/slow") ||
	    sd_event_add_time_relative(loop, &timer, CLOCK_MONOTONIC, DELAY_USEC,
				       1000, on_timer, lookup) < 0) {
		cred_lookup_answer(lookup, -ENOKEY, NULL);
		return;
	}
	lookup->private = timer;
}

static void slow_cancel(struct cred_lookup *lookup)
{
	sd_event_source_disable_unref(lookup->private);
	lookup->private = NULL;
}

static void slow_close(void)
{
}

static const struct ntlm_cred_source slow_source = {
	.name = "slow",
	.open = slow_open,
	.reload = slow_reload,
	.lookup = slow_lookup,
	.cancel = slow_cancel,
	.close = slow_close,
};

const struct ntlm_cred_source *const cred_sources[] = {
	&slow_source,
	&cred_file_source,
	NULL
};
