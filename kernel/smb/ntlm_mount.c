// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which SMB mounts are ours, and whose.
 *
 * Ours is a mount with NTLMSSP over SMB 2 or later, without a password.  From
 * then on it never logs on in any other way: the mark that stands for the
 * password would have to go first.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/key.h>
#include <linux/key-type.h>
#include <linux/module.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <keys/user-type.h>
#include "ntlm_smb.h"
#include "cifs_debug.h"
#include "fs_context.h"
#include "ntlm_connect.h"

/* Here, the kernel's own is meant. */
#undef request_key

/**
 * struct ntlm_smb_creds - somebody acts as the owner of a mount
 * @own: his own credentials
 * @owner: those with which he acts, NULL if he does not
 */
struct ntlm_smb_creds {
	const struct cred	*own;
	struct cred		*owner;
};

/* Tells which of two modules of the same name is loaded, and made of which source. */
static char ntlm_overlay[] = NTLM_SMB_VERSION;
module_param_string(ntlm_overlay, ntlm_overlay, sizeof(ntlm_overlay), 0444);
MODULE_PARM_DESC(ntlm_overlay,
		 "This module logs on with NTLM through ntlmd; the source that it was made of");

/* For who looks at a file; its version is that of the stock module. */
MODULE_INFO(ntlm_source, NTLM_SMB_VERSION);
MODULE_INFO(ntlm_version, NTLM_VERSION);

/*
 * May this mounter name the owner of the credentials?  The root user may, and
 * so may who was given the capability itself (an ambient one, which neither a
 * setuid program nor one with file capabilities keeps).  Not the user behind a
 * setuid mount program, although that has the capability, too.
 */
static bool ntlm_smb_may_name_owner(void)
{
	const struct cred *cred = current_cred();

	if (!capable(CAP_SYS_ADMIN))
		return false;
	return uid_eq(cred->uid, GLOBAL_ROOT_UID) ||
	       cap_raised(cred->cap_ambient, CAP_SYS_ADMIN);
}

static kuid_t ntlm_smb_owner(const struct smb3_fs_context *ctx)
{
	if (ctx->cruid_specified && ntlm_smb_may_name_owner())
		return ctx->cred_uid;
	return current_uid();
}

/* The host of "\\host\share". */
static int ntlm_smb_host(const char *unc, const char **host, size_t *len)
{
	if (!unc)
		return -EINVAL;
	unc += strspn(unc, "\\/");
	*host = unc;
	*len = strcspn(unc, "\\/");
	return *len ? 0 : -EINVAL;
}

static bool ntlm_smb_ends_in_ntlmssp(const struct smb3_fs_context *ctx)
{
	switch (ctx->sectype) {
	case Unspecified:
		if (!(global_secflags & CIFSSEC_MAY_NTLMSSP))
			return false;
		fallthrough;
	case RawNTLMSSP:
	case NTLMv2:
		return !ctx->nullauth &&
		       ctx->vals->protocol_id != SMB10_PROT_ID;
	default:
		return false;
	}
}

/* After a refusal the SMB client may have changed the two passwords around. */
static bool ntlm_smb_is_marked(const struct smb3_fs_context *ctx,
			       struct ntlm_smb_mark *mark)
{
	return ntlm_smb_mark_parse(ctx->password, mark) ||
	       ntlm_smb_mark_parse(ntlm_smb_second(ctx), mark);
}

static bool ntlm_smb_is_ours(const struct smb3_fs_context *ctx)
{
	return !ctx->password && !ntlm_smb_second(ctx) &&
	       ntlm_smb_ends_in_ntlmssp(ctx);
}

/*
 * A name of the mount in UTF-8.  The SMB client would read it by the same table
 * to put it into its own messages.
 */
static char *ntlm_smb_utf8(const char *name, const struct nls_table *nls)
{
	size_t left = strlen(name);
	char *utf8, *out;
	wchar_t wide;
	int in, n;

	if (!strcmp(nls->charset, "utf8"))
		return kstrdup(name, GFP_KERNEL) ?: ERR_PTR(-ENOMEM);
	/* A character of the table is one of at most 16 bits. */
	utf8 = kmalloc(3 * left + 1, GFP_KERNEL);
	if (!utf8)
		return ERR_PTR(-ENOMEM);
	for (out = utf8; left; left -= in, name += in, out += n) {
		in = nls->char2uni(name, left, &wide);
		n = in > 0 ? utf32_to_utf8(wide, out, 3) : -1;
		if (n < 0) {
			kfree(utf8);
			return ERR_PTR(-EINVAL);
		}
	}
	*out = '\0';
	return utf8;
}

