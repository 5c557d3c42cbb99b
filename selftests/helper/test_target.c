// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Patterns over target names.
 */
#include <errno.h>
#include <string.h>

#include "tap.h"
#include "target.h"

static const struct {
	const char *pattern;
	const char *target;
	bool match;
	bool literal;	/* matches a target that a server named */
} cases[] = {
	{ "cifs/server.example.com", "cifs/server.example.com", true, true },
	{ "cifs/server.example.com", "CIFS/SERVER.Example.COM", true, true },
	{ "CIFS/Server", "cifs/server", true, true },
	{ "cifs/server", "cifs/server2", false, false },
	{ "cifs/server", "cifs/serve", false, false },
	{ "cifs/server", "host/server", false, false },
	{ "cifs/server", "server", false, false },
	{ "server", "cifs/server", true, true },
	{ "server", "host/server", true, true },
	{ "server", "server", true, true },
	{ "*/server", "cifs/server", true, true },
	{ "*/server", "server", true, true },
	{ "c*/server", "cifs/server", true, true },
	{ "*.example.com", "cifs/a.example.com", true, false },
	{ "*.example.com", "cifs/a.b.example.com", true, false },
	{ "*.example.com", "cifs/example.com", false, false },
	{ "*.example.com", "cifs/a.example.com.evil.org", false, false },
	{ "*.example.com", "cifs/aexample.com", false, false },
	{ "cifs/nas*", "cifs/nas1", true, false },
	{ "cifs/nas*", "cifs/nas", true, false },
	{ "cifs/nas*", "host/nas1", false, false },
	{ "cifs/*a*b*", "cifs/xaxbx", true, false },
	{ "cifs/*a*b*", "cifs/xbxax", false, false },
	{ "*", "cifs/anything", true, false },
	/* '*' stays inside a part of the name */
	{ "c*", "cifs/x", false, false },
	{ "cifs/*b", "cifs/a/b", false, false },
	/* every spelling is the same host */
	{ "server", "cifs/server.", true, true },
	{ "server.", "cifs/server", true, true },
	{ "cifs/server:445", "cifs/server", true, true },
	{ "*.example.com", "cifs/A.example.com.:445/EXAMPLE.COM", true, false },
	{ "cifs/server/REALM", "cifs/server", true, true },
	{ "cifs/*", "cifs/a/b", true, false },
	{ "*/*", "cifs/a/b", true, false },
	{ "b\303\274cher.example", "cifs/xn--bcher-kva.example", true, true },
	{ "xn--bcher-kva.example", "cifs/B\303\234CHER.example", true, true },
	{ "*.b\303\274cher.example", "cifs/a.xn--bcher-kva.example", true, false },
	{ "127.0.0.1", "cifs/127.1", true, true },
	{ "cifs/127.*", "cifs/0x7f000001", true, false },
	{ "fe80::*", "cifs/[FE80:0::1%eth0]", true, false },
	/* what names no host matches nothing */
	{ "*", "cifs/", false, false },
	{ "*", "cifs/a b", false, false },
	/* nothing but '*' is special */
	{ "cifs/s?rver", "cifs/server", false, false },
	{ "cifs/s.rver", "cifs/server", false, false },
	{ "cifs/fe80::1", "cifs/fe80::1", true, true },
};

static const struct {
	const char *words;
	const char *wide;	/* pattern that matches hosts of any name */
} bounds[] = {
	{ "cifs/server", NULL },
	{ "*.example.com", NULL },
	{ "*", "*/*" },
	{ "cifs/*", "cifs/*" },
	{ "*/*", "*/*" },
	{ "cifs/**", "cifs/**" },
	{ "*.*", "*/*.*" },
	{ "cifs/server *", "*/*" },
	{ "cifs/*/*", "cifs/*" },
	{ "*:*", "*/*" },
	{ "*:*:*", "*/*:*:*" },
	{ "::", NULL },
};

static const char *const malformed[] = {
	"/host", "cifs/", "/", "good /bad", "cifs/.", "cifs/:445", ".",
	"b\303\274*.example", "\377\376", "c\303\274/host", "[::1", "a:b:c",
	"cifs/[s]erver",
};

