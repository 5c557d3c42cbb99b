// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Account databases: what is parsed, which names mean whom, which files are
 * trusted, and that a change is seen.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <systemd/sd-event.h>
#include <unistd.h>

#include "account/account.h"
#include "account/sid.h"
#include "logged.h"
#include "tap.h"

#define SECRET	"Tr0ub4dor"
/* NTOWFv1 and LMOWFv1 of "Password", [MS-NLMP] 4.2.2.1 */
#define NT	"A4F49C406510BDCAB6824EE7C30FD852"
#define LM	"E52CAC67419A9A224A3B108F3FA6CB6D"
#define NONE	"XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX"
#define GOOD	"[good]\nuser = good\nnt-hash = " NT "\n"

static const struct ntlm_server_names names = {
	.nb_computer = "SRV",
	.nb_domain = "LAB",
	.dns_computer = "srv.lab.example",
	.dns_domain = "lab.example",
};

static unsigned int parse_as(const struct account_database *database,
			     struct accounts *a, const char *text, size_t len)
{
	struct problems problems = { 0 };
	/* a block of its own, so that the sanitizer sees its end */
	char *copy = malloc(len + 1);

	memcpy(copy, text, len);
	logged_start();
	database->parse(a, "file", copy, len, &problems);
	free(copy);
	return problems.errors;
}

static unsigned int parse(struct accounts *a, const char *text)
{
	return parse_as(&account_ntlmd, a, text, strlen(text));
}

static unsigned int parse_smb(struct accounts *a, const char *text)
{
	return parse_as(&account_smbpasswd, a, text, strlen(text));
}

/* --- ntlmd.accounts(5) ------------------------------------------------------ */

static void test_good(void)
{
	uint8_t hash[NTLM_HASH_SIZE];
	struct accounts a = { 0 };
	unsigned int errors;

	errors = parse(&a, "# comment\n[alice]\r\nuser = alice\r\n"
		       "group-sids = S-1-5-32-545 S-1-5-32-544\n"
		       "sid = S-1-5-21-1-2-3-1000\ngroup-sids=S-1-1-0\n"
		       "password = two words # no comment\n"
		       "[2]\n user=bob\ndomain = OTHER\n nt-hash=" NT "\nstate = disabled\n"
		       "[3]\nuser = carol\nnt-hash = a4f49c406510bdcab6824ee7c30fd852\n"
		       "lm-hash = " LM "\nstate = enabled");
	tap_ok(!errors && a.count == 3, "three accounts");
	if (a.count != 3) {
		logged_show();
		return;
	}
	ntlm_nt_hash("two words # no comment", 22, hash);
	tap_bytes(a.account[0].secret.nt_hash, 16, hash, 16, "a password with blanks");
	tap_ok(a.account[0].sid_count == 4 &&
	       !strcmp(a.account[0].sids[0], "S-1-5-21-1-2-3-1000") &&
	       !strcmp(a.account[0].sids[1], "S-1-5-32-545") &&
	       !strcmp(a.account[0].sids[3], "S-1-1-0"),
	       "the user's own SID is the first");
	tap_ok(!strcmp(a.account[0].origin, "file [alice]"), "its origin");
	tap_bytes(a.account[1].secret.nt_hash, 16, a.account[2].secret.nt_hash, 16,
		  "hashes in either case");
	tap_number(a.account[1].ntstatus, 0xC0000072, "a disabled account");
	tap_number(a.account[2].ntstatus, 0, "an enabled one");
	tap_ok(!a.account[0].secret.has_lm_hash && !a.account[2].secret.has_lm_hash,
	       "no LM hash lies in memory that is not wanted");
	accounts_free(&a);

	a.want_lm = true;
	parse(&a, "[1]\nuser = u\npassword = Password\n"
	      "[2]\nuser = v\nlm-hash = " LM "\nnt-hash = " NT "\n"
	      "[3]\nuser = w\npassword = longer than 14 characters\n");
	tap_ok(a.count == 3 && a.account[0].secret.has_lm_hash &&
	       !memcmp(a.account[0].secret.lm_hash, a.account[1].secret.lm_hash, 16),
	       "an LM hash of the password, or as given");
	tap_ok(a.count == 3 && !a.account[2].secret.has_lm_hash,
	       "a long password has none");
	accounts_free(&a);
}

