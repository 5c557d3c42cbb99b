// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The queue of requests: what they say, limits, order, READY, full buffers.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "../lib/driver.h"
#include "../lib/nl.h"
#include "../lib/tap.h"
#include "tests.h"

static void open_helper(struct nl *nl)
{
	CHECK_ERR(nl_open(nl), 0);
	CHECK_ERR(ntlm_register(nl), 0);
}

/* @n contexts of @uid, each with a step that waits. */
static void start_clients(struct client *c, unsigned int n, uint32_t uid)
{
	struct drv_params p = { .uid = uid, .timeout_ms = 300000 };
	unsigned int i;

	for (i = 0; i < n; i++)
		client_start(&c[i], drv_context(&p), NULL, 0);
}

static void join_clients(struct client *c, unsigned int n, int want)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		CHECK_ERR(client_join(&c[i]), want);
		close(c[i].fd);
	}
}

/* --- what a request says ---------------------------------------------------- */

void accept_tells_what_the_client_wants(void)
{
	static const uint8_t bindings[16] = "channel-bindings";
	struct ntlm_req *req = malloc(sizeof(*req));
	struct drv_params p = {
		.uid = 1234, .target = "cifs/files.example", .user = "alice",
		.domain = "EXAMPLE", .bindings = bindings,
		.required = NTLM_OPT_INTEGRITY | NTLM_OPT_CONFIDENTIALITY,
		.wished = NTLM_OPT_IDENTIFY, .min_key_bits = 56,
		.timeout_ms = 30000, .unverified = true,
	};
	struct ntlm_done d;
	struct client c;
	struct nl nl;
	int fd;

	open_helper(&nl);
	fd = drv_context(&p);
	client_start(&c, fd, NULL, 0);
	CHECK_ERR(ntlm_accept_wait(&nl, req, 20000), 0);
	CHECK_EQ(req->context, drv_info(fd).id);
	CHECK_EQ(req->role, NTLM_ROLE_INITIATOR);
	CHECK_EQ(req->mode, NTLM_MODE_CONNECTION);
	CHECK_EQ(req->leg, 0);
	CHECK_EQ(req->uid, 1234);
	CHECK_EQ(req->required, p.required);
	CHECK_EQ(req->wished, p.wished);
	CHECK_EQ(req->min_key_bits, 56);
	CHECK(req->deadline > 20000 && req->deadline <= 30000);
	CHECK(req->unverified);
	CHECK(!strcmp(req->target, "cifs/files.example"));
	CHECK(!strcmp(req->user, "alice"));
	CHECK(!strcmp(req->domain, "EXAMPLE"));
	CHECK(req->has_bindings);
	CHECK(!memcmp(req->bindings, bindings, 16));
	CHECK_EQ(req->ntokens, 0);
	d = ntlm_honest(req);
	CHECK_ERR(ntlm_done(&nl, &d), 0);
	CHECK_ERR(client_join(&c), -EINPROGRESS);

	client_start(&c, fd, "CHALLENGE", 9);
	CHECK_ERR(ntlm_accept_wait(&nl, req, 20000), 0);
	CHECK_EQ(req->leg, 1);
	CHECK_EQ(req->ntokens, 2);
	CHECK_EQ(req->token_len[0], 9);
	CHECK(!memcmp(req->token[0], "NEGOTIATE", 9));
	CHECK_EQ(req->token_len[1], 9);
	CHECK(!memcmp(req->token[1], "CHALLENGE", 9));
	d = ntlm_honest(req);
	CHECK_ERR(ntlm_done(&nl, &d), 0);
	CHECK_ERR(client_join(&c), 0);
	free(req);
}

