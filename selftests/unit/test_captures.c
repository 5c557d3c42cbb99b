// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Exchanges recorded between implementations that nobody here wrote: every
 * message parses, every value is recomputed, and the exchange is done again
 * with the recorded nonces.
 */
#include <err.h>
#include <nettle/md5.h>
#include <stdlib.h>
#include <string.h>

#include "crypto.h"
#include "fixture.h"
#include "tap.h"
#include "vectors.h"
#include "verify.h"
#include "wire.h"

static void is(struct vector_file *v, const char *title, const char *name,
	       struct ntlm_bytes got)
{
	struct ntlm_bytes want = vectors_get(v, name);

	tap_bytes(got.data, got.len, want.data, want.len, "%s: %s", title, name);
}

static void test_recorded(struct vector_file *v, const char *title)
{
	struct ntlm_bytes neg = vectors_get(v, "negotiate_message");
	struct ntlm_bytes chal = vectors_get(v, "challenge_message");
	struct ntlm_bytes auth = vectors_get(v, "authenticate_message");
	char *password = vectors_utf8(vectors_get(v, "password_utf16"));
	uint8_t hash[NTLM_HASH_SIZE], ntowfv2[NTLM_KEY_SIZE], key[NTLM_KEY_SIZE];
	uint8_t proof[PROOF_SIZE], mic_offset, *copy;
	struct negotiate_message negotiate;
	struct authenticate_message msg;
	struct challenge_message challenge;

	tap_number(negotiate_parse(neg, &negotiate, NULL), NTLM_OK,
		   "%s: NEGOTIATE parses", title);
	tap_number(challenge_parse(chal, &challenge, NULL), NTLM_OK,
		   "%s: CHALLENGE parses", title);
	tap_number(authenticate_parse(auth, &msg, NULL), NTLM_OK,
		   "%s: AUTHENTICATE parses", title);
	is(v, title, "server_challenge",
	   (struct ntlm_bytes){ challenge.server_challenge, 8 });
	is(v, title, "timestamp", challenge.target_info.value[AV_TIMESTAMP]);
	is(v, title, "user_utf16", msg.user);
	is(v, title, "domain_utf16", msg.domain);
	is(v, title, "workstation_utf16", msg.workstation);
	is(v, title, "lm_response", msg.lm);
	is(v, title, "encrypted_random_session_key", msg.session_key);
	is(v, title, "client_challenge",
	   (struct ntlm_bytes){ msg.nt.data + RESPONSE_CHALLENGE, 8 });
	is(v, title, "client_av_pairs",
	   (struct ntlm_bytes){ msg.nt.data + RESPONSE_AV_PAIRS,
				msg.nt.len - RESPONSE_AV_PAIRS });
	tap_number(msg.flags, wire_le32(vectors_get(v, "authenticate_flags").data),
		   "%s: flags", title);
	mic_offset = (uint8_t)msg.mic_offset;
	is(v, title, "mic_offset", (struct ntlm_bytes){ &mic_offset, 1 });
	is(v, title, "mic",
	   (struct ntlm_bytes){ auth.data + msg.mic_offset, MIC_SIZE });

	tap_number(ntlm_nt_hash(password, strlen(password), hash), NTLM_OK,
		   "%s: password", title);
	is(v, title, "ntowfv1", (struct ntlm_bytes){ hash, sizeof(hash) });
	crypto_ntowfv2(hash, msg.user, msg.domain, ntowfv2);
	is(v, title, "ntowfv2", (struct ntlm_bytes){ ntowfv2, sizeof(ntowfv2) });
	crypto_response(ntowfv2, challenge.server_challenge,
			(struct ntlm_bytes){ msg.nt.data + PROOF_SIZE,
					     msg.nt.len - PROOF_SIZE }, proof);
	is(v, title, "nt_proof_str", (struct ntlm_bytes){ proof, sizeof(proof) });
	crypto_session_base_key(ntowfv2, proof, key);
	is(v, title, "key_exchange_key", (struct ntlm_bytes){ key, sizeof(key) });
	tap_number(verify_authenticate(hash, neg, chal, auth, key, NULL), NTLM_OK,
		   "%s: proof and MIC verify", title);
	is(v, title, "exported_session_key", (struct ntlm_bytes){ key, sizeof(key) });

	copy = malloc(auth.len);
	if (!copy)
		err(EXIT_FAILURE, "memory");
	memcpy(copy, auth.data, auth.len);
	copy[msg.mic_offset] ^= 1;
	tap_number(verify_authenticate(hash, neg, chal,
				       (struct ntlm_bytes){ copy, auth.len }, key,
				       NULL), NTLM_ERR_MIC,
		   "%s: changed MIC is refused", title);
	hash[0] ^= 1;
	tap_number(verify_authenticate(hash, neg, chal, auth, key, NULL),
		   NTLM_ERR_PROOF, "%s: wrong password is refused", title);
	free(copy);
	free(password);
}

