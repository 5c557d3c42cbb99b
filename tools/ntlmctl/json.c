// SPDX-License-Identifier: GPL-2.0-or-later
#include "json.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistr.h>

/* U+FFFD, for bytes that are no UTF-8 */
#define REPLACEMENT "\xef\xbf\xbd"

static int print_one(const uint8_t *s, size_t len)
{
	int n;

	if (*s == '"' || *s == '\\') {
		printf("\\%c", *s);
		return 1;
	}
	if (*s < ' ' || *s == 0x7f) {
		printf("\\u%04x", *s);
		return 1;
	}
	n = u8_mblen(s, len);
	if (n < 1) {
		fputs(REPLACEMENT, stdout);
		return 1;
	}
	fwrite(s, 1, (size_t)n, stdout);
	return n;
}

void json_bytes(const void *text, size_t len)
{
	const uint8_t *s = text;

	putchar('"');
	while (len) {
		int n = print_one(s, len);

		s += n;
		len -= (size_t)n;
	}
	putchar('"');
}

void json_string(const char *text)
{
	if (text)
		json_bytes(text, strlen(text));
	else
		fputs("null", stdout);
}

void json_text(const char *key, const char *text)
{
	printf("\"%s\": ", key);
	json_string(text);
}

void json_names(uint32_t bits, const char *const *names, size_t count)
{
	bool first = true;

	putchar('[');
	for (size_t i = 0; i < 32; i++) {
		if (!(bits & UINT32_C(1) << i))
			continue;
		if (!first)
			fputs(", ", stdout);
		first = false;
		if (i < count)
			json_string(names[i]);
		else
			printf("\"bit-%zu\"", i);
	}
	putchar(']');
}
