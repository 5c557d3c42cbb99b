// SPDX-License-Identifier: GPL-2.0-or-later
/*
 *	login_probe find PID PASSWORD	how often the NT hash of PASSWORD, and the
 *					password itself in UTF-8 and UTF-16, is in
 *					the memory of a process: "hash=N utf8=N
 *					utf16=N unread=KIB", where unread counts
 *					memory that even root cannot read
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ntlm/ntlm.h"

#define CHUNK	(1 << 20)
#define OVERLAP	512

struct needle {
	uint8_t bytes[OVERLAP];
	size_t len;
	unsigned int found;
};

struct search {
	int mem;
	struct needle needle[3];
	uint64_t unread;
	uint8_t buf[CHUNK + OVERLAP];
};

static unsigned int count(const uint8_t *buf, size_t len, size_t from,
			  const struct needle *n)
{
	unsigned int found = 0;

	for (size_t i = from; i + n->len <= len; i++)
		found += buf[i] == n->bytes[0] &&
			 !memcmp(buf + i, n->bytes, n->len);
	return found;
}

/* Each hit is counted once: those that end in the part that was seen are not. */
static void search_range(struct search *s, uint64_t start, uint64_t end)
{
	size_t kept = 0;

	while (start < end) {
		size_t want = end - start < CHUNK ? end - start : CHUNK;
		ssize_t n = pread(s->mem, s->buf + kept, want, (off_t)start);

		if (n <= 0) {
			/* one page that cannot be read must not hide the rest */
			s->unread += 4;
			start += 4096;
			kept = 0;
			continue;
		}
		for (int i = 0; i < 3; i++) {
			struct needle *needle = &s->needle[i];
			size_t from = kept >= needle->len ?
				      kept - needle->len + 1 : 0;

			needle->found += count(s->buf, kept + (size_t)n, from,
					       needle);
		}
		start += (uint64_t)n;
		kept += (size_t)n;
		if (kept > OVERLAP) {
			memmove(s->buf, s->buf + kept - OVERLAP, OVERLAP);
			kept = OVERLAP;
		}
	}
}

static int search(struct search *s, const char *pid)
{
	char path[64], line[4096], rights[8];
	uint64_t start, end;
	FILE *maps;

	snprintf(path, sizeof(path), "/proc/%s/mem", pid);
	s->mem = open(path, O_RDONLY | O_CLOEXEC);
	snprintf(path, sizeof(path), "/proc/%s/maps", pid);
	maps = fopen(path, "re");
	if (s->mem < 0 || !maps) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return 2;
	}
	while (fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %7s", &start, &end,
			   rights) != 3 || rights[0] != 'r' ||
		    strstr(line, "[vvar") || strstr(line, "[vsyscall"))
			continue;
		search_range(s, start, end);
	}
	fclose(maps);
	printf("hash=%u utf8=%u utf16=%u unread=%" PRIu64 "\n",
	       s->needle[0].found, s->needle[1].found, s->needle[2].found,
	       s->unread);
	return 0;
}

int main(int argc, char **argv)
{
	static struct search s;
	size_t len;

	if (argc != 4 || strcmp(argv[1], "find"))
		return 2;
	len = strlen(argv[3]);
	if (len > OVERLAP / 2 ||
	    ntlm_nt_hash(argv[3], len, s.needle[0].bytes))
		return 2;
	s.needle[0].len = NTLM_HASH_SIZE;
	memcpy(s.needle[1].bytes, argv[3], len);
	s.needle[1].len = len;
	for (size_t i = 0; i < len; i++)
		s.needle[2].bytes[2 * i] = (uint8_t)argv[3][i];
	s.needle[2].len = 2 * len;
	return search(&s, argv[2]);
}
