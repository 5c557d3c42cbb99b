// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What administrators see: counters, contexts and events, and never a key or a
 * token; and that the name of the family loads the module.
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "../lib/driver.h"
#include "../lib/nl.h"
#include "../lib/tap.h"
#include "tests.h"

#define SECRET_NEGOTIATE	"secret-negotiate-token"
#define SECRET_CHALLENGE	"secret-challenge-token"
#define SECRET_AUTHENTICATE	"secret-authenticate-token"
#define CREDENTIAL		0x1122334455667788ULL

static void no_secret(const struct nl_reply *r)
{
	size_t len = ((const struct nlmsghdr *)r->buf)->nlmsg_len;

	/* Half of the key is as bad, and so is a part of a token. */
	if (memmem(r->buf, len, ntlm_test_key, 4) ||
	    memmem(r->buf, len, ntlm_test_key + 12, 4))
		FAIL("session key in a message of command %u", r->cmd);
	if (memmem(r->buf, len, "secret", 6))
		FAIL("token in a message of command %u", r->cmd);
}

static const struct drv_params alice = {
	.uid = 1001, .target = "cifs/files.example", .user = "wanted",
	.domain = "WANTED", .required = NTLM_OPT_INTEGRITY, .timeout_ms = 60000,
};

/* Both legs with secret tokens, and names from the helper. */
static void establish(struct nl *nl, int fd)
{
	struct ntlm_req *req = malloc(sizeof(*req));
	struct ntlm_done d;
	struct client c;

	client_start(&c, fd, NULL, 0);
	CHECK_ERR(ntlm_accept_wait(nl, req, 5000), 0);
	d = ntlm_honest(req);
	d.token = SECRET_NEGOTIATE;
	d.token_len = strlen(SECRET_NEGOTIATE);
	CHECK_ERR(ntlm_done(nl, &d), 0);
	CHECK_ERR(client_join(&c), -EINPROGRESS);
	client_start(&c, fd, SECRET_CHALLENGE, strlen(SECRET_CHALLENGE));
	CHECK_ERR(ntlm_accept_wait(nl, req, 5000), 0);
	d = ntlm_honest(req);
	d.token = SECRET_AUTHENTICATE;
	d.token_len = strlen(SECRET_AUTHENTICATE);
	d.user = "alice";
	d.domain = "EXAMPLE";
	d.credential = CREDENTIAL;
	CHECK_ERR(ntlm_done(nl, &d), 0);
	CHECK_ERR(client_join(&c), 0);
	free(req);
}

struct found {
	uint32_t	id;
	unsigned int	n;
	struct nl_reply	*r;
};

static void find_one(const struct nl_reply *r, void *arg)
{
	struct found *f = arg;
	unsigned int i;

	no_secret(r);
	CHECK_EQ(r->cmd, NTLM_CMD_CONTEXT_GET);
	if (nl_u32(r, NTLM_A_CONTEXT_ID) != f->id)
		return;
	f->n++;
	memcpy(f->r, r, sizeof(*r));
	for (i = 0; i < r->nattrs; i++)
		f->r->attrs[i] = (const struct nlattr *)(f->r->buf +
			((const uint8_t *)r->attrs[i] - r->buf));
}

/* The dump's message on the context of @fd. */
static const struct nl_reply *context_of(struct nl *nl, int fd)
{
	static struct nl_reply copy;
	struct found f = { .id = drv_info(fd).id, .r = &copy };

	CHECK_ERR(nl_dump(nl, NTLM_CMD_CONTEXT_GET, find_one, &f), 0);
	CHECK_EQ(f.n, 1);
	return &copy;
}

/* --- CONTEXT_GET -------------------------------------------------------------- */

