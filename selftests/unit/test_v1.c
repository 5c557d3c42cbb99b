// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * LM, NTLMv1 and NTLM2 session responses: the worked examples of [MS-NLMP] 4.2.2
 * and 4.2.3 and of the davenport paper, from the hashes to whole messages.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "crypto.h"
#include "crypto_v1.h"
#include "fixture.h"
#include "tap.h"
#include "vectors.h"
#include "wire.h"

static void is(struct vector_file *v, const char *title, const char *name,
	       const void *got, size_t len)
{
	struct ntlm_bytes want = vectors_get(v, name);

	tap_bytes(got, len, want.data, want.len, "%s: %s", title, name);
}

struct hashes {
	uint8_t nt[NTLM_HASH_SIZE];
	uint8_t lm[NTLM_HASH_SIZE];
};

static void test_hashes(struct vector_file *v, const char *title,
			struct hashes *h)
{
	char *password = vectors_utf8(vectors_get(v, "password_utf16"));
	struct ntlm_bytes padded = vectors_get(v, "password_upper_padded14");
	char upper[15] = "";
	uint8_t hash[NTLM_HASH_SIZE];

	memcpy(upper, padded.data, padded.len);
	tap_ok(!ntlm_nt_hash(password, strlen(password), h->nt) &&
	       !ntlm_lm_hash(password, strlen(password), h->lm),
	       "%s: password accepted", title);
	is(v, title, "ntowfv1", h->nt, sizeof(h->nt));
	tap_ok(!ntlm_lm_hash(upper, strlen(upper), hash) &&
	       !memcmp(hash, h->lm, sizeof(hash)), "%s: case does not count", title);
	free(password);
}

/* what 4.2.2 and the davenport paper have */
static void test_plain_responses(struct vector_file *v, const char *title,
				 const struct hashes *h)
{
	struct ntlm_bytes sc = vectors_get(v, "server_challenge");
	uint8_t response[LM_RESPONSE_SIZE];

	is(v, title, "lmowfv1", h->lm, sizeof(h->lm));
	crypto_desl(h->lm, sc.data, response);
	is(v, title, "lm_response", response, sizeof(response));
	crypto_desl(h->nt, sc.data, response);
	is(v, title, "nt_response", response, sizeof(response));
}

static void test_session_response(struct vector_file *v, const char *title,
				  const struct hashes *h, const char *nt_name)
{
	struct ntlm_bytes sc = vectors_get(v, "server_challenge");
	struct ntlm_bytes cc = vectors_get(v, "client_challenge");
	uint8_t challenge[8], response[LM_RESPONSE_SIZE];

	crypto_session_challenge(sc.data, cc.data, challenge);
	crypto_desl(h->nt, challenge, response);
	is(v, title, nt_name, response, sizeof(response));
}

