// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Messages of a helper: first as an honest one would make them, then changed.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "../lib/oracle.h"
#include "fuzz.h"

#define MIC_SIZE	NTLM_SIGNATURE_SIZE
#define PROTECTION	(NTLM_NEGOTIATE_SIGN | NTLM_NEGOTIATE_SEAL)

static uint8_t *draft_room(struct draft *d, size_t len)
{
	uint8_t *room = d->bytes + d->used;

	if (len > sizeof(d->bytes) - d->used)
		FAIL("a draft became too large");
	d->used += len;
	return room;
}

static void draft_add(struct draft *d, uint16_t type, const void *data,
		      size_t len)
{
	uint8_t *room;

	if (d->count == DONE_ATTRS)
		FAIL("a draft has too many attributes");
	room = draft_room(d, len);
	if (len)
		memcpy(room, data, len);
	d->attr[d->count].type = type;
	d->attr[d->count].len = (uint16_t)len;
	d->attr[d->count].data = room;
	d->count++;
}

static void draft_u32(struct draft *d, uint16_t type, uint32_t v)
{
	draft_add(d, type, &v, sizeof(v));
}

static void draft_u64(struct draft *d, uint16_t type, uint64_t v)
{
	draft_add(d, type, &v, sizeof(v));
}

static void draft_str(struct draft *d, uint16_t type, const char *s)
{
	draft_add(d, type, s, strlen(s) + 1);
}

static void draft_drop(struct draft *d, unsigned int i)
{
	d->count--;
	memmove(&d->attr[i], &d->attr[i + 1],
		(d->count - i) * sizeof(d->attr[0]));
}

static void make_key(struct rng *r, uint8_t key[NTLM_SESSION_KEY_SIZE])
{
	rng_fill(r, key, NTLM_SESSION_KEY_SIZE);
	memcpy(key, KEY_MARK, KEY_MARK_LEN);
}

static void draft_bytes(struct rng *r, struct draft *d, uint16_t type,
			size_t len)
{
	static uint8_t data[NTLM_MAX_TOKEN + NTLM_MAX_TOKEN / 4];

	rng_fill(r, data, len);
	draft_add(d, type, data, len);
}

static void draft_name(struct rng *r, struct draft *d, uint16_t type)
{
	char name[NTLM_MAX_NAME + 200];
	size_t i, len = rng_len(r, NTLM_MAX_NAME);

	for (i = 0; i < len; i++)
		name[i] = (char)('a' + rng_below(r, 26));
	name[len] = 0;
	draft_str(d, type, name);
}

/* --- honest answers ----------------------------------------------------- */

static uint32_t honest_flags(struct rng *r, const struct want *w)
{
	static const uint32_t decisive[] = {
		NTLM_NEGOTIATE_SIGN, NTLM_NEGOTIATE_SEAL,
		NTLM_NEGOTIATE_EXTENDED_SESSIONSECURITY, NTLM_NEGOTIATE_128,
		NTLM_NEGOTIATE_56, NTLM_NEGOTIATE_KEY_EXCH,
		NTLM_NEGOTIATE_DATAGRAM, NTLM_NEGOTIATE_ANONYMOUS,
		NTLM_NEGOTIATE_IDENTIFY, NTLM_NEGOTIATE_LM_KEY,
	};
	uint32_t flags = NTLM_TEST_FLAGS;

	if (rng_percent(r, 20))
		flags &= ~NTLM_NEGOTIATE_SEAL;
	if (rng_percent(r, 10))
		flags &= ~PROTECTION;
	if (rng_percent(r, 10) && w->min_key_bits <= 56) {
		flags &= ~NTLM_NEGOTIATE_128;
		flags |= NTLM_NEGOTIATE_56;
	}
	if (rng_percent(r, 20) && w->allow_legacy)
		flags &= ~NTLM_NEGOTIATE_EXTENDED_SESSIONSECURITY;
	if (w->required & NTLM_OPT_IDENTIFY)
		flags |= NTLM_NEGOTIATE_IDENTIFY;
	if (w->required & NTLM_OPT_ANONYMOUS)
		flags |= NTLM_NEGOTIATE_ANONYMOUS;
	if (w->mode == NTLM_MODE_CONNECTIONLESS)
		flags |= NTLM_NEGOTIATE_DATAGRAM;
	if (w->required & (NTLM_OPT_INTEGRITY | NTLM_OPT_REPLAY_DETECT |
			   NTLM_OPT_SEQUENCE_DETECT))
		flags |= NTLM_NEGOTIATE_SIGN;
	if (w->required & NTLM_OPT_CONFIDENTIALITY)
		flags |= PROTECTION;
	/* not quite honest */
	if (rng_percent(r, 20))
		flags ^= decisive[rng_below(r, sizeof(decisive) /
					    sizeof(decisive[0]))];
	return flags;
}

