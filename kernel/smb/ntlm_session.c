// SPDX-License-Identifier: GPL-2.0-only
/*
 * Session setup of the SMB client with a context of ntlm.ko.
 *
 * [MS-SMB2] section 3.2.4.2.3: the tokens travel in SESSION_SETUP requests, as
 * raw NTLMSSP messages.  Every channel of a session has an exchange of its own.
 */
#include <linux/ntlm.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include "ntlm_smb.h"
#include "cifs_debug.h"

#define NTLM_SMB_SERVICE	"cifs/"

/* Where the flags are in NEGOTIATE and in CHALLENGE, [MS-NLMP] section 2.2.1 */
#define NTLM_SMB_NEGOTIATE_FLAGS	12
#define NTLM_SMB_CHALLENGE_FLAGS	20

/* STATUS_LOGON_FAILURE, for a server that hides it and lets in a guest */
#define NTLM_SMB_LOGON_FAILURE	0xc000006d

/* STATUS_MORE_PROCESSING_REQUIRED: the header for it is not always in one place */
#define NTLM_SMB_MORE		0xc0000016

/**
 * struct ntlm_smb_setup - a session setup that is going on
 * @list: in ntlm_smb_setups
 * @task: who runs it, from the first request to the last response
 * @ses: the session
 * @mark: what the session carries in place of a password
 * @ctx: the security context, from the first message on
 * @challenge: the server's token: its response is freed before the next
 *	message is built
 * @challenge_len: bytes of @challenge
 * @established: the last message went out, so the next status is the verdict
 * @refused: it is the helper or the server that said no, not the connection
 */
struct ntlm_smb_setup {
	struct list_head	list;
	struct task_struct	*task;
	struct cifs_ses		*ses;
	struct ntlm_smb_mark	mark;
	struct ntlm_ctx		*ctx;
	void			*challenge;
	size_t			challenge_len;
	bool			established;
	bool			refused;
};

static LIST_HEAD(ntlm_smb_setups);

/* Protects the list; innermost. */
static DEFINE_SPINLOCK(ntlm_smb_setups_lock);

/* The setup that this task runs, or NULL. */
static struct ntlm_smb_setup *ntlm_smb_current_setup(void)
{
	struct ntlm_smb_setup *setup, *found = NULL;

	spin_lock(&ntlm_smb_setups_lock);
	list_for_each_entry(setup, &ntlm_smb_setups, list) {
		if (setup->task == current) {
			found = setup;
			break;
		}
	}
	spin_unlock(&ntlm_smb_setups_lock);
	return found;
}

static struct ntlm_smb_setup *ntlm_smb_setup_of(const struct cifs_ses *ses)
{
	struct ntlm_smb_setup *setup = ntlm_smb_current_setup();

	return setup && setup->ses == ses ? setup : NULL;
}

/*
 * A server that lets a guest in did not accept the logon, and nothing that the
 * session carries is protected.
 */
static int ntlm_smb_refuse_guest(struct ntlm_smb_setup *setup)
{
	struct cifs_ses *ses = setup->ses;
	struct TCP_Server_Info *server = ses->server;

	if (!(ses->session_flags & (SMB2_SESSION_FLAG_IS_GUEST |
				    SMB2_SESSION_FLAG_IS_NULL)))
		return 0;
	cifs_server_dbg(VFS, "%s logged on as a guest only: refused\n",
			ses->user_name);
	ntlm_ctx_report(setup->ctx, NTLM_SMB_LOGON_FAILURE);
	setup->refused = true;
	return -EACCES;
}

/* What may be there again in a moment */
static bool ntlm_smb_short_of(int rc)
{
	return rc == -ENOMEM || rc == -EDQUOT || rc == -EUSERS;
}

/* Errors of ntlm_ctx_exchange() in which neither helper nor server has a part */
static bool ntlm_smb_is_refusal(int rc)
{
	return !ntlm_smb_short_of(rc) && rc != -ESHUTDOWN &&
	       rc != -ECANCELED && rc != -EINTR;
}

