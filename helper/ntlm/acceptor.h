/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * NTLM ([MS-NLMP]) acceptor as a library without I/O: section 3.2.
 *
 * Like the initiator it keeps nothing between two calls: the caller stores the
 * raw bytes of all messages and hands them in again. A CHALLENGE has to be
 * answered once only, which is up to the caller as well.
 */
#ifndef NTLM_ACCEPTOR_H
#define NTLM_ACCEPTOR_H

#include "ntlm.h"

/** NTLM_ACCOUNT_NAME_SIZE - user, domain or workstation in UTF-8, with NUL */
#define NTLM_ACCOUNT_NAME_SIZE 769
/** NTLM_CHALLENGE_AGE - seconds in which a challenge has to be answered */
#define NTLM_CHALLENGE_AGE (30u * 60)

/**
 * enum ntlm_target_check - what is done with MsvAvTargetName
 * @NTLM_TARGET_IGNORE: nothing
 * @NTLM_TARGET_IF_PRESENT: a name has to be one of the acceptor's own
 * @NTLM_TARGET_REQUIRE: the same, and there has to be one that the client did
 *	not get from an untrusted source
 */
enum ntlm_target_check {
	NTLM_TARGET_IGNORE,
	NTLM_TARGET_IF_PRESENT,
	NTLM_TARGET_REQUIRE
};

/**
 * struct ntlm_server_names - what a CHALLENGE_MESSAGE says of the server
 * @nb_computer: NetBIOS name of the computer, not empty; UTF-8 like all names
 * @nb_domain: NetBIOS name of the domain or workgroup; NULL: @nb_computer
 * @dns_computer: FQDN of the computer, or NULL
 * @dns_domain: FQDN of the domain, or NULL
 * @dns_tree: FQDN of the forest, or NULL
 * @member: the computer is a member of @nb_domain
 */
struct ntlm_server_names {
	const char *nb_computer;
	const char *nb_domain;
	const char *dns_computer;
	const char *dns_domain;
	const char *dns_tree;
	bool member;
};

/**
 * struct ntlm_acceptor_policy - the administrator's decisions
 * @lm_compat_level: LmCompatibilityLevel: 5 takes NTLMv2 only, 4 NTLMv1 (and
 *	NTLM2 session) as well, 0 to 3 what comes as an LM response alone as well:
 *	LM, LMv2, NTLMv1. A response that does not fit is never made good by one
 *	that stands next to it.
 * @min_key_bits: as in struct ntlm_policy
 * @allow_no_key_exchange: as in struct ntlm_policy
 * @allow_legacy: session security without EXTENDED_SESSIONSECURITY, and clients
 *	without UNICODE, if the request allows it as well
 * @require_mic: refuse a response without a MIC; only NTLMv2 can have one
 * @allow_anonymous: take an anonymous logon, which has no session security
 * @target_check: see enum ntlm_target_check
 * @max_time_skew: allowed distance in seconds between the time in the response
 *	and the local clock; 0 means any
 * @max_age: seconds between CHALLENGE and its answer; 0 means NTLM_CHALLENGE_AGE
 * @names: of the server
 */
struct ntlm_acceptor_policy {
	unsigned int lm_compat_level;
	unsigned int min_key_bits;
	bool allow_no_key_exchange;
	bool allow_legacy;
	bool require_mic;
	bool allow_anonymous;
	enum ntlm_target_check target_check;
	uint32_t max_time_skew;
	uint32_t max_age;
	struct ntlm_server_names names;
};

/**
 * struct ntlm_exchanged - the messages as transmitted
 * @negotiate: NEGOTIATE_MESSAGE; empty if connectionless
 * @challenge: CHALLENGE_MESSAGE
 * @authenticate: AUTHENTICATE_MESSAGE
 */
struct ntlm_exchanged {
	struct ntlm_bytes negotiate;
	struct ntlm_bytes challenge;
	struct ntlm_bytes authenticate;
};

