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

/**
 * wipe_registers() - overwrite the vector registers
 *
 * Whatever copied or hashed a secret leaves it there, and when this process
 * waits the kernel keeps the registers in its own memory. To be called before
 * that. wipe_stack() does it, too.
 */
void wipe_registers(void);

#endif
