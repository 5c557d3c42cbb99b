// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel's initiator and ntlmd against a server that nobody of this project
 * wrote: gss-ntlmssp behind GSSAPI.
 *
 * run.sh starts ntlmd with the credentials that TARGET_* name and writes the
 * users of the server.  SEED=number repeats the random messages.
 */
#include <errno.h>
#include <gssapi/gssapi_ext.h>
#include <locale.h>
#include <string.h>

#include "../lib/driver.h"
#include "../lib/tap.h"
#include "bridge.h"

#define TARGET_WRONG_PASSWORD "test/wrong-password.example"
#define TARGET_WRONG_USER "test/wrong-user.example"
#define TARGET_UTF8 "test/utf8.example"

#define MESSAGES 10000
#define STATUS_LOGON_FAILURE 0xc000006d
#define BINDINGS "tls-server-end-point:0123456789abcdef0123456789abcdef"

#define SEAL_OPTIONS (NTLM_OPT_INTEGRITY | NTLM_OPT_CONFIDENTIALITY |	\
		      NTLM_OPT_REPLAY_DETECT | NTLM_OPT_SEQUENCE_DETECT)
#define SIGN_OPTIONS (SEAL_OPTIONS & ~NTLM_OPT_CONFIDENTIALITY)

/* What a server of these tests offers beside protection */
#define OFFER_BASE (NTLM_NEGOTIATE_UNICODE | NTLM_NEGOTIATE_REQUEST_TARGET |	\
		    NTLM_NEGOTIATE_NTLM | NTLM_NEGOTIATE_ALWAYS_SIGN |	\
		    NTLM_NEGOTIATE_EXTENDED_SESSIONSECURITY |		\
		    NTLM_NEGOTIATE_TARGET_INFO | NTLM_NEGOTIATE_VERSION)
#define OFFER_SIGN (OFFER_BASE | NTLM_NEGOTIATE_SIGN |			\
		    NTLM_NEGOTIATE_KEY_EXCH | NTLM_NEGOTIATE_128)
#define OFFER_ALL (OFFER_SIGN | NTLM_NEGOTIATE_SEAL | NTLM_NEGOTIATE_56)

static void random_messages(const struct course *c, bool seal, bool sign,
			    unsigned int count)
{
	uint64_t seed = rng_seed();
	struct rng r = rng_seeded(seed, 0);
	struct bridge b;

	tap_note("SEED=%llu", (unsigned long long)seed);
	bridge_good(&b, c);
	bridge_messages(&b, &r, seal, sign, count);
	bridge_close(&b);
}

static void negotiated_flags_and_key(void)
{
	const uint32_t strong = NTLM_NEGOTIATE_SIGN | NTLM_NEGOTIATE_SEAL |
		NTLM_NEGOTIATE_EXTENDED_SESSIONSECURITY | NTLM_NEGOTIATE_128 |
		NTLM_NEGOTIATE_KEY_EXCH | NTLM_NEGOTIATE_UNICODE;
	const struct course c = { .required = SEAL_OPTIONS };
	struct ntlm_test_info info;
	uint8_t key[16], zero[16] = { 0 };
	struct bridge b;

	bridge_good(&b, &c);
	info = drv_info(b.link.fd);
	CHECK_ERR(info.flags_result, 0);
	CHECK_ERR(info.key_result, 0);
	tap_note("negotiated 0x%08x, CHALLENGE 0x%08x", info.flags,
		 b.acceptor.challenge_flags);
	CHECK_EQ(info.flags & strong, strong);
	/* Nothing is negotiated that the server has not granted. */
	CHECK_EQ(info.flags & strong & ~b.acceptor.challenge_flags, 0);
	CHECK_EQ(info.flags & (NTLM_NEGOTIATE_DATAGRAM | NTLM_NEGOTIATE_LM_KEY |
			       NTLM_NEGOTIATE_ANONYMOUS | NTLM_NEGOTIATE_OEM),
		 0);
	CHECK(b.acceptor.flags & GSS_C_INTEG_FLAG);
	CHECK(b.acceptor.flags & GSS_C_CONF_FLAG);
	CHECK(acceptor_key(&b.acceptor, key));
	CHECK(!memcmp(key, info.key, sizeof(key)));
	CHECK(memcmp(key, zero, sizeof(key)));
	CHECK(!strcmp(info.user, "alice"));
	bridge_close(&b);
}

/* Every context has a key of its own. */
static void keys_differ(void)
{
	const struct course c = { .required = SEAL_OPTIONS };
	struct ntlm_test_info first, second;
	struct bridge b;

	bridge_good(&b, &c);
	first = drv_info(b.link.fd);
	bridge_close(&b);
	bridge_good(&b, &c);
	second = drv_info(b.link.fd);
	bridge_close(&b);
	CHECK(memcmp(first.key, second.key, sizeof(first.key)));
}

static void seal_random_messages(void)
{
	const struct course c = { .required = SEAL_OPTIONS };

	random_messages(&c, true, false, MESSAGES);
}

