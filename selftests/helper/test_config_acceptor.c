// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ntlmd.conf, section [acceptor]: defaults, every option, and errors.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "logged.h"
#include "tap.h"

static char dir[] = "/tmp/ntlmd-test-config-XXXXXX";
static char path[64];

static int load(struct config *config, const char *text)
{
	struct problems problems = { 0 };
	FILE *f = fopen(path, "w");

	fputs(text, f);
	fclose(f);
	logged_start();
	return config_load_owned(config, path, false, geteuid(), &problems);
}

static void test_defaults(void)
{
	char host[256] = "";
	const struct acceptor_config *a;
	struct config c;

	if (load(&c, "")) {
		tap_ok(false, "an empty file");
		logged_show();
		return;
	}
	a = &c.acceptor;
	gethostname(host, sizeof(host) - 1);
	tap_ok(!a->enabled, "default: no acceptors");
	tap_ok(a->uid_count == 1 && a->uids[0] == 0, "default: those of root");
	tap_ok(a->policy.lm_compat_level == 5 && a->policy.min_key_bits == 128 &&
	       !a->policy.allow_no_key_exchange && !a->policy.allow_legacy &&
	       !a->policy.allow_anonymous && !a->guest &&
	       a->policy.target_check == NTLM_TARGET_IF_PRESENT,
	       "default: NTLMv2, 128 bits, nobody without a password");
	tap_ok(a->policy.names.nb_computer &&
	       !strncasecmp(a->policy.names.nb_computer, host,
			    strlen(a->policy.names.nb_computer)) &&
	       strlen(a->policy.names.nb_computer) <= 15 &&
	       !a->policy.names.nb_domain && !a->policy.names.member &&
	       !strcmp(a->policy.names.dns_computer, host),
	       "default: the names of this computer");
	tap_ok(!a->account_files.count && !a->smbpasswd && !a->winbind,
	       "default: no accounts");
	tap_ok(a->guess_limit == 10 && a->guess_window == 600,
	       "default: ten wrong passwords in ten minutes");
	config_free(&c);
}

static void test_warnings(void)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ "lm-compatibility-level = 4\n", "takes NTLMv1 responses" },
		{ "lm-compatibility-level = 3\n", "takes NTLMv1 and LM responses" },
		{ "target-name = ignore\n", "whoever relays a logon" },
		{ "guest = yes\n", "a name that does not exist" },
	};
	struct config c;
	char text[128];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(text, sizeof(text), "[acceptor]\n%s", cases[i].text);
		if (!load(&c, text)) {
			tap_ok(!logged_has(cases[i].says),
			       "no acceptor, no warning: %s", cases[i].says);
			config_free(&c);
		}
		snprintf(text, sizeof(text), "[acceptor]\nenabled = yes\n%s",
			 cases[i].text);
		if (!load(&c, text)) {
			tap_ok(logged_has(cases[i].says), "a warning: %s",
			       cases[i].says);
			config_free(&c);
		}
	}
}

