// SPDX-License-Identifier: GPL-2.0-or-later
#include "carry_store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "log.h"

/* what another program of the same unit stores is none of ours */
#define PREFIX	"ntlmd-"
#define PROBE	"probe"
/* the service manager may be busy, as during boot */
#define BARRIER_USEC 2000000

static bool works;

static int notify(const char *verb, const char *name, const int *fd)
{
	char text[128];

	snprintf(text, sizeof(text), "%s=1\nFDNAME=" PREFIX "%s", verb, name);
	return sd_pid_notify_with_fds(0, 0, text, fd, fd ? 1 : 0);
}

int store_put(const char *name, int fd)
{
	int r = notify("FDSTORE", name, &fd);

	return r < 0 ? r : r ? 0 : -ENOTCONN;
}

void store_remove(const char *name)
{
	notify("FDSTOREREMOVE", name, NULL);
}

bool store_works(void)
{
	return works;
}

/*
 * The service manager does not say whether it keeps a descriptor. So it gets
 * the reading end of a pipe: once every message before the barrier is
 * processed, writing works if, and only if, somebody holds that end.
 */
static bool probe(void)
{
	int ends[2], r;
	bool kept;

	if (!getenv("NOTIFY_SOCKET") || pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
		return false;
	r = store_put(PROBE, ends[0]);
	close(ends[0]);
	if (r >= 0)
		r = sd_notify_barrier(0, BARRIER_USEC);
	kept = write(ends[1], "", 1) == 1;
	close(ends[1]);
	store_remove(PROBE);
	if (r < 0)
		log_msg(LOG_DEBUG, "the service manager does not answer: %s",
			strerror(-r));
	return kept;
}

void store_init(store_found found)
{
	char **names = NULL;
	int n = sd_listen_fds_with_names(1, &names);

	for (int i = 0; i < n; i++) {
		int fd = SD_LISTEN_FDS_START + i;
		const char *name = names[i];

		if (!strncmp(name, PREFIX, strlen(PREFIX)) &&
		    strcmp(name, PREFIX PROBE)) {
			found(name + strlen(PREFIX), fd);
		} else {
			if (strcmp(name, PREFIX PROBE))
				log_msg(LOG_WARNING,
					"descriptor \"%s\" of the service manager is not known here",
					name);
			close(fd);
		}
		free(names[i]);
	}
	free(names);
	works = probe();
}
