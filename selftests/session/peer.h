/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The other end of a context of any kind, written from [MS-NLMP] section 3.4:
 * messages without extended session security, datagrams, both.  For contexts on
 * connections with extended session security there is the oracle.
 */
#ifndef SELFTESTS_SESSION_PEER_H
#define SELFTESTS_SESSION_PEER_H

#include <nettle/arcfour.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "message.h"

enum {
	TO_SERVER,
	TO_CLIENT,
};

/**
 * struct peer - the other end
 * @way: TO_SERVER or TO_CLIENT, where its messages go
 * @ess: extended session security
 * @datagram: messages have numbers that the application gives
 * @signing_key: SIGNKEY of either way
 * @sealing_key: SEALKEY of either way, @sealing_len bytes
 * @sealing_len: bytes
 * @handle: the one RC4 handle of a connection without extended session security
 * @seq: number of the next message on it
 */
struct peer {
	int			way;
	bool			ess;
	bool			datagram;
	uint8_t			signing_key[2][16];
	uint8_t			sealing_key[2][16];
	size_t			sealing_len;
	struct arcfour_ctx	handle;
	uint32_t		seq;
};

/** peer_open() - the other end of a context that was established */
void peer_open(struct peer *p, const struct link *l, uint32_t role);

/**
 * peer_make() - make a message for the kernel
 * @p: the peer
 * @m: on entry the plaintext in each part's in and, of a datagram, the number;
 *	afterwards what is on the wire
 * @plain: set to a copy of the message with its plaintext, to be freed
 */
void peer_make(struct peer *p, struct message *m, struct message *plain);

/** peer_check() - is what the kernel sent right? */
bool peer_check(struct peer *p, const struct message *m);

/** peer_reset() - the RC4 handle is as it was at the beginning */
void peer_reset(struct peer *p);

/** peer_crc32() - bit by bit */
uint32_t peer_crc32(uint32_t crc, const uint8_t *data, size_t len);

#endif
