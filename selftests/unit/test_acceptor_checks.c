// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What an acceptor checks behind the proof: MIC, channel bindings, target name,
 * the echo of its own pairs, time. Where a client of the library would never send
 * what is tried, its message is changed and proved anew.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "pair.h"
#include "tap.h"
#include "wire.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define SECOND FILETIME_SECOND

static bool is_zero(const struct ntlm_session *session)
{
	static const uint8_t none[NTLM_KEY_SIZE];

	return !session->flags && !session->key_bits && !session->mic &&
	       !session->response && !session->channel_bound &&
	       !memcmp(session->exported_session_key, none, sizeof(none));
}

static void refused(struct pair *p, enum ntlm_error want, const char *what)
{
	tap_number(pair_check(p), want, "%s", what);
	if (want)
		tap_ok(is_zero(&p->session), "%s: no key", what);
}

/* value of a pair in the response, to be changed */
static uint8_t *av(struct pair *p, enum av_id id)
{
	struct authenticate_message msg;

	pair_parse(p, &msg);
	if (!msg.av_pairs.value[id].data)
		errx(EXIT_FAILURE, "AV_PAIR %d is absent", id);
	return p->authenticate_buf +
	       (msg.av_pairs.value[id].data - p->authenticate_buf);
}

static void test_mic(void)
{
	struct pair good, p;

	pair_init(&good);
	pair_begin(&good);
	refused(&good, NTLM_OK, "MIC fits");
	tap_ok(good.session.mic, "MIC is reported");

	for (size_t i = 0; i < MIC_SIZE; i += 5) {
		p = good;
		p.messages.authenticate.data = p.authenticate_buf;
		p.authenticate_buf[AUTH_MIC + i] ^= 0x10;
		refused(&p, NTLM_ERR_MIC, "bit of the MIC");
	}
	pair_init(&p);
	pair_begin(&p);
	memset(p.authenticate_buf + AUTH_MIC, 0, MIC_SIZE);
	refused(&p, NTLM_ERR_MIC, "MIC of zeros");
	pair_init(&p);
	pair_begin(&p);
	p.negotiate_buf[33] ^= 1;
	refused(&p, NTLM_ERR_MIC, "NEGOTIATE changed");
	pair_init(&p);
	pair_begin(&p);
	p.challenge_buf[CHAL_RESERVED] ^= 1;
	refused(&p, NTLM_ERR_MIC, "CHALLENGE changed");
	pair_init(&p);
	pair_begin(&p);
	p.authenticate_buf[AUTH_FLAGS + 2] ^= 0x10;
	refused(&p, NTLM_ERR_MIC, "flags of AUTHENTICATE changed");
	pair_init(&p);
	pair_begin(&p);
	p.authenticate_buf[AUTH_VERSION] ^= 1;
	refused(&p, NTLM_ERR_MIC, "Version of AUTHENTICATE changed");
	pair_init(&p);
	p.client.connectionless = p.server.connectionless = true;
	pair_begin(&p);
	p.challenge_buf[CHAL_RESERVED] ^= 1;
	refused(&p, NTLM_ERR_MIC, "CHALLENGE changed, connectionless");

	pair_init(&p);
	pair_begin(&p);
	av(&p, AV_FLAGS)[0] &= (uint8_t)~AV_FLAG_MIC;
	refused(&p, NTLM_ERR_PROOF, "promise of a MIC taken away");
	pair_init(&p);
	pair_begin(&p);
	av(&p, AV_FLAGS)[0] &= (uint8_t)~AV_FLAG_MIC;
	pair_forge(&p);
	refused(&p, NTLM_ERR_NO_MIC, "no MIC, one is required");
	p.policy.require_mic = false;
	refused(&p, NTLM_OK, "no MIC, none is required");
	tap_ok(!p.session.mic, "no MIC is reported");
}

