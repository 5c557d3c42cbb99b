// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/ntlm_rpc_test, see ntlm_rpc_test.h.
 */
#include <linux/fs.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/nsproxy.h>
#include <linux/ntlm_dcerpc.h>
#include <linux/rwsem.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "ntlm_rpc_test.h"

/* @lock keeps @rpc while calls, which may be several, use it. */
struct test_file {
	struct rw_semaphore	lock;
	struct ntlm_rpc		*rpc;
};

static int test_open(struct inode *inode, struct file *file)
{
	struct test_file *test = kzalloc(sizeof(*test), GFP_KERNEL);

	if (!test)
		return -ENOMEM;
	init_rwsem(&test->lock);
	file->private_data = test;
	return 0;
}

static void test_close(struct test_file *test)
{
	if (test->rpc)
		ntlm_rpc_close(test->rpc);
	test->rpc = NULL;
}

static int test_release(struct inode *inode, struct file *file)
{
	struct test_file *test = file->private_data;

	test_close(test);
	kfree(test);
	return 0;
}

static void test_interface(const struct ntlm_rpc_test_server *server,
			   struct ntlm_rpc_interface *interface)
{
	import_guid(&interface->uuid, server->uuid);
	interface->major = server->major;
	interface->minor = server->minor;
}

/* The place of the port in an address of 28 bytes */
static __be16 *test_port(struct ntlm_rpc_test_server *server)
{
	BUILD_BUG_ON(sizeof(struct sockaddr_in6) != sizeof(server->addr));
	BUILD_BUG_ON(offsetof(struct sockaddr_in, sin_port) !=
		     offsetof(struct sockaddr_in6, sin6_port));
	return &((struct sockaddr_in6 *)server->addr)->sin6_port;
}

static int test_map(struct ntlm_rpc_test_server *server, u16 *port)
{
	struct ntlm_rpc_interface interface;

	test_interface(server, &interface);
	return ntlm_rpc_ept_map(current->nsproxy->net_ns,
				(struct sockaddr *)server->addr,
				server->addr_len, &interface,
				server->timeout_ms, port);
}

static int test_ept_map(struct ntlm_rpc_test_ept_map __user *arg)
{
	struct ntlm_rpc_test_ept_map map;
	u16 port;
	int err;

	if (copy_from_user(&map, arg, sizeof(map)))
		return -EFAULT;
	if (map.server.addr_len > sizeof(map.server.addr))
		return -EINVAL;
	err = test_map(&map.server, &port);
	if (err)
		return err;
	return put_user(port, &arg->port);
}

static int test_find_port(struct ntlm_rpc_test_connect *con)
{
	struct ntlm_rpc_test_server mapper = con->server;
	u16 port;
	int err;

	if (*test_port(&con->server))
		return 0;
	*test_port(&mapper) = htons(con->mapper_port);
	err = test_map(&mapper, &port);
	if (!err)
		*test_port(&con->server) = htons(port);
	return err;
}

static int test_connect(struct test_file *test,
			struct ntlm_rpc_test_connect *con)
{
	struct ntlm_rpc_params params = {
		.net		= current->nsproxy->net_ns,
		.addr		= (struct sockaddr *)con->server.addr,
		.addr_len	= con->server.addr_len,
		.level		= con->level,
		.uid		= make_kuid(&init_user_ns, con->uid),
		.target		= con->target[0] ? con->target : NULL,
		.user		= con->user[0] ? con->user : NULL,
		.domain		= con->domain[0] ? con->domain : NULL,
		.timeout_ms	= con->server.timeout_ms,
		.max_response	= con->max_response,
		.max_xmit_frag	= con->max_xmit_frag,
		.max_recv_frag	= con->max_recv_frag,
	};
	struct ntlm_rpc *rpc;
	int err;

	if (test->rpc)
		return -EISCONN;
	if (con->server.addr_len > sizeof(con->server.addr) ||
	    strnlen(con->target, sizeof(con->target)) == sizeof(con->target) ||
	    strnlen(con->user, sizeof(con->user)) == sizeof(con->user) ||
	    strnlen(con->domain, sizeof(con->domain)) == sizeof(con->domain))
		return -EINVAL;
	err = test_find_port(con);
	if (err)
		return err;
	test_interface(&con->server, &params.interface);
	rpc = ntlm_rpc_connect(&params);
	if (IS_ERR(rpc))
		return PTR_ERR(rpc);
	test->rpc = rpc;
	return 0;
}

static int test_call(struct test_file *test,
		     struct ntlm_rpc_test_call __user *arg)
{
	struct ntlm_rpc_reply reply = { };
	struct ntlm_rpc_test_call call;
	void *stub;
	int err;

	if (!test->rpc)
		return -ENOTCONN;
	if (copy_from_user(&call, arg, sizeof(call)))
		return -EFAULT;
	if (call.in_len > NTLM_RPC_TEST_STUB)
		return -EMSGSIZE;
	stub = kvmalloc(call.in_len ? : 1, GFP_KERNEL);
	if (!stub)
		return -ENOMEM;
	if (copy_from_user(stub, u64_to_user_ptr(call.in), call.in_len)) {
		kvfree(stub);
		return -EFAULT;
	}
	err = ntlm_rpc_call(test->rpc, call.opnum, stub, call.in_len, &reply);
	kvfree(stub);
	call.out_len = reply.len;
	call.fault = reply.fault;
	call.fault_verified = reply.fault_verified;
	if (copy_to_user(u64_to_user_ptr(call.out), reply.data,
			 min_t(size_t, call.out_size, reply.len)) ||
	    copy_to_user(arg, &call, sizeof(call)))
		err = -EFAULT;
	ntlm_rpc_reply_free(&reply);
	return err;
}

static int test_user_connect(struct test_file *test, void __user *arg)
{
	struct ntlm_rpc_test_connect *con;
	int err;

	con = memdup_user(arg, sizeof(*con));
	if (IS_ERR(con))
		return PTR_ERR(con);
	err = down_write_killable(&test->lock);
	if (!err) {
		err = test_connect(test, con);
		up_write(&test->lock);
	}
	kfree(con);
	return err;
}

static long test_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct test_file *test = file->private_data;
	void __user *user = (void __user *)arg;
	int err;

	switch (cmd) {
	case NTLM_RPC_TEST_CONNECT:
		return test_user_connect(test, user);
	case NTLM_RPC_TEST_CALL:
		err = down_read_killable(&test->lock);
		if (err)
			return err;
		err = test_call(test, user);
		up_read(&test->lock);
		return err;
	case NTLM_RPC_TEST_CLOSE:
		err = down_write_killable(&test->lock);
		if (err)
			return err;
		test_close(test);
		up_write(&test->lock);
		return 0;
	case NTLM_RPC_TEST_EPT_MAP:
		return test_ept_map(user);
	default:
		return -ENOTTY;
	}
}

static const struct file_operations test_fops = {
	.owner		= THIS_MODULE,
	.open		= test_open,
	.release	= test_release,
	.unlocked_ioctl	= test_ioctl,
};

static struct miscdevice test_device = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= "ntlm_rpc_test",
	.fops	= &test_fops,
	.mode	= 0600,
};

module_misc_device(test_device);
MODULE_DESCRIPTION("Test driver for ntlm_dcerpc");
MODULE_LICENSE("GPL");
