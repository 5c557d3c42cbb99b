// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * memory_search IMAGE: finds byte strings in an image of a machine's memory, or
 * in any file.
 *
 * Standard input has a line "NAME HEX" for each string. A line "NAME ADDRESS" is
 * printed for each place where one begins, in hexadecimal digits.
 */
#include <ctype.h>
#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define STRINGS_MAX	4096
#define LENGTH_MIN	4
#define LENGTH_MAX	256

struct string {
	char name[64];
	size_t len;
	uint8_t bytes[LENGTH_MAX];
	struct string *next;	/* that begins with the same two bytes */
};

static struct string strings[STRINGS_MAX];
static struct string *heads[1 << 16];

static unsigned int head(const uint8_t *bytes)
{
	return (unsigned int)bytes[0] << 8 | bytes[1];
}

static void read_strings(void)
{
	char name[64], hex[2 * LENGTH_MAX + 1];
	size_t count = 0;
	unsigned int byte;

	while (scanf("%63s %512s", name, hex) == 2) {
		struct string *s = &strings[count];

		if (++count == STRINGS_MAX)
			errx(2, "more than %d strings", STRINGS_MAX);
		strcpy(s->name, name);
		for (const char *h = hex; *h; h += 2) {
			if (!isxdigit(h[0]) || !isxdigit(h[1]) ||
			    sscanf(h, "%2x", &byte) != 1)
				errx(2, "%s: not hexadecimal", name);
			s->bytes[s->len++] = (uint8_t)byte;
		}
		if (s->len < LENGTH_MIN)
			errx(2, "%s: too short to mean anything", name);
		s->next = heads[head(s->bytes)];
		heads[head(s->bytes)] = s;
	}
	if (!count)
		errx(2, "nothing to search for");
}

static void search(const uint8_t *image, size_t size)
{
	for (size_t at = 0; at < size - 1; at++) {
		for (const struct string *s = heads[head(image + at)]; s; s = s->next)
			if (s->len <= size - at &&
			    !memcmp(image + at, s->bytes, s->len))
				printf("%s %zx\n", s->name, at);
	}
}

int main(int argc, char **argv)
{
	struct stat st;
	void *image;
	int fd;

	if (argc != 2)
		errx(2, "usage: memory_search IMAGE <STRINGS");
	read_strings();
	fd = open(argv[1], O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		err(2, "%s", argv[1]);
	if (st.st_size < 2)
		errx(2, "%s: empty", argv[1]);
	image = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (image == MAP_FAILED)
		err(2, "%s", argv[1]);
	search(image, (size_t)st.st_size);
	return fflush(stdout) ? 2 : 0;
}
