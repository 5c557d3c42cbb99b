// SPDX-License-Identifier: GPL-2.0-or-later
#include "accept.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <linux/ntlm.h>

#include "accept_name.h"
#include "account/account.h"
#include "audit.h"
#include "name_print.h"
#include "ntlm/charset.h"
#include "ntlm/message.h"
#include "secret_text.h"

#define STATUS_LOGON_FAILURE		UINT32_C(0xC000006D)
#define STATUS_NO_SUCH_USER		UINT32_C(0xC0000064)
#define STATUS_ACCESS_DENIED		UINT32_C(0xC0000022)
#define STATUS_INVALID_PARAMETER	UINT32_C(0xC000000D)
#define STATUS_INSUFFICIENT_RESOURCES	UINT32_C(0xC000009A)
#define STATUS_NOT_SUPPORTED		UINT32_C(0xC00000BB)
#define STATUS_NO_LOGON_SERVERS		UINT32_C(0xC000005E)
#define STATUS_IO_TIMEOUT		UINT32_C(0xC00000B5)
#define STATUS_NO_USER_SESSION_KEY	UINT32_C(0xC0000202)

/* logons that winbind is asked about at a time: half of what ntlmd-winbind serves */
#define WINBIND_LOGONS_MAX	16

/**
 * struct attempt - a client that wants to log on
 * @r: its request
 * @policy: the administrator's decisions, as far as the server agrees
 * @messages: the exchange
 * @now: FILETIME
 * @logon: what the client claims; of one that is refused for what the message
 *	is, only the names, as far as they can be read
 * @known: the client has said who it is
 * @account: whose of this computer that is, or NULL
 * @exists: it is of this computer, or its domain knows it
 */
struct attempt {
	struct request *r;
	struct ntlm_acceptor_policy policy;
	struct ntlm_exchanged messages;
	uint64_t now;
	struct ntlm_logon logon;
	bool known;
	const struct account *account;
	bool exists;
};

/* What is known of a client that was let in */
struct entry {
	const struct ntlm_session *session;
	const char *origin;
	const char *const *sids;
	unsigned int sid_count;
	bool guest;
};

static const struct acceptor_config *config_of(const struct request *r)
{
	return &r->server->config->acceptor;
}

static void show_names(const struct attempt *t, char user[ACCEPT_NAME_SIZE],
		       char workstation[ACCEPT_NAME_SIZE])
{
	accept_user_name(&t->logon, t->known, user);
	name_quote(workstation, ACCEPT_NAME_SIZE, t->logon.workstation);
}

static void end(struct request *r, int status, uint32_t ntstatus)
{
	const struct answer answer = { .status = status, .ntstatus = ntstatus };

	request_finish(r, &answer);
}

static uint32_t ntstatus_of(int status)
{
	switch (status) {
	case EACCES:
		return STATUS_ACCESS_DENIED;
	case EOPNOTSUPP:
		return STATUS_NOT_SUPPORTED;
	case EPROTO:
		return STATUS_INVALID_PARAMETER;
	case EHOSTUNREACH:
		return STATUS_NO_LOGON_SERVERS;
	case ETIMEDOUT:
		return STATUS_IO_TIMEOUT;
	default:
		return STATUS_INSUFFICIENT_RESOURCES;
	}
}

static void accept_refuse(struct request *r, int status, uint32_t ntstatus,
			  const char *why)
{
	const struct audit audit = {
		.id = AUDIT_FAILED,
		.outcome = "failed",
		.acceptor = true,
		.context = r->context,
		.uid = r->uid,
		.target = r->target,
		.error = status,
		.ntstatus = ntstatus,
	};
	char text[LOG_LINE_MAX / 2];

	snprintf(text, sizeof(text),
		 "accept failed uid=%" PRIu32 " target=%s: %s (%s, 0x%08" PRIX32 ")",
		 r->uid, r->shown, why, strerrorname_np(status), ntstatus);
	if (repeats_first(r->server->logon_repeats, &audit, text))
		audit_log(LOG_WARNING, &audit,
			  "accept failed ctx=%" PRIu32 " uid=%" PRIu32 " target=%s: %s (%s, 0x%08" PRIX32 ")",
			  r->context, r->uid, r->shown, why,
			  strerrorname_np(status), ntstatus);
	end(r, status, ntstatus);
}

