/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The driver's and the family's operations where each of them may fail for want
 * of memory, so that a failure is a result and not the end of the test.
 */
#ifndef SELFTESTS_FAILSLAB_CALLS_H
#define SELFTESTS_FAILSLAB_CALLS_H

#include <stdbool.h>
#include <stdint.h>

#include "../lib/driver.h"

/** call_create() - open the driver and make a context: a file or -errno */
int call_create(const struct ntlm_test_create *order);

/**
 * call_exchange() - one step
 * @fd: the context
 * @in: the peer's token, or NULL
 * @died: set to true if the context failed; else the order was not possible
 *
 * Return: what ntlm_ctx_exchange() or the driver returned
 */
int call_exchange(int fd, const char *in, bool *died);

/** call_message() - one message in one segment of @data, in place */
int call_message(int fd, enum ntlm_test_op op, void *data, uint32_t len,
		 uint32_t seq);

/** call_info() - ask for everything */
int call_info(int fd, struct ntlm_test_info *info);

/**
 * call_talk() - send a request and read until the ACK
 * @nl: the socket
 * @m: the request
 * @r: the last message before the ACK; its type is 0 if there was none
 *
 * Return: 0; what the ACK said; -ENOBUFS if the socket said that something was
 * lost and no ACK came; any error of send(). An ACK that is neither there nor
 * known to be lost ends the test.
 */
int call_talk(struct nl *nl, struct nl_msg *m, struct nl_reply *r);

/** call_dump() - count the messages of a dump; 0 or -errno */
int call_dump(struct nl *nl, uint8_t cmd, unsigned int *n);

#endif /* SELFTESTS_FAILSLAB_CALLS_H */
