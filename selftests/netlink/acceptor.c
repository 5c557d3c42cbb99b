// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Acceptors and connectionless contexts as the helper sees them: what it is
 * asked, and what the kernel takes from it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "../lib/driver.h"
#include "../lib/nl.h"
#include "../lib/tap.h"
#include "step.h"
#include "tests.h"

#define WEAK_FLAGS (NTLM_TEST_FLAGS & ~(NTLM_NEGOTIATE_128 |		\
	NTLM_NEGOTIATE_EXTENDED_SESSIONSECURITY))

void acceptor_begins_with_a_token(void)
{
	struct step *s;
	struct nl nl;
	int fd;

	s = step_open(&nl);
	fd = acceptor(0, 0);
	CHECK_ERR(drv_exchange(fd, NULL, 0, NULL, NULL), -EINVAL);
	CHECK_EQ(drv_info(fd).ntstatus, STATUS_MORE_PROCESSING_REQUIRED);
	step_challenge(s, fd);
	CHECK_EQ(s->req.role, NTLM_ROLE_ACCEPTOR);
	CHECK_EQ(s->req.leg, 0);
	CHECK_EQ(s->req.ntokens, 1);
	CHECK_EQ(s->req.token_len[0], 9);
	CHECK(!memcmp(s->req.token[0], "NEGOTIATE", 9));
	CHECK_EQ(s->c.out_len, 9);
	CHECK(!memcmp(s->out, "CHALLENGE", 9));
	CHECK_ERR(drv_exchange(fd, NULL, 0, NULL, NULL), -EINVAL);
	CHECK_EQ(drv_info(fd).ntstatus, STATUS_MORE_PROCESSING_REQUIRED);
}

void acceptor_hands_on_the_identity(void)
{
	static const char *const sids[] = {
		"S-1-5-21-1-2-3-1001", "S-1-5-21-1-2-3-513", NULL,
	};
	struct ntlm_test_info info;
	struct ntlm_done d;
	struct step *s;
	struct nl nl;
	int fd;

	s = step_open(&nl);
	fd = step_acceptor(s, NTLM_OPT_CONFIDENTIALITY, 0);
	CHECK_ERR(drv_info(fd).identity_result, -ENOTCONN);
	d = step_ask(s, fd, "AUTHENTICATE", 12);
	CHECK_EQ(s->req.leg, 1);
	CHECK_EQ(s->req.ntokens, 3);
	d.user = "alice";
	d.domain = "EXAMPLE";
	d.workstation = "CLIENT";
	d.sids = sids;
	step_answer(s, &d, 0, 0);
	CHECK_EQ(s->c.out_len, 0);
	info = drv_info(fd);
	CHECK_ERR(info.identity_result, 0);
	CHECK_EQ(info.ntstatus, 0);
	CHECK_EQ(info.identity_flags, 0);
	CHECK_EQ(info.anonymous, 0);
	CHECK_EQ(info.nsids, 2);
	CHECK(!strcmp(info.sids[0], sids[0]) && !strcmp(info.sids[1], sids[1]));
	CHECK(!strcmp(info.user, "alice") && !strcmp(info.domain, "EXAMPLE"));
	CHECK(!strcmp(info.workstation, "CLIENT"));
	CHECK_ERR(info.key_result, 0);
}

void initiator_has_no_identity_to_hand_on(void)
{
	struct server server;
	int fd = drv_context(NULL);

	server_start(&server);
	CHECK_ERR(drv_establish(fd), 0);
	server_stop(&server);
	CHECK_ERR(drv_info(fd).identity_result, -EINVAL);
}

static void failure(int err, uint32_t said, uint32_t told)
{
	struct ntlm_done d;
	struct step *s;
	struct nl nl;
	int fd;

	s = step_open(&nl);
	fd = step_acceptor(s, 0, 0);
	step_ask(s, fd, "AUTHENTICATE", 12);
	d = (struct ntlm_done){ .cookie = s->req.cookie, .status = -err,
				.ntstatus = said };
	step_answer(s, &d, 0, err);
	CHECK_EQ(drv_info(fd).ntstatus, told);
	nl_close(&nl);
}

