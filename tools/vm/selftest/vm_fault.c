// SPDX-License-Identifier: GPL-2.0-only
/*
 * Faults on demand, to see that the runner notices them.
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/panic.h>
#include <linux/string.h>

static char *fault = "none";
module_param(fault, charp, 0444);
MODULE_PARM_DESC(fault, "none, warn, oops or panic");

static int *volatile nowhere;

static int __init vm_fault_init(void)
{
	if (!strcmp(fault, "none"))
		return 0;
	if (!strcmp(fault, "warn"))
		WARN(1, "vm_fault: planted\n");
	else if (!strcmp(fault, "oops"))
		*nowhere = 1;
	else if (!strcmp(fault, "panic"))
		panic("vm_fault: planted");
	return -EINVAL;
}

static void __exit vm_fault_exit(void)
{
}

module_init(vm_fault_init);
module_exit(vm_fault_exit);

MODULE_DESCRIPTION("Faults on demand, for the runner's own test");
MODULE_ALIAS("vm-fault-by-alias");
MODULE_LICENSE("GPL");