void accept_leaves_out_what_was_not_given(void)
{
	struct ntlm_req *req = malloc(sizeof(*req));
	struct drv_params p = { .timeout_ms = 60000 };
	struct client c;
	struct nl nl;

	open_helper(&nl);
	client_start(&c, drv_context(&p), NULL, 0);
	CHECK_ERR(ntlm_accept_wait(&nl, req, 20000), 0);
	CHECK(!nl_attr(nl.r, NTLM_A_REQUEST_USER));
	CHECK(!nl_attr(nl.r, NTLM_A_REQUEST_DOMAIN));
	CHECK(!nl_attr(nl.r, NTLM_A_REQUEST_CHANNEL_BINDINGS));
	CHECK(!nl_attr(nl.r, NTLM_A_REQUEST_TARGET_UNVERIFIED));
	CHECK(!nl_attr(nl.r, NTLM_A_REQUEST_TOKEN));
	CHECK_EQ(req->min_key_bits, 128);
	drv_cancel(c.fd);
	CHECK_ERR(client_join(&c), -ECANCELED);
	free(req);
}

void oldest_request_is_accepted_first(void)
{
	struct ntlm_req *req = malloc(sizeof(*req));
	struct client c[8];
	unsigned int i;
	struct nl nl;

	open_helper(&nl);
	for (i = 0; i < 8; i++) {
		start_clients(&c[i], 1, 0);
		wait_for_requests(&nl, i + 1, 0);
	}
	for (i = 0; i < 8; i++) {
		CHECK_ERR(ntlm_accept(&nl, req), 0);
		CHECK_EQ(req->context, drv_info(c[i].fd).id);
	}
	CHECK_ERR(ntlm_accept(&nl, req), -EAGAIN);
	for (i = 0; i < 8; i++)
		drv_cancel(c[i].fd);
	join_clients(c, 8, -ECANCELED);
	free(req);
}

/* --- READY ------------------------------------------------------------------ */

void ready_comes_once_after_an_idle_time(void)
{
	struct ntlm_req *req = malloc(sizeof(*req));
	struct client c[4];
	struct nl nl;
	int i;

	open_helper(&nl);
	CHECK_ERR(ntlm_accept(&nl, req), -EAGAIN);
	start_clients(c, 3, 0);
	CHECK_ERR(nl_wait(&nl, NTLM_CMD_READY, 5000, NULL), 0);
	wait_for_requests(&nl, 3, 0);
	CHECK_ERR(nl_wait(&nl, NTLM_CMD_READY, 300, NULL), -EAGAIN);
	for (i = 0; i < 3; i++)
		CHECK_ERR(ntlm_accept(&nl, req), 0);
	CHECK_EQ(nl.ready, 1);
	CHECK_ERR(ntlm_accept(&nl, req), -EAGAIN);
	start_clients(&c[3], 1, 0);
	CHECK_ERR(nl_wait(&nl, NTLM_CMD_READY, 5000, NULL), 0);
	CHECK_ERR(ntlm_accept(&nl, req), 0);
	for (i = 0; i < 4; i++)
		drv_cancel(c[i].fd);
	join_clients(c, 4, -ECANCELED);
	free(req);
}

#define STRESS_THREADS	8
#define STRESS_ROUNDS	100

static void *stress_client(void *arg)
{
	struct drv_params p = { .timeout_ms = 20000 };
	unsigned int seed = (unsigned int)(uintptr_t)arg, i;
	int fd;

	for (i = 0; i < STRESS_ROUNDS; i++) {
		fd = drv_context(&p);
		CHECK_ERR(drv_establish(fd), 0);
		close(fd);
		/* Now and then the queue has to run empty. */
		usleep((unsigned int)rand_r(&seed) % 30000);
	}
	return NULL;
}

struct ready_only {
	struct nl	nl;
	unsigned int	answered;
	unsigned int	rounds;
};

/* Comes for requests after READY only, and then until -EAGAIN. */
static void *ready_only_helper(void *arg)
{
	struct ready_only *h = arg;

	while (h->answered < 2 * STRESS_THREADS * STRESS_ROUNDS) {
		/* A READY that came while draining counts: it may be the only one. */
		if (!h->nl.ready)
			CHECK_ERR(nl_wait(&h->nl, NTLM_CMD_READY, 15000, NULL),
				  0);
		h->nl.ready = 0;
		h->answered += serve_once(&h->nl);
		h->rounds++;
	}
	return NULL;
}

