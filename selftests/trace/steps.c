// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a client and a helper do for the tracepoints of run.sh, each step alone:
 *
 *	trace_steps message	seals a message, and is given one that is none
 *	trace_steps requeue	a helper dies with the request that it accepted
 *	trace_steps cancel	an exchange that waits is cancelled
 *
 * TAP; run.sh looks at the trace.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "../lib/driver.h"
#include "../lib/tap.h"

static void message(void)
{
	const struct drv_params p = { .required = 9 };	/* INTEGRITY, CONFIDENTIALITY */
	uint8_t data[100] = { 0 }, none[16] = { 1 }, signature[16];
	pid_t helper = fake_start(FAKE_SERVE);
	int fd = drv_context(&p);

	CHECK_ERR(drv_establish(fd), 0);
	CHECK_ERR(drv_seal(fd, data, sizeof(data), signature), 0);
	CHECK_ERR(drv_unseal(fd, data, sizeof(data), none), -EBADMSG);
	close(fd);
	fake_kill(helper);
}

static void waits(struct nl *nl, struct client *c)
{
	const struct drv_params p = { .timeout_ms = 60000 };

	CHECK_ERR(nl_open(nl), 0);
	client_start(c, drv_context(&p), NULL, 0);
	wait_for_requests(nl, 0, 1);
}

static void requeue(void)
{
	pid_t first = fake_start(FAKE_HOLD), second;
	struct client c;
	struct nl nl;

	set_grace_ms(20000);
	waits(&nl, &c);
	fake_kill(first);
	second = fake_start(FAKE_SERVE);
	CHECK_ERR(client_join(&c), -EINPROGRESS);
	close(c.fd);
	fake_kill(second);
}

static void cancel(void)
{
	pid_t helper = fake_start(FAKE_HOLD);
	struct client c;
	struct nl nl;

	waits(&nl, &c);
	drv_cancel(c.fd);
	CHECK_ERR(client_join(&c), -ECANCELED);
	close(c.fd);
	fake_kill(helper);
}

int main(int argc, char **argv)
{
	static const struct tap_test tests[] = {
		TAP_TEST(message, 0), TAP_TEST(requeue, 0), TAP_TEST(cancel, 0),
	};

	return tap_main(argc, argv, "step", tests,
			sizeof(tests) / sizeof(tests[0]), quiet_before, quiet_after);
}
