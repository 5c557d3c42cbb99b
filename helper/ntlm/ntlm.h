/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * NTLM ([MS-NLMP]) initiator as a library without I/O; the acceptor is in
 * acceptor.h.
 *
 * The library keeps nothing between two calls: the caller stores the raw bytes
 * of NEGOTIATE and CHALLENGE and hands both in again. There is no global state,
 * no allocation, no clock and no random number generator in here, so every call
 * is reentrant, thread-safe and reproducible.
 *
 * NTLMv2 only unless policy says otherwise. Every secret the library derives is
 * wiped before it returns, on success and on failure; the session key is left in
 * the caller's struct ntlm_session alone.
 */
#ifndef NTLM_H
#define NTLM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "flags.h"

/** NTLM_HASH_SIZE - bytes of an NT hash (NTOWFv1, MD4 of the password) */
#define NTLM_HASH_SIZE 16
/** NTLM_KEY_SIZE - bytes of a session key */
#define NTLM_KEY_SIZE 16
/** NTLM_CHANNEL_BINDINGS_SIZE - bytes of the MD5 in MsvAvChannelBindings */
#define NTLM_CHANNEL_BINDINGS_SIZE 16
/** NTLM_TOKEN_MAX - largest token in bytes that is built or accepted */
#define NTLM_TOKEN_MAX 16384
/** NTLM_NEGOTIATE_SIZE - bytes of every NEGOTIATE_MESSAGE that is built */
#define NTLM_NEGOTIATE_SIZE 40
/** NTLM_NAME_MAX - bytes of user, domain or workstation name as UTF-16 */
#define NTLM_NAME_MAX 510
/** NTLM_TARGET_NAME_MAX - bytes of the target name (SPN) as UTF-16 */
#define NTLM_TARGET_NAME_MAX 2048
/** NTLM_DISPLAY_NAME_SIZE - size of a peer's name made printable, with NUL */
#define NTLM_DISPLAY_NAME_SIZE 512
/** NTLM_ERROR_TEXT_SIZE - enough bytes for ntlm_error_describe() */
#define NTLM_ERROR_TEXT_SIZE 768

/**
 * enum ntlm_error - why a call failed
 * @NTLM_OK: it did not
 * @NTLM_ERR_ARGUMENT: the caller's request contradicts itself (EINVAL)
 * @NTLM_ERR_POLICY: struct ntlm_policy has a value that does not exist, or asks
 *	for what cannot be had, such as a MIC of NTLMv1 (EINVAL)
 * @NTLM_ERR_MALFORMED: a token breaks the rules of its format (EPROTO)
 * @NTLM_ERR_CHARSET: no character set in common (EPROTO)
 * @NTLM_ERR_OPTION_REFUSED: the server did not grant what is required, or
 *	policy does not allow it; the detail names the flags (EOPNOTSUPP)
 * @NTLM_ERR_KEY_STRENGTH: the server's keys are shorter than required; the
 *	detail names the flags (EOPNOTSUPP)
 * @NTLM_ERR_ANONYMOUS: protection is required of an anonymous logon, which
 *	has none (EOPNOTSUPP)
 * @NTLM_ERR_NO_TARGET_INFO: channel bindings have to be sent, and there is
 *	nothing to carry them: the server sent no TargetInfo, or the response is
 *	NTLMv1 (EOPNOTSUPP)
 * @NTLM_ERR_NO_SERVER_NAMES: protection is wanted, the response is NTLMv2, and
 *	the server did not send both NetBIOS names, [MS-NLMP] 3.1.5.1.2 (EACCES)
 * @NTLM_ERR_NO_TIMESTAMP: policy wants a MIC, and without a timestamp from the
 *	server there is none (EACCES)
 * @NTLM_ERR_TIME_SKEW: the server's clock is further away than policy
 *	allows (EACCES)
 * @NTLM_ERR_TOO_LARGE: the token would exceed the buffer, NTLM_TOKEN_MAX or a
 *	length field; or a name exceeds its limit (EMSGSIZE)
 * @NTLM_ERR_UTF8: a name or password is no valid UTF-8, or contains
 *	U+0000 (EILSEQ)
 * @NTLM_ERR_RANDOM: the caller's random number generator failed (EIO)
 * @NTLM_ERR_PROOF: acceptor: the response does not fit the
 *	password (EBADMSG)
 * @NTLM_ERR_MIC: acceptor: the three messages were changed (EBADMSG)
 * @NTLM_ERR_WEAK_RESPONSE: acceptor: the kind of response is below what policy
 *	takes (EACCES)
 * @NTLM_ERR_NO_MIC: acceptor: policy wants a MIC and there is none (EACCES)
 * @NTLM_ERR_BINDINGS: acceptor: channel bindings are missing or others
 *	(EACCES)
 * @NTLM_ERR_TARGET_NAME: acceptor: the logon was meant for another service, or
 *	says for none where one is required (EACCES)
 * @NTLM_ERR_EXPIRED: acceptor: the answer to the challenge came too late
 *	(EACCES)
 * @NTLM_ERR_NOBODY: acceptor: policy takes no anonymous logon (EACCES)
 */
