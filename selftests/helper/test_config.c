// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ntlmd.conf: defaults, every option, and errors with their lines.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"
#include "logged.h"
#include "tap.h"

static char dir[] = "/tmp/ntlmd-test-config-XXXXXX";
static char path[64];

static int load(struct config *config, const char *text, unsigned int *errors)
{
	struct problems problems = { 0 };
	FILE *f = fopen(path, "w");
	int r;

	fputs(text, f);
	fclose(f);
	logged_start();
	r = config_load_owned(config, path, false, geteuid(), &problems);
	*errors = problems.errors;
	return r;
}

static void test_defaults(void)
{
	struct problems problems = { 0 };
	struct config c;
	int r;

	logged_start();
	r = config_load(&c, "/nonexistent/ntlmd.conf", true, &problems);
	tap_number((unsigned int)r, 0, "no file: defaults");
	tap_number(c.policy.lm_compat_level, 3, "default: NTLMv2 only");
	tap_number(c.policy.min_key_bits, 128, "default: 128 bit");
	tap_ok(!c.policy.allow_no_key_exchange, "default: key exchange wanted");
	tap_ok(!c.policy.allow_legacy && !c.policy.real_lm_response,
	       "default: neither legacy session security nor LM responses");
	tap_ok(!c.allow_unverified, "default: unverified targets need a literal pattern");
	tap_number(c.refusal_hold, 900, "default: 15 minutes of refusal hold");
	tap_number(c.refusal_hold_limit, 28800, "default: at most 8 hours of it");
	tap_number(c.verdict_wait, 4, "default: 4 seconds for the first verdict");
	tap_ok(!strcmp(c.credentials_dir, "/etc/ntlmd/credentials.d"),
	       "default: credentials directory");
	tap_ok(!strcmp(c.user, "ntlmd"), "default: user");
	config_free(&c);

	r = config_load(&c, "/nonexistent/ntlmd.conf", false, &problems);
	tap_ok(r == -EINVAL && problems.errors == 1,
	       "a file that was asked for must exist");
}

static void test_all(void)
{
	unsigned int errors;
	struct config c;
	int r;

	r = load(&c, "# comment\n[policy]\nlm-compatibility-level = 5\n"
		 "min-key-bits=56\nrequire-mic = yes\nallow-no-key-exchange = yes\n"
		 "allow-legacy-session-security = yes\nreal-lm-response = yes\n"
		 "max-time-skew = 36h\nworkstation = WS1\n"
		 "blocked-targets = cifs/bad *.bad.example\nblocked-targets = worse\n"
		 "allow-unverified-targets = yes\nrefusal-hold = 2 min\n"
		 "refusal-hold-limit = 1h\nverdict-wait = 7s\n"
		 "login-lifetime = 10h\nlogin-lifetime-max = 2d\n"
		 "login-any-target = yes\n"
		 "[daemon]\nuser = other\nlog-level = debug\n"
		 "credentials-directory = /srv/creds\n"
		 "control-socket = /srv/control\n", &errors);
	tap_number((unsigned int)r, 0, "every option is read");
	if (r) {
		logged_show();
		return;
	}
	tap_ok(c.policy.lm_compat_level == 5 && c.policy.min_key_bits == 56 &&
	       c.policy.require_mic && c.policy.allow_no_key_exchange &&
	       c.policy.allow_legacy && c.policy.real_lm_response &&
	       c.policy.max_time_skew == 36 * 3600 &&
	       !strcmp(c.policy.workstation, "WS1"), "options of the protocol");
	tap_ok(c.allow_unverified && c.refusal_hold == 120 &&
	       c.refusal_hold_limit == 3600 && c.verdict_wait == 7,
	       "options of the policy");
	tap_ok(c.login_lifetime == 36000 && c.login_lifetime_max == 2 * 86400 &&
	       c.login_any_target && !strcmp(c.control_socket, "/srv/control"),
	       "options of logins");
	tap_ok(c.blocked.count == 3 &&
	       target_list_match(&c.blocked, "cifs/worse", false) &&
	       target_list_match(&c.blocked, "cifs/a.bad.example", false),
	       "blocked targets of two lines");
	tap_ok(!strcmp(c.user, "other") && c.log_level == LOG_DEBUG &&
	       !strcmp(c.credentials_dir, "/srv/creds"), "options of the daemon");
	config_free(&c);
}

