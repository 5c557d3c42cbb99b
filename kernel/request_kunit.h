/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A network namespace with one context, the task that waits for its request,
 * and helpers: all that can end a request, at the command of a test.
 *
 * How an order is forced.  The waiting task is a kthread that runs
 * ntlm_ctx_exchange() and stops at the points of point.h until the test lets it
 * go on, by completions in both directions.  The test's own task does what
 * others do to the request, one after the other: each of these takes and gives
 * back ntlm_net.lock, so the order of the calls is the order of the decisions,
 * with any number of processors.  A deadline or a signal decides when the
 * waiting task takes the lock, which is what it does between WOKEN and ENDED.
 */
#ifndef _NTLM_REQUEST_KUNIT_H
#define _NTLM_REQUEST_KUNIT_H

#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/net.h>
#include "core.h"
#include "point.h"

/* What is done to a request */
enum world_act {
	ACT_NONE,
	ACT_ACCEPT,
	ACT_UNDO,		/* the last ACCEPT could not be delivered */
	ACT_UNDO_FIRST,		/* the first one could not */
	ACT_DONE,		/* an answer that establishes the context */
	ACT_DONE_FIRST,		/* the same with the cookie of the first ACCEPT */
	ACT_ERROR,		/* an answer with an errno */
	ACT_LIE,		/* an answer that is refused */
	ACT_CANCEL,
	ACT_DEATH,		/* the helper's socket is closed */
	ACT_WORN,		/* as if four helpers had died with it */
	ACT_REGISTER,		/* another helper */
	ACT_REGISTER_OLD,	/* one that knows only acceptors */
	ACT_GRACE,		/* the time to wait for a helper is over */
	ACT_SHUTDOWN,		/* the network namespace goes away */
	ACT_EXPIRE,		/* the deadline passes; nothing is decided yet */
	ACT_KILL,		/* SIGKILL; nothing is decided yet */
	ACT_DECIDE,		/* the waiting task takes the lock */
};

/* Where the waiting task is when others come */
enum world_mode {
	MODE_AWAKE,		/* not asleep yet */
	MODE_ASLEEP,		/* what ends the request wakes it */
	MODE_LATE,		/* it has seen the end before the last act */
};

/**
 * struct world_step - one act
 * @act: what is done
 * @ret: what it returns
 * @meanwhile: with an answer: what another task tries while the kernel judges
 *	that answer, with ntlm_net.lock held
 */
struct world_step {
	enum world_act	act;
	int		ret;
	enum world_act	meanwhile;
};

#define WORLD_POINTS	(NTLM_POINT_ENDED + 1)
#define WORLD_HELPERS	4

/**
 * struct world - see above
 * @test: who is told of what is wrong
 * @nn: the network namespace
 * @module_refs: references to ntlm.ko before
 * @ctx: the context
 * @helpers: all sockets that were registered, each with a reference
 * @nhelpers: how many
 * @socket: the one that is open, or NULL
 * @sk: the last one
 * @first_sk: the one of the first ACCEPT
 * @cookie: of the last ACCEPT
 * @first_cookie: of the first one
 * @answers: answers that were given; each names another user and key
 * @winner: number of the answer that was taken, 0: none was
 * @waiter: task of the exchange
 * @finished: ntlm_ctx_exchange() has returned
 * @returns: how often
 * @result: what it returned
 * @residue: something of an answer was left where the exchange had received it
 * @token: what it returned
 * @at: point at which the waiting task stands
 * @reached: it stands at a point
 * @go: it may go on from there
 * @completions: how often a request was ended, of the leg that is looked at
 * @rival: what another task does while an answer is judged
 * @rival_go: it may
 * @rival_going: it does
 * @rival_late: it did not while the answer was judged
 * @competes: that task is there
 * @rival_done: it did
 */
struct world {
	struct kunit		*test;
	struct ntlm_net		*nn;
	int			module_refs;
	struct ntlm_ctx		*ctx;
	struct sock		*helpers[WORLD_HELPERS];
	unsigned int		nhelpers;
	struct socket		*socket;
	struct sock		*sk;
	struct sock		*first_sk;
	u64			cookie;
	u64			first_cookie;
	unsigned int		answers;
	unsigned int		winner;
	struct task_struct	*waiter;
	struct completion	finished;
	unsigned int		returns;
	int			result;
	bool			residue;
	struct ntlm_token	token;
	enum ntlm_point		at;
	struct completion	reached[WORLD_POINTS];
	struct completion	go[WORLD_POINTS];
	atomic_t		completions;
	enum world_act		rival;
	struct completion	rival_go;
	bool			rival_going;
	bool			rival_late;
	bool			competes;
	struct completion	rival_done;
};

struct world *world_open(struct kunit *test);
void world_begin(struct world *w, enum world_mode mode);
void world_compete_for(struct world *w, enum world_act act);
void world_do(struct world *w, const struct world_step *step);
void world_pass(struct world *w, enum ntlm_point point);
void world_stands(struct world *w, enum ntlm_point point);
void world_end(struct world *w);
void world_close(struct world *w);
void world_abandon(struct kunit *test);
void world_answer_key(unsigned int number, u8 key[NTLM_SESSION_KEY_SIZE]);
const char *world_answer_user(unsigned int number);

#endif /* _NTLM_REQUEST_KUNIT_H */
