// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "tap.h"

enum { TAP_OK, TAP_FAILED, TAP_SKIPPED = 4 };

/* Shared with the processes of the tests. */
static char (*reason)[256];

long long tap_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

void tap_sleep_ms(unsigned int ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000L };

	while (nanosleep(&ts, &ts) < 0 && errno == EINTR)
		;
}

const char *tap_errno(long long err)
{
	const char *name;

	if (!err)
		return "0";
	name = strerrorname_np(err < 0 ? (int)-err : (int)err);
	return name ? name : "?";
}

static void print_line(const char *fmt, va_list ap)
{
	char line[1024];

	vsnprintf(line, sizeof(line), fmt, ap);
	printf("# %s\n", line);
	fflush(stdout);
}

void tap_note(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print_line(fmt, ap);
	va_end(ap);
}

_Noreturn void tap_fail(const char *file, int line, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	tap_note("%s:%d: %s", file, line, text);
	_exit(TAP_FAILED);
}

_Noreturn void tap_skip(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(*reason, sizeof(*reason), fmt, ap);
	va_end(ap);
	_exit(TAP_SKIPPED);
}

static int run_child(const struct tap_test *test)
{
	unsigned int limit = test->seconds ? test->seconds : 60;
	const struct timespec poll = { 0, 2000000 };
	long long end = tap_now_ms() + limit * 1000LL;
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid < 0) {
		tap_note("fork: %m");
		return TAP_FAILED;
	}
	if (!pid) {
		setpgid(0, 0);
		test->run();
		fflush(NULL);
		_exit(TAP_OK);
	}
	setpgid(pid, pid);
	while (!waitpid(pid, &status, WNOHANG)) {
		if (tap_now_ms() > end) {
			tap_note("not done after %u s", limit);
			kill(-pid, SIGKILL);
			waitpid(pid, &status, 0);
			return TAP_FAILED;
		}
		nanosleep(&poll, NULL);
	}
	/* Processes that the test started and left. */
	kill(-pid, SIGKILL);
	if (WIFSIGNALED(status)) {
		tap_note("killed by signal %d", WTERMSIG(status));
		return TAP_FAILED;
	}
	return WEXITSTATUS(status);
}

static bool is_wanted(int argc, char **argv, const char *name)
{
	int i;

	for (i = 1; i < argc; i++)
		if (!strcmp(argv[i], name))
			return true;
	return argc < 2;
}

int tap_main(int argc, char **argv, const char *prefix,
	     const struct tap_test *tests, size_t n, void (*before)(void),
	     const char *(*after)(void))
{
	unsigned int number = 0, failed = 0;
	char name[128], *p;
	const char *left;
	long long start;
	int result;
	size_t i;

	setvbuf(stdout, NULL, _IOLBF, 0);
	reason = mmap(NULL, sizeof(*reason), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (reason == MAP_FAILED) {
		perror("mmap");
		return 1;
	}
	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "%s-%s", prefix, tests[i].name);
		for (p = name; *p; p++)
			if (*p == '_')
				*p = '-';
		if (!is_wanted(argc, argv, name))
			continue;
		number++;
		start = tap_now_ms();
		if (before)
			before();
		result = run_child(&tests[i]);
		left = after ? after() : NULL;
		if (left) {
			tap_note("left behind: %s", left);
			result = TAP_FAILED;
		}
		tap_note("%s: %lld ms", name, tap_now_ms() - start);
		if (result == TAP_OK) {
			printf("ok %u - %s\n", number, name);
		} else if (result == TAP_SKIPPED) {
			printf("ok %u - %s # SKIP %s\n", number, name, *reason);
		} else {
			printf("not ok %u - %s\n", number, name);
			failed++;
		}
	}
	printf("1..%u\n", number);
	fflush(stdout);
	return failed || !number;
}
