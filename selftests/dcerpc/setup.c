// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "setup.h"

static const struct {
	const char	*name;
	const char	*value;
} defaults[] = {
	{ "NTLM_TEST_SERVER",	"127.0.0.1" },
	{ "NTLM_TEST_TARGET",	"cifs/127.0.0.1" },
	{ "NTLM_TEST_USER",	"ntlmtest" },
	{ "NTLM_TEST_DOMAIN",	"NTLMTEST" },
	{ "NTLM_TEST_PASSWORD",	"Passw0rd.1" },
	{ "NTLM_TEST_ROGUE",	"host/rogue-" },
};

const char *setting(const char *name)
{
	const char *value = getenv(name);
	size_t i;

	if (value && *value)
		return value;
	for (i = 0; i < sizeof(defaults) / sizeof(*defaults); i++)
		if (!strcmp(defaults[i].name, name))
			return defaults[i].value;
	return NULL;
}

int must_open(void)
{
	int fd = client_open();

	if (fd < 0)
		FAIL("%s: %s; is ntlm_rpc_test.ko loaded?",
		     NTLM_RPC_TEST_DEVICE, strerror(-fd));
	return fd;
}

static void copy(char to[NTLM_RPC_TEST_NAME], const char *from)
{
	CHECK(strlen(from) < NTLM_RPC_TEST_NAME);
	memcpy(to, from, strlen(from) + 1);
}

void samba_params(struct ntlm_rpc_test_connect *con,
		  const struct interface *interface, uint32_t level)
{
	memset(con, 0, sizeof(*con));
	CHECK(client_server(&con->server, setting("NTLM_TEST_SERVER"), 0,
			    interface));
	con->server.timeout_ms = PATIENT_MS;
	con->level = level;
	copy(con->target, setting("NTLM_TEST_TARGET"));
}

int must_connect(const struct ntlm_rpc_test_connect *con)
{
	int fd = must_open();

	CHECK_ERR(client_connect(fd, con), 0);
	return fd;
}

/* The users of gss-ntlmssp, in a file without name that rogue inherits */
static int users_file(void)
{
	FILE *file;
	int fd, copy;

	fd = memfd_create("users", 0);
	CHECK(fd >= 0);
	copy = dup(fd);
	file = fdopen(copy, "w");
	CHECK(file);
	fprintf(file, "%s:%s:%s\n", setting("NTLM_TEST_DOMAIN"),
		setting("NTLM_TEST_USER"), setting("NTLM_TEST_PASSWORD"));
	CHECK(!fclose(file));
	return fd;
}

static _Noreturn void exec_rogue(const char *address, const char *trick)
{
	char program[4096], self[2048], name[64], *p;
	const char *dir = getenv("NTLM_TEST_BIN");
	ssize_t len;

	if (!dir) {
		len = readlink("/proc/self/exe", self, sizeof(self) - 1);
		if (len < 0)
			_exit(126);
		self[len] = '\0';
		dir = dirname(self);
	}
	snprintf(program, sizeof(program), "%s/rogue", dir);
	snprintf(name, sizeof(name), "%s", trick);
	for (p = name; *p; p++)
		if (*p == '_')
			*p = '-';
	execl(program, program, address, name, NULL);
	perror(program);
	_exit(127);
}

void rogue_start(struct server *s, const char *address, const char *trick)
{
	unsigned int port;
	char users[64];
	FILE *out;
	int fds[2], fd;

	CHECK(!pipe(fds));
	fd = users_file();
	snprintf(users, sizeof(users), "/proc/self/fd/%d", fd);
	fflush(NULL);
	s->pid = fork();
	CHECK(s->pid >= 0);
	if (!s->pid) {
		setenv("NTLM_USER_FILE", users, 1);
		dup2(fds[1], STDOUT_FILENO);
		close(fds[0]);
		close(fds[1]);
		exec_rogue(address, trick);
	}
	close(fds[1]);
	close(fd);
	out = fdopen(fds[0], "r");
	if (!out || fscanf(out, "%u", &port) != 1)
		FAIL("the server does not start");
	s->port = (uint16_t)port;
	s->out = fds[0];
}

void rogue_params(struct ntlm_rpc_test_connect *con, const struct server *s,
		  const char *address, uint32_t level)
{
	static unsigned int count;

	memset(con, 0, sizeof(*con));
	CHECK(client_server(&con->server, address, s->port,
			    &srvsvc_interface));
	con->server.timeout_ms = PATIENT_MS;
	con->level = level;
	/* A target that was refused is not tried again for a while. */
	snprintf(con->target, sizeof(con->target), "%s%d-%u",
		 setting("NTLM_TEST_ROGUE"), getpid(), count++);
}

void rogue_end(struct server *s)
{
	long long end = tap_now_ms() + 3000;
	int status;

	while (!waitpid(s->pid, &status, WNOHANG)) {
		if (tap_now_ms() > end) {
			kill(s->pid, SIGKILL);
			waitpid(s->pid, &status, 0);
			break;
		}
		tap_sleep_ms(5);
	}
	if (WIFEXITED(status) && WEXITSTATUS(status))
		FAIL("the server complains (status %d)", WEXITSTATUS(status));
	if (WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL)
		FAIL("the server died of signal %d", WTERMSIG(status));
}
