// SPDX-License-Identifier: GPL-2.0-or-later
#include <err.h>
#include <stdlib.h>
#include <sys/random.h>

#include "rng.h"

uint64_t rng_seed(void)
{
	const char *text = getenv("SEED");
	uint64_t seed;
	char *end;

	if (!text || !*text) {
		if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
			err(EXIT_FAILURE, "getrandom");
		return seed;
	}
	seed = strtoull(text, &end, 0);
	if (*end)
		errx(EXIT_FAILURE, "SEED: not a number: %s", text);
	return seed;
}
