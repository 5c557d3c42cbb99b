// SPDX-License-Identifier: GPL-2.0-only
/*
 * A request is ended once, whoever comes first: every two of those who can end
 * it in both orders, and the longer orders that matter.  How an order is forced
 * is told in request_kunit.h.
 */
#include <kunit/test.h>
#include <linux/hashtable.h>
#include <linux/slab.h>
#include "kunit.h"
#include "request_kunit.h"

#define NEGOTIATE_LEGS	2
#define STEPS		12

/* Counters of struct ntlm_stats, by name */
#define COUNT(name)	(offsetof(struct ntlm_stats, name) / sizeof(u64))
#define COUNT_NONE	(sizeof(struct ntlm_stats) / sizeof(u64))

/**
 * struct ending - one of those who can end a request
 * @name: how it is called
 * @before: what has to be prepared while the request lives
 * @act: what ends it, if nothing has
 * @status: with which status
 * @count: in which counter of struct ntlm_stats it shows
 * @ret: what @act returns then
 * @answers: it is an answer of the helper
 * @deaf: whoever answers after it is no helper any more
 */
struct ending {
	const char	*name;
	enum world_act	before;
	enum world_act	act;
	int		status;
	size_t		count;
	int		ret;
	bool		answers;
	bool		deaf;
};

enum { DONE, ERROR, LIE, CANCEL, TIMEOUT, KILL, SHUTDOWN, GIVEN_UP, GRACE };

static const struct ending endings[] = {
	[DONE] = { "done", ACT_NONE, ACT_DONE, 0, COUNT(done),
		   .answers = true },
	[ERROR] = { "error", ACT_NONE, ACT_ERROR, -EACCES, COUNT(failed),
		    .answers = true },
	[LIE] = { "refused answer", ACT_NONE, ACT_LIE, -EOPNOTSUPP,
		  COUNT(lies), -EOPNOTSUPP, .answers = true },
	[CANCEL] = { "cancel", ACT_NONE, ACT_CANCEL, -ECANCELED,
		     COUNT(cancelled) },
	[TIMEOUT] = { "timeout", ACT_EXPIRE, ACT_DECIDE, -ETIMEDOUT,
		      COUNT(timeouts) },
	[KILL] = { "kill", ACT_KILL, ACT_DECIDE, -EINTR, COUNT(cancelled) },
	[SHUTDOWN] = { "netns exit", ACT_NONE, ACT_SHUTDOWN, -ESHUTDOWN,
		       COUNT_NONE, .deaf = true },
	[GIVEN_UP] = { "fifth death", ACT_WORN, ACT_DEATH, -EIO,
		       COUNT(failed), .deaf = true },
	[GRACE] = { "end of grace", ACT_DEATH, ACT_GRACE, -ENOKEY,
		    COUNT(no_helper), .deaf = true },
};

struct pair {
	unsigned int	first;
	unsigned int	second;
	bool		accepted;
};

