/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory of logons that a server refused, so that a client which reconnects
 * again and again with a wrong password does not lock the account. They outlive
 * a restart of the daemon, see carry.h.
 */
#ifndef NTLMD_REFUSAL_H
#define NTLMD_REFUSAL_H

#include <stdbool.h>
#include <stdint.h>

#include "target.h"

/** REFUSAL_MAX - refusals that are remembered; the oldest one makes room */
#define REFUSAL_MAX 256
/** REFUSAL_KEY_SIZE - bytes of the key that credentials are identified with */
#define REFUSAL_KEY_SIZE 32

struct refusals;

/**
 * struct refusal_logon - a logon
 * @uid: whose request it was
 * @target: target_canonical() of the service principal name
 * @credential: identifies user, domain and password, under refusals_key()
 * @user: who tried to log on; refusals_find() and refusals_clear() ignore it
 * @domain: likewise
 */
struct refusal_logon {
	uint32_t uid;
	const char *target;
	uint64_t credential;
	const char *user;
	const char *domain;
};

/**
 * struct refusal_pace - how often a refused logon is tried
 * @hold: microseconds for which it is not tried again; 0 remembers nothing
 * @limit: @hold doubles each time the logon is refused once more, up to this;
 *	what is less than @hold is @hold
 */
struct refusal_pace {
	uint64_t hold;
	uint64_t limit;
};

/**
 * struct refusal_info - a refusal that is held
 * @logon: the logon
 * @ntstatus: what the server said
 * @left: microseconds until it may be tried again
 * @times: how often it was refused
 */
struct refusal_info {
	struct refusal_logon logon;
	uint32_t ntstatus;
	uint64_t left;
	unsigned int times;
};

/** refusal_visit - receives a refusal, valid during the call */
typedef void (*refusal_visit)(void *arg, const struct refusal_info *info);

/**
 * refusals_new() - the memory, with what the process before left
 * @now: monotonic time in microseconds
 *
 * Return: the memory, or NULL without memory or randomness.
 */
struct refusals *refusals_new(uint64_t now);

/** refusals_free() - end; the next process takes the refusals over */
void refusals_free(struct refusals *r);

/**
 * refusals_key() - the key to identify credentials with
 * @r: the memory
 *
 * As old as the oldest refusal in memory, and never older than the boot: so a
 * refusal is that of the same credential in the next process, too, and to
 * whoever does not have the key, its number says nothing about the password.
 *
 * Return: REFUSAL_KEY_SIZE bytes, valid and unchanged until refusals_free().
 */
const uint8_t *refusals_key(const struct refusals *r);

/**
 * refusal_is_credential_problem() - would the same logon be refused again?
 * @ntstatus: what the server said, [MS-ERREF] 2.3.1
 *
 * Return: true if name, password or account is the reason; false if the server
 * could not decide, as when it does not reach its domain controller.
 */
bool refusal_is_credential_problem(uint32_t ntstatus);

/** refusal_name() - symbolic name of an NTSTATUS of a refusal, or NULL */
const char *refusal_name(uint32_t ntstatus);

/**
 * refusals_add() - remember a refusal
 * @r: the memory
 * @logon: what was refused
 * @ntstatus: what the server said
 * @now: monotonic time in microseconds
 * @pace: how long to remember it
 *
 * A full memory drops the oldest refusal of the uid that holds most of them.
 *
 * Return: microseconds from now until the logon may be tried again.
 */
uint64_t refusals_add(struct refusals *r, const struct refusal_logon *logon,
		      uint32_t ntstatus, uint64_t now,
		      const struct refusal_pace *pace);

/**
 * refusals_find() - was this logon refused?
 * @r: the memory
 * @logon: the logon
 * @now: monotonic time in microseconds
 * @ntstatus: receives what the server said
 * @left: receives the microseconds until it may be tried again
 */
bool refusals_find(struct refusals *r, const struct refusal_logon *logon,
		   uint64_t now, uint32_t *ntstatus, uint64_t *left);

/** refusals_clear() - forget one logon; true if it was known */
bool refusals_clear(struct refusals *r, const struct refusal_logon *logon);

/**
 * refusals_forget() - forget refusals of a user
 * @r: the memory
 * @uid: the user
 * @targets: patterns of the targets; NULL: all
 *
 * Return: how many there were.
 */
unsigned int refusals_forget(struct refusals *r, uint32_t uid,
			     const struct target_list *targets);

/** refusals_list() - show what is held of a user; UINT32_MAX: of everybody */
void refusals_list(const struct refusals *r, uint32_t uid, uint64_t now,
		   refusal_visit visit, void *arg);

/** refusals_clear_all() - forget everything; returns how many there were */
unsigned int refusals_clear_all(struct refusals *r);

#endif
