// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>

#include "message.h"
#include "ntlm.h"

static const struct {
	int number;
	const char *text;
} errors[NTLM_ERR_COUNT] = {
	[NTLM_OK] = { 0, "no error" },
	[NTLM_ERR_ARGUMENT] = { EINVAL, "the request contradicts itself" },
	[NTLM_ERR_POLICY] = { EINVAL, "the policy asks for a level that this client does not speak" },
	[NTLM_ERR_MALFORMED] = { EPROTO, "malformed token" },
	[NTLM_ERR_CHARSET] = { EPROTO, "no character set in common" },
	[NTLM_ERR_OPTION_REFUSED] = { EOPNOTSUPP,
		"the server refused what is required" },
	[NTLM_ERR_KEY_STRENGTH] = { EOPNOTSUPP,
		"session keys would be shorter than required" },
	[NTLM_ERR_ANONYMOUS] = { EOPNOTSUPP,
		"an anonymous logon cannot protect messages" },
	[NTLM_ERR_NO_TARGET_INFO] = { EOPNOTSUPP,
		"the server sent no TargetInfo, so channel bindings cannot be sent" },
	[NTLM_ERR_NO_SERVER_NAMES] = { EACCES,
		"the server did not send its NetBIOS computer and domain name" },
	[NTLM_ERR_NO_TIMESTAMP] = { EACCES,
		"policy requires a MIC, but the server sent no timestamp" },
	[NTLM_ERR_TIME_SKEW] = { EACCES,
		"the server's clock is too far from the local clock" },
	[NTLM_ERR_TOO_LARGE] = { EMSGSIZE, "token or name too large" },
	[NTLM_ERR_UTF8] = { EILSEQ, "name or password is no valid UTF-8" },
	[NTLM_ERR_RANDOM] = { EIO, "random number generator failed" },
	[NTLM_ERR_PROOF] = { EBADMSG, "the response does not fit the password" },
	[NTLM_ERR_MIC] = { EBADMSG, "the MIC does not fit the messages" },
};

const char *ntlm_error_text(enum ntlm_error error)
{
	if ((unsigned int)error >= NTLM_ERR_COUNT)
		return "unknown error";
	return errors[error].text;
}

int ntlm_error_errno(enum ntlm_error error)
{
	if ((unsigned int)error >= NTLM_ERR_COUNT)
		return EINVAL;
	return errors[error].number;
}

char *ntlm_error_describe(enum ntlm_error error, const struct ntlm_detail *detail,
			  char *buf, size_t size)
{
	char flags[NTLM_FLAGS_NAMES_SIZE] = "";
	const char *where = detail && detail->where ? detail->where : "";
	uint32_t missing = detail ? detail->missing : 0;

	if (missing)
		ntlm_flags_names(missing, flags, sizeof(flags));
	snprintf(buf, size, "%s%s%s%s%s", ntlm_error_text(error),
		 *where ? ": " : "", where, missing ? ": missing " : "", flags);
	return buf;
}

enum ntlm_error ntlm_fail(struct ntlm_detail *detail, enum ntlm_error error,
			  const char *where)
{
	if (detail)
		detail->where = where;
	return error;
}