void nothing_is_lost_while_the_helper_drains(void)
{
	pthread_t threads[STRESS_THREADS], t;
	struct ready_only h = {};
	unsigned int i;

	open_helper(&h.nl);
	CHECK(!pthread_create(&t, NULL, ready_only_helper, &h));
	for (i = 0; i < STRESS_THREADS; i++)
		CHECK(!pthread_create(&threads[i], NULL, stress_client,
				      (void *)(uintptr_t)i));
	for (i = 0; i < STRESS_THREADS; i++)
		pthread_join(threads[i], NULL);
	pthread_join(t, NULL);
	tap_note("%u answers in %u rounds", h.answered, h.rounds);
	CHECK_EQ(h.answered, 2 * STRESS_THREADS * STRESS_ROUNDS);
	CHECK(h.rounds > 20);
}

/* --- a receive buffer at its minimum ---------------------------------------- */

/*
 * Netlink itself reports a full buffer once, until it has been read empty; what
 * is lost in between would be lost silently, and with READY all that waits.
 */
void ready_lost_in_a_full_buffer_is_told_each_time(void)
{
	struct ntlm_req *req = malloc(sizeof(*req));
	char byte[NLMSG_HDRLEN];
	struct client c;
	struct nl nl, admin;
	bool told = false;
	int i, one = 1;

	open_helper(&nl);
	CHECK_ERR(nl_open(&admin), 0);
	CHECK_ERR(ntlm_accept(&nl, req), -EAGAIN);
	CHECK(!setsockopt(nl.fd, SOL_SOCKET, SO_RCVBUF, &one, sizeof(one)));
	for (i = 0; i < 16; i++) {
		nl_begin(&nl, nl.m, NTLM_CMD_ACCEPT, NLM_F_ACK);
		CHECK_ERR(nl_send(&nl, nl.m), 0);
	}
	CHECK(recv(nl.fd, byte, sizeof(byte), MSG_DONTWAIT) < 0);
	CHECK_EQ(errno, ENOBUFS);

	/* Some ACKs are still in the buffer: no room for READY. */
	start_clients(&c, 1, 0);
	wait_for_requests(&admin, 1, 0);
	for (i = 0; i < 2000 && !told; i++) {
		told = recv(nl.fd, byte, sizeof(byte),
			    MSG_DONTWAIT | MSG_PEEK) < 0 && errno == ENOBUFS;
		usleep(10000);
	}
	CHECK(told);
	while (recv(nl.fd, byte, sizeof(byte), MSG_DONTWAIT) >= 0)
		;
	CHECK_EQ(errno, EAGAIN);
	CHECK_ERR(ntlm_accept(&nl, req), 0);
	drv_cancel(c.fd);
	join_clients(&c, 1, -ECANCELED);
	nl_close(&admin);
	free(req);
}

#define BURST	16

/*
 * Sends several ACCEPTs before it reads, and asks for no ACK: most answers find
 * the buffer full.  Ends when the kernel says that nothing waits.
 */
static unsigned int drain_small(struct nl *nl, struct ntlm_req *req,
				uint64_t *last)
{
	unsigned int answered = 0, i, burst = BURST;
	uint8_t *buf = malloc(NL_BUFFER);
	bool empty = false, any;
	struct nlmsghdr *h;
	struct ntlm_done d;
	uint32_t from;
	int n;

	while (!empty) {
		for (i = 0; i < burst; i++) {
			nl_begin(nl, nl->m, NTLM_CMD_ACCEPT, 0);
			((struct nlmsghdr *)nl->m->buf)->nlmsg_flags =
				NLM_F_REQUEST;
			CHECK_ERR(nl_send(nl, nl->m), 0);
		}
		any = false;
		while ((n = nl_recv(nl, buf, NL_BUFFER, 0, &from)) != -EAGAIN) {
			any = true;
			if (n == -ENOBUFS)
				continue;
			CHECK(n > 0);
			CHECK_EQ(from, 0);
			h = (struct nlmsghdr *)buf;
			if (h->nlmsg_type == NLMSG_ERROR) {
				n = ((struct nlmsgerr *)NLMSG_DATA(h))->error;
				if (n == -EAGAIN)
					empty = true;
				else
					CHECK_ERR(n, -ENOBUFS);
				continue;
			}
			if (buf[NLMSG_HDRLEN] == NTLM_CMD_READY)
				continue;
			CHECK_EQ(buf[NLMSG_HDRLEN], NTLM_CMD_ACCEPT);
			nl_parse(h, nl->r);
			req->cookie = nl_u64(nl->r, NTLM_A_REQUEST_COOKIE);
			req->leg = 0;
			CHECK(req->cookie > *last);
			*last = req->cookie;
			d = ntlm_honest(req);
			ntlm_done_msg(nl, nl->m, &d);
			((struct nlmsghdr *)nl->m->buf)->nlmsg_flags =
				NLM_F_REQUEST;
			CHECK_ERR(nl_send(nl, nl->m), 0);
			answered++;
		}
		if (!any)
			FAIL("neither an answer to ACCEPT nor ENOBUFS");
		/* The word that nothing waits needs room, too. */
		burst = burst > 1 ? burst / 2 : BURST;
	}
	free(buf);
	return answered;
}

