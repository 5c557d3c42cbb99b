// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The real daemon, with gss-ntlmssp as the server that checks its work.  Needs
 * NTLM_BIN, the directory of ntlmd.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>
#include "../gss/acceptor.h"
#include "../lib/driver.h"
#include "../lib/nl.h"
#include "../lib/tap.h"
#include "tests.h"

#define DOMAIN		"EXAMPLE"
#define USER		"alice"
#define PASSWORD	"correct horse"
#define USER_FILE	"/run/ntlm-test-users"
#define LOG		"/run/ntlm-test-ntlmd.log"
#define LOGON_FAILURE	0xC000006D

static const struct drv_params wanted = {
	.required = NTLM_OPT_INTEGRITY | NTLM_OPT_CONFIDENTIALITY,
	.timeout_ms = 60000,
};

static void credential(const char *password)
{
	char line[128];

	snprintf(line, sizeof(line), "password = %s", password);
	CHECK_EQ(run("bash", "-c",
		     ". selftests/lib/ntlmd.sh && ntlmd_account && ntlmd_credential \"$@\"",
		     "bash", "test", "[credential]", "uid = 0",
		     "target = cifs/server", "user = " USER,
		     "domain = " DOMAIN, line, NULL), 0);
}

/* Returns when the daemon is registered. */
static pid_t ntlmd_start(struct nl *nl)
{
	long long end = tap_now_ms() + 30000;
	struct ntlm_counters c;
	char path[512];
	pid_t pid;
	int fd;

	snprintf(path, sizeof(path), "%s/ntlmd", getenv("NTLM_BIN"));
	pid = fork();
	CHECK(pid >= 0);
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		fd = open(LOG, O_WRONLY | O_CREAT | O_APPEND, 0644);
		dup2(fd, 1);
		dup2(fd, 2);
		execl(path, "ntlmd", "--foreground", NULL);
		_exit(127);
	}
	do {
		CHECK_ERR(ntlm_stats(nl, &c), 0);
		if (c.helper_pid == (uint32_t)pid)
			return pid;
		if (waitpid(pid, NULL, WNOHANG) == pid)
			break;
		tap_sleep_ms(5);
	} while (tap_now_ms() < end);
	run("tail", "-n", "20", LOG, NULL);
	FAIL("ntlmd did not register");
}

static void setup(struct nl *nl, const char *password)
{
	FILE *f = fopen(USER_FILE, "w");

	CHECK(f);
	fputs(DOMAIN ":" USER ":" PASSWORD "\n", f);
	fclose(f);
	setenv("NTLM_USER_FILE", USER_FILE, 1);
	/* The acceptor asks no winbind. */
	setenv("NETBIOS_COMPUTER_NAME", "SERVER", 1);
	setenv("NETBIOS_DOMAIN_NAME", DOMAIN, 1);
	credential(password);
	CHECK_ERR(nl_open(nl), 0);
	set_grace_ms(60000);
}

/* Leg 0 and the server's answer to it. */
static void first_leg(int fd, struct acceptor *a, void **challenge, size_t *len)
{
	uint8_t *out = malloc(NTLM_MAX_TOKEN);
	size_t out_len;

	CHECK(acceptor_open(a, 0));
	CHECK_ERR(drv_exchange(fd, NULL, 0, out, &out_len), -EINPROGRESS);
	if (!acceptor_step(a, out, out_len, NULL, challenge, len)) {
		acceptor_why(a);
		FAIL("the server refused NEGOTIATE");
	}
	free(out);
}

/* The last leg; returns whether the server accepts. */
static bool last_leg(int fd, struct acceptor *a, const void *challenge,
		     size_t len)
{
	uint8_t *out = malloc(NTLM_MAX_TOKEN);
	size_t out_len, none;
	void *more;
	bool ok;

	CHECK_ERR(drv_exchange(fd, challenge, len, out, &out_len), 0);
	ok = acceptor_step(a, out, out_len, NULL, &more, &none);
	free(out);
	return ok && a->established;
}

static void same_key(int fd, struct acceptor *a)
{
	struct ntlm_test_info info = drv_info(fd);
	uint8_t key[ACCEPTOR_KEY_SIZE];

	CHECK_ERR(info.key_result, 0);
	CHECK(acceptor_key(a, key));
	CHECK(!memcmp(info.key, key, sizeof(key)));
	CHECK(!strcmp(info.user, USER));
}

