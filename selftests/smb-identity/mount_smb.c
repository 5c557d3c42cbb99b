// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mount_smb //HOST/SHARE DIR OPTIONS: mount(2) with these options and nothing
 * added, or why it failed as the name of the error.  A mount program that trusts
 * its user: made setuid, or given a capability, it lets him say anything.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>

int main(int argc, char **argv)
{
	if (argc != 4) {
		fputs("usage: mount_smb //HOST/SHARE DIR OPTIONS\n", stderr);
		return 2;
	}
	if (!mount(argv[1], argv[2], "cifs", 0, argv[3])) {
		puts("mounted");
		return 0;
	}
	puts(strerrorname_np(errno));
	return 1;
}
