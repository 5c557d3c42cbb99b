// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The connectionless client, [MS-NLMP] 3.1.5.2.1: no NEGOTIATE_MESSAGE, its own
 * choice out of the flags that the CHALLENGE offers. Signature, proof and key are
 * computed here once more, with nothing of the library but the hash functions.
 */
#include <nettle/arcfour.h>
#include <nettle/hmac.h>
#include <string.h>

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
#define DATAGRAM (NTLMSSP_NEGOTIATE_DATAGRAM | NTLMSSP_NEGOTIATE_KEY_EXCH)

/* everything that a server supports */
#define OFFER (FIXTURE_CHALLENGE_FLAGS | DATAGRAM | NTLMSSP_NEGOTIATE_IDENTIFY)

static void begin(struct fixture *f)
{
	fixture_init(f);
	f->request.connectionless = true;
	fixture_challenge(f, OFFER, NB_NAMES TIME EOL);
}

static void hmac(const uint8_t key[16], const uint8_t *a, size_t a_len,
		 const uint8_t *b, size_t b_len, uint8_t out[16])
{
	struct hmac_md5_ctx ctx;

	hmac_md5_set_key(&ctx, 16, key);
	hmac_md5_update(&ctx, a_len, a);
	hmac_md5_update(&ctx, b_len, b);
	hmac_md5_digest(&ctx, 16, out);
}

/* NTLMv2 of user "User" in domain "Domain", and the key that was exchanged */
static bool proves(struct fixture *f, const struct authenticate_message *msg)
{
	static const uint8_t names[] = "U\0S\0E\0R\0D\0o\0m\0a\0i\0n";
	uint8_t ntowfv2[16], proof[16], key[16];
	struct arcfour_ctx rc4;

	if (!msg->ntlmv2 || msg->session_key.len != 16)
		return false;
	hmac(f->credential.nt_hash, names, sizeof(names), NULL, 0, ntowfv2);
	hmac(ntowfv2, f->challenge.data + 24, 8, msg->nt.data + 16,
	     msg->nt.len - 16, proof);
	if (memcmp(proof, msg->nt.data, 16))
		return false;
	hmac(ntowfv2, proof, 16, NULL, 0, key);
	arcfour_set_key(&rc4, 16, key);
	arcfour_crypt(&rc4, 16, key, msg->session_key.data);
	return !memcmp(key, f->session.exported_session_key, 16);
}

/* over CHALLENGE and AUTHENTICATE */
static bool mic_fits(struct fixture *f)
{
	static uint8_t copy[NTLM_TOKEN_MAX];
	uint8_t mic[16];

	memcpy(copy, f->token.data, f->token.len);
	memset(copy + 72, 0, 16);
	hmac(f->session.exported_session_key, f->challenge.data, f->challenge.len,
	     copy, f->token.len, mic);
	return !memcmp(mic, f->token.data + 72, 16);
}

static void test_exchange(void)
{
	struct authenticate_message msg;
	struct fixture f;

	begin(&f);
	tap_number(fixture_authenticate(&f), NTLM_OK, "connectionless logon");
	fixture_parse(&f, &msg);
	tap_number(f.session.flags, 0xe2888275, "flags");
	tap_number(msg.flags, f.session.flags, "the message carries them");
	tap_ok(proves(&f, &msg), "proof and session key");
	tap_ok(f.session.mic && mic_fits(&f), "MIC over CHALLENGE and AUTHENTICATE");
	tap_ok(!msg.lm.len, "LM response of no bytes");
	tap_ok(f.session.response == NTLM_RESPONSE_NTLMV2 && f.session.key_bits == 128 &&
	       !memcmp(f.session.exported_session_key, fixture_key, 16),
	       "NTLMv2, 128 bits, a random key");

	begin(&f);
	f.request.required = 0;
	tap_ok(!fixture_authenticate(&f) &&
	       (f.session.flags & (DATAGRAM | FLAGS_PROTECTION)) == DATAGRAM &&
	       !f.session.key_bits, "nothing protected: key exchange all the same");
	fixture_parse(&f, &msg);
	tap_ok(proves(&f, &msg) && mic_fits(&f), "with a key");

	begin(&f);
	fixture_challenge(&f, OFFER, NB_NAMES EOL);
	tap_ok(!fixture_authenticate(&f) && !f.session.mic, "no timestamp: no MIC");
	fixture_parse(&f, &msg);
	tap_ok(proves(&f, &msg) && !msg.lm.len, "still no LM response");

	begin(&f);
	f.request.required = 0;
	fixture_challenge(&f, OFFER & ~NTLMSSP_NEGOTIATE_TARGET_INFO, NULL);
	tap_number(fixture_authenticate(&f), NTLM_OK, "no TargetInfo");
	fixture_parse(&f, &msg);
	tap_ok(proves(&f, &msg) && msg.lm.len == 24, "LMv2 response");
}

