// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whom an acceptor does not let in: flags that do not suffice or that were won,
 * messages of another exchange, anonymous logons; and what it makes of guests.
 */
#include <stdio.h>
#include <string.h>

#include "options.h"
#include "pair.h"
#include "tap.h"
#include "wire.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define ESS NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY

static void test_lost_flags(void)
{
	static const struct {
		uint32_t flag;
		enum ntlm_error err;
	} cases[] = {
		{ NTLMSSP_NEGOTIATE_SIGN, NTLM_ERR_OPTION_REFUSED },
		{ NTLMSSP_NEGOTIATE_SEAL, NTLM_ERR_OPTION_REFUSED },
		{ ESS, NTLM_ERR_OPTION_REFUSED },
		{ NTLMSSP_NEGOTIATE_KEY_EXCH, NTLM_ERR_OPTION_REFUSED },
		{ NTLMSSP_NEGOTIATE_128, NTLM_ERR_KEY_STRENGTH },
		{ NTLMSSP_NEGOTIATE_UNICODE, NTLM_ERR_CHARSET },
	};

	for (size_t i = 0; i < 2 * ARRAY_SIZE(cases); i++) {
		uint32_t flag = cases[i / 2].flag;
		char names[NTLM_FLAGS_NAMES_SIZE];
		char what[NTLM_FLAGS_NAMES_SIZE + 64];
		struct pair p;

		pair_init(&p);
		p.client.connectionless = p.server.connectionless = i % 2;
		pair_begin(&p);
		pair_set_flags(&p, pair_flags(&p) & ~flag);
		snprintf(what, sizeof(what), "AUTHENTICATE without %s%s",
			 ntlm_flags_names(flag, names, sizeof(names)),
			 i % 2 ? ", connectionless" : "");
		pair_result(&p, cases[i / 2].err, what);
		if (cases[i / 2].err == NTLM_ERR_OPTION_REFUSED)
			tap_ok(p.detail.missing & flag, "%s: detail", what);
	}
}

static void test_unwanted_protection(void)
{
	struct pair p;

	pair_init(&p);
	p.server.required = 0;
	pair_begin(&p);
	pair_set_flags(&p, pair_flags(&p) & ~ESS);
	pair_result(&p, NTLM_ERR_OPTION_REFUSED,
	       "protection without ESS, though none is required");
	pair_set_flags(&p, (pair_flags(&p) | ESS) & ~NTLMSSP_NEGOTIATE_128);
	pair_result(&p, NTLM_ERR_KEY_STRENGTH,
	       "protection with short keys, though none is required");
	pair_set_flags(&p, (pair_flags(&p) | NTLMSSP_NEGOTIATE_128) &
		      ~NTLMSSP_NEGOTIATE_SIGN);
	pair_result(&p, NTLM_ERR_OPTION_REFUSED, "SEAL without SIGN");
}

static void test_added_flags(void)
{
	const uint32_t added = NTLMSSP_NEGOTIATE_SIGN | NTLMSSP_NEGOTIATE_SEAL |
			       NTLMSSP_NEGOTIATE_LM_KEY | NTLMSSP_NEGOTIATE_56 |
			       NTLMSSP_NEGOTIATE_IDENTIFY | NTLMSSP_ANONYMOUS |
			       NTLMSSP_NEGOTIATE_DATAGRAM |
			       NTLMSSP_REQUEST_NON_NT_SESSION_KEY |
			       NTLMSSP_TARGET_TYPE_DOMAIN;
	struct authenticate_message msg;
	uint32_t flags;
	struct pair p;

	pair_lax(&p);
	pair_begin(&p);
	pair_result(&p, NTLM_OK, "exchange without protection");
	flags = p.session.flags;
	pair_parse(&p, &msg);
	tap_ok(flags && !(flags & (added & ~NTLMSSP_NEGOTIATE_56)), "none of the flags");
	pair_set_flags(&p, pair_flags(&p) | (added & ~NTLMSSP_NEGOTIATE_56));
	pair_forge(&p);
	pair_result(&p, NTLM_OK, "flags added to AUTHENTICATE are ignored");
	tap_number(p.session.flags, flags, "flags added to AUTHENTICATE are not agreed");
	tap_number(p.logon.flags, flags, "nor reported before");
	tap_number(p.session.key_bits, 0, "nor is there protection");

	for (size_t bit = 0; bit < 32; bit++) {
		uint32_t flag = UINT32_C(1) << bit;
		char names[NTLM_FLAGS_NAMES_SIZE];
		enum ntlm_error err;

		pair_init(&p);
		p.client.connectionless = p.server.connectionless = true;
		pair_begin(&p);
		if (p.granted & flag || pair_flags(&p) & flag)
			continue;
		pair_set_flags(&p, pair_flags(&p) | flag);
		pair_forge(&p);
		err = pair_check(&p);
		if (flag & (NTLM_NEGOTIATE_OEM | NTLMSSP_NEGOTIATE_LM_KEY |
			    NTLMSSP_NEGOTIATE_56 | NTLMSSP_REQUEST_NON_NT_SESSION_KEY))
			tap_number(err, NTLM_ERR_MALFORMED, "connectionless: %s added",
				   ntlm_flags_names(flag, names, sizeof(names)));
		else
			tap_ok(!err && !(p.session.flags & flag),
			       "connectionless: %s ignored",
			       ntlm_flags_names(flag, names, sizeof(names)));
	}
	pair_init(&p);
	p.client.connectionless = p.server.connectionless = true;
	pair_begin(&p);
	pair_set_flags(&p, pair_flags(&p) & ~NTLMSSP_NEGOTIATE_DATAGRAM);
	pair_result(&p, NTLM_ERR_OPTION_REFUSED, "connectionless without DATAGRAM");
	tap_number(p.detail.missing, NTLMSSP_NEGOTIATE_DATAGRAM,
		   "connectionless without DATAGRAM: detail");
}

