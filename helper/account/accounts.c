// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Accounts in memory, and which of them a name means.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "account.h"
#include "ntlm/utf16.h"

const struct account_database *const account_databases[] = {
	&account_ntlmd,
	&account_smbpasswd,
	NULL
};

/* Names are compared as they are hashed, [MS-NLMP] 3.3.2: no other folding. */
static size_t fold(const char *name, size_t len, uint16_t *out, size_t size)
{
	struct ntlm_bytes s = { (const uint8_t *)name, len };
	uint16_t unit[2];
	size_t n = 0;
	int units;

	while ((units = utf8_next(&s, unit)) > 0) {
		if ((size_t)units > size - n)
			return 0;
		for (int i = 0; i < units; i++)
			out[n++] = utf16_upcase(unit[i]);
	}
	return units < 0 ? 0 : n;
}

/**
 * struct folded - a name that is looked for
 * @unit: @count units of UTF-16 in upper case
 */
struct folded {
	uint16_t unit[NTLM_ACCOUNT_NAME_SIZE];
	size_t count;
};

static void fold_name(const char *name, size_t len, struct folded *out)
{
	out->count = fold(name, len, out->unit,
			  sizeof(out->unit) / sizeof(out->unit[0]));
}

static bool same(const struct folded *a, const uint16_t *unit, size_t count)
{
	return a->count == count && !memcmp(a->unit, unit, count * sizeof(*unit));
}

static bool is_name(const struct folded *a, const char *name)
{
	struct folded b;

	if (!name || !*name)
		return false;
	fold_name(name, strlen(name), &b);
	return b.count && same(a, b.unit, b.count);
}

static bool is_local(const struct ntlm_server_names *names,
		     const struct folded *domain)
{
	if (!domain->count || is_name(domain, names->nb_computer) ||
	    is_name(domain, names->dns_computer))
		return true;
	/* those of a member are its domain controllers' */
	return !names->member && (is_name(domain, names->nb_domain) ||
				  is_name(domain, names->dns_domain));
}

bool account_is_local(const struct ntlm_server_names *names, const char *domain)
{
	struct folded folded;

	fold_name(domain, strlen(domain), &folded);
	return !*domain || (folded.count && is_local(names, &folded));
}

static int make_key(const char *name, struct account_key *key)
{
	size_t len = strlen(name);

	/* no character has more units than bytes */
	key->unit = calloc(len + 1, sizeof(*key->unit));
	if (!key->unit)
		return -ENOMEM;
	key->count = fold(name, len, key->unit, len + 1);
	return 0;
}

void account_wipe(struct account *a)
{
	free(a->origin);
	free(a->user);
	free(a->domain);
	free(a->user_key.unit);
	free(a->domain_key.unit);
	for (unsigned int i = 0; i < a->sid_count; i++)
		free(a->sids[i]);
	free(a->sids);
	explicit_bzero(a, sizeof(*a));
}

/*
 * Room for one more, twice as much each time the count is a power of two. The
 * old place held hashes, so realloc() cannot be used.
 */
static bool grow(struct accounts *accounts)
{
	size_t count = accounts->count;
	struct account *grown;

	if (count & (count - 1))
		return true;
	grown = reallocarray(NULL, count ? 2 * count : 1, sizeof(*grown));
	if (!grown)
		return false;
	if (count) {
		memcpy(grown, accounts->account, count * sizeof(*grown));
		explicit_bzero(accounts->account, count * sizeof(*grown));
	}
	free(accounts->account);
	accounts->account = grown;
	return true;
}

/* Windows lets nobody in from the network without a password either. */
static void restrict_empty(struct account *a)
{
	uint8_t empty[NTLM_HASH_SIZE];

	if (a->has_secret && !a->ntstatus && !ntlm_nt_hash("", 0, empty) &&
	    !memcmp(empty, a->secret.nt_hash, sizeof(empty)))
		a->ntstatus = STATUS_ACCOUNT_RESTRICTION;
}

int accounts_add(struct accounts *accounts, struct account *a)
{
	if (!a->domain)
		a->domain = strdup("");
	if (!a->domain || make_key(a->user, &a->user_key) ||
	    make_key(a->domain, &a->domain_key) || !grow(accounts)) {
		account_wipe(a);
		return -ENOMEM;
	}
	restrict_empty(a);
	accounts->account[accounts->count++] = *a;
	explicit_bzero(a, sizeof(*a));
	return 0;
}

