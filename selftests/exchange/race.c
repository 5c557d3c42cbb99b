// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What can end a request, two at a time: the helper's answer, the timeout, a
 * cancel, the helper's death, the end of the network namespace.  Whatever comes
 * first, the step ends once, the counters add up and nothing is left.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "../lib/driver.h"
#include "../lib/nl.h"
#include "../lib/tap.h"
#include "tests.h"

#define ROUNDS		200
#define NETNS_ROUNDS	100
#define TIMEOUT_MS	12

static unsigned int seed = 42;

/*
 * After how many microseconds somebody acts who races: half of the times any,
 * half of them about when the others do.  When a timeout does nobody knows, with
 * ticks of 1 to 10 ms and with other work; so whoever came before it comes later
 * the next time, and else sooner.  Of three each comes first, too, for the step up
 * is the longer one.
 */
struct pace {
	unsigned int us;
};

#define PACE_INIT	{ TIMEOUT_MS * 1000 }

static unsigned int pace_us(const struct pace *p)
{
	unsigned int us = (unsigned int)rand_r(&seed) % (2 * p->us + 1);

	return rand_r(&seed) & 1 ? us : p->us + us / 32;
}

static void pace_learn(struct pace *p, bool first)
{
	p->us = first ? p->us + p->us / 4 + 100 : p->us - (p->us + 7) / 8;
}

/* An action in a thread of its own after some time */
struct actor {
	void		(*act)(struct actor *a);
	unsigned int	us;
	struct nl	*nl;
	uint64_t	cookie;
	int		fd;
	int		result;
	pthread_t	thread;
};

static void *actor_run(void *arg)
{
	struct actor *a = arg;

	usleep(a->us);
	a->act(a);
	return NULL;
}

static void actor_start(struct actor *a, const struct pace *p)
{
	a->us = pace_us(p);
	if (pthread_create(&a->thread, NULL, actor_run, a))
		FAIL("pthread_create");
}

static void act_done(struct actor *a)
{
	struct ntlm_req *req = calloc(1, sizeof(*req));
	struct ntlm_done d;

	req->cookie = a->cookie;
	d = ntlm_honest(req);
	a->result = ntlm_done(a->nl, &d);
	free(req);
}

static void act_cancel(struct actor *a)
{
	drv_cancel(a->fd);
}

static void act_death(struct actor *a)
{
	nl_close(a->nl);
}

/* Of a timeout before which nobody can act here */
static void longer(struct drv_params *p)
{
	p->timeout_ms += p->timeout_ms / 4;
}

/* How the rounds of a race ended */
struct tally {
	unsigned int done, timeout, cancelled, other;
};

static void tally_add(struct tally *t, int result)
{
	switch (result) {
	case -EINPROGRESS:
		t->done++;
		break;
	case -ETIMEDOUT:
		t->timeout++;
		break;
	case -ECANCELED:
		t->cancelled++;
		break;
	default:
		t->other++;
	}
}

static void tally_note(const struct tally *t)
{
	tap_note("done %u, timeout %u, cancelled %u, other %u", t->done,
		 t->timeout, t->cancelled, t->other);
}

/* The counters moved by exactly what the clients saw. */
static void settle(struct nl *nl, const struct ntlm_counters *before,
		   const struct tally *t)
{
	struct ntlm_counters c;
	const char *wrong;

	CHECK_ERR(ntlm_stats(nl, &c), 0);
	wrong = counters_wrong(&c);
	if (wrong)
		FAIL("%s", wrong);
	CHECK_EQ(c.done - before->done, t->done);
	CHECK_EQ(c.timeouts - before->timeouts, t->timeout);
	CHECK_EQ(c.cancelled - before->cancelled, t->cancelled);
	CHECK_EQ(c.contexts, before->contexts);
	CHECK_EQ(c.queued, 0);
	CHECK_EQ(c.accepted, 0);
}

/* --- an answer against the timeout and the cancel ------------------------------- */

