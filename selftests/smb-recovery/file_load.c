// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Load on a file, and what became of it.
 *
 *	file_load write [options] FILE	write records until SIGTERM or -n, then
 *					fsync and close
 *	file_load read [options] FILE	read -n records again and again until
 *					SIGTERM, opening the file each time
 *	file_load hold [options] FILE	the same through one descriptor
 *	file_load hog MIB		touch that much memory, print "ready", keep
 *					it until SIGTERM
 *
 *	-n RECORDS	how many
 *	-s BYTES	size of a record, 16384 unless given
 *	-d MS		pause after each record or round
 *	-f RECORDS	fsync after so many
 *	-k		go on after an error: what no fsync covered is written again
 *
 * The last line tells what happened:
 *
 *	records=N sha256=... errors=N first=ERRNO again=N longest=MS
 *
 * records: written, or rounds that read what had to be there; sha256: of a file
 * with the records that were written; again: calls that were made again, see
 * is_reconnect(); longest: the longest single call. The exit status is 0 if there
 * was no error. Contents depend on the number of the record only.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <nettle/sha2.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

struct options {
	unsigned long	records;
	size_t		size;
	unsigned int	delay;
	unsigned long	every;
	bool		keep_going;
};

struct outcome {
	unsigned long	records;
	unsigned long	errors;
	int		first;
	unsigned long	again;
	uint64_t	longest;
	uint64_t	began;
};

static volatile sig_atomic_t ended;

static void on_signal(int number)
{
	(void)number;
	ended = 1;
}

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void pause_ms(unsigned int ms)
{
	struct timespec t = { ms / 1000, (long)(ms % 1000) * 1000000 };

	if (ms)
		nanosleep(&t, NULL);
}

static void fill(uint8_t *record, size_t size, unsigned long number)
{
	uint64_t x = (number + 1) * 0x9e3779b97f4a7c15;

	for (size_t i = 0; i < size; i += sizeof(x)) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		memcpy(record + i, &x, size - i < sizeof(x) ? size - i : sizeof(x));
	}
}

/*
 * What the SMB client lets programs see of a reconnect, on hard mounts too: calls
 * that it did not make again by itself, and fsync() of a file that it did not
 * open again.
 */
static bool is_reconnect(const char *call, int error)
{
	return error == EAGAIN || error == ECONNABORTED ||
	       (error == EBADF && !strcmp(call, "fsync"));
}

static void begin(struct outcome *outcome)
{
	outcome->began = now_ms();
}

/*
 * Returns what a call returned that began at begin(). EINTR says that it has to be
 * made again.
 */
static long end(struct outcome *outcome, const char *what, long result)
{
	int error = errno;
	uint64_t took = now_ms() - outcome->began;

	if (took > outcome->longest)
		outcome->longest = took;
	if (result < 0 && is_reconnect(what, error)) {
		outcome->again++;
		error = EINTR;
		pause_ms(50);
	} else if (result < 0 && error != EINTR) {
		outcome->errors++;
		if (!outcome->first) {
			outcome->first = error;
			fprintf(stderr, "%s: %s\n", what, strerror(error));
		}
	}
	errno = error;
	return result;
}

static bool write_record(int fd, const uint8_t *record, size_t size,
			 unsigned long number, struct outcome *outcome)
{
	size_t done = 0;

	while (done < size) {
		begin(outcome);
		long n = end(outcome, "write",
			     pwrite(fd, record + done, size - done,
				    (off_t)(number * size + done)));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		done += (size_t)n;
	}
	return true;
}

static void print_digest(const struct options *options, unsigned long records)
{
	uint8_t digest[SHA256_DIGEST_SIZE];
	uint8_t *record = malloc(options->size);
	struct sha256_ctx sha;

	if (!record)
		exit(2);
	sha256_init(&sha);
	for (unsigned long i = 0; i < records; i++) {
		fill(record, options->size, i);
		sha256_update(&sha, options->size, record);
	}
	sha256_digest(&sha, sizeof(digest), digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		printf("%02x", digest[i]);
	free(record);
}

static void load_write(const struct options *options, const char *path,
		       struct outcome *outcome)
{
	uint8_t *record = malloc(options->size);
	unsigned long next = 0, synced = 0, most = 0;
	bool last = false;
	int fd;

	if (!record)
		exit(2);
	begin(outcome);
	fd = (int)end(outcome, "open", open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666));
	if (fd < 0)
		exit(2);
	while (!last) {
		last = next >= most && (ended || next == options->records);
		if (!last) {
			fill(record, options->size, next);
			if (write_record(fd, record, options->size, next, outcome))
				next++;
			else if (!options->keep_going)
				break;
			else
				pause_ms(100);
			if (next > most) {
				most = next;
				pause_ms(options->delay);
			}
		}
		if (!last && (!options->every || next < synced + options->every))
			continue;
		begin(outcome);
		if (!end(outcome, "fsync", fsync(fd))) {
			synced = next;
			continue;
		}
		if (errno == EINTR) {
			/*
			 * What the fsync before did not cover may be lost, and
			 * a write opens the file again.
			 */
			fprintf(stderr, "records %lu to %lu are written again\n",
				synced, next);
			next = synced - (synced == next && synced > 0);
			last = false;
			continue;
		}
		if (!options->keep_going)
			break;
		next = synced;
		last = false;
		pause_ms(100);
	}
	begin(outcome);
	end(outcome, "close", close(fd));
	outcome->records = synced;
	free(record);
}

