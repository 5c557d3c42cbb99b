// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Recorded exchanges and published examples: what clients that nobody here wrote
 * answered lets them in, with the key that is on record.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "accept.h"
#include "crypto.h"
#include "crypto_v1.h"
#include "pair.h"
#include "tap.h"
#include "vectors.h"
#include "wire.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

struct capture {
	const char *file;
	uint32_t required;
	bool bindings;
	size_t mic_offset;
	const char *user;
};

static void load(struct pair *p, struct vector_file *v, const struct capture *c)
{
	pair_init(p);
	p->server.required = c->required;
	p->server.channel_bindings =
		c->bindings ? vectors_get(v, "channel_bindings_hash").data : NULL;
	p->policy.target_check = NTLM_TARGET_IGNORE;
	memcpy(p->secret.nt_hash, vectors_get(v, "ntowfv1").data, NTLM_HASH_SIZE);
	p->secret.has_lm_hash = false;
	p->messages.negotiate = vectors_get(v, "negotiate_message");
	p->messages.challenge = vectors_get(v, "challenge_message");
	p->messages.authenticate = vectors_get(v, "authenticate_message");
	p->now = wire_le64(vectors_get(v, "timestamp").data);
}

static void test_capture(const char *dir, const struct capture *c)
{
	struct authenticate_message msg;
	struct vector_file v;
	struct ntlm_bytes key;
	uint8_t *copy;
	struct pair p;

	vectors_load(&v, dir, c->file);
	key = vectors_get(&v, "exported_session_key");
	load(&p, &v, c);
	tap_number(pair_check(&p), NTLM_OK, "%s: logon", c->file);
	tap_bytes(p.session.exported_session_key, NTLM_KEY_SIZE, key.data, key.len,
		  "%s: key", c->file);
	tap_ok(p.session.response == NTLM_RESPONSE_NTLMV2 && p.session.mic &&
	       p.session.channel_bound == c->bindings &&
	       p.session.key_bits == (c->required ? 128 : 0), "%s: outcome", c->file);
	tap_ok(!strcmp(p.logon.user, c->user), "%s: user %s", c->file, p.logon.user);
	pair_parse(&p, &msg);
	tap_number(msg.mic_offset, c->mic_offset, "%s: place of the MIC", c->file);

	copy = malloc(p.messages.authenticate.len);
	if (!copy)
		err(EXIT_FAILURE, "memory");
	memcpy(copy, p.messages.authenticate.data, p.messages.authenticate.len);
	p.messages.authenticate.data = copy;
	copy[c->mic_offset] ^= 1;
	tap_number(pair_check(&p), NTLM_ERR_MIC, "%s: wrong MIC", c->file);
	copy[c->mic_offset] ^= 1;
	p.secret.nt_hash[0] ^= 1;
	tap_number(pair_check(&p), NTLM_ERR_PROOF, "%s: wrong password", c->file);
	p.secret.nt_hash[0] ^= 1;
	p.server.channel_bindings = pair_bindings;
	if (!c->bindings)
		tap_number(pair_check(&p), NTLM_ERR_BINDINGS,
			   "%s: bindings are required", c->file);
	p.server.channel_bindings = (const uint8_t[NTLM_CHANNEL_BINDINGS_SIZE]){ 1 };
	tap_number(pair_check(&p), NTLM_ERR_BINDINGS, "%s: other bindings", c->file);
	p.server.channel_bindings = NULL;
	tap_number(pair_check(&p), NTLM_OK, "%s: bindings do not matter", c->file);
	p.now += 1801 * FILETIME_SECOND;
	tap_number(pair_check(&p), NTLM_ERR_EXPIRED, "%s: too late", c->file);
	free(copy);
	vectors_free(&v);
}

/* messages of an example, as if this acceptor had sent the CHALLENGE */
static void example(struct vector_file *v, struct acceptance *a,
		    enum ntlm_response response)
{
	memset(a, 0, sizeof(*a));
	if (challenge_parse(vectors_get(v, "challenge_message"), &a->challenge, NULL) ||
	    authenticate_parse(vectors_get(v, "authenticate_message"),
			       &a->authenticate, NULL))
		errx(EXIT_FAILURE, "example malformed");
	a->flags = a->authenticate.flags;
	a->response = response;
}