static void sign_random_messages(void)
{
	const struct course c = {
		.required = SIGN_OPTIONS, .offer = OFFER_SIGN,
	};

	random_messages(&c, false, true, MESSAGES);
}

static void sign_and_seal_random_messages(void)
{
	const struct course c = { .required = SEAL_OPTIONS };

	random_messages(&c, true, true, MESSAGES / 5);
}

static void seal_without_key_exch(void)
{
	const struct course c = {
		.required = SEAL_OPTIONS,
		.offer = OFFER_ALL & ~NTLM_NEGOTIATE_KEY_EXCH,
	};
	struct rng r = rng_seeded(6, 0);
	struct ntlm_test_info info;
	uint8_t key[16];
	struct bridge b;

	bridge_good(&b, &c);
	info = drv_info(b.link.fd);
	CHECK(!(info.flags & NTLM_NEGOTIATE_KEY_EXCH));
	CHECK(acceptor_key(&b.acceptor, key));
	CHECK(!memcmp(key, info.key, sizeof(key)));
	bridge_messages(&b, &r, true, true, 500);
	bridge_close(&b);
}

static void weaker_key(uint32_t bits, uint32_t flag)
{
	const struct course c = {
		.required = SEAL_OPTIONS,
		.min_key_bits = bits,
		.offer = (OFFER_ALL & ~(NTLM_NEGOTIATE_128 |
					NTLM_NEGOTIATE_56)) | flag,
	};
	struct rng r = rng_seeded(6, bits);
	struct ntlm_test_info info;
	struct bridge b;

	bridge_good(&b, &c);
	info = drv_info(b.link.fd);
	CHECK_EQ(info.flags & (NTLM_NEGOTIATE_128 | NTLM_NEGOTIATE_56), flag);
	bridge_messages(&b, &r, true, true, 500);
	bridge_close(&b);
}

static void seal_56_bit(void)
{
	weaker_key(56, NTLM_NEGOTIATE_56);
}

static void seal_40_bit(void)
{
	weaker_key(40, 0);
}

static void key_weaker_than_required_refused(void)
{
	static const uint32_t offers[] = {
		OFFER_ALL & ~NTLM_NEGOTIATE_128,
		OFFER_ALL & ~(NTLM_NEGOTIATE_128 | NTLM_NEGOTIATE_56),
	};
	unsigned int i;
	struct bridge b;

	for (i = 0; i < 2; i++) {
		const struct course c = {
			.required = SEAL_OPTIONS, .offer = offers[i],
		};

		bridge_failed(&b, &c, -EOPNOTSUPP);
		bridge_close(&b);
	}
}

static void required_confidentiality_not_granted(void)
{
	const struct course c = {
		.required = SEAL_OPTIONS, .offer = OFFER_SIGN,
	};
	struct bridge b;

	bridge_failed(&b, &c, -EOPNOTSUPP);
	bridge_close(&b);
}

static void required_integrity_not_granted(void)
{
	const struct course c = {
		.required = NTLM_OPT_INTEGRITY, .offer = OFFER_BASE |
		NTLM_NEGOTIATE_KEY_EXCH | NTLM_NEGOTIATE_128,
	};
	struct bridge b;

	bridge_failed(&b, &c, -EOPNOTSUPP);
	bridge_close(&b);
}

/* A wish that is not granted fails when it is used, not before. */
static void wished_confidentiality_not_granted(void)
{
	const struct course c = {
		.required = SIGN_OPTIONS,
		.wished = NTLM_OPT_CONFIDENTIALITY,
		.offer = OFFER_SIGN,
	};
	struct rng r = rng_seeded(6, 1);
	struct message m = { 0 };
	struct bridge b;

	bridge_good(&b, &c);
	CHECK(!(drv_info(b.link.fd).flags & NTLM_NEGOTIATE_SEAL));
	message_add(&m, "secret", 6, true);
	CHECK_ERR(message_kernel(&b.link, OP_SEAL, &m), -EOPNOTSUPP);
	message_free(&m);
	bridge_messages(&b, &r, false, true, 100);
	bridge_close(&b);
}

/* Refused once and reported, it is not tried again. */
static void wrong_credential(const char *target)
{
	const struct course c = {
		.target = target, .required = SEAL_OPTIONS,
	};
	struct bridge b;

	bridge_refused(&b, &c);
	drv_report(b.link.fd, STATUS_LOGON_FAILURE);
	bridge_close(&b);
	bridge_failed(&b, &c, -EKEYREJECTED);
	bridge_close(&b);
}

static void wrong_password_refused(void)
{
	wrong_credential(TARGET_WRONG_PASSWORD);
}

static void unknown_user_refused(void)
{
	wrong_credential(TARGET_WRONG_USER);
}

static void user_and_password_beyond_ascii(void)
{
	const struct course c = {
		.target = TARGET_UTF8, .required = SEAL_OPTIONS,
	};
	struct rng r = rng_seeded(6, 2);
	struct bridge b;

	bridge_good(&b, &c);
	bridge_messages(&b, &r, true, true, 100);
	bridge_close(&b);
}

