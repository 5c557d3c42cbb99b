// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ntlmd-winbind: whose cached logon is asked for, and as whom. This program plays
 * libwbclient and a winbindd that knows a logon for everybody, root included.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <wbclient.h>

#include "logged.h"
#include "tap.h"
#include "winbind/ask.h"

static unsigned int asked;
static uid_t asked_as;

wbcErr wbcUidToSid(uid_t uid, struct wbcDomainSid *sid)
{
	(void)uid;
	memset(sid, 0, sizeof(*sid));
	return WBC_ERR_SUCCESS;
}

wbcErr wbcLookupSid(const struct wbcDomainSid *sid, char **domain, char **name,
		    enum wbcSidType *type)
{
	(void)sid;
	*domain = strdup("CORP");
	*name = strdup("somebody");
	*type = WBC_SID_NAME_USER;
	return WBC_ERR_SUCCESS;
}

wbcErr wbcCredentialCache(struct wbcCredentialCacheParams *params,
			  struct wbcCredentialCacheInfo **info,
			  struct wbcAuthErrorInfo **error)
{
	(void)params;
	*info = NULL;
	*error = NULL;
	asked++;
	asked_as = geteuid();
	return WBC_ERR_SUCCESS;
}

wbcErr wbcAuthenticateUserEx(const struct wbcAuthUserParams *params,
			     struct wbcAuthUserInfo **info,
			     struct wbcAuthErrorInfo **error)
{
	(void)params;
	(void)info;
	(void)error;
	return WBC_ERR_WINBIND_NOT_AVAILABLE;
}

int wbcSidToStringBuf(const struct wbcDomainSid *sid, char *buf, int size)
{
	(void)sid;
	(void)buf;
	(void)size;
	return -1;
}

const char *wbcErrorString(wbcErr e)
{
	(void)e;
	return "an error";
}

void wbcFreeMemory(void *p)
{
	free(p);
}

static struct ask_answer answer;

/* In a process of its own, which becomes the user; its status is an errno. */
static int check(uint32_t uid)
{
	const struct winbind_request request = { .op = WINBIND_CHECK, .uid = uid };
	int status;
	pid_t pid = fork();

	if (!pid) {
		ask(&request, &answer);
		if (!answer.reply.status && (asked != 1 || asked_as != uid))
			_exit(254);
		_exit(answer.reply.status && asked ? 253 : (int)answer.reply.status);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || !WIFEXITED(status))
		return 255;
	return WEXITSTATUS(status);
}

int main(void)
{
	logged_start();
	tap_number((unsigned int)check(0), ENOKEY,
		   "winbindd is not asked for a logon of root");
	if (geteuid()) {
		tap_ok(true, "a user's logon is asked for # SKIP only root can become a user");
		return tap_done();
	}
	tap_number((unsigned int)check(4711), 0,
		   "a user's logon is asked for as that user");
	return tap_done();
}
