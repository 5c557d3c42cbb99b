// SPDX-License-Identifier: GPL-2.0-or-later
#include "cred_login.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>
#include <systemd/sd-event.h>
#include <time.h>

#include "../carry.h"
#include "../name_print.h"
#include "../secret_text.h"

#define AREA		"logins"
/* of struct record */
#define VERSION		1

/* expires: CLOCK_BOOTTIME in seconds, which nobody sets and which suspend counts */
struct record {
	uint64_t expires;
	uint64_t generation;
	uint32_t uid;
	uint16_t user_at;
	uint16_t domain_at;
	uint8_t nt_hash[NTLM_HASH_SIZE];
	char text[LOGIN_TEXT_SIZE];	/* pattern, user, domain */
};

static struct {
	sd_event *event;
	sd_event_source *timer;
	struct carry *carry;
	uint64_t generation;
	uint32_t lifetime;
	uint32_t lifetime_max;
	bool any_target;
	bool allow_unverified;
} state;

static uint64_t now_seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return (uint64_t)ts.tv_sec;
}

/* A second that has begun counts as gone: lifetimes begin with the next one. */
static uint64_t next_second(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return (uint64_t)ts.tv_sec + (ts.tv_nsec > 0);
}

static const struct record *record_at(uint32_t index)
{
	return state.carry ? carry_get(state.carry, index) : NULL;
}

static uint32_t count_logins(bool any_uid, uint32_t uid)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < LOGIN_MAX; i++) {
		const struct record *r = record_at(i);

		n += r && (any_uid || r->uid == uid);
	}
	return n;
}

/* --- expiry -------------------------------------------------------------- */

static void drop(uint32_t index)
{
	carry_drop(state.carry, index);
	if (count_logins(true, 0))
		return;
	carry_discard(state.carry);
	state.carry = NULL;
}

static int on_timer(sd_event_source *s, uint64_t usec, void *arg);

static void expire(void)
{
	uint64_t now = now_seconds(), next = UINT64_MAX;
	int r = 0;

	for (uint32_t i = 0; i < LOGIN_MAX; i++) {
		const struct record *rec = record_at(i);
		char target[LOGIN_TEXT_SIZE + 2];

		if (!rec)
			continue;
		if (rec->expires > now) {
			if (rec->expires < next)
				next = rec->expires;
			continue;
		}
		name_quote(target, sizeof(target), rec->text);
		log_msg(LOG_INFO, "login expired uid=%" PRIu32 " target=%s",
			rec->uid, target);
		drop(i);
	}
	state.timer = sd_event_source_disable_unref(state.timer);
	if (next != UINT64_MAX)
		r = sd_event_add_time(state.event, &state.timer, CLOCK_BOOTTIME,
				      next * 1000000, 0, on_timer, NULL);
	if (r < 0)
		log_msg(LOG_WARNING,
			"no timer (%s): logins that expire are wiped when the next one comes",
			strerror(-r));
}

static int on_timer(sd_event_source *s, uint64_t usec, void *arg)
{
	(void)s;
	(void)usec;
	(void)arg;
	expire();
	return 0;
}

/* --- what the process before left ---------------------------------------- */

static const char *user_of(const struct record *r)
{
	return r->text + r->user_at;
}

static const char *domain_of(const struct record *r)
{
	return r->text + r->domain_at;
}

static bool is_sound(const struct record *r)
{
	return r->user_at && r->user_at < r->domain_at &&
	       r->domain_at < LOGIN_TEXT_SIZE &&
	       !r->text[r->user_at - 1] && !r->text[r->domain_at - 1] &&
	       !r->text[LOGIN_TEXT_SIZE - 1] && strchr(r->text, '/') &&
	       *user_of(r);
}

static bool same_login(const struct record *a, const struct record *b)
{
	return a->uid == b->uid && !strcasecmp(a->text, b->text) &&
	       !strcasecmp(user_of(a), user_of(b)) &&
	       !strcasecmp(domain_of(a), domain_of(b));
}

/* A crash between adding and dropping leaves the old record beside the new. */
static bool is_replaced(const struct record *r)
{
	for (uint32_t i = 0; i < LOGIN_MAX; i++) {
		const struct record *other = record_at(i);

		if (other && other != r && same_login(other, r) &&
		    other->generation > r->generation)
			return true;
	}
	return false;
}

static void take_over(void)
{
	uint32_t n;

	for (uint32_t i = 0; i < LOGIN_MAX; i++) {
		const struct record *r = record_at(i);

		if (!r)
			continue;
		if (!is_sound(r)) {
			log_msg(LOG_WARNING, "a login that is damaged was dropped");
			carry_drop(state.carry, i);
		}
	}
	for (uint32_t i = 0; i < LOGIN_MAX; i++) {
		const struct record *r = record_at(i);

		if (!r)
			continue;
		if (r->generation > state.generation)
			state.generation = r->generation;
		if (is_replaced(r))
			carry_drop(state.carry, i);
	}
	expire();
	n = count_logins(true, 0);
	if (n) {
		log_msg(LOG_NOTICE, "%" PRIu32 " login%s carried over", n,
			n == 1 ? "" : "s");
	} else {
		carry_discard(state.carry);
		state.carry = NULL;
	}
}

