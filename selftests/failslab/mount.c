// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A mount of a Samba server's share that logs on through ntlmd, see mount.sh.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "../lib/tap.h"
#include "calls.h"
#include "inject.h"
#include "tests.h"

#define DIR "/run/failslab-mount"

static int do_mount(void)
{
	return mount("//127.0.0.1/files", DIR, "cifs", 0,
		     "ip=127.0.0.1,sec=ntlmssp,user=writer") ? -errno : 0;
}

static void unmount(int err)
{
	if (!err && umount(DIR))
		FAIL("umount: %m");
}

static int references(void)
{
	FILE *f = fopen("/sys/module/cifs/refcnt", "r");
	int n;

	if (!f || fscanf(f, "%d", &n) != 1)
		FAIL("refcnt: %m");
	fclose(f);
	return n;
}

/* Threads of the kernel that serve a connection each */
static int connections(void)
{
	FILE *f = popen("cat /proc/[0-9]*/comm 2>/dev/null | grep -cx cifsd", "r");
	int n;

	if (!f || fscanf(f, "%d", &n) != 1)
		FAIL("processes: %m");
	pclose(f);
	return n;
}

/*
 * The stock code ends the thread of a connection with a signal, which is lost
 * when the thread has not yet run: then it waits for one forever, and keeps
 * cifs.ko.  That can be seen when what fails comes right after connecting.
 */
static void check_unmounted(void)
{
	long long end = tap_now_ms() + 5000;

	while (references() != connections() && tap_now_ms() < end)
		tap_sleep_ms(100);
	tap_note("%d connections were never ended by the stock code",
		 connections());
	CHECK_EQ(references(), connections());
}

void mount_of_a_share(void)
{
	const struct operation op = {
		.run = do_mount,
		.finish = unmount,
		.foreign = true,
		.seldom = 16,
	};

	inject_init();
	if (run("bash", "selftests/failslab/mount.sh", "can", NULL))
		tap_skip("no cifs.ko that asks ntlmd");
	CHECK_EQ(run("bash", "selftests/failslab/mount.sh", "start", NULL), 0);
	CHECK(!mkdir(DIR, 0700));
	inject_sweep(&op);
	check_unmounted();
	CHECK_EQ(run("bash", "selftests/failslab/mount.sh", "stop", NULL), 0);
}
