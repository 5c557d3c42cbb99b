// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Cached logons of winbind: which of its messages are taken, and for which
 * servers. The messages come from the initiator here, and are damaged.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "logged.h"
#include "ntlm/acceptor.h"
#include "ntlm/adopt.h"
#include "ntlm/message.h"
#include "tap.h"

#define NOW (UINT64_C(133000000000000000))

static const uint8_t bindings[NTLM_CHANNEL_BINDINGS_SIZE] = { 1, 2, 3 };

struct run {
	struct ntlm_policy policy;
	struct ntlm_request want;
	struct ntlm_environment env;
	uint8_t data[3][NTLM_TOKEN_MAX];
	struct ntlm_bytes message[3];
	struct ntlm_session made;
	struct ntlm_session taken;
};

static int fill(void *arg, void *buf, size_t len)
{
	(void)arg;
	memset(buf, 0x5a, len);
	return 0;
}

static void begin(struct run *r)
{
	*r = (struct run){
		.policy = NTLM_POLICY_DEFAULT,
		.want = {
			.required = NTLM_OPTION_INTEGRITY |
				    NTLM_OPTION_CONFIDENTIALITY,
			.target_name = "cifs/server",
		},
		.env = { .random = fill, .now = NOW },
	};
}

/* The exchange up to the message, which has no bindings unless @bound. */
static void make(struct run *r, const struct ntlm_policy *policy, bool bound)
{
	struct ntlm_acceptor_policy server = {
		.names = { .nb_computer = "SERVER", .nb_domain = "LAB" },
	};
	struct ntlm_credential cred = { .user = "alice", .domain = "LAB" };
	struct ntlm_request want = r->want;
	struct ntlm_token token[3];
	enum ntlm_error e;

	want.channel_bindings = bound ? bindings : NULL;
	for (int i = 0; i < 3; i++)
		token[i] = (struct ntlm_token){ .data = r->data[i],
						.size = NTLM_TOKEN_MAX };
	e = ntlm_build_negotiate(policy, &want, &token[0], NULL, NULL);
	r->message[0] = (struct ntlm_bytes){ token[0].data, token[0].len };
	if (!e)
		e = ntlm_build_challenge(&server, &want, &r->env, r->message[0],
					 &token[1], NULL, NULL);
	r->message[1] = (struct ntlm_bytes){ token[1].data, token[1].len };
	if (!e)
		e = ntlm_build_authenticate(policy, &want, &cred, &r->env,
					    r->message[0], r->message[1],
					    &token[2], &r->made, NULL);
	r->message[2] = (struct ntlm_bytes){ token[2].data, token[2].len };
	if (e)
		tap_ok(false, "the exchange could not be made: error %d", e);
}

static enum ntlm_error adopt(struct run *r)
{
	return ntlm_adopt_authenticate(&r->policy, &r->want, NOW, r->message[0],
				       r->message[1], r->message[2],
				       r->made.exported_session_key, &r->taken,
				       NULL);
}

static void test_taken(void)
{
	static struct run r;

	begin(&r);
	make(&r, &r.policy, false);
	tap_number(adopt(&r), NTLM_OK, "a good message is taken");
	tap_ok(r.taken.flags == r.made.flags && r.taken.mic == r.made.mic &&
	       r.taken.key_bits == 128 && !r.taken.channel_bound &&
	       r.taken.response == NTLM_RESPONSE_NTLMV2,
	       "its outcome is that of whoever made it");
	tap_bytes(r.taken.exported_session_key, NTLM_KEY_SIZE,
		  r.made.exported_session_key, NTLM_KEY_SIZE, "its key");
}

static void test_bindings(void)
{
	static struct run r;

	begin(&r);
	make(&r, &r.policy, false);
	r.want.channel_bindings = bindings;
	tap_number(adopt(&r), NTLM_ERR_BINDINGS,
		   "mandatory channel bindings that it lacks");
	r.want.wished |= NTLM_OPTION_CHANNEL_BINDINGS;
	tap_ok(!adopt(&r) && !r.taken.channel_bound,
	       "channel bindings that it lacks, merely wished");
	r.want.required |= NTLM_OPTION_CHANNEL_BINDINGS;
	tap_number(adopt(&r), NTLM_ERR_BINDINGS,
		   "channel bindings that it lacks, wished and required");
	begin(&r);
	make(&r, &r.policy, true);
	r.want.channel_bindings = bindings;
	tap_ok(!adopt(&r) && r.taken.channel_bound,
	       "channel bindings that it has");
}

