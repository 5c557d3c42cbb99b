// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The worked examples: [MS-NLMP] 4.2.4 and the davenport paper.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "crypto.h"
#include "fixture.h"
#include "tap.h"
#include "vectors.h"
#include "verify.h"
#include "wire.h"

/* values both files have under the same names */
static void test_primitives(struct vector_file *v, const char *title,
			    const char *blob_name, const char *lm_name,
			    uint8_t nt_hash[NTLM_HASH_SIZE],
			    uint8_t ntowfv2[NTLM_KEY_SIZE])
{
	struct ntlm_bytes sc = vectors_get(v, "server_challenge");
	struct ntlm_bytes cc = vectors_get(v, "client_challenge");
	char *password = vectors_utf8(vectors_get(v, "password_utf16"));
	struct ntlm_bytes want;
	uint8_t out[PROOF_SIZE + CLIENT_CHALLENGE_SIZE];

	tap_number(ntlm_nt_hash(password, strlen(password), nt_hash), NTLM_OK,
		   "%s: password accepted", title);
	want = vectors_get(v, "ntowfv1");
	tap_bytes(nt_hash, NTLM_HASH_SIZE, want.data, want.len, "%s: NTOWFv1", title);
	crypto_ntowfv2(nt_hash, vectors_get(v, "user_utf16"),
		       vectors_get(v, "domain_utf16"), ntowfv2);
	want = vectors_get(v, "ntowfv2");
	tap_bytes(ntowfv2, NTLM_KEY_SIZE, want.data, want.len, "%s: NTOWFv2", title);
	crypto_response(ntowfv2, sc.data, vectors_get(v, blob_name), out);
	want = vectors_get(v, "nt_proof_str");
	tap_bytes(out, PROOF_SIZE, want.data, want.len, "%s: NTProofStr", title);
	crypto_response(ntowfv2, sc.data, cc, out);
	memcpy(out + PROOF_SIZE, cc.data, CLIENT_CHALLENGE_SIZE);
	want = vectors_get(v, lm_name);
	tap_bytes(out, sizeof(out), want.data, want.len, "%s: LMv2 response", title);
	free(password);
}

/* blob == fixed part || target_info || four zero bytes */
static void test_blob(struct vector_file *v, const char *title,
		      const char *blob_name, const char *time_name)
{
	struct ntlm_bytes info = vectors_get(v, "target_info");
	struct ntlm_bytes blob = vectors_get(v, blob_name);
	struct ntlm_bytes time = vectors_get(v, time_name);
	struct ntlm_bytes cc = vectors_get(v, "client_challenge");
	struct av_list list;

	tap_number(blob.len, 28 + info.len + 4, "%s: length of the blob", title);
	tap_bytes(blob.data + 8, 8, time.data, time.len, "%s: time", title);
	tap_bytes(blob.data + 16, 8, cc.data, cc.len, "%s: client nonce", title);
	tap_bytes(blob.data + 28, info.len, info.data, info.len,
		  "%s: AV pairs", title);
	tap_ok(!av_parse((struct ntlm_bytes){ blob.data + 28, blob.len - 28 },
			 &list) &&
	       list.pairs.len == info.len - AV_HEADER_SIZE,
	       "%s: AV pairs parse up to MsvAvEOL", title);
}

static void test_keys(struct vector_file *v, const uint8_t ntowfv2[NTLM_KEY_SIZE])
{
	struct ntlm_bytes proof = vectors_get(v, "nt_proof_str");
	struct ntlm_bytes random = vectors_get(v, "random_session_key");
	uint8_t key[NTLM_KEY_SIZE], encrypted[NTLM_KEY_SIZE];
	struct ntlm_bytes want;

	crypto_session_base_key(ntowfv2, proof.data, key);
	want = vectors_get(v, "session_base_key");
	tap_bytes(key, sizeof(key), want.data, want.len, "SessionBaseKey");
	want = vectors_get(v, "key_exchange_key");
	tap_bytes(key, sizeof(key), want.data, want.len, "KeyExchangeKey");
	crypto_rc4k(key, random.data, encrypted);
	want = vectors_get(v, "encrypted_random_session_key");
	tap_bytes(encrypted, sizeof(encrypted), want.data, want.len,
		  "EncryptedRandomSessionKey");
}

