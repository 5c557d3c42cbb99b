// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Lines with fields: a socket here plays the journal's.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "audit.h"
#include "log.h"
#include "tap.h"

static char directory[] = "/tmp/journal.XXXXXX";
static char path[64];
static int journal;
static int text_fd;
static char got[32768];

static void open_journal(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	snprintf(path, sizeof(path), "%s/socket", directory);
	strcpy(address.sun_path, path);
	journal = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	if (journal < 0 ||
	    bind(journal, (struct sockaddr *)&address, sizeof(address)) < 0)
		exit(2);
}

/* Standard error is a pipe whose other end is read here. */
static void take_stderr(void)
{
	int ends[2];

	if (pipe2(ends, O_NONBLOCK) < 0 || dup2(ends[1], STDERR_FILENO) < 0)
		exit(2);
	close(ends[1]);
	text_fd = ends[0];
}

static void say_journal_stream(ino_t more)
{
	char value[64];
	struct stat st;

	fstat(STDERR_FILENO, &st);
	snprintf(value, sizeof(value), "%ju:%ju", (uintmax_t)st.st_dev,
		 (uintmax_t)(st.st_ino + more));
	setenv("JOURNAL_STREAM", value, 1);
}

/* What arrived at the journal since the last call; "" for nothing */
static const char *datagram(void)
{
	ssize_t n = recv(journal, got, sizeof(got) - 1, 0);

	got[n < 0 ? 0 : n] = '\0';
	return got;
}

/* What was written to standard error since the last call; "" for nothing */
static const char *text(void)
{
	ssize_t n = read(text_fd, got, sizeof(got) - 1);

	got[n < 0 ? 0 : n] = '\0';
	return got;
}

static const struct audit refused = {
	.id = AUDIT_REFUSED,
	.outcome = "refused",
	.context = 7,
	.uid = 1000,
	.target = "cifs/server",
	.user = "alice",
	.domain = "LAB",
	.ntstatus = 0xc000006d,
};

/* Is this one of the lines of the datagram? */
static bool has(const char *line)
{
	size_t len = strlen(line);

	for (const char *at = got; at && *at; at = strchr(at, '\n')) {
		at += *at == '\n';
		if (!strncmp(at, line, len) && at[len] == '\n')
			return true;
	}
	return false;
}

static void test_fields(void)
{
	audit_log(LOG_WARNING, &refused, "refused ctx=%d", 7);
	datagram();
	tap_ok(has("MESSAGE=refused ctx=7") && has("PRIORITY=4"),
	       "the journal gets the line and its priority");
	tap_ok(has("NTLM_USER=alice") && has("NTLM_DOMAIN=LAB") &&
	       has("NTLM_TARGET=cifs/server") && has("NTLM_UID=1000"),
	       "the fields say who and where");
	tap_ok(has("NTLM_OUTCOME=refused") && has("NTLM_STATUS=0xC000006D") &&
	       has("NTLM_ROLE=initiator") && has("NTLM_CONTEXT=7"),
	       "and what came of it");
	tap_ok(has("MESSAGE_ID=" AUDIT_REFUSED) &&
	       has("SYSLOG_IDENTIFIER=ntlmd"), "and which kind of line it is");
	tap_ok(!strstr(got, "NTLM_WORKSTATION") && !strstr(got, "NTLM_ERRNO"),
	       "what is not known is no field");
}

static void test_hostile_names(void)
{
	struct audit audit = refused;

	audit.user = "eve\nMESSAGE_ID=0\nNTLM_OUTCOME=accepted";
	audit.domain = "A\xff" "B\xe2\x80\xae" "C";
	audit_log(LOG_WARNING, &audit, "refused user=%s", audit.user);
	datagram();
	tap_ok(has("NTLM_USER=eve?MESSAGE_ID=0?NTLM_OUTCOME=accepted"),
	       "a name makes no field");
	tap_ok(!has("NTLM_OUTCOME=accepted") && !has("MESSAGE_ID=0"),
	       "and no outcome");
	tap_ok(has("MESSAGE=refused user=eve?MESSAGE_ID=0?NTLM_OUTCOME=accepted"),
	       "nor does it from within the line");
	tap_ok(has("NTLM_DOMAIN=A?B?C"),
	       "what is no text or turns a line around is replaced");
}

static void test_level(void)
{
	log_set_level(LOG_ERR);
	audit_log(LOG_WARNING, &refused, "refused");
	tap_ok(!*datagram(), "a line below the level is not sent");
	log_set_level(LOG_INFO);
}

static void test_full(void)
{
	unsigned int sent = 0;
	int flags;

	/* nobody reads: the line is not waited for, and is on standard error */
	for (unsigned int i = 0; i < 5000; i++) {
		char filler = 'x';
		struct sockaddr_un to = { .sun_family = AF_UNIX };

		strcpy(to.sun_path, path);
		flags = MSG_DONTWAIT;
		if (sendto(journal, &filler, 1, flags, (struct sockaddr *)&to,
			   sizeof(to)) < 0)
			break;
		sent++;
	}
	tap_note("%u datagrams fill the socket", sent);
	audit_log(LOG_WARNING, &refused, "while the journal is full");
	tap_ok(strstr(text(), "<4>while the journal is full\n"),
	       "a journal that does not take a line is not waited for");
	while (*datagram())
		continue;
	audit_log(LOG_WARNING, &refused, "later");
	datagram();
	tap_ok(has("MESSAGE=later"), "later lines have their fields again");
}

int main(void)
{
	if (!mkdtemp(directory))
		return 2;
	log_init(true);
	open_journal();
	take_stderr();
	unsetenv("JOURNAL_STREAM");
	log_open_journal(path);
	audit_log(LOG_WARNING, &refused, "by hand");
	tap_ok(!strcmp(text(), "<4>by hand\n") && !*datagram(),
	       "without a journal the line is text");
	say_journal_stream(1);
	log_open_journal(path);
	audit_log(LOG_WARNING, &refused, "redirected");
	tap_ok(!strcmp(text(), "<4>redirected\n") && !*datagram(),
	       "nor does the journal of somebody else get it");
	say_journal_stream(0);
	log_open_journal(path);
	test_fields();
	test_hostile_names();
	test_level();
	test_full();
	unlink(path);
	audit_log(LOG_WARNING, &refused, "gone");
	tap_ok(!strcmp(text(), "<4>gone\n"), "nor is a line lost if it is gone");
	rmdir(directory);
	return tap_done();
}
