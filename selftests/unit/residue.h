/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A call on a stack of its own, and the search for secrets that it left there.
 */
#ifndef SELFTESTS_RESIDUE_H
#define SELFTESTS_RESIDUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** residue_run() - call @function on a new stack, which residue_free() frees */
uint8_t *residue_run(void (*function)(void));
void residue_free(uint8_t *stack);

/** residue_found() - is a part of @secret on @stack, as it is or as HMAC pads it? */
bool residue_found(const uint8_t *stack, const uint8_t *secret, size_t len);

#endif
