// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The input is a file of accounts, ntlmd.accounts(5) or smbpasswd(5), as its
 * first byte says. A file with an error gives no account; what it gives is found
 * by its own name.
 */
#include "account/account.h"
#include "account/sid.h"
#include "fuzz.h"

static void ignore(void *arg, int priority, const char *line)
{
	(void)arg;
	(void)priority;
	(void)line;
}

static void check_account(const struct accounts *accounts,
			  const struct account *a)
{
	const struct ntlm_server_names names = { .nb_computer = "SERVER" };
	const struct account *found;

	MUST(a->origin && a->user && *a->user && a->domain);
	MUST(strlen(a->user) < NTLM_ACCOUNT_NAME_SIZE);
	MUST(strlen(a->domain) < NTLM_ACCOUNT_NAME_SIZE);
	MUST(a->user_key.count);
	MUST(a->has_secret || !a->secret.has_lm_hash);
	MUST(!a->secret.has_lm_hash || accounts->want_lm);
	for (unsigned int i = 0; i < a->sid_count; i++)
		MUST(sid_valid(a->sids[i]));
	found = accounts_find(accounts, &names, a->user, a->domain);
	MUST(found && found <= a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct account_database *kind;
	struct problems problems = { 0 };
	struct accounts accounts = { 0 };
	char *text;

	if (!size)
		return 0;
	log_set_sink(ignore, NULL);
	kind = data[0] & 1 ? &account_smbpasswd : &account_ntlmd;
	accounts.want_lm = data[0] & 2;
	data++;
	size--;
	text = malloc(size + 1);
	if (!text)
		return 0;
	memcpy(text, data, size);
	kind->parse(&accounts, "accounts", text, size, &problems);
	free(text);
	MUST(!problems.errors || !accounts.count);
	for (size_t i = 0; i < accounts.count; i++)
		check_account(&accounts, &accounts.account[i]);
	accounts_free(&accounts);
	MUST(!accounts.count);
	return 0;
}
