// SPDX-License-Identifier: GPL-2.0-or-later
#include "options.h"

#include <errno.h>
#include <grp.h>
#include <inttypes.h>
#include <libmount/libmount.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum kind {
	PASSWORD,	/* gives a password, or where it is */
	OTHER_LOGON,	/* a logon without NTLM, or none */
	ADDED,		/* what this program decides itself */
	USER,
	SEC,
	VERSION,
	ADDRESS,
	UID,
	GID,
};

static const struct known {
	const char *name;
	enum kind kind;
} known[] = {
	{ "password", PASSWORD }, { "pass", PASSWORD },
	{ "password2", PASSWORD }, { "credentials", PASSWORD },
	{ "cred", PASSWORD }, { "passwd", PASSWORD },
	{ "guest", OTHER_LOGON },
	{ "unc", ADDED }, { "target", ADDED }, { "path", ADDED },
	{ "source", ADDED }, { "prefixpath", ADDED },
	{ "username", USER }, { "user", USER },
	{ "sec", SEC }, { "vers", VERSION },
	{ "ip", ADDRESS }, { "addr", ADDRESS },
	{ "uid", UID }, { "cruid", UID }, { "backupuid", UID },
	{ "gid", GID }, { "backupgid", GID },
};

struct option {
	const char *name, *value;
	size_t name_len, value_len;
};

static const struct known *find(const struct option *o)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strlen(known[i].name) == o->name_len &&
		    !strncasecmp(known[i].name, o->name, o->name_len))
			return &known[i];
	return NULL;
}

__attribute__((format(printf, 2, 3)))
static int refuse(char error[OPTIONS_ERROR_MAX], const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(error, OPTIONS_ERROR_MAX, format, args);
	va_end(args);
	return -EINVAL;
}

static bool value_is(const struct option *o, const char *text)
{
	return o->value && o->value_len == strlen(text) &&
	       !strncasecmp(o->value, text, o->value_len);
}

static int append(struct options *to, const char *name, const char *value)
{
	return mnt_optstr_append_option(&to->text, name, value) ? -ENOMEM : 0;
}

/* The number of a user or group, which may be given by name. */
static int look_up(enum kind kind, const char *value, uintmax_t *id)
{
	const struct passwd *pw;
	const struct group *gr;
	char *end;

	errno = 0;
	*id = strtoumax(value, &end, 10);
	if (*value >= '0' && *value <= '9' && !*end)
		return errno || *id >= UINT32_MAX ? -EINVAL : 0;
	if (kind == UID) {
		pw = getpwnam(value);
		if (!pw)
			return -ENOENT;
		*id = pw->pw_uid;
		return 0;
	}
	gr = getgrnam(value);
	if (!gr)
		return -ENOENT;
	*id = gr->gr_gid;
	return 0;
}

static int add_id(struct options *to, enum kind kind, const char *name,
		  const char *value, char error[OPTIONS_ERROR_MAX])
{
	uintmax_t id;
	char number[24];

	if (!value || look_up(kind, value, &id))
		return refuse(error, "%s= names no %s of this computer", name,
			      kind == UID ? "user" : "group");
	snprintf(number, sizeof(number), "%" PRIuMAX, id);
	return append(to, name, number);
}

static int add_user(struct options *to, const char *value,
		    char error[OPTIONS_ERROR_MAX])
{
	/* "user" alone is an option of mount(8) */
	if (!value)
		return 0;
	if (!*value)
		return refuse(error, "username= is empty: leave it out, and ntlmd chooses");
	if (strchr(value, '%'))
		return refuse(error, "username= with '%%' looks like a password: ntlmd has it, see ntlmd.credentials(5)");
	if (strpbrk(value, "\\/"))
		return refuse(error, "username= with a domain: write username=USER,domain=DOMAIN");
	return append(to, "username", value);
}

static int translate(struct options *to, const struct option *o,
		     char error[OPTIONS_ERROR_MAX])
{
	const struct known *k = find(o);
	char *name = strndup(o->name, o->name_len);
	char *value = o->value ? strndup(o->value, o->value_len) : NULL;
	int r = 0;

	if (!name || (o->value && !value)) {
		r = -ENOMEM;
		goto out;
	}
	if (!k) {
		r = append(to, name, value);
		goto out;
	}
	switch (k->kind) {
	case PASSWORD:
		r = refuse(error, "%s is refused: no password is given at mount, ntlmd has it, see ntlmd.credentials(5)",
			   k->name);
		break;
	case OTHER_LOGON:
		r = refuse(error, "%s is no logon with NTLM: use mount -t cifs",
			   k->name);
		break;
	case ADDED:
		r = refuse(error, "%s= is not for this program: it takes //SERVER/SHARE",
			   k->name);
		break;
	case USER:
		r = add_user(to, value, error);
		break;
	case SEC:
		if (value_is(o, "ntlmssp") || value_is(o, "ntlmsspi"))
			r = append(to, name, value);
		else
			r = refuse(error, "sec= is none of ntlmssp and ntlmsspi: use mount -t cifs");
		break;
	case VERSION:
		if (value_is(o, "1.0"))
			r = refuse(error, "vers=1.0 does not ask ntlmd: use mount -t cifs, or a newer server");
		else
			r = append(to, name, value);
		break;
	case ADDRESS:
		if (!value || !*value) {
			r = refuse(error, "%s= is empty", k->name);
			break;
		}
		free(to->address);
		to->address = value;
		value = NULL;
		break;
	case UID:
	case GID:
		r = add_id(to, k->kind, name, value, error);
		break;
	}
out:
	free(name);
	/* it may have been a password after all */
	if (value)
		explicit_bzero(value, strlen(value));
	free(value);
	return r;
}

int options_translate(struct options *o, const char *given,
		      char error[OPTIONS_ERROR_MAX])
{
	char *copy = strdup(given ?: ""), *rest = copy;
	char *name, *value;
	size_t name_len, value_len;
	int r;

	*o = (struct options){ 0 };
	if (!copy)
		return -ENOMEM;
	do {
		r = mnt_optstr_next_option(&rest, &name, &name_len, &value,
					   &value_len);
		if (r == 1)
			break;
		if (r) {
			r = refuse(error, "the options cannot be read");
			goto out;
		}
		r = translate(o, &(struct option){ name, value, name_len,
						   value_len }, error);
	} while (!r);
	if (r < 0)
		goto out;
	r = 0;
	if (mnt_optstr_get_option(o->text, "sec", NULL, NULL))
		r = append(o, "sec", "ntlmssp");
out:
	explicit_bzero(copy, strlen(copy));
	free(copy);
	return r;
}

void options_free(struct options *o)
{
	free(o->text);
	free(o->address);
	*o = (struct options){ 0 };
}
