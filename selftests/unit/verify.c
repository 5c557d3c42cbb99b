// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "crypto.h"
#include "message.h"
#include "options.h"
#include "verify.h"
#include "wipe.h"

static enum ntlm_error parse_all(struct ntlm_bytes negotiate,
				 struct ntlm_bytes challenge,
				 struct ntlm_bytes authenticate,
				 struct challenge_message *chal,
				 struct authenticate_message *auth,
				 struct ntlm_detail *detail)
{
	struct negotiate_message neg;
	enum ntlm_error err;

	err = negotiate_parse(negotiate, &neg, detail);
	if (err)
		return err;
	err = challenge_parse(challenge, chal, detail);
	if (err)
		return err;
	err = authenticate_parse(authenticate, auth, detail);
	if (err)
		return err;
	if (!(auth->flags & NTLMSSP_NEGOTIATE_UNICODE))
		return ntlm_fail(detail, NTLM_ERR_CHARSET, "AUTHENTICATE");
	return NTLM_OK;
}

enum ntlm_error verify_authenticate(const uint8_t nt_hash[NTLM_HASH_SIZE],
				    struct ntlm_bytes negotiate,
				    struct ntlm_bytes challenge,
				    struct ntlm_bytes authenticate,
				    uint8_t exported[NTLM_KEY_SIZE],
				    struct ntlm_detail *detail)
{
	uint8_t ntowfv2[NTLM_KEY_SIZE] = { 0 };
	struct authenticate_message auth;
	struct challenge_message chal;
	uint8_t expected[PROOF_SIZE];
	struct ntlm_bytes blob;
	enum ntlm_error err;

	memset(exported, 0, NTLM_KEY_SIZE);
	if (detail)
		*detail = (struct ntlm_detail){ 0 };
	err = parse_all(negotiate, challenge, authenticate, &chal, &auth, detail);
	if (err)
		return err;
	if (!auth.ntlmv2)
		return ntlm_fail(detail, NTLM_ERR_PROOF, "no NTLMv2 response");

	crypto_ntowfv2(nt_hash, auth.user, auth.domain, ntowfv2);
	blob.data = auth.nt.data + PROOF_SIZE;
	blob.len = auth.nt.len - PROOF_SIZE;
	crypto_response(ntowfv2, chal.server_challenge, blob, expected);
	if (!crypto_equal(expected, auth.nt.data, PROOF_SIZE)) {
		err = ntlm_fail(detail, NTLM_ERR_PROOF, "NTProofStr");
		goto out;
	}
	crypto_session_base_key(ntowfv2, auth.nt.data, exported);
	if (auth.flags & NTLMSSP_NEGOTIATE_KEY_EXCH &&
	    auth.flags & FLAGS_PROTECTION)
		crypto_rc4k(exported, auth.session_key.data, exported);
	if (!auth.mic_offset)
		goto out;
	crypto_mic(exported, negotiate, challenge, authenticate, auth.mic_offset,
		   expected);
	if (!crypto_equal(expected, authenticate.data + auth.mic_offset, MIC_SIZE))
		err = ntlm_fail(detail, NTLM_ERR_MIC, NULL);
out:
	if (err)
		explicit_bzero(exported, NTLM_KEY_SIZE);
	explicit_bzero(ntowfv2, sizeof(ntowfv2));
	explicit_bzero(expected, sizeof(expected));
	wipe_stack();
	return err;
}
