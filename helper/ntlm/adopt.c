// SPDX-License-Identifier: GPL-2.0-or-later
#include "adopt.h"

#include <string.h>

#include "exchange.h"
#include "flags.h"
#include "options.h"

/* what session security follows from: [MS-NLMP] 3.4 */
#define FLAGS_SECURITY							\
	(FLAGS_PROTECTION | NTLMSSP_NEGOTIATE_ALWAYS_SIGN |		\
	 NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY |			\
	 NTLMSSP_NEGOTIATE_KEY_EXCH | NTLMSSP_NEGOTIATE_LM_KEY |	\
	 NTLMSSP_NEGOTIATE_DATAGRAM | NTLMSSP_NEGOTIATE_128 |		\
	 NTLMSSP_NEGOTIATE_56)

static enum ntlm_error check_bindings(const struct ntlm_request *request,
				      const struct authenticate_message *msg,
				      bool *bound, struct ntlm_detail *detail)
{
	struct ntlm_bytes sent = msg->av_pairs.value[AV_CHANNEL_BINDINGS];
	bool wished = request->wished & NTLM_OPTION_CHANNEL_BINDINGS &&
		      !(request->required & NTLM_OPTION_CHANNEL_BINDINGS);

	*bound = request->channel_bindings && msg->ntlmv2 && sent.data &&
		 !memcmp(sent.data, request->channel_bindings,
			 NTLM_CHANNEL_BINDINGS_SIZE);
	if (!request->channel_bindings || *bound || wished)
		return NTLM_OK;
	return ntlm_fail(detail, NTLM_ERR_BINDINGS,
			 "the message does not have them");
}

static enum ntlm_error check_message(const struct ntlm_policy *policy,
				     const struct ntlm_request *request,
				     const struct authenticate_message *msg,
				     struct ntlm_session *session,
				     struct ntlm_detail *detail)
{
	if (!msg->user.len)
		return ntlm_fail(detail, NTLM_ERR_ANONYMOUS,
				 "the message names no user");
	if (!msg->ntlmv2)
		return ntlm_fail(detail, NTLM_ERR_WEAK_RESPONSE,
				 "the message has no NTLMv2 response");
	session->response = NTLM_RESPONSE_NTLMV2;
	session->mic = msg->mic_offset != 0;
	if (policy->require_mic && !session->mic)
		return ntlm_fail(detail, NTLM_ERR_NO_MIC, "the message has none");
	return check_bindings(request, msg, &session->channel_bound, detail);
}

static enum ntlm_error check_flags(const struct ntlm_policy *policy,
				   const struct ntlm_request *request,
				   uint32_t agreed, uint32_t flags,
				   struct ntlm_session *session,
				   struct ntlm_detail *detail)
{
	/* both sides would derive other keys from them than the kernel */
	if (flags & FLAGS_SECURITY & ~agreed)
		return ntlm_fail(detail, NTLM_ERR_MALFORMED,
				 "the message has flags that were not agreed on");
	return options_select(policy, request, agreed, flags, &session->flags,
			      detail);
}

enum ntlm_error ntlm_adopt_authenticate(const struct ntlm_policy *policy,
					const struct ntlm_request *request,
					uint64_t now,
					struct ntlm_bytes negotiate,
					struct ntlm_bytes challenge,
					struct ntlm_bytes authenticate,
					const uint8_t *exported_session_key,
					struct ntlm_session *session,
					struct ntlm_detail *detail)
{
	struct authenticate_message msg;
	struct exchange x;
	enum ntlm_error err;

	memset(session, 0, sizeof(*session));
	if (request->connectionless || options_anonymous(request))
		return ntlm_fail(detail, NTLM_ERR_ARGUMENT,
				 "only a user on a connection has such a message");
	err = exchange_decide(policy, request, now, negotiate, challenge, &x,
			      detail);
	if (!err)
		err = authenticate_parse(authenticate, &msg, detail);
	if (!err)
		err = check_flags(policy, request, x.flags, msg.flags, session,
				  detail);
	if (!err)
		err = check_message(policy, request, &msg, session, detail);
	if (err) {
		memset(session, 0, sizeof(*session));
		return err;
	}
	session->key_bits = options_key_bits(session->flags);
	memcpy(session->exported_session_key, exported_session_key, NTLM_KEY_SIZE);
	return NTLM_OK;
}
