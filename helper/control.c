// SPDX-License-Identifier: GPL-2.0-or-later
#include "control.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <systemd/sd-event.h>
#include <time.h>
#include <unistd.h>

#include "control_serve.h"
#include "log.h"

/* connections at a time: of all, and of one user */
#define CLIENTS_MAX		64
#define CLIENTS_MAX_UID		4
/* microseconds that a connection may last */
#define CLIENT_USEC		10000000
/* requests of one user that are served at once, and each second after that */
#define BURST			32
#define PER_SECOND		4
/* users whose rate is known; many more at a time are no fleet's business */
#define METERS			128

struct client {
	struct client *next;
	struct control *control;
	int fd;
	sd_event_source *io;
	sd_event_source *timer;
	struct control_session session;
};

struct meter {
	uint32_t uid;
	bool used;
	uint64_t usec;		/* when @credit was true */
	uint64_t credit;	/* requests, in 1/1000000 */
};

struct control {
	sd_event *event;
	int fd;
	sd_event_source *io;
	struct control_hooks hooks;
	struct client *clients;
	struct meter meters[METERS];
	struct control_order order;
	struct control_answer answer;
};

/* --- the socket ---------------------------------------------------------- */

static bool somebody_listens(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool answers;

	if (fd < 0)
		return true;
	answers = connect(fd, (const struct sockaddr *)address,
			  sizeof(*address)) == 0 || errno == EAGAIN ||
		  errno == EPROTOTYPE;
	close(fd);
	return answers;
}

/* Two daemons that start at the same time must not take it from each other. */
static int lock(const char *path)
{
	char name[PATH_MAX];
	int fd;

	snprintf(name, sizeof(name), "%s.lock", path);
	fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		close(fd);
		return -EADDRINUSE;
	}
	/* open until the process ends, and with it the lock */
	return 0;
}

static int bind_socket(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct stat st;
	mode_t mask;
	int fd, r;

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	strcpy(address.sun_path, path);
	r = lock(path);
	if (r < 0)
		return r;
	if (lstat(path, &st) == 0) {
		if (!S_ISSOCK(st.st_mode))
			return -EEXIST;
		if (somebody_listens(&address))
			return -EADDRINUSE;
		unlink(path);
	}
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	mask = umask(0111);
	r = bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    listen(fd, CLIENTS_MAX) < 0 ? -errno : fd;
	umask(mask);
	if (r < 0)
		close(fd);
	return r;
}

int control_bind(const char *path)
{
	char copy[PATH_MAX];
	int r;

	snprintf(copy, sizeof(copy), "%s", path);
	/* the unit makes it; this is for a start by hand */
	if (mkdir(dirname(copy), 0755) < 0 && errno != EEXIST)
		log_msg(LOG_DEBUG, "%s: %s", path, strerror(errno));
	r = bind_socket(path);
	if (r == -EADDRINUSE)
		log_msg(LOG_ERR,
			"%s: another process listens there; users cannot log in here",
			path);
	else if (r < 0)
		log_msg(LOG_ERR,
			"%s: no socket (%s); users cannot log in. It needs RuntimeDirectory=ntlmd in the unit, or control-socket in ntlmd.conf",
			path, strerror(-r));
	return r;
}

/* --- limits -------------------------------------------------------------- */

static uint64_t now_usec(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

static void refill(struct meter *m, uint64_t now)
{
	uint64_t passed = now - m->usec;

	m->usec = now;
	if (passed > BURST * UINT64_C(1000000))
		passed = BURST * UINT64_C(1000000);
	m->credit += passed * PER_SECOND;
	if (m->credit > BURST * UINT64_C(1000000))
		m->credit = BURST * UINT64_C(1000000);
}

/* The one who waited longest makes room, and so gets nothing that time did not. */
static struct meter *meter_of(struct control *c, uint32_t uid, uint64_t now)
{
	struct meter *best = &c->meters[0];

	for (size_t i = 0; i < METERS; i++) {
		struct meter *m = &c->meters[i];

		if (m->used && m->uid == uid)
			return m;
		if (!m->used || (best->used && m->usec < best->usec))
			best = m;
	}
	*best = (struct meter){
		.uid = uid,
		.used = true,
		.usec = now,
		.credit = BURST * UINT64_C(1000000),
	};
	return best;
}

static bool too_fast(struct control *c, uint32_t uid)
{
	uint64_t now = now_usec();
	struct meter *m;

	if (!uid)
		return false;
	m = meter_of(c, uid, now);
	refill(m, now);
	if (m->credit < 1000000)
		return true;
	m->credit -= 1000000;
	return false;
}

static const char *too_many(const struct control *c, uint32_t uid)
{
	unsigned int all = 0, own = 0;

	for (const struct client *i = c->clients; i; i = i->next) {
		all++;
		own += i->session.peer == uid;
	}
	/* root is let in, however many others there are */
	if (!uid)
		return NULL;
	if (own >= CLIENTS_MAX_UID)
		return "this user has too many connections to ntlmd: try again";
	if (all >= CLIENTS_MAX)
		return "ntlmd has too many connections: try again";
	return NULL;
}

/* --- connections --------------------------------------------------------- */

static void client_free(struct client *client)
{
	for (struct client **p = &client->control->clients; *p; p = &(*p)->next)
		if (*p == client) {
			*p = client->next;
			break;
		}
	control_session_end(&client->session);
	sd_event_source_disable_unref(client->io);
	sd_event_source_disable_unref(client->timer);
	close(client->fd);
	free(client);
}

/* A client that does not take its replies gets no more of them. */
static bool send_answer(int fd, struct control_answer *answer)
{
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec iov = { .iov_base = &answer->head, .iov_len = answer->len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (answer->fd >= 0) {
		msg.msg_control = &control;
		msg.msg_controllen = sizeof(control);
		control.head.cmsg_level = SOL_SOCKET;
		control.head.cmsg_type = SCM_RIGHTS;
		control.head.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.head), &answer->fd, sizeof(int));
	}
	return sendmsg(fd, &msg, MSG_DONTWAIT | MSG_NOSIGNAL) ==
	       (ssize_t)answer->len;
}

