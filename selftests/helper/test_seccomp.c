// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The system call filter: what it must refuse and what it must let through.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "privs.h"
#include "tap.h"

/* each returns 0 or the errno of what it tries */

static int try_execve(void)
{
	char *const argv[] = { "true", NULL };

	execve("/bin/true", argv, argv + 1);
	return errno;
}

static int try_fork(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return pid < 0 ? errno : 0;
}

static int try_socket(int domain, int type, int protocol)
{
	int fd = socket(domain, type, protocol);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static int try_inet(void)
{
	return try_socket(AF_INET, SOCK_STREAM, 0);
}

static int try_packet(void)
{
	return try_socket(AF_PACKET, SOCK_RAW, 0);
}

static int try_route(void)
{
	return try_socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
}

static int try_genl(void)
{
	return try_socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
}

static int try_unix(void)
{
	return try_socket(AF_UNIX, SOCK_DGRAM, 0);
}

static int try_ptrace(void)
{
	return ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0 ? errno : 0;
}

static int try_map(int prot)
{
	void *p = mmap(NULL, 4096, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? errno : 0;
}

static int try_code(void)
{
	return try_map(PROT_READ | PROT_EXEC);
}

static int try_memory(void)
{
	return try_map(PROT_READ | PROT_WRITE);
}

static int try_unlink(void)
{
	return unlink("/nonexistent") < 0 ? errno : 0;
}

static int try_setuid(void)
{
	return setuid(getuid()) < 0 ? errno : 0;
}

static int try_dumpable(void)
{
	return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) < 0 ? errno : 0;
}

static int try_open(void)
{
	int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static int try_malloc(void)
{
	void *p = malloc(1 << 20);

	if (!p)
		return ENOMEM;
	memset(p, 1, 1 << 20);
	free(p);
	return 0;
}

static const struct {
	const char *what;
	int (*try)(void);
	int want;
} tries[] = {
	{ "no program is started", try_execve, EPERM },
	{ "no process is made", try_fork, EPERM },
	{ "no internet socket", try_inet, EPERM },
	{ "no packet socket", try_packet, EPERM },
	{ "no netlink socket but a generic one", try_route, EPERM },
	{ "no ptrace", try_ptrace, EPERM },
	{ "no memory that can be executed", try_code, EPERM },
	{ "no file is removed", try_unlink, EPERM },
	{ "no change of user", try_setuid, EPERM },
	{ "no way back to being dumpable", try_dumpable, EPERM },
	{ "a generic netlink socket", try_genl, 0 },
	{ "a socket for the service manager", try_unix, 0 },
	{ "memory", try_memory, 0 },
	{ "files are read", try_open, 0 },
	{ "memory from malloc", try_malloc, 0 },
};

static int in_child(int (*try)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || privs_seccomp())
			_exit(254);
		_exit(try());
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || !WIFEXITED(status))
		return 255;
	return WEXITSTATUS(status);
}

/* --- 32 bit ------------------------------------------------------------------ */

/* What the kernel makes of a filter: the part of BPF that libseccomp writes */
static uint32_t filter(const struct sock_filter *code, size_t count,
		       const struct seccomp_data *data)
{
	uint32_t a = 0;

	for (size_t at = 0; at < count; at++) {
		const struct sock_filter *f = &code[at];
		bool jump = false;

		switch (f->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			memcpy(&a, (const char *)data + f->k, sizeof(a));
			continue;
		case BPF_ALU | BPF_AND | BPF_K:
			a &= f->k;
			continue;
		case BPF_RET | BPF_K:
			return f->k;
		case BPF_JMP | BPF_JA:
			at += f->k;
			continue;
		case BPF_JMP | BPF_JEQ | BPF_K:
			jump = a == f->k;
			break;
		case BPF_JMP | BPF_JGT | BPF_K:
			jump = a > f->k;
			break;
		case BPF_JMP | BPF_JGE | BPF_K:
			jump = a >= f->k;
			break;
		case BPF_JMP | BPF_JSET | BPF_K:
			jump = a & f->k;
			break;
		default:
			tap_note("BPF 0x%x", f->code);
			return 0;
		}
		at += jump ? f->jt : f->jf;
	}
	return 0;
}

static struct sock_filter code[4096];

static size_t filter_for(uint32_t arch)
{
	int fd = memfd_create("filter", 0);
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	ssize_t n = -1;

	if (fd >= 0 && ctx && !seccomp_arch_remove(ctx, SCMP_ARCH_NATIVE) &&
	    !seccomp_arch_add(ctx, arch) && !privs_filter(ctx) &&
	    !seccomp_export_bpf(ctx, fd))
		n = pread(fd, code, sizeof(code), 0);
	if (ctx)
		seccomp_release(ctx);
	if (fd >= 0)
		close(fd);
	return n > 0 ? (size_t)n / sizeof(code[0]) : 0;
}

static bool arm_allows(size_t count, const char *name, uint32_t prot)
{
	const struct seccomp_data data = {
		.nr = seccomp_syscall_resolve_name_arch(SCMP_ARCH_ARM, name),
		.arch = AUDIT_ARCH_ARM,
		.args = { 0, 0, prot },
	};

	if (data.nr < 0)
		tap_ok(false, "there is a call %s", name);
	return filter(code, count, &data) == SECCOMP_RET_ALLOW;
}

static void test_arm(void)
{
	/* of the C library there, for the same calls of the program */
	static const char *const calls[] = {
		"futex_time64", "fstat64", "fstatat64", "fstatfs64",
		"ftruncate64", "_llseek", "arm_fadvise64_64", "fcntl64", "send",
		"recv", "ppoll_time64", "timerfd_settime64", "sigreturn",
		"clock_gettime64", "getuid32", "geteuid32", "getgid32",
		"getegid32", "read", "epoll_wait", "openat2",
	};
	size_t count = filter_for(SCMP_ARCH_ARM);

	tap_ok(count, "there is a filter for 32 bit ARM");
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		tap_ok(arm_allows(count, calls[i], 0), "32 bit: %s", calls[i]);
	tap_ok(arm_allows(count, "mmap2", PROT_READ | PROT_WRITE) &&
	       arm_allows(count, "mprotect", PROT_READ), "32 bit: memory");
	tap_ok(!arm_allows(count, "mmap2", PROT_READ | PROT_EXEC) &&
	       !arm_allows(count, "mprotect", PROT_EXEC),
	       "32 bit: none that can be executed");
	tap_ok(!arm_allows(count, "execve", 0) && !arm_allows(count, "unlinkat", 0),
	       "32 bit: no program, no removal");
}

int main(void)
{
	for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]); i++) {
		/* without the filter it works: the filter is what is tested */
		if (tries[i].want && tries[i].try != try_execve &&
		    tries[i].try != try_unlink && tries[i].try != try_packet &&
		    tries[i].try != try_ptrace)
			tap_number((unsigned int)tries[i].try(), 0,
				   "without the filter: %s", tries[i].what);
		tap_number((unsigned int)in_child(tries[i].try),
			   (unsigned int)tries[i].want, "%s", tries[i].what);
	}
	test_arm();
	return tap_done();
}
