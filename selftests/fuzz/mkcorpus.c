// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Writes the values of a vector file whose name begins with one of the given
 * prefixes into a directory, one file each: mkcorpus -m MODES VECTORS FILE DIR
 * PREFIX... MODES are numbers: each value is written once for each of them, after
 * a byte that is the number; without any, as it is.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vectors.h"

static bool wanted(const char *name, char **prefixes)
{
	for (; *prefixes; prefixes++)
		if (!strncmp(name, *prefixes, strlen(*prefixes)))
			return true;
	return false;
}

static void write_seed(const char *dir, const char *file,
		       const struct vector *e, long mode)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s.%s.%ld", dir, file, e->name, mode);
	f = fopen(path, "w");
	if (!f)
		err(EXIT_FAILURE, "%s", path);
	if (mode >= 0)
		putc((int)mode, f);
	if (fwrite(e->data, 1, e->len, f) != e->len || fclose(f))
		err(EXIT_FAILURE, "%s", path);
}

int main(int argc, char **argv)
{
	const char *modes = argc > 2 ? argv[2] : NULL;
	struct vector_file v;
	size_t written = 0;

	if (argc < 7 || strcmp(argv[1], "-m"))
		errx(EXIT_FAILURE, "usage: %s -m MODES VECTORS FILE DIR PREFIX...",
		     argv[0]);
	vectors_load(&v, argv[3], argv[4]);
	for (size_t i = 0; i < v.count; i++) {
		char *next = NULL;

		if (!wanted(v.entry[i].name, argv + 6))
			continue;
		if (!*modes)
			write_seed(argv[5], argv[4], &v.entry[i], -1);
		for (const char *p = modes; *p; p = next) {
			write_seed(argv[5], argv[4], &v.entry[i],
				   strtol(p, &next, 10));
			if (next == p)
				errx(EXIT_FAILURE, "%s: no number", p);
		}
		written++;
	}
	vectors_free(&v);
	if (!written)
		errx(EXIT_FAILURE, "%s: nothing of the kind", argv[4]);
	return EXIT_SUCCESS;
}
