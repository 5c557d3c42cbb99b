// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Messages of the kernel: good ones, and every way to be malformed.
 */
#include <errno.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <stdlib.h>
#include <string.h>

#include "netlink_parse.h"
#include "netlink_put.h"
#include "tap.h"
#include <linux/ntlm.h>

#define FAMILY 40

enum fault {
	NONE, NO_COOKIE, SHORT_COOKIE, NO_TARGET, LONG_TARGET, NO_NUL, TWO_NULS,
	SHORT_UID, NO_UID, BINDINGS_15, BINDINGS_17, OPTION, ROLE, MODE,
	NINE_TOKENS, LONG_TOKEN, LEG_WITHOUT_TOKENS, TOKENS_WITHOUT_LEG,
};

static const char *const fault_names[] = {
	"good", "no cookie", "short cookie", "no target", "long target",
	"string without NUL", "NUL inside a string", "short uid", "no uid",
	"15 bytes of channel bindings", "17 bytes of channel bindings",
	"unknown option", "unknown role", "unknown mode", "nine tokens",
	"token too long", "second leg without tokens", "first leg with tokens",
};

static uint8_t bytes[NTLM_MAX_TOKEN + 1];

static struct nl_msg *request(enum fault fault)
{
	struct nl_msg *msg = nlmsg_alloc_size(65536);
	uint32_t leg = fault == TOKENS_WITHOUT_LEG ? 0 : 1;
	unsigned int tokens = fault == LEG_WITHOUT_TOKENS ? 0 :
			      fault == NINE_TOKENS ? 9 : 2;
	static char name[NTLM_MAX_NAME + 2];

	genlmsg_put(msg, 0, 1, FAMILY, 0, 0, NTLM_CMD_ACCEPT, 1);
	if (fault == SHORT_COOKIE)
		nla_put_u32(msg, NTLM_A_REQUEST_COOKIE, 7);
	else if (fault != NO_COOKIE)
		nla_put_u64(msg, NTLM_A_REQUEST_COOKIE, 7);
	nla_put_u32(msg, NTLM_A_REQUEST_CONTEXT, 3);
	nla_put_u32(msg, NTLM_A_REQUEST_ROLE,
		    fault == ROLE ? 2 : NTLM_ROLE_INITIATOR);
	nla_put_u32(msg, NTLM_A_REQUEST_MODE, fault == MODE ?
		    2 : NTLM_MODE_CONNECTION);
	nla_put_u32(msg, NTLM_A_REQUEST_LEG, leg);
	if (fault == SHORT_UID)
		nla_put_u16(msg, NTLM_A_REQUEST_UID, 5);
	else if (fault != NO_UID)
		nla_put_u32(msg, NTLM_A_REQUEST_UID, 1000);
	switch (fault) {
	case NO_TARGET:
		break;
	case LONG_TARGET:
		memset(name, 'a', NTLM_MAX_NAME + 1);
		nla_put_string(msg, NTLM_A_REQUEST_TARGET, name);
		break;
	case NO_NUL:
		nla_put(msg, NTLM_A_REQUEST_TARGET, 4, "cifs");
		break;
	case TWO_NULS:
		nla_put(msg, NTLM_A_REQUEST_TARGET, 8, "cifs\0/x");
		break;
	default:
		nla_put_string(msg, NTLM_A_REQUEST_TARGET, "cifs/host");
	}
	nla_put_flag(msg, NTLM_A_REQUEST_TARGET_UNVERIFIED);
	nla_put_string(msg, NTLM_A_REQUEST_USER, "alice");
	nla_put_string(msg, NTLM_A_REQUEST_DOMAIN, "LAB");
	nla_put_u32(msg, NTLM_A_REQUEST_REQUIRED,
		    fault == OPTION ? 1U << 20 :
		    NTLM_OPT_CONFIDENTIALITY | NTLM_OPT_REPLAY_DETECT);
	nla_put_u32(msg, NTLM_A_REQUEST_WISHED, NTLM_OPT_SEQUENCE_DETECT);
	nla_put_u32(msg, NTLM_A_REQUEST_MIN_KEY_BITS, 128);
	nla_put(msg, NTLM_A_REQUEST_CHANNEL_BINDINGS,
		fault == BINDINGS_15 ? 15 : fault == BINDINGS_17 ? 17 : 16, bytes);
	nla_put_u32(msg, NTLM_A_REQUEST_DEADLINE, 9000);
	for (unsigned int i = 0; i < tokens; i++)
		nla_put(msg, NTLM_A_REQUEST_TOKEN,
			fault == LONG_TOKEN ? NTLM_MAX_TOKEN + 1 : 10 + (int)i,
			bytes);
	/* what a later kernel may add */
	nla_put_u32(msg, NTLM_A_REQUEST_MAX + 1, 1);
	return msg;
}