/* A whole exchange that the server has to accept. */
static void accepted_exchange(void)
{
	int fd = drv_context(&wanted);
	struct acceptor a;
	void *challenge;
	size_t len;

	first_leg(fd, &a, &challenge, &len);
	if (!last_leg(fd, &a, challenge, len)) {
		acceptor_why(&a);
		FAIL("the server refused the logon");
	}
	same_key(fd, &a);
	drv_report(fd, 0);
	acceptor_close(&a);
	close(fd);
}

static void stop_daemon(pid_t pid)
{
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
}

void ntlmd_and_the_server_have_the_same_key(void)
{
	struct nl nl;
	pid_t pid;

	setup(&nl, PASSWORD);
	pid = ntlmd_start(&nl);
	accepted_exchange();
	stop_daemon(pid);
}

void ntlmd_remembers_a_refusal_until_the_credential_changes(void)
{
	struct ntlm_counters before, after;
	struct acceptor a;
	void *challenge;
	long long start;
	size_t len, i;
	struct nl nl;
	pid_t pid;
	int fd, err;

	setup(&nl, "wrong");
	pid = ntlmd_start(&nl);
	fd = drv_context(&wanted);
	first_leg(fd, &a, &challenge, &len);
	CHECK(!last_leg(fd, &a, challenge, len));
	CHECK(a.refused);
	acceptor_close(&a);
	drv_report(fd, LOGON_FAILURE);
	close(fd);

	/* Refused before there is a token: nothing can go to the wire. */
	CHECK_ERR(ntlm_stats(&nl, &before), 0);
	for (i = 0; i < 5; i++) {
		fd = drv_context(&wanted);
		start = tap_now_ms();
		CHECK_ERR(drv_exchange(fd, NULL, 0, NULL, &len),
			  -EKEYREJECTED);
		CHECK(tap_now_ms() - start < 20000);
		CHECK_EQ(len, 0);
		close(fd);
	}
	CHECK_ERR(ntlm_stats(&nl, &after), 0);
	CHECK_EQ(after.failed, before.failed + 5);

	/* The daemon runs on, without rights, and sees the new file itself. */
	credential(PASSWORD);
	start = tap_now_ms();
	do {
		fd = drv_context(&wanted);
		err = drv_exchange(fd, NULL, 0, NULL, NULL);
		close(fd);
		CHECK(err == -EKEYREJECTED || err == -EINPROGRESS);
	} while (err != -EINPROGRESS && tap_now_ms() - start < 30000);
	CHECK_ERR(err, -EINPROGRESS);
	accepted_exchange();
	stop_daemon(pid);
}

/* Until the daemon has read a file that the server accepts, or does not */
static void wait_for_logons(bool wanted_result)
{
	long long end = tap_now_ms() + 30000;
	struct acceptor a;
	void *challenge;
	bool accepted;
	size_t len;
	int fd;

	do {
		fd = drv_context(&wanted);
		first_leg(fd, &a, &challenge, &len);
		accepted = last_leg(fd, &a, challenge, len);
		acceptor_close(&a);
		close(fd);
	} while (accepted != wanted_result && tap_now_ms() < end);
	CHECK_EQ(accepted, wanted_result);
}

/* The rotation of a credential that was right, both ways. */
void ntlmd_reads_a_rotated_credential(void)
{
	struct nl nl;
	pid_t pid;

	setup(&nl, PASSWORD);
	pid = ntlmd_start(&nl);
	accepted_exchange();
	credential("rotated");
	wait_for_logons(false);
	credential(PASSWORD);
	wait_for_logons(true);
	accepted_exchange();
	stop_daemon(pid);
}

void ntlmd_killed_before_accept(void)
{
	struct client c;
	struct nl nl;
	pid_t pid;

	setup(&nl, PASSWORD);
	pid = ntlmd_start(&nl);
	kill(pid, SIGSTOP);
	client_start(&c, drv_context(&wanted), NULL, 0);
	wait_for_requests(&nl, 1, 0);
	fake_kill(pid);
	CHECK(!atomic_load(&c.ended));
	pid = ntlmd_start(&nl);
	CHECK_ERR(client_join(&c), -EINPROGRESS);
	accepted_exchange();
	stop_daemon(pid);
}