void acceptor_failure_carries_the_ntstatus(void)
{
	failure(-EKEYREJECTED, 0xC0000072, 0xC0000072);
	/* What a client would take for another leg or a success is not told. */
	failure(-EKEYREJECTED, STATUS_MORE_PROCESSING_REQUIRED,
		STATUS_LOGON_FAILURE);
	failure(-EKEYREJECTED, 0x00000103, STATUS_LOGON_FAILURE);
	failure(-EKEYREJECTED, 0x80000005, STATUS_LOGON_FAILURE);
}

void acceptor_failure_without_ntstatus_has_one(void)
{
	failure(-EKEYREJECTED, 0, STATUS_LOGON_FAILURE);
	failure(-EPROTO, 0, STATUS_INVALID_PARAMETER);
}

void acceptor_without_helper_has_an_ntstatus(void)
{
	int fd = acceptor(0, 0);

	CHECK_ERR(drv_exchange(fd, "NEGOTIATE", 9, NULL, NULL), -ENOKEY);
	CHECK_EQ(drv_info(fd).ntstatus, STATUS_NO_LOGON_SERVERS);
}

void acceptor_reports_nothing(void)
{
	struct ntlm_done d;
	struct step *s;
	struct nl nl;
	int fd;

	s = step_open(&nl);
	fd = step_acceptor(s, 0, 0);
	d = step_ask(s, fd, "AUTHENTICATE", 12);
	step_answer(s, &d, 0, 0);
	drv_report(fd, STATUS_LOGON_FAILURE);
	CHECK_EQ(drv_info(fd).ntstatus, 0);
}

static void nobody(uint32_t required, uint32_t wished, uint32_t flags,
		   uint32_t identity, int err)
{
	static const char *const list[] = { "S-1-5-7", NULL };
	uint8_t data[16] = { 0 }, sig[NTLM_SIGNATURE_SIZE];
	struct ntlm_test_info info;
	struct ntlm_done d;
	struct step *s;
	struct nl nl;
	int fd;

	s = step_open(&nl);
	fd = step_acceptor(s, required, wished);
	d = step_ask(s, fd, "AUTHENTICATE", 12);
	d.flags |= flags;
	d.identity = identity;
	d.sids = list;
	step_answer(s, &d, err, err);
	info = drv_info(fd);
	if (!err) {
		CHECK_ERR(info.key_result, -ENOKEY);
		CHECK_EQ(info.identity_flags, identity);
		CHECK_EQ(info.anonymous, flags == NTLM_NEGOTIATE_ANONYMOUS);
		CHECK_EQ(info.nsids, !info.anonymous);
		CHECK_ERR(drv_seal(fd, data, sizeof(data), sig), -ENOKEY);
	}
	nl_close(&nl);
}

/* The key is there and SIGN and SEAL are negotiated: both count for nothing. */
void guest_has_no_session_security(void)
{
	nobody(0, NTLM_OPT_INTEGRITY, 0, NTLM_IDENTITY_GUEST, 0);
}

void guest_is_refused_where_protection_is_required(void)
{
	nobody(NTLM_OPT_INTEGRITY, 0, 0, NTLM_IDENTITY_GUEST, -EOPNOTSUPP);
}

void anonymous_client_needs_a_server_that_takes_it(void)
{
	nobody(0, 0, NTLM_NEGOTIATE_ANONYMOUS, 0, -EPROTO);
	nobody(0, NTLM_OPT_ANONYMOUS, NTLM_NEGOTIATE_ANONYMOUS, 0, 0);
	nobody(NTLM_OPT_INTEGRITY, NTLM_OPT_ANONYMOUS,
	       NTLM_NEGOTIATE_ANONYMOUS, 0, -EOPNOTSUPP);
}

