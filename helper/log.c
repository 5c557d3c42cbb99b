// SPDX-License-Identifier: GPL-2.0-or-later
#include "log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct {
	bool prefix;
	int level;
	unsigned int lost;
	log_sink sink;
	void *arg;
} log_state = { .level = LOG_INFO };

void log_init(bool prefix)
{
	log_state.prefix = prefix;
}

void log_set_level(int priority)
{
	log_state.level = priority;
}

void log_set_sink(log_sink sink, void *arg)
{
	log_state.sink = sink;
	log_state.arg = arg;
}

/*
 * One write, so that lines of several processes do not mix.  The journal may
 * have to wait for the very file systems that wait for this daemon, so a line
 * that it does not take at once is dropped, and counted.
 */
static void log_line(const char *line, size_t len)
{
	const int flags = MSG_DONTWAIT | MSG_NOSIGNAL;
	char lost[64];
	int n;

	if (log_state.lost) {
		n = snprintf(lost, sizeof(lost), "%sntlmd: %u lines lost\n",
			     log_state.prefix ? "<4>" : "", log_state.lost);
		if (send(STDERR_FILENO, lost, (size_t)n, flags) == n)
			log_state.lost = 0;
	}
	if (send(STDERR_FILENO, line, len, flags) >= 0)
		return;
	if (errno != ENOTSOCK || write(STDERR_FILENO, line, len) < 0)
		log_state.lost++;
}

static void log_write(int priority, char *text)
{
	char line[LOG_LINE_MAX + 16];
	int len;

	for (char *p = text; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = '?';
	if (log_state.sink) {
		log_state.sink(log_state.arg, priority, text);
		return;
	}
	if (log_state.prefix)
		len = snprintf(line, sizeof(line), "<%d>%s\n", priority, text);
	else
		len = snprintf(line, sizeof(line), "ntlmd: %s\n", text);
	if (len > 0)
		log_line(line, (size_t)len);
}

static void log_vmsg(int priority, const char *fmt, va_list ap)
{
	char text[LOG_LINE_MAX];

	if (priority > log_state.level)
		return;
	vsnprintf(text, sizeof(text), fmt, ap);
	log_write(priority, text);
}

void log_msg(int priority, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_vmsg(priority, fmt, ap);
	va_end(ap);
}

void problem(struct problems *p, const char *file, unsigned int line,
	     const char *fmt, ...)
{
	char text[LOG_LINE_MAX];
	va_list ap;

	p->errors++;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (line)
		log_msg(LOG_ERR, "%s:%u: %s", file, line, text);
	else
		log_msg(LOG_ERR, "%s: %s", file, text);
}
