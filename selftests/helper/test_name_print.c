// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Names that somebody else chose, as a line shows them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "name_print.h"
#include "tap.h"

static void test_characters(void)
{
	static const struct {
		const char *what, *name, *shown;
	} cases[] = {
		{ "ASCII", "alice", "alice" },
		{ "letters of others", "J\xc3\xb6rg \xd0\x96 \xe4\xb8\xad \xf0\x9d\x84\x9e",
		  "J\xc3\xb6rg \xd0\x96 \xe4\xb8\xad \xf0\x9d\x84\x9e" },
		{ "an accent of its own", "e\xcc\x81", "e\xcc\x81" },
		{ "C0 and DEL", "a\x1b[2Jb\nc\x7f", "a?[2Jb?c?" },
		{ "C1: U+0080, U+0085, U+009B, U+009F",
		  "a\xc2\x80" "b\xc2\x85" "c\xc2\x9b" "d\xc2\x9f", "a?b?c?d?" },
		{ "U+00A0 is no control character", "a\xc2\xa0z", "a\xc2\xa0z" },
		{ "embeddings: U+202A, U+202E", "a\xe2\x80\xaa" "b\xe2\x80\xae", "a?b?" },
		{ "isolates: U+2066, U+2069", "a\xe2\x81\xa6" "b\xe2\x81\xa9", "a?b?" },
		{ "marks: U+200E, U+200F, U+061C",
		  "a\xe2\x80\x8e" "b\xe2\x80\x8f" "c\xd8\x9c", "a?b?c?" },
		{ "nothing wide: U+200B, U+FEFF", "a\xe2\x80\x8b" "b\xef\xbb\xbf", "a?b?" },
		{ "ends of lines: U+2028, U+2029", "a\xe2\x80\xa8" "b\xe2\x80\xa9", "a?b?" },
		{ "tags: U+E0041", "a\xf3\xa0\x81\x81", "a?" },
		{ "a private character: U+E000", "a\xee\x80\x80", "a?" },
		{ "a character that is none: U+FFFF, U+0378", "a\xef\xbf\xbf" "b\xcd\xb8", "a?b?" },
		{ "no UTF-8", "a\xff\xfe" "b\x80", "a??b?" },
		{ "longer than needed", "a\xc0\x8a", "a??" },
		{ "a surrogate", "a\xed\xa0\x80z", "a???z" },
		{ "cut in a character", "a\xe2\x80", "a??" },
		{ "empty", "", "" },
	};
	char shown[64];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t len = name_print(shown, sizeof(shown), cases[i].name);

		tap_ok(!strcmp(shown, cases[i].shown) && len == strlen(shown),
		       "%s", cases[i].what);
		if (strcmp(shown, cases[i].shown))
			tap_note("shown: \"%s\"", shown);
	}
	tap_ok(!name_print(shown, sizeof(shown), NULL) && !*shown, "no name");
}

/* Every room that is too small, with the sanitizer behind its end */
static void test_room(void)
{
	static const char name[] = "ab\xc3\xb6\xe4\xb8\xad\x01\xff z";
	bool ok = true;

	for (size_t size = 1; size <= sizeof(name) + 4; size++) {
		char *shown = malloc(size);
		size_t len = name_print(shown, size, name);

		ok = ok && len < size && len == strlen(shown) &&
		     !strncmp(shown, "ab\xc3\xb6\xe4\xb8\xad?? z", len) &&
		     /* not in a character */
		     (unsigned char)(shown[len ? len - 1 : 0]) != 0xc3;
		if (size >= 3) {
			len = name_quote(shown, size, name);
			ok = ok && len < size && len == strlen(shown) &&
			     shown[0] == '"' && shown[len - 1] == '"';
			len = name_quote_account(shown, size, name, "x");
			ok = ok && len < size && len == strlen(shown);
			len = name_quote_account(shown, size, "DOM", "user");
			ok = ok && len < size && len == strlen(shown);
		}
		free(shown);
	}
	tap_ok(ok, "a name that does not fit is cut");
}

static void test_quotes(void)
{
	static const struct {
		const char *domain, *user, *shown;
	} cases[] = {
		{ NULL, "alice", "alice" },
		{ "", "bob", "bob" },
		{ "LAB", "alice", "LAB\\alice" },
		{ "LAB", "", "LAB\\" },
		{ "LAB", "al ice", "\"LAB\\al ice\"" },
		{ "L=B", "alice", "\"L=B\\alice\"" },
		{ NULL, "x\" account=\"y", "\"x? account=?y\"" },
		{ "A\nB", "c\xe2\x80\xae", "A?B\\c?" },
	};
	char shown[64];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t len = name_quote_account(shown, sizeof(shown),
						cases[i].domain, cases[i].user);

		tap_ok(!strcmp(shown, cases[i].shown) && len == strlen(shown),
		       "in a line: %s", cases[i].shown);
	}
	name_quote(shown, sizeof(shown), "cifs/a b");
	tap_ok(!strcmp(shown, "\"cifs/a b\""), "a target in a line");
}

int main(void)
{
	test_characters();
	test_room();
	test_quotes();
	return tap_done();
}
