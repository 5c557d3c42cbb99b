// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Credential files: what is read, what is refused and why, and that no line of
 * the log holds a secret.
 *
 * The owner that the rules ask for is the user who runs the tests, so that they
 * need no privilege; "another owner" is then a rule that asks for somebody else.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cred/cred_file.h"
#include "logged.h"
#include "tap.h"

#define SECRET "Tr0ub4dor ;&3=x"
/* NT hash of "password" */
#define HASH "8846f7eaee8fb117ad06bdd830b7586c"

#define GOOD "[one]\nuid = 0\ntarget = cifs/one\nuser = u\npassword = " SECRET "\n"

static char dir[] = "/tmp/ntlmd-test-cred-XXXXXX";
static struct secret_owner owner;
static unsigned int residues;

static int parse(struct cred_entries *entries, const char *text)
{
	struct problems problems = { 0 };
	size_t len = strlen(text);
	char *copy = malloc(len + 1);

	memcpy(copy, text, len + 1);
	logged_start();
	cred_file_parse(entries, "file", copy, len, &problems);
	residues += !!memmem(copy, len, SECRET, strlen(SECRET));
	free(copy);
	return (int)problems.errors;
}

static const struct cred_entry *find(const struct cred_entries *entries,
				     uint32_t uid, const char *target,
				     bool unverified, const char *user,
				     const char *domain)
{
	const struct cred_lookup lookup = {
		.uid = uid,
		.target = target,
		.target_unverified = unverified,
		.user = user,
		.domain = domain,
	};

	return cred_entries_find(entries, &lookup, false);
}

static void test_parse(void)
{
	uint8_t want[NTLM_HASH_SIZE];
	struct cred_entries e = { 0 };

	tap_number((unsigned int)parse(&e,
		"# comment\n\n[first]\n  uid = 0 1000\n"
		"target = cifs/one  cifs/two\r\ntarget=three\nuser = alice\n"
		"domain = LAB\npassword = " SECRET "\n"
		"[second one]\nuid = *\ntarget = *.example.com\n"
		"user = bob@example.com\nnt-hash = " HASH "\n"), 0,
		"a good file has no errors");
	tap_number(e.count, 2, "two sections");
	if (e.count != 2) {
		logged_show();
		return;
	}
	tap_ok(!strcmp(e.entry[0].origin, "file [first]"), "a section says where it is from");
	tap_ok(!strcmp(e.entry[0].user, "alice") && !strcmp(e.entry[0].domain, "LAB") &&
	       !strcmp(e.entry[1].domain, ""), "user and domain");
	ntlm_nt_hash(SECRET, strlen(SECRET), want);
	tap_bytes(e.entry[0].nt_hash, sizeof(want), want, sizeof(want),
		  "a password is taken literally, with \" ;\" and '='");
	ntlm_nt_hash("password", 8, want);
	tap_bytes(e.entry[1].nt_hash, sizeof(want), want, sizeof(want), "an NT hash");

	tap_ok(find(&e, 0, "cifs/one", false, NULL, NULL) == &e.entry[0] &&
	       find(&e, 1000, "cifs/two", false, NULL, NULL) == &e.entry[0] &&
	       find(&e, 1000, "host/THREE", false, NULL, NULL) == &e.entry[0],
	       "found by uid and target");
	tap_ok(!find(&e, 1, "cifs/one", false, NULL, NULL), "not for another uid");
	tap_ok(!find(&e, 0, "cifs/four", false, NULL, NULL), "not for another target");
	tap_ok(find(&e, 12345, "cifs/a.example.com", false, NULL, NULL) == &e.entry[1],
	       "any uid");
	tap_ok(!find(&e, 12345, "cifs/a.example.com", true, NULL, NULL),
	       "a wildcard does not match an unverified target");
	tap_ok(find(&e, 0, "cifs/one", true, NULL, NULL) == &e.entry[0],
	       "a literal pattern does");
	tap_ok(find(&e, 0, "cifs/one", false, "ALICE", "lab") == &e.entry[0] &&
	       !find(&e, 0, "cifs/one", false, "bob", NULL) &&
	       !find(&e, 0, "cifs/one", false, "alice", "OTHER"),
	       "wanted user and domain count");
	tap_ok(!logged_has(SECRET), "no line about credential files holds a password");
	cred_entries_free(&e);
}

#define SECTION "[a]\nuid = 0\ntarget = x\nuser = u\n"
/* LM hash of "Password" */
#define LM_HASH "e52cac67419a9a224a3b108f3fa6cb6d"

