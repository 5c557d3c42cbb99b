// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A network namespace that cannot be made: the module's part of it is, or is not.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include "../lib/tap.h"
#include "calls.h"
#include "inject.h"
#include "tests.h"

static int home;

static int do_unshare(void)
{
	return unshare(CLONE_NEWNET) ? -errno : 0;
}

static void leave(int err)
{
	int fd;

	if (err)
		return;
	/* What was made works. */
	fd = drv_context(NULL);
	CHECK_ERR(drv_exchange(fd, NULL, 0, NULL, NULL), -ENOKEY);
	close(fd);
	CHECK(!setns(home, CLONE_NEWNET));
}

void namespace(void)
{
	inject_init();
	/* The kernel tells of directories of sysctl that it could not make. */
	inject_announce();
	home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	CHECK(home >= 0);
	inject_sweep(&(struct operation){
		.run = do_unshare,
		.finish = leave,
		.foreign = true,
	});
}
