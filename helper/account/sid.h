/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NTLMD_SID_H
#define NTLMD_SID_H

#include <stdbool.h>

/**
 * sid_valid() - is this the text of a SID, [MS-DTYP] 2.4.2.1?
 * @text: such as "S-1-5-21-1-2-3-1000"
 *
 * Only what every reader understands the same way: numbers are decimal, without
 * leading zeros, the authority fits in 32 bits, and there are 1 to 15
 * subauthorities.
 */
bool sid_valid(const char *text);

#endif
