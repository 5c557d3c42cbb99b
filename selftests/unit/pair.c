// SPDX-License-Identifier: GPL-2.0-or-later
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "crypto.h"
#include "pair.h"
#include "tap.h"
#include "wire.h"

const uint8_t pair_bindings[NTLM_CHANNEL_BINDINGS_SIZE] = {
	0x65, 0x86, 0xe9, 0x9d, 0x81, 0xc2, 0xfc, 0x98,
	0x4e, 0x47, 0x17, 0x2f, 0xd4, 0xdd, 0x03, 0x10
};

int pair_random(void *arg, void *buf, size_t len)
{
	uint64_t *seed = arg;
	uint8_t *p = buf;

	for (size_t i = 0; i < len; i++) {
		*seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407;
		p[i] = (uint8_t)(*seed >> 56);
	}
	return 0;
}

void pair_init(struct pair *p)
{
	static const struct ntlm_policy policy = NTLM_POLICY_DEFAULT;

	memset(p, 0, sizeof(*p));
	p->client_policy = policy;
	p->client_policy.workstation = "CLIENT";
	p->client.required = NTLM_OPTION_INTEGRITY | NTLM_OPTION_CONFIDENTIALITY;
	p->client.target_name = "cifs/server.example.com";
	p->client.channel_bindings = pair_bindings;
	p->credential.user = "User";
	p->credential.domain = "Domain";
	p->credential.has_lm_hash = true;
	p->policy.lm_compat_level = 5;
	p->policy.require_mic = true;
	p->policy.target_check = NTLM_TARGET_REQUIRE;
	p->policy.max_time_skew = 3600;
	p->policy.names = (struct ntlm_server_names){
		.nb_computer = "SERVER", .nb_domain = "EXAMPLE",
		.dns_computer = "server.example.com", .dns_domain = "example.com",
		.dns_tree = "example.com", .member = true,
	};
	p->server.required = NTLM_OPTION_INTEGRITY | NTLM_OPTION_CONFIDENTIALITY;
	p->server.target_name = "cifs/server.example.com";
	p->server.channel_bindings = pair_bindings;
	p->secret.has_lm_hash = true;
	if (ntlm_nt_hash("Password", 8, p->credential.nt_hash) ||
	    ntlm_lm_hash("Password", 8, p->credential.lm_hash))
		errx(EXIT_FAILURE, "hash of a password");
	memcpy(p->secret.nt_hash, p->credential.nt_hash, NTLM_HASH_SIZE);
	memcpy(p->secret.lm_hash, p->credential.lm_hash, NTLM_HASH_SIZE);
	p->seed = 4;
	p->client_now = p->challenge_now = p->now = UINT64_C(0x01dc5bd53e800000);
}

void pair_lax(struct pair *p)
{
	pair_init(p);
	p->client.required = p->server.required = 0;
	p->client.channel_bindings = p->server.channel_bindings = NULL;
	p->policy.lm_compat_level = 0;
	p->policy.require_mic = false;
	p->policy.target_check = NTLM_TARGET_IGNORE;
}

enum ntlm_error pair_offer(struct pair *p)
{
	struct ntlm_token token = { p->negotiate_buf, sizeof(p->negotiate_buf), 0 };
	enum ntlm_error err = NTLM_OK;

	if (!p->client.connectionless)
		err = ntlm_build_negotiate(&p->client_policy, &p->client, &token,
					   NULL, &p->detail);
	p->messages.negotiate = (struct ntlm_bytes){ token.data, token.len };
	return err;
}

enum ntlm_error pair_challenge(struct pair *p)
{
	struct ntlm_environment env = { pair_random, &p->seed, p->challenge_now };
	struct ntlm_token token = { p->challenge_buf, sizeof(p->challenge_buf), 0 };
	enum ntlm_error err;

	err = ntlm_build_challenge(&p->policy, &p->server, &env,
				   p->messages.negotiate, &token, &p->granted,
				   &p->detail);
	p->messages.challenge = (struct ntlm_bytes){ token.data, token.len };
	return err;
}

enum ntlm_error pair_answer(struct pair *p)
{
	struct ntlm_environment env = { pair_random, &p->seed, p->client_now };
	struct ntlm_token token = { p->authenticate_buf,
				    sizeof(p->authenticate_buf), 0 };
	bool nobody = (p->client.required | p->client.wished) &
		      NTLM_OPTION_ANONYMOUS;
	enum ntlm_error err;