/**
 * struct ntlm_logon - what an AUTHENTICATE_MESSAGE claims; nothing is proved
 * @flags: NegotiateFlags that both sides agree on
 * @response: the kind of response that will be looked at; NTLM_RESPONSE_LM
 *	stands for everything that comes as an LM response alone. NONE means an
 *	anonymous logon, which the contents decide and not the flag ANONYMOUS.
 * @user: UserName, valid UTF-8 but anything else that a client thinks of, such as
 *	line feeds; empty if @response is NTLM_RESPONSE_NONE
 * @domain: DomainName, likewise
 * @workstation: Workstation, likewise
 * @lm: LmChallengeResponse as received
 * @nt: NtChallengeResponse as received
 * @server_challenge: 8 bytes to hand to whoever knows the password, [MS-APDS]
 *	3.1.5.2: with an NTLM2 session response not the one that was sent
 *
 * For a domain controller that checks the responses itself.
 */
struct ntlm_logon {
	uint32_t flags;
	enum ntlm_response response;
	char user[NTLM_ACCOUNT_NAME_SIZE];
	char domain[NTLM_ACCOUNT_NAME_SIZE];
	char workstation[NTLM_ACCOUNT_NAME_SIZE];
	struct ntlm_bytes lm;
	struct ntlm_bytes nt;
	uint8_t server_challenge[8];
};

/**
 * struct ntlm_secret - what the account database knows
 * @nt_hash: NTOWFv1
 * @has_lm_hash: @lm_hash is set
 * @lm_hash: LMOWFv1
 */
struct ntlm_secret {
	uint8_t nt_hash[NTLM_HASH_SIZE];
	bool has_lm_hash;
	uint8_t lm_hash[NTLM_HASH_SIZE];
};

/**
 * ntlm_acceptor_policy_check() - may this policy be used?
 * @policy: to be checked, as when a configuration file was read
 * @detail: says which member is wrong; may be NULL
 *
 * Return: NTLM_OK; NTLM_ERR_POLICY if a member has a value that is not
 * implemented, or a name is missing; NTLM_ERR_UTF8 or NTLM_ERR_TOO_LARGE for a
 * name.
 */
enum ntlm_error
ntlm_acceptor_policy_check(const struct ntlm_acceptor_policy *policy,
			   struct ntlm_detail *detail);

/**
 * ntlm_build_challenge() - CHALLENGE_MESSAGE, [MS-NLMP] 3.2.5.1.1 and 3.2.5.2.1
 * @policy: the administrator's decisions
 * @request: what the server wants; ntlm_request.target_name is its own SPN
 * @env: randomness and time
 * @negotiate: NEGOTIATE_MESSAGE as received; empty if and only if
 *	@request->connectionless
 * @token: receives the message
 * @flags: receives its NegotiateFlags; may be NULL
 * @detail: receives what failed; may be NULL
 *
 * Grants what is offered, whether it is wished for or not. Protection that policy
 * finds too weak is left out if the server neither requires nor wishes any, and
 * fails the exchange otherwise.
 *
 * Return: NTLM_OK; NTLM_ERR_MALFORMED; NTLM_ERR_CHARSET;
 * NTLM_ERR_OPTION_REFUSED or NTLM_ERR_KEY_STRENGTH if what the client offers is
 * less than what is required; NTLM_ERR_RANDOM; NTLM_ERR_TOO_LARGE;
 * NTLM_ERR_ARGUMENT; and what ntlm_acceptor_policy_check() returns.
 */
enum ntlm_error ntlm_build_challenge(const struct ntlm_acceptor_policy *policy,
				     const struct ntlm_request *request,
				     const struct ntlm_environment *env,
				     struct ntlm_bytes negotiate,
				     struct ntlm_token *token, uint32_t *flags,
				     struct ntlm_detail *detail);

/**
 * ntlm_read_authenticate() - who wants to log on, and how?
 * @policy: the administrator's decisions
 * @request: as given to ntlm_build_challenge()
 * @now: current FILETIME
 * @messages: the exchange
 * @logon: receives the claims; its pointers lead into @messages
 * @detail: receives what failed; may be NULL
 *
 * [MS-NLMP] 3.2.5.1.2 up to the point where the password is needed: structure,
 * flags, strength, kind of response, age of the challenge.
 *
 * Return: NTLM_OK; NTLM_ERR_MALFORMED; NTLM_ERR_CHARSET;
 * NTLM_ERR_OPTION_REFUSED or NTLM_ERR_KEY_STRENGTH if what was agreed on is less
 * than what is required; NTLM_ERR_ANONYMOUS if protection is required of an
 * anonymous logon; NTLM_ERR_NOBODY; NTLM_ERR_WEAK_RESPONSE; NTLM_ERR_EXPIRED;
 * NTLM_ERR_ARGUMENT, also for a CHALLENGE that ntlm_build_challenge() does not
 * build; and what ntlm_acceptor_policy_check() returns. @logon is all zero on
 * failure.
 */
