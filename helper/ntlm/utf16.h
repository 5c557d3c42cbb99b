/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names and passwords: strict UTF-8 in, UTF-16LE out.
 */
#ifndef NTLM_UTF16_H
#define NTLM_UTF16_H

#include "ntlm.h"
#include "wire.h"

/**
 * utf8_next() - take one character off a UTF-8 string
 * @s: what is left; advanced by one character
 * @unit: receives one or two UTF-16 units
 *
 * Return: number of units; 0 at the end; -1 if the next bytes are no valid
 * UTF-8 (overlong form, surrogate, beyond U+10FFFF, cut short) or are U+0000,
 * which a peer might take for the end of the string.
 */
int utf8_next(struct ntlm_bytes *s, uint16_t unit[2]);

/**
 * utf16_put() - append a UTF-8 string as UTF-16LE
 * @w: receives the string, without terminator; see wire_writer.overflow
 * @s: terminated UTF-8 string; NULL appends nothing
 * @max: most bytes to be appended
 *
 * Return: NTLM_OK, NTLM_ERR_UTF8 or, if @max is exceeded, NTLM_ERR_TOO_LARGE.
 */
enum ntlm_error utf16_put(struct wire_writer *w, const char *s, size_t max);

/**
 * utf16_get() - UTF-16LE text as UTF-8, strictly
 * @text: any bytes
 * @buf: receives the text with NUL; undefined on failure
 * @size: size of @buf in bytes, at least 1
 *
 * Return: NTLM_OK; NTLM_ERR_MALFORMED for half a unit, half a surrogate pair or
 * U+0000; NTLM_ERR_TOO_LARGE if @buf is too small.
 */
enum ntlm_error utf16_get(struct ntlm_bytes text, char *buf, size_t size);

/**
 * utf16_upcase() - upper-case one UTF-16 unit as NTOWFv2 wants it
 * @unit: a UTF-16 unit
 *
 * The simple mapping of Unicode, one unit to one unit: U+00DF has none,
 * surrogates have none. A letter outside ASCII is never mapped into ASCII:
 * Windows keeps U+0131 and U+017F as they are.
 *
 * Return: the upper-case unit, or @unit.
 */
uint16_t utf16_upcase(uint16_t unit);

/**
 * utf16_has_nul() - does UTF-16LE text contain U+0000?
 * @text: an even number of bytes
 */
bool utf16_has_nul(struct ntlm_bytes text);

/**
 * utf16_display() - make hostile UTF-16LE text printable
 * @text: an even number of bytes; need not be valid UTF-16
 * @buf: receives UTF-8; what is not printable becomes U+FFFD
 * @size: size of @buf in bytes, at least 1; text is cut at a whole character
 */
void utf16_display(struct ntlm_bytes text, char *buf, size_t size);

#endif
