// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * memory_plant FILE DIR: leaves secrets where a careless program or kernel leaves
 * them, and waits. A search of the machine's memory that does not find each of
 * them proves nothing.
 *
 * FILE gets a line "NAME HEX" for each: slab (a key of the kernel's), cache (a
 * file below DIR, a memory file system), free (memory that was given back), other
 * (memory of this process).
 */
#include <err.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SIZE	32
#define FREED	(16 << 20)
#define PAGE	4096

static void draw(FILE *out, const char *name, uint8_t secret[SIZE])
{
	if (getrandom(secret, SIZE, 0) != SIZE)
		err(1, "getrandom");
	fprintf(out, "%s ", name);
	for (int i = 0; i < SIZE; i++)
		fprintf(out, "%02x", secret[i]);
	fputc('\n', out);
}

static void plant_slab(const uint8_t secret[SIZE])
{
	if (syscall(SYS_add_key, "user", "memory_plant", secret, SIZE,
		    KEY_SPEC_SESSION_KEYRING) < 0)
		err(1, "add_key");
}

static void plant_cache(const uint8_t secret[SIZE], const char *dir)
{
	char path[512];
	int fd;

	snprintf(path, sizeof(path), "%s/planted", dir);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 || write(fd, secret, SIZE) != SIZE)
		err(1, "%s", path);
	close(fd);
}

static void plant_free(const uint8_t secret[SIZE])
{
	uint8_t *p = mmap(NULL, FREED, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		err(1, "mmap");
	/* Away from the ends, where the kernel keeps track of free pages. */
	for (size_t i = 0; i < FREED; i += PAGE)
		memcpy(p + i + PAGE / 2, secret, SIZE);
	munmap(p, FREED);
}

int main(int argc, char **argv)
{
	static uint8_t mine[SIZE];
	uint8_t secret[SIZE];
	FILE *out;

	if (argc != 3)
		errx(2, "usage: memory_plant FILE DIR");
	out = fopen(argv[1], "w");
	if (!out)
		err(1, "%s", argv[1]);
	draw(out, "slab", secret);
	plant_slab(secret);
	draw(out, "cache", secret);
	plant_cache(secret, argv[2]);
	draw(out, "free", secret);
	plant_free(secret);
	draw(out, "other", mine);
	explicit_bzero(secret, sizeof(secret));
	if (fclose(out))
		err(1, "%s", argv[1]);
	pause();
	return 0;
}
