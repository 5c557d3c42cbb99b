/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Credential sources: where user, domain and NT hash for a target come from.
 */
#ifndef NTLMD_CRED_H
#define NTLMD_CRED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../config.h"

struct sd_event;
struct ntlm_cred_source;
struct cred_lookup;

/** CRED_NAME_SIZE - size in bytes of a user or domain name in UTF-8, with NUL */
#define CRED_NAME_SIZE 769

/**
 * struct cred - a credential that was found
 * @user: user name in UTF-8
 * @domain: domain in UTF-8, empty if there is none
 * @nt_hash: a secret: whoever holds a struct cred wipes it
 * @has_lm_hash: @lm_hash is set; only where policy uses it
 * @lm_hash: a secret likewise
 * @cached_logon: winbind has the password, no hash is set; see
 *	../cached_logon.h
 * @origin: where it comes from, for logs
 */
struct cred {
	const char *user;
	const char *domain;
	uint8_t nt_hash[NTLM_HASH_SIZE];
	bool has_lm_hash;
	uint8_t lm_hash[NTLM_HASH_SIZE];
	bool cached_logon;
	const char *origin;
};

/**
 * struct cred_lookup - one search, owned by the caller
 * @uid: whose credential is wanted, as the kernel says
 * @target: service principal name
 * @target_unverified: a server named the target
 * @user: wanted user, or NULL
 * @domain: wanted domain, or NULL
 * @done: called exactly once unless the search is cancelled, possibly before
 *	the function that began the search returns. @error is 0, -ENOKEY if
 *	there is no credential, or another negative errno; @cred is valid
 *	during the call, and only if @error is 0.
 * @source: internal: index of the source that is searching
 * @searching: internal: a source owes an answer
 * @private: for the source that is searching
 */
struct cred_lookup {
	uint32_t uid;
	const char *target;
	bool target_unverified;
	const char *user;
	const char *domain;
	void (*done)(struct cred_lookup *lookup, int error,
		     const struct cred *cred);
	size_t source;
	bool searching;
	void *private;
};

/**
 * struct ntlm_cred_source - a kind of store of credentials
 * @name: for logs
 * @open: begin to work; the source attaches what it waits for to @event.
 *	Returns 0 or a negative errno. Credentials that cannot be used are
 *	logged and are no failure.
 * @reload: SIGHUP: read everything again under a new configuration
 * @lookup: begin a search and return at once; cred_lookup_answer() ends it.
 *	A source that must wait for somebody returns and answers from the
 *	event loop, so that it delays no other request.
 * @cancel: give up a search that was not answered yet
 * @close: stop, wiping every secret
 */
struct ntlm_cred_source {
	const char *name;
	int (*open)(struct sd_event *event, const struct config *config);
	void (*reload)(const struct config *config);
	void (*lookup)(struct cred_lookup *lookup);
	void (*cancel)(struct cred_lookup *lookup);
	void (*close)(void);
};

/** cred_sources - the sources in the order of search, ended by NULL */
extern const struct ntlm_cred_source *const cred_sources[];

/** cred_open() - open every source; 0 or the negative errno of the first */
int cred_open(struct sd_event *event, const struct config *config);
/** cred_reload() - reload every source */
void cred_reload(const struct config *config);
/** cred_close() - close every source; no search may be under way */
void cred_close(void);

/** cred_lookup_start() - search the sources in their order */
void cred_lookup_start(struct cred_lookup *lookup);
/** cred_lookup_cancel() - give up; @lookup->done is not called any more */
void cred_lookup_cancel(struct cred_lookup *lookup);

/**
 * cred_lookup_answer() - for sources: the outcome of a search
 * @lookup: the search
 * @error: 0, -ENOKEY to let the next source search, or a negative errno that
 *	ends the search
 * @cred: what was found if @error is 0; the caller wipes it afterwards
 */
void cred_lookup_answer(struct cred_lookup *lookup, int error,
			const struct cred *cred);

#endif
