/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Log lines that say the same again and again, as when a client reconnects in a
 * loop or somebody guesses passwords: the first is a line, the others are
 * counted.
 */
#ifndef NTLMD_REPEATS_H
#define NTLMD_REPEATS_H

#include <stdbool.h>
#include <systemd/sd-event.h>

#include "audit.h"

/** REPEATS_SECONDS - what the daemon gives to repeats_new() */
#define REPEATS_SECONDS 60
/** REPEATS_MAX - different lines that are told apart; the others are one */
#define REPEATS_MAX 128

struct repeats;

/**
 * repeats_new() - nothing was said yet
 * @event: event loop
 * @seconds: in which repeats are counted before the count is a line
 *
 * Return: the object, or NULL without memory.
 */
struct repeats *repeats_new(sd_event *event, unsigned int seconds);

/** repeats_free() - log what was counted, and free */
void repeats_free(struct repeats *r);

/** repeats_flush() - log what was counted, and forget what was said */
void repeats_flush(struct repeats *r);

/**
 * repeats_first() - is this said for the first time?
 * @r: what was said
 * @audit: the line's fields
 * @text: what is always the same in such lines; it is cut at some hundred bytes
 *
 * Return: true if the line is to be logged. Otherwise it is counted, and @text
 * and the count are a line a while later, with those of the first one's fields
 * that are not of its context and workstation, and audit.repeats.
 */
bool repeats_first(struct repeats *r, const struct audit *audit,
		   const char *text);

#endif