/* The published message has no room for a MIC, and its response no AV pairs of
 * the client. So it is parsed and verified, and the fields that do not depend
 * on either are compared with what the library builds from the same inputs.
 */
static void test_published(struct vector_file *v,
			   const uint8_t nt_hash[NTLM_HASH_SIZE])
{
	struct ntlm_bytes auth = vectors_get(v, "authenticate_message");
	struct ntlm_bytes chal = vectors_get(v, "challenge_message");
	struct ntlm_bytes want = vectors_get(v, "nt_response");
	struct authenticate_message msg;
	uint8_t key[NTLM_KEY_SIZE];
	struct fixture f;

	fixture_init(&f);
	fixture_negotiate(&f);
	tap_number(authenticate_parse(auth, &msg, NULL), NTLM_OK,
		   "published AUTHENTICATE parses");
	tap_bytes(msg.nt.data, msg.nt.len, want.data, want.len, "NT response");
	want = vectors_get(v, "lm_response");
	tap_bytes(msg.lm.data, msg.lm.len, want.data, want.len, "LM response");
	want = vectors_get(v, "workstation_utf16");
	tap_bytes(msg.workstation.data, msg.workstation.len, want.data, want.len,
		  "Workstation");
	want = vectors_get(v, "encrypted_random_session_key");
	tap_bytes(msg.session_key.data, msg.session_key.len, want.data, want.len,
		  "EncryptedRandomSessionKey of the message");
	tap_number(msg.mic_offset, 0, "no MIC in the published message");
	want = vectors_get(v, "authenticate_version");
	tap_bytes(auth.data + AUTH_VERSION, 8, want.data, want.len, "Version");
	tap_number(verify_authenticate(nt_hash, f.negotiate, chal, auth, key, NULL),
		   NTLM_OK, "published AUTHENTICATE verifies");
	want = vectors_get(v, "exported_session_key");
	tap_bytes(key, sizeof(key), want.data, want.len, "ExportedSessionKey");
}

static void test_challenge(struct vector_file *v)
{
	struct ntlm_bytes chal = vectors_get(v, "challenge_message");
	struct ntlm_bytes want = vectors_get(v, "server_challenge");
	struct ntlm_challenge_info info;
	struct challenge_message msg;

	tap_number(challenge_parse(chal, &msg, NULL), NTLM_OK,
		   "published CHALLENGE parses");
	tap_bytes(msg.server_challenge, 8, want.data, want.len, "ServerChallenge");
	tap_number(msg.flags, wire_le32(vectors_get(v, "challenge_flags").data),
		   "flags of the CHALLENGE");
	want = vectors_get(v, "server_name_utf16");
	tap_bytes(msg.target_name.data, msg.target_name.len, want.data, want.len,
		  "TargetName");
	want = vectors_get(v, "target_info");
	tap_bytes(msg.target_info.pairs.data,
		  msg.target_info.pairs.len + AV_HEADER_SIZE, want.data, want.len,
		  "TargetInfo");
	want = vectors_get(v, "challenge_version");
	tap_bytes(chal.data + 48, 8, want.data, want.len, "Version of the CHALLENGE");
	tap_ok(!ntlm_inspect_challenge(chal, &info, NULL) &&
	       !strcmp(info.nb_computer, "Server") &&
	       !strcmp(info.nb_domain, "Domain") && !info.has_timestamp &&
	       info.flags == msg.flags, "names for logs");
}

