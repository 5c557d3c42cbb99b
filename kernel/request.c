// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests to the helper.  A request is queued by the task that runs an
 * exchange, accepted by the helper, and completed exactly once: by the
 * helper's answer, the deadline, a cancel, the want of a helper or the end of
 * the network namespace.  Each of them goes through ntlm_request_complete()
 * under ntlm_net.lock; the first one wins.
 */
#include <linux/freezer.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <net/net_namespace.h>
#include <net/sock.h>
#include "core.h"
#include "point.h"
#include "trace.h"

/**
 * ntlm_request_complete - end a request
 * @req: request that was queued
 * @status: 0 or a negative errno
 *
 * Context: ntlm_net.lock is held.
 * Return: true if this call ended it, false if something else had before.
 */
bool ntlm_request_complete(struct ntlm_request *req, int status)
{
	struct ntlm_ctx *ctx = req->ctx;
	struct ntlm_net *nn = ctx->nn;

	lockdep_assert_held(&nn->lock);
	if (req->state == NTLM_REQUEST_COMPLETE)
		return false;

	ntlm_point(NTLM_POINT_COMPLETE, req);
	list_del_init(&req->list);
	hash_del(&req->by_uid);
	if (req->state == NTLM_REQUEST_ACCEPTED)
		hash_del(&req->by_cookie);
	else
		nn->queued--;
	nn->requests--;
	ctx->request = NULL;
	trace_ntlm_request_complete(ctx->id, req->cookie, ctx->leg, status,
				    req->answer.token.len);
	req->status = status;
	/* Pairs with ntlm_request_ended(): the sleeper sees all that was written above. */
	smp_store_release(&req->state, NTLM_REQUEST_COMPLETE);
	wake_up(&ctx->wait);
	return true;
}

static void ntlm_requests_fail(struct list_head *list, int status)
{
	struct ntlm_request *req, *next;

	list_for_each_entry_safe(req, next, list, list)
		ntlm_request_complete(req, status);
}

static bool ntlm_grace(const struct ntlm_net *nn)
{
	return nn->grace && time_before(jiffies, nn->grace_until);
}

/* The helper that went away did not come back in time. */
static void ntlm_grace_work(struct work_struct *work)
{
	struct ntlm_net *nn = container_of(to_delayed_work(work),
					   struct ntlm_net, grace_work);
	unsigned int failed = 0;

	spin_lock(&nn->lock);
	/* Another helper may have come and gone since this was due. */
	if (!nn->helper.sk && !ntlm_grace(nn)) {
		nn->grace = false;
		failed = nn->queued;
		nn->stats.no_helper += failed;
		trace_ntlm_grace_end(failed);
		ntlm_requests_fail(&nn->queue, -ENOKEY);
	}
	spin_unlock(&nn->lock);
	if (failed)
		pr_warn_ratelimited("no helper came back, %u requests failed: start ntlmd (systemctl start ntlmd)\n",
				    failed);
}

void ntlm_requests_init(struct ntlm_net *nn)
{
	INIT_LIST_HEAD(&nn->queue);
	INIT_LIST_HEAD(&nn->accepted);
	hash_init(nn->by_uid);
	hash_init(nn->by_cookie);
	INIT_DELAYED_WORK(&nn->grace_work, ntlm_grace_work);
}

/*
 * Clients that log on to a server of this uid are not the uid's own logons:
 * they must not keep its mounts from reconnecting.
 */
static unsigned int ntlm_requests_of(struct ntlm_net *nn, kuid_t uid, u8 role)
{
	struct ntlm_request *req;
	unsigned int n = 0;

	hash_for_each_possible(nn->by_uid, req, by_uid, __kuid_val(uid))
		if (uid_eq(req->ctx->uid, uid) && req->ctx->role == role)
			n++;
	return n;
}

/*
 * On 0 with @helper->sk set, that helper has to be told; the socket has a
 * reference then.
 */
static int ntlm_request_queue(struct ntlm_request *req,
			      struct ntlm_helper *helper)
{
	struct ntlm_ctx *ctx = req->ctx;
	struct ntlm_net *nn = ctx->nn;

