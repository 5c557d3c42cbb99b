// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The real daemon, with one allocation failing in the system calls that it makes
 * for an exchange.  Needs NTLM_BIN, the directory of ntlmd.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../lib/tap.h"
#include "calls.h"
#include "inject.h"
#include "tests.h"

#define LOG "/run/failslab-ntlmd.log"

/* [MS-NLMP] section 4.2.4.3 */
static const uint8_t challenge[] = {
	0x4e, 0x54, 0x4c, 0x4d, 0x53, 0x53, 0x50, 0x00,
	0x02, 0x00, 0x00, 0x00, 0x0c, 0x00, 0x0c, 0x00,
	0x38, 0x00, 0x00, 0x00, 0x33, 0x82, 0x8a, 0xe2,
	0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x24, 0x00, 0x24, 0x00, 0x44, 0x00, 0x00, 0x00,
	0x06, 0x00, 0x70, 0x17, 0x00, 0x00, 0x00, 0x0f,
	0x53, 0x00, 0x65, 0x00, 0x72, 0x00, 0x76, 0x00,
	0x65, 0x00, 0x72, 0x00, 0x02, 0x00, 0x0c, 0x00,
	0x44, 0x00, 0x6f, 0x00, 0x6d, 0x00, 0x61, 0x00,
	0x69, 0x00, 0x6e, 0x00, 0x01, 0x00, 0x0c, 0x00,
	0x53, 0x00, 0x65, 0x00, 0x72, 0x00, 0x76, 0x00,
	0x65, 0x00, 0x72, 0x00, 0x00, 0x00, 0x00, 0x00
};

static pid_t ntlmd;

static void credential(void)
{
	CHECK_EQ(run("bash", "-c",
		     ". selftests/lib/ntlmd.sh && ntlmd_account && ntlmd_credential \"$@\"",
		     "bash", "test", "[credential]", "uid = 0",
		     "target = cifs/server", "user = alice",
		     "domain = EXAMPLE", "password = correct horse", NULL), 0);
}

/* Returns when the daemon is registered. */
static void ntlmd_start(void)
{
	long long end = tap_now_ms() + 30000;
	struct ntlm_counters c;
	char path[512];
	struct nl nl;
	int fd;

	CHECK_ERR(nl_open(&nl), 0);
	snprintf(path, sizeof(path), "%s/ntlmd", getenv("NTLM_BIN"));
	ntlmd = fork();
	CHECK(ntlmd >= 0);
	if (!ntlmd) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		fd = open(LOG, O_WRONLY | O_CREAT | O_APPEND, 0644);
		dup2(fd, 1);
		dup2(fd, 2);
		execl(path, "ntlmd", "--foreground", NULL);
		_exit(127);
	}
	do {
		CHECK_ERR(ntlm_stats(&nl, &c), 0);
		if (c.helper_pid == (uint32_t)ntlmd) {
			nl_close(&nl);
			return;
		}
		if (waitpid(ntlmd, NULL, WNOHANG) == ntlmd)
			break;
		tap_sleep_ms(5);
	} while (tap_now_ms() < end);
	run("tail", "-n", "20", LOG, NULL);
	FAIL("ntlmd did not register");
}

static int log_on(void)
{
	int fd = drv_context(&(struct drv_params){ .timeout_ms = 20000 }), err;

	err = drv_exchange(fd, NULL, 0, NULL, NULL);
	if (err == -EINPROGRESS)
		err = drv_exchange(fd, challenge, sizeof(challenge), NULL,
				   NULL);
	close(fd);
	return err;
}

/* It lives, whatever the client was told. */
static void alive(int err)
{
	int status;

	if (!waitpid(ntlmd, &status, WNOHANG))
		return;
	run("tail", "-n", "20", LOG, NULL);
	FAIL("ntlmd ended with status %#x when a client was told %s", status,
	     tap_errno(err));
}

void logon_through_ntlmd(void)
{
	/* An error of the helper's own, as documented */
	static const int own[] = { EIO, 0 };
	const struct operation op = {
		.run = log_on,
		.finish = alive,
		.allowed = own,
	};

	inject_init();
	credential();
	ntlmd_start();
	inject_other(ntlmd);
	inject_sweep(&op);
	kill(ntlmd, SIGTERM);
	waitpid(ntlmd, NULL, 0);
}
