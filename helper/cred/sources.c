// SPDX-License-Identifier: GPL-2.0-or-later
#include "cred_file.h"

const struct ntlm_cred_source *const cred_sources[] = {
	&cred_file_source,
	NULL
};
