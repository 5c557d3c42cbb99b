// SPDX-License-Identifier: GPL-2.0-or-later
#include "control_client.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "exit.h"

/* ntlmd answers at once, or it hangs */
#define TIMEOUT_SECONDS 10

static int cannot_connect(const char *path)
{
	int error = errno;

	if (error == ENOENT || error == ECONNREFUSED) {
		fprintf(stderr,
			"ntlmctl: ntlmd is not running (%s: %s); as root: systemctl start ntlmd\n",
			path, strerror(error));
		return EXIT_NO_DAEMON;
	}
	fprintf(stderr, "ntlmctl: %s: %s\n", path, strerror(error));
	return EXIT_PROBLEM;
}

static bool connected(struct control_client *c, const char *path)
{
	const struct timeval limit = { .tv_sec = TIMEOUT_SECONDS };
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	c->secret_fd = -1;
	c->fd = -1;
	if (strlen(path) >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		return false;
	}
	strcpy(address.sun_path, path);
	c->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	return c->fd >= 0 &&
	       setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) == 0 &&
	       setsockopt(c->fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) == 0 &&
	       connect(c->fd, (struct sockaddr *)&address, sizeof(address)) == 0;
}

int control_client_open(struct control_client *c, const char *path)
{
	return connected(c, path) ? EXIT_OK : cannot_connect(path);
}

void control_client_close(struct control_client *c)
{
	if (c->secret_fd >= 0)
		close(c->secret_fd);
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	c->secret_fd = -1;
}

static int send_request(struct control_client *c,
			struct control_request *request, const char *const text[3])
{
	struct iovec iov[4] = { { request, sizeof(*request) } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 4 };
	size_t len[3];

	for (int i = 0; i < 3; i++) {
		len[i] = text[i] ? strlen(text[i]) : 0;
		if (len[i] >= CONTROL_TEXT_MAX) {
			fputs("ntlmctl: a target or name is too long\n", stderr);
			return EXIT_USAGE;
		}
		iov[i + 1] = (struct iovec){ (void *)text[i], len[i] };
	}
	request->magic = CONTROL_MAGIC;
	request->version = CONTROL_VERSION;
	request->target_len = (uint16_t)len[0];
	request->user_len = (uint16_t)len[1];
	request->domain_len = (uint16_t)len[2];
	/* whoever is refused at once finds the reason in the reply */
	if (sendmsg(c->fd, &msg, MSG_NOSIGNAL) < 0 && errno != EPIPE &&
	    errno != ECONNRESET) {
		fprintf(stderr, "ntlmctl: ntlmd: %s\n", strerror(errno));
		return EXIT_PROBLEM;
	}
	return EXIT_OK;
}

static void take_descriptor(struct control_client *c, struct msghdr *msg)
{
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(msg);

	if (!cmsg || cmsg->cmsg_level != SOL_SOCKET ||
	    cmsg->cmsg_type != SCM_RIGHTS ||
	    cmsg->cmsg_len != CMSG_LEN(sizeof(int)))
		return;
	if (c->secret_fd >= 0)
		close(c->secret_fd);
	memcpy(&c->secret_fd, CMSG_DATA(cmsg), sizeof(int));
}

static ssize_t receive(struct control_client *c)
{
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec iov[] = {
		{ &c->reply, sizeof(c->reply) },
		{ c->body, CONTROL_REPLY_MAX },
	};
	struct msghdr msg = {
		.msg_iov = iov,
		.msg_iovlen = 2,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t n = recvmsg(c->fd, &msg, MSG_CMSG_CLOEXEC);

	/* closed before our request was read: the reply is behind the error */
	if (n < 0 && errno == ECONNRESET)
		n = recvmsg(c->fd, &msg, MSG_CMSG_CLOEXEC);
	if (n > 0)
		take_descriptor(c, &msg);
	return n;
}

int control_client_ask(struct control_client *c, struct control_request request,
		       const char *target, const char *user, const char *domain)
{
	const char *const text[] = { target, user, domain };
	int status = send_request(c, &request, text);
	ssize_t n;

	if (status != EXIT_OK)
		return status;
	n = receive(c);
	if (n == 0 || (n < 0 && errno == ECONNRESET)) {
		fputs("ntlmctl: ntlmd has closed the connection; try again\n",
		      stderr);
		return EXIT_PROBLEM;
	}
	if (n < 0) {
		fprintf(stderr, "ntlmctl: ntlmd does not answer: %s\n",
			strerror(errno));
		return EXIT_PROBLEM;
	}
	c->body_len = (size_t)n - sizeof(c->reply);
	if ((size_t)n < sizeof(c->reply) || c->reply.magic != CONTROL_MAGIC ||
	    c->reply.version != CONTROL_VERSION ||
	    c->reply.text_len > c->body_len) {
		fputs("ntlmctl: ntlmd speaks another version of the protocol: update both, and restart ntlmd\n",
		      stderr);
		return EXIT_PROBLEM;
	}
	c->body[c->body_len] = '\0';
	if (!c->reply.status)
		return EXIT_OK;
	fprintf(stderr, "ntlmctl: %.*s\n", c->reply.text_len, (char *)c->body);
	return c->reply.status == EPERM || c->reply.status == EACCES ?
	       EXIT_NOT_ALLOWED : EXIT_PROBLEM;
}

static bool listens(const struct control_client *c, pid_t pid)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	return getsockopt(c->fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 &&
	       len == sizeof(peer) && peer.pid == pid;
}

static bool is_version(const struct control_client *c, ssize_t n)
{
	return n >= (ssize_t)sizeof(c->reply) && c->reply.magic == CONTROL_MAGIC &&
	       !c->reply.status && c->reply.text_len == (size_t)n - sizeof(c->reply);
}

void control_client_version(const char *path, pid_t pid, char *buf, size_t size)
{
	struct control_request request = {
		.op = CONTROL_ABOUT,
		.uid = CONTROL_NOBODY,
	};
	const char *const none[3] = { NULL };
	struct control_client *c = calloc(1, sizeof(*c));

	*buf = '\0';
	if (!c)
		return;
	if (connected(c, path) && listens(c, pid) &&
	    send_request(c, &request, none) == EXIT_OK &&
	    is_version(c, receive(c)))
		snprintf(buf, size, "%.*s", c->reply.text_len, (char *)c->body);
	control_client_close(c);
	free(c);
}

int control_client_rows(struct control_client *c, control_row_each each,
			void *arg)
{
	char text[3][CONTROL_TEXT_MAX];
	const uint8_t *at = c->body;
	size_t left = c->body_len;

	for (uint32_t i = 0; i < c->reply.count; i++) {
		struct control_row row;
		const uint8_t *from = at + sizeof(row);
		size_t need = sizeof(row);

		if (left < sizeof(row))
			goto broken;
		memcpy(&row, at, sizeof(row));
		const uint16_t len[] = { row.target_len, row.user_len,
					 row.domain_len };

		for (int t = 0; t < 3; t++) {
			need += len[t];
			if (len[t] >= CONTROL_TEXT_MAX || need > row.size ||
			    row.size > left)
				goto broken;
			memcpy(text[t], from, len[t]);
			text[t][len[t]] = '\0';
			from += len[t];
		}
		each(arg, &row, text[0], text[1], text[2]);
		at += row.size;
		left -= row.size;
	}
	return EXIT_OK;
broken:
	fputs("ntlmctl: the reply of ntlmd is malformed\n", stderr);
	return EXIT_PROBLEM;
}
