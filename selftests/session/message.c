// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/ntlm.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "../driver/ntlm_test.h"
#include "../lib/tap.h"
#include "message.h"

#define PAGE 4096

_Static_assert((int)MEM_LINEAR == (int)NTLM_TEST_LINEAR &&
	       (int)MEM_VMALLOC == (int)NTLM_TEST_VMALLOC &&
	       (int)MEM_PAGES == (int)NTLM_TEST_PAGES &&
	       (int)MEM_CONTIGUOUS == (int)NTLM_TEST_CONTIGUOUS, "shapes");
_Static_assert((int)OP_SIGN == (int)NTLM_TEST_SIGN &&
	       (int)OP_VERIFY == (int)NTLM_TEST_VERIFY &&
	       (int)OP_SEAL == (int)NTLM_TEST_SEAL &&
	       (int)OP_UNSEAL == (int)NTLM_TEST_UNSEAL &&
	       (int)OP_SIGN_DATAGRAM == (int)NTLM_TEST_SIGN_DATAGRAM &&
	       (int)OP_VERIFY_DATAGRAM == (int)NTLM_TEST_VERIFY_DATAGRAM &&
	       (int)OP_SEAL_DATAGRAM == (int)NTLM_TEST_SEAL_DATAGRAM &&
	       (int)OP_UNSEAL_DATAGRAM == (int)NTLM_TEST_UNSEAL_DATAGRAM,
	       "operations");

static void *memory(size_t len)
{
	/* an address is a buffer, also of no bytes */
	void *p = calloc(1, len ? len : 1);

	if (!p)
		FAIL("no memory");
	return p;
}

struct part *message_add(struct message *m, const void *data, size_t len,
			 bool sealed)
{
	struct part *p;

	if (m->n == PARTS_MAX)
		FAIL("too many parts");
	p = &m->part[m->n++];
	memset(p, 0, sizeof(*p));
	p->in = memory(len);
	p->out = memory(len);
	p->len = len;
	p->sealed = sealed;
	if (data && len)
		memcpy(p->in, data, len);
	return p;
}

void message_free(struct message *m)
{
	while (m->n) {
		m->n--;
		free(m->part[m->n].in);
		free(m->part[m->n].out);
	}
}

void message_copy(struct message *to, const struct message *m)
{
	unsigned int i;

	memset(to, 0, sizeof(*to));
	for (i = 0; i < m->n; i++) {
		const struct part *from = &m->part[i];
		struct part *p = message_add(to, from->in, from->len,
					     from->sealed);

		p->no_sign = from->no_sign;
		p->src = from->src;
		p->dst = from->dst;
	}
	memcpy(to->signature, m->signature, sizeof(to->signature));
	to->seq = m->seq;
}

/* Few large, many small, and the neighbourhood of page ends. */
static size_t random_len(struct rng *r, size_t max)
{
	size_t len;

	switch (rng_below(r, 16)) {
	case 0:
		return 0;
	case 1:
		len = PAGE * (1 + rng_below(r, 4)) + rng_below(r, 5) - 2;
		break;
	case 2:
		len = 1 + rng_below(r, max);
		break;
	case 3:
	case 4:
	case 5:
		len = 1 + rng_below(r, 3 * PAGE);
		break;
	default:
		len = 1 + rng_below(r, 200);
	}
	return len < max ? len : max;
}

void message_random(struct message *m, struct rng *r, bool seal,
		    size_t max_len)
{
	unsigned int i, n = (unsigned int)rng_below(r, PARTS_MAX + 1);

	memset(m, 0, sizeof(*m));
	for (i = 0; i < n; i++) {
		struct part *p = message_add(m, NULL, random_len(r, max_len),
					     seal && rng_below(r, 3));

		rng_bytes(r, p->in, p->len);
	}
	message_shape_random(m, r);
}

static void side_random(struct side *s, struct rng *r, size_t len)
{
	memset(s, 0, sizeof(*s));
	s->shape = (enum memory)rng_below(r, MEM_IN_PLACE);
	s->offset = (uint32_t)rng_below(r, rng_below(r, 2) ? 64 : 3 * PAGE);
	if (s->shape == MEM_LINEAR || s->shape == MEM_VMALLOC)
		return;
	if (rng_below(r, 2))
		s->skip = (uint32_t)rng_below(r, 2 * PAGE);
	s->nsplits = (uint32_t)rng_below(r, SPLITS_MAX + 1);
	for (uint32_t i = 0; i < s->nsplits; i++)
		s->splits[i] = (uint32_t)rng_below(r, rng_below(r, 4) ?
						   len / 2 + 2 : 2);
}

void message_shape_random(struct message *m, struct rng *r)
{
	unsigned int i;

	for (i = 0; i < m->n; i++) {
		struct part *p = &m->part[i];

		side_random(&p->src, r, p->len);
		side_random(&p->dst, r, p->len);
		if (!rng_below(r, 4))
			p->dst.shape = MEM_IN_PLACE;
	}
}

