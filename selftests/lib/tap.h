/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tests that report in TAP.  Each test runs in a process of its own with a time
 * limit, so that nothing it leaves open survives it and a hang is a failure.
 */
#ifndef NTLM_SELFTESTS_TAP_H
#define NTLM_SELFTESTS_TAP_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct tap_test - one test
 * @name: lower-case-with-hyphens, listed in selftests/EXPECTED
 * @run: the test; returns if everything held
 * @seconds: time limit, 0 means 60
 */
struct tap_test {
	const char	*name;
	void		(*run)(void);
	unsigned int	seconds;
};

#define TAP_TEST(fn, seconds) { #fn, fn, seconds }

/**
 * tap_main - run tests
 * @argc, @argv: names of the tests to run; none means all
 * @prefix: put before each name, with a hyphen between
 * @tests, @n: the tests; an underscore in a name is shown as a hyphen
 * @before: called in the runner's process before each test, or NULL
 * @after: called after each test in the runner's process, or NULL; returns
 *	NULL or a text that says what the test left behind, which fails it
 *
 * Return: exit status of the program.
 */
int tap_main(int argc, char **argv, const char *prefix,
	     const struct tap_test *tests, size_t n, void (*before)(void),
	     const char *(*after)(void));

/* A line of diagnostics. */
void tap_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* End the test: failed, or not possible here. */
_Noreturn void tap_fail(const char *file, int line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
_Noreturn void tap_skip(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));

#define FAIL(...) tap_fail(__FILE__, __LINE__, __VA_ARGS__)

#define CHECK(cond) do {						\
	if (!(cond))							\
		FAIL("%s", #cond);					\
} while (0)

/* Both are evaluated once; shown as signed numbers. */
#define CHECK_EQ(a, b) do {						\
	long long a_ = (long long)(a), b_ = (long long)(b);		\
	if (a_ != b_)							\
		FAIL("%s is %lld, wanted %s = %lld", #a, a_, #b, b_);	\
} while (0)

/* A result 0 or -errno; @b is shown by name. */
#define CHECK_ERR(a, b) do {						\
	long long a_ = (long long)(a), b_ = (long long)(b);		\
	if (a_ != b_)							\
		FAIL("%s is %lld (%s), wanted %s", #a, a_,		\
		     tap_errno(a_), tap_errno(b_));			\
} while (0)

/* The name of -errno, "0" for 0. */
const char *tap_errno(long long err);

/* Milliseconds of CLOCK_MONOTONIC. */
long long tap_now_ms(void);
void tap_sleep_ms(unsigned int ms);

#endif /* NTLM_SELFTESTS_TAP_H */