void smallest_buffer_and_1000_requests(void)
{
	struct client *c = calloc(1000, sizeof(*c));
	struct ntlm_req *req = malloc(sizeof(*req));
	struct ntlm_counters before, after;
	unsigned int i, answered;
	struct nl nl, other;
	int one = 1, size;
	socklen_t len = sizeof(size);
	uint64_t last = 0;

	allow_files(4096);
	CHECK_ERR(nl_open(&other), 0);
	open_helper(&nl);
	CHECK(!setsockopt(nl.fd, SOL_SOCKET, SO_RCVBUF, &one, sizeof(one)));
	CHECK(!getsockopt(nl.fd, SOL_SOCKET, SO_RCVBUF, &size, &len));
	CHECK_ERR(ntlm_stats(&other, &before), 0);
	for (i = 0; i < 4; i++)
		start_clients(&c[i * 250], 250, 2000 + i);
	wait_for_requests(&other, 1000, 0);
	answered = drain_small(&nl, req, &last);
	join_clients(c, 1000, -EINPROGRESS);
	CHECK_EQ(answered, 1000);
	CHECK_ERR(ntlm_stats(&other, &after), 0);
	CHECK_EQ(after.requests, before.requests + 1000);
	CHECK_EQ(after.done, before.done + 1000);
	tap_note("buffer of %d bytes, ENOBUFS seen %u times", size,
		 nl.overruns);
	CHECK(nl.overruns > 10);
	free(req);
	free(c);
}

/* The buffer is full of other things: the request goes back, and is not lost. */
void request_that_cannot_be_delivered_waits_on(void)
{
	struct ntlm_req *req = malloc(sizeof(*req));
	struct drv_params p = { .timeout_ms = 60000 };
	struct nl nl, other;
	struct client c;
	uint64_t last = 0;
	int one = 1, i;

	CHECK_ERR(nl_open(&other), 0);
	open_helper(&nl);
	CHECK(!setsockopt(nl.fd, SOL_SOCKET, SO_RCVBUF, &one, sizeof(one)));
	/* Answers that are not read fill the buffer. */
	for (i = 0; i < 50; i++) {
		nl_begin(&nl, nl.m, NTLM_CMD_STATS_GET, 0);
		CHECK_ERR(nl_send(&nl, nl.m), 0);
	}
	client_start(&c, drv_context(&p), NULL, 0);
	wait_for_requests(&other, 1, 0);
	for (i = 0; i < 50; i++) {
		nl_begin(&nl, nl.m, NTLM_CMD_ACCEPT, 0);
		CHECK_ERR(nl_send(&nl, nl.m), 0);
		wait_for_requests(&other, 1, 0);
	}
	CHECK(!atomic_load(&c.ended));
	/* What was in the buffer, ENOBUFS among it. */
	while (nl_recv(&nl, nl.r->buf, NL_BUFFER, 0, NULL) != -EAGAIN)
		;
	CHECK(nl.overruns);
	CHECK_EQ(drain_small(&nl, req, &last), 1);
	CHECK_ERR(client_join(&c), -EINPROGRESS);
	free(req);
}

