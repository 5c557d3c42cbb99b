/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files of test vectors: lines "name = hex", comments begin with '#'.
 */
#ifndef SELFTESTS_SESSION_VECTORS_H
#define SELFTESTS_SESSION_VECTORS_H

#include <stddef.h>
#include <stdint.h>

#define VECTOR_MAX 64

struct vector {
	size_t len;
	uint8_t data[VECTOR_MAX];
};

/**
 * vector_get() - read a value of at most VECTOR_MAX bytes
 * @file: below the folder that environment variable VECTORS names
 * @name: its name; "" after the equals sign is a value of no bytes
 *
 * Ends the program if there is no such value: a test without its vector
 * proves nothing.
 */
struct vector vector_get(const char *file, const char *name);

#endif