/* The mechListMIC of the other side, as its first message */
static void peer_mic(uint32_t flags, const struct want *w,
		     const uint8_t key[NTLM_SESSION_KEY_SIZE],
		     const uint8_t *list, size_t len, uint8_t mic[MIC_SIZE])
{
	uint8_t copy[NTLM_MAX_MECH_LIST + NTLM_MAX_MECH_LIST / 4];
	struct oracle_part part = { copy, len, false };
	struct oracle o;

	memcpy(copy, list, len);
	oracle_init(&o, w->role == NTLM_ROLE_INITIATOR ? ORACLE_SERVER :
		    ORACLE_CLIENT, flags, key);
	oracle_sign(&o, &part, 1, mic);
}

static void honest_mics(struct rng *r, struct draft *d, const struct want *w,
			uint32_t flags, const uint8_t *key, size_t token_len,
			bool last)
{
	uint8_t list[NTLM_MAX_MECH_LIST], mic[MIC_SIZE];
	size_t len = 1 + rng_below(r, 60);

	if (!w->spnego || !(flags & NTLM_NEGOTIATE_SIGN) ||
	    (flags & NTLM_NEGOTIATE_ANONYMOUS) || token_len < MIC_SIZE)
		return;
	rng_fill(r, list, len);
	draft_add(d, NTLM_A_DONE_MECH_LIST, list, len);
	draft_u32(d, NTLM_A_DONE_MIC_OFFSET, rng_percent(r, 90) ?
		  rng_below(r, (uint32_t)(token_len - MIC_SIZE + 1)) :
		  rng_below(r, (uint32_t)token_len + 20));
	/* else it is still to come */
	if (!last)
		return;
	peer_mic(flags, w, key, list, len, mic);
	if (rng_percent(r, 30))
		mic[rng_below(r, MIC_SIZE)] ^= (uint8_t)(1 + rng_below(r, 255));
	draft_add(d, NTLM_A_DONE_PEER_MIC, mic, sizeof(mic));
}

static void honest_last(struct rng *r, struct draft *d, const struct pending *p)
{
	uint8_t key[NTLM_SESSION_KEY_SIZE], token[256] = {};
	uint32_t flags = honest_flags(r, &p->want);
	bool last = !p->want.spnego || rng_percent(r, 50);
	size_t len = 17 + rng_below(r, sizeof(token) - 17);

	make_key(r, key);
	/* zeros, in which a mechListMIC has room everywhere */
	draft_add(d, NTLM_A_DONE_TOKEN, token, len);
	if (last)
		draft_add(d, NTLM_A_DONE_ESTABLISHED, NULL, 0);
	draft_u32(d, NTLM_A_DONE_FLAGS, flags);
	if (!(flags & NTLM_NEGOTIATE_ANONYMOUS))
		draft_add(d, NTLM_A_DONE_SESSION_KEY, key, sizeof(key));
	if (p->want.bindings && rng_percent(r, 90))
		draft_u32(d, NTLM_A_DONE_GRANTED, NTLM_OPT_CHANNEL_BINDINGS);
	draft_name(r, d, NTLM_A_DONE_USER);
	draft_name(r, d, NTLM_A_DONE_DOMAIN);
	draft_u64(d, NTLM_A_DONE_CREDENTIAL, rng_next(r));
	honest_mics(r, d, &p->want, flags, key, len, last);
	if (p->want.role != NTLM_ROLE_ACCEPTOR)
		return;
	if (rng_percent(r, 50))
		draft_name(r, d, NTLM_A_DONE_WORKSTATION);
	for (uint32_t n = rng_percent(r, 95) ? rng_below(r, 4) :
	     rng_below(r, NTLM_MAX_SIDS + 2); n; n--)
		draft_str(d, NTLM_A_DONE_SID, "S-1-5-21-1-2-3-500");
}