void context_dump_follows_the_states(void)
{
	struct ntlm_req *req = malloc(sizeof(*req));
	int fd = drv_context(&alice);
	const struct nl_reply *r;
	uint8_t message[100] = "message", sig[16] = {};
	struct ntlm_done d;
	struct client c;
	struct nl nl;

	CHECK_ERR(nl_open(&nl), 0);
	CHECK_ERR(ntlm_register(&nl), 0);
	r = context_of(&nl, fd);
	CHECK_EQ(nl_u32(r, NTLM_A_CONTEXT_STATE), NTLM_STATE_CREATED);
	CHECK_EQ(nl_u32(r, NTLM_A_CONTEXT_ROLE), NTLM_ROLE_INITIATOR);
	CHECK_EQ(nl_u32(r, NTLM_A_CONTEXT_MODE), NTLM_MODE_CONNECTION);
	CHECK_EQ(nl_u32(r, NTLM_A_CONTEXT_UID), 1001);
	CHECK_EQ(nl_u32(r, NTLM_A_CONTEXT_VERDICT), NTLM_VERDICT_NONE);
	CHECK(!strcmp(nl_str(r, NTLM_A_CONTEXT_TARGET), alice.target));
	CHECK(!strcmp(nl_str(r, NTLM_A_CONTEXT_USER), "wanted"));
	CHECK(!strcmp(nl_str(r, NTLM_A_CONTEXT_DOMAIN), "WANTED"));
	CHECK(!nl_attr(r, NTLM_A_CONTEXT_TARGET_UNVERIFIED));
	CHECK(!nl_attr(r, NTLM_A_CONTEXT_FLAGS));
	CHECK(!nl_attr(r, NTLM_A_CONTEXT_ERROR));
	CHECK(!nl_attr(r, NTLM_A_CONTEXT_NTSTATUS));

	client_start(&c, fd, NULL, 0);
	CHECK_ERR(ntlm_accept_wait(&nl, req, 5000), 0);
	r = context_of(&nl, fd);
	CHECK_EQ(nl_u32(r, NTLM_A_CONTEXT_STATE), NTLM_STATE_PENDING);
	d = ntlm_honest(req);
	d.token = SECRET_NEGOTIATE;
	d.token_len = strlen(SECRET_NEGOTIATE);
	CHECK_ERR(ntlm_done(&nl, &d), 0);
	CHECK_ERR(client_join(&c), -EINPROGRESS);
	r = context_of(&nl, fd);
	CHECK_EQ(nl_u32(r, NTLM_A_CONTEXT_STATE), NTLM_STATE_CONTINUE);

	client_start(&c, fd, SECRET_CHALLENGE, strlen(SECRET_CHALLENGE));
	CHECK_ERR(ntlm_accept_wait(&nl, req, 5000), 0);
	d = ntlm_honest(req);
	d.user = "alice";
	d.domain = "EXAMPLE";
	d.credential = CREDENTIAL;
	CHECK_ERR(ntlm_done(&nl, &d), 0);
	CHECK_ERR(client_join(&c), 0);
	CHECK_ERR(drv_seal(fd, message, sizeof(message), sig), 0);
	CHECK_ERR(drv_seal(fd, message, sizeof(message), sig), 0);
	CHECK_ERR(drv_unseal(fd, message, sizeof(message), sig), -EBADMSG);
	r = context_of(&nl, fd);
	CHECK_EQ(nl_u32(r, NTLM_A_CONTEXT_STATE), NTLM_STATE_ESTABLISHED);
	CHECK_EQ(nl_u32(r, NTLM_A_CONTEXT_FLAGS), NTLM_TEST_FLAGS);
	CHECK(nl_u64(r, NTLM_A_CONTEXT_CREDENTIAL) == CREDENTIAL);
	CHECK(!strcmp(nl_str(r, NTLM_A_CONTEXT_USER), "alice"));
	CHECK(!strcmp(nl_str(r, NTLM_A_CONTEXT_DOMAIN), "EXAMPLE"));
	CHECK_EQ(nl_u64(r, NTLM_A_CONTEXT_SENT), 2);
	CHECK_EQ(nl_u64(r, NTLM_A_CONTEXT_RECEIVED), 0);
	CHECK_EQ(nl_u64(r, NTLM_A_CONTEXT_REJECTED), 1);
	CHECK(nl_u64(r, NTLM_A_CONTEXT_AGE) < 60000);

	drv_report(fd, 0xC000006D);
	r = context_of(&nl, fd);
	CHECK_EQ(nl_u32(r, NTLM_A_CONTEXT_VERDICT), NTLM_VERDICT_REFUSED);
	CHECK_EQ(nl_u32(r, NTLM_A_CONTEXT_NTSTATUS), 0xC000006D);
	free(req);
}