static void sids(const char *const *list, int err, const char *why)
{
	struct ntlm_done d;
	struct step *s;
	struct nl nl;
	int fd;

	s = step_open(&nl);
	fd = step_acceptor(s, 0, 0);
	d = step_ask(s, fd, "AUTHENTICATE", 12);
	d.sids = list;
	CHECK_ERR(ntlm_done(&nl, &d), err);
	if (err && !strstr(nl.text, why))
		FAIL("extended ACK '%s', wanted '%s'", nl.text, why);
	d.sids = NULL;
	if (err)
		CHECK_ERR(ntlm_done(&nl, &d), 0);
	CHECK_ERR(client_join(&s->c), 0);
	nl_close(&nl);
}

void sids_are_bounded_and_well_formed(void)
{
	static const char *many[NTLM_MAX_SIDS + 2];
	char text[NTLM_MAX_SID + 2];

	for (size_t i = 0; i < NTLM_MAX_SIDS; i++)
		many[i] = "S-1-5-32-545";
	sids(many, 0, "");
	many[NTLM_MAX_SIDS] = "S-1-5-32-545";
	sids(many, -E2BIG, "too many");
	sids((const char *[]){ "S-2-5", NULL }, -EINVAL, "no SID");
	sids((const char *[]){ "S-1-5-32\n545", NULL }, -EINVAL, "no SID");
	memset(text, '1', sizeof(text) - 1);
	memcpy(text, "S-1-", 4);
	text[sizeof(text) - 1] = 0;
	sids((const char *[]){ text, NULL }, -EINVAL, "");
}

/* A request whose answer was malformed waits for a better one. */
void sids_that_are_none_are_refused(void)
{
	static const char *const none[] = {
		"", "S", "S-", "S-1", "S-1-", "S-1-5", "S-1--5", "S-1-5-",
		"S-1-5--1", "S-1-SS--x", "S-1-x-1", "S-1-5-x", "S-1-5-0x1",
		"s-1-5-1", "S-2-5-1", "S-11-5-1", "S-01-5-1", " S-1-5-1",
		"S-1-5-1 ", "S-1-5- 1", "S-1-5-+1", "S-1-5-01", "S-1-05-1",
		"S-1-5-00", "S-1-5-4294967296", "S-1-4294967296-1",
		"S-1-5-18446744073709551617", "S-1-5-1S-1-5-1",
		"S-1-5-1,S-1-5-2", "S-1-5-1-", "S-1-5-deadbeef",
		"S-1-0x-1", "S-1-0x1-1", "S-1-0x000000000005-1",
		"S-1-0x10000000000-1", "S-1-0x1000000000000-1",
		"S-1-0x10000000000g-1", "S-1-0X100000000000-1",
		"S-1-0x10000000000A-1",
		"S-1-0x100000000000", "S-1-0x100000000000-",
		"S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16",
	};
	const char *list[] = { "S-1-5-18", NULL, NULL };
	struct ntlm_done d;
	struct step *s;
	struct nl nl;
	int fd, err;

	s = step_open(&nl);
	fd = step_acceptor(s, 0, 0);
	d = step_ask(s, fd, "AUTHENTICATE", 12);
	d.sids = list;
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		list[1] = none[i];
		err = ntlm_done(&nl, &d);
		if (err != -EINVAL || !strstr(nl.text, "no SID"))
			FAIL("SID '%s': %s, '%s'", none[i], tap_errno(err),
			     nl.text);
	}
	d.sids = NULL;
	step_answer(s, &d, 0, 0);
	CHECK_EQ(drv_info(fd).nsids, 0);
	nl_close(&nl);
}

void sids_of_every_kind_are_taken(void)
{
	static const char *const list[] = {
		"S-1-0-0", "S-1-5-4294967295", "S-1-4294967295-1",
		"S-1-0xffffffffffff-1", "S-1-0x000100000000-0",
		"S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15", NULL,
	};

	sids(list, 0, "");
}

