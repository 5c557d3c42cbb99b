// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The text of a credential file. It is parsed in place, not by the library
 * that reads ntlmd.conf: that one copies lines to its stack, where passwords
 * would stay, and takes " ;" inside a password for a comment.
 */
#include "cred_file.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "secret_text.h"

struct parser {
	struct secret_place at;
	struct cred_entries *entries;
	struct cred_entry entry;
	bool has_secret;
	bool has_nt_hash;
	bool has_lm_hash;
	bool any_target;
};

static void entry_free(struct cred_entry *e)
{
	explicit_bzero(e->nt_hash, sizeof(e->nt_hash));
	explicit_bzero(e->lm_hash, sizeof(e->lm_hash));
	free(e->origin);
	free(e->uids);
	target_list_free(&e->targets);
	free(e->user);
	free(e->domain);
	*e = (struct cred_entry){ 0 };
}

void cred_entries_free(struct cred_entries *entries)
{
	for (size_t i = 0; i < entries->count; i++)
		entry_free(&entries->entry[i]);
	free(entries->entry);
	*entries = (struct cred_entries){ 0 };
}

/*
 * Local accounts only: a name service may have to ask the network, which may
 * need the very file systems that wait for this daemon.
 */
static bool local_uid(const char *name, uint32_t *uid)
{
	FILE *passwd = fopen("/etc/passwd", "re");
	struct passwd *pw;
	bool found = false;

	if (!passwd)
		return false;
	while (!found && (pw = fgetpwent(passwd))) {
		if (strcmp(pw->pw_name, name))
			continue;
		*uid = pw->pw_uid;
		found = true;
	}
	fclose(passwd);
	return found;
}

static bool parse_uid(const char *word, uint32_t *uid)
{
	unsigned long n;
	char *end;

	if (*word < '0' || *word > '9')
		return local_uid(word, uid);
	errno = 0;
	n = strtoul(word, &end, 10);
	if (*end || errno || n >= UINT32_MAX)
		return false;
	*uid = (uint32_t)n;
	return true;
}

static void set_uid(void *arg, char *value)
{
	struct parser *p = arg;
	struct cred_entry *e = &p->entry;
	char *save, *word;

	for (word = strtok_r(value, SECRET_BLANKS, &save); word;
	     word = strtok_r(NULL, SECRET_BLANKS, &save)) {
		uint32_t uid, *grown;

		if (!strcmp(word, "*")) {
			e->any_uid = true;
			continue;
		}
		if (!parse_uid(word, &uid)) {
			secret_problem(&p->at,
				       "uid: \"%s\" is neither a number nor a user in /etc/passwd",
				       word);
			continue;
		}
		grown = reallocarray(e->uids, e->uid_count + 1, sizeof(*grown));
		if (!grown) {
			secret_problem(&p->at, "out of memory");
			return;
		}
		e->uids = grown;
		e->uids[e->uid_count++] = uid;
	}
}

static void set_target(void *arg, char *value)
{
	struct parser *p = arg;
	const char *why;

	if (target_list_add(&p->entry.targets, value, &why) < 0)
		secret_problem(&p->at, "target: %s", why);
}