/* The same task cannot both time out and be killed; but see orders. */
static const struct pair pairs[] = {
	{ DONE, DONE, true }, { DONE, ERROR, true }, { DONE, LIE, true },
	{ DONE, CANCEL, true }, { DONE, TIMEOUT, true }, { DONE, KILL, true },
	{ DONE, SHUTDOWN, true }, { DONE, GIVEN_UP, true },
	{ ERROR, DONE, true }, { ERROR, ERROR, true }, { ERROR, LIE, true },
	{ ERROR, CANCEL, true }, { ERROR, TIMEOUT, true },
	{ ERROR, KILL, true }, { ERROR, SHUTDOWN, true },
	{ ERROR, GIVEN_UP, true },
	{ LIE, DONE, true }, { LIE, ERROR, true }, { LIE, LIE, true },
	{ LIE, CANCEL, true }, { LIE, TIMEOUT, true }, { LIE, KILL, true },
	{ LIE, SHUTDOWN, true }, { LIE, GIVEN_UP, true },
	{ CANCEL, DONE, true }, { CANCEL, ERROR, true }, { CANCEL, LIE, true },
	{ CANCEL, CANCEL, true }, { CANCEL, TIMEOUT, true },
	{ CANCEL, KILL, true }, { CANCEL, SHUTDOWN, true },
	{ CANCEL, GIVEN_UP, true },
	{ TIMEOUT, DONE, true }, { TIMEOUT, ERROR, true },
	{ TIMEOUT, LIE, true }, { TIMEOUT, CANCEL, true },
	{ TIMEOUT, SHUTDOWN, true }, { TIMEOUT, GIVEN_UP, true },
	{ KILL, DONE, true }, { KILL, ERROR, true }, { KILL, LIE, true },
	{ KILL, CANCEL, true }, { KILL, SHUTDOWN, true },
	{ KILL, GIVEN_UP, true },
	{ SHUTDOWN, DONE, true }, { SHUTDOWN, ERROR, true },
	{ SHUTDOWN, LIE, true }, { SHUTDOWN, CANCEL, true },
	{ SHUTDOWN, TIMEOUT, true }, { SHUTDOWN, KILL, true },
	{ SHUTDOWN, SHUTDOWN, true }, { SHUTDOWN, GIVEN_UP, true },
	{ GIVEN_UP, DONE, true }, { GIVEN_UP, ERROR, true },
	{ GIVEN_UP, LIE, true }, { GIVEN_UP, CANCEL, true },
	{ GIVEN_UP, TIMEOUT, true }, { GIVEN_UP, KILL, true },
	{ GIVEN_UP, SHUTDOWN, true }, { GIVEN_UP, GIVEN_UP, true },
	{ CANCEL, CANCEL }, { CANCEL, TIMEOUT }, { CANCEL, KILL },
	{ CANCEL, SHUTDOWN }, { CANCEL, GRACE },
	{ TIMEOUT, CANCEL }, { TIMEOUT, SHUTDOWN }, { TIMEOUT, GRACE },
	{ KILL, CANCEL }, { KILL, SHUTDOWN }, { KILL, GRACE },
	{ SHUTDOWN, CANCEL }, { SHUTDOWN, TIMEOUT }, { SHUTDOWN, KILL },
	{ SHUTDOWN, SHUTDOWN }, { SHUTDOWN, GRACE },
	{ GRACE, CANCEL }, { GRACE, TIMEOUT }, { GRACE, KILL },
	{ GRACE, SHUTDOWN }, { GRACE, GRACE },
};

static void pair_name(const struct pair *pair, char *name)
{
	snprintf(name, KUNIT_PARAM_DESC_SIZE, "%s then %s, %s",
		 endings[pair->first].name, endings[pair->second].name,
		 pair->accepted ? "accepted" : "queued");
}

KUNIT_ARRAY_PARAM(ntlm_pairs, pairs, pair_name);

/**
 * struct order - steps, and what they have to lead to
 * @name: shown
 * @steps: in their order
 * @status: what the waiting task returns
 * @count: the counter of struct ntlm_stats that shows it
 * @requeued: how often the request was put back
 */
struct order {
	const char		*name;
	struct world_step	steps[STEPS];
	int			status;
	size_t			count;
	unsigned int		requeued;
};

#define LOST	-ENOENT

