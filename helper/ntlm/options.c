// SPDX-License-Identifier: GPL-2.0-or-later
#include "message.h"
#include "options.h"
#include "utf16.h"

#define OPTIONS_ALL							\
	(OPTIONS_PROTECTION | NTLM_OPTION_IDENTIFY | NTLM_OPTION_ANONYMOUS)

#define KEY_BITS_MAX 128

/* what every NEGOTIATE_MESSAGE offers */
#define OFFER_ALWAYS							\
	(NTLMSSP_NEGOTIATE_UNICODE | NTLMSSP_REQUEST_TARGET |		\
	 NTLMSSP_NEGOTIATE_NTLM | NTLMSSP_NEGOTIATE_ALWAYS_SIGN |	\
	 NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY |			\
	 NTLMSSP_NEGOTIATE_VERSION | NTLMSSP_NEGOTIATE_128 |		\
	 NTLMSSP_NEGOTIATE_56)

/* what counts only if both sides set it */
#define AGREED								\
	(NTLMSSP_NEGOTIATE_UNICODE | FLAGS_PROTECTION |			\
	 NTLMSSP_NEGOTIATE_NTLM | NTLMSSP_NEGOTIATE_ALWAYS_SIGN |	\
	 NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY |			\
	 NTLMSSP_NEGOTIATE_IDENTIFY | NTLMSSP_NEGOTIATE_VERSION |	\
	 NTLMSSP_NEGOTIATE_128 | NTLMSSP_NEGOTIATE_KEY_EXCH |		\
	 NTLMSSP_NEGOTIATE_56)

static unsigned int policy_key_bits(const struct ntlm_policy *policy)
{
	return policy->min_key_bits ? policy->min_key_bits : KEY_BITS_MAX;
}

enum ntlm_error ntlm_policy_check(const struct ntlm_policy *policy,
				  struct ntlm_detail *detail)
{
	uint8_t workstation[NTLM_NAME_MAX];
	struct wire_writer w = { .data = workstation, .size = sizeof(workstation) };
	unsigned int bits = policy_key_bits(policy);
	enum ntlm_error err;

	if (detail)
		*detail = (struct ntlm_detail){ 0 };
	if (policy->lm_compat_level < 3 || policy->lm_compat_level > 5)
		return ntlm_fail(detail, NTLM_ERR_POLICY,
				 "LmCompatibilityLevel must be 3, 4 or 5");
	if (bits != 40 && bits != 56 && bits != 128)
		return ntlm_fail(detail, NTLM_ERR_POLICY,
				 "minimum key strength must be 40, 56 or 128");
	err = utf16_put(&w, policy->workstation, NTLM_NAME_MAX);
	if (err)
		return ntlm_fail(detail, err, "Workstation");
	return NTLM_OK;
}

bool options_anonymous(const struct ntlm_request *request)
{
	return (request->required | request->wished) & NTLM_OPTION_ANONYMOUS;
}

enum ntlm_error options_check(const struct ntlm_policy *policy,
			      const struct ntlm_request *request,
			      struct ntlm_detail *detail)
{
	enum ntlm_error err = ntlm_policy_check(policy, detail);

	if (err)
		return err;
	if ((request->required | request->wished) & ~(uint32_t)OPTIONS_ALL)
		return ntlm_fail(detail, NTLM_ERR_ARGUMENT, "unknown option");
	if (request->min_key_bits > KEY_BITS_MAX)
		return ntlm_fail(detail, NTLM_ERR_KEY_STRENGTH,
				 "NTLM has no keys longer than 128 bits");
	if (options_anonymous(request) && request->required & OPTIONS_PROTECTION)
		return ntlm_fail(detail, NTLM_ERR_ANONYMOUS, NULL);
	return NTLM_OK;
}

static uint32_t option_flags(uint32_t options)
{
	uint32_t flags = 0;

	if (options & OPTIONS_PROTECTION)
		flags |= NTLMSSP_NEGOTIATE_SIGN;
	if (options & NTLM_OPTION_CONFIDENTIALITY)
		flags |= NTLMSSP_NEGOTIATE_SEAL;
	if (options & NTLM_OPTION_IDENTIFY)
		flags |= NTLMSSP_NEGOTIATE_IDENTIFY;
	return flags;
}

uint32_t options_offer(const struct ntlm_request *request)
{
	uint32_t flags = option_flags(request->required | request->wished);

	if (options_anonymous(request)) {
		flags &= ~FLAGS_PROTECTION;
		flags |= NTLMSSP_ANONYMOUS;
	}
	if (flags & FLAGS_PROTECTION)
		flags |= NTLMSSP_NEGOTIATE_KEY_EXCH;
	return flags | OFFER_ALWAYS;
}

unsigned int options_key_bits(uint32_t flags)
{
	if (!(flags & FLAGS_PROTECTION))
		return 0;
	if (flags & NTLMSSP_NEGOTIATE_128)
		return 128;
	return flags & NTLMSSP_NEGOTIATE_56 ? 56 : 40;
}

static enum ntlm_error check_strength(const struct ntlm_policy *policy,
				      const struct ntlm_request *request,
				      uint32_t flags, struct ntlm_detail *detail)
{
	unsigned int least = policy_key_bits(policy);

	if (request->min_key_bits > least)
		least = request->min_key_bits;
	if (!(flags & FLAGS_PROTECTION) || options_key_bits(flags) >= least)
		return NTLM_OK;
	if (detail)
		detail->missing = least > 56 ? NTLMSSP_NEGOTIATE_128 :
					       NTLMSSP_NEGOTIATE_56;
	return ntlm_fail(detail, NTLM_ERR_KEY_STRENGTH, NULL);
}

enum ntlm_error options_select(const struct ntlm_policy *policy,
			       const struct ntlm_request *request,
			       uint32_t offer, uint32_t answer, uint32_t *flags,
			       struct ntlm_detail *detail)
{
	uint32_t granted = offer & answer & AGREED;
	uint32_t need = option_flags(request->required);
	uint32_t f = granted;

	if (options_anonymous(request)) {
		f &= ~FLAGS_PROTECTION;
		f |= NTLMSSP_ANONYMOUS;
	}
	/* Sealing without signing leaves messages that anybody can change. */
	if (!(f & NTLMSSP_NEGOTIATE_SIGN))
		f &= ~NTLMSSP_NEGOTIATE_SEAL;
	if (!(f & FLAGS_PROTECTION))
		f &= ~NTLMSSP_NEGOTIATE_KEY_EXCH;
	f |= offer & NTLMSSP_REQUEST_TARGET;
	f |= answer & NTLMSSP_NEGOTIATE_TARGET_INFO;

	if (!(granted & NTLMSSP_NEGOTIATE_UNICODE))
		return ntlm_fail(detail, NTLM_ERR_CHARSET,
				 "CHALLENGE without UNICODE");
	/* A server that grants neither does not speak NTLM any more. */
	if (!(granted & (NTLMSSP_NEGOTIATE_NTLM |
			 NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY)))
		need |= NTLMSSP_NEGOTIATE_NTLM;
	if ((need | f) & FLAGS_PROTECTION) {
		need |= NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY;
		if (!policy->allow_no_key_exchange)
			need |= NTLMSSP_NEGOTIATE_KEY_EXCH;
	}
	if (need & ~granted) {
		if (detail)
			detail->missing = need & ~granted;
		return ntlm_fail(detail, NTLM_ERR_OPTION_REFUSED, NULL);
	}
	*flags = f;
	return check_strength(policy, request, f, detail);
}
