// SPDX-License-Identifier: GPL-2.0-or-later
#include "secret_text.h"

#include <stdio.h>
#include <string.h>
#include <unistr.h>

#include "ntlm/acceptor.h"

static void trim_end(char *s)
{
	size_t len = strlen(s);

	while (len && strchr(SECRET_BLANKS "\r", s[len - 1]))
		s[--len] = '\0';
}

void secret_lines(char *text, size_t len, const char *path, secret_line line,
		  void *arg, struct problems *problems)
{
	unsigned int number = 0;

	while (len) {
		char *end = memchr(text, '\n', len);
		size_t line_len = end ? (size_t)(end - text) : len;
		size_t taken = end ? line_len + 1 : line_len;
		char *begin;

		number++;
		if (memchr(text, '\0', line_len)) {
			problem(problems, path, number, "contains a NUL byte");
			return;
		}
		/* the caller's buffer has one byte more than the text */
		text[line_len] = '\0';
		begin = text + strspn(text, SECRET_BLANKS);
		trim_end(begin);
		if (*begin && *begin != '#' && *begin != ';')
			line(arg, number, begin);
		/* whatever the line was: a mistyped key has a password, too */
		explicit_bzero(text, line_len);
		text += taken;
		len -= taken;
	}
}

char *secret_split(char *line)
{
	char *value = strchr(line, '=');

	if (!value)
		return NULL;
	*value++ = '\0';
	trim_end(line);
	return value + strspn(value, SECRET_BLANKS);
}

void secret_require(const struct secret_place *place, bool there,
		    const char *what)
{
	if (!there)
		problem(place->problems, place->path, place->section,
			"the section has no %s", what);
}

struct sections {
	const struct secret_format *format;
	struct secret_place *place;
	void *arg;
};

static void end_section(const struct sections *s)
{
	if (s->place->section)
		s->format->end(s->arg);
}

static void begin_section(const struct sections *s, const char *line)
{
	struct secret_place *place = s->place;
	size_t len = strlen(line);
	char *origin = NULL;

	end_section(s);
	place->section = place->line;
	if (len < 3 || line[len - 1] != ']') {
		secret_problem(place, "a section begins with \"[name]\"");
	} else if (asprintf(&origin, "%s %s", place->path, line) < 0) {
		origin = NULL;
		secret_problem(place, "out of memory");
	}
	s->format->begin(s->arg, origin);
}

static void parse_line(void *arg, unsigned int number, char *line)
{
	const struct sections *s = arg;
	const struct secret_format *format = s->format;
	char *value;

	s->place->line = number;
	if (*line == '[') {
		begin_section(s, line);
		return;
	}
	value = secret_split(line);
	/* the text itself is not shown: it may be half of a password */
	if (!value) {
		secret_problem(s->place, "neither \"[name]\" nor \"key = value\"");
		return;
	}
	for (size_t i = 0; i < format->key_count; i++) {
		if (strcmp(format->key[i].name, line))
			continue;
		if (!s->place->section)
			secret_problem(s->place, "before the first \"[name]\"");
		else
			format->key[i].set(s->arg, value);
		return;
	}
	secret_problem(s->place, "unknown key; known are %s", format->known);
}

void secret_sections(char *text, size_t len, const struct secret_format *format,
		     struct secret_place *place, void *arg)
{
	struct sections s = { .format = format, .place = place, .arg = arg };

	secret_lines(text, len, place->path, parse_line, &s, place->problems);
	end_section(&s);
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool secret_hash(const char *hex, uint8_t hash[NTLM_HASH_SIZE])
{
	if (strlen(hex) != 2 * NTLM_HASH_SIZE)
		return false;
	for (size_t i = 0; i < NTLM_HASH_SIZE; i++) {
		int high = hex_digit(hex[2 * i]);
		int low = hex_digit(hex[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		hash[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

bool secret_text_valid(const char *text)
{
	const uint8_t *s = (const uint8_t *)text;
	ucs4_t c;

	if (u8_check(s, strlen(text)))
		return false;
	while ((s = u8_next(&c, s)))
		if (c < ' ' || (c >= 0x7f && c <= 0x9f))
			return false;
	return true;
}

bool secret_name_valid(const char *name)
{
	return strlen(name) < NTLM_ACCOUNT_NAME_SIZE && secret_text_valid(name);
}
