// SPDX-License-Identifier: GPL-2.0-or-later
#include "accept.h"
#include "options.h"
#include "utf16.h"

#define OPTIONS_ALL							\
	(OPTIONS_PROTECTION | NTLM_OPTION_IDENTIFY |			\
	 NTLM_OPTION_ANONYMOUS | NTLM_OPTION_CHANNEL_BINDINGS)

#define KEY_BITS_MAX	128
#define KEY_BITS_SHORT	56	/* most that a key made of an LM hash has */

/* what every CHALLENGE_MESSAGE says, [MS-NLMP] 3.2.5.1.1 */
#define GRANT_ALWAYS							\
	(NTLMSSP_REQUEST_TARGET | NTLMSSP_NEGOTIATE_NTLM |		\
	 NTLMSSP_NEGOTIATE_ALWAYS_SIGN | NTLMSSP_NEGOTIATE_TARGET_INFO)

/* what it says if the client said so */
#define GRANT_OFFERED							\
	(FLAGS_PROTECTION | NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY | \
	 NTLMSSP_NEGOTIATE_IDENTIFY | NTLMSSP_NEGOTIATE_VERSION |	\
	 NTLMSSP_NEGOTIATE_128 | NTLMSSP_NEGOTIATE_56 |			\
	 NTLMSSP_NEGOTIATE_KEY_EXCH)

#define FLAGS_OF_LM_HASH						\
	(NTLMSSP_NEGOTIATE_LM_KEY | NTLMSSP_REQUEST_NON_NT_SESSION_KEY)

#define FLAGS_CONNECTIONLESS						\
	(NTLMSSP_NEGOTIATE_DATAGRAM | NTLMSSP_NEGOTIATE_KEY_EXCH)

/* what counts only if both sides set it */
#define AGREED								\
	(NTLMSSP_NEGOTIATE_UNICODE | NTLM_NEGOTIATE_OEM |		\
	 GRANT_ALWAYS | GRANT_OFFERED | FLAGS_OF_LM_HASH)

static unsigned int least_bits(const struct ntlm_acceptor_policy *policy,
			       const struct ntlm_request *request)
{
	unsigned int least = policy->min_key_bits ? policy->min_key_bits :
						    KEY_BITS_MAX;

	return request->min_key_bits > least ? request->min_key_bits : least;
}

bool accept_legacy(const struct ntlm_acceptor_policy *policy,
		   const struct ntlm_request *request)
{
	return policy->allow_legacy && request->allow_legacy;
}

static enum ntlm_error check_name(const char *name, const char *where,
				  struct ntlm_detail *detail)
{
	uint8_t text[NTLM_NAME_MAX];
	struct wire_writer w = { .data = text, .size = sizeof(text) };
	enum ntlm_error err = utf16_put(&w, name, NTLM_NAME_MAX);

	return err ? ntlm_fail(detail, err, where) : NTLM_OK;
}

static enum ntlm_error check_names(const struct ntlm_server_names *names,
				   struct ntlm_detail *detail)
{
	enum ntlm_error err;

	/* A client that wants protection needs both, [MS-NLMP] 3.1.5.1.2. */
	if (!names->nb_computer || !*names->nb_computer)
		return ntlm_fail(detail, NTLM_ERR_POLICY,
				 "NetBIOS computer name is empty");
	if (names->nb_domain && !*names->nb_domain)
		return ntlm_fail(detail, NTLM_ERR_POLICY,
				 "NetBIOS domain name is empty");
	err = check_name(names->nb_computer, "NetBIOS computer name", detail);
	if (!err)
		err = check_name(names->nb_domain, "NetBIOS domain name", detail);
	if (!err)
		err = check_name(names->dns_computer, "DNS computer name", detail);
	if (!err)
		err = check_name(names->dns_domain, "DNS domain name", detail);
	if (!err)
		err = check_name(names->dns_tree, "DNS tree name", detail);
	return err;
}

