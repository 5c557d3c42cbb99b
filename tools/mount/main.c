// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mount.ntlm: helper of mount(8) for SMB shares whose logon ntlmd does.
 */
#include <errno.h>
#include <libmount/libmount.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "address.h"
#include "kernel.h"
#include "options.h"
#include "smb_refusal.h"

/* of the kernel's SMB client */
#define FSTYPE "cifs"

struct request {
	const char *source, *target;
	/* flags of the command line, as mnt_context_helper_setopt() takes them */
	char flags[16];
	/* options of mount(8), and of mount(2), as mnt_split_optstr() has them */
	char *user_options, *vfs_options;
	struct options options;
	bool fake;
};

static int usage(FILE *to)
{
	fputs("usage: mount -t ntlm [-o OPTIONS] //SERVER/SHARE[/PATH] DIRECTORY\n"
	      "       mount.ntlm //SERVER/SHARE[/PATH] DIRECTORY [-fnrsvw] [-o OPTIONS]\n"
	      "\n"
	      "Mounts an SMB share; ntlmd has the password. See mount.ntlm(8).\n",
	      to);
	return to == stderr ? MNT_EX_USAGE : MNT_EX_SUCCESS;
}

static int fail(int status, const char *text)
{
	fprintf(stderr, "mount.ntlm: %s\n", text);
	return status;
}

/* "user" alone is a word of fstab, "user=NAME" is for the server. */
static int keep_user_name(char **given)
{
	char *value, *name = NULL;
	size_t size;
	int r;

	if (!*given || mnt_optstr_get_option(*given, "user", &value, &size) ||
	    !value)
		return 0;
	name = strndup(value, size);
	if (!name)
		return -ENOMEM;
	r = mnt_optstr_remove_option(given, "user");
	if (!r)
		r = mnt_optstr_append_option(given, "username", name);
	free(name);
	return r ? -ENOMEM : 0;
}

static int read_options(struct request *q, char **given)
{
	char error[OPTIONS_ERROR_MAX] = "the options cannot be read";
	char *fs = NULL;
	int r;

	r = keep_user_name(given);
	if (!r)
		r = mnt_split_optstr(*given ?: "", &q->user_options,
				     &q->vfs_options, &fs, 0, 0);
	if (!r)
		r = options_translate(&q->options, fs, error);
	free(fs);
	if (r == -ENOMEM)
		return fail(MNT_EX_SYSERR, "out of memory");
	return r ? fail(MNT_EX_USAGE, error) : 0;
}

/* Returns an exit status. *next: told nothing, for another address may do. */
static int mount_at(const struct request *q, const char *address, bool last,
		    bool *next)
{
	struct libmnt_context *c = mnt_new_context();
	char *all = NULL, message[BUFSIZ] = "out of memory";
	int error = 0, status = MNT_EX_SYSERR;
	bool called = false;

	*next = false;
	if (!c || mnt_context_init_helper(c, MNT_ACT_MOUNT, 0))
		goto told;
	for (const char *f = q->flags; *f; f++)
		mnt_context_helper_setopt(c, *f, NULL);
	if (mnt_optstr_append_option(&all, "ip", address) ||
	    (q->vfs_options && mnt_optstr_append_option(&all, q->vfs_options, NULL)) ||
	    (q->user_options && mnt_optstr_append_option(&all, q->user_options, NULL)) ||
	    mnt_optstr_append_option(&all, q->options.text, NULL) ||
	    mnt_context_set_options(c, all) ||
	    mnt_context_set_fstype(c, FSTYPE) ||
	    mnt_context_set_source(c, q->source) ||
	    mnt_context_set_target(c, q->target))
		goto told;
	status = mnt_context_mount(c);
	status = mnt_context_get_excode(c, status, message, sizeof(message));
	called = mnt_context_syscall_called(c);
	error = called ? mnt_context_get_syscall_errno(c) : 0;
	*next = error && !last && address_try_next(error);
	if (*next || status == MNT_EX_SUCCESS)
		goto out;
	/* what went wrong after the mount has a status of its own */
	if (!called || error)
		status = MNT_EX_FAIL;
told:
	fprintf(stderr, "mount.ntlm: %s on %s: %s\n", q->source, q->target,
		message);
	if (error == EACCES || error == ENOKEY || error == EKEYREJECTED)
		fputs("mount.ntlm: why is in the logs: journalctl -u ntlmd -k\n",
		      stderr);
out:
	free(all);
	mnt_free_context(c);
	return status;
}

