// SPDX-License-Identifier: GPL-2.0-or-later
#include "accept_name.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicase.h>

#include "name_print.h"

void accept_user_name(const struct ntlm_logon *logon, bool known,
		      char shown[ACCEPT_NAME_SIZE])
{
	if (*logon->user)
		name_quote_account(shown, ACCEPT_NAME_SIZE, logon->domain,
				   logon->user);
	else
		snprintf(shown, ACCEPT_NAME_SIZE, "%s",
			 known ? "anonymous" : "unknown");
}

void accept_folded_name(const struct ntlm_logon *logon,
			const struct account *account,
			char shown[ACCEPT_NAME_SIZE])
{
	char name[ACCEPT_NAME_SIZE];
	size_t len = ACCEPT_NAME_SIZE - 1;
	uint8_t *folded;

	if (account) {
		name_quote_account(shown, ACCEPT_NAME_SIZE, account->domain,
				   account->user);
		return;
	}
	accept_user_name(logon, true, name);
	folded = u8_casefold((uint8_t *)name, strlen(name), NULL, NULL,
			     (uint8_t *)shown, &len);
	if (folded == (uint8_t *)shown) {
		shown[len] = '\0';
	} else {
		/* it grew; as it is, it is still a name */
		free(folded);
		strcpy(shown, name);
	}
}