static void test_other_exchange(void)
{
	struct pair p;

	pair_init(&p);
	pair_begin(&p);
	p.server.connectionless = true;
	pair_result(&p, NTLM_ERR_ARGUMENT, "NEGOTIATE in a connectionless exchange");
	p.messages.negotiate.len = 0;
	pair_result(&p, NTLM_ERR_ARGUMENT, "CHALLENGE of a connection, connectionless");
	p.server.connectionless = false;
	pair_result(&p, NTLM_ERR_MALFORMED, "no NEGOTIATE in a connection");
	pair_init(&p);
	p.client.connectionless = p.server.connectionless = true;
	pair_begin(&p);
	p.server.connectionless = false;
	memcpy(p.negotiate_buf, "NTLMSSP\0\1\0\0\0\1\0\0\0", 16);
	p.messages.negotiate = (struct ntlm_bytes){ p.negotiate_buf, 16 };
	pair_result(&p, NTLM_ERR_ARGUMENT, "connectionless CHALLENGE in a connection");
	pair_init(&p);
	pair_begin(&p);
	wire_set_le16(p.challenge_buf + p.messages.challenge.len - 16, 0x77);
	pair_result(&p, NTLM_ERR_ARGUMENT, "CHALLENGE without a time");
	pair_init(&p);
	pair_begin(&p);
	p.policy.names.nb_computer = "";
	pair_result(&p, NTLM_ERR_POLICY, "impossible policy");
}

static void test_session_key(void)
{
	static const uint16_t lengths[] = { 0, 15, 17 };

	for (size_t i = 0; i < 2 * ARRAY_SIZE(lengths); i++) {
		struct pair p;

		pair_init(&p);
		p.client.connectionless = p.server.connectionless = i % 2;
		if (i % 2) {
			/* The key is exchanged even if nothing is protected. */
			p.client.required = p.server.required = 0;
			p.client.channel_bindings = p.server.channel_bindings = NULL;
		}
		pair_begin(&p);
		wire_set_le16(p.authenticate_buf + AUTH_SESSION_KEY, lengths[i / 2]);
		wire_set_le32(p.authenticate_buf + AUTH_SESSION_KEY + 4, AUTH_FIXED_SIZE);
		tap_number(pair_check(&p), NTLM_ERR_MALFORMED,
			   "encrypted key of %u bytes%s", lengths[i / 2],
			   i % 2 ? ", connectionless" : "");
	}
}

static void nobody(struct pair *p)
{
	pair_lax(p);
	p->client.required = NTLM_OPTION_ANONYMOUS;
	p->policy.lm_compat_level = 5;
	p->policy.allow_anonymous = true;
}

