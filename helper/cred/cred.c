// SPDX-License-Identifier: GPL-2.0-or-later
#include "cred.h"

#include <errno.h>

int cred_open(struct sd_event *event, const struct config *config)
{
	int r;

	for (size_t i = 0; cred_sources[i]; i++) {
		r = cred_sources[i]->open(event, config);
		if (r < 0) {
			while (i-- > 0)
				cred_sources[i]->close();
			return r;
		}
	}
	return 0;
}

void cred_reload(const struct config *config)
{
	for (size_t i = 0; cred_sources[i]; i++)
		cred_sources[i]->reload(config);
}

void cred_close(void)
{
	for (size_t i = 0; cred_sources[i]; i++)
		cred_sources[i]->close();
}

static void search(struct cred_lookup *lookup)
{
	if (!cred_sources[lookup->source]) {
		lookup->done(lookup, -ENOKEY, NULL);
		return;
	}
	lookup->searching = true;
	cred_sources[lookup->source]->lookup(lookup);
}

void cred_lookup_start(struct cred_lookup *lookup)
{
	lookup->source = 0;
	search(lookup);
}

void cred_lookup_cancel(struct cred_lookup *lookup)
{
	if (!lookup->searching)
		return;
	lookup->searching = false;
	cred_sources[lookup->source]->cancel(lookup);
}

void cred_lookup_answer(struct cred_lookup *lookup, int error,
			const struct cred *cred)
{
	lookup->searching = false;
	if (error == -ENOKEY) {
		lookup->source++;
		search(lookup);
		return;
	}
	lookup->done(lookup, error, cred);
}