/* --- adding and removing ------------------------------------------------- */

/* list: receives one pattern */
static int parse_pattern(struct target_list *list, const char *pattern,
			 const char **why)
{
	int r;

	*list = (struct target_list){ 0 };
	if (!*pattern || !secret_text_valid(pattern) || strpbrk(pattern, " \t")) {
		*why = "the target is empty, no valid UTF-8, or has blanks or control characters";
		return -EINVAL;
	}
	r = target_list_add(list, pattern, why);
	if (r < 0)
		target_list_free(list);
	return r;
}

static const struct record *find_same(const struct record *wanted,
				      uint32_t *index)
{
	for (*index = 0; *index < LOGIN_MAX; (*index)++) {
		const struct record *r = record_at(*index);

		if (r && same_login(r, wanted))
			return r;
	}
	return NULL;
}

static int check_names(const struct login *login, const char **why)
{
	*why = "the user name is empty, no valid UTF-8, or has control characters";
	if (!*login->user || !secret_text_valid(login->user))
		return -EINVAL;
	*why = "the user name must not contain '\\': give the domain by itself";
	if (strchr(login->user, '\\'))
		return -EINVAL;
	*why = "the domain is no valid UTF-8, or has control characters";
	if (!secret_text_valid(login->domain))
		return -EINVAL;
	*why = "it would be valid for longer than login-lifetime-max of ntlmd.conf allows";
	if (login->seconds_left > state.lifetime_max)
		return -EINVAL;
	return 0;
}

/* r: receives everything but the hash */
static int make_record(const struct login *login, struct record *r,
		       const char **why)
{
	struct target_list list;
	size_t pattern_len, user_len, domain_len;
	int e;

	e = check_names(login, why);
	if (e)
		return e;
	e = parse_pattern(&list, login->pattern, why);
	if (e)
		return e;
	memset(r, 0, sizeof(*r));
	pattern_len = strlen(list.pattern[0]) + 1;
	user_len = strlen(login->user) + 1;
	domain_len = strlen(login->domain) + 1;
	if (!state.any_target && target_list_unbounded(&list)) {
		*why = "the target would offer this login to every server that asks: name the server; an administrator can allow it with login-any-target = yes in ntlmd.conf";
		e = -EACCES;
	} else if (pattern_len + user_len + domain_len > LOGIN_TEXT_SIZE) {
		*why = "target, user name and domain are too long";
		e = -ENAMETOOLONG;
	} else {
		r->uid = login->uid;
		r->user_at = (uint16_t)pattern_len;
		r->domain_at = (uint16_t)(pattern_len + user_len);
		memcpy(r->text, list.pattern[0], pattern_len);
		memcpy(r->text + r->user_at, login->user, user_len);
		memcpy(r->text + r->domain_at, login->domain, domain_len);
		r->expires = next_second() + (login->seconds_left ?
					      login->seconds_left :
					      state.lifetime);
	}
	target_list_free(&list);
	return e;
}

static int check_limits(const struct record *r, const char **why)
{
	uint32_t index;

	if (find_same(r, &index))
		return 0;
	if (count_logins(false, r->uid) >= LOGIN_MAX_UID) {
		*why = "there are too many logins of this user: remove one (ntlmctl logout)";
		return -EDQUOT;
	}
	/* one place stays free: a login is replaced by adding first */
	if (count_logins(true, 0) >= LOGIN_MAX - 1) {
		*why = "there are too many logins of all users";
		return -ENOSPC;
	}
	return 0;
}

int login_check(const struct login *login, const char **why)
{
	struct record r;
	int e = make_record(login, &r, why);

	return e ? e : check_limits(&r, why);
}

static struct login describe(const struct record *r)
{
	uint64_t now = next_second();

	return (struct login){
		.uid = r->uid,
		.pattern = r->text,
		.user = user_of(r),
		.domain = domain_of(r),
		.seconds_left = r->expires > now ? r->expires - now : 0,
	};
}

static int store(struct record *r, struct login *added, const char **why)
{
	const struct record *old, *kept;
	uint32_t index;
	int64_t at;

	if (!state.carry)
		state.carry = carry_open(AREA, VERSION, sizeof(*r), LOGIN_MAX);
	*why = "out of memory";
	if (!state.carry)
		return -ENOMEM;
	old = find_same(r, &index);
	r->generation = ++state.generation;
	at = carry_add(state.carry, r);
	if (at < 0)
		return -ENOSPC;
	if (old)
		carry_drop(state.carry, index);
	expire();
	/* this one, too, when its time is shorter than all of this took */
	kept = record_at((uint32_t)at);
	*why = "it has expired already";
	if (!kept)
		return -ETIME;
	*added = describe(kept);
	return 0;
}