static int parse(enum fault fault, struct request *r)
{
	struct nl_msg *msg = request(fault);
	struct nlmsghdr *nlh = nlmsg_hdr(msg), *copy;
	int e;

	/* a block of its own, so that the sanitizer sees its end */
	copy = malloc(nlh->nlmsg_len);
	memcpy(copy, nlh, nlh->nlmsg_len);
	memset(r, 0, sizeof(*r));
	e = parse_request(copy, r);
	free(copy);
	nlmsg_free(msg);
	return e;
}

static void test_requests(struct request *r)
{
	static const struct {
		enum fault fault;
		int error;
		bool cookie;
	} faults[] = {
		{ NO_COOKIE, -EBADMSG, false }, { SHORT_COOKIE, -EBADMSG, false },
		{ NO_TARGET, -EBADMSG, true }, { LONG_TARGET, -EBADMSG, true },
		{ NO_NUL, -EBADMSG, true }, { TWO_NULS, -EBADMSG, true },
		{ SHORT_UID, -EBADMSG, true }, { NO_UID, -EBADMSG, true },
		{ BINDINGS_15, -EBADMSG, true }, { BINDINGS_17, -EBADMSG, true },
		{ OPTION, -EOPNOTSUPP, true }, { ROLE, -EOPNOTSUPP, true },
		{ MODE, -EOPNOTSUPP, true }, { NINE_TOKENS, -EMSGSIZE, true },
		{ LONG_TOKEN, -EMSGSIZE, true },
		{ LEG_WITHOUT_TOKENS, -EBADMSG, true },
		{ TOKENS_WITHOUT_LEG, -EBADMSG, true },
	};

	tap_number((unsigned int)parse(NONE, r), 0, "a good request");
	tap_ok(r->cookie == 7 && r->context == 3 && r->uid == 1000 &&
	       !strcmp(r->target, "cifs/host") && !strcmp(r->user, "alice") &&
	       !strcmp(r->domain, "LAB") && r->deadline_ms == 9000 &&
	       r->want.target_unverified && r->want.min_key_bits == 128 &&
	       r->want.channel_bindings == r->channel_bindings, "its fields");
	tap_number(r->want.required, NTLM_OPTION_CONFIDENTIALITY |
		   NTLM_OPTION_REPLAY_DETECT, "required options in the library's numbers");
	tap_number(r->want.wished, NTLM_OPTION_SEQUENCE_DETECT, "wished options");
	tap_ok(r->token_count == 2 && r->token[0].len == 10 && r->token[1].len == 11,
	       "its tokens, in order");
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		int e = parse(faults[i].fault, r);

		tap_ok(e == faults[i].error && !!r->cookie == faults[i].cookie,
		       "%s: refused%s", fault_names[faults[i].fault],
		       faults[i].cookie ? ", and can be answered" : "");
	}
}

