// SPDX-License-Identifier: GPL-2.0-or-later
#include "sid.h"

#include <stdint.h>
#include <string.h>

#define SUBAUTHORITIES_MAX 15

/* Takes "-NUMBER" off the text. */
static bool take_number(const char **text)
{
	const char *p = *text;
	uint64_t n = 0;

	if (*p++ != '-' || *p < '0' || *p > '9')
		return false;
	if (*p == '0' && p[1] >= '0' && p[1] <= '9')
		return false;
	for (; *p >= '0' && *p <= '9'; p++) {
		n = n * 10 + (uint64_t)(*p - '0');
		if (n > UINT32_MAX)
			return false;
	}
	*text = p;
	return true;
}

bool sid_valid(const char *text)
{
	unsigned int subauthorities = 0;

	if (strncmp(text, "S-1", 3))
		return false;
	text += 3;
	if (!take_number(&text))
		return false;
	while (*text) {
		if (!take_number(&text) ||
		    ++subauthorities > SUBAUTHORITIES_MAX)
			return false;
	}
	return subauthorities;
}
