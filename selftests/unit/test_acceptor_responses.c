// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Kinds of responses: which are taken at which level, what they prove and what
 * not, with which key, and in which character set; and responses that somebody
 * else checked.
 */
#include <stdio.h>
#include <string.h>

#include "crypto.h"
#include "crypto_v1.h"
#include "pair.h"
#include "tap.h"
#include "wire.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static void test_levels(void)
{
	static const enum ntlm_response sent[] = {
		NTLM_RESPONSE_NTLM, NTLM_RESPONSE_NTLM2_SESSION,
		NTLM_RESPONSE_NTLM2_SESSION, NTLM_RESPONSE_NTLMV2,
	};

	for (unsigned int client = 0; client < 4; client++) {
		for (unsigned int level = 0; level < 6; level++) {
			bool taken = level < 5 || client == 3;
			struct pair p;

			pair_lax(&p);
			p.client_policy.lm_compat_level = client;
			p.policy.lm_compat_level = level;
			pair_begin(&p);
			tap_number(pair_read(&p), taken ? NTLM_OK :
							  NTLM_ERR_WEAK_RESPONSE,
				   "level %u: response of a client of level %u", level,
				   client);
			tap_ok(taken ? p.logon.response == sent[client] :
				       !p.logon.user[0] && p.detail.where,
			       "level %u: client of level %u: %s", level, client,
			       ntlm_response_name(sent[client]));
		}
	}
}

/* what a weak response cannot carry */
static void test_weak_response_limits(void)
{
	struct pair p;

	pair_lax(&p);
	p.client_policy.lm_compat_level = 1;
	pair_begin(&p);
	pair_result(&p, NTLM_OK, "NTLM2 session response");
	p.policy.require_mic = true;
	pair_result(&p, NTLM_ERR_NO_MIC, "NTLM2 session response, MIC required");
	p.policy.require_mic = false;
	p.server.channel_bindings = pair_bindings;
	pair_result(&p, NTLM_ERR_BINDINGS, "NTLM2 session response, bindings required");
	p.server.wished = NTLM_OPTION_CHANNEL_BINDINGS;
	pair_result(&p, NTLM_OK, "NTLM2 session response, bindings wished");
	tap_ok(!p.session.channel_bound, "bindings are not reported");
	p.policy.target_check = NTLM_TARGET_REQUIRE;
	pair_result(&p, NTLM_ERR_TARGET_NAME, "NTLM2 session response, target required");
	p.policy.target_check = NTLM_TARGET_IF_PRESENT;
	pair_result(&p, NTLM_OK, "NTLM2 session response, target if present");
	p.authenticate_buf[AUTH_LM] = p.authenticate_buf[AUTH_LM + 2] = 0;
	pair_result(&p, NTLM_ERR_MALFORMED, "ESS and no LM response");
}

/* Replaces both responses; the NT response keeps its place. */
static void put_responses(struct pair *p, const uint8_t *lm, const uint8_t *nt)
{
	struct authenticate_message msg;

	pair_parse(p, &msg);
	memcpy(p->authenticate_buf + (msg.lm.data - p->authenticate_buf), lm, 24);
	if (nt)
		memcpy(p->authenticate_buf + (msg.nt.data - p->authenticate_buf), nt,
		       24);
	wire_set_le16(p->authenticate_buf + AUTH_NT, nt ? 24 : 0);
}

static void lmv2(const struct pair *p, const uint8_t hash[NTLM_HASH_SIZE],
		 uint8_t response[24], uint8_t key[NTLM_KEY_SIZE])
{
	static const uint8_t nonce[8] = { 9, 8, 7, 6, 5, 4, 3, 2 };
	struct authenticate_message msg;
	uint8_t ntowfv2[NTLM_KEY_SIZE];

	pair_parse(p, &msg);
	crypto_ntowfv2(hash, msg.user, msg.domain, ntowfv2);
	crypto_response(ntowfv2, p->challenge_buf + CHAL_SERVER_CHALLENGE,
			(struct ntlm_bytes){ nonce, 8 }, response);
	memcpy(response + PROOF_SIZE, nonce, 8);
	crypto_session_base_key(ntowfv2, response, key);
}

