// SPDX-License-Identifier: GPL-2.0-or-later
#include "logged.h"

#include <stdio.h>
#include <string.h>

#include "log.h"
#include "tap.h"

#define LINES 64

static char lines[LINES][LOG_LINE_MAX];
static unsigned int count;

static void keep(void *arg, int priority, const char *line)
{
	(void)arg;
	(void)priority;
	if (count < LINES)
		snprintf(lines[count], sizeof(lines[0]), "%s", line);
	count++;
}

void logged_start(void)
{
	count = 0;
	log_set_level(LOG_DEBUG);
	log_set_sink(keep, NULL);
}

bool logged_has(const char *text)
{
	for (unsigned int i = 0; i < count && i < LINES; i++)
		if (strstr(lines[i], text))
			return true;
	return false;
}

unsigned int logged_lines(void)
{
	return count;
}

void logged_show(void)
{
	for (unsigned int i = 0; i < count && i < LINES; i++)
		tap_note("logged: %s", lines[i]);
}