/* --- changes ------------------------------------------------------------ */

static const uint8_t zeros[NTLM_SESSION_KEY_SIZE];

static void add_any(struct rng *r, struct draft *d)
{
	uint16_t type = (uint16_t)rng_below(r, NTLM_A_DONE_MAX + 3);
	uint8_t key[NTLM_SESSION_KEY_SIZE + 4];
	char sid[NTLM_MAX_SID + 64];
	size_t len;

	switch (type) {
	case NTLM_A_DONE_TOKEN:
		draft_bytes(r, d, type, rng_len(r, NTLM_MAX_TOKEN));
		break;
	case NTLM_A_DONE_SESSION_KEY:
		make_key(r, key);
		memcpy(key + NTLM_SESSION_KEY_SIZE, "more", 4);
		len = rng_percent(r, 60) ? NTLM_SESSION_KEY_SIZE :
		      rng_below(r, sizeof(key) + 1);
		draft_add(d, type, rng_percent(r, 10) && len <= sizeof(zeros) ?
			  zeros : key, len);
		break;
	case NTLM_A_DONE_USER:
	case NTLM_A_DONE_DOMAIN:
	case NTLM_A_DONE_WORKSTATION:
		if (rng_percent(r, 70))
			draft_name(r, d, type);
		else
			draft_bytes(r, d, type, rng_len(r, NTLM_MAX_NAME));
		break;
	case NTLM_A_DONE_MECH_LIST:
		draft_bytes(r, d, type, rng_len(r, NTLM_MAX_MECH_LIST));
		break;
	case NTLM_A_DONE_PEER_MIC:
		draft_bytes(r, d, type, rng_percent(r, 60) ? MIC_SIZE :
			    rng_below(r, 40));
		break;
	case NTLM_A_DONE_MIC_OFFSET:
		draft_u32(d, type, rng_percent(r, 50) ? rng_below(r, 300) :
			  (uint32_t)rng_next(r));
		break;
	case NTLM_A_DONE_SID:
		len = rng_len(r, NTLM_MAX_SID);
		memset(sid, '1', len);
		memcpy(sid, "S-1-5", len < 5 ? len : 5);
		sid[len] = 0;
		draft_add(d, type, sid, len + rng_below(r, 2));
		break;
	case NTLM_A_DONE_STATUS:
		draft_u32(d, type, rng_percent(r, 90) ? rng_below(r, 140) :
			  (uint32_t)rng_next(r));
		break;
	case NTLM_A_DONE_ESTABLISHED:
		draft_add(d, type, "payload", rng_percent(r, 80) ? 0 :
			  rng_below(r, 8));
		break;
	case NTLM_A_DONE_COOKIE:
	case NTLM_A_DONE_CREDENTIAL:
		draft_u64(d, type, rng_next(r));
		break;
	case NTLM_A_DONE_FLAGS:
	case NTLM_A_DONE_NTSTATUS:
	case NTLM_A_DONE_GRANTED:
	case NTLM_A_DONE_IDENTITY:
		draft_u32(d, type, rng_percent(r, 50) ?
			  1U << rng_below(r, 32) : (uint32_t)rng_next(r));
		break;
	default:
		draft_bytes(r, d, type, rng_below(r, 40));
	}
}

static void many_sids(struct rng *r, struct draft *d)
{
	uint32_t n = NTLM_MAX_SIDS - 2 + rng_below(r, 40);

	for (; n && d->count < DONE_ATTRS - 16; n--)
		draft_str(d, NTLM_A_DONE_SID, "S-1-5-32-544");
}

