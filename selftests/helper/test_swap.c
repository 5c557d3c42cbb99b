// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * When may what users gave outlive the daemon: swap devices of every kind, in a
 * tree of files that looks like /proc and /sys.
 */
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "carry_swap.h"
#include "tap.h"

#define HEAD "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"

static char root[] = "/tmp/ntlmd-swap-XXXXXX";

static void put(const char *name, const char *text)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", root, name);
	for (char *s = path + strlen(root) + 1; (s = strchr(s, '/')); s++) {
		*s = '\0';
		mkdir(path, 0755);
		*s = '/';
	}
	f = fopen(path, "w");
	if (!f || fputs(text, f) < 0 || fclose(f)) {
		perror(path);
		exit(2);
	}
}

static bool safe(const char *swaps, const char *blame)
{
	char text[1024], why[256] = "";
	bool is;

	snprintf(text, sizeof(text), HEAD "%s", swaps);
	put("proc/swaps", text);
	is = swap_is_safe(root, why, sizeof(why));
	return blame ? !is && strstr(why, blame) : is;
}

static void test_devices(void)
{
	put("sys/class/block/sda2/size", "1\n");
	put("sys/class/block/dm-0/dm/uuid", "CRYPT-LUKS2-0123-cryptswap\n");
	put("sys/class/block/dm-1/dm/uuid", "LVM-abcdef\n");
	put("sys/class/block/dm-1/slaves/dm-0/dm/uuid", "CRYPT-LUKS2-0123-cryptswap\n");
	put("sys/class/block/dm-2/dm/uuid", "LVM-abcdef\n");
	put("sys/class/block/dm-2/slaves/dm-0/dm/uuid", "CRYPT-LUKS2-0123-cryptswap\n");
	put("sys/class/block/dm-2/slaves/sda2/size", "1\n");
	put("sys/class/block/dm-3/dm/uuid", "CRYPT-VERITY-0123-root\n");
	put("sys/class/block/dm-4/dm/uuid", "CRYPT-PLAIN-swap\n");
	put("sys/class/block/dm-5/dm/uuid", "LVM-empty\n");
	put("sys/class/block/dm-5/slaves/.keep", "");
	put("sys/class/block/zram0/comp_algorithm", "[lzo] lz4\n");
	put("sys/class/block/zram1/comp_algorithm", "[lzo] lz4\n");
	put("sys/class/block/zram1/backing_dev", "none\n");
	put("sys/class/block/zram2/comp_algorithm", "[lzo] lz4\n");
	put("sys/class/block/zram2/backing_dev", "/dev/sda5\n");

	tap_ok(safe("", NULL), "no swap");
	tap_ok(safe("/dev/sda2 partition 8 0 -2\n", "/dev/sda2"), "a partition");
	tap_ok(safe("/dev/dm-0 partition 8 0 -2\n", NULL), "dm-crypt");
	tap_ok(safe("/dev/dm-4 partition 8 0 -2\n", NULL), "dm-crypt with a random key");
	tap_ok(safe("/dev/dm-1 partition 8 0 -2\n", NULL), "a volume on dm-crypt");
	tap_ok(safe("/dev/dm-2 partition 8 0 -2\n", "/dev/dm-2"),
	       "a volume on dm-crypt and a partition");
	tap_ok(safe("/dev/dm-3 partition 8 0 -2\n", "/dev/dm-3"),
	       "what cryptsetup makes and does not encrypt");
	tap_ok(safe("/dev/dm-5 partition 8 0 -2\n", "/dev/dm-5"),
	       "a volume on nothing that is known");
	tap_ok(safe("/dev/zram0 partition 8 0 100\n", NULL), "zram");
	tap_ok(safe("/dev/zram1 partition 8 0 100\n", NULL), "zram that could write back");
	tap_ok(safe("/dev/zram2 partition 8 0 100\n", "/dev/zram2"),
	       "zram that writes back to a disk");
	tap_ok(safe("/dev/zram0 partition 8 0 100\n/dev/sda2 partition 8 0 -2\n",
		    "/dev/sda2"), "zram and a partition");
	tap_ok(safe("/dev/nosuch partition 8 0 -2\n", "/dev/nosuch"),
	       "a device that is not known");
}

static void test_files(void)
{
	char path[512], sys[128];
	struct stat st;

	put("swap file", "x");
	snprintf(path, sizeof(path), "%s/swap file", root);
	if (stat(path, &st) < 0)
		exit(2);
	tap_ok(safe("/swap\\040file file 8 0 -2\n", "/swap file"),
	       "a file on a device that is not known");
	snprintf(sys, sizeof(sys), "sys/dev/block/%u:%u/dm/uuid",
		 major(st.st_dev), minor(st.st_dev));
	put(sys, "CRYPT-LUKS1-0123-root\n");
	tap_ok(safe("/swap\\040file file 8 0 -2\n", NULL), "a file on dm-crypt");
	tap_ok(safe("/swap\\040file partition 8 0 -2\n", "/swap file"),
	       "a file that is said to be a device");
	tap_ok(safe("/nosuch file 8 0 -2\n", "/nosuch"), "a file that is not there");
	tap_ok(safe("nonsense\n", "unreadable"), "a line that is not understood");
	snprintf(path, sizeof(path), "%s/proc/swaps", root);
	unlink(path);
	tap_ok(!swap_is_safe(root, sys, sizeof(sys)), "no list of swap at all");
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

int main(void)
{
	if (!mkdtemp(root))
		return 2;
	test_devices();
	test_files();
	nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	return tap_done();
}
