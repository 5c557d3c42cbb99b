// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Logins of the shortest lifetime, with a clock that goes on by itself between
 * any two looks at it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <systemd/sd-event.h>
#include <time.h>
#include <unistd.h>

#include "cred/cred_login.h"
#include "logged.h"
#include "tap.h"

#define ALICE	1001
#define LIFETIME_MAX 1000

/* no other source is open here */
const struct ntlm_cred_source *const cred_sources[] = {
	&cred_login_source, NULL
};

/* time that goes by at each look, and all of it until now */
static time_t step, passed;

/* That of libc, except that time goes by. */
int clock_gettime(clockid_t id, struct timespec *ts)
{
	int r = (int)syscall(SYS_clock_gettime, id, ts);

	if (r || id != CLOCK_BOOTTIME)
		return r;
	passed += step;
	ts->tv_sec += passed;
	/* never a whole second, so that a test does not depend on when it runs */
	ts->tv_nsec = 500000000;
	return 0;
}

static int add(const char *server, uint64_t lifetime, time_t seconds_a_look,
	       struct login *added, const char **why)
{
	static const uint8_t hash[NTLM_HASH_SIZE] = { 1 };
	const struct login login = {
		.uid = ALICE,
		.pattern = server,
		.user = "alice",
		.domain = "LAB",
		.seconds_left = lifetime,
	};
	int r;

	step = seconds_a_look;
	r = login_add(&login, hash, added, why);
	step = 0;
	return r;
}

static unsigned int count(uint64_t *seconds_left)
{
	struct login login;
	uint32_t index = 0;
	unsigned int n = 0;

	while (login_next(&index, true, 0, &login)) {
		*seconds_left = login.seconds_left;
		n++;
	}
	return n;
}

static void test_gone(const char *what)
{
	const char *why = "";
	struct login added;

	tap_number(add("short", 1, 10, &added, &why), -ETIME,
		   "%s, a login that expires at once is refused", what);
	tap_ok(!strcmp(why, "it has expired already"), "%s, that is said", what);
}

static void test_short(void)
{
	const char *why = "";
	struct login added = { 0 };
	uint64_t left = 0;

	tap_number(add("short", 1, 1, &added, &why), 0,
		   "a second that turns meanwhile is not the login's");
	tap_ok(added.pattern && !strcmp(added.pattern, "*/short") &&
	       added.seconds_left == 1, "and it is told as asked for");
	passed += 5;
	tap_number(count(&left), 0, "then it expires");
}

static void test_length(void)
{
	const char *why = "";
	struct login added = { 0 };
	uint64_t left = 0;

	tap_number(add("long", LIFETIME_MAX, 0, &added, &why), 0,
		   "the longest lifetime is taken");
	tap_number(count(&left), 1, "the login is there");
	tap_number(left, LIFETIME_MAX, "and shown with its whole lifetime");
	test_gone("beside another one");
	tap_number(count(&left), 1, "the other one stays");
	passed = 0;
	step = 0;
}

int main(void)
{
	struct config config = {
		.login_lifetime = 60, .login_lifetime_max = LIFETIME_MAX,
	};
	sd_event *event;

	if (sd_event_new(&event) < 0)
		return 2;
	logged_start();
	if (cred_login_source.open(event, &config) < 0)
		return 2;
	test_gone("alone");
	test_short();
	test_length();
	cred_login_source.close();
	sd_event_unref(event);
	return tap_done();
}