void context_dump_names_the_error_of_a_failed_one(void)
{
	struct drv_params p = alice;
	const struct nl_reply *r;
	struct nl nl;
	int fd;

	p.unverified = true;
	fd = drv_context(&p);
	CHECK_ERR(nl_open(&nl), 0);
	CHECK_ERR(drv_exchange(fd, NULL, 0, NULL, NULL), -ENOKEY);
	r = context_of(&nl, fd);
	CHECK_EQ(nl_u32(r, NTLM_A_CONTEXT_STATE), NTLM_STATE_FAILED);
	CHECK_EQ(nl_u32(r, NTLM_A_CONTEXT_ERROR), ENOKEY);
	CHECK(nl_attr(r, NTLM_A_CONTEXT_TARGET_UNVERIFIED));
}

void context_age_grows(void)
{
	int fd = drv_context(&alice);
	uint64_t first, second;
	struct nl nl;

	CHECK_ERR(nl_open(&nl), 0);
	first = nl_u64(context_of(&nl, fd), NTLM_A_CONTEXT_AGE);
	tap_sleep_ms(300);
	second = nl_u64(context_of(&nl, fd), NTLM_A_CONTEXT_AGE);
	CHECK(second >= first + 300 && second < first + 10000);
}

#define MANY	10000

struct many {
	uint32_t	first, last;
	unsigned int	n;
};

static void count_many(const struct nl_reply *r, void *arg)
{
	uint32_t id = nl_u32(r, NTLM_A_CONTEXT_ID);
	struct many *m = arg;

	CHECK(r->flags & NLM_F_MULTI);
	CHECK(id > m->last);
	if (!m->n)
		m->first = id;
	m->last = id;
	m->n++;
}

void dump_of_10000_contexts_is_complete(void)
{
	struct many seen = {};
	unsigned int i;
	struct nl nl;
	int *fds;

	allow_files(MANY + 100);
	fds = calloc(MANY, sizeof(*fds));
	for (i = 0; i < MANY; i++)
		fds[i] = drv_context(&alice);
	CHECK_ERR(nl_open(&nl), 0);
	CHECK_ERR(nl_dump(&nl, NTLM_CMD_CONTEXT_GET, count_many, &seen), 0);
	CHECK_EQ(seen.n, MANY);
	CHECK_EQ(seen.last - seen.first, MANY - 1);
	/* Every other one is gone: no gap is a stop. */
	for (i = 0; i < MANY; i += 2)
		close(fds[i]);
	memset(&seen, 0, sizeof(seen));
	CHECK_ERR(nl_dump(&nl, NTLM_CMD_CONTEXT_GET, count_many, &seen), 0);
	CHECK_EQ(seen.n, MANY / 2);
}

static void count_any(const struct nl_reply *r, void *arg)
{
	(void)r;
	(*(unsigned int *)arg)++;
}

static atomic_bool churn_stop;

static void *churn(void *arg)
{
	(void)arg;
	while (!atomic_load(&churn_stop))
		close(drv_context(&alice));
	return NULL;
}