static void race_with_done(bool timeout, bool cancel)
{
	struct drv_params p = {
		.timeout_ms = timeout ? TIMEOUT_MS : 60000,
	};
	struct pace done_pace = PACE_INIT, stop_pace = PACE_INIT;
	struct ntlm_req *req = malloc(sizeof(*req));
	struct ntlm_counters before;
	struct tally t = {};
	struct nl nl, watch;
	struct client c;
	int i, fd, err;

	CHECK_ERR(nl_open(&watch), 0);
	CHECK_ERR(nl_open(&nl), 0);
	CHECK_ERR(ntlm_register(&nl), 0);
	CHECK_ERR(ntlm_stats(&watch, &before), 0);
	for (i = 0; i < ROUNDS; i++) {
		struct actor done = { .act = act_done, .nl = &nl };
		struct actor stop = { .act = act_cancel };

		fd = drv_context(&p);
		client_start(&c, fd, NULL, 0);
		do {
			err = ntlm_accept(&nl, req);
		} while (err == -EAGAIN && !atomic_load(&c.ended));
		if (err) {
			tally_add(&t, client_join(&c));
			close(fd);
			longer(&p);
			continue;
		}
		done.cookie = req->cookie;
		stop.fd = fd;
		actor_start(&done, &done_pace);
		if (cancel) {
			actor_start(&stop, &stop_pace);
			pthread_join(stop.thread, NULL);
		}
		pthread_join(done.thread, NULL);
		client_join(&c);
		/* Zero means that this answer, and nothing else, completed it. */
		if (done.result)
			CHECK_ERR(done.result, -ENOENT);
		if ((c.result == -EINPROGRESS) != !done.result)
			FAIL("DONE said %s, the client got %s",
			     tap_errno(done.result), tap_errno(c.result));
		CHECK_EQ(c.out_len, done.result ? 0 : 9);
		if (c.result == -ETIMEDOUT && !done_pace.us)
			longer(&p);
		if (timeout) {
			pace_learn(&done_pace, !done.result);
			pace_learn(&stop_pace, c.result == -ECANCELED);
		}
		tally_add(&t, c.result);
		close(fd);
	}
	tally_note(&t);
	settle(&watch, &before, &t);
	CHECK_EQ(t.other, 0);
	CHECK(t.done);
	CHECK(t.timeout || !timeout);
	CHECK(t.cancelled || !cancel);
}

void race_done_timeout(void) { race_with_done(true, false); }
void race_done_cancel(void) { race_with_done(false, true); }
void race_done_timeout_cancel(void) { race_with_done(true, true); }

/* --- timeout against cancel -------------------------------------------------------- */

void race_timeout_cancel(void)
{
	struct drv_params p = { .timeout_ms = TIMEOUT_MS };
	struct pace pace = PACE_INIT;
	struct ntlm_counters before;
	struct tally t = {};
	struct client c;
	struct nl nl;
	int i;

	CHECK_ERR(nl_open(&nl), 0);
	CHECK_ERR(ntlm_register(&nl), 0);
	CHECK_ERR(ntlm_stats(&nl, &before), 0);
	for (i = 0; i < ROUNDS; i++) {
		client_start(&c, drv_context(&p), NULL, 0);
		usleep(pace_us(&pace));
		drv_cancel(c.fd);
		tally_add(&t, client_join(&c));
		pace_learn(&pace, c.result == -ECANCELED);
		close(c.fd);
	}
	tally_note(&t);
	settle(&nl, &before, &t);
	CHECK_EQ(t.other, 0);
	CHECK(t.timeout && t.cancelled);
}

/* --- the helper's death against the others ------------------------------------------- */

static void race_with_death(bool done, bool timeout, bool cancel)
{
	struct drv_params p = {
		.timeout_ms = timeout ? TIMEOUT_MS : 60000,
	};
	struct pace death_pace = PACE_INIT, stop_pace = PACE_INIT;
	struct ntlm_req *req = malloc(sizeof(*req));
	struct ntlm_counters before, after;
	unsigned int taken_over = 0, served;
	struct tally t = {};
	struct nl nl, next, watch;
	struct client c;
	int i, fd, err;

	set_grace_ms(60000);
	CHECK_ERR(nl_open(&watch), 0);
	CHECK_ERR(ntlm_stats(&watch, &before), 0);
	/* A slow machine may need more of them until each end was seen. */
	for (i = 0; i < ROUNDS || (!taken_over && i < 4 * ROUNDS); i++) {
		struct actor death = { .act = act_death, .nl = &nl };
		struct actor stop = { .act = act_cancel };
		struct actor answer = { .act = act_done, .nl = &nl };

		CHECK_ERR(nl_open(&nl), 0);
		while ((err = ntlm_register(&nl)) == -EBUSY)
			;
		CHECK_ERR(err, 0);
		fd = drv_context(&p);
		client_start(&c, fd, NULL, 0);
		do {
			err = ntlm_accept(&nl, req);
		} while (err == -EAGAIN && !atomic_load(&c.ended));
		if (err) {
			tally_add(&t, client_join(&c));
			close(fd);
			nl_close(&nl);
			longer(&p);
			continue;
		}
		stop.fd = fd;
		if (cancel)
			actor_start(&stop, &stop_pace);
		if (done) {
			/* One socket, so the answer goes before or not at all. */
			usleep(pace_us(&death_pace));
			answer.cookie = req->cookie;
			if (rand_r(&seed) & 1)
				act_done(&answer);
		}
		actor_start(&death, &death_pace);
		CHECK_ERR(nl_open(&next), 0);
		while ((err = ntlm_register(&next)) == -EBUSY)
			;
		CHECK_ERR(err, 0);
		served = 0;
		while (!atomic_load(&c.ended))
			served += serve_once(&next);
		pthread_join(death.thread, NULL);
		if (cancel)
			pthread_join(stop.thread, NULL);
		tally_add(&t, client_join(&c));
		taken_over += served;
		if (c.result == -ETIMEDOUT && !death_pace.us)
			longer(&p);
		if (timeout) {
			pace_learn(&death_pace, served);
			pace_learn(&stop_pace, c.result == -ECANCELED);
		}
		nl_close(&next);
		close(fd);
	}
	tally_note(&t);
	tap_note("%u answered by the second helper", taken_over);
	settle(&watch, &before, &t);
	CHECK_ERR(ntlm_stats(&watch, &after), 0);
	CHECK(after.requeued > before.requeued);
	CHECK_EQ(t.other, 0);
	/* With all four it may never get so far; each pair has to. */
	CHECK(taken_over || (done && cancel));
	CHECK(t.timeout || !timeout || cancel);
	CHECK(t.cancelled || !cancel);
	CHECK(t.done || !done);
}

