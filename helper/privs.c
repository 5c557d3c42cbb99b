// SPDX-License-Identifier: GPL-2.0-or-later
#include "privs.h"

#include <cap-ng.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pwd.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "log.h"

#define OOM_SCORE "-900"

static void lower_oom_score(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && write(fd, OOM_SCORE, strlen(OOM_SCORE)) > 0;

	/* under systemd the unit sets it, and this process may not */
	if (!done)
		log_msg(LOG_DEBUG, "OOM score stays as it is: %s",
			strerror(errno));
	if (fd >= 0)
		close(fd);
}

void privs_protect_memory(void)
{
	const struct rlimit none = { 0, 0 };
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };

	lower_oom_score();
	if (setrlimit(RLIMIT_CORE, &none) < 0)
		log_msg(LOG_WARNING, "core dumps cannot be turned off: %s",
			strerror(errno));
	/* only root may raise it; with the unit it is raised already */
	if (setrlimit(RLIMIT_MEMLOCK, &all) < 0)
		log_msg(LOG_DEBUG, "RLIMIT_MEMLOCK stays as it is: %s",
			strerror(errno));
	/* memory that was freed stays mapped and locked for the next request */
	mallopt(M_TRIM_THRESHOLD, -1);
	mallopt(M_MMAP_MAX, 0);
	if (mlockall(MCL_CURRENT | MCL_FUTURE) < 0)
		log_msg(LOG_WARNING,
			"MEMORY IS NOT LOCKED: password hashes may reach swap (%s); set LimitMEMLOCK=infinity in the unit, or ulimit -l unlimited",
			strerror(errno));
}

static int change_user(const char *user)
{
	struct passwd *pw = getpwnam(user);
	int e;

	if (!pw) {
		log_msg(LOG_ERR,
			"there is no user \"%s\"; as root: systemd-sysusers, or useradd --system --user-group --no-create-home --shell /usr/sbin/nologin %s",
			user, user);
		return -ENOENT;
	}
	if (!pw->pw_uid) {
		log_msg(LOG_ERR, "user \"%s\" is root: use another one", user);
		return -EPERM;
	}
	e = capng_change_id((int)pw->pw_uid, (int)pw->pw_gid,
			    CAPNG_DROP_SUPP_GRP | CAPNG_CLEAR_BOUNDING);
	if (e) {
		log_msg(LOG_ERR, "cannot become user \"%s\": capng_change_id: %d",
			user, e);
		return -EPERM;
	}
	return 0;
}

static int keep_own_user(void)
{
	if (!capng_have_capability(CAPNG_EFFECTIVE, CAP_NET_ADMIN)) {
		log_msg(LOG_ERR,
			"CAP_NET_ADMIN is missing: start ntlmd as root or with AmbientCapabilities=CAP_NET_ADMIN");
		return -EPERM;
	}
	return 0;
}

int privs_drop(const char *user)
{
	bool root = geteuid() == 0;
	int e;

	if (capng_get_caps_process()) {
		log_msg(LOG_ERR, "capabilities cannot be read");
		return -EIO;
	}
	if (!root) {
		e = keep_own_user();
		if (e)
			return e;
	}
	capng_clear(CAPNG_SELECT_BOTH);
	capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED,
		     CAP_NET_ADMIN);
	if (root)
		e = change_user(user);
	else
		e = capng_apply(CAPNG_SELECT_CAPS) ? -EPERM : 0;
	if (e)
		return e;
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    /* last: a change of user or capabilities sets it again */
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0) {
		e = -errno;
		log_msg(LOG_ERR, "prctl: %s", strerror(-e));
		return e;
	}
	return 0;
}