static void channel_bindings_match(void)
{
	const struct course c = {
		.required = SEAL_OPTIONS,
		.client_bindings = BINDINGS,
		.server_bindings = BINDINGS,
	};
	struct bridge b;

	bridge_good(&b, &c);
	CHECK(b.acceptor.flags & GSS_C_CHANNEL_BOUND_FLAG);
	bridge_close(&b);
}

static void channel_bindings_mismatch_refused(void)
{
	const struct course c = {
		.required = SEAL_OPTIONS,
		.client_bindings = BINDINGS,
		.server_bindings = BINDINGS "0",
	};
	struct bridge b;

	bridge_refused(&b, &c);
	bridge_close(&b);
}

/* This server lets a client without bindings in; it does not say "bound". */
static void channel_bindings_absent_are_not_bound(void)
{
	const struct course c = {
		.required = SEAL_OPTIONS, .server_bindings = BINDINGS,
	};
	struct bridge b;

	bridge_good(&b, &c);
	CHECK(!(b.acceptor.flags & GSS_C_CHANNEL_BOUND_FLAG));
	bridge_close(&b);
}

/* NegotiateFlags of NEGOTIATE at 12, of CHALLENGE at 20; 56 is 0x80 of byte 3 */
static void clear_56_in_negotiate(uint8_t *token, size_t len)
{
	CHECK(len >= 16 && token[8] == 1);
	CHECK(token[15] & 0x80);
	token[15] &= 0x7f;
}

static void clear_56_in_challenge(uint8_t *token, size_t len)
{
	CHECK(len >= 24 && token[8] == 2);
	CHECK(token[23] & 0x80);
	token[23] &= 0x7f;
}

/* Flags that nobody needs for the logon: only the MIC tells that they changed. */
static void altered_negotiate_refused_by_mic(void)
{
	const struct course c = {
		.required = SEAL_OPTIONS, .negotiate = clear_56_in_negotiate,
	};
	struct bridge b;

	bridge_refused(&b, &c);
	bridge_close(&b);
}

static void altered_challenge_refused_by_mic(void)
{
	const struct course c = {
		.required = SEAL_OPTIONS, .challenge = clear_56_in_challenge,
	};
	struct bridge b;

	bridge_refused(&b, &c);
	bridge_close(&b);
}

/* The server's own check works, so that what it accepts means something. */
static void altered_message_refused_by_server(void)
{
	const struct course c = { .required = SEAL_OPTIONS };
	struct message m = { 0 };
	uint8_t out[6];
	struct bridge b;

	bridge_good(&b, &c);
	message_add(&m, "secret", 6, true);
	CHECK_ERR(message_kernel(&b.link, OP_SEAL, &m), 0);
	m.part[0].out[2] ^= 4;
	CHECK(!acceptor_unwrap(&b.acceptor, m.part[0].out, 6, m.signature,
			       out));
	message_free(&m);
	bridge_close(&b);

	bridge_good(&b, &c);
	message_add(&m, "signed", 6, false);
	CHECK_ERR(message_kernel(&b.link, OP_SIGN, &m), 0);
	m.signature[5] ^= 4;
	CHECK(!acceptor_verify_mic(&b.acceptor, "signed", 6, m.signature));
	message_free(&m);
	bridge_close(&b);
}

int main(int argc, char **argv)
{
	static const struct tap_test tests[] = {
		TAP_TEST(negotiated_flags_and_key, 60),
		TAP_TEST(keys_differ, 60),
		TAP_TEST(seal_random_messages, 600),
		TAP_TEST(sign_random_messages, 600),
		TAP_TEST(sign_and_seal_random_messages, 600),
		TAP_TEST(seal_without_key_exch, 60),
		TAP_TEST(seal_56_bit, 60),
		TAP_TEST(seal_40_bit, 60),
		TAP_TEST(key_weaker_than_required_refused, 60),
		TAP_TEST(required_confidentiality_not_granted, 60),
		TAP_TEST(required_integrity_not_granted, 60),
		TAP_TEST(wished_confidentiality_not_granted, 60),
		TAP_TEST(wrong_password_refused, 60),
		TAP_TEST(unknown_user_refused, 60),
		TAP_TEST(user_and_password_beyond_ascii, 60),
		TAP_TEST(channel_bindings_match, 60),
		TAP_TEST(channel_bindings_mismatch_refused, 60),
		TAP_TEST(channel_bindings_absent_are_not_bound, 60),
		TAP_TEST(altered_negotiate_refused_by_mic, 60),
		TAP_TEST(altered_challenge_refused_by_mic, 60),
		TAP_TEST(altered_message_refused_by_server, 60),
	};

	/* gss-ntlmssp compares user names in the locale's encoding. */
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		FAIL("no locale C.UTF-8");
	return tap_main(argc, argv, "gss", tests,
			sizeof(tests) / sizeof(tests[0]), NULL, NULL);
}