enum ntlm_error
ntlm_read_authenticate(const struct ntlm_acceptor_policy *policy,
		       const struct ntlm_request *request, uint64_t now,
		       const struct ntlm_exchanged *messages,
		       struct ntlm_logon *logon, struct ntlm_detail *detail);

/**
 * ntlm_check_logon() - do the responses prove the password?
 * @policy: the administrator's decisions
 * @request: as given to ntlm_build_challenge()
 * @now: current FILETIME
 * @messages: the exchange, for which ntlm_read_authenticate() returned NTLM_OK
 * @secret: of the account that is named there
 * @session: receives the outcome; all zero on failure
 * @detail: receives what failed; may be NULL
 *
 * The proof first; then MIC, channel bindings, target name, echo of the server's
 * own pairs and time, which it vouches for ([MS-NLMP] 3.2.5.1.2).
 *
 * A wrong password takes the same work whatever @secret is, except for LM
 * responses.
 *
 * Return: NTLM_OK; NTLM_ERR_PROOF, also for an anonymous logon; NTLM_ERR_MIC,
 * NTLM_ERR_NO_MIC, NTLM_ERR_BINDINGS, NTLM_ERR_TARGET_NAME, NTLM_ERR_TIME_SKEW;
 * NTLM_ERR_MALFORMED if TargetInfo does not come back as it was sent;
 * NTLM_ERR_OPTION_REFUSED if the key needs an LM hash and @secret has none; and
 * what ntlm_read_authenticate() returns.
 */
enum ntlm_error ntlm_check_logon(const struct ntlm_acceptor_policy *policy,
				 const struct ntlm_request *request, uint64_t now,
				 const struct ntlm_exchanged *messages,
				 const struct ntlm_secret *secret,
				 struct ntlm_session *session,
				 struct ntlm_detail *detail);

/**
 * ntlm_finish_logon() - the same where somebody else checked the responses
 * @policy: the administrator's decisions
 * @request: as given to ntlm_build_challenge()
 * @now: current FILETIME
 * @messages: the exchange
 * @session_base_key: NTLM_KEY_SIZE bytes that the domain controller returned
 * @lm_key: first 8 bytes of LMOWFv1, for the key exchange keys that need it, or
 *	NULL
 * @session: receives the outcome; all zero on failure
 * @detail: receives what failed; may be NULL
 *
 * Return: as ntlm_check_logon(), but NTLM_ERR_ARGUMENT for an anonymous logon and
 * no NTLM_ERR_PROOF.
 */
enum ntlm_error ntlm_finish_logon(const struct ntlm_acceptor_policy *policy,
				  const struct ntlm_request *request,
				  uint64_t now,
				  const struct ntlm_exchanged *messages,
				  const uint8_t session_base_key[NTLM_KEY_SIZE],
				  const uint8_t *lm_key,
				  struct ntlm_session *session,
				  struct ntlm_detail *detail);

/**
 * ntlm_finish_nobody() - the same for anonymous and guest logons
 * @policy: the administrator's decisions
 * @request: as given to ntlm_build_challenge()
 * @now: current FILETIME
 * @messages: the exchange
 * @session: receives the outcome, which has no session security and no key;
 *	ntlm_session.anonymous says which of both it is
 * @detail: receives what failed; may be NULL
 *
 * Return: NTLM_OK; NTLM_ERR_ANONYMOUS if protection is required;
 * NTLM_ERR_BINDINGS if bindings are; and what ntlm_read_authenticate() returns.
 */
enum ntlm_error ntlm_finish_nobody(const struct ntlm_acceptor_policy *policy,
				   const struct ntlm_request *request,
				   uint64_t now,
				   const struct ntlm_exchanged *messages,
				   struct ntlm_session *session,
				   struct ntlm_detail *detail);

/**
 * ntlm_error_ntstatus() - what the protocol around NTLM tells the client
 * @error: any value
 *
 * Return: NTSTATUS; 0 for NTLM_OK.
 */
uint32_t ntlm_error_ntstatus(enum ntlm_error error);

#endif