static const struct {
	const char *text;
	const char *says;
} wrong[] = {
	{ "[a]\nnt-hash = " NT "\n", "file:1: the section has no \"user" },
	{ "[a]\nuser = u\n", "file:1: the section has no \"password" },
	{ "[a]\nuser = u\nlm-hash = " LM "\n", "file:1: the section has no \"password" },
	{ "[a]\nuser = u\npassword = " SECRET "\nnt-hash = " NT "\n", "file:4: a section has one" },
	{ "[a]\nuser = u\nnt-hash = " SECRET "\n", "file:3: nt-hash: must be" },
	{ "[a]\nuser = u\nnt-hash = " NT "0\n", "file:3: nt-hash: must be" },
	{ "[a]\nuser = u\nlm-hash = " SECRET "\nnt-hash = " NT "\n", "file:3: lm-hash: must be" },
	{ "[a]\nuser = u\nlm-hash = " LM "\nlm-hash = " LM "\nnt-hash = " NT "\n", "file:4: lm-hash: given twice" },
	{ "[a]\nuser = u\npassword =\n", "file:3: password: is empty" },
	{ "[a]\nuser = u\npassword = " SECRET "\xff\n", "file:3: password: is no valid UTF-8" },
	{ "[a]\nuser =\nnt-hash = " NT "\n", "file:2: user: is empty" },
	{ "[a]\nuser = D\\u\nnt-hash = " NT "\n", "file:2: user: " },
	{ "[a]\nuser = u\001\nnt-hash = " NT "\n", "file:2: user: " },
	{ "[a]\nuser = u\xc0\x80\nnt-hash = " NT "\n", "file:2: user: " },
	{ "[a]\nuser = u\nuser = v\nnt-hash = " NT "\n", "file:3: user: given twice" },
	{ "[a]\nuser = u\ndomain = \nnt-hash = " NT "\n", "file:3: domain: is empty" },
	{ "[a]\nuser = u\nsid = S-1-5\nnt-hash = " NT "\n", "file:3: \"S-1-5\" is no SID" },
	{ "[a]\nuser = u\nsid = S-1-5-1\nsid = S-1-5-2\nnt-hash = " NT "\n", "file:4: sid: given twice" },
	{ "[a]\nuser = u\ngroup-sids = S-1-5-2\nnt-hash = " NT "\n", "file:1: the section has no \"sid" },
	{ "[a]\nuser = u\nstate = frozen\nnt-hash = " NT "\n", "file:3: state: must be" },
	{ "user = u\n", "file:1: before the first" },
	{ "[a]\n" SECRET "\n", "file:2: neither" },
	{ "[a\nuser = u\nnt-hash = " NT "\n", "file:1: a section begins" },
	{ "[a]\npasswort = " SECRET "\n", "file:2: unknown key" },
};

static void test_wrong(void)
{
	static char text[8192];
	struct accounts a = { 0 };
	size_t len;

	parse(&a, GOOD);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		unsigned int errors;

		/* a good section does not survive a bad one of the same file */
		snprintf(text, sizeof(text), "%s%s", wrong[i].text, GOOD);
		errors = parse(&a, text);
		tap_ok(errors && a.count == 1 && logged_has(wrong[i].says) &&
		       !logged_has(SECRET), "wrong account %zu: %s", i, wrong[i].says);
		if (!logged_has(wrong[i].says))
			logged_show();
	}
	tap_ok(parse_as(&account_ntlmd, &a, "[a]\nuser = \0u\n", 14) &&
	       logged_has("file:2: contains a NUL byte"), "a NUL byte: refused");
	len = (size_t)snprintf(text, sizeof(text), "[a]\nuser = u\nsid = S-1-5-7\nnt-hash = " NT "\n");
	for (int i = 0; i < 256; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"group-sids = S-1-5-32-%d\n", i);
	tap_ok(parse(&a, text) == 1 && logged_has("at most 256 SIDs"),
	       "257 SIDs: refused");
	tap_number(a.count, 1, "what was there before stays");
	accounts_free(&a);
}