/* --- helpers of another version --------------------------------------------- */

void old_helper_gets_no_request_that_is_new(void)
{
	struct drv_params params[] = {
		{ .role = NTLM_ROLE_ACCEPTOR },
		{ .spnego = true },
	};
	struct nl nl;
	int log = kmsg_open();

	CHECK_ERR(nl_open(&nl), 0);
	CHECK_ERR(ntlm_register_as(&nl, NTLM_FEATURE_INITIATOR), 0);
	for (size_t i = 0; i < 2; i++) {
		int fd = drv_context(&params[i]);

		CHECK_ERR(drv_exchange(fd, i ? NULL : "NEGOTIATE", i ? 0 : 9,
				       NULL, NULL), -EOPNOTSUPP);
	}
	CHECK_EQ(kmsg_count(log, "the helper that is running lacks"), 2);
	nl_close(&nl);
}

void old_helper_gets_no_waiting_request_that_is_new(void)
{
	struct step *s;
	struct nl nl;
	int fd, log;

	set_grace_ms(30000);
	s = step_open(&nl);
	log = kmsg_open();
	nl_close(&nl);
	fd = acceptor(0, 0);
	client_start_out(&s->c, fd, "NEGOTIATE", 9, s->out);
	CHECK_ERR(nl_open(&nl), 0);
	wait_for_requests(&nl, 1, 0);
	CHECK_ERR(ntlm_register_as(&nl, NTLM_FEATURE_INITIATOR), 0);
	CHECK_ERR(ntlm_accept(&nl, &s->req), -EAGAIN);
	CHECK_ERR(client_join(&s->c), -EOPNOTSUPP);
	CHECK_EQ(kmsg_count(log, "running lacks acceptor, it is older"), 1);
	nl_close(&nl);
}

/* --- connectionless ---------------------------------------------------------- */

static int datagram(enum ntlm_role role)
{
	return drv_context(&(struct drv_params){
		.role = role,
		.mode = NTLM_MODE_CONNECTIONLESS,
		.timeout_ms = 60000,
	});
}

/* What is sent first is no token, so nobody is asked: not even a helper. */
void connectionless_initiator_begins_with_nothing(void)
{
	int fd = datagram(NTLM_ROLE_INITIATOR);
	struct ntlm_done d;
	size_t len = 1;
	struct step *s;
	struct nl nl;

	drv_cancel(fd);
	CHECK_ERR(drv_exchange(fd, NULL, 0, NULL, NULL), -ECANCELED);
	fd = datagram(NTLM_ROLE_INITIATOR);
	CHECK_ERR(drv_exchange(fd, "CHALLENGE", 9, NULL, NULL), -EINVAL);
	CHECK_ERR(drv_exchange(fd, NULL, 0, NULL, &len), -EINPROGRESS);
	CHECK_EQ(len, 0);
	s = step_open(&nl);
	d = step_ask(s, fd, "CHALLENGE", 9);
	CHECK_EQ(s->req.mode, NTLM_MODE_CONNECTIONLESS);
	CHECK_EQ(s->req.leg, 1);
	CHECK_EQ(s->req.ntokens, 1);
	step_answer(s, &d, 0, 0);
	CHECK_EQ(s->c.out_len, 12);
	nl_close(&nl);
}

void connectionless_acceptor_begins_without_a_token(void)
{
	int fd = datagram(NTLM_ROLE_ACCEPTOR);
	struct ntlm_done d;
	struct step *s;
	struct nl nl;

	s = step_open(&nl);
	CHECK_ERR(drv_exchange(fd, "NEGOTIATE", 9, NULL, NULL), -EINVAL);
	d = step_ask(s, fd, NULL, 0);
	CHECK_EQ(s->req.ntokens, 0);
	step_answer(s, &d, 0, -EINPROGRESS);
	d = step_ask(s, fd, "AUTHENTICATE", 12);
	CHECK_EQ(s->req.ntokens, 2);
	step_answer(s, &d, 0, 0);
	nl_close(&nl);
}

