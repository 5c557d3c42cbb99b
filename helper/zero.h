/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory that holds nothing.
 */
#ifndef NTLMD_ZERO_H
#define NTLMD_ZERO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** is_zero() - are all @len bytes zero? It takes the same time for any contents */
static inline bool is_zero(const void *data, size_t len)
{
	const uint8_t *bytes = data;
	uint8_t any = 0;

	while (len--)
		any |= bytes[len];
	return !any;
}

#endif
