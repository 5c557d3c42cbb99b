/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One operation many times, prepared so that nothing but the API runs.
 */
#ifndef SELFTESTS_ALLOC_REPEAT_H
#define SELFTESTS_ALLOC_REPEAT_H

#include <stdint.h>

#include "../session/link.h"
#include "../session/message.h"
#include "../session/peer.h"

#define REPEAT_COUNT 10000

/**
 * repeat_prepare() - memory for the operation, and messages of the server if
 *	it receives
 * @l: the connection
 * @peer: its server if @l->server is not
 * @op: the operation
 * @m: the segments: their bytes, sizes and shapes; of datagrams the first number
 * @count: messages to receive
 * @wrong: the messages' signatures are wrong
 */
void repeat_prepare(struct link *l, struct peer *peer, enum op op,
		    struct message *m, unsigned int count, bool wrong);

/** repeat_run() - do it; @plant: with a kmalloc of the driver's each time */
struct ntlm_test_run repeat_run(struct link *l, unsigned int count, bool plant);

/** repeat_fetch() - the end; the last message and its signature are in @m */
void repeat_fetch(struct link *l, enum op op, struct message *m);

#endif
