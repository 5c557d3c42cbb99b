// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <linux/netlink.h>
#include <seccomp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "log.h"
#include "privs.h"

static const int allowed[] = {
	/* memory; mmap and mprotect follow below */
	SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
	SCMP_SYS(futex), SCMP_SYS(mlock),
	/* memory that is handed to users and to the service manager */
	SCMP_SYS(memfd_create), SCMP_SYS(memfd_secret), SCMP_SYS(ftruncate),
	SCMP_SYS(fstatfs),
	/* users' connections */
	SCMP_SYS(accept4),
	/* credential files and configuration */
	SCMP_SYS(openat), SCMP_SYS(openat2), SCMP_SYS(read), SCMP_SYS(pread64),
	SCMP_SYS(close), SCMP_SYS(fstat), SCMP_SYS(newfstatat), SCMP_SYS(statx),
	SCMP_SYS(lseek), SCMP_SYS(fadvise64), SCMP_SYS(getdents64),
	SCMP_SYS(fgetxattr),
	SCMP_SYS(fcntl), SCMP_SYS(inotify_init1), SCMP_SYS(inotify_add_watch),
	SCMP_SYS(inotify_rm_watch), SCMP_SYS(ioctl),
	/* log */
	SCMP_SYS(write), SCMP_SYS(writev),
	/* netlink, and the service manager's notification socket */
	SCMP_SYS(bind), SCMP_SYS(connect), SCMP_SYS(sendto), SCMP_SYS(sendmsg),
	SCMP_SYS(recvfrom), SCMP_SYS(recvmsg), SCMP_SYS(getsockname),
	SCMP_SYS(getsockopt), SCMP_SYS(setsockopt),
	/* event loop */
	SCMP_SYS(epoll_ctl), SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait),
	SCMP_SYS(epoll_pwait2), SCMP_SYS(poll), SCMP_SYS(ppoll),
	SCMP_SYS(timerfd_create), SCMP_SYS(timerfd_settime),
	SCMP_SYS(signalfd4), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigreturn), SCMP_SYS(restart_syscall),
	/* time, randomness, identity */
	SCMP_SYS(clock_gettime), SCMP_SYS(sysinfo), SCMP_SYS(gettimeofday), SCMP_SYS(getrandom),
	SCMP_SYS(uname),
	SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(getuid), SCMP_SYS(geteuid),
	SCMP_SYS(getgid), SCMP_SYS(getegid),
	/* end, abort() included */
	SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(tgkill),
	/* the same on 32 bit; libseccomp leaves out what a machine has not */
	SCMP_SYS(futex_time64), SCMP_SYS(ftruncate64), SCMP_SYS(fstatfs64),
	SCMP_SYS(fstat64), SCMP_SYS(fstatat64), SCMP_SYS(_llseek),
	SCMP_SYS(fadvise64_64), SCMP_SYS(arm_fadvise64_64), SCMP_SYS(fcntl64),
	SCMP_SYS(send), SCMP_SYS(recv), SCMP_SYS(ppoll_time64),
	SCMP_SYS(timerfd_settime64), SCMP_SYS(sigreturn),
	SCMP_SYS(clock_gettime64), SCMP_SYS(getuid32), SCMP_SYS(geteuid32),
	SCMP_SYS(getgid32), SCMP_SYS(getegid32),
};

/* Memory is never executable and writable, nor becomes executable. */
static int allow_memory(scmp_filter_ctx ctx)
{
	static const int calls[] = {
		SCMP_SYS(mmap), SCMP_SYS(mmap2), SCMP_SYS(mprotect),
	};
	int e = 0;

	for (size_t i = 0; !e && i < sizeof(calls) / sizeof(calls[0]); i++)
		e = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, calls[i], 1,
				     SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	return e;
}

static int allow_sockets(scmp_filter_ctx ctx)
{
	int e = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1,
				 SCMP_A0(SCMP_CMP_EQ, AF_UNIX, 0));

	if (!e)
		e = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(socket), 2,
				     SCMP_A0(SCMP_CMP_EQ, AF_NETLINK, 0),
				     SCMP_A2(SCMP_CMP_EQ, NETLINK_GENERIC, 0));
	return e;
}

int privs_filter(void *ctx)
{
	int e = 0;

	for (size_t i = 0; !e && i < sizeof(allowed) / sizeof(allowed[0]); i++)
		e = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, allowed[i], 0);
	if (!e)
		e = allow_memory(ctx);
	if (!e)
		e = allow_sockets(ctx);
	return e;
}

int privs_seccomp(void)
{
	/*
	 * An error instead of a signal: a C library that is newer than this
	 * list must not turn every mount of a fleet off.
	 */
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int e = ctx ? 0 : -ENOMEM;

	if (!e)
		e = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_NNP, 0);
	if (!e)
		seccomp_attr_set(ctx, SCMP_FLTATR_CTL_LOG, 1);
	if (!e)
		e = privs_filter(ctx);
	if (!e)
		e = seccomp_load(ctx);
	if (ctx)
		seccomp_release(ctx);
	if (e < 0)
		log_msg(LOG_ERR, "the system call filter cannot be set: %s",
			strerror(-e));
	return e;
}
