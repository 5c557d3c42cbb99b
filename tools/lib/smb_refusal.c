// SPDX-License-Identifier: GPL-2.0-or-later
#include "smb_refusal.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

/* A file for each kernel, by the package; only root writes there. */
#define REFUSALS "/var/lib/ntlm-cifs-dkms/"

bool smb_refusal(const char *release, char why[SMB_REFUSAL_SIZE])
{
	char path[PATH_MAX];
	FILE *f;

	snprintf(path, sizeof(path), REFUSALS "%s", release);
	f = fopen(path, "re");
	if (!f)
		return false;
	if (!fgets(why, SMB_REFUSAL_SIZE, f))
		*why = '\0';
	fclose(f);
	why[strcspn(why, "\n")] = '\0';
	return *why;
}
