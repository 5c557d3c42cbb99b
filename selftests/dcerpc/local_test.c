// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the RPC client owes to its surroundings: signals, threads, network
 * namespaces.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "setup.h"

/* The socket belongs to the kernel: no process has it. */
static void socket_of_kernel(void)
{
	struct ntlm_rpc_test_connect con;
	char command[128], line[512];
	struct server server;
	FILE *ss;
	int fd;

	rogue_start(&server, "127.0.0.1", "good");
	rogue_params(&con, &server, "127.0.0.1", LEVEL_NONE);
	fd = must_connect(&con);
	snprintf(command, sizeof(command), "ss -tnpH 'dport = :%u'",
		 server.port);
	ss = popen(command, "r");
	CHECK(ss && fgets(line, sizeof(line), ss));
	tap_note("%.*s", (int)strcspn(line, "\n"), line);
	CHECK(!strncmp(line, "ESTAB", 5));
	CHECK(!strstr(line, "users:"));
	CHECK(!fgets(line, sizeof(line), ss));
	pclose(ss);
	close(fd);
	rogue_end(&server);
}

static volatile sig_atomic_t alarms;

static void on_alarm(int sig)
{
	(void)sig;
	alarms++;
}

/* A signal that does not kill ends neither the call nor the connection. */
static void signal_handled(void)
{
	const struct itimerval every = { { 0, 100000 }, { 0, 100000 } };
	const struct itimerval never = { 0 };
	struct sigaction action = { .sa_handler = on_alarm };
	struct ntlm_rpc_test_connect con;
	struct server server;
	struct answer answer;
	int fd;

	rogue_start(&server, "127.0.0.1", "good-late");
	rogue_params(&con, &server, "127.0.0.1", LEVEL_NONE);
	fd = must_connect(&con);
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &every, NULL);
	CHECK_ERR(client_call(fd, 1, "hello", 5, &answer), 0);
	setitimer(ITIMER_REAL, &never, NULL);
	CHECK_EQ(answer.len, 5);
	CHECK(alarms > 0);
	free(answer.data);
	close(fd);
	rogue_end(&server);
}

/* SIGKILL ends a process that waits for a server which does not answer. */
static void killed(const char *trick, bool in_call)
{
	struct ntlm_rpc_test_connect con;
	struct server server;
	struct answer answer;
	long long start;
	int fd, status;
	pid_t pid;

	rogue_start(&server, "127.0.0.1", trick);
	rogue_params(&con, &server, "127.0.0.1", LEVEL_NONE);
	fd = must_open();
	if (in_call)
		CHECK_ERR(client_connect(fd, &con), 0);
	pid = fork();
	CHECK(pid >= 0);
	if (!pid) {
		if (in_call)
			client_call(fd, 1, "hello", 5, &answer);
		else
			client_connect(fd, &con);
		_exit(0);
	}
	tap_sleep_ms(700);
	CHECK_EQ(waitpid(pid, &status, WNOHANG), 0);
	start = tap_now_ms();
	kill(pid, SIGKILL);
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	CHECK(tap_now_ms() - start < 3000);
	CHECK_ERR(client_call(fd, 1, "hello", 5, &answer), -ENOTCONN);
	close(fd);
	rogue_end(&server);
}

static void killed_in_connect(void)
{
	killed("silent", false);
}

static void killed_in_call(void)
{
	killed("silent-after-request", true);
}

#define THREADS 4

static void *call_often(void *arg)
{
	int fd = *(int *)arg, i;
	struct answer answer;
	uint8_t data[3000];

	for (i = 0; i < 50; i++) {
		memset(data, i, sizeof(data));
		if (client_call(fd, 1, data, sizeof(data), &answer) ||
		    answer.len != sizeof(data) ||
		    memcmp(answer.data, data, sizeof(data)))
			return (void *)1;
		free(answer.data);
	}
	return NULL;
}

/* Calls of several threads on one connection take turns. */
static void threads(void)
{
	struct ntlm_rpc_test_connect con;
	pthread_t thread[THREADS];
	struct server server;
	void *result;
	int fd, i;

	rogue_start(&server, "127.0.0.1", "good");
	rogue_params(&con, &server, "127.0.0.1", LEVEL_PRIVACY);
	con.max_xmit_frag = 2048;
	fd = must_connect(&con);
	for (i = 0; i < THREADS; i++)
		CHECK(!pthread_create(&thread[i], NULL, call_often, &fd));
	for (i = 0; i < THREADS; i++) {
		CHECK(!pthread_join(thread[i], &result));
		CHECK(!result);
	}
	close(fd);
	rogue_end(&server);
}