/*
 * A hard mount waits until the session is logged on again: any other error would
 * drop what could not be written.  A soft one gives up, which the SMB client does
 * only after -EACCES: others it tries again at once, when it writes back.
 */
static int ntlm_smb_again_error(const struct ntlm_smb_setup *setup, int rc)
{
	if (!rc || rc == -EINTR)
		return rc;
	if (!setup->refused && !ntlm_smb_short_of(rc))
		return rc;
	rc = setup->mark.hard ? -EAGAIN : -EACCES;
	ntlm_smb_login_failed(setup->ses, rc);
	return rc;
}

static int ntlm_smb_setup_stock(struct ntlm_smb_setup *setup, unsigned int xid,
				struct TCP_Server_Info *server,
				const struct nls_table *nls)
{
	int rc;

	spin_lock(&ntlm_smb_setups_lock);
	list_add(&setup->list, &ntlm_smb_setups);
	spin_unlock(&ntlm_smb_setups_lock);

	rc = stock_SMB2_sess_setup(xid, setup->ses, server, nls);

	spin_lock(&ntlm_smb_setups_lock);
	list_del(&setup->list);
	spin_unlock(&ntlm_smb_setups_lock);
	return rc;
}

static int ntlm_smb_setup_run(struct ntlm_smb_setup *setup, unsigned int xid,
			      struct TCP_Server_Info *server,
			      const struct nls_table *nls)
{
	struct cifs_ses *ses = setup->ses;
	bool primary = server == ses->server;
	bool again = ntlm_smb_login_known(ses);
	struct ntlm_smb_login *login;
	unsigned int noio;
	int rc;

	if (primary) {
		rc = ntlm_smb_login_hold(ses);
		if (rc)
			return rc;
	}
	/* A reconnect may be what stands between dirty pages and the server. */
	noio = memalloc_noio_save();
	login = ntlm_smb_login_alloc();
	rc = login ? ntlm_smb_setup_stock(setup, xid, server, nls) : -ENOMEM;

	if (!rc && setup->ctx)
		rc = ntlm_smb_refuse_guest(setup);
	if (!rc && setup->ctx) {
		ntlm_ctx_report(setup->ctx, 0);
		if (primary) {
			ntlm_smb_login_keep(login, ses, setup->ctx);
			login = NULL;
		}
	}
	ntlm_smb_login_put(login);
	if (setup->ctx)
		ntlm_ctx_put(setup->ctx);
	kfree_sensitive(setup->challenge);
	memalloc_noio_restore(noio);
	return again && primary ? ntlm_smb_again_error(setup, rc) : rc;
}

/*
 * Of two passwords that a remount brought along the SMB client tries the other
 * one after a refusal: not with a mark among them.
 */
static bool ntlm_smb_take_mark(struct cifs_ses *ses, struct ntlm_smb_mark *mark)
{
	if (ntlm_smb_mark_parse(ses->password, mark))
		return true;
#ifdef NTLM_SMB_HAS_PASSWORD2
	if (ntlm_smb_mark_parse(ses->password2, mark)) {
		swap(ses->password, ses->password2);
		return true;
	}
#endif
	return false;
}

int SMB2_sess_setup(const unsigned int xid, struct cifs_ses *ses,
		    struct TCP_Server_Info *server,
		    const struct nls_table *nls_cp)
{
	struct ntlm_smb_setup setup = {
		.task = current,
		.ses = ses,
	};

	if (ntlm_smb_take_mark(ses, &setup.mark))
		return ntlm_smb_setup_run(&setup, xid, server, nls_cp);
	if (ntlm_smb_login_known(ses)) {
		cifs_server_dbg(VFS, "%s was logged on by ntlmd: a remount cannot change that to a password\n",
				ses->user_name);
		return -EACCES;
	}
	return stock_SMB2_sess_setup(xid, ses, server, nls_cp);
}

