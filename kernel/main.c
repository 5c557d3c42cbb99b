// SPDX-License-Identifier: GPL-2.0-only
/*
 * NTLM session security for protocol clients in the kernel: module and
 * network namespaces.
 */
#include <linux/module.h>
#include <linux/slab.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>
#include "core.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

unsigned int ntlm_grace_ms = 10000;
module_param_named(restart_grace_ms, ntlm_grace_ms, uint, 0644);
MODULE_PARM_DESC(restart_grace_ms,
		 "How long requests wait for a helper that went away to come back, in milliseconds");

static unsigned int ntlm_net_id __read_mostly;

/**
 * ntlm_net - the part of a network namespace
 * @net: the namespace, kept by the caller
 *
 * Context: any.
 * Return: the part, or NULL if the namespace is going away.
 */
struct ntlm_net *ntlm_net(struct net *net)
{
	return *(struct ntlm_net **)net_generic(net, ntlm_net_id);
}

struct ntlm_net *ntlm_net_get(struct ntlm_net *nn)
{
	refcount_inc(&nn->ref);
	return nn;
}

void ntlm_net_put(struct ntlm_net *nn)
{
	if (refcount_dec_and_test(&nn->ref)) {
		xa_destroy(&nn->contexts);
		kfree(nn);
	}
}
EXPORT_SYMBOL_NTLM_KUNIT(ntlm_net_put);

/**
 * ntlm_net_hold - keep a network namespace for as long as something is sent
 * @nn: the part of the namespace
 *
 * Context: any, takes ntlm_net.lock.
 * Return: the namespace, to be given back with put_net(), or NULL if it is
 * going away.
 */
struct net *ntlm_net_hold(struct ntlm_net *nn)
{
	struct net *net;

	spin_lock(&nn->lock);
	net = nn->net ? maybe_get_net(nn->net) : NULL;
	spin_unlock(&nn->lock);
	return net;
}

/**
 * ntlm_net_new - make the part of a network namespace
 * @net: the namespace
 *
 * Context: process, may sleep.
 * Return: the part with one reference, or NULL if there is no memory.
 */
struct ntlm_net *ntlm_net_new(struct net *net)
{
	struct ntlm_net *nn;

	nn = kzalloc(sizeof(*nn), GFP_KERNEL);
	if (!nn)
		return NULL;
	refcount_set(&nn->ref, 1);
	spin_lock_init(&nn->lock);
	nn->net = net;
	xa_init_flags(&nn->contexts, XA_FLAGS_ALLOC1);
	ntlm_requests_init(nn);
	return nn;
}
EXPORT_SYMBOL_NTLM_KUNIT(ntlm_net_new);

static int __net_init ntlm_net_init(struct net *net)
{
	struct ntlm_net *nn;

	nn = ntlm_net_new(net);
	if (!nn)
		return -ENOMEM;
	*(struct ntlm_net **)net_generic(net, ntlm_net_id) = nn;
	return 0;
}

static void __net_exit ntlm_net_exit(struct net *net)
{
	struct ntlm_net *nn = ntlm_net(net);

	trace_ntlm_netns_exit(net->ns.inum, READ_ONCE(nn->requests));
	ntlm_requests_shutdown(nn);
	*(struct ntlm_net **)net_generic(net, ntlm_net_id) = NULL;
	ntlm_net_put(nn);
}

static struct pernet_operations ntlm_net_ops = {
	.init = ntlm_net_init,
	.exit = ntlm_net_exit,
	.id = &ntlm_net_id,
	.size = sizeof(struct ntlm_net *),
};

static int __init ntlm_init(void)
{
	int err;

	err = ntlm_crypto_init();
	if (err) {
		pr_err("MD5 or RC4 is not available: %d\n", err);
		return err;
	}
	err = ntlm_ctx_cache_create();
	if (err)
		goto err_crypto;
	err = register_pernet_subsys(&ntlm_net_ops);
	if (err)
		goto err_cache;
	err = ntlm_netlink_init();
	if (err)
		goto err_pernet;
	return 0;

err_pernet:
	unregister_pernet_subsys(&ntlm_net_ops);
err_cache:
	ntlm_ctx_cache_destroy();
err_crypto:
	ntlm_crypto_exit();
	return err;
}

static void __exit ntlm_exit(void)
{
	ntlm_netlink_exit();
	unregister_pernet_subsys(&ntlm_net_ops);
	ntlm_ctx_cache_destroy();
	ntlm_crypto_exit();
}

module_init(ntlm_init);
module_exit(ntlm_exit);

MODULE_DESCRIPTION("NTLM session security for protocol clients in the kernel");
MODULE_LICENSE("GPL");
MODULE_VERSION(NTLM_VERSION);
MODULE_ALIAS_GENL_FAMILY(NTLM_GENL_NAME);
