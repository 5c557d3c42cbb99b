// SPDX-License-Identifier: GPL-2.0-or-later
#include "control_serve.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "audit.h"
#include "cred/cred_login.h"
#include "log.h"
#include "memory.h"
#include "name_print.h"
#include "zero.h"

/* uids that stand for somebody who has none here */
#define UID_OVERFLOW	65534

static void say(struct control_answer *answer, uint16_t op, int status,
		const char *text)
{
	size_t len = strlen(text);

	if (len > sizeof(answer->body))
		len = sizeof(answer->body);
	answer->head = (struct control_reply){
		.magic = CONTROL_MAGIC,
		.version = CONTROL_VERSION,
		.op = op,
		.status = (uint32_t)status,
		.text_len = (uint16_t)len,
	};
	memcpy(answer->body, text, len);
	answer->len = sizeof(answer->head) + len;
	answer->fd = -1;
}

void control_refuse(struct control_answer *answer, uint16_t op, int status,
		    const char *why)
{
	say(answer, op, status, why);
}

static void succeed(struct control_answer *answer, uint16_t op)
{
	say(answer, op, 0, "");
}

void control_session_end(struct control_session *s)
{
	s->prepared = false;
	if (s->secret) {
		explicit_bzero(s->secret, CONTROL_SECRET_SIZE);
		munmap(s->secret, CONTROL_SECRET_SIZE);
		s->secret = NULL;
	}
	if (s->secret_fd >= 0)
		close(s->secret_fd);
	s->secret_fd = -1;
}

static bool make_secret(struct control_session *s)
{
	bool secret;
	void *map;

	control_session_end(s);
	s->secret_fd = memory_create("login", CONTROL_SECRET_SIZE, &secret);
	if (s->secret_fd < 0)
		return false;
	map = mmap(NULL, CONTROL_SECRET_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
		   s->secret_fd, 0);
	if (map == MAP_FAILED) {
		control_session_end(s);
		return false;
	}
	madvise(map, CONTROL_SECRET_SIZE, MADV_DONTDUMP);
	madvise(map, CONTROL_SECRET_SIZE, MADV_DONTFORK);
	s->secret = map;
	return true;
}

static struct login login_of(const struct control_session *s)
{
	return (struct login){
		.uid = s->login_uid,
		.pattern = s->login.target,
		.user = s->login.user,
		.domain = s->login.domain,
		.seconds_left = s->login.lifetime,
	};
}

static bool add_row(struct control_answer *answer, struct control_row row,
		    const char *target, const char *user, const char *domain)
{
	size_t lens[] = { strlen(target), strlen(user), strlen(domain) };
	const char *texts[] = { target, user, domain };
	size_t used = answer->len - sizeof(answer->head);
	size_t size = sizeof(row) + lens[0] + lens[1] + lens[2];
	uint8_t *to = answer->body + used;

	size = (size + 7) / 8 * 8;
	if (size > sizeof(answer->body) - used)
		return false;
	memset(to, 0, size);
	row.size = (uint16_t)size;
	row.target_len = (uint16_t)lens[0];
	row.user_len = (uint16_t)lens[1];
	row.domain_len = (uint16_t)lens[2];
	memcpy(to, &row, sizeof(row));
	to += sizeof(row);
	for (int i = 0; i < 3; i++) {
		memcpy(to, texts[i], lens[i]);
		to += lens[i];
	}
	answer->len += size;
	answer->head.count++;
	return true;
}

static bool add_login(struct control_answer *answer, const struct login *login)
{
	const struct control_row row = {
		.kind = CONTROL_ROW_LOGIN,
		.flags = login_is_kept() ? CONTROL_KEPT : 0,
		.uid = login->uid,
		.seconds = login->seconds_left,
	};

	return add_row(answer, row, login->pattern, login->user, login->domain);
}

static void do_login(struct control_session *s,
		     const struct control_order *order, uint32_t uid,
		     struct control_answer *answer)
{
	struct login login;
	const char *why;
	int r;

	control_session_end(s);
	s->login = *order;
	s->login_uid = uid;
	login = login_of(s);
	r = login_check(&login, &why);
	if (r < 0) {
		control_refuse(answer, order->op, -r, why);
		return;
	}
	if (!make_secret(s)) {
		control_refuse(answer, order->op, ENOMEM,
			       "ntlmd has no memory for the secret");
		return;
	}
	s->prepared = true;
	succeed(answer, order->op);
	answer->fd = s->secret_fd;
}

static void log_login(const struct control_session *s, const struct login *l)
{
	const struct audit audit = {
		.id = AUDIT_LOGIN,
		.outcome = "login",
		.uid = l->uid,
		.target = l->pattern,
		.user = l->user,
		.domain = l->domain,
	};
	char name[LOGIN_TEXT_SIZE], target[LOGIN_TEXT_SIZE + 2];
	char user[LOGIN_TEXT_SIZE + 2];

	snprintf(name, sizeof(name), "%s%s%s", l->domain,
		 *l->domain ? "\\" : "", l->user);
	name_quote(target, sizeof(target), l->pattern);
	name_quote(user, sizeof(user), name);
	audit_log(LOG_INFO, &audit,
		  "login uid=%" PRIu32 " by uid=%" PRIu32 " target=%s user=%s",
		  l->uid, s->peer, target, user);
}

static void do_commit(struct control_session *s,
		      const struct control_order *order,
		      struct control_answer *answer)
{
	uint8_t hash[NTLM_HASH_SIZE];
	struct login login, added;
	const char *why;
	int r;