void race_done_death(void) { race_with_death(true, false, false); }
void race_timeout_death(void) { race_with_death(false, true, false); }
void race_cancel_death(void) { race_with_death(false, false, true); }
void race_done_timeout_cancel_death(void) { race_with_death(true, true, true); }

/* --- the end of the namespace against the others -------------------------------------- */

/* A helper @nl and a context in a namespace that only the helper keeps */
static int lonely_context(struct nl *nl, const struct drv_params *p)
{
	int back = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), fd;

	CHECK(back >= 0 && !unshare(CLONE_NEWNET));
	CHECK_ERR(nl_open(nl), 0);
	CHECK_ERR(ntlm_register(nl), 0);
	fd = drv_context(p);
	netns_leave(back);
	return fd;
}

/*
 * A helper's socket keeps its namespace, so what waits there at its end waits
 * for a new helper; the death of the last one is what ends it.
 */
static void race_with_netns(bool timeout, bool cancel, bool done)
{
	struct ntlm_req *req = calloc(1, sizeof(*req));
	struct drv_params p = { .timeout_ms = 60000 };
	struct pace timeout_pace = PACE_INIT, stop_pace = PACE_INIT;
	unsigned int shutdown = 0;
	struct tally t = {};
	struct client c;
	struct nl nl;
	int i, fd, err;

	set_grace_ms(60000);
	for (i = 0; i < NETNS_ROUNDS; i++) {
		struct actor stop = { .act = act_cancel };
		struct actor answer = { .act = act_done, .nl = &nl };

		if (timeout)
			p.timeout_ms = 1 + pace_us(&timeout_pace) / 1000;
		fd = lonely_context(&nl, &p);
		client_start(&c, fd, NULL, 0);
		do {
			err = ntlm_accept(&nl, req);
		} while (err == -EAGAIN && !atomic_load(&c.ended));
		stop.fd = fd;
		if (cancel)
			actor_start(&stop, &stop_pace);
		answer.cookie = req->cookie;
		if (!err && done && rand_r(&seed) & 1)
			act_done(&answer);
		/* A namespace may end sooner than any timer expires. */
		if (timeout || cancel)
			usleep(rand_r(&seed) % 40000);
		/* The last reference to the namespace */
		nl_close(&nl);
		err = client_join(&c);
		if (cancel)
			pthread_join(stop.thread, NULL);
		pace_learn(&timeout_pace, err == -ETIMEDOUT);
		pace_learn(&stop_pace, err == -ECANCELED);
		if (err == -ESHUTDOWN)
			shutdown++;
		else
			tally_add(&t, err);
		close(fd);
	}
	tally_note(&t);
	tap_note("%u ended by the namespace", shutdown);
	CHECK_EQ(t.other, 0);
	CHECK(shutdown);
	CHECK(t.timeout || !timeout);
	CHECK(t.cancelled || !cancel);
	CHECK(t.done || !done);
}

void race_timeout_netns(void) { race_with_netns(true, false, false); }
void race_cancel_netns(void) { race_with_netns(false, true, false); }
void race_done_death_netns(void) { race_with_netns(false, false, true); }

/* --- everything, for a while ------------------------------------------------------------ */

static atomic_bool storm_stop;
static atomic_uint storm_results[6];

