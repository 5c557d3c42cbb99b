// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The input is the CHALLENGE of a hostile server. Besides not crashing, what is
 * answered must be an answer: it parses strictly, proves the password, carries a
 * right MIC, and grants what was required and nothing that was not offered.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "options.h"
#include "verify.h"

#define MUST(condition)							\
	do {								\
		if (!(condition)) {					\
			fprintf(stderr, "%s:%d: not true: %s\n",	\
				__FILE__, __LINE__, #condition);	\
			abort();					\
		}							\
	} while (0)

static const uint8_t bindings[NTLM_CHANNEL_BINDINGS_SIZE] = "0123456789abcdef";
static const uint8_t session_key[NTLM_KEY_SIZE] = "fedcba9876543210";

static int fill(void *arg, void *buf, size_t len)
{
	(void)arg;
	if (len == NTLM_KEY_SIZE)
		memcpy(buf, session_key, len);
	else
		memset(buf, 0xaa, len);
	return 0;
}

static void check_pairs(const struct ntlm_request *request,
			const struct ntlm_session *session,
			const struct authenticate_message *msg)
{
	const struct ntlm_bytes *av = msg->av_pairs.value;
	uint32_t flags = av_flags(&msg->av_pairs);

	MUST(!(flags & AV_FLAG_MIC) == !session->mic);
	MUST(!(flags & AV_FLAG_MIC) == !av[AV_TIMESTAMP].data);
	MUST(!av[AV_SINGLE_HOST].data);
	if (request->channel_bindings) {
		MUST(av[AV_CHANNEL_BINDINGS].len == sizeof(bindings));
		MUST(!memcmp(av[AV_CHANNEL_BINDINGS].data, bindings,
			     sizeof(bindings)));
	}
	if (request->required & OPTIONS_PROTECTION)
		MUST(av[AV_NB_COMPUTER_NAME].len && av[AV_NB_DOMAIN_NAME].len);
}

static void check_answer(const struct ntlm_request *request,
			 const struct ntlm_credential *credential,
			 uint32_t offer, struct ntlm_bytes negotiate,
			 struct ntlm_bytes challenge, const struct ntlm_token *token,
			 const struct ntlm_session *session)
{
	struct ntlm_bytes answer = { token->data, token->len };
	struct authenticate_message msg;
	uint8_t key[NTLM_KEY_SIZE];
	uint32_t need = 0;

	MUST(token->len <= token->size && token->len <= NTLM_TOKEN_MAX);
	MUST(authenticate_parse(answer, &msg, NULL) == NTLM_OK);
	MUST(msg.flags == session->flags);
	MUST(!(session->flags & ~(offer | NTLMSSP_NEGOTIATE_TARGET_INFO)));
	if (session->anonymous) {
		MUST(!msg.user.len && !msg.nt.len && !session->key_bits);
		return;
	}
	if (request->required & OPTIONS_PROTECTION)
		need |= NTLMSSP_NEGOTIATE_SIGN | NTLMSSP_NEGOTIATE_128 |
			NTLMSSP_NEGOTIATE_KEY_EXCH |
			NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY;
	if (request->required & NTLM_OPTION_CONFIDENTIALITY)
		need |= NTLMSSP_NEGOTIATE_SEAL;
	MUST(!(need & ~session->flags));
	MUST(verify_authenticate(credential->nt_hash, negotiate, challenge, answer,
				 key, NULL) == NTLM_OK);
	MUST(!memcmp(key, session->exported_session_key, sizeof(key)));
	if (session->flags & NTLMSSP_NEGOTIATE_KEY_EXCH)
		MUST(!memcmp(key, session_key, sizeof(key)));
	check_pairs(request, session, &msg);
}

static void exchange(const struct ntlm_request *request, bool anonymous,
		     struct ntlm_bytes challenge)
{
	static const struct ntlm_credential credential = {
		.user = "User", .domain = "Domain", .nt_hash = "0123456789abcde",
	};
	static const struct ntlm_environment env = {
		.random = fill, .now = UINT64_C(133000000000000000),
	};
	static uint8_t buf[NTLM_TOKEN_MAX];
	struct ntlm_policy policy = NTLM_POLICY_DEFAULT;
	uint8_t neg[NTLM_NEGOTIATE_SIZE];
	struct ntlm_token negotiate = { neg, sizeof(neg), 0 };
	struct ntlm_token token = { buf, sizeof(buf), 0 };
	char text[NTLM_ERROR_TEXT_SIZE];
	struct ntlm_session session;
	struct ntlm_detail detail;
	enum ntlm_error err;
	uint32_t offer;

	policy.workstation = "WORKSTATION";
	MUST(!ntlm_build_negotiate(&policy, request, &negotiate, &offer, NULL));
	err = ntlm_build_authenticate(&policy, request,
				      anonymous ? NULL : &credential, &env,
				      (struct ntlm_bytes){ neg, negotiate.len },
				      challenge, &token, &session, &detail);
	if (!err) {
		check_answer(request, &credential, offer,
			     (struct ntlm_bytes){ neg, negotiate.len }, challenge,
			     &token, &session);
		return;
	}
	MUST(!token.len && !session.flags);
	MUST(ntlm_error_errno(err) > 0);
	MUST(strlen(ntlm_error_describe(err, &detail, text, sizeof(text))) > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct ntlm_request requests[] = {
		{ .required = NTLM_OPTION_INTEGRITY | NTLM_OPTION_CONFIDENTIALITY,
		  .target_name = "cifs/server", .channel_bindings = bindings },
		{ .required = NTLM_OPTION_INTEGRITY },
		{ .wished = NTLM_OPTION_CONFIDENTIALITY, .target_name = "cifs/server",
		  .target_unverified = true },
		{ .required = 0 },
	};
	static const struct ntlm_request nobody = {
		.required = NTLM_OPTION_ANONYMOUS,
	};
	struct ntlm_bytes challenge = { data, size };
	struct ntlm_challenge_info info;

	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++)
		exchange(&requests[i], false, challenge);
	exchange(&nobody, true, challenge);
	if (!ntlm_inspect_challenge(challenge, &info, NULL))
		MUST(strnlen(info.dns_computer, sizeof(info.dns_computer)) <
		     sizeof(info.dns_computer));
	return 0;
}