static const struct {
	const char *target;
	const char *name;	/* NULL: names no host */
} spellings[] = {
	{ "cifs/server", "cifs/server" },
	{ "server", "server" },
	{ "CIFS/SERVER.Example.COM", "cifs/server.example.com" },
	{ "cifs/server.", "cifs/server" },
	{ "cifs/server..", "cifs/server" },
	{ "cifs/server:445", "cifs/server" },
	{ "cifs/server.:445", "cifs/server" },
	{ "cifs/server:INSTANCE", "cifs/server" },
	{ "cifs/server:", "cifs/server" },
	{ "cifs/server/REALM", "cifs/server" },
	{ "cifs/server/", "cifs/server" },
	{ "cifs/server.:445/a/b", "cifs/server" },
	{ "cifs/b\303\274cher.example", "cifs/xn--bcher-kva.example" },
	{ "cifs/B\303\234CHER.EXAMPLE.", "cifs/xn--bcher-kva.example" },
	{ "cifs/bu\314\210cher.example", "cifs/xn--bcher-kva.example" },
	{ "cifs/XN--BCHER-KVA.example", "cifs/xn--bcher-kva.example" },
	/* fullwidth letters and full stops */
	{ "cifs/\357\275\216\357\275\201\357\275\223\343\200\202example", "cifs/nas.example" },
	{ "cifs/\357\275\216as\343\200\202", "cifs/nas" },
	{ "cifs/127.0.0.1", "cifs/127.0.0.1" },
	{ "cifs/127.1", "cifs/127.0.0.1" },
	{ "cifs/0177.0.0.1:445", "cifs/127.0.0.1" },
	{ "cifs/0x7F000001", "cifs/127.0.0.1" },
	{ "cifs/2130706433.", "cifs/127.0.0.1" },
	{ "cifs/\357\274\221\357\274\222\357\274\227.1", "cifs/127.0.0.1" },
	{ "cifs/[::1]", "cifs/::1" },
	{ "cifs/[::1]:445", "cifs/::1" },
	{ "cifs/0:0::0001", "cifs/::1" },
	{ "cifs/::1%lo", "cifs/::1" },
	{ "cifs/::FFFF:127.0.0.1", "cifs/127.0.0.1" },
	{ "cifs/2001:DB8:0:0::1", "cifs/2001:db8::1" },
	{ "cifs/FE80::0:1%eth0", "cifs/fe80::1%eth0" },
	{ "cifs/1e100.example", "cifs/1e100.example" },
	{ "cifs/under_score", "cifs/under_score" },
	{ "", NULL },
	{ "cifs/", NULL },
	{ "/server", NULL },
	{ "cifs//server", NULL },
	{ "cifs/.", NULL },
	{ "cifs/:445", NULL },
	{ "cifs/a b", NULL },
	{ "cifs/server ", NULL },
	{ "cifs/ser\nver", NULL },
	{ "cifs/ser*er", NULL },
	{ "cif*/server", NULL },
	{ "cifs/ser\\ver", NULL },
	{ "cifs/[::1", NULL },
	{ "cifs/[server]", NULL },
	{ "cifs/[server]:445", NULL },
	{ "cifs/[]:445", NULL },
	{ "cifs/[::1]x", NULL },
	{ "cifs/server:1:2", NULL },
	{ "cifs/\377\376", NULL },
	{ "cifs/a\342\200\213\342\200\213", "cifs/a" },	/* zero width spaces */
	{ "cifs/a\357\274\217b\303\274", NULL },	/* fullwidth solidus */
	{ "cifs/\303\274\357\274\232x", NULL },	/* fullwidth colon */
	{ "c\303\274fs/server", NULL },
};

static void test_spellings(void)
{
	for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
		const char *want = spellings[i].name;
		char name[TARGET_SIZE], again[TARGET_SIZE];
		int r = target_canonical(spellings[i].target, name);

		tap_ok(want ? !r && !strcmp(name, want) : r == -EINVAL,
		       "spelling %zu is %s", i, want ? want : "no host");
		if (!r)
			tap_ok(!target_canonical(name, again) &&
			       !strcmp(name, again), "spelling %zu is stable", i);
		if (want && (r || strcmp(name, want)))
			tap_note("it is %d %s", r, r ? "" : name);
	}
}

static void test_lengths(void)
{
	char target[2 * TARGET_SIZE], name[TARGET_SIZE];

	for (size_t len = TARGET_SIZE - 3; len < TARGET_SIZE + 3; len++) {
		memset(target, 'a', len);
		memcpy(target, "cifs/", 5);
		target[len] = '\0';
		tap_ok(target_canonical(target, name) ==
		       (len < TARGET_SIZE ? 0 : -ENAMETOOLONG),
		       "a name of %zu bytes", len);
	}
}

static void test_cases(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct target_list list = { 0 };
		const char *why = NULL;

		target_list_add(&list, cases[i].pattern, &why);
		tap_ok(list.count == 1 &&
		       target_list_match(&list, cases[i].target, false) ==
		       cases[i].match, "%s %s %s", cases[i].pattern,
		       cases[i].match ? "matches" : "does not match",
		       cases[i].target);
		tap_ok(target_list_match(&list, cases[i].target, true) ==
		       cases[i].literal, "%s %s %s literally", cases[i].pattern,
		       cases[i].literal ? "names" : "does not name",
		       cases[i].target);
		target_list_free(&list);
	}
}

static void test_bounds(void)
{
	for (size_t i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++) {
		struct target_list list = { 0 };
		const char *why, *wide;

		target_list_add(&list, bounds[i].words, &why);
		wide = target_list_unbounded(&list);
		tap_ok(bounds[i].wide ? wide && !strcmp(wide, bounds[i].wide) :
		       !wide, "%s is %s", bounds[i].words,
		       bounds[i].wide ? "unbounded" : "bounded");
		target_list_free(&list);
	}
}

static void test_malformed(void)
{
	for (size_t i = 0; i < sizeof(malformed) / sizeof(malformed[0]); i++) {
		struct target_list list = { 0 };
		const char *why = NULL;

		tap_ok(target_list_add(&list, malformed[i], &why) == -EINVAL &&
		       why, "\"%s\" is refused", malformed[i]);
		target_list_free(&list);
	}
}

/* a pattern with many stars must not take exponential time */
static void test_hostile_target(void)
{
	struct target_list list = { 0 };
	char target[768];
	const char *why;

	memset(target, 'a', sizeof(target));
	memcpy(target, "cifs/", 5);
	target[sizeof(target) - 1] = '\0';
	target_list_add(&list, "cifs/*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", &why);
	tap_ok(!target_list_match(&list, target, false),
	       "many stars against a long name come to an end");
	target_list_free(&list);
}

int main(void)
{
	test_cases();
	test_spellings();
	test_lengths();
	test_bounds();
	test_malformed();
	test_hostile_target();
	return tap_done();
}
