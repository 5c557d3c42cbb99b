// SPDX-License-Identifier: GPL-2.0-only
/*
 * Clocks that stand still while the machine does something else.
 *
 * User Mode Linux is a program: its kernel is one thread of the machine, and the
 * user space of a process is another one.  What each of them used, the machine
 * knows to the nanosecond, and a system call of the kernel's own thread goes to
 * the machine.  Elsewhere the time that passed is all there is.
 */
#include <linux/errno.h>
#include <linux/kernel_stat.h>
#include <linux/ktime.h>
#include <linux/mm_types.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/time64.h>
#include "bench.h"
#include "compat.h"

#ifdef CONFIG_UML

#define HOST_GETRUSAGE		98
#define HOST_RUSAGE_CHILDREN	(-1L)
#define HOST_CLOCK_GETTIME	228
#define HOST_OWN_CPUTIME	2
#define HOST_THREAD_CPUTIME	3
/* clockid_t of the CPU time of a process, from its pid */
#define HOST_PROCESS_CPUTIME(pid) ((~(long)(pid) << 3) | 2)

static long host_call(long number, long first, void *second)
{
	long result;

	asm volatile("syscall"
		     : "=a"(result)
		     : "0"(number), "D"(first), "S"(second)
		     : "rcx", "r11", "memory");
	return result;
}

static long host_clock(long id, u64 *ns)
{
	struct {
		long	seconds;
		long	nanoseconds;
	} now;
	long err;

	err = host_call(HOST_CLOCK_GETTIME, id, &now);
	if (err)
		return err;
	*ns = (u64)now.seconds * NSEC_PER_SEC + (u64)now.nanoseconds;
	return 0;
}

u64 bench_clock(void)
{
	u64 ns = 0;

	host_clock(HOST_THREAD_CPUTIME, &ns);
	return ns;
}

int bench_user_clock(u64 *ns)
{
	int pid = bench_user_pid(current->mm);

	return host_clock(HOST_PROCESS_CPUTIME(pid), ns) ? -EIO : 0;
}

/* The user space of processes that have ended is the machine's ended children. */
static u64 host_ended(void)
{
	struct {
		long	user_s;
		long	user_us;
		long	system_s;
		long	system_us;
		long	rest[14];
	} usage = {};

	host_call(HOST_GETRUSAGE, HOST_RUSAGE_CHILDREN, &usage);
	return (u64)(usage.user_s + usage.system_s) * NSEC_PER_SEC +
	       (u64)(usage.user_us + usage.system_us) * NSEC_PER_USEC;
}

int bench_guest_clock(u64 *ns)
{
	struct task_struct *p;
	u64 one = 0;
	int pid;

	if (host_clock(HOST_OWN_CPUTIME, ns))
		return -EIO;
	*ns += host_ended() + kcpustat_cpu(0).cpustat[CPUTIME_IDLE];
	rcu_read_lock();
	for_each_process(p) {
		task_lock(p);
		pid = p->mm ? bench_user_pid(p->mm) : 0;
		task_unlock(p);
		if (pid > 0 && !host_clock(HOST_PROCESS_CPUTIME(pid), &one))
			*ns += one;
	}
	rcu_read_unlock();
	return 0;
}

#else /* !CONFIG_UML */

u64 bench_clock(void)
{
	return ktime_get_ns();
}

int bench_user_clock(u64 *ns)
{
	return -EOPNOTSUPP;
}

int bench_guest_clock(u64 *ns)
{
	return -EOPNOTSUPP;
}

#endif /* !CONFIG_UML */
