// SPDX-License-Identifier: GPL-2.0-or-later
#include "log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

static struct {
	const char *program;
	bool prefix;
	bool torn;
	int journal;
	struct sockaddr_un journal_address;
	int level;
	unsigned int lost;
	log_sink sink;
	void *arg;
} log_state = { .program = "ntlmd", .journal = -1, .level = LOG_INFO };

void log_init(const char *program, bool prefix)
{
	log_state.program = program;
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

/* Is all of it written? What comes after a line in part begins a new one. */
static bool put(const char *line, size_t len)
{
	struct iovec iov[] = {
		{ .iov_base = (char *)(uintptr_t)"\n", .iov_len = log_state.torn },
		{ .iov_base = (char *)(uintptr_t)line, .iov_len = len },
	};
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };
	ssize_t n = sendmsg(STDERR_FILENO, &msg, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n < 0 && errno == ENOTSOCK)
		n = writev(STDERR_FILENO, iov, 2);
	if (n < 0)
		return false;
	len += iov[0].iov_len;
	/* a newline alone is an empty line, which a reader leaves out */
	log_state.torn = (size_t)n != len && n != (ssize_t)iov[0].iov_len;
	return (size_t)n == len;
}

/*
 * One write, so that lines of several processes do not mix.  The journal may
 * have to wait for the very file systems that wait for this daemon, so a line
 * that it does not take at once is dropped, and counted.
 */
static void log_line(const char *line, size_t len)
{
	char lost[64];
	int n;

	if (log_state.lost) {
		n = snprintf(lost, sizeof(lost), "%s%s: %u lines lost\n",
			     log_state.prefix ? "<4>" : "", log_state.program,
			     log_state.lost);
		if (put(lost, (size_t)n))
			log_state.lost = 0;
	}
	if (!put(line, len))
		log_state.lost++;
}

static void replace_controls(char *text)
{
	for (char *p = text; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = '?';
}

static void log_write(int priority, char *text)
{
	char line[LOG_LINE_MAX + 16];
	int len;

	replace_controls(text);
	if (log_state.sink) {
		log_state.sink(log_state.arg, priority, text);
		return;
	}
	if (log_state.prefix)
		len = snprintf(line, sizeof(line), "<%d>%s\n", priority, text);
	else
		len = snprintf(line, sizeof(line), "%s: %s\n",
			       log_state.program, text);
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

void log_open_journal(const char *path)
{
	const char *stream = getenv("JOURNAL_STREAM");
	uintmax_t device, inode;
	struct stat st;

	if (!stream || sscanf(stream, "%ju:%ju", &device, &inode) != 2 ||
	    fstat(STDERR_FILENO, &st) < 0 || st.st_dev != device ||
	    st.st_ino != inode ||
	    strlen(path) >= sizeof(log_state.journal_address.sun_path))
		return;
	log_state.journal_address.sun_family = AF_UNIX;
	strcpy(log_state.journal_address.sun_path, path);
	log_state.journal = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

/*
 * The journal's own protocol, where a line "NAME=value" is a field. Not with
 * sd_journal_sendv(3), which waits for the journal, see log_line().
 */
static bool journal_send(int priority, const struct log_field *fields,
			 size_t count, const char *text)
{
	char data[4 * LOG_LINE_MAX];
	struct iovec iov = { .iov_base = data };
	struct msghdr msg = {
		.msg_name = &log_state.journal_address,
		.msg_namelen = sizeof(log_state.journal_address),
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};
	size_t len;

	len = (size_t)snprintf(data, sizeof(data),
			       "PRIORITY=%d\nSYSLOG_IDENTIFIER=ntlmd\nMESSAGE=%s\n",
			       priority, text);
	for (size_t i = 0; i < count; i++) {
		char *value = data + len + strlen(fields[i].name) + 1;
		int n = snprintf(data + len, sizeof(data) - len, "%s=%s\n",
				 fields[i].name, fields[i].value);

		if (n < 0 || (size_t)n >= sizeof(data) - len)
			return false;
		len += (size_t)n;
		data[len - 1] = '\0';
		replace_controls(value);
		data[len - 1] = '\n';
	}
	iov.iov_len = len;
	return sendmsg(log_state.journal, &msg, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
}

void log_event(int priority, const struct log_field *fields, size_t count,
	       const char *given)
{
	char text[LOG_LINE_MAX];

	if (priority > log_state.level)
		return;
	snprintf(text, sizeof(text), "%s", given);
	replace_controls(text);
	if (log_state.sink || log_state.journal < 0 ||
	    !journal_send(priority, fields, count, text))
		log_write(priority, text);
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
