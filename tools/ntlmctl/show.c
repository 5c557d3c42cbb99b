// SPDX-License-Identifier: GPL-2.0-or-later
#include "show.h"

#include <inttypes.h>
#include <netlink/attr.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "json.h"
#include "name_print.h"
#include "ntlm/ntlm.h"
#include <linux/ntlm.h>

#define TEXT_SIZE	(NTLM_MAX_NAME + 1)

const struct stats_name stats_names[] = {
	{ NTLM_A_STATS_CONTEXTS, "contexts", "contexts" },
	{ NTLM_A_STATS_QUEUED, "queued", "requests waiting for the helper" },
	{ NTLM_A_STATS_ACCEPTED, "accepted", "requests with the helper" },
	{ NTLM_A_STATS_REQUESTS, "requests", "requests, total" },
	{ NTLM_A_STATS_DONE, "done", "answered" },
	{ NTLM_A_STATS_FAILED, "failed", "answered with an error" },
	{ NTLM_A_STATS_LIES, "lies", "answers the kernel refused" },
	{ NTLM_A_STATS_TIMEOUTS, "timeouts", "timed out" },
	{ NTLM_A_STATS_CANCELLED, "cancelled", "cancelled" },
	{ NTLM_A_STATS_REQUEUED, "requeued", "put back when a helper went away" },
	{ NTLM_A_STATS_NO_HELPER, "no-helper", "failed without a helper" },
	{ NTLM_A_STATS_LIMITED, "limited", "refused by a limit" },
	{ NTLM_A_STATS_ESTABLISHED, "established", "contexts established, total" },
	{ NTLM_A_STATS_REGISTRATIONS, "registrations", "registrations of helpers" },
	{ 0, NULL, NULL }
};

static const char *name_of(const char *const *names, size_t count, uint64_t n)
{
	return n < count && names[n] ? names[n] : "unknown";
}

#define NAME(names, n) name_of(names, sizeof(names) / sizeof(*(names)), n)

static const char *const states[] = {
	[NTLM_STATE_CREATED] = "created",
	[NTLM_STATE_PENDING] = "pending",
	[NTLM_STATE_CONTINUE] = "continue",
	[NTLM_STATE_ESTABLISHED] = "established",
	[NTLM_STATE_FAILED] = "failed",
};

static const char *const verdicts[] = {
	[NTLM_VERDICT_NONE] = "none",
	[NTLM_VERDICT_ACCEPTED] = "accepted",
	[NTLM_VERDICT_REFUSED] = "refused",
};

static const char *const events[] = {
	[NTLM_EVENT_ESTABLISHED] = "established",
	[NTLM_EVENT_ACCEPTED] = "accepted",
	[NTLM_EVENT_REFUSED] = "refused",
	[NTLM_EVENT_FAILED] = "failed",
	[NTLM_EVENT_CLOSED] = "closed",
};

static const char *const roles[] = {
	[NTLM_ROLE_INITIATOR] = "initiator",
	[NTLM_ROLE_ACCEPTOR] = "acceptor",
};

static const char *const modes[] = {
	[NTLM_MODE_CONNECTION] = "connection",
	[NTLM_MODE_CONNECTIONLESS] = "connectionless",
};

uint64_t show_u64(struct nlattr *attr)
{
	if (!attr)
		return 0;
	if (nla_len(attr) >= (int)sizeof(uint64_t))
		return nla_get_u64(attr);
	if (nla_len(attr) >= (int)sizeof(uint32_t))
		return nla_get_u32(attr);
	return 0;
}

const char *show_string(struct nlattr *attr, char *buf, size_t size)
{
	char text[TEXT_SIZE];

	if (!attr)
		return "-";
	snprintf(text, sizeof(text), "%.*s", nla_len(attr), (char *)nla_data(attr));
	return name_print(buf, size, text) ? buf : "-";
}

void show_json_string(const char *key, struct nlattr *attr)
{
	size_t len;

	if (!attr)
		return;
	len = strnlen(nla_data(attr), (size_t)nla_len(attr));
	printf(", \"%s\": ", key);
	json_bytes(nla_data(attr), len);
}

static const char *who(struct nlattr **tb, char *buf, size_t size)
{
	char user[TEXT_SIZE], domain[TEXT_SIZE];
	const char *d = show_string(tb[NTLM_A_CONTEXT_DOMAIN], domain,
				    sizeof(domain));

	if (strcmp(d, "-"))
		snprintf(buf, size, "%s\\%s", d,
			 show_string(tb[NTLM_A_CONTEXT_USER], user,
				     sizeof(user)));
	else
		return show_string(tb[NTLM_A_CONTEXT_USER], buf, size);
	return buf;
}