static void test_rows(struct vector_file *v, const struct hashes *h)
{
	static const struct {
		uint32_t flags;
		bool lm_hash;
		const char *want, *encrypted;
	} rows[] = {
		{ 0, true, "key_exchange_key", "encrypted_random_session_key" },
		{ 0, false, "key_exchange_key", "encrypted_random_session_key" },
		{ NTLMSSP_NEGOTIATE_LM_KEY, true, "key_exchange_key_lm_key",
		  "encrypted_random_session_key_lm_key" },
		{ NTLMSSP_NEGOTIATE_LM_KEY, false, NULL, NULL },
		{ NTLMSSP_REQUEST_NON_NT_SESSION_KEY, true, "key_exchange_key_non_nt",
		  "encrypted_random_session_key_non_nt" },
		{ NTLMSSP_REQUEST_NON_NT_SESSION_KEY, false, NULL, NULL },
		{ NTLMSSP_NEGOTIATE_LM_KEY | NTLMSSP_REQUEST_NON_NT_SESSION_KEY, true,
		  "key_exchange_key_lm_key", "encrypted_random_session_key_lm_key" },
	};
	static const uint8_t zero[NTLM_KEY_SIZE];
	struct ntlm_bytes sc = vectors_get(v, "server_challenge");
	struct ntlm_bytes lm = vectors_get(v, "lm_response");
	struct ntlm_bytes random = vectors_get(v, "random_session_key");
	uint8_t base[NTLM_KEY_SIZE], key[NTLM_KEY_SIZE];

	crypto_session_base_key_v1(h->nt, base);
	is(v, "4.2.2", "session_base_key", base, sizeof(base));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool ok;

		memset(key, 0xa5, sizeof(key));
		ok = crypto_kxkey_v1(rows[i].flags, base,
				     rows[i].lm_hash ? h->lm : NULL, sc.data,
				     lm.data, key);
		if (!rows[i].want) {
			tap_ok(!ok && !memcmp(key, zero, sizeof(key)),
			       "KXKEY of flags 0x%x without an LM hash: none",
			       (unsigned int)rows[i].flags);
			continue;
		}
		tap_ok(ok, "KXKEY of flags 0x%x", (unsigned int)rows[i].flags);
		is(v, "KXKEY", rows[i].want, key, sizeof(key));
		crypto_rc4k(key, random.data, key);
		is(v, "KXKEY", rows[i].encrypted, key, sizeof(key));
	}
}

static void test_ess_row(struct vector_file *v, const struct hashes *h)
{
	const uint32_t all = NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY |
			     NTLMSSP_NEGOTIATE_LM_KEY |
			     NTLMSSP_REQUEST_NON_NT_SESSION_KEY;
	struct ntlm_bytes sc = vectors_get(v, "server_challenge");
	struct ntlm_bytes lm = vectors_get(v, "lm_response");
	uint8_t base[NTLM_KEY_SIZE], key[NTLM_KEY_SIZE];

	crypto_session_base_key_v1(h->nt, base);
	is(v, "4.2.3", "session_base_key", base, sizeof(base));
	tap_ok(crypto_kxkey_v1(all, base, NULL, sc.data, lm.data, key),
	       "extended session security wins over LM_KEY");
	is(v, "4.2.3", "key_exchange_key", key, sizeof(key));
}

/* inputs that answer the published CHALLENGE */
static void published(struct fixture *f, struct vector_file *v,
		      const struct hashes *h)
{
	fixture_init(f);
	f->policy.lm_compat_level = 0;
	f->policy.allow_legacy = true;
	f->policy.real_lm_response = true;
	f->request.allow_legacy = true;
	f->credential.has_lm_hash = true;
	memcpy(f->credential.lm_hash, h->lm, sizeof(h->lm));
	f->challenge = vectors_get(v, "challenge_message");
}

static void compare(struct vector_file *v, struct fixture *f, const char *title,
		    const char *encrypted)
{
	struct authenticate_message msg, want;

	if (authenticate_parse(vectors_get(v, "authenticate_message"), &want, NULL))
		errx(EXIT_FAILURE, "published AUTHENTICATE");
	fixture_parse(f, &msg);
	tap_bytes(msg.user.data, msg.user.len, want.user.data, want.user.len,
		  "%s: UserName", title);
	tap_bytes(msg.domain.data, msg.domain.len, want.domain.data,
		  want.domain.len, "%s: DomainName", title);
	tap_bytes(msg.workstation.data, msg.workstation.len, want.workstation.data,
		  want.workstation.len, "%s: Workstation", title);
	tap_bytes(msg.lm.data, msg.lm.len, want.lm.data, want.lm.len,
		  "%s: LmChallengeResponse", title);
	tap_bytes(msg.nt.data, msg.nt.len, want.nt.data, want.nt.len,
		  "%s: NtChallengeResponse", title);
	is(v, title, encrypted, msg.session_key.data, msg.session_key.len);
	/* those of 4.2.2 claim a TargetInfo that the CHALLENGE has not */
	tap_number(f->session.flags,
		   wire_le32(vectors_get(v, "authenticate_flags").data) &
		   ~NTLMSSP_NEGOTIATE_TARGET_INFO, "%s: flags", title);
	tap_ok(!f->session.mic && !msg.mic_offset, "%s: no MIC", title);
}

