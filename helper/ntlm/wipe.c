// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdint.h>
#include <string.h>

#include "wipe.h"

/* several times what the deepest call chain of this library uses */
#define DEPTH 8192

__attribute__((noinline))
void wipe_stack(void)
{
	uint8_t frame[DEPTH];

	explicit_bzero(frame, sizeof(frame));
}
