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
	{ "cifs/*", "cifs/a/b", false, false },
	{ "c*", "cifs/x", false, false },
	{ "*/*", "cifs/a/b", false, false },
	/* nothing but '*' is special */
	{ "cifs/s?rver", "cifs/server", false, false },
	{ "cifs/[s]erver", "cifs/server", false, false },
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
	{ "cifs/*/*", "cifs/*/*" },
	{ "*:*", "*/*:*" },
};

static const char *const malformed[] = { "/host", "cifs/", "/", "good /bad" };

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
	test_bounds();
	test_malformed();
	test_hostile_target();
	return tap_done();
}
