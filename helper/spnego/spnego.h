/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages of SPNEGO: [RFC4178] section 4.2 and [MS-SPNG] section 2.2.1, in DER.
 */
#ifndef SPNEGO_H
#define SPNEGO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ntlm/ntlm.h"

/** SPNEGO_TOKEN_MAX - longest message, made or read */
#define SPNEGO_TOKEN_MAX 16384
/** SPNEGO_MECHS_MAX - most mechanisms that an initiator may offer here */
#define SPNEGO_MECHS_MAX 32
/** SPNEGO_MECH_LIST_MAX - most bytes of a MechTypeList */
#define SPNEGO_MECH_LIST_MAX 1024
/** SPNEGO_MIC_SIZE - bytes of a mechListMIC that NTLM makes */
#define SPNEGO_MIC_SIZE 16
/** SPNEGO_TEXT_SIZE - names of mechanisms for logs, with NUL */
#define SPNEGO_TEXT_SIZE 256

/** enum spnego_state - negState; the numbers are those of [RFC4178] 4.2.2 */
enum spnego_state {
	SPNEGO_ACCEPT_COMPLETED,
	SPNEGO_ACCEPT_INCOMPLETE,
	SPNEGO_REJECT,
	SPNEGO_REQUEST_MIC,
	SPNEGO_STATE_ABSENT
};

/** enum spnego_mech - supportedMech */
enum spnego_mech {
	SPNEGO_MECH_ABSENT,
	SPNEGO_MECH_NTLM,
	SPNEGO_MECH_OTHER
};

/**
 * struct spnego_init - NegTokenInit
 * @mech_list: MechTypeList with tag and length, byte for byte as received, which
 *	mechListMIC is made over
 * @has_ntlm: NTLM is one of the mechanisms
 * @prefers_ntlm: it is the first one, so that @mech_token is for it
 * @mech_token: optimistic token; data is NULL if there is none
 * @offered: names of the mechanisms in their order
 *
 * reqFlags, negHints and a mechListMIC say nothing at this point ([RFC4178] 4.2.1,
 * [MS-SPNG] 2.2.1); they are checked to be well-formed only.
 */
struct spnego_init {
	struct ntlm_bytes mech_list;
	bool has_ntlm;
	bool prefers_ntlm;
	struct ntlm_bytes mech_token;
	char offered[SPNEGO_TEXT_SIZE];
};

/**
 * struct spnego_resp - NegTokenResp
 * @state: negState
 * @mech: supportedMech
 * @token: responseToken; data is NULL if it is absent or empty
 * @mic: mechListMIC; data is NULL if it is absent, or if it is a copy of the
 *	responseToken as Windows 2000 sends it
 * @mech_name: name of @mech for logs; set by decoding only
 */
struct spnego_resp {
	enum spnego_state state;
	enum spnego_mech mech;
	struct ntlm_bytes token;
	struct ntlm_bytes mic;
	char mech_name[SPNEGO_TEXT_SIZE];
};

/** spnego_is_raw() - is this an NTLM message without SPNEGO around it? */
bool spnego_is_raw(struct ntlm_bytes token);

/**
 * spnego_decode_init() - NegTokenInit, or NegTokenInit2, with its framing
 * @token: a whole token
 * @init: receives the contents, which point into @token
 * @why: receives static text on failure
 *
 * Return: 0; -EPROTO if it is not, in strict DER, with at most SPNEGO_MECHS_MAX
 * mechanisms in SPNEGO_MECH_LIST_MAX bytes; -ENOMEM.
 */
int spnego_decode_init(struct ntlm_bytes token, struct spnego_init *init,
		       const char **why);

/**
 * spnego_decode_resp() - NegTokenResp
 * @token: a whole token
 * @resp: receives the contents, which point into @token
 * @why: receives static text on failure
 *
 * Return: 0; -EPROTO if it is not, in strict DER; -ENOMEM.
 */
int spnego_decode_resp(struct ntlm_bytes token, struct spnego_resp *resp,
		       const char **why);

/**
 * spnego_encode_init() - NegTokenInit that offers NTLM and nothing else
 * @mech_token: NEGOTIATE_MESSAGE
 * @out: receives the message; its len is set
 *
 * Return: 0; -EMSGSIZE if it does not fit into @out; -ENOMEM.
 */
int spnego_encode_init(struct ntlm_bytes mech_token, struct ntlm_token *out);

/**
 * spnego_encode_resp() - NegTokenResp
 * @resp: what is said; SPNEGO_MECH_OTHER is not possible, and what is empty is
 *	left out
 * @out: receives the message; its len is set. Where there is a mechListMIC it
 *	is at the very end.
 *
 * Return: 0; -EMSGSIZE if it does not fit into @out; -ENOMEM.
 */
int spnego_encode_resp(const struct spnego_resp *resp, struct ntlm_token *out);

#endif
