/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The library's initiator and its acceptor, talking to each other.
 */
#ifndef SELFTESTS_PAIR_H
#define SELFTESTS_PAIR_H

#include "acceptor.h"
#include "message.h"

/**
 * struct pair - inputs and outputs of one exchange
 *
 * pair_init() fills in inputs that succeed, with everything the two can require
 * of each other; a test changes what it is about.
 */
struct pair {
	struct ntlm_policy client_policy;
	struct ntlm_request client;
	struct ntlm_credential credential;
	struct ntlm_acceptor_policy policy;
	struct ntlm_request server;
	struct ntlm_secret secret;
	uint64_t seed;
	uint64_t client_now;
	uint64_t challenge_now;
	uint64_t now;

	uint8_t negotiate_buf[NTLM_NEGOTIATE_SIZE];
	uint8_t challenge_buf[NTLM_TOKEN_MAX];
	uint8_t authenticate_buf[NTLM_TOKEN_MAX];
	struct ntlm_exchanged messages;
	uint32_t granted;
	struct ntlm_session client_session;
	struct ntlm_logon logon;
	struct ntlm_session session;
	struct ntlm_detail detail;
};

extern const uint8_t pair_bindings[NTLM_CHANNEL_BINDINGS_SIZE];

void pair_init(struct pair *p);

/** pair_lax() - neither side requires anything, every response is taken */
void pair_lax(struct pair *p);

/** pair_random() - for struct ntlm_environment; the argument is struct pair.seed */
int pair_random(void *arg, void *buf, size_t len);

/* the steps; pair_offer() does nothing if connectionless */
enum ntlm_error pair_offer(struct pair *p);
enum ntlm_error pair_challenge(struct pair *p);
enum ntlm_error pair_answer(struct pair *p);
enum ntlm_error pair_read(struct pair *p);
/** pair_check() - ntlm_check_logon(), or ntlm_finish_nobody() if nobody logs on */
enum ntlm_error pair_check(struct pair *p);

/** pair_client() - up to the AUTHENTICATE_MESSAGE; the first error counts */
enum ntlm_error pair_client(struct pair *p);
/** pair_begin() - the same; ends the program on an error */
void pair_begin(struct pair *p);
/** pair_run() - all; the first error counts */
enum ntlm_error pair_run(struct pair *p);

/**
 * pair_result() - report a test point: ntlm_check_logon() returns @want, and there
 * is no key unless that is NTLM_OK
 */
void pair_result(struct pair *p, enum ntlm_error want, const char *what);

/* NegotiateFlags of the AUTHENTICATE_MESSAGE */
uint32_t pair_flags(const struct pair *p);
void pair_set_flags(struct pair *p, uint32_t flags);

/** pair_same() - have both sides the same outcome? */
bool pair_same(const struct pair *p);

/** pair_parse() - the AUTHENTICATE_MESSAGE; ends the program if malformed */
void pair_parse(const struct pair *p, struct authenticate_message *out);

/**
 * pair_forge() - compute the proofs of the AUTHENTICATE_MESSAGE again
 *
 * For what a client could send that the library's own never does: NTProofStr and
 * MIC fit whatever the test wrote.
 */
void pair_forge(struct pair *p);

#endif
