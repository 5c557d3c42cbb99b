/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Log lines to standard error; under systemd they carry a <priority> prefix.
 */
#ifndef NTLMD_LOG_H
#define NTLMD_LOG_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <syslog.h>

/** LOG_LINE_MAX - size in bytes of the longest line; longer ones are cut */
#define LOG_LINE_MAX 4096

/** log_sink - receives each line, without a newline, in place of stderr */
typedef void (*log_sink)(void *arg, int priority, const char *line);

/**
 * log_init() - begin to log
 * @program: its name, which stays
 * @prefix: true: lines begin with "<priority>" for the journal, false: with
 *	the name of the program
 */
void log_init(const char *program, bool prefix);

/** log_set_level() - drop lines less important than @priority (LOG_*) */
void log_set_level(int priority);

/** log_set_sink() - send lines to @sink instead; NULL: to stderr again */
void log_set_sink(log_sink sink, void *arg);

/**
 * log_msg() - write one line
 * @priority: LOG_ERR to LOG_DEBUG
 * @fmt: as printf(3)
 *
 * Names that come from a client or a server may stand in a line: control
 * characters are replaced, so they cannot forge another line.
 */
void log_msg(int priority, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** LOG_JOURNAL_SOCKET - where the journal takes lines with fields */
#define LOG_JOURNAL_SOCKET "/run/systemd/journal/socket"
/** LOG_FIELDS_MAX - most fields of a line */
#define LOG_FIELDS_MAX 16

/**
 * struct log_field - what a line tells a program
 * @name: name of the field, as journalctl(1) takes it
 * @value: text
 */
struct log_field {
	const char *name;
	const char *value;
};

/**
 * log_open_journal() - is standard error the journal's?
 * @path: LOG_JOURNAL_SOCKET
 *
 * If it is, as JOURNAL_STREAM says, lines of log_event() go there with their
 * fields.
 */
void log_open_journal(const char *path);

/**
 * log_event() - write one line that has fields
 * @priority: LOG_ERR to LOG_DEBUG
 * @fields: as many as @count; control characters are replaced in them, too
 * @count: at most LOG_FIELDS_MAX
 * @text: the line
 *
 * Without a journal, or if it does not take it at once, the line goes to
 * standard error without them.
 */
void log_event(int priority, const struct log_field *fields, size_t count,
	       const char *text);

/**
 * struct problems - what is wrong with files an administrator wrote
 * @errors: number of errors so far
 */
struct problems {
	unsigned int errors;
};

/**
 * problem() - log an error in a file and count it
 * @p: counter
 * @file: name of the file
 * @line: line number from 1, or 0 if the whole file is meant
 * @fmt: as printf(3)
 */
void problem(struct problems *p, const char *file, unsigned int line,
	     const char *fmt, ...) __attribute__((format(printf, 4, 5)));

#endif
