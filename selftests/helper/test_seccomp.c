// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The system call filter: what it must refuse and what it must let through.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
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
	return tap_done();
}