static const char *flags_names(struct nlattr **tb, char *buf, size_t size)
{
	return ntlm_flags_names((uint32_t)show_u64(tb[NTLM_A_CONTEXT_FLAGS]),
				buf, size);
}

static bool is_guest(struct nlattr **tb)
{
	return show_u64(tb[NTLM_A_CONTEXT_IDENTITY]) & NTLM_IDENTITY_GUEST;
}

void show_context_header(void)
{
	printf("%-6s %-6s %-12s %-9s %9s %9s %9s %8s  %-24s %s\n", "ID", "UID",
	       "STATE", "VERDICT", "SENT", "RECEIVED", "REJECTED", "AGE",
	       "USER", "TARGET");
}

void show_context(struct nlattr **tb, bool verbose)
{
	char user[2 * TEXT_SIZE], target[TEXT_SIZE], names[NTLM_FLAGS_NAMES_SIZE];

	printf("%-6" PRIu64 " %-6" PRIu64 " %-12s %-9s %9" PRIu64 " %9" PRIu64 " %9" PRIu64 " %7" PRIu64 "s  %-24s %s%s\n",
	       show_u64(tb[NTLM_A_CONTEXT_ID]), show_u64(tb[NTLM_A_CONTEXT_UID]),
	       NAME(states, show_u64(tb[NTLM_A_CONTEXT_STATE])),
	       NAME(verdicts, show_u64(tb[NTLM_A_CONTEXT_VERDICT])),
	       show_u64(tb[NTLM_A_CONTEXT_SENT]),
	       show_u64(tb[NTLM_A_CONTEXT_RECEIVED]),
	       show_u64(tb[NTLM_A_CONTEXT_REJECTED]),
	       show_u64(tb[NTLM_A_CONTEXT_AGE]) / 1000,
	       who(tb, user, sizeof(user)),
	       show_string(tb[NTLM_A_CONTEXT_TARGET], target, sizeof(target)),
	       tb[NTLM_A_CONTEXT_TARGET_UNVERIFIED] ? " (unverified)" : "");
	if (!verbose)
		return;
	printf("       %s%s%s%s%s\n",
	       NAME(roles, show_u64(tb[NTLM_A_CONTEXT_ROLE])),
	       show_u64(tb[NTLM_A_CONTEXT_MODE]) == NTLM_MODE_CONNECTIONLESS ?
	       ", connectionless" : "",
	       tb[NTLM_A_CONTEXT_SPNEGO] ? ", SPNEGO" : "",
	       tb[NTLM_A_CONTEXT_ALLOW_LEGACY] ? ", weak protection allowed" : "",
	       is_guest(tb) ? ", guest" : "");
	if (tb[NTLM_A_CONTEXT_WORKSTATION])
		printf("       workstation: %s\n",
		       show_string(tb[NTLM_A_CONTEXT_WORKSTATION], target,
				   sizeof(target)));
	if (tb[NTLM_A_CONTEXT_FLAGS])
		printf("       flags: %s\n",
		       flags_names(tb, names, sizeof(names)));
	if (tb[NTLM_A_CONTEXT_ERROR])
		printf("       error: %s\n",
		       strerror((int)show_u64(tb[NTLM_A_CONTEXT_ERROR])));
	if (show_u64(tb[NTLM_A_CONTEXT_NTSTATUS]))
		printf("       %s: 0x%08" PRIX64 "\n",
		       show_u64(tb[NTLM_A_CONTEXT_ROLE]) == NTLM_ROLE_ACCEPTOR ?
		       "the client was told" : "the server answered",
		       show_u64(tb[NTLM_A_CONTEXT_NTSTATUS]));
}

static void json_number(const char *key, struct nlattr *attr)
{
	if (attr)
		printf(", \"%s\": %" PRIu64, key, show_u64(attr));
}

static void json_bool(const char *key, bool value)
{
	printf(", \"%s\": %s", key, value ? "true" : "false");
}