static void proves(const struct acceptance *acceptance,
		   const struct ntlm_secret *secret, struct ntlm_bytes key,
		   const char *what)
{
	struct ntlm_secret wrong = *secret;
	struct acceptance a = *acceptance;
	uint8_t got[NTLM_KEY_SIZE];

	tap_number(accept_prove(&a, secret, got, NULL), NTLM_OK, "%s: proof", what);
	tap_bytes(got, sizeof(got), key.data, key.len, "%s: key exchange key", what);
	wrong.nt_hash[1] ^= 1;
	wrong.lm_hash[1] ^= 1;
	a = *acceptance;
	tap_number(accept_prove(&a, &wrong, got, NULL), NTLM_ERR_PROOF,
		   "%s: wrong password", what);
}

static void test_ntlmv1(const char *dir)
{
	struct ntlm_secret secret = { .has_lm_hash = true };
	static const uint8_t lm_only_key[NTLM_KEY_SIZE] = {
		0xe5, 0x2c, 0xac, 0x67, 0x41, 0x9a, 0x9a, 0x22
	};
	uint8_t got[NTLM_KEY_SIZE];
	struct vector_file v;
	struct acceptance a;

	vectors_load(&v, dir, "ntlmv1.txt");
	memcpy(secret.nt_hash, vectors_get(&v, "ntowfv1").data, NTLM_HASH_SIZE);
	memcpy(secret.lm_hash, vectors_get(&v, "lmowfv1").data, NTLM_HASH_SIZE);
	example(&v, &a, NTLM_RESPONSE_NTLM);
	proves(&a, &secret, vectors_get(&v, "key_exchange_key"), "NTLMv1");
	a.flags |= NTLMSSP_REQUEST_NON_NT_SESSION_KEY;
	proves(&a, &secret, vectors_get(&v, "key_exchange_key_non_nt"),
	       "NTLMv1, REQUEST_NON_NT_SESSION_KEY");
	a.flags |= NTLMSSP_NEGOTIATE_LM_KEY;
	proves(&a, &secret, vectors_get(&v, "key_exchange_key_lm_key"),
	       "NTLMv1, LM_KEY");
	secret.has_lm_hash = false;
	tap_number(accept_prove(&a, &secret, got, NULL), NTLM_ERR_OPTION_REFUSED,
		   "NTLMv1, LM_KEY: account without an LM hash");
	tap_ok(!accept_key(&a, secret.nt_hash, NULL, got),
	       "NTLMv1, LM_KEY: somebody else's key without an LM hash");
	secret.has_lm_hash = true;

	example(&v, &a, NTLM_RESPONSE_LM);
	a.authenticate.nt.len = 0;
	proves(&a, &secret, (struct ntlm_bytes){ lm_only_key, 16 }, "LM alone");
	a.flags |= NTLMSSP_NEGOTIATE_LM_KEY;
	proves(&a, &secret, vectors_get(&v, "key_exchange_key_lm_key"),
	       "LM alone, LM_KEY");
	vectors_free(&v);

	vectors_load(&v, dir, "ntlmv1_ess.txt");
	example(&v, &a, NTLM_RESPONSE_NTLM2_SESSION);
	proves(&a, &secret, vectors_get(&v, "key_exchange_key"), "NTLM2 session");
	a.response = NTLM_RESPONSE_NTLM;
	tap_number(accept_prove(&a, &secret, got, NULL), NTLM_ERR_PROOF,
		   "NTLM2 session response is no NTLMv1 response");
	vectors_free(&v);

	vectors_load(&v, dir, "ntlmv2.txt");
	example(&v, &a, NTLM_RESPONSE_NTLMV2);
	proves(&a, &secret, vectors_get(&v, "key_exchange_key"), "NTLMv2");
	a.flags &= ~NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY;
	a.flags |= NTLMSSP_NEGOTIATE_LM_KEY;
	proves(&a, &secret, vectors_get(&v, "key_exchange_key"),
	       "NTLMv2 whatever the flags");
	vectors_free(&v);
}

