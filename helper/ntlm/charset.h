/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names in the negotiated character set, [MS-NLMP] 2.2.1. UNICODE is UTF-16LE.
 * OEM is ASCII here: the code page of the peer is not transmitted, so a byte
 * beyond ASCII has no certain meaning and could make one name out of another.
 */
#ifndef NTLM_CHARSET_H
#define NTLM_CHARSET_H

#include "ntlm.h"
#include "wire.h"

/**
 * charset_put() - append a name in the negotiated character set
 * @w: receives the name, without terminator; see wire_writer.overflow
 * @flags: negotiated NegotiateFlags; UNICODE wins over OEM
 * @name: terminated UTF-8 string; NULL appends nothing
 * @max: most bytes to be appended if it is UTF-16; as OEM half of that
 * @where: name of the field, for @detail
 * @detail: receives what failed; may be NULL
 *
 * Return: NTLM_OK; NTLM_ERR_UTF8; NTLM_ERR_TOO_LARGE if @max is exceeded;
 * NTLM_ERR_CHARSET if @flags name no character set, or OEM and @name is not
 * printable ASCII.
 */
enum ntlm_error charset_put(struct wire_writer *w, uint32_t flags,
			    const char *name, size_t max, const char *where,
			    struct ntlm_detail *detail);

/**
 * charset_get() - a name of a message as UTF-8
 * @flags: negotiated NegotiateFlags
 * @text: the name as received; need not be valid
 * @buf: receives the name with NUL; empty on failure
 * @size: size of @buf in bytes, at least 1
 * @where: name of the field, for @detail
 * @detail: receives what failed; may be NULL
 *
 * Strict: a name that is changed on the way to UTF-8 would be somebody else's.
 *
 * Return: NTLM_OK; NTLM_ERR_MALFORMED for half a unit, half a surrogate pair or
 * U+0000; NTLM_ERR_CHARSET for OEM text that is not printable ASCII, or if @flags
 * name no character set; NTLM_ERR_TOO_LARGE if @buf is too small.
 */
enum ntlm_error charset_get(uint32_t flags, struct ntlm_bytes text, char *buf,
			    size_t size, const char *where,
			    struct ntlm_detail *detail);

/**
 * charset_widen() - a name of a message as the UTF-16LE that NTOWFv2 hashes
 * @flags: negotiated NegotiateFlags
 * @text: the name as sent or received; with OEM, printable ASCII
 * @buf: holds the result if @flags say OEM
 * @size: size of @buf in bytes; twice the length of @text is enough
 * @wide: receives the result, which is @text itself if @flags say UNICODE
 *
 * Return: true; false if @buf is too small.
 */
bool charset_widen(uint32_t flags, struct ntlm_bytes text, uint8_t *buf,
		   size_t size, struct ntlm_bytes *wide);

#endif