/* The only place that sees what the server said, before it becomes an errno. */
int map_smb2_to_linux_error(char *buf, bool log_err)
{
	const struct smb2_hdr *hdr = (const struct smb2_hdr *)buf;
	u32 status = le32_to_cpu(hdr->Status);
	struct ntlm_smb_setup *setup;

	if (hdr->Command == SMB2_SESSION_SETUP && status &&
	    status != NTLM_SMB_MORE) {
		setup = ntlm_smb_current_setup();
		if (setup) {
			setup->refused = true;
			if (setup->established)
				ntlm_ctx_report(setup->ctx, status);
		}
	}
	return stock_map_smb2_to_linux_error(buf, log_err);
}

/*
 * The name of the server that the logon is meant for.  A channel may lead to
 * another address, but the session is with the server of the first one.
 */
static char *ntlm_smb_target(const struct cifs_ses *ses)
{
	struct TCP_Server_Info *server = ses->server;
	char *target;

	spin_lock(&server->srv_lock);
	target = kasprintf(GFP_ATOMIC, NTLM_SMB_SERVICE "%s",
			   server->hostname ?: "");
	spin_unlock(&server->srv_lock);
	return target;
}

/* Is it the server that the user named, or one that a server referred to? */
static bool ntlm_smb_target_named(const char *target,
				  const struct ntlm_smb_mark *mark)
{
	const char *host = target + strlen(NTLM_SMB_SERVICE);

	return strlen(host) == mark->host_len &&
	       !strncasecmp(host, mark->host, mark->host_len);
}

static struct ntlm_ctx *ntlm_smb_create(const struct ntlm_smb_setup *setup)
{
	const struct ntlm_smb_mark *mark = &setup->mark;
	struct cifs_ses *ses = setup->ses;
	struct ntlm_ctx_params params = {
		.net = cifs_net_ns(ses->server),
		.uid = mark->owner,
		.role = NTLM_ROLE_INITIATOR,
		.mode = NTLM_MODE_CONNECTION,
		.domain = *mark->domain ? mark->domain : NULL,
	};
	struct ntlm_ctx *ctx = ERR_PTR(-ENOMEM);
	char *target, *user = NULL;

	target = ntlm_smb_target(ses);
	if (!target)
		return ctx;
	if (mark->user_len) {
		user = kmemdup_nul(mark->user, mark->user_len, GFP_KERNEL);
		if (!user)
			goto out;
	}
	params.target = target;
	params.target_unverified = !ntlm_smb_target_named(target, mark);
	params.user = user;
	if (ses->server->sign)
		params.required = NTLM_OPT_INTEGRITY;
	else
		params.wished = NTLM_OPT_INTEGRITY;
	ctx = ntlm_ctx_create(&params);
out:
	kfree(user);
	kfree(target);
	return ctx;
}

/* The SMB client frees tokens by itself, so they are copied. */
static int ntlm_smb_token_out(struct ntlm_token *token, unsigned char **pbuffer,
			      u16 *buflen)
{
	int rc = 0;

	*pbuffer = NULL;
	*buflen = 0;
	if (!token->len || token->len > U16_MAX) {
		rc = -EPROTO;
		goto out;
	}
	*pbuffer = kmemdup(token->data, token->len, GFP_KERNEL);
	if (!*pbuffer) {
		rc = -ENOMEM;
		goto out;
	}
	*buflen = token->len;
out:
	ntlm_token_free(token);
	return rc;
}

static int ntlm_smb_negotiate(struct ntlm_smb_setup *setup,
			      unsigned char **pbuffer, u16 *buflen)
{
	struct ntlm_token token;
	int rc;

	setup->ctx = ntlm_smb_create(setup);
	if (IS_ERR(setup->ctx)) {
		rc = PTR_ERR(setup->ctx);
		setup->ctx = NULL;
		return rc;
	}
	rc = ntlm_ctx_exchange(setup->ctx, NULL, 0, &token);
	if (!rc) {
		/* An initiator cannot be done before the server has spoken. */
		ntlm_token_free(&token);
		return -EPROTO;
	}
	if (rc != -EINPROGRESS)
		return rc;
	return ntlm_smb_token_out(&token, pbuffer, buflen);
}