/* Returns false if the connection ends. */
static bool on_request(struct client *client, const void *data, size_t len,
		       bool has_descriptor)
{
	struct control *c = client->control;
	const char *why;
	int r;

	if (has_descriptor) {
		control_refuse(&c->answer, 0, EINVAL,
			       "a request must not have a descriptor");
		send_answer(client->fd, &c->answer);
		return false;
	}
	r = control_parse(data, len, &c->order, &why);
	if (r < 0) {
		control_refuse(&c->answer, 0, -r, why);
		send_answer(client->fd, &c->answer);
		return false;
	}
	if (too_fast(c, client->session.peer))
		control_refuse(&c->answer, c->order.op, EAGAIN,
			       "too many requests of this user: wait some seconds");
	else
		control_serve(&client->session, &c->order, &c->answer);
	return send_answer(client->fd, &c->answer);
}

static int on_readable(sd_event_source *s, int fd, uint32_t revents, void *arg)
{
	uint8_t data[CONTROL_REQUEST_MAX + 1];
	struct iovec iov = { .iov_base = data, .iov_len = sizeof(data) };
	/* no room for descriptors: the kernel drops them without opening any */
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct client *client = arg;
	ssize_t n = recvmsg(fd, &msg, MSG_DONTWAIT);

	(void)s;
	(void)revents;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0 || !on_request(client, data, (size_t)n,
				  msg.msg_flags & MSG_CTRUNC))
		client_free(client);
	return 0;
}

static int on_timeout(sd_event_source *s, uint64_t usec, void *arg)
{
	(void)s;
	(void)usec;
	client_free(arg);
	return 0;
}

static void client_new(struct control *c, int fd, uint32_t uid)
{
	struct client *client = calloc(1, sizeof(*client));
	int r;

	if (!client) {
		close(fd);
		return;
	}
	client->control = c;
	client->fd = fd;
	client->session = (struct control_session){
		.peer = uid,
		.hooks = &c->hooks,
		.secret_fd = -1,
	};
	client->next = c->clients;
	c->clients = client;
	r = sd_event_add_io(c->event, &client->io, fd, EPOLLIN, on_readable,
			    client);
	if (r >= 0)
		r = sd_event_source_set_priority(client->io,
						 SD_EVENT_PRIORITY_IDLE);
	if (r >= 0)
		r = sd_event_add_time_relative(c->event, &client->timer,
					       CLOCK_MONOTONIC, CLIENT_USEC, 0,
					       on_timeout, client);
	if (r < 0)
		client_free(client);
}

static int on_connect(sd_event_source *s, int fd, uint32_t revents, void *arg)
{
	struct control *c = arg;
	struct ucred peer;
	socklen_t len = sizeof(peer);
	const char *why;
	int client;

	(void)s;
	(void)revents;
	client = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (client < 0)
		return 0;
	if (getsockopt(client, SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0 ||
	    len != sizeof(peer)) {
		close(client);
		return 0;
	}
	why = too_many(c, peer.uid);
	if (why) {
		control_refuse(&c->answer, 0, EBUSY, why);
		send_answer(client, &c->answer);
		close(client);
		return 0;
	}
	client_new(c, client, peer.uid);
	return 0;
}

struct control *control_new(sd_event *event, int fd,
			    const struct control_hooks *hooks)
{
	struct control *c = calloc(1, sizeof(*c));
	int r;

	if (!c) {
		close(fd);
		return NULL;
	}
	c->event = event;
	c->fd = fd;
	c->hooks = *hooks;
	r = sd_event_add_io(event, &c->io, fd, EPOLLIN, on_connect, c);
	if (r >= 0)
		r = sd_event_source_set_priority(c->io, SD_EVENT_PRIORITY_IDLE);
	if (r >= 0)
		return c;
	control_free(c);
	return NULL;
}

void control_free(struct control *c)
{
	if (!c)
		return;
	while (c->clients)
		client_free(c->clients);
	sd_event_source_disable_unref(c->io);
	close(c->fd);
	free(c);
}