static void set_name(struct parser *p, const char *key, char **name, char *value)
{
	if (*name) {
		secret_problem(&p->at, "%s: given twice", key);
		return;
	}
	if (!secret_name_valid(value)) {
		secret_problem(&p->at,
			       "%s: too long, no valid UTF-8, or has a control character",
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

	if (!*value)
		secret_problem(&p->at, "user: is empty");
	else if (strchr(value, '\\'))
		secret_problem(&p->at,
			       "user: must not contain '\\'; write the domain as \"domain = ...\"");
	else
		set_name(p, "user", &p->entry.user, value);
}

static void set_domain(void *arg, char *value)
{
	struct parser *p = arg;

	set_name(p, "domain", &p->entry.domain, value);
}

static bool secret_is_first(struct parser *p)
{
	if (p->has_secret)
		secret_problem(&p->at,
			       "a section has one password or one nt-hash");
	return !p->has_secret;
}

static void set_password(void *arg, char *value)
{
	struct parser *p = arg;
	struct cred_entry *e = &p->entry;

	if (secret_is_first(p) && ntlm_nt_hash(value, strlen(value), e->nt_hash))
		secret_problem(&p->at, "password: is no valid UTF-8");
	/* Without one the NTLMv1 response takes the place of the LM response. */
	if (!p->has_secret && p->entries->lm_hashes)
		e->has_lm_hash = !ntlm_lm_hash(value, strlen(value), e->lm_hash);
	p->has_secret = true;
}

static void set_nt_hash(void *arg, char *value)
{
	struct parser *p = arg;

	if (secret_is_first(p) && !secret_hash(value, p->entry.nt_hash))
		secret_problem(&p->at, "nt-hash: must be %d hexadecimal digits",
			       2 * NTLM_HASH_SIZE);
	p->has_secret = true;
	p->has_nt_hash = true;
}

static void set_lm_hash(void *arg, char *value)
{
	struct parser *p = arg;
	uint8_t hash[NTLM_HASH_SIZE] = { 0 };

	if (p->has_lm_hash)
		secret_problem(&p->at, "lm-hash: given twice");
	else if (!secret_hash(value, hash))
		secret_problem(&p->at, "lm-hash: must be %d hexadecimal digits",
			       2 * NTLM_HASH_SIZE);
	else if (p->entries->lm_hashes)
		memcpy(p->entry.lm_hash, hash, sizeof(hash));
	explicit_bzero(hash, sizeof(hash));
	p->has_lm_hash = true;
}

static void set_any_target(void *arg, char *value)
{
	struct parser *p = arg;

	if (!strcmp(value, "yes"))
		p->any_target = true;
	else if (!strcmp(value, "no"))
		p->any_target = false;
	else
		secret_problem(&p->at, "any-target: must be yes or no");
}

static const struct secret_key keys[] = {
	{ "uid", set_uid },
	{ "target", set_target },
	{ "user", set_user },
	{ "domain", set_domain },
	{ "password", set_password },
	{ "nt-hash", set_nt_hash },
	{ "lm-hash", set_lm_hash },
	{ "any-target", set_any_target },
};

/* Room for one more; the old place held hashes, so realloc() cannot be used. */
static bool entries_grow(struct cred_entries *entries)
{
	struct cred_entry *grown;

	grown = reallocarray(NULL, entries->count + 1, sizeof(*grown));
	if (!grown)
		return false;
	if (entries->count) {
		memcpy(grown, entries->entry, entries->count * sizeof(*grown));
		explicit_bzero(entries->entry,
			       entries->count * sizeof(*grown));
	}
	free(entries->entry);
	entries->entry = grown;
	return true;
}

static void end_section(void *arg)
{
	struct parser *p = arg;
	struct cred_entry *e = &p->entry;
	const char *wide;

	secret_require(&p->at, e->any_uid || e->uid_count, "\"uid = ...\"");
	secret_require(&p->at, e->targets.count, "\"target = ...\"");
	secret_require(&p->at, e->user, "\"user = ...\"");
	secret_require(&p->at, p->has_secret,
		       "\"password = ...\" or \"nt-hash = ...\"");
	if (p->has_lm_hash) {
		secret_require(&p->at, p->has_nt_hash,
			       "\"nt-hash = ...\" to go with its lm-hash");
		e->has_lm_hash = p->entries->lm_hashes;
	}
	wide = target_list_unbounded(&e->targets);
	if (wide && !p->any_target)
		problem(p->at.problems, p->at.path, p->at.section,
			"target \"%s\" would offer this credential to every server that asks; name the servers, or add \"any-target = yes\"",
			wide);
	if (!e->domain)
		e->domain = strdup("");
	if (!e->domain || !entries_grow(p->entries)) {
		secret_problem(&p->at, "out of memory");
		entry_free(e);
		return;
	}
	p->entries->entry[p->entries->count++] = *e;
	explicit_bzero(e, sizeof(*e));
}

static void begin_section(void *arg, char *origin)
{
	struct parser *p = arg;

	p->entry.origin = origin;
	p->has_secret = false;
	p->has_nt_hash = false;
	p->has_lm_hash = false;
	p->any_target = false;
}

static const struct secret_format format = {
	.key = keys,
	.key_count = sizeof(keys) / sizeof(keys[0]),
	.known = "uid, target, user, domain, password, nt-hash, lm-hash and any-target",
	.begin = begin_section,
	.end = end_section,
};

void cred_file_parse(struct cred_entries *entries, const char *path, char *text,
		     size_t len, struct problems *problems)
{
	unsigned int before = problems->errors;
	struct parser p = {
		.at = { .path = path, .problems = problems },
		.entries = entries,
	};
	size_t first = entries->count;

	secret_sections(text, len, &format, &p.at, &p);
	entry_free(&p.entry);
	if (problems->errors == before)
		return;
	while (entries->count > first)
		entry_free(&entries->entry[--entries->count]);
}
