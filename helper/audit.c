// SPDX-License-Identifier: GPL-2.0-or-later
#include "audit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unictype.h>
#include <unistr.h>

#include "log.h"

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

/* As in the line: nothing that turns a line around or cannot be seen. */
static const char *clean(const char *name, char shown[NAME_SIZE])
{
	const uint8_t *p = (const uint8_t *)name;
	size_t used = 0;

	while (p && *p && used + 6 <= NAME_SIZE) {
		ucs4_t c;
		int n = u8_strmbtouc(&c, p);

		if (n <= 0 || !uc_is_print(c) ||
		    uc_is_general_category(c, UC_FORMAT)) {
			shown[used++] = '?';
			p += n <= 0 ? 1 : n;
			continue;
		}
		memcpy(shown + used, p, (size_t)n);
		used += (size_t)n;
		p += n;
	}
	shown[used] = '\0';
	return shown;
}

void audit_log(int priority, const struct audit *a, const char *fmt, ...)
{
	char uid[16], context[16], status[16], text[LOG_LINE_MAX];
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
	log_event(priority, f.field, f.count, text);
}
