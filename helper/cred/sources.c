// SPDX-License-Identifier: GPL-2.0-or-later
#include "cred_file.h"
#include "cred_login.h"
#include "cred_systemd.h"
#include "cred_winbind.h"

const struct ntlm_cred_source *const cred_sources[] = {
	&cred_file_source,
	&cred_systemd_source,
	&cred_login_source,
	&cred_winbind_source,
	NULL
};