static void test_messages(struct vector_file *v, const struct hashes *h)
{
	static const struct {
		uint32_t flag;
		const char *encrypted;
	} rows[] = {
		{ NTLMSSP_NEGOTIATE_LM_KEY, "encrypted_random_session_key_lm_key" },
		{ NTLMSSP_REQUEST_NON_NT_SESSION_KEY,
		  "encrypted_random_session_key_non_nt" },
	};
	struct fixture f;

	published(&f, v, h);
	tap_number(fixture_run(&f), NTLM_OK, "4.2.2: the published CHALLENGE");
	compare(v, &f, "4.2.2", "encrypted_random_session_key");
	is(v, "4.2.2", "exported_session_key", f.session.exported_session_key,
	   NTLM_KEY_SIZE);
	tap_ok(f.session.response == NTLM_RESPONSE_NTLM && f.session.key_bits == 128,
	       "4.2.2: NTLMv1, key not cut");

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct authenticate_message msg;

		published(&f, v, h);
		f.policy.min_key_bits = 40;
		fixture_negotiate(&f);
		/* no client sends it of its own accord */
		wire_set_le32(f.negotiate_buf + 12,
			      wire_le32(f.negotiate_buf + 12) | rows[i].flag);
		memcpy(f.challenge_buf, f.challenge.data, f.challenge.len);
		wire_set_le32(f.challenge_buf + 20, wire_le32(f.challenge_buf + 20) |
						    rows[i].flag);
		f.challenge.data = f.challenge_buf;
		tap_number(fixture_authenticate(&f), NTLM_OK, "4.2.2 with flag 0x%x",
			   (unsigned int)rows[i].flag);
		fixture_parse(&f, &msg);
		is(v, "4.2.2", rows[i].encrypted, msg.session_key.data,
		   msg.session_key.len);
		tap_ok(msg.flags & rows[i].flag, "the flag is kept");

		f.random.left.data -= 24;
		f.random.left.len += 24;
		f.credential.has_lm_hash = false;
		tap_number(fixture_authenticate(&f), NTLM_ERR_OPTION_REFUSED,
			   "without an LM hash there is no such key");
	}
}

static void test_ess_message(struct vector_file *v, const struct hashes *h)
{
	struct fixture f;

	published(&f, v, h);
	f.policy.lm_compat_level = 1;
	f.policy.min_key_bits = 56;
	f.policy.allow_no_key_exchange = true;
	f.policy.allow_legacy = false;
	tap_number(fixture_run(&f), NTLM_OK, "4.2.3: the published CHALLENGE");
	compare(v, &f, "4.2.3", "encrypted_random_session_key");
	is(v, "4.2.3", "exported_session_key", f.session.exported_session_key,
	   NTLM_KEY_SIZE);
	tap_ok(f.session.response == NTLM_RESPONSE_NTLM2_SESSION &&
	       f.session.key_bits == 56, "4.2.3: NTLM2 session response, 56 bits");
}

static void test_lm_limits(void)
{
	static const uint8_t empty[] = { 0xaa, 0xd3, 0xb4, 0x35, 0xb5, 0x14, 0x04, 0xee,
					 0xaa, 0xd3, 0xb4, 0x35, 0xb5, 0x14, 0x04, 0xee };
	static const char *const none[] = { "123456789012345", "pass\tword", "\x7f",
					    "caf\xc3\xa9", "\xff" };
	static const uint8_t zero[NTLM_HASH_SIZE];
	uint8_t hash[NTLM_HASH_SIZE];

	tap_ok(!ntlm_lm_hash("", 0, hash) && !memcmp(hash, empty, sizeof(hash)),
	       "LM hash of an empty password");
	tap_ok(!ntlm_lm_hash("12345678901234", 14, hash), "14 characters have one");
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		memset(hash, 0xa5, sizeof(hash));
		tap_ok(ntlm_lm_hash(none[i], strlen(none[i]), hash) ==
		       NTLM_ERR_ARGUMENT && !memcmp(hash, zero, sizeof(hash)),
		       "password %zu has no LM hash", i);
	}
	tap_ok(ntlm_lm_hash("a\0b", 3, hash) == NTLM_ERR_ARGUMENT,
	       "a NUL has no place in one");
}