static void test_bindings(void)
{
	static const uint8_t other[NTLM_CHANNEL_BINDINGS_SIZE] = { 1 };
	static const struct {
		const char *name;
		bool given, required, wished;
		enum ntlm_error absent, zero, equal, differs;
		bool bound;
	} modes[] = {
		{ "never", 0, 0, 0, NTLM_OK, NTLM_OK, NTLM_OK, NTLM_OK, false },
		{ "wished without any", 0, 0, true, NTLM_OK, NTLM_OK, NTLM_OK, NTLM_OK,
		  false },
		{ "when supplied", true, 0, true, NTLM_OK, NTLM_OK, NTLM_OK,
		  NTLM_ERR_BINDINGS, true },
		{ "always", true, 0, 0, NTLM_ERR_BINDINGS, NTLM_ERR_BINDINGS, NTLM_OK,
		  NTLM_ERR_BINDINGS, true },
		{ "required", true, true, 0, NTLM_ERR_BINDINGS, NTLM_ERR_BINDINGS,
		  NTLM_OK, NTLM_ERR_BINDINGS, true },
		{ "required and wished", true, true, true, NTLM_ERR_BINDINGS,
		  NTLM_ERR_BINDINGS, NTLM_OK, NTLM_ERR_BINDINGS, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		for (int supplied = 0; supplied < 4; supplied++) {
			static const char *const what[] = { "absent", "zero", "equal",
							    "others" };
			const enum ntlm_error want[] = { modes[i].absent, modes[i].zero,
							 modes[i].equal,
							 modes[i].differs };
			struct pair p;

			pair_init(&p);
			p.server.channel_bindings = modes[i].given ? pair_bindings : NULL;
			if (modes[i].required)
				p.server.required |= NTLM_OPTION_CHANNEL_BINDINGS;
			if (modes[i].wished)
				p.server.wished |= NTLM_OPTION_CHANNEL_BINDINGS;
			p.client.channel_bindings = supplied < 2 ? NULL :
						    supplied == 2 ? pair_bindings :
						    other;
			pair_begin(&p);
			if (!supplied) {
				/* becomes an id that nobody knows */
				av(&p, AV_CHANNEL_BINDINGS)[-4] = 0x77;
				pair_forge(&p);
			}
			tap_number(pair_check(&p), want[supplied],
				   "bindings %s, %s", modes[i].name, what[supplied]);
			tap_ok(want[supplied] ? is_zero(&p.session) :
			       p.session.channel_bound ==
			       (supplied == 2 && modes[i].bound),
			       "bindings %s, %s: what is reported", modes[i].name,
			       what[supplied]);
		}
	}
}

static void test_target(void)
{
	static const struct {
		const char *spn;
		const char *own;
		bool fits;
	} cases[] = {
		{ "cifs/server.example.com", "cifs/server.example.com", true },
		{ "CIFS/Server.Example.COM", "cifs/server.example.com", true },
		{ "cifs/SERVER", "cifs/server.example.com", true },
		{ "cifs/alias", "cifs/alias", true },
		{ "cifs/alias:445", "cifs/alias", true },
		{ "cifs/server:445", "cifs/alias", true },
		{ "cifs/server.example.com/example.com", "cifs/alias:445", true },
		{ "http/server", NULL, true },
		{ "cifs/other", "cifs/server.example.com", false },
		{ "cifs/serve", "cifs/server.example.com", false },
		{ "cifs/server2", "cifs/server.example.com", false },
		{ "cifs/server.example.com.evil", "cifs/server.example.com",
		  false },
		{ "cifs/other/server", "cifs/server", false },
		{ "http/server.example.com", "cifs/server.example.com", false },
		{ "cif/server", "cifs/server", false },
		{ "/server", "cifs/server", false },
		{ "server", "cifs/server", false },
		{ "cifs/", "cifs/server", false },
		{ "cifs", "cifs/server", false },
		{ "cifs/other", NULL, false },
		{ "server", "server", true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct pair p;

		pair_init(&p);
		p.client.target_name = cases[i].spn;
		p.server.target_name = cases[i].own;
		pair_begin(&p);
		tap_number(pair_check(&p), cases[i].fits ? NTLM_OK :
							  NTLM_ERR_TARGET_NAME,
			   "target %s of %s", cases[i].spn,
			   cases[i].own ? cases[i].own : "any service");
		p.policy.target_check = NTLM_TARGET_IF_PRESENT;
		tap_number(pair_check(&p), cases[i].fits ? NTLM_OK :
							  NTLM_ERR_TARGET_NAME,
			   "target %s of %s, if present", cases[i].spn,
			   cases[i].own ? cases[i].own : "any service");
		p.policy.target_check = NTLM_TARGET_IGNORE;
		tap_number(pair_check(&p), NTLM_OK, "target %s, ignored",
			   cases[i].spn);
	}
}

static void test_no_target(void)
{
	struct pair p;

	pair_init(&p);
	p.client.target_name = NULL;
	pair_begin(&p);
	refused(&p, NTLM_ERR_TARGET_NAME, "no target, one is required");
	p.policy.target_check = NTLM_TARGET_IF_PRESENT;
	refused(&p, NTLM_OK, "no target, if present");

	pair_init(&p);
	p.client.target_unverified = true;
	pair_begin(&p);
	refused(&p, NTLM_ERR_TARGET_NAME, "unverified target, one is required");
	p.policy.target_check = NTLM_TARGET_IF_PRESENT;
	refused(&p, NTLM_OK, "unverified target, if present");
	p.server.target_name = "cifs/another";
	p.policy.names.nb_computer = "ANOTHER";
	p.policy.names.dns_computer = NULL;
	refused(&p, NTLM_OK, "an unverified target is as good as none");
}

static void test_echo(void)
{
	static const enum av_id ids[] = { AV_NB_COMPUTER_NAME, AV_NB_DOMAIN_NAME,
					  AV_DNS_COMPUTER_NAME, AV_DNS_DOMAIN_NAME,
					  AV_DNS_TREE_NAME, AV_TIMESTAMP };

	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		struct pair p;

		pair_init(&p);
		pair_begin(&p);
		av(&p, ids[i])[0] ^= 1;
		pair_forge(&p);
		tap_number(pair_check(&p), NTLM_ERR_MALFORMED,
			   "AV_PAIR %d comes back changed", ids[i]);
		av(&p, ids[i])[0] ^= 1;
		pair_forge(&p);
		tap_number(pair_check(&p), NTLM_OK, "AV_PAIR %d comes back equal",
			   ids[i]);
		av(&p, ids[i])[-4] = 0x77;
		pair_forge(&p);
		tap_number(pair_check(&p), NTLM_ERR_MALFORMED,
			   "AV_PAIR %d does not come back", ids[i]);
	}
}

static void test_time(void)
{
	static const struct {
		int64_t distance;
		uint32_t skew;
		enum ntlm_error err;
	} cases[] = {
		{ 0, 3600, NTLM_OK },
		{ 3600 * (int64_t)SECOND, 3600, NTLM_OK },
		{ 3600 * (int64_t)SECOND + 1, 3600, NTLM_ERR_TIME_SKEW },
		{ -3600 * (int64_t)SECOND, 3600, NTLM_OK },
		{ -3600 * (int64_t)SECOND - 1, 3600, NTLM_ERR_TIME_SKEW },
		{ 2 * (int64_t)SECOND, 1, NTLM_ERR_TIME_SKEW },
		{ 1000000 * (int64_t)SECOND, 0, NTLM_OK },
		{ -1000000 * (int64_t)SECOND, 0, NTLM_OK },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct authenticate_message msg;
		struct pair p;
		uint8_t *time;

		pair_init(&p);
		p.policy.max_time_skew = cases[i].skew;
		pair_begin(&p);
		pair_parse(&p, &msg);
		time = p.authenticate_buf + (msg.nt.data - p.authenticate_buf) +
		       RESPONSE_TIMESTAMP;
		wire_set_le64(time, p.now + (uint64_t)cases[i].distance);
		pair_forge(&p);
		tap_number(pair_check(&p), cases[i].err,
			   "time of the response %+lld, skew %u",
			   (long long)cases[i].distance,
			   (unsigned int)cases[i].skew);
	}
}

static void test_age(void)
{
	const int64_t half_hour = 1800 * (int64_t)SECOND;
	const struct {
		int64_t later;
		uint32_t age;
		enum ntlm_error err;
	} cases[] = {
		{ half_hour, 0, NTLM_OK },
		{ half_hour + 1, 0, NTLM_ERR_EXPIRED },
		{ -half_hour, 0, NTLM_OK },
		{ -half_hour - 1, 0, NTLM_ERR_EXPIRED },
		{ 10 * (int64_t)SECOND, 10, NTLM_OK },
		{ 10 * (int64_t)SECOND + 1, 10, NTLM_ERR_EXPIRED },
		{ half_hour + 1, 3600, NTLM_OK },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct pair p;

		pair_init(&p);
		p.policy.max_age = cases[i].age;
		pair_begin(&p);
		p.now = p.challenge_now + (uint64_t)cases[i].later;
		tap_number(pair_read(&p), cases[i].err,
			   "answer after %lld, age %u", (long long)cases[i].later,
			   (unsigned int)cases[i].age);
		tap_number(pair_check(&p), cases[i].err,
			   "answer after %lld, age %u: the whole check",
			   (long long)cases[i].later, (unsigned int)cases[i].age);
	}
}

int main(void)
{
	test_mic();
	test_bindings();
	test_target();
	test_no_target();
	test_echo();
	test_time();
	test_age();
	return tap_done();
}
