// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * memory_pages FILE: writes down who maps which page of this machine's memory.
 *
 * FILE gets a line "process PID NAME" for each process, then "area NAME" for each
 * of its mappings and one line for each present page of it: its frame number in
 * hexadecimal digits, and "shared" if it is a file's or shared memory. FILE.flags
 * is a copy of /proc/kpageflags.
 */
#include <ctype.h>
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAGE_PRESENT	((uint64_t)1 << 63)
#define PAGE_SHARED	((uint64_t)1 << 61)
#define PAGE_FRAME	(((uint64_t)1 << 55) - 1)

static void copy(const char *from, const char *base, const char *suffix)
{
	static char buf[1 << 18];
	char to[512];
	int in, out;
	ssize_t n;

	snprintf(to, sizeof(to), "%s%s", base, suffix);
	in = open(from, O_RDONLY);
	out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (in < 0 || out < 0)
		err(1, "%s to %s", from, to);
	while ((n = read(in, buf, sizeof(buf))) > 0)
		if (write(out, buf, (size_t)n) != n)
			err(1, "%s", to);
	if (n < 0)
		err(1, "%s", from);
	close(in);
	close(out);
}

static void pages(FILE *out, int pagemap, uint64_t start, uint64_t end,
		  uint64_t page_size)
{
	uint64_t entry[512];

	for (uint64_t page = start / page_size; page < end / page_size;) {
		uint64_t left = end / page_size - page;
		size_t want = (left < 512 ? left : 512) * sizeof(entry[0]);
		ssize_t n = pread(pagemap, entry, want,
				  (off_t)(page * sizeof(entry[0])));

		if (n <= 0)
			return;
		for (size_t i = 0; i < (size_t)n / sizeof(entry[0]); i++) {
			if (!(entry[i] & PAGE_PRESENT))
				continue;
			if (!(entry[i] & PAGE_FRAME))
				errx(1, "pagemap shows no frame numbers: not privileged");
			fprintf(out, "%" PRIx64 "%s\n", entry[i] & PAGE_FRAME,
				entry[i] & PAGE_SHARED ? " shared" : "");
		}
		page += (size_t)n / sizeof(entry[0]);
	}
}

static void process(FILE *out, int pid, uint64_t page_size)
{
	char path[64], line[4352], name[64] = "?";
	FILE *maps, *comm;
	int pagemap;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	comm = fopen(path, "r");
	if (comm) {
		if (fgets(name, sizeof(name), comm))
			name[strcspn(name, "\n")] = '\0';
		fclose(comm);
	}
	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	maps = fopen(path, "r");
	snprintf(path, sizeof(path), "/proc/%d/pagemap", pid);
	pagemap = open(path, O_RDONLY);
	if (!maps || pagemap < 0) {
		/* It has ended. */
		if (errno != ENOENT && errno != ESRCH)
			err(1, "%s", path);
		return;
	}
	fprintf(out, "process %d %s\n", pid, name);
	while (fgets(line, sizeof(line), maps)) {
		uint64_t start, end;
		int at = 0;

		if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %*s %*s %*s %*s %n",
			   &start, &end, &at) < 2)
			errx(1, "cannot read '%s'", line);
		line[strcspn(line, "\n")] = '\0';
		fprintf(out, "area %s\n", at ? line + at : "");
		pages(out, pagemap, start, end, page_size);
	}
	fclose(maps);
	close(pagemap);
}

int main(int argc, char **argv)
{
	uint64_t page_size = (uint64_t)sysconf(_SC_PAGESIZE);
	struct dirent *d;
	FILE *out;
	DIR *proc;

	if (argc != 2)
		errx(2, "usage: memory_pages FILE");
	out = fopen(argv[1], "w");
	proc = opendir("/proc");
	if (!out || !proc)
		err(1, "%s", argv[1]);
	setvbuf(out, NULL, _IOFBF, 1 << 16);
	while ((d = readdir(proc)))
		if (isdigit((unsigned char)d->d_name[0]))
			process(out, atoi(d->d_name), page_size);
	if (fclose(out))
		err(1, "%s", argv[1]);
	copy("/proc/kpageflags", argv[1], ".flags");
	return 0;
}