/* responses without messages around them */
static void test_davenport(const char *dir)
{
	static const struct {
		enum ntlm_response asked, found;
		const char *lm, *nt;
	} cases[] = {
		{ NTLM_RESPONSE_LM, NTLM_RESPONSE_LM, "lm_response", NULL },
		{ NTLM_RESPONSE_LM, NTLM_RESPONSE_LMV2, "lmv2_response", NULL },
		{ NTLM_RESPONSE_LM, NTLM_RESPONSE_NTLM, "nt_response", NULL },
		{ NTLM_RESPONSE_NTLM, NTLM_RESPONSE_NTLM, "lm_response", "nt_response" },
		{ NTLM_RESPONSE_NTLM2_SESSION, NTLM_RESPONSE_NTLM2_SESSION,
		  "ntlm2_session_lm_response", "ntlm2_session_nt_response" },
		{ NTLM_RESPONSE_NTLMV2, NTLM_RESPONSE_NTLMV2, "lmv2_response", "" },
	};
	struct ntlm_secret secret = { .has_lm_hash = true };
	struct ntlm_bytes proof, blob;
	uint8_t ntlmv2[1024];
	struct vector_file v;

	vectors_load(&v, dir, "davenport.txt");
	memcpy(secret.nt_hash, vectors_get(&v, "ntowfv1").data, NTLM_HASH_SIZE);
	memcpy(secret.lm_hash, vectors_get(&v, "lmowfv1").data, NTLM_HASH_SIZE);
	proof = vectors_get(&v, "nt_proof_str");
	blob = vectors_get(&v, "ntlmv2_blob");
	memcpy(ntlmv2, proof.data, proof.len);
	memcpy(ntlmv2 + proof.len, blob.data, blob.len);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct acceptance a = { .flags = NTLMSSP_NEGOTIATE_UNICODE,
					.response = cases[i].asked };
		struct authenticate_message *auth = &a.authenticate;
		const char *nt = cases[i].nt;
		uint8_t key[NTLM_KEY_SIZE];

		a.challenge.server_challenge = vectors_get(&v, "server_challenge").data;
		auth->user = vectors_get(&v, "user_utf16");
		auth->domain = vectors_get(&v, "domain_utf16");
		auth->lm = vectors_get(&v, cases[i].lm);
		if (nt)
			auth->nt = *nt ? vectors_get(&v, nt) : (struct ntlm_bytes){
				ntlmv2, proof.len + blob.len };
		tap_ok(accept_prove(&a, &secret, key, NULL) == NTLM_OK &&
		       a.response == cases[i].found, "davenport: %s",
		       ntlm_response_name(cases[i].found));
		a.response = cases[i].asked;
		a.challenge.server_challenge = secret.nt_hash;
		tap_number(accept_prove(&a, &secret, key, NULL), NTLM_ERR_PROOF,
			   "davenport: %s, other challenge",
			   ntlm_response_name(cases[i].found));
	}
	vectors_free(&v);
}

int main(int argc, char **argv)
{
	static const struct capture captures[] = {
		{ "capture_windows_smb_spnego.txt", NTLM_OPTION_INTEGRITY, false, 72,
		  "vagrant-domain" },
		{ "capture_windows_upn.txt",
		  NTLM_OPTION_INTEGRITY | NTLM_OPTION_CONFIDENTIALITY, false, 72,
		  "vagrant-domain@DOMAIN.LOCAL" },
		{ "capture_mic_without_version.txt",
		  NTLM_OPTION_INTEGRITY | NTLM_OPTION_CONFIDENTIALITY, false, 64,
		  "vagrant-domain@DOMAIN.LOCAL" },
		{ "capture_windows_cbt.txt", 0, true, 72, "Administrator" },
	};

	if (argc != 2)
		errx(EXIT_FAILURE, "usage: %s VECTORS", argv[0]);
	for (size_t i = 0; i < ARRAY_SIZE(captures); i++)
		test_capture(argv[1], &captures[i]);
	test_ntlmv1(argv[1]);
	test_davenport(argv[1]);
	return tap_done();
}