static bool read_round(int fd, const struct options *options, uint8_t *want,
		       uint8_t *got, struct outcome *outcome)
{
	for (unsigned long i = 0; i < options->records; i++) {
		begin(outcome);
		long n = end(outcome, "read",
			     pread(fd, got, options->size, (off_t)(i * options->size)));
		if (n < 0 && errno == EINTR) {
			i--;
			continue;
		}
		if (n < 0)
			return false;
		fill(want, options->size, i);
		if ((size_t)n != options->size || memcmp(want, got, options->size)) {
			fprintf(stderr, "record %lu is wrong\n", i);
			outcome->errors++;
			return false;
		}
	}
	return true;
}

static void load_read(const struct options *options, const char *path,
		      struct outcome *outcome, bool hold)
{
	uint8_t *want = malloc(options->size), *got = malloc(options->size);
	int fd = -1;

	if (!want || !got)
		exit(2);
	while (!ended && (options->keep_going || !outcome->errors)) {
		if (fd < 0) {
			begin(outcome);
			fd = (int)end(outcome, "open", open(path, O_RDONLY));
		}
		if (fd >= 0 && read_round(fd, options, want, got, outcome))
			outcome->records++;
		if (fd >= 0) {
			posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
			if (!hold) {
				close(fd);
				fd = -1;
			}
		}
		pause_ms(options->delay);
	}
	if (fd >= 0)
		close(fd);
	free(want);
	free(got);
}

static int hog(unsigned long mib)
{
	const size_t size = mib << 20;
	uint8_t *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		return 2;
	for (size_t i = 0; i < size && !ended; i += 4096)
		memory[i] = 1;
	puts("ready");
	fflush(stdout);
	while (!ended)
		pause_ms(100);
	return 0;
}

static int usage(void)
{
	fputs("usage: file_load write|read|hold|hog [-n N] [-s N] [-d N] [-f N] [-k] FILE|MIB\n",
	      stderr);
	return 2;
}

int main(int argc, char **argv)
{
	struct options options = { .records = 1ul << 31, .size = 16384 };
	struct sigaction action = { .sa_handler = on_signal };
	struct outcome outcome = { 0 };
	const char *mode;
	int opt;

	if (argc < 3)
		return usage();
	mode = argv[1];
	argv++;
	argc--;
	while ((opt = getopt(argc, argv, "n:s:d:f:k")) != -1) {
		switch (opt) {
		case 'n':
			options.records = strtoul(optarg, NULL, 10);
			break;
		case 's':
			options.size = strtoul(optarg, NULL, 10);
			break;
		case 'd':
			options.delay = (unsigned int)strtoul(optarg, NULL, 10);
			break;
		case 'f':
			options.every = strtoul(optarg, NULL, 10);
			break;
		case 'k':
			options.keep_going = true;
			break;
		default:
			return usage();
		}
	}
	if (argc - optind != 1 || !options.size)
		return usage();
	sigaction(SIGTERM, &action, NULL);

	if (!strcmp(mode, "hog"))
		return hog(strtoul(argv[optind], NULL, 10));
	if (!strcmp(mode, "write"))
		load_write(&options, argv[optind], &outcome);
	else if (!strcmp(mode, "read") || !strcmp(mode, "hold"))
		load_read(&options, argv[optind], &outcome, !strcmp(mode, "hold"));
	else
		return usage();

	printf("records=%lu sha256=", outcome.records);
	print_digest(&options, outcome.records);
	printf(" errors=%lu first=%d again=%lu longest=%" PRIu64 "\n",
	       outcome.errors, outcome.first, outcome.again, outcome.longest);
	return outcome.errors ? 1 : 0;
}