void accounts_cut(struct accounts *accounts, size_t count)
{
	while (accounts->count > count)
		account_wipe(&accounts->account[--accounts->count]);
}

void accounts_free(struct accounts *accounts)
{
	accounts_cut(accounts, 0);
	free(accounts->account);
	accounts->account = NULL;
}

static bool fits(const struct account *a, const struct ntlm_server_names *names,
		 const struct folded *user, const struct folded *domain,
		 bool local)
{
	struct folded own;

	if (!same(user, a->user_key.unit, a->user_key.count))
		return false;
	if (domain->count &&
	    same(domain, a->domain_key.unit, a->domain_key.count))
		return true;
	fold_name(a->domain, strlen(a->domain), &own);
	return local && is_local(names, &own);
}

/* All are looked at: how long it takes tells nothing of where the name is. */
static const struct account *search(const struct accounts *accounts,
				    const struct ntlm_server_names *names,
				    const struct folded *user,
				    const struct folded *domain)
{
	bool local = is_local(names, domain);
	const struct account *found = NULL;

	if (!user->count)
		return NULL;
	for (size_t i = accounts->count; i-- > 0;)
		if (fits(&accounts->account[i], names, user, domain, local))
			found = &accounts->account[i];
	return found;
}

const struct account *accounts_find(const struct accounts *accounts,
				    const struct ntlm_server_names *names,
				    const char *user, const char *domain)
{
	const char *at = *domain ? NULL : strrchr(user, '@');
	struct folded u, d;
	const struct account *found;

	fold_name(user, strlen(user), &u);
	fold_name(domain, strlen(domain), &d);
	/* what cannot be folded is no empty domain */
	if (*domain && !d.count)
		return NULL;
	found = search(accounts, names, &u, &d);
	if (found || !at || !at[1])
		return found;
	fold_name(user, (size_t)(at - user), &u);
	fold_name(at + 1, strlen(at + 1), &d);
	return d.count ? search(accounts, names, &u, &d) : NULL;
}

const char *account_state_name(uint32_t ntstatus)
{
	switch (ntstatus) {
	case STATUS_ACCOUNT_RESTRICTION:
		return "the password is empty, and nobody logs on over the network without one";
	case STATUS_PASSWORD_EXPIRED:
		return "the password has expired";
	case STATUS_ACCOUNT_DISABLED:
		return "the account is disabled";
	case STATUS_ACCOUNT_EXPIRED:
		return "the account has expired";
	case STATUS_NOLOGON_INTERDOMAIN_TRUST_ACCOUNT:
	case STATUS_NOLOGON_WORKSTATION_TRUST_ACCOUNT:
	case STATUS_NOLOGON_SERVER_TRUST_ACCOUNT:
		return "it is a trust account, which is no user";
	case STATUS_PASSWORD_MUST_CHANGE:
		return "the password has to be changed first";
	case STATUS_ACCOUNT_LOCKED_OUT:
		return "the account is locked";
	default:
		return "the account may not log on";
	}
}

bool account_state_proves(uint32_t ntstatus)
{
	switch (ntstatus) {
	case STATUS_WRONG_PASSWORD:
	case STATUS_ACCOUNT_RESTRICTION:
	case STATUS_INVALID_LOGON_HOURS:
	case STATUS_INVALID_WORKSTATION:
	case STATUS_PASSWORD_EXPIRED:
	case STATUS_ACCOUNT_DISABLED:
	case STATUS_LOGON_TYPE_NOT_GRANTED:
	case STATUS_ACCOUNT_EXPIRED:
	case STATUS_NOLOGON_INTERDOMAIN_TRUST_ACCOUNT:
	case STATUS_NOLOGON_WORKSTATION_TRUST_ACCOUNT:
	case STATUS_NOLOGON_SERVER_TRUST_ACCOUNT:
	case STATUS_PASSWORD_MUST_CHANGE:
	case STATUS_ACCOUNT_LOCKED_OUT:
		return true;
	default:
		return false;
	}
}
