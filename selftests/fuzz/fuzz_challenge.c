// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The input is the CHALLENGE of a hostile server, to a client whose policy the
 * first byte chooses. Besides not crashing, what is answered must be an answer:
 * it parses strictly, proves the password, carries a right MIC, and grants what
 * was required and nothing that was not offered.
 */
#include "fuzz.h"
#include "message.h"
#include "options.h"

static void check_pairs(const struct ntlm_request *request,
			const struct ntlm_session *session,
			const struct authenticate_message *msg)
{
	const struct ntlm_bytes *av = msg->av_pairs.value;
	uint32_t flags = av_flags(&msg->av_pairs);

	MUST(!(flags & AV_FLAG_MIC) == !session->mic);
	MUST(!(flags & AV_FLAG_MIC) == !av[AV_TIMESTAMP].data);
	MUST(!av[AV_SINGLE_HOST].data);
	MUST(!session->channel_bound || request->channel_bindings);
	if (session->channel_bound) {
		MUST(av[AV_CHANNEL_BINDINGS].len == sizeof(fuzz_bindings));
		MUST(!memcmp(av[AV_CHANNEL_BINDINGS].data, fuzz_bindings,
			     sizeof(fuzz_bindings)));
	}
	if (request->required & OPTIONS_PROTECTION)
		MUST(av[AV_NB_COMPUTER_NAME].len && av[AV_NB_DOMAIN_NAME].len);
}

static void check_response(const struct client_mode *m,
			   const struct ntlm_session *session)
{
	bool ess = session->flags & NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY;

	if (m->policy.lm_compat_level >= 3)
		MUST(session->response == NTLM_RESPONSE_NTLMV2);
	else if (ess)
		MUST(session->response == NTLM_RESPONSE_NTLM2_SESSION);
	else
		MUST(session->response == NTLM_RESPONSE_NTLM);
	MUST(!ess || m->policy.lm_compat_level);
	MUST(!session->mic || session->response == NTLM_RESPONSE_NTLMV2);
}

static void check_flags(const struct client_mode *m,
			const struct ntlm_session *session, uint32_t offer,
			uint32_t challenge)
{
	const uint32_t protect = NTLMSSP_NEGOTIATE_SIGN | NTLMSSP_NEGOTIATE_SEAL;
	uint32_t need = 0;

	if (m->request.connectionless)
		MUST(!(session->flags & ~challenge));
	else
		MUST(!(session->flags & ~(offer | NTLMSSP_NEGOTIATE_TARGET_INFO)));
	MUST(!!(session->flags & NTLMSSP_NEGOTIATE_DATAGRAM) ==
	     m->request.connectionless);
	if (m->request.required & OPTIONS_PROTECTION)
		need |= NTLMSSP_NEGOTIATE_SIGN | NTLMSSP_NEGOTIATE_KEY_EXCH;
	if (m->request.required & NTLM_OPTION_CONFIDENTIALITY)
		need |= NTLMSSP_NEGOTIATE_SEAL;
	if (m->request.required & NTLM_OPTION_IDENTIFY)
		need |= NTLMSSP_NEGOTIATE_IDENTIFY;
	MUST(!(need & ~session->flags));
	if (!(session->flags & protect))
		return;
	MUST(session->key_bits >= m->policy.min_key_bits);
	MUST(session->flags & NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY ||
	     m->policy.allow_legacy);
	MUST(session->flags & NTLMSSP_NEGOTIATE_128 ||
	     m->policy.min_key_bits < 128 || m->policy.allow_legacy);
}

