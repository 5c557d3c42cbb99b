/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Test Anything Protocol, as much of it as unit tests need.
 */
#ifndef SELFTESTS_TAP_H
#define SELFTESTS_TAP_H

#include <stdbool.h>
#include <stddef.h>

/** tap_ok() - report one test point; the rest formats its name */
__attribute__((format(printf, 2, 3)))
void tap_ok(bool ok, const char *fmt, ...);

/** tap_bytes() - is @got equal to @want? Prints both if not */
__attribute__((format(printf, 5, 6)))
void tap_bytes(const void *got, size_t got_len, const void *want,
	       size_t want_len, const char *fmt, ...);

/** tap_number() - is @got equal to @want? Prints both in hexadecimal if not */
__attribute__((format(printf, 3, 4)))
void tap_number(unsigned long long got, unsigned long long want,
		const char *fmt, ...);

/** tap_note() - print a diagnostic line */
__attribute__((format(printf, 1, 2)))
void tap_note(const char *fmt, ...);

/** tap_done() - print the plan; returns the exit status of the program */
int tap_done(void);

#endif
