// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ntlmd.conf, section [acceptor]: servers in the kernel.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config_internal.h"
#include "duration.h"

/* [MS-NLMP] 2.2.2.1; 15 characters and the kind of name, as NetBIOS has it */
#define NETBIOS_MAX	15

static const char *set_enabled(struct config *config, const char *value)
{
	return config_set_bool(value, &config->acceptor.enabled);
}

static const char *set_uids(struct config *config, const char *value)
{
	struct acceptor_config *a = &config->acceptor;
	char *copy = strdup(value), *save, *word;
	const char *why = copy ? NULL : "does not fit in memory";

	if (copy && !a->uids_given) {
		a->uid_count = 0;
		a->uids_given = true;
	}
	for (word = copy ? strtok_r(copy, " \t", &save) : NULL; word && !why;
	     word = strtok_r(NULL, " \t", &save)) {
		uint32_t *grown;
		unsigned long n;

		why = config_set_number(word, UINT32_MAX - 1, &n);
		grown = why ? NULL : reallocarray(a->uids, a->uid_count + 1,
						  sizeof(*grown));
		if (!why && !grown)
			why = "does not fit in memory";
		if (why)
			break;
		a->uids = grown;
		a->uids[a->uid_count++] = (uint32_t)n;
	}
	free(copy);
	return why;
}

static const char *set_level(struct config *config, const char *value)
{
	unsigned long n;
	const char *why = config_set_number(value, UINT_MAX, &n);

	if (!why && n > 5)
		return "must be 0 to 5";
	if (!why)
		config->acceptor.policy.lm_compat_level = (unsigned int)n;
	return why;
}

static const char *set_min_key_bits(struct config *config, const char *value)
{
	return config_set_key_bits(value, &config->acceptor.policy.min_key_bits);
}

static const char *set_no_key_exchange(struct config *config, const char *value)
{
	return config_set_bool(value,
			       &config->acceptor.policy.allow_no_key_exchange);
}

static const char *set_legacy(struct config *config, const char *value)
{
	return config_set_bool(value, &config->acceptor.policy.allow_legacy);
}

static const char *set_require_mic(struct config *config, const char *value)
{
	return config_set_bool(value, &config->acceptor.policy.require_mic);
}

static const char *set_anonymous(struct config *config, const char *value)
{
	return config_set_bool(value, &config->acceptor.policy.allow_anonymous);
}

static const char *set_guest(struct config *config, const char *value)
{
	return config_set_bool(value, &config->acceptor.guest);
}

static const char *set_target_name(struct config *config, const char *value)
{
	static const struct {
		const char *name;
		enum ntlm_target_check check;
	} checks[] = {
		{ "ignore", NTLM_TARGET_IGNORE },
		{ "if-present", NTLM_TARGET_IF_PRESENT },
		{ "require", NTLM_TARGET_REQUIRE },
	};

	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
		if (!strcmp(value, checks[i].name)) {
			config->acceptor.policy.target_check = checks[i].check;
			return NULL;
		}
	return "must be ignore, if-present or require";
}

static const char *set_max_time_skew(struct config *config, const char *value)
{
	return duration_parse(value, &config->acceptor.policy.max_time_skew);
}

static const char *set_netbios(const char *value, char **name)
{
	/* [MS-NBTE] 2.2.1; names that others would take for something else */
	if (strlen(value) > NETBIOS_MAX || strpbrk(value, " \\/:*?\"<>|@."))
		return "is no NetBIOS name: at most 15 characters, and none of blank \\ / : * ? \" < > | @ .";
	return config_set_string(value, name);
}

static const char *set_netbios_name(struct config *config, const char *value)
{
	return set_netbios(value, &config->acceptor.netbios_name);
}

static const char *set_netbios_domain(struct config *config, const char *value)
{
	return set_netbios(value, &config->acceptor.netbios_domain);
}

static const char *set_dns(const char *value, char **name)
{
	if (strlen(value) > 255 || strpbrk(value, " \t\\/:@*"))
		return "is no DNS name";
	return config_set_string(value, name);
}

static const char *set_dns_name(struct config *config, const char *value)
{
	return set_dns(value, &config->acceptor.dns_name);
}

static const char *set_dns_domain(struct config *config, const char *value)
{
	return set_dns(value, &config->acceptor.dns_domain);
}

static const char *set_accounts(struct config *config, const char *value)
{
	struct path_list *list = &config->acceptor.account_files;
	char **grown, *copy = NULL;
	const char *why;

	if (*value != '/')
		return "is no absolute path";
	grown = reallocarray(list->path, list->count + 1, sizeof(*grown));
	if (!grown)
		return "does not fit in memory";
	list->path = grown;
	why = config_set_string(value, &copy);
	if (!why)
		list->path[list->count++] = copy;
	return why;
}

static const char *set_smbpasswd(struct config *config, const char *value)
{
	if (*value != '/')
		return "is no absolute path";
	return config_set_string(value, &config->acceptor.smbpasswd);
}

static const char *set_winbind(struct config *config, const char *value)
{
	return config_set_bool(value, &config->acceptor.winbind);
}

static const char *set_guess_limit(struct config *config, const char *value)
{
	unsigned long n;
	const char *why = config_set_number(value, UINT16_MAX, &n);

	if (!why)
		config->acceptor.guess_limit = (uint32_t)n;
	return why;
}

