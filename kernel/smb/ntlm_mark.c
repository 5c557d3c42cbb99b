// SPDX-License-Identifier: GPL-2.0-only
/*
 * The mark that an SMB session of ours carries in place of a password.
 *
 * The SMB client stores, compares, copies and frees it wherever it handles a
 * password: sessions are shared between equal marks only, a submount inherits
 * the mark, a reconnect finds it.  Nobody can guess one, so nobody gets into a
 * session of somebody else by naming its mark as a password.
 */
#include <crypto/algapi.h>
#include <linux/once.h>
#include <linux/random.h>
#include <linux/slab.h>
#include "ntlm_smb.h"

#define NTLM_SMB_MARK_TAG	"\001ntlm:"
#define NTLM_SMB_MARK_SECRET	16

/* Tag and secret; the secret is in hexadecimal digits. */
#define NTLM_SMB_MARK_PREFIX	\
	(sizeof(NTLM_SMB_MARK_TAG) - 1 + 2 * NTLM_SMB_MARK_SECRET)

/* Between the names: none has a control character in it. */
#define NTLM_SMB_MARK_NEXT	1

static void ntlm_smb_mark_prefix(char prefix[NTLM_SMB_MARK_PREFIX + 1])
{
	static u8 secret[NTLM_SMB_MARK_SECRET] __read_mostly;

	get_random_once(secret, sizeof(secret));
	snprintf(prefix, NTLM_SMB_MARK_PREFIX + 1, NTLM_SMB_MARK_TAG "%*phN",
		 NTLM_SMB_MARK_SECRET, secret);
}

static bool ntlm_smb_name_valid(const char *name, size_t len)
{
	while (len--)
		if ((u8)*name++ < 0x20)
			return false;
	return true;
}

/**
 * ntlm_smb_mark_format - make the string for a mark
 * @mark: the mark
 *
 * Context: process, may sleep.
 *
 * Return:
 * * the string, to be freed with kfree_sensitive()
 * * ERR_PTR(-ENOMEM) - out of memory
 * * ERR_PTR(-EINVAL) - a name has a control character in it
 * * ERR_PTR(-ENAMETOOLONG) - longer than what the SMB client compares of a
 *   password, so that marks could no longer be told apart
 */
char *ntlm_smb_mark_format(const struct ntlm_smb_mark *mark)
{
	char prefix[NTLM_SMB_MARK_PREFIX + 1];
	char *string;

	if (!ntlm_smb_name_valid(mark->host, mark->host_len) ||
	    !ntlm_smb_name_valid(mark->user, mark->user_len) ||
	    !ntlm_smb_name_valid(mark->domain, strlen(mark->domain)))
		return ERR_PTR(-EINVAL);
	ntlm_smb_mark_prefix(prefix);
	string = kasprintf(GFP_KERNEL, "%s:%u%c%c%.*s%c%.*s%c%s", prefix,
			   from_kuid(&init_user_ns, mark->owner),
			   mark->hard ? 'h' : 's',
			   NTLM_SMB_MARK_NEXT, (int)mark->host_len, mark->host,
			   NTLM_SMB_MARK_NEXT, (int)mark->user_len, mark->user,
			   NTLM_SMB_MARK_NEXT, mark->domain);
	memzero_explicit(prefix, sizeof(prefix));
	if (!string)
		return ERR_PTR(-ENOMEM);
	if (strlen(string) > CIFS_MAX_PASSWORD_LEN) {
		kfree_sensitive(string);
		return ERR_PTR(-ENAMETOOLONG);
	}
	return string;
}

/* The next name of a mark; *@from is moved behind it, or to NULL. */
static const char *ntlm_smb_mark_next(const char **from, size_t *len)
{
	const char *name = *from, *end = strchr(name, NTLM_SMB_MARK_NEXT);

	*len = end ? end - name : 0;
	*from = end ? end + 1 : NULL;
	return name;
}

/**
 * ntlm_smb_mark_parse - is it a mark, and what does it say?
 * @password: what a session or a mount has for a password, or NULL
 * @mark: filled in if it is one; its names point into @password.  Otherwise
 *	what is in it has no meaning
 *
 * Context: any.
 *
 * Return: true if @password is a mark of this running kernel.
 */
bool ntlm_smb_mark_parse(const char *password, struct ntlm_smb_mark *mark)
{
	char prefix[NTLM_SMB_MARK_PREFIX + 1];
	unsigned int id;
	int used = 0;
	char kind;
	bool ours;

	if (!password || strnlen(password, NTLM_SMB_MARK_PREFIX) < NTLM_SMB_MARK_PREFIX)
		return false;
	ntlm_smb_mark_prefix(prefix);
	ours = !crypto_memneq(password, prefix, NTLM_SMB_MARK_PREFIX);
	memzero_explicit(prefix, sizeof(prefix));
	if (!ours)
		return false;

	password += NTLM_SMB_MARK_PREFIX;
	if (sscanf(password, ":%u%c%n", &id, &kind, &used) != 2 ||
	    password[used] != NTLM_SMB_MARK_NEXT)
		return false;
	password += used + 1;
	mark->owner = make_kuid(&init_user_ns, id);
	mark->hard = kind == 'h';
	mark->host = ntlm_smb_mark_next(&password, &mark->host_len);
	if (!password)
		return false;
	mark->user = ntlm_smb_mark_next(&password, &mark->user_len);
	mark->domain = password;
	return password;
}
