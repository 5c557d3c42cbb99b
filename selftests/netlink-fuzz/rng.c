// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>
#include "fuzz.h"

/* splitmix64 */
uint64_t rng_next(struct rng *r)
{
	uint64_t z = r->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

uint32_t rng_below(struct rng *r, uint32_t n)
{
	return (uint32_t)((rng_next(r) >> 32) * n >> 32);
}

bool rng_percent(struct rng *r, unsigned int percent)
{
	return rng_below(r, 100) < percent;
}

void rng_fill(struct rng *r, void *to, size_t len)
{
	uint8_t *p = to;
	uint64_t bits = 0;
	size_t i;

	for (i = 0; i < len; i++, bits >>= 8) {
		if (!(i % 8))
			bits = rng_next(r);
		p[i] = (uint8_t)bits;
		if (p[i] == (uint8_t)KEY_MARK[0])
			p[i] = 0;
	}
}

size_t rng_len(struct rng *r, size_t limit)
{
	switch (rng_below(r, 40)) {
	case 0:
		return 0;
	case 1:
		return limit;
	case 2:
		return limit + 1;
	case 3:
		return limit - 1;
	case 4:
		return rng_below(r, (uint32_t)(limit + limit / 8 + 2));
	default:
		return 1 + rng_below(r, limit < 60 ? (uint32_t)limit : 60);
	}
}