	if (!s->prepared) {
		control_refuse(answer, order->op, EINVAL,
			       "there is no login to be completed");
		return;
	}
	login = login_of(s);
	/* once: the client may still write there */
	memcpy(hash, s->secret, sizeof(hash));
	control_session_end(s);
	if (is_zero(hash, sizeof(hash))) {
		control_refuse(answer, order->op, EINVAL,
			       "the memory for the secret is empty");
		return;
	}
	r = login_add(&login, hash, &added, &why);
	explicit_bzero(hash, sizeof(hash));
	if (r < 0) {
		control_refuse(answer, order->op, -r, why);
		return;
	}
	log_login(s, &added);
	if (s->hooks->login_changed)
		s->hooks->login_changed(s->hooks->arg, added.uid, added.pattern);
	succeed(answer, order->op);
	add_login(answer, &added);
}

static void log_logout(const struct control_session *s,
		       const struct control_order *order, uint32_t uid, int n)
{
	const struct audit audit = {
		.id = AUDIT_LOGOUT,
		.outcome = "logout",
		.uid = uid,
		.target = order->target,
		.user = order->user,
		.domain = order->domain,
	};

	if (order->flags & CONTROL_EVERYBODY)
		audit_log(LOG_INFO, &audit,
			  "logout of all users by uid=%" PRIu32 ": %d", s->peer, n);
	else
		audit_log(LOG_INFO, &audit,
			  "logout uid=%" PRIu32 " by uid=%" PRIu32 ": %d", uid,
			  s->peer, n);
}

static void do_logout(struct control_session *s,
		      const struct control_order *order, uint32_t uid,
		      struct control_answer *answer)
{
	const char *target = *order->target ? order->target : NULL;
	const char *user = *order->user ? order->user : NULL;
	const char *domain = *order->domain ||
			     order->flags & CONTROL_NO_DOMAIN ?
			     order->domain : NULL;
	bool everybody = order->flags & CONTROL_EVERYBODY;
	struct login login;
	uint32_t index = 0;
	int n = 0;

	if (everybody) {
		while (login_next(&index, true, 0, &login)) {
			int r = login_remove(login.uid, target, user, domain);

			if (r < 0) {
				n = r;
				break;
			}
			n += r;
		}
	} else {
		n = login_remove(uid, target, user, domain);
	}
	if (n < 0) {
		control_refuse(answer, order->op, -n,
			       "the target is no pattern; see ntlmctl(1)");
		return;
	}
	if (n)
		log_logout(s, order, uid, n);
	succeed(answer, order->op);
	answer->head.count = (uint32_t)n;
}

/* --- list ---------------------------------------------------------------- */

struct listing {
	struct control_answer *answer;
	uint32_t skip;		/* refusals that went out before */
	uint32_t seen;
	bool full;
};

static void add_refusal(void *arg, const struct refusal_info *info)
{
	const struct refusal_logon *logon = &info->logon;
	const struct control_row row = {
		.kind = CONTROL_ROW_REFUSAL,
		.uid = logon->uid,
		.ntstatus = info->ntstatus,
		.seconds = info->left / 1000000 + 1,
	};
	struct listing *l = arg;

	if (l->full || l->seen++ < l->skip)
		return;
	if (!add_row(l->answer, row, logon->target, logon->user,
		     logon->domain)) {
		l->full = true;
		l->answer->head.cursor = LOGIN_MAX + l->seen - 1;
	}
}

/* The cursor counts logins first, and from LOGIN_MAX on refusals. */
static void do_list(struct control_session *s, const struct control_order *order,
		    uint32_t uid, struct control_answer *answer)
{
	bool everybody = order->flags & CONTROL_EVERYBODY;
	struct listing l = { .answer = answer };
	uint32_t index = order->cursor, before = index;
	struct login login;

	succeed(answer, order->op);
	while (login_next(&index, everybody, uid, &login)) {
		if (!add_login(answer, &login)) {
			answer->head.cursor = before;
			return;
		}
		before = index;
	}
	if (order->cursor > LOGIN_MAX)
		l.skip = order->cursor - LOGIN_MAX;
	if (s->hooks->refusals)
		s->hooks->refusals(s->hooks->arg, everybody ? UINT32_MAX : uid,
				   add_refusal, &l);
}

/* --- who may ------------------------------------------------------------- */

static bool may(const struct control_session *s,
		const struct control_order *order, const char **why)
{
	if (s->peer == UID_OVERFLOW || s->peer == UINT32_MAX) {
		*why = "this process has no uid of its own here: log in outside of its user namespace";
		return false;
	}
	if (!s->peer)
		return true;
	if (order->uid != CONTROL_NOBODY && order->uid != s->peer) {
		*why = "only root can act for another user";
		return false;
	}
	if (order->flags & CONTROL_EVERYBODY) {
		*why = "only root can act for all users";
		return false;
	}
	return true;
}

void control_serve(struct control_session *s, const struct control_order *order,
		   struct control_answer *answer)
{
	uint32_t uid = order->uid == CONTROL_NOBODY ? s->peer : order->uid;
	const char *why;

	if (!may(s, order, &why)) {
		control_refuse(answer, order->op, EPERM, why);
		return;
	}
	switch (order->op) {
	case CONTROL_LOGIN:
		do_login(s, order, uid, answer);
		break;
	case CONTROL_COMMIT:
		do_commit(s, order, answer);
		break;
	case CONTROL_LOGOUT:
		do_logout(s, order, uid, answer);
		break;
	case CONTROL_LIST:
		do_list(s, order, uid, answer);
		break;
	case CONTROL_ABOUT:
		say(answer, order->op, 0, s->hooks->version);
		break;
	}
}
