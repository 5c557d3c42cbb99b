// SPDX-License-Identifier: GPL-2.0-or-later
#include "memory.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#ifndef SYS_memfd_secret
#define SYS_memfd_secret 447
#endif
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 8U
#endif
#ifndef SECRETMEM_MAGIC
#define SECRETMEM_MAGIC 0x5345434d
#endif

#define SEALS (F_SEAL_SHRINK | F_SEAL_GROW)

static int plain(const char *name, size_t size)
{
	int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING |
				    MFD_NOEXEC_SEAL);

	/* kernels before 6.3 do not know the last one */
	if (fd < 0 && errno == EINVAL)
		fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0)
		return -1;
	if (ftruncate(fd, (off_t)size) < 0 ||
	    fcntl(fd, F_ADD_SEALS, SEALS | F_SEAL_SEAL) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Its size can be set once, so it needs no seals. */
static int secret_memory(size_t size)
{
	int fd = (int)syscall(SYS_memfd_secret, O_CLOEXEC);
	void *map;

	if (fd < 0)
		return -1;
	if (ftruncate(fd, (off_t)size) < 0)
		goto fail;
	/* it counts against RLIMIT_MEMLOCK when it is mapped, not before */
	map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		goto fail;
	munmap(map, size);
	return fd;
fail:
	close(fd);
	return -1;
}

int memory_create(const char *name, size_t size, bool *secret)
{
	int fd = secret_memory(size);

	*secret = fd >= 0;
	return fd >= 0 ? fd : plain(name, size);
}

enum memory_kind memory_kind(int fd)
{
	int seals = fcntl(fd, F_GET_SEALS);
	struct statfs fs;

	if (seals >= 0)
		return (seals & SEALS) == SEALS ? MEMORY_PLAIN : MEMORY_OTHER;
	if (fstatfs(fd, &fs) < 0 || fs.f_type != SECRETMEM_MAGIC)
		return MEMORY_OTHER;
	return MEMORY_SECRET;
}