static void test_sids(void)
{
	static const char *const good[] = {
		"S-1-5-7", "S-1-0-0", "S-1-5-21-4294967295-2-3-500",
		"S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15",
	};
	static const char *const bad[] = {
		"", "S", "S-1", "S-1-", "S-1-5", "S-1-5-", "S-2-5-7", "s-1-5-7",
		"S-1-5-7-", "S-1-5-07", "S-1-5-4294967296", "S-1-5--7",
		"S-1-5-7 ", "S-1-5-7x", "S-1-5-+7", "S-1-0x5-7",
		"S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16",
		"S-1-99999999999999999999-1",
	};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		tap_ok(sid_valid(good[i]), "SID %s", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		tap_ok(!sid_valid(bad[i]), "no SID: \"%s\"", bad[i]);
}

/* --- smbpasswd ---------------------------------------------------------------- */

static void test_smbpasswd(void)
{
	static const struct {
		const char *line;
		bool has_secret;
		uint32_t ntstatus;
	} cases[] = {
		{ "u:1000:" NONE ":" NT ":[U          ]:LCT-65000000:", true, 0 },
		{ "u:1000:" LM ":" NT ":[UX         ]:LCT-00000000:", true, 0 },
		{ "u:1000:" LM ":" NT ":[U          ]:LCT-00000000:", true, 0xC0000224 },
		{ "u:1000:" LM ":" NT ":[DU         ]:LCT-00000000:", true, 0xC0000072 },
		{ "u:1000:" NONE ":" NT ":[UL         ]:LCT-65000000:", true, 0xC0000234 },
		{ "u$:1000:" NONE ":" NT ":[W          ]:LCT-65000000:", true, 0xC0000199 },
		{ "u$:1000:" NONE ":" NT ":[S          ]:LCT-65000000:", true, 0xC000019A },
		{ "u$:1000:" NONE ":" NT ":[I          ]:LCT-65000000:", true, 0xC0000198 },
		{ "u:1000:" NONE ":" NONE ":[U          ]:LCT-65000000:", false, 0 },
		{ "u:1000:NO PASSWORDXXXXXXXXXXXXXXXXXXXXX:NO PASSWORDXXXXXXXXXXXXXXXXXXXXX:[NU         ]:LCT-65000000:", true, 0xC000006E },
		{ "u:1000:NO PASSWORDXXXXXXXXXXXXXXXXXXXXX:NO PASSWORDXXXXXXXXXXXXXXXXXXXXX:[U          ]:LCT-65000000:", false, 0 },
		{ "u:1000:" NONE ":31D6CFE0D16AE931B73C59D7E0C089C0:[U          ]:LCT-65000000:", true, 0xC000006E },
		{ "u:1000:" LM ":" NT ":[U          ]:LCT-65000000:a comment:and more", true, 0 },
		{ "u:1000:" LM ":" NT, true, 0 },
	};
	struct accounts a = { 0 };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		unsigned int errors = parse_smb(&a, cases[i].line);

		tap_ok(!errors && a.count == 1 &&
		       a.account[0].has_secret == cases[i].has_secret &&
		       a.account[0].ntstatus == cases[i].ntstatus &&
		       !a.account[0].secret.has_lm_hash, "smbpasswd %s", cases[i].line);
		if (errors)
			logged_show();
		accounts_free(&a);
	}
	a.want_lm = true;
	parse_smb(&a, "# comment\n\nu:1:" LM ":" NT ":[U]:LCT-1:\nv:2:" NONE ":" NT ":[U]:LCT-1:\n");
	tap_ok(a.count == 2 && a.account[0].secret.has_lm_hash &&
	       !a.account[1].secret.has_lm_hash && !strcmp(a.account[1].origin, "file:4"),
	       "smbpasswd: LM hashes where there are and where they are wanted");
	accounts_free(&a);
	a.want_lm = true;
	parse_smb(&a, "u:1:" LM ":" NONE ":[U]:LCT-1:\n");
	tap_ok(a.count == 1 && !a.account[0].has_secret &&
	       !a.account[0].secret.has_lm_hash,
	       "smbpasswd: nobody logs on with an LM hash alone");
	accounts_free(&a);
}

