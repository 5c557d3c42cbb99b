// SPDX-License-Identifier: GPL-2.0-or-later
#include "secret_text.h"

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

bool secret_name_valid(const char *name)
{
	size_t len = strlen(name);

	if (len >= NTLM_ACCOUNT_NAME_SIZE || u8_check((const uint8_t *)name, len))
		return false;
	for (; *name; name++)
		if ((unsigned char)*name < ' ' || *name == 0x7f)
			return false;
	return true;
}
