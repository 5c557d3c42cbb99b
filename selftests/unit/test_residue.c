// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The library runs on a stack of its own, which is searched for secrets
 * afterwards: as they are, and as HMAC pads them. Built without sanitizers, and
 * optimised, for these change what is left on a stack.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "crypto.h"
#include "fixture.h"
#include "tap.h"
#include "verify.h"

#define STACK_SIZE (256 * 1024)
/* fewer bytes than this could be there by chance */
#define PIECE 6

static const char password[] = "Correct Horse Battery Staple";

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

static void run_verify(void)
{
	struct ntlm_bytes token = { fixture.token.data, fixture.token.len };

	result = verify_authenticate(fixture.credential.nt_hash, fixture.negotiate,
				     fixture.challenge, token, hash, NULL);
}

static uint8_t *run(void (*function)(void))
{
	static ucontext_t here, there;
	uint8_t *stack;

	stack = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (stack == MAP_FAILED || getcontext(&there))
		err(EXIT_FAILURE, "stack");
	there.uc_stack.ss_sp = stack;
	there.uc_stack.ss_size = STACK_SIZE;
	there.uc_link = &here;
	makecontext(&there, function, 0);
	if (swapcontext(&here, &there))
		err(EXIT_FAILURE, "swapcontext");
	return stack;
}

static bool found(const uint8_t *stack, const uint8_t *secret, size_t len)
{
	static const uint8_t pads[] = { 0, 0x36, 0x5c };

	for (size_t p = 0; p < sizeof(pads); p++) {
		for (size_t at = 0; at + PIECE <= len; at++) {
			uint8_t piece[PIECE];

			for (size_t i = 0; i < PIECE; i++)
				piece[i] = secret[at + i] ^ pads[p];
			if (memmem(stack, STACK_SIZE, piece, PIECE))
				return true;
		}
	}
	return false;
}

static void secrets(const uint8_t *stack, const char *what)
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
	tap_ok(!found(stack, utf16, sizeof(utf16)), "%s: no password", what);
	tap_ok(!found(stack, fixture.credential.nt_hash, NTLM_HASH_SIZE),
	       "%s: no NT hash", what);
	if (fixture.token.len) {
		fixture_parse(&fixture, &msg);
		crypto_ntowfv2(fixture.credential.nt_hash, msg.user, msg.domain,
			       ntowfv2);
		crypto_session_base_key(ntowfv2, msg.nt.data, kxk);
		derived = true;
	}
	if (derived) {
		tap_ok(!found(stack, ntowfv2, sizeof(ntowfv2)), "%s: no NTOWFv2", what);
		tap_ok(!found(stack, kxk, sizeof(kxk)), "%s: no key exchange key", what);
		tap_ok(!found(stack, key, sizeof(key)), "%s: no session key", what);
	}
	munmap((void *)(uintptr_t)stack, STACK_SIZE);
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

	stack = run(run_leak);
	tap_ok(!result && found(stack, fixture.credential.nt_hash, NTLM_HASH_SIZE),
	       "a secret that is left is found");
	munmap(stack, STACK_SIZE);

	stack = run(run_nt_hash);
	tap_number(result, NTLM_OK, "ntlm_nt_hash()");
	secrets(stack, "ntlm_nt_hash()");
	stack = run(run_bad_password);
	tap_number(result, NTLM_ERR_UTF8, "ntlm_nt_hash() of a bad password");
	secrets(stack, "ntlm_nt_hash() of a bad password");
	stack = run(run_authenticate);
	tap_number(result, NTLM_OK, "ntlm_build_authenticate()");
	secrets(stack, "ntlm_build_authenticate()");
	stack = run(run_verify);
	tap_number(result, NTLM_OK, "verify_authenticate()");
	secrets(stack, "verify_authenticate()");

	fixture.random.left = (struct ntlm_bytes){ random, sizeof(random) };
	fixture.token.size = 300;
	stack = run(run_authenticate);
	tap_number(result, NTLM_ERR_TOO_LARGE, "ntlm_build_authenticate() without room");
	secrets(stack, "ntlm_build_authenticate() without room");
	return tap_done();
}