void accept_fail(struct request *r, int status, const char *why)
{
	accept_refuse(r, status, ntstatus_of(status), why);
}

static void refuse(struct attempt *t, int status, uint32_t ntstatus,
		   const char *why)
{
	char text[LOG_LINE_MAX], user[ACCEPT_NAME_SIZE], workstation[ACCEPT_NAME_SIZE];
	struct request *r = t->r;
	const struct audit audit = {
		.id = AUDIT_REFUSED,
		.outcome = "refused",
		.acceptor = true,
		.context = r->context,
		.uid = r->uid,
		.target = r->target,
		.user = t->logon.user,
		.domain = t->logon.domain,
		.workstation = t->logon.workstation,
		.error = status,
		.ntstatus = ntstatus,
	};

	/* the client calls itself what it likes, each time something else */
	accept_folded_name(&t->logon, t->account, user);
	snprintf(text, sizeof(text),
		 "logon refused user=%s target=%s: %s (%s, 0x%08" PRIX32 ")",
		 user, r->shown, why, strerrorname_np(status), ntstatus);
	show_names(t, user, workstation);
	if (repeats_first(t->exists ? r->server->account_repeats :
				      r->server->logon_repeats, &audit, text))
		audit_log(LOG_WARNING, &audit,
			  "logon refused ctx=%" PRIu32 " uid=%" PRIu32 " target=%s user=%s workstation=%s response=%s: %s (%s, 0x%08" PRIX32 ")",
			  r->context, r->uid, r->shown, user, workstation,
			  ntlm_response_name(t->logon.response), why,
			  strerrorname_np(status), ntstatus);
	end(r, status, ntstatus);
}

/* errno for the server in the kernel */
static int errno_of(enum ntlm_error e)
{
	int status = ntlm_error_errno(e);

	if (e == NTLM_ERR_PROOF)
		return EKEYREJECTED;
	/* to the kernel, EINVAL is no outcome of an exchange */
	return status == EINVAL ? EOPNOTSUPP : status;
}

static void refuse_ntlm(struct attempt *t, enum ntlm_error e,
			const struct ntlm_detail *detail)
{
	char text[NTLM_ERROR_TEXT_SIZE];

	refuse(t, errno_of(e), ntlm_error_ntstatus(e),
	       ntlm_error_describe(e, detail, text, sizeof(text)));
}

bool accept_allowed(struct request *r)
{
	const struct acceptor_config *config = config_of(r);

	if (!config->enabled) {
		accept_refuse(r, EACCES, STATUS_NOT_SUPPORTED,
			      "acceptors are turned off; to let clients of this server log on, set \"enabled = yes\" in section [acceptor] of ntlmd.conf(5)");
		return false;
	}
	for (size_t i = 0; i < config->uid_count; i++)
		if (config->uids[i] == r->uid)
			return true;
	accept_refuse(r, EACCES, STATUS_NOT_SUPPORTED,
		      "servers of this uid are not served; see acceptor-uids in ntlmd.conf(5)");
	return false;
}

static void send_challenge(struct request *r)
{
	struct server *s = r->server;
	struct ntlm_token token = { .data = s->token, .size = sizeof(s->token) };
	const struct ntlm_environment env = {
		.random = server_random,
		.now = server_filetime(),
	};
	char names[NTLM_FLAGS_NAMES_SIZE], text[NTLM_ERROR_TEXT_SIZE];
	struct ntlm_detail detail = { 0 };
	struct answer answer = { 0 };
	enum ntlm_error e;
	uint32_t flags;

	e = ntlm_build_challenge(&config_of(r)->policy, &r->want, &env,
				 r->want.connectionless ?
					 (struct ntlm_bytes){ 0 } : r->ntlm[0],
				 &token, &flags, &detail);
	if (e) {
		accept_refuse(r, errno_of(e), ntlm_error_ntstatus(e),
			      ntlm_error_describe(e, &detail, text, sizeof(text)));
		return;
	}
	log_msg(LOG_INFO, "challenge ctx=%" PRIu32 " uid=%" PRIu32 " target=%s granted=%s",
		r->context, r->uid, r->shown,
		ntlm_flags_names(flags, names, sizeof(names)));
	answer.token = (struct ntlm_bytes){ token.data, token.len };
	request_deliver(r, &answer, false);
}

