// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Session security without extended session security, LM_KEY, SEAL without SIGN
 * and the OEM character set: nothing of it unless policy and request allow it.
 * Whatever flags a server sends, the outcome keeps the rules.
 */
#include <string.h>

#include "crypto.h"
#include "fixture.h"
#include "options.h"
#include "tap.h"
#include "wire.h"

#define NB_NAMES "020002004400010002005300"
#define TIME "0700080000803ed5deb19d01"
#define EOL "00000000"

#define INTEG NTLM_OPTION_INTEGRITY
#define CONF NTLM_OPTION_CONFIDENTIALITY
#define ESS NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY
#define SIGN NTLMSSP_NEGOTIATE_SIGN
#define SEAL NTLMSSP_NEGOTIATE_SEAL
#define LM_KEY NTLMSSP_NEGOTIATE_LM_KEY
#define OEM UINT32_C(2)

static void legacy(struct fixture *f, uint32_t flags)
{
	fixture_init(f);
	f->policy.allow_legacy = true;
	f->request.allow_legacy = true;
	fixture_challenge(f, flags, NB_NAMES TIME EOL);
}

static void test_offer(void)
{
	static const struct {
		unsigned int level, bits, least;
		bool real_lm, policy, request;
		uint32_t wished;
		uint32_t want;	/* of OEM, ESS, LM_KEY, SIGN */
	} offers[] = {
		{ 3, 0, 0, false, true, true, INTEG, OEM | ESS | SIGN },
		{ 3, 0, 0, false, true, false, INTEG, ESS | SIGN },
		{ 3, 0, 0, false, false, true, INTEG, ESS | SIGN },
		{ 3, 40, 0, true, true, true, INTEG, OEM | ESS | SIGN },
		{ 1, 40, 0, true, true, true, INTEG, OEM | ESS | SIGN },
		{ 0, 0, 0, true, true, true, INTEG, OEM | SIGN },
		{ 0, 56, 0, true, true, true, INTEG, OEM | SIGN | LM_KEY },
		{ 0, 40, 128, true, true, true, INTEG, OEM | SIGN },
		{ 0, 40, 0, false, true, true, INTEG, OEM | SIGN },
		{ 0, 40, 0, true, false, true, INTEG, 0 },
		{ 0, 40, 0, true, true, true, 0, OEM },
	};

	for (size_t i = 0; i < sizeof(offers) / sizeof(offers[0]); i++) {
		struct ntlm_policy policy = {
			.lm_compat_level = offers[i].level,
			.min_key_bits = offers[i].bits,
			.allow_legacy = offers[i].policy,
			.real_lm_response = offers[i].real_lm,
		};
		struct ntlm_request request = {
			.wished = offers[i].wished,
			.min_key_bits = offers[i].least,
			.allow_legacy = offers[i].request,
		};
		uint8_t buf[NTLM_NEGOTIATE_SIZE];
		struct ntlm_token token = { buf, sizeof(buf), 0 };
		uint32_t flags = 0;

		ntlm_build_negotiate(&policy, &request, &token, &flags, NULL);
		tap_number(flags & (OEM | ESS | LM_KEY | SIGN), offers[i].want,
			   "offer %zu: level %u, least %u and %u bits", i,
			   offers[i].level, offers[i].bits, offers[i].least);
		tap_ok(token.len && !(flags & NTLMSSP_REQUEST_NON_NT_SESSION_KEY),
		       "offer %zu: no key of the LM hash alone", i);
	}
}

static void test_ntlmv2(void)
{
	struct fixture f;

	legacy(&f, FIXTURE_CHALLENGE_FLAGS & ~ESS);
	tap_ok(!fixture_run(&f) && fixture_verify(&f) && !(f.session.flags & ESS) &&
	       f.session.flags & SIGN && f.session.key_bits == 128 &&
	       f.session.response == NTLM_RESPONSE_NTLMV2,
	       "NTLMv2 without ESS where legacy is allowed");
	legacy(&f, FIXTURE_CHALLENGE_FLAGS & ~ESS & ~NTLMSSP_NEGOTIATE_128);
	tap_ok(!fixture_run(&f) && f.session.key_bits == 128,
	       "without ESS only LM_KEY and DATAGRAM cut the key");
	legacy(&f, FIXTURE_CHALLENGE_FLAGS & ~ESS);
	f.request.allow_legacy = false;
	tap_ok(fixture_run(&f) == NTLM_ERR_OPTION_REFUSED && f.detail.missing == ESS,
	       "refused if the request does not allow it");
	legacy(&f, FIXTURE_CHALLENGE_FLAGS & ~ESS);
	f.policy.allow_legacy = false;
	tap_ok(fixture_run(&f) == NTLM_ERR_OPTION_REFUSED && f.detail.missing == ESS,
	       "refused if policy does not");
	legacy(&f, FIXTURE_CHALLENGE_FLAGS);
	tap_ok(!fixture_run(&f) && f.session.flags & ESS,
	       "a server that grants ESS gets it");
}

