// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Requests of the control socket: what is parsed, who may, and what the store of
 * logins makes of it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <systemd/sd-event.h>

#include "control_serve.h"
#include "cred/cred_login.h"
#include "logged.h"
#include "tap.h"

#define ALICE	1001
#define BOB	1002

/* no other source is open here */
const struct ntlm_cred_source *const cred_sources[] = {
	&cred_login_source, NULL
};

static struct control_answer answer;
static unsigned int changes;
static uint32_t changed_uid;

static void on_changed(void *arg, uint32_t uid, const char *pattern)
{
	(void)arg;
	(void)pattern;
	changes++;
	changed_uid = uid;
}

static const struct control_hooks hooks = { .login_changed = on_changed };

static struct control_session session_of(uint32_t peer)
{
	return (struct control_session){
		.peer = peer, .hooks = &hooks, .secret_fd = -1,
	};
}

static unsigned int ask(struct control_session *s, enum control_op op,
			uint32_t uid, const char *target, const char *user)
{
	struct control_order order = { .op = op, .uid = uid };

	snprintf(order.target, sizeof(order.target), "%s", target);
	snprintf(order.user, sizeof(order.user), "%s", user);
	control_serve(s, &order, &answer);
	return answer.head.status;
}

static unsigned int login(uint32_t peer, uint32_t uid, const char *target,
			  const char *user, char hash)
{
	struct control_session s = session_of(peer);
	unsigned int status = ask(&s, CONTROL_LOGIN, uid, target, user);

	if (!status) {
		memset(s.secret, hash, NTLM_HASH_SIZE);
		status = ask(&s, CONTROL_COMMIT, CONTROL_NOBODY, "", "");
	}
	control_session_end(&s);
	return status;
}

struct found {
	struct cred_lookup lookup;
	int error;
	char user[64];
	uint8_t hash;
};

static void on_found(struct cred_lookup *lookup, int error,
		     const struct cred *cred)
{
	struct found *f = (struct found *)lookup;

	f->error = error;
	if (error)
		return;
	snprintf(f->user, sizeof(f->user), "%s", cred->user);
	f->hash = cred->nt_hash[0];
}

static struct found look(uint32_t uid, const char *target, bool unverified)
{
	struct found f = {
		.lookup = {
			.uid = uid, .target = target, .done = on_found,
			.target_unverified = unverified,
		},
		.error = 1,
	};

	cred_login_source.lookup(&f.lookup);
	return f;
}

static void test_parse(void)
{
	struct {
		struct control_request head;
		char text[8];
	} m = {
		.head = {
			.magic = CONTROL_MAGIC, .version = CONTROL_VERSION,
			.op = CONTROL_LOGIN, .uid = CONTROL_NOBODY,
			.target_len = 4, .user_len = 2, .domain_len = 2,
		},
		.text = "hostalAB",
	};
	const size_t len = sizeof(struct control_request) + 8;
	struct control_order order;
	unsigned int wrong = 0;
	const char *why;

	tap_number((unsigned int)control_parse(&m, len, &order, &why), 0,
		   "a login is parsed");
	tap_ok(!strcmp(order.target, "host") && !strcmp(order.user, "al") &&
	       !strcmp(order.domain, "AB"), "its texts are told apart");
	for (size_t i = 0; i < len; i++) {
		void *exact = malloc(i ? i : 1);

		memcpy(exact, &m, i);
		wrong += control_parse(exact, i, &order, &why) != -EINVAL;
		free(exact);
	}
	tap_number(wrong, 0, "cut anywhere it is refused");
	m.head.domain_len = 1;
	tap_ok(control_parse(&m, len, &order, &why) == -EINVAL,
	       "more than its texts is refused");
	m.head.domain_len = 2;
	m.head.version = 2;
	tap_ok(control_parse(&m, len, &order, &why) == -EPROTONOSUPPORT,
	       "another version is named");
}