static const struct {
	const char *text;
	const char *says;
	unsigned int line;
} wrong[] = {
	{ "[policy]\nlm-compatibility-level = 6\n", "0 to 5", 2 },
	{ "[policy]\nlm-compatibility-level = -1\n", "no number", 2 },
	{ "[policy]\nlm-compatibility-level = 2\nrequire-mic = yes\n", "there is no MIC", 0 },
	{ "[policy]\nallow-legacy-session-security = maybe\n", "yes or no", 2 },
	{ "[policy]\nreal-lm-response = 1\n", "yes or no", 2 },
	{ "[policy]\nlm-compatibility-level = three\n", "no number", 2 },
	{ "[policy]\nlm-compatibility-level = 99999999999999999999\n", "too large", 2 },
	{ "[policy]\nmin-key-bits = 64\n", "40, 56 or 128", 2 },
	{ "[policy]\n\n\nmin-key-bits = -128\n", "no number", 4 },
	{ "[policy]\nrequire-mic = perhaps\n", "yes or no", 2 },
	{ "[policy]\nallow-unverified-targets = 1\n", "yes or no", 2 },
	{ "[policy]\nrefusal-hold = 1 fortnight\n", "no time", 2 },
	{ "[policy]\nrefusal-hold = 4000000h\n", "too large", 2 },
	{ "[policy]\nblocked-targets = cifs/\n", "no host", 2 },
	{ "[policy]\nuser = x\n", "no option \"user\" in section [policy]", 2 },
	{ "[daemon]\nlog-level = loud\n", "must be error", 2 },
	{ "[daemon]\ncredentials-directory = etc\n", "absolute", 2 },
	{ "[daemon]\nuser =\n", "empty", 2 },
	{ "lm-compatibility-level = 3\n", "no option", 1 },
	{ "[policy]\n; fine\nmin-key-bits\n", "neither", 3 },
	{ "[policy\nmin-key-bits = 128\n", "neither", 1 },
	{ "[policy]\nworkstation = \xff\xfe\n", "", 0 },
	{ "[policy]\nlogin-lifetime = 0\n", "must not be 0", 2 },
	{ "[policy]\nlogin-any-target = maybe\n", "yes or no", 2 },
	{ "[daemon]\ncontrol-socket = run/control\n", "absolute", 2 },
};

static void test_wrong(void)
{
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		unsigned int errors;
		char where[128];
		struct config c;
		int r = load(&c, wrong[i].text, &errors);

		snprintf(where, sizeof(where), "%s:%u: ", path, wrong[i].line);
		if (!wrong[i].line)
			snprintf(where, sizeof(where), "%s: ", path);
		tap_ok(r == -EINVAL && errors && logged_has(where) &&
		       logged_has(wrong[i].says), "wrong file %zu: refused at line %u",
		       i, wrong[i].line);
		if (!r)
			config_free(&c);
	}
}