static int mount_share(const struct request *q)
{
	struct addresses a = { 0 };
	char error[ADDRESS_ERROR_MAX];
	int status = MNT_EX_FAIL;
	bool next = true;

	if (address_find(&a, q->source, q->options.address, error))
		return fail(MNT_EX_FAIL, error);
	for (size_t i = 0; next && i < a.count; i++)
		status = mount_at(q, a.text[i], i + 1 == a.count, &next);
	return status;
}

/* The kernel's own SMB client is there, and no other one. */
static int wrong_client(void)
{
	char why[SMB_REFUSAL_SIZE];
	struct utsname kernel;

	if (uname(&kernel) || !smb_refusal(kernel.release, why))
		return fail(MNT_EX_FAIL, "the module cifs that is loaded does not know ntlmd: \"modinfo -n cifs\" has to name one in updates/ (else: apt-get install ntlm-cifs-dkms linux-headers-$(uname -r); from the source: make smb, make install); then umount all SMB shares and rmmod cifs");
	fprintf(stderr, "mount.ntlm: no module cifs that knows ntlmd was built for kernel %s: %s\n",
		kernel.release, why);
	return MNT_EX_FAIL;
}

static int check_kernel(void)
{
	/* libmount would look for the user's rights in fstab, and the kernel refuse */
	if (geteuid() != 0)
		return fail(MNT_EX_USAGE, "only root can mount; for users, root may write x-systemd.automount into /etc/fstab");
	switch (kernel_smb_client()) {
	case SMB_CLIENT_NONE:
		return fail(MNT_EX_FAIL, "the kernel has no SMB client: modprobe cifs tells why");
	case SMB_CLIENT_OTHER:
		return wrong_client();
	case SMB_CLIENT_NTLM:
		break;
	}
	if (!kernel_has_helper())
		fputs("mount.ntlm: ntlmd does not serve, so the logon will fail: systemctl restart ntlmd\n",
		      stderr);
	return 0;
}

int main(int argc, char **argv)
{
	struct request q = { 0 };
	char *given = NULL;
	size_t flags = 0;
	int c, status;

	while ((c = getopt(argc, argv, "fnrsvwo:t:N:hV")) != -1) {
		switch (c) {
		case 'o':
			if (mnt_optstr_append_option(&given, optarg, NULL))
				return fail(MNT_EX_SYSERR, "out of memory");
			break;
		case 't':
			/* this program has one type */
			break;
		case 'h':
			return usage(stdout);
		case 'V':
			puts("mount.ntlm " MOUNT_NTLM_VERSION);
			return MNT_EX_SUCCESS;
		case 'N':
			return fail(MNT_EX_USAGE, "-N is not supported: enter the namespace with nsenter(1)");
		case '?':
			return usage(stderr);
		default:
			q.fake = q.fake || c == 'f';
			if (flags + 1 < sizeof(q.flags))
				q.flags[flags++] = (char)c;
		}
	}
	if (argc - optind != 2) {
		free(given);
		return usage(stderr);
	}
	q.source = argv[optind];
	q.target = argv[optind + 1];
	status = read_options(&q, &given);
	if (!status && !q.fake)
		status = check_kernel();
	if (!status)
		status = mount_share(&q);
	options_free(&q.options);
	free(q.user_options);
	free(q.vfs_options);
	free(given);
	return status;
}
