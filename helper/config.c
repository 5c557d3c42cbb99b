// SPDX-License-Identifier: GPL-2.0-or-later
#include "config_internal.h"

#include <errno.h>
#include <ini.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "duration.h"
#include "trusted.h"

struct reading {
	struct config *config;
	const char *path;
	struct problems *problems;
	FILE *file;
	unsigned int line;
};

const char *config_set_number(const char *value, unsigned long max,
			      unsigned long *n)
{
	char *end;

	if (*value < '0' || *value > '9')
		return "is no number";
	errno = 0;
	*n = strtoul(value, &end, 10);
	if (*end)
		return "is no number";
	if (errno || *n > max)
		return "is too large";
	return NULL;
}

const char *config_set_bool(const char *value, bool *b)
{
	if (!strcmp(value, "yes") || !strcmp(value, "true"))
		*b = true;
	else if (!strcmp(value, "no") || !strcmp(value, "false"))
		*b = false;
	else
		return "must be yes or no";
	return NULL;
}

const char *config_set_string(const char *value, char **s)
{
	char *copy;

	if (!*value)
		return "is empty";
	copy = strdup(value);
	if (!copy)
		return "does not fit in memory";
	free(*s);
	*s = copy;
	return NULL;
}

static const char *set_lm_level(struct config *config, const char *value)
{
	unsigned long n;
	const char *why = config_set_number(value, UINT_MAX, &n);

	if (why)
		return why;
	if (n > 5)
		return "must be 0 to 5";
	config->policy.lm_compat_level = (unsigned int)n;
	return NULL;
}

const char *config_set_key_bits(const char *value, unsigned int *bits)
{
	unsigned long n;
	const char *why = config_set_number(value, UINT_MAX, &n);

	if (why)
		return why;
	if (n != 40 && n != 56 && n != 128)
		return "must be 40, 56 or 128";
	*bits = (unsigned int)n;
	return NULL;
}

static const char *set_min_key_bits(struct config *config, const char *value)
{
	return config_set_key_bits(value, &config->policy.min_key_bits);
}

static const char *set_require_mic(struct config *config, const char *value)
{
	return config_set_bool(value, &config->policy.require_mic);
}

static const char *set_legacy(struct config *config, const char *value)
{
	return config_set_bool(value, &config->policy.allow_legacy);
}

static const char *set_real_lm_response(struct config *config, const char *value)
{
	return config_set_bool(value, &config->policy.real_lm_response);
}

static const char *set_no_key_exchange(struct config *config, const char *value)
{
	return config_set_bool(value, &config->policy.allow_no_key_exchange);
}

static const char *set_max_time_skew(struct config *config, const char *value)
{
	return duration_parse(value, &config->policy.max_time_skew);
}

static const char *set_workstation(struct config *config, const char *value)
{
	return config_set_string(value, &config->workstation);
}

static const char *set_blocked(struct config *config, const char *value)
{
	const char *why;

	return target_list_add(&config->blocked, value, &why) < 0 ? why : NULL;
}

static const char *set_unverified(struct config *config, const char *value)
{
	return config_set_bool(value, &config->allow_unverified);
}

static const char *set_refusal_hold(struct config *config, const char *value)
{
	return duration_parse(value, &config->refusal_hold);
}

static const char *set_lifetime(const char *value, uint32_t *seconds)
{
	const char *why = duration_parse(value, seconds);

	if (!why && !*seconds)
		return "must not be 0";
	return why;
}

static const char *set_login_lifetime(struct config *config, const char *value)
{
	return set_lifetime(value, &config->login_lifetime);
}

static const char *set_login_lifetime_max(struct config *config,
					  const char *value)
{
	return set_lifetime(value, &config->login_lifetime_max);
}

static const char *set_login_any_target(struct config *config,
					const char *value)
{
	return config_set_bool(value, &config->login_any_target);
}

static const char *set_refusal_hold_limit(struct config *config,
					  const char *value)
{
	return duration_parse(value, &config->refusal_hold_limit);
}

static const char *set_verdict_wait(struct config *config, const char *value)
{
	return duration_parse(value, &config->verdict_wait);
}

static const char *set_winbind_targets(struct config *config,
				       const char *value)
{
	const char *why;

	return target_list_add(&config->winbind_targets, value, &why) < 0 ? why : NULL;
}

