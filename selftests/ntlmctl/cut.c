// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * LD_PRELOAD=ntlmctl_cut.so: a dump of the kernel fails behind its first part, as
 * it does when the buffer is full.
 */
#include <dlfcn.h>
#include <errno.h>
#include <linux/netlink.h>
#include <sys/socket.h>

static int parts;

ssize_t recvmsg(int fd, struct msghdr *msg, int flags)
{
	ssize_t (*next)(int, struct msghdr *, int) = dlsym(RTLD_NEXT, "recvmsg");
	const struct nlmsghdr *nlh;
	ssize_t n;

	if (parts) {
		errno = ENOBUFS;
		return -1;
	}
	n = next(fd, msg, flags);
	nlh = msg->msg_iov->iov_base;
	if (n >= (ssize_t)sizeof(*nlh) && !(flags & MSG_PEEK) &&
	    nlh->nlmsg_flags & NLM_F_MULTI)
		parts++;
	return n;
}