int login_add(const struct login *login, const uint8_t nt_hash[NTLM_HASH_SIZE],
	      struct login *added, const char **why)
{
	struct record r;
	int e;

	expire();
	e = make_record(login, &r, why);
	if (!e)
		e = check_limits(&r, why);
	if (!e) {
		memcpy(r.nt_hash, nt_hash, sizeof(r.nt_hash));
		e = store(&r, added, why);
	}
	/* what was asked for, not a second less */
	if (!e)
		added->seconds_left = login->seconds_left ?
				      login->seconds_left : state.lifetime;
	explicit_bzero(&r, sizeof(r));
	return e;
}

int login_remove(uint32_t uid, const char *pattern, const char *user,
		 const char *domain)
{
	struct target_list list = { 0 };
	const char *why;
	int n = 0;

	if (pattern && parse_pattern(&list, pattern, &why))
		return -EINVAL;
	for (uint32_t i = 0; i < LOGIN_MAX; i++) {
		const struct record *r = record_at(i);

		if (!r || r->uid != uid ||
		    (pattern && strcasecmp(r->text, list.pattern[0])) ||
		    (user && strcasecmp(user_of(r), user)) ||
		    (domain && strcasecmp(domain_of(r), domain)))
			continue;
		drop(i);
		n++;
	}
	target_list_free(&list);
	expire();
	return n;
}

bool login_next(uint32_t *index, bool any_uid, uint32_t uid,
		struct login *login)
{
	uint64_t now = now_seconds();

	while (*index < LOGIN_MAX) {
		const struct record *r = record_at((*index)++);

		if (!r || r->expires <= now || (!any_uid && r->uid != uid))
			continue;
		*login = describe(r);
		return true;
	}
	return false;
}

bool login_is_kept(void)
{
	return state.carry && carry_is_kept(state.carry);
}

/* --- the source ---------------------------------------------------------- */

/*
 * A pattern that says more wins: a host in full over one with '*', then the one
 * with more characters that stand for themselves, then the newer one.
 */
static bool is_better(const struct record *a, const struct record *b)
{
	const struct record *both[] = { a, b };
	size_t literal[2] = { 0 };

	for (int i = 0; i < 2; i++) {
		const char *text = both[i]->text;

		if (!strchr(strchr(text, '/'), '*'))
			literal[i] += LOGIN_TEXT_SIZE;
		for (; *text; text++)
			literal[i] += *text != '*';
	}
	if (literal[0] != literal[1])
		return literal[0] > literal[1];
	return a->generation > b->generation;
}

static bool fits(const struct record *r, const struct cred_lookup *lookup)
{
	char *pattern = (char *)r->text;
	const struct target_list list = { .pattern = &pattern, .count = 1 };
	bool literal = lookup->target_unverified && !state.allow_unverified;

	if (lookup->user && strcasecmp(lookup->user, user_of(r)))
		return false;
	if (lookup->domain && strcasecmp(lookup->domain, domain_of(r)))
		return false;
	if (!state.any_target && target_list_unbounded(&list))
		return false;
	return target_list_match(&list, lookup->target, literal);
}

static void login_lookup(struct cred_lookup *lookup)
{
	uint64_t now = now_seconds();
	const struct record *best = NULL;
	struct cred cred;

	for (uint32_t i = 0; i < LOGIN_MAX; i++) {
		const struct record *r = record_at(i);

		if (r && r->uid == lookup->uid && r->expires > now &&
		    fits(r, lookup) && (!best || is_better(r, best)))
			best = r;
	}
	if (!best) {
		cred_lookup_answer(lookup, -ENOKEY, NULL);
		return;
	}
	cred = (struct cred){
		.user = user_of(best),
		.domain = domain_of(best),
		.origin = "login",
	};
	memcpy(cred.nt_hash, best->nt_hash, sizeof(cred.nt_hash));
	cred_lookup_answer(lookup, 0, &cred);
	explicit_bzero(&cred, sizeof(cred));
}

static void login_reload(const struct config *config)
{
	state.lifetime = config->login_lifetime;
	state.lifetime_max = config->login_lifetime_max;
	if (state.lifetime > state.lifetime_max)
		state.lifetime = state.lifetime_max;
	state.any_target = config->login_any_target;
	state.allow_unverified = config->allow_unverified;
}

static int login_open(sd_event *event, const struct config *config)
{
	state.event = event;
	login_reload(config);
	if (!carry_has(AREA))
		return 0;
	state.carry = carry_open(AREA, VERSION, sizeof(struct record), LOGIN_MAX);
	if (state.carry)
		take_over();
	return 0;
}

static void login_cancel(struct cred_lookup *lookup)
{
	(void)lookup;
}

static void login_close(void)
{
	sd_event_source_disable_unref(state.timer);
	carry_close(state.carry);
	memset(&state, 0, sizeof(state));
}

const struct ntlm_cred_source cred_login_source = {
	.name = "logins",
	.open = login_open,
	.reload = login_reload,
	.lookup = login_lookup,
	.cancel = login_cancel,
	.close = login_close,
};
