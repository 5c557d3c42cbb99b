// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>

#include "acceptor.h"
#include "message.h"

/* NTSTATUS, [MS-ERREF] 2.3.1 */
#define STATUS_INVALID_PARAMETER	0xc000000d
#define STATUS_ACCESS_DENIED		0xc0000022
#define STATUS_LOGON_FAILURE		0xc000006d
#define STATUS_INSUFFICIENT_RESOURCES	0xc000009a
#define STATUS_NOT_SUPPORTED		0xc00000bb
#define STATUS_INTERNAL_ERROR		0xc00000e5
#define STATUS_TIME_DIFFERENCE_AT_DC	0xc0000133
#define STATUS_NO_USER_SESSION_KEY	0xc0000202
#define STATUS_BAD_BINDINGS		0xc000035b

static const struct {
	int number;
	uint32_t ntstatus;
	const char *text;
} errors[NTLM_ERR_COUNT] = {
	[NTLM_OK] = { 0, 0,
		"no error" },
	[NTLM_ERR_ARGUMENT] = { EINVAL, STATUS_INTERNAL_ERROR,
		"the request contradicts itself" },
	[NTLM_ERR_POLICY] = { EINVAL, STATUS_INTERNAL_ERROR,
		"the policy asks for what is not spoken here" },
	[NTLM_ERR_MALFORMED] = { EPROTO, STATUS_INVALID_PARAMETER,
		"malformed token" },
	[NTLM_ERR_CHARSET] = { EPROTO, STATUS_INVALID_PARAMETER,
		"no character set in common" },
	[NTLM_ERR_OPTION_REFUSED] = { EOPNOTSUPP, STATUS_NOT_SUPPORTED,
		"the peer refused what is required" },
	[NTLM_ERR_KEY_STRENGTH] = { EOPNOTSUPP, STATUS_NOT_SUPPORTED,
		"session keys would be shorter than required" },
	[NTLM_ERR_ANONYMOUS] = { EOPNOTSUPP, STATUS_NO_USER_SESSION_KEY,
		"an anonymous logon cannot protect messages" },
	[NTLM_ERR_NO_TARGET_INFO] = { EOPNOTSUPP, STATUS_NOT_SUPPORTED,
		"the server sent no TargetInfo, so channel bindings cannot be sent" },
	[NTLM_ERR_NO_SERVER_NAMES] = { EACCES, STATUS_LOGON_FAILURE,
		"the server did not send its NetBIOS computer and domain name" },
	[NTLM_ERR_NO_TIMESTAMP] = { EACCES, STATUS_LOGON_FAILURE,
		"policy requires a MIC, but the server sent no timestamp" },
	[NTLM_ERR_TIME_SKEW] = { EACCES, STATUS_TIME_DIFFERENCE_AT_DC,
		"the peer's clock is too far from the local clock" },
	[NTLM_ERR_TOO_LARGE] = { EMSGSIZE, STATUS_INSUFFICIENT_RESOURCES,
		"token or name too large" },
	[NTLM_ERR_UTF8] = { EILSEQ, STATUS_INTERNAL_ERROR,
		"name or password is no valid UTF-8" },
	[NTLM_ERR_RANDOM] = { EIO, STATUS_INSUFFICIENT_RESOURCES,
		"random number generator failed" },
	[NTLM_ERR_PROOF] = { EBADMSG, STATUS_LOGON_FAILURE,
		"the response does not fit the password" },
	[NTLM_ERR_MIC] = { EBADMSG, STATUS_INVALID_PARAMETER,
		"the MIC does not fit the messages" },
	[NTLM_ERR_WEAK_RESPONSE] = { EACCES, STATUS_LOGON_FAILURE,
		"policy does not take this kind of response" },
	[NTLM_ERR_NO_MIC] = { EACCES, STATUS_ACCESS_DENIED,
		"policy requires a MIC, and the client sent none" },
	[NTLM_ERR_BINDINGS] = { EACCES, STATUS_BAD_BINDINGS,
		"the channel bindings do not fit" },
	[NTLM_ERR_TARGET_NAME] = { EACCES, STATUS_ACCESS_DENIED,
		"the logon is not meant for this server" },
	[NTLM_ERR_EXPIRED] = { EACCES, STATUS_INVALID_PARAMETER,
		"the answer to the challenge came too late" },
	[NTLM_ERR_NOBODY] = { EACCES, STATUS_ACCESS_DENIED,
		"policy takes no anonymous logon" },
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

uint32_t ntlm_error_ntstatus(enum ntlm_error error)
{
	if ((unsigned int)error >= NTLM_ERR_COUNT)
		return STATUS_INTERNAL_ERROR;
	return errors[error].ntstatus;
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
