// SPDX-License-Identifier: GPL-2.0-only
/*
 * Life of connections, of the module, and of the network namespaces under it.
 */
#define pr_fmt(fmt) "ntlm_dcerpc: " fmt

#include <linux/atomic.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "internal.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

struct rpc_net {
	struct list_head	connections;
};

static unsigned int rpc_net_id;
static atomic_t rpc_last_id;

/*
 * Guards the lists of connections of all namespaces, and struct ntlm_rpc.sock
 * between the end of a namespace and ntlm_rpc_close().  Taken before
 * struct ntlm_rpc.lock.
 */
static DEFINE_MUTEX(rpc_list_lock);

/**
 * ntlm_rpc_violation() - tell why a connection has to end
 * @rpc: the connection
 * @err: errno to answer with
 * @what: what the server did
 *
 * Return: @err.
 */
int ntlm_rpc_violation(struct ntlm_rpc *rpc, int err, const char *what)
{
	trace_ntlm_rpc_violation(rpc->id, rpc->call_id, err, what);
	pr_warn_ratelimited("%pISpc: %s (%d), closing the connection\n",
			    &rpc->addr, what, err);
	return err;
}

static int rpc_take_addr(struct ntlm_rpc *rpc,
			 const struct ntlm_rpc_params *params)
{
	int need;

	if (params->addr_len < (int)sizeof(params->addr->sa_family) ||
	    params->addr_len > (int)sizeof(rpc->addr))
		return -EINVAL;
	switch (params->addr->sa_family) {
	case AF_INET:
		need = sizeof(struct sockaddr_in);
		break;
	case AF_INET6:
		need = sizeof(struct sockaddr_in6);
		break;
	default:
		return -EAFNOSUPPORT;
	}
	if (params->addr_len < need)
		return -EINVAL;
	memcpy(&rpc->addr, params->addr, need);
	rpc->addr_len = need;
	return 0;
}

static int rpc_take_size(unsigned int wanted, unsigned int *size)
{
	*size = wanted ? : NTLM_RPC_DEFAULT_FRAG;
	if (*size < NTLM_RPC_MIN_FRAG || *size > NTLM_RPC_MAX_FRAG)
		return -EINVAL;
	return 0;
}

static int rpc_take_params(struct ntlm_rpc *rpc,
			   const struct ntlm_rpc_params *params)
{
	int err;

	switch (params->level) {
	case NTLM_RPC_LEVEL_NONE:
		break;
	case NTLM_RPC_LEVEL_CONNECT:
	case NTLM_RPC_LEVEL_INTEGRITY:
	case NTLM_RPC_LEVEL_PRIVACY:
		if (!params->target)
			return -EINVAL;
		break;
	default:
		return -EINVAL;
	}
	err = rpc_take_addr(rpc, params);
	if (err)
		return err;
	err = rpc_take_size(params->max_xmit_frag, &rpc->max_xmit);
	if (err)
		return err;
	err = rpc_take_size(params->max_recv_frag, &rpc->max_recv);
	if (err)
		return err;
	rpc->level = params->level;
	rpc->tx_size = rpc->max_xmit;
	if (params->max_response > INT_MAX ||
	    params->timeout_ms > NTLM_RPC_MAX_TIMEOUT_MS)
		return -EINVAL;
	rpc->max_response = params->max_response ? : NTLM_RPC_DEFAULT_RESPONSE;
	rpc->timeout = msecs_to_jiffies(params->timeout_ms ? :
					NTLM_RPC_DEFAULT_TIMEOUT_MS);
	return 0;
}

static int rpc_alloc_buffers(struct ntlm_rpc *rpc)
{
	rpc->tx = kvmalloc(rpc->tx_size, GFP_KERNEL);
	rpc->rx = kvmalloc(rpc->max_recv, GFP_KERNEL);
	return rpc->tx && rpc->rx ? 0 : -ENOMEM;
}

static int rpc_open(struct ntlm_rpc *rpc, struct net *net)
{
	struct rpc_net *rn = net_generic(net, rpc_net_id);
	int err;

	err = ntlm_rpc_conn_open(rpc, net);
	if (err)
		return err;
	mutex_lock(&rpc_list_lock);
	list_add(&rpc->link, &rn->connections);
	mutex_unlock(&rpc_list_lock);

	rpc->deadline = jiffies + rpc->timeout;
	err = ntlm_rpc_conn_connect(rpc);
	trace_ntlm_rpc_connect(rpc->id, (struct sockaddr *)&rpc->addr,
			       rpc->addr_len, rpc->level, err);
	return err;
}

static void rpc_free(struct ntlm_rpc *rpc)
{
	/* With the lock, or the namespace could end before its socket does. */
	mutex_lock(&rpc_list_lock);
	list_del_init(&rpc->link);
	ntlm_rpc_conn_release(rpc);
	mutex_unlock(&rpc_list_lock);

	if (rpc->ctx)
		ntlm_ctx_put(rpc->ctx);
	kvfree_sensitive(rpc->tx, rpc->tx_size);
	kvfree_sensitive(rpc->rx, rpc->max_recv);
	mutex_destroy(&rpc->lock);
	kfree(rpc);
}