/* Which tokens belong to which leg of which side */
static void test_roles(struct request *r)
{
	static const struct {
		uint32_t role, mode, leg, tokens;
		int error;
	} cases[] = {
		{ NTLM_ROLE_INITIATOR, NTLM_MODE_CONNECTION, 0, 0, 0 },
		{ NTLM_ROLE_INITIATOR, NTLM_MODE_CONNECTION, 1, 8, 0 },
		{ NTLM_ROLE_INITIATOR, NTLM_MODE_CONNECTIONLESS, 1, 1, 0 },
		{ NTLM_ROLE_INITIATOR, NTLM_MODE_CONNECTIONLESS, 1, 0, -EBADMSG },
		{ NTLM_ROLE_ACCEPTOR, NTLM_MODE_CONNECTION, 0, 1, 0 },
		{ NTLM_ROLE_ACCEPTOR, NTLM_MODE_CONNECTION, 1, 3, 0 },
		{ NTLM_ROLE_ACCEPTOR, NTLM_MODE_CONNECTION, 0, 0, -EBADMSG },
		{ NTLM_ROLE_ACCEPTOR, NTLM_MODE_CONNECTIONLESS, 0, 0, 0 },
		{ NTLM_ROLE_ACCEPTOR, NTLM_MODE_CONNECTIONLESS, 1, 2, 0 },
		{ NTLM_ROLE_ACCEPTOR, NTLM_MODE_CONNECTIONLESS, 0, 1, -EBADMSG },
		{ NTLM_ROLE_ACCEPTOR, NTLM_MODE_CONNECTIONLESS, 1, 0, -EBADMSG },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct nl_msg *msg = nlmsg_alloc_size(4096);
		bool acceptor = cases[i].role == NTLM_ROLE_ACCEPTOR;
		bool datagram = cases[i].mode == NTLM_MODE_CONNECTIONLESS;
		bool flagged = i & 1;
		int e;

		genlmsg_put(msg, 0, 1, FAMILY, 0, 0, NTLM_CMD_ACCEPT, 1);
		nla_put_u64(msg, NTLM_A_REQUEST_COOKIE, 7);
		nla_put_u32(msg, NTLM_A_REQUEST_CONTEXT, 3);
		nla_put_u32(msg, NTLM_A_REQUEST_ROLE, cases[i].role);
		nla_put_u32(msg, NTLM_A_REQUEST_MODE, cases[i].mode);
		nla_put_u32(msg, NTLM_A_REQUEST_LEG, cases[i].leg);
		nla_put_u32(msg, NTLM_A_REQUEST_UID, 0);
		nla_put_string(msg, NTLM_A_REQUEST_TARGET, "cifs/host");
		nla_put_u32(msg, NTLM_A_REQUEST_REQUIRED, 0);
		nla_put_u32(msg, NTLM_A_REQUEST_WISHED,
			    NTLM_OPT_CHANNEL_BINDINGS);
		nla_put_u32(msg, NTLM_A_REQUEST_MIN_KEY_BITS, 40);
		nla_put_u32(msg, NTLM_A_REQUEST_DEADLINE, 9000);
		if (flagged) {
			nla_put_flag(msg, NTLM_A_REQUEST_ALLOW_LEGACY);
			nla_put_flag(msg, NTLM_A_REQUEST_SPNEGO);
		}
		for (uint32_t n = 0; n < cases[i].tokens; n++)
			nla_put(msg, NTLM_A_REQUEST_TOKEN, 10, bytes);
		memset(r, 0, sizeof(*r));
		e = parse_request(nlmsg_hdr(msg), r);
		tap_ok(e == cases[i].error &&
		       (e || (r->acceptor == acceptor &&
			      r->want.connectionless == datagram &&
			      r->spnego == flagged &&
			      r->want.allow_legacy == flagged &&
			      r->token_count == cases[i].tokens &&
			      r->want.wished == NTLM_OPTION_CHANNEL_BINDINGS)),
		       "%s, %s, leg %u, %u tokens: %s",
		       acceptor ? "acceptor" : "initiator",
		       datagram ? "connectionless" : "connection",
		       cases[i].leg, cases[i].tokens,
		       cases[i].error ? "refused" : "taken");
		nlmsg_free(msg);
	}
}

/* --- answers ------------------------------------------------------------- */

static const char *sids[NTLM_MAX_SIDS + 1];

static struct answer full_answer(void)
{
	static char name[NTLM_MAX_NAME + 1], sid[NTLM_MAX_SID + 2];

	memset(name, 'n', NTLM_MAX_NAME);
	memset(sid, 's', NTLM_MAX_SID);
	for (size_t i = 0; i <= NTLM_MAX_SIDS; i++)
		sids[i] = sid;
	return (struct answer){
		.token = { bytes, NTLM_MAX_TOKEN },
		.established = true,
		.has_keys = true,
		.flags = 0xe0000035,
		.session_key = bytes,
		.granted = NTLM_OPT_CHANNEL_BINDINGS,
		.user = name,
		.domain = name,
		.workstation = name,
		.identity = NTLM_IDENTITY_GUEST,
		.credential = 99,
		.sids = sids,
		.sid_count = NTLM_MAX_SIDS,
		.mech_list = { bytes, NTLM_MAX_MECH_LIST },
		.mic_wanted = true,
		.mic_offset = NTLM_MAX_TOKEN - NTLM_SIGNATURE_SIZE,
		.peer_mic = bytes,
	};
}

/* Returns the message, or NULL if the kernel would not take it. */
static struct nl_msg *put(const struct answer *a)
{
	size_t size = answer_size(a);
	struct nl_msg *msg;