/* LM hashes exist only where policy uses them. */
static void test_lm_hash(void)
{
	static const struct {
		const char *what, *text;
		bool wanted, has;
	} cases[] = {
		{ "password, not wanted", SECTION "password = Password\n", false, false },
		{ "password", SECTION "password = Password\n", true, true },
		{ "password in another case", SECTION "password = pASSWORD\n", true, true },
		{ "password of 15 characters", SECTION "password = 123456789012345\n",
		  true, false },
		{ "password outside ASCII", SECTION "password = pass\xc3\xb6rd\n", true,
		  false },
		{ "hash", SECTION "nt-hash = " HASH "\nlm-hash = " LM_HASH "\n", true,
		  true },
		{ "hash before the NT hash",
		  SECTION "lm-hash = " LM_HASH "\nnt-hash = " HASH "\n", true, true },
		{ "hash, not wanted", SECTION "nt-hash = " HASH "\nlm-hash = " LM_HASH "\n",
		  false, false },
		{ "NT hash alone", SECTION "nt-hash = " HASH "\n", true, false },
	};
	static const uint8_t zero[NTLM_HASH_SIZE];
	uint8_t hash[NTLM_HASH_SIZE];

	ntlm_lm_hash("Password", 8, hash);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct cred_entries e = { .lm_hashes = cases[i].wanted };
		int errors = parse(&e, cases[i].text);

		tap_ok(!errors && e.count == 1 &&
		       e.entry[0].has_lm_hash == cases[i].has &&
		       !memcmp(e.entry[0].lm_hash, cases[i].has ? hash : zero,
			       sizeof(hash)),
		       "LM hash: %s", cases[i].what);
		cred_entries_free(&e);
	}
}

static void test_lm_policy(void)
{
	for (unsigned int level = 0; level < 6; level++) {
		struct config config = { .policy.lm_compat_level = level };
		bool without = cred_uses_lm_hash(&config);

		config.policy.real_lm_response = true;
		tap_ok(!without && cred_uses_lm_hash(&config) == (level <= 1),
		       "LM hashes are used at level %u: %s", level,
		       level <= 1 ? "if LM responses are" : "no");
	}
}

static const struct {
	const char *text;
	const char *says;
} wrong[] = {
	{ "[a]\ntarget = x\nuser = u\npassword = " SECRET "\n", "file:1: the section has no \"uid" },
	{ "[a]\nuid = 0\nuser = u\npassword = " SECRET "\n", "file:1: the section has no \"target" },
	{ "[a]\nuid = 0\ntarget = x\npassword = " SECRET "\n", "file:1: the section has no \"user" },
	{ "\n[a]\nuid = 0\ntarget = x\nuser = u\n", "file:2: the section has no \"password" },
	{ "[a]\nuid = 0\ntarget = *\nuser = u\npassword = " SECRET "\n", "any-target = yes" },
	{ "[a]\nuid = 0\ntarget = cifs/*\nuser = u\npassword = " SECRET "\n", "any-target = yes" },
	{ "[a]\nuid = 0\ntarget = x\nuser = u\npassword = " SECRET "\nnt-hash = " HASH "\n", "file:6: a section has one password" },
	{ "[a]\nuid = nobodyknows\ntarget = x\nuser = u\npassword = " SECRET "\n", "file:2: uid" },
	{ "[a]\nuid = -1\ntarget = x\nuser = u\npassword = " SECRET "\n", "file:2: uid" },
	{ "[a]\nuid = 4294967295\ntarget = x\nuser = u\npassword = " SECRET "\n", "file:2: uid" },
	{ "[a]\nuid = 0\ntarget = x\nuser = LAB\\u\npassword = " SECRET "\n", "file:4: user" },
	{ "[a]\nuid = 0\ntarget = x\nuser = \xc3\npassword = " SECRET "\n", "file:4: user" },
	{ "[a]\nuid = 0\ntarget = x\nuser = a\x01z\npassword = " SECRET "\n", "file:4: user" },
	{ "[a]\nuid = 0\ntarget = x\nuser = u\npassword = \xff" SECRET "\n", "file:5: password" },
	{ "[a]\nuid = 0\ntarget = x\nuser = u\nnt-hash = 1234\n", "file:5: nt-hash" },
	{ "[a]\nuid = 0\ntarget = x\nuser = u\nnt-hash = zz46f7eaee8fb117ad06bdd830b7586c\n", "file:5: nt-hash" },
	{ SECTION "nt-hash = " HASH "\nlm-hash = 12\n", "file:6: lm-hash: must be" },
	{ SECTION "nt-hash = " HASH "\nlm-hash = " LM_HASH "\nlm-hash = " LM_HASH "\n", "file:7: lm-hash: given twice" },
	{ SECTION "password = " SECRET "\nlm-hash = " LM_HASH "\n", "to go with its lm-hash" },
	{ SECTION "lm-hash = " LM_HASH "\n", "file:1: the section has no \"password" },
	{ "[a]\nuid = 0\ntarget = x\nuser = u\nuser = v\npassword = " SECRET "\n", "file:5: user: given twice" },
	{ "uid = 0\n", "file:1: before the first" },
	{ "[a]\n" SECRET "\n", "file:2: " },
	{ "[a\nuid = 0\n", "file:1: a section begins" },
	{ "[a]\npasswort = " SECRET "\n", "file:2: unknown key" },
	{ "[a]\nuid = 0\ntarget = /x\nuser = u\npassword = " SECRET "\n", "file:3: target" },
};

