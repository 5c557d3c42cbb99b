// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The module while it is loaded: what was set up before an allocation failed is
 * taken down again.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../lib/driver.h"
#include "../lib/tap.h"
#include "inject.h"
#include "tests.h"

#define MOST_ALLOCATIONS	20000
#define LEAKS			"/sys/kernel/debug/kmemleak"

static int unload(const char *name)
{
	return syscall(SYS_delete_module, name, O_NONBLOCK) < 0 ? -errno : 0;
}

static int load(int file)
{
	return syscall(SYS_finit_module, file, "", 0) < 0 ? -errno : 0;
}

static int module_open(void)
{
	char path[512] = "";
	FILE *f = popen("modinfo -n ntlm", "r");
	int file;

	CHECK(f && fgets(path, sizeof(path), f));
	pclose(f);
	path[strcspn(path, "\n")] = 0;
	file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		FAIL("%s: %m", path);
	return file;
}

static void leaks_order(const char *order)
{
	FILE *f = fopen(LEAKS, "w");

	if (!f || fputs(order, f) < 0 || fclose(f))
		FAIL("%s: %m", LEAKS);
}

/* In the kernel's log, for who reads it */
static void say(const char *text)
{
	FILE *f = fopen("/dev/kmsg", "w");

	if (!f || fprintf(f, "%s\n", text) < 0 || fclose(f))
		FAIL("/dev/kmsg: %m");
}

/*
 * The stock code leaks the name of a slab cache that it cannot show in sysfs.
 * Whoever looks for leaks later is not to find it; anything else is.
 */
static void forget_stock_leaks(void)
{
	char line[256], object[4096] = "";
	unsigned int stock = 0;
	bool end = false;
	FILE *f;

	if (access(LEAKS, F_OK)) {
		tap_note("no CONFIG_DEBUG_KMEMLEAK: leaks are not looked for");
		return;
	}
	/* Only what is older than five seconds is reported. */
	tap_sleep_ms(6000);
	say("ntlm failslab: leaks of the stock code are looked for");
	leaks_order("scan");
	leaks_order("scan");
	f = fopen(LEAKS, "r");
	CHECK(f);
	while (!end) {
		end = !fgets(line, sizeof(line), f);
		if (end || !strncmp(line, "unreferenced", 12)) {
			if (*object && !strstr(object, "sysfs_slab_add"))
				FAIL("a leak: %s", object);
			stock += !!*object;
			*object = 0;
		}
		if (!end)
			strncat(object, line, sizeof(object) - strlen(object) - 1);
	}
	fclose(f);
	leaks_order("clear");
	tap_note("%u leaks of the stock code", stock);
}

void load_module(void)
{
	unsigned int n, refused = 0;
	bool failed = true;
	int file, err;

	inject_init();
	/* The kernel tells of a slab cache that it could not make. */
	inject_announce();
	file = module_open();
	CHECK_ERR(unload("ntlm_test"), 0);
	CHECK_ERR(unload("ntlm"), 0);
	CHECK_ERR(load(file), 0);
	CHECK_ERR(unload("ntlm"), 0);
	for (n = 1; failed && n < MOST_ALLOCATIONS; n++) {
		inject_begin(n);
		err = load(file);
		failed = inject_end();
		if (err) {
			CHECK_ERR(err, -ENOMEM);
			CHECK(access("/sys/module/ntlm", F_OK));
			CHECK_ERR(load(file), 0);
			refused++;
		}
		CHECK_ERR(unload("ntlm"), 0);
	}
	CHECK(!failed && !err);
	tap_note("%u allocations, %u of them necessary", n - 2, refused);
	CHECK(refused);
	forget_stock_leaks();
	CHECK_EQ(run("modprobe", "-a", "ntlm", "ntlm_test", NULL), 0);
}
