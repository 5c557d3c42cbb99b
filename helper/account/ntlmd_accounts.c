// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Account database: files of ntlmd.accounts(5).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/ntlm.h>

#include "account.h"
#include "secret_text.h"
#include "sid.h"

struct parser {
	const char *path;
	unsigned int line;
	struct problems *problems;
	struct accounts *accounts;
	struct account account;
	unsigned int section_line;	/* 0: before the first section */
	bool has_lm;
	bool has_sid;
};

static void out_of_memory(struct parser *p)
{
	problem(p->problems, p->path, p->line, "out of memory");
}

static void set_name(struct parser *p, const char *key, char **name,
		     const char *value)
{
	if (*name) {
		problem(p->problems, p->path, p->line, "%s: given twice", key);
		return;
	}
	if (!*value || strchr(value, '\\') || !secret_name_valid(value)) {
		problem(p->problems, p->path, p->line,
			"%s: is empty, too long, no valid UTF-8, or has '\\' or a control character",
			key);
		return;
	}
	*name = strdup(value);
	if (!*name)
		out_of_memory(p);
}

static void set_user(struct parser *p, char *value)
{
	set_name(p, "user", &p->account.user, value);
}

static void set_domain(struct parser *p, char *value)
{
	set_name(p, "domain", &p->account.domain, value);
}

static bool secret_is_first(struct parser *p)
{
	if (p->account.has_secret)
		problem(p->problems, p->path, p->line,
			"a section has one password or one nt-hash");
	return !p->account.has_secret;
}

static void set_password(struct parser *p, char *value)
{
	struct ntlm_secret *secret = &p->account.secret;

	if (!secret_is_first(p))
		return;
	if (!*value)
		problem(p->problems, p->path, p->line, "password: is empty");
	else if (ntlm_nt_hash(value, strlen(value), secret->nt_hash))
		problem(p->problems, p->path, p->line,
			"password: is no valid UTF-8");
	if (p->accounts->want_lm && !p->has_lm)
		secret->has_lm_hash = !ntlm_lm_hash(value, strlen(value),
						    secret->lm_hash);
	p->account.has_secret = true;
}

static void set_nt_hash(struct parser *p, char *value)
{
	if (!secret_is_first(p))
		return;
	if (!secret_hash(value, p->account.secret.nt_hash))
		problem(p->problems, p->path, p->line,
			"nt-hash: must be %d hexadecimal digits",
			2 * NTLM_HASH_SIZE);
	p->account.has_secret = true;
}

static void set_lm_hash(struct parser *p, char *value)
{
	struct ntlm_secret *secret = &p->account.secret;

	if (p->has_lm)
		problem(p->problems, p->path, p->line, "lm-hash: given twice");
	else if (!secret_hash(value, secret->lm_hash))
		problem(p->problems, p->path, p->line,
			"lm-hash: must be %d hexadecimal digits",
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
		problem(p->problems, p->path, p->line, "\"%s\" is no SID", sid);
		return;
	}
	if (a->sid_count == NTLM_MAX_SIDS) {
		problem(p->problems, p->path, p->line,
			"an account has at most %d SIDs", NTLM_MAX_SIDS);
		return;
	}
	grown = reallocarray(a->sids, a->sid_count + 1, sizeof(*grown));
	if (grown)
		a->sids = grown;
	copy = strdup(sid);
	if (!grown || !copy) {
		free(copy);
		out_of_memory(p);
		return;
	}
	a->sids[a->sid_count++] = copy;
	if (!first)
		return;
	memmove(a->sids + 1, a->sids, (a->sid_count - 1) * sizeof(*a->sids));
	a->sids[0] = copy;
}

static void set_sid(struct parser *p, char *value)
{
	if (p->has_sid)
		problem(p->problems, p->path, p->line,
			"sid: given twice; those of groups are group-sids");
	else
		add_sid(p, value, true);
	p->has_sid = true;
}

static void set_group_sids(struct parser *p, char *value)
{
	char *save, *word;

	for (word = strtok_r(value, SECRET_BLANKS, &save); word;
	     word = strtok_r(NULL, SECRET_BLANKS, &save))
		add_sid(p, word, false);
}

static void set_state(struct parser *p, char *value)
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

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (!strcmp(states[i].name, value)) {
			p->account.ntstatus = states[i].ntstatus;
			return;
		}
	problem(p->problems, p->path, p->line,
		"state: must be enabled, disabled, locked, expired, password-expired or password-must-change");
}

static const struct {
	const char *name;
	void (*set)(struct parser *p, char *value);
} keys[] = {
	{ "user", set_user },
	{ "domain", set_domain },
	{ "password", set_password },
	{ "nt-hash", set_nt_hash },
	{ "lm-hash", set_lm_hash },
	{ "sid", set_sid },
	{ "group-sids", set_group_sids },
	{ "state", set_state },
};

static void require(struct parser *p, bool there, const char *what)
{
	if (!there)
		problem(p->problems, p->path, p->section_line,
			"the section has no %s", what);
}

static void end_section(struct parser *p)
{
	struct account *a = &p->account;

	if (!p->section_line)
		return;
	require(p, a->user, "\"user = ...\"");
	require(p, a->has_secret, "\"password = ...\" or \"nt-hash = ...\"");
	require(p, p->has_sid || !a->sid_count,
		"\"sid = ...\", only \"group-sids = ...\"");
	if (!a->user || !a->origin)
		account_wipe(a);
	else if (accounts_add(p->accounts, a))
		out_of_memory(p);
}

static void begin_section(struct parser *p, const char *line)
{
	size_t len = strlen(line);

	end_section(p);
	p->section_line = p->line;
	p->has_lm = false;
	p->has_sid = false;
	if (len < 3 || line[len - 1] != ']')
		problem(p->problems, p->path, p->line,
			"a section begins with \"[name]\"");
	if (asprintf(&p->account.origin, "%s %s", p->path, line) < 0) {
		p->account.origin = NULL;
		out_of_memory(p);
	}
}

static void parse_line(void *arg, unsigned int number, char *line)
{
	struct parser *p = arg;
	char *value;

	p->line = number;
	if (*line == '[') {
		begin_section(p, line);
		return;
	}
	value = secret_split(line);
	/* the text itself is not shown: it may be half of a password */
	if (!value) {
		problem(p->problems, p->path, p->line,
			"neither \"[name]\" nor \"key = value\"");
		return;
	}
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strcmp(keys[i].name, line))
			continue;
		if (!p->section_line)
			problem(p->problems, p->path, p->line,
				"before the first \"[name]\"");
		else
			keys[i].set(p, value);
		return;
	}
	problem(p->problems, p->path, p->line,
		"unknown key; known are user, domain, password, nt-hash, lm-hash, sid, group-sids and state");
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
	end_section(&p);
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
