/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the code under test logs, kept for the test to look at.
 */
#ifndef SELFTESTS_LOGGED_H
#define SELFTESTS_LOGGED_H

#include <stdbool.h>

/** logged_start() - forget all lines, keep those that come */
void logged_start(void);
/** logged_has() - was a line logged that contains @text? */
bool logged_has(const char *text);
/** logged_lines() - how many lines were logged */
unsigned int logged_lines(void);
/** logged_show() - print the lines as diagnostics */
void logged_show(void);

#endif
