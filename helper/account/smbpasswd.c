// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Account database: a file in the format of Samba's smbpasswd(5),
 *
 *	name:uid:LM hash:NT hash:[flags]:LCT-seconds:
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "account.h"
#include "secret_text.h"

/* the last one begins the rest of the line, which says nothing here */
#define FIELDS 7

enum { NAME, UID, LM, NT, FLAGS, CHANGED };

struct parser {
	const char *path;
	struct problems *problems;
	struct accounts *accounts;
};

static bool is_number(const char *s)
{
	return *s && strspn(s, "0123456789") == strlen(s);
}

/* Returns false if the field is neither a hash nor the sign that there is none. */
static bool get_hash(const char *field, uint8_t hash[NTLM_HASH_SIZE], bool *there)
{
	static const char none[] = "XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX";

	*there = false;
	if (!strcmp(field, none))
		return true;
	*there = secret_hash(field, hash);
	return *there;
}

static bool has_no_password(const char *field)
{
	return !strncmp(field, "NO PASSWORD", 11) &&
	       strspn(field + 11, "X*") == strlen(field + 11);
}

static bool get_nt(struct account *a, const char *field, const char *flags)
{
	if (!has_no_password(field))
		return get_hash(field, a->secret.nt_hash, &a->has_secret);
	/* the empty password, if the flags allow it */
	a->has_secret = strchr(flags, 'N') &&
			!ntlm_nt_hash("", 0, a->secret.nt_hash);
	return true;
}

static bool get_lm(struct account *a, const char *field)
{
	return has_no_password(field) ||
	       get_hash(field, a->secret.lm_hash, &a->secret.has_lm_hash);
}

static void drop_lm(struct account *a)
{
	a->secret.has_lm_hash = false;
	explicit_bzero(a->secret.lm_hash, sizeof(a->secret.lm_hash));
}

static bool flags_valid(const char *flags)
{
	size_t len = strlen(flags);

	return len >= 2 && flags[0] == '[' && flags[len - 1] == ']' &&
	       strspn(flags + 1, "NDHTUMWSLXI ") == len - 2;
}

/* Samba keeps the time of the last change; at 0 it wants another password. */
static bool changed_valid(const char *changed, bool *never)
{
	size_t digits;

	*never = false;
	if (!*changed)
		return true;
	if (strncmp(changed, "LCT-", 4))
		return false;
	digits = strspn(changed + 4, "0123456789ABCDEFabcdef");
	*never = digits && strspn(changed + 4, "0") == digits;
	return digits && digits <= 16 && !changed[4 + digits];
}

static uint32_t state(const char *flags, bool never_changed)
{
	static const struct {
		char flag;
		uint32_t ntstatus;
	} states[] = {
		{ 'D', STATUS_ACCOUNT_DISABLED },
		{ 'L', STATUS_ACCOUNT_LOCKED_OUT },
		{ 'W', STATUS_NOLOGON_WORKSTATION_TRUST_ACCOUNT },
		{ 'S', STATUS_NOLOGON_SERVER_TRUST_ACCOUNT },
		{ 'I', STATUS_NOLOGON_INTERDOMAIN_TRUST_ACCOUNT },
	};

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (strchr(flags, states[i].flag))
			return states[i].ntstatus;
	/* X: the password does not expire, N: none is needed */
	if (never_changed && !strpbrk(flags, "XN"))
		return STATUS_PASSWORD_MUST_CHANGE;
	return 0;
}

static const char *parse_account(struct account *a, char *line, bool want_lm)
{
	char *field[FIELDS] = { NULL };
	bool never_changed;
	unsigned int n = 0;

	for (char *p = line; p && n < FIELDS; n++)
		field[n] = n == FIELDS - 1 ? p : strsep(&p, ":");
	for (n = 0; n < FIELDS; n++)
		if (!field[n])
			field[n] = "";
	if (!*field[NAME] || !secret_name_valid(field[NAME]))
		return "the name is empty, too long, no valid UTF-8, or has a control character";
	if (!is_number(field[UID]))
		return "the second field is no number";
	/* as old versions wrote it */
	if (!*field[FLAGS])
		field[FLAGS] = "[U]";
	if (!flags_valid(field[FLAGS]))
		return "the fifth field is no \"[flags]\"";
	if (!changed_valid(field[CHANGED], &never_changed))
		return "the sixth field is no \"LCT-time\"";
	if (!get_lm(a, field[LM]))
		return "the third field is no LM hash";
	if (!get_nt(a, field[NT], field[FLAGS]))
		return "the fourth field is no NT hash";
	/* Who has no NT hash does not log on: not with his LM hash either. */
	if (!want_lm || !a->has_secret)
		drop_lm(a);
	a->ntstatus = state(field[FLAGS], never_changed);
	a->user = strdup(field[NAME]);
	return a->user ? NULL : "out of memory";
}

static void parse_line(void *arg, unsigned int number, char *line)
{
	struct parser *p = arg;
	struct account a = { 0 };
	const char *why = parse_account(&a, line, p->accounts->want_lm);

	if (!why && asprintf(&a.origin, "%s:%u", p->path, number) < 0) {
		a.origin = NULL;
		why = "out of memory";
	}
	if (!why && accounts_add(p->accounts, &a))
		why = "out of memory";
	if (why)
		problem(p->problems, p->path, number, "%s", why);
	account_wipe(&a);
}

static void parse(void *arg, const char *path, char *text, size_t len,
		  struct problems *problems)
{
	struct parser p = {
		.path = path,
		.problems = problems,
		.accounts = arg,
	};
	unsigned int before = problems->errors;
	size_t first = p.accounts->count;

	secret_lines(text, len, path, parse_line, &p, problems);
	if (problems->errors != before)
		accounts_cut(p.accounts, first);
}

static const char *path(const struct config *config, size_t index)
{
	return index ? NULL : config->acceptor.smbpasswd;
}

const struct account_database account_smbpasswd = {
	.name = "smbpasswd",
	.path = path,
	.parse = parse,
};
