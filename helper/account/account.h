/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Account databases of acceptors: who may log on here, and with what password.
 */
#ifndef NTLMD_ACCOUNT_H
#define NTLMD_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../config.h"
#include "../ntlm/acceptor.h"
#include "../secret_file.h"

struct sd_event;

/**
 * struct account_key - a name as it is compared
 * @unit: @count units of UTF-16 in upper case
 */
struct account_key {
	uint16_t *unit;
	size_t count;
};

/**
 * struct account - one account
 * @origin: where it comes from, for logs
 * @user: user name
 * @domain: domain, empty for one of this computer
 * @user_key: @user as it is compared
 * @domain_key: likewise
 * @has_secret: there is a password; without it nobody logs on
 * @secret: a secret
 * @ntstatus: why it may not log on although the password is right; 0: it may
 * @sids: @sid_count texts, the user's first
 * @sid_count: number of them
 */
struct account {
	char *origin;
	char *user;
	char *domain;
	struct account_key user_key;
	struct account_key domain_key;
	bool has_secret;
	struct ntlm_secret secret;
	uint32_t ntstatus;
	char **sids;
	unsigned int sid_count;
};

/**
 * struct accounts - accounts in the order of search
 * @account: @count of them
 * @want_lm: LM hashes are wanted, too
 */
struct accounts {
	struct account *account;
	size_t count;
	bool want_lm;
};

/**
 * struct account_database - a kind of file with accounts
 * @name: for logs
 * @path: the @index-th file of that kind, or NULL
 * @parse: parse the text of one file, see secret_parse; its argument is a struct
 *	accounts, which grows. A file with any error adds none.
 */
struct account_database {
	const char *name;
	const char *(*path)(const struct config *config, size_t index);
	secret_parse parse;
};

/** account_databases - in the order of search, ended by NULL */
extern const struct account_database *const account_databases[];
/** account_ntlmd - files of ntlmd.accounts(5) */
extern const struct account_database account_ntlmd;
/** account_smbpasswd - a file of smbpasswd(5) */
extern const struct account_database account_smbpasswd;

/**
 * accounts_load() - read all files that the configuration names
 * @accounts: empty; receives the accounts
 * @config: the configuration
 * @owner: whom the files must belong to
 * @problems: counts what is wrong; each error is logged with its fix
 */
void accounts_load(struct accounts *accounts, const struct config *config,
		   const struct secret_owner *owner, struct problems *problems);

/**
 * accounts_add() - append an account
 * @accounts: where to
 * @account: its contents move there, with the keys made; wiped on failure
 *
 * Return: 0, -ENOMEM.
 */
int accounts_add(struct accounts *accounts, struct account *account);

/** accounts_cut() - wipe and free all accounts but the first @count */
void accounts_cut(struct accounts *accounts, size_t count);

/** accounts_free() - wipe and free everything */
void accounts_free(struct accounts *accounts);

/** account_wipe() - wipe and free the members of an account */
void account_wipe(struct account *account);

/**
 * accounts_find() - who is meant?
 * @accounts: the accounts
 * @names: of this computer
 * @user: user name as a client sent it
 * @domain: likewise
 *
 * Names are the same without regard to case. An account of this computer is
 * meant by an empty domain, by a name of this computer and, unless it is a member
 * of a domain, by those of its domain. Without a domain, user@domain is looked for, too.
 *
 * Return: the account, or NULL.
 */
const struct account *accounts_find(const struct accounts *accounts,
				    const struct ntlm_server_names *names,
				    const char *user, const char *domain);

/** account_is_local() - does the domain stand for this computer? */
bool account_is_local(const struct ntlm_server_names *names, const char *domain);

/** account_open() - load the configured files and watch them; 0, or -errno */
int account_open(struct sd_event *event, const struct config *config);
/** account_open_owned() - the same, of files that belong to @owner */
int account_open_owned(struct sd_event *event, const struct config *config,
		       const struct secret_owner *owner);
/** account_reload() - read everything again under a new configuration */
void account_reload(const struct config *config);
/** account_find() - accounts_find() in what was loaded */
const struct account *account_find(const char *user, const char *domain);
/** account_close() - stop, wiping every secret */
void account_close(void);

/**
 * account_state_name() - name of an account's state, for logs
 * @ntstatus: as in struct account
 *
 * Return: static text.
 */
const char *account_state_name(uint32_t ntstatus);

/**
 * account_state_proves() - is there an account, if a domain answers this?
 * @ntstatus: what it answers to a logon
 *
 * Return: false for what it may answer for a name that was invented, too.
 */
bool account_state_proves(uint32_t ntstatus);

#define STATUS_WRONG_PASSWORD		UINT32_C(0xC000006A)
#define STATUS_ACCOUNT_RESTRICTION	UINT32_C(0xC000006E)
#define STATUS_INVALID_LOGON_HOURS	UINT32_C(0xC000006F)
#define STATUS_INVALID_WORKSTATION	UINT32_C(0xC0000070)
#define STATUS_PASSWORD_EXPIRED		UINT32_C(0xC0000071)
#define STATUS_ACCOUNT_DISABLED		UINT32_C(0xC0000072)
#define STATUS_LOGON_TYPE_NOT_GRANTED	UINT32_C(0xC000015B)
#define STATUS_ACCOUNT_EXPIRED		UINT32_C(0xC0000193)
#define STATUS_NOLOGON_INTERDOMAIN_TRUST_ACCOUNT UINT32_C(0xC0000198)
#define STATUS_NOLOGON_WORKSTATION_TRUST_ACCOUNT UINT32_C(0xC0000199)
#define STATUS_NOLOGON_SERVER_TRUST_ACCOUNT UINT32_C(0xC000019A)
#define STATUS_PASSWORD_MUST_CHANGE	UINT32_C(0xC0000224)
#define STATUS_ACCOUNT_LOCKED_OUT	UINT32_C(0xC0000234)

#endif