static void datagram_flags(uint32_t clear, const char *why)
{
	int fd = datagram(NTLM_ROLE_INITIATOR);
	struct ntlm_done d;
	struct step *s;
	struct nl nl;

	s = step_open(&nl);
	CHECK_ERR(drv_exchange(fd, NULL, 0, NULL, NULL), -EINPROGRESS);
	d = step_ask(s, fd, "CHALLENGE", 9);
	d.flags &= ~clear;
	step_refused(s, &d, -EPROTO, why);
	nl_close(&nl);
}

void lie_connectionless_without_its_flags(void)
{
	datagram_flags(NTLM_NEGOTIATE_DATAGRAM, "DATAGRAM");
	datagram_flags(NTLM_NEGOTIATE_KEY_EXCH, "KEY_EXCH");
}

void connectionless_spnego_cannot_be(void)
{
	struct drv_params p = { .mode = NTLM_MODE_CONNECTIONLESS,
				.spnego = true };

	CHECK_ERR(drv_create(&p), -EINVAL);
}

/* --- weak protection, channel bindings --------------------------------------- */

static void establish(const struct drv_params *p, uint32_t flags,
		      uint32_t granted, int err, const char *why)
{
	int fd = drv_context(p);
	struct ntlm_done d;
	struct step *s;
	struct nl nl;

	s = step_open(&nl);
	d = step_ask(s, fd, NULL, 0);
	CHECK_EQ(s->req.allow_legacy, p->allow_legacy);
	step_answer(s, &d, 0, -EINPROGRESS);
	d = step_ask(s, fd, "CHALLENGE", 9);
	d.flags = flags;
	d.granted = granted;
	if (err) {
		step_refused(s, &d, err, why);
	} else {
		step_answer(s, &d, 0, 0);
		CHECK_EQ(drv_info(fd).granted, granted);
	}
	nl_close(&nl);
}

void legacy_protection_has_to_be_allowed(void)
{
	struct drv_params p = { .required = NTLM_OPT_INTEGRITY,
				.timeout_ms = 60000 };

	establish(&p, WEAK_FLAGS, 0, -EOPNOTSUPP, "EXTENDED_SESSIONSECURITY");
	p.allow_legacy = true;
	establish(&p, WEAK_FLAGS, 0, 0, NULL);
	/* LM_KEY has no form of 128 bits, whatever 128 says. */
	establish(&p, WEAK_FLAGS | NTLM_NEGOTIATE_LM_KEY | NTLM_NEGOTIATE_128,
		  0, -EOPNOTSUPP, "weaker");
	p.min_key_bits = 56;
	establish(&p, WEAK_FLAGS | NTLM_NEGOTIATE_LM_KEY, 0, -EOPNOTSUPP,
		  "weaker");
	establish(&p, WEAK_FLAGS | NTLM_NEGOTIATE_LM_KEY | NTLM_NEGOTIATE_56,
		  0, 0, NULL);
}

void channel_bindings_that_are_required_have_to_be_granted(void)
{
	static const uint8_t bindings[NTLM_CHANNEL_BINDINGS_SIZE] = { 1 };
	struct drv_params p = { .required = NTLM_OPT_CHANNEL_BINDINGS,
				.timeout_ms = 60000 };

	CHECK_ERR(drv_create(&p), -EINVAL);
	p.bindings = bindings;
	establish(&p, NTLM_TEST_FLAGS, 0, -EOPNOTSUPP, "channel bindings");
	establish(&p, NTLM_TEST_FLAGS, NTLM_OPT_CHANNEL_BINDINGS, 0, NULL);
	p.required = 0;
	establish(&p, NTLM_TEST_FLAGS, 0, -EOPNOTSUPP, "channel bindings");
	p.wished = NTLM_OPT_CHANNEL_BINDINGS;
	establish(&p, NTLM_TEST_FLAGS, 0, 0, NULL);
}
