/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the fuzz targets share.
 */
#ifndef NTLM_SELFTESTS_FUZZ_H
#define NTLM_SELFTESTS_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "acceptor.h"

#define MUST(condition)							\
	do {								\
		if (!(condition)) {					\
			fprintf(stderr, "%s:%d: not true: %s\n",	\
				__FILE__, __LINE__, #condition);	\
			abort();					\
		}							\
	} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Bytes that a parser hands out lie in what it was given. */
static inline void inside(struct ntlm_bytes item, struct ntlm_bytes all)
{
	if (!item.len)
		return;
	MUST(item.data >= all.data && item.len <= all.len);
	MUST((size_t)(item.data - all.data) <= all.len - item.len);
	/* sanitizers see these reads */
	(void)*(const volatile uint8_t *)item.data;
	(void)*(const volatile uint8_t *)(item.data + item.len - 1);
}

/* Time and, as random numbers, always the same bytes. */
extern const struct ntlm_environment fuzz_environment;
extern const uint8_t fuzz_bindings[NTLM_CHANNEL_BINDINGS_SIZE];
/* Who logs on, with both hashes */
extern const struct ntlm_credential fuzz_credential;
extern const struct ntlm_secret fuzz_secret;
/* A password that no input knows */
extern const struct ntlm_secret fuzz_other_secret;

/**
 * struct server_mode - an acceptor that a byte of the input chooses
 * @policy: of the acceptor
 * @request: of the acceptor
 * @client: policy of a client that gets on with it
 * @client_request: what such a client wants
 * @negotiate: NEGOTIATE_MESSAGE of such a client, empty if connectionless
 * @challenge: the acceptor's answer
 * @repair: inputs are given a right proof and a right MIC
 */
struct server_mode {
	struct ntlm_acceptor_policy policy;
	struct ntlm_request request;
	struct ntlm_policy client;
	struct ntlm_request client_request;
	struct ntlm_bytes negotiate;
	struct ntlm_bytes challenge;
	bool repair;
};

const struct server_mode *server_mode(uint8_t mode);

/**
 * struct client_mode - a client that a byte of the input chooses
 * @policy: its administrator's
 * @request: what it wants
 * @anonymous: it has no credential
 */
struct client_mode {
	struct ntlm_policy policy;
	struct ntlm_request request;
	bool anonymous;
};

struct client_mode client_mode(uint8_t mode);

/**
 * proof_repair() - put the right proof and the right MIC into a message
 * @auth: AUTHENTICATE_MESSAGE, @messages->authenticate.len bytes, changed
 * @messages: the exchange; its own authenticate is not looked at but for the length
 * @connectionless: so is the exchange
 * @secret: the password
 * @key: receives ExportedSessionKey
 *
 * Return: true; false if there is no response that could be repaired.
 */
bool proof_repair(uint8_t *auth, const struct ntlm_exchanged *messages,
		  bool connectionless, const struct ntlm_secret *secret,
		  uint8_t key[NTLM_KEY_SIZE]);

#endif
