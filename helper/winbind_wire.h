/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What ntlmd and ntlmd-winbind say to each other: one SOCK_SEQPACKET message
 * there and one back, then the connection ends. Numbers are in host order, for
 * both are on one computer.
 *
 * Neither side believes the other one: a message that is not exactly right is
 * no message.
 */
#ifndef NTLMD_WINBIND_WIRE_H
#define NTLMD_WINBIND_WIRE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "ntlm/ntlm.h"

/** WINBIND_SOCKET - where ntlmd-winbind listens */
#define WINBIND_SOCKET		"/run/ntlmd-winbind/socket"
/** WINBIND_TIME_LIMIT - seconds that a request may take there */
#define WINBIND_TIME_LIMIT	30
/** WINBIND_TOKEN_MAX - bytes of an NTLM message or of a response in it */
#define WINBIND_TOKEN_MAX	16384
/**
 * WINBIND_NAME_MAX - bytes of a name in UTF-8, without NUL
 *
 * What libwbclient takes; it would cut a longer name, which is the name of
 * somebody else.
 */
#define WINBIND_NAME_MAX	255
/** WINBIND_SIDS - most SIDs of a user */
#define WINBIND_SIDS		256
/** WINBIND_SID_MAX - bytes of the text of a SID, without NUL */
#define WINBIND_SID_MAX		184
/** WINBIND_CHALLENGE_SIZE - bytes of the server challenge */
#define WINBIND_CHALLENGE_SIZE	8
/** WINBIND_LM_KEY_SIZE - bytes of an LM session key */
#define WINBIND_LM_KEY_SIZE	8
/** WINBIND_MESSAGE_MAX - bytes of a request or of a reply */
#define WINBIND_MESSAGE_MAX	65536

/**
 * enum winbind_op - what is asked
 * @WINBIND_CHECK: has this uid a cached logon?
 * @WINBIND_CACHED: AUTHENTICATE_MESSAGE from the cached logon of this uid
 * @WINBIND_LOGON: check a network logon
 */
enum winbind_op {
	WINBIND_CHECK = 1,
	WINBIND_CACHED,
	WINBIND_LOGON
};

/**
 * struct winbind_request - a question
 * @op: which
 * @uid: CHECK, CACHED: whose logon
 * @negotiate: CACHED: NEGOTIATE_MESSAGE
 * @challenge: CACHED: CHALLENGE_MESSAGE
 * @user: LOGON: who wants to log on, in UTF-8 like all names
 * @domain: LOGON: likewise; may be empty
 * @workstation: LOGON: likewise
 * @nt: LOGON: NtChallengeResponse; may be empty
 * @lm: LOGON: LmChallengeResponse; may be empty
 * @server_challenge: LOGON: what was answered
 */
struct winbind_request {
	enum winbind_op op;
	uint32_t uid;
	struct ntlm_bytes negotiate;
	struct ntlm_bytes challenge;
	const char *user;
	const char *domain;
	const char *workstation;
	struct ntlm_bytes nt;
	struct ntlm_bytes lm;
	uint8_t server_challenge[WINBIND_CHALLENGE_SIZE];
};

/**
 * struct winbind_reply - an answer
 * @op: what it answers
 * @status: 0 or a positive errno; only @ntstatus means something if not 0
 * @ntstatus: EKEYREJECTED: why the logon was refused
 * @token: CACHED: AUTHENTICATE_MESSAGE
 * @session_key: CACHED: ExportedSessionKey; LOGON: session base key
 * @has_lm_key: LOGON: @lm_key is set
 * @lm_key: LOGON: LM session key
 * @guest: LOGON: the user was let in as a guest
 * @user: who it is
 * @domain: likewise
 * @sids: LOGON: @sid_count texts, the user's first
 * @sid_count: number of them
 */
struct winbind_reply {
	enum winbind_op op;
	uint32_t status;
	uint32_t ntstatus;
	struct ntlm_bytes token;
	uint8_t session_key[NTLM_KEY_SIZE];
	bool has_lm_key;
	uint8_t lm_key[WINBIND_LM_KEY_SIZE];
	bool guest;
	const char *user;
	const char *domain;
	const char *sids[WINBIND_SIDS];
	unsigned int sid_count;
};

/**
 * winbind_request_pack() - make a message of a request
 * @request: the request; names may be NULL for empty ones
 * @buf: receives WINBIND_MESSAGE_MAX bytes at most
 *
 * Return: bytes of the message; -EMSGSIZE if something is longer than it may be,
 * or is empty that may not be.
 */
ssize_t winbind_request_pack(const struct winbind_request *request, uint8_t *buf);

/**
 * winbind_request_parse() - read a request
 * @buf: the message
 * @len: its length in bytes
 * @request: receives it; its pointers lead into @buf
 *
 * Return: 0; -EPROTO if it is none.
 */
int winbind_request_parse(const uint8_t *buf, size_t len,
			  struct winbind_request *request);

/** winbind_reply_pack() - like winbind_request_pack() */
ssize_t winbind_reply_pack(const struct winbind_reply *reply, uint8_t *buf);

/**
 * winbind_reply_parse() - read a reply
 * @buf: the message
 * @len: its length in bytes
 * @op: what was asked
 * @reply: receives it; its pointers lead into @buf
 *
 * Return: 0; -EPROTO if it is none, or answers something else.
 */
int winbind_reply_parse(const uint8_t *buf, size_t len, enum winbind_op op,
			struct winbind_reply *reply);

#endif
