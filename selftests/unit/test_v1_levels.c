// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * LmCompatibilityLevel: each level against servers that grant extended session
 * security or not, and what the exchange cannot say below NTLMv2.
 */
#include <stdio.h>
#include <string.h>

#include "crypto.h"
#include "crypto_v1.h"
#include "fixture.h"
#include "tap.h"

#define NB_NAMES "020002004400010002005300"
#define TIME "0700080000803ed5deb19d01"
#define EOL "00000000"
#define ESS NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY

static const uint8_t bindings[16] = "0123456789abcdef";

struct try {
	unsigned int level;
	bool ess, protection, legacy, real_lm, has_lm_hash;
};

static void prepare(struct fixture *f, const struct try *t)
{
	fixture_init(f);
	f->policy.lm_compat_level = t->level;
	f->policy.allow_legacy = t->legacy;
	f->policy.real_lm_response = t->real_lm;
	f->request.allow_legacy = t->legacy;
	if (!t->protection)
		f->request.required = 0;
	f->credential.has_lm_hash = t->has_lm_hash;
	ntlm_lm_hash("Password", 8, f->credential.lm_hash);
	fixture_challenge(f, FIXTURE_CHALLENGE_FLAGS & ~(t->ess ? 0 : ESS),
			  NB_NAMES TIME EOL);
}

static enum ntlm_response expected(const struct try *t)
{
	if (t->level >= 3)
		return NTLM_RESPONSE_NTLMV2;
	return t->ess && t->level ? NTLM_RESPONSE_NTLM2_SESSION : NTLM_RESPONSE_NTLM;
}

/* Recomputes both responses and the session key of NTLMv1. */
static bool proves(struct fixture *f, const struct try *t)
{
	bool session = expected(t) == NTLM_RESPONSE_NTLM2_SESSION;
	uint8_t nt[24], lm[24] = { 0 }, challenge[8], base[16], key[16];
	struct authenticate_message msg;

	fixture_parse(f, &msg);
	memcpy(challenge, f->challenge.data + 24, 8);
	if (session)
		crypto_session_challenge(f->challenge.data + 24,
					 fixture_client_challenge, challenge);
	crypto_desl(f->credential.nt_hash, challenge, nt);
	if (session)
		memcpy(lm, fixture_client_challenge, 8);
	else if (t->real_lm && t->has_lm_hash && t->level < 2)
		crypto_desl(f->credential.lm_hash, challenge, lm);
	else
		memcpy(lm, nt, sizeof(lm));
	crypto_session_base_key_v1(f->credential.nt_hash, base);
	if (!crypto_kxkey_v1(session ? ESS : 0, base, NULL, f->challenge.data + 24,
			     lm, key))
		return false;
	if (t->protection && msg.session_key.len != 16)
		return false;
	if (t->protection)
		crypto_rc4k(key, msg.session_key.data, key);
	return msg.nt.len == 24 && !memcmp(msg.nt.data, nt, 24) &&
	       msg.lm.len == 24 && !memcmp(msg.lm.data, lm, 24) &&
	       !memcmp(key, f->session.exported_session_key, 16) &&
	       !f->session.mic && !f->session.channel_bound;
}

static void test_level(const struct try *t)
{
	bool ess = t->ess && t->level;
	bool refused = t->protection && !ess && !t->legacy;
	char what[128];
	struct fixture f;
	enum ntlm_error err;

	prepare(&f, t);
	err = fixture_run(&f);
	snprintf(what, sizeof(what), "level %u%s%s%s%s%s", t->level,
		 t->ess ? ", ESS granted" : "", t->protection ? ", protected" : "",
		 t->legacy ? ", legacy" : "", t->real_lm ? ", real LM response" : "",
		 t->has_lm_hash ? ", LM hash" : "");
	if (refused) {
		tap_ok(err == NTLM_ERR_OPTION_REFUSED && f.detail.missing == ESS,
		       "%s: refused", what);
		return;
	}
	tap_ok(!err && f.session.response == expected(t) &&
	       !(f.session.flags & ESS) == !ess &&
	       (t->level < 3 ? proves(&f, t) : fixture_verify(&f)),
	       "%s: %s", what, ntlm_response_name(f.session.response));
}

static void test_levels(void)
{
	for (unsigned int i = 0; i < 6u << 5; i++) {
		const struct try t = { .level = i >> 5, .ess = i & 1,
				       .protection = i & 2, .legacy = i & 4,
				       .real_lm = i & 8, .has_lm_hash = i & 16 };

		test_level(&t);
	}
}