static void change_one(struct rng *r, struct draft *d)
{
	unsigned int i = rng_below(r, d->count);
	uint8_t *copy;
	size_t len = d->attr[i].len;

	switch (rng_below(r, 9)) {
	case 0:
		draft_drop(d, i);
		break;
	case 1:
		draft_add(d, d->attr[i].type, d->attr[i].data, len);
		break;
	case 2:
		d->attr[i].len = (uint16_t)rng_below(r, (uint32_t)len + 1);
		break;
	case 3:
		if (!len)
			break;
		copy = draft_room(d, len);
		memcpy(copy, d->attr[i].data, len);
		copy[rng_below(r, (uint32_t)len)] ^=
			(uint8_t)(1U << rng_below(r, 8));
		d->attr[i].data = copy;
		break;
	case 4:
		d->attr[i].type |= rng_percent(r, 50) ? NLA_F_NESTED :
				   NLA_F_NET_BYTEORDER;
		break;
	case 5:
		if (rng_percent(r, 5))
			many_sids(r, d);
		break;
	default:
		/* the last one of a kind counts */
		add_any(r, d);
	}
}

void draft_noise(struct rng *r, struct draft *d)
{
	uint32_t n = rng_below(r, 6);

	d->count = 0;
	d->used = 0;
	for (; n; n--)
		add_any(r, d);
}

/* Flags and key are there already; the peer's last word was awaited. */
static void honest_end(struct rng *r, struct draft *d, const struct want *w,
		       const struct sent *before)
{
	uint8_t mic[MIC_SIZE];

	draft_add(d, NTLM_A_DONE_ESTABLISHED, NULL, 0);
	if (rng_percent(r, 30))
		draft_bytes(r, d, NTLM_A_DONE_TOKEN, 1 + rng_below(r, 60));
	if (!before->list_len || before->has_mic)
		return;
	peer_mic(before->flags, w, before->key, before->list,
		 before->list_len, mic);
	if (rng_percent(r, 30))
		mic[rng_below(r, MIC_SIZE)] ^= (uint8_t)(1 + rng_below(r, 255));
	draft_add(d, NTLM_A_DONE_PEER_MIC, mic, sizeof(mic));
}

void draft_done(struct rng *r, struct draft *d, const struct pending *p,
		const struct sent *before, bool honest)
{
	uint32_t n = 1 + rng_below(r, 3);

	d->count = 0;
	d->used = 0;
	draft_u64(d, NTLM_A_DONE_COOKIE, p->cookie);
	if (honest && rng_percent(r, 6)) {
		draft_u32(d, NTLM_A_DONE_STATUS, 1 + rng_below(r, 132));
		draft_u32(d, NTLM_A_DONE_NTSTATUS, (uint32_t)rng_next(r));
		return;
	}
	draft_u32(d, NTLM_A_DONE_STATUS, 0);
	if (before)
		honest_end(r, d, &p->want, before);
	else if (!p->leg || (p->leg < 3 && rng_percent(r, 10)))
		draft_bytes(r, d, NTLM_A_DONE_TOKEN, rng_percent(r, 97) ?
			    1 + rng_below(r, 100) : NTLM_MAX_TOKEN);
	else
		honest_last(r, d, p);
	if (!honest)
		for (; n && d->count; n--)
			change_one(r, d);
}

void draft_put(struct rng *r, struct nl *nl, struct nl_msg *m, uint8_t cmd,
	       const struct draft *d, bool twist)
{
	struct genlmsghdr *g = NLMSG_DATA(m->buf);
	uint16_t flags = 0;
	unsigned int i;

	if (twist && rng_percent(r, 30))
		flags = (uint16_t)(rng_next(r) & 0x0ff0 & ~NLM_F_DUMP);
	nl_begin(nl, m, cmd, flags);
	if (twist && rng_percent(r, 30))
		g->version = (uint8_t)rng_next(r);
	if (twist && rng_percent(r, 5))
		g->reserved = (uint16_t)rng_next(r);
	for (i = 0; d && i < d->count; i++) {
		/* nla_len has 16 bits */
		if (m->len + d->attr[i].len > 60000)
			break;
		nl_put(m, d->attr[i].type, d->attr[i].data, d->attr[i].len);
	}
	if (!twist || !rng_percent(r, 15))
		return;
	/* cut off, or with a rest that is no attribute */
	if (rng_percent(r, 50)) {
		if (m->len > NLMSG_LENGTH(GENL_HDRLEN))
			m->len -= rng_below(r, (uint32_t)(m->len -
					    NLMSG_LENGTH(GENL_HDRLEN)) + 1);
	} else {
		i = 1 + rng_below(r, 12);
		rng_fill(r, m->buf + m->len, i);
		m->len += i;
	}
}

