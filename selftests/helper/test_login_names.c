// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Names of logins that would drive a terminal or forge a line of the log.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-event.h>

#include "control_serve.h"
#include "cred/cred_login.h"
#include "logged.h"
#include "tap.h"

#define ALICE		1001
/* what turns a line around, in UTF-8 */
#define OVERRIDE	"\xe2\x80\xae"

/* no other source is open here */
const struct ntlm_cred_source *const cred_sources[] = {
	&cred_login_source, NULL
};

static struct control_answer answer;

static unsigned int login(const char *target, const char *user,
			  const char *domain)
{
	static const struct control_hooks hooks;
	struct control_session s = {
		.peer = ALICE, .hooks = &hooks, .secret_fd = -1,
	};
	struct control_order order = { .op = CONTROL_LOGIN, .uid = CONTROL_NOBODY };
	unsigned int status;

	snprintf(order.target, sizeof(order.target), "%s", target);
	snprintf(order.user, sizeof(order.user), "%s", user);
	snprintf(order.domain, sizeof(order.domain), "%s", domain);
	control_serve(&s, &order, &answer);
	status = answer.head.status;
	if (!status) {
		memset(s.secret, 1, NTLM_HASH_SIZE);
		order = (struct control_order){ .op = CONTROL_COMMIT,
						.uid = CONTROL_NOBODY };
		control_serve(&s, &order, &answer);
		status = answer.head.status;
	}
	control_session_end(&s);
	return status;
}

static void test_refused(void)
{
	static const char *const bad[] = {
		"a\x1b[2J", "a\x7f", "a\xc2\x80", "a\xc2\x9b" "2J", "a\xc2\x85",
		"a\x9b", "a\xed\xa0\x80",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		tap_number(login("host", bad[i], ""), EINVAL,
			   "user with a control character, %zu", i);
		tap_number(login("host", "user", bad[i]), EINVAL,
			   "domain with a control character, %zu", i);
		tap_number(login(bad[i], "user", ""), EINVAL,
			   "target with a control character, %zu", i);
	}
	tap_number(login("host", "J\xc3\xb6rg \xd0\xaf", "\xe6\x97\xa5"), 0,
		   "names of other languages are taken");
}

static void test_logged(void)
{
	logged_start();
	tap_number(login("logged", "a" OVERRIDE "b target=cifs/other", "LAB"), 0,
		   "a user name that turns the line around is taken");
	tap_ok(logged_has("target=*/logged user=\"LAB\\a?b target=cifs/other\""),
	       "but not logged as it is, and in quotes");
	tap_ok(!logged_has(OVERRIDE), "nowhere");
	logged_show();
}

int main(void)
{
	struct config config = {
		.login_lifetime = 60, .login_lifetime_max = 100,
	};
	sd_event *event;

	if (sd_event_new(&event) < 0)
		return 2;
	logged_start();
	if (cred_login_source.open(event, &config) < 0)
		return 2;
	test_refused();
	test_logged();
	cred_login_source.close();
	sd_event_unref(event);
	return tap_done();
}
