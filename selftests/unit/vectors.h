/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files of test vectors: lines "name = hex", comments begin with '#'.
 */
#ifndef SELFTESTS_VECTORS_H
#define SELFTESTS_VECTORS_H

#include "ntlm.h"

/* one value; each has a heap block of its own, so that sanitizers see its end */
struct vector {
	char *name;
	uint8_t *data;
	size_t len;
	bool used;
};

struct vector_file {
	struct vector *entry;
	size_t count;
};

/** vectors_load() - read @name in directory @dir; ends the program on error */
void vectors_load(struct vector_file *file, const char *dir, const char *name);
void vectors_free(struct vector_file *file);

/** vectors_get() - value by name; ends the program if there is none */
struct ntlm_bytes vectors_get(struct vector_file *file, const char *name);

/**
 * vectors_unread() - report a test point: every value was read, except @rest
 * @file: the file
 * @title: its name
 * @rest: names that are left to others, ended by NULL. One that is not in the
 *	file, or was read after all, fails as well.
 */
void vectors_unread(const struct vector_file *file, const char *title,
		    const char *const *rest);

/** vectors_utf8() - UTF-16LE value as a string; the caller frees it */
char *vectors_utf8(struct ntlm_bytes text);

#endif
