// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The acceptor's CHALLENGE, and exchanges of the library with itself over the
 * product of what both sides can be told: where both get what they require they
 * agree, with the same key, and nowhere else.
 */
#include <string.h>

#include "pair.h"
#include "options.h"
#include "tap.h"
#include "wire.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define PROTECTION (NTLM_OPTION_INTEGRITY | NTLM_OPTION_CONFIDENTIALITY)
#define SIGN NTLMSSP_NEGOTIATE_SIGN
#define SEAL NTLMSSP_NEGOTIATE_SEAL
#define ESS NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY
#define KEY_EXCH NTLMSSP_NEGOTIATE_KEY_EXCH
#define KEY_128 NTLMSSP_NEGOTIATE_128
#define KEY_56 NTLMSSP_NEGOTIATE_56
#define LM_KEY NTLMSSP_NEGOTIATE_LM_KEY
#define NON_NT NTLMSSP_REQUEST_NON_NT_SESSION_KEY
#define UNICODE NTLMSSP_NEGOTIATE_UNICODE
#define OEM NTLM_NEGOTIATE_OEM
#define ALWAYS (NTLMSSP_REQUEST_TARGET | NTLMSSP_NEGOTIATE_NTLM |		\
		NTLMSSP_NEGOTIATE_ALWAYS_SIGN | NTLMSSP_NEGOTIATE_TARGET_INFO | \
		NTLMSSP_TARGET_TYPE_DOMAIN)

/* a NEGOTIATE with any flags, in a block that ends where it ends */
static enum ntlm_error offer(struct pair *p, uint32_t flags)
{
	memcpy(p->negotiate_buf, message_signature, 8);
	wire_set_le32(p->negotiate_buf + 8, MESSAGE_NEGOTIATE);
	wire_set_le32(p->negotiate_buf + 12, flags);
	p->messages.negotiate = (struct ntlm_bytes){ p->negotiate_buf, 16 };
	return pair_challenge(p);
}

static void is_name(const struct challenge_message *msg, enum av_id id,
		    const char *name)
{
	struct ntlm_bytes value = msg->target_info.value[id];
	bool same = value.len == 2 * strlen(name);

	for (size_t i = 0; same && i < strlen(name); i++)
		same = wire_le16(value.data + 2 * i) == name[i];
	tap_ok(same, "CHALLENGE: AV_PAIR %d is %s", id, name);
}

static void test_contents(void)
{
	struct challenge_message msg;
	struct pair p, q;

	pair_init(&p);
	tap_number(offer(&p, UNICODE | SIGN | SEAL | ESS | KEY_EXCH | KEY_128 |
			     NTLMSSP_NEGOTIATE_VERSION), NTLM_OK, "CHALLENGE is built");
	tap_number(challenge_parse(p.messages.challenge, &msg, NULL), NTLM_OK,
		   "CHALLENGE parses");
	tap_number(msg.flags, p.granted, "CHALLENGE: flags as reported");
	tap_bytes(msg.target_name.data, msg.target_name.len,
		  "E\0X\0A\0M\0P\0L\0E", 14, "CHALLENGE: TargetName of a member");
	is_name(&msg, AV_NB_DOMAIN_NAME, "EXAMPLE");
	is_name(&msg, AV_NB_COMPUTER_NAME, "SERVER");
	is_name(&msg, AV_DNS_DOMAIN_NAME, "example.com");
	is_name(&msg, AV_DNS_COMPUTER_NAME, "server.example.com");
	is_name(&msg, AV_DNS_TREE_NAME, "example.com");
	tap_ok(msg.target_info.value[AV_TIMESTAMP].data &&
	       wire_le64(msg.target_info.value[AV_TIMESTAMP].data) == p.challenge_now,
	       "CHALLENGE: MsvAvTimestamp is the time");
	tap_ok(!msg.target_info.value[AV_FLAGS].data &&
	       !msg.target_info.value[AV_TARGET_NAME].data &&
	       !msg.target_info.value[AV_CHANNEL_BINDINGS].data &&
	       !msg.target_info.value[AV_SINGLE_HOST].data,
	       "CHALLENGE: no pair that is the client's");
	tap_bytes(p.challenge_buf + 48, 8, message_version, 8, "CHALLENGE: Version");
	tap_bytes(p.challenge_buf + 32, 8, "\0\0\0\0\0\0\0\0", 8,
		  "CHALLENGE: Reserved");

	q = p;
	pair_challenge(&q);
	tap_ok(memcmp(p.challenge_buf + 24, q.challenge_buf + 24, 8),
	       "CHALLENGE: another nonce each time");

	p.server.required = 0;
	p.policy.names = (struct ntlm_server_names){ .nb_computer = "ALONE" };
	tap_number(offer(&p, UNICODE | ESS), NTLM_OK, "CHALLENGE without a domain");
	challenge_parse(p.messages.challenge, &msg, NULL);
	tap_bytes(msg.target_name.data, msg.target_name.len, "A\0L\0O\0N\0E", 10,
		  "CHALLENGE: TargetName of a server");
	tap_ok(msg.flags & NTLMSSP_TARGET_TYPE_SERVER &&
	       !(msg.flags & NTLMSSP_TARGET_TYPE_DOMAIN),
	       "CHALLENGE: type of a server");
	is_name(&msg, AV_NB_DOMAIN_NAME, "ALONE");
	is_name(&msg, AV_NB_COMPUTER_NAME, "ALONE");
	tap_ok(!msg.target_info.value[AV_DNS_COMPUTER_NAME].data &&
	       !msg.target_info.value[AV_DNS_TREE_NAME].data,
	       "CHALLENGE: no names that there are not");
	tap_bytes(p.challenge_buf + 48, 8, "\0\0\0\0\0\0\0\0", 8,
		  "CHALLENGE: no Version without VERSION");
}

