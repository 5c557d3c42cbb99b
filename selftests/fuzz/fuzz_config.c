// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The input is ntlmd.conf. What is taken is a configuration that the daemon can
 * work with; what is not has a reason in the log.
 */
#include <errno.h>

#include "config.h"
#include "fuzz.h"

static unsigned int lines;

static void count_line(void *arg, int priority, const char *line)
{
	(void)arg;
	(void)priority;
	MUST(*line);
	lines++;
}

static void check_config(const struct config *c)
{
	MUST(!ntlm_policy_check(&c->policy, NULL));
	MUST(c->policy.lm_compat_level <= 5);
	MUST(c->policy.min_key_bits == 40 || c->policy.min_key_bits == 56 ||
	     c->policy.min_key_bits == 128);
	MUST(c->policy.workstation == c->workstation);
	MUST(!c->workstation || *c->workstation);
	MUST(c->user && *c->user);
	MUST(c->credentials_dir && *c->credentials_dir == '/');
	MUST(c->control_socket && *c->control_socket == '/');
	MUST(c->login_lifetime && c->login_lifetime_max);
	MUST(c->log_level >= LOG_ERR && c->log_level <= LOG_DEBUG);
	for (size_t i = 0; i < c->blocked.count; i++)
		MUST(c->blocked.pattern[i] && *c->blocked.pattern[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct problems problems = { 0 };
	struct config config;
	char *copy;
	FILE *file;
	int r;

	log_set_sink(count_line, NULL);
	log_set_level(LOG_DEBUG);
	if (!size)
		return 0;
	copy = malloc(size);
	if (!copy)
		return 0;
	memcpy(copy, data, size);
	file = fmemopen(copy, size, "r");
	MUST(file);
	lines = 0;
	r = config_parse(&config, "ntlmd.conf", file, &problems);
	fclose(file);
	free(copy);
	if (r) {
		MUST(r == -EINVAL && problems.errors && lines);
		MUST(!config.user && !config.blocked.count);
		return 0;
	}
	MUST(!problems.errors);
	check_config(&config);
	config_free(&config);
	return 0;
}