static void change_flags(struct run *r, uint32_t set, uint32_t clear)
{
	uint8_t *at = r->data[2] + AUTH_FLAGS;
	uint32_t flags = (uint32_t)at[0] | (uint32_t)at[1] << 8 |
			 (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;

	flags = (flags | set) & ~clear;
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(flags >> 8 * i);
}

static void test_flags(void)
{
	static const struct {
		const char *name;
		uint32_t set, clear;
		enum ntlm_error want;
	} cases[] = {
		{ "without SEAL", 0, 0x00000020, NTLM_ERR_OPTION_REFUSED },
		{ "without SIGN", 0, 0x00000010, NTLM_ERR_OPTION_REFUSED },
		{ "without extended session security", 0, 0x00080000,
		  NTLM_ERR_OPTION_REFUSED },
		{ "without 128", 0, 0x20000000, NTLM_ERR_KEY_STRENGTH },
		{ "with LM_KEY, which nobody offered", 0x00000080, 0,
		  NTLM_ERR_MALFORMED },
	};
	static struct run r;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		static const uint8_t none[NTLM_KEY_SIZE];

		begin(&r);
		make(&r, &r.policy, false);
		change_flags(&r, cases[i].set, cases[i].clear);
		tap_number(adopt(&r), cases[i].want, "%s", cases[i].name);
		tap_ok(!memcmp(r.taken.exported_session_key, none, sizeof(none)),
		       "%s: no key", cases[i].name);
	}
}

static void test_kind(void)
{
	static struct run r;
	struct ntlm_policy weak = NTLM_POLICY_DEFAULT;

	weak.lm_compat_level = 2;
	begin(&r);
	make(&r, &weak, false);
	tap_number(adopt(&r), NTLM_ERR_WEAK_RESPONSE, "an NTLMv1 response");
	begin(&r);
	make(&r, &r.policy, false);
	for (size_t n = 0; n < r.message[2].len; n += 7) {
		struct ntlm_bytes whole = r.message[2];

		r.message[2].len = n;
		if (adopt(&r) == NTLM_OK) {
			tap_ok(false, "cut to %zu bytes", n);
			return;
		}
		r.message[2] = whole;
	}
	tap_ok(true, "no message that is cut is taken");
	r.want.connectionless = true;
	tap_number(adopt(&r), NTLM_ERR_ARGUMENT, "a connectionless request");
}

static void test_targets(void)
{
	static const struct {
		const char *text;
		int want;
	} cases[] = {
		{ "winbind-targets = cifs/*.lab.example http/www", 0 },
		{ "winbind-targets = cifs/*", -EINVAL },
		{ "winbind-targets = *", -EINVAL },
		{ "winbind-targets = *\nwinbind-any-target = yes", 0 },
		{ "winbind-targets = cifs/", -EINVAL },
		{ "winbind-any-target = perhaps", -EINVAL },
	};
	char dir[] = "/tmp/ntlmd-test-winbind-XXXXXX", path[64];

	if (!mkdtemp(dir))
		abort();
	snprintf(path, sizeof(path), "%s/ntlmd.conf", dir);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct problems problems = { 0 };
		FILE *f = fopen(path, "w");
		struct config c;
		int r;

		fprintf(f, "[policy]\n%s\n", cases[i].text);
		fclose(f);
		logged_start();
		r = config_load_owned(&c, path, false, geteuid(), &problems);
		tap_ok(r == cases[i].want, "configuration %zu", i + 1);
		if (!i && !r)
			tap_ok(target_list_match(&c.winbind_targets,
						 "cifs/a.lab.example", false) &&
			       !target_list_match(&c.winbind_targets,
						  "cifs/a.example", false),
			       "the servers that are named, and no others");
		if (!r)
			config_free(&c);
	}
	unlink(path);
	rmdir(dir);
}

int main(void)
{
	test_taken();
	test_bindings();
	test_flags();
	test_kind();
	test_targets();
	return tap_done();
}
