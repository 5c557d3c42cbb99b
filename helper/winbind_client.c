// SPDX-License-Identifier: GPL-2.0-or-later
#include "winbind_client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>


struct winbind_io {
	struct winbind_call *call;
	enum winbind_op op;
	int fd;
	sd_event_source *readable;
	sd_event_source *timer;
	struct winbind_reply reply;
	uint8_t message[WINBIND_MESSAGE_MAX];
};

static void io_free(struct winbind_io *io)
{
	sd_event_source_disable_unref(io->readable);
	sd_event_source_disable_unref(io->timer);
	if (io->fd >= 0)
		close(io->fd);
	explicit_bzero(io, sizeof(*io));
	free(io);
}

void winbind_cancel(struct winbind_call *call)
{
	struct winbind_io *io = call->io;

	call->io = NULL;
	if (io)
		io_free(io);
}

static void finish(struct winbind_io *io, int error)
{
	struct winbind_call *call = io->call;
	bool shown = !error || error == -EKEYREJECTED;

	/* the callback may free the call, or start it again */
	call->io = NULL;
	call->done(call, error, shown ? &io->reply : NULL);
	io_free(io);
}

static int on_timeout(sd_event_source *source, uint64_t usec, void *arg)
{
	(void)source;
	(void)usec;
	finish(arg, -ETIMEDOUT);
	return 0;
}

/* Errors that winbind_done() has a meaning for; what else comes is a lie. */
static int outcome(const struct winbind_reply *reply)
{
	static const int known[] = {
		ENOKEY, EKEYREJECTED, EHOSTUNREACH, EACCES, ETIMEDOUT,
		EOVERFLOW, ENOMEM, EPROTO,
	};

	if (!reply->status)
		return 0;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (reply->status == (uint32_t)known[i])
			return -known[i];
	return -EPROTO;
}

static int on_readable(sd_event_source *source, int fd, uint32_t events, void *arg)
{
	struct winbind_io *io = arg;
	ssize_t n;

	(void)source;
	(void)events;
	n = recv(fd, io->message, sizeof(io->message), MSG_TRUNC | MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n < 0)
		finish(io, -errno);
	else if (!n)
		finish(io, -ECONNRESET);
	else if ((size_t)n > sizeof(io->message) ||
		 winbind_reply_parse(io->message, (size_t)n, io->op,
				     &io->reply) < 0)
		finish(io, -EPROTO);
	else
		finish(io, outcome(&io->reply));
	return 0;
}

static int open_socket(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct ucred peer;
	socklen_t len = sizeof(peer);
	int fd, e;

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	strcpy(address.sun_path, path);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		e = errno;
		goto fail;
	}
	/* responses and keys are told to root alone */
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0 || peer.uid) {
		e = EACCES;
		goto fail;
	}
	return fd;
fail:
	close(fd);
	return e == ENOENT || e == ECONNREFUSED ? -EHOSTUNREACH : -e;
}

static int start(struct winbind_call *call, const struct winbind_request *request)
{
	struct winbind_io *io = calloc(1, sizeof(*io));
	ssize_t len;
	int e;

	if (!io)
		return -ENOMEM;
	io->call = call;
	io->op = request->op;
	io->fd = -1;
	len = winbind_request_pack(request, io->message);
	e = len < 0 ? (int)len : 0;
	if (e)
		goto fail;
	e = open_socket(call->path ? call->path : WINBIND_SOCKET);
	if (e < 0)
		goto fail;
	io->fd = e;
	if (send(io->fd, io->message, (size_t)len, MSG_NOSIGNAL) != len) {
		e = errno == EPIPE ? -ECONNRESET : -errno;
		goto fail;
	}
	explicit_bzero(io->message, (size_t)len);
	e = sd_event_add_io(call->event, &io->readable, io->fd, EPOLLIN,
			    on_readable, io);
	if (e >= 0)
		e = sd_event_add_time_relative(call->event, &io->timer,
					       CLOCK_MONOTONIC,
					       (uint64_t)call->timeout_ms * 1000,
					       0, on_timeout, io);
	if (e < 0)
		goto fail;
	call->io = io;
	return 0;
fail:
	io_free(io);
	return e;
}

int winbind_check_start(struct winbind_call *call, uint32_t uid)
{
	const struct winbind_request request = {
		.op = WINBIND_CHECK,
		.uid = uid,
	};

	return start(call, &request);
}

int winbind_cached_start(struct winbind_call *call, uint32_t uid,
			 struct ntlm_bytes negotiate, struct ntlm_bytes challenge)
{
	const struct winbind_request request = {
		.op = WINBIND_CACHED,
		.uid = uid,
		.negotiate = negotiate,
		.challenge = challenge,
	};

	return start(call, &request);
}

int winbind_logon_start(struct winbind_call *call, const struct ntlm_logon *logon)
{
	struct winbind_request request = {
		.op = WINBIND_LOGON,
		.user = logon->user,
		.domain = logon->domain,
		.workstation = logon->workstation,
		.nt = logon->nt,
	};

	/*
	 * A domain controller is content with either. An LMv2 response would make
	 * good an NTLMv2 response that somebody changed on its way, with MsvAvFlags,
	 * channel bindings and target name in it.
	 */
	if (logon->response == NTLM_RESPONSE_LM)
		request.lm = logon->lm;

	memcpy(request.server_challenge, logon->server_challenge,
	       sizeof(request.server_challenge));
	return start(call, &request);
}