static const struct order orders[] = {
	{ "cancel, then a helper asks for work",
	  { { ACT_CANCEL }, { ACT_ACCEPT, -EAGAIN } },
	  -ECANCELED, COUNT(cancelled) },
	{ "accepted and answered after the deadline, before the task knows",
	  { { ACT_EXPIRE }, { ACT_ACCEPT }, { ACT_DONE }, { ACT_DECIDE } },
	  0, COUNT(done) },
	{ "accepted after the deadline, answered too late",
	  { { ACT_EXPIRE }, { ACT_ACCEPT }, { ACT_DECIDE }, { ACT_DONE, LOST } },
	  -ETIMEDOUT, COUNT(timeouts) },
	{ "accepted and answered after SIGKILL, before the task knows",
	  { { ACT_KILL }, { ACT_ACCEPT }, { ACT_DONE }, { ACT_DECIDE } },
	  0, COUNT(done) },
	{ "accepted after SIGKILL, answered too late",
	  { { ACT_KILL }, { ACT_ACCEPT }, { ACT_DECIDE }, { ACT_DONE, LOST } },
	  -EINTR, COUNT(cancelled) },
	{ "SIGKILL after the deadline",
	  { { ACT_ACCEPT }, { ACT_EXPIRE }, { ACT_KILL }, { ACT_DECIDE },
	    { ACT_DONE, LOST } },
	  -ETIMEDOUT, COUNT(timeouts) },
	{ "SIGKILL before the task waits, then cancel",
	  { { ACT_ACCEPT }, { ACT_KILL }, { ACT_CANCEL }, { ACT_DECIDE } },
	  -ECANCELED, COUNT(cancelled) },
	{ "timeout while an answer is judged",
	  { { ACT_ACCEPT }, { ACT_EXPIRE }, { ACT_DONE, 0, ACT_DECIDE } },
	  0, COUNT(done) },
	{ "timeout while an answer is judged and refused",
	  { { ACT_ACCEPT }, { ACT_EXPIRE },
	    { ACT_LIE, -EOPNOTSUPP, ACT_DECIDE } },
	  -EOPNOTSUPP, COUNT(lies) },
	{ "SIGKILL while an answer is judged",
	  { { ACT_ACCEPT }, { ACT_KILL }, { ACT_DONE, 0, ACT_DECIDE } },
	  0, COUNT(done) },
	{ "cancel while an answer is judged",
	  { { ACT_ACCEPT }, { ACT_DONE, 0, ACT_CANCEL } }, 0, COUNT(done) },
	{ "cancel while an answer is judged and refused",
	  { { ACT_ACCEPT }, { ACT_LIE, -EOPNOTSUPP, ACT_CANCEL } },
	  -EOPNOTSUPP, COUNT(lies) },
	{ "the helper dies while its answer is judged",
	  { { ACT_ACCEPT }, { ACT_DONE, 0, ACT_DEATH } }, 0, COUNT(done) },
	{ "the helper dies while its answer is judged and refused",
	  { { ACT_ACCEPT }, { ACT_LIE, -EOPNOTSUPP, ACT_DEATH } },
	  -EOPNOTSUPP, COUNT(lies) },
	{ "netns exit while an answer is judged",
	  { { ACT_ACCEPT }, { ACT_DONE, 0, ACT_SHUTDOWN } }, 0, COUNT(done) },
	{ "netns exit while an answer is judged and refused",
	  { { ACT_ACCEPT }, { ACT_LIE, -EOPNOTSUPP, ACT_SHUTDOWN } },
	  -EOPNOTSUPP, COUNT(lies) },
	{ "refused answer, then the right one, then cancel",
	  { { ACT_ACCEPT }, { ACT_LIE, -EOPNOTSUPP }, { ACT_DONE, LOST },
	    { ACT_CANCEL } },
	  -EOPNOTSUPP, COUNT(lies) },
	{ "the dead helper answers, the next one too",
	  { { ACT_ACCEPT }, { ACT_DEATH }, { ACT_DONE, -EPERM },
	    { ACT_REGISTER }, { ACT_ACCEPT }, { ACT_DONE } },
	  0, COUNT(done), 1 },
	{ "the next helper answers with the cookie of the dead one",
	  { { ACT_ACCEPT }, { ACT_DEATH }, { ACT_REGISTER },
	    { ACT_DONE_FIRST, LOST }, { ACT_ACCEPT }, { ACT_DONE_FIRST, LOST },
	    { ACT_DONE } },
	  0, COUNT(done), 1 },
	{ "two helpers die with it, the third one answers",
	  { { ACT_ACCEPT }, { ACT_DEATH }, { ACT_REGISTER }, { ACT_ACCEPT },
	    { ACT_DEATH }, { ACT_REGISTER }, { ACT_ACCEPT }, { ACT_DONE } },
	  0, COUNT(done), 2 },
	{ "the fifth helper dies with it, then one asks for work",
	  { { ACT_WORN }, { ACT_ACCEPT }, { ACT_DEATH }, { ACT_REGISTER },
	    { ACT_ACCEPT, -EAGAIN } },
	  -EIO, COUNT(failed) },
	{ "the fifth helper dies without it",
	  { { ACT_WORN }, { ACT_DEATH }, { ACT_REGISTER }, { ACT_ACCEPT },
	    { ACT_DONE } },
	  0, COUNT(done) },
	{ "put back, then cancel, then another helper",
	  { { ACT_ACCEPT }, { ACT_DEATH }, { ACT_CANCEL }, { ACT_REGISTER },
	    { ACT_ACCEPT, -EAGAIN } },
	  -ECANCELED, COUNT(cancelled), 1 },
	{ "the deadline passes, put back, then timeout",
	  { { ACT_ACCEPT }, { ACT_EXPIRE }, { ACT_DEATH }, { ACT_DECIDE },
	    { ACT_REGISTER }, { ACT_ACCEPT, -EAGAIN } },
	  -ETIMEDOUT, COUNT(timeouts), 1 },
	{ "the deadline passes, put back, then answered by the next helper",
	  { { ACT_ACCEPT }, { ACT_EXPIRE }, { ACT_DEATH }, { ACT_REGISTER },
	    { ACT_ACCEPT }, { ACT_DONE }, { ACT_DECIDE } },
	  0, COUNT(done), 1 },
	{ "SIGKILL, put back, then the task knows",
	  { { ACT_ACCEPT }, { ACT_KILL }, { ACT_DEATH }, { ACT_DECIDE },
	    { ACT_REGISTER }, { ACT_ACCEPT, -EAGAIN } },
	  -EINTR, COUNT(cancelled), 1 },
	{ "put back, then nobody comes",
	  { { ACT_ACCEPT }, { ACT_DEATH }, { ACT_GRACE }, { ACT_CANCEL } },
	  -ENOKEY, COUNT(no_helper), 1 },
	{ "put back, then the end of grace comes after the next helper",
	  { { ACT_ACCEPT }, { ACT_DEATH }, { ACT_REGISTER }, { ACT_GRACE },
	    { ACT_ACCEPT }, { ACT_GRACE }, { ACT_DONE } },
	  0, COUNT(done), 1 },
	{ "put back, then netns exit",
	  { { ACT_ACCEPT }, { ACT_DEATH }, { ACT_SHUTDOWN },
	    { ACT_REGISTER, -ESHUTDOWN } },
	  -ESHUTDOWN, COUNT_NONE, 1 },
	{ "netns exit, then the helper dies, asks and answers",
	  { { ACT_ACCEPT }, { ACT_SHUTDOWN }, { ACT_DEATH },
	    { ACT_ACCEPT, -EPERM }, { ACT_DONE, -EPERM },
	    { ACT_REGISTER, -ESHUTDOWN } },
	  -ESHUTDOWN, COUNT_NONE },
	{ "put back, then a helper that knows no such request",
	  { { ACT_ACCEPT }, { ACT_DEATH }, { ACT_REGISTER_OLD },
	    { ACT_ACCEPT, -EAGAIN }, { ACT_CANCEL } },
	  -EOPNOTSUPP, COUNT(failed), 1 },
	{ "a helper that knows no such request after cancel",
	  { { ACT_DEATH }, { ACT_CANCEL }, { ACT_REGISTER_OLD },
	    { ACT_ACCEPT, -EAGAIN } },
	  -ECANCELED, COUNT(cancelled) },
	{ "ACCEPT undeliverable, then accepted again",
	  { { ACT_ACCEPT }, { ACT_UNDO }, { ACT_DONE_FIRST, LOST },
	    { ACT_ACCEPT }, { ACT_DONE_FIRST, LOST }, { ACT_DONE } },
	  0, COUNT(done) },
	{ "ACCEPT undeliverable, cancel before it is known",
	  { { ACT_ACCEPT }, { ACT_CANCEL }, { ACT_UNDO },
	    { ACT_ACCEPT, -EAGAIN } },
	  -ECANCELED, COUNT(cancelled) },
	{ "ACCEPT undeliverable, cancel once it is known",
	  { { ACT_ACCEPT }, { ACT_UNDO }, { ACT_CANCEL },
	    { ACT_ACCEPT, -EAGAIN } },
	  -ECANCELED, COUNT(cancelled) },
	{ "ACCEPT undeliverable, timeout before it is known",
	  { { ACT_ACCEPT }, { ACT_EXPIRE }, { ACT_DECIDE }, { ACT_UNDO },
	    { ACT_ACCEPT, -EAGAIN } },
	  -ETIMEDOUT, COUNT(timeouts) },
	{ "ACCEPT undeliverable, timeout once it is known",
	  { { ACT_EXPIRE }, { ACT_ACCEPT }, { ACT_UNDO }, { ACT_DECIDE },
	    { ACT_ACCEPT, -EAGAIN } },
	  -ETIMEDOUT, COUNT(timeouts) },
	{ "ACCEPT undeliverable, netns exit before it is known",
	  { { ACT_ACCEPT }, { ACT_SHUTDOWN }, { ACT_UNDO } },
	  -ESHUTDOWN, COUNT_NONE },
	{ "ACCEPT undeliverable, the helper dies before it is known",
	  { { ACT_ACCEPT }, { ACT_DEATH }, { ACT_UNDO_FIRST },
	    { ACT_REGISTER }, { ACT_UNDO_FIRST }, { ACT_ACCEPT },
	    { ACT_UNDO_FIRST }, { ACT_DONE } },
	  0, COUNT(done), 1 },
	{ "ACCEPT undeliverable after the answer",
	  { { ACT_ACCEPT }, { ACT_DONE }, { ACT_UNDO },
	    { ACT_ACCEPT, -EAGAIN } },
	  0, COUNT(done) },
};

