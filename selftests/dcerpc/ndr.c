// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "ndr.h"

static bool grow(struct ndr_writer *w, size_t len)
{
	size_t size = w->size ? w->size : 256;
	uint8_t *data;

	if (w->failed)
		return false;
	if (len <= w->size - w->len)
		return true;
	while (size - w->len < len) {
		if (size > SIZE_MAX / 2)
			goto fail;
		size *= 2;
	}
	data = realloc(w->data, size);
	if (!data)
		goto fail;
	w->data = data;
	w->size = size;
	return true;
fail:
	w->failed = true;
	return false;
}

void ndr_put_bytes(struct ndr_writer *w, const void *data, size_t len)
{
	if (!grow(w, len))
		return;
	if (len)
		memcpy(w->data + w->len, data, len);
	w->len += len;
}

static void put_align(struct ndr_writer *w, size_t to)
{
	static const uint8_t zero[8];

	ndr_put_bytes(w, zero, -w->len & (to - 1));
}

void ndr_put_u16(struct ndr_writer *w, uint16_t value)
{
	uint8_t bytes[2] = { (uint8_t)value, (uint8_t)(value >> 8) };

	put_align(w, 2);
	ndr_put_bytes(w, bytes, sizeof(bytes));
}

void ndr_put_u32(struct ndr_writer *w, uint32_t value)
{
	uint8_t bytes[4] = {
		(uint8_t)value, (uint8_t)(value >> 8),
		(uint8_t)(value >> 16), (uint8_t)(value >> 24),
	};

	put_align(w, 4);
	ndr_put_bytes(w, bytes, sizeof(bytes));
}

void ndr_put_string(struct ndr_writer *w, const char *ascii)
{
	uint32_t count = (uint32_t)strlen(ascii) + 1, i;

	ndr_put_u32(w, count);
	ndr_put_u32(w, 0);
	ndr_put_u32(w, count);
	for (i = 0; i < count; i++)
		ndr_put_u16(w, (uint8_t)ascii[i]);
}

void ndr_writer_free(struct ndr_writer *w)
{
	free(w->data);
	memset(w, 0, sizeof(*w));
}

const uint8_t *ndr_get_bytes(struct ndr_reader *r, size_t len)
{
	const uint8_t *p = r->data + r->pos;

	if (r->failed || len > r->len - r->pos) {
		r->failed = true;
		return NULL;
	}
	r->pos += len;
	return p;
}

uint16_t ndr_get_u16(struct ndr_reader *r)
{
	const uint8_t *p;

	ndr_get_bytes(r, -r->pos & 1);
	p = ndr_get_bytes(r, 2);
	return p ? (uint16_t)(p[0] | p[1] << 8) : 0;
}

uint32_t ndr_get_u32(struct ndr_reader *r)
{
	const uint8_t *p;

	ndr_get_bytes(r, -r->pos & 3);
	p = ndr_get_bytes(r, 4);
	if (!p)
		return 0;
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

/* Code points up to U+FFFF; halves of surrogate pairs become '?'. */
static size_t put_utf8(char *to, uint16_t c)
{
	if (c < 0x80) {
		to[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		to[0] = (char)(0xc0 | c >> 6);
		to[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c >= 0xd800 && c < 0xe000) {
		to[0] = '?';
		return 1;
	}
	to[0] = (char)(0xe0 | c >> 12);
	to[1] = (char)(0x80 | (c >> 6 & 0x3f));
	to[2] = (char)(0x80 | (c & 0x3f));
	return 3;
}

char *ndr_get_string(struct ndr_reader *r)
{
	uint32_t max = ndr_get_u32(r);
	uint32_t offset = ndr_get_u32(r);
	uint32_t count = ndr_get_u32(r);
	size_t len = 0;
	char *text;
	uint32_t i;

	if (r->failed || offset || count > max || count > (r->len - r->pos) / 2) {
		r->failed = true;
		return NULL;
	}
	text = malloc(count * 3ul + 1);
	if (!text) {
		r->failed = true;
		return NULL;
	}
	for (i = 0; i < count; i++) {
		uint16_t c = ndr_get_u16(r);

		if (!c)
			break;
		len += put_utf8(text + len, c);
	}
	text[len] = '\0';
	for (i++; i < count; i++)
		ndr_get_u16(r);
	return text;
}
