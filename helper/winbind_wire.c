// SPDX-License-Identifier: GPL-2.0-or-later
#include "winbind_wire.h"

#include <errno.h>
#include <string.h>

#include "zero.h"

#define MAGIC		0x42574c4eu
#define VERSION		1

/* In struct reply_head, has_lm_key and guest */
#define FLAG_LM_KEY	1u
#define FLAG_GUEST	2u

enum { REQUEST_USER, REQUEST_DOMAIN, REQUEST_WORKSTATION, REQUEST_FIRST,
       REQUEST_SECOND, REQUEST_FIELDS };

enum { REPLY_USER, REPLY_DOMAIN, REPLY_TOKEN, REPLY_SIDS, REPLY_FIELDS };

/*
 * The fields follow the head without gaps. A name has a NUL after it that its
 * length does not count; so has each SID, which the length of the list counts.
 */
struct request_head {
	uint32_t magic;
	uint16_t version;
	uint16_t op;
	uint32_t uid;
	uint8_t server_challenge[WINBIND_CHALLENGE_SIZE];
	uint32_t len[REQUEST_FIELDS];
};

struct reply_head {
	uint32_t magic;
	uint16_t version;
	uint16_t op;
	uint32_t status;
	uint32_t ntstatus;
	uint32_t flags;
	uint8_t session_key[NTLM_KEY_SIZE];
	uint8_t lm_key[WINBIND_LM_KEY_SIZE];
	uint32_t sid_count;
	uint32_t len[REPLY_FIELDS];
};

_Static_assert(WINBIND_MESSAGE_MAX >=
	       sizeof(struct request_head) + 2 * WINBIND_TOKEN_MAX +
	       3 * (WINBIND_NAME_MAX + 1), "every request fits");
_Static_assert(WINBIND_MESSAGE_MAX >=
	       sizeof(struct reply_head) + 2 * (WINBIND_NAME_MAX + 1) +
	       WINBIND_SIDS * (WINBIND_SID_MAX + 1),
	       "every reply with SIDs fits, and so does one with a token");

/* --- writing ------------------------------------------------------------- */

struct writer {
	uint8_t *buf;
	size_t used;
	bool bad;
};

static uint32_t put(struct writer *w, const void *data, size_t len, size_t max)
{
	if (w->bad || len > max || len > WINBIND_MESSAGE_MAX - w->used) {
		w->bad = true;
		return 0;
	}
	if (len)
		memcpy(w->buf + w->used, data, len);
	w->used += len;
	return (uint32_t)len;
}

static uint32_t put_name(struct writer *w, const char *name)
{
	uint32_t len = put(w, name, name ? strlen(name) : 0, WINBIND_NAME_MAX);

	put(w, "", 1, 1);
	return len;
}

static ssize_t written(const struct writer *w, const void *head, size_t size)
{
	if (w->bad) {
		explicit_bzero(w->buf, w->used);
		return -EMSGSIZE;
	}
	memcpy(w->buf, head, size);
	return (ssize_t)w->used;
}

static void put_request(struct writer *w, const struct winbind_request *r,
			struct request_head *head)
{
	bool logon = r->op == WINBIND_LOGON;
	struct ntlm_bytes first = logon ? r->nt : r->negotiate;
	struct ntlm_bytes second = logon ? r->lm : r->challenge;

	if (logon) {
		memcpy(head->server_challenge, r->server_challenge,
		       sizeof(head->server_challenge));
		head->len[REQUEST_USER] = put_name(w, r->user);
		head->len[REQUEST_DOMAIN] = put_name(w, r->domain);
		head->len[REQUEST_WORKSTATION] = put_name(w, r->workstation);
		if (!head->len[REQUEST_USER] || (!first.len && !second.len))
			w->bad = true;
	} else {
		head->uid = r->uid;
		if (r->op == WINBIND_CACHED && (!first.len || !second.len))
			w->bad = true;
	}
	if (r->op == WINBIND_CHECK)
		return;
	head->len[REQUEST_FIRST] = put(w, first.data, first.len, WINBIND_TOKEN_MAX);
	head->len[REQUEST_SECOND] = put(w, second.data, second.len,
					WINBIND_TOKEN_MAX);
}

