// SPDX-License-Identifier: GPL-2.0-only
/*
 * The signature of a context that negotiated ALWAYS_SIGN and neither SIGN nor
 * SEAL: a constant, [MS-NLMP] section 3.4.4.3.  It protects nothing; peers
 * expect it where a signature has its place.
 */
#include <linux/string.h>
#include "scheme.h"

static const u8 ntlm_dummy_signature[NTLM_SIGNATURE_SIZE] = {
	NTLM_SIGNATURE_VERSION,
};

static int ntlm_dummy_admit(const struct ntlm_message *msg)
{
	return 0;
}

static bool ntlm_dummy_plausible(const struct ntlm_message *msg,
				 const u8 signature[NTLM_SIGNATURE_SIZE])
{
	return true;
}

static int ntlm_dummy_run(struct ntlm_message *msg,
			  u8 signature[NTLM_SIGNATURE_SIZE])
{
	memcpy(signature, ntlm_dummy_signature, NTLM_SIGNATURE_SIZE);
	return 0;
}

static bool ntlm_dummy_same(const u8 expected[NTLM_SIGNATURE_SIZE],
			    const u8 signature[NTLM_SIGNATURE_SIZE])
{
	return !memcmp(expected, signature, NTLM_SIGNATURE_SIZE);
}

/* No number and no key stream is used. */
static void ntlm_dummy_nothing(struct ntlm_message *msg)
{
}

const struct ntlm_scheme ntlm_scheme_dummy = {
	.admit		= ntlm_dummy_admit,
	.plausible	= ntlm_dummy_plausible,
	.run		= ntlm_dummy_run,
	.same		= ntlm_dummy_same,
	.commit		= ntlm_dummy_nothing,
	.undo		= ntlm_dummy_nothing,
};