/* Stops the daemon at its system calls until it has accepted, and kills it. */
static void kill_after_accept(struct nl *nl, pid_t pid)
{
	long long end = tap_now_ms() + 20000;
	struct ntlm_counters c;
	int status;

	while (tap_now_ms() < end) {
		CHECK_EQ(waitpid(pid, &status, __WALL), pid);
		CHECK(WIFSTOPPED(status));
		CHECK_ERR(ntlm_stats(nl, &c), 0);
		if (c.accepted) {
			fake_kill(pid);
			return;
		}
		CHECK(!ptrace(PTRACE_SYSCALL, pid, 0, 0));
	}
	FAIL("ntlmd did not accept");
}

void ntlmd_killed_after_accept(void)
{
	struct ntlm_counters before, after;
	struct acceptor a;
	void *challenge;
	struct client c;
	uint8_t *out = malloc(NTLM_MAX_TOKEN);
	struct nl nl;
	size_t len;
	pid_t pid;
	int fd, leg;

	setup(&nl, PASSWORD);
	CHECK_ERR(ntlm_stats(&nl, &before), 0);
	fd = drv_context(&wanted);
	CHECK(acceptor_open(&a, 0));
	for (leg = 0; leg < 2; leg++) {
		pid = ntlmd_start(&nl);
		CHECK(!ptrace(PTRACE_SEIZE, pid, 0, 0));
		CHECK(!ptrace(PTRACE_INTERRUPT, pid, 0, 0));
		client_start_out(&c, fd, leg ? challenge : NULL, leg ? len : 0,
				 out);
		kill_after_accept(&nl, pid);
		wait_for_requests(&nl, 1, 0);
		pid = ntlmd_start(&nl);
		CHECK_ERR(client_join(&c), leg ? 0 : -EINPROGRESS);
		stop_daemon(pid);
		if (!acceptor_step(&a, out, c.out_len, NULL, &challenge,
				   &len)) {
			acceptor_why(&a);
			FAIL("the server refused leg %d", leg);
		}
	}
	CHECK(a.established);
	same_key(fd, &a);
	CHECK_ERR(ntlm_stats(&nl, &after), 0);
	CHECK_EQ(after.requeued, before.requeued + 2);
	CHECK_EQ(after.done, before.done + 2);
}

void ntlmd_killed_between_the_legs(void)
{
	int fd = drv_context(&wanted);
	struct acceptor a;
	void *challenge;
	struct nl nl;
	size_t len;
	pid_t pid;

	setup(&nl, PASSWORD);
	pid = ntlmd_start(&nl);
	first_leg(fd, &a, &challenge, &len);
	fake_kill(pid);
	pid = ntlmd_start(&nl);
	CHECK(last_leg(fd, &a, challenge, len));
	same_key(fd, &a);
	stop_daemon(pid);
}

void ntlmd_has_no_credential_for_another_user(void)
{
	struct drv_params p = wanted;
	long long start;
	struct nl nl;
	pid_t pid;

	setup(&nl, PASSWORD);
	pid = ntlmd_start(&nl);
	p.uid = 1001;
	start = tap_now_ms();
	CHECK_ERR(drv_exchange(drv_context(&p), NULL, 0, NULL, NULL), -ENOKEY);
	CHECK(tap_now_ms() - start < 20000);
	stop_daemon(pid);
}

void ntlmd_serves_200_exchanges_at_once(void)
{
	struct drv_params p = wanted;
	struct client c[200];
	struct nl nl;
	pid_t pid;
	int i;

	setup(&nl, PASSWORD);
	allow_files(1024);
	pid = ntlmd_start(&nl);
	p.timeout_ms = 60000;
	kill(pid, SIGSTOP);
	for (i = 0; i < 200; i++)
		client_start(&c[i], drv_context(&p), NULL, 0);
	wait_for_requests(&nl, 200, 0);
	kill(pid, SIGCONT);
	for (i = 0; i < 200; i++)
		CHECK_ERR(client_join(&c[i]), -EINPROGRESS);
	stop_daemon(pid);
}
