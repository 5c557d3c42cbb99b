/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Patterns over target names (service principal names, "service/host").
 *
 * A pattern is "service/host", or "host" for every service. '*' stands for any
 * characters, none included, other than '/'. ASCII letters match in either
 * case. A target without a '/' is a host.
 */
#ifndef NTLMD_TARGET_H
#define NTLMD_TARGET_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct target_list - patterns
 * @pattern: @count strings "service/host"
 */
struct target_list {
	char **pattern;
	size_t count;
};

/**
 * target_list_add() - append patterns
 * @list: the list
 * @words: patterns separated by blanks
 * @why: receives static text on failure
 *
 * Return: 0; -EINVAL for a pattern that is malformed; -ENOMEM.
 */
int target_list_add(struct target_list *list, const char *words,
		    const char **why);

/** target_list_free() - free the patterns; the list is empty afterwards */
void target_list_free(struct target_list *list);

/**
 * target_list_match() - does a pattern match?
 * @list: the patterns
 * @target: service principal name
 * @literal: only count patterns whose host has no '*': the administrator
 *	named this very host
 */
bool target_list_match(const struct target_list *list, const char *target,
		       bool literal);

/**
 * target_list_unbounded() - is there a pattern that matches hosts of any name?
 * @list: the patterns
 *
 * Return: the first pattern whose host has nothing but '*' and '.', or NULL.
 */
const char *target_list_unbounded(const struct target_list *list);

#endif
