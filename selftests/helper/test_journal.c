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
#include "repeats.h"
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
	tap_ok(!strstr(got, "NTLM_WORKSTATION") && !strstr(got, "NTLM_ERRNO") &&
	       !strstr(got, "NTLM_REPEATS"), "what is not known is no field");
}

static void test_repeats(void)
{
	struct repeats *r;
	sd_event *event;

	if (sd_event_new(&event) < 0)
		exit(2);
	r = repeats_new(event, 60);
	if (!r)
		exit(2);
	for (unsigned int i = 0; i < 4; i++)
		repeats_first(r, &refused, "alice");
	repeats_flush(r);
	datagram();
	tap_ok(has("MESSAGE=alice: 3 more times within 60 s") &&
	       has("NTLM_REPEATS=3") && has("NTLM_OUTCOME=refused") &&
	       has("MESSAGE_ID=" AUDIT_REFUSED) && has("NTLM_USER=alice") &&
	       has("NTLM_TARGET=cifs/server"), "a count of repeats has fields");
	tap_ok(!strstr(got, "NTLM_CONTEXT"), "but none of the first one's context");
	for (unsigned int i = 0; i < REPEATS_MAX + 7; i++) {
		char line[16];

		snprintf(line, sizeof(line), "%u", i);
		repeats_first(r, &refused, line);
	}
	repeats_flush(r);
	datagram();
	tap_ok(has("MESSAGE=7 more failures within 60 s, of too many kinds to list") &&
	       has("NTLM_REPEATS=7") && has("NTLM_OUTCOME=refused") &&
	       !strstr(got, "NTLM_USER"), "and so has that of too many kinds");
	repeats_free(r);
	sd_event_unref(event);
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

/*
 * The stream to the journal takes a part of a line when it is nearly full. What
 * comes later must not be taken for the rest of it.
 */
static void test_torn(void)
{
	static char line[4000];
	int ends[2], size = 1;
	const char *at;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) < 0 ||
	    setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)) < 0 ||
	    dup2(ends[1], STDERR_FILENO) < 0)
		exit(2);
	close(text_fd);
	text_fd = ends[0];
	memset(line, 'x', sizeof(line) - 1);
	/* a short one, so that the other begins in the room that there is */
	log_msg(LOG_WARNING, "short");
	log_msg(LOG_WARNING, "%s", line);
	at = text();
	tap_ok(*at && at[strlen(at) - 1] == 'x', "a part of a line is written");
	log_msg(LOG_WARNING, "after");
	at = text();
	tap_ok(!strncmp(at, "\n<4>test: ", 10) && strstr(at, " lines lost\n"),
	       "the next one is a line, and tells that some were lost");
	tap_ok(strstr(at, "\n<4>after\n"), "and so is that after it");
	log_msg(LOG_WARNING, "later");
	tap_ok(!strcmp(text(), "<4>later\n"), "then all is as before");
}

int main(void)
{
	if (!mkdtemp(directory))
		return 2;
	log_init("test", true);
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
	test_repeats();
	test_hostile_names();
	test_level();
	test_full();
	unlink(path);
	audit_log(LOG_WARNING, &refused, "gone");
	tap_ok(!strcmp(text(), "<4>gone\n"), "nor is a line lost if it is gone");
	rmdir(directory);
	test_torn();
	log_init("test", false);
	log_msg(LOG_WARNING, "by hand");
	tap_ok(!strcmp(text(), "test: by hand\n"),
	       "a person sees which program says it");
	return tap_done();
}