static void test_v1_limits(void)
{
	static const struct try v1 = { .level = 1, .ess = true, .protection = true };
	struct fixture f;

	prepare(&f, &v1);
	f.request.channel_bindings = bindings;
	tap_ok(fixture_run(&f) == NTLM_ERR_NO_TARGET_INFO &&
	       strstr(f.detail.where, "NTLMv1"),
	       "NTLMv1 cannot send channel bindings");
	prepare(&f, &v1);
	f.request.channel_bindings = bindings;
	f.request.wished = NTLM_OPTION_CHANNEL_BINDINGS;
	tap_ok(!fixture_run(&f) && !f.session.channel_bound,
	       "and says so where they were a wish");
	prepare(&f, &v1);
	f.request.target_unverified = true;
	tap_ok(fixture_run(&f) == NTLM_ERR_OPTION_REFUSED &&
	       strstr(f.detail.where, "unverified"),
	       "NTLMv1 cannot call a target unverified");
	prepare(&f, &v1);
	f.request.target_unverified = true;
	f.request.target_name = NULL;
	tap_number(fixture_run(&f), NTLM_OK, "no target to be unverified");
	prepare(&f, &v1);
	fixture_challenge(&f, FIXTURE_CHALLENGE_FLAGS, EOL);
	tap_number(fixture_run(&f), NTLM_OK, "NTLMv1 needs no names of the server");
	prepare(&f, &v1);
	fixture_challenge(&f, FIXTURE_CHALLENGE_FLAGS, NB_NAMES);
	tap_number(fixture_run(&f), NTLM_ERR_MALFORMED,
		   "but a TargetInfo has to be well-formed");
	prepare(&f, &v1);
	f.policy.max_time_skew = 1;
	f.now += 100000000;
	tap_number(fixture_run(&f), NTLM_OK, "NTLMv1 knows no time");
	prepare(&f, &v1);
	f.policy.require_mic = true;
	tap_ok(fixture_run(&f) == NTLM_ERR_POLICY && strstr(f.detail.where, "MIC"),
	       "a MIC cannot be required of NTLMv1");
}

/* At level 0 a wish for protection is not even expressed without legacy. */
static void test_level_0(void)
{
	static const struct try t = { .level = 0, .ess = true };
	uint8_t buf[NTLM_NEGOTIATE_SIZE];
	struct ntlm_token token = { buf, sizeof(buf), 0 };
	enum ntlm_error err;
	uint32_t flags = 0;
	struct fixture f;

	prepare(&f, &t);
	f.request.wished = NTLM_OPTION_INTEGRITY | NTLM_OPTION_CONFIDENTIALITY;
	err = ntlm_build_negotiate(&f.policy, &f.request, &token, &flags, NULL);
	tap_ok(!err && !(flags & (NTLMSSP_NEGOTIATE_SIGN | NTLMSSP_NEGOTIATE_SEAL | ESS |
			  NTLMSSP_NEGOTIATE_KEY_EXCH)), "level 0: offer 0x%08x",
	       (unsigned int)flags);
	tap_ok(!fixture_run(&f) && !f.session.key_bits,
	       "level 0: wished protection is none");
	f.request.required = NTLM_OPTION_INTEGRITY;
	tap_ok(ntlm_build_negotiate(&f.policy, &f.request, &token, &flags,
				    &f.detail) == NTLM_ERR_OPTION_REFUSED &&
	       f.detail.missing == ESS && !token.len,
	       "level 0: required protection is refused before anything is sent");
	f.policy.allow_legacy = true;
	tap_number(ntlm_build_negotiate(&f.policy, &f.request, &token, &flags, NULL),
		   NTLM_ERR_OPTION_REFUSED, "policy alone does not allow legacy");
	f.policy.allow_legacy = false;
	f.request.allow_legacy = true;
	tap_number(ntlm_build_negotiate(&f.policy, &f.request, &token, &flags, NULL),
		   NTLM_ERR_OPTION_REFUSED, "nor does the request alone");
	f.policy.allow_legacy = true;
	tap_number(ntlm_build_negotiate(&f.policy, &f.request, &token, &flags, NULL),
		   NTLM_OK, "both do");
}

static void test_names(void)
{
	bool distinct = true;

	for (int i = NTLM_RESPONSE_NONE; i <= NTLM_RESPONSE_NTLMV2; i++)
		for (int j = 0; j < i; j++)
			distinct &= !!strcmp(ntlm_response_name((enum ntlm_response)i),
					     ntlm_response_name((enum ntlm_response)j));
	tap_ok(distinct && !strcmp(ntlm_response_name(NTLM_RESPONSE_NTLMV2), "NTLMv2") &&
	       !strcmp(ntlm_response_name((enum ntlm_response)99), "unknown"),
	       "kinds of responses have names");
}

int main(void)
{
	test_levels();
	test_v1_limits();
	test_level_0();
	test_names();
	return tap_done();
}
