// SPDX-License-Identifier: GPL-2.0-only
/*
 * The world of request_kunit.h.
 */
#include <kunit/test.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <net/sock.h>
#include "kunit.h"
#include "request_kunit.h"
#include "vectors.h"

/*
 * Longer than anything here takes: who waits that long has been forgotten.  A
 * kernel that forgets one forgets many, so the others get less time.
 */
#define WORLD_PATIENCE	(20 * HZ)
#define WORLD_IMPATIENCE	(HZ / 20)
/* How long a lock is held for another task to come to it */
#define WORLD_SPIN	(2 * HZ)
#define WORLD_TIMEOUT_MS	(10 * 60 * 1000)
/* Port ids that nobody has */
#define WORLD_PORT	0x4e544c00

#define WORLD_TOKEN	"AUTHENTICATE"

/* One world at a time, for the points have no argument for it. */
static struct world *the_world;

static unsigned long patience = WORLD_PATIENCE;

static bool world_waited(struct completion *c)
{
	if (wait_for_completion_timeout(c, patience))
		return true;
	patience = WORLD_IMPATIENCE;
	return false;
}

/* Under ntlm_net.lock. With two processors the rival is at the lock by then. */
static void world_checks(struct world *w)
{
	unsigned long end = jiffies + WORLD_SPIN;

	if (!w->rival)
		return;
	complete(&w->rival_go);
	while (num_online_cpus() > 1 && !READ_ONCE(w->rival_going)) {
		if (time_after(jiffies, end)) {
			w->rival_late = true;
			return;
		}
		cpu_relax();
	}
}

static void world_point(enum ntlm_point point, struct ntlm_request *req)
{
	struct world *w = READ_ONCE(the_world);

	if (!w || req->ctx != w->ctx)
		return;
	switch (point) {
	case NTLM_POINT_COMPLETE:
		atomic_inc(&w->completions);
		break;
	case NTLM_POINT_CHECK:
		world_checks(w);
		break;
	case NTLM_POINT_WIPED:
		if (memchr_inv(&req->answer, 0, sizeof(req->answer)))
			w->residue = true;
		break;
	default:
		complete(&w->reached[point]);
		wait_for_completion(&w->go[point]);
	}
}

/**
 * world_answer_key() - the key of an answer
 * @number: of the answer, 1 for the first one
 * @key: set to it
 */
void world_answer_key(unsigned int number, u8 key[NTLM_SESSION_KEY_SIZE])
{
	unsigned int i;

	for (i = 0; i < NTLM_SESSION_KEY_SIZE; i++)
		key[i] = 0x51 + 29 * number + 7 * i;
}

/**
 * world_answer_user() - the user that an answer names
 * @number: of the answer, 1 for the first one
 */
const char *world_answer_user(unsigned int number)
{
	static const char *const users[] = { "", "alice", "bob", "carol" };

	return users[min_t(unsigned int, number, 3)];
}

/* Two legs: what the tests look at is the second one. */
static int world_wait(void *arg)
{
	struct world *w = arg;
	struct ntlm_token token;

	allow_signal(SIGKILL);
	if (ntlm_ctx_exchange(w->ctx, NULL, 0, &token) == -EINPROGRESS) {
		ntlm_token_free(&token);
		w->result = ntlm_ctx_exchange(w->ctx, "CHALLENGE", 9,
					      &w->token);
		w->returns++;
	}
	complete(&w->finished);
	return 0;
}

/**
 * world_pass() - let the waiting task go on from where it has to stand
 * @w: the world
 * @point: from where
 */
void world_pass(struct world *w, enum ntlm_point point)
{
	world_stands(w, point);
	complete(&w->go[point]);
}

/**
 * world_stands() - wait until the waiting task stands at a point
 * @w: the world
 * @point: the point
 */
void world_stands(struct world *w, enum ntlm_point point)
{
	if (w->at == point)
		return;
	KUNIT_EXPECT_TRUE_MSG(w->test, world_waited(&w->reached[point]),
			      "the task does not come to point %d", point);
	w->at = point;
}

static void world_register(struct world *w, u32 features, int ret)
{
	struct netlink_ext_ack extack = {};
	struct socket *sock;
	u32 generation;

	KUNIT_ASSERT_LT(w->test, w->nhelpers, WORLD_HELPERS);
	KUNIT_ASSERT_EQ(w->test, sock_create_kern(&init_net, PF_NETLINK,
						  SOCK_RAW, NETLINK_GENERIC,
						  &sock), 0);
	KUNIT_EXPECT_EQ(w->test,
			ntlm_helper_register(w->nn, sock->sk,
					     WORLD_PORT + w->nhelpers,
					     features, &generation, &extack),
			ret);
	if (ret) {
		sock_release(sock);
		return;
	}
	sock_hold(sock->sk);
	w->helpers[w->nhelpers++] = sock->sk;
	w->socket = sock;
	w->sk = sock->sk;
}

