// SPDX-License-Identifier: GPL-2.0-or-later
#include "serve.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../log.h"
#include "ask.h"

/* What the signal handler sends when time is up, ready before it may come. */
static struct {
	int fd;
	size_t len;
	uint8_t message[256];
} late;

static uint8_t question[WINBIND_MESSAGE_MAX];
static uint8_t message[WINBIND_MESSAGE_MAX];

static void on_alarm(int number)
{
	(void)number;
	send(late.fd, late.message, late.len, MSG_NOSIGNAL | MSG_DONTWAIT);
	_exit(EXIT_FAILURE);
}

static void prepare_late(int fd, enum winbind_op op)
{
	const struct winbind_reply reply = { .op = op, .status = ETIMEDOUT };
	ssize_t len = winbind_reply_pack(&reply, message);

	if (len < 0 || (size_t)len > sizeof(late.message))
		abort();
	memcpy(late.message, message, (size_t)len);
	late.len = (size_t)len;
	late.fd = fd;
}

static void answer(int fd, const struct winbind_reply *reply)
{
	ssize_t len = winbind_reply_pack(reply, message);

	if (len < 0) {
		const struct winbind_reply failure = {
			.op = reply->op,
			.status = EPROTO,
		};

		log_msg(LOG_WARNING, "winbindd's answer is larger than it may be");
		len = winbind_reply_pack(&failure, message);
	}
	if (send(fd, message, (size_t)len, MSG_NOSIGNAL) != len)
		log_msg(LOG_INFO, "ntlmd did not wait for the answer: %s",
			strerror(errno));
	explicit_bzero(message, sizeof(message));
}

static bool is_client(int fd, uid_t client)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0) {
		log_msg(LOG_ERR, "who asks: %s", strerror(errno));
		return false;
	}
	if (peer.uid == client)
		return true;
	log_msg(LOG_WARNING, "refused a request of uid=%" PRIu32 " pid=%d: only ntlmd, uid=%" PRIu32 ", may ask",
		peer.uid, peer.pid, client);
	return false;
}

_Noreturn void serve(int fd, uid_t client, unsigned int seconds)
{
	static struct winbind_request request;
	static struct ask_answer result;
	struct sigaction alarmed = { .sa_handler = on_alarm };
	ssize_t n;

	prctl(PR_SET_DUMPABLE, 0);
	if (mlockall(MCL_CURRENT) < 0)
		log_msg(LOG_NOTICE, "memory cannot be locked: %s", strerror(errno));
	if (!is_client(fd, client))
		_exit(EXIT_FAILURE);
	/* the default action until there is something to be said */
	alarm(seconds);
	n = recv(fd, question, sizeof(question), MSG_TRUNC);
	if (n <= 0 || (size_t)n > sizeof(question) ||
	    winbind_request_parse(question, (size_t)n, &request) < 0) {
		if (n)
			log_msg(LOG_WARNING, "ntlmd sent no valid request; are both programs of one version?");
		_exit(EXIT_FAILURE);
	}
	prepare_late(fd, request.op);
	sigaction(SIGALRM, &alarmed, NULL);

	ask(&request, &result);
	/* one answer goes out: this one, or before here the one that time is up */
	alarm(0);
	answer(fd, &result.reply);
	explicit_bzero(&result, sizeof(result));
	explicit_bzero(question, sizeof(question));
	_exit(EXIT_SUCCESS);
}