void message_shape_linear(struct message *m)
{
	unsigned int i;

	for (i = 0; i < m->n; i++) {
		m->part[i].src = (struct side){ .shape = MEM_LINEAR };
		m->part[i].dst = (struct side){ .shape = MEM_LINEAR };
	}
}

static void side_order(struct ntlm_test_side *to, const struct side *from)
{
	to->shape = from->shape;
	to->offset = from->offset;
	to->skip = from->skip;
	to->nsplits = from->nsplits;
	to->splits = (uintptr_t)from->splits;
}

static void part_order(struct ntlm_test_seg *seg, const struct part *p)
{
	memset(seg, 0, sizeof(*seg));
	seg->src = (uintptr_t)p->in;
	seg->len = p->len;
	seg->flags = p->no_sign ? NTLM_TEST_SEG_NO_SIGN : 0;
	side_order(&seg->from, &p->src);
	if (!p->sealed)
		return;
	seg->flags |= NTLM_TEST_SEG_SEAL;
	seg->dst = (uintptr_t)p->out;
	if (p->dst.shape == MEM_IN_PLACE)
		seg->in_place = 1;
	else
		side_order(&seg->to, &p->dst);
}

void message_order(const struct message *m, struct ntlm_test_seg *segs)
{
	unsigned int i;

	for (i = 0; i < m->n; i++)
		part_order(&segs[i], &m->part[i]);
}

int message_kernel(struct link *l, enum op op, struct message *m)
{
	static const uint8_t fill[16] = "not a signature";
	bool datagram = op >= OP_SIGN_DATAGRAM;
	bool sends = op == OP_SIGN || op == OP_SEAL ||
		     op == OP_SIGN_DATAGRAM || op == OP_SEAL_DATAGRAM;
	struct ntlm_test_seg segs[PARTS_MAX];
	struct ntlm_test_message order = {
		.segs = (uintptr_t)segs,
		.op = op,
		.nsegs = m->n,
		.seq = datagram ? m->seq : 0,
	};

	message_order(m, segs);
	memcpy(order.signature, sends ? fill : m->signature,
	       sizeof(order.signature));

	if (ioctl(l->fd, NTLM_TEST_MESSAGE, &order) < 0)
		FAIL("NTLM_TEST_MESSAGE: %m");
	if (order.damage & NTLM_TEST_SOURCE_CHANGED)
		FAIL("operation %u changed its source", op);
	if (order.damage & NTLM_TEST_OUTSIDE_CHANGED)
		FAIL("operation %u wrote outside of its segments", op);
	if (order.result && sends && memcmp(order.signature, fill, 16))
		FAIL("operation %u failed and left a signature", op);
	if (!order.result && sends)
		memcpy(m->signature, order.signature, 16);
	return order.result;
}

/* The parts as the oracle wants them: @data is changed in place. */
static void oracle_parts(const struct message *m, struct oracle_part *parts,
			 uint8_t *const *data)
{
	unsigned int i;

	for (i = 0; i < m->n; i++)
		parts[i] = (struct oracle_part){
			.data = data[i],
			.len = m->part[i].len,
			.sealed = m->part[i].sealed,
		};
}

bool message_server_check(struct link *l, const struct message *m)
{
	struct oracle_part parts[PARTS_MAX];
	uint8_t *data[PARTS_MAX];
	unsigned int i;
	bool ok;

	for (i = 0; i < m->n; i++) {
		const struct part *p = &m->part[i];

		data[i] = memory(p->len);
		memcpy(data[i], p->sealed ? p->out : p->in, p->len);
	}
	oracle_parts(m, parts, data);
	ok = oracle_unseal(&l->server, parts, m->n, m->signature);
	for (i = 0; i < m->n; i++) {
		if (memcmp(data[i], m->part[i].in, m->part[i].len))
			ok = false;
		free(data[i]);
	}
	return ok;
}

void message_server_make(struct link *l, struct message *m,
			 struct message *plain)
{
	struct oracle_part parts[PARTS_MAX];
	uint8_t *data[PARTS_MAX];
	unsigned int i;

	message_copy(plain, m);
	for (i = 0; i < m->n; i++)
		data[i] = m->part[i].in;
	oracle_parts(m, parts, data);
	oracle_seal(&l->server, parts, m->n, m->signature);
}

bool message_zeroed(const struct message *m)
{
	unsigned int i;
	size_t at;

	for (i = 0; i < m->n; i++)
		for (at = 0; m->part[i].sealed && at < m->part[i].len; at++)
			if (m->part[i].out[at])
				return false;
	return true;
}

bool message_equal(const struct message *m, const struct message *plain)
{
	unsigned int i;

	for (i = 0; i < m->n; i++)
		if (m->part[i].sealed &&
		    memcmp(m->part[i].out, plain->part[i].in, m->part[i].len))
			return false;
	return true;
}