/* As netlink does it: the socket is dead, then the notifier is called. */
static void world_death(struct world *w)
{
	if (!w->socket)
		return;
	sock_release(w->socket);
	w->socket = NULL;
	ntlm_helper_release(w->nn, WORLD_PORT + w->nhelpers - 1);
}

static int world_accept(struct world *w)
{
	struct netlink_ext_ack extack = {};
	struct ntlm_ctx *ctx;
	u32 left_ms;
	u64 cookie;

	ctx = ntlm_request_accept(w->nn, w->sk, &cookie, &left_ms, &extack);
	if (IS_ERR(ctx))
		return PTR_ERR(ctx);
	KUNIT_EXPECT_PTR_EQ(w->test, ctx, w->ctx);
	KUNIT_EXPECT_LE(w->test, left_ms, WORLD_TIMEOUT_MS);
	ntlm_ctx_put(ctx);
	if (!w->first_cookie) {
		w->first_cookie = cookie;
		w->first_sk = w->sk;
	}
	w->cookie = cookie;
	return 0;
}

static void world_fill_answer(struct world *w, struct ntlm_answer *answer,
			      enum world_act act)
{
	unsigned int number = ++w->answers;

	if (act == ACT_ERROR) {
		answer->status = -EACCES;
		return;
	}
	answer->established = true;
	answer->has_flags = true;
	answer->flags = NTLM_VECTOR_FULL;
	if (act == ACT_LIE)
		answer->flags &= ~(NTLM_NEGOTIATE_SIGN | NTLM_NEGOTIATE_SEAL);
	answer->credential = number;
	answer->has_key = true;
	world_answer_key(number, answer->key);
	answer->user = kstrdup(world_answer_user(number), GFP_KERNEL);
	answer->token.len = strlen(WORLD_TOKEN);
	answer->token.data = kmemdup(WORLD_TOKEN, answer->token.len,
				     GFP_KERNEL);
}

static int world_answer(struct world *w, struct sock *sk, u64 cookie,
			enum world_act act)
{
	struct netlink_ext_ack extack = {};
	struct ntlm_answer *answer;
	unsigned int number;
	int err;

	answer = kunit_kzalloc(w->test, sizeof(*answer), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(w->test, answer);
	world_fill_answer(w, answer, act);
	number = w->answers;
	err = ntlm_request_done(w->nn, sk, cookie, answer, &extack);
	if (!err && act != ACT_ERROR) {
		KUNIT_EXPECT_NULL(w->test,
				  memchr_inv(answer, 0, sizeof(*answer)));
		w->winner = number;
	}
	KUNIT_EXPECT_TRUE(w->test, !err || extack._msg);
	ntlm_answer_wipe(answer);
	return err;
}

static void world_first_leg(struct world *w)
{
	struct netlink_ext_ack extack = {};
	struct ntlm_answer answer = {};

	world_stands(w, NTLM_POINT_QUEUED);
	KUNIT_ASSERT_EQ(w->test, world_accept(w), 0);
	answer.token.len = 9;
	answer.token.data = kmemdup("NEGOTIATE", 9, GFP_KERNEL);
	KUNIT_EXPECT_EQ(w->test, ntlm_request_done(w->nn, w->sk, w->cookie,
						   &answer, &extack), 0);
	world_pass(w, NTLM_POINT_QUEUED);
	world_pass(w, NTLM_POINT_WOKEN);
	world_pass(w, NTLM_POINT_ENDED);
	w->first_cookie = 0;
	atomic_set(&w->completions, 0);
}

/**
 * world_open() - a context whose second leg is queued, and a helper
 * @test: the test
 *
 * Return: the world, to be given to world_close().
 */
struct world *world_open(struct kunit *test)
{
	struct ntlm_ctx_params params = {
		.net = &init_net, .uid = GLOBAL_ROOT_UID,
		.target = "cifs/server", .required = NTLM_OPT_INTEGRITY,
		.timeout_ms = WORLD_TIMEOUT_MS,
	};
	struct world *w = kunit_kzalloc(test, sizeof(*w), GFP_KERNEL);
	struct task_struct *waiter;
	struct ntlm_ctx *ctx;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, w);
	test->priv = w;
	w->test = test;
	w->at = WORLD_POINTS;
	init_completion(&w->finished);
	init_completion(&w->rival_go);
	init_completion(&w->rival_done);
	for (i = 0; i < WORLD_POINTS; i++) {
		init_completion(&w->reached[i]);
		init_completion(&w->go[i]);
	}
	w->module_refs = module_refcount(ntlm_genl_family.module);
	w->nn = ntlm_net_new(&init_net);
	KUNIT_ASSERT_NOT_NULL(test, w->nn);
	ctx = ntlm_ctx_new(w->nn, &params);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, ctx);
	w->ctx = ctx;
	world_register(w, NTLM_FEATURES, 0);

	waiter = kthread_create(world_wait, w, "ntlm_waiter");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, waiter);
	w->waiter = get_task_struct(waiter);
	WRITE_ONCE(the_world, w);
	ntlm_point_set(world_point);
	wake_up_process(waiter);
	world_first_leg(w);
	w->at = WORLD_POINTS;
	world_stands(w, NTLM_POINT_QUEUED);
	return w;
}