static const char *set_winbind_any_target(struct config *config,
					  const char *value)
{
	return config_set_bool(value, &config->winbind_any_target);
}

static const char *set_user(struct config *config, const char *value)
{
	return config_set_string(value, &config->user);
}

static const char *set_log_level(struct config *config, const char *value)
{
	static const struct {
		const char *name;
		int level;
	} levels[] = {
		{ "error", LOG_ERR }, { "warning", LOG_WARNING },
		{ "notice", LOG_NOTICE }, { "info", LOG_INFO },
		{ "debug", LOG_DEBUG },
	};

	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
		if (!strcmp(value, levels[i].name)) {
			config->log_level = levels[i].level;
			return NULL;
		}
	return "must be error, warning, notice, info or debug";
}

static const char *set_credentials_dir(struct config *config, const char *value)
{
	if (*value != '/')
		return "is no absolute path";
	return config_set_string(value, &config->credentials_dir);
}

static const char *set_control_socket(struct config *config,
				      const char *value)
{
	struct sockaddr_un address;

	if (*value != '/')
		return "is no absolute path";
	if (strlen(value) >= sizeof(address.sun_path))
		return "is too long for a socket";
	return config_set_string(value, &config->control_socket);
}

static const struct config_option options[] = {
	{ "policy", "lm-compatibility-level", set_lm_level },
	{ "policy", "min-key-bits", set_min_key_bits },
	{ "policy", "require-mic", set_require_mic },
	{ "policy", "allow-no-key-exchange", set_no_key_exchange },
	{ "policy", "allow-legacy-session-security", set_legacy },
	{ "policy", "real-lm-response", set_real_lm_response },
	{ "policy", "max-time-skew", set_max_time_skew },
	{ "policy", "workstation", set_workstation },
	{ "policy", "blocked-targets", set_blocked },
	{ "policy", "allow-unverified-targets", set_unverified },
	{ "policy", "refusal-hold", set_refusal_hold },
	{ "policy", "refusal-hold-limit", set_refusal_hold_limit },
	{ "policy", "verdict-wait", set_verdict_wait },
	{ "policy", "login-lifetime", set_login_lifetime },
	{ "policy", "login-lifetime-max", set_login_lifetime_max },
	{ "policy", "login-any-target", set_login_any_target },
	{ "policy", "winbind-targets", set_winbind_targets },
	{ "policy", "winbind-any-target", set_winbind_any_target },
	{ "daemon", "user", set_user },
	{ "daemon", "log-level", set_log_level },
	{ "daemon", "credentials-directory", set_credentials_dir },
	{ "daemon", "control-socket", set_control_socket },
	{ NULL, NULL, NULL }
};

static const struct config_option *find(const struct config_option *o,
					const char *section, const char *name)
{
	while (o->section && (strcmp(o->name, name) || strcmp(o->section, section)))
		o++;
	return o->section ? o : NULL;
}

/* inih numbers lines for itself only, and cuts those that do not fit */
static char *read_line(char *buf, int size, void *arg)
{
	struct reading *reading = arg;
	char *line = fgets(buf, size, reading->file);
	size_t len;
	int c;

	if (!line)
		return NULL;
	reading->line++;
	len = strlen(line);
	if (len && line[len - 1] != '\n' && !feof(reading->file)) {
		problem(reading->problems, reading->path, reading->line,
			"line longer than %d characters; a key with a list may be repeated",
			size - 2);
		do
			c = getc(reading->file);
		while (c != '\n' && c != EOF);
		*line = '\0';
	}
	return line;
}

static int set(void *arg, const char *section, const char *name,
	       const char *value)
{
	const struct config_option *o = find(options, section, name);
	struct reading *reading = arg;
	const char *why;

	if (!o)
		o = find(config_acceptor_options, section, name);
	if (o) {
		why = o->set(reading->config, value);
		if (why)
			problem(reading->problems, reading->path, reading->line,
				"%s: \"%s\" %s", name, value, why);
		return 1;
	}
	problem(reading->problems, reading->path, reading->line,
		"there is no option \"%s\" in section [%s]; see ntlmd.conf(5)",
		name, section);
	return 1;
}

