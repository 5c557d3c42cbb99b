// SPDX-License-Identifier: GPL-2.0-or-later
#include "message.h"
#include "options.h"
#include "utf16.h"

#define OPTIONS_ALL							\
	(OPTIONS_PROTECTION | NTLM_OPTION_IDENTIFY | NTLM_OPTION_ANONYMOUS | \
	 NTLM_OPTION_CHANNEL_BINDINGS)

#define KEY_BITS_MAX 128

/* what every NEGOTIATE_MESSAGE offers */
#define OFFER_ALWAYS							\
	(NTLMSSP_NEGOTIATE_UNICODE | NTLMSSP_REQUEST_TARGET |		\
	 NTLMSSP_NEGOTIATE_NTLM | NTLMSSP_NEGOTIATE_ALWAYS_SIGN |	\
	 NTLMSSP_NEGOTIATE_VERSION | NTLMSSP_NEGOTIATE_128 |		\
	 NTLMSSP_NEGOTIATE_56)

/* what counts only if both sides set it */
#define AGREED								\
	(NTLMSSP_NEGOTIATE_UNICODE | NTLM_NEGOTIATE_OEM |		\
	 FLAGS_PROTECTION | NTLMSSP_NEGOTIATE_LM_KEY |			\
	 NTLMSSP_NEGOTIATE_NTLM | NTLMSSP_NEGOTIATE_ALWAYS_SIGN |	\
	 NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY |			\
	 NTLMSSP_NEGOTIATE_IDENTIFY |					\
	 NTLMSSP_REQUEST_NON_NT_SESSION_KEY |				\
	 NTLMSSP_NEGOTIATE_VERSION | NTLMSSP_NEGOTIATE_128 |		\
	 NTLMSSP_NEGOTIATE_KEY_EXCH | NTLMSSP_NEGOTIATE_56)

/* what makes an exchange connectionless, [MS-NLMP] 2.2.2.5 and 3.2.5.2.1 */
#define DATAGRAM (NTLMSSP_NEGOTIATE_DATAGRAM | NTLMSSP_NEGOTIATE_KEY_EXCH)

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
	if (policy->lm_compat_level > 5)
		return ntlm_fail(detail, NTLM_ERR_POLICY,
				 "LmCompatibilityLevel must be 0 to 5");
	if (policy->require_mic && policy->lm_compat_level < 3)
		return ntlm_fail(detail, NTLM_ERR_POLICY,
				 "below LmCompatibilityLevel 3 there is no MIC that could be required");
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

bool options_legacy(const struct ntlm_policy *policy,
		    const struct ntlm_request *request)
{
	return policy->allow_legacy && request->allow_legacy;
}

/* Level 0 is for servers that fail when they see the flag. */
static bool speaks_ess(const struct ntlm_policy *policy)
{
	return policy->lm_compat_level > 0;
}

static unsigned int least_bits(const struct ntlm_policy *policy,
			       const struct ntlm_request *request)
{
	unsigned int bits = policy_key_bits(policy);

	return request->min_key_bits > bits ? request->min_key_bits : bits;
}

enum ntlm_error options_check(const struct ntlm_policy *policy,
			      const struct ntlm_request *request,
			      struct ntlm_detail *detail)
{
	const uint32_t needs_somebody = OPTIONS_PROTECTION |
					NTLM_OPTION_CHANNEL_BINDINGS;
	enum ntlm_error err = ntlm_policy_check(policy, detail);

