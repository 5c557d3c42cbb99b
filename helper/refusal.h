/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory of logons that a server refused, so that a client which reconnects
 * again and again with a wrong password does not lock the account.
 */
#ifndef NTLMD_REFUSAL_H
#define NTLMD_REFUSAL_H

#include <stdbool.h>
#include <stdint.h>

/** REFUSAL_MAX - refusals that are remembered; the oldest one makes room */
#define REFUSAL_MAX 256

struct refusals;

/** refusals_new() - an empty memory, or NULL */
struct refusals *refusals_new(void);
void refusals_free(struct refusals *r);

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
 * @uid: whose request it was
 * @target: service principal name; compared without regard to ASCII case
 * @credential: identifies user, domain and password
 * @ntstatus: what the server said
 * @now: monotonic time in microseconds
 * @hold: how long to remember, in microseconds; 0 remembers nothing
 *
 * A full memory drops the oldest refusal of the uid that holds most of them.
 */
void refusals_add(struct refusals *r, uint32_t uid, const char *target,
		  uint64_t credential, uint32_t ntstatus, uint64_t now,
		  uint64_t hold);

/**
 * refusals_find() - was this logon refused?
 * @r: the memory
 * @uid: whose request it is
 * @target: service principal name
 * @credential: as given to refusals_add()
 * @now: monotonic time in microseconds
 * @ntstatus: receives what the server said
 * @left: receives the microseconds until it may be tried again
 */
bool refusals_find(struct refusals *r, uint32_t uid, const char *target,
		   uint64_t credential, uint64_t now, uint32_t *ntstatus,
		   uint64_t *left);

/** refusals_clear() - forget one triple; true if it was known */
bool refusals_clear(struct refusals *r, uint32_t uid, const char *target,
		    uint64_t credential);

/** refusals_clear_all() - forget everything; returns how many there were */
unsigned int refusals_clear_all(struct refusals *r);

#endif