static void test_lm_key(void)
{
	static const struct {
		uint32_t cleared;
		unsigned int least;
		enum ntlm_error err;
		unsigned int bits;
	} cases[] = {
		{ 0, 56, NTLM_OK, 56 },
		{ NTLMSSP_NEGOTIATE_56, 40, NTLM_OK, 40 },
		{ NTLMSSP_NEGOTIATE_56, 56, NTLM_ERR_KEY_STRENGTH, 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum ntlm_error err;
		struct fixture f;

		legacy(&f, (FIXTURE_CHALLENGE_FLAGS & ~ESS & ~cases[i].cleared) | LM_KEY);
		f.policy.lm_compat_level = 0;
		f.policy.real_lm_response = true;
		f.policy.min_key_bits = cases[i].least;
		f.credential.has_lm_hash = true;
		ntlm_lm_hash("Password", 8, f.credential.lm_hash);
		err = fixture_run(&f);
		tap_ok(err == cases[i].err && f.session.key_bits == cases[i].bits &&
		       (err || f.session.flags & LM_KEY),
		       "LM_KEY with 128%s, least %u: %u bits",
		       cases[i].cleared ? "" : " and 56", cases[i].least,
		       f.session.key_bits);
	}
}

/* Both flags exclude each other, whoever sends them. */
static void test_lm_key_and_ess(void)
{
	struct fixture f;

	legacy(&f, FIXTURE_CHALLENGE_FLAGS | LM_KEY);
	fixture_negotiate(&f);
	wire_set_le32(f.negotiate_buf + 12, wire_le32(f.negotiate_buf + 12) | LM_KEY);
	tap_ok(!fixture_authenticate(&f) && (f.session.flags & (ESS | LM_KEY)) == ESS,
	       "LM_KEY offered and granted with ESS is dropped");
}

static void test_seal_alone(void)
{
	struct fixture f;

	legacy(&f, FIXTURE_CHALLENGE_FLAGS & ~SIGN);
	f.request.required = CONF;
	tap_ok(!fixture_run(&f) && (f.session.flags & FLAGS_PROTECTION) == SEAL &&
	       f.session.flags & NTLMSSP_NEGOTIATE_KEY_EXCH && f.session.key_bits == 128,
	       "SEAL without SIGN is enough for confidentiality");
	legacy(&f, FIXTURE_CHALLENGE_FLAGS & ~SIGN);
	f.request.required = CONF | INTEG;
	tap_ok(fixture_run(&f) == NTLM_ERR_OPTION_REFUSED && f.detail.missing == SIGN,
	       "not for integrity");
	fixture_init(&f);
	f.request.required = 0;
	f.request.wished = CONF;
	fixture_challenge(&f, FIXTURE_CHALLENGE_FLAGS & ~SIGN, NB_NAMES TIME EOL);
	tap_ok(!fixture_run(&f) && !(f.session.flags & FLAGS_PROTECTION),
	       "without legacy it is dropped");
}

static void test_oem(void)
{
	const uint32_t flags = (FIXTURE_CHALLENGE_FLAGS & ~NTLMSSP_NEGOTIATE_UNICODE) |
			       OEM;
	static const uint8_t wide[] = "U\0s\0e\0r\0D\0o\0m\0a\0i\0n";
	static char longest[256 + 1];
	uint8_t ntowfv2[16], proof[16];
	struct authenticate_message msg;
	struct fixture f;

	legacy(&f, flags);
	tap_number(fixture_run(&f), NTLM_OK, "a server without Unicode");
	fixture_parse(&f, &msg);
	tap_ok(msg.user.len == 4 && !memcmp(msg.user.data, "User", 4) &&
	       msg.domain.len == 6 && !memcmp(msg.domain.data, "Domain", 6) &&
	       msg.workstation.len == 8 && !memcmp(msg.workstation.data, "COMPUTER", 8) &&
	       (f.session.flags & (OEM | NTLMSSP_NEGOTIATE_UNICODE)) == OEM,
	       "names in ASCII");
	crypto_ntowfv2(f.credential.nt_hash, (struct ntlm_bytes){ wide, 8 },
		       (struct ntlm_bytes){ wide + 8, 12 }, ntowfv2);
	crypto_response(ntowfv2, f.challenge.data + 24,
			(struct ntlm_bytes){ msg.nt.data + 16, msg.nt.len - 16 }, proof);
	tap_ok(!memcmp(proof, msg.nt.data, 16), "the proof is one of UTF-16 names");
	tap_ok(msg.av_pairs.value[AV_TARGET_NAME].len == 46,
	       "AV pairs are UTF-16 all the same");

	legacy(&f, flags | NTLMSSP_NEGOTIATE_UNICODE);
	tap_ok(!fixture_run(&f) && fixture_verify(&f) && !(f.session.flags & OEM),
	       "Unicode wins");
	fixture_init(&f);
	fixture_challenge(&f, flags, NB_NAMES TIME EOL);
	tap_number(fixture_run(&f), NTLM_ERR_CHARSET, "without legacy it is refused");
	legacy(&f, flags);
	f.credential.user = "\xc3\xbcser";
	tap_ok(fixture_run(&f) == NTLM_ERR_CHARSET && !strcmp(f.detail.where, "UserName"),
	       "a user outside ASCII has no OEM name");
	legacy(&f, flags);
	f.credential.domain = "Dom\x7f";
	tap_ok(fixture_run(&f) == NTLM_ERR_CHARSET &&
	       !strcmp(f.detail.where, "DomainName"), "nor has a control character");
	memset(longest, 'u', 255);
	legacy(&f, flags);
	f.credential.user = longest;
	f.credential.domain = longest;
	tap_number(fixture_run(&f), NTLM_OK, "longest names");
	longest[255] = 'u';
	legacy(&f, flags);
	f.credential.user = longest;
	tap_number(fixture_run(&f), NTLM_ERR_TOO_LARGE, "a longer one");
}

static uint32_t state = 1;

static uint32_t next(void)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

static const char *broken(const struct fixture *f, uint32_t offer, uint32_t answer)
{
	bool allowed = f->policy.allow_legacy && f->request.allow_legacy;
	bool datagram = f->request.connectionless;
	uint32_t s = f->session.flags;
	unsigned int least = f->policy.min_key_bits > f->request.min_key_bits ?
			     f->policy.min_key_bits : f->request.min_key_bits;

	if (s & ~(offer & answer) & ~(NTLMSSP_NEGOTIATE_TARGET_INFO | NTLMSSP_REQUEST_TARGET))
		return "a flag that was not offered or not granted";
	if (datagram && s & ~answer)
		return "a choice that the server did not offer";
	if (!(s & ESS) && s & FLAGS_PROTECTION && !allowed)
		return "legacy session security";
	if (s & ESS && s & LM_KEY)
		return "LM_KEY and ESS";
	if (!(s & NTLMSSP_NEGOTIATE_UNICODE) == !(s & OEM))
		return "character set";
	if (s & OEM && !allowed)
		return "OEM";
	if ((s & FLAGS_PROTECTION) == SEAL && !allowed)
		return "SEAL alone";
	if (!(s & NTLMSSP_NEGOTIATE_DATAGRAM) != !datagram)
		return "DATAGRAM";
	if (datagram && !(s & NTLMSSP_NEGOTIATE_KEY_EXCH))
		return "DATAGRAM without KEY_EXCH";
	if (datagram && s & SEAL && !(s & ESS))
		return "sealed datagrams without ESS";
	if (s & FLAGS_PROTECTION && f->session.key_bits < least)
		return "weak key";
	if (s & FLAGS_PROTECTION && !(s & NTLMSSP_NEGOTIATE_KEY_EXCH) &&
	    !f->policy.allow_no_key_exchange)
		return "no key exchange";
	if (f->request.required & INTEG && !(s & SIGN))
		return "no integrity";
	if (f->request.required & CONF && !(s & SEAL))
		return "no confidentiality";
	return NULL;
}

/* 200,000 servers that send any flags to clients of any kind */
static void test_any_flags(void)
{
	static const unsigned int bits[] = { 40, 56, 128 };
	unsigned int answered = 0, wrong = 0;
	const char *why = "";
	struct fixture f;

	for (unsigned int i = 0; i < 200000; i++) {
		uint32_t r = next(), answer = next() | next(), offer;

		fixture_init(&f);
		f.policy.lm_compat_level = r % 6;
		f.policy.min_key_bits = bits[r / 6 % 3];
		f.policy.allow_legacy = r & 1u << 8;
		f.policy.real_lm_response = r & 1u << 9;
		f.policy.allow_no_key_exchange = r & 1u << 10;
		f.request.allow_legacy = r & 1u << 11;
		f.request.connectionless = r & 1u << 12;
		f.request.required = r >> 13 & (INTEG | CONF);
		f.request.wished = r >> 15 & (INTEG | CONF | NTLM_OPTION_IDENTIFY);
		f.credential.has_lm_hash = r & 1u << 20;
		offer = options_offer(&f.policy, &f.request);
		/* mostly servers with which there is something to agree on */
		if (r & 1u << 21)
			answer |= SIGN | NTLMSSP_NEGOTIATE_128 |
				  NTLMSSP_NEGOTIATE_KEY_EXCH |
				  NTLMSSP_NEGOTIATE_DATAGRAM | NTLMSSP_NEGOTIATE_NTLM;
		fixture_challenge(&f, answer, NB_NAMES TIME EOL);
		if (f.request.connectionless ? fixture_authenticate(&f) : fixture_run(&f))
			continue;
		answered++;
		if (broken(&f, offer, answer)) {
			why = broken(&f, offer, answer);
			wrong++;
		}
	}
	tap_ok(!wrong && answered > 20000, "%u exchanges with any flags keep the rules%s",
	       answered, why);
}

int main(void)
{
	test_offer();
	test_ntlmv2();
	test_lm_key();
	test_lm_key_and_ess();
	test_seal_alone();
	test_oem();
	test_any_flags();
	return tap_done();
}