	lockdep_assert_held(&nn->lock);
	if (!nn->net)
		return -ESHUTDOWN;
	nn->stats.requests++;
	if (ctx->cancelled) {
		nn->stats.cancelled++;
		return -ECANCELED;
	}
	if (!nn->helper.sk && !ntlm_grace(nn)) {
		nn->stats.no_helper++;
		return -ENOKEY;
	}
	if (ntlm_helper_lacks(nn, req)) {
		nn->stats.failed++;
		return -EOPNOTSUPP;
	}
	if (nn->requests >= NTLM_MAX_REQUESTS) {
		nn->stats.limited++;
		return -EUSERS;
	}
	if (ntlm_requests_of(nn, ctx->uid, ctx->role) >= NTLM_MAX_REQUESTS_UID) {
		nn->stats.limited++;
		return -EDQUOT;
	}

	req->state = NTLM_REQUEST_QUEUED;
	req->deadline = jiffies + ctx->timeout;
	list_add_tail(&req->list, &nn->queue);
	hash_add(nn->by_uid, &req->by_uid, __kuid_val(ctx->uid));
	nn->requests++;
	nn->queued++;
	ctx->request = req;
	trace_ntlm_request_queue(ctx->id, req->cookie, ctx->leg);

	if (nn->helper.sk && !nn->ready_sent) {
		nn->ready_sent = true;
		*helper = nn->helper;
		sock_hold(helper->sk);
	}
	return 0;
}

static bool ntlm_request_ended(struct ntlm_request *req)
{
	/* Pairs with ntlm_request_complete(). */
	return smp_load_acquire(&req->state) == NTLM_REQUEST_COMPLETE;
}

/* Jiffies that were left, 0 at the deadline, -ERESTARTSYS on a fatal signal */
static long ntlm_request_wait(struct ntlm_request *req)
{
	struct ntlm_ctx *ctx = req->ctx;
	long __ret = ctx->timeout;

	/*
	 * wait_event_killable_timeout() that is freezable too: neither a dead
	 * helper nor a suspend must hang.  "Unsafe" as the locks that clients
	 * hold around an exchange (a session mutex) stay taken in a suspend;
	 * nobody needs them to freeze.
	 */
	if (!___wait_cond_timeout(ntlm_request_ended(req)))
		__ret = ___wait_event(ctx->wait,
				      ___wait_cond_timeout(ntlm_request_ended(req)),
				      (TASK_KILLABLE | TASK_FREEZABLE_UNSAFE), 0,
				      ctx->timeout,
				      __ret = schedule_timeout(__ret));
	return __ret;
}

/**
 * ntlm_request_run - ask the helper for one leg and wait for its answer
 * @ctx: context, claimed by the caller for this step
 * @req: request with @ctx set and everything else zero
 *
 * Context: process, sleeps killably for at most the timeout of the context.
 * Return: 0 with ntlm_request.answer valid, or a negative errno; see
 * ntlm_ctx_exchange().
 */
int ntlm_request_run(struct ntlm_ctx *ctx, struct ntlm_request *req)
{
	struct ntlm_net *nn = ctx->nn;
	struct ntlm_helper helper = {};
	long left;
	int err;

	spin_lock(&nn->lock);
	err = ntlm_request_queue(req, &helper);
	spin_unlock(&nn->lock);
	if (err == -ENOKEY)
		pr_warn_ratelimited("no helper for uid %u, target %s: start ntlmd (systemctl start ntlmd)\n",
				    from_kuid(&init_user_ns, ctx->uid),
				    ctx->target);
	if (err == -EOPNOTSUPP)
		ntlm_helper_warn(ctx, req->lacks);
	if (err)
		return err;

	if (helper.sk) {
		ntlm_ready_send(nn, helper.sk, helper.port);
		sock_put(helper.sk);
	}

	ntlm_point(NTLM_POINT_QUEUED, req);
	left = ntlm_request_wait(req);
	ntlm_point(NTLM_POINT_WOKEN, req);

	spin_lock(&nn->lock);
	if (left == 0) {
		if (ntlm_request_complete(req, -ETIMEDOUT))
			nn->stats.timeouts++;
	} else if (left < 0) {
		if (ntlm_request_complete(req, -EINTR))
			nn->stats.cancelled++;
	}
	spin_unlock(&nn->lock);
	ntlm_point(NTLM_POINT_ENDED, req);
	/* One that came while this waited, and that got no such request. */
	if (req->lacks && req->status == -EOPNOTSUPP)
		ntlm_helper_warn(ctx, req->lacks);
	return req->status;
}

