/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests of the kernel and their answers, without regard to how they travel.
 */
#ifndef NTLMD_SERVER_H
#define NTLMD_SERVER_H

#include <systemd/sd-event.h>

#include "config.h"
#include "cred/cred.h"
#include "hold.h"
#include "refusal.h"
#include "winbind_client.h"

/** REQUEST_TOKENS_SIZE - bytes of all tokens of a request */
#define REQUEST_TOKENS_SIZE 49152
/** REQUEST_TOKENS - most tokens of a request, with those of SPNEGO */
#define REQUEST_TOKENS 8
/** ANSWER_SIDS - most SIDs that the kernel is told of an account */
#define ANSWER_SIDS 256

struct server;
struct spnego_leg;

/**
 * struct request - one leg of an exchange
 * @server: to whom it belongs
 * @next: internal
 * @cookie: names the request to the kernel
 * @context: the kernel's id of the context, for logs
 * @uid: whose credential is wanted
 * @target: service principal name, as the client wrote it
 * @shown: name_quote() of @target, for logs; request_start() sets it
 * @name: target_canonical() of @target
 * @user: wanted user, or empty
 * @domain: wanted domain, or empty
 * @want: what the protocol library is told; points into this struct
 * @channel_bindings: see @want
 * @acceptor: of a server in the kernel, which lets clients in
 * @spnego: the tokens are those of SPNEGO
 * @deadline_ms: milliseconds until the kernel gives up
 * @token: the tokens so far, oldest first; points into @token_data
 * @token_count: number of them: 0 on the first leg of an initiator
 * @ntlm: the NTLM messages in @token, oldest first; the same as @token without
 *	SPNEGO
 * @ntlm_count: number of them
 * @negotiation: what SPNEGO wants of the answer, see spnego_leg.h; NULL
 *	without SPNEGO
 * @lookup: search for the credential
 * @deadline: timer of a search that takes time, and of a logon that waits
 * @winbind: what winbind is asked for it
 * @logon: what @held waits for the verdict on
 * @held: waits for the server's verdict on another logon
 * @told: the log says that it waits
 * @starting: internal
 * @finished: internal
 * @token_data: bytes of @token
 */
struct request {
	struct server *server;
	struct request *next;
	uint64_t cookie;
	uint32_t context;
	uint32_t uid;
	char target[CRED_NAME_SIZE];
	char shown[CRED_NAME_SIZE + 2];
	char name[TARGET_SIZE];
	char user[CRED_NAME_SIZE];
	char domain[CRED_NAME_SIZE];
	struct ntlm_request want;
	uint8_t channel_bindings[NTLM_CHANNEL_BINDINGS_SIZE];
	bool acceptor;
	bool spnego;
	uint32_t deadline_ms;
	struct ntlm_bytes token[REQUEST_TOKENS];
	unsigned int token_count;
	struct ntlm_bytes ntlm[REQUEST_TOKENS];
	unsigned int ntlm_count;
	struct spnego_leg *negotiation;
	struct cred_lookup lookup;
	sd_event_source *deadline;
	struct winbind_call winbind;
	struct hold_logon logon;
	bool held;
	bool told;
	bool starting;
	bool finished;
	uint8_t token_data[REQUEST_TOKENS_SIZE];
};

/**
 * struct answer - what the kernel is told about a request
 * @status: 0 or a positive errno; the rest but @ntstatus is only meaningful if 0
 * @ntstatus: what an acceptor's protocol tells the client; 0: nothing
 * @token: for the peer; may be empty on the last leg
 * @established: this was the last leg
 * @has_keys: the members up to @sid_count are set: on the last leg, or with
 *	SPNEGO on the leg of the AUTHENTICATE_MESSAGE
 * @flags: negotiated flags
 * @session_key: NTLM_KEY_SIZE bytes, or NULL without a key: anonymous, guest
 * @granted: NTLM_OPT_* of the kernel that @flags does not show
 * @user: who logs on
 * @domain: likewise
 * @workstation: as the client calls itself, or NULL
 * @identity: NTLM_IDENTITY_* of the kernel
 * @credential: identifies user, domain and password; 0 if anonymous
 * @sids: @sid_count texts, the user's first
 * @sid_count: number of them, at most ANSWER_SIDS
 * @mech_list: with SPNEGO what mechListMIC is made over; empty: nothing to make
 *	or to verify, or the kernel has it already
 * @mic_wanted: the kernel puts its mechListMIC at @mic_offset of @token
 * @mic_offset: where it has left NTLM_SIGNATURE_SIZE bytes for it
 * @peer_mic: the peer's mechListMIC, which the kernel verifies, or NULL
 */
