// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The input is a request of a hostile client of ntlmd's control socket. What is
 * accepted has to be what was sent, to the last byte.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control.h"

#define MUST(condition)							\
	do {								\
		if (!(condition)) {					\
			fprintf(stderr, "%s:%d: not true: %s\n",	\
				__FILE__, __LINE__, #condition);	\
			abort();					\
		}							\
	} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t encode(const struct control_order *order, uint8_t *to)
{
	struct control_request head = {
		.magic = CONTROL_MAGIC,
		.version = CONTROL_VERSION,
		.op = (uint16_t)order->op,
		.flags = order->flags,
		.uid = order->uid,
		.lifetime = order->lifetime,
		.cursor = order->cursor,
		.target_len = (uint16_t)strlen(order->target),
		.user_len = (uint16_t)strlen(order->user),
		.domain_len = (uint16_t)strlen(order->domain),
	};
	size_t len = sizeof(head);

	memcpy(to, &head, sizeof(head));
	memcpy(to + len, order->target, head.target_len);
	len += head.target_len;
	memcpy(to + len, order->user, head.user_len);
	len += head.user_len;
	memcpy(to + len, order->domain, head.domain_len);
	return len + head.domain_len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t again[sizeof(struct control_request) + 3 * CONTROL_TEXT_MAX];
	struct control_order order;
	const char *why = NULL;
	int r;

	memset(&order, 0xaa, sizeof(order));
	r = control_parse(data, size, &order, &why);
	if (r) {
		MUST(r == -EINVAL || r == -EPROTONOSUPPORT);
		MUST(why && *why);
		return 0;
	}
	MUST(size <= CONTROL_REQUEST_MAX);
	MUST(order.op >= CONTROL_LOGIN && order.op <= CONTROL_ABOUT);
	MUST(memchr(order.target, 0, CONTROL_TEXT_MAX));
	MUST(memchr(order.user, 0, CONTROL_TEXT_MAX));
	MUST(memchr(order.domain, 0, CONTROL_TEXT_MAX));
	MUST(encode(&order, again) == size && !memcmp(again, data, size));
	return 0;
}