static void test_oem(void)
{
	struct challenge_message msg;
	struct pair p;

	pair_init(&p);
	p.server.required = 0;
	tap_number(offer(&p, OEM | ESS), NTLM_ERR_CHARSET, "OEM needs allow_legacy");
	p.policy.allow_legacy = true;
	tap_number(offer(&p, OEM | ESS), NTLM_ERR_CHARSET,
		   "OEM needs allow_legacy of the request");
	p.server.allow_legacy = true;
	tap_number(offer(&p, OEM | ESS), NTLM_OK, "OEM with allow_legacy");
	challenge_parse(p.messages.challenge, &msg, NULL);
	tap_bytes(msg.target_name.data, msg.target_name.len, "EXAMPLE", 7,
		  "OEM TargetName");
	tap_number(p.granted & (UNICODE | OEM), OEM, "OEM granted alone");
	tap_number(offer(&p, OEM | UNICODE | ESS), NTLM_OK, "OEM and UNICODE");
	tap_number(p.granted & (UNICODE | OEM), UNICODE, "UNICODE wins");
	p.policy.names.nb_domain = "B\xc3\x9cRO";
	tap_number(offer(&p, OEM | ESS), NTLM_ERR_CHARSET, "name that is not in OEM");
	tap_number(offer(&p, UNICODE | ESS), NTLM_OK, "but in UNICODE");
}

