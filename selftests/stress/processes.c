// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Processes that are killed at any moment: helpers, and clients in the middle of
 * a step.  A process of one thread starts them, so that what they inherit is in
 * a known state.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../lib/tap.h"
#include "stress.h"

static volatile sig_atomic_t stop;

static void on_term(int sig)
{
	(void)sig;
	stop = 1;
}

/* Starts @run again and again and kills it after up to @us microseconds. */
static void keep(struct keeper *k, uint64_t stream, unsigned int us,
		 void (*run)(struct rng *r), bool count)
{
	struct rng r = rng_seeded(stress_seed, stream);
	int status;
	pid_t pid;

	k->pid = fork();
	CHECK(k->pid >= 0);
	if (k->pid)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGTERM, on_term);
	while (!stop) {
		pid = fork();
		CHECK(pid >= 0);
		if (!pid) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			signal(SIGTERM, SIG_DFL);
			r = rng_seeded(rng_next(&r), stream);
			run(&r);
			_exit(0);
		}
		rng_next(&r);
		usleep((unsigned int)rng_below(&r, us));
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		if (WIFEXITED(status) && WEXITSTATUS(status))
			atomic_store(&outcomes->wrong, true);
		if (count)
			atomic_fetch_add(&outcomes->killed, 1);
	}
	_exit(0);
}

void keeper_stop(struct keeper *k)
{
	int status;

	kill(k->pid, SIGTERM);
	waitpid(k->pid, &status, 0);
	CHECK(WIFEXITED(status) && !WEXITSTATUS(status));
}

/* --- helpers ------------------------------------------------------------------------ */

/* One answer of a helper that is not to be relied on */
static void answer(struct nl *nl, const struct ntlm_req *req, struct rng *r)
{
	struct ntlm_done d = ntlm_honest(req);
	bool twice = false;
	int err;

	switch (rng_below(r, 32)) {
	case 0:
		d.status = EACCES;
		break;
	case 1:
		/* Neither a token nor established, or a flagless key */
		d.token = NULL;
		d.has_flags = false;
		break;
	case 2:
		d.flags &= ~NTLM_NEGOTIATE_SEAL;
		break;
	case 3:
		/* Kept until death */
		return;
	case 4:
		twice = true;
		break;
	case 5:
		d.cookie += 1 + rng_below(r, 3);
		break;
	case 6:
		if (!rng_below(r, 4))
			raise(SIGKILL);
	}
	if (!rng_below(r, 8))
		usleep((unsigned int)rng_below(r, 10000));
	err = ntlm_done(nl, &d);
	if (err && err != -ENOENT && err != -EPROTO && err != -EOPNOTSUPP)
		FAIL("DONE: %s, %s", tap_errno(err), nl->text);
	/* Zero is given once. */
	if (twice)
		CHECK_ERR(ntlm_done(nl, &d), -ENOENT);
}

static void serve(struct rng *r)
{
	struct ntlm_req *req = malloc(sizeof(*req));
	struct nl nl;
	int err, i;

	/* There are many clients and few processors. */
	setpriority(PRIO_PROCESS, 0, -10);
	for (;;) {
		CHECK_ERR(nl_open(&nl), 0);
		while ((err = ntlm_register(&nl)) == -EBUSY)
			usleep(1000);
		CHECK_ERR(err, 0);
		for (i = (int)rng_below(r, 400); i; i--) {
			err = ntlm_accept(&nl, req);
			if (!err) {
				answer(&nl, req, r);
				continue;
			}
			if (err != -EAGAIN && err != -ENOBUFS)
				FAIL("ACCEPT: %s, %s", tap_errno(err), nl.text);
			nl_wait(&nl, NTLM_CMD_READY, 20, NULL);
		}
		nl_close(&nl);
	}
}

/*
 * What waits for the next helper sometimes waits in vain.  The long time is longer
 * than any namespace takes to end, whose requests are to see that and not this.
 */
static void helper_run(struct rng *r)
{
	static const unsigned int grace[] = { 0, 20, 60000, 60000, 60000, 60000 };

	set_grace_ms(grace[rng_below(r, 6)]);
	serve(r);
}

static void patient_helper_run(struct rng *r)
{
	set_grace_ms(60000);
	serve(r);
}

void keep_helpers(struct keeper *k, uint64_t stream)
{
	keep(k, stream, 800000, helper_run, false);
}

void keep_patient_helpers(struct keeper *k, uint64_t stream)
{
	keep(k, stream, 800000, patient_helper_run, false);
}

/* --- clients ------------------------------------------------------------------------ */

static void victim_run(struct rng *r)
{
	struct drv_params p = { .timeout_ms = 1000 };
	int fd, err;

	for (;;) {
		p.uid = (uint32_t)rng_below(r, 5);
		fd = drv_context(&p);
		err = exchange_step(fd, NULL);
		if (err == -EINPROGRESS)
			exchange_step(fd, "CHALLENGE");
		close(fd);
	}
}

void keep_victims(struct keeper *k, uint64_t stream)
{
	keep(k, stream, 60000, victim_run, true);
}
