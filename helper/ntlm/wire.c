// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "message.h"
#include "wire.h"

bool wire_has_header(struct ntlm_bytes msg, uint32_t type, size_t min)
{
	return msg.len >= min && msg.len <= MESSAGE_MAX &&
	       !memcmp(msg.data, message_signature, sizeof(message_signature)) &&
	       wire_le32(msg.data + 8) == type;
}

bool wire_get_item(struct ntlm_bytes msg, size_t header, size_t min_offset,
		   struct ntlm_bytes *item)
{
	size_t len = wire_le16(msg.data + header);
	size_t offset = wire_le32(msg.data + header + 4);

	*item = (struct ntlm_bytes){ NULL, 0 };
	if (!len)
		return true;
	if (offset < min_offset || offset > msg.len || len > msg.len - offset)
		return false;
	item->data = msg.data + offset;
	item->len = len;
	return true;
}

static uint8_t *reserve(struct wire_writer *w, size_t len)
{
	uint8_t *p;

	if (w->overflow || len > w->size - w->len) {
		w->overflow = true;
		return NULL;
	}
	p = w->data + w->len;
	w->len += len;
	return p;
}

void wire_put(struct wire_writer *w, const void *data, size_t len)
{
	uint8_t *p = reserve(w, len);

	if (p && len)
		memcpy(p, data, len);
}

void wire_put_zero(struct wire_writer *w, size_t len)
{
	uint8_t *p = reserve(w, len);

	if (p && len)
		memset(p, 0, len);
}

void wire_put_le16(struct wire_writer *w, uint16_t v)
{
	uint8_t *p = reserve(w, 2);

	if (p)
		wire_set_le16(p, v);
}

void wire_put_le32(struct wire_writer *w, uint32_t v)
{
	uint8_t *p = reserve(w, 4);

	if (p)
		wire_set_le32(p, v);
}

void wire_put_le64(struct wire_writer *w, uint64_t v)
{
	uint8_t *p = reserve(w, 8);

	if (p)
		wire_set_le64(p, v);
}

void wire_end_item(struct wire_writer *w, size_t header, size_t start)
{
	size_t len = w->len - start;

	if (w->overflow)
		return;
	if (len > UINT16_MAX) {
		w->overflow = true;
		return;
	}
	wire_set_le16(w->data + header, (uint16_t)len);
	wire_set_le16(w->data + header + 2, (uint16_t)len);
	wire_set_le32(w->data + header + 4, (uint32_t)start);
}
