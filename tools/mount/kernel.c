// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel.h"

#include <linux/ntlm.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#define MODULE		"/sys/module/cifs"
#define OVERLAY		MODULE "/parameters/ntlm_overlay"

static void load_module(void)
{
	static char *const argv[] = { "modprobe", "-q", "cifs", NULL };
	static char *const envp[] = { "PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL };
	pid_t pid;

	if (!posix_spawn(&pid, "/sbin/modprobe", NULL, NULL, argv, envp))
		waitpid(pid, NULL, 0);
}

enum smb_client kernel_smb_client(void)
{
	if (access(MODULE, F_OK) < 0)
		load_module();
	if (access(OVERLAY, F_OK) == 0)
		return SMB_CLIENT_NTLM;
	return access(MODULE, F_OK) < 0 ? SMB_CLIENT_NONE : SMB_CLIENT_OTHER;
}

struct answer {
	int family;
	bool helper;
};

static int on_answer(struct nl_msg *msg, void *arg)
{
	struct nlattr *tb[NTLM_A_STATS_MAX + 1];
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	struct answer *a = arg;

	/* nobody but the kernel has anything to say here */
	if (nlmsg_get_src(msg)->nl_pid != 0 || nlh->nlmsg_type != a->family ||
	    genlmsg_parse(nlh, 0, tb, NTLM_A_STATS_MAX, NULL) < 0)
		return NL_SKIP;
	a->helper = tb[NTLM_A_STATS_HELPER_PID] != NULL;
	return NL_OK;
}

bool kernel_has_helper(void)
{
	struct nl_sock *sock = nl_socket_alloc();
	struct answer a = { 0 };
	struct nl_msg *msg = NULL;

	if (!sock || genl_connect(sock) < 0)
		goto out;
	a.family = genl_ctrl_resolve(sock, NTLM_GENL_NAME);
	if (a.family < 0)
		goto out;
	msg = nlmsg_alloc();
	if (!msg || !genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, a.family, 0, 0,
				 NTLM_CMD_STATS_GET, NTLM_GENL_VERSION))
		goto out;
	if (nl_socket_modify_cb(sock, NL_CB_VALID, NL_CB_CUSTOM, on_answer, &a))
		goto out;
	if (nl_send_auto(sock, msg) >= 0)
		nl_recvmsgs_default(sock);
out:
	nlmsg_free(msg);
	nl_socket_free(sock);
	return a.helper;
}