static void test_wrong_smbpasswd(void)
{
	static const struct {
		const char *line;
		const char *says;
	} cases[] = {
		{ ":1000:" LM ":" NT ":[U]:LCT-1:", "the name is" },
		{ "u\001:1000:" LM ":" NT ":[U]:LCT-1:", "the name is" },
		{ "u\xff:1000:" LM ":" NT ":[U]:LCT-1:", "the name is" },
		{ "u::" LM ":" NT ":[U]:LCT-1:", "the second field" },
		{ "u:-1:" LM ":" NT ":[U]:LCT-1:", "the second field" },
		{ "u:1000", "the third field" },
		{ "u:1000:" LM, "the fourth field" },
		{ "u:1000:" LM ":" SECRET ":[U]:LCT-1:", "the fourth field" },
		{ "u:1000:" SECRET ":" NT ":[U]:LCT-1:", "the third field" },
		{ "u:1000:" LM ":" NT "0:[U]:LCT-1:", "the fourth field" },
		{ "u:1000:" LM ":" NT ":U:LCT-1:", "the fifth field" },
		{ "u:1000:" LM ":" NT ":[U:LCT-1:", "the fifth field" },
		{ "u:1000:" LM ":" NT ":[UQ]:LCT-1:", "the fifth field" },
		{ "u:1000:" LM ":" NT ":[U]:1:", "the sixth field" },
		{ "u:1000:" LM ":" NT ":[U]:LCT-:", "the sixth field" },
		{ "u:1000:" LM ":" NT ":[U]:LCT-x:", "the sixth field" },
		{ "u:1000:" LM ":" NT ":[U]:LCT-12345678123456781:", "the sixth field" },
		{ "u", "the second field" },
	};
	struct accounts a = { 0 };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[512];

		snprintf(text, sizeof(text), "good:1:" LM ":" NT ":[U]:LCT-1:\n%s\n",
			 cases[i].line);
		tap_ok(parse_smb(&a, text) == 1 && !a.count &&
		       logged_has("file:2: ") && logged_has(cases[i].says) &&
		       !logged_has(SECRET) && !logged_has(NT),
		       "wrong smbpasswd %zu: %s", i, cases[i].says);
	}
	accounts_free(&a);
}

/* Whatever the text is: parsed within its bounds, and freed */
static void test_garbage(void)
{
	static const char *const seeds[] = {
		"u:1000:" LM ":" NT ":[UX         ]:LCT-6500:\nv:1:" NONE ":" NT ":[D]:LCT-0:\n",
		"[a]\nuser = a\nsid = S-1-5-7\npassword = x\n[b]\nuser = b\nnt-hash = " NT "\nstate = locked\n",
	};
	unsigned int seed = 1, kept = 0;

	for (unsigned int i = 0; i < 20000; i++) {
		const char *from = seeds[i % 2];
		size_t len = strlen(from);
		struct accounts a = { .want_lm = i & 4 };
		char text[256];

		memcpy(text, from, len);
		len -= (size_t)rand_r(&seed) % 8;
		for (int j = 0; j < 3; j++)
			text[(size_t)rand_r(&seed) % len] ^=
				(char)(1U << rand_r(&seed) % 8);
		parse_as(i & 8 ? &account_ntlmd : &account_smbpasswd, &a, text, len);
		kept += a.count != 0;
		accounts_free(&a);
	}
	tap_ok(kept && kept < 20000, "20000 damaged files are parsed within their bounds");
	tap_note("%u of them still had accounts", kept);
}