static int ntlm_smb_set_mark(struct smb3_fs_context *ctx, const char *user,
			     const char *domain)
{
	struct ntlm_smb_mark mark = {
		.owner = ntlm_smb_owner(ctx),
		.hard = ctx->retry,
		.user = user,
		.user_len = strlen(user),
		.domain = domain,
	};
	char *password;
	int rc;

	rc = ntlm_smb_host(ctx->UNC, &mark.host, &mark.host_len);
	if (rc)
		return rc;
	/* It takes a user name to tell a session from an anonymous one. */
	if (!ctx->username) {
		ctx->username = kasprintf(GFP_KERNEL, "uid%u",
					  from_kuid(&init_user_ns, mark.owner));
		if (!ctx->username)
			return -ENOMEM;
	}
	password = ntlm_smb_mark_format(&mark);
	if (IS_ERR(password))
		return PTR_ERR(password);
	ctx->password = password;
	ctx->cred_uid = mark.owner;
	return 0;
}

static int ntlm_smb_mark_mount(struct smb3_fs_context *ctx)
{
	char *user, *domain;
	int rc;

	user = ntlm_smb_utf8(ctx->username ?: "", ctx->local_nls);
	if (IS_ERR(user))
		return PTR_ERR(user);
	domain = ntlm_smb_utf8(ctx->domainname ?: "", ctx->local_nls);
	if (IS_ERR(domain)) {
		rc = PTR_ERR(domain);
		goto out;
	}
	rc = ntlm_smb_set_mark(ctx, user, domain);
	kfree(domain);
out:
	kfree(user);
	return rc;
}

/*
 * A submount comes with the mark of the mount that it hangs on and keeps its
 * owner, whoever walked into it.
 */
static int ntlm_smb_adopt(struct smb3_fs_context *ctx)
{
	struct ntlm_smb_mark mark;
	bool marked = ntlm_smb_is_marked(ctx, &mark);

	if ((marked || ntlm_smb_is_ours(ctx)) && ctx->witness) {
		cifs_dbg(VFS, "witness hands passwords to user space: not with a mount whose password ntlmd keeps\n");
		return -EOPNOTSUPP;
	}
	if (marked) {
		ctx->cred_uid = mark.owner;
		return 0;
	}
	if (ntlm_smb_is_ours(ctx))
		return ntlm_smb_mark_mount(ctx);
#ifdef NTLM_SMB_HAS_PASSWORD2
	/*
	 * The only password given is the second one.  A session whose first one
	 * is absent would be taken for any mount of that user name, ours too.
	 */
	if (!ctx->password && ctx->password2 &&
	    ntlm_smb_ends_in_ntlmssp(ctx)) {
		ctx->password = kstrdup("", GFP_KERNEL);
		if (!ctx->password)
			return -ENOMEM;
	}
#endif
	return 0;
}

int cifs_mount(struct cifs_sb_info *cifs_sb, struct smb3_fs_context *ctx)
{
	struct ntlm_smb_mark mark;
	int rc = ntlm_smb_adopt(ctx);

	if (!rc)
		rc = stock_cifs_mount(cifs_sb, ctx);
	/* What a hard mount would wait for is a refusal to who mounts another. */
	if (rc == -EAGAIN && ntlm_smb_is_marked(ctx, &mark))
		rc = -EACCES;
	return rc;
}

/*
 * Makes the owner of a multiuser mount the one who looks up its root: who mounts
 * it, or walks into a link, may have no credential of his own.
 */
static int ntlm_smb_become_owner(const struct smb3_fs_context *ctx,
				 struct ntlm_smb_creds *creds)
{
	struct ntlm_smb_mark mark;

	creds->owner = NULL;
	if (!ctx->multiuser)
		return 0;
	if (!ntlm_smb_is_marked(ctx, &mark)) {
		if (!ntlm_smb_is_ours(ctx))
			return 0;
		mark.owner = ntlm_smb_owner(ctx);
	}
	creds->owner = prepare_creds();
	if (!creds->owner)
		return -ENOMEM;
	creds->owner->fsuid = mark.owner;
	creds->own = override_creds(creds->owner);
	return 0;
}

