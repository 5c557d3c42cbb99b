// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bugs on purpose, one for each checker that the lab relies on: bug=NAME plants
 * that one when the module is loaded. A kernel that says nothing about it cannot
 * be believed when it says nothing about the project's modules.
 */
#include <linux/delay.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timer.h>

static char *bug = "none";
module_param(bug, charp, 0);
MODULE_PARM_DESC(bug, "which one");

struct planted_timer {
	struct timer_list timer;
};

static DEFINE_MUTEX(planted_first);
static DEFINE_MUTEX(planted_second);
static DEFINE_SPINLOCK(planted_spin);
static DEFINE_SPINLOCK(planted_shared);
static u32 __rcu *planted_pointer;
static u32 planted_table[4];
static u32 planted_sink;

/* What the compiler is not to see through */
static unsigned int planted_number(unsigned int n)
{
	OPTIMIZER_HIDE_VAR(n);
	return n;
}

static noinline void planted_heap_overrun(void)
{
	u8 *p = kmalloc(20, GFP_KERNEL);

	if (p)
		WRITE_ONCE(p[planted_number(20)], 1);
	kfree(p);
}

static noinline void planted_use_after_free(void)
{
	u8 *p = kmalloc(20, GFP_KERNEL);

	kfree(p);
	OPTIMIZER_HIDE_VAR(p);
	if (p)
		WRITE_ONCE(p[0], 1);
}

static noinline void planted_stack_overrun(void)
{
	u8 here[16], *p = here;

	OPTIMIZER_HIDE_VAR(p);
	WRITE_ONCE(p[planted_number(16)], 1);
}

static noinline void planted_shift(void)
{
	WRITE_ONCE(planted_sink, 1 << planted_number(40));
}

/* The place behind the table is in the kernel's data: it is only read. */
static noinline void planted_index(void)
{
	WRITE_ONCE(planted_sink, planted_table[planted_number(4)]);
}

static noinline void planted_leak(void)
{
	int i;

	for (i = 0; i < 8; i++) {
		void *p = kmalloc(777, GFP_KERNEL);

		OPTIMIZER_HIDE_VAR(p);
	}
}

static noinline void planted_list(void)
{
	struct list_head head = LIST_HEAD_INIT(head), twice;

	list_add(&twice, &head);
	list_add(&twice, &head);
}

static noinline void planted_refcount(void)
{
	refcount_t count = REFCOUNT_INIT(1);

	if (refcount_dec_and_test(&count))
		refcount_inc(&count);
}

static noinline void planted_lock_order(void)
{
	mutex_lock(&planted_first);
	mutex_lock(&planted_second);
	mutex_unlock(&planted_second);
	mutex_unlock(&planted_first);

	mutex_lock(&planted_second);
	mutex_lock(&planted_first);
	mutex_unlock(&planted_first);
	mutex_unlock(&planted_second);
}

static noinline void planted_sleep(void)
{
	spin_lock(&planted_spin);
	usleep_range(10, 20);
	spin_unlock(&planted_spin);
}

/* Nothing holds what it points to. */
static noinline void planted_rcu(void)
{
	if (rcu_dereference(planted_pointer))
		WRITE_ONCE(planted_sink, 1);
}

static noinline void planted_expires(struct timer_list *t)
{
	spin_lock(&planted_shared);
	spin_unlock(&planted_shared);
}

static noinline void planted_softirq(void)
{
	struct planted_timer *p = kzalloc(sizeof(*p), GFP_KERNEL);

	if (!p)
		return;
	timer_setup(&p->timer, planted_expires, 0);
	mod_timer(&p->timer, jiffies + 1);
	msleep(100);
	spin_lock(&planted_shared);
	spin_unlock(&planted_shared);
	/* It is over long ago. */
	kfree(p);
}

/* Its memory goes while the timer runs; nothing happens, for it is far away. */
static noinline void planted_object(void)
{
	struct planted_timer *p = kzalloc(sizeof(*p), GFP_KERNEL);

	if (!p)
		return;
	timer_setup(&p->timer, planted_expires, 0);
	mod_timer(&p->timer, jiffies + 3600 * HZ);
	kfree(p);
}

static const struct {
	const char *name;
	void (*plant)(void);
} planted[] = {
	{ "heap-overrun", planted_heap_overrun },
	{ "use-after-free", planted_use_after_free },
	{ "stack-overrun", planted_stack_overrun },
	{ "shift", planted_shift },
	{ "index", planted_index },
	{ "leak", planted_leak },
	{ "list", planted_list },
	{ "refcount", planted_refcount },
	{ "lock-order", planted_lock_order },
	{ "sleep", planted_sleep },
	{ "rcu", planted_rcu },
	{ "softirq", planted_softirq },
	{ "object", planted_object },
};

static int __init planted_init(void)
{
	unsigned int i;

	if (!strcmp(bug, "none"))
		return 0;
	for (i = 0; i < ARRAY_SIZE(planted); i++) {
		if (strcmp(bug, planted[i].name))
			continue;
		planted[i].plant();
		return 0;
	}
	return -EINVAL;
}
module_init(planted_init);

static void __exit planted_exit(void)
{
}
module_exit(planted_exit);

MODULE_DESCRIPTION("Bugs on purpose");
MODULE_LICENSE("GPL");