/* --- who is meant -------------------------------------------------------------- */

static const char *found(const struct accounts *a, const char *user,
			 const char *domain)
{
	const struct account *account = accounts_find(a, &names, user, domain);

	return account ? account->origin : "nobody";
}

static void test_names(void)
{
	static const struct {
		const char *user, *domain, *origin;
	} cases[] = {
		{ "alice", "", "file [a]" }, { "ALICE", "lab", "file [a]" },
		{ "alice", "SRV", "file [a]" }, { "alice", "Srv.Lab.Example", "file [a]" },
		{ "alice", "LAB.EXAMPLE", "file [a]" },
		{ "alice@lab.example", "", "file [a]" },
		{ "Alice@LAB", "", "file [a]" },
		{ "alice", "OTHER", "file [o]" }, { "alice@other", "", "file [o]" },
		{ "ZO\303\213", "LAB", "file [z]" }, { "zo\303\253", "", "file [z]" },
		{ "bob", "", "file [b]" }, { "bob", "srv", "file [b]" },
		{ "upn@elsewhere.example", "", "file [u]" },
		{ "alice", "ELSE", "nobody" }, { "alice@else", "", "nobody" },
		{ "alice@", "", "nobody" }, { "@lab.example", "", "nobody" },
		{ "alice@lab.example", "LAB", "nobody" },
		{ "", "", "nobody" }, { "ali", "", "nobody" },
		{ "alicee", "", "nobody" }, { "zoe", "", "nobody" },
		{ "alice ", "", "nobody" },
		/* U+0131 and U+017F are no letters of ASCII */
		{ "al\304\261ce", "", "nobody" }, { "alice", "\305\277rv", "nobody" },
		{ "alice", "\xff", "nobody" }, { "\xff", "", "nobody" },
	};
	struct ntlm_server_names member = names;
	struct accounts a = { 0 };

	member.member = true;
	parse(&a, "[a]\nuser = Alice\nnt-hash = " NT "\n"
	      "[o]\nuser = alice\ndomain = Other\nnt-hash = " NT "\n"
	      "[z]\nuser = zo\303\253\nnt-hash = " NT "\n"
	      "[b]\nuser = bob\ndomain = LAB\nnt-hash = " NT "\n"
	      "[u]\nuser = UPN@elsewhere.example\nnt-hash = " NT "\n"
	      "[2]\nuser = ALICE\nnt-hash = " NT "\n");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *origin = found(&a, cases[i].user, cases[i].domain);

		tap_ok(!strcmp(origin, cases[i].origin), "user \"%s\" of \"%s\" is %s",
		       cases[i].user, cases[i].domain, cases[i].origin);
		if (strcmp(origin, cases[i].origin))
			tap_note("found %s", origin);
	}
	tap_ok(accounts_find(&a, &member, "alice", "srv") &&
	       !accounts_find(&a, &member, "alice", "lab") &&
	       !accounts_find(&a, &member, "alice@lab.example", ""),
	       "in a domain, its users are not those of this computer");
	tap_ok(!account_is_local(&member, "LAB") && account_is_local(&names, "LAB") &&
	       account_is_local(&member, "SRV") && account_is_local(&member, ""),
	       "nor is the domain");
	accounts_free(&a);
}

/* --- files --------------------------------------------------------------------- */

static char dir[] = "/tmp/ntlmd-test-account-XXXXXX";
static char path[64], smb[64];
static struct secret_owner owner;

static void write_file(const char *name, const char *text, mode_t mode)
{
	char other[80];
	FILE *f;

	snprintf(other, sizeof(other), "%s.new", name);
	f = fopen(other, "w");
	fputs(text, f);
	fclose(f);
	chmod(other, mode);
	rename(other, name);
}

static size_t load(const struct config *config, unsigned int *errors)
{
	struct problems problems = { 0 };
	struct accounts a = { 0 };
	size_t count;

	logged_start();
	accounts_load(&a, config, &owner, &problems);
	count = a.count;
	*errors = problems.errors;
	accounts_free(&a);
	return count;
}

