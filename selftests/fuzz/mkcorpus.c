// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Writes the values of a vector file whose name begins with one of the given
 * prefixes into a directory, one file each: mkcorpus VECTORS FILE DIR PREFIX...
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

int main(int argc, char **argv)
{
	struct vector_file v;
	size_t written = 0;

	if (argc < 5)
		errx(EXIT_FAILURE, "usage: %s VECTORS FILE DIR PREFIX...", argv[0]);
	vectors_load(&v, argv[1], argv[2]);
	for (size_t i = 0; i < v.count; i++) {
		char path[4096];
		FILE *f;

		if (!wanted(v.entry[i].name, argv + 4))
			continue;
		snprintf(path, sizeof(path), "%s/%s.%s", argv[3], argv[2],
			 v.entry[i].name);
		f = fopen(path, "w");
		if (!f || fwrite(v.entry[i].data, 1, v.entry[i].len, f) !=
		    v.entry[i].len || fclose(f))
			err(EXIT_FAILURE, "%s", path);
		written++;
	}
	vectors_free(&v);
	if (!written)
		errx(EXIT_FAILURE, "%s: nothing of the kind", argv[2]);
	return EXIT_SUCCESS;
}