static const char *compare_echo(struct ntlm_bytes server, struct ntlm_bytes client)
{
	struct ntlm_bytes sv, cv;
	uint16_t sid, cid;

	while (av_next(&server, &sid, &sv)) {
		if (!av_next(&client, &cid, &cv))
			return "pair missing";
		if (sid != cid || sv.len != cv.len || memcmp(sv.data, cv.data, sv.len))
			return "pair changed";
	}
	return NULL;
}

/*
 * The recorded client's own message cannot come out byte for byte: it carries
 * MsvAvSingleHost with a number of its machine, another Version, another number
 * of trailing zero bytes. All fields that say who, to whom and with which keys must.
 */
static void test_again(struct vector_file *v, const char *title, uint32_t required,
		       size_t workstation_units)
{
	struct ntlm_bytes recorded_av, recorded = vectors_get(v, "authenticate_message");
	struct ntlm_bytes cc = vectors_get(v, "client_challenge");
	struct ntlm_bytes key = vectors_get(v, "exported_session_key");
	struct authenticate_message theirs, ours;
	struct challenge_message challenge;
	uint8_t random[24] = { 0 };
	struct fixture f;
	char *user, *domain, *workstation, *target;
	const char *wrong;

	if (authenticate_parse(recorded, &theirs, NULL))
		errx(EXIT_FAILURE, "%s: AUTHENTICATE", title);
	user = vectors_utf8(vectors_get(v, "user_utf16"));
	domain = vectors_utf8(vectors_get(v, "domain_utf16"));
	workstation = vectors_utf8(vectors_get(v, "workstation_utf16"));
	target = vectors_utf8(theirs.av_pairs.value[AV_TARGET_NAME]);
	tap_number(strlen(workstation), workstation_units, "%s: workstation %s",
		   title, workstation);

	fixture_init(&f);
	f.request.required = required;
	f.request.target_name = target;
	f.policy.workstation = workstation;
	f.credential.user = user;
	f.credential.domain = domain;
	memcpy(f.credential.nt_hash, vectors_get(v, "ntowfv1").data, NTLM_HASH_SIZE);
	recorded_av = theirs.av_pairs.value[AV_CHANNEL_BINDINGS];
	f.request.channel_bindings = recorded_av.data;
	memcpy(random, cc.data, cc.len);
	memcpy(random + 8, key.data, key.len);
	f.random.left = (struct ntlm_bytes){ random, sizeof(random) };
	f.negotiate = vectors_get(v, "negotiate_message");
	f.challenge = vectors_get(v, "challenge_message");

	tap_number(fixture_authenticate(&f), NTLM_OK, "%s: exchange done again", title);
	fixture_parse(&f, &ours);
	/* gss-ntlmssp sends the server's TARGET_TYPE back, Windows does not */
	tap_number(ours.flags, theirs.flags & ~(NTLMSSP_TARGET_TYPE_DOMAIN |
						NTLMSSP_TARGET_TYPE_SERVER),
		   "%s: same flags", title);
	is(v, title, "user_utf16", ours.user);
	is(v, title, "domain_utf16", ours.domain);
	is(v, title, "workstation_utf16", ours.workstation);
	is(v, title, "client_challenge",
	   (struct ntlm_bytes){ ours.nt.data + RESPONSE_CHALLENGE, 8 });
	is(v, title, "timestamp",
	   (struct ntlm_bytes){ ours.nt.data + RESPONSE_TIMESTAMP, 8 });
	tap_bytes(ours.nt.data + PROOF_SIZE, 28, theirs.nt.data + PROOF_SIZE, 28,
		  "%s: fixed part of the response", title);
	tap_number(ours.session_key.len, theirs.session_key.len,
		   "%s: same length of the encrypted key", title);
	if (key.len == ours.session_key.len)
		is(v, title, "exported_session_key",
		   (struct ntlm_bytes){ f.session.exported_session_key, 16 });
	tap_number(ours.mic_offset, AUTH_MIC, "%s: MIC behind Version", title);
	tap_bytes(ours.av_pairs.value[AV_TARGET_NAME].data,
		  ours.av_pairs.value[AV_TARGET_NAME].len,
		  theirs.av_pairs.value[AV_TARGET_NAME].data,
		  theirs.av_pairs.value[AV_TARGET_NAME].len,
		  "%s: MsvAvTargetName %s", title, target);
	tap_bytes(ours.av_pairs.value[AV_CHANNEL_BINDINGS].data,
		  ours.av_pairs.value[AV_CHANNEL_BINDINGS].len, recorded_av.data,
		  recorded_av.len, "%s: MsvAvChannelBindings", title);
	tap_number(av_flags(&ours.av_pairs), av_flags(&theirs.av_pairs),
		   "%s: MsvAvFlags", title);
	if (challenge_parse(f.challenge, &challenge, NULL))
		errx(EXIT_FAILURE, "%s: CHALLENGE", title);
	wrong = compare_echo(challenge.target_info.pairs, ours.av_pairs.pairs);
	tap_ok(!wrong, "%s: server's pairs come back unchanged, in order%s%s", title,
	       wrong ? ": " : "", wrong ? wrong : "");
	tap_ok(fixture_verify(&f), "%s: proof and MIC verify", title);
	free(target);
	free(workstation);
	free(domain);
	free(user);
}

