// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Contents of the AUTHENTICATE_MESSAGE: AV pairs, names, MIC, sizes, and that
 * nothing is left behind when it cannot be built.
 */
#include <stdlib.h>
#include <string.h>

#include "crypto.h"
#include "fixture.h"
#include "tap.h"
#include "verify.h"
#include "wire.h"

#define NB_NAMES "020002004400010002005300"
#define TIME "0700080000803ed5deb19d01"
#define FLAGS(hex) "06000400" hex "000000"
#define EOL "00000000"

static uint8_t pair_ids[64];

/* ids of the pairs in order, counted */
static size_t ids(const struct authenticate_message *msg)
{
	struct ntlm_bytes pairs = msg->av_pairs.pairs, value;
	size_t count = 0;
	uint16_t id;

	while (av_next(&pairs, &id, &value) && count < sizeof(pair_ids))
		pair_ids[count++] = (uint8_t)id;
	return count;
}

static bool all_zero(const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (p[i])
			return false;
	return true;
}

static bool build(struct fixture *f, const char *info,
		  struct authenticate_message *msg)
{
	fixture_challenge(f, FIXTURE_CHALLENGE_FLAGS, info);
	if (fixture_run(f) || !fixture_verify(f))
		return false;
	fixture_parse(f, msg);
	return true;
}

static void test_timestamp(void)
{
	static const uint8_t order[] = { 2, 1, 7, 6, 10, 9 };
	struct authenticate_message msg;
	uint8_t lm[16], ntowfv2[16];
	struct fixture f;

	fixture_init(&f);
	f.now += 12345;
	tap_ok(build(&f, NB_NAMES TIME EOL, &msg), "with a timestamp");
	tap_ok(f.session.mic && msg.mic_offset == AUTH_MIC &&
	       av_flags(&msg.av_pairs) == AV_FLAG_MIC, "MIC sent and promised");
	tap_ok(msg.lm.len == 24 && all_zero(msg.lm.data, 24), "LM response is Z(24)");
	tap_number(wire_le64(msg.nt.data + RESPONSE_TIMESTAMP), f.now - 12345,
		   "the server's time is used");
	tap_bytes(pair_ids, ids(&msg), order, sizeof(order), "order of the pairs");

	fixture_init(&f);
	tap_ok(build(&f, NB_NAMES EOL, &msg), "without a timestamp");
	tap_ok(!f.session.mic && !msg.mic_offset && !msg.av_pairs.value[AV_FLAGS].data,
	       "no MIC and no MsvAvFlags");
	tap_ok(all_zero(f.token.data + AUTH_MIC, MIC_SIZE), "no MIC bytes");
	crypto_ntowfv2(f.credential.nt_hash, msg.user, msg.domain, ntowfv2);
	crypto_response(ntowfv2, f.challenge.data + 24,
			(struct ntlm_bytes){ fixture_client_challenge, 8 }, lm);
	tap_ok(msg.lm.len == 24 && !memcmp(msg.lm.data, lm, 16) &&
	       !memcmp(msg.lm.data + 16, fixture_client_challenge, 8), "LMv2 response");
	tap_number(wire_le64(msg.nt.data + RESPONSE_TIMESTAMP), f.now,
		   "the local time is used");
}

