// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A mount of a Samba server's share that logs on through ntlmd, see mount.sh.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "../lib/tap.h"
#include "calls.h"
#include "inject.h"
#include "tests.h"

#define DIR "/run/failslab-mount"

static int mount_share(const char *share)
{
	return mount(share, DIR, "cifs", 0,
		     "ip=127.0.0.1,sec=ntlmssp,user=writer") ? -errno : 0;
}

static int do_mount(void)
{
	return mount_share("//127.0.0.1/files");
}

/* All of a logon, and of its end */
static int mount_nothing(void)
{
	int err = mount_share("//127.0.0.1/no-such-share");

	CHECK(err);
	return err == -ENOENT ? 0 : err;
}

/*
 * Without memory for its first allocation, smb2_compound_op() of the stock code of
 * 6.1 copies from a pointer that it has not set.  A compiler that makes NULL of it
 * makes a panic of that, as for the kernel with lockdep; with KASAN the pointer is
 * one to the caller's stack.  The first call is for the root of a share, after all
 * that logs on.
 */
static bool root_panics(void)
{
	const char *lab = getenv("NTLM_LAB");
	struct utsname name;

	CHECK(!uname(&name));
	return !strncmp(name.release, "6.1.", 4) &&
	       (!lab || strcmp(lab, "kasan"));
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
	long long end = tap_now_ms() + 60000;

	while (references() != connections() && tap_now_ms() < end)
		tap_sleep_ms(100);
	tap_note("%d connections were never ended by the stock code",
		 connections());
	CHECK_EQ(references(), connections());
}

void mount_of_a_share(void)
{
	struct operation op = {
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
	if (root_panics()) {
		tap_note("the share is one that does not exist: in smb2_compound_op() of 6.1 a failing allocation is a panic");
		op.run = mount_nothing;
		op.finish = NULL;
	}
	inject_sweep(&op);
	check_unmounted();
	CHECK_EQ(run("bash", "selftests/failslab/mount.sh", "stop", NULL), 0);
}