static void test_bindings(struct vector_file *v, const char *title)
{
	struct ntlm_bytes whole = vectors_get(v, "gss_channel_bindings_struct");
	struct ntlm_bytes data = vectors_get(v, "application_data");
	struct ntlm_bytes certificate = vectors_get(v, "certificate_sha256");
	struct ntlm_bytes auth = vectors_get(v, "authenticate_message");
	struct authenticate_message msg;
	struct md5_ctx md5;
	uint8_t hash[16];

	md5_init(&md5);
	md5_update(&md5, whole.len, whole.data);
	md5_digest(&md5, sizeof(hash), hash);
	is(v, title, "channel_bindings_hash", (struct ntlm_bytes){ hash, sizeof(hash) });
	tap_ok(wire_le32(whole.data + 16) == data.len && whole.len == 20 + data.len &&
	       !memcmp(whole.data + 20, data.data, data.len),
	       "%s: application data inside the structure", title);
	tap_bytes(data.data + data.len - certificate.len, certificate.len,
		  certificate.data, certificate.len, "%s: certificate hash", title);
	if (authenticate_parse(auth, &msg, NULL))
		errx(EXIT_FAILURE, "%s: AUTHENTICATE", title);
	is(v, title, "channel_bindings_hash",
	   msg.av_pairs.value[AV_CHANNEL_BINDINGS]);
}

/* mechListMIC is made with the session's keys, by the kernel */
static const char *const spnego_rest[] = {
	"spnego_mechtypes_der", "spnego_mechlistmic_client",
	"spnego_mechlistmic_server", NULL
};
static const char *const no_rest[] = { NULL };

int main(int argc, char **argv)
{
	static const struct {
		const char *file;
		uint32_t required;
		size_t workstation;
		bool bindings;
		const char *const *rest;
	} captures[] = {
		{ "capture_windows_smb_spnego.txt", NTLM_OPTION_INTEGRITY, 10, false,
		  spnego_rest },
		{ "capture_windows_upn.txt",
		  NTLM_OPTION_INTEGRITY | NTLM_OPTION_CONFIDENTIALITY, 10, false,
		  no_rest },
		{ "capture_mic_without_version.txt",
		  NTLM_OPTION_INTEGRITY | NTLM_OPTION_CONFIDENTIALITY, 13, false,
		  spnego_rest },
		{ "capture_windows_cbt.txt", 0, 9, true, no_rest },
	};

	if (argc != 2)
		errx(EXIT_FAILURE, "usage: %s VECTORS", argv[0]);
	for (size_t i = 0; i < sizeof(captures) / sizeof(captures[0]); i++) {
		struct vector_file v;

		vectors_load(&v, argv[1], captures[i].file);
		test_recorded(&v, captures[i].file);
		test_again(&v, captures[i].file, captures[i].required,
			   captures[i].workstation);
		if (captures[i].bindings)
			test_bindings(&v, captures[i].file);
		vectors_unread(&v, captures[i].file, captures[i].rest);
		vectors_free(&v);
	}
	return tap_done();
}
