// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every single bit of a message and of its signature: flipped, the message is
 * refused and leaves nothing; unaltered, it is accepted after that.
 */
#include <errno.h>
#include <string.h>

#include "../lib/tap.h"
#include "tests.h"

static const uint8_t header[11] = "the header";
static const uint8_t body[37] = "the body, which is sealed if possible";
static const uint8_t trailer[5] = "tail";

/* header and trailer signed only, as DCE/RPC has it */
static void make(struct link *l, enum op op, struct message *m,
		 struct message *plain)
{
	memset(m, 0, sizeof(*m));
	message_add(m, header, sizeof(header), false);
	message_add(m, body, sizeof(body), op == OP_UNSEAL);
	message_add(m, trailer, sizeof(trailer), false);
	message_server_make(l, m, plain);
}

static void try_flipped(struct link *l, enum op op, struct message *m,
			const struct message *plain, uint8_t *byte, uint8_t bit,
			const char *what, size_t at)
{
	int err;

	*byte ^= bit;
	err = message_kernel(l, op, m);
	*byte ^= bit;
	if (err != -EBADMSG)
		FAIL("%s: byte %zu, bit 0x%02x flipped: %d", what, at, bit, err);
	if (!message_zeroed(m))
		FAIL("%s: byte %zu, bit 0x%02x flipped: plaintext left", what,
		     at, bit);
	err = message_kernel(l, op, m);
	if (err)
		FAIL("%s: byte %zu, bit 0x%02x: right one not accepted: %d",
		     what, at, bit, err);
	if (!message_equal(m, plain))
		FAIL("%s: byte %zu, bit 0x%02x: wrong plaintext", what, at, bit);
}

static void flip_all(uint32_t flags, enum op op, enum memory dst)
{
	static const size_t lens[] = {
		sizeof(header), sizeof(body), sizeof(trailer), 16,
	};
	static const char *const names[] = {
		"header", "body", "trailer", "signature",
	};
	struct message m, plain;
	unsigned int where;
	struct link l;
	uint8_t bit;
	size_t at;

	link_open(&l, flags);
	for (where = 0; where < 4; where++)
		for (at = 0; at < lens[where]; at++)
			for (bit = 1; bit; bit = (uint8_t)(bit << 1)) {
				make(&l, op, &m, &plain);
				m.part[1].dst.shape = dst;
				try_flipped(&l, op, &m, &plain, where < 3 ?
					    &m.part[where].in[at] :
					    &m.signature[at], bit,
					    names[where], at);
				message_free(&m);
				message_free(&plain);
			}
	link_close(&l);
}

void flipped_bits_unseal(void)
{
	flip_all(FLAGS_SEAL, OP_UNSEAL, MEM_PAGES);
}

void flipped_bits_unseal_in_place(void)
{
	flip_all(FLAGS_SEAL, OP_UNSEAL, MEM_IN_PLACE);
}

void flipped_bits_unseal_without_key_exch(void)
{
	flip_all(FLAGS_SEAL & ~NTLM_NEGOTIATE_KEY_EXCH, OP_UNSEAL, MEM_LINEAR);
}

void flipped_bits_verify(void)
{
	flip_all(FLAGS_SIGN, OP_VERIFY, MEM_LINEAR);
}

void flipped_bits_verify_without_key_exch(void)
{
	flip_all(FLAGS_SIGN & ~NTLM_NEGOTIATE_KEY_EXCH, OP_VERIFY, MEM_LINEAR);
}

/* The same bytes in another order or differently cut off are no message. */
void altered_structure(void)
{
	struct message m, plain, bad;
	struct part swap;
	struct link l;

	link_open(&l, FLAGS_SEAL);
	make(&l, OP_UNSEAL, &m, &plain);

	message_copy(&bad, &m);
	swap = bad.part[0];
	bad.part[0] = bad.part[2];
	bad.part[2] = swap;
	CHECK_ERR(message_kernel(&l, OP_UNSEAL, &bad), -EBADMSG);
	CHECK(message_zeroed(&bad));
	message_free(&bad);

	message_copy(&bad, &m);
	bad.part[1].len--;
	CHECK_ERR(message_kernel(&l, OP_UNSEAL, &bad), -EBADMSG);
	bad.part[1].len++;
	bad.n = 2;
	CHECK_ERR(message_kernel(&l, OP_UNSEAL, &bad), -EBADMSG);
	bad.n = 0;
	CHECK_ERR(message_kernel(&l, OP_UNSEAL, &bad), -EBADMSG);
	bad.n = 3;
	bad.part[1].sealed = false;
	CHECK_ERR(message_kernel(&l, OP_UNSEAL, &bad), -EBADMSG);
	CHECK_ERR(message_kernel(&l, OP_VERIFY, &bad), -EBADMSG);
	bad.part[0].sealed = true;
	bad.part[1].sealed = true;
	CHECK_ERR(message_kernel(&l, OP_UNSEAL, &bad), -EBADMSG);
	CHECK(message_zeroed(&bad));
	message_free(&bad);

	CHECK_ERR(message_kernel(&l, OP_UNSEAL, &m), 0);
	CHECK(message_equal(&m, &plain));
	message_free(&m);
	message_free(&plain);
	link_close(&l);
}

/* Refused messages of every size: key stream goes back by any number of steps. */
void refused_messages_of_many_sizes(void)
{
	static const size_t sizes[] = {
		1, 2, 255, 256, 257, 4095, 4096, 4097, 65536, 65537, 1 << 20,
	};
	struct rng r = rng_seeded(0, 4);
	struct message m, plain;
	struct link l;
	unsigned int i;

	link_open(&l, FLAGS_SEAL);
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		memset(&m, 0, sizeof(m));
		message_add(&m, NULL, sizes[i], true);
		rng_bytes(&r, m.part[0].in, sizes[i]);
		m.part[0].src.shape = MEM_VMALLOC;
		m.part[0].dst.shape = MEM_PAGES;
		m.part[0].dst.offset = 77;
		message_server_make(&l, &m, &plain);
		m.part[0].in[sizes[i] - 1] ^= 0x80;
		CHECK_ERR(message_kernel(&l, OP_UNSEAL, &m), -EBADMSG);
		CHECK(message_zeroed(&m));
		m.part[0].in[sizes[i] - 1] ^= 0x80;
		m.signature[11] ^= 1;
		CHECK_ERR(message_kernel(&l, OP_UNSEAL, &m), -EBADMSG);
		CHECK(message_zeroed(&m));
		m.signature[11] ^= 1;
		CHECK_ERR(message_kernel(&l, OP_UNSEAL, &m), 0);
		CHECK(message_equal(&m, &plain));
		message_free(&m);
		message_free(&plain);
	}
	link_close(&l);
}