	if (!size)
		return NULL;
	msg = nlmsg_alloc_size(NLMSG_HDRLEN + GENL_HDRLEN + size);
	genlmsg_put(msg, 0, 1, FAMILY, 0, 0, NTLM_CMD_DONE, 1);
	if (answer_put(msg, 7, a)) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

static unsigned int count(struct nl_msg *msg, int type, int len)
{
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	struct nlattr *attr = genlmsg_attrdata(nlmsg_data(nlh), 0);
	int rest = genlmsg_attrlen(nlmsg_data(nlh), 0);
	unsigned int n = 0;

	for (; nla_ok(attr, rest); attr = nla_next(attr, &rest))
		n += nla_type(attr) == type && nla_len(attr) == len;
	return n;
}

static bool has_u32(struct nl_msg *msg, int type, uint32_t value)
{
	struct nlattr *attr = nlmsg_find_attr(nlmsg_hdr(msg), GENL_HDRLEN, type);

	return attr && nla_len(attr) == 4 && nla_get_u32(attr) == value;
}

static void test_answers(void)
{
	struct answer a = full_answer();
	struct nl_msg *msg = put(&a);

	tap_ok(msg, "an answer as large as may be has room");
	if (!msg)
		return;
	tap_number(count(msg, NTLM_A_DONE_SID, NTLM_MAX_SID + 1), NTLM_MAX_SIDS,
		   "all SIDs are in it");
	tap_ok(count(msg, NTLM_A_DONE_TOKEN, NTLM_MAX_TOKEN) == 1 &&
	       count(msg, NTLM_A_DONE_SESSION_KEY, 16) == 1 &&
	       count(msg, NTLM_A_DONE_PEER_MIC, 16) == 1 &&
	       count(msg, NTLM_A_DONE_MECH_LIST, NTLM_MAX_MECH_LIST) == 1 &&
	       count(msg, NTLM_A_DONE_WORKSTATION, NTLM_MAX_NAME + 1) == 1 &&
	       count(msg, NTLM_A_DONE_ESTABLISHED, 0) == 1, "and the other attributes");
	tap_ok(has_u32(msg, NTLM_A_DONE_FLAGS, a.flags) &&
	       has_u32(msg, NTLM_A_DONE_GRANTED, a.granted) &&
	       has_u32(msg, NTLM_A_DONE_IDENTITY, a.identity) &&
	       has_u32(msg, NTLM_A_DONE_MIC_OFFSET, a.mic_offset), "and numbers");
	nlmsg_free(msg);

	a.established = false;
	msg = put(&a);
	tap_ok(msg && count(msg, NTLM_A_DONE_SESSION_KEY, 16) == 1 &&
	       !count(msg, NTLM_A_DONE_ESTABLISHED, 0),
	       "keys may come before the end");
	nlmsg_free(msg);
	a.has_keys = false;
	msg = put(&a);
	tap_ok(msg && !count(msg, NTLM_A_DONE_SESSION_KEY, 16) &&
	       !count(msg, NTLM_A_DONE_FLAGS, 4), "no keys without has_keys");
	nlmsg_free(msg);
	a = full_answer();
	a.status = EACCES;
	a.ntstatus = 0xC000006D;
	msg = put(&a);
	tap_ok(msg && has_u32(msg, NTLM_A_DONE_STATUS, EACCES) &&
	       has_u32(msg, NTLM_A_DONE_NTSTATUS, 0xC000006D) &&
	       !count(msg, NTLM_A_DONE_TOKEN, NTLM_MAX_TOKEN) &&
	       !count(msg, NTLM_A_DONE_SESSION_KEY, 16),
	       "a failure has a status for the peer, and nothing else");
	nlmsg_free(msg);
	a.status = EINVAL;
	msg = put(&a);
	tap_ok(msg && has_u32(msg, NTLM_A_DONE_STATUS, EIO),
	       "an errno that the kernel would not take is another one");
	nlmsg_free(msg);
}

static void test_excess(void)
{
	static char sid[NTLM_MAX_SID + 2];
	struct answer a = full_answer();

	a.sid_count++;
	tap_ok(!answer_size(&a), "a SID too many: refused");
	a = full_answer();
	memset(sid, 's', NTLM_MAX_SID + 1);
	sids[200] = sid;
	tap_ok(!answer_size(&a), "a SID too long: refused");
	a = full_answer();
	a.token.len++;
	tap_ok(!answer_size(&a), "a token too long: refused");
	a = full_answer();
	a.mech_list.len++;
	tap_ok(!answer_size(&a), "a list of mechanisms too long: refused");
	a = full_answer();
	a.mic_offset++;
	tap_ok(!answer_size(&a), "no room for the signature: refused");
	a.mic_offset = UINT32_MAX;
	tap_ok(!answer_size(&a), "an offset beyond the token: refused");
}

/* A message of any length and any contents is parsed within its bounds. */
static void test_garbage(struct request *r)
{
	unsigned int seed = 1, accepted = 0;
	const char *text;

	for (unsigned int i = 0; i < 20000; i++) {
		struct nl_msg *msg = request(NONE);
		struct nlmsghdr *nlh = nlmsg_hdr(msg);
		uint32_t len = NLMSG_HDRLEN + GENL_HDRLEN +
			       (uint32_t)rand_r(&seed) %
			       (nlh->nlmsg_len - NLMSG_HDRLEN - GENL_HDRLEN + 1);
		uint8_t *copy = malloc(len);
		struct verdict v;

		memcpy(copy, nlh, len);
		((struct nlmsghdr *)copy)->nlmsg_len = len;
		for (int j = 0; j < 3; j++)
			if (len > 20)
				copy[20 + (uint32_t)rand_r(&seed) % (len - 20)] ^=
					(uint8_t)(1U << rand_r(&seed) % 8);
		memset(r, 0, offsetof(struct request, token_data));
		accepted += !parse_request((struct nlmsghdr *)copy, r);
		parse_verdict((struct nlmsghdr *)copy, &v);
		((struct nlmsghdr *)copy)->nlmsg_flags = NLM_F_ACK_TLVS;
		parse_error((struct nlmsghdr *)copy, &text);
		((struct nlmsghdr *)copy)->nlmsg_flags |= NLM_F_CAPPED;
		parse_error((struct nlmsghdr *)copy, &text);
		if (*text && !memchr(text, '\0', len))
			tap_ok(false, "text of an error ends inside the message");
		free(copy);
		nlmsg_free(msg);
	}
	tap_ok(accepted && accepted < 20000, "20000 damaged messages are parsed within their bounds");
	tap_note("%u of them were still valid", accepted);
}

static void test_verdicts(void)
{
	static const struct {
		uint32_t event;
		int result;
		bool accepted;
		bool ended;
	} cases[] = {
		{ NTLM_EVENT_ESTABLISHED, 0, false, false },
		{ NTLM_EVENT_ACCEPTED, 1, true, false },
		{ NTLM_EVENT_REFUSED, 1, false, false },
		{ NTLM_EVENT_FAILED, 1, false, true },
		{ NTLM_EVENT_CLOSED, 1, false, true },
		{ 77, 0, false, false },
	};
	struct nl_msg *own = nlmsg_alloc();
	struct verdict verdict;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct nl_msg *msg = nlmsg_alloc();
		struct verdict v = { 0 };
		int r;

		genlmsg_put(msg, 0, 0, FAMILY, 0, 0, NTLM_CMD_EVENT, 1);
		nla_put_u32(msg, NTLM_A_CONTEXT_EVENT, cases[i].event);
		nla_put_u32(msg, NTLM_A_CONTEXT_ID, 4);
		nla_put_u32(msg, NTLM_A_CONTEXT_UID, 1000);
		nla_put_string(msg, NTLM_A_CONTEXT_TARGET, "cifs/host");
		nla_put_u32(msg, NTLM_A_CONTEXT_NTSTATUS, 0xC000006D);
		nla_put_u64(msg, NTLM_A_CONTEXT_CREDENTIAL, 99);
		r = parse_verdict(nlmsg_hdr(msg), &v);
		tap_ok(r == cases[i].result && v.ended == cases[i].ended &&
		       (!r || v.context == 4) &&
		       (!r || v.ended || (v.accepted == cases[i].accepted && v.uid == 1000 &&
			       v.credential == 99 && v.ntstatus == 0xC000006D &&
			       !strcmp(v.target, "cifs/host"))),
		       "event %u", cases[i].event);
		nlmsg_free(msg);
	}
	genlmsg_put(own, 0, 0, FAMILY, 0, 0, NTLM_CMD_EVENT, 1);
	nla_put_u32(own, NTLM_A_CONTEXT_EVENT, NTLM_EVENT_REFUSED);
	nla_put_u32(own, NTLM_A_CONTEXT_ROLE, NTLM_ROLE_ACCEPTOR);
	nla_put_u32(own, NTLM_A_CONTEXT_UID, 1000);
	nla_put_string(own, NTLM_A_CONTEXT_TARGET, "cifs/host");
	tap_number((unsigned int)parse_verdict(nlmsg_hdr(own), &verdict), 0,
		   "an event of an acceptor is no verdict on a credential");
	nlmsg_free(own);
}

int main(void)
{
	struct request *r = calloc(1, sizeof(*r));

	test_requests(r);
	test_roles(r);
	test_answers();
	test_excess();
	test_garbage(r);
	test_verdicts();
	free(r);
	return tap_done();
}