enum ntlm_error
ntlm_acceptor_policy_check(const struct ntlm_acceptor_policy *policy,
			   struct ntlm_detail *detail)
{
	if (detail)
		*detail = (struct ntlm_detail){ 0 };
	if (policy->lm_compat_level > 5)
		return ntlm_fail(detail, NTLM_ERR_POLICY,
				 "LmCompatibilityLevel must be 0 to 5");
	if (policy->min_key_bits && policy->min_key_bits != 40 &&
	    policy->min_key_bits != 56 && policy->min_key_bits != 128)
		return ntlm_fail(detail, NTLM_ERR_POLICY,
				 "minimum key strength must be 40, 56 or 128");
	if ((unsigned int)policy->target_check > NTLM_TARGET_REQUIRE)
		return ntlm_fail(detail, NTLM_ERR_POLICY,
				 "unknown check of the target name");
	return check_names(&policy->names, detail);
}

enum ntlm_error accept_check(const struct ntlm_acceptor_policy *policy,
			     const struct ntlm_request *request,
			     struct ntlm_detail *detail)
{
	enum ntlm_error err = ntlm_acceptor_policy_check(policy, detail);

	if (err)
		return err;
	if ((request->required | request->wished) & ~(uint32_t)OPTIONS_ALL)
		return ntlm_fail(detail, NTLM_ERR_ARGUMENT, "unknown option");
	if (request->required & NTLM_OPTION_ANONYMOUS)
		return ntlm_fail(detail, NTLM_ERR_ARGUMENT,
				 "a server cannot require an anonymous logon");
	if (request->required & NTLM_OPTION_CHANNEL_BINDINGS &&
	    !request->channel_bindings)
		return ntlm_fail(detail, NTLM_ERR_ARGUMENT,
				 "channel bindings are required and not given");
	if (request->min_key_bits > KEY_BITS_MAX)
		return ntlm_fail(detail, NTLM_ERR_KEY_STRENGTH,
				 "NTLM has no keys longer than 128 bits");
	return NTLM_OK;
}

static uint32_t required_flags(const struct ntlm_request *request)
{
	uint32_t flags = 0;

	if (request->required & OPTIONS_PROTECTION)
		flags |= NTLMSSP_NEGOTIATE_SIGN;
	if (request->required & NTLM_OPTION_CONFIDENTIALITY)
		flags |= NTLMSSP_NEGOTIATE_SEAL;
	if (request->required & NTLM_OPTION_IDENTIFY)
		flags |= NTLMSSP_NEGOTIATE_IDENTIFY;
	return flags;
}

static enum ntlm_error missing(struct ntlm_detail *detail, enum ntlm_error error,
			       uint32_t flags)
{
	if (detail)
		detail->missing = flags;
	return ntlm_fail(detail, error, NULL);
}

static enum ntlm_error check_flags(const struct ntlm_acceptor_policy *policy,
				   const struct ntlm_request *request,
				   uint32_t flags, struct ntlm_detail *detail)
{
	unsigned int least = least_bits(policy, request);
	uint32_t need = required_flags(request);

	if ((need | flags) & FLAGS_PROTECTION) {
		if (!policy->allow_no_key_exchange)
			need |= NTLMSSP_NEGOTIATE_KEY_EXCH;
		/* Sealing alone leaves messages that anybody can change. */
		if (!accept_legacy(policy, request))
			need |= NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY |
				NTLMSSP_NEGOTIATE_SIGN;
		/* [MS-NLMP] 3.4.3 */
		if (request->connectionless && flags & NTLMSSP_NEGOTIATE_SEAL)
			need |= NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY;
	}
	if (need & ~flags)
		return missing(detail, NTLM_ERR_OPTION_REFUSED, need & ~flags);
	if (!(flags & FLAGS_PROTECTION) || options_key_bits(flags) >= least)
		return NTLM_OK;
	return missing(detail, NTLM_ERR_KEY_STRENGTH,
		       least > KEY_BITS_SHORT ? NTLMSSP_NEGOTIATE_128 :
						NTLMSSP_NEGOTIATE_56);
}

/* There is no offer yet: the client will choose. */
static uint32_t grant_connectionless(const struct ntlm_acceptor_policy *policy,
				     const struct ntlm_request *request)
{
	uint32_t flags = GRANT_ALWAYS | GRANT_OFFERED | NTLMSSP_NEGOTIATE_UNICODE |
			 FLAGS_CONNECTIONLESS;

	if (accept_legacy(policy, request))
		flags |= NTLM_NEGOTIATE_OEM;
	if (least_bits(policy, request) > KEY_BITS_SHORT)
		flags &= ~NTLMSSP_NEGOTIATE_56;
	return flags;
}

