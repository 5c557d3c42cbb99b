// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Kernel memory of every shape and messages of every size.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/tap.h"
#include "tests.h"

#define PAGE 4096

static const enum memory sources[] = {
	MEM_LINEAR, MEM_VMALLOC, MEM_PAGES, MEM_CONTIGUOUS,
};

static const enum memory destinations[] = {
	MEM_LINEAR, MEM_VMALLOC, MEM_PAGES, MEM_CONTIGUOUS, MEM_IN_PLACE,
};

/* odd, and on both sides of a page's end */
static const uint32_t offsets[] = { 0, 1, 7, PAGE - 1, PAGE, PAGE + 3 };

#define N(array) (sizeof(array) / sizeof((array)[0]))

/* The message goes to the server, then one of its shape comes back. */
static void there_and_back(struct link *l, struct message *m, bool sealed)
{
	struct message answer, plain;
	unsigned int i;

	CHECK_ERR(message_kernel(l, sealed ? OP_SEAL : OP_SIGN, m), 0);
	CHECK(message_server_check(l, m));

	message_copy(&answer, m);
	for (i = 0; i < answer.n; i++)
		if (answer.part[i].len)
			answer.part[i].in[answer.part[i].len / 2] ^= 0xa5;
	message_server_make(l, &answer, &plain);
	CHECK_ERR(message_kernel(l, sealed ? OP_UNSEAL : OP_VERIFY, &answer), 0);
	CHECK(message_equal(&answer, &plain));
	message_free(&answer);
	message_free(&plain);
}

static void one_part(struct link *l, struct rng *r, size_t len, bool sealed,
		     const struct side *src, const struct side *dst)
{
	struct message m = { 0 };
	struct part *p = message_add(&m, NULL, len, sealed);

	rng_bytes(r, p->in, len);
	p->src = *src;
	p->dst = *dst;
	there_and_back(l, &m, sealed);
	message_free(&m);
}

void shapes_of_source_and_destination(void)
{
	static const size_t lens[] = { 1, 17, PAGE - 1, PAGE, 2 * PAGE + 1 };
	struct rng r = rng_seeded(2, 0);
	unsigned int s, d, o, n;
	struct link l;

	link_open(&l, FLAGS_SEAL);
	for (s = 0; s < N(sources); s++)
		for (d = 0; d < N(destinations); d++)
			for (o = 0; o < N(offsets); o++)
				for (n = 0; n < N(lens); n++) {
					struct side src = {
						.shape = sources[s],
						.offset = offsets[o],
					};
					struct side dst = {
						.shape = destinations[d],
						.offset = offsets[(o + n) %
								  N(offsets)],
					};

					one_part(&l, &r, lens[n], true, &src,
						 &dst);
				}
	link_close(&l);
}

void shapes_of_signed_segments(void)
{
	static const size_t lens[] = { 1, 64, PAGE, 3 * PAGE + 5 };
	struct rng r = rng_seeded(2, 1);
	struct side none = { 0 };
	unsigned int s, o, n;
	struct link l;

	link_open(&l, FLAGS_SIGN);
	for (s = 0; s < N(sources); s++)
		for (o = 0; o < N(offsets); o++)
			for (n = 0; n < N(lens); n++) {
				struct side src = {
					.shape = sources[s],
					.offset = offsets[o],
				};

				one_part(&l, &r, lens[n], false, &src, &none);
			}
	link_close(&l);
}

/* From one byte to 1 MiB, and past a page's end in each direction */
void sizes_to_one_mebibyte(void)
{
	static const size_t lens[] = {
		1, 2, 3, 7, 8, 15, 16, 17, 55, 56, 63, 64, 65, 127, 128, 255,
		256, 257, 1000, PAGE - 1, PAGE, PAGE + 1, 2 * PAGE - 1,
		2 * PAGE, 2 * PAGE + 1, 65535, 65536, 65537, (1 << 20) - 1,
		1 << 20, (1 << 20) + 1,
	};
	struct rng r = rng_seeded(2, 2);
	unsigned int n, i;
	struct link l;

	link_open(&l, FLAGS_SEAL);
	for (n = 0; n < N(lens); n++)
		for (i = 0; i < 4; i++) {
			struct side src = {
				.shape = sources[i], .offset = PAGE - 1,
			};
			struct side dst = {
				.shape = destinations[(i + n) %
						      N(destinations)],
				.offset = 5,
			};

			one_part(&l, &r, lens[n], true, &src, &dst);
			if (i == n % 4)
				one_part(&l, &r, lens[n], false, &src, &dst);
		}
	link_close(&l);
}

