// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a server may refuse, and what that does to the exchange: required
 * options one by one, key strength, policy. Nothing is ever lost silently.
 */
#include <string.h>

#include "fixture.h"
#include "message.h"
#include "tap.h"
#include "wire.h"

#define NB_NAMES "020002004400010002005300"
#define TIME "0700080000803ed5deb19d01"
#define EOL "00000000"

#define INTEG NTLM_OPTION_INTEGRITY
#define CONF NTLM_OPTION_CONFIDENTIALITY
#define ESS NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY

static void test_offer(void)
{
	static const struct {
		uint32_t required, wished, want;
	} offers[] = {
		{ 0, 0, 0xa2088205 },
		{ INTEG, 0, 0xe2088215 },
		{ 0, INTEG, 0xe2088215 },
		{ NTLM_OPTION_REPLAY_DETECT, 0, 0xe2088215 },
		{ 0, NTLM_OPTION_SEQUENCE_DETECT, 0xe2088215 },
		{ CONF, 0, 0xe2088235 },
		{ INTEG, CONF, 0xe2088235 },
		{ NTLM_OPTION_IDENTIFY, 0, 0xa2188205 },
		{ NTLM_OPTION_ANONYMOUS, 0, 0xa2088a05 },
		{ NTLM_OPTION_ANONYMOUS, INTEG, 0xa2088a05 },
	};

	for (size_t i = 0; i < sizeof(offers) / sizeof(offers[0]); i++) {
		struct ntlm_policy policy = NTLM_POLICY_DEFAULT;
		struct ntlm_request request = { .required = offers[i].required,
						.wished = offers[i].wished };
		uint8_t buf[NTLM_NEGOTIATE_SIZE];
		struct ntlm_token token = { buf, sizeof(buf), 0 };
		struct negotiate_message msg;
		uint32_t flags = 0;
		enum ntlm_error err;

		err = ntlm_build_negotiate(&policy, &request, &token, &flags, NULL);
		tap_ok(!err && token.len == 40 && flags == offers[i].want &&
		       !negotiate_parse((struct ntlm_bytes){ buf, token.len }, &msg,
					NULL) && msg.flags == flags &&
		       !msg.domain.len && !msg.workstation.len,
		       "offer for required 0x%x, wished 0x%x: 0x%08x",
		       (unsigned int)offers[i].required,
		       (unsigned int)offers[i].wished, (unsigned int)flags);
	}
}