static void check_answer(const struct client_mode *m, uint32_t offer,
			 const struct ntlm_exchanged *messages,
			 const struct ntlm_session *session)
{
	struct ntlm_bytes answer = messages->authenticate;
	struct challenge_message challenge;
	struct authenticate_message msg;
	uint8_t copy[NTLM_TOKEN_MAX];
	uint8_t key[NTLM_KEY_SIZE];

	MUST(answer.len <= NTLM_TOKEN_MAX);
	MUST(!authenticate_parse(answer, &msg, NULL));
	MUST(!challenge_parse(messages->challenge, &challenge, NULL));
	MUST(msg.flags == session->flags);
	if (session->anonymous) {
		MUST(m->anonymous && !msg.user.len && !msg.nt.len);
		MUST(!session->key_bits);
		return;
	}
	MUST(!m->anonymous);
	check_flags(m, session, offer, challenge.flags);
	check_response(m, session);
	/* what is right already is not changed by putting it right */
	memcpy(copy, answer.data, answer.len);
	MUST(proof_repair(copy, messages, m->request.connectionless,
			  &fuzz_secret, key));
	MUST(!memcmp(copy, answer.data, answer.len));
	MUST(!memcmp(key, session->exported_session_key, sizeof(key)));
	if (msg.ntlmv2)
		check_pairs(&m->request, session, &msg);
	else
		MUST(!session->channel_bound);
	if (m->request.channel_bindings &&
	    !(m->request.wished & NTLM_OPTION_CHANNEL_BINDINGS))
		MUST(session->channel_bound);
}

static void check_server(const struct client_mode *m,
			 const struct ntlm_exchanged *messages,
			 const struct ntlm_session *client)
{
	const struct ntlm_acceptor_policy policy = {
		.lm_compat_level = 0, .min_key_bits = 40, .allow_legacy = true,
		.allow_no_key_exchange = true, .allow_anonymous = true,
		.names = { .nb_computer = "ANY" },
	};
	const struct ntlm_request request = {
		.allow_legacy = true, .min_key_bits = 40,
		.connectionless = m->request.connectionless,
	};
	struct ntlm_session server;

	/* a real acceptor finds the same key, if this was its CHALLENGE */
	if (!ntlm_check_logon(&policy, &request, fuzz_environment.now, messages,
			      &fuzz_secret, &server, NULL))
		MUST(!memcmp(server.exported_session_key,
			     client->exported_session_key, NTLM_KEY_SIZE));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t neg[NTLM_NEGOTIATE_SIZE], buf[NTLM_TOKEN_MAX];
	struct ntlm_token negotiate = { neg, sizeof(neg), 0 };
	struct ntlm_token token = { buf, sizeof(buf), 0 };
	char text[NTLM_ERROR_TEXT_SIZE];
	struct ntlm_exchanged messages;
	struct ntlm_challenge_info info;
	struct ntlm_session session;
	struct ntlm_detail detail;
	struct client_mode m;
	enum ntlm_error err;
	uint32_t offer = 0;

	if (!size)
		return 0;
	m = client_mode(data[0]);
	if (!m.request.connectionless &&
	    ntlm_build_negotiate(&m.policy, &m.request, &negotiate, &offer, NULL))
		return 0;
	messages = (struct ntlm_exchanged){
		.negotiate = { neg, negotiate.len },
		.challenge = { data + 1, size - 1 },
	};
	err = ntlm_build_authenticate(&m.policy, &m.request,
				      m.anonymous ? NULL : &fuzz_credential,
				      &fuzz_environment, messages.negotiate,
				      messages.challenge, &token, &session,
				      &detail);
	if (err) {
		MUST(!token.len && !session.flags);
		MUST(ntlm_error_errno(err) > 0);
		MUST(*ntlm_error_describe(err, &detail, text, sizeof(text)));
	} else {
		messages.authenticate = (struct ntlm_bytes){ buf, token.len };
		check_answer(&m, offer, &messages, &session);
		if (!session.anonymous)
			check_server(&m, &messages, &session);
	}
	if (!ntlm_inspect_challenge(messages.challenge, &info, NULL))
		MUST(strnlen(info.dns_computer, sizeof(info.dns_computer)) <
		     sizeof(info.dns_computer));
	return 0;
}
