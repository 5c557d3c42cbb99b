/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The three messages, parsed: [MS-NLMP] 2.2.1. All pointers lead into the
 * message that was parsed. The parsers take hostile input.
 */
#ifndef NTLM_MESSAGE_H
#define NTLM_MESSAGE_H

#include "avpair.h"
#include "ntlm.h"

#define MESSAGE_NEGOTIATE	1
#define MESSAGE_CHALLENGE	2
#define MESSAGE_AUTHENTICATE	3

/* longer than any legitimate message, small enough for every addition */
#define MESSAGE_MAX		65536

#define SERVER_CHALLENGE_SIZE	8
#define CLIENT_CHALLENGE_SIZE	8
#define PROOF_SIZE		16
#define MIC_SIZE		16
#define LM_RESPONSE_SIZE	24
#define NT_RESPONSE_SIZE	24	/* NTLMv1 */
#define USER_MAX		512	/* bytes of a UserName, maybe a UPN */

/* units of a FILETIME, [MS-DTYP] 2.3.3 */
#define FILETIME_SECOND		UINT64_C(10000000)

/* CHALLENGE_MESSAGE: offsets of the fixed part */
#define CHAL_TARGET_NAME	12
#define CHAL_FLAGS		20
#define CHAL_SERVER_CHALLENGE	24
#define CHAL_RESERVED		32
#define CHAL_TARGET_INFO	40
#define CHAL_VERSION		48

/* AUTHENTICATE_MESSAGE: offsets of the fixed part */
#define AUTH_LM			12
#define AUTH_NT			20
#define AUTH_DOMAIN		28
#define AUTH_USER		36
#define AUTH_WORKSTATION	44
#define AUTH_SESSION_KEY	52
#define AUTH_FLAGS		60
#define AUTH_VERSION		64
#define AUTH_MIC		72
#define AUTH_FIXED_SIZE		88

/* NTLMv2_CLIENT_CHALLENGE: offsets inside the NT response, [MS-NLMP] 2.2.2.8 */
#define RESPONSE_TIMESTAMP	24
#define RESPONSE_CHALLENGE	32
#define RESPONSE_AV_PAIRS	44

/* "NTLMSSP\0" */
extern const uint8_t message_signature[8];
/* VERSION, [MS-NLMP] 2.2.2.10: for debugging only */
extern const uint8_t message_version[8];

/**
 * struct negotiate_message - NEGOTIATE_MESSAGE, [MS-NLMP] 2.2.1.1
 * @flags: NegotiateFlags
 * @domain: DomainName in the OEM character set, often empty
 * @workstation: likewise
 */
struct negotiate_message {
	uint32_t flags;
	struct ntlm_bytes domain;
	struct ntlm_bytes workstation;
};

/**
 * struct challenge_message - CHALLENGE_MESSAGE, [MS-NLMP] 2.2.1.2
 * @flags: NegotiateFlags
 * @server_challenge: SERVER_CHALLENGE_SIZE bytes
 * @target_name: in the negotiated character set
 * @has_target_info: TARGET_INFO is set and TargetInfo is not empty
 * @target_info: the pairs; empty without TargetInfo
 */
struct challenge_message {
	uint32_t flags;
	const uint8_t *server_challenge;
	struct ntlm_bytes target_name;
	bool has_target_info;
	struct av_list target_info;
};

/**
 * struct authenticate_message - AUTHENTICATE_MESSAGE, [MS-NLMP] 2.2.1.3
 * @flags: NegotiateFlags
 * @lm: LmChallengeResponse: 0, 1 or 24 bytes
 * @nt: NtChallengeResponse: 0, 24 or at least 48 bytes
 * @domain: DomainName in the negotiated character set
 * @user: UserName, likewise
 * @workstation: Workstation, likewise
 * @session_key: EncryptedRandomSessionKey; 16 bytes if KEY_EXCH is effective
 * @ntlmv2: @nt is an NTLMv2_RESPONSE and @av_pairs is valid
 * @av_pairs: pairs of the NTLMv2_RESPONSE
 * @mic_offset: where the MIC is, or 0 if MsvAvFlags promises none
 */
struct authenticate_message {
	uint32_t flags;
	struct ntlm_bytes lm;
	struct ntlm_bytes nt;
	struct ntlm_bytes domain;
	struct ntlm_bytes user;
	struct ntlm_bytes workstation;
	struct ntlm_bytes session_key;
	bool ntlmv2;
	struct av_list av_pairs;
	size_t mic_offset;
};

/**
 * negotiate_parse() - parse and validate a NEGOTIATE_MESSAGE
 * @msg: the whole message
 * @out: receives the contents
 * @detail: receives what is wrong; may be NULL
 *
 * Return: NTLM_OK, NTLM_ERR_MALFORMED or NTLM_ERR_CHARSET.
 */
enum ntlm_error negotiate_parse(struct ntlm_bytes msg,
				struct negotiate_message *out,
				struct ntlm_detail *detail);

/** challenge_parse() - like negotiate_parse(), for a CHALLENGE_MESSAGE */
enum ntlm_error challenge_parse(struct ntlm_bytes msg,
				struct challenge_message *out,
				struct ntlm_detail *detail);

/** authenticate_parse() - like negotiate_parse(), for an AUTHENTICATE_MESSAGE */
enum ntlm_error authenticate_parse(struct ntlm_bytes msg,
				   struct authenticate_message *out,
				   struct ntlm_detail *detail);

/**
 * ntlm_fail() - note what failed
 * @detail: where to note it; may be NULL
 * @error: what to return
 * @where: static text
 *
 * Return: @error.
 */
enum ntlm_error ntlm_fail(struct ntlm_detail *detail, enum ntlm_error error,
			  const char *where);

#endif
