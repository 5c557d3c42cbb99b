// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sessions that are logged on, from the first time to their end.
 */
#include <linux/ntlm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include "ntlm_smb.h"

/* After a session could not be logged on again, nobody is asked for so long. */
#define NTLM_SMB_HOLD		(2 * HZ)

/* Who comes meanwhile gets the same answer, after that. */
#define NTLM_SMB_PAUSE		(HZ / 10)

/**
 * struct ntlm_smb_login - the context by which a session is logged on
 * @list: in ntlm_smb_logins
 * @ses: the session
 * @ctx: its context, kept so that an administrator sees who is logged on
 * @error: why it could not be logged on again, 0 if it could
 * @hold_until: when somebody is asked again, in jiffies; with @error only
 */
struct ntlm_smb_login {
	struct list_head	list;
	struct cifs_ses		*ses;
	struct ntlm_ctx		*ctx;
	int			error;
	unsigned long		hold_until;
};

static LIST_HEAD(ntlm_smb_logins);

/* Protects the list and what is in it; innermost. */
static DEFINE_SPINLOCK(ntlm_smb_lock);

/**
 * ntlm_smb_login_alloc - room for what is kept of a logon
 *
 * Return: for ntlm_smb_login_keep() or ntlm_smb_login_put(), or NULL.
 */
struct ntlm_smb_login *ntlm_smb_login_alloc(void)
{
	return kzalloc(sizeof(struct ntlm_smb_login), GFP_KERNEL);
}

/**
 * ntlm_smb_login_put - free what is in no list
 * @login: may be NULL
 *
 * Context: process, may sleep.
 */
void ntlm_smb_login_put(struct ntlm_smb_login *login)
{
	if (login && login->ctx)
		ntlm_ctx_put(login->ctx);
	kfree(login);
}

static struct ntlm_smb_login *ntlm_smb_login_of(const struct cifs_ses *ses)
{
	struct ntlm_smb_login *login;

	lockdep_assert_held(&ntlm_smb_lock);
	list_for_each_entry(login, &ntlm_smb_logins, list)
		if (login->ses == ses)
			return login;
	return NULL;
}

/* Takes what was known of the session out of the list. */
static struct ntlm_smb_login *ntlm_smb_login_forget(const struct cifs_ses *ses)
{
	struct ntlm_smb_login *login;

	spin_lock(&ntlm_smb_lock);
	login = ntlm_smb_login_of(ses);
	if (login)
		list_del(&login->list);
	spin_unlock(&ntlm_smb_lock);
	return login;
}

/**
 * ntlm_smb_login_keep - the session is logged on
 * @login: from ntlm_smb_login_alloc(); belongs to the list from now on
 * @ses: session
 * @ctx: the context by which it is; a reference is taken
 *
 * Context: process, may sleep.
 */
void ntlm_smb_login_keep(struct ntlm_smb_login *login, struct cifs_ses *ses,
			 struct ntlm_ctx *ctx)
{
	ntlm_smb_login_put(ntlm_smb_login_forget(ses));
	login->ses = ses;
	login->ctx = ntlm_ctx_get(ctx);
	spin_lock(&ntlm_smb_lock);
	list_add(&login->list, &ntlm_smb_logins);
	spin_unlock(&ntlm_smb_lock);
}

/**
 * ntlm_smb_login_known - was the session logged on by a helper?
 * @ses: session
 *
 * Context: process.
 *
 * Return: true if it was.
 */
bool ntlm_smb_login_known(const struct cifs_ses *ses)
{
	bool known;

	spin_lock(&ntlm_smb_lock);
	known = ntlm_smb_login_of(ses);
	spin_unlock(&ntlm_smb_lock);
	return known;
}

void sesInfoFree(struct cifs_ses *ses)
{
	if (ses)
		ntlm_smb_login_put(ntlm_smb_login_forget(ses));
	stock_sesInfoFree(ses);
}

/**
 * ntlm_smb_login_hold - may the session ask for a logon?
 * @ses: session
 *
 * Whoever has something to write to a hard mount asks for the session again at
 * once, and without end, however fast the answer is no.
 *
 * Context: process, may sleep.
 *
 * Return:
 * * 0 - it may
 * * -EINTR - a fatal signal
 * * what ntlm_smb_login_failed() was told a moment ago
 */
int ntlm_smb_login_hold(const struct cifs_ses *ses)
{
	struct ntlm_smb_login *login;
	int rc = 0;

	spin_lock(&ntlm_smb_lock);
	login = ntlm_smb_login_of(ses);
	if (login && login->error && time_before(jiffies, login->hold_until))
		rc = login->error;
	spin_unlock(&ntlm_smb_lock);
	if (!rc)
		return 0;
	/* A task that is to die must pause, too: it is told to try again. */
	schedule_timeout_uninterruptible(NTLM_SMB_PAUSE);
	return fatal_signal_pending(current) ? -EINTR : rc;
}

/**
 * ntlm_smb_login_failed - it could not be logged on again
 * @ses: session
 * @error: what to answer for a while
 *
 * Context: process.
 */
void ntlm_smb_login_failed(const struct cifs_ses *ses, int error)
{
	struct ntlm_smb_login *login;

	spin_lock(&ntlm_smb_lock);
	login = ntlm_smb_login_of(ses);
	if (login) {
		login->error = error;
		login->hold_until = jiffies + NTLM_SMB_HOLD;
	}
	spin_unlock(&ntlm_smb_lock);
}