static void test_lm_only(void)
{
	uint8_t lm[24], key[NTLM_KEY_SIZE];
	struct authenticate_message msg;
	const uint8_t *nonce;
	struct pair p;

	pair_lax(&p);
	p.client_policy.lm_compat_level = 0;
	p.policy.lm_compat_level = 3;
	pair_begin(&p);
	nonce = p.challenge_buf + CHAL_SERVER_CHALLENGE;

	crypto_desl(p.secret.lm_hash, nonce, lm);
	put_responses(&p, lm, NULL);
	pair_result(&p, NTLM_OK, "LM response alone");
	tap_number(p.session.response, NTLM_RESPONSE_LM, "LM response: kind");
	memset(key, 0, sizeof(key));
	memcpy(key, p.secret.lm_hash, 8);
	tap_bytes(p.session.exported_session_key, 16, key, 16, "LM response: key");
	p.secret.has_lm_hash = false;
	pair_result(&p, NTLM_ERR_PROOF, "LM response, account without an LM hash");
	p.policy.lm_compat_level = 4;
	pair_result(&p, NTLM_ERR_WEAK_RESPONSE, "LM response at level 4");
	p.policy.lm_compat_level = 3;

	lmv2(&p, p.secret.nt_hash, lm, key);
	put_responses(&p, lm, NULL);
	pair_result(&p, NTLM_OK, "LMv2 response alone");
	tap_number(p.session.response, NTLM_RESPONSE_LMV2, "LMv2 response: kind");
	tap_bytes(p.session.exported_session_key, 16, key, 16, "LMv2 response: key");
	p.policy.lm_compat_level = 4;
	pair_result(&p, NTLM_ERR_WEAK_RESPONSE, "LMv2 response at level 4");
	p.policy.lm_compat_level = 3;
	lm[3] ^= 1;
	put_responses(&p, lm, NULL);
	pair_result(&p, NTLM_ERR_PROOF, "LMv2 response, one bit wrong");

	crypto_desl(p.secret.nt_hash, nonce, lm);
	put_responses(&p, lm, NULL);
	pair_result(&p, NTLM_OK, "NTLMv1 response in the LM field");
	tap_number(p.session.response, NTLM_RESPONSE_NTLM,
		   "NTLMv1 response in the LM field: kind");
	crypto_session_base_key_v1(p.secret.nt_hash, key);
	tap_bytes(p.session.exported_session_key, 16, key, 16,
		  "NTLMv1 response in the LM field: key");
	p.policy.lm_compat_level = 4;
	pair_result(&p, NTLM_ERR_WEAK_RESPONSE,
	       "NTLMv1 response in the LM field at level 4");
	p.policy.lm_compat_level = 0;
	lm[23] ^= 1;
	put_responses(&p, lm, NULL);
	pair_result(&p, NTLM_ERR_PROOF, "NTLMv1 response in the LM field, wrong");

	wire_set_le16(p.authenticate_buf + AUTH_LM, 0);
	pair_result(&p, NTLM_ERR_MALFORMED, "user without any response");
	pair_parse(&p, &msg);
	tap_ok(msg.user.len, "there is a user");
}