static void test_wrong(void)
{
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct cred_entries e = { 0 };
		char text[1024];
		int errors;

		/* a good section does not survive a bad one of the same file */
		snprintf(text, sizeof(text), "%s%s", wrong[i].text, GOOD);
		errors = parse(&e, text);
		tap_ok(errors && e.count == 0 && logged_has(wrong[i].says) &&
		       !logged_has(SECRET), "wrong credentials %zu: %s", i, wrong[i].says);
		if (!logged_has(wrong[i].says))
			logged_show();
		cred_entries_free(&e);
	}
}

static void test_any_target(void)
{
	struct cred_entries e = { 0 };

	parse(&e, "[a]\nuid = 0\ntarget = *\nany-target = yes\nuser = u\nnt-hash = " HASH "\n");
	tap_ok(e.count == 1 && find(&e, 0, "cifs/x", false, NULL, NULL),
	       "any-target = yes allows a bare '*'");
	tap_ok(!find(&e, 0, "cifs/x", true, NULL, NULL),
	       "which still matches no unverified target");
	cred_entries_free(&e);
	parse(&e, "[a]\nuid = 0\ntarget = *\nany-target = yes\nuser = u\nnt-hash = " HASH "\n"
	      "[b]\nuid = 0\ntarget = *\nuser = u\nnt-hash = " HASH "\n");
	tap_ok(e.count == 0, "any-target of one section is not the next one's");
	cred_entries_free(&e);
}

static void write_file(const char *name, const char *text, mode_t mode)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	fputs(text, f);
	fclose(f);
	chmod(path, mode);
}

static void remove_file(const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	unlink(path);
}

/* returns the number of credentials */
static size_t load(const char *path, const struct secret_owner *who,
		   unsigned int *errors)
{
	struct problems problems = { 0 };
	struct cred_entries e = { 0 };
	size_t count;

	logged_start();
	cred_file_load(&e, path, who, &problems);
	count = e.count;
	*errors = problems.errors;
	cred_entries_free(&e);
	return count;
}

static void test_modes(void)
{
	static const mode_t bad[] = {
		0644, 0660, 0600, 0640 | S_ISUID, 0642, 0740, 0440, 0777,
	};
	unsigned int errors;
	size_t n;

	write_file("a.conf", GOOD, 0640);
	write_file("b.conf", GOOD, 0640);
	write_file("notes.txt", "not read", 0666);
	write_file(".hidden.conf", "not read", 0666);
	n = load(dir, &owner, &errors);
	tap_ok(n == 2 && !errors, "two files with the right mode; others are not looked at");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char fix[512];

		write_file("a.conf", GOOD, bad[i]);
		n = load(dir, &owner, &errors);
		snprintf(fix, sizeof(fix), "chmod 0640 '%s/a.conf'", dir);
		tap_ok(n == 1 && errors == 1 && logged_has(fix),
		       "file of mode %04o: refused, and the log names the fix", bad[i]);
	}
	write_file("a.conf", GOOD, 0640);
}

static void test_directory(void)
{
	static const mode_t bad[] = { 0755, 0770, 0700, 0752, 01750 };
	unsigned int errors;
	char fix[512];
	size_t n;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		chmod(dir, bad[i]);
		n = load(dir, &owner, &errors);
		snprintf(fix, sizeof(fix), "chmod 0750 '%s'", dir);
		tap_ok(n == 0 && errors == 1 && logged_has(fix),
		       "directory of mode %04o: refused, and the log names the fix", bad[i]);
	}
	chmod(dir, 0750);
	n = load("/nonexistent/credentials.d", &owner, &errors);
	tap_ok(n == 0 && errors == 1 && logged_has("install -d"),
	       "no directory: the log says how to make it");
}

