/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages of several parts, in kernel memory of every shape, and the two ends
 * that exchange them: the kernel as the client, the oracle as the server.
 */
#ifndef SELFTESTS_SESSION_MESSAGE_H
#define SELFTESTS_SESSION_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "link.h"
#include "rng.h"

#define PARTS_MAX 8
#define SPLITS_MAX 4

/* As NTLM_TEST_LINEAR and so on; IN_PLACE is for destinations */
enum memory {
	MEM_LINEAR,
	MEM_VMALLOC,
	MEM_PAGES,
	MEM_CONTIGUOUS,
	MEM_IN_PLACE,
};

/**
 * struct side - kernel memory of one side of a part, see struct ntlm_test_side
 * @shape: what kind
 * @offset: bytes before the memory that is described
 * @skip: bytes of the first vectors that come before the part
 * @nsplits: number of vectors with a size of their own
 * @splits: their sizes
 */
struct side {
	enum memory	shape;
	uint32_t	offset;
	uint32_t	skip;
	uint32_t	nsplits;
	uint32_t	splits[SPLITS_MAX];
};

/**
 * struct part - a segment of a message
 * @in: @len bytes as they are before the operation
 * @out: @len bytes as the operation leaves them; only of a sealed part
 * @len: bytes
 * @sealed: signed and sealed, else signed only
 * @no_sign: need not be signed, see NTLM_SEG_NO_SIGN
 * @src: memory that holds @in
 * @dst: memory that gets @out
 */
struct part {
	uint8_t		*in;
	uint8_t		*out;
	size_t		len;
	bool		sealed;
	bool		no_sign;
	struct side	src;
	struct side	dst;
};

enum op {
	OP_SIGN,
	OP_VERIFY,
	OP_SEAL,
	OP_UNSEAL,
	OP_SIGN_DATAGRAM,
	OP_VERIFY_DATAGRAM,
	OP_SEAL_DATAGRAM,
	OP_UNSEAL_DATAGRAM,
};

/**
 * struct message - parts and their signature
 * @n: number of parts
 * @part: the parts
 * @signature: written by sign and seal, read by verify and unseal
 * @seq: its number, if it is a datagram
 */
struct message {
	unsigned int	n;
	struct part	part[PARTS_MAX];
	uint8_t		signature[16];
	uint32_t	seq;
};

/** message_add() - a part of @len bytes; @data NULL: zeros */
struct part *message_add(struct message *m, const void *data, size_t len,
			 bool sealed);
void message_free(struct message *m);

/** message_copy() - @m with its parts' in and its signature; out is zero */
void message_copy(struct message *to, const struct message *m);

/** message_random() - random parts; none is sealed unless @seal */
void message_random(struct message *m, struct rng *r, bool seal,
		    size_t max_len);

/** message_shape_linear() - kmalloc'ed memory for every part */
void message_shape_linear(struct message *m);

/** message_shape_random() - random memory for every part */
void message_shape_random(struct message *m, struct rng *r);

/**
 * message_kernel() - what the kernel's context makes of the message
 * @l: whose context
 * @op: what is done
 * @m: the message; out of its sealed parts and, for sign and seal, its
 *	signature are written
 *
 * A source that is no destination and changed, bytes around a segment that
 * changed, and a signature that was written without success end the test.
 *
 * Return: what the kernel answered, 0 or a negative errno
 */
int message_kernel(struct link *l, enum op op, struct message *m);

struct ntlm_test_seg;

/** message_order() - the segments as the driver is told of them */
void message_order(const struct message *m, struct ntlm_test_seg *segs);

/** message_server_check() - the server verifies what the kernel sent */
bool message_server_check(struct link *l, const struct message *m);

/**
 * message_server_make() - the server sends a message
 * @l: whose
 * @m: on entry the plaintext in each part's in; afterwards what is on the wire
 * @plain: set to a copy of the message with its plaintext, to be freed
 */
void message_server_make(struct link *l, struct message *m,
			 struct message *plain);

/** message_zeroed() - are all sealed outputs zero? */
bool message_zeroed(const struct message *m);

/** message_equal() - is the out of every sealed part the in of @plain's? */
bool message_equal(const struct message *m, const struct message *plain);

#endif
