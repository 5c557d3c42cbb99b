// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Account database: files of ntlmd.accounts(5).
 */
#include <stdlib.h>
#include <string.h>

#include <linux/ntlm.h>

#include "account.h"
#include "secret_text.h"
#include "sid.h"

struct parser {
	struct secret_place at;
	struct accounts *accounts;
	struct account account;
	bool has_lm;
	bool has_sid;
};

static void set_name(struct parser *p, const char *key, char **name,
		     const char *value)
{
	if (*name) {
		secret_problem(&p->at, "%s: given twice", key);
		return;
	}
	if (!*value || strchr(value, '\\') || !secret_name_valid(value)) {
		secret_problem(&p->at,
			       "%s: is empty, too long, no valid UTF-8, or has '\\' or a control character",
			       key);
		return;
	}
	*name = strdup(value);
	if (!*name)
		secret_problem(&p->at, "out of memory");
}

static void set_user(void *arg, char *value)
{
	struct parser *p = arg;

	set_name(p, "user", &p->account.user, value);
}

static void set_domain(void *arg, char *value)
{
	struct parser *p = arg;

	set_name(p, "domain", &p->account.domain, value);
}

static bool secret_is_first(struct parser *p)
{
	if (p->account.has_secret)
		secret_problem(&p->at,
			       "a section has one password or one nt-hash");
	return !p->account.has_secret;
}

static void set_password(void *arg, char *value)
{
	struct parser *p = arg;
	struct ntlm_secret *secret = &p->account.secret;

	if (!secret_is_first(p))
		return;
	if (!*value)
		secret_problem(&p->at, "password: is empty");
	else if (ntlm_nt_hash(value, strlen(value), secret->nt_hash))
		secret_problem(&p->at, "password: is no valid UTF-8");
	if (p->accounts->want_lm && !p->has_lm)
		secret->has_lm_hash = !ntlm_lm_hash(value, strlen(value),
						    secret->lm_hash);
	p->account.has_secret = true;
}

static void set_nt_hash(void *arg, char *value)
{
	struct parser *p = arg;

	if (!secret_is_first(p))
		return;
	if (!secret_hash(value, p->account.secret.nt_hash))
		secret_problem(&p->at, "nt-hash: must be %d hexadecimal digits",
			       2 * NTLM_HASH_SIZE);
	p->account.has_secret = true;
}

static void set_lm_hash(void *arg, char *value)
{
	struct parser *p = arg;
	struct ntlm_secret *secret = &p->account.secret;

	if (p->has_lm)
		secret_problem(&p->at, "lm-hash: given twice");
	else if (!secret_hash(value, secret->lm_hash))
		secret_problem(&p->at, "lm-hash: must be %d hexadecimal digits",
			       2 * NTLM_HASH_SIZE);
	p->has_lm = true;
	secret->has_lm_hash = p->accounts->want_lm;
	if (!secret->has_lm_hash)
		explicit_bzero(secret->lm_hash, sizeof(secret->lm_hash));
}

/* The user's own SID is the first one, wherever it stands. */
static void add_sid(struct parser *p, const char *sid, bool first)
{
	struct account *a = &p->account;
	char **grown, *copy;

	if (!sid_valid(sid)) {
		secret_problem(&p->at, "\"%s\" is no SID", sid);
		return;
	}
	if (a->sid_count == NTLM_MAX_SIDS) {
		secret_problem(&p->at,
			       "an account has at most %d SIDs", NTLM_MAX_SIDS);
		return;
	}
	grown = reallocarray(a->sids, a->sid_count + 1, sizeof(*grown));
	if (grown)
		a->sids = grown;
	copy = strdup(sid);
	if (!grown || !copy) {
		free(copy);
		secret_problem(&p->at, "out of memory");
		return;
	}
	a->sids[a->sid_count++] = copy;
	if (!first)
		return;
	memmove(a->sids + 1, a->sids, (a->sid_count - 1) * sizeof(*a->sids));
	a->sids[0] = copy;
}

static void set_sid(void *arg, char *value)
{
	struct parser *p = arg;

	if (p->has_sid)
		secret_problem(&p->at,
			       "sid: given twice; those of groups are group-sids");
	else
		add_sid(p, value, true);
	p->has_sid = true;
}

static void set_group_sids(void *arg, char *value)
{
	struct parser *p = arg;
	char *save, *word;

	for (word = strtok_r(value, SECRET_BLANKS, &save); word;
	     word = strtok_r(NULL, SECRET_BLANKS, &save))
		add_sid(p, word, false);
}

static void set_state(void *arg, char *value)
{
	static const struct {
		const char *name;
		uint32_t ntstatus;
	} states[] = {
		{ "enabled", 0 },
		{ "disabled", STATUS_ACCOUNT_DISABLED },
		{ "locked", STATUS_ACCOUNT_LOCKED_OUT },
		{ "expired", STATUS_ACCOUNT_EXPIRED },
		{ "password-expired", STATUS_PASSWORD_EXPIRED },
		{ "password-must-change", STATUS_PASSWORD_MUST_CHANGE },
	};
	struct parser *p = arg;

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (!strcmp(states[i].name, value)) {
			p->account.ntstatus = states[i].ntstatus;
			return;
		}
	secret_problem(&p->at,
		       "state: must be enabled, disabled, locked, expired, password-expired or password-must-change");
}

static const struct secret_key keys[] = {
	{ "user", set_user },
	{ "domain", set_domain },
	{ "password", set_password },
	{ "nt-hash", set_nt_hash },
	{ "lm-hash", set_lm_hash },
	{ "sid", set_sid },
	{ "group-sids", set_group_sids },
	{ "state", set_state },
};

static void end_section(void *arg)
{
	struct parser *p = arg;
	struct account *a = &p->account;

	secret_require(&p->at, a->user, "\"user = ...\"");
	secret_require(&p->at, a->has_secret,
		       "\"password = ...\" or \"nt-hash = ...\"");
	secret_require(&p->at, p->has_sid || !a->sid_count,
		       "\"sid = ...\", only \"group-sids = ...\"");
	if (!a->user || !a->origin)
		account_wipe(a);
	else if (accounts_add(p->accounts, a))
		secret_problem(&p->at, "out of memory");
}

static void begin_section(void *arg, char *origin)
{
	struct parser *p = arg;

	p->account.origin = origin;
	p->has_lm = false;
	p->has_sid = false;
}

static const struct secret_format format = {
	.key = keys,
	.key_count = sizeof(keys) / sizeof(keys[0]),
	.known = "user, domain, password, nt-hash, lm-hash, sid, group-sids and state",
	.begin = begin_section,
	.end = end_section,
};

static void parse(void *arg, const char *path, char *text, size_t len,
		  struct problems *problems)
{
	struct parser p = {
		.at = { .path = path, .problems = problems },
		.accounts = arg,
	};
	unsigned int before = problems->errors;
	size_t first = p.accounts->count;

	secret_sections(text, len, &format, &p.at, &p);
	account_wipe(&p.account);
	if (problems->errors != before)
		accounts_cut(p.accounts, first);
}

static const char *path(const struct config *config, size_t index)
{
	return index < config->acceptor.account_files.count ?
		       config->acceptor.account_files.path[index] : NULL;
}

const struct account_database account_ntlmd = {
	.name = "accounts",
	.path = path,
	.parse = parse,
};
