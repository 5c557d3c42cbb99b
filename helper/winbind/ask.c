// SPDX-License-Identifier: GPL-2.0-or-later
#include "ask.h"

#include <errno.h>
#include <grp.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <unistd.h>
#include <wbclient.h>

#include "../log.h"
#include "../name_print.h"
#include "../zero.h"

/* a group that only denies, [MS-DTYP] 2.4.4.2 */
#define SE_GROUP_USE_FOR_DENY_ONLY 0x10u

/* The group of a process that belongs to none: the overflow gid. */
#define GID_NOBODY 65534

static bool copy(char *to, size_t size, const char *from)
{
	size_t len = from ? strlen(from) : 0;

	if (len >= size)
		return false;
	memcpy(to, from ? from : "", len + 1);
	return true;
}

static uint32_t status_of(wbcErr e)
{
	switch (e) {
	case WBC_ERR_SUCCESS:
		return 0;
	case WBC_ERR_NO_MEMORY:
		return ENOMEM;
	case WBC_ERR_WINBIND_NOT_AVAILABLE:
		return EHOSTUNREACH;
	case WBC_ERR_DOMAIN_NOT_FOUND:
	case WBC_ERR_UNKNOWN_USER:
		return ENOKEY;
	default:
		return EPROTO;
	}
}

static uint32_t told(wbcErr e, const char *what)
{
	uint32_t status = status_of(e);

	if (status && status != ENOKEY)
		log_msg(LOG_WARNING, "winbindd, %s: %s%s", what,
			wbcErrorString(e), status == EHOSTUNREACH ?
			"; is winbind.service running?" : "");
	return status;
}

/* --- the cached logon ---------------------------------------------------- */

/* uid to name by winbindd alone, so nobody can ask for a logon by name. */
static uint32_t find_user(uint32_t uid, struct ask_answer *answer)
{
	struct wbcDomainSid sid;
	char *domain = NULL, *user = NULL;
	enum wbcSidType type;
	uint32_t status;

	/* winbindd would hand root anybody's */
	if (!uid)
		return ENOKEY;
	status = told(wbcUidToSid(uid, &sid), "uid to SID");
	if (status)
		return status;
	status = told(wbcLookupSid(&sid, &domain, &user, &type), "SID to name");
	if (status)
		return status;
	if (type != WBC_SID_NAME_USER)
		status = ENOKEY;
	else if (!copy(answer->user, sizeof(answer->user), user) ||
		 !copy(answer->domain, sizeof(answer->domain), domain))
		status = EPROTO;
	wbcFreeMemory(user);
	wbcFreeMemory(domain);
	answer->reply.user = answer->user;
	answer->reply.domain = answer->domain;
	return status;
}

/*
 * winbindd hands a logon to its owner and to root. As root, one that somebody
 * else stored under the name of this user would be taken for his.
 */
static uint32_t become(uint32_t uid)
{
	if (setgroups(0, NULL) < 0 ||
	    setresgid(GID_NOBODY, GID_NOBODY, GID_NOBODY) < 0 ||
	    setresuid(uid, uid, uid) < 0) {
		log_msg(LOG_ERR, "cannot become uid=%" PRIu32 ": %s", uid,
			strerror(errno));
		return EACCES;
	}
	/* his other processes must not look into this one */
	if (prctl(PR_SET_DUMPABLE, 0) < 0)
		return EACCES;
	return 0;
}

static struct wbcBlob blob(struct ntlm_bytes bytes)
{
	/* libwbclient's blobs are not const, but it only reads these */
	return (struct wbcBlob){ (uint8_t *)(uintptr_t)bytes.data, bytes.len };
}

static bool take_blobs(const struct wbcCredentialCacheInfo *info,
		       struct ask_answer *answer)
{
	struct winbind_reply *reply = &answer->reply;
	bool token = false, key = false;

	for (size_t i = 0; i < info->num_blobs; i++) {
		struct wbcBlob *b = &info->blobs[i].blob;

		if (!strcasecmp(info->blobs[i].name, "auth_blob") &&
		    b->length && b->length <= sizeof(answer->token)) {
			memcpy(answer->token, b->data, b->length);
			reply->token.data = answer->token;
			reply->token.len = b->length;
			token = true;
		} else if (!strcasecmp(info->blobs[i].name, "session_key") &&
			   b->length == sizeof(reply->session_key)) {
			memcpy(reply->session_key, b->data, b->length);
			key = true;
		}
		if (b->data)
			explicit_bzero(b->data, b->length);
	}
	return token && key;
}

static uint32_t cached(const struct winbind_request *request,
		       struct ask_answer *answer)
{
	struct wbcNamedBlob blobs[] = {
		{ .name = "negotiate_blob", .blob = blob(request->negotiate) },
		{ .name = "challenge_blob", .blob = blob(request->challenge) },
	};
	/* without messages winbindd says whether there is a logon */
	struct wbcCredentialCacheParams params = {
		.account_name = answer->user,
		.domain_name = answer->domain,
		.level = WBC_CREDENTIAL_CACHE_LEVEL_NTLMSSP,
		.num_blobs = request->op == WINBIND_CHECK ? 0 : 2,
		.blobs = request->op == WINBIND_CHECK ? NULL : blobs,
	};
	struct wbcCredentialCacheInfo *info = NULL;
	struct wbcAuthErrorInfo *error = NULL;
	wbcErr e = wbcCredentialCache(&params, &info, &error);
	uint32_t status = told(e, "cached logon");