/**
 * world_begin() - bring the waiting task to where others come
 * @w: the world
 * @mode: where
 */
void world_begin(struct world *w, enum world_mode mode)
{
	unsigned long end = jiffies + patience;

	if (mode == MODE_AWAKE)
		return;
	world_pass(w, NTLM_POINT_QUEUED);
	/* From here on it sleeps, or sees what has happened before it does. */
	while (!wq_has_sleeper(&w->ctx->wait) && time_before(jiffies, end))
		schedule_timeout_uninterruptible(1);
	KUNIT_EXPECT_TRUE(w->test, wq_has_sleeper(&w->ctx->wait));
}

static void world_grace(struct world *w)
{
	spin_lock(&w->nn->lock);
	w->nn->grace_until = jiffies;
	spin_unlock(&w->nn->lock);
	mod_delayed_work(system_wq, &w->nn->grace_work, 0);
	flush_delayed_work(&w->nn->grace_work);
}

static void world_worn(struct world *w)
{
	spin_lock(&w->nn->lock);
	if (w->ctx->request)
		w->ctx->request->accepts = NTLM_MAX_ACCEPTS - 1;
	spin_unlock(&w->nn->lock);
}

/* The deadline is counted from where the task begins to wait. */
static void world_expire(struct world *w)
{
	w->ctx->timeout = 1;
	spin_lock(&w->nn->lock);
	if (w->ctx->request)
		w->ctx->request->deadline = jiffies - HZ;
	spin_unlock(&w->nn->lock);
	world_pass(w, NTLM_POINT_QUEUED);
	world_stands(w, NTLM_POINT_WOKEN);
}

static void world_kill(struct world *w)
{
	send_sig(SIGKILL, w->waiter, 1);
	if (w->at == NTLM_POINT_QUEUED)
		complete(&w->go[NTLM_POINT_QUEUED]);
	world_stands(w, NTLM_POINT_WOKEN);
}

static void world_decide(struct world *w)
{
	world_pass(w, NTLM_POINT_WOKEN);
	world_stands(w, NTLM_POINT_ENDED);
}

static int world_act(struct world *w, enum world_act act)
{
	switch (act) {
	case ACT_NONE:
		break;
	case ACT_ACCEPT:
		return world_accept(w);
	case ACT_UNDO:
		ntlm_request_undo_accept(w->nn, w->sk, w->cookie);
		break;
	case ACT_UNDO_FIRST:
		ntlm_request_undo_accept(w->nn, w->first_sk, w->first_cookie);
		break;
	case ACT_DONE_FIRST:
		return world_answer(w, w->sk, w->first_cookie, ACT_DONE);
	case ACT_DONE:
	case ACT_ERROR:
	case ACT_LIE:
		return world_answer(w, w->sk, w->cookie, act);
	case ACT_CANCEL:
		ntlm_ctx_cancel(w->ctx);
		break;
	case ACT_DEATH:
		world_death(w);
		break;
	case ACT_WORN:
		world_worn(w);
		break;
	case ACT_GRACE:
		world_grace(w);
		break;
	case ACT_SHUTDOWN:
		ntlm_requests_shutdown(w->nn);
		break;
	case ACT_EXPIRE:
		world_expire(w);
		break;
	case ACT_KILL:
		world_kill(w);
		break;
	case ACT_DECIDE:
		world_decide(w);
		break;
	default:
		return -EOPNOTSUPP;
	}
	return 0;
}

static int world_compete(void *arg)
{
	struct world *w = arg;

	wait_for_completion(&w->rival_go);
	WRITE_ONCE(w->rival_going, true);
	/* The waiting task is a rival of its own, and need only be let go. */
	if (w->rival == ACT_DECIDE)
		complete(&w->go[NTLM_POINT_WOKEN]);
	else
		world_act(w, w->rival);
	complete(&w->rival_done);
	return 0;
}