static void ntlm_smb_become_oneself(struct ntlm_smb_creds *creds)
{
	if (!creds->owner)
		return;
	revert_creds(creds->own);
	put_cred(creds->owner);
}

#ifdef NTLM_SMB_MOUNT_HAS_TYPE
struct dentry *cifs_smb3_do_mount(struct file_system_type *fs_type, int flags,
				  struct smb3_fs_context *old_ctx)
#else
struct dentry *cifs_smb3_do_mount(struct fs_context *fc,
				  struct smb3_fs_context *old_ctx)
#endif
{
	struct ntlm_smb_creds creds;
	struct dentry *root;
	int rc;

	rc = ntlm_smb_become_owner(old_ctx, &creds);
	if (rc)
		return ERR_PTR(rc);
#ifdef NTLM_SMB_MOUNT_HAS_TYPE
	root = stock_cifs_smb3_do_mount(fs_type, flags, old_ctx);
#else
	root = stock_cifs_smb3_do_mount(fc, old_ctx);
#endif
	ntlm_smb_become_oneself(&creds);
	return root;
}

#ifdef NTLM_SMB_HAS_VOLUME_INFO
/* Insists on a user name, before cifs_mount() is called. */
int cifs_setup_volume_info(struct smb3_fs_context *ctx, const char *mntopts,
			   const char *devname)
{
	bool unnamed = !ctx->username && ntlm_smb_is_ours(ctx);
	int rc;

	if (unnamed) {
		ctx->username = kstrdup("-", GFP_KERNEL);
		if (!ctx->username)
			return -ENOMEM;
	}
	rc = stock_cifs_setup_volume_info(ctx, mntopts, devname);
	if (unnamed) {
		kfree(ctx->username);
		ctx->username = NULL;
	}
	return rc;
}
#endif

static struct key *ntlm_smb_user_key(const struct ntlm_smb_mark *master,
				     struct key_type *type,
				     const char *description)
{
	struct ntlm_smb_mark mark = {
		.owner = current_fsuid(),
		.hard = master->hard,
		.host = master->host,
		.host_len = master->host_len,
		.user = "",
		.domain = "",
	};
	char *password, *payload;
	struct key *key;
	int rc = 0;

	password = ntlm_smb_mark_format(&mark);
	if (IS_ERR(password))
		return ERR_CAST(password);
	payload = kasprintf(GFP_KERNEL, "uid%u:%s",
			    from_kuid(&init_user_ns, mark.owner), password);
	kfree_sensitive(password);
	if (!payload)
		return ERR_PTR(-ENOMEM);

	key = key_alloc(type, description, GLOBAL_ROOT_UID, GLOBAL_ROOT_GID,
			current_cred(), 0, KEY_ALLOC_NOT_IN_QUOTA, NULL);
	if (!IS_ERR(key))
		rc = key_instantiate_and_link(key, payload, strlen(payload),
					      NULL, NULL);
	kfree_sensitive(payload);
	if (rc) {
		key_put(key);
		return ERR_PTR(rc);
	}
	return key;
}

/**
 * ntlm_smb_request_key - the logon of a user who walks into a multiuser mount
 * @ses: master session of the mount
 * @type: type of the key that the SMB client asks for
 * @description: its description
 * @callout: what request_key() hands to its program
 *
 * Under a mount of ours every user has the helper's logon, and no keyring is
 * asked: a password there would be one in the kernel.  The key that is returned
 * is linked to no keyring and goes when the caller drops it.
 *
 * Context: process, in the task of the user; may sleep.
 *
 * Return: a key with "user:mark", what request_key() returns for a mount that
 * is not ours, or ERR_PTR(-ENOMEM).
 */
struct key *ntlm_smb_request_key(struct cifs_ses *ses, struct key_type *type,
				 const char *description, const char *callout)
{
	struct ntlm_smb_mark master;
	struct key *key = NULL;
	unsigned int noio;

	/* A remount may replace the mark, and a reconnect wants the mutex, too. */
	mutex_lock(&ses->session_mutex);
	noio = memalloc_noio_save();
	if (ntlm_smb_mark_parse(ses->password, &master) ||
	    ntlm_smb_mark_parse(ntlm_smb_second(ses), &master))
		key = ntlm_smb_user_key(&master, type, description);
	memalloc_noio_restore(noio);
	mutex_unlock(&ses->session_mutex);
	return key ?: request_key(type, description, callout);
}
