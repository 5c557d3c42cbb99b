// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every entry of malformed.txt by name: the right parser refuses it, and what
 * differs from it only in being valid is accepted.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "pair.h"
#include "tap.h"
#include "vectors.h"
#include "verify.h"

/* how many entries of each kind the file has; a change there is noticed here */
enum { AUTH_ENTRIES = 25, CHAL_ENTRIES = 13, NEG_ENTRIES = 4, REF_ENTRIES = 2 };

static const char *const signatures[] = {
	"sig_bad_version", "sig_bad_checksum", "sig_bad_seq", "sig_short",
	"sig_dummy", NULL
};

/* the valid messages that the malformed ones were made from */
struct valid {
	struct vector_file *malformed;
	struct ntlm_bytes challenge;
	uint8_t nt_hash[NTLM_HASH_SIZE];
};

static bool has_prefix(const char *name, const char *prefix)
{
	return !strncmp(name, prefix, strlen(prefix));
}

static bool is_refusal(enum ntlm_error err)
{
	return err == NTLM_ERR_MALFORMED || err == NTLM_ERR_CHARSET;
}

/* the same at an acceptor that takes whatever it is not told to refuse */
static enum ntlm_error acceptor_read(struct ntlm_bytes bytes)
{
	struct pair p;

	pair_init(&p);
	p.server.required = 0;
	p.policy.lm_compat_level = 0;
	p.policy.allow_anonymous = true;
	if (pair_offer(&p) || pair_challenge(&p))
		errx(EXIT_FAILURE, "CHALLENGE");
	p.messages.authenticate = bytes;
	return pair_read(&p);
}

static enum ntlm_error acceptor_offer(struct ntlm_bytes bytes)
{
	struct pair p;

	pair_init(&p);
	p.server.required = 0;
	p.messages.negotiate = bytes;
	return pair_challenge(&p);
}

static void authenticate_entry(const struct valid *valid, const char *name,
			       struct ntlm_bytes bytes)
{
	struct ntlm_bytes neg = vectors_get(valid->malformed, "ref_negotiate_for_mic");
	struct ntlm_detail detail = { 0 };
	struct authenticate_message msg;
	uint8_t key[NTLM_KEY_SIZE];
	enum ntlm_error parsed, verified;

	parsed = authenticate_parse(bytes, &msg, &detail);
	verified = verify_authenticate(valid->nt_hash, neg, valid->challenge, bytes,
				       key, NULL);
	tap_number(acceptor_read(bytes), parsed, "%s: at the acceptor", name);
	/* Only its MIC is wrong, which no parser can see. */
	if (!strcmp(name, "auth_mic_wrong"))
		tap_ok(!parsed && verified == NTLM_ERR_MIC, "%s", name);
	else
		tap_ok(is_refusal(parsed) && verified == parsed && detail.where,
		       "%s: %s", name, detail.where ? detail.where : "accepted");
}

static void challenge_entry(const char *name, struct ntlm_bytes bytes)
{
	struct challenge_message msg;
	struct ntlm_challenge_info info;
	enum ntlm_error parsed, built;
	struct fixture f;

	fixture_init(&f);
	fixture_negotiate(&f);
	f.challenge = bytes;
	built = fixture_authenticate(&f);
	parsed = challenge_parse(bytes, &msg, NULL);
	/* valid, but of no use to a client that wants protection */
	if (!strcmp(name, "chal_ntlmv2_no_names")) {
		tap_ok(!parsed && built == NTLM_ERR_NO_SERVER_NAMES, "%s", name);
		return;
	}
	tap_ok(is_refusal(parsed) && built == parsed &&
	       ntlm_inspect_challenge(bytes, &info, NULL) == parsed && f.detail.where,
	       "%s: %s", name, f.detail.where ? f.detail.where : "accepted");
}

static void negotiate_entry(const char *name, struct ntlm_bytes bytes)
{
	struct negotiate_message msg;
	struct fixture f;
	enum ntlm_error parsed;

	fixture_init(&f);
	parsed = negotiate_parse(bytes, &msg, NULL);
	f.negotiate = bytes;
	tap_ok(is_refusal(parsed) && fixture_authenticate(&f) == parsed, "%s", name);
	tap_number(acceptor_offer(bytes), parsed, "%s: at the acceptor", name);
}

static void reference_entry(const struct valid *valid, const char *name,
			    struct ntlm_bytes bytes)
{
	struct ntlm_bytes neg = vectors_get(valid->malformed, "ref_negotiate_for_mic");
	struct authenticate_message auth;
	struct negotiate_message msg;
	uint8_t key[NTLM_KEY_SIZE];

	if (!strcmp(name, "ref_negotiate_for_mic"))
		tap_ok(!negotiate_parse(bytes, &msg, NULL) && !acceptor_offer(bytes),
		       "%s accepted", name);
	else
		tap_ok(!authenticate_parse(bytes, &auth, NULL) &&
		       auth.mic_offset == AUTH_MIC &&
		       !verify_authenticate(valid->nt_hash, neg, valid->challenge,
					    bytes, key, NULL) &&
		       !memcmp(key, fixture_key, sizeof(key)),
		       "%s accepted, MIC and key right", name);
}

int main(int argc, char **argv)
{
	unsigned int auth = 0, chal = 0, neg = 0, ref = 0, sig = 0, other = 0;
	struct authenticate_message published;
	struct vector_file v, ntlmv2;
	struct valid valid = { .malformed = &v };

	if (argc != 2)
		errx(EXIT_FAILURE, "usage: %s VECTORS", argv[0]);
	vectors_load(&v, argv[1], "malformed.txt");
	vectors_load(&ntlmv2, argv[1], "ntlmv2.txt");
	valid.challenge = vectors_get(&ntlmv2, "challenge_message");
	memcpy(valid.nt_hash, vectors_get(&ntlmv2, "ntowfv1").data, NTLM_HASH_SIZE);
	tap_ok(!authenticate_parse(vectors_get(&ntlmv2, "authenticate_message"),
				   &published, NULL),
	       "the AUTHENTICATE that the malformed ones were made from is accepted");

	for (size_t i = 0; i < v.count; i++) {
		const char *name = v.entry[i].name;
		struct ntlm_bytes bytes = { v.entry[i].data, v.entry[i].len };

		v.entry[i].used = true;
		if (has_prefix(name, "auth_")) {
			auth++;
			authenticate_entry(&valid, name, bytes);
		} else if (has_prefix(name, "chal_")) {
			chal++;
			challenge_entry(name, bytes);
		} else if (has_prefix(name, "neg_")) {
			neg++;
			negotiate_entry(name, bytes);
		} else if (has_prefix(name, "ref_")) {
			ref++;
			reference_entry(&valid, name, bytes);
		} else if (has_prefix(name, "sig_")) {
			sig++;
			v.entry[i].used = false;
		} else {
			other++;
			tap_note("no parser for %s", name);
		}
	}
	tap_number(auth, AUTH_ENTRIES, "number of AUTHENTICATE entries");
	tap_number(chal, CHAL_ENTRIES, "number of CHALLENGE entries");
	tap_number(neg, NEG_ENTRIES, "number of NEGOTIATE entries");
	tap_number(ref, REF_ENTRIES, "number of reference entries");
	tap_number(sig, sizeof(signatures) / sizeof(signatures[0]) - 1,
		   "number of signatures");
	tap_number(other, 0, "every entry has a parser");
	/* Signatures are refused by session security, which the kernel has. */
	vectors_unread(&v, "malformed.txt", signatures);
	vectors_free(&ntlmv2);
	vectors_free(&v);
	return tap_done();
}