static const char *const v1_rest[] = {
	"user_upper_utf16", "user_ascii", "password_ascii", "server_name_utf16", "time",
	"magic_kgs", "challenge_version", "authenticate_version", "user_utf16",
	"domain_utf16", "workstation_utf16", "client_challenge", "challenge_flags",
	/* sealing and signing happen in the kernel */
	"seal_key", "wrap_seqnum", "wrap_random_pad", "wrap_plaintext", "wrap_sealed",
	"wrap_crc32", "wrap_rc4_random_pad", "wrap_rc4_crc32", "wrap_rc4_zero",
	"wrap_seqnum_xor", "wrap_signature_as_printed", "wrap_signature_randompad_zero",
	NULL
};

static const char *const ess_rest[] = {
	"user_upper_utf16", "user_ascii", "password_ascii", "server_name_utf16", "time",
	"magic_kgs", "challenge_version", "authenticate_version", "user_utf16",
	"domain_utf16", "workstation_utf16", "challenge_flags", "random_session_key",
	"wrap_seqnum", "wrap_plaintext", "key_cut_56", "client_seal_key",
	"client_sign_key", "wrap_sealed", "wrap_hmac8", "wrap_signature",
	"server_seal_key", "server_sign_key", NULL
};

/* NTLMv2 is left to another test */
static const char *const davenport_rest[] = {
	"user_utf16", "domain_utf16", "ntowfv2", "timestamp", "target_info",
	"ntlmv2_blob", "nt_proof_str", "lmv2_response", NULL
};

int main(int argc, char **argv)
{
	struct vector_file v;
	struct hashes h;
	uint8_t lm[LM_RESPONSE_SIZE] = { 0 };

	if (argc != 2)
		errx(EXIT_FAILURE, "usage: %s VECTORS", argv[0]);
	vectors_load(&v, argv[1], "ntlmv1.txt");
	test_hashes(&v, "4.2.2", &h);
	is(&v, "4.2.2", "lmowfv1_half1", h.lm, 8);
	is(&v, "4.2.2", "lmowfv1_half2", h.lm + 8, 8);
	test_plain_responses(&v, "4.2.2", &h);
	test_rows(&v, &h);
	test_messages(&v, &h);
	vectors_unread(&v, "ntlmv1.txt", v1_rest);
	vectors_free(&v);

	vectors_load(&v, argv[1], "ntlmv1_ess.txt");
	test_hashes(&v, "4.2.3", &h);
	test_session_response(&v, "4.2.3", &h, "nt_response");
	crypto_session_challenge(vectors_get(&v, "server_challenge").data,
				 vectors_get(&v, "client_challenge").data, lm);
	tap_ok(!memcmp(lm, vectors_get(&v, "session_hash").data, 8),
	       "4.2.3: first half of session_hash");
	test_ess_row(&v, &h);
	test_ess_message(&v, &h);
	vectors_unread(&v, "ntlmv1_ess.txt", ess_rest);
	vectors_free(&v);

	vectors_load(&v, argv[1], "davenport.txt");
	test_hashes(&v, "davenport", &h);
	test_plain_responses(&v, "davenport", &h);
	test_session_response(&v, "davenport", &h, "ntlm2_session_nt_response");
	memset(lm, 0, sizeof(lm));
	memcpy(lm, vectors_get(&v, "client_challenge").data, 8);
	is(&v, "davenport", "ntlm2_session_lm_response", lm, sizeof(lm));
	vectors_unread(&v, "davenport.txt", davenport_rest);
	vectors_free(&v);

	test_lm_limits();
	return tap_done();
}
