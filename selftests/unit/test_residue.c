// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The library runs on a stack of its own, which is searched for secrets
 * afterwards: as they are, and as HMAC pads them. Built without sanitizers, and
 * optimised, for these change what is left on a stack.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "crypto.h"
#include "crypto_v1.h"
#include "fixture.h"
#include "residue.h"
#include "tap.h"

static const char password[] = "Correct Horse Battery Staple";
static const char lm_password[] = "Horse Batter";

static struct fixture fixture;
static uint8_t hash[NTLM_HASH_SIZE];
static enum ntlm_error result;

/* a different callee that leaves its secret: the search must find it */
static void run_leak(void)
{
	/* deep enough that leaving the context does not overwrite it */
	uint8_t local[4096];

	memcpy(local, fixture.credential.nt_hash, NTLM_HASH_SIZE);
	/* The compiler must believe that somebody reads it. */
	__asm__ volatile("" : : "r"(local) : "memory");
	result = NTLM_OK;
}

static void run_nt_hash(void)
{
	result = ntlm_nt_hash(password, sizeof(password) - 1, hash);
}

static void run_bad_password(void)
{
	result = ntlm_nt_hash("Correct Horse\xff", 14, hash);
}

static void run_authenticate(void)
{
	struct ntlm_environment env = { fixture_random, &fixture.random, fixture.now };

	result = ntlm_build_authenticate(&fixture.policy, &fixture.request,
					 &fixture.credential, &env,
					 fixture.negotiate, fixture.challenge,
					 &fixture.token, &fixture.session,
					 &fixture.detail);
}

static void run_lm_hash(void)
{
	result = ntlm_lm_hash(lm_password, sizeof(lm_password) - 1, hash);
}

static void run_bad_lm_password(void)
{
	result = ntlm_lm_hash("Horse Batter\xff", 13, hash);
}

static void secrets(uint8_t *stack, const char *what)
{
	static const uint8_t key[NTLM_KEY_SIZE] = "\x11\x82\x73\x24\xd5\xe6\x97\xb8"
		"\x49\x5a\x6b\x3c\xcd\xde\x1f\x90";
	static uint8_t ntowfv2[NTLM_KEY_SIZE], kxk[NTLM_KEY_SIZE];
	static bool derived;
	uint8_t utf16[2 * sizeof(password)];
	struct authenticate_message msg;

	for (size_t i = 0; i < sizeof(password); i++) {
		utf16[2 * i] = (uint8_t)password[i];
		utf16[2 * i + 1] = 0;
	}
	tap_ok(!residue_found(stack, utf16, sizeof(utf16)), "%s: no password", what);
	tap_ok(!residue_found(stack, fixture.credential.nt_hash, NTLM_HASH_SIZE),
	       "%s: no NT hash", what);
	if (fixture.token.len) {
		fixture_parse(&fixture, &msg);
		crypto_ntowfv2(fixture.credential.nt_hash, msg.user, msg.domain,
			       ntowfv2);
		crypto_session_base_key(ntowfv2, msg.nt.data, kxk);
		derived = true;
	}
	if (derived) {
		tap_ok(!residue_found(stack, ntowfv2, sizeof(ntowfv2)), "%s: no NTOWFv2", what);
		tap_ok(!residue_found(stack, kxk, sizeof(kxk)), "%s: no key exchange key", what);
		tap_ok(!residue_found(stack, key, sizeof(key)), "%s: no session key", what);
	}
	residue_free(stack);
}

/* What NTLMv1 derives: the same stack is searched for all of it. */
static void secrets_v1(uint8_t *stack, const char *what,
		       const uint8_t key[NTLM_KEY_SIZE])
{
	static const char upper[] = "HORSE BATTER";
	uint8_t base[NTLM_KEY_SIZE], kxk[NTLM_KEY_SIZE];
	const struct ntlm_credential *c = &fixture.credential;
	struct authenticate_message msg;

	tap_ok(!residue_found(stack, (const uint8_t *)upper, sizeof(upper) - 1),
	       "%s: no password in upper case", what);
	tap_ok(!residue_found(stack, c->nt_hash, NTLM_HASH_SIZE), "%s: no NT hash", what);
	tap_ok(!residue_found(stack, c->lm_hash, NTLM_HASH_SIZE), "%s: no LM hash", what);
	if (fixture.token.len) {
		fixture_parse(&fixture, &msg);
		crypto_session_base_key_v1(c->nt_hash, base);
		crypto_kxkey_v1(fixture.session.flags, base, c->lm_hash,
				fixture.challenge.data + 24, msg.lm.data, kxk);
		tap_ok(!residue_found(stack, base, sizeof(base)), "%s: no session base key",
		       what);
		tap_ok(!residue_found(stack, kxk, sizeof(kxk)), "%s: no key exchange key", what);
		tap_ok(!residue_found(stack, key, NTLM_KEY_SIZE), "%s: no session key", what);
	}
	residue_free(stack);
}