/* A response that does not fit is not made good by the one next to it. */
static void test_no_fallback(void)
{
	uint8_t lm[24], key[NTLM_KEY_SIZE], nt[24];
	struct authenticate_message msg;
	struct pair p;

	pair_lax(&p);
	pair_begin(&p);
	lmv2(&p, p.secret.nt_hash, lm, key);
	pair_parse(&p, &msg);
	memcpy(p.authenticate_buf + (msg.lm.data - p.authenticate_buf), lm, 24);
	p.authenticate_buf[msg.nt.data - p.authenticate_buf] ^= 1;
	pair_result(&p, NTLM_ERR_PROOF, "LMv2 fits, NTLMv2 does not");

	pair_lax(&p);
	p.client_policy.lm_compat_level = 0;
	pair_begin(&p);
	crypto_desl(p.secret.lm_hash, p.challenge_buf + CHAL_SERVER_CHALLENGE, lm);
	crypto_desl(p.secret.nt_hash, p.challenge_buf + CHAL_SERVER_CHALLENGE, nt);
	put_responses(&p, lm, nt);
	pair_result(&p, NTLM_OK, "LM and NTLMv1 fit");
	tap_number(p.session.response, NTLM_RESPONSE_NTLM, "NTLMv1 counts");
	nt[0] ^= 1;
	put_responses(&p, lm, nt);
	pair_result(&p, NTLM_ERR_PROOF, "LM fits, NTLMv1 does not");
}

static void test_wrong_password(void)
{
	for (unsigned int level = 0; level < 4; level++) {
		char what[64];
		struct pair p;

		pair_lax(&p);
		p.client_policy.lm_compat_level = level;
		pair_begin(&p);
		p.secret.nt_hash[15] ^= 1;
		snprintf(what, sizeof(what), "wrong password, client of level %u", level);
		pair_result(&p, NTLM_ERR_PROOF, what);
	}
}

/* A client may hash another form of the domain than it sends. */
static void test_domain_forms(void)
{
	static const struct {
		const char *name;
		const char *hashed;
		size_t len;
		enum ntlm_error err;
	} cases[] = {
		{ "as sent", "D\0o\0m\0a\0i\0n", 12, NTLM_OK },
		{ "upper-cased", "D\0O\0M\0A\0I\0N", 12, NTLM_OK },
		{ "none", "", 0, NTLM_OK },
		{ "lower-cased", "d\0o\0m\0a\0i\0n", 12, NTLM_ERR_PROOF },
		{ "another", "O\0t\0h\0e\0r", 10, NTLM_ERR_PROOF },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct ntlm_bytes hashed = { (const uint8_t *)cases[i].hashed,
					     cases[i].len };
		struct authenticate_message msg;
		uint8_t ntowfv2[NTLM_KEY_SIZE];
		char what[64];
		struct pair p;
		uint8_t *nt;

		pair_lax(&p);
		pair_begin(&p);
		pair_parse(&p, &msg);
		nt = p.authenticate_buf + (msg.nt.data - p.authenticate_buf);
		/* without a promise of a MIC: that needs the key as well */
		nt = p.authenticate_buf +
		     (msg.av_pairs.value[AV_FLAGS].data - p.authenticate_buf);
		nt[0] = 0;
		nt = p.authenticate_buf + (msg.nt.data - p.authenticate_buf);
		crypto_ntowfv2(p.secret.nt_hash, msg.user, hashed, ntowfv2);
		crypto_response(ntowfv2, p.challenge_buf + CHAL_SERVER_CHALLENGE,
				(struct ntlm_bytes){ nt + PROOF_SIZE,
						     msg.nt.len - PROOF_SIZE }, nt);
		snprintf(what, sizeof(what), "domain in the hash: %s", cases[i].name);
		pair_result(&p, cases[i].err, what);
	}
}