struct answer {
	int status;
	uint32_t ntstatus;
	struct ntlm_bytes token;
	bool established;
	bool has_keys;
	uint32_t flags;
	const uint8_t *session_key;
	uint32_t granted;
	const char *user;
	const char *domain;
	const char *workstation;
	uint32_t identity;
	uint64_t credential;
	const char *const *sids;
	unsigned int sid_count;
	struct ntlm_bytes mech_list;
	bool mic_wanted;
	uint32_t mic_offset;
	const uint8_t *peer_mic;
};

/**
 * struct verdict - what a server said about a logon
 * @context: the kernel's id of the context
 * @ended: the server says nothing any more, see server_context_ended(); the
 *	members below are not set
 * @uid: whose request it was
 * @target: service principal name
 * @user: who logged on
 * @domain: likewise
 * @credential: as in struct answer
 * @accepted: the logon was accepted
 * @ntstatus: the server's status if it was not
 */
struct verdict {
	uint32_t context;
	bool ended;
	uint32_t uid;
	const char *target;
	const char *user;
	const char *domain;
	uint64_t credential;
	bool accepted;
	uint32_t ntstatus;
};

/**
 * server_answer - hands an answer to the kernel; the request is freed then
 *
 * Return: 0; a negative errno if the kernel did not take it, so that no token
 * in it goes out; 1 if nobody knows whether it did, for what it said got lost.
 */
typedef int (*server_answer)(void *arg, const struct request *request,
			     const struct answer *answer);

/**
 * server_new() - begin to serve
 * @event: event loop
 * @config: must live as long as the server; see server_reload()
 * @answer: called exactly once for each request_start()
 * @arg: first argument of @answer
 *
 * The credential sources must be open.
 *
 * Return: the server, or NULL without memory or randomness.
 */
struct server *server_new(sd_event *event, const struct config *config,
			  server_answer answer, void *arg);

/** server_free() - stop; requests under way are dropped without an answer */
void server_free(struct server *s);

/** server_reload() - forget refusals, as after the administrator's SIGHUP */
void server_reload(struct server *s);

/** server_verdict() - note what a server said */
void server_verdict(struct server *s, const struct verdict *v);

/**
 * server_context_ended() - a context failed or was closed
 * @s: the server
 * @context: the kernel's id of it
 *
 * If a verdict on it is awaited, there will be none. If its request waits, its
 * client is not there any more.
 */
void server_context_ended(struct server *s, uint32_t context);

/**
 * server_forget_refusals() - let a user try again at once
 * @s: the server
 * @uid: the user
 * @pattern: target pattern as in ntlmd.credentials(5); NULL: all targets
 *
 * Return: how many refusals were forgotten; -EINVAL for a pattern that is
 * malformed; -ENOMEM.
 */
int server_forget_refusals(struct server *s, uint32_t uid, const char *pattern);

/**
 * server_list_refusals() - show the refusals that are held
 * @s: the server
 * @uid: of this user; UINT32_MAX: of everybody
 * @visit: called for each; it must not change the server's memory
 * @arg: first argument of @visit
 */
void server_list_refusals(struct server *s, uint32_t uid, refusal_visit visit,
			  void *arg);

/**
 * request_new() - an empty request, to be filled in
 * @s: the server
 *
 * A few are kept ready, so that this works while memory is short.
 *
 * Return: the request, or NULL if too many are under way or memory is short.
 */
struct request *request_new(struct server *s);

/** request_free() - free a request that was not started */
void request_free(struct request *r);

/**
 * request_start() - begin to work on a request
 * @r: filled in; belongs to the server from now on
 *
 * Other requests are served while a credential source takes its time.
 */
void request_start(struct request *r);

#endif