/* --- what it says ------------------------------------------------------- */

const struct nlattr *msg_find(const struct nl_msg *m, uint16_t type)
{
	size_t at = NLMSG_LENGTH(GENL_HDRLEN);
	const struct nlattr *a, *found = NULL;

	while (at + NLA_HDRLEN <= m->len) {
		a = (const struct nlattr *)(m->buf + at);
		if (a->nla_len < NLA_HDRLEN || a->nla_len > m->len - at)
			break;
		if ((a->nla_type & NLA_TYPE_MASK) == type)
			found = a;
		at += NLA_ALIGN(a->nla_len);
	}
	return found;
}

uint64_t msg_number(const struct nl_msg *m, uint16_t type, size_t size)
{
	const struct nlattr *a = msg_find(m, type);
	uint64_t v = 0;

	if (a && nl_attr_len(a) == size)
		memcpy(&v, nl_attr_data(a), size);
	return v;
}

static bool is_text(const struct nlattr *a, size_t max)
{
	const char *text = nl_attr_data(a);
	size_t i, len = strnlen(text, nl_attr_len(a));

	if (len == nl_attr_len(a) || len > max)
		return false;
	for (i = 0; i < len; i++)
		if ((uint8_t)text[i] < 0x20 || text[i] == 0x7f)
			return false;
	return true;
}

static const char *wrong_attr(const struct nlattr *a)
{
	const size_t len = nl_attr_len(a);

	switch (a->nla_type & NLA_TYPE_MASK) {
	case NTLM_A_DONE_COOKIE:
	case NTLM_A_DONE_CREDENTIAL:
		return len == 8 ? NULL : "a number of 64 bits";
	case NTLM_A_DONE_STATUS:
	case NTLM_A_DONE_FLAGS:
	case NTLM_A_DONE_NTSTATUS:
	case NTLM_A_DONE_GRANTED:
	case NTLM_A_DONE_IDENTITY:
	case NTLM_A_DONE_MIC_OFFSET:
		return len == 4 ? NULL : "a number of 32 bits";
	case NTLM_A_DONE_TOKEN:
		return len && len <= NTLM_MAX_TOKEN ? NULL : "a token";
	case NTLM_A_DONE_MECH_LIST:
		return len && len <= NTLM_MAX_MECH_LIST ? NULL :
		       "a list of mechanisms";
	case NTLM_A_DONE_SESSION_KEY:
	case NTLM_A_DONE_PEER_MIC:
		return len == 16 ? NULL : "16 bytes";
	case NTLM_A_DONE_USER:
	case NTLM_A_DONE_DOMAIN:
	case NTLM_A_DONE_WORKSTATION:
		return is_text(a, NTLM_MAX_NAME) ? NULL : "a name";
	case NTLM_A_DONE_SID:
		return is_text(a, NTLM_MAX_SID) ? NULL : "a SID";
	case NTLM_A_DONE_PAD:
		return NULL;
	case NTLM_A_DONE_ESTABLISHED:
		return !len ? NULL : "a flag";
	default:
		return "an unknown attribute";
	}
}

