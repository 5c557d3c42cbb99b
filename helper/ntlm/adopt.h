/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AUTHENTICATE_MESSAGE of somebody else who has the password.
 */
#ifndef NTLM_ADOPT_H
#define NTLM_ADOPT_H

#include "ntlm.h"

/**
 * ntlm_adopt_authenticate() - is this message what was wanted?
 * @policy: the administrator's decisions
 * @request: as given to ntlm_build_negotiate()
 * @now: current FILETIME
 * @negotiate: NEGOTIATE_MESSAGE as sent
 * @challenge: CHALLENGE_MESSAGE as received
 * @authenticate: the message
 * @exported_session_key: NTLM_KEY_SIZE bytes that go with it
 * @session: receives the outcome; all zero on failure
 * @detail: receives what failed; may be NULL
 *
 * The CHALLENGE has to be one that ntlm_build_authenticate() takes, and the
 * message as strong as one that it makes: no flags but those that are agreed on,
 * all that are required, an NTLMv2 response, channel bindings where they are
 * mandatory, and with struct ntlm_policy.require_mic a MIC. The target name is
 * not looked at: a message without one does not claim any.
 *
 * Return: NTLM_OK; NTLM_ERR_ANONYMOUS if nobody logs on with the message;
 * NTLM_ERR_WEAK_RESPONSE; NTLM_ERR_NO_MIC; NTLM_ERR_BINDINGS;
 * NTLM_ERR_ARGUMENT for a connectionless or anonymous request; and what
 * ntlm_build_authenticate() returns.
 */
enum ntlm_error ntlm_adopt_authenticate(const struct ntlm_policy *policy,
					const struct ntlm_request *request,
					uint64_t now,
					struct ntlm_bytes negotiate,
					struct ntlm_bytes challenge,
					struct ntlm_bytes authenticate,
					const uint8_t *exported_session_key,
					struct ntlm_session *session,
					struct ntlm_detail *detail);

#endif