enum ntlm_error {
	NTLM_OK = 0,
	NTLM_ERR_ARGUMENT,
	NTLM_ERR_POLICY,
	NTLM_ERR_MALFORMED,
	NTLM_ERR_CHARSET,
	NTLM_ERR_OPTION_REFUSED,
	NTLM_ERR_KEY_STRENGTH,
	NTLM_ERR_ANONYMOUS,
	NTLM_ERR_NO_TARGET_INFO,
	NTLM_ERR_NO_SERVER_NAMES,
	NTLM_ERR_NO_TIMESTAMP,
	NTLM_ERR_TIME_SKEW,
	NTLM_ERR_TOO_LARGE,
	NTLM_ERR_UTF8,
	NTLM_ERR_RANDOM,
	NTLM_ERR_PROOF,
	NTLM_ERR_MIC,
	NTLM_ERR_WEAK_RESPONSE,
	NTLM_ERR_NO_MIC,
	NTLM_ERR_BINDINGS,
	NTLM_ERR_TARGET_NAME,
	NTLM_ERR_EXPIRED,
	NTLM_ERR_NOBODY,
	NTLM_ERR_COUNT	/* number of values, no error */
};

/**
 * struct ntlm_detail - what exactly failed; never holds a secret
 * @missing: NegotiateFlags that are required and were not granted, or 0
 * @where: static text naming the field or rule, or NULL
 */
struct ntlm_detail {
	uint32_t missing;
	const char *where;
};

/**
 * struct ntlm_bytes - bytes that somebody else owns
 * @data: first byte; may be NULL if @len is 0
 * @len: number of bytes
 */
struct ntlm_bytes {
	const uint8_t *data;
	size_t len;
};

/**
 * struct ntlm_token - the caller's buffer for a token to be built
 * @data: the buffer
 * @size: its size in bytes; NTLM_TOKEN_MAX is always enough
 * @len: set by the library: length of the token in bytes, 0 on failure
 */
struct ntlm_token {
	uint8_t *data;
	size_t size;
	size_t len;
};

/**
 * enum ntlm_option - what a context shall offer, [MS-NLMP] 3.1.1.2
 * @NTLM_OPTION_INTEGRITY: messages can be signed: SIGN
 * @NTLM_OPTION_CONFIDENTIALITY: messages can be sealed: SEAL and SIGN
 * @NTLM_OPTION_REPLAY_DETECT: repeated messages are found: SIGN
 * @NTLM_OPTION_SEQUENCE_DETECT: reordered messages are found: SIGN
 * @NTLM_OPTION_IDENTIFY: the server may identify, not impersonate: IDENTIFY
 * @NTLM_OPTION_ANONYMOUS: log on as nobody; wishing for it is enough to get it
 * @NTLM_OPTION_CHANNEL_BINDINGS: if it is wished and not required, channel
 *	bindings that cannot be sent (initiator) or that the client did not supply
 *	(acceptor) are no failure
 */
enum ntlm_option {
	NTLM_OPTION_INTEGRITY		= 1u << 0,
	NTLM_OPTION_CONFIDENTIALITY	= 1u << 1,
	NTLM_OPTION_REPLAY_DETECT	= 1u << 2,
	NTLM_OPTION_SEQUENCE_DETECT	= 1u << 3,
	NTLM_OPTION_IDENTIFY		= 1u << 4,
	NTLM_OPTION_ANONYMOUS		= 1u << 5,
	NTLM_OPTION_CHANNEL_BINDINGS	= 1u << 6
};

