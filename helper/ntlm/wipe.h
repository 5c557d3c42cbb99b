/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NTLM_WIPE_H
#define NTLM_WIPE_H

/**
 * wipe_stack() - overwrite the stack below the caller
 *
 * Called last by every public function that handles a secret: hash functions and
 * register spills leave copies of keys in frames that nobody owns any more.
 */
void wipe_stack(void);

#endif
