// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistr.h>

#include "tap.h"
#include "vectors.h"

static void *need(void *p)
{
	if (!p)
		err(EXIT_FAILURE, "memory");
	return p;
}

static int digit(int c)
{
	static const char digits[] = "0123456789abcdef";
	const char *p = c ? strchr(digits, c) : NULL;

	return p ? (int)(p - digits) : -1;
}

static void add(struct vector_file *file, const char *name, const char *hex,
		size_t digits)
{
	struct vector *v;

	if (digits % 2)
		errx(EXIT_FAILURE, "%s: odd number of digits", name);
	file->entry = need(realloc(file->entry,
				   (file->count + 1) * sizeof(*file->entry)));
	v = &file->entry[file->count++];
	v->name = need(strdup(name));
	v->len = digits / 2;
	v->data = need(malloc(v->len ? v->len : 1));
	v->used = false;
	for (size_t i = 0; i < v->len; i++) {
		int high = digit(hex[2 * i]), low = digit(hex[2 * i + 1]);

		if (high < 0 || low < 0)
			errx(EXIT_FAILURE, "%s: not hexadecimal", name);
		v->data[i] = (uint8_t)(high << 4 | low);
	}
}

void vectors_load(struct vector_file *file, const char *dir, const char *name)
{
	char *line = NULL, path[4096];
	size_t size = 0;
	ssize_t len;
	FILE *f;

	*file = (struct vector_file){ NULL, 0 };
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "r");
	if (!f)
		err(EXIT_FAILURE, "%s", path);
	while ((len = getline(&line, &size, f)) > 0) {
		char *hex;

		while (len && isspace((unsigned char)line[len - 1]))
			line[--len] = '\0';
		if (!len || line[0] == '#')
			continue;
		hex = strstr(line, " =");
		if (!hex)
			errx(EXIT_FAILURE, "%s: no value: %s", path, line);
		*hex = '\0';
		hex += 2;
		while (*hex == ' ')
			hex++;
		add(file, line, hex, strlen(hex));
	}
	free(line);
	fclose(f);
	if (!file->count)
		errx(EXIT_FAILURE, "%s: no vectors", path);
}

void vectors_free(struct vector_file *file)
{
	for (size_t i = 0; i < file->count; i++) {
		free(file->entry[i].name);
		free(file->entry[i].data);
	}
	free(file->entry);
}

struct ntlm_bytes vectors_get(struct vector_file *file, const char *name)
{
	for (size_t i = 0; i < file->count; i++) {
		struct vector *v = &file->entry[i];

		if (strcmp(v->name, name))
			continue;
		v->used = true;
		return (struct ntlm_bytes){ v->data, v->len };
	}
	errx(EXIT_FAILURE, "no vector %s", name);
}

void vectors_unread(const struct vector_file *file, const char *title,
		    const char *const *rest)
{
	size_t unlisted = 0, listed = 0, wanted = 0;

	for (size_t i = 0; i < file->count; i++) {
		size_t j = 0;

		if (file->entry[i].used)
			continue;
		while (rest[j] && strcmp(rest[j], file->entry[i].name))
			j++;
		if (rest[j]) {
			listed++;
			continue;
		}
		unlisted++;
		tap_note("unread: %s", file->entry[i].name);
	}
	while (rest[wanted])
		wanted++;
	tap_ok(!unlisted && listed == wanted,
	       "%s: all %zu values read, %zu of them left to session security or NTLMv1",
	       title, file->count, wanted);
}

char *vectors_utf8(struct ntlm_bytes text)
{
	uint16_t *units = need(calloc(text.len / 2 + 1, sizeof(*units)));
	size_t len = 0;
	uint8_t *utf8;
	char *s;

	for (size_t i = 0; i + 1 < text.len; i += 2)
		units[i / 2] = (uint16_t)(text.data[i] | text.data[i + 1] << 8);
	utf8 = need(u16_to_u8(units, text.len / 2 + 1, NULL, &len));
	s = need(strndup((char *)utf8, len));
	free(utf8);
	free(units);
	return s;
}
