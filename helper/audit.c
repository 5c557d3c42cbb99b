// SPDX-License-Identifier: GPL-2.0-or-later
#include "audit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "log.h"
#include "name_print.h"

/* bytes of a name in a field, NUL included; longer ones are cut */
#define NAME_SIZE 800

struct fields {
	struct log_field field[LOG_FIELDS_MAX];
	size_t count;
};

static void add(struct fields *f, const char *name, const char *value)
{
	if (value && *value)
		f->field[f->count++] = (struct log_field){ name, value };
}

static const char *clean(const char *name, char shown[NAME_SIZE])
{
	name_print(shown, NAME_SIZE, name);
	return shown;
}

void audit_log(int priority, const struct audit *a, const char *fmt, ...)
{
	char uid[16], context[16], status[16], repeats[16], text[LOG_LINE_MAX];
	char target[NAME_SIZE], user[NAME_SIZE], domain[NAME_SIZE];
	char workstation[NAME_SIZE];
	struct fields f = { .count = 0 };
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	snprintf(uid, sizeof(uid), "%" PRIu32, a->uid);
	snprintf(context, sizeof(context), "%" PRIu32, a->context);
	snprintf(status, sizeof(status), "0x%08" PRIX32, a->ntstatus);
	snprintf(repeats, sizeof(repeats), "%u", a->repeats);
	add(&f, "MESSAGE_ID", a->id);
	add(&f, "NTLM_OUTCOME", a->outcome);
	add(&f, "NTLM_ROLE", a->acceptor ? "acceptor" : "initiator");
	add(&f, "NTLM_UID", uid);
	add(&f, "NTLM_CONTEXT", a->context ? context : NULL);
	add(&f, "NTLM_TARGET", clean(a->target, target));
	add(&f, "NTLM_USER", clean(a->user, user));
	add(&f, "NTLM_DOMAIN", clean(a->domain, domain));
	add(&f, "NTLM_WORKSTATION", clean(a->workstation, workstation));
	add(&f, "NTLM_ERRNO", a->error ? strerrorname_np(a->error) : NULL);
	add(&f, "NTLM_STATUS", a->ntstatus ? status : NULL);
	add(&f, "NTLM_REPEATS", a->repeats ? repeats : NULL);
	log_event(priority, f.field, f.count, text);
}
