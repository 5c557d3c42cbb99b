// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device, and the life of a context.
 */
#include <linux/compat.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include "driver.h"

/**
 * struct test_file - an open file
 * @ctx: the context; set once, then there until the file is closed, which
 *	waits for all calls
 * @lock: @ctx while it is made, @prepared and @crowd
 * @prepared: between NTLM_TEST_PREPARE and NTLM_TEST_FETCH
 * @crowd: contexts of NTLM_TEST_CROWD
 */
struct test_file {
	struct ntlm_ctx		*ctx;
	struct mutex		lock;	/* of @ctx, @prepared and @crowd */
	struct test_message	*prepared;
	struct test_crowd	*crowd;
};

static int test_open(struct inode *inode, struct file *file)
{
	struct test_file *f = kzalloc(sizeof(*f), GFP_KERNEL);

	if (!f)
		return -ENOMEM;
	mutex_init(&f->lock);
	file->private_data = f;
	return 0;
}

static int test_release(struct inode *inode, struct file *file)
{
	struct test_file *f = file->private_data;

	test_message_free(f->prepared);
	test_crowd_free(f->crowd);
	if (f->ctx)
		ntlm_ctx_put(f->ctx);
	mutex_destroy(&f->lock);
	kfree(f);
	return 0;
}

static char *test_string(u64 address)
{
	if (!address)
		return NULL;
	return strndup_user(u64_to_user_ptr(address), NTLM_TEST_MAX_STRING);
}

static int test_create(struct test_file *f, struct ntlm_test_create *order)
{
	struct ntlm_ctx_params params = {
		.net			= current->nsproxy->net_ns,
		.uid			= make_kuid(current_user_ns(), order->uid),
		.role			= order->role,
		.mode			= order->mode,
		.required		= order->required,
		.wished			= order->wished,
		.min_key_bits		= order->min_key_bits,
		.timeout_ms		= order->timeout_ms,
		.target_unverified	= order->target_unverified,
		.allow_legacy		= order->allow_legacy,
		.spnego			= order->spnego,
	};
	char *target, *user = NULL, *domain = NULL;
	u8 bindings[NTLM_CHANNEL_BINDINGS_SIZE];
	struct ntlm_ctx *ctx;
	int err = 0;

	if (order->target_unverified > 1 || order->allow_legacy > 1 ||
	    order->spnego > 1 || order->pad)
		return -EINVAL;
	if (order->channel_bindings) {
		if (copy_from_user(bindings,
				   u64_to_user_ptr(order->channel_bindings),
				   sizeof(bindings)))
			return -EFAULT;
		params.channel_bindings = bindings;
	}
	target = test_string(order->target);
	if (IS_ERR(target))
		return PTR_ERR(target);
	user = test_string(order->user);
	if (IS_ERR(user)) {
		err = PTR_ERR(user);
		goto free_target;
	}
	domain = test_string(order->domain);
	if (IS_ERR(domain)) {
		err = PTR_ERR(domain);
		goto free_user;
	}
	params.target = target;
	params.user = user;
	params.domain = domain;

	mutex_lock(&f->lock);
	if (f->ctx) {
		err = -EBUSY;
		goto unlock;
	}
	ctx = ntlm_ctx_create(&params);
	order->result = PTR_ERR_OR_ZERO(ctx);
	if (order->result)
		goto unlock;
	/* Pairs with test_ioctl() in other threads. */
	smp_store_release(&f->ctx, ctx);
unlock:
	mutex_unlock(&f->lock);
	kfree(domain);
free_user:
	kfree(user);
free_target:
	kfree(target);
	return err;
}

static int test_exchange(struct ntlm_ctx *ctx, struct ntlm_test_exchange *order)
{
	struct ntlm_token out = {};
	u32 room = order->out_len;
	void *in = NULL;
	int err = 0;

	if (order->pad || order->in_len > NTLM_TEST_MAX_TOKEN)
		return -EINVAL;
	if (order->in && order->in_len) {
		in = vmemdup_user(u64_to_user_ptr(order->in), order->in_len);
		if (IS_ERR(in))
			return PTR_ERR(in);
	}
	order->result = ntlm_ctx_exchange(ctx, in, order->in_len, &out);
	kvfree(in);

	order->out_len = out.len;
	if (out.len > room)
		err = -ENOSPC;
	else if (out.len && copy_to_user(u64_to_user_ptr(order->out), out.data,
					 out.len))
		err = -EFAULT;
	ntlm_token_free(&out);
	return err;
}

