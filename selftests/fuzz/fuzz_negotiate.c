// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The input is what a hostile client sends first to an acceptor whose policy the
 * first byte chooses: a NEGOTIATE. What is answered offers nothing that the
 * client did not, and everything that is required.
 */
#include "fuzz.h"
#include "message.h"

static void check_challenge(const struct server_mode *m,
			    const struct negotiate_message *neg,
			    struct ntlm_bytes token, uint32_t flags)
{
	/* what an acceptor says in any case, [MS-NLMP] 3.2.5.1.1 */
	const uint32_t ours = NTLMSSP_NEGOTIATE_TARGET_INFO |
			      NTLMSSP_TARGET_TYPE_DOMAIN |
			      NTLMSSP_REQUEST_TARGET |
			      NTLMSSP_NEGOTIATE_NTLM |
			      NTLMSSP_NEGOTIATE_ALWAYS_SIGN;
	struct challenge_message msg;
	uint32_t need = 0;

	MUST(!challenge_parse(token, &msg, NULL));
	MUST(msg.flags == flags);
	MUST(!(flags & ~(neg->flags | ours)));
	MUST(msg.target_info.value[AV_TIMESTAMP].data);
	MUST(!msg.target_info.value[AV_FLAGS].data);
	if (m->request.required) {
		need = NTLMSSP_NEGOTIATE_SIGN | NTLMSSP_NEGOTIATE_SEAL;
		if (!m->policy.allow_legacy)
			need |= NTLMSSP_NEGOTIATE_128 |
				NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY;
	}
	MUST(!(need & ~flags));
	MUST(m->policy.allow_legacy || flags & NTLMSSP_NEGOTIATE_UNICODE);
}

/* What a client makes of it, if this were its own NEGOTIATE */
static void answer(const struct server_mode *m, struct ntlm_bytes negotiate,
		   struct ntlm_bytes challenge)
{
	static uint8_t buf[NTLM_TOKEN_MAX];
	struct ntlm_token token = { buf, sizeof(buf), 0 };
	struct ntlm_exchanged messages = { negotiate, challenge, { NULL, 0 } };
	struct ntlm_session client, server;

	if (ntlm_build_authenticate(&m->client, &m->client_request,
				    &fuzz_credential, &fuzz_environment,
				    negotiate, challenge, &token, &client, NULL))
		return;
	messages.authenticate = (struct ntlm_bytes){ token.data, token.len };
	if (ntlm_check_logon(&m->policy, &m->request, fuzz_environment.now,
			     &messages, &fuzz_secret, &server, NULL))
		return;
	MUST(client.flags == server.flags);
	MUST(!memcmp(client.exported_session_key, server.exported_session_key,
		     NTLM_KEY_SIZE));
	MUST(client.mic == server.mic);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t buf[NTLM_TOKEN_MAX];
	struct ntlm_token token = { buf, sizeof(buf), 0 };
	const struct server_mode *m;
	struct negotiate_message neg;
	struct ntlm_bytes input;
	enum ntlm_error err;
	uint32_t flags;
	bool valid;

	if (!size)
		return 0;
	m = server_mode(data[0]);
	input = (struct ntlm_bytes){ data + 1, size - 1 };
	valid = !negotiate_parse(input, &neg, NULL);
	if (valid) {
		inside(neg.domain, input);
		inside(neg.workstation, input);
	}
	err = ntlm_build_challenge(&m->policy, &m->request, &fuzz_environment,
				   input, &token, &flags, NULL);
	if (err) {
		MUST(!token.len && !flags && ntlm_error_ntstatus(err));
		return 0;
	}
	if (m->request.connectionless) {
		MUST(!input.len);
		return 0;
	}
	MUST(valid);
	check_challenge(m, &neg, (struct ntlm_bytes){ token.data, token.len },
			flags);
	answer(m, input, (struct ntlm_bytes){ token.data, token.len });
	return 0;
}
