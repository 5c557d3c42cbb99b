// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "../lib/tap.h"
#include "repeat.h"

static size_t message_bytes(const struct message *m)
{
	size_t bytes = sizeof(m->signature);
	unsigned int i;

	for (i = 0; i < m->n; i++)
		bytes += m->part[i].len;
	return bytes;
}

/* @count messages of the server: signature, then the segments */
static uint8_t *server_messages(struct link *l, struct peer *peer,
				struct message *m, unsigned int count,
				bool wrong)
{
	size_t bytes = message_bytes(m);
	uint8_t *all = malloc(bytes * count), *to = all;
	struct message sent, plain;
	unsigned int n, i;

	if (!all)
		FAIL("no memory");
	for (n = 0; n < count; n++) {
		message_copy(&sent, m);
		sent.seq += n;
		if (peer)
			peer_make(peer, &sent, &plain);
		else
			message_server_make(l, &sent, &plain);
		sent.signature[9] ^= wrong;
		memcpy(to, sent.signature, sizeof(sent.signature));
		to += sizeof(sent.signature);
		for (i = 0; i < sent.n; i++) {
			memcpy(to, sent.part[i].in, sent.part[i].len);
			to += sent.part[i].len;
		}
		message_free(&sent);
		message_free(&plain);
	}
	return all;
}

void repeat_prepare(struct link *l, struct peer *peer, enum op op,
		    struct message *m, unsigned int count, bool wrong)
{
	struct ntlm_test_seg segs[PARTS_MAX];
	struct ntlm_test_message order = { .op = op, .seq = m->seq };
	uint8_t *messages = NULL;

	message_order(m, segs);
	order.segs = (uintptr_t)segs;
	order.nsegs = m->n;
	if (op == OP_VERIFY || op == OP_UNSEAL || op == OP_VERIFY_DATAGRAM ||
	    op == OP_UNSEAL_DATAGRAM) {
		messages = server_messages(l, peer, m, count, wrong);
		order.messages = (uintptr_t)messages;
		order.count = count;
	}
	if (ioctl(l->fd, NTLM_TEST_PREPARE, &order) < 0)
		FAIL("NTLM_TEST_PREPARE: %m");
	free(messages);
}

struct ntlm_test_run repeat_run(struct link *l, unsigned int count, bool plant)
{
	struct ntlm_test_run run = { .count = count, .plant = plant };

	if (ioctl(l->fd, NTLM_TEST_RUN, &run) < 0)
		FAIL("NTLM_TEST_RUN: %m");
	return run;
}

void repeat_fetch(struct link *l, enum op op, struct message *m)
{
	struct ntlm_test_message order = { .op = op };

	if (ioctl(l->fd, NTLM_TEST_FETCH, &order) < 0)
		FAIL("NTLM_TEST_FETCH: %m");
	memcpy(m->signature, order.signature, sizeof(m->signature));
}