int build_ntlmssp_smb3_negotiate_blob(unsigned char **pbuffer, u16 *buflen,
				      struct cifs_ses *ses,
				      struct TCP_Server_Info *server,
				      const struct nls_table *nls_cp)
{
	struct ntlm_smb_setup *setup = ntlm_smb_setup_of(ses);
	int rc;

	if (!setup)
		return stock_build_ntlmssp_smb3_negotiate_blob(pbuffer, buflen,
							       ses, server,
							       nls_cp);
	/* Who finds the session in multiuser mounts: its owner, never uid=. */
	ses->linux_uid = setup->mark.owner;
	rc = ntlm_smb_negotiate(setup, pbuffer, buflen);
	if (rc) {
		setup->refused = ntlm_smb_is_refusal(rc);
		return rc;
	}
	if (*buflen >= NTLM_SMB_NEGOTIATE_FLAGS + sizeof(__le32))
		ses->ntlmssp->client_flags =
			get_unaligned_le32(*pbuffer + NTLM_SMB_NEGOTIATE_FLAGS);
	return 0;
}

int decode_ntlmssp_challenge(char *bcc_ptr, int blob_len, struct cifs_ses *ses)
{
	struct ntlm_smb_setup *setup = ntlm_smb_setup_of(ses);

	if (!setup)
		return stock_decode_ntlmssp_challenge(bcc_ptr, blob_len, ses);

	/* What the SMB client itself looks at; the helper checks the rest. */
	if (blob_len < (int)(NTLM_SMB_CHALLENGE_FLAGS + sizeof(__le32)))
		return -EINVAL;
	ses->ntlmssp->server_flags =
		get_unaligned_le32(bcc_ptr + NTLM_SMB_CHALLENGE_FLAGS);

	kfree_sensitive(setup->challenge);
	setup->challenge = kmemdup(bcc_ptr, blob_len, GFP_KERNEL);
	if (!setup->challenge)
		return -ENOMEM;
	setup->challenge_len = blob_len;
	return 0;
}

/*
 * Exactly as many bytes as the key has: ciphers with longer keys take its length
 * from the session.
 */
static int ntlm_smb_set_key(struct cifs_ses *ses, const struct ntlm_ctx *ctx)
{
	char *key, *old;
	int rc;

	key = kmalloc(NTLM_SESSION_KEY_SIZE, GFP_KERNEL);
	if (!key)
		return -ENOMEM;
	rc = ntlm_ctx_session_key(ctx, key);
	if (rc) {
		kfree_sensitive(key);
		return rc;
	}

	/* Signing under SMB 2.1 reads the key under this lock. */
	spin_lock(&ses->ses_lock);
	old = ses->auth_key.response;
	ses->auth_key.response = key;
	ses->auth_key.len = NTLM_SESSION_KEY_SIZE;
	spin_unlock(&ses->ses_lock);
	kfree_sensitive(old);
	return 0;
}

int build_ntlmssp_auth_blob(unsigned char **pbuffer, u16 *buflen,
			    struct cifs_ses *ses,
			    struct TCP_Server_Info *server,
			    const struct nls_table *nls_cp)
{
	struct ntlm_smb_setup *setup = ntlm_smb_setup_of(ses);
	struct ntlm_token token;
	int rc;

	if (!setup)
		return stock_build_ntlmssp_auth_blob(pbuffer, buflen, ses,
						     server, nls_cp);
	if (!setup->ctx || !setup->challenge)
		return -EINVAL;

	rc = ntlm_ctx_exchange(setup->ctx, setup->challenge,
			       setup->challenge_len, &token);
	if (rc == -EINPROGRESS) {
		ntlm_token_free(&token);
		rc = -EPROTO;
	}
	if (rc) {
		setup->refused = ntlm_smb_is_refusal(rc);
		return rc;
	}
	rc = ntlm_smb_set_key(ses, setup->ctx);
	if (rc) {
		ntlm_token_free(&token);
		return rc;
	}
	setup->established = true;
	return ntlm_smb_token_out(&token, pbuffer, buflen);
}
