/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What several tests need: a random number generator that is none, a CHALLENGE
 * made to order, one call that builds an answer.
 */
#ifndef SELFTESTS_FIXTURE_H
#define SELFTESTS_FIXTURE_H

#include "message.h"
#include "ntlm.h"

/* protection offered and granted: what Windows sends for sign and seal */
#define FIXTURE_CHALLENGE_FLAGS	UINT32_C(0xe2898235)

/* hands out its bytes in order, then fails */
struct fixture_random {
	struct ntlm_bytes left;
};

int fixture_random(void *arg, void *buf, size_t len);

/**
 * struct fixture - inputs and outputs of one exchange
 *
 * fixture_init() fills in inputs that succeed; a test changes what it is about.
 */
struct fixture {
	struct ntlm_policy policy;
	struct ntlm_request request;
	struct ntlm_credential credential;
	bool no_credential;
	struct fixture_random random;
	uint64_t now;
	struct ntlm_bytes negotiate;
	struct ntlm_bytes challenge;

	uint8_t negotiate_buf[NTLM_NEGOTIATE_SIZE];
	uint8_t challenge_buf[MESSAGE_MAX];
	uint8_t token_buf[NTLM_TOKEN_MAX];
	struct ntlm_token token;
	struct ntlm_session session;
	struct ntlm_detail detail;
};

extern const uint8_t fixture_client_challenge[8];
extern const uint8_t fixture_key[16];

/** fixture_init() - integrity and confidentiality required, names and time sent */
void fixture_init(struct fixture *f);

/** fixture_negotiate() - build NEGOTIATE from policy and request */
enum ntlm_error fixture_negotiate(struct fixture *f);

/** fixture_challenge() - make a CHALLENGE; @info is a hex string or NULL */
void fixture_challenge(struct fixture *f, uint32_t flags, const char *info);

/** fixture_challenge_bytes() - the same with TargetInfo as bytes */
void fixture_challenge_bytes(struct fixture *f, uint32_t flags,
			     struct ntlm_bytes info);

/** fixture_authenticate() - build AUTHENTICATE */
enum ntlm_error fixture_authenticate(struct fixture *f);

/** fixture_run() - NEGOTIATE, then AUTHENTICATE; the first error counts */
enum ntlm_error fixture_run(struct fixture *f);

/** fixture_verify() - does what was built pass an acceptor's checks? */
bool fixture_verify(struct fixture *f);

/** fixture_parse() - parse what was built; ends the program if malformed */
void fixture_parse(struct fixture *f, struct authenticate_message *out);

#endif
