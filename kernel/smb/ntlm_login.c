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

static void ntlm_smb_login_put(struct ntlm_smb_login *login)
{
	if (!login)
		return;
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
 * @ses: session
 * @ctx: the context by which it is; a reference is taken
 *
 * Context: process, may sleep.
 */
void ntlm_smb_login_keep(struct cifs_ses *ses, struct ntlm_ctx *ctx)
{
	struct ntlm_smb_login *login = ntlm_smb_login_forget(ses);

	if (login)
		ntlm_ctx_put(login->ctx);
	else
		login = kmalloc(sizeof(*login), GFP_KERNEL);
	if (!login)
		return;
	login->ses = ses;
	login->ctx = ntlm_ctx_get(ctx);
	login->error = 0;
	spin_lock(&ntlm_smb_lock);
	list_add(&login->list, &ntlm_smb_logins);
	spin_unlock(&ntlm_smb_lock);
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
 * @again: set to true if it was logged on before
 *
 * Whoever has something to write to a hard mount asks for the session again at
 * once, and without end, however fast the answer is no.
 *
 * Context: process, may sleep.
 *
 * Return:
 * * 0 - it may
 * * -EINTR - a fatal signal
 * * what ntlm_smb_login_failed() returned a moment ago
 */
int ntlm_smb_login_hold(const struct cifs_ses *ses, bool *again)
{
	struct ntlm_smb_login *login;
	int rc = 0;

	spin_lock(&ntlm_smb_lock);
	login = ntlm_smb_login_of(ses);
	*again = login;
	if (login && login->error && time_before(jiffies, login->hold_until))
		rc = login->error;
	spin_unlock(&ntlm_smb_lock);
	if (!rc)
		return 0;
	return schedule_timeout_killable(NTLM_SMB_PAUSE) ? -EINTR : rc;
}

static bool ntlm_smb_is_hard(const struct cifs_ses *ses)
{
	const struct cifs_tcon *tcon;
	bool hard = false;

	spin_lock(&cifs_tcp_ses_lock);
	list_for_each_entry(tcon, &ses->tcon_list, tcon_list)
		hard |= tcon->retry;
	spin_unlock(&cifs_tcp_ses_lock);
	return hard;
}

/**
 * ntlm_smb_login_failed - the helper or the server refused to log it on again
 * @ses: session
 *
 * A hard mount waits until the session is logged on again: any other error would
 * drop what could not be written.  A soft one gives up, and the SMB client knows
 * a refusal by -EACCES.
 *
 * Context: process.
 *
 * Return: -EAGAIN if a mount of the session is a hard one, else -EACCES.
 */
int ntlm_smb_login_failed(const struct cifs_ses *ses)
{
	int rc = ntlm_smb_is_hard(ses) ? -EAGAIN : -EACCES;
	struct ntlm_smb_login *login;

	spin_lock(&ntlm_smb_lock);
	login = ntlm_smb_login_of(ses);
	if (login) {
		login->error = rc;
		login->hold_until = jiffies + NTLM_SMB_HOLD;
	}
	spin_unlock(&ntlm_smb_lock);
	return rc;
}
