// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Clients of the initial namespace.  What each of them saw is counted, and the
 * module has to have counted the same.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../lib/tap.h"
#include "stress.h"

struct outcomes *outcomes;

static struct ntlm_counters counters_at_first;

void outcomes_begin(void)
{
	struct nl nl;

	outcomes = mmap(NULL, sizeof(*outcomes), PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(outcomes != MAP_FAILED);
	CHECK_ERR(nl_open(&nl), 0);
	CHECK_ERR(ntlm_stats(&nl, &counters_at_first), 0);
	nl_close(&nl);
}

static enum outcome outcome_of(int result)
{
	switch (result) {
	case -EINPROGRESS:
		return OUTCOME_DONE;
	case 0:
		return OUTCOME_ESTABLISHED;
	case -EACCES:
	case -EPROTO:
	case -EOPNOTSUPP:
	case -EIO:
		return OUTCOME_REFUSED;
	case -ETIMEDOUT:
		return OUTCOME_TIMEOUT;
	case -ECANCELED:
		return OUTCOME_CANCELLED;
	case -ENOKEY:
		return OUTCOME_NO_HELPER;
	case -EDQUOT:
	case -EUSERS:
		return OUTCOME_LIMITED;
	default:
		FAIL("a step ended with %s", tap_errno(result));
	}
}

static void count(int result)
{
	atomic_fetch_add(&outcomes->ended[outcome_of(result)], 1);
}

int exchange_step(int fd, const char *in)
{
	int result;

	atomic_fetch_add(&outcomes->begun, 1);
	result = drv_exchange(fd, in, in ? strlen(in) : 0, NULL, NULL);
	count(result);
	return result;
}

/* A killed client has not told how its step ended, or whether there was one. */
static void between(const char *what, uint64_t counted, uint64_t seen,
		    uint64_t unknown)
{
	if (counted < seen || counted > seen + unknown)
		FAIL("%s: the module counted %" PRIu64 ", the clients saw %" PRIu64
		     ", and %" PRIu64 " were killed", what, counted, seen,
		     unknown);
}

void outcomes_check(void)
{
	const struct ntlm_counters *a = &counters_at_first;
	uint64_t ended[OUTCOMES], sum = 0, begun, unknown;
	struct ntlm_counters b;
	const char *wrong;
	struct nl nl;
	int i;

	CHECK(!atomic_load(&outcomes->wrong));
	for (i = 0; i < OUTCOMES; i++) {
		ended[i] = atomic_load(&outcomes->ended[i]);
		sum += ended[i];
	}
	begun = atomic_load(&outcomes->begun);
	unknown = begun - sum;
	tap_note("%" PRIu64 " steps: done %" PRIu64 ", established %" PRIu64
		 ", refused %" PRIu64 ", timeout %" PRIu64 ", cancelled %" PRIu64
		 ", no helper %" PRIu64 ", limited %" PRIu64 "; %" PRIu64
		 " clients killed, %" PRIu64 " of them in a step", begun,
		 ended[OUTCOME_DONE], ended[OUTCOME_ESTABLISHED],
		 ended[OUTCOME_REFUSED], ended[OUTCOME_TIMEOUT],
		 ended[OUTCOME_CANCELLED], ended[OUTCOME_NO_HELPER],
		 ended[OUTCOME_LIMITED], atomic_load(&outcomes->killed),
		 unknown);
	/* Each step that was not cut off by a death returned, once. */
	CHECK(unknown <= atomic_load(&outcomes->killed));

	CHECK_ERR(nl_open(&nl), 0);
	CHECK_ERR(ntlm_stats(&nl, &b), 0);
	nl_close(&nl);
	tap_note("%" PRIu64 " registrations, %" PRIu64 " requests put back",
		 b.registrations - a->registrations, b.requeued - a->requeued);
	wrong = counters_wrong(&b);
	if (wrong)
		FAIL("%s", wrong);
	CHECK_EQ(b.contexts, 0);
	CHECK_EQ(b.queued, 0);
	CHECK_EQ(b.accepted, 0);
	between("requests", b.requests - a->requests, sum, unknown);
	between("done", b.done - a->done,
		ended[OUTCOME_DONE] + ended[OUTCOME_ESTABLISHED], unknown);
	between("established", b.established - a->established,
		ended[OUTCOME_ESTABLISHED], unknown);
	between("failed and lies", b.failed - a->failed + b.lies - a->lies,
		ended[OUTCOME_REFUSED], unknown);
	between("timeouts", b.timeouts - a->timeouts, ended[OUTCOME_TIMEOUT],
		unknown);
	between("cancelled", b.cancelled - a->cancelled,
		ended[OUTCOME_CANCELLED], unknown);
	between("no helper", b.no_helper - a->no_helper,
		ended[OUTCOME_NO_HELPER], unknown);
	between("limited", b.limited - a->limited, ended[OUTCOME_LIMITED],
		unknown);
}

/* --- contexts ----------------------------------------------------------------------- */

bool exchange_establish(struct link *l, const struct drv_params *p)
{
	bool datagram = p->mode == NTLM_MODE_CONNECTIONLESS;
	int err;

	memset(l, 0, sizeof(*l));
	l->flags = NTLM_TEST_FLAGS | (datagram ? NTLM_NEGOTIATE_DATAGRAM : 0);
	memcpy(l->key, ntlm_test_key, sizeof(l->key));
	oracle_init(&l->server, ORACLE_SERVER, l->flags, l->key);
	while (!stress_over()) {
		l->fd = drv_context(p);
		/* Nobody is asked for the first step of datagrams. */
		err = datagram ? drv_exchange(l->fd, NULL, 0, NULL, NULL) :
				 exchange_step(l->fd, NULL);
		if (err == -EINPROGRESS)
			err = exchange_step(l->fd, "CHALLENGE");
		if (!err)
			return true;
		close(l->fd);
	}
	l->fd = -1;
	return false;
}

/* Few uids, so that each has many requests, and every kind of context */
static struct drv_params random_params(struct rng *r)
{
	static const uint8_t bindings[NTLM_CHANNEL_BINDINGS_SIZE] = { 1 };
	struct drv_params p = {
		.uid = (uint32_t)rng_below(r, 5),
		.role = rng_below(r, 4) ? NTLM_ROLE_INITIATOR :
					  NTLM_ROLE_ACCEPTOR,
		.timeout_ms = 1 + (uint32_t)rng_below(r, rng_below(r, 4) ?
						      2000 : 50),
		.user = rng_below(r, 2) ? "user" : NULL,
		.domain = rng_below(r, 2) ? "DOMAIN" : NULL,
		.bindings = rng_below(r, 2) ? bindings : NULL,
	};

	/* A helper that grants less is refused. */
	if (rng_below(r, 2))
		p.required = NTLM_OPT_CONFIDENTIALITY;
	return p;
}

static void use(int fd)
{
	uint8_t data[40] = { 5 }, sig[16] = {};
	struct ntlm_test_info info = drv_info(fd);

	CHECK_ERR(info.key_result, 0);
	/* The helper granted less, and it was not required. */
	if (!(info.flags & NTLM_NEGOTIATE_SEAL)) {
		CHECK_ERR(drv_seal(fd, data, sizeof(data), sig), -EOPNOTSUPP);
		return;
	}
	CHECK_ERR(drv_seal(fd, data, sizeof(data), sig), 0);
	/* What this side sent is not what the other one sends. */
	CHECK_ERR(drv_unseal(fd, data, sizeof(data), sig), -EBADMSG);
}

static void unusable(int fd)
{
	uint8_t data[40] = { 5 }, sig[16] = {};

	CHECK_ERR(drv_info(fd).key_result, -ENOTCONN);
	CHECK_ERR(drv_seal(fd, data, sizeof(data), sig), -ENOTCONN);
}

/* One step in a thread of its own; half of those that last are cancelled. */
static int cancelled_step(int fd, const char *in, struct rng *r)
{
	struct client c;

	atomic_fetch_add(&outcomes->begun, 1);
	client_start(&c, fd, in, in ? strlen(in) : 0);
	usleep((unsigned int)rng_below(r, 20000));
	if (rng_below(r, 2))
		drv_cancel(fd);
	count(client_join(&c));
	return c.result;
}

static int some_step(int fd, const char *in, struct rng *r)
{
	return rng_below(r, 4) ? exchange_step(fd, in) :
				 cancelled_step(fd, in, r);
}

void exchange_clients(struct worker *w)
{
	struct rng *r = &w->rng;
	struct drv_params p;
	bool initiator;
	int fd, err;

	while (!stress_over()) {
		p = random_params(r);
		initiator = p.role == NTLM_ROLE_INITIATOR;
		fd = drv_context(&p);
		/* Cancelled before it began, nobody is asked. */
		if (!rng_below(r, 16))
			drv_cancel(fd);
		err = some_step(fd, initiator ? NULL : "NEGOTIATE", r);
		if (err == -EINPROGRESS && rng_below(r, 8))
			err = some_step(fd, initiator ? "CHALLENGE" :
						"AUTHENTICATE", r);
		if (err)
			unusable(fd);
		else
			use(fd);
		if (!err && rng_below(r, 2))
			drv_report(fd, rng_below(r, 2) ? 0xc000006d : 0);
		if (err && err != -EINPROGRESS)
			/* It stays dead, for the same reason. */
			CHECK_ERR(drv_exchange(fd, NULL, 0, NULL, NULL), err);
		close(fd);
		/* Whoever comes back at once keeps the next helper from coming. */
		if (err == -ENOKEY)
			usleep(50000);
	}
}

/* Two threads want the same first step: one asks the helper, the other is told. */
void exchange_rivals(struct worker *w)
{
	struct rng *r = &w->rng;
	struct drv_params p;
	struct client c[2];
	int fd, winner, i;

	while (!stress_over()) {
		p = random_params(r);
		p.role = NTLM_ROLE_INITIATOR;
		fd = drv_context(&p);
		for (i = 0; i < 2; i++)
			client_start(&c[i], fd, NULL, 0);
		if (!rng_below(r, 4))
			drv_cancel(fd);
		for (i = 0; i < 2; i++)
			client_join(&c[i]);
		winner = c[0].result == -EBUSY || c[0].result == -EINVAL;
		atomic_fetch_add(&outcomes->begun, 1);
		count(c[winner].result);
		/* The loser came too early, or saw how it ended. */
		if (c[winner].result == -EINPROGRESS)
			CHECK(c[!winner].result == -EBUSY ||
			      c[!winner].result == -EINVAL);
		else if (c[!winner].result != -EBUSY)
			CHECK_ERR(c[!winner].result, c[winner].result);
		close(fd);
		if (c[winner].result == -ENOKEY)
			usleep(50000);
	}
}

void exchange_churn(struct worker *w)
{
	struct rng *r = &w->rng;
	unsigned int i, n;
	int fds[16];

	while (!stress_over()) {
		struct drv_params p = random_params(r);

		n = 1 + (unsigned int)rng_below(r, 16);
		for (i = 0; i < n; i++)
			fds[i] = drv_context(&p);
		for (i = 0; i < n; i++) {
			CHECK_EQ(drv_info(fds[i]).key_result, -ENOTCONN);
			close(fds[i]);
		}
	}
}