	if (err)
		return err;
	if ((request->required | request->wished) & ~(uint32_t)OPTIONS_ALL)
		return ntlm_fail(detail, NTLM_ERR_ARGUMENT, "unknown option");
	if (request->required & NTLM_OPTION_CHANNEL_BINDINGS &&
	    !request->channel_bindings)
		return ntlm_fail(detail, NTLM_ERR_ARGUMENT,
				 "channel bindings are required and none are given");
	if (request->min_key_bits > KEY_BITS_MAX)
		return ntlm_fail(detail, NTLM_ERR_KEY_STRENGTH,
				 "NTLM has no keys longer than 128 bits");
	if (options_anonymous(request) && request->required & needs_somebody)
		return ntlm_fail(detail, NTLM_ERR_ANONYMOUS, NULL);
	if (request->required & OPTIONS_PROTECTION && !speaks_ess(policy) &&
	    !options_legacy(policy, request)) {
		if (detail)
			detail->missing = NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY;
		return ntlm_fail(detail, NTLM_ERR_OPTION_REFUSED,
				 "LmCompatibilityLevel 0 does not offer it, and legacy session security is not allowed");
	}
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

static bool offers_lm_key(const struct ntlm_policy *policy,
			  const struct ntlm_request *request)
{
	return !speaks_ess(policy) && policy->real_lm_response &&
	       !request->connectionless &&
	       least_bits(policy, request) < KEY_BITS_MAX;
}

uint32_t options_offer(const struct ntlm_policy *policy,
		       const struct ntlm_request *request)
{
	uint32_t flags = option_flags(request->required | request->wished);
	bool legacy = options_legacy(policy, request);

	if (options_anonymous(request)) {
		flags &= ~FLAGS_PROTECTION;
		flags |= NTLMSSP_ANONYMOUS;
	}
	/* Whoever cannot have the wish granted does not express it. */
	if (!speaks_ess(policy) && !legacy)
		flags &= ~FLAGS_PROTECTION;
	if (flags & FLAGS_PROTECTION)
		flags |= NTLMSSP_NEGOTIATE_KEY_EXCH;
	if (flags & FLAGS_PROTECTION && legacy && offers_lm_key(policy, request))
		flags |= NTLMSSP_NEGOTIATE_LM_KEY;
	if (speaks_ess(policy))
		flags |= NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY;
	if (legacy)
		flags |= NTLM_NEGOTIATE_OEM;
	if (request->connectionless)
		flags |= DATAGRAM;
	return flags | OFFER_ALWAYS;
}

unsigned int options_key_bits(uint32_t flags)
{
	const uint32_t cut = NTLMSSP_NEGOTIATE_LM_KEY | NTLMSSP_NEGOTIATE_DATAGRAM;

	if (!(flags & FLAGS_PROTECTION))
		return 0;
	if (flags & NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY) {
		if (flags & NTLMSSP_NEGOTIATE_128)
			return 128;
	} else if (!(flags & cut)) {
		return 128;
	}
	return flags & NTLMSSP_NEGOTIATE_56 ? 56 : 40;
}

static enum ntlm_error check_strength(const struct ntlm_policy *policy,
				      const struct ntlm_request *request,
				      uint32_t flags, struct ntlm_detail *detail)
{
	unsigned int least = least_bits(policy, request);
	uint32_t missing = least > 56 ? NTLMSSP_NEGOTIATE_128 :
					NTLMSSP_NEGOTIATE_56;

	if (!(flags & FLAGS_PROTECTION) || options_key_bits(flags) >= least)
		return NTLM_OK;
	if (flags & missing)
		missing = NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY;
	if (detail)
		detail->missing = missing;
	return ntlm_fail(detail, NTLM_ERR_KEY_STRENGTH, NULL);
}

/* Of two flags that exclude each other the better one counts. */
static uint32_t settle(uint32_t granted)
{
	if (granted & NTLMSSP_NEGOTIATE_UNICODE)
		granted &= ~(uint32_t)NTLM_NEGOTIATE_OEM;
	if (granted & NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY)
		granted &= ~(NTLMSSP_NEGOTIATE_LM_KEY |
			     NTLMSSP_REQUEST_NON_NT_SESSION_KEY);
	return granted;
}

/* what has to be granted if the client takes @f of it */
static uint32_t needed(const struct ntlm_policy *policy,
		       const struct ntlm_request *request, uint32_t granted,
		       uint32_t f)
{
	bool legacy = options_legacy(policy, request);
	uint32_t need = option_flags(request->required);
	const uint32_t sign = OPTIONS_PROTECTION & ~NTLM_OPTION_CONFIDENTIALITY;

	/* Sealed messages carry a signature, with SIGN or without. */
	if (legacy && !(request->required & sign))
		need &= ~NTLMSSP_NEGOTIATE_SIGN;
	/* A server that grants neither does not speak NTLM any more. */
	if (!(granted & (NTLMSSP_NEGOTIATE_NTLM |
			 NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY)))
		need |= NTLMSSP_NEGOTIATE_NTLM;
	if (!((need | f) & FLAGS_PROTECTION))
		return need;
	/* [MS-NLMP] 3.4.3: datagrams cannot be sealed without it. */
	if (!legacy || (request->connectionless && need & NTLMSSP_NEGOTIATE_SEAL))
		need |= NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY;
	if (!policy->allow_no_key_exchange)
		need |= NTLMSSP_NEGOTIATE_KEY_EXCH;
	return need;
}

/* what the client takes of it; REQUEST_TARGET and TARGET_INFO are no choice */
static uint32_t chosen(const struct ntlm_policy *policy,
		       const struct ntlm_request *request, uint32_t granted)
{
	uint32_t f = granted;

	if (options_anonymous(request)) {
		f &= ~FLAGS_PROTECTION;
		f |= NTLMSSP_ANONYMOUS;
	}
	/* A peer that reads SEAL alone as no signatures: anybody could change it. */
	if (!(f & NTLMSSP_NEGOTIATE_SIGN) && !options_legacy(policy, request))
		f &= ~NTLMSSP_NEGOTIATE_SEAL;
	if (request->connectionless &&
	    !(f & NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY))
		f &= ~NTLMSSP_NEGOTIATE_SEAL;
	if (!(f & FLAGS_PROTECTION) && !request->connectionless)
		f &= ~NTLMSSP_NEGOTIATE_KEY_EXCH;
	return f;
}

enum ntlm_error options_select(const struct ntlm_policy *policy,
			       const struct ntlm_request *request,
			       uint32_t offer, uint32_t answer, uint32_t *flags,
			       struct ntlm_detail *detail)
{
	uint32_t agreed = AGREED | (request->connectionless ? DATAGRAM : 0);
	uint32_t granted = settle(offer & answer & agreed);
	uint32_t f = chosen(policy, request, granted);
	uint32_t need = needed(policy, request, granted, f);

	if (request->connectionless && ~granted & DATAGRAM)
		return ntlm_fail(detail, NTLM_ERR_MALFORMED,
				 "connectionless CHALLENGE without DATAGRAM and KEY_EXCH");
	if (!(granted & (NTLMSSP_NEGOTIATE_UNICODE | NTLM_NEGOTIATE_OEM)))
		return ntlm_fail(detail, NTLM_ERR_CHARSET,
				 "CHALLENGE without UNICODE");
	if (need & ~granted) {
		if (detail)
			detail->missing = need & ~granted;
		return ntlm_fail(detail, NTLM_ERR_OPTION_REFUSED, NULL);
	}
	/* Without a NEGOTIATE nothing was requested but by the answer. */
	f |= offer & NTLMSSP_REQUEST_TARGET &
	     (request->connectionless ? answer : offer);
	f |= answer & NTLMSSP_NEGOTIATE_TARGET_INFO;
	*flags = f;
	return check_strength(policy, request, f, detail);
}
