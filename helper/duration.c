// SPDX-License-Identifier: GPL-2.0-or-later
#include "duration.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *duration_parse(const char *text, uint32_t *seconds)
{
	static const struct {
		const char *unit;
		unsigned long factor;
	} units[] = { { "", 1 }, { "s", 1 }, { "min", 60 }, { "h", 3600 },
		    { "d", 86400 } };
	unsigned long n;
	char *end;

	if (*text < '0' || *text > '9')
		return "is no time (such as 900, 15min or 2h)";
	errno = 0;
	n = strtoul(text, &end, 10);
	end += strspn(end, " ");
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(end, units[i].unit))
			continue;
		if (errno || n > UINT32_MAX / units[i].factor)
			return "is too large";
		*seconds = (uint32_t)(n * units[i].factor);
		return NULL;
	}
	return "is no time (such as 900, 15min or 2h)";
}
