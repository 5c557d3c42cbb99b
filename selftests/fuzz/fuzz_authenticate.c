// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The input is what a hostile client sends to an acceptor whose policy the first
 * byte chooses: an AUTHENTICATE. Without the password nobody gets in. With it,
 * which is to say with a proof and a MIC that are put right, what is accepted is
 * what policy allows, and no bit of what these protect can be changed.
 */
#include "fuzz.h"
#include "message.h"
#include "options.h"

static void check_parse(struct ntlm_bytes input)
{
	struct authenticate_message auth;

	if (authenticate_parse(input, &auth, NULL))
		return;
	inside(auth.lm, input);
	inside(auth.nt, input);
	inside(auth.domain, input);
	inside(auth.user, input);
	inside(auth.workstation, input);
	inside(auth.session_key, input);
	if (auth.mic_offset) {
		MUST(auth.ntlmv2);
		inside((struct ntlm_bytes){ input.data + auth.mic_offset,
					    MIC_SIZE }, input);
	}
}

static bool is_allowed(unsigned int level, enum ntlm_response response)
{
	switch (response) {
	case NTLM_RESPONSE_NTLMV2:
		return true;
	case NTLM_RESPONSE_NTLM:
	case NTLM_RESPONSE_NTLM2_SESSION:
		return level <= 4;
	case NTLM_RESPONSE_LM:
	case NTLM_RESPONSE_LMV2:
		return level <= 3;
	default:
		return false;
	}
}

static void check_claims(const struct server_mode *m,
			 const struct ntlm_exchanged *messages)
{
	struct authenticate_message auth;
	struct challenge_message challenge;
	struct ntlm_logon logon;
	enum ntlm_error err;

	err = ntlm_read_authenticate(&m->policy, &m->request,
				     fuzz_environment.now, messages, &logon,
				     NULL);
	if (err) {
		MUST(ntlm_error_ntstatus(err));
		return;
	}
	MUST(!authenticate_parse(messages->authenticate, &auth, NULL));
	MUST(!challenge_parse(messages->challenge, &challenge, NULL));
	inside(logon.lm, messages->authenticate);
	inside(logon.nt, messages->authenticate);
	MUST(strnlen(logon.user, sizeof(logon.user)) < sizeof(logon.user));
	MUST(strnlen(logon.domain, sizeof(logon.domain)) < sizeof(logon.domain));
	MUST(strnlen(logon.workstation, sizeof(logon.workstation)) <
	     sizeof(logon.workstation));
	if (logon.response == NTLM_RESPONSE_NONE)
		logon.flags &= ~(uint32_t)NTLMSSP_ANONYMOUS;
	MUST(!(logon.flags & ~challenge.flags));
	MUST(!(logon.flags & ~auth.flags));
	if (logon.response == NTLM_RESPONSE_NONE)
		MUST(m->policy.allow_anonymous && !*logon.user && !logon.nt.len);
	else
		MUST(is_allowed(m->policy.lm_compat_level, logon.response));
}

static enum ntlm_error logon(const struct server_mode *m,
			     const struct ntlm_exchanged *messages,
			     const struct ntlm_secret *secret,
			     struct ntlm_session *session)
{
	static const struct ntlm_session none;
	enum ntlm_error err;

	memset(session, 0xaa, sizeof(*session));
	err = ntlm_check_logon(&m->policy, &m->request, fuzz_environment.now,
			       messages, secret, session, NULL);
	if (err) {
		MUST(ntlm_error_ntstatus(err));
		MUST(!memcmp(session, &none, sizeof(none)));
	}
	return err;
}

static void check_session(const struct server_mode *m,
			  const struct ntlm_exchanged *messages,
			  const struct ntlm_session *s, const uint8_t *key)
{
	const uint32_t protect = NTLMSSP_NEGOTIATE_SIGN | NTLMSSP_NEGOTIATE_SEAL;
	struct authenticate_message auth;
	const struct ntlm_bytes *av = auth.av_pairs.value;

	MUST(!authenticate_parse(messages->authenticate, &auth, NULL));
	MUST(!s->anonymous);
	MUST(is_allowed(m->policy.lm_compat_level, s->response));
	MUST(!memcmp(s->exported_session_key, key, NTLM_KEY_SIZE));
	MUST(s->mic == !!auth.mic_offset);
	MUST(s->mic || !m->policy.require_mic);
	if (m->request.required) {
		MUST(!(protect & ~s->flags));
		MUST(s->key_bits >= 128);
	}
	if (s->flags & protect) {
		MUST(s->key_bits >= 128);
		MUST(m->policy.allow_legacy ||
		     s->flags & NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY);
	}
	MUST(!!(s->flags & NTLMSSP_NEGOTIATE_DATAGRAM) ==
	     m->request.connectionless);
	if (m->request.channel_bindings) {
		MUST(s->channel_bound && auth.ntlmv2);
		MUST(!memcmp(av[AV_CHANNEL_BINDINGS].data, fuzz_bindings,
			     sizeof(fuzz_bindings)));
	}
	if (m->policy.target_check == NTLM_TARGET_REQUIRE) {
		MUST(auth.ntlmv2 && av[AV_TARGET_NAME].len);
		MUST(!(av_flags(&auth.av_pairs) & AV_FLAG_UNTRUSTED_TARGET));
	}
}