	if (!status && request->op == WINBIND_CACHED &&
	    (!info || !take_blobs(info, answer))) {
		log_msg(LOG_WARNING, "winbindd: the cached logon of uid=%" PRIu32
			" gives no message, or no key of %d bytes",
			request->uid, NTLM_KEY_SIZE);
		status = EPROTO;
	}
	wbcFreeMemory(error);
	wbcFreeMemory(info);
	return status;
}

/* --- network logon, [MS-APDS] 3.1.5.2 ------------------------------------ */

static uint32_t take_sids(const struct wbcAuthUserInfo *info,
			  struct ask_answer *answer)
{
	struct winbind_reply *reply = &answer->reply;
	char name[sizeof(answer->domain) + sizeof(answer->user) + 2];

	for (uint32_t i = 0; i < info->num_sids; i++) {
		char *to = answer->sids[reply->sid_count];
		int len;

		if (i && info->sids[i].attributes & SE_GROUP_USE_FOR_DENY_ONLY)
			continue;
		/* a server that does not know all groups might not deny */
		if (reply->sid_count == WINBIND_SIDS) {
			name_quote_account(name, sizeof(name), answer->domain,
					   answer->user);
			log_msg(LOG_WARNING, "%s is in more than %d groups, which is too many here",
				name, WINBIND_SIDS - 1);
			return EOVERFLOW;
		}
		len = wbcSidToStringBuf(&info->sids[i].sid, to,
					sizeof(answer->sids[0]));
		if (len < 0 || (size_t)len >= sizeof(answer->sids[0]))
			return EPROTO;
		reply->sids[reply->sid_count++] = to;
	}
	return 0;
}

static uint32_t take_logon(struct wbcAuthUserInfo *info,
			   struct ask_answer *answer)
{
	struct winbind_reply *reply = &answer->reply;

	if (!copy(answer->user, sizeof(answer->user), info->account_name) ||
	    !copy(answer->domain, sizeof(answer->domain), info->domain_name) ||
	    !*answer->user)
		return EPROTO;
	reply->user = answer->user;
	reply->domain = answer->domain;
	memcpy(reply->session_key, info->user_session_key,
	       sizeof(reply->session_key));
	memcpy(reply->lm_key, info->lm_session_key, sizeof(reply->lm_key));
	reply->has_lm_key = !is_zero(reply->lm_key, sizeof(reply->lm_key));
	reply->guest = info->user_flags & WBC_AUTH_USER_INFO_GUEST;
	return take_sids(info, answer);
}

static uint32_t logon(const struct winbind_request *request,
		      struct ask_answer *answer)
{
	struct wbcAuthUserParams params = {
		.account_name = request->user,
		.domain_name = request->domain,
		.workstation_name = request->workstation,
		/* as a computer, too, like every server that lets clients in */
		.parameter_control = WBC_MSV1_0_ALLOW_SERVER_TRUST_ACCOUNT |
				     WBC_MSV1_0_ALLOW_WORKSTATION_TRUST_ACCOUNT,
		.level = WBC_AUTH_USER_LEVEL_RESPONSE,
	};
	struct wbcBlob nt = blob(request->nt), lm = blob(request->lm);
	struct wbcAuthUserInfo *info = NULL;
	struct wbcAuthErrorInfo *error = NULL;
	uint32_t status;
	wbcErr e;

	memcpy(params.password.response.challenge, request->server_challenge,
	       sizeof(params.password.response.challenge));
	params.password.response.nt_length = (uint32_t)nt.length;
	params.password.response.nt_data = nt.length ? nt.data : NULL;
	params.password.response.lm_length = (uint32_t)lm.length;
	params.password.response.lm_data = lm.length ? lm.data : NULL;
	e = wbcAuthenticateUserEx(&params, &info, &error);
	if (e == WBC_ERR_AUTH_ERROR && error && error->nt_status) {
		status = EKEYREJECTED;
		answer->reply.ntstatus = error->nt_status;
	} else {
		status = told(e, "network logon");
		if (status == ENOKEY)
			status = EPROTO;
		if (!status)
			status = info ? take_logon(info, answer) : EPROTO;
	}
	if (info) {
		explicit_bzero(info->user_session_key,
			       sizeof(info->user_session_key));
		explicit_bzero(info->lm_session_key,
			       sizeof(info->lm_session_key));
	}
	wbcFreeMemory(info);
	wbcFreeMemory(error);
	return status;
}

void ask(const struct winbind_request *request, struct ask_answer *answer)
{
	uint32_t status;

	*answer = (struct ask_answer){ .reply.op = request->op };
	if (request->op == WINBIND_LOGON) {
		status = logon(request, answer);
	} else {
		status = find_user(request->uid, answer);
		if (!status)
			status = become(request->uid);
		if (!status)
			status = cached(request, answer);
	}
	answer->reply.status = status;
}
