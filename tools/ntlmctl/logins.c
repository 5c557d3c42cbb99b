// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ntlmctl logout and list.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "control_client.h"
#include "exit.h"
#include "json.h"
#include "login.h"
#include "name_print.h"

struct listing {
	const struct login_options *o;
	enum control_kind kind;
	unsigned int rows;
};

const char *duration_text(uint64_t seconds, char *buf, size_t size)
{
	static const struct {
		const char *name, *part_name;
		uint64_t unit, part;
	} scales[] = {
		{ "d", "h", 86400, 3600 },
		{ "h", "min", 3600, 60 },
		{ "min", "s", 60, 1 },
	};

	for (size_t i = 0; i < sizeof(scales) / sizeof(scales[0]); i++) {
		uint64_t rest = seconds % scales[i].unit / scales[i].part;

		if (seconds < scales[i].unit)
			continue;
		if (rest)
			snprintf(buf, size, "%" PRIu64 " %s %" PRIu64 " %s",
				 seconds / scales[i].unit, scales[i].name, rest,
				 scales[i].part_name);
		else
			snprintf(buf, size, "%" PRIu64 " %s",
				 seconds / scales[i].unit, scales[i].name);
		return buf;
	}
	snprintf(buf, size, "%" PRIu64 " s", seconds);
	return buf;
}

void login_json(const struct control_row *row, const char *target,
		const char *user, const char *domain)
{
	printf("{\"uid\": %" PRIu32 ", ", row->uid);
	json_text("target", target);
	fputs(", ", stdout);
	json_text("user", user);
	fputs(", ", stdout);
	json_text("domain", domain);
	if (row->kind == CONTROL_ROW_LOGIN) {
		printf(", \"kept\": %s",
		       row->flags & CONTROL_KEPT ? "true" : "false");
	} else {
		printf(", \"ntstatus\": %" PRIu32, row->ntstatus);
	}
	printf(", \"expires-in\": %" PRIu64 "}", row->seconds);
}

static void expiry(uint64_t seconds, char *buf, size_t size)
{
	time_t at = time(NULL) + (time_t)seconds;
	struct tm tm;

	strftime(buf, size, "%Y-%m-%d %H:%M", localtime_r(&at, &tm));
}

const char *login_name(const char *domain, const char *user, char *buf,
		       size_t size)
{
	char text[2 * CONTROL_TEXT_MAX];

	snprintf(text, sizeof(text), "%s%s%s", domain, *domain ? "\\" : "", user);
	name_print(buf, size, text);
	return buf;
}

static void show_login(struct listing *l, const struct control_row *row,
		       const char *target, const char *user, const char *domain)
{
	char when[64], name[2 * CONTROL_TEXT_MAX], at[CONTROL_TEXT_MAX];

	if (!l->rows++)
		printf("%-7s %-28s %-17s %-12s %s\n", "UID", "USER", "EXPIRES",
		       "RESTART", "TARGET");
	expiry(row->seconds, when, sizeof(when));
	name_print(at, sizeof(at), target);
	printf("%-7" PRIu32 " %-28s %-17s %-12s %s\n", row->uid,
	       login_name(domain, user, name, sizeof(name)), when,
	       row->flags & CONTROL_KEPT ? "kept" : "lost", at);
}

static void show_refusal(struct listing *l, const struct control_row *row,
			 const char *target, const char *user, const char *domain)
{
	char text[64], name[2 * CONTROL_TEXT_MAX], at[CONTROL_TEXT_MAX];

	if (!l->rows++)
		puts("refused by the server, and not tried again for a while:");
	name_print(at, sizeof(at), target);
	printf("%-7" PRIu32 " %-28s 0x%08" PRIX32 " for %s: %s\n", row->uid,
	       login_name(domain, user, name, sizeof(name)), row->ntstatus,
	       duration_text(row->seconds, text, sizeof(text)), at);
}

/* Not before there is an answer, so that an error leaves nothing behind it. */
static void open_json(const struct listing *l)
{
	fputs(l->kind == CONTROL_ROW_LOGIN ? "{\"logins\": [" :
	      "],\n \"refusals\": [", stdout);
}

static void row(void *arg, const struct control_row *r, const char *target,
		const char *user, const char *domain)
{
	struct listing *l = arg;

	if (r->kind != l->kind)
		return;
	if (l->o->json) {
		if (!l->rows)
			open_json(l);
		fputs(l->rows++ ? ",\n  " : "\n  ", stdout);
		login_json(r, target, user, domain);
	} else if (l->kind == CONTROL_ROW_LOGIN) {
		show_login(l, r, target, user, domain);
	} else {
		show_refusal(l, r, target, user, domain);
	}
}

static int list_kind(struct control_client *c, struct listing *l)
{
	struct control_request request = {
		.op = CONTROL_LIST,
		.uid = l->o->uid,
		.flags = l->o->all ? CONTROL_EVERYBODY : 0,
	};
	int status;

	do {
		status = control_client_ask(c, request, NULL, NULL, NULL);
		if (status == EXIT_OK)
			status = control_client_rows(c, row, l);
		request.cursor = c->reply.cursor;
	} while (status == EXIT_OK && request.cursor);
	return status;
}

static int list(struct control_client *c, const struct login_options *o)
{
	struct listing logins = { .o = o, .kind = CONTROL_ROW_LOGIN };
	struct listing refusals = { .o = o, .kind = CONTROL_ROW_REFUSAL };
	int status;

	status = list_kind(c, &logins);
	if (status != EXIT_OK && !logins.rows)
		return status;
	if (o->json && !logins.rows)
		open_json(&logins);
	else if (!logins.rows)
		puts("no logins");
	if (status == EXIT_OK)
		status = list_kind(c, &refusals);
	/* what has begun ends, whatever happens on the way */
	if (o->json && !refusals.rows)
		open_json(&refusals);
	if (o->json)
		puts("]}");
	return status;
}

int do_list(const struct login_options *o)
{
	struct control_client *c = calloc(1, sizeof(*c));
	int status;

	if (!c) {
		fputs("ntlmctl: out of memory\n", stderr);
		return EXIT_PROBLEM;
	}
	status = control_client_open(c, o->socket);
	if (status == EXIT_OK)
		status = list(c, o);
	control_client_close(c);
	free(c);
	return status;
}

static int logout(struct control_client *c, const struct login_options *o)
{
	const struct control_request request = {
		.op = CONTROL_LOGOUT,
		.uid = o->uid,
		.flags = (o->all_users ? CONTROL_EVERYBODY : 0) |
			 (o->domain && !*o->domain ? CONTROL_NO_DOMAIN : 0),
	};
	int status = control_client_ask(c, request, o->target, o->user,
					o->domain);

	if (status != EXIT_OK)
		return status;
	if (o->json)
		printf("{\"removed\": %" PRIu32 "}\n", c->reply.count);
	else if (c->reply.count)
		printf("%" PRIu32 " login%s removed\n", c->reply.count,
		       c->reply.count == 1 ? "" : "s");
	if (c->reply.count || !o->target)
		return EXIT_OK;
	fprintf(stderr, "ntlmctl: there is no such login; see: ntlmctl list\n");
	return EXIT_PROBLEM;
}

int do_logout(const struct login_options *o)
{
	struct control_client *c = calloc(1, sizeof(*c));
	int status;

	if (!c) {
		fputs("ntlmctl: out of memory\n", stderr);
		return EXIT_PROBLEM;
	}
	status = control_client_open(c, o->socket);
	if (status == EXIT_OK)
		status = logout(c, o);
	control_client_close(c);
	free(c);
	return status;
}