static void test_refusals(void)
{
	static const struct {
		const char *what;
		uint32_t required, cleared;
		enum ntlm_error err;
		uint32_t missing;
	} cases[] = {
		{ "SIGN for integrity", INTEG, NTLMSSP_NEGOTIATE_SIGN,
		  NTLM_ERR_OPTION_REFUSED, NTLMSSP_NEGOTIATE_SIGN },
		{ "SIGN for replay detection", NTLM_OPTION_REPLAY_DETECT,
		  NTLMSSP_NEGOTIATE_SIGN, NTLM_ERR_OPTION_REFUSED,
		  NTLMSSP_NEGOTIATE_SIGN },
		{ "SIGN for sequence detection", NTLM_OPTION_SEQUENCE_DETECT,
		  NTLMSSP_NEGOTIATE_SIGN, NTLM_ERR_OPTION_REFUSED,
		  NTLMSSP_NEGOTIATE_SIGN },
		{ "SIGN for confidentiality", CONF, NTLMSSP_NEGOTIATE_SIGN,
		  NTLM_ERR_OPTION_REFUSED, NTLMSSP_NEGOTIATE_SIGN },
		{ "SEAL", CONF, NTLMSSP_NEGOTIATE_SEAL, NTLM_ERR_OPTION_REFUSED,
		  NTLMSSP_NEGOTIATE_SEAL },
		{ "SIGN and SEAL", CONF,
		  NTLMSSP_NEGOTIATE_SIGN | NTLMSSP_NEGOTIATE_SEAL,
		  NTLM_ERR_OPTION_REFUSED,
		  NTLMSSP_NEGOTIATE_SIGN | NTLMSSP_NEGOTIATE_SEAL },
		{ "extended session security", INTEG, ESS, NTLM_ERR_OPTION_REFUSED,
		  ESS },
		{ "KEY_EXCH", INTEG, NTLMSSP_NEGOTIATE_KEY_EXCH,
		  NTLM_ERR_OPTION_REFUSED, NTLMSSP_NEGOTIATE_KEY_EXCH },
		{ "IDENTIFY", NTLM_OPTION_IDENTIFY, NTLMSSP_NEGOTIATE_IDENTIFY,
		  NTLM_ERR_OPTION_REFUSED, NTLMSSP_NEGOTIATE_IDENTIFY },
		{ "128", INTEG, NTLMSSP_NEGOTIATE_128, NTLM_ERR_KEY_STRENGTH,
		  NTLMSSP_NEGOTIATE_128 },
		{ "128 and 56", INTEG, NTLMSSP_NEGOTIATE_128 | NTLMSSP_NEGOTIATE_56,
		  NTLM_ERR_KEY_STRENGTH, NTLMSSP_NEGOTIATE_128 },
		{ "UNICODE", 0, NTLMSSP_NEGOTIATE_UNICODE, NTLM_ERR_CHARSET, 0 },
		{ "NTLM and extended session security", 0,
		  NTLMSSP_NEGOTIATE_NTLM | ESS, NTLM_ERR_OPTION_REFUSED,
		  NTLMSSP_NEGOTIATE_NTLM },
		{ "all flags", INTEG, 0xffffffff, NTLM_ERR_CHARSET, 0 },
		{ "nothing", INTEG | CONF, 0, NTLM_OK, 0 },
		{ "ALWAYS_SIGN (tolerated)", INTEG, NTLMSSP_NEGOTIATE_ALWAYS_SIGN,
		  NTLM_OK, 0 },
		{ "REQUEST_TARGET (tolerated)", INTEG, NTLMSSP_REQUEST_TARGET,
		  NTLM_OK, 0 },
		{ "56 (tolerated)", INTEG, NTLMSSP_NEGOTIATE_56, NTLM_OK, 0 },
		{ "128 without protection", 0, NTLMSSP_NEGOTIATE_128, NTLM_OK, 0 },
		{ "extended session security without protection", 0, ESS, NTLM_OK, 0 },
		{ "TARGET_INFO, thus names", INTEG, NTLMSSP_NEGOTIATE_TARGET_INFO,
		  NTLM_ERR_NO_SERVER_NAMES, 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[NTLM_ERROR_TEXT_SIZE], names[NTLM_FLAGS_NAMES_SIZE];
		struct fixture f;
		enum ntlm_error err;

		fixture_init(&f);
		f.request.required = cases[i].required;
		fixture_challenge(&f, (FIXTURE_CHALLENGE_FLAGS |
				       NTLMSSP_NEGOTIATE_IDENTIFY) &
				      ~cases[i].cleared, NB_NAMES TIME EOL);
		err = fixture_run(&f);
		ntlm_error_describe(err, &f.detail, text, sizeof(text));
		ntlm_flags_names(cases[i].missing, names, sizeof(names));
		tap_ok(err == cases[i].err && f.detail.missing == cases[i].missing &&
		       (!cases[i].missing || strstr(text, names)) &&
		       (err || fixture_verify(&f)),
		       "server clears %s: %s", cases[i].what, text);
	}
}

static void test_wishes(void)
{
	struct fixture f;

	fixture_init(&f);
	f.request.required = 0;
	f.request.wished = INTEG | CONF | NTLM_OPTION_IDENTIFY;
	fixture_challenge(&f, FIXTURE_CHALLENGE_FLAGS & ~NTLMSSP_NEGOTIATE_SIGN,
			  NB_NAMES TIME EOL);
	tap_number(fixture_run(&f), NTLM_OK, "a wish is refused: no failure");
	tap_number(f.session.flags & (NTLMSSP_NEGOTIATE_SIGN | NTLMSSP_NEGOTIATE_SEAL |
				      NTLMSSP_NEGOTIATE_KEY_EXCH |
				      NTLMSSP_NEGOTIATE_IDENTIFY), 0,
		   "without SIGN no SEAL and no KEY_EXCH are claimed");
	tap_number(f.session.key_bits, 0, "and no key strength");
	tap_ok(fixture_verify(&f), "the answer verifies");

	fixture_init(&f);
	f.request.required = INTEG;
	f.request.wished = CONF;
	fixture_challenge(&f, FIXTURE_CHALLENGE_FLAGS & ~NTLMSSP_NEGOTIATE_SEAL,
			  NB_NAMES TIME EOL);
	tap_ok(!fixture_run(&f) && f.session.flags & NTLMSSP_NEGOTIATE_SIGN &&
	       !(f.session.flags & NTLMSSP_NEGOTIATE_SEAL) &&
	       f.session.key_bits == 128, "integrity required, sealing wished, refused");

	fixture_init(&f);
	f.request.required = 0;
	f.request.wished = INTEG;
	fixture_challenge(&f, FIXTURE_CHALLENGE_FLAGS & ~NTLMSSP_NEGOTIATE_128,
			  NB_NAMES TIME EOL);
	tap_number(fixture_run(&f), NTLM_ERR_KEY_STRENGTH,
		   "wished protection with weak keys fails: it would be no protection");
}

static void test_masking(void)
{
	struct fixture f, g;

	fixture_init(&f);
	f.request.required = 0;
	fixture_challenge(&f, 0xffffffff, NB_NAMES TIME EOL);
	tap_number(fixture_run(&f), NTLM_OK, "server sets every flag");
	tap_number(f.session.flags, 0xa2888205,
		   "what was not offered is not accepted");
	tap_number(f.session.key_bits, 0, "no protection appears");
	tap_ok(fixture_verify(&f), "the answer verifies");

	fixture_init(&f);
	fixture_challenge(&f, FIXTURE_CHALLENGE_FLAGS | NTLMSSP_NEGOTIATE_DATAGRAM |
			      NTLM_NEGOTIATE_OEM | NTLMSSP_NEGOTIATE_LM_KEY,
			  NB_NAMES TIME EOL);
	tap_ok(!fixture_run(&f) && f.session.flags == 0xe2888235,
	       "DATAGRAM, OEM and LM_KEY are cleared");

	/* the request wants more than the NEGOTIATE that went out */
	fixture_init(&g);
	g.request.required = 0;
	fixture_negotiate(&g);
	fixture_init(&f);
	f.negotiate = g.negotiate;
	tap_ok(fixture_authenticate(&f) == NTLM_ERR_OPTION_REFUSED &&
	       f.detail.missing & NTLMSSP_NEGOTIATE_SEAL,
	       "only what the sent NEGOTIATE offered counts");
}

static void test_strength(void)
{
	static const struct {
		unsigned int policy, request;
		uint32_t cleared;
		enum ntlm_error err;
		unsigned int bits;
	} cases[] = {
		{ 0, 0, 0, NTLM_OK, 128 },
		{ 0, 0, NTLMSSP_NEGOTIATE_128, NTLM_ERR_KEY_STRENGTH, 0 },
		{ 56, 0, NTLMSSP_NEGOTIATE_128, NTLM_OK, 56 },
		{ 56, 128, NTLMSSP_NEGOTIATE_128, NTLM_ERR_KEY_STRENGTH, 0 },
		{ 56, 57, NTLMSSP_NEGOTIATE_128, NTLM_ERR_KEY_STRENGTH, 0 },
		{ 56, 56, NTLMSSP_NEGOTIATE_128, NTLM_OK, 56 },
		{ 56, 0, NTLMSSP_NEGOTIATE_128 | NTLMSSP_NEGOTIATE_56,
		  NTLM_ERR_KEY_STRENGTH, 0 },
		{ 40, 0, NTLMSSP_NEGOTIATE_128 | NTLMSSP_NEGOTIATE_56, NTLM_OK, 40 },
		{ 40, 41, NTLMSSP_NEGOTIATE_128 | NTLMSSP_NEGOTIATE_56,
		  NTLM_ERR_KEY_STRENGTH, 0 },
		{ 128, 56, NTLMSSP_NEGOTIATE_128, NTLM_ERR_KEY_STRENGTH, 0 },
		{ 0, 128, 0, NTLM_OK, 128 },
		{ 0, 129, 0, NTLM_ERR_KEY_STRENGTH, 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture f;
		enum ntlm_error err;

		fixture_init(&f);
		f.policy.min_key_bits = cases[i].policy;
		f.request.min_key_bits = cases[i].request;
		fixture_challenge(&f, FIXTURE_CHALLENGE_FLAGS & ~cases[i].cleared,
				  NB_NAMES TIME EOL);
		err = fixture_run(&f);
		tap_ok(err == cases[i].err &&
		       (err || (f.session.key_bits == cases[i].bits &&
				fixture_verify(&f))),
		       "least %u by policy, %u by request, cleared 0x%08x: %s",
		       cases[i].policy, cases[i].request,
		       (unsigned int)cases[i].cleared, ntlm_error_text(err));
	}
}

static void test_policy(void)
{
	struct ntlm_policy policy = NTLM_POLICY_DEFAULT;
	char name[512];
	struct fixture f;

	for (unsigned int level = 0; level < 8; level++) {
		bool good = level <= 5;

		fixture_init(&f);
		f.request.required = 0;
		f.policy.lm_compat_level = level;
		tap_ok(ntlm_policy_check(&f.policy, NULL) ==
		       (good ? NTLM_OK : NTLM_ERR_POLICY) &&
		       fixture_run(&f) == (good ? NTLM_OK : NTLM_ERR_POLICY),
		       "LmCompatibilityLevel %u is %s", level,
		       good ? "spoken" : "refused");
	}
	policy.min_key_bits = 64;
	tap_number(ntlm_policy_check(&policy, NULL), NTLM_ERR_POLICY, "64 bits");
	policy.min_key_bits = 128;
	policy.workstation = "\xff";
	tap_number(ntlm_policy_check(&policy, NULL), NTLM_ERR_UTF8,
		   "workstation is no UTF-8");
	memset(name, 'W', sizeof(name));
	name[255] = 0;
	policy.workstation = name;
	tap_number(ntlm_policy_check(&policy, NULL), NTLM_OK, "longest workstation");
	name[255] = 'W';
	name[256] = 0;
	tap_number(ntlm_policy_check(&policy, NULL), NTLM_ERR_TOO_LARGE,
		   "workstation too long");

	fixture_init(&f);
	f.policy.require_mic = true;
	tap_ok(!fixture_run(&f) && f.session.mic, "MIC required, timestamp sent");
	fixture_challenge(&f, FIXTURE_CHALLENGE_FLAGS, NB_NAMES EOL);
	tap_number(fixture_run(&f), NTLM_ERR_NO_TIMESTAMP,
		   "MIC required, no timestamp");
	fixture_init(&f);
	f.policy.allow_no_key_exchange = true;
	fixture_challenge(&f, FIXTURE_CHALLENGE_FLAGS & ~NTLMSSP_NEGOTIATE_KEY_EXCH,
			  NB_NAMES TIME EOL);
	tap_ok(!fixture_run(&f) && fixture_verify(&f) && f.session.key_bits == 128,
	       "protection without KEY_EXCH where policy allows it");
}

static void test_skew(void)
{
	static const struct {
		int64_t off;
		uint32_t allowed;
		enum ntlm_error err;
	} cases[] = {
		{ 0, 1, NTLM_OK },
		{ 10000000, 1, NTLM_OK },
		{ 10000001, 1, NTLM_ERR_TIME_SKEW },
		{ -10000000, 1, NTLM_OK },
		{ -10000001, 1, NTLM_ERR_TIME_SKEW },
		{ INT64_C(1296000000000), NTLM_MAX_LIFETIME, NTLM_OK },
		{ INT64_C(1296000000001), NTLM_MAX_LIFETIME, NTLM_ERR_TIME_SKEW },
		{ INT64_MAX, 0, NTLM_OK },
		{ INT64_MAX, UINT32_MAX, NTLM_ERR_TIME_SKEW },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture f;

		fixture_init(&f);
		f.policy.max_time_skew = cases[i].allowed;
		f.now += (uint64_t)cases[i].off;
		tap_number(fixture_run(&f), cases[i].err,
			   "clock %lld * 100 ns away, %u s allowed",
			   (long long)cases[i].off, (unsigned int)cases[i].allowed);
	}
}

static void test_arguments(void)
{
	struct fixture f;

	fixture_init(&f);
	f.request.wished = 1u << 7;
	tap_number(fixture_run(&f), NTLM_ERR_ARGUMENT, "unknown option");
	for (uint32_t bit = 0; bit < 4; bit++) {
		fixture_init(&f);
		fixture_negotiate(&f);
		f.no_credential = true;
		f.request.required = 1u << bit;
		f.request.wished = NTLM_OPTION_ANONYMOUS;
		tap_ok(fixture_authenticate(&f) == NTLM_ERR_ANONYMOUS &&
		       fixture_negotiate(&f) == NTLM_ERR_ANONYMOUS,
		       "anonymous with required option 0x%x", 1u << bit);
	}
	fixture_init(&f);
	f.no_credential = true;
	tap_number(fixture_run(&f), NTLM_ERR_ARGUMENT, "no credential");
	fixture_init(&f);
	f.credential.user = "";
	tap_number(fixture_run(&f), NTLM_ERR_ARGUMENT,
		   "an empty user does not become an anonymous logon");
	fixture_init(&f);
	f.credential.user = NULL;
	tap_number(fixture_run(&f), NTLM_ERR_ARGUMENT, "no user");
	fixture_init(&f);
	f.request.required = NTLM_OPTION_ANONYMOUS;
	tap_number(fixture_run(&f), NTLM_ERR_ARGUMENT, "anonymous with a credential");
}

int main(void)
{
	test_offer();
	test_refusals();
	test_wishes();
	test_masking();
	test_strength();
	test_policy();
	test_skew();
	test_arguments();
	return tap_done();
}