static void test_refusals(void)
{
	static const struct {
		const char *what;
		uint32_t required, cleared;
		enum ntlm_error err;
		uint32_t missing;
	} cases[] = {
		{ "DATAGRAM", INTEG, NTLMSSP_NEGOTIATE_DATAGRAM, NTLM_ERR_MALFORMED, 0 },
		{ "KEY_EXCH", INTEG, NTLMSSP_NEGOTIATE_KEY_EXCH, NTLM_ERR_MALFORMED, 0 },
		{ "KEY_EXCH, nothing protected", 0, NTLMSSP_NEGOTIATE_KEY_EXCH,
		  NTLM_ERR_MALFORMED, 0 },
		{ "SIGN", INTEG, NTLMSSP_NEGOTIATE_SIGN, NTLM_ERR_OPTION_REFUSED,
		  NTLMSSP_NEGOTIATE_SIGN },
		{ "SEAL", CONF, NTLMSSP_NEGOTIATE_SEAL, NTLM_ERR_OPTION_REFUSED,
		  NTLMSSP_NEGOTIATE_SEAL },
		{ "extended session security", INTEG, ESS, NTLM_ERR_OPTION_REFUSED, ESS },
		{ "128", INTEG, NTLMSSP_NEGOTIATE_128, NTLM_ERR_KEY_STRENGTH,
		  NTLMSSP_NEGOTIATE_128 },
		{ "UNICODE", INTEG, NTLMSSP_NEGOTIATE_UNICODE, NTLM_ERR_CHARSET, 0 },
		{ "IDENTIFY", NTLM_OPTION_IDENTIFY, NTLMSSP_NEGOTIATE_IDENTIFY,
		  NTLM_ERR_OPTION_REFUSED, NTLMSSP_NEGOTIATE_IDENTIFY },
		{ "REQUEST_TARGET (tolerated)", INTEG, NTLMSSP_REQUEST_TARGET, NTLM_OK,
		  0 },
		{ "nothing", INTEG | CONF | NTLM_OPTION_IDENTIFY, 0, NTLM_OK, 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture f;
		enum ntlm_error err;

		begin(&f);
		f.policy.allow_no_key_exchange = true;
		f.request.required = cases[i].required;
		fixture_challenge(&f, (OFFER | NTLM_NEGOTIATE_OEM) &
				      ~cases[i].cleared, NB_NAMES TIME EOL);
		err = fixture_authenticate(&f);
		tap_ok(err == cases[i].err && f.detail.missing == cases[i].missing &&
		       (err || !(f.session.flags & cases[i].cleared)),
		       "connectionless server does not offer %s: %s", cases[i].what,
		       ntlm_error_text(err));
	}
}

static void test_legacy(void)
{
	const uint32_t without = OFFER & ~ESS;
	struct fixture f;

	begin(&f);
	f.policy.allow_legacy = true;
	f.request.allow_legacy = true;
	f.policy.min_key_bits = 40;
	f.request.required = INTEG;
	f.request.wished = CONF;
	fixture_challenge(&f, without | NTLMSSP_NEGOTIATE_LM_KEY, NB_NAMES TIME EOL);
	tap_ok(!fixture_authenticate(&f) &&
	       !(f.session.flags & (NTLMSSP_NEGOTIATE_SEAL | NTLMSSP_NEGOTIATE_LM_KEY)) &&
	       f.session.flags & NTLMSSP_NEGOTIATE_SIGN,
	       "legacy datagrams are signed, not sealed");
	tap_number(f.session.key_bits, 56, "their keys have 56 bits, whatever 128 says");
	begin(&f);
	f.policy.allow_legacy = true;
	f.request.allow_legacy = true;
	f.policy.min_key_bits = 40;
	fixture_challenge(&f, without, NB_NAMES TIME EOL);
	tap_ok(fixture_authenticate(&f) == NTLM_ERR_OPTION_REFUSED &&
	       f.detail.missing == ESS, "sealing is not possible without ESS");
	f.policy.min_key_bits = 128;
	f.request.required = INTEG;
	tap_ok(fixture_authenticate(&f) == NTLM_ERR_KEY_STRENGTH &&
	       f.detail.missing == ESS, "nor are 128 bits");
}

static void test_arguments(void)
{
	struct fixture f;

	begin(&f);
	tap_number(fixture_negotiate(&f), NTLM_ERR_ARGUMENT,
		   "a connectionless exchange has no NEGOTIATE");
	fixture_init(&f);
	fixture_negotiate(&f);
	f.request.connectionless = true;
	tap_number(fixture_authenticate(&f), NTLM_ERR_ARGUMENT,
		   "and accepts none");
	begin(&f);
	f.request.connectionless = false;
	tap_number(fixture_authenticate(&f), NTLM_ERR_ARGUMENT,
		   "a connection needs one");
	fixture_init(&f);
	fixture_challenge(&f, OFFER, NB_NAMES TIME EOL);
	tap_ok(!fixture_run(&f) && !(f.session.flags & NTLMSSP_NEGOTIATE_DATAGRAM),
	       "a connection clears DATAGRAM");
}

static void test_anonymous(void)
{
	static const uint8_t zero[16];
	struct authenticate_message msg;
	struct fixture f;

	begin(&f);
	f.request.required = NTLM_OPTION_ANONYMOUS;
	f.no_credential = true;
	tap_number(fixture_authenticate(&f), NTLM_OK, "anonymous datagrams");
	fixture_parse(&f, &msg);
	tap_ok(f.session.anonymous && !f.session.key_bits && !f.session.mic &&
	       (msg.flags & (DATAGRAM | NTLMSSP_ANONYMOUS | FLAGS_PROTECTION)) ==
	       (DATAGRAM | NTLMSSP_ANONYMOUS) && msg.session_key.len == 16 &&
	       !memcmp(f.session.exported_session_key, zero, 16),
	       "a well-formed message, no key and no protection");
}

/* Each level has a datagram form; NTLM2 session responses have the nonce in LM. */
static void test_levels(void)
{
	for (unsigned int level = 0; level < 6; level++) {
		struct authenticate_message msg;
		struct fixture f;

		begin(&f);
		f.policy.lm_compat_level = level;
		f.request.required = level ? INTEG : 0;
		if (fixture_authenticate(&f)) {
			tap_ok(false, "level %u", level);
			continue;
		}
		fixture_parse(&f, &msg);
		tap_ok(f.session.response == (level > 2 ? NTLM_RESPONSE_NTLMV2 :
					      level ? NTLM_RESPONSE_NTLM2_SESSION :
						      NTLM_RESPONSE_NTLM) &&
		       msg.lm.len == (level > 2 ? 0u : 24u) &&
		       !(f.session.flags & ESS) == !level && f.session.mic == (level > 2),
		       "level %u: %s", level, ntlm_response_name(f.session.response));
	}
}

static void test_hostile(void)
{
	unsigned int answered = 0, changed = 0;
	struct fixture f;

	for (size_t len = 0; len < 48; len++) {
		begin(&f);
		f.challenge.len = len;
		answered += !fixture_authenticate(&f);
	}
	tap_number(answered, 0, "no cut CHALLENGE is answered");
	begin(&f);
	fixture_authenticate(&f);
	for (size_t i = 0; i < f.challenge.len; i++) {
		f.challenge_buf[i] ^= 0x10;
		changed += mic_fits(&f);
		f.challenge_buf[i] ^= 0x10;
	}
	tap_number(changed, 0, "every change of the CHALLENGE breaks the MIC");
}

int main(void)
{
	test_exchange();
	test_refusals();
	test_legacy();
	test_arguments();
	test_anonymous();
	test_levels();
	test_hostile();
	return tap_done();
}
