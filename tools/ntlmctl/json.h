/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON on standard output. Whatever a name holds, what is printed is valid JSON
 * in UTF-8.
 */
#ifndef NTLMCTL_JSON_H
#define NTLMCTL_JSON_H

#include <stddef.h>
#include <stdint.h>

/** json_bytes() - print @len bytes at @text as a string, quoted and escaped */
void json_bytes(const void *text, size_t len);

/** json_string() - print a text as a string; NULL: null */
void json_string(const char *text);

/** json_text() - print "key": "text"; NULL: "key": null */
void json_text(const char *key, const char *text);

/** json_names() - print the names of the bits in @bits as a list of strings */
void json_names(uint32_t bits, const char *const *names, size_t count);

#endif
