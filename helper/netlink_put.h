/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * NTLM_CMD_DONE: answers as the kernel is told them.
 */
#ifndef NTLMD_NETLINK_PUT_H
#define NTLMD_NETLINK_PUT_H

#include "server.h"

struct nl_msg;

/**
 * answer_size() - how much room does an answer need?
 * @a: the answer
 *
 * Return: bytes of all attributes, or more; 0 if the kernel would not take it:
 * something in it is longer than NTLM_MAX_* says, or has no room in the token.
 */
size_t answer_size(const struct answer *a);

/**
 * answer_put() - append the attributes of an answer
 * @msg: message with room for answer_size() bytes
 * @cookie: names the request
 * @a: the answer
 *
 * Return: 0, or a negative error of libnl; what is in @msg then has to be wiped.
 */
int answer_put(struct nl_msg *msg, uint64_t cookie, const struct answer *a);

#endif
