// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Valid AUTHENTICATE messages cut at every byte, and with every bit and every
 * byte inverted, under sanitizers. With a MIC nothing may change. Without one
 * who logs on may not, nor what the proof covers, and no flag may be won; that a
 * changed workstation or lost flags go unnoticed is what the MIC is for.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "pair.h"
#include "tap.h"
#include "vectors.h"
#include "wire.h"

struct counts {
	unsigned int tried, accepted, wrong;
};

static bool same_account(const struct ntlm_logon *a, const struct ntlm_logon *b)
{
	return !strcasecmp(a->user, b->user) && !strcasecmp(a->domain, b->domain);
}

static bool acceptable(const struct pair *was, const struct pair *is)
{
	const struct ntlm_session *a = &was->session, *b = &is->session;
	/* A connectionless client may choose all that was offered. */
	uint32_t flags = was->server.connectionless ? was->granted : a->flags;
	const struct ntlm_bytes *x = &was->logon.nt, *y = &is->logon.nt;

	if (a->mic)
		return false;
	if (b->response == NTLM_RESPONSE_NTLMV2 &&
	    (x->len != y->len || memcmp(x->data, y->data, x->len)))
		return false;
	return same_account(&was->logon, &is->logon) &&
	       !(b->flags & ~flags) &&
	       b->response == a->response && b->channel_bound == a->channel_bound &&
	       !b->anonymous;
}

static void try(const struct pair *base, const uint8_t *bytes, size_t len,
		struct counts *counts)
{
	static const struct ntlm_session none;
	uint8_t *copy = malloc(len ? len : 1);
	struct pair p = *base;
	enum ntlm_error result;

	if (!copy)
		err(EXIT_FAILURE, "memory");
	memcpy(copy, bytes, len);
	p.messages.authenticate = (struct ntlm_bytes){ copy, len };
	/* Under another name there is another password. */
	if (!pair_read(&p) && !same_account(&base->logon, &p.logon))
		memset(&p.secret, 0x5a, sizeof(p.secret));
	result = pair_check(&p);
	counts->tried++;
	if (!result) {
		counts->accepted++;
		counts->wrong += !acceptable(base, &p);
	} else if (pair_read(&p) == NTLM_OK) {
		/* pair_check() came as far as the session */
		counts->wrong += p.session.flags || p.session.key_bits ||
				 memcmp(p.session.exported_session_key,
					none.exported_session_key, NTLM_KEY_SIZE);
	}
	free(copy);
}

static void mutate(const struct pair *base, const char *name)
{
	size_t len = base->messages.authenticate.len;
	struct counts counts = { 0 };
	uint8_t *bytes = malloc(len);

	if (!bytes)
		err(EXIT_FAILURE, "memory");
	memcpy(bytes, base->messages.authenticate.data, len);
	for (size_t cut = 0; cut < len; cut++)
		try(base, bytes, cut, &counts);
	for (size_t i = 0; i < len; i++) {
		for (int bit = 0; bit <= 8; bit++) {
			uint8_t mask = (uint8_t)(bit < 8 ? 1 << bit : 0xff);

			bytes[i] ^= mask;
			try(base, bytes, len, &counts);
			bytes[i] ^= mask;
		}
	}
	tap_ok(!counts.wrong && (!base->session.mic || !counts.accepted),
	       "%s: %u variants, %u let in, %u of them wrong", name, counts.tried,
	       counts.accepted, counts.wrong);
	free(bytes);
}

static void test_captures(const char *dir)
{
	static const char *const files[] = {
		"capture_windows_smb_spnego.txt", "capture_windows_upn.txt",
		"capture_mic_without_version.txt", "capture_windows_cbt.txt",
	};

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct vector_file v;
		struct pair p;

		vectors_load(&v, dir, files[i]);
		pair_init(&p);
		p.server.required = 0;
		p.server.channel_bindings = NULL;
		p.policy.target_check = NTLM_TARGET_IGNORE;
		memcpy(p.secret.nt_hash, vectors_get(&v, "ntowfv1").data,
		       NTLM_HASH_SIZE);
		p.messages.negotiate = vectors_get(&v, "negotiate_message");
		p.messages.challenge = vectors_get(&v, "challenge_message");
		p.messages.authenticate = vectors_get(&v, "authenticate_message");
		p.now = wire_le64(vectors_get(&v, "timestamp").data);
		if (pair_check(&p))
			errx(EXIT_FAILURE, "%s", files[i]);
		mutate(&p, files[i]);
		vectors_free(&v);
	}
}

/* as a client that sends none */
static void forget_mic(struct pair *p)
{
	struct authenticate_message msg;

	pair_parse(p, &msg);
	p->authenticate_buf[msg.av_pairs.value[AV_FLAGS].data -
			    p->authenticate_buf] = 0;
	pair_forge(p);
	p->policy.require_mic = false;
	if (pair_check(p) || p->session.mic)
		errx(EXIT_FAILURE, "exchange without a MIC");
}

static void test_own(void)
{
	static const char *const names[] = {
		"NTLMv1", "NTLM2 session", "NTLMv1 without LM", "NTLMv2",
		"NTLMv1, nothing required", "NTLM2 session, nothing required",
		"NTLMv1 without LM, nothing required", "NTLMv2, nothing required",
	};

	for (unsigned int i = 0; i < 18; i++) {
		unsigned int level = i < 16 ? i % 4 : 3;
		bool connectionless = i & 8;
		bool without_mic = i >= 16;
		char name[80];
		struct pair p;

		pair_init(&p);
		p.client_policy.lm_compat_level = level;
		p.client_policy.allow_legacy = p.client.allow_legacy = true;
		p.client.connectionless = p.server.connectionless =
			connectionless || i == 17;
		p.policy.allow_legacy = p.server.allow_legacy = true;
		p.policy.lm_compat_level = 0;
		if (i & 4)
			p.server.required = p.client.required = 0;
		if (connectionless && !level)
			p.server.required = p.client.required = 0;
		if (level < 3) {
			p.client.channel_bindings = p.server.channel_bindings = NULL;
			p.policy.require_mic = false;
			p.policy.target_check = NTLM_TARGET_IGNORE;
		}
		if (pair_run(&p))
			errx(EXIT_FAILURE, "exchange %u: %s", i, p.detail.where);
		if (without_mic)
			forget_mic(&p);
		snprintf(name, sizeof(name), "%s%s%s",
			 without_mic ? names[3] : names[i % 8],
			 without_mic ? " without a MIC" : "",
			 i == 17 || connectionless ? ", connectionless" : "");
		mutate(&p, name);
	}
}

int main(int argc, char **argv)
{
	if (argc != 2)
		errx(EXIT_FAILURE, "usage: %s VECTORS", argv[0]);
	test_captures(argv[1]);
	test_own();
	return tap_done();
}