/* Contexts that stay are all seen while others come and go. */
void dump_while_contexts_come_and_go(void)
{
	unsigned int i, n, rounds;
	pthread_t t;
	struct nl nl;

	CHECK_ERR(nl_open(&nl), 0);
	for (i = 0; i < 200; i++)
		drv_context(&alice);
	CHECK(!pthread_create(&t, NULL, churn, NULL));
	for (rounds = 0; rounds < 50; rounds++) {
		n = 0;
		CHECK_ERR(nl_dump(&nl, NTLM_CMD_CONTEXT_GET, count_any, &n), 0);
		CHECK(n >= 200);
	}
	atomic_store(&churn_stop, true);
	pthread_join(t, NULL);
}

void contexts_of_another_netns_are_not_shown(void)
{
	unsigned int n = 0;
	struct nl nl;

	drv_context(&alice);
	CHECK_ERR(enter_new_netns(), 0);
	CHECK_ERR(nl_open(&nl), 0);
	CHECK_ERR(nl_dump(&nl, NTLM_CMD_CONTEXT_GET, count_any, &n), 0);
	CHECK_EQ(n, 0);
}

/* --- STATS_GET ---------------------------------------------------------------- */

void counters_tell_what_happened(void)
{
	struct ntlm_counters a, b;
	struct nl nl;
	int fd, dead;

	CHECK_ERR(nl_open(&nl), 0);
	CHECK_ERR(ntlm_stats(&nl, &a), 0);
	CHECK_EQ(a.helper_port, 0);
	dead = drv_context(&alice);
	CHECK_ERR(drv_exchange(dead, NULL, 0, NULL, NULL), -ENOKEY);
	CHECK_ERR(ntlm_register(&nl), 0);
	fd = drv_context(&alice);
	establish(&nl, fd);
	CHECK_ERR(ntlm_stats(&nl, &b), 0);
	no_secret(nl.r);
	CHECK_EQ(b.contexts, a.contexts + 2);
	CHECK_EQ(b.no_helper, a.no_helper + 1);
	CHECK_EQ(b.done, a.done + 2);
	CHECK_EQ(b.failed, a.failed);
	CHECK_EQ(b.established, a.established + 1);
	CHECK_EQ(b.registrations, a.registrations + 1);
	CHECK_EQ(b.helper_port, nl.port);
	CHECK_EQ(b.helper_pid, getpid());
	CHECK_EQ(b.queued, 0);
	CHECK_EQ(b.accepted, 0);
	close(fd);
	close(dead);
	CHECK_ERR(ntlm_stats(&nl, &b), 0);
	CHECK_EQ(b.contexts, a.contexts);
}

/* Each leg that was asked for ended, or waits, in exactly one way. */
void counters_add_up(void)
{
	struct drv_params p = alice;
	struct ntlm_counters c;
	const char *wrong;
	struct client cl;
	struct nl nl;
	int fd;

	CHECK_ERR(nl_open(&nl), 0);
	fd = drv_context(&p);
	CHECK_ERR(drv_exchange(fd, NULL, 0, NULL, NULL), -ENOKEY);
	CHECK_ERR(ntlm_stats(&nl, &c), 0);
	wrong = counters_wrong(&c);
	if (wrong)
		FAIL("no helper: %s", wrong);
	CHECK_ERR(ntlm_register(&nl), 0);
	fd = drv_context(&p);
	drv_cancel(fd);
	CHECK_ERR(drv_exchange(fd, NULL, 0, NULL, NULL), -ECANCELED);
	CHECK_ERR(ntlm_stats(&nl, &c), 0);
	wrong = counters_wrong(&c);
	if (wrong)
		FAIL("cancelled before the step: %s", wrong);
	client_start(&cl, drv_context(&p), NULL, 0);
	wait_for_requests(&nl, 1, 0);
	CHECK_ERR(ntlm_stats(&nl, &c), 0);
	wrong = counters_wrong(&c);
	if (wrong)
		FAIL("queued: %s", wrong);
	drv_cancel(cl.fd);
	CHECK_ERR(client_join(&cl), -ECANCELED);
}

