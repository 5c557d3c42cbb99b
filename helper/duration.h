/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Spans of time as people write them.
 */
#ifndef NTLMD_DURATION_H
#define NTLMD_DURATION_H

#include <stdint.h>

/**
 * duration_parse() - read a span of time
 * @text: a number, and its unit: s, which may be left out, min, h or d
 * @seconds: receives it
 *
 * Return: NULL, or static text that says what is wrong with @text.
 */
const char *duration_parse(const char *text, uint32_t *seconds);

#endif
