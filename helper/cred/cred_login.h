/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Credential source: what users gave with "ntlmctl login".
 *
 * It lives in memory of carry.h, which outlives a restart of the daemon, until
 * it expires. There is no memory as long as there is no login.
 */
#ifndef NTLMD_CRED_LOGIN_H
#define NTLMD_CRED_LOGIN_H

#include "cred.h"

/** LOGIN_MAX - logins of all users */
#define LOGIN_MAX		1024
/** LOGIN_MAX_UID - logins of one user */
#define LOGIN_MAX_UID		16
/** LOGIN_TEXT_SIZE - bytes of pattern, user and domain, each with its NUL */
#define LOGIN_TEXT_SIZE		704

extern const struct ntlm_cred_source cred_login_source;

/**
 * struct login - what is known of a login, apart from the secret
 * @uid: whose it is
 * @pattern: "service/host", see target.h
 * @user: user name
 * @domain: domain, empty if there is none
 * @seconds_left: until it expires
 */
struct login {
	uint32_t uid;
	const char *pattern;
	const char *user;
	const char *domain;
	uint64_t seconds_left;
};

/**
 * login_check() - could this login be added?
 * @login: @pattern as a user writes it: "host" stands for every service;
 *	@seconds_left: 0 is login-lifetime of ntlmd.conf
 * @why: receives static text on failure
 *
 * Return: 0; -EINVAL: a name or pattern is malformed, or the lifetime is too
 * long; -EACCES: the pattern has hosts of any name; -ENAMETOOLONG; -EDQUOT: too
 * many logins of this user; -ENOSPC: of all users; -ENOMEM.
 */
int login_check(const struct login *login, const char **why);

/**
 * login_add() - add a login, or replace the one of same uid, pattern, user and
 *	domain
 * @login: as for login_check(), which is called first
 * @nt_hash: the secret; the caller wipes its own copy
 * @added: receives what was added, if anything was; valid until the next change
 * @why: receives static text on failure
 *
 * Return: 0, or as login_check(); -ETIME: it has expired already.
 */
int login_add(const struct login *login, const uint8_t nt_hash[NTLM_HASH_SIZE],
	      struct login *added, const char **why);

/**
 * login_remove() - remove and wipe logins
 * @uid: whose
 * @pattern: only of this pattern, as the user wrote it; NULL: of any
 * @user: only of this user name; NULL: of any
 * @domain: only of this domain; NULL: of any
 *
 * Return: how many they were, or -EINVAL: @pattern is malformed.
 */
int login_remove(uint32_t uid, const char *pattern, const char *user,
		 const char *domain);

/**
 * login_next() - go through the logins
 * @index: in: where to go on, 0 at first; out: where to go on from next time
 * @any_uid: everybody's
 * @uid: else whose
 * @login: receives the login, valid until the next change
 *
 * Return: false if there are no more.
 */
bool login_next(uint32_t *index, bool any_uid, uint32_t uid,
		struct login *login);

/** login_is_kept() - are logins carried over a restart? */
bool login_is_kept(void);

#endif