static void test_name(char to[1024], const char *name)
{
	if (name)
		strscpy(to, name, 1024);
}

static void test_identity(struct ntlm_ctx *ctx, struct ntlm_test_info *info)
{
	struct ntlm_identity identity = {};
	unsigned int i;

	info->granted = ntlm_ctx_granted(ctx);
	info->ntstatus = ntlm_ctx_ntstatus(ctx);
	info->identity_result = ntlm_ctx_identity(ctx, &identity);
	if (info->identity_result)
		return;
	info->identity_flags = identity.flags;
	info->anonymous = identity.anonymous;
	info->nsids = identity.nsids;
	test_name(info->workstation, identity.workstation);
	for (i = 0; i < min_t(unsigned int, identity.nsids, NTLM_TEST_SIDS);
	     i++)
		strscpy(info->sids[i], identity.sids[i],
			sizeof(info->sids[i]));
}

static int test_info(struct ntlm_ctx *ctx, void __user *arg)
{
	struct ntlm_test_info *info;
	int err = 0;

	info = kzalloc(sizeof(*info), GFP_KERNEL);
	if (!info)
		return -ENOMEM;
	info->id = ntlm_ctx_id(ctx);
	info->flags_result = ntlm_ctx_flags(ctx, &info->flags);
	info->key_result = ntlm_ctx_session_key(ctx, info->key);
	test_name(info->target, ntlm_ctx_target(ctx));
	test_name(info->user, ntlm_ctx_user(ctx));
	test_name(info->domain, ntlm_ctx_domain(ctx));
	test_identity(ctx, info);
	if (copy_to_user(arg, info, sizeof(*info)))
		err = -EFAULT;
	kfree_sensitive(info);
	return err;
}

static int test_one(struct ntlm_ctx *ctx, struct ntlm_test_message *order)
{
	struct ntlm_test_run run = { .count = 1 };
	struct test_message *m;
	int err;

	if (order->messages || order->count)
		return -EINVAL;
	m = test_message_make(order);
	if (IS_ERR(m))
		return PTR_ERR(m);
	err = test_message_run(m, ctx, &run);
	if (!err)
		err = test_message_fetch(m, order);
	test_message_free(m);
	return err;
}

static int test_prepare(struct test_file *f, struct ntlm_test_message *order)
{
	struct test_message *m;
	int err = 0;

	m = test_message_make(order);
	if (IS_ERR(m))
		return PTR_ERR(m);
	mutex_lock(&f->lock);
	if (f->prepared)
		err = -EBUSY;
	else
		f->prepared = m;
	mutex_unlock(&f->lock);
	if (err)
		test_message_free(m);
	return err;
}

static int test_run(struct test_file *f, struct ntlm_ctx *ctx,
		    struct ntlm_test_run *run)
{
	int err = -ENODATA;

	if (run->plant > 1 || run->pad)
		return -EINVAL;
	mutex_lock(&f->lock);
	if (f->prepared)
		err = test_message_run(f->prepared, ctx, run);
	mutex_unlock(&f->lock);
	return err;
}

static int test_fetch(struct test_file *f, struct ntlm_test_message *order)
{
	struct test_message *m;
	int err;

	mutex_lock(&f->lock);
	m = f->prepared;
	f->prepared = NULL;
	mutex_unlock(&f->lock);
	if (!m)
		return -ENODATA;
	err = test_message_fetch(m, order);
	test_message_free(m);
	return err;
}

static int test_crowd(struct test_file *f, struct ntlm_test_crowd *order)
{
	int err;

	if (order->pad)
		return -EINVAL;
	mutex_lock(&f->lock);
	err = test_crowd_run(&f->crowd, order);
	mutex_unlock(&f->lock);
	return err;
}