static void test_files(struct config *config)
{
	static const mode_t bad[] = { 0644, 0660, 0600, 0642, 0740, 0440, 04640 };
	unsigned int errors;
	char fix[128], link[80];
	size_t n;

	write_file(path, GOOD, 0640);
	write_file(smb, "s:1:" LM ":" NT ":[U]:LCT-1:\n", 0640);
	n = load(config, &errors);
	tap_ok(n == 2 && !errors, "both kinds of files are read");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		chmod(path, bad[i]);
		n = load(config, &errors);
		snprintf(fix, sizeof(fix), "'%s'", path);
		tap_ok(n == 1 && errors == 1 && logged_has("as root: chmod") &&
		       logged_has(fix),
		       "accounts of mode %04o: refused, and the log names the fix", bad[i]);
	}
	chmod(path, 0640);
	chmod(dir, 0777);
	n = load(config, &errors);
	tap_ok(!n && errors == 2 && logged_has("chmod go-w"),
	       "a directory that others can write: refused");
	chmod(dir, 0755);
	owner.gid++;
	n = load(config, &errors);
	tap_ok(!n && errors == 2 && logged_has("refused: owner is"),
	       "accounts of another group: refused");
	owner.gid--;
	owner.uid++;
	n = load(config, &errors);
	tap_ok(!n && errors == 2 && logged_has("refused: the owner is"),
	       "accounts of another owner: refused");
	owner.uid--;
	snprintf(link, sizeof(link), "%s.real", path);
	rename(path, link);
	if (symlink(link, path))
		tap_note("symlink: %s", strerror(errno));
	n = load(config, &errors);
	tap_ok(n == 1 && errors == 1 && logged_has("symbolic link"),
	       "a symbolic link to accounts: refused");
	unlink(path);
	n = load(config, &errors);
	tap_ok(n == 1 && errors == 1 && logged_has("as root: install -o"),
	       "no such file: the log says how to make it");
	rename(link, path);
}

static void test_changes(struct config *config)
{
	sd_event *event;

	sd_event_new(&event);
	logged_start();
	config->acceptor.enabled = false;
	account_open_owned(event, config, &owner);
	tap_ok(!account_find("good", ""), "no accounts are in memory without acceptors");
	config->acceptor.enabled = true;
	account_reload(config);
	tap_ok(account_find("good", "") && account_find("S", "SRV"), "a reload reads them");
	write_file(path, "[n]\nuser = new\nnt-hash = " NT "\n", 0640);
	while (sd_event_run(event, 0) > 0)
		;
	tap_ok(account_find("new", "") && !account_find("good", "") &&
	       account_find("s", ""), "a file that is replaced is read again at once");
	chmod(smb, 0644);
	while (sd_event_run(event, 0) > 0)
		;
	tap_ok(account_find("new", "") && !account_find("s", ""),
	       "one that others can read from now on is dropped");
	account_close();
	sd_event_unref(event);
}

int main(void)
{
	char *files[] = { path };
	struct config config = {
		.acceptor = {
			.enabled = true,
			.policy = { .lm_compat_level = 5, .names = names },
			.account_files = { .path = files, .count = 1 },
			.smbpasswd = smb,
		},
	};

	test_good();
	test_wrong();
	test_sids();
	test_smbpasswd();
	test_wrong_smbpasswd();
	test_garbage();
	test_names();

	if (!mkdtemp(dir))
		return 1;
	chmod(dir, 0755);
	snprintf(path, sizeof(path), "%s/accounts.conf", dir);
	snprintf(smb, sizeof(smb), "%s/smbpasswd", dir);
	owner = (struct secret_owner){
		.uid = geteuid(), .gid = getegid(), .user_name = "owner",
		.group_name = "group",
	};
	test_files(&config);
	test_changes(&config);
	unlink(path);
	unlink(smb);
	rmdir(dir);
	return tap_done();
}