/* --- limits ----------------------------------------------------------------- */

void limit_of_one_user_leaves_room_for_others(void)
{
	struct client *c = calloc(MAX_REQUESTS_UID, sizeof(*c));
	struct drv_params a = { .uid = 3001, .timeout_ms = 5000 };
	struct drv_params b = { .uid = 3002, .timeout_ms = 300000 };
	struct drv_params s = { .uid = 3001, .timeout_ms = 300000,
				.role = NTLM_ROLE_ACCEPTOR };
	struct ntlm_req *req = malloc(sizeof(*req));
	struct ntlm_counters before, after;
	struct client other, server;
	struct nl nl;
	int fd, i;

	allow_files(4096);
	open_helper(&nl);
	CHECK_ERR(ntlm_stats(&nl, &before), 0);
	start_clients(c, MAX_REQUESTS_UID, 3001);
	wait_for_requests(&nl, MAX_REQUESTS_UID, 0);

	fd = drv_context(&a);
	CHECK_ERR(drv_exchange(fd, NULL, 0, NULL, NULL), -EDQUOT);
	CHECK_ERR(drv_exchange(fd, NULL, 0, NULL, NULL), -EDQUOT);
	close(fd);
	client_start(&other, drv_context(&b), NULL, 0);
	/* Nor do the user's own logons keep those to its server out. */
	client_start(&server, drv_context(&s), "NEGOTIATE", 9);
	wait_for_requests(&nl, MAX_REQUESTS_UID + 2, 0);
	CHECK_ERR(ntlm_stats(&nl, &after), 0);
	CHECK_EQ(after.limited, before.limited + 1);

	/* Accepted requests count as well. */
	CHECK_ERR(ntlm_accept(&nl, req), 0);
	CHECK_EQ(req->uid, 3001);
	fd = drv_context(&a);
	CHECK_ERR(drv_exchange(fd, NULL, 0, NULL, NULL), -EDQUOT);
	close(fd);
	/* One goes, one may come. */
	for (i = 0; drv_info(c[i].fd).id != req->context; i++)
		CHECK(i < MAX_REQUESTS_UID - 1);
	drv_cancel(c[i].fd);
	join_clients(&c[i], 1, -ECANCELED);
	start_clients(&c[i], 1, 3001);
	wait_for_requests(&nl, MAX_REQUESTS_UID + 2, 0);
	CHECK_EQ(serve_once(&nl), MAX_REQUESTS_UID + 2);
	join_clients(c, MAX_REQUESTS_UID, -EINPROGRESS);
	CHECK_ERR(client_join(&other), -EINPROGRESS);
	CHECK_ERR(client_join(&server), -EINPROGRESS);
	free(c);
}

void limit_of_the_network_namespace(void)
{
	struct client *c = calloc(MAX_REQUESTS, sizeof(*c));
	struct drv_params p = { .uid = 4999, .timeout_ms = 300000 };
	struct ntlm_counters before, after;
	unsigned int i;
	struct nl nl;
	int fd;

	allow_files(MAX_REQUESTS + 1024);
	open_helper(&nl);
	CHECK_ERR(ntlm_stats(&nl, &before), 0);
	for (i = 0; i < MAX_REQUESTS / MAX_REQUESTS_UID; i++)
		start_clients(&c[i * MAX_REQUESTS_UID], MAX_REQUESTS_UID,
			      4000 + i);
	wait_for_requests(&nl, MAX_REQUESTS, 0);
	fd = drv_context(&p);
	CHECK_ERR(drv_exchange(fd, NULL, 0, NULL, NULL), -EUSERS);
	close(fd);
	CHECK_ERR(ntlm_stats(&nl, &after), 0);
	CHECK_EQ(after.limited, before.limited + 1);
	CHECK_EQ(serve_once(&nl), MAX_REQUESTS);
	join_clients(c, MAX_REQUESTS, -EINPROGRESS);
	free(c);
}