static int config_defaults(struct config *config)
{
	*config = (struct config){
		.policy = NTLM_POLICY_DEFAULT,
		.refusal_hold = 15 * 60,
		.refusal_hold_limit = 8 * 3600,
		.verdict_wait = 4,
		.user = strdup(CONFIG_USER),
		.log_level = LOG_INFO,
		.credentials_dir = strdup(CONFIG_CREDENTIALS_DIR),
		.control_socket = strdup(CONFIG_CONTROL_SOCKET),
		.login_lifetime = 7 * 86400,
		.login_lifetime_max = 30 * 86400,
	};
	if (!config_acceptor_defaults(&config->acceptor) && config->user &&
	    config->credentials_dir && config->control_socket)
		return 0;
	config_free(config);
	return -ENOMEM;
}

/* once for each time that the file is read */
static void warn_below_ntlmv2(const struct ntlm_policy *policy, const char *path)
{
	bool lm = policy->lm_compat_level < 2 && policy->real_lm_response;

	if (policy->lm_compat_level > 2)
		return;
	log_msg(LOG_WARNING,
		"%s: lm-compatibility-level = %u sends %s responses: whoever sees one, on the way or as the server, can compute the NT hash from it, which is as good as the password%s; 3 or more sends NTLMv2",
		path, policy->lm_compat_level, lm ? "LM and NTLMv1" : "NTLMv1",
		lm ? ", and the password itself" : "");
}

static void config_read(struct config *config, const char *path, FILE *file,
			struct problems *problems)
{
	struct reading reading = {
		.config = config,
		.path = path,
		.problems = problems,
		.file = file,
	};
	struct ntlm_detail detail = { 0 };
	char text[NTLM_ERROR_TEXT_SIZE];
	const char *wide;
	enum ntlm_error e;
	int r;

	r = ini_parse_stream(read_line, &reading, set, &reading);
	if (r > 0)
		problem(problems, path, (unsigned int)r,
			"neither \"[section]\" nor \"key = value\"");
	else if (r < 0)
		problem(problems, path, 0, "out of memory");
	if (ferror(file))
		problem(problems, path, 0, "cannot be read: %s", strerror(errno));

	config->policy.workstation = config->workstation;
	e = ntlm_policy_check(&config->policy, &detail);
	if (e)
		problem(problems, path, 0, "%s",
			ntlm_error_describe(e, &detail, text, sizeof(text)));
	warn_below_ntlmv2(&config->policy, path);
	wide = target_list_unbounded(&config->winbind_targets);
	if (wide && !config->winbind_any_target)
		problem(problems, path, 0,
			"winbind-targets: \"%s\" would offer the logons of all domain users to every server that asks; name the servers, or add \"winbind-any-target = yes\"",
			wide);
	config_acceptor_finish(config, path, problems);
}

static int config_open(struct config *config, const char *path, bool optional,
		       uid_t owner, struct problems *problems)
{
	int fd = trusted_open(path, owner, problems);
	FILE *file;

	if (fd == -ENOENT && !optional)
		problem(problems, path, 0, "does not exist");
	if (fd < 0)
		return fd;
	file = fdopen(fd, "r");
	if (!file) {
		close(fd);
		return -ENOMEM;
	}
	config_read(config, path, file, problems);
	fclose(file);
	return 0;
}

int config_load_owned(struct config *config, const char *path, bool optional,
		      uid_t owner, struct problems *problems)
{
	unsigned int before = problems->errors;
	int r;

	r = config_defaults(config);
	if (r < 0)
		return r;
	r = config_open(config, path, optional, owner, problems);
	if (r != -ENOMEM && problems->errors == before)
		return 0;
	config_free(config);
	return r == -ENOMEM ? r : -EINVAL;
}

int config_parse(struct config *config, const char *path, FILE *file,
		 struct problems *problems)
{
	unsigned int before = problems->errors;
	int r;

	r = config_defaults(config);
	if (r < 0)
		return r;
	config_read(config, path, file, problems);
	if (problems->errors == before)
		return 0;
	config_free(config);
	return -EINVAL;
}

int config_load(struct config *config, const char *path, bool optional,
		struct problems *problems)
{
	return config_load_owned(config, path, optional, 0, problems);
}

void config_free(struct config *config)
{
	free(config->workstation);
	free(config->user);
	free(config->credentials_dir);
	free(config->control_socket);
	config_acceptor_free(&config->acceptor);
	target_list_free(&config->blocked);
	target_list_free(&config->winbind_targets);
	*config = (struct config){ 0 };
}
