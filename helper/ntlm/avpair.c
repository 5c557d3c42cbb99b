// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "avpair.h"

static bool valid_size(uint16_t id, size_t len)
{
	switch (id) {
	case AV_FLAGS:
		return len == 4;
	case AV_TIMESTAMP:
		return len == 8;
	case AV_CHANNEL_BINDINGS:
		return len == NTLM_CHANNEL_BINDINGS_SIZE;
	case AV_NB_COMPUTER_NAME:
	case AV_NB_DOMAIN_NAME:
	case AV_DNS_COMPUTER_NAME:
	case AV_DNS_DOMAIN_NAME:
	case AV_DNS_TREE_NAME:
	case AV_TARGET_NAME:
		return len % 2 == 0;
	default:
		return true;
	}
}

static bool same(struct ntlm_bytes a, struct ntlm_bytes b)
{
	return a.len == b.len && !memcmp(a.data, b.data, a.len);
}

const char *av_parse(struct ntlm_bytes raw, struct av_list *list)
{
	const uint8_t *p = raw.data;
	size_t left = raw.len;

	memset(list, 0, sizeof(*list));
	for (;;) {
		struct ntlm_bytes value;
		uint16_t id;

		if (left < AV_HEADER_SIZE)
			return "AV_PAIR list ends without MsvAvEOL";
		id = wire_le16(p);
		value.len = wire_le16(p + 2);
		value.data = p + AV_HEADER_SIZE;
		left -= AV_HEADER_SIZE;
		if (id == AV_EOL) {
			if (value.len)
				return "MsvAvEOL has a value";
			break;
		}
		if (value.len > left)
			return "AV_PAIR reaches beyond its list";
		left -= value.len;
		p = value.data + value.len;

		if (id >= AV_ID_COUNT)
			continue;
		if (!valid_size(id, value.len))
			return "AV_PAIR has a wrong size";
		if (!list->value[id].data)
			list->value[id] = value;
		else if (id != AV_SINGLE_HOST && !same(list->value[id], value))
			return "AV_PAIR occurs twice with different values";
	}
	list->pairs.data = raw.data;
	list->pairs.len = (size_t)(p - raw.data);
	return NULL;
}

uint32_t av_flags(const struct av_list *list)
{
	const uint8_t *value = list->value[AV_FLAGS].data;

	return value ? wire_le32(value) : 0;
}

bool av_next(struct ntlm_bytes *pairs, uint16_t *id, struct ntlm_bytes *value)
{
	size_t step;

	if (!pairs->len)
		return false;
	*id = wire_le16(pairs->data);
	value->len = wire_le16(pairs->data + 2);
	value->data = pairs->data + AV_HEADER_SIZE;
	step = AV_HEADER_SIZE + value->len;
	pairs->data += step;
	pairs->len -= step;
	return true;
}

void av_put(struct wire_writer *w, uint16_t id, struct ntlm_bytes value)
{
	if (value.len > UINT16_MAX) {
		w->overflow = true;
		return;
	}
	wire_put_le16(w, id);
	wire_put_le16(w, (uint16_t)value.len);
	wire_put(w, value.data, value.len);
}