const char *msg_wrong(const struct nl_msg *m)
{
	const struct nlattr *token = msg_find(m, NTLM_A_DONE_TOKEN);
	size_t room = token ? nl_attr_len(token) : 0, sids = 0, at;
	uint64_t status = msg_number(m, NTLM_A_DONE_STATUS, 4);
	const struct nlattr *a;
	const char *why;
	uint16_t type;

	for (at = NLMSG_LENGTH(GENL_HDRLEN); at + NLA_HDRLEN <= m->len;
	     at += NLA_ALIGN(a->nla_len)) {
		a = (const struct nlattr *)(m->buf + at);
		if (a->nla_len < NLA_HDRLEN || a->nla_len > m->len - at)
			return "an attribute that is cut off";
		/* of several the last one counts, but all SIDs do */
		type = a->nla_type & NLA_TYPE_MASK;
		why = a == msg_find(m, type) || type == NTLM_A_DONE_SID ?
			wrong_attr(a) : NULL;
		if (why)
			return why;
		sids += type == NTLM_A_DONE_SID;
	}
	if (at < m->len)
		return "bytes after the last attribute";
	if (sids > NTLM_MAX_SIDS)
		return "too many SIDs";
	if (!msg_find(m, NTLM_A_DONE_COOKIE) || !msg_find(m, NTLM_A_DONE_STATUS))
		return "no cookie or no status";
	if (status > 133 || status == EINPROGRESS || status == EBUSY ||
	    status == EISCONN || status == EINVAL)
		return "a status that has another meaning";
	if (msg_number(m, NTLM_A_DONE_GRANTED, 4) & ~NTLM_OPT_CHANNEL_BINDINGS ||
	    msg_number(m, NTLM_A_DONE_IDENTITY, 4) & ~NTLM_IDENTITY_GUEST)
		return "a bit that is not known";
	if (!status && msg_find(m, NTLM_A_DONE_MIC_OFFSET) &&
	    (room < MIC_SIZE ||
	     msg_number(m, NTLM_A_DONE_MIC_OFFSET, 4) > room - MIC_SIZE))
		return "a signature outside of the token";
	return NULL;
}

/* @s: the answer that gave flags and key */
static bool is_bad_mic(const struct nl_msg *m, const struct want *want,
		       const struct sent *s)
{
	const struct nlattr *mic = msg_find(m, NTLM_A_DONE_PEER_MIC);
	uint8_t right[MIC_SIZE];

	if (!mic)
		return false;
	if (nl_attr_len(mic) != MIC_SIZE || !s->has_flags || !s->has_key ||
	    !s->list_len || !(s->flags & PROTECTION))
		return true;
	/* the oracle knows no other session security */
	if (!(s->flags & NTLM_NEGOTIATE_EXTENDED_SESSIONSECURITY))
		return false;
	peer_mic(s->flags, want, s->key, s->list, s->list_len, right);
	return memcmp(right, nl_attr_data(mic), MIC_SIZE);
}

struct sent msg_sent(const struct nl_msg *m, const struct want *want,
		     const struct sent *before)
{
	const struct nlattr *flags = msg_find(m, NTLM_A_DONE_FLAGS);
	const struct nlattr *key = msg_find(m, NTLM_A_DONE_SESSION_KEY);
	const struct nlattr *list = msg_find(m, NTLM_A_DONE_MECH_LIST);
	struct sent s = {
		.established = msg_find(m, NTLM_A_DONE_ESTABLISHED),
		.has_flags = flags && nl_attr_len(flags) == sizeof(s.flags),
		.guest = msg_number(m, NTLM_A_DONE_IDENTITY, sizeof(uint32_t)) &
			 NTLM_IDENTITY_GUEST,
		.has_key = key && nl_attr_len(key) == sizeof(s.key),
		.no_bindings = !(msg_number(m, NTLM_A_DONE_GRANTED,
					    sizeof(uint32_t)) &
				 NTLM_OPT_CHANNEL_BINDINGS),
	};

	if (s.has_flags)
		memcpy(&s.flags, nl_attr_data(flags), sizeof(s.flags));
	if (s.has_key)
		memcpy(s.key, nl_attr_data(key), sizeof(s.key));
	if (list && nl_attr_len(list) <= sizeof(s.list)) {
		s.list_len = nl_attr_len(list);
		memcpy(s.list, nl_attr_data(list), s.list_len);
	}
	s.has_mic = msg_find(m, NTLM_A_DONE_PEER_MIC);
	s.bad_mic = is_bad_mic(m, want, before ? before : &s);
	return s;
}