/* A bit of what the proof or the MIC covers, in a copy of one message */
static void check_changed(const struct server_mode *m,
			  const struct ntlm_exchanged *messages,
			  const struct ntlm_session *s, uint32_t choice)
{
	struct authenticate_message auth;
	struct ntlm_exchanged changed = *messages;
	struct ntlm_session session;
	struct ntlm_bytes *message;
	size_t first = 0, len;
	uint8_t *copy;

	MUST(!authenticate_parse(messages->authenticate, &auth, NULL));
	if (choice % 4 == 1) {
		message = &changed.challenge;
		/* without a MIC the proof covers the number only */
		first = s->mic ? 0 : CHAL_SERVER_CHALLENGE;
		len = s->mic ? message->len : SERVER_CHALLENGE_SIZE;
	} else if (choice % 4 == 2 && s->mic && messages->negotiate.len) {
		message = &changed.negotiate;
		len = message->len;
	} else if (s->mic) {
		message = &changed.authenticate;
		len = message->len;
	} else if (auth.ntlmv2) {
		message = &changed.authenticate;
		first = (size_t)(auth.nt.data - message->data);
		len = auth.nt.len;
	} else {
		return;
	}
	copy = malloc(message->len);
	if (!copy)
		return;
	memcpy(copy, message->data, message->len);
	copy[first + choice / 32 % len] ^= (uint8_t)(1u << choice / 4 % 8);
	message->data = copy;
	MUST(logon(m, &changed, &fuzz_secret, &session));
	free(copy);
}

static void check_nobody(const struct server_mode *m,
			 const struct ntlm_exchanged *messages)
{
	static const uint8_t none[NTLM_KEY_SIZE];
	struct ntlm_session s;

	if (ntlm_finish_nobody(&m->policy, &m->request, fuzz_environment.now,
			       messages, &s, NULL))
		return;
	MUST(!m->request.required && !m->request.channel_bindings);
	MUST(!(s.flags & (NTLMSSP_NEGOTIATE_SIGN | NTLMSSP_NEGOTIATE_SEAL)));
	MUST(!memcmp(s.exported_session_key, none, sizeof(none)));
	MUST(!s.key_bits);
	MUST(!s.anonymous || m->policy.allow_anonymous);
}

static uint32_t hash(const uint8_t *data, size_t size)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < size; i++)
		h = (uint32_t)((h ^ data[i]) * UINT64_C(16777619));
	return h;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct server_mode *m;
	struct ntlm_exchanged messages;
	struct ntlm_session session;
	uint8_t key[NTLM_KEY_SIZE];
	uint8_t *copy;

	if (!size)
		return 0;
	m = server_mode(data[0]);
	messages = (struct ntlm_exchanged){ m->negotiate, m->challenge,
					    { data + 1, size - 1 } };
	check_parse(messages.authenticate);
	check_claims(m, &messages);
	check_nobody(m, &messages);
	ntlm_finish_logon(&m->policy, &m->request, fuzz_environment.now,
			  &messages, fuzz_secret.nt_hash, fuzz_secret.lm_hash,
			  &session, NULL);
	if (!m->repair) {
		MUST(logon(m, &messages, &fuzz_other_secret, &session));
		return 0;
	}
	copy = malloc(size);
	if (!copy)
		return 0;
	memcpy(copy, data + 1, size - 1);
	messages.authenticate.data = copy;
	if (proof_repair(copy, &messages, m->request.connectionless,
			 &fuzz_secret, key) &&
	    !logon(m, &messages, &fuzz_secret, &session)) {
		check_session(m, &messages, &session, key);
		check_changed(m, &messages, &session, hash(data, size));
		MUST(logon(m, &messages, &fuzz_other_secret, &session));
	}
	free(copy);
	return 0;
}
