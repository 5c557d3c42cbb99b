// SPDX-License-Identifier: GPL-2.0-or-later
#include "carry_swap.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/sysmacros.h>

/* devices that lie upon each other */
#define DEPTH_MAX 8

static bool read_line(const char *path, char *buf, size_t size)
{
	FILE *file = fopen(path, "re");
	bool ok = file && fgets(buf, (int)size, file);

	if (file)
		fclose(file);
	if (ok)
		buf[strcspn(buf, "\n")] = '\0';
	return ok;
}

/* cryptsetup names other things than encryption "CRYPT-", too */
static bool is_encrypted(const char *uuid)
{
	static const char *const types[] = {
		"CRYPT-LUKS1-", "CRYPT-LUKS2-", "CRYPT-PLAIN-", "CRYPT-LOOPAES-",
		"CRYPT-TCRYPT-", "CRYPT-BITLK-", "CRYPT-FVAULT2-",
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (!strncmp(uuid, types[i], strlen(types[i])))
			return true;
	return false;
}

static bool device_is_safe(const char *sysdir, unsigned int depth);

static bool parts_are_safe(const char *sysdir, unsigned int depth)
{
	char path[PATH_MAX];
	unsigned int parts = 0;
	struct dirent *d;
	bool safe = true;
	DIR *dir;

	if (snprintf(path, sizeof(path), "%s/slaves", sysdir) >= (int)sizeof(path))
		return false;
	dir = opendir(path);
	if (!dir)
		return false;
	while (safe && (d = readdir(dir))) {
		if (d->d_name[0] == '.')
			continue;
		parts++;
		safe = snprintf(path, sizeof(path), "%s/slaves/%s", sysdir,
				d->d_name) < (int)sizeof(path) &&
		       device_is_safe(path, depth + 1);
	}
	closedir(dir);
	return safe && parts;
}

static bool device_is_safe(const char *sysdir, unsigned int depth)
{
	char path[PATH_MAX], text[256];

	if (depth > DEPTH_MAX)
		return false;
	snprintf(path, sizeof(path), "%s/dm/uuid", sysdir);
	if (read_line(path, text, sizeof(text)) && is_encrypted(text))
		return true;
	/* only zram has it; absent in a kernel whose zram never writes back */
	snprintf(path, sizeof(path), "%s/comp_algorithm", sysdir);
	if (read_line(path, text, sizeof(text))) {
		snprintf(path, sizeof(path), "%s/backing_dev", sysdir);
		return !read_line(path, text, sizeof(text)) ||
		       !strcmp(text, "none");
	}
	return parts_are_safe(sysdir, depth);
}

/* "\040" and the like, as /proc writes what would end a word */
static void unescape(char *s)
{
	char *to = s;

	for (; *s; s++) {
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] >= '0' &&
		    s[2] <= '7' && s[3] >= '0' && s[3] <= '7') {
			*to++ = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 |
				       (s[3] - '0'));
			s += 3;
		} else {
			*to++ = *s;
		}
	}
	*to = '\0';
}

/*
 * A device is looked for by its name first: in the daemon's sandbox there are
 * no block devices.
 */
static bool entry_is_safe(const char *root, const char *file, const char *type)
{
	char path[2 * PATH_MAX];
	struct stat st;
	dev_t dev;

	if (!strncmp(file, "/dev/", 5) && !strchr(file + 5, '/')) {
		snprintf(path, sizeof(path), "%s/sys/class/block/%s", root,
			 file + 5);
		if (stat(path, &st) == 0)
			return device_is_safe(path, 0);
	}
	snprintf(path, sizeof(path), "%s%s", root, file);
	if (stat(path, &st) < 0)
		return false;
	if (!strcmp(type, "partition") && S_ISBLK(st.st_mode))
		dev = st.st_rdev;
	else if (!strcmp(type, "file") && S_ISREG(st.st_mode))
		dev = st.st_dev;
	else
		return false;
	snprintf(path, sizeof(path), "%s/sys/dev/block/%u:%u", root, major(dev),
		 minor(dev));
	return device_is_safe(path, 0);
}

static bool no_swap_at_all(void)
{
	struct sysinfo info;

	return sysinfo(&info) == 0 && !info.totalswap;
}

bool swap_is_safe(const char *root, char *why, size_t size)
{
	char line[PATH_MAX + 256], path[64], file[PATH_MAX], type[32];
	bool safe = true, head = true;
	FILE *swaps;

	snprintf(path, sizeof(path), "%s/proc/swaps", root);
	if (strlen(root) + strlen("/proc/swaps") >= sizeof(path))
		return false;
	swaps = fopen(path, "re");
	if (!swaps) {
		/* a kernel without swap, or a sandbox that hides the file */
		snprintf(why, size, "%s: %s", path, strerror(errno));
		return !*root && no_swap_at_all();
	}
	while (safe && fgets(line, sizeof(line), swaps)) {
		if (head) {
			head = false;
			continue;
		}
		if (sscanf(line, "%4095s %31s", file, type) != 2)
			snprintf(file, sizeof(file), "an unreadable line of %s",
				 path);
		else
			unescape(file);
		safe = entry_is_safe(root, file, type);
		if (!safe)
			snprintf(why, size, "%s", file);
	}
	if (ferror(swaps)) {
		snprintf(why, size, "%s cannot be read", path);
		safe = false;
	}
	fclose(swaps);
	return safe;
}
