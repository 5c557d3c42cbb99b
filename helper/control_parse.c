// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Requests of clients: every byte is hostile.
 */
#include <errno.h>
#include <string.h>

#include "control.h"

/* what an operation may have */
struct shape {
	uint32_t flags;
	bool lifetime;
	bool cursor;
	bool texts;
};

static const struct shape shapes[] = {
	[CONTROL_LOGIN] = { .lifetime = true, .texts = true },
	[CONTROL_COMMIT] = { 0 },
	[CONTROL_LOGOUT] = { .flags = CONTROL_EVERYBODY | CONTROL_NO_DOMAIN,
			     .texts = true },
	[CONTROL_LIST] = { .flags = CONTROL_EVERYBODY, .cursor = true },
	[CONTROL_ABOUT] = { 0 },
};

static bool take_text(const uint8_t **data, size_t *len, size_t want, char *text)
{
	if (want > *len || want >= CONTROL_TEXT_MAX)
		return false;
	memcpy(text, *data, want);
	text[want] = '\0';
	*data += want;
	*len -= want;
	return strlen(text) == want;
}

static bool fits(const struct control_request *head)
{
	const struct shape *shape;

	if (head->op < CONTROL_LOGIN || head->op > CONTROL_ABOUT)
		return false;
	shape = &shapes[head->op];
	if (head->flags & ~shape->flags)
		return false;
	if (head->pad[0] || head->pad[1] || head->pad[2])
		return false;
	if (!shape->lifetime && head->lifetime)
		return false;
	if (!shape->cursor && head->cursor)
		return false;
	return shape->texts ||
	       !(head->target_len || head->user_len || head->domain_len);
}

int control_parse(const void *data, size_t len, struct control_order *order,
		  const char **why)
{
	const uint8_t *texts = (const uint8_t *)data + sizeof(struct control_request);
	struct control_request head;
	size_t left;

	*why = "the request is malformed";
	if (len < sizeof(head))
		return -EINVAL;
	memcpy(&head, data, sizeof(head));
	if (head.magic != CONTROL_MAGIC)
		return -EINVAL;
	if (head.version != CONTROL_VERSION) {
		*why = "ntlmd speaks another version of the protocol: update both, and restart ntlmd";
		return -EPROTONOSUPPORT;
	}
	left = len - sizeof(head);
	if (!fits(&head) ||
	    !take_text(&texts, &left, head.target_len, order->target) ||
	    !take_text(&texts, &left, head.user_len, order->user) ||
	    !take_text(&texts, &left, head.domain_len, order->domain) || left)
		return -EINVAL;
	order->op = head.op;
	order->flags = head.flags;
	order->uid = head.uid;
	order->lifetime = head.lifetime;
	order->cursor = head.cursor;
	return 0;
}