static void let_in(struct attempt *t, const struct entry *entry)
{
	const struct ntlm_session *session = entry->session;
	char names[NTLM_FLAGS_NAMES_SIZE], user[ACCEPT_NAME_SIZE];
	char workstation[ACCEPT_NAME_SIZE];
	bool nobody = session->anonymous || entry->guest;
	struct request *r = t->r;
	struct answer answer = {
		.established = true,
		.has_keys = true,
		.flags = session->flags,
		.session_key = nobody ? NULL : session->exported_session_key,
		.granted = session->channel_bound ? NTLM_OPT_CHANNEL_BINDINGS : 0,
		.user = t->logon.user,
		.domain = t->logon.domain,
		.identity = entry->guest ? NTLM_IDENTITY_GUEST : 0,
		.sids = entry->sids,
		.sid_count = entry->sid_count,
	};
	struct audit audit = {
		.id = AUDIT_ACCEPTED,
		.outcome = nobody ? "accepted-as-guest" : "accepted",
		.acceptor = true,
		.context = r->context,
		.uid = r->uid,
		.target = r->target,
		.user = t->logon.user,
		.domain = t->logon.domain,
		.workstation = t->logon.workstation,
	};
	const char *why;
	int e;

	/* nobody vouches for it, so what the kernel would refuse is left out */
	if (*t->logon.workstation && secret_name_valid(t->logon.workstation))
		answer.workstation = t->logon.workstation;
	show_names(t, user, workstation);
	e = request_hand_over(r, &answer, session->mic);
	if (e) {
		why = request_not_taken(&answer, e, &audit);
		audit_log(LOG_NOTICE, &audit,
			  "logon %s ctx=%" PRIu32 " uid=%" PRIu32 " target=%s user=%s workstation=%s: %s (%s)",
			  e < 0 ? "dropped" : "unknown", r->context, r->uid,
			  r->shown, user, workstation, why,
			  strerrorname_np(audit.error));
	} else {
		audit_log(LOG_INFO, &audit,
			  "logon ctx=%" PRIu32 " uid=%" PRIu32 " target=%s user=%s workstation=%s account=\"%s\"%s response=%s key-bits=%u mic=%s channel-bound=%s flags=%s",
			  r->context, r->uid, r->shown, user, workstation,
			  entry->origin, entry->guest ? " guest" : "",
			  ntlm_response_name(session->response),
			  session->key_bits, session->mic ? "yes" : "no",
			  session->channel_bound ? "yes" : "no",
			  ntlm_flags_names(session->flags, names, sizeof(names)));
		server_warn_weak(r, "logon", session);
	}
	request_drop(r);
}

static void admit_nobody(struct attempt *t, bool guest)
{
	struct ntlm_session session = { 0 };
	struct ntlm_detail detail = { 0 };
	const struct entry entry = {
		.session = &session,
		.origin = guest ? "guest" : "none",
		.guest = guest,
	};
	enum ntlm_error e;

	e = ntlm_finish_nobody(&t->policy, &t->r->want, t->now, &t->messages,
			       &session, &detail);
	if (e)
		refuse_ntlm(t, e, &detail);
	else
		let_in(t, &entry);
	explicit_bzero(&session, sizeof(session));
}

static const char *why_no_secret(const struct account *account, bool closed)
{
	if (closed)
		return "there were too many wrong passwords for this account, so none is right for a while; see guess-limit in ntlmd.conf(5)";
	return account ? "the account has no password" :
			 "there is no such account here";
}

/*
 * Who is not there, and whose password was guessed at too often, takes the same
 * work as a wrong password. All are the same to the client; only the log tells
 * them apart.
 */
