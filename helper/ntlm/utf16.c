// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>
#include <unicase.h>
#include <unictype.h>
#include <unistr.h>

#include "utf16.h"

#define REPLACEMENT	0xfffd

static bool is_high(uint32_t c)
{
	return c >= 0xd800 && c <= 0xdbff;
}

static bool is_low(uint32_t c)
{
	return c >= 0xdc00 && c <= 0xdfff;
}

/* Takes one character, or half a surrogate pair and returns false. */
static bool take_character(struct ntlm_bytes *text, ucs4_t *c)
{
	ucs4_t low;

	*c = wire_le16(text->data);
	text->data += 2;
	text->len -= 2;
	if (is_low(*c))
		return false;
	if (!is_high(*c))
		return true;
	if (text->len < 2)
		return false;
	low = wire_le16(text->data);
	if (!is_low(low))
		return false;
	text->data += 2;
	text->len -= 2;
	*c = 0x10000 + ((*c - 0xd800) << 10) + (low - 0xdc00);
	return true;
}

int utf8_next(struct ntlm_bytes *s, uint16_t unit[2])
{
	ucs4_t c;
	int used;

	if (!s->len)
		return 0;
	used = u8_mbtoucr(&c, s->data, s->len);
	if (used <= 0 || !c)
		return -1;
	s->data += used;
	s->len -= (size_t)used;
	if (c < 0x10000) {
		unit[0] = (uint16_t)c;
		return 1;
	}
	unit[0] = (uint16_t)(0xd800 + ((c - 0x10000) >> 10));
	unit[1] = (uint16_t)(0xdc00 + ((c - 0x10000) & 0x3ff));
	return 2;
}

enum ntlm_error utf16_put(struct wire_writer *w, const char *s, size_t max)
{
	struct ntlm_bytes left;
	uint16_t unit[2];
	int n;

	if (!s)
		return NTLM_OK;
	left = (struct ntlm_bytes){ (const uint8_t *)s, strlen(s) };
	while ((n = utf8_next(&left, unit)) > 0) {
		for (int i = 0; i < n; i++) {
			if (max < 2)
				return NTLM_ERR_TOO_LARGE;
			max -= 2;
			wire_put_le16(w, unit[i]);
		}
	}
	return n ? NTLM_ERR_UTF8 : NTLM_OK;
}

enum ntlm_error utf16_get(struct ntlm_bytes text, char *buf, size_t size)
{
	size_t used = 0;

	if (text.len % 2)
		return NTLM_ERR_MALFORMED;
	while (text.len) {
		uint8_t utf8[6];
		ucs4_t c;
		int n;

		if (!take_character(&text, &c) || !c)
			return NTLM_ERR_MALFORMED;
		n = u8_uctomb(utf8, c, sizeof(utf8));
		if (n <= 0)
			return NTLM_ERR_MALFORMED;
		if ((size_t)n >= size - used)
			return NTLM_ERR_TOO_LARGE;
		memcpy(buf + used, utf8, (size_t)n);
		used += (size_t)n;
	}
	buf[used] = '\0';
	return NTLM_OK;
}

uint16_t utf16_upcase(uint16_t unit)
{
	ucs4_t upper = uc_toupper(unit);

	if (upper > UINT16_MAX || (unit >= 0x80 && upper < 0x80))
		return unit;
	return (uint16_t)upper;
}

bool utf16_has_nul(struct ntlm_bytes text)
{
	for (size_t i = 0; i < text.len; i += 2)
		if (!wire_le16(text.data + i))
			return true;
	return false;
}

void utf16_display(struct ntlm_bytes text, char *buf, size_t size)
{
	size_t used = 0;

	while (text.len) {
		uint8_t utf8[6];
		ucs4_t c;
		int n;

		/* Format characters could turn a log line around. */
		if (!take_character(&text, &c) || !uc_is_print(c) ||
		    uc_is_general_category(c, UC_FORMAT))
			c = REPLACEMENT;
		n = u8_uctomb(utf8, c, sizeof(utf8));
		if (n <= 0 || (size_t)n >= size - used)
			break;
		memcpy(buf + used, utf8, (size_t)n);
		used += (size_t)n;
	}
	buf[used] = '\0';
}
