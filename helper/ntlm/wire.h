/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bounded reading and writing of little-endian messages.
 */
#ifndef NTLM_WIRE_H
#define NTLM_WIRE_H

#include "ntlm.h"

static inline uint16_t wire_le16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t wire_le32(const uint8_t *p)
{
	return wire_le16(p) | (uint32_t)wire_le16(p + 2) << 16;
}

static inline uint64_t wire_le64(const uint8_t *p)
{
	return wire_le32(p) | (uint64_t)wire_le32(p + 4) << 32;
}

static inline void wire_set_le16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

static inline void wire_set_le32(uint8_t *p, uint32_t v)
{
	wire_set_le16(p, (uint16_t)v);
	wire_set_le16(p + 2, (uint16_t)(v >> 16));
}

static inline void wire_set_le64(uint8_t *p, uint64_t v)
{
	wire_set_le32(p, (uint32_t)v);
	wire_set_le32(p + 4, (uint32_t)(v >> 32));
}

/**
 * wire_has_header() - does a message begin with "NTLMSSP\0" and this type?
 * @msg: the whole message
 * @type: MessageType
 * @min: least length of the message in bytes, at least 12
 */
bool wire_has_header(struct ntlm_bytes msg, uint32_t type, size_t min);

/**
 * wire_get_item() - the payload a fields header points to, [MS-NLMP] 2.2.2
 * @msg: the whole message
 * @header: offset of the 8-byte fields header, which lies inside @msg
 * @min_offset: end of the fixed part: an item begins there or later
 * @item: receives the payload; empty if its length is 0
 *
 * MaxLen is ignored, and so is the offset of an empty item.
 *
 * Return: false if the item does not lie between @min_offset and the end.
 */
bool wire_get_item(struct ntlm_bytes msg, size_t header, size_t min_offset,
		   struct ntlm_bytes *item);

/**
 * struct wire_writer - appends to a buffer of fixed size
 * @data: the buffer
 * @size: its size in bytes
 * @len: bytes written so far
 * @overflow: something did not fit; nothing is written any more, and one
 *	check at the end suffices
 */
struct wire_writer {
	uint8_t *data;
	size_t size;
	size_t len;
	bool overflow;
};

void wire_put(struct wire_writer *w, const void *data, size_t len);
void wire_put_zero(struct wire_writer *w, size_t len);
void wire_put_le16(struct wire_writer *w, uint16_t v);
void wire_put_le32(struct wire_writer *w, uint32_t v);
void wire_put_le64(struct wire_writer *w, uint64_t v);

/**
 * wire_end_item() - fill the fields header of an item just written
 * @w: the message, its fixed part already present
 * @header: offset of the fields header
 * @start: offset where the item begins; it ends at the end of @w
 *
 * Sets @w->overflow if the item is too long for its 16-bit length.
 */
void wire_end_item(struct wire_writer *w, size_t header, size_t start);

#endif
