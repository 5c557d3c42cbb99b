/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Contexts and counters as text and as JSON.
 */
#ifndef NTLMCTL_SHOW_H
#define NTLMCTL_SHOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nlattr;

/**
 * struct stats_name - how a counter is shown
 * @attr: NTLM_A_STATS_*
 * @json: key
 * @text: name for a person
 */
struct stats_name {
	int attr;
	const char *json;
	const char *text;
};

/** stats_names - every counter, ended by one without names */
extern const struct stats_name stats_names[];

/** show_u64() - value of a number attribute of either size; 0 if absent */
uint64_t show_u64(struct nlattr *attr);

/**
 * show_string() - text of an attribute as name_print() has it
 * @attr: may be NULL
 * @buf: receives the text
 * @size: its size in bytes
 *
 * Return: @buf, "-" if there is no text.
 */
const char *show_string(struct nlattr *attr, char *buf, size_t size);

/** show_json_string() - print "key": "text", escaped; nothing if absent */
void show_json_string(const char *key, struct nlattr *attr);

/** show_context_header() - print the head of the table of contexts */
void show_context_header(void);

/** show_context() - print one line of the table; with flags if @verbose */
void show_context(struct nlattr **tb, bool verbose);

/** show_context_json() - print a context as one JSON object, without newline */
void show_context_json(struct nlattr **tb);

/** show_event() - print an event as one line */
void show_event(struct nlattr **tb, bool verbose);

#endif
