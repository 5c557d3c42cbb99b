// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Both sides with every policy: the first byte of an input chooses.
 */
#include "fuzz.h"
#include "message.h"

#define PROTECT	(NTLM_OPTION_INTEGRITY | NTLM_OPTION_CONFIDENTIALITY)

static int fill(void *arg, void *buf, size_t len)
{
	(void)arg;
	memset(buf, 0xaa, len);
	return 0;
}

const struct ntlm_environment fuzz_environment = {
	.random = fill, .now = UINT64_C(133000000000000000),
};
const uint8_t fuzz_bindings[NTLM_CHANNEL_BINDINGS_SIZE] = "0123456789abcdef";
const struct ntlm_credential fuzz_credential = {
	.user = "User", .domain = "Domain", .nt_hash = "0123456789abcde",
	.has_lm_hash = true, .lm_hash = "edcba9876543210",
};
const struct ntlm_secret fuzz_secret = {
	.nt_hash = "0123456789abcde",
	.has_lm_hash = true, .lm_hash = "edcba9876543210",
};
const struct ntlm_secret fuzz_other_secret = {
	.nt_hash = "not in a corpus",
	.has_lm_hash = true, .lm_hash = "nor is this one",
};

enum {
	SERVER_CONNECTIONLESS	= 0x01,
	SERVER_LEGACY		= 0x02,
	SERVER_BINDINGS		= 0x04,
	SERVER_TARGET		= 0x08,
	SERVER_ANONYMOUS	= 0x10,
	SERVER_MIC		= 0x20,
	SERVER_REPAIR		= 0x40,
	SERVER_PROTECT		= 0x80,
};

static void make_server(uint8_t mode, struct server_mode *m)
{
	static uint8_t buf[256][2][1024];
	struct ntlm_token negotiate = { buf[mode][0], sizeof(buf[0][0]), 0 };
	struct ntlm_token challenge = { buf[mode][1], sizeof(buf[0][1]), 0 };
	bool legacy = mode & SERVER_LEGACY;

	m->policy = (struct ntlm_acceptor_policy){
		.lm_compat_level = !legacy ? 5 : mode & SERVER_MIC ? 4 : 0,
		.allow_legacy = legacy,
		.require_mic = mode & SERVER_MIC && !legacy,
		.allow_anonymous = mode & SERVER_ANONYMOUS,
		.target_check = mode & SERVER_TARGET ? NTLM_TARGET_REQUIRE :
						       NTLM_TARGET_IF_PRESENT,
		.names = { .nb_computer = "SERVER", .nb_domain = "DOMAIN",
			   .dns_computer = "server.example.com",
			   .dns_domain = "example.com", .member = true },
	};
	m->request = (struct ntlm_request){
		.required = mode & SERVER_PROTECT ? PROTECT : 0,
		.target_name = "cifs/server.example.com",
		.channel_bindings = mode & SERVER_BINDINGS ? fuzz_bindings : NULL,
		.allow_legacy = legacy,
		.connectionless = mode & SERVER_CONNECTIONLESS,
	};
	m->client = (struct ntlm_policy){
		.lm_compat_level = !legacy ? 3 : mode & SERVER_TARGET ? 1 : 0,
		.allow_legacy = legacy,
		.workstation = "CLIENT",
	};
	m->client_request = m->request;
	m->client_request.wished = PROTECT;
	/* NTLMv1 has no room for them */
	if (m->client.lm_compat_level < 3)
		m->client_request.channel_bindings = NULL;
	m->repair = mode & SERVER_REPAIR;

	if (!m->request.connectionless)
		MUST(!ntlm_build_negotiate(&m->client, &m->client_request,
					   &negotiate, NULL, NULL));
	m->negotiate = (struct ntlm_bytes){ negotiate.data, negotiate.len };
	MUST(!ntlm_build_challenge(&m->policy, &m->request, &fuzz_environment,
				   m->negotiate, &challenge, NULL, NULL));
	m->challenge = (struct ntlm_bytes){ challenge.data, challenge.len };
}

const struct server_mode *server_mode(uint8_t mode)
{
	static struct server_mode modes[256];

	if (!modes[mode].challenge.len)
		make_server(mode, &modes[mode]);
	return &modes[mode];
}

struct client_mode client_mode(uint8_t mode)
{
	static const struct ntlm_request requests[] = {
		{ .required = PROTECT, .target_name = "cifs/server",
		  .channel_bindings = fuzz_bindings },
		{ .required = NTLM_OPTION_INTEGRITY },
		{ .wished = NTLM_OPTION_CONFIDENTIALITY |
			    NTLM_OPTION_CHANNEL_BINDINGS,
		  .channel_bindings = fuzz_bindings,
		  .target_name = "cifs/server", .target_unverified = true },
		{ .required = 0 },
		{ .required = PROTECT | NTLM_OPTION_IDENTIFY,
		  .min_key_bits = 40 },
		{ .required = NTLM_OPTION_ANONYMOUS },
	};
	struct client_mode m = {
		.policy = NTLM_POLICY_DEFAULT,
		.request = requests[mode / 24 % 6],
	};

	m.policy.lm_compat_level = mode % 6;
	m.policy.allow_legacy = m.request.allow_legacy = mode / 6 % 2;
	m.policy.workstation = "WORKSTATION";
	m.policy.min_key_bits = m.request.min_key_bits ? 40 : 128;
	m.policy.require_mic = mode / 24 >= 6;
	m.policy.real_lm_response = mode / 24 >= 8;
	m.request.connectionless = mode / 12 % 2;
	m.anonymous = m.request.required & NTLM_OPTION_ANONYMOUS;
	return m;
}
