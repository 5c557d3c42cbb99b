/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory that has a descriptor: memfd_secret(2) where the kernel has it, else
 * memfd_create(2). Its size never changes, so reading it cannot fault.
 */
#ifndef NTLMD_MEMORY_H
#define NTLMD_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/**
 * enum memory_kind - what a descriptor is
 * @MEMORY_OTHER: none of the others, or memory that can be made smaller
 * @MEMORY_PLAIN: of memfd_create(2)
 * @MEMORY_SECRET: of memfd_secret(2)
 */
enum memory_kind {
	MEMORY_OTHER,
	MEMORY_PLAIN,
	MEMORY_SECRET,
};

/**
 * memory_create() - make memory full of zeros
 * @name: for /proc/PID/maps
 * @size: in bytes
 * @secret: receives whether it is of memfd_secret(2)
 *
 * Return: a descriptor, close-on-exec, or -1 and errno.
 */
int memory_create(const char *name, size_t size, bool *secret);

/** memory_kind() - what is @fd? Only for descriptors from those we trust */
enum memory_kind memory_kind(int fd);

#endif