/**
 * enum ntlm_response - what proves the password
 * @NTLM_RESPONSE_NONE: nothing does: anonymous
 * @NTLM_RESPONSE_LM: LM response only
 * @NTLM_RESPONSE_NTLM: NTLMv1, with or without an LM response next to it
 * @NTLM_RESPONSE_NTLM2_SESSION: NTLMv1 with extended session security
 * @NTLM_RESPONSE_LMV2: LMv2 response only
 * @NTLM_RESPONSE_NTLMV2: NTLMv2
 */
enum ntlm_response {
	NTLM_RESPONSE_NONE,
	NTLM_RESPONSE_LM,
	NTLM_RESPONSE_NTLM,
	NTLM_RESPONSE_NTLM2_SESSION,
	NTLM_RESPONSE_LMV2,
	NTLM_RESPONSE_NTLMV2
};

/**
 * struct ntlm_policy - the administrator's decisions
 * @lm_compat_level: LmCompatibilityLevel, 0 to 5: 0 LM and NTLMv1 without
 *	extended session security, 1 the same with it if the server grants it, 2
 *	NTLMv1 only, likewise, 3 to 5 NTLMv2 only
 * @min_key_bits: least session key strength where messages are protected: 40,
 *	56 or 128; 0 means 128
 * @max_time_skew: allowed distance in seconds between MsvAvTimestamp and the
 *	local clock; 0 means any (NTLM_MAX_LIFETIME is what others use)
 * @require_mic: refuse a server that sends no timestamp. With a timestamp the
 *	MIC is always sent, whatever this says. Not with levels below 3, which
 *	have no MIC.
 * @allow_no_key_exchange: accept protection without KEY_EXCH. The session key
 *	then follows from the password and the two nonces alone.
 * @allow_legacy: session security without EXTENDED_SESSIONSECURITY, SEAL without
 *	SIGN, and names in the OEM character set, if the request allows it as well
 * @real_lm_response: send an LM response at levels 0 and 1 where there is an LM
 *	hash; else the NTLMv1 response takes its place (NoLMResponseNTLMv1)
 * @workstation: this computer's NetBIOS name in UTF-8, or NULL to send none
 */
struct ntlm_policy {
	unsigned int lm_compat_level;
	unsigned int min_key_bits;
	uint32_t max_time_skew;
	bool require_mic;
	bool allow_no_key_exchange;
	bool allow_legacy;
	bool real_lm_response;
	const char *workstation;
};

/** NTLM_MAX_LIFETIME - MaxLifetime in seconds, [MS-NLMP] 3.1.1.1: 36 hours */
#define NTLM_MAX_LIFETIME (36u * 60 * 60)

/** NTLM_POLICY_DEFAULT - initializer of struct ntlm_policy */
#define NTLM_POLICY_DEFAULT { .lm_compat_level = 3, .min_key_bits = 128 }

/**
 * struct ntlm_request - what the client wants of this context
 * @required: enum ntlm_option bits; the exchange fails if one is not granted
 * @wished: enum ntlm_option bits that are asked for and may be refused
 * @min_key_bits: like ntlm_policy.min_key_bits, the larger one counts; 0 means
 *	the policy decides
 * @target_name: service principal name in UTF-8 such as "cifs/host", or NULL
 * @target_unverified: @target_name came from an untrusted source. An initiator
 *	tells the server; NTLMv1 cannot, so there the exchange fails.
 * @channel_bindings: NTLM_CHANNEL_BINDINGS_SIZE bytes, MD5 of the
 *	gss_channel_bindings_struct, or NULL for none; see
 *	NTLM_OPTION_CHANNEL_BINDINGS
 * @allow_legacy: like ntlm_policy.allow_legacy; both have to allow it
 * @connectionless: there is no NEGOTIATE_MESSAGE, [MS-NLMP] 3.1.5.2
 */
struct ntlm_request {
	uint32_t required;
	uint32_t wished;
	unsigned int min_key_bits;
	const char *target_name;
	bool target_unverified;
	const uint8_t *channel_bindings;
	bool allow_legacy;
	bool connectionless;
};

/**
 * struct ntlm_credential - who logs on
 * @user: user name in UTF-8, not empty; a UPN goes here whole
 * @domain: domain in UTF-8; NULL or empty with a UPN
 * @nt_hash: see ntlm_nt_hash(); the caller wipes it
 * @has_lm_hash: @lm_hash is set
 * @lm_hash: see ntlm_lm_hash(); likewise
 */
struct ntlm_credential {
	const char *user;
	const char *domain;
	uint8_t nt_hash[NTLM_HASH_SIZE];
	bool has_lm_hash;
	uint8_t lm_hash[NTLM_HASH_SIZE];
};