/* SessionBaseKey of a domain controller gives the same outcome. */
static void test_pass_through(void)
{
	for (unsigned int level = 0; level < 4; level++) {
		uint8_t key[NTLM_KEY_SIZE], want[8];
		struct authenticate_message msg;
		struct ntlm_session session;
		struct pair p;

		pair_init(&p);
		p.client_policy.lm_compat_level = level;
		p.client_policy.allow_legacy = p.client.allow_legacy = true;
		p.policy.allow_legacy = p.server.allow_legacy = true;
		p.policy.lm_compat_level = 0;
		if (level < 3) {
			p.client.channel_bindings = p.server.channel_bindings = NULL;
			p.policy.require_mic = false;
			p.policy.target_check = NTLM_TARGET_IGNORE;
		}
		tap_number(pair_run(&p), NTLM_OK, "level %u: local", level);
		tap_ok(pair_same(&p), "level %u: both sides agree", level);
		pair_parse(&p, &msg);
		if (level < 3) {
			crypto_session_base_key_v1(p.secret.nt_hash, key);
		} else {
			uint8_t ntowfv2[NTLM_KEY_SIZE];

			crypto_ntowfv2(p.secret.nt_hash, msg.user, msg.domain, ntowfv2);
			crypto_session_base_key(ntowfv2, msg.nt.data, key);
		}
		tap_number(ntlm_finish_logon(&p.policy, &p.server, p.now, &p.messages,
					     key, p.secret.lm_hash, &session,
					     &p.detail), NTLM_OK,
			   "level %u: key of somebody else", level);
		tap_ok(!memcmp(&session.exported_session_key,
			       &p.session.exported_session_key, NTLM_KEY_SIZE) &&
		       session.flags == p.session.flags &&
		       session.response == p.session.response &&
		       session.mic == p.session.mic, "level %u: same outcome", level);
		memcpy(want, p.challenge_buf + CHAL_SERVER_CHALLENGE, 8);
		if (p.logon.response == NTLM_RESPONSE_NTLM2_SESSION)
			crypto_session_challenge(want, msg.lm.data, want);
		tap_bytes(p.logon.server_challenge, 8, want, 8,
			  "level %u: challenge for a domain controller", level);
		tap_ok(p.logon.nt.len == msg.nt.len && p.logon.lm.len == msg.lm.len,
		       "level %u: responses as received", level);
		if (level < 3)
			continue;
		key[0] ^= 1;
		tap_number(ntlm_finish_logon(&p.policy, &p.server, p.now, &p.messages,
					     key, NULL, &session, NULL), NTLM_ERR_MIC,
			   "level %u: wrong key of somebody else", level);
		p.policy.names.nb_computer = "";
		tap_number(ntlm_finish_logon(&p.policy, &p.server, p.now, &p.messages,
					     key, NULL, &session, NULL),
			   NTLM_ERR_POLICY, "level %u: policy is checked", level);
	}
}

static void test_oem(void)
{
	struct pair p;

	for (unsigned int level = 0; level < 4; level++) {
		pair_lax(&p);
		p.client_policy.lm_compat_level = level;
		p.client_policy.allow_legacy = p.client.allow_legacy = true;
		p.policy.allow_legacy = p.server.allow_legacy = true;
		pair_offer(&p);
		/* as a client without UNICODE would */
		wire_set_le32(p.negotiate_buf + 12,
			      (wire_le32(p.negotiate_buf + 12) | NTLM_NEGOTIATE_OEM) &
			      ~NTLMSSP_NEGOTIATE_UNICODE);
		tap_number(pair_challenge(&p), NTLM_OK, "OEM, level %u: CHALLENGE",
			   level);
		tap_number(pair_answer(&p), NTLM_OK, "OEM, level %u: AUTHENTICATE",
			   level);
		tap_number(pair_check(&p), NTLM_OK, "OEM, level %u: logon", level);
		tap_ok(pair_same(&p) && !strcmp(p.logon.user, "User") &&
		       !strcmp(p.logon.domain, "Domain") &&
		       p.session.flags & NTLM_NEGOTIATE_OEM,
		       "OEM, level %u: same outcome", level);
	}
	pair_set_flags(&p, pair_flags(&p) | NTLMSSP_NEGOTIATE_UNICODE);
	pair_result(&p, NTLM_ERR_CHARSET, "UNICODE where OEM was granted");
}

int main(void)
{
	test_levels();
	test_weak_response_limits();
	test_lm_only();
	test_no_fallback();
	test_wrong_password();
	test_domain_forms();
	test_pass_through();
	test_oem();
	return tap_done();
}