/* LM_KEY is derived with DES keys made of the LM hash. */
static void test_v1(unsigned int level, uint32_t flags, const char *what,
		    const uint8_t random[24])
{
	fixture_init(&fixture);
	fixture.policy.lm_compat_level = level;
	fixture.policy.min_key_bits = 40;
	fixture.policy.allow_legacy = true;
	fixture.policy.real_lm_response = true;
	fixture.request.allow_legacy = true;
	fixture.random.left = (struct ntlm_bytes){ random, 24 };
	fixture.credential.has_lm_hash = true;
	if (ntlm_nt_hash(lm_password, sizeof(lm_password) - 1,
			 fixture.credential.nt_hash) ||
	    ntlm_lm_hash(lm_password, sizeof(lm_password) - 1,
			 fixture.credential.lm_hash) ||
	    fixture_negotiate(&fixture))
		errx(EXIT_FAILURE, "fixture");
	fixture_challenge(&fixture, flags, "00000000");
	secrets_v1(residue_run(run_authenticate), what, random + 8);
	tap_ok(!result && fixture.token.len, "%s: built", what);
}

int main(void)
{
	static const uint8_t random[24] = "\x77\x66\x55\x44\x33\x22\x11\x01"
		"\x11\x82\x73\x24\xd5\xe6\x97\xb8\x49\x5a\x6b\x3c\xcd\xde\x1f\x90";
	uint8_t *stack;

	fixture_init(&fixture);
	fixture.random.left = (struct ntlm_bytes){ random, sizeof(random) };
	if (ntlm_nt_hash(password, sizeof(password) - 1, fixture.credential.nt_hash) ||
	    fixture_negotiate(&fixture))
		errx(EXIT_FAILURE, "fixture");

	stack = residue_run(run_leak);
	tap_ok(!result && residue_found(stack, fixture.credential.nt_hash, NTLM_HASH_SIZE),
	       "a secret that is left is found");
	residue_free(stack);

	stack = residue_run(run_nt_hash);
	tap_number(result, NTLM_OK, "ntlm_nt_hash()");
	secrets(stack, "ntlm_nt_hash()");
	stack = residue_run(run_bad_password);
	tap_number(result, NTLM_ERR_UTF8, "ntlm_nt_hash() of a bad password");
	secrets(stack, "ntlm_nt_hash() of a bad password");
	stack = residue_run(run_authenticate);
	tap_number(result, NTLM_OK, "ntlm_build_authenticate()");
	secrets(stack, "ntlm_build_authenticate()");

	fixture.random.left = (struct ntlm_bytes){ random, sizeof(random) };
	fixture.token.size = 300;
	stack = residue_run(run_authenticate);
	tap_number(result, NTLM_ERR_TOO_LARGE, "ntlm_build_authenticate() without room");
	secrets(stack, "ntlm_build_authenticate() without room");

	test_v1(0, (FIXTURE_CHALLENGE_FLAGS | NTLMSSP_NEGOTIATE_LM_KEY) &
		   ~NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY, "LM and LM_KEY", random);
	test_v1(1, FIXTURE_CHALLENGE_FLAGS, "NTLM2 session response", random);
	fixture.token.len = 0;
	secrets_v1(residue_run(run_lm_hash), "ntlm_lm_hash()", random + 8);
	tap_number(result, NTLM_OK, "ntlm_lm_hash()");
	secrets_v1(residue_run(run_bad_lm_password), "ntlm_lm_hash() of a bad password",
		   random + 8);
	tap_number(result, NTLM_ERR_ARGUMENT, "ntlm_lm_hash() of a bad password");
	return tap_done();
}
