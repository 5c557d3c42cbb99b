// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Credentials of the service manager whose directory cannot be listed.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

#include "cred/cred_systemd.h"
#include "logged.h"
#include "tap.h"

/* That of libc fails for a directory that is open only if there is no memory. */
int scandirat(int dirfd, const char *dir, struct dirent ***names,
	      int (*filter)(const struct dirent *),
	      int (*compare)(const struct dirent **, const struct dirent **))
{
	(void)dirfd;
	(void)dir;
	(void)names;
	(void)filter;
	(void)compare;
	errno = EIO;
	return -1;
}

int main(void)
{
	const struct config config = { .login_lifetime = 60 };

	logged_start();
	setenv("CREDENTIALS_DIRECTORY", "/", 1);
	tap_number(cred_systemd_source.open(NULL, &config), 0,
		   "a directory that cannot be listed does not end ntlmd");
	tap_ok(logged_has("/: cannot be listed: Input/output error"),
	       "but it is told");
	tap_number(logged_lines(), 1, "in one line");
	logged_show();
	cred_systemd_source.close();
	return tap_done();
}