static void test_who(void)
{
	struct control_session s = session_of(ALICE);
	struct control_order all = { .op = CONTROL_LIST, .uid = CONTROL_NOBODY,
				     .flags = CONTROL_EVERYBODY };

	tap_number(login(ALICE, CONTROL_NOBODY, "host", "alice", 'a'), 0,
		   "a user logs in");
	tap_ok(changes == 1 && changed_uid == ALICE, "that is told");
	tap_number(login(ALICE, BOB, "host", "alice", 'x'), EPERM,
		   "not for another user");
	tap_number(login(0, BOB, "host", "bob", 'b'), 0, "root may");
	tap_number(login(65534, CONTROL_NOBODY, "host", "n", 'x'), EPERM,
		   "nobody of another user namespace may");
	tap_ok(look(ALICE, "cifs/host", false).hash == 'a' &&
	       look(BOB, "cifs/host", false).hash == 'b', "each has his own");
	tap_ok(look(1003, "cifs/host", false).error == -ENOKEY,
	       "a third has none");
	control_serve(&s, &all, &answer);
	tap_number(answer.head.status, EPERM, "a user may not list all");
	ask(&s, CONTROL_LIST, CONTROL_NOBODY, "", "");
	tap_number(answer.head.count, 1, "a user lists his own");
	s.peer = 0;
	control_serve(&s, &all, &answer);
	tap_number(answer.head.count, 2, "root lists all");
	s.peer = BOB;
	tap_number(ask(&s, CONTROL_LOGOUT, ALICE, "host", ""), EPERM,
		   "a user may not log another out");
	tap_ok(!look(ALICE, "cifs/host", false).error, "and nothing happens");
}

static void test_choice(void)
{
	login(ALICE, CONTROL_NOBODY, "*.example.com", "wide", 'w');
	login(ALICE, CONTROL_NOBODY, "cifs/*.example.com", "service", 's');
	login(ALICE, CONTROL_NOBODY, "nas.example.com", "literal", 'l');
	tap_ok(look(ALICE, "cifs/nas.example.com", false).hash == 'l',
	       "a host in full wins");
	tap_ok(look(ALICE, "cifs/x.example.com", false).hash == 's',
	       "the longer pattern wins");
	tap_ok(look(ALICE, "http/x.example.com", false).hash == 'w',
	       "the other is for other services");
	tap_ok(look(ALICE, "cifs/x.example.com", true).error == -ENOKEY,
	       "no pattern matches an unverified target");
	tap_ok(look(ALICE, "cifs/nas.example.com", true).hash == 'l',
	       "but a host in full does");
	login(ALICE, CONTROL_NOBODY, "host", "second", '2');
	tap_ok(look(ALICE, "cifs/host", false).hash == '2', "the newer wins");
	login(ALICE, CONTROL_NOBODY, "HOST", "SECOND", '3');
	tap_ok(look(ALICE, "cifs/host", false).hash == '3',
	       "the same in other case is replaced");
}

static void test_limits(void)
{
	struct control_session s = session_of(BOB);
	unsigned int status = 0;
	char name[16];

	ask(&s, CONTROL_LOGOUT, CONTROL_NOBODY, "", "");
	for (int i = 0; i < LOGIN_MAX_UID; i++) {
		snprintf(name, sizeof(name), "u%d", i);
		status |= login(BOB, CONTROL_NOBODY, "many", name, 'm');
	}
	tap_number(status, 0, "as many logins as a user may have");
	tap_number(login(BOB, CONTROL_NOBODY, "many", "more", 'm'), EDQUOT,
		   "and no more");
	tap_number(login(BOB, CONTROL_NOBODY, "many", "u3", 'n'), 0,
		   "but one of them may change");
	status = 0;
	for (uint32_t i = 0; i < LOGIN_MAX && status != ENOSPC; i++)
		status = login(0, 2000 + i, "host", "u", 'x');
	tap_number(status, ENOSPC, "as many logins as all may have");
	tap_number(login(ALICE, CONTROL_NOBODY, "host", "second", '4'), 0,
		   "and then one of them may change, too");
	tap_ok(look(ALICE, "cifs/host", false).hash == '4', "and is used");
}

static void test_pages(void)
{
	struct control_session s = session_of(0);
	struct control_order order = { .op = CONTROL_LIST, .uid = CONTROL_NOBODY,
				       .flags = CONTROL_EVERYBODY };
	unsigned int rows = 0, pages = 0;

	do {
		control_serve(&s, &order, &answer);
		rows += answer.head.count;
		order.cursor = answer.head.cursor;
		pages++;
	} while (order.cursor && pages < 1000);
	tap_note("%u rows on %u pages", rows, pages);
	tap_ok(rows == LOGIN_MAX - 1 && pages > 1, "a long list comes on pages");
	order = (struct control_order){ .op = CONTROL_LOGOUT,
					.uid = CONTROL_NOBODY,
					.flags = CONTROL_EVERYBODY };
	control_serve(&s, &order, &answer);
	tap_number(answer.head.count, LOGIN_MAX - 1, "root logs everybody out");
	tap_ok(look(ALICE, "cifs/host", false).error == -ENOKEY, "nothing is left");
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
	test_parse();
	test_who();
	test_choice();
	test_limits();
	test_pages();
	cred_login_source.close();
	sd_event_unref(event);
	return tap_done();
}