static void test_av_flags(void)
{
	static const struct {
		const char *what, *info;
		bool unverified, target;
		uint32_t want;
		bool present;
	} cases[] = {
		{ "constrained, timestamp", NB_NAMES FLAGS("01") TIME EOL, false, true, 3,
		  true },
		{ "constrained, no timestamp", NB_NAMES FLAGS("01") EOL, false, true, 1,
		  true },
		{ "zero, timestamp", NB_NAMES FLAGS("00") TIME EOL, false, true, 2, true },
		{ "server claims our MIC, no timestamp", NB_NAMES FLAGS("02") EOL, false,
		  true, 0, true },
		{ "server calls our target unverified", NB_NAMES FLAGS("04") TIME EOL,
		  false, true, 2, true },
		{ "target unverified", NB_NAMES TIME EOL, true, true, 6, true },
		{ "target unverified, no timestamp", NB_NAMES EOL, true, true, 4, true },
		{ "no target to be unverified", NB_NAMES EOL, true, false, 0, false },
		{ "unknown bits are kept", NB_NAMES FLAGS("f0") TIME EOL, false, true,
		  0xf2, true },
		{ "the same pair twice", NB_NAMES FLAGS("01") FLAGS("01") TIME EOL, false,
		  true, 3, true },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct authenticate_message msg = { 0 };
		struct fixture f;
		bool built;

		fixture_init(&f);
		f.request.target_unverified = cases[i].unverified;
		if (!cases[i].target)
			f.request.target_name = NULL;
		built = build(&f, cases[i].info, &msg);
		tap_ok(built && av_flags(&msg.av_pairs) == cases[i].want &&
		       (msg.av_pairs.value[AV_FLAGS].data != NULL) == cases[i].present,
		       "MsvAvFlags 0x%x: %s", (unsigned int)cases[i].want, cases[i].what);
	}
}

static void test_client_pairs(void)
{
	static const char spn[] = "c\0i\0f\0s\0/\0s\0e\0r\0v\0e\0r\0.\0"
				  "e\0x\0a\0m\0p\0l\0e\0.\0c\0o\0m";
	static const uint8_t order[] = { 2, 99, 1, 99, 7, 6, 10, 9 };
	static const uint8_t bindings[16] = "0123456789abcdef";
	struct authenticate_message msg = { 0 };
	const struct ntlm_bytes *av = msg.av_pairs.value;
	struct fixture f;

	fixture_init(&f);
	f.request.channel_bindings = bindings;
	tap_ok(build(&f, "020002004400" "63000300aabbcc" "010002005300" "63000000"
		     TIME EOL, &msg), "unknown pairs from the server");
	tap_bytes(pair_ids, ids(&msg), order, sizeof(order),
		  "unknown pairs come back where they were");
	tap_bytes(av[AV_TARGET_NAME].data, av[AV_TARGET_NAME].len, spn, sizeof(spn),
		  "MsvAvTargetName");
	tap_bytes(av[AV_CHANNEL_BINDINGS].data, av[AV_CHANNEL_BINDINGS].len, bindings,
		  sizeof(bindings), "MsvAvChannelBindings");

	fixture_init(&f);
	f.request.target_name = NULL;
	tap_ok(build(&f, NB_NAMES TIME EOL, &msg) && av[AV_TARGET_NAME].data &&
	       !av[AV_TARGET_NAME].len && av[AV_CHANNEL_BINDINGS].len == 16 &&
	       all_zero(av[AV_CHANNEL_BINDINGS].data, 16),
	       "neither target nor bindings: empty and zero");

	/* a CHALLENGE that brings the pairs of the client along */
	fixture_init(&f);
	f.request.channel_bindings = bindings;
	tap_ok(build(&f, "0a00100066666666666666666666666666666666" "0900020058000800"
		     "0100ff" NB_NAMES TIME EOL, &msg),
	       "server sends bindings, target and host of its own");
	tap_ok(ids(&msg) == 6 && !av[AV_SINGLE_HOST].data &&
	       av[AV_TARGET_NAME].len == sizeof(spn) &&
	       !memcmp(av[AV_CHANNEL_BINDINGS].data, bindings, 16),
	       "none of them gets through");

	fixture_init(&f);
	f.request.required = 0;
	f.request.channel_bindings = bindings;
	fixture_challenge(&f, FIXTURE_CHALLENGE_FLAGS & ~NTLMSSP_NEGOTIATE_TARGET_INFO,
			  NULL);
	tap_number(fixture_run(&f), NTLM_ERR_NO_TARGET_INFO,
		   "bindings without TargetInfo are not lost silently");
	fixture_challenge(&f, FIXTURE_CHALLENGE_FLAGS, NULL);
	tap_number(fixture_run(&f), NTLM_ERR_NO_TARGET_INFO, "nor with an empty one");
}

