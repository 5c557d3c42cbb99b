// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Trying a password, in a program of its own: see verifier/.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exit.h"
#include "login.h"
#include "password.h"

#define PROGRAM "ntlmctl-verify"

extern char **environ;

/* Beside this program, where it is built, or where it is installed. */
static void find_program(char *path, size_t size)
{
	char exe[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	char *slash;

	if (n > 0) {
		exe[n] = '\0';
		slash = strrchr(exe, '/');
		*slash = '\0';
		if (snprintf(path, size, "%s/" PROGRAM, exe) < (int)size &&
		    access(path, X_OK) == 0)
			return;
	}
	snprintf(path, size, "%s/" PROGRAM, NTLMCTL_LIBEXECDIR);
}

/* "service/host" or "host"; NULL: there is a '*' in it */
static const char *server_of(const struct login_options *o)
{
	const char *slash = strchr(o->target, '/');
	const char *host = slash ? slash + 1 : o->target;

	return strchr(host, '*') ? NULL : host;
}

static int start(const char *path, const char *server, int in, pid_t *pid)
{
	char *const argv[] = { (char *)PROGRAM, (char *)server, NULL };
	posix_spawn_file_actions_t actions;
	int e = posix_spawn_file_actions_init(&actions);

	if (e)
		return e;
	e = posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
	if (!e)
		e = posix_spawn(pid, path, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return e;
}

static void tell(int fd, const struct login_options *o,
		 const struct password *p)
{
	const struct iovec iov[] = {
		{ o->user, strlen(o->user) }, { (void *)"\n", 1 },
		{ o->domain, o->domain ? strlen(o->domain) : 0 },
		{ (void *)"\n", 1 },
		{ (void *)p->text, p->len }, { (void *)"\n", 1 },
	};

	/* less than PIPE_BUF; whoever is gone has an exit status */
	if (writev(fd, iov, 6) < 0)
		fprintf(stderr, "ntlmctl: " PROGRAM ": %s\n", strerror(errno));
}

static int judge(int wait_status)
{
	if (!WIFEXITED(wait_status)) {
		fprintf(stderr, "ntlmctl: " PROGRAM " died of signal %d; the login is not stored\n",
			WTERMSIG(wait_status));
		return EXIT_PROBLEM;
	}
	/* it has said why */
	switch (WEXITSTATUS(wait_status)) {
	case EXIT_OK:
		return EXIT_OK;
	case EXIT_REFUSED:
		fputs("ntlmctl: the login is not stored\n", stderr);
		return EXIT_REFUSED;
	case EXIT_NOT_VERIFIED:
		fputs("ntlmctl: the login is not stored; without --verify it is, unproved\n",
		      stderr);
		return EXIT_NOT_VERIFIED;
	default:
		fputs("ntlmctl: the login is not stored\n", stderr);
		return EXIT_PROBLEM;
	}
}

/* A server that does not answer takes a while: somebody who waits sees that. */
static void show_progress(pid_t pid, const char *server)
{
	struct pollfd child = { .fd = pidfd_open(pid, 0), .events = POLLIN };
	unsigned int seconds = 0;

	if (child.fd < 0)
		return;
	while (poll(&child, 1, 1000) == 0)
		fprintf(stderr, "\rntlmctl: asking %s: %u s", server, ++seconds);
	if (seconds)
		fputs("\r\33[K", stderr);
	close(child.fd);
}

static bool await(pid_t pid, const char *server, int *status)
{
	if (isatty(STDERR_FILENO))
		show_progress(pid, server);
	while (waitpid(pid, status, 0) < 0)
		if (errno != EINTR)
			return false;
	return true;
}

int verify(const struct login_options *o, const struct password *p)
{
	const char *server = server_of(o);
	char path[PATH_MAX];
	int ends[2], e, status;
	pid_t pid;

	if (!server) {
		fputs("ntlmctl: --verify needs the name of one server, not a pattern\n",
		      stderr);
		return EXIT_USAGE;
	}
	find_program(path, sizeof(path));
	if (pipe2(ends, O_CLOEXEC) < 0) {
		fprintf(stderr, "ntlmctl: no pipe: %s\n", strerror(errno));
		return EXIT_PROBLEM;
	}
	signal(SIGPIPE, SIG_IGN);
	e = start(path, server, ends[0], &pid);
	close(ends[0]);
	if (e) {
		fprintf(stderr, "ntlmctl: %s: %s; --verify needs that program\n",
			path, strerror(e));
		close(ends[1]);
		return EXIT_PROBLEM;
	}
	tell(ends[1], o, p);
	close(ends[1]);
	return await(pid, server, &status) ? judge(status) : EXIT_PROBLEM;
}