static void check_account(struct attempt *t, const struct account *account)
{
	const struct acceptor_config *config = config_of(t->r);
	const struct throttle_rate rate = {
		.limit = config->guess_limit,
		.window = (uint64_t)config->guess_window * 1000000,
	};
	struct throttle *throttle = t->r->server->throttle;
	const uint64_t now = server_now();
	struct ntlm_session session = { 0 };
	struct ntlm_detail detail = { 0 };
	struct ntlm_secret secret = { 0 };
	struct entry entry = { .session = &session };
	bool closed, there;
	enum ntlm_error e;

	closed = throttle_closed(throttle, account, now, &rate);
	there = account && account->has_secret && !closed;
	if (there)
		secret = account->secret;
	else if (server_random(NULL, secret.nt_hash, sizeof(secret.nt_hash)))
		explicit_bzero(&secret, sizeof(secret));
	e = ntlm_check_logon(&t->policy, &t->r->want, t->now, &t->messages,
			     &secret, &session, &detail);
	explicit_bzero(&secret, sizeof(secret));
	if (e == NTLM_ERR_PROOF)
		throttle_wrong(throttle, there ? account : NULL, now, &rate);
	if (!there && (!e || e == NTLM_ERR_PROOF)) {
		refuse(t, EKEYREJECTED, STATUS_LOGON_FAILURE,
		       why_no_secret(account, closed));
	} else if (e) {
		refuse_ntlm(t, e, &detail);
	} else if (account->ntstatus) {
		refuse(t, EACCES, account->ntstatus,
		       account_state_name(account->ntstatus));
	} else {
		entry.origin = account->origin;
		entry.sids = (const char *const *)account->sids;
		entry.sid_count = account->sid_count;
		let_in(t, &entry);
	}
	explicit_bzero(&session, sizeof(session));
}

/* Who it was that is refused, for the log; false if nobody can tell */
static bool read_names(struct attempt *t)
{
	struct authenticate_message msg;
	struct ntlm_logon *l = &t->logon;

	if (authenticate_parse(t->messages.authenticate, &msg, NULL))
		return false;
	charset_get(msg.flags, msg.user, l->user, sizeof(l->user), "", NULL);
	charset_get(msg.flags, msg.domain, l->domain, sizeof(l->domain), "", NULL);
	charset_get(msg.flags, msg.workstation, l->workstation,
		    sizeof(l->workstation), "", NULL);
	return *l->user || !msg.user.len;
}

/* Everything the next step needs is in the request, so it can wait. */
static enum ntlm_error begin_attempt(struct attempt *t, struct request *r,
				     struct ntlm_detail *detail)
{
	const uint32_t options = r->want.required | r->want.wished;
	enum ntlm_error e;
	unsigned int n = 0;

	*t = (struct attempt){
		.r = r,
		.policy = config_of(r)->policy,
		.now = server_filetime(),
	};
	if (!(options & NTLM_OPTION_ANONYMOUS))
		t->policy.allow_anonymous = false;
	if (!r->want.connectionless)
		t->messages.negotiate = r->ntlm[n++];
	t->messages.challenge = r->ntlm[n++];
	t->messages.authenticate = r->ntlm[n];
	e = ntlm_read_authenticate(&t->policy, &r->want, t->now, &t->messages,
				   &t->logon, detail);
	t->known = !e || read_names(t);
	return e;
}

/* What winbind or a domain controller said. */
static void refuse_domain(struct attempt *t, uint32_t ntstatus)
{
	char text[128];
	bool password = ntstatus == STATUS_NO_SUCH_USER ||
			ntstatus == STATUS_WRONG_PASSWORD ||
			ntstatus == STATUS_LOGON_FAILURE;

	t->exists = account_state_proves(ntstatus);
	snprintf(text, sizeof(text), "the domain answers 0x%08" PRIX32, ntstatus);
	if (password)
		refuse(t, EKEYREJECTED, STATUS_LOGON_FAILURE,
		       ntstatus == STATUS_NO_SUCH_USER ?
			       "the domain has no such user" :
			       "the password is wrong, the domain says");
	else
		refuse(t, EACCES, ntstatus ? ntstatus : STATUS_LOGON_FAILURE,
		       text);
}

static void admit_domain_user(struct attempt *t, const struct winbind_reply *reply)
{
	static const uint8_t none[NTLM_KEY_SIZE];
	const struct acceptor_config *config = config_of(t->r);
	struct ntlm_session session = { 0 };
	struct ntlm_detail detail = { 0 };
	const struct entry entry = {
		.session = &session,
		.origin = "winbind",
		.sids = reply->sids,
		.sid_count = reply->sid_count,
	};
	enum ntlm_error e;

	if (reply->guest && !config->guest) {
		refuse(t, EKEYREJECTED, STATUS_LOGON_FAILURE,
		       "the domain knows the client as a guest only");
		return;
	}
	if (reply->guest) {
		admit_nobody(t, true);
		return;
	}
	/* winbind says it with zeros, a key that everybody has */
	if (!memcmp(reply->session_key, none, sizeof(none))) {
		refuse(t, EOPNOTSUPP, STATUS_NO_USER_SESSION_KEY,
		       "the domain sent no session key");
		return;
	}
	e = ntlm_finish_logon(&t->policy, &t->r->want, t->now, &t->messages,
			      reply->session_key,
			      reply->has_lm_key ? reply->lm_key : NULL, &session,
			      &detail);
	if (e) {
		refuse_ntlm(t, e, &detail);
	} else {
		/* what the client called itself may mean somebody else here */
		snprintf(t->logon.user, sizeof(t->logon.user), "%s", reply->user);
		snprintf(t->logon.domain, sizeof(t->logon.domain), "%s",
			 reply->domain);
		let_in(t, &entry);
	}
	explicit_bzero(&session, sizeof(session));
}