enum ntlm_error accept_grant(const struct ntlm_acceptor_policy *policy,
			     const struct ntlm_request *request, uint32_t offer,
			     uint32_t *flags, struct ntlm_detail *detail)
{
	bool legacy = accept_legacy(policy, request);
	uint32_t f = GRANT_ALWAYS | (offer & GRANT_OFFERED);
	enum ntlm_error err;

	if (request->connectionless) {
		*flags = grant_connectionless(policy, request);
		return NTLM_OK;
	}
	if (offer & NTLMSSP_NEGOTIATE_UNICODE)
		f |= NTLMSSP_NEGOTIATE_UNICODE;
	else if (legacy && offer & NTLM_NEGOTIATE_OEM)
		f |= NTLM_NEGOTIATE_OEM;
	else
		return ntlm_fail(detail, NTLM_ERR_CHARSET,
				 "NEGOTIATE without UNICODE");
	if (legacy && !(f & NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY) &&
	    least_bits(policy, request) <= KEY_BITS_SHORT)
		f |= offer & FLAGS_OF_LM_HASH;
	if (!legacy && !(f & NTLMSSP_NEGOTIATE_SIGN))
		f &= ~NTLMSSP_NEGOTIATE_SEAL;

	err = check_flags(policy, request, f, detail);
	if (err && !((request->required | request->wished) & OPTIONS_PROTECTION)) {
		f &= ~FLAGS_PROTECTION;
		if (detail)
			*detail = (struct ntlm_detail){ 0 };
		err = check_flags(policy, request, f, detail);
	}
	if (err)
		return err;
	if (!(f & FLAGS_PROTECTION))
		f &= ~NTLMSSP_NEGOTIATE_KEY_EXCH;
	*flags = f;
	return NTLM_OK;
}

uint32_t accept_nobody(uint32_t flags)
{
	return flags & ~(FLAGS_PROTECTION | NTLMSSP_NEGOTIATE_KEY_EXCH |
			 FLAGS_OF_LM_HASH);
}

enum ntlm_error accept_agree(const struct ntlm_acceptor_policy *policy,
			     const struct ntlm_request *request,
			     uint32_t granted, uint32_t answer, bool anonymous,
			     uint32_t *flags, struct ntlm_detail *detail)
{
	uint32_t matters = AGREED;
	uint32_t f;

	if (request->connectionless) {
		matters |= NTLMSSP_NEGOTIATE_DATAGRAM;
		if (answer & matters & ~granted)
			return ntlm_fail(detail, NTLM_ERR_MALFORMED,
					 "AUTHENTICATE chooses flags that were not offered");
	}
	f = granted & answer & matters;
	if (request->connectionless && FLAGS_CONNECTIONLESS & ~f)
		return missing(detail, NTLM_ERR_OPTION_REFUSED,
			       FLAGS_CONNECTIONLESS & ~f);
	if (!(f & (NTLMSSP_NEGOTIATE_UNICODE | NTLM_NEGOTIATE_OEM)) ||
	    (answer & NTLMSSP_NEGOTIATE_UNICODE && !(f & NTLMSSP_NEGOTIATE_UNICODE)))
		return ntlm_fail(detail, NTLM_ERR_CHARSET, "AUTHENTICATE");
	if (f & NTLMSSP_NEGOTIATE_UNICODE)
		f &= ~(uint32_t)NTLM_NEGOTIATE_OEM;
	if (f & NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY)
		f &= ~FLAGS_OF_LM_HASH;
	if (anonymous && request->required & OPTIONS_PROTECTION)
		return ntlm_fail(detail, NTLM_ERR_ANONYMOUS, NULL);
	if (anonymous) {
		*flags = accept_nobody(f) | NTLMSSP_ANONYMOUS;
		return NTLM_OK;
	}
	if (!request->connectionless && !(f & FLAGS_PROTECTION))
		f &= ~NTLMSSP_NEGOTIATE_KEY_EXCH;
	*flags = f;
	return check_flags(policy, request, f, detail);
}