static const struct file_operations test_fops;

/* The context of another open file of this driver */
static struct ntlm_ctx *test_ctx_of(const struct file *file)
{
	struct test_file *f;

	if (!file || file->f_op != &test_fops)
		return NULL;
	f = file->private_data;
	/* Pairs with test_create(). */
	return smp_load_acquire(&f->ctx);
}

static int test_two(struct ntlm_ctx *ctx, struct ntlm_test_duo *order)
{
	struct file *other = fget(order->other_fd);
	struct file *peer = order->peer_fd >= 0 ? fget(order->peer_fd) : NULL;
	int err = -EBADF;

	if (order->pad)
		err = -EINVAL;
	else if (test_ctx_of(other) &&
		 (test_ctx_of(peer) || order->peer_fd < 0))
		err = test_duo(ctx, test_ctx_of(other), test_ctx_of(peer),
			       order);
	if (other)
		fput(other);
	if (peer)
		fput(peer);
	return err;
}

/* Orders that need a context and come in a structure */
static int test_order(struct test_file *f, struct ntlm_ctx *ctx,
		      unsigned int cmd, void *order)
{
	switch (cmd) {
	case NTLM_TEST_EXCHANGE:
		return test_exchange(ctx, order);
	case NTLM_TEST_MESSAGE:
		return test_one(ctx, order);
	case NTLM_TEST_PREPARE:
		return test_prepare(f, order);
	case NTLM_TEST_RUN:
		return test_run(f, ctx, order);
	case NTLM_TEST_FETCH:
		return test_fetch(f, order);
	case NTLM_TEST_DUO:
		return test_two(ctx, order);
	default:
		return -ENOTTY;
	}
}

static long test_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *user = (void __user *)arg;
	struct test_file *f = file->private_data;
	union {
		struct ntlm_test_create		create;
		struct ntlm_test_exchange	exchange;
		struct ntlm_test_message	message;
		struct ntlm_test_run		run;
		struct ntlm_test_crowd		crowd;
		struct ntlm_test_duo		duo;
		u32				ntstatus;
	} order;
	struct ntlm_ctx *ctx;
	int err;

	/* Pairs with test_create(). */
	ctx = smp_load_acquire(&f->ctx);
	if (cmd != NTLM_TEST_CREATE && cmd != NTLM_TEST_CROWD && !ctx)
		return -ENOTCONN;
	switch (cmd) {
	case NTLM_TEST_CANCEL:
		ntlm_ctx_cancel(ctx);
		return 0;
	case NTLM_TEST_INFO:
		return test_info(ctx, user);
	}

	if (_IOC_TYPE(cmd) != NTLM_TEST_IOC || _IOC_SIZE(cmd) > sizeof(order))
		return -ENOTTY;
	if (copy_from_user(&order, user, _IOC_SIZE(cmd)))
		return -EFAULT;
	switch (cmd) {
	case NTLM_TEST_REPORT:
		ntlm_ctx_report(ctx, order.ntstatus);
		return 0;
	case NTLM_TEST_CREATE:
		err = test_create(f, &order.create);
		break;
	case NTLM_TEST_CROWD:
		err = test_crowd(f, &order.crowd);
		break;
	default:
		err = test_order(f, ctx, cmd, &order);
	}
	/* Also with an errno: ENOSPC has more to say. */
	if (err != -ENOTTY && copy_to_user(user, &order, _IOC_SIZE(cmd)))
		return -EFAULT;
	return err;
}

static const struct file_operations test_fops = {
	.owner		= THIS_MODULE,
	.open		= test_open,
	.release	= test_release,
	.unlocked_ioctl	= test_ioctl,
	.compat_ioctl	= compat_ptr_ioctl,
};

static struct miscdevice test_device = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= "ntlm_test",
	.fops	= &test_fops,
	.mode	= 0600,
};
module_misc_device(test_device);

MODULE_DESCRIPTION("Test driver: an in-kernel client of ntlm.ko");
MODULE_LICENSE("GPL");