/* What is below NTLMv2 works, and does not go unnoticed. */
static void test_levels(void)
{
	static const struct {
		const char *text;
		unsigned int level;
		const char *says;	/* NULL: nothing */
		const char *not;
	} levels[] = {
		{ "lm-compatibility-level = 0\nreal-lm-response = yes\n", 0,
		  "= 0 sends LM and NTLMv1 responses", "no such text" },
		{ "lm-compatibility-level = 1\nreal-lm-response = yes\n", 1,
		  "and the password itself", "no such text" },
		{ "lm-compatibility-level = 1\n", 1, "= 1 sends NTLMv1 responses",
		  "the password itself" },
		{ "lm-compatibility-level = 2\nreal-lm-response = yes\n", 2,
		  "= 2 sends NTLMv1 responses", "the password itself" },
		{ "lm-compatibility-level = 3\nreal-lm-response = yes\n", 3, NULL, "" },
		{ "lm-compatibility-level = 4\n", 4, NULL, "" },
	};

	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		char text[128];
		unsigned int errors;
		struct config c;
		int r;

		snprintf(text, sizeof(text), "[policy]\n%s", levels[i].text);
		r = load(&c, text, &errors);
		if (r) {
			tap_ok(false, "level %u is read", levels[i].level);
			continue;
		}
		tap_ok(c.policy.lm_compat_level == levels[i].level &&
		       (levels[i].says ? logged_lines() == 1 &&
					 logged_has(levels[i].says) &&
					 !logged_has(levels[i].not) :
					 !logged_lines()),
		       "level %u %s", levels[i].level,
		       levels[i].says ? "is warned of once" : "needs no warning");
		config_free(&c);
	}
}

static void test_long_line(void)
{
	char text[2048] = "[policy]\nblocked-targets = ";
	unsigned int errors;
	char where[128];
	struct config c;
	int r;

	for (int i = 0; i < 150; i++)
		strcat(text, "cifs/host ");
	strcat(text, "\nmin-key-bits = 7\n");
	r = load(&c, text, &errors);
	snprintf(where, sizeof(where), "%s:2: line longer", path);
	tap_ok(r == -EINVAL && logged_has(where),
	       "a line that would be cut is refused");
	snprintf(where, sizeof(where), "%s:3: min-key-bits", path);
	tap_ok(logged_has(where), "lines after it are numbered right");
}

static bool refused(const char *file, uid_t owner, const char *says)
{
	struct problems problems = { 0 };
	struct config c;
	int r;

	logged_start();
	r = config_load_owned(&c, file, true, owner, &problems);
	if (!r)
		config_free(&c);
	return r == -EINVAL && problems.errors == 1 && logged_lines() == 1 &&
	       logged_has(says);
}

/* Who else could have written it? */
static void test_trust(void)
{
	uid_t me = geteuid();
	char name[128];
	unsigned int errors;
	struct config c;

	tap_ok(!load(&c, "[policy]\n", &errors), "a file of the owner is read");
	config_free(&c);
	tap_ok(refused(path, me + 1, "the owner is"), "not that of another one");
	chmod(path, 0620);
	tap_ok(refused(path, me, "chmod go-w"), "nor one that a group may write");
	chmod(path, 0602);
	tap_ok(refused(path, me, "chmod go-w"), "nor one that others may write");
	chmod(path, 0644);
	snprintf(name, sizeof(name), "%s/link", dir);
	tap_ok(!symlink(path, name) && refused(name, me, "symbolic link"),
	       "nor a symbolic link");
	unlink(name);
	snprintf(name, sizeof(name), "%s.link", dir);
	symlink(dir, name);
	snprintf(name, sizeof(name), "%s.link/ntlmd.conf", dir);
	tap_ok(refused(name, me, "symbolic link"), "nor one behind a symbolic link");
	snprintf(name, sizeof(name), "%s.link", dir);
	unlink(name);
	chmod(dir, 0777);
	tap_ok(refused(path, me, dir), "nor one that others may replace");
	chmod(dir, 01777);
	tap_ok(!load(&c, "[policy]\n", &errors), "in a sticky directory they may not");
	config_free(&c);
	chmod(dir, 0700);
	tap_ok(refused(dir, me, "not a regular file"), "nor a directory");
}

int main(void)
{
	if (!mkdtemp(dir))
		return 1;
	snprintf(path, sizeof(path), "%s/ntlmd.conf", dir);
	test_defaults();
	test_all();
	test_wrong();
	test_levels();
	test_long_line();
	test_trust();
	unlink(path);
	rmdir(dir);
	return tap_done();
}