/* Back to the head of the queue, for the next ACCEPT. */
static void ntlm_request_back(struct ntlm_request *req)
{
	struct ntlm_net *nn = req->ctx->nn;

	trace_ntlm_request_requeue(req->ctx->id, req->cookie, req->ctx->leg);
	hash_del(&req->by_cookie);
	req->state = NTLM_REQUEST_QUEUED;
	list_move(&req->list, &nn->queue);
	nn->queued++;
}

/**
 * ntlm_requests_requeue - put back what a helper that went away had accepted
 * @nn: its network namespace
 *
 * The oldest one comes first again.
 *
 * Context: ntlm_net.lock is held.
 * Return: how many requests were given up, as they outlived too many helpers.
 */
unsigned int ntlm_requests_requeue(struct ntlm_net *nn)
{
	struct ntlm_request *req, *next;
	unsigned int given_up = 0;

	lockdep_assert_held(&nn->lock);
	list_for_each_entry_safe_reverse(req, next, &nn->accepted, list) {
		if (++req->accepts >= NTLM_MAX_ACCEPTS) {
			given_up++;
			nn->stats.failed++;
			ntlm_request_complete(req, -EIO);
			continue;
		}
		nn->stats.requeued++;
		ntlm_request_back(req);
	}
	return given_up;
}

/**
 * ntlm_requests_shutdown - the network namespace is going away
 * @nn: the namespace
 *
 * Every request fails, later ones are refused; session security goes on.
 *
 * Context: process, may sleep.
 */
void ntlm_requests_shutdown(struct ntlm_net *nn)
{
	struct sock *sk;

	spin_lock(&nn->lock);
	nn->net = NULL;
	sk = nn->helper.sk;
	nn->helper.sk = NULL;
	nn->grace = false;
	ntlm_requests_fail(&nn->queue, -ESHUTDOWN);
	ntlm_requests_fail(&nn->accepted, -ESHUTDOWN);
	spin_unlock(&nn->lock);
	cancel_delayed_work_sync(&nn->grace_work);
	if (sk) {
		sock_put(sk);
		module_put(THIS_MODULE);
	}
}
EXPORT_SYMBOL_NTLM_KUNIT(ntlm_requests_shutdown);

static bool ntlm_is_helper(const struct ntlm_net *nn, const struct sock *sk,
			   struct netlink_ext_ack *extack)
{
	if (nn->helper.sk == sk)
		return true;
	NL_SET_ERR_MSG(extack, "this socket is not the registered helper");
	return false;
}

/* The oldest one that this helper understands; the others waited in vain. */
static struct ntlm_request *ntlm_request_next(struct ntlm_net *nn)
{
	struct ntlm_request *req;

	while ((req = list_first_entry_or_null(&nn->queue, struct ntlm_request,
					       list))) {
		if (!ntlm_helper_lacks(nn, req))
			return req;
		nn->stats.failed++;
		ntlm_request_complete(req, -EOPNOTSUPP);
	}
	return NULL;
}

/**
 * ntlm_request_accept - give the oldest waiting request to the helper
 * @nn: network namespace
 * @sk: socket that asks
 * @cookie: set to the name of the request
 * @left_ms: set to the time until its deadline, in milliseconds
 * @extack: for the reason of a refusal
 *
 * Context: process.
 * Return: the context with a reference; ERR_PTR(-EPERM) if @sk is not the
 * helper; ERR_PTR(-EAGAIN) if nothing waits.
 */
struct ntlm_ctx *ntlm_request_accept(struct ntlm_net *nn, struct sock *sk,
				     u64 *cookie, u32 *left_ms,
				     struct netlink_ext_ack *extack)
{
	struct ntlm_request *req;
	struct ntlm_ctx *ctx;
	long left;