static void on_winbind(struct winbind_call *call, int error,
		       const struct winbind_reply *reply)
{
	struct request *r = (struct request *)((char *)call -
					       offsetof(struct request, winbind));
	struct ntlm_detail detail = { 0 };
	struct attempt t;
	enum ntlm_error e = begin_attempt(&t, r, &detail);

	if (e)
		refuse_ntlm(&t, e, &detail);
	else if (!error)
		admit_domain_user(&t, reply);
	else if (error == -EKEYREJECTED &&
		 reply->ntstatus == STATUS_NO_SUCH_USER && config_of(r)->guest)
		admit_nobody(&t, true);
	else if (error == -EKEYREJECTED)
		refuse_domain(&t, reply->ntstatus);
	else
		refuse(&t, -error, ntstatus_of(-error),
		       "winbind could not be asked; see ntlmd-winbind(8)");
}

/* Clients of this computer need winbind, too. */
static bool winbind_has_room(const struct server *s)
{
	unsigned int waiting = 0;

	for (const struct request *b = s->busy; b; b = b->next)
		waiting += b->acceptor && b->winbind.io;
	return waiting < WINBIND_LOGONS_MAX;
}

static void ask_winbind(struct attempt *t)
{
	struct request *r = t->r;
	int e;

	if (!winbind_has_room(r->server)) {
		refuse(t, EUSERS, STATUS_INSUFFICIENT_RESOURCES,
		       "too many logons wait for winbind");
		return;
	}
	r->winbind.event = r->server->event;
	r->winbind.done = on_winbind;
	r->winbind.timeout_ms = r->deadline_ms;
	e = winbind_logon_start(&r->winbind, &t->logon);
	if (e)
		refuse(t, -e, ntstatus_of(-e),
		       "winbind could not be asked; see ntlmd-winbind(8)");
}

/* Is this name for a domain controller to know? */
static bool is_of_domain(const struct attempt *t)
{
	const struct acceptor_config *config = config_of(t->r);
	const char *at = strrchr(t->logon.user, '@');

	if (!config->winbind)
		return false;
	if (*t->logon.domain)
		return !account_is_local(&t->policy.names, t->logon.domain);
	return at && !account_is_local(&t->policy.names, at + 1);
}

static void check_logon(struct request *r)
{
	struct ntlm_detail detail = { 0 };
	const struct account *account;
	struct attempt t;
	enum ntlm_error e = begin_attempt(&t, r, &detail);

	if (e) {
		refuse_ntlm(&t, e, &detail);
		return;
	}
	if (t.logon.response == NTLM_RESPONSE_NONE) {
		admit_nobody(&t, false);
		return;
	}
	/* it could forge a line in the kernel's log, and no account has one */
	if (!secret_name_valid(t.logon.user) || !secret_name_valid(t.logon.domain)) {
		refuse(&t, EPROTO, STATUS_INVALID_PARAMETER,
		       "the name has a control character");
		return;
	}
	account = account_find(t.logon.user, t.logon.domain);
	t.account = account;
	t.exists = account;
	if (!account && is_of_domain(&t))
		ask_winbind(&t);
	else if (!account && config_of(r)->guest)
		admit_nobody(&t, true);
	else
		check_account(&t, account);
}

void accept_begin(struct request *r)
{
	unsigned int first = r->want.connectionless ? 0 : 1;

	if (r->ntlm_count == first)
		send_challenge(r);
	else if (r->ntlm_count == first + 2)
		check_logon(r);
	else
		accept_fail(r, EPROTO, "NTLM has two legs, this is another one");
}