void show_context_json(struct nlattr **tb)
{
	char names[NTLM_FLAGS_NAMES_SIZE];

	printf("{\"id\": %" PRIu64, show_u64(tb[NTLM_A_CONTEXT_ID]));
	if (tb[NTLM_A_CONTEXT_EVENT])
		printf(", \"event\": \"%s\"",
		       NAME(events, show_u64(tb[NTLM_A_CONTEXT_EVENT])));
	printf(", \"role\": \"%s\", \"mode\": \"%s\", \"state\": \"%s\", \"verdict\": \"%s\"",
	       NAME(roles, show_u64(tb[NTLM_A_CONTEXT_ROLE])),
	       NAME(modes, show_u64(tb[NTLM_A_CONTEXT_MODE])),
	       NAME(states, show_u64(tb[NTLM_A_CONTEXT_STATE])),
	       NAME(verdicts, show_u64(tb[NTLM_A_CONTEXT_VERDICT])));
	json_number("uid", tb[NTLM_A_CONTEXT_UID]);
	show_json_string("target", tb[NTLM_A_CONTEXT_TARGET]);
	json_bool("target-unverified", tb[NTLM_A_CONTEXT_TARGET_UNVERIFIED]);
	json_bool("spnego", tb[NTLM_A_CONTEXT_SPNEGO]);
	json_bool("allow-legacy", tb[NTLM_A_CONTEXT_ALLOW_LEGACY]);
	json_bool("guest", is_guest(tb));
	show_json_string("workstation", tb[NTLM_A_CONTEXT_WORKSTATION]);
	show_json_string("user", tb[NTLM_A_CONTEXT_USER]);
	show_json_string("domain", tb[NTLM_A_CONTEXT_DOMAIN]);
	if (tb[NTLM_A_CONTEXT_FLAGS])
		printf(", \"flags\": \"%s\"",
		       flags_names(tb, names, sizeof(names)));
	json_number("age-ms", tb[NTLM_A_CONTEXT_AGE]);
	json_number("error", tb[NTLM_A_CONTEXT_ERROR]);
	json_number("ntstatus", tb[NTLM_A_CONTEXT_NTSTATUS]);
	json_number("sent", tb[NTLM_A_CONTEXT_SENT]);
	json_number("received", tb[NTLM_A_CONTEXT_RECEIVED]);
	json_number("rejected", tb[NTLM_A_CONTEXT_REJECTED]);
	putchar('}');
}

void show_event(struct nlattr **tb, bool verbose)
{
	char user[2 * TEXT_SIZE], target[TEXT_SIZE], names[NTLM_FLAGS_NAMES_SIZE];
	char when[32];
	time_t now = time(NULL);
	struct tm tm;

	strftime(when, sizeof(when), "%H:%M:%S", localtime_r(&now, &tm));
	printf("%s %-11s ctx=%" PRIu64 " uid=%" PRIu64 " target=%s%s user=%s",
	       when, NAME(events, show_u64(tb[NTLM_A_CONTEXT_EVENT])),
	       show_u64(tb[NTLM_A_CONTEXT_ID]), show_u64(tb[NTLM_A_CONTEXT_UID]),
	       show_string(tb[NTLM_A_CONTEXT_TARGET], target, sizeof(target)),
	       tb[NTLM_A_CONTEXT_TARGET_UNVERIFIED] ? " (unverified)" : "",
	       who(tb, user, sizeof(user)));
	if (show_u64(tb[NTLM_A_CONTEXT_NTSTATUS]))
		printf(" status=0x%08" PRIX64,
		       show_u64(tb[NTLM_A_CONTEXT_NTSTATUS]));
	if (tb[NTLM_A_CONTEXT_ERROR])
		printf(" error=%s",
		       strerrorname_np((int)show_u64(tb[NTLM_A_CONTEXT_ERROR])));
	if (tb[NTLM_A_CONTEXT_SENT])
		printf(" sent=%" PRIu64 " received=%" PRIu64 " rejected=%" PRIu64,
		       show_u64(tb[NTLM_A_CONTEXT_SENT]),
		       show_u64(tb[NTLM_A_CONTEXT_RECEIVED]),
		       show_u64(tb[NTLM_A_CONTEXT_REJECTED]));
	if (show_u64(tb[NTLM_A_CONTEXT_ROLE]) == NTLM_ROLE_ACCEPTOR)
		printf(" acceptor%s", is_guest(tb) ? " guest" : "");
	if (tb[NTLM_A_CONTEXT_WORKSTATION])
		printf(" workstation=%s",
		       show_string(tb[NTLM_A_CONTEXT_WORKSTATION], target,
				   sizeof(target)));
	if (verbose && tb[NTLM_A_CONTEXT_FLAGS])
		printf(" flags=%s", flags_names(tb, names, sizeof(names)));
	putchar('\n');
}
