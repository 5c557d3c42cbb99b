// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * winbind_login UID USER PASSWORD: logs on as pam_winbind(8) does for a user with
 * this uid, so that winbindd keeps the logon. Exit status 0 if it did.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wbclient.h>

/* WBFLAG_PAM_CACHED_LOGIN, which no header of libwbclient names */
#define CACHED_LOGIN 0x00004000u

static void add(struct wbcLogonUserParams *params, const char *name, uint32_t value)
{
	wbcErr e = wbcAddNamedBlob(&params->num_blobs, &params->blobs, name, 0,
				   (uint8_t *)&value, sizeof(value));

	if (!WBC_ERROR_IS_OK(e))
		abort();
}

int main(int argc, char **argv)
{
	struct wbcLogonUserParams params = { 0 };
	struct wbcLogonUserInfo *info = NULL;
	struct wbcAuthErrorInfo *error = NULL;
	wbcErr e;

	if (argc != 4)
		return 2;
	params.username = argv[2];
	params.password = argv[3];
	add(&params, "flags", CACHED_LOGIN);
	add(&params, "user_uid", (uint32_t)strtoul(argv[1], NULL, 0));
	e = wbcLogonUser(&params, &info, &error, NULL);
	if (!WBC_ERROR_IS_OK(e))
		fprintf(stderr, "winbind_login: %s%s%s\n", wbcErrorString(e),
			error ? ": " : "", error ? error->nt_string : "");
	return WBC_ERROR_IS_OK(e) ? 0 : 1;
}
