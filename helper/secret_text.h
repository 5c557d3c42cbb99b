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

/**
 * struct secret_place - where in a text of sections the parser is
 * @path: where the text comes from, for logs
 * @problems: counts what is wrong; each error is logged with its line
 * @line: number of the line
 * @section: number of the line that began the section, 0 before the first one
 */
struct secret_place {
	const char *path;
	struct problems *problems;
	unsigned int line;
	unsigned int section;
};

/** secret_problem() - count and log what is wrong with the line at @place */
#define secret_problem(place, ...) \
	problem((place)->problems, (place)->path, (place)->line, __VA_ARGS__)

/**
 * secret_require() - count and log a section that lacks something
 * @place: in the section, or at its end
 * @there: it does not lack it
 * @what: the name of what it lacks, for logs
 */
void secret_require(const struct secret_place *place, bool there,
		    const char *what);

/**
 * struct secret_key - a key of a section
 * @name: as it is written
 * @set: takes the value, which may be changed and is wiped afterwards
 */
struct secret_key {
	const char *name;
	void (*set)(void *arg, char *value);
};

/**
 * struct secret_format - what may be in a text of sections
 * @key: the keys
 * @key_count: how many there are
 * @known: their names, for logs
 * @begin: called at "[name]" with "PATH [name]", which the callee frees; NULL
 *	if that is wrong or there is no memory, which was counted
 * @end: called at the end of each section that began
 */
struct secret_format {
	const struct secret_key *key;
	size_t key_count;
	const char *known;
	void (*begin)(void *arg, char *origin);
	void (*end)(void *arg);
};

/**
 * secret_sections() - go through "[name]" sections of "key = value" lines
 * @text: @len + 1 bytes of memory, changed and wiped
 * @len: length of the text in bytes
 * @format: what may be in it
 * @place: kept up to date for the callbacks; from the caller come @path and
 *	@problems, and zeros
 * @arg: first argument of all callbacks
 *
 * What is no such text is counted in @place->problems; the rest is still read.
 */
void secret_sections(char *text, size_t len, const struct secret_format *format,
		     struct secret_place *place, void *arg);

/** secret_hash() - NTLM_HASH_SIZE bytes from as many hexadecimal pairs */
bool secret_hash(const char *hex, uint8_t hash[NTLM_HASH_SIZE]);

/**
 * secret_text_valid() - is it valid UTF-8 without a control character?
 * @text: the text; C0, DEL and C1 are control characters
 */
bool secret_text_valid(const char *text);

/**
 * secret_name_valid() - may this be the name of a user or a domain?
 * @name: the name
 *
 * The kernel refuses names that could forge a line in its log.
 *
 * Return: true if it is shorter than NTLM_ACCOUNT_NAME_SIZE bytes and
 * secret_text_valid().
 */
bool secret_name_valid(const char *name);

#endif
