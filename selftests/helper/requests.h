/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests and answers for tests of the server, with a credential source that
 * takes as long as its host's name says ("cifs/300ms").
 */
#ifndef SELFTESTS_REQUESTS_H
#define SELFTESTS_REQUESTS_H

#include "server.h"

#define ANSWERS	2048

/* what the source gives for user DOM\user */
extern const char *password;
/* how often it was asked, and how often a search was given up */
extern unsigned int lookups, cancelled;
extern sd_event *loop;

/* what the kernel was told, in its order */
struct given {
	uint64_t cookie;
	int status;
	uint32_t ntstatus;
	bool established;
	bool has_keys;
	bool has_key;
	uint32_t flags;
	uint32_t granted;
	uint32_t identity;
	uint8_t key[NTLM_KEY_SIZE];
	char user[64], domain[64], workstation[64], sids[256];
	uint64_t credential;
	uint64_t usec;
	size_t token_len;
	uint8_t token[2048];
};

extern struct given answers[ANSWERS];
extern unsigned int answer_count;
/* the kernel does not take answers to this request */
extern uint64_t gone;
/* and this is what on_answer() returns then */
extern int gone_result;

uint64_t now_usec(void);
/* a server_answer that keeps them */
int on_answer(void *arg, const struct request *r, const struct answer *a);
/* a leg of uid 1000 that wants everything protected */
void ask(struct server *s, uint64_t cookie, const char *target,
	 struct ntlm_bytes negotiate, struct ntlm_bytes challenge);
/* let the event loop run */
void run(unsigned int ms);

extern const struct ntlm_bytes none;
/* CHALLENGE with both NetBIOS names and without a timestamp */
extern const struct ntlm_bytes challenge;

#endif