#define OUTSIDE	"10.99.77.1"
#define INSIDE	"10.99.77.2"

static void run(const char *command)
{
	if (system(command))
		FAIL("failed: %s", command);
}

/* Lives in a namespace of its own; connects both files from there. */
static _Noreturn void live_inside(const int to[2], const int from[2],
				  const int fds[2],
				  const struct ntlm_rpc_test_connect cons[2])
{
	char byte = 0;
	int err;

	if (unshare(CLONE_NEWNET) || write(from[1], &byte, 1) != 1 ||
	    read(to[0], &byte, 1) != 1)
		_exit(1);
	run("ip addr add " INSIDE "/24 dev rpc1 && ip link set rpc1 up");
	err = client_connect(fds[0], &cons[0]);
	if (!err)
		err = client_connect(fds[1], &cons[1]);
	byte = (char)-err;
	if (write(from[1], &byte, 1) == 1)
		pause();
	_exit(1);
}

struct waiting_call {
	int	fd;
	int	err;
};

static void *call_once(void *arg)
{
	struct waiting_call *call = arg;
	struct answer answer;

	call->err = client_call(call->fd, 1, "hello", 5, &answer);
	return NULL;
}

/*
 * The last process of a namespace ends while one connection in it is idle and
 * another waits for an answer: both end, long before their time limit, though
 * the servers are alive.
 */
static void namespace_ends(void)
{
	const int fds[2] = { must_open(), must_open() };
	struct ntlm_rpc_test_connect cons[2];
	struct server servers[2];
	struct waiting_call call = { fds[0], 0 };
	struct answer answer;
	char command[256], byte;
	int to[2], from[2];
	pthread_t thread;
	long long start;
	pid_t pid;

	CHECK(!pipe(to) && !pipe(from));
	/* The kernel of a guest may have the driver built in. */
	if (system("modprobe -q veth"))
		tap_note("no veth.ko");
	run("ip link add rpc0 type veth peer name rpc1");
	run("ip addr add " OUTSIDE "/24 dev rpc0 && ip link set rpc0 up");
	rogue_start(&servers[0], OUTSIDE, "silent-after-request");
	rogue_start(&servers[1], OUTSIDE, "good");
	rogue_params(&cons[0], &servers[0], OUTSIDE, LEVEL_NONE);
	rogue_params(&cons[1], &servers[1], OUTSIDE, LEVEL_NONE);
	fflush(NULL);
	pid = fork();
	CHECK(pid >= 0);
	if (!pid)
		live_inside(to, from, fds, cons);
	CHECK_EQ(read(from[0], &byte, 1), 1);
	snprintf(command, sizeof(command), "ip link set rpc1 netns %d", pid);
	run(command);
	CHECK_EQ(write(to[1], &byte, 1), 1);
	CHECK_EQ(read(from[0], &byte, 1), 1);
	CHECK_ERR(-byte, 0);

	CHECK_ERR(client_call(fds[1], 1, "hello", 5, &answer), 0);
	free(answer.data);
	CHECK(!pthread_create(&thread, NULL, call_once, &call));
	tap_sleep_ms(500);
	start = tap_now_ms();
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	CHECK(!pthread_join(thread, NULL));
	tap_note("ended after %lld ms", tap_now_ms() - start);
	CHECK_ERR(call.err, -ESHUTDOWN);
	CHECK(tap_now_ms() - start < PATIENT_MS / 2);
	CHECK_ERR(client_call(fds[1], 1, "hello", 5, &answer), -ESHUTDOWN);
	CHECK_ERR(client_call(fds[0], 1, "hello", 5, &answer), -ESHUTDOWN);
	/* Another namespace is as good as the first. */
	CHECK_ERR(client_close(fds[1]), 0);
	close(fds[0]);
	close(fds[1]);
	kill(servers[0].pid, SIGKILL);
	kill(servers[1].pid, SIGKILL);
	rogue_end(&servers[0]);
	rogue_end(&servers[1]);
	if (system("ip link del rpc0 2>/dev/null"))
		tap_note("the devices went with the namespace");
}

#define T(fn) TAP_TEST(fn, 120)
static const struct tap_test tests[] = {
	T(socket_of_kernel), T(signal_handled), T(killed_in_connect),
	T(killed_in_call), T(threads), T(namespace_ends),
};

int main(int argc, char **argv)
{
	return tap_main(argc, argv, "rpc-local", tests,
			sizeof(tests) / sizeof(*tests), NULL, NULL);
}