static void test_all(void)
{
	const struct acceptor_config *a;
	struct config c;

	if (load(&c, "[acceptor]\nenabled = yes\nacceptor-uids = 5 1000\nacceptor-uids = 7\n"
		 "lm-compatibility-level = 4\nmin-key-bits = 56\n"
		 "allow-no-key-exchange = yes\nallow-legacy-session-security = yes\n"
		 "require-mic = yes\nanonymous = yes\nguest = yes\n"
		 "target-name = require\nmax-time-skew = 36h\n"
		 "netbios-name = FILES\nnetbios-domain = LAB\n"
		 "dns-name = files.lab.example\ndns-domain = lab.example\n"
		 "accounts = /srv/one\naccounts = /srv/two\nsmbpasswd = /srv/smb\n"
		 "winbind = yes\nguess-limit = 3\nguess-window = 1h\n")) {
		tap_ok(false, "every option is read");
		logged_show();
		return;
	}
	a = &c.acceptor;
	tap_ok(a->enabled && a->uid_count == 3 && a->uids[0] == 5 &&
	       a->uids[1] == 1000 && a->uids[2] == 7, "whose servers");
	tap_ok(a->policy.lm_compat_level == 4 && a->policy.min_key_bits == 56 &&
	       a->policy.allow_no_key_exchange && a->policy.allow_legacy &&
	       a->policy.require_mic && a->policy.allow_anonymous && a->guest &&
	       a->policy.target_check == NTLM_TARGET_REQUIRE &&
	       a->policy.max_time_skew == 36 * 3600, "options of the protocol");
	tap_ok(!strcmp(a->policy.names.nb_computer, "FILES") &&
	       !strcmp(a->policy.names.nb_domain, "LAB") &&
	       !strcmp(a->policy.names.dns_computer, "files.lab.example") &&
	       !strcmp(a->policy.names.dns_domain, "lab.example") &&
	       a->policy.names.member, "names");
	tap_ok(a->account_files.count == 2 &&
	       !strcmp(a->account_files.path[0], "/srv/one") &&
	       !strcmp(a->account_files.path[1], "/srv/two") &&
	       !strcmp(a->smbpasswd, "/srv/smb") && a->winbind &&
	       a->guess_limit == 3 && a->guess_window == 3600, "accounts");
	config_free(&c);
	tap_number((unsigned int)load(&c, "[acceptor]\nacceptor-uids =\n"), 0,
		   "nobody's servers");
	tap_number(c.acceptor.uid_count, 0, "are no uid");
	config_free(&c);
}

static void test_wrong(void)
{
	static const struct {
		const char *text;
		const char *says;
	} wrong[] = {
		{ "enabled = perhaps", ":2: enabled: \"perhaps\" must be yes or no" },
		{ "acceptor-uids = root", ":2: acceptor-uids: \"root\" is no number" },
		{ "acceptor-uids = 1 -1", "is no number" },
		{ "acceptor-uids = 4294967295", "is too large" },
		{ "lm-compatibility-level = 6", "must be 0 to 5" },
		{ "min-key-bits = 64", "40, 56 or 128" },
		{ "target-name = maybe", "must be ignore, if-present or require" },
		{ "netbios-name = SIXTEENLETTERSXX", "is no NetBIOS name" },
		{ "netbios-name = a.b", "is no NetBIOS name" },
		{ "netbios-domain =", "is empty" },
		{ "dns-name = a b", "is no DNS name" },
		{ "accounts = accounts.conf", "is no absolute path" },
		{ "smbpasswd = smbpasswd", "is no absolute path" },
		{ "winbind = yes", "needs netbios-domain" },
		{ "guess-limit = many", "is no number" },
		{ "guess-limit = 65536", "is too large" },
		{ "guess-window = 0", "must be longer" },
		{ "accept = all", "no option \"accept\" in section [acceptor]" },
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		char text[256];
		struct config c;
		int r;

		snprintf(text, sizeof(text), "[acceptor]\n%s\n", wrong[i].text);
		r = load(&c, text);
		tap_ok(r == -EINVAL && logged_has(wrong[i].says), "wrong: %s",
		       wrong[i].text);
		if (!logged_has(wrong[i].says))
			logged_show();
		if (!r)
			config_free(&c);
	}
}

/* What ntlmd.conf shows as defaults are no errors. */
static void test_example(const char *file)
{
	static char text[32768];
	size_t len = 0;
	char line[512];
	struct config c;
	FILE *f = fopen(file, "r");
	int r;

	while (f && fgets(line, sizeof(line), f)) {
		bool key = line[0] == '#' && line[1] != ' ' && strchr(line, '=');

		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s",
					key ? line + 1 : line);
	}
	if (f)
		fclose(f);
	r = len ? load(&c, text) : -ENOENT;
	tap_number((unsigned int)r, 0, "every line of the example can be used");
	if (r)
		logged_show();
	else
		config_free(&c);
}

int main(void)
{
	if (!mkdtemp(dir))
		return 1;
	snprintf(path, sizeof(path), "%s/ntlmd.conf", dir);
	test_defaults();
	test_warnings();
	test_all();
	test_wrong();
	test_example(EXAMPLE);
	unlink(path);
	rmdir(dir);
	return tap_done();
}
