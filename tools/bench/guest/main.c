// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The benchmark, inside of the guest:
 *
 *	ntlm_bench [messages] [population] [exchanges]
 *
 * does these parts, or all. Prints one line per value:
 * part, subject, operation, shape, size, round, unit, value, with tabs between.
 * Needs ntlm_bench.ko and ntlm_test.ko, and in NTLM_BIN the programs that answer
 * exchanges. ROUNDS is how many times each is measured.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"

static const struct {
	const char *name;
	void (*run)(struct bench *b);
} parts[] = {
	{ "messages", bench_messages },
	{ "population", bench_population },
	{ "exchanges", bench_exchanges },
};

#define PARTS (sizeof(parts) / sizeof(parts[0]))

noreturn void bench_die(const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	fputs("ntlm_bench: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	/* not exit(): a thread may be in the middle of something */
	_exit(1);
}

void bench_progress(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

uint64_t bench_wall(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

uint64_t bench_guest(const struct bench *b)
{
	__u64 ns;

	if (!ioctl(b->fd, NTLM_BENCH_GUEST, &ns))
		return ns;
	if (errno != EOPNOTSUPP)
		bench_die("the clock of the guest: %s", strerror(errno));
	return bench_wall();
}

uint64_t bench_now(const struct bench *b)
{
	struct timespec ts;
	__u64 ns;

	if (!ioctl(b->fd, NTLM_BENCH_CLOCK, &ns))
		return ns;
	if (errno != EOPNOTSUPP)
		bench_die("the clock of user space: %s", strerror(errno));
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

void bench_value(const struct bench *b, const char *part, const char *subject,
		 const char *op, const char *shape, uint64_t size,
		 const char *unit, double value)
{
	printf("%s\t%s\t%s\t%s\t%" PRIu64 "\t%u\t%s\t%.6g\n", part, subject, op,
	       shape, size, b->round, unit, value);
}

static bool wanted(int argc, char **argv, const char *name)
{
	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], name))
			return true;
	return argc == 1;
}

int main(int argc, char **argv)
{
	const char *rounds = getenv("ROUNDS");
	struct bench b = { .rounds = BENCH_ROUNDS };

	if (rounds)
		b.rounds = (unsigned int)strtoul(rounds, NULL, 10);
	b.fd = open(NTLM_BENCH_DEVICE, O_RDWR | O_CLOEXEC);
	if (b.fd < 0)
		bench_die(NTLM_BENCH_DEVICE ": %s", strerror(errno));
	for (size_t i = 0; i < PARTS; i++)
		if (wanted(argc, argv, parts[i].name))
			parts[i].run(&b);
	return fflush(stdout) ? 1 : 0;
}