static void world_end_rival(struct world *w)
{
	if (!w->competes)
		return;
	/* If nothing was judged, nobody has let it go. */
	complete_all(&w->rival_go);
	if (!world_waited(&w->rival_done)) {
		KUNIT_FAIL(w->test, "the rival is not done");
		wait_for_completion(&w->rival_done);
	}
	KUNIT_EXPECT_FALSE(w->test, w->rival_late);
	w->competes = false;
	w->rival = ACT_NONE;
}

/**
 * world_compete_for() - have another task do something while an answer is judged
 * @w: the world
 * @act: what
 */
void world_compete_for(struct world *w, enum world_act act)
{
	struct task_struct *task;

	reinit_completion(&w->rival_go);
	reinit_completion(&w->rival_done);
	w->rival_going = false;
	w->rival = act;
	task = kthread_run(world_compete, w, "ntlm_rival");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(w->test, task);
	w->competes = true;
}

static void world_do_both(struct world *w, const struct world_step *step)
{
	if (step->meanwhile == ACT_DECIDE)
		world_stands(w, NTLM_POINT_WOKEN);
	world_compete_for(w, step->meanwhile);
	KUNIT_EXPECT_EQ(w->test, world_act(w, step->act), step->ret);
	world_end_rival(w);
	if (step->meanwhile == ACT_DECIDE)
		world_stands(w, NTLM_POINT_ENDED);
}

/**
 * world_do() - do one step and check what it returns
 * @w: the world
 * @step: the step
 */
void world_do(struct world *w, const struct world_step *step)
{
	int ret;

	switch (step->act) {
	case ACT_REGISTER:
		world_register(w, NTLM_FEATURES, step->ret);
		return;
	case ACT_REGISTER_OLD:
		world_register(w, NTLM_FEATURE_ACCEPTOR, step->ret);
		return;
	default:
		break;
	}
	if (step->meanwhile) {
		world_do_both(w, step);
		return;
	}
	ret = world_act(w, step->act);
	KUNIT_EXPECT_EQ_MSG(w->test, ret, step->ret, "act %d", step->act);
}

/**
 * world_end() - let the waiting task return
 * @w: the world
 *
 * A task that nobody has ended is killed, after the test has failed.
 */
void world_end(struct world *w)
{
	unsigned int i;

	if (!w->waiter)
		return;
	for (i = 0; i < WORLD_POINTS; i++)
		complete_all(&w->go[i]);
	if (!world_waited(&w->finished)) {
		KUNIT_FAIL(w->test, "the task still waits");
		send_sig(SIGKILL, w->waiter, 1);
		wait_for_completion(&w->finished);
	}
	kthread_stop(w->waiter);
	put_task_struct(w->waiter);
	w->waiter = NULL;
	ntlm_point_set(NULL);
	WRITE_ONCE(the_world, NULL);
}

/**
 * world_close() - give everything back, and see that nothing else is kept
 * @w: the world, after world_end()
 */
void world_close(struct world *w)
{
	unsigned int i;

	w->test->priv = NULL;
	if (!w->nn)
		return;
	ntlm_token_free(&w->token);
	if (w->ctx) {
		KUNIT_EXPECT_EQ(w->test, refcount_read(&w->ctx->ref), 1);
		ntlm_ctx_put(w->ctx);
	}
	world_death(w);
	ntlm_requests_shutdown(w->nn);
	KUNIT_EXPECT_TRUE(w->test, xa_empty(&w->nn->contexts));
	KUNIT_EXPECT_EQ(w->test, w->nn->stats.contexts, 0);
	KUNIT_EXPECT_EQ(w->test, refcount_read(&w->nn->ref), 1);
	ntlm_net_put(w->nn);
	/* Sockets go after a grace period. */
	rcu_barrier();
	for (i = 0; i < w->nhelpers; i++) {
		KUNIT_EXPECT_EQ(w->test,
				refcount_read(&w->helpers[i]->sk_refcnt), 1);
		sock_put(w->helpers[i]);
	}
	KUNIT_EXPECT_EQ(w->test, module_refcount(ntlm_genl_family.module),
			w->module_refs);
}

/**
 * world_abandon() - end a world that its test has left where it was
 * @test: the test, after an assertion that failed anywhere
 *
 * What the test has not made yet is not there to be ended.
 */
void world_abandon(struct kunit *test)
{
	struct world *w = test->priv;

	if (!w)
		return;
	world_end_rival(w);
	if (w->waiter)
		send_sig(SIGKILL, w->waiter, 1);
	world_end(w);
	world_close(w);
}
