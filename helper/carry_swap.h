/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Can memory that is not locked reach a disk in the clear?
 */
#ifndef NTLMD_CARRY_SWAP_H
#define NTLMD_CARRY_SWAP_H

#include <stdbool.h>
#include <stddef.h>

/**
 * swap_is_safe() - is everything that is swapped out encrypted, or in RAM?
 * @root: prefix of /proc, /sys and devices; "" outside of tests
 * @why: receives the swap device or file that is not, or what could not be
 *	read
 * @size: of @why in bytes
 *
 * Safe are: no swap at all; zram without a backing device; dm-crypt; what
 * consists of such devices; and files on them. What cannot be examined is not
 * safe.
 */
bool swap_is_safe(const char *root, char *why, size_t size);

#endif