/**
 * struct ntlm_environment - randomness and time, given by the caller
 * @random: fills @len bytes at @buf from a cryptographic generator such as
 *	getrandom(2); returns 0, or anything else on failure, which is fatal
 * @random_arg: first argument of @random
 * @now: current time, see ntlm_filetime()
 */
struct ntlm_environment {
	int (*random)(void *arg, void *buf, size_t len);
	void *random_arg;
	uint64_t now;
};

/**
 * struct ntlm_session - outcome of an exchange, of both sides
 * @flags: NegotiateFlags that both sides agreed on
 * @key_bits: 128, 56 or 40 if messages are protected (SIGN), else 0
 * @response: what proved, or will prove, the password
 * @mic: the AUTHENTICATE_MESSAGE carries a MIC
 * @channel_bound: channel bindings were sent, or were received and fit
 * @anonymous: nobody logged on; there is no key and no session security
 * @exported_session_key: ExportedSessionKey; all zero if @anonymous. A secret:
 *	the caller wipes it.
 */
struct ntlm_session {
	uint32_t flags;
	unsigned int key_bits;
	enum ntlm_response response;
	bool mic;
	bool channel_bound;
	bool anonymous;
	uint8_t exported_session_key[NTLM_KEY_SIZE];
};

/**
 * struct ntlm_challenge_info - what a server says of itself; not authenticated
 * @flags: NegotiateFlags as received
 * @has_timestamp: the server sent MsvAvTimestamp, so a MIC will be sent
 * @timestamp: its value in units of 100 ns since 1601-01-01 UTC
 * @nb_computer: MsvAvNbComputerName made printable, empty if absent
 * @nb_domain: MsvAvNbDomainName, likewise
 * @dns_computer: MsvAvDnsComputerName, likewise
 * @dns_domain: MsvAvDnsDomainName, likewise
 */
struct ntlm_challenge_info {
	uint32_t flags;
	bool has_timestamp;
	uint64_t timestamp;
	char nb_computer[NTLM_DISPLAY_NAME_SIZE];
	char nb_domain[NTLM_DISPLAY_NAME_SIZE];
	char dns_computer[NTLM_DISPLAY_NAME_SIZE];
	char dns_domain[NTLM_DISPLAY_NAME_SIZE];
};

/**
 * ntlm_policy_check() - may this policy be used?
 * @policy: to be checked, as when a configuration file was read
 * @detail: says which member is wrong; may be NULL
 *
 * Both builders call it as well.
 *
 * Return: NTLM_OK; NTLM_ERR_POLICY if a member has a value that is not
 * implemented; NTLM_ERR_UTF8 or NTLM_ERR_TOO_LARGE for the workstation.
 */
enum ntlm_error ntlm_policy_check(const struct ntlm_policy *policy,
				  struct ntlm_detail *detail);

/**
 * ntlm_nt_hash() - NT hash of a password: NTOWFv1, [MS-NLMP] 3.3.1
 * @password: UTF-8, neither normalised nor case-folded
 * @len: its length in bytes
 * @hash: receives NTLM_HASH_SIZE bytes; all zero on failure
 *
 * Return: NTLM_OK, or NTLM_ERR_UTF8 if @password is no valid UTF-8 or contains
 * U+0000.
 */
enum ntlm_error ntlm_nt_hash(const char *password, size_t len,
			     uint8_t hash[NTLM_HASH_SIZE]);

/**
 * ntlm_lm_hash() - LM hash of a password: LMOWFv1, [MS-NLMP] 3.3.1
 * @password: printable ASCII, upper-cased here
 * @len: its length in bytes
 * @hash: receives NTLM_HASH_SIZE bytes; all zero on failure
 *
 * Return: NTLM_OK, or NTLM_ERR_ARGUMENT for a password that has no LM hash: more
 * than 14 characters, or others than printable ASCII.
 */
enum ntlm_error ntlm_lm_hash(const char *password, size_t len,
			     uint8_t hash[NTLM_HASH_SIZE]);

/**
 * ntlm_response_name() - name of a kind of response, for logs
 * @response: any value
 *
 * Return: static text, never NULL.
 */
const char *ntlm_response_name(enum ntlm_response response);