	spin_lock(&nn->lock);
	if (!ntlm_is_helper(nn, sk, extack)) {
		ctx = ERR_PTR(-EPERM);
		goto out;
	}
	req = ntlm_request_next(nn);
	if (!req) {
		nn->ready_sent = false;
		NL_SET_ERR_MSG(extack, "nothing waits");
		ctx = ERR_PTR(-EAGAIN);
		goto out;
	}
	ctx = ntlm_ctx_get(req->ctx);
	req->cookie = ++nn->next_cookie;
	req->state = NTLM_REQUEST_ACCEPTED;
	list_move_tail(&req->list, &nn->accepted);
	nn->queued--;
	hash_add(nn->by_cookie, &req->by_cookie, req->cookie);
	*cookie = req->cookie;
	left = (long)(req->deadline - jiffies);
	*left_ms = left > 0 ? jiffies_to_msecs(left) : 0;
	trace_ntlm_request_accept(ctx->id, req->cookie, ctx->leg);
out:
	spin_unlock(&nn->lock);
	return ctx;
}
EXPORT_SYMBOL_NTLM_KUNIT(ntlm_request_accept);

static struct ntlm_request *ntlm_request_by_cookie(struct ntlm_net *nn,
						   u64 cookie)
{
	struct ntlm_request *req;

	hash_for_each_possible(nn->by_cookie, req, by_cookie, cookie)
		if (req->cookie == cookie)
			return req;
	return NULL;
}

/**
 * ntlm_request_undo_accept - the helper did not get the request after all
 * @nn: network namespace
 * @sk: socket that asked
 * @cookie: the request
 *
 * Context: process.
 */
void ntlm_request_undo_accept(struct ntlm_net *nn, struct sock *sk, u64 cookie)
{
	struct ntlm_request *req;

	spin_lock(&nn->lock);
	req = nn->helper.sk == sk ? ntlm_request_by_cookie(nn, cookie) : NULL;
	if (req)
		ntlm_request_back(req);
	spin_unlock(&nn->lock);
}
EXPORT_SYMBOL_NTLM_KUNIT(ntlm_request_undo_accept);

/**
 * ntlm_request_done - complete a request with the helper's answer
 * @nn: network namespace
 * @sk: socket that answers
 * @cookie: names the request
 * @answer: the answer; taken over and left empty on 0
 * @extack: for the reason of a refusal
 *
 * Zero means that this answer, and nothing else, completed the request.
 *
 * Context: process.
 * Return: 0; -EPERM if @sk is not the helper; -ENOENT if there is no such
 * request (any more); -EPROTO or -EOPNOTSUPP if the answer was refused, which
 * has failed the request with the same error.
 */
int ntlm_request_done(struct ntlm_net *nn, struct sock *sk, u64 cookie,
		      struct ntlm_answer *answer,
		      struct netlink_ext_ack *extack)
{
	struct ntlm_ctx *ctx = NULL;
	struct ntlm_request *req;
	const char *why = NULL;
	int err;

	spin_lock(&nn->lock);
	if (!ntlm_is_helper(nn, sk, extack)) {
		err = -EPERM;
		goto out;
	}
	req = ntlm_request_by_cookie(nn, cookie);
	if (!req) {
		NL_SET_ERR_MSG(extack,
			       "no such request: answered, timed out or cancelled");
		err = -ENOENT;
		goto out;
	}
	if (answer->status) {
		nn->stats.failed++;
		req->answer.ntstatus = answer->ntstatus;
		ntlm_request_complete(req, answer->status);
		err = 0;
		goto out;
	}

	ntlm_point(NTLM_POINT_CHECK, req);
	err = ntlm_answer_check(req->ctx, answer, &why);
	if (err) {
		extack->_msg = why;
		nn->stats.lies++;
		ctx = ntlm_ctx_get(req->ctx);
		ntlm_request_complete(req, err);
		goto out;
	}
	nn->stats.done++;
	req->answer = *answer;
	memzero_explicit(answer, sizeof(*answer));
	ntlm_request_complete(req, 0);
out:
	spin_unlock(&nn->lock);
	if (ctx) {
		pr_warn_ratelimited("answer for uid %u, target %s refused: %s\n",
				    from_kuid(&init_user_ns, ctx->uid),
				    ctx->target, why);
		ntlm_ctx_put(ctx);
	}
	return err;
}
EXPORT_SYMBOL_NTLM_KUNIT(ntlm_request_done);