/* --- events ------------------------------------------------------------------- */

static void wait_event(struct nl *ev, uint32_t event, int fd_or_id, bool is_id)
{
	uint32_t id = is_id ? (uint32_t)fd_or_id : drv_info(fd_or_id).id;

	CHECK_ERR(nl_wait(ev, NTLM_CMD_EVENT, 5000, ev->r), 0);
	no_secret(ev->r);
	CHECK_EQ(nl_u32(ev->r, NTLM_A_CONTEXT_EVENT), event);
	CHECK_EQ(nl_u32(ev->r, NTLM_A_CONTEXT_ID), id);
	CHECK_EQ(nl_u32(ev->r, NTLM_A_CONTEXT_UID), 1001);
	CHECK(!strcmp(nl_str(ev->r, NTLM_A_CONTEXT_TARGET), alice.target));
}

static void open_both(struct nl *nl, struct nl *ev)
{
	CHECK_ERR(nl_open(nl), 0);
	CHECK_ERR(ntlm_register(nl), 0);
	CHECK_ERR(nl_open(ev), 0);
	CHECK_ERR(nl_join_events(ev), 0);
}

static void no_event(struct nl *ev)
{
	CHECK_ERR(nl_wait(ev, NTLM_CMD_EVENT, 200, NULL), -EAGAIN);
}

void event_established_accepted_closed(void)
{
	struct nl nl, ev;
	uint32_t id;
	int fd;

	open_both(&nl, &ev);
	fd = drv_context(&alice);
	id = drv_info(fd).id;
	establish(&nl, fd);
	wait_event(&ev, NTLM_EVENT_ESTABLISHED, fd, false);
	CHECK_EQ(nl_u32(ev.r, NTLM_A_CONTEXT_STATE), NTLM_STATE_ESTABLISHED);
	CHECK_EQ(nl_u32(ev.r, NTLM_A_CONTEXT_FLAGS), NTLM_TEST_FLAGS);
	CHECK_EQ(nl_u32(ev.r, NTLM_A_CONTEXT_VERDICT), NTLM_VERDICT_NONE);
	CHECK(nl_u64(ev.r, NTLM_A_CONTEXT_CREDENTIAL) == CREDENTIAL);
	CHECK(!strcmp(nl_str(ev.r, NTLM_A_CONTEXT_USER), "alice"));
	CHECK(!strcmp(nl_str(ev.r, NTLM_A_CONTEXT_DOMAIN), "EXAMPLE"));
	drv_report(fd, 0);
	wait_event(&ev, NTLM_EVENT_ACCEPTED, fd, false);
	CHECK_EQ(nl_u32(ev.r, NTLM_A_CONTEXT_VERDICT), NTLM_VERDICT_ACCEPTED);
	CHECK_EQ(nl_u32(ev.r, NTLM_A_CONTEXT_NTSTATUS), 0);
	CHECK(nl_u64(ev.r, NTLM_A_CONTEXT_CREDENTIAL) == CREDENTIAL);
	close(fd);
	wait_event(&ev, NTLM_EVENT_CLOSED, (int)id, true);
	CHECK(!strcmp(nl_str(ev.r, NTLM_A_CONTEXT_USER), "alice"));
	no_event(&ev);
}

void event_refused_carries_the_ntstatus(void)
{
	struct nl nl, ev;
	int fd;

	open_both(&nl, &ev);
	fd = drv_context(&alice);
	establish(&nl, fd);
	wait_event(&ev, NTLM_EVENT_ESTABLISHED, fd, false);
	drv_report(fd, 0xC000006D);
	wait_event(&ev, NTLM_EVENT_REFUSED, fd, false);
	CHECK_EQ(nl_u32(ev.r, NTLM_A_CONTEXT_VERDICT), NTLM_VERDICT_REFUSED);
	CHECK_EQ(nl_u32(ev.r, NTLM_A_CONTEXT_NTSTATUS), 0xC000006D);
	CHECK(nl_u64(ev.r, NTLM_A_CONTEXT_CREDENTIAL) == CREDENTIAL);
	CHECK(!strcmp(nl_str(ev.r, NTLM_A_CONTEXT_USER), "alice"));
}