/**
 * ntlm_build_negotiate() - NEGOTIATE_MESSAGE, [MS-NLMP] 3.1.5.1.1
 * @policy: the administrator's decisions
 * @request: what the client wants
 * @token: receives NTLM_NEGOTIATE_SIZE bytes
 * @flags: receives the offered NegotiateFlags; may be NULL
 * @detail: receives what failed; may be NULL
 *
 * Return: NTLM_OK; NTLM_ERR_ANONYMOUS; NTLM_ERR_KEY_STRENGTH for more than 128
 * bits; NTLM_ERR_OPTION_REFUSED if protection is required, level 0 does not offer
 * extended session security and legacy is not allowed; NTLM_ERR_ARGUMENT for
 * unknown options, for channel bindings that are required and not given, and for
 * a connectionless request; NTLM_ERR_TOO_LARGE if @token is too small; and what
 * ntlm_policy_check() returns.
 */
enum ntlm_error ntlm_build_negotiate(const struct ntlm_policy *policy,
				     const struct ntlm_request *request,
				     struct ntlm_token *token, uint32_t *flags,
				     struct ntlm_detail *detail);

/**
 * ntlm_build_authenticate() - check CHALLENGE and answer it,
 * [MS-NLMP] 3.1.5.1.2, 3.1.5.2.1 and 3.3
 * @policy: the administrator's decisions
 * @request: what the client wants, as given to ntlm_build_negotiate()
 * @credential: who logs on; NULL if and only if NTLM_OPTION_ANONYMOUS is set
 * @env: randomness and time
 * @negotiate: the NEGOTIATE_MESSAGE as sent. What it did not offer is not
 *	accepted, whatever @request says. Empty if and only if the exchange is
 *	connectionless.
 * @challenge: the CHALLENGE_MESSAGE as received
 * @token: receives the AUTHENTICATE_MESSAGE; its whole buffer is wiped on
 *	failure. Must not overlap the inputs.
 * @session: receives flags and session key; all zero on failure
 * @detail: receives what failed; may be NULL
 *
 * A required option that is not granted fails the exchange. Whether the
 * server accepts the answer only the embedding protocol can tell.
 *
 * Return: NTLM_OK or any other value of enum ntlm_error up to NTLM_ERR_RANDOM;
 * the ones after it are those of an acceptor.
 */
enum ntlm_error ntlm_build_authenticate(const struct ntlm_policy *policy,
					const struct ntlm_request *request,
					const struct ntlm_credential *credential,
					const struct ntlm_environment *env,
					struct ntlm_bytes negotiate,
					struct ntlm_bytes challenge,
					struct ntlm_token *token,
					struct ntlm_session *session,
					struct ntlm_detail *detail);

/**
 * ntlm_inspect_challenge() - what a CHALLENGE_MESSAGE says, for logs
 * @challenge: the CHALLENGE_MESSAGE as received
 * @info: receives the contents; all zero on failure. Names are valid UTF-8 in
 *	which everything that is not printable is replaced by U+FFFD, cut at a
 *	whole character if too long.
 * @detail: receives what failed; may be NULL
 *
 * Return: NTLM_OK, NTLM_ERR_MALFORMED or NTLM_ERR_CHARSET.
 */
enum ntlm_error ntlm_inspect_challenge(struct ntlm_bytes challenge,
				       struct ntlm_challenge_info *info,
				       struct ntlm_detail *detail);

/**
 * ntlm_filetime() - FILETIME of a wall clock time, [MS-DTYP] 2.3.3
 * @ts: time since 1970-01-01 UTC as clock_gettime(CLOCK_REALTIME) reports it
 *
 * Return: units of 100 ns since 1601-01-01 UTC; 0 for times before that.
 */
uint64_t ntlm_filetime(const struct timespec *ts);

/**
 * ntlm_error_text() - one sentence for an error
 * @error: any value
 *
 * Return: static text without a final period, never NULL.
 */
const char *ntlm_error_text(enum ntlm_error error);

/**
 * ntlm_error_errno() - errno of an error
 * @error: any value
 *
 * Return: positive errno value as listed at enum ntlm_error; 0 for NTLM_OK.
 */
int ntlm_error_errno(enum ntlm_error error);

/**
 * ntlm_error_describe() - text of an error with its detail, for logs
 * @error: any value
 * @detail: from the call that failed; may be NULL
 * @buf: receives the text, always terminated if @size is not 0
 * @size: size of @buf in bytes; NTLM_ERROR_TEXT_SIZE is always enough
 *
 * Return: @buf.
 */
char *ntlm_error_describe(enum ntlm_error error, const struct ntlm_detail *detail,
			  char *buf, size_t size);

#endif