ssize_t winbind_request_pack(const struct winbind_request *request, uint8_t *buf)
{
	struct request_head head = {
		.magic = MAGIC,
		.version = VERSION,
		.op = (uint16_t)request->op,
	};
	struct writer w = { .buf = buf, .used = sizeof(head) };

	put_request(&w, request, &head);
	return written(&w, &head, sizeof(head));
}

ssize_t winbind_reply_pack(const struct winbind_reply *reply, uint8_t *buf)
{
	struct reply_head head = {
		.magic = MAGIC,
		.version = VERSION,
		.op = (uint16_t)reply->op,
		.status = reply->status,
		.ntstatus = reply->ntstatus,
	};
	struct writer w = { .buf = buf, .used = sizeof(head) };
	size_t begin;
	ssize_t len;

	if (reply->status)
		return written(&w, &head, sizeof(head));
	if (reply->op != WINBIND_CHECK)
		memcpy(head.session_key, reply->session_key,
		       sizeof(head.session_key));
	if (reply->op == WINBIND_LOGON && reply->has_lm_key) {
		head.flags |= FLAG_LM_KEY;
		memcpy(head.lm_key, reply->lm_key, sizeof(head.lm_key));
	}
	if (reply->op == WINBIND_LOGON && reply->guest)
		head.flags |= FLAG_GUEST;
	head.len[REPLY_USER] = put_name(&w, reply->user);
	head.len[REPLY_DOMAIN] = put_name(&w, reply->domain);
	if (reply->op == WINBIND_CACHED)
		head.len[REPLY_TOKEN] = put(&w, reply->token.data,
					    reply->token.len, WINBIND_TOKEN_MAX);
	if (!head.len[REPLY_USER] ||
	    (reply->op == WINBIND_CACHED && !head.len[REPLY_TOKEN]))
		w.bad = true;
	begin = w.used;
	if (reply->op == WINBIND_LOGON) {
		if (reply->sid_count > WINBIND_SIDS)
			w.bad = true;
		for (unsigned int i = 0; !w.bad && i < reply->sid_count; i++)
			put(&w, reply->sids[i], strlen(reply->sids[i]) + 1,
			    WINBIND_SID_MAX + 1);
		head.sid_count = reply->sid_count;
	}
	head.len[REPLY_SIDS] = (uint32_t)(w.used - begin);
	len = written(&w, &head, sizeof(head));
	explicit_bzero(&head, sizeof(head));
	return len;
}

/* --- reading ------------------------------------------------------------- */

struct reader {
	const uint8_t *at;
	size_t left;
	bool bad;
};

static struct ntlm_bytes get(struct reader *r, size_t len, size_t max)
{
	struct ntlm_bytes bytes = { r->at, len };

	if (r->bad || len > max || len > r->left) {
		r->bad = true;
		return (struct ntlm_bytes){ NULL, 0 };
	}
	r->at += len;
	r->left -= len;
	return bytes;
}

static const char *get_name(struct reader *r, size_t len)
{
	struct ntlm_bytes name = get(r, len, WINBIND_NAME_MAX);
	struct ntlm_bytes end = get(r, 1, 1);

	if (r->bad || *end.data || memchr(name.data, '\0', len)) {
		r->bad = true;
		return "";
	}
	return (const char *)name.data;
}

static bool is_op(unsigned int op)
{
	return op == WINBIND_CHECK || op == WINBIND_CACHED || op == WINBIND_LOGON;
}

static void get_logon(struct reader *r, const struct request_head *head,
		      struct winbind_request *request)
{
	request->user = get_name(r, head->len[REQUEST_USER]);
	request->domain = get_name(r, head->len[REQUEST_DOMAIN]);
	request->workstation = get_name(r, head->len[REQUEST_WORKSTATION]);
	request->nt = get(r, head->len[REQUEST_FIRST], WINBIND_TOKEN_MAX);
	request->lm = get(r, head->len[REQUEST_SECOND], WINBIND_TOKEN_MAX);
	memcpy(request->server_challenge, head->server_challenge,
	       sizeof(request->server_challenge));
	if (!*request->user || (!request->nt.len && !request->lm.len) ||
	    head->uid)
		r->bad = true;
}