static void test_anonymous(void)
{
	uint8_t key[NTLM_KEY_SIZE] = { 0 };
	struct pair p;

	nobody(&p);
	pair_begin(&p);
	tap_number(pair_check(&p), NTLM_OK, "anonymous");
	tap_ok(p.session.anonymous, "anonymous: reported");
	pair_result(&p, NTLM_ERR_PROOF, "anonymous with the password of an account");
	tap_number(ntlm_finish_logon(&p.policy, &p.server, p.now, &p.messages, key,
				     NULL, &p.session, NULL), NTLM_ERR_ARGUMENT,
		   "anonymous with a key");
	wire_set_le16(p.authenticate_buf + AUTH_LM, 0);
	tap_number(pair_check(&p), NTLM_OK, "anonymous, empty LM response");
	wire_set_le16(p.authenticate_buf + AUTH_LM, 1);
	p.authenticate_buf[p.messages.authenticate.len - 1] = 1;
	tap_number(pair_check(&p), NTLM_ERR_MALFORMED, "anonymous, LM response of 01");

	nobody(&p);
	pair_begin(&p);
	p.policy.allow_anonymous = false;
	tap_number(pair_check(&p), NTLM_ERR_NOBODY, "anonymous, policy says no");
	p.policy.allow_anonymous = true;
	p.server.channel_bindings = pair_bindings;
	tap_number(pair_check(&p), NTLM_ERR_BINDINGS, "anonymous, bindings required");
	p.server.wished = NTLM_OPTION_CHANNEL_BINDINGS;
	tap_number(pair_check(&p), NTLM_OK, "anonymous, bindings wished");
	tap_ok(!p.session.channel_bound, "anonymous: no bindings");
	p.server.required = NTLM_OPTION_INTEGRITY;
	tap_number(pair_check(&p), NTLM_ERR_ANONYMOUS,
		   "anonymous, protection required");

	/* A name makes it somebody who proves nothing. */
	nobody(&p);
	pair_begin(&p);
	wire_set_le16(p.authenticate_buf + AUTH_LM, 0);
	wire_set_le16(p.authenticate_buf + AUTH_USER, 2);
	wire_set_le32(p.authenticate_buf + AUTH_USER + 4,
		      (uint32_t)p.messages.authenticate.len);
	memcpy(p.authenticate_buf + p.messages.authenticate.len, "U", 2);
	p.messages.authenticate.len += 2;
	tap_number(pair_check(&p), NTLM_ERR_MALFORMED, "anonymous with a user name");
	tap_ok(!p.logon.user[0] && !p.logon.response,
	       "anonymous with a user name: nothing reported");

	/* Neither the flag alone nor an empty name alone make it anonymous. */
	pair_lax(&p);
	pair_begin(&p);
	pair_set_flags(&p, pair_flags(&p) | NTLMSSP_ANONYMOUS);
	tap_number(pair_read(&p), NTLM_OK, "user with the flag ANONYMOUS");
	tap_ok(p.logon.response == NTLM_RESPONSE_NTLMV2 &&
	       !(p.logon.flags & NTLMSSP_ANONYMOUS),
	       "user with the flag ANONYMOUS is a user");
	wire_set_le16(p.authenticate_buf + AUTH_USER, 0);
	tap_number(pair_read(&p), NTLM_OK, "response without a user name");
	tap_number(p.logon.response, NTLM_RESPONSE_NTLMV2,
		   "response without a user name is none of nobody");
}

static void test_guest(void)
{
	struct pair p;

	pair_init(&p);
	pair_begin(&p);
	tap_number(ntlm_finish_nobody(&p.policy, &p.server, p.now, &p.messages,
				      &p.session, &p.detail), NTLM_ERR_ANONYMOUS,
		   "guest, protection required");
	p.server.required = 0;
	tap_number(ntlm_finish_nobody(&p.policy, &p.server, p.now, &p.messages,
				      &p.session, &p.detail), NTLM_ERR_BINDINGS,
		   "guest, bindings required");
	p.server.channel_bindings = NULL;
	tap_number(ntlm_finish_nobody(&p.policy, &p.server, p.now, &p.messages,
				      &p.session, &p.detail), NTLM_OK, "guest");
	tap_ok(!(p.session.flags & (FLAGS_PROTECTION | NTLMSSP_NEGOTIATE_KEY_EXCH |
				    NTLMSSP_ANONYMOUS)) &&
	       !p.session.key_bits && !p.session.anonymous &&
	       p.session.response == NTLM_RESPONSE_NONE &&
	       !memcmp(p.session.exported_session_key,
		       (const uint8_t[NTLM_KEY_SIZE]){ 0 }, NTLM_KEY_SIZE),
	       "guest: no protection, no key");
}

static void test_names(void)
{
	struct authenticate_message msg;
	struct pair p;

	pair_lax(&p);
	pair_begin(&p);
	pair_parse(&p, &msg);
	wire_set_le16(p.authenticate_buf + (msg.user.data - p.authenticate_buf), 0xd800);
	tap_number(pair_read(&p), NTLM_ERR_MALFORMED, "half a character in the name");
	tap_ok(!p.logon.user[0] && !p.logon.domain[0], "no name is reported");
	pair_lax(&p);
	p.credential.user = "J\xc3\xb6rg\xf0\x9f\x98\x80@example.com";
	p.credential.domain = "";
	tap_number(pair_run(&p), NTLM_OK, "name beyond ASCII, no domain");
	tap_ok(!strcmp(p.logon.user, p.credential.user) && !p.logon.domain[0],
	       "name beyond ASCII is reported whole");
}

int main(void)
{
	test_lost_flags();
	test_unwanted_protection();
	test_added_flags();
	test_other_exchange();
	test_session_key();
	test_anonymous();
	test_guest();
	test_names();
	return tap_done();
}
