/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the server share.
 */
#ifndef NTLMD_SERVER_INTERNAL_H
#define NTLMD_SERVER_INTERNAL_H

#include "audit.h"
#include "repeats.h"
#include "server.h"
#include "throttle.h"

/**
 * struct server - requests, and what is known of logons
 * @event: event loop
 * @config: the administrator's decisions
 * @answer: hands an answer to the kernel
 * @arg: its first argument
 * @refusals: logons that a server refused
 * @holds: logons whose verdict is awaited, or that were accepted
 * @repeats: failures that the log has already
 * @logon_repeats: those of logons to acceptors. Clients out there choose their
 *	text, and must not fill @repeats with it.
 * @account_repeats: those of accounts that exist, which invented names must not
 *	hide
 * @throttle: wrong passwords of accounts of this computer
 * @resume: timer: requests that wait for a verdict may go on
 * @resume_usec: when it is due; UINT64_MAX: it is off
 * @busy: requests under way, the newest first
 * @ready: @ready_count requests that are kept ready
 * @used_count: requests that somebody has
 * @token: where a token is built
 */
struct server {
	sd_event *event;
	const struct config *config;
	server_answer answer;
	void *arg;
	struct refusals *refusals;
	struct holds *holds;
	struct repeats *repeats;
	struct repeats *logon_repeats;
	struct repeats *account_repeats;
	struct throttle *throttle;
	sd_event_source *resume;
	uint64_t resume_usec;
	struct request *busy;
	struct request *ready;
	unsigned int ready_count;
	unsigned int used_count;
	uint8_t token[NTLM_TOKEN_MAX];
};

/** server_now() - monotonic time in microseconds */
uint64_t server_now(void);

/** server_filetime() - wall clock time as the protocol library wants it */
uint64_t server_filetime(void);

/** server_random() - for struct ntlm_environment */
int server_random(void *arg, void *buf, size_t len);

/**
 * server_warn_weak() - log a response below NTLMv2, and legacy session security
 * @r: the request
 * @what: first word of the line
 * @session: the outcome
 */
void server_warn_weak(const struct request *r, const char *what,
		      const struct ntlm_session *session);

/** requests_init() - keep some requests ready; 0, or -ENOMEM */
int requests_init(struct server *s);

/** requests_free() - drop all requests without an answer, and free them */
void requests_free(struct server *s);

/**
 * request_finish() - the only way a request ends, except for requests_free()
 * @r: the request, which is not valid afterwards
 * @answer: for the kernel
 *
 * Return: what the server_answer returned.
 */
int request_finish(struct request *r, const struct answer *answer);

/**
 * request_deliver() - end a request with an NTLM message
 * @r: like request_finish()
 * @answer: status 0; wrapped in SPNEGO if the request wants that. If it cannot
 *	be, receives the status that the kernel is told instead.
 * @mic: see spnego_leg_wrap()
 *
 * Return: like request_finish(), or what spnego_leg_wrap() returned.
 */
int request_deliver(struct request *r, struct answer *answer, bool mic);

/**
 * request_hand_over() - the same, with the request valid until request_drop()
 * @r: like request_finish()
 * @answer: like request_deliver()
 * @mic: likewise
 *
 * For what may be said only when the kernel has the answer.
 *
 * Return: like request_deliver().
 */
int request_hand_over(struct request *r, struct answer *answer, bool mic);

/**
 * request_not_taken() - what the log says of an answer that was not handed over
 * @answer: the answer
 * @e: what request_hand_over() returned for it, not 0
 * @audit: receives id, outcome and error
 *
 * Return: why; static text.
 */
const char *request_not_taken(const struct answer *answer, int e,
			      struct audit *audit);

/** request_drop() - end a request after request_hand_over() */
void request_drop(struct request *r);

/** request_work() - do a step that may end the request */
void request_work(struct request *r, void (*step)(struct request *r));

/**
 * server_resume_at() - let requests that wait for a verdict ask again
 * @s: the server
 * @usec: when, in monotonic time; 0: as soon as the caller has returned to the
 *	event loop, for a request that goes on may end another one's wait
 */
void server_resume_at(struct server *s, uint64_t usec);

/**
 * server_hold_logon() - how a logon is called in holds_ask()
 * @s: the server
 * @uid: whose request it is
 * @target: target_canonical() of the service principal name
 * @credential: as in struct answer
 */
struct hold_logon server_hold_logon(const struct server *s, uint32_t uid,
				    const char *target, uint64_t credential);

#endif