static const char *set_guess_window(struct config *config, const char *value)
{
	uint32_t seconds;
	const char *why = duration_parse(value, &seconds);

	if (!why && !seconds)
		return "must be longer; guess-limit = 0 turns the limit off";
	if (!why)
		config->acceptor.guess_window = seconds;
	return why;
}

const struct config_option config_acceptor_options[] = {
	{ "acceptor", "enabled", set_enabled },
	{ "acceptor", "acceptor-uids", set_uids },
	{ "acceptor", "lm-compatibility-level", set_level },
	{ "acceptor", "min-key-bits", set_min_key_bits },
	{ "acceptor", "allow-no-key-exchange", set_no_key_exchange },
	{ "acceptor", "allow-legacy-session-security", set_legacy },
	{ "acceptor", "require-mic", set_require_mic },
	{ "acceptor", "anonymous", set_anonymous },
	{ "acceptor", "guest", set_guest },
	{ "acceptor", "target-name", set_target_name },
	{ "acceptor", "max-time-skew", set_max_time_skew },
	{ "acceptor", "netbios-name", set_netbios_name },
	{ "acceptor", "netbios-domain", set_netbios_domain },
	{ "acceptor", "dns-name", set_dns_name },
	{ "acceptor", "dns-domain", set_dns_domain },
	{ "acceptor", "accounts", set_accounts },
	{ "acceptor", "smbpasswd", set_smbpasswd },
	{ "acceptor", "winbind", set_winbind },
	{ "acceptor", "guess-limit", set_guess_limit },
	{ "acceptor", "guess-window", set_guess_window },
	{ NULL, NULL, NULL }
};

int config_acceptor_defaults(struct acceptor_config *a)
{
	*a = (struct acceptor_config){
		.policy = {
			.lm_compat_level = 5,
			.min_key_bits = 128,
			.target_check = NTLM_TARGET_IF_PRESENT,
		},
		.uids = calloc(1, sizeof(*a->uids)),
		.uid_count = 1,
		.guess_limit = 10,
		.guess_window = 10 * 60,
	};
	return a->uids ? 0 : -ENOMEM;
}

/* The computer's name, up to its first dot, as Windows would call it */
static char *default_netbios_name(const char *host)
{
	size_t len = strcspn(host, ".");
	char *name;

	if (len > NETBIOS_MAX)
		len = NETBIOS_MAX;
	name = strndup(host, len);
	for (char *p = name; p && *p; p++)
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
	return name;
}

/* What nobody has set follows from the name of the computer. */
static bool set_names(struct acceptor_config *a)
{
	char host[HOST_NAME_MAX + 1] = "";
	const char *dot;

	gethostname(host, sizeof(host) - 1);
	if (!*host)
		strcpy(host, "localhost");
	dot = strchr(host, '.');
	if (!a->netbios_name)
		a->netbios_name = default_netbios_name(host);
	if (!a->dns_name)
		a->dns_name = strdup(host);
	if (!a->dns_domain && dot && dot[1])
		a->dns_domain = strdup(dot + 1);
	return a->netbios_name && a->dns_name &&
	       (a->dns_domain || !dot || !dot[1]);
}

/* once for each time that the file is read */
static void warn_of_weak(const struct acceptor_config *a, const char *path)
{
	if (!a->enabled)
		return;
	if (a->policy.lm_compat_level < 5)
		log_msg(LOG_WARNING,
			"%s: [acceptor] lm-compatibility-level = %u takes %s responses, which say nothing of MIC, target name and channel bindings; 5 takes NTLMv2 only",
			path, a->policy.lm_compat_level,
			a->policy.lm_compat_level < 4 ? "NTLMv1 and LM" : "NTLMv1");
	if (a->policy.target_check == NTLM_TARGET_IGNORE)
		log_msg(LOG_WARNING,
			"%s: [acceptor] target-name = ignore lets in whoever relays a logon that was meant for another server",
			path);
	if (a->guest)
		log_msg(LOG_WARNING,
			"%s: [acceptor] guest = yes lets in everybody who gives a name that does not exist",
			path);
}

void config_acceptor_finish(struct config *config, const char *path,
			    struct problems *problems)
{
	struct acceptor_config *a = &config->acceptor;
	struct ntlm_detail detail = { 0 };
	char text[NTLM_ERROR_TEXT_SIZE];
	enum ntlm_error e;

	if (!set_names(a)) {
		problem(problems, path, 0, "out of memory");
		return;
	}
	a->policy.names = (struct ntlm_server_names){
		.nb_computer = a->netbios_name,
		.nb_domain = a->netbios_domain,
		.dns_computer = a->dns_name,
		.dns_domain = a->dns_domain,
		.member = a->winbind,
	};
	e = ntlm_acceptor_policy_check(&a->policy, &detail);
	if (e)
		problem(problems, path, 0, "[acceptor]: %s",
			ntlm_error_describe(e, &detail, text, sizeof(text)));
	if (a->winbind && !a->netbios_domain)
		problem(problems, path, 0,
			"[acceptor] winbind = yes needs netbios-domain, the domain that this computer is a member of");
	warn_of_weak(a, path);
}

void config_acceptor_free(struct acceptor_config *a)
{
	free(a->uids);
	free(a->netbios_name);
	free(a->netbios_domain);
	free(a->dns_name);
	free(a->dns_domain);
	for (size_t i = 0; i < a->account_files.count; i++)
		free(a->account_files.path[i]);
	free(a->account_files.path);
	free(a->smbpasswd);
}