static void order_name(const struct order *order, char *name)
{
	strscpy(name, order->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(ntlm_orders, orders, order_name);

/* One ending was counted, once, and nothing else that a request can come to. */
static void check_counters(struct world *w, size_t count, unsigned int requeued)
{
	struct ntlm_stats wanted = {
		.contexts = 1, .requests = NEGOTIATE_LEGS, .done = 1,
		.requeued = requeued, .established = !w->result,
	};
	const u64 *is = (const u64 *)&w->nn->stats;
	u64 *want = (u64 *)&wanted;
	size_t i;

	if (count != COUNT_NONE)
		want[count]++;
	for (i = 0; i < COUNT_NONE; i++)
		KUNIT_EXPECT_EQ_MSG(w->test, is[i], want[i], "counter %zu", i);
}

static void check_nothing_waits(struct world *w)
{
	struct ntlm_net *nn = w->nn;

	KUNIT_EXPECT_TRUE(w->test, list_empty(&nn->queue));
	KUNIT_EXPECT_TRUE(w->test, list_empty(&nn->accepted));
	KUNIT_EXPECT_TRUE(w->test, hash_empty(nn->by_uid));
	KUNIT_EXPECT_TRUE(w->test, hash_empty(nn->by_cookie));
	KUNIT_EXPECT_EQ(w->test, nn->requests, 0);
	KUNIT_EXPECT_EQ(w->test, nn->queued, 0);
	KUNIT_EXPECT_NULL(w->test, w->ctx->request);
	KUNIT_EXPECT_FALSE(w->test, wq_has_sleeper(&w->ctx->wait));
}

/* The context has what the winner said, and nothing of another answer. */
static void check_established(struct world *w)
{
	u8 key[NTLM_SESSION_KEY_SIZE], has[NTLM_SESSION_KEY_SIZE];
	struct ntlm_ctx *ctx = w->ctx;

	world_answer_key(w->winner, key);
	KUNIT_EXPECT_EQ(w->test, ctx->state, NTLM_STATE_ESTABLISHED);
	KUNIT_EXPECT_EQ(w->test, ntlm_ctx_session_key(ctx, has), 0);
	KUNIT_EXPECT_EQ(w->test, memcmp(has, key, sizeof(key)), 0);
	KUNIT_EXPECT_EQ(w->test, ctx->credential, w->winner);
	KUNIT_EXPECT_STREQ(w->test, ntlm_ctx_user(ctx),
			   world_answer_user(w->winner));
	KUNIT_EXPECT_EQ(w->test, w->token.len, strlen("AUTHENTICATE"));
	KUNIT_EXPECT_NOT_NULL(w->test, w->token.data);
}

static void check_failed(struct world *w)
{
	struct ntlm_ctx *ctx = w->ctx;
	struct ntlm_token token;

	KUNIT_EXPECT_EQ(w->test, ctx->state, NTLM_STATE_FAILED);
	KUNIT_EXPECT_EQ(w->test, ctx->error, w->result);
	KUNIT_EXPECT_FALSE(w->test, ctx->keyed);
	KUNIT_EXPECT_FALSE(w->test, ctx->has_key);
	KUNIT_EXPECT_NULL(w->test, memchr_inv(ctx->key, 0, sizeof(ctx->key)));
	KUNIT_EXPECT_NULL(w->test, memchr_inv(&ctx->session, 0,
					      sizeof(ctx->session)));
	KUNIT_EXPECT_EQ(w->test, ctx->flags, 0);
	KUNIT_EXPECT_EQ(w->test, ctx->credential, 0);
	KUNIT_EXPECT_NULL(w->test, ctx->user);
	KUNIT_EXPECT_NULL(w->test, w->token.data);
	KUNIT_EXPECT_EQ(w->test, w->token.len, 0);
	/* The end is the end. */
	KUNIT_EXPECT_EQ(w->test, ntlm_ctx_exchange(ctx, "CHALLENGE", 9, &token),
			w->result);
}

static void check(struct world *w, int status, size_t count,
		  unsigned int requeued)
{
	KUNIT_EXPECT_EQ(w->test, w->returns, 1);
	KUNIT_EXPECT_EQ(w->test, w->result, status);
	KUNIT_EXPECT_EQ(w->test, atomic_read(&w->completions), 1);
	KUNIT_EXPECT_FALSE(w->test, w->residue);
	KUNIT_EXPECT_EQ(w->test, w->ctx->ntokens, 0);
	check_nothing_waits(w);
	if (!w->result && w->winner)
		check_established(w);
	else
		check_failed(w);
	check_counters(w, count, requeued);
}

static bool by_the_task(const struct ending *e)
{
	return e->act == ACT_DECIDE;
}

/*
 * What an ending needs is prepared while the request lives; the first act ends
 * it, the second one finds that it has ended.
 */
static void run_pair(struct kunit *test, const struct pair *pair,
		     enum world_mode mode)
{
	const struct ending *first = &endings[pair->first];
	const struct ending *second = &endings[pair->second];
	struct world_step one = { first->act, first->ret };
	struct world_step two = { second->act, second->ret };
	struct world *w = world_open(test);

	world_begin(w, mode);
	if (pair->accepted)
		world_do(w, &(struct world_step){ ACT_ACCEPT });
	world_do(w, &(struct world_step){ first->before });
	if (second->before != first->before)
		world_do(w, &(struct world_step){ second->before });

	world_do(w, &one);
	if (mode == MODE_LATE && !by_the_task(first)) {
		world_pass(w, NTLM_POINT_WOKEN);
		world_stands(w, NTLM_POINT_ENDED);
	} else if (mode == MODE_ASLEEP) {
		world_stands(w, by_the_task(first) ? NTLM_POINT_ENDED :
						     NTLM_POINT_WOKEN);
	}
	if (second->answers)
		two.ret = first->deaf ? -EPERM : -ENOENT;
	world_do(w, &two);

	world_end(w);
	check(w, first->status, first->count, 0);
	world_close(w);
}

static void ntlm_request_pairs_test(struct kunit *test)
{
	const struct pair *pair = test->param_value;
	bool expires = pair->first == TIMEOUT || pair->second == TIMEOUT;
	bool task = by_the_task(&endings[pair->second]);

	run_pair(test, pair, MODE_AWAKE);
	if (!expires)
		run_pair(test, pair, MODE_ASLEEP);
	if (!expires && !task)
		run_pair(test, pair, MODE_LATE);
}

static void run_order(struct kunit *test, const struct order *order,
		      enum world_mode mode)
{
	struct world *w = world_open(test);
	unsigned int i;

	world_begin(w, mode);
	for (i = 0; i < STEPS && order->steps[i].act; i++)
		world_do(w, &order->steps[i]);
	world_end(w);
	check(w, order->status, order->count, order->requeued);
	world_close(w);
}

static void ntlm_request_orders_test(struct kunit *test)
{
	const struct order *order = test->param_value;
	bool expires = false;
	unsigned int i;

	for (i = 0; i < STEPS; i++)
		expires |= order->steps[i].act == ACT_EXPIRE;
	run_order(test, order, MODE_AWAKE);
	if (!expires)
		run_order(test, order, MODE_ASLEEP);
}

/* A task that waits, and a rival that nobody has let go, outlive no test. */
static void ntlm_request_abandoned_test(struct kunit *test)
{
	struct world *w = world_open(test);

	world_begin(w, MODE_ASLEEP);
	world_do(w, &(struct world_step){ ACT_ACCEPT });
	world_abandon(test);
	KUNIT_EXPECT_NULL(test, test->priv);
	KUNIT_EXPECT_EQ(test, w->result, -EINTR);

	w = world_open(test);
	world_compete_for(w, ACT_CANCEL);
	world_abandon(test);
	KUNIT_EXPECT_NULL(test, test->priv);
	KUNIT_EXPECT_EQ(test, w->result, -ECANCELED);
	/* Nothing was begun, or all of it has ended. */
	world_abandon(test);
}

static struct kunit_case ntlm_request_cases[] = {
	KUNIT_CASE_PARAM(ntlm_request_pairs_test, ntlm_pairs_gen_params),
	KUNIT_CASE_PARAM(ntlm_request_orders_test, ntlm_orders_gen_params),
	KUNIT_CASE(ntlm_request_abandoned_test),
	{}
};

struct kunit_suite ntlm_request_suite = {
	.name = "ntlm-request",
	.exit = world_abandon,
	.test_cases = ntlm_request_cases,
};