/* what is granted of what is offered */
static void test_grants(void)
{
	static const struct {
		const char *name;
		uint32_t offer, required;
		unsigned int bits;
		bool legacy, no_key_exchange;
		enum ntlm_error err;
		uint32_t granted, missing;
	} cases[] = {
		{ "nothing", UNICODE, 0, 0, 0, 0, NTLM_OK, UNICODE, 0 },
		{ "all", UNICODE | SIGN | SEAL | ESS | KEY_EXCH | KEY_128 | KEY_56 |
		  LM_KEY | NON_NT | NTLMSSP_NEGOTIATE_IDENTIFY |
		  NTLMSSP_NEGOTIATE_DATAGRAM | NTLMSSP_ANONYMOUS, 0, 0, 0, 0, NTLM_OK,
		  UNICODE | SIGN | SEAL | ESS | KEY_EXCH | KEY_128 | KEY_56 |
		  NTLMSSP_NEGOTIATE_IDENTIFY, 0 },
		{ "KEY_EXCH alone", UNICODE | ESS | KEY_EXCH | KEY_128, 0, 0, 0, 0,
		  NTLM_OK, UNICODE | ESS | KEY_128, 0 },
		{ "SEAL alone", UNICODE | SEAL | ESS | KEY_EXCH | KEY_128, 0, 0, 0, 0,
		  NTLM_OK, UNICODE | ESS | KEY_128, 0 },
		{ "SEAL alone, legacy", UNICODE | SEAL | ESS | KEY_EXCH | KEY_128, 0, 0,
		  true, 0, NTLM_OK, UNICODE | SEAL | ESS | KEY_EXCH | KEY_128, 0 },
		{ "no SIGN", UNICODE | ESS | KEY_128, NTLM_OPTION_INTEGRITY, 0, 0, 0,
		  NTLM_ERR_OPTION_REFUSED, 0, SIGN | KEY_EXCH },
		{ "no SEAL", UNICODE | SIGN | ESS | KEY_EXCH | KEY_128, PROTECTION, 0,
		  0, 0, NTLM_ERR_OPTION_REFUSED, 0, SEAL },
		{ "no ESS", UNICODE | SIGN | KEY_EXCH | KEY_128,
		  NTLM_OPTION_REPLAY_DETECT, 0, 0, 0, NTLM_ERR_OPTION_REFUSED, 0, ESS },
		{ "no ESS, legacy", UNICODE | SIGN | KEY_EXCH | KEY_128,
		  NTLM_OPTION_REPLAY_DETECT, 0, true, 0, NTLM_OK,
		  UNICODE | SIGN | KEY_EXCH | KEY_128, 0 },
		{ "no ESS, unwanted", UNICODE | SIGN | KEY_EXCH | KEY_128, 0, 0, 0, 0,
		  NTLM_OK, UNICODE | KEY_128, 0 },
		{ "no KEY_EXCH", UNICODE | SIGN | ESS | KEY_128,
		  NTLM_OPTION_SEQUENCE_DETECT, 0, 0, 0, NTLM_ERR_OPTION_REFUSED, 0,
		  KEY_EXCH },
		{ "no KEY_EXCH, allowed", UNICODE | SIGN | ESS | KEY_128,
		  NTLM_OPTION_INTEGRITY, 0, 0, true, NTLM_OK,
		  UNICODE | SIGN | ESS | KEY_128, 0 },
		{ "no 128", UNICODE | SIGN | ESS | KEY_EXCH | KEY_56,
		  NTLM_OPTION_INTEGRITY, 0, 0, 0, NTLM_ERR_KEY_STRENGTH, 0, KEY_128 },
		{ "no 128, 56 do", UNICODE | SIGN | ESS | KEY_EXCH | KEY_56,
		  NTLM_OPTION_INTEGRITY, 56, 0, 0, NTLM_OK,
		  UNICODE | SIGN | ESS | KEY_EXCH | KEY_56, 0 },
		{ "neither, 56", UNICODE | SIGN | ESS | KEY_EXCH, NTLM_OPTION_INTEGRITY,
		  56, 0, 0, NTLM_ERR_KEY_STRENGTH, 0, KEY_56 },
		{ "neither, 40", UNICODE | SIGN | ESS | KEY_EXCH, NTLM_OPTION_INTEGRITY,
		  40, 0, 0, NTLM_OK, UNICODE | SIGN | ESS | KEY_EXCH, 0 },
		{ "LM_KEY, legacy, 128", UNICODE | SIGN | KEY_EXCH | KEY_128 | LM_KEY,
		  NTLM_OPTION_INTEGRITY, 128, true, 0, NTLM_OK,
		  UNICODE | SIGN | KEY_EXCH | KEY_128, 0 },
		{ "LM_KEY, legacy, 56", UNICODE | SIGN | KEY_EXCH | KEY_56 | LM_KEY,
		  NTLM_OPTION_INTEGRITY, 56, true, 0, NTLM_OK,
		  UNICODE | SIGN | KEY_EXCH | KEY_56 | LM_KEY, 0 },
		{ "LM_KEY and ESS, legacy", UNICODE | SIGN | KEY_EXCH | KEY_56 | LM_KEY |
		  ESS, NTLM_OPTION_INTEGRITY, 56, true, 0, NTLM_OK,
		  UNICODE | SIGN | KEY_EXCH | KEY_56 | ESS, 0 },
		{ "IDENTIFY required", UNICODE | ESS, NTLM_OPTION_IDENTIFY, 0, 0, 0,
		  NTLM_ERR_OPTION_REFUSED, 0, NTLMSSP_NEGOTIATE_IDENTIFY },
		{ "no character set", ESS, 0, 0, 0, 0, NTLM_ERR_CHARSET, 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		enum ntlm_error err;
		struct pair p;

		pair_init(&p);
		p.server.required = cases[i].required;
		p.server.allow_legacy = p.policy.allow_legacy = cases[i].legacy;
		p.policy.allow_no_key_exchange = cases[i].no_key_exchange;
		p.policy.min_key_bits = cases[i].bits;
		err = offer(&p, cases[i].offer);
		tap_number(err, cases[i].err, "offer: %s", cases[i].name);
		tap_number(err ? p.detail.missing : p.granted,
			   err ? cases[i].missing : ALWAYS | cases[i].granted,
			   "offer: %s: flags", cases[i].name);
	}
}

/* A wish may fail, but what is granted must not be weak. */
static void test_wishes(void)
{
	const uint32_t base = UNICODE | KEY_EXCH;
	struct pair p;

	pair_init(&p);
	p.server.required = 0;
	p.server.wished = PROTECTION;
	tap_number(offer(&p, base | ESS | KEY_128), NTLM_OK, "wish that is not offered");
	tap_number(p.granted & (SIGN | SEAL | KEY_EXCH), 0, "is not granted");
	tap_number(offer(&p, base | SIGN | ESS | KEY_128), NTLM_OK,
		   "wish that is offered in part");
	tap_number(p.granted & (SIGN | SEAL | KEY_EXCH), SIGN | KEY_EXCH,
		   "is granted in part");
	tap_number(offer(&p, base | SIGN | SEAL | KEY_128), NTLM_ERR_OPTION_REFUSED,
		   "wish without ESS");
	tap_number(p.detail.missing, ESS, "wish without ESS: detail");
	tap_number(offer(&p, base | SIGN | SEAL | ESS), NTLM_ERR_KEY_STRENGTH,
		   "wish with short keys");
	p.policy.allow_legacy = true;
	tap_number(offer(&p, base | SIGN | SEAL | KEY_128), NTLM_ERR_OPTION_REFUSED,
		   "legacy for policy alone");
	p.policy.allow_legacy = false;
	p.server.allow_legacy = true;
	tap_number(offer(&p, base | SIGN | SEAL | KEY_128), NTLM_ERR_OPTION_REFUSED,
		   "legacy for the request alone");
	p.server.wished = NTLM_OPTION_IDENTIFY;
	tap_number(offer(&p, base | SIGN | SEAL | ESS), NTLM_OK,
		   "short keys that nobody wished");
	tap_number(p.granted & (SIGN | SEAL | KEY_EXCH), 0, "are not granted");
	tap_ok(!p.detail.missing && !p.detail.where, "and no failure is left");
	p.server.required = NTLM_OPTION_IDENTIFY;
	tap_number(offer(&p, base | SIGN | SEAL | ESS), NTLM_ERR_OPTION_REFUSED,
		   "short keys that nobody wished, IDENTIFY required");
	tap_number(p.detail.missing, NTLMSSP_NEGOTIATE_IDENTIFY,
		   "IDENTIFY is what is missing");
}

static void test_connectionless_offer(void)
{
	struct pair p;
	uint32_t want = ALWAYS | UNICODE | SIGN | SEAL | ESS | KEY_EXCH | KEY_128 |
			NTLMSSP_NEGOTIATE_DATAGRAM | NTLMSSP_NEGOTIATE_IDENTIFY |
			NTLMSSP_NEGOTIATE_VERSION;

	pair_init(&p);
	p.server.connectionless = true;
	tap_number(pair_challenge(&p), NTLM_OK, "connectionless CHALLENGE");
	tap_number(p.granted, want, "connectionless CHALLENGE: flags");
	p.policy.min_key_bits = 56;
	pair_challenge(&p);
	tap_number(p.granted, want | KEY_56, "connectionless CHALLENGE: 56 bits do");
	p.policy.allow_legacy = p.server.allow_legacy = true;
	pair_challenge(&p);
	tap_number(p.granted, want | KEY_56 | OEM, "connectionless CHALLENGE: legacy");
	tap_number(offer(&p, UNICODE | ESS), NTLM_ERR_ARGUMENT,
		   "connectionless with a NEGOTIATE");
	p.server.connectionless = false;
	p.messages.negotiate = (struct ntlm_bytes){ NULL, 0 };
	tap_number(pair_challenge(&p), NTLM_ERR_MALFORMED,
		   "connection without a NEGOTIATE");
}

static int no_random(void *arg, void *buf, size_t len)
{
	(void)arg;
	memset(buf, 0, len);
	return -1;
}

static void test_arguments(void)
{
	static char long_name[NTLM_NAME_MAX / 2 + 2];
	struct ntlm_environment env = { no_random, NULL, 0 };
	struct ntlm_token token;
	struct pair p;

	memset(long_name, 'n', sizeof(long_name) - 1);
	pair_init(&p);
	offer(&p, UNICODE | ESS);
	p.server.required = 0;
	for (size_t size = 0; size < p.messages.challenge.len; size++) {
		token = (struct ntlm_token){ p.authenticate_buf, size, 1 };
		env = (struct ntlm_environment){ pair_random, &p.seed, p.now };
		if (ntlm_build_challenge(&p.policy, &p.server, &env,
					 p.messages.negotiate, &token, NULL,
					 NULL) != NTLM_ERR_TOO_LARGE || token.len)
			tap_ok(false, "room for %zu bytes", size);
	}
	tap_ok(true, "CHALLENGE without room");
	env.random = no_random;
	token.size = sizeof(p.authenticate_buf);
	tap_number(ntlm_build_challenge(&p.policy, &p.server, &env,
					p.messages.negotiate, &token, NULL, NULL),
		   NTLM_ERR_RANDOM, "CHALLENGE without randomness");

#define WRONG(what, error)						\
	do {								\
		pair_init(&p);						\
		what;							\
		tap_number(offer(&p, UNICODE | ESS), error, "%s", #what);	\
	} while (0)
	WRONG(p.policy.lm_compat_level = 6, NTLM_ERR_POLICY);
	WRONG(p.policy.min_key_bits = 64, NTLM_ERR_POLICY);
	WRONG(p.policy.target_check = 3, NTLM_ERR_POLICY);
	WRONG(p.policy.names.nb_computer = NULL, NTLM_ERR_POLICY);
	WRONG(p.policy.names.nb_computer = "", NTLM_ERR_POLICY);
	WRONG(p.policy.names.nb_domain = "", NTLM_ERR_POLICY);
	WRONG(p.policy.names.dns_tree = "\xff", NTLM_ERR_UTF8);
	WRONG(p.policy.names.dns_computer = long_name, NTLM_ERR_TOO_LARGE);
	WRONG(p.server.required = 1u << 7, NTLM_ERR_ARGUMENT);
	WRONG(p.server.wished = 1u << 31, NTLM_ERR_ARGUMENT);
	WRONG(p.server.required = NTLM_OPTION_ANONYMOUS, NTLM_ERR_ARGUMENT);
	WRONG(p.server.min_key_bits = 129, NTLM_ERR_KEY_STRENGTH);
	WRONG((p.server.required = NTLM_OPTION_CHANNEL_BINDINGS,
	       p.server.channel_bindings = NULL), NTLM_ERR_ARGUMENT);
#undef WRONG
}

/* one point of the product, and what has to come out of it */
struct point {
	unsigned int client_level, server_level, bits;
	uint32_t client, server;
	bool client_legacy, server_legacy, connectionless, real_lm;
};

static bool should_succeed(const struct point *at)
{
	bool protected = at->client;
	bool ess = at->client_level > 0;
	unsigned int least = at->client_level < 3 ? 5 : 6;

	if (at->server_level >= least)
		return false;
	if (at->server & ~at->client)
		return false;
	if (protected && !ess && !(at->client_legacy && at->server_legacy))
		return false;
	/* Without ESS a connectionless client neither seals nor has long keys. */
	if (protected && !ess && at->connectionless)
		return at->client == NTLM_OPTION_INTEGRITY && at->bits <= 56;
	return true;
}

static void test_point(const struct point *at, unsigned int *good,
		       unsigned int *refused, unsigned int *wrong)
{
	enum ntlm_error err;
	struct pair p;
	bool right;

	pair_init(&p);
	p.client_policy.lm_compat_level = at->client_level;
	p.client_policy.allow_legacy = p.client.allow_legacy = at->client_legacy;
	p.client_policy.min_key_bits = p.policy.min_key_bits = at->bits;
	p.client_policy.real_lm_response = at->real_lm;
	p.client.required = at->client;
	p.client.connectionless = p.server.connectionless = at->connectionless;
	p.policy.lm_compat_level = at->server_level;
	p.policy.allow_legacy = p.server.allow_legacy = at->server_legacy;
	p.server.required = at->server;
	if (at->client_level < 3) {
		/* What needs AV pairs is not for these. */
		p.client.channel_bindings = p.server.channel_bindings = NULL;
		p.policy.require_mic = false;
		p.policy.target_check = NTLM_TARGET_IF_PRESENT;
	}
	err = pair_run(&p);
	right = !err == should_succeed(at);
	if (!err)
		right &= pair_same(&p) && !strcmp(p.logon.user, "User") &&
			 !strcmp(p.logon.domain, "Domain") &&
			 !strcmp(p.logon.workstation, "CLIENT") &&
			 p.session.key_bits >= (at->client ? at->bits : 0) &&
			 (p.session.response == NTLM_RESPONSE_NTLMV2) ==
			 (at->client_level > 2) &&
			 !(p.session.flags & NTLMSSP_NEGOTIATE_DATAGRAM) ==
			 !at->connectionless;
	if (!right)
		tap_note("client level %u options 0x%x legacy %d, "
			 "server level %u options 0x%x legacy %d, "
			 "%u bits, connectionless %d: %s (%s)",
			 at->client_level, (unsigned int)at->client,
			 at->client_legacy, at->server_level,
			 (unsigned int)at->server, at->server_legacy, at->bits,
			 at->connectionless, ntlm_error_text(err),
			 p.detail.where ? p.detail.where : "");
	*(err ? refused : good) += 1;
	*wrong += !right;
}

static void test_product(void)
{
	static const uint32_t options[] = { 0, NTLM_OPTION_INTEGRITY, PROTECTION };
	static const unsigned int bits[] = { 128, 56, 40 };
	unsigned int good, refused, wrong;

	for (unsigned int cl = 0; cl <= 5; cl++) {
		good = refused = wrong = 0;
		for (unsigned int n = 0; n < 6 * 3 * 3 * 3 * 32; n++) {
			struct point at = {
				.client_level = cl,
				.server_level = n / 32 % 6,
				.client = options[n / 32 / 6 % 3],
				.server = options[n / 32 / 18 % 3],
				.bits = bits[n / 32 / 54 % 3],
				.client_legacy = n & 1,
				.server_legacy = n & 2,
				.connectionless = n & 4,
				.real_lm = n & 8,
			};

			test_point(&at, &good, &refused, &wrong);
		}
		tap_ok(good && refused && !wrong,
		       "client level %u: %u exchanges succeed, %u are refused, %u are wrong",
		       cl, good, refused, wrong);
	}
}

static void test_anonymous(void)
{
	struct pair p;

	pair_init(&p);
	p.client = (struct ntlm_request){ .required = NTLM_OPTION_ANONYMOUS };
	p.server = (struct ntlm_request){ .required = 0 };
	p.policy.allow_anonymous = true;
	tap_number(pair_run(&p), NTLM_OK, "anonymous exchange");
	tap_ok(p.session.anonymous && !p.session.key_bits &&
	       p.session.flags & NTLMSSP_ANONYMOUS &&
	       !(p.session.flags & FLAGS_PROTECTION) && !p.logon.user[0] &&
	       p.session.response == NTLM_RESPONSE_NONE,
	       "anonymous session has no protection");
	tap_ok(pair_same(&p), "anonymous: both sides agree");
}

static void test_ntstatus(void)
{
	tap_number(ntlm_error_ntstatus(NTLM_OK), 0, "NTSTATUS of success");
	tap_number(ntlm_error_ntstatus(NTLM_ERR_PROOF), 0xc000006d, "LOGON_FAILURE");
	tap_number(ntlm_error_ntstatus(NTLM_ERR_MALFORMED), 0xc000000d,
		   "INVALID_PARAMETER");
	tap_number(ntlm_error_ntstatus(NTLM_ERR_MIC), 0xc000000d,
		   "INVALID_PARAMETER for a wrong MIC");
	tap_number(ntlm_error_ntstatus(NTLM_ERR_BINDINGS), 0xc000035b, "BAD_BINDINGS");
	tap_number(ntlm_error_ntstatus(NTLM_ERR_OPTION_REFUSED), 0xc00000bb,
		   "NOT_SUPPORTED");
	tap_number(ntlm_error_ntstatus(NTLM_ERR_COUNT), 0xc00000e5,
		   "INTERNAL_ERROR for what is no error");
	for (int i = 1; i < NTLM_ERR_COUNT; i++)
		tap_ok(ntlm_error_ntstatus((enum ntlm_error)i) >> 30 == 3 &&
		       ntlm_error_errno((enum ntlm_error)i) > 0,
		       "error %d has an NTSTATUS and an errno", i);
}

int main(void)
{
	test_contents();
	test_oem();
	test_grants();
	test_wishes();
	test_connectionless_offer();
	test_arguments();
	test_product();
	test_anonymous();
	test_ntstatus();
	return tap_done();
}
