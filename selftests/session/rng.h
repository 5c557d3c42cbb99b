/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random numbers that a seed repeats (xorshift64*).  Not for keys.
 */
#ifndef SELFTESTS_SESSION_RNG_H
#define SELFTESTS_SESSION_RNG_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct rng {
	uint64_t state;
};

static inline struct rng rng_seeded(uint64_t seed, uint64_t stream)
{
	/* splitmix64: neighbouring seeds give unrelated streams */
	uint64_t z = seed + (stream + 1) * 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	z ^= z >> 31;
	return (struct rng){ z ? z : 1 };
}

static inline uint64_t rng_next(struct rng *r)
{
	r->state ^= r->state >> 12;
	r->state ^= r->state << 25;
	r->state ^= r->state >> 27;
	return r->state * 0x2545f4914f6cdd1dULL;
}

/** rng_below() - a number from 0 to @n - 1; @n > 0 */
static inline size_t rng_below(struct rng *r, size_t n)
{
	return (size_t)((rng_next(r) >> 16) % n);
}

static inline void rng_bytes(struct rng *r, void *data, size_t len)
{
	uint8_t *p = data;

	while (len) {
		uint64_t v = rng_next(r);
		size_t n = len < sizeof(v) ? len : sizeof(v);

		memcpy(p, &v, n);
		p += n;
		len -= n;
	}
}

/** rng_seed() - the seed of environment variable SEED, else a fresh one */
uint64_t rng_seed(void);

#endif