void event_of_the_first_verdict_only(void)
{
	struct nl nl, ev;
	int fd;

	open_both(&nl, &ev);
	fd = drv_context(&alice);
	establish(&nl, fd);
	wait_event(&ev, NTLM_EVENT_ESTABLISHED, fd, false);
	drv_report(fd, 0);
	wait_event(&ev, NTLM_EVENT_ACCEPTED, fd, false);
	drv_report(fd, 0xC0000234);
	drv_report(fd, 0);
	no_event(&ev);
	CHECK_EQ(nl_u32(context_of(&nl, fd), NTLM_A_CONTEXT_VERDICT),
		 NTLM_VERDICT_ACCEPTED);
}

void event_failed_carries_the_errno(void)
{
	struct ntlm_req *req = malloc(sizeof(*req));
	struct ntlm_done d = { .status = EACCES };
	struct nl nl, ev;
	struct client c;
	int fd;

	open_both(&nl, &ev);
	fd = drv_context(&alice);
	client_start(&c, fd, NULL, 0);
	CHECK_ERR(ntlm_accept_wait(&nl, req, 5000), 0);
	d.cookie = req->cookie;
	CHECK_ERR(ntlm_done(&nl, &d), 0);
	CHECK_ERR(client_join(&c), -EACCES);
	wait_event(&ev, NTLM_EVENT_FAILED, fd, false);
	CHECK_EQ(nl_u32(ev.r, NTLM_A_CONTEXT_STATE), NTLM_STATE_FAILED);
	CHECK_EQ(nl_u32(ev.r, NTLM_A_CONTEXT_ERROR), EACCES);
	CHECK(!nl_attr(ev.r, NTLM_A_CONTEXT_FLAGS));
	/* It was never open, so it is not closed. */
	close(fd);
	no_event(&ev);
	free(req);
}

void event_of_an_open_leg_there_is_none(void)
{
	struct ntlm_req *req = malloc(sizeof(*req));
	struct ntlm_done d;
	struct nl nl, ev;
	struct client c;

	open_both(&nl, &ev);
	client_start(&c, drv_context(&alice), NULL, 0);
	CHECK_ERR(ntlm_accept_wait(&nl, req, 5000), 0);
	d = ntlm_honest(req);
	CHECK_ERR(ntlm_done(&nl, &d), 0);
	CHECK_ERR(client_join(&c), -EINPROGRESS);
	no_event(&ev);
	free(req);
}

void events_stay_in_their_netns(void)
{
	struct nl nl, ev;
	int fd;

	/* A socket keeps the namespace that it was opened in. */
	CHECK_ERR(nl_open(&nl), 0);
	CHECK_ERR(ntlm_register(&nl), 0);
	fd = drv_context(&alice);
	CHECK_ERR(enter_new_netns(), 0);
	CHECK_ERR(nl_open(&ev), 0);
	CHECK_ERR(nl_join_events(&ev), 0);
	establish(&nl, fd);
	no_event(&ev);
}

/* --- the module ----------------------------------------------------------------- */

void family_name_loads_the_module(void)
{
	struct nl nl;

	CHECK_EQ(run("rmmod", "ntlm_test", NULL), 0);
	CHECK_EQ(run("rmmod", "ntlm", NULL), 0);
	CHECK(access("/sys/module/ntlm", F_OK));
	CHECK_ERR(nl_open(&nl), 0);
	CHECK(!access("/sys/module/ntlm", F_OK));
	CHECK_ERR(ntlm_register(&nl), 0);
	CHECK_EQ(run("modprobe", "ntlm_test", NULL), 0);
}