static void test_owner(void)
{
	struct secret_owner other = owner;
	unsigned int errors;
	size_t n;

	other.uid++;
	n = load(dir, &other, &errors);
	tap_ok(n == 0 && errors && logged_has("chown root:ntlmd"),
	       "another owner: refused, and the log names the fix");
	other = owner;
	other.gid++;
	n = load(dir, &other, &errors);
	tap_ok(n == 0 && errors && logged_has("chown root:ntlmd"),
	       "another group: refused");
}

/* As root only: files have an owner that differs from their directory's. */
static void test_file_owner(void)
{
	unsigned int errors;
	char path[256];
	size_t n;

	snprintf(path, sizeof(path), "%s/a.conf", dir);
	if (chown(path, owner.uid + 1, owner.gid)) {
		tap_ok(true, "a single file of another owner # SKIP needs root");
		return;
	}
	chmod(path, 0640);
	n = load(dir, &owner, &errors);
	tap_ok(n == 1 && errors == 1 && logged_has("a.conf: refused: owner"),
	       "a single file of another owner is left out");
	if (chown(path, owner.uid, owner.gid))
		tap_note("chown: %s", strerror(errno));
	chmod(path, 0640);
}

static void test_links(void)
{
	char path[256], link[256], parent[512];
	unsigned int errors;
	size_t n;

	snprintf(path, sizeof(path), "%s/a.conf", dir);
	snprintf(link, sizeof(link), "%s/l.conf", dir);
	if (symlink(path, link))
		tap_note("symlink: %s", strerror(errno));
	n = load(dir, &owner, &errors);
	tap_ok(n == 2 && errors == 1 && logged_has("symbolic link"),
	       "a symbolic link to a good file is refused");
	unlink(link);

	snprintf(link, sizeof(link), "%s-link", dir);
	if (symlink(dir, link))
		tap_note("symlink: %s", strerror(errno));
	n = load(link, &owner, &errors);
	tap_ok(n == 0 && errors == 1 && logged_has("symbolic link"),
	       "a directory that is a symbolic link is refused");
	unlink(link);

	if (symlink("/tmp", link))
		tap_note("symlink: %s", strerror(errno));
	snprintf(parent, sizeof(parent), "%s/%s", link, dir + strlen("/tmp/"));
	n = load(parent, &owner, &errors);
	tap_ok(n == 0 && errors == 1 && logged_has("symbolic link"),
	       "a symbolic link further up the path is refused");
	unlink(link);

	snprintf(link, sizeof(link), "%s/f.conf", dir);
	if (mkfifo(link, 0640))
		tap_note("mkfifo: %s", strerror(errno));
	n = load(dir, &owner, &errors);
	tap_ok(n == 2 && errors == 1 && logged_has("not a regular file"),
	       "a FIFO is refused and does not block");
	unlink(link);
}

static void test_sizes(void)
{
	static char text[70000];
	unsigned int errors;
	size_t n;

	memset(text, '#', sizeof(text) - 1);
	write_file("z.conf", text, 0640);
	n = load(dir, &owner, &errors);
	tap_ok(n == 2 && errors == 1 && logged_has("larger than 65536"),
	       "a huge file is refused");
	text[65536] = '\0';
	write_file("z.conf", text, 0640);
	n = load(dir, &owner, &errors);
	tap_ok(n == 2 && errors == 0, "the largest file is read");
	write_file("z.conf", "", 0640);
	n = load(dir, &owner, &errors);
	tap_ok(n == 2 && errors == 0, "an empty file is no error");
	remove_file("z.conf");
}

/* A reload frees the configuration and goes on with the owner. */
static void test_owner_outlives_config(void)
{
	struct problems problems = { 0 };
	struct secret_owner own = { 0 };
	struct config config;
	int r;

	r = config_load(&config, "/nonexistent/ntlmd.conf", true, &problems);
	tap_number((unsigned int)r, 0, "default configuration for an owner");
	free(config.user);
	config.user = strdup("root");
	r = cred_file_owner(&config, &own);
	config_free(&config);
	tap_ok(!r && !strcmp(own.group_name, "root"),
	       "the owner outlives the configuration");
}

int main(void)
{
	if (!mkdtemp(dir))
		return 1;
	chmod(dir, 0750);
	owner = (struct secret_owner){
		.uid = geteuid(),
		.gid = getegid(),
		.user_name = "root",
		.group_name = "ntlmd",
	};
	test_parse();
	test_lm_hash();
	test_lm_policy();
	test_wrong();
	test_any_target();
	tap_number(residues, 0, "no password is left in any buffer");
	test_modes();
	test_directory();
	test_owner();
	test_owner_outlives_config();
	test_file_owner();
	test_links();
	test_sizes();
	remove_file("a.conf");
	remove_file("b.conf");
	remove_file("notes.txt");
	remove_file(".hidden.conf");
	rmdir(dir);
	return tap_done();
}
