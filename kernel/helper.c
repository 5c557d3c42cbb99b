// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who answers requests: the registration of a helper and its end.
 */
#include <linux/module.h>
#include <linux/sched.h>
#include <net/sock.h>
#include "core.h"
#include "trace.h"

/**
 * ntlm_helper_register - make a socket the helper of its network namespace
 * @nn: the namespace
 * @sk: the socket
 * @port: its port id
 * @features: NTLM_FEATURE_* that it has
 * @generation: set to the number of this registration
 * @extack: for the reason of a refusal
 *
 * Context: process.
 * Return: 0; -EALREADY if @sk is the helper already; -EBUSY if another one
 * is; -ESHUTDOWN if the namespace is going away.
 */
int ntlm_helper_register(struct ntlm_net *nn, struct sock *sk, u32 port,
			 u32 features, u32 *generation,
			 struct netlink_ext_ack *extack)
{
	u32 pid = task_tgid_nr(current);

	spin_lock(&nn->lock);
	if (!nn->net) {
		spin_unlock(&nn->lock);
		NL_SET_ERR_MSG(extack, "the network namespace is going away");
		return -ESHUTDOWN;
	}
	if (nn->helper.sk == sk) {
		spin_unlock(&nn->lock);
		NL_SET_ERR_MSG(extack, "this socket is registered already");
		return -EALREADY;
	}
	if (nn->helper.sk) {
		spin_unlock(&nn->lock);
		extack->_msg = nn->holder;
		return -EBUSY;
	}
	sock_hold(sk);
	__module_get(THIS_MODULE);
	nn->helper.sk = sk;
	nn->helper.port = port;
	nn->helper.pid = pid;
	nn->helper.features = features;
	*generation = ++nn->helper.generation;
	nn->ready_sent = false;
	snprintf(nn->holder, sizeof(nn->holder), NTLM_HOLDER_FMT, pid, port);
	spin_unlock(&nn->lock);

	cancel_delayed_work(&nn->grace_work);
	trace_ntlm_helper_register(port, pid, *generation);
	pr_info("helper registered: pid %u, port %u, registration %u\n",
		pid, port, *generation);
	return 0;
}
EXPORT_SYMBOL_NTLM_KUNIT(ntlm_helper_register);

/* Ends the registration of @sk if it is the helper and, with @dead, closed. */
static void ntlm_helper_forget(struct ntlm_net *nn, struct sock *sk,
			       u32 port, bool dead)
{
	unsigned long grace = msecs_to_jiffies(READ_ONCE(ntlm_grace_ms));
	unsigned int given_up, waiting;
	struct ntlm_helper helper;

	spin_lock(&nn->lock);
	helper = nn->helper;
	if (!helper.sk || (sk && helper.sk != sk) || helper.port != port ||
	    (dead && !sock_flag(helper.sk, SOCK_DEAD))) {
		spin_unlock(&nn->lock);
		return;
	}
	trace_ntlm_helper_release(helper.port, helper.pid, helper.generation);
	nn->helper.sk = NULL;
	nn->ready_sent = false;
	nn->grace = true;
	nn->grace_until = jiffies + grace;
	given_up = ntlm_requests_requeue(nn);
	waiting = nn->requests;
	cancel_delayed_work(&nn->grace_work);
	schedule_delayed_work(&nn->grace_work, grace);
	spin_unlock(&nn->lock);

	pr_info("helper gone: pid %u, port %u, registration %u, %u requests wait\n",
		helper.pid, helper.port, helper.generation, waiting);
	if (given_up)
		pr_warn_ratelimited("%u requests given up: %u helpers went away with each\n",
				    given_up, NTLM_MAX_ACCEPTS);
	sock_put(helper.sk);
	module_put(THIS_MODULE);
}

/**
 * ntlm_helper_release - a socket was closed
 * @nn: its network namespace
 * @port: the port id that it had
 *
 * Another socket may have the port id by now and be the helper, so it is the
 * state of the registered socket that decides.
 *
 * Context: process, before the socket loses its last reference.
 */
void ntlm_helper_release(struct ntlm_net *nn, u32 port)
{
	ntlm_helper_forget(nn, NULL, port, true);
}
EXPORT_SYMBOL_NTLM_KUNIT(ntlm_helper_release);

/**
 * ntlm_helper_drop - undo a registration whose reply could not be delivered
 * @nn: network namespace
 * @sk: the socket
 * @port: its port id
 *
 * Context: process.
 */
void ntlm_helper_drop(struct ntlm_net *nn, struct sock *sk, u32 port)
{
	ntlm_helper_forget(nn, sk, port, false);
}
EXPORT_SYMBOL_NTLM_KUNIT(ntlm_helper_drop);
