// SPDX-License-Identifier: GPL-2.0-or-later
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vectors.h"

static struct vector parse(const char *name, const char *hex)
{
	struct vector v = { 0 };
	size_t digits = strspn(hex, "0123456789abcdef");

	if (hex[digits] || digits % 2 || digits / 2 > VECTOR_MAX)
		errx(EXIT_FAILURE, "%s: bad value", name);
	for (v.len = 0; v.len < digits / 2; v.len++) {
		char pair[3] = { hex[2 * v.len], hex[2 * v.len + 1], '\0' };

		v.data[v.len] = (uint8_t)strtoul(pair, NULL, 16);
	}
	return v;
}

struct vector vector_get(const char *file, const char *name)
{
	const char *dir = getenv("VECTORS");
	size_t size = 0, len = strlen(name);
	char *line = NULL, path[4096];
	struct vector v;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir ? dir : "selftests/vectors",
		 file);
	f = fopen(path, "re");
	if (!f)
		err(EXIT_FAILURE, "%s", path);
	while (getline(&line, &size, f) > 0) {
		char *value = line + len;

		if (strncmp(line, name, len) || strncmp(value, " =", 2))
			continue;
		value += 2;
		value += strspn(value, " ");
		value[strcspn(value, " \t\r\n")] = '\0';
		v = parse(name, value);
		free(line);
		fclose(f);
		return v;
	}
	errx(EXIT_FAILURE, "%s: no %s", path, name);
}