/**
 * ntlm_rpc_connect() - connect to a server, bind to an interface, log on
 * @params: what is wanted; not used after the call
 *
 * Success does not say that the server has accepted the logon: it answers that
 * with the first call ([MS-RPCE] section 3.3.1.5.2, rpc_auth_3 has no answer).
 *
 * If the network namespace ends, its connections do; they are closed with
 * ntlm_rpc_close() all the same.
 *
 * Context: process context, sleeps; a fatal signal ends the wait.  Memory is
 * allocated without starting I/O.
 *
 * Return: the connection, to be closed with ntlm_rpc_close(), or ERR_PTR() of
 * * -EINVAL - a parameter is out of its range
 * * -EAFNOSUPPORT - the address is neither IPv4 nor IPv6
 * * -ECONNREFUSED, -EHOSTUNREACH, -ENETUNREACH, ... - what TCP says
 * * -ECONNREFUSED, -EBUSY, -EOPNOTSUPP, -EACCES - the server refused the bind
 * * -EPROTONOSUPPORT - the server does not have the interface
 * * -EPROTO - the server breaks the protocol
 * * -EINVAL, -ESTALE, -ECANCELED, -EREMOTEIO - the server answered the bind with
 *   a fault, see ntlm_rpc_fault_errno()
 * * -EMSGSIZE - a token does not fit in a fragment
 * * -ECONNRESET, -EPIPE - the server closed the connection
 * * -ETIMEDOUT - the server does not answer in time
 * * -EINTR - a fatal signal
 * * -ENOMEM
 * * or an errno of ntlm_ctx_create() or ntlm_ctx_exchange(): -ENOKEY if there
 *   is no helper or no credential, -EOPNOTSUPP if the server does not grant
 *   the protection that the level needs
 */
struct ntlm_rpc *ntlm_rpc_connect(const struct ntlm_rpc_params *params)
{
	struct ntlm_rpc *rpc;
	unsigned int noio;
	int err;

	noio = memalloc_noio_save();
	rpc = kzalloc(sizeof(*rpc), GFP_KERNEL);
	if (!rpc) {
		err = -ENOMEM;
		goto out;
	}
	mutex_init(&rpc->lock);
	INIT_LIST_HEAD(&rpc->link);
	rpc->id = atomic_inc_return(&rpc_last_id);
	err = rpc_take_params(rpc, params);
	if (!err)
		err = rpc_alloc_buffers(rpc);
	if (!err)
		err = rpc_open(rpc, params->net);
	if (!err)
		err = ntlm_rpc_bind(rpc, params);
	if (err)
		ntlm_rpc_close(rpc);
out:
	memalloc_noio_restore(noio);
	return err ? ERR_PTR(err) : rpc;
}
EXPORT_SYMBOL_GPL(ntlm_rpc_connect);

/**
 * ntlm_rpc_close() - close a connection and free it
 * @rpc: the connection; no call of it is in progress
 *
 * The security context is freed if the connection was its only user.
 *
 * Context: process context, sleeps.  Memory is allocated without starting I/O.
 */
void ntlm_rpc_close(struct ntlm_rpc *rpc)
{
	unsigned int noio;

	trace_ntlm_rpc_close(rpc->id);
	/* The reset of the socket is allocated, under a lock of all. */
	noio = memalloc_noio_save();
	rpc_free(rpc);
	memalloc_noio_restore(noio);
}
EXPORT_SYMBOL_GPL(ntlm_rpc_close);

static int __net_init rpc_net_init(struct net *net)
{
	struct rpc_net *rn = net_generic(net, rpc_net_id);

	INIT_LIST_HEAD(&rn->connections);
	return 0;
}

/*
 * A socket of the kernel must not outlive its namespace, and a connection holds
 * no reference to it.  So wake all calls first, then wait for each of them.
 */
static void __net_exit rpc_net_pre_exit(struct net *net)
{
	struct rpc_net *rn = net_generic(net, rpc_net_id);
	struct ntlm_rpc *rpc, *next;
	unsigned int noio;

	noio = memalloc_noio_save();
	mutex_lock(&rpc_list_lock);
	list_for_each_entry(rpc, &rn->connections, link) {
		WRITE_ONCE(rpc->gone, true);
		ntlm_rpc_conn_shutdown(rpc);
	}
	list_for_each_entry_safe(rpc, next, &rn->connections, link) {
		mutex_lock(&rpc->lock);
		list_del_init(&rpc->link);
		ntlm_rpc_conn_release(rpc);
		mutex_unlock(&rpc->lock);
	}
	mutex_unlock(&rpc_list_lock);
	memalloc_noio_restore(noio);
}

static struct pernet_operations rpc_net_ops = {
	.init		= rpc_net_init,
	.pre_exit	= rpc_net_pre_exit,
	.id		= &rpc_net_id,
	.size		= sizeof(struct rpc_net),
};

static int __init rpc_init(void)
{
	return register_pernet_subsys(&rpc_net_ops);
}

static void __exit rpc_exit(void)
{
	unregister_pernet_subsys(&rpc_net_ops);
}

module_init(rpc_init);
module_exit(rpc_exit);
MODULE_DESCRIPTION("DCE/RPC client over TCP with NTLM security");
MODULE_LICENSE("GPL");
MODULE_VERSION(NTLM_VERSION);
