// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"

static unsigned int points;
static unsigned int failures;

static void report(bool ok, const char *fmt, va_list args)
{
	points++;
	if (!ok)
		failures++;
	printf("%sok %u - ", ok ? "" : "not ", points);
	vprintf(fmt, args);
	putchar('\n');
	fflush(stdout);
}

static void print_bytes(const char *what, const unsigned char *p, size_t len)
{
	printf("# %s (%zu bytes) ", what, len);
	for (size_t i = 0; i < len; i++)
		printf("%02x", p[i]);
	putchar('\n');
}

void tap_ok(bool ok, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	report(ok, fmt, args);
	va_end(args);
}

void tap_bytes(const void *got, size_t got_len, const void *want,
	       size_t want_len, const char *fmt, ...)
{
	bool ok = got_len == want_len && (!got_len || !memcmp(got, want, got_len));
	va_list args;

	va_start(args, fmt);
	report(ok, fmt, args);
	va_end(args);
	if (ok)
		return;
	print_bytes("got ", got, got_len);
	print_bytes("want", want, want_len);
}

void tap_number(unsigned long long got, unsigned long long want,
		const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	report(got == want, fmt, args);
	va_end(args);
	if (got != want)
		printf("# got 0x%llx, want 0x%llx\n", got, want);
}

void tap_note(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	printf("# ");
	vprintf(fmt, args);
	putchar('\n');
	va_end(args);
}

int tap_done(void)
{
	printf("1..%u\n", points);
	return failures || !points ? EXIT_FAILURE : EXIT_SUCCESS;
}
