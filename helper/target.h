/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Target names (service principal names, "service/host") and patterns over
 * them.
 *
 * A pattern is "service/host", or "host" for every service. '*' stands for any
 * characters, none included, other than '/'. A target without a '/' is a host.
 * Both are compared in their canonical form, so that one host has one name
 * however it is written.
 */
#ifndef NTLMD_TARGET_H
#define NTLMD_TARGET_H

#include <stdbool.h>
#include <stddef.h>

/** TARGET_SIZE - size in bytes of a target name in UTF-8, with NUL */
#define TARGET_SIZE 769

/**
 * target_canonical() - the one form of all spellings of a target
 * @target: service principal name, or host
 * @out: receives "service/host" or "host"
 *
 * The port, the third part of a name of three parts and the dots at the end of
 * the host are left out; ASCII letters become lower case; a host with other
 * letters becomes the ASCII form in which DNS is asked (IDNA2008 with the
 * mapping of UTS 46). Addresses are written as inet_ntop(3) does, without
 * brackets, and an IPv4 address in IPv6 as IPv4; only a link-local address
 * keeps its zone. The canonical form of a canonical form is itself.
 *
 * Return: 0; -EINVAL if it names no host: nothing may be sent there, for a
 * pattern could not tell what it is; -ENAMETOOLONG; -ENOMEM.
 */
int target_canonical(const char *target, char out[TARGET_SIZE]);

/**
 * struct target_list - patterns
 * @pattern: @count strings "service/host" in canonical form
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
 * @target: service principal name, in any spelling
 * @literal: only count patterns whose host has no '*': the administrator
 *	named this very host
 *
 * Return: true if one does; false if none does or target_canonical() fails.
 */
bool target_list_match(const struct target_list *list, const char *target,
		       bool literal);

/**
 * target_list_unbounded() - is there a pattern that matches hosts of any name?
 * @list: the patterns
 *
 * Return: the first pattern whose host has nothing but '*', '.' and ':', or
 * NULL.
 */
const char *target_list_unbounded(const struct target_list *list);

#endif
