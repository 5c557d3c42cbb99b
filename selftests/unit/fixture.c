// SPDX-License-Identifier: GPL-2.0-or-later
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "verify.h"
#include "wire.h"

#define INFO_MAX (MESSAGE_MAX - 56)

const uint8_t fixture_client_challenge[8] = {
	0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa
};
const uint8_t fixture_key[16] = {
	0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55,
	0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55
};

/* client challenge, then exported session key */
static const uint8_t random_bytes[24] = {
	0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa,
	0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55,
	0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55
};

/* NbDomainName "D", NbComputerName "S", timestamp, EOL */
static const char default_info[] =
	"020002004400" "010002005300"
	"07000800" "00803ed5deb19d01" "00000000";

int fixture_random(void *arg, void *buf, size_t len)
{
	struct fixture_random *r = arg;

	if (len > r->left.len)
		return -1;
	memcpy(buf, r->left.data, len);
	r->left.data += len;
	r->left.len -= len;
	return 0;
}

void fixture_init(struct fixture *f)
{
	static const struct ntlm_policy policy = NTLM_POLICY_DEFAULT;

	memset(f, 0, sizeof(*f));
	f->policy = policy;
	f->policy.workstation = "COMPUTER";
	f->request.required = NTLM_OPTION_INTEGRITY | NTLM_OPTION_CONFIDENTIALITY;
	f->request.target_name = "cifs/server.example.com";
	f->credential.user = "User";
	f->credential.domain = "Domain";
	if (ntlm_nt_hash("Password", 8, f->credential.nt_hash))
		errx(EXIT_FAILURE, "ntlm_nt_hash");
	f->random.left = (struct ntlm_bytes){ random_bytes, sizeof(random_bytes) };
	f->now = UINT64_C(0x019db1ded53e8000);
	f->token = (struct ntlm_token){ f->token_buf, sizeof(f->token_buf), 0 };
	fixture_challenge(f, FIXTURE_CHALLENGE_FLAGS, default_info);
}

enum ntlm_error fixture_negotiate(struct fixture *f)
{
	struct ntlm_token token = { f->negotiate_buf, sizeof(f->negotiate_buf), 0 };
	enum ntlm_error err;

	err = ntlm_build_negotiate(&f->policy, &f->request, &token, NULL,
				   &f->detail);
	f->negotiate = (struct ntlm_bytes){ token.data, token.len };
	return err;
}

void fixture_challenge_bytes(struct fixture *f, uint32_t flags,
			     struct ntlm_bytes info)
{
	static const uint8_t nonce[8] = { 1, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef };
	struct wire_writer w = { .data = f->challenge_buf,
				 .size = sizeof(f->challenge_buf) };
	size_t start;

	wire_put(&w, message_signature, sizeof(message_signature));
	wire_put_le32(&w, MESSAGE_CHALLENGE);
	wire_put_zero(&w, 8);
	wire_put_le32(&w, flags);
	wire_put(&w, nonce, sizeof(nonce));
	wire_put_zero(&w, 24);
	start = w.len;
	wire_put(&w, info.data, info.len);
	wire_end_item(&w, 40, start);
	if (w.overflow)
		errx(EXIT_FAILURE, "TargetInfo too large for a test");
	f->challenge = (struct ntlm_bytes){ w.data, w.len };
}

void fixture_challenge(struct fixture *f, uint32_t flags, const char *info)
{
	static uint8_t bytes[INFO_MAX];
	size_t len = info ? strlen(info) / 2 : 0;

	for (size_t i = 0; i < len; i++) {
		char hex[3] = { info[2 * i], info[2 * i + 1], 0 };

		bytes[i] = (uint8_t)strtoul(hex, NULL, 16);
	}
	fixture_challenge_bytes(f, flags, (struct ntlm_bytes){ bytes, len });
}

enum ntlm_error fixture_authenticate(struct fixture *f)
{
	struct ntlm_environment env = { fixture_random, &f->random, f->now };

	memset(f->token.data, 0xa5, f->token.size);
	memset(&f->session, 0xa5, sizeof(f->session));
	return ntlm_build_authenticate(&f->policy, &f->request,
				       f->no_credential ? NULL : &f->credential,
				       &env, f->negotiate, f->challenge, &f->token,
				       &f->session, &f->detail);
}

enum ntlm_error fixture_run(struct fixture *f)
{
	enum ntlm_error err = fixture_negotiate(f);

	return err ? err : fixture_authenticate(f);
}

bool fixture_verify(struct fixture *f)
{
	struct ntlm_bytes token = { f->token.data, f->token.len };
	uint8_t key[NTLM_KEY_SIZE];

	return !verify_authenticate(f->credential.nt_hash, f->negotiate,
				    f->challenge, token, key, NULL) &&
	       !memcmp(key, f->session.exported_session_key, sizeof(key));
}

void fixture_parse(struct fixture *f, struct authenticate_message *out)
{
	struct ntlm_bytes token = { f->token.data, f->token.len };

	if (authenticate_parse(token, out, &f->detail))
		errx(EXIT_FAILURE, "own AUTHENTICATE malformed: %s",
		     f->detail.where ? f->detail.where : "");
}
