// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The module stays as long as it is used, and goes when it is not.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "../lib/driver.h"
#include "../lib/nl.h"
#include "../lib/tap.h"
#include "tests.h"

static int unload(const char *name)
{
	return syscall(SYS_delete_module, name, O_NONBLOCK) < 0 ? -errno : 0;
}

/* The driver for contexts is a module above: it goes last, and comes back. */
static void load(void)
{
	CHECK_EQ(run("modprobe", "-a", "ntlm", "ntlm_test", NULL), 0);
}

void unload_refused_while_a_context_is_there(void)
{
	int users = module_users(), fd = drv_context(NULL);

	CHECK_EQ(module_users(), users + 1);
	CHECK_ERR(unload("ntlm_test"), -EAGAIN);
	CHECK_ERR(unload("ntlm"), -EAGAIN);
	close(fd);
	CHECK_EQ(module_users(), users);
	CHECK_ERR(unload("ntlm_test"), 0);
	CHECK_ERR(unload("ntlm"), 0);
	load();
}

void unload_refused_while_a_helper_is_registered(void)
{
	struct nl nl;

	CHECK_ERR(unload("ntlm_test"), 0);
	CHECK_ERR(nl_open(&nl), 0);
	CHECK_ERR(ntlm_register(&nl), 0);
	CHECK_ERR(unload("ntlm"), -EAGAIN);
	CHECK_ERR(ntlm_accept(&nl, NULL), -EAGAIN);
	nl_close(&nl);
	CHECK_ERR(unload("ntlm"), 0);
	load();
}

void unload_refused_while_a_request_waits(void)
{
	struct drv_params p = { .timeout_ms = 60000 };
	struct client c;
	struct nl nl;

	set_grace_ms(60000);
	CHECK_ERR(nl_open(&nl), 0);
	fake_kill(fake_start(FAKE_IDLE));
	client_start(&c, drv_context(&p), NULL, 0);
	wait_for_requests(&nl, 1, 0);
	CHECK_ERR(unload("ntlm_test"), -EAGAIN);
	CHECK_ERR(unload("ntlm"), -EAGAIN);
	drv_cancel(c.fd);
	CHECK_ERR(client_join(&c), -ECANCELED);
	close(c.fd);
}

/* Sockets, group members and a grace time that runs are no users. */
void unload_in_the_grace_time_with_listeners(void)
{
	struct nl nl;
	int i;

	for (i = 0; i < 10; i++) {
		set_grace_ms(100);
		CHECK_ERR(nl_open(&nl), 0);
		CHECK_ERR(nl_join_events(&nl), 0);
		fake_kill(fake_start(FAKE_IDLE));
		CHECK_ERR(unload("ntlm_test"), 0);
		CHECK_ERR(unload("ntlm"), 0);
		CHECK_ERR(ntlm_register(&nl), -ENOENT);
		tap_sleep_ms(150);
		nl_close(&nl);
		load();
	}
}