	err = ntlm_build_authenticate(&p->client_policy, &p->client,
				      nobody ? NULL : &p->credential, &env,
				      p->messages.negotiate,
				      p->messages.challenge, &token,
				      &p->client_session, &p->detail);
	p->messages.authenticate = (struct ntlm_bytes){ token.data, token.len };
	return err;
}

enum ntlm_error pair_read(struct pair *p)
{
	return ntlm_read_authenticate(&p->policy, &p->server, p->now,
				      &p->messages, &p->logon, &p->detail);
}

enum ntlm_error pair_check(struct pair *p)
{
	enum ntlm_error err = pair_read(p);

	memset(&p->session, 0xa5, sizeof(p->session));
	if (err)
		return err;
	if (p->logon.response == NTLM_RESPONSE_NONE)
		return ntlm_finish_nobody(&p->policy, &p->server, p->now,
					  &p->messages, &p->session, &p->detail);
	return ntlm_check_logon(&p->policy, &p->server, p->now, &p->messages,
				&p->secret, &p->session, &p->detail);
}

enum ntlm_error pair_client(struct pair *p)
{
	enum ntlm_error err = pair_offer(p);

	if (!err)
		err = pair_challenge(p);
	return err ? err : pair_answer(p);
}

enum ntlm_error pair_run(struct pair *p)
{
	enum ntlm_error err = pair_client(p);

	return err ? err : pair_check(p);
}

void pair_begin(struct pair *p)
{
	enum ntlm_error err = pair_client(p);

	if (err)
		errx(EXIT_FAILURE, "exchange: %s", ntlm_error_text(err));
}

void pair_result(struct pair *p, enum ntlm_error want, const char *what)
{
	static const struct ntlm_session none;
	enum ntlm_error err = pair_read(p);

	memset(&p->session, 0xa5, sizeof(p->session));
	if (!err || err == want)
		err = ntlm_check_logon(&p->policy, &p->server, p->now, &p->messages,
				       &p->secret, &p->session, &p->detail);
	tap_number(err, want, "%s", what);
	if (want)
		tap_ok(!memcmp(p->session.exported_session_key,
			       none.exported_session_key, NTLM_KEY_SIZE) &&
		       !p->session.flags && !p->session.key_bits,
		       "%s: no key", what);
}

uint32_t pair_flags(const struct pair *p)
{
	return wire_le32(p->authenticate_buf + AUTH_FLAGS);
}

void pair_set_flags(struct pair *p, uint32_t flags)
{
	wire_set_le32(p->authenticate_buf + AUTH_FLAGS, flags);
}

bool pair_same(const struct pair *p)
{
	const struct ntlm_session *c = &p->client_session, *s = &p->session;

	return c->flags == s->flags && c->key_bits == s->key_bits &&
	       c->response == s->response && c->mic == s->mic &&
	       c->channel_bound == s->channel_bound &&
	       c->anonymous == s->anonymous &&
	       !memcmp(c->exported_session_key, s->exported_session_key,
		       NTLM_KEY_SIZE);
}

void pair_parse(const struct pair *p, struct authenticate_message *out)
{
	if (authenticate_parse(p->messages.authenticate, out, NULL))
		errx(EXIT_FAILURE, "AUTHENTICATE malformed");
}

void pair_forge(struct pair *p)
{
	uint8_t *bytes = p->authenticate_buf;
	uint8_t ntowfv2[NTLM_KEY_SIZE], key[NTLM_KEY_SIZE];
	struct authenticate_message auth;
	struct challenge_message chal;
	struct ntlm_bytes blob;
	uint8_t *proof;

	pair_parse(p, &auth);
	if (challenge_parse(p->messages.challenge, &chal, NULL) || !auth.ntlmv2)
		errx(EXIT_FAILURE, "nothing to forge");
	proof = bytes + (auth.nt.data - bytes);
	blob = (struct ntlm_bytes){ proof + PROOF_SIZE, auth.nt.len - PROOF_SIZE };
	crypto_ntowfv2(p->secret.nt_hash, auth.user, auth.domain, ntowfv2);
	crypto_response(ntowfv2, chal.server_challenge, blob, proof);
	crypto_session_base_key(ntowfv2, proof, key);
	if (auth.session_key.len == NTLM_KEY_SIZE)
		crypto_rc4k(key, auth.session_key.data, key);
	if (auth.mic_offset)
		crypto_mic(key, p->messages.negotiate, p->messages.challenge,
			   p->messages.authenticate, auth.mic_offset,
			   bytes + auth.mic_offset);
}