/* never, when possible, always */
static void test_bindings(void)
{
	static const uint8_t bindings[16] = "0123456789abcdef";
	static const struct {
		uint32_t required, wished;
		bool given, info;
		enum ntlm_error err;
		bool bound;
	} cases[] = {
		{ 0, 0, true, true, NTLM_OK, true },
		{ 0, 0, true, false, NTLM_ERR_NO_TARGET_INFO, false },
		{ 0, NTLM_OPTION_CHANNEL_BINDINGS, true, true, NTLM_OK, true },
		{ 0, NTLM_OPTION_CHANNEL_BINDINGS, true, false, NTLM_OK, false },
		{ NTLM_OPTION_CHANNEL_BINDINGS, 0, true, true, NTLM_OK, true },
		{ NTLM_OPTION_CHANNEL_BINDINGS, 0, true, false, NTLM_ERR_NO_TARGET_INFO,
		  false },
		{ NTLM_OPTION_CHANNEL_BINDINGS, NTLM_OPTION_CHANNEL_BINDINGS, true, false,
		  NTLM_ERR_NO_TARGET_INFO, false },
		{ NTLM_OPTION_CHANNEL_BINDINGS, 0, false, true, NTLM_ERR_ARGUMENT, false },
		{ 0, NTLM_OPTION_CHANNEL_BINDINGS, false, true, NTLM_OK, false },
		{ 0, 0, false, true, NTLM_OK, false },
		{ NTLM_OPTION_CHANNEL_BINDINGS, NTLM_OPTION_ANONYMOUS, true, true,
		  NTLM_ERR_ANONYMOUS, false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct authenticate_message msg = { 0 };
		const struct ntlm_bytes *sent;
		enum ntlm_error err;
		struct fixture f;

		fixture_init(&f);
		f.request.required = cases[i].required;
		f.request.wished = cases[i].wished;
		f.request.channel_bindings = cases[i].given ? bindings : NULL;
		fixture_challenge(&f, FIXTURE_CHALLENGE_FLAGS,
				  cases[i].info ? NB_NAMES TIME EOL : NULL);
		err = fixture_run(&f);
		if (!err)
			fixture_parse(&f, &msg);
		sent = &msg.av_pairs.value[AV_CHANNEL_BINDINGS];
		tap_ok(err == cases[i].err && f.session.channel_bound == cases[i].bound &&
		       (sent->data && !memcmp(sent->data, bindings, 16)) ==
		       cases[i].bound,
		       "channel bindings %sgiven, required 0x%x, wished 0x%x, TargetInfo %s: %s",
		       cases[i].given ? "" : "not ", (unsigned int)cases[i].required,
		       (unsigned int)cases[i].wished, cases[i].info ? "sent" : "missing",
		       err ? ntlm_error_text(err) : cases[i].bound ? "bound" : "not bound");
	}
}

static void test_server_names(void)
{
	static const struct {
		const char *what, *info;
		uint32_t required;
		enum ntlm_error err;
	} cases[] = {
		{ "none", EOL, NTLM_OPTION_INTEGRITY, NTLM_ERR_NO_SERVER_NAMES },
		{ "computer missing", "020002004400" EOL, NTLM_OPTION_INTEGRITY,
		  NTLM_ERR_NO_SERVER_NAMES },
		{ "domain missing", "010002005300" EOL, NTLM_OPTION_CONFIDENTIALITY,
		  NTLM_ERR_NO_SERVER_NAMES },
		{ "domain empty", "010002005300" "02000000" EOL,
		  NTLM_OPTION_SEQUENCE_DETECT, NTLM_ERR_NO_SERVER_NAMES },
		{ "none, nothing protected", EOL, 0, NTLM_OK },
		{ "no MsvAvEOL", NB_NAMES, NTLM_OPTION_INTEGRITY, NTLM_ERR_MALFORMED },
		{ "two computers", NB_NAMES "010002005400" EOL, NTLM_OPTION_INTEGRITY,
		  NTLM_ERR_MALFORMED },
		{ "the same computer twice", NB_NAMES "010002005300" EOL,
		  NTLM_OPTION_INTEGRITY, NTLM_OK },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture f;

		fixture_init(&f);
		f.request.required = cases[i].required;
		fixture_challenge(&f, FIXTURE_CHALLENGE_FLAGS, cases[i].info);
		tap_number(fixture_run(&f), cases[i].err, "server names: %s",
			   cases[i].what);
	}
}

static void test_user_names(void)
{
	static char longest[256 + 1], spn[1025 + 1];
	struct authenticate_message msg;
	struct fixture f;

	fixture_init(&f);
	f.credential.user = "user@EXAMPLE.COM";
	f.credential.domain = NULL;
	f.policy.workstation = NULL;
	tap_ok(build(&f, NB_NAMES TIME EOL, &msg) && !msg.domain.len &&
	       msg.user.len == 32 && !msg.workstation.len,
	       "UPN: whole, with an empty domain");
	fixture_init(&f);
	f.credential.user = "üser😀";
	f.credential.domain = "Домен";
	tap_ok(build(&f, NB_NAMES TIME EOL, &msg) && msg.user.len == 12 &&
	       msg.domain.len == 10, "names outside ASCII");

	memset(longest, 'u', 255);
	fixture_init(&f);
	f.credential.user = longest;
	f.credential.domain = longest;
	tap_ok(build(&f, NB_NAMES TIME EOL, &msg) && msg.user.len == 510,
	       "longest user and domain");
	longest[255] = 'u';
	fixture_init(&f);
	f.credential.user = longest;
	tap_number(fixture_run(&f), NTLM_ERR_TOO_LARGE, "user too long");
	fixture_init(&f);
	f.credential.domain = longest;
	tap_number(fixture_run(&f), NTLM_ERR_TOO_LARGE, "domain too long");

	memset(spn, 's', 1024);
	fixture_init(&f);
	f.request.target_name = spn;
	tap_ok(build(&f, NB_NAMES TIME EOL, &msg) &&
	       msg.av_pairs.value[AV_TARGET_NAME].len == 2048, "longest target name");
	spn[1024] = 's';
	fixture_init(&f);
	f.request.target_name = spn;
	tap_number(fixture_run(&f), NTLM_ERR_TOO_LARGE, "target name too long");

	fixture_init(&f);
	f.credential.user = "\xc0\x80";
	tap_number(fixture_run(&f), NTLM_ERR_UTF8, "user is no UTF-8");
	fixture_init(&f);
	f.credential.domain = "caf\xe9";
	tap_ok(fixture_run(&f) == NTLM_ERR_UTF8 &&
	       !strcmp(f.detail.where, "DomainName"), "domain is no UTF-8");
	fixture_init(&f);
	f.request.target_name = "cifs/\xed\xa0\x80";
	tap_ok(fixture_run(&f) == NTLM_ERR_UTF8 &&
	       !strcmp(f.detail.where, "MsvAvTargetName"), "target is no UTF-8");
}

static void test_anonymous(void)
{
	struct authenticate_message msg;
	struct fixture f;

	fixture_init(&f);
	f.request.required = NTLM_OPTION_ANONYMOUS;
	f.request.wished = NTLM_OPTION_INTEGRITY | NTLM_OPTION_CONFIDENTIALITY;
	f.no_credential = true;
	f.random.left.len = 0;
	tap_number(fixture_run(&f), NTLM_OK, "anonymous logon");
	fixture_parse(&f, &msg);
	tap_ok(!msg.user.len && !msg.domain.len && !msg.workstation.len &&
	       !msg.nt.len && msg.lm.len == 1 && !msg.lm.data[0] &&
	       !msg.session_key.len, "nobody, one zero byte, no key");
	tap_ok(msg.flags & NTLMSSP_ANONYMOUS &&
	       !(msg.flags & (NTLMSSP_NEGOTIATE_SIGN | NTLMSSP_NEGOTIATE_SEAL |
			      NTLMSSP_NEGOTIATE_KEY_EXCH)), "and no protection claimed");
	tap_ok(f.session.anonymous && !f.session.key_bits && !f.session.mic &&
	       all_zero(f.session.exported_session_key, 16), "the session says so");
}

static bool nothing_left(const struct fixture *f)
{
	return !f->token.len && all_zero(f->token.data, f->token.size) &&
	       !f->session.flags && !f->session.key_bits && !f->session.mic &&
	       !f->session.anonymous && !f->session.channel_bound &&
	       f->session.response == NTLM_RESPONSE_NONE &&
	       all_zero(f->session.exported_session_key, NTLM_KEY_SIZE);
}

static void test_sizes(void)
{
	bool exact = true;
	struct fixture f;
	size_t len;

	fixture_init(&f);
	fixture_run(&f);
	len = f.token.len;
	for (size_t size = 0; size < len; size++) {
		fixture_init(&f);
		f.token.size = size;
		exact &= fixture_run(&f) == NTLM_ERR_TOO_LARGE && nothing_left(&f) &&
			 !f.token_buf[size];
	}
	tap_ok(exact, "every buffer below %zu bytes is too small and stays clean", len);
	fixture_init(&f);
	f.token.size = len;
	tap_ok(!fixture_run(&f) && f.token.len == len && fixture_verify(&f),
	       "a buffer of exactly the size is enough");
}

/* TargetInfo with one large pair that has to come back */
static enum ntlm_error run_large(struct fixture *f, size_t filler)
{
	static const uint8_t names[] = { 2, 0, 2, 0, 'D', 0, 1, 0, 2, 0, 'S', 0 };
	static uint8_t info[MESSAGE_MAX], buf[2 * NTLM_TOKEN_MAX];
	struct wire_writer w = { .data = info, .size = sizeof(info) };

	wire_put(&w, names, sizeof(names));
	wire_put_le16(&w, 77);
	wire_put_le16(&w, (uint16_t)filler);
	wire_put_zero(&w, filler);
	wire_put_zero(&w, AV_HEADER_SIZE);
	fixture_init(f);
	/* more room than a token may have */
	f->token = (struct ntlm_token){ buf, sizeof(buf), 0 };
	fixture_challenge_bytes(f, FIXTURE_CHALLENGE_FLAGS,
				(struct ntlm_bytes){ info, w.len });
	return fixture_run(f);
}

static void test_token_limit(void)
{
	static const size_t huge[] = { 17000, 32768, 65000, 65460 };
	size_t largest = 0, refused = 0;
	bool clean = true;
	struct fixture f;

	for (size_t filler = 15000; filler < 17000; filler++) {
		enum ntlm_error err = run_large(&f, filler);

		if (err) {
			refused++;
			clean &= err == NTLM_ERR_TOO_LARGE && nothing_left(&f);
		} else {
			largest = f.token.len > largest ? f.token.len : largest;
			clean &= fixture_verify(&f);
		}
	}
	tap_number(largest, NTLM_TOKEN_MAX, "largest token");
	tap_ok(refused && clean, "%zu larger ones are refused", refused);
	for (size_t i = 0; i < sizeof(huge) / sizeof(huge[0]); i++)
		tap_ok(run_large(&f, huge[i]) == NTLM_ERR_TOO_LARGE && nothing_left(&f),
		       "TargetInfo with a pair of %zu bytes", huge[i]);
}

static void test_random(void)
{
	for (size_t len = 0; len < 24; len += 8) {
		struct fixture f;

		fixture_init(&f);
		f.random.left.len = len;
		tap_ok(fixture_run(&f) == NTLM_ERR_RANDOM && nothing_left(&f),
		       "generator fails after %zu bytes", len);
	}
}

/* TARGET_INFO is set, and its fields header is cut off */
static bool short_target_info(void)
{
	bool refused = true;

	for (size_t len = 32; len < 48; len++) {
		uint8_t *copy = malloc(len);
		struct fixture f;

		if (!copy)
			return false;
		fixture_init(&f);
		f.request.required = 0;
		memcpy(copy, f.challenge.data, len);
		f.challenge = (struct ntlm_bytes){ copy, len };
		refused &= fixture_run(&f) == NTLM_ERR_MALFORMED;
		free(copy);
	}
	return refused;
}

static void test_old_servers(void)
{
	struct authenticate_message msg;
	uint8_t old[32];
	struct fixture f;

	fixture_init(&f);
	fixture_challenge(&f, FIXTURE_CHALLENGE_FLAGS & ~NTLMSSP_NEGOTIATE_TARGET_INFO,
			  NULL);
	memcpy(old, f.challenge.data, sizeof(old));
	f.challenge = (struct ntlm_bytes){ old, sizeof(old) };
	tap_number(fixture_run(&f), NTLM_ERR_NO_SERVER_NAMES,
		   "32-byte CHALLENGE, protection required");
	fixture_init(&f);
	f.request.required = 0;
	f.challenge = (struct ntlm_bytes){ old, sizeof(old) };
	tap_ok(!fixture_run(&f) && fixture_verify(&f),
	       "32-byte CHALLENGE, nothing protected");
	fixture_parse(&f, &msg);
	tap_ok(msg.ntlmv2 && !msg.av_pairs.pairs.len &&
	       !(msg.flags & NTLMSSP_NEGOTIATE_TARGET_INFO), "response without pairs");
	tap_ok(short_target_info(), "TARGET_INFO in less than 48 bytes is malformed");
	fixture_init(&f);
	fixture_challenge(&f, FIXTURE_CHALLENGE_FLAGS & ~NTLMSSP_NEGOTIATE_VERSION,
			  NB_NAMES TIME EOL);
	tap_ok(!fixture_run(&f) && fixture_verify(&f) &&
	       all_zero(f.token.data + AUTH_VERSION, 8),
	       "no VERSION: the field is there and zero, the MIC behind it");
}

static void test_tampering(void)
{
	struct fixture f;
	unsigned int missed = 0;
	uint8_t key[16];

	fixture_init(&f);
	fixture_run(&f);
	for (size_t i = 0; i < f.token.len; i++) {
		f.token.data[i] ^= 1;
		missed += !verify_authenticate(f.credential.nt_hash, f.negotiate,
					       f.challenge,
					       (struct ntlm_bytes){ f.token.data,
								    f.token.len },
					       key, NULL);
		f.token.data[i] ^= 1;
	}
	tap_number(missed, 0, "every change of AUTHENTICATE is found");
	for (size_t i = 0; i < f.challenge.len; i++) {
		f.challenge_buf[i] ^= 1;
		missed += fixture_verify(&f);
		f.challenge_buf[i] ^= 1;
	}
	tap_number(missed, 0, "every change of CHALLENGE is found");
	for (size_t i = 0; i < f.negotiate.len; i++) {
		f.negotiate_buf[i] ^= 1;
		missed += fixture_verify(&f);
		f.negotiate_buf[i] ^= 1;
	}
	tap_number(missed, 0, "every change of NEGOTIATE is found");
	tap_ok(fixture_verify(&f), "the unchanged messages verify");
}

int main(void)
{
	test_timestamp();
	test_av_flags();
	test_client_pairs();
	test_bindings();
	test_server_names();
	test_user_names();
	test_anonymous();
	test_sizes();
	test_token_limit();
	test_random();
	test_old_servers();
	test_tampering();
	return tap_done();
}
