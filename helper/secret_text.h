/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text with secrets, parsed in place and wiped as it is read.
 */
#ifndef NTLMD_SECRET_TEXT_H
#define NTLMD_SECRET_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "log.h"
#include "ntlm/ntlm.h"

#define SECRET_BLANKS " \t"

/** secret_line - takes one line, which may be changed and is wiped afterwards */
typedef void (*secret_line)(void *arg, unsigned int number, char *line);

/**
 * secret_lines() - go through a text line by line
 * @text: @len + 1 bytes of memory
 * @len: length of the text in bytes
 * @path: where it comes from, for logs
 * @line: called for each line without its end and without blanks at both ends,
 *	except for empty ones and for comments, which begin with '#' or ';'
 * @arg: its first argument
 * @problems: a NUL byte is one, and ends the text
 */
void secret_lines(char *text, size_t len, const char *path, secret_line line,
		  void *arg, struct problems *problems);

/**
 * secret_split() - take "key = value" apart
 * @line: becomes the key
 *
 * Return: the value, or NULL if there is no '='.
 */
char *secret_split(char *line);

/** secret_hash() - NTLM_HASH_SIZE bytes from as many hexadecimal pairs */
bool secret_hash(const char *hex, uint8_t hash[NTLM_HASH_SIZE]);

/**
 * secret_name_valid() - may this be the name of a user or a domain?
 * @name: the name
 *
 * The kernel refuses names that could forge a line in its log.
 *
 * Return: true if it is valid UTF-8 of less than NTLM_ACCOUNT_NAME_SIZE bytes
 * without a control character.
 */
bool secret_name_valid(const char *name);

#endif
