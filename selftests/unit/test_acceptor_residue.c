// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What an acceptor leaves on its stack when it let somebody in and when not:
 * nothing that is secret. Built like test_residue, which shows that the search
 * finds what is there.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto.h"
#include "crypto_v1.h"
#include "pair.h"
#include "residue.h"
#include "tap.h"

static enum ntlm_error result;
static struct pair pair;
static uint8_t base_key[NTLM_KEY_SIZE];

static void run_check_logon(void)
{
	result = ntlm_check_logon(&pair.policy, &pair.server, pair.now,
				  &pair.messages, &pair.secret, &pair.session,
				  &pair.detail);
}

static void run_finish_logon(void)
{
	result = ntlm_finish_logon(&pair.policy, &pair.server, pair.now,
				   &pair.messages, base_key, pair.secret.lm_hash,
				   &pair.session, &pair.detail);
}

static void pair_secrets(uint8_t *stack, const char *what)
{
	uint8_t ntowfv2[NTLM_KEY_SIZE], kxk[NTLM_KEY_SIZE], v1[NTLM_KEY_SIZE];
	struct authenticate_message msg;

	pair_parse(&pair, &msg);
	crypto_ntowfv2(pair.secret.nt_hash, msg.user, msg.domain, ntowfv2);
	crypto_session_base_key(ntowfv2, msg.nt.data, kxk);
	crypto_session_base_key_v1(pair.secret.nt_hash, v1);
	tap_ok(!residue_found(stack, pair.secret.nt_hash, NTLM_HASH_SIZE),
	       "%s: no NT hash", what);
	tap_ok(!residue_found(stack, pair.secret.lm_hash, NTLM_HASH_SIZE),
	       "%s: no LM hash", what);
	tap_ok(!residue_found(stack, ntowfv2, NTLM_KEY_SIZE), "%s: no NTOWFv2", what);
	tap_ok(!residue_found(stack, kxk, NTLM_KEY_SIZE), "%s: no key of NTLMv2", what);
	tap_ok(!residue_found(stack, v1, NTLM_KEY_SIZE), "%s: no key of NTLMv1", what);
	tap_ok(!residue_found(stack, pair.client_session.exported_session_key,
		      NTLM_KEY_SIZE), "%s: no session key", what);
	residue_free(stack);
}

static enum ntlm_error run_result(void (*function)(void), const char *what)
{
	uint8_t *stack = residue_run(function);

	pair_secrets(stack, what);
	return result;
}

/* an acceptor, by the kind of response */
static void test_acceptor(unsigned int level)
{
	struct authenticate_message msg;
	uint8_t ntowfv2[NTLM_KEY_SIZE];
	char what[64];

	pair_init(&pair);
	pair.client_policy.lm_compat_level = level;
	pair.policy.lm_compat_level = 0;
	pair.client_policy.allow_legacy = pair.client.allow_legacy = true;
	pair.policy.allow_legacy = pair.server.allow_legacy = true;
	if (level < 3) {
		pair.client.channel_bindings = pair.server.channel_bindings = NULL;
		pair.policy.require_mic = false;
		pair.policy.target_check = NTLM_TARGET_IGNORE;
	}
	if (pair_client(&pair))
		errx(EXIT_FAILURE, "exchange of level %u", level);
	snprintf(what, sizeof(what), "ntlm_check_logon(), level %u", level);
	tap_number(run_result(run_check_logon, what), NTLM_OK, "%s", what);

	pair_parse(&pair, &msg);
	crypto_ntowfv2(pair.secret.nt_hash, msg.user, msg.domain, ntowfv2);
	if (msg.ntlmv2)
		crypto_session_base_key(ntowfv2, msg.nt.data, base_key);
	else
		crypto_session_base_key_v1(pair.secret.nt_hash, base_key);
	snprintf(what, sizeof(what), "ntlm_finish_logon(), level %u", level);
	tap_number(run_result(run_finish_logon, what), NTLM_OK, "%s", what);

	if (level == 3) {
		pair.negotiate_buf[33] ^= 1;
		snprintf(what, sizeof(what), "ntlm_check_logon(), wrong MIC");
		tap_number(run_result(run_check_logon, what), NTLM_ERR_MIC, "%s", what);
		pair.negotiate_buf[33] ^= 1;
	}
	pair.secret.nt_hash[0] ^= 1;
	snprintf(what, sizeof(what), "ntlm_check_logon(), level %u, wrong password",
		 level);
	tap_number(run_result(run_check_logon, what), NTLM_ERR_PROOF, "%s", what);
}

int main(void)
{
	for (unsigned int level = 0; level < 4; level++)
		test_acceptor(level);
	return tap_done();
}