/* They change nothing, wherever they are, with a buffer or without bytes. */
void segments_of_no_bytes(void)
{
	struct rng r = rng_seeded(2, 3);
	unsigned int where, s, d;
	struct link l;

	link_open(&l, FLAGS_SEAL);
	for (s = 0; s < N(sources); s++)
		for (d = 0; d < N(destinations); d++)
			for (where = 0; where < 8; where++) {
				struct message m = { 0 };
				unsigned int i;

				for (i = 0; i < 3; i++) {
					message_add(&m, NULL,
						    where >> i & 1 ? 0 : 33,
						    i != 1);
					rng_bytes(&r, m.part[i].in,
						  m.part[i].len);
					m.part[i].src.shape = sources[s];
					m.part[i].dst.shape = destinations[d];
				}
				there_and_back(&l, &m, true);
				message_free(&m);
			}
	link_close(&l);
}

/* A message of no segments is legal: the signature covers its number. */
void no_segments(void)
{
	struct message m = { 0 };
	unsigned int i;
	struct link l;

	link_open(&l, FLAGS_SEAL);
	for (i = 0; i < 5; i++) {
		there_and_back(&l, &m, true);
		there_and_back(&l, &m, false);
	}
	link_close(&l);
}

void many_segments(void)
{
	struct rng r = rng_seeded(2, 4);
	struct link l;
	unsigned int round, i;

	link_open(&l, FLAGS_SEAL);
	for (round = 0; round < 50; round++) {
		struct message m = { 0 };

		for (i = 0; i < PARTS_MAX; i++) {
			message_add(&m, NULL, 1 + rng_below(&r, 300), i % 2);
			rng_bytes(&r, m.part[i].in, m.part[i].len);
		}
		message_shape_random(&m, &r);
		there_and_back(&l, &m, true);
		message_free(&m);
	}
	link_close(&l);
}

/* Vectors of 0, 1 and more bytes, and bytes to skip across several of them */
void vectors_cut_anywhere(void)
{
	static const uint32_t cuts[][SPLITS_MAX] = {
		{ 0, 0, 0, 0 }, { 1, 1, 1, 1 }, { 0, 1, 0, 1 },
		{ PAGE, PAGE, 0, 1 }, { PAGE - 1, 1, 1, PAGE + 1 },
		{ 3, 5 * PAGE, 0, 2 }, { 2 * PAGE + 7, 0, 1, 4 },
	};
	static const uint32_t skips[] = { 0, 1, 4, PAGE, 2 * PAGE + 9 };
	struct rng r = rng_seeded(2, 5);
	unsigned int c, k, i;
	struct link l;

	link_open(&l, FLAGS_SEAL);
	for (c = 0; c < N(cuts); c++)
		for (k = 0; k < N(skips); k++)
			for (i = 0; i < 4; i++) {
				struct side src = {
					.shape = i & 1 ? MEM_PAGES :
						 MEM_CONTIGUOUS,
					.offset = 13,
					.skip = skips[k],
					.nsplits = SPLITS_MAX,
				};
				struct side dst = {
					.shape = i & 2 ? MEM_PAGES :
						 MEM_CONTIGUOUS,
					.offset = PAGE - 2,
					.skip = skips[(k + c) % N(skips)],
					.nsplits = SPLITS_MAX,
				};

				memcpy(src.splits, cuts[c], sizeof(src.splits));
				memcpy(dst.splits, cuts[(c + k) % N(cuts)],
				       sizeof(dst.splits));
				one_part(&l, &r, 3 * PAGE + 11, true, &src,
					 &dst);
				dst = (struct side){ .shape = MEM_IN_PLACE };
				one_part(&l, &r, 3 * PAGE + 11, true, &src,
					 &dst);
			}
	link_close(&l);
}