static void test_rebuilt(struct vector_file *v)
{
	struct ntlm_bytes time = vectors_get(v, "time");
	struct ntlm_bytes want = vectors_get(v, "lm_response");
	struct authenticate_message msg;
	struct fixture f;
	char *user = vectors_utf8(vectors_get(v, "user_utf16"));

	fixture_init(&f);
	f.credential.user = user;
	f.now = wire_le64(time.data);
	f.challenge = vectors_get(v, "challenge_message");
	tap_number(fixture_run(&f), NTLM_OK, "AUTHENTICATE for the published CHALLENGE");
	fixture_parse(&f, &msg);
	tap_number(msg.flags, wire_le32(vectors_get(v, "authenticate_flags").data),
		   "the published flags");
	tap_bytes(msg.lm.data, msg.lm.len, want.data, want.len,
		  "the published LMv2 response");
	want = vectors_get(v, "user_utf16");
	tap_bytes(msg.user.data, msg.user.len, want.data, want.len, "UserName");
	want = vectors_get(v, "domain_utf16");
	tap_bytes(msg.domain.data, msg.domain.len, want.data, want.len, "DomainName");
	want = vectors_get(v, "workstation_utf16");
	tap_bytes(msg.workstation.data, msg.workstation.len, want.data, want.len,
		  "Workstation");
	want = vectors_get(v, "temp");
	tap_bytes(msg.nt.data + PROOF_SIZE, 28, want.data, 28,
		  "fixed part of the response");
	want = vectors_get(v, "target_info");
	tap_bytes(msg.nt.data + RESPONSE_AV_PAIRS, want.len - AV_HEADER_SIZE,
		  want.data, want.len - AV_HEADER_SIZE, "server's pairs come back");
	want = vectors_get(v, "random_session_key");
	tap_bytes(f.session.exported_session_key, NTLM_KEY_SIZE, want.data, want.len,
		  "the injected session key is exported");
	tap_ok(!f.session.mic && !msg.mic_offset, "no timestamp, no MIC");
	tap_number(f.session.key_bits, 128, "128 bits");
	tap_ok(fixture_verify(&f), "the answer verifies");
	free(user);
}

static const char *const ntlmv2_rest[] = {
	/* sealing and signing happen in the kernel */
	"wrap_seqnum", "wrap_plaintext", "wrap_sealed", "wrap_hmac8",
	"wrap_hmac8_rc4", "wrap_signature", "client_seal_key", "client_sign_key",
	"server_seal_key", "server_sign_key",
	/* inputs of the LM hash */
	"password_upper_padded14", "magic_kgs", NULL
};

/* NTLMv1 and LM are left to another test */
static const char *const davenport_rest[] = {
	"password_upper_padded14", "lmowfv1", "lm_response", "nt_response",
	"ntlm2_session_nt_response", "ntlm2_session_lm_response", NULL
};

int main(int argc, char **argv)
{
	uint8_t nt_hash[NTLM_HASH_SIZE], ntowfv2[NTLM_KEY_SIZE];
	struct ntlm_bytes want;
	struct vector_file v;

	if (argc != 2)
		errx(EXIT_FAILURE, "usage: %s VECTORS", argv[0]);
	vectors_load(&v, argv[1], "ntlmv2.txt");
	test_primitives(&v, "[MS-NLMP] 4.2.4", "temp", "lm_response", nt_hash,
			ntowfv2);
	want = vectors_get(&v, "lmowfv2");
	tap_bytes(ntowfv2, sizeof(ntowfv2), want.data, want.len, "LMOWFv2");
	want = vectors_get(&v, "user_upper_utf16");
	crypto_ntowfv2(nt_hash, want, vectors_get(&v, "domain_utf16"), ntowfv2);
	want = vectors_get(&v, "ntowfv2");
	tap_bytes(ntowfv2, sizeof(ntowfv2), want.data, want.len,
		  "NTOWFv2 of the upper-cased user");
	want = vectors_get(&v, "password_ascii");
	tap_ok(!ntlm_nt_hash((const char *)want.data, want.len, nt_hash) &&
	       !memcmp(nt_hash, vectors_get(&v, "ntowfv1").data, sizeof(nt_hash)),
	       "NTOWFv1 of the ASCII password");
	want = vectors_get(&v, "user_ascii");
	tap_bytes(want.data, want.len, "User", 4, "user");
	test_blob(&v, "[MS-NLMP] 4.2.4", "temp", "time");
	test_keys(&v, ntowfv2);
	test_published(&v, nt_hash);
	test_challenge(&v);
	test_rebuilt(&v);
	vectors_unread(&v, "ntlmv2.txt", ntlmv2_rest);
	vectors_free(&v);

	vectors_load(&v, argv[1], "davenport.txt");
	test_primitives(&v, "davenport", "ntlmv2_blob", "lmv2_response", nt_hash,
			ntowfv2);
	test_blob(&v, "davenport", "ntlmv2_blob", "timestamp");
	vectors_unread(&v, "davenport.txt", davenport_rest);
	vectors_free(&v);
	return tap_done();
}
