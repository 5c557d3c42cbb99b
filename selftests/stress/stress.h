/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Load of every kind on one module at the same time, and what has to hold
 * meanwhile and afterwards.
 */
#ifndef SELFTESTS_STRESS_H
#define SELFTESTS_STRESS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../lib/driver.h"
#include "../session/message.h"
#include "../session/rng.h"

/**
 * struct worker - a thread of a load
 * @rng: its random numbers, which SEED repeats
 * @index: its number among the threads of the same load
 */
struct worker {
	struct rng	rng;
	unsigned int	index;
};

/**
 * struct load - something that threads do until stress_over()
 * @run: what
 * @threads: how many of them
 */
struct load {
	void		(*run)(struct worker *w);
	unsigned int	threads;
};

extern uint64_t stress_seed;

/**
 * stress_run() - run loads at once
 * @loads: @n of them, THREADS threads together
 * @n: how many
 * @percent: for this part of STRESS_SECONDS
 * @missing: or longer, on a slow machine, until this returns NULL and no longer
 *	     what has not been seen yet; NULL: not longer
 */
void stress_run(const struct load *loads, size_t n, unsigned int percent,
		const char *(*missing)(void));
bool stress_over(void);

/* --- exchanges.c: contexts of the initial namespace, and their results --------- */

/* How steps of exchanges ended, as the clients saw it */
enum outcome {
	OUTCOME_DONE,
	OUTCOME_ESTABLISHED,
	OUTCOME_REFUSED,	/* the helper's errno, a lie, too many helpers */
	OUTCOME_TIMEOUT,
	OUTCOME_CANCELLED,
	OUTCOME_NO_HELPER,
	OUTCOME_LIMITED,
	OUTCOMES,
};

/**
 * struct outcomes - shared by all threads and processes of a test
 * @begun: steps that were asked for
 * @ended: how they ended; fewer than @begun only if a process was killed in one
 * @killed: processes that were killed
 * @wrong: a process failed
 */
struct outcomes {
	_Atomic uint64_t	begun;
	_Atomic uint64_t	ended[OUTCOMES];
	_Atomic uint64_t	killed;
	atomic_bool		wrong;
};

extern struct outcomes *outcomes;

/** outcomes_begin() - from here on steps are counted */
void outcomes_begin(void);

/** outcomes_check() - the module has counted the same; nothing is under way */
void outcomes_check(void);

/**
 * exchange_step() - one step for a new request; its result is counted
 *
 * A result that is not documented ends the test.
 *
 * Return: what ntlm_ctx_exchange() returned
 */
int exchange_step(int fd, const char *in);

/**
 * exchange_establish() - a context, and as many attempts as it takes
 * @l: set to the connection, with the oracle as the server
 * @p: parameters of the context
 *
 * Return: false if the test was over before
 */
bool exchange_establish(struct link *l, const struct drv_params *p);

void exchange_clients(struct worker *w);
void exchange_rivals(struct worker *w);
void exchange_churn(struct worker *w);

/* --- processes.c: who may be killed ------------------------------------------- */

/** struct keeper - a process that starts others and kills them */
struct keeper {
	pid_t	pid;
};

/** keep_helpers() - helpers that answer, lie, die and come back */
void keep_helpers(struct keeper *k, uint64_t stream);
/** keep_patient_helpers() - the same; requests always wait for the next one */
void keep_patient_helpers(struct keeper *k, uint64_t stream);
/** keep_victims() - clients that are killed in the middle of a step */
void keep_victims(struct keeper *k, uint64_t stream);
void keeper_stop(struct keeper *k);

/* --- shared.c: contexts that many threads use ---------------------------------- */

void shared_open(void);
void shared_senders(struct worker *w);
void shared_receivers(struct worker *w);
void shared_forgers(struct worker *w);
/** shared_close() - all that was sent has come, and the module has counted it */
void shared_close(void);

/* --- datagrams.c: connectionless contexts that many threads use ----------------- */

void datagrams_open(void);
void datagram_senders(struct worker *w);
void datagram_receivers(struct worker *w);
void datagrams_close(void);

/* --- namespaces.c --------------------------------------------------------------- */

void namespaces(struct worker *w);
/** namespaces_missing() - until some ended, and requests with them */
const char *namespaces_missing(void);
void namespaces_note(void);

/* --- watch.c: administrators ---------------------------------------------------- */

void watch_contexts(struct worker *w);
void watch_counters(struct worker *w);
void watch_events(struct worker *w);
/** watch_missing() - until they saw something, and a listener missed events */
const char *watch_missing(void);
void watch_note(void);

#endif /* SELFTESTS_STRESS_H */