static void *storm_client(void *arg)
{
	unsigned int s = (unsigned int)(uintptr_t)arg;
	struct drv_params p = { .timeout_ms = 50 };
	struct client c;
	int fd;

	while (!atomic_load(&storm_stop)) {
		p.uid = (uint32_t)rand_r(&s) % 5;
		p.timeout_ms = 1 + (uint32_t)rand_r(&s) % 60;
		fd = drv_context(&p);
		client_start(&c, fd, NULL, 0);
		if (rand_r(&s) % 3 == 0) {
			usleep((unsigned int)rand_r(&s) % 20000);
			drv_cancel(fd);
		}
		switch (client_join(&c)) {
		case -EINPROGRESS:
			atomic_fetch_add(&storm_results[0], 1);
			break;
		case -ETIMEDOUT:
			atomic_fetch_add(&storm_results[1], 1);
			break;
		case -ECANCELED:
			atomic_fetch_add(&storm_results[2], 1);
			break;
		case -EIO:
			atomic_fetch_add(&storm_results[3], 1);
			break;
		case -EACCES:
			atomic_fetch_add(&storm_results[4], 1);
			break;
		case -EPROTO:
			atomic_fetch_add(&storm_results[5], 1);
			break;
		default:
			FAIL("the step ended with %s", tap_errno(c.result));
		}
		close(fd);
	}
	return NULL;
}

void race_of_everything(void)
{
	struct ntlm_req *req = malloc(sizeof(*req));
	long long end = tap_now_ms() + 10000;
	struct ntlm_counters before, after;
	unsigned int s = 99, deaths = 0;
	pthread_t threads[6];
	struct nl nl, watch;
	struct ntlm_done d;
	const char *wrong;
	uintptr_t i;
	int err;

	set_grace_ms(60000);
	fake_kill(fake_start(FAKE_IDLE));
	CHECK_ERR(nl_open(&watch), 0);
	CHECK_ERR(ntlm_stats(&watch, &before), 0);
	for (i = 0; i < 6; i++)
		CHECK(!pthread_create(&threads[i], NULL, storm_client,
				      (void *)(i + 1)));
	while (tap_now_ms() < end) {
		CHECK_ERR(nl_open(&nl), 0);
		CHECK_ERR(ntlm_register(&nl), 0);
		while ((unsigned int)rand_r(&s) % 20) {
			err = ntlm_accept(&nl, req);
			if (err) {
				CHECK_ERR(err, -EAGAIN);
				nl_wait(&nl, NTLM_CMD_READY, 20, NULL);
				continue;
			}
			d = ntlm_honest(req);
			switch (rand_r(&s) % 6) {
			case 0:
				d.status = EACCES;
				break;
			case 1:
				d.token = NULL;
				break;
			case 2:
				continue;
			}
			err = ntlm_done(&nl, &d);
			CHECK(!err || err == -ENOENT || err == -EPROTO);
			CHECK_ERR(ntlm_stats(&watch, &after), 0);
			wrong = counters_wrong(&after);
			if (wrong)
				FAIL("%s", wrong);
		}
		nl_close(&nl);
		deaths++;
	}
	atomic_store(&storm_stop, true);
	for (i = 0; i < 6; i++)
		pthread_join(threads[i], NULL);
	CHECK_ERR(ntlm_stats(&watch, &after), 0);
	tap_note("done %u, timeout %u, cancelled %u, given up %u, errno %u, lie %u; %u helpers",
		 storm_results[0], storm_results[1], storm_results[2],
		 storm_results[3], storm_results[4], storm_results[5], deaths);
	CHECK_EQ(after.done - before.done, atomic_load(&storm_results[0]));
	CHECK_EQ(after.timeouts - before.timeouts,
		 atomic_load(&storm_results[1]));
	CHECK_EQ(after.cancelled - before.cancelled,
		 atomic_load(&storm_results[2]));
	CHECK_EQ(after.failed - before.failed,
		 atomic_load(&storm_results[3]) +
		 atomic_load(&storm_results[4]));
	CHECK_EQ(after.lies - before.lies, atomic_load(&storm_results[5]));
	CHECK(storm_results[0] && storm_results[1] && storm_results[2] &&
	      storm_results[4] && storm_results[5]);
}

/* --- and nothing is left ------------------------------------------------------------------ */

void nothing_is_left_in_the_slab(void)
{
	long n = slab_objects("ntlm_ctx"), with;
	int i, fds[32];

	if (n == -ENOENT)
		tap_skip("this kernel merged the slab cache of contexts with another");
	CHECK_EQ(n, 0);
	for (i = 0; i < 32; i++)
		fds[i] = drv_context(NULL);
	/* The number means something. */
	with = slab_objects("ntlm_ctx");
	CHECK(with >= 32);
	for (i = 0; i < 32; i++)
		close(fds[i]);
	CHECK_EQ(slab_objects("ntlm_ctx"), 0);
}
