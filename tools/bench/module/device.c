// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "bench.h"
#include "../../../kernel/compat.h"

static int bench_open(struct inode *inode, struct file *file)
{
	struct bench_file *f = kzalloc(sizeof(*f), GFP_KERNEL);

	if (!f)
		return -ENOMEM;
	mutex_init(&f->lock);
	file->private_data = f;
	return 0;
}

static int bench_release(struct inode *inode, struct file *file)
{
	struct bench_file *f = file->private_data;

	bench_shrink(f);
	bench_pair_exit(&f->connection);
	bench_pair_exit(&f->connectionless);
	bench_buffers_free(f->buffers);
	mutex_destroy(&f->lock);
	kfree(f);
	return 0;
}

static int bench_order(struct bench_file *f, unsigned int cmd, void *order)
{
	switch (cmd) {
	case NTLM_BENCH_CLOCK:
		return bench_user_clock(order);
	case NTLM_BENCH_GUEST:
		return bench_guest_clock(order);
	case NTLM_BENCH_PAIRS:
		return bench_pairs(f);
	case NTLM_BENCH_RUN:
		return bench_run(f, order);
	case NTLM_BENCH_GROW:
		return bench_grow(f, *(u32 *)order);
	case NTLM_BENCH_CHURN:
		return bench_churn(order);
	case NTLM_BENCH_TOUCH:
		return bench_touch(f, order);
	default:
		return -ENOTTY;
	}
}

static long bench_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *user = (void __user *)arg;
	struct bench_file *f = file->private_data;
	union {
		struct ntlm_bench_run	run;
		struct ntlm_bench_churn	churn;
		struct ntlm_bench_touch	touch;
		u64			clock;
		u32			count;
	} order = {};
	int err;

	if (_IOC_TYPE(cmd) != NTLM_BENCH_IOC || _IOC_SIZE(cmd) > sizeof(order))
		return -ENOTTY;
	if (_IOC_DIR(cmd) & _IOC_WRITE &&
	    copy_from_user(&order, user, _IOC_SIZE(cmd)))
		return -EFAULT;
	mutex_lock(&f->lock);
	err = bench_order(f, cmd, &order);
	mutex_unlock(&f->lock);
	if (!err && _IOC_DIR(cmd) & _IOC_READ &&
	    copy_to_user(user, &order, _IOC_SIZE(cmd)))
		return -EFAULT;
	return err;
}

static const struct file_operations bench_fops = {
	.owner		= THIS_MODULE,
	.open		= bench_open,
	.release	= bench_release,
	.unlocked_ioctl	= bench_ioctl,
	.compat_ioctl	= compat_ptr_ioctl,
};

static struct miscdevice bench_device = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= "ntlm_bench",
	.fops	= &bench_fops,
	.mode	= 0600,
};
module_misc_device(bench_device);

MODULE_DESCRIPTION("Benchmark driver: an in-kernel client of ntlm.ko that takes the time");
MODULE_LICENSE("GPL");
#if defined(NTLM_KUNIT)
NTLM_IMPORT_KUNIT();
#endif