static void get_uid(struct reader *r, const struct request_head *head,
		    struct winbind_request *request)
{
	request->uid = head->uid;
	/* to setresuid(2) it is no uid, but means to stay root */
	if (head->uid == UINT32_MAX || head->len[REQUEST_USER] || head->len[REQUEST_DOMAIN] ||
	    head->len[REQUEST_WORKSTATION] ||
	    !is_zero(head->server_challenge, sizeof(head->server_challenge)))
		r->bad = true;
	request->negotiate = get(r, head->len[REQUEST_FIRST], WINBIND_TOKEN_MAX);
	request->challenge = get(r, head->len[REQUEST_SECOND],
				 WINBIND_TOKEN_MAX);
	if (!request->negotiate.len != (request->op == WINBIND_CHECK) ||
	    !request->challenge.len != (request->op == WINBIND_CHECK))
		r->bad = true;
}

int winbind_request_parse(const uint8_t *buf, size_t len,
			  struct winbind_request *request)
{
	struct request_head head;
	struct reader r = { .bad = false };

	*request = (struct winbind_request){ 0 };
	if (len < sizeof(head))
		return -EPROTO;
	memcpy(&head, buf, sizeof(head));
	r.at = buf + sizeof(head);
	r.left = len - sizeof(head);
	if (head.magic != MAGIC || head.version != VERSION || !is_op(head.op))
		return -EPROTO;
	request->op = (enum winbind_op)head.op;
	if (request->op == WINBIND_LOGON)
		get_logon(&r, &head, request);
	else
		get_uid(&r, &head, request);
	return r.bad || r.left ? -EPROTO : 0;
}

static void get_sids(struct reader *r, size_t len, uint32_t count,
		     struct winbind_reply *reply)
{
	struct ntlm_bytes list = get(r, len, r->left);

	if (r->bad || count > WINBIND_SIDS) {
		r->bad = true;
		return;
	}
	while (reply->sid_count < count) {
		const uint8_t *end = memchr(list.data, '\0', list.len);
		size_t size = end ? (size_t)(end - list.data) + 1 : 0;

		if (size < 2 || size > WINBIND_SID_MAX + 1) {
			r->bad = true;
			return;
		}
		reply->sids[reply->sid_count++] = (const char *)list.data;
		list.data += size;
		list.len -= size;
	}
	if (list.len)
		r->bad = true;
}

static bool is_failure(const struct reply_head *head, size_t left)
{
	return !left && !head->flags && !head->sid_count &&
	       (!head->ntstatus || head->status == EKEYREJECTED) &&
	       is_zero(head->len, sizeof(head->len));
}

int winbind_reply_parse(const uint8_t *buf, size_t len, enum winbind_op op,
			struct winbind_reply *reply)
{
	struct reply_head head;
	struct reader r = { .bad = false };

	*reply = (struct winbind_reply){ 0 };
	if (len < sizeof(head))
		return -EPROTO;
	memcpy(&head, buf, sizeof(head));
	r.at = buf + sizeof(head);
	r.left = len - sizeof(head);
	if (head.magic != MAGIC || head.version != VERSION || head.op != op)
		goto bad;
	reply->op = op;
	reply->status = head.status;
	reply->ntstatus = head.ntstatus;
	if (head.status) {
		if (!is_failure(&head, r.left))
			goto bad;
		return 0;
	}
	memcpy(reply->session_key, head.session_key, sizeof(head.session_key));
	memcpy(reply->lm_key, head.lm_key, sizeof(head.lm_key));
	reply->has_lm_key = head.flags & FLAG_LM_KEY;
	reply->guest = head.flags & FLAG_GUEST;
	reply->user = get_name(&r, head.len[REPLY_USER]);
	reply->domain = get_name(&r, head.len[REPLY_DOMAIN]);
	reply->token = get(&r, head.len[REPLY_TOKEN], WINBIND_TOKEN_MAX);
	get_sids(&r, head.len[REPLY_SIDS], head.sid_count, reply);
	if (r.bad || r.left || head.ntstatus || !*reply->user ||
	    head.flags & ~(FLAG_LM_KEY | FLAG_GUEST) ||
	    (op != WINBIND_LOGON && (head.flags || head.sid_count)) ||
	    !reply->token.len != (op != WINBIND_CACHED))
		goto bad;
	explicit_bzero(&head, sizeof(head));
	return 0;
bad:
	explicit_bzero(&head, sizeof(head));
	explicit_bzero(reply, sizeof(*reply));
	return -EPROTO;
}
