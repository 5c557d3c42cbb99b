// SPDX-License-Identifier: GPL-2.0-or-later
#include "cached_logon.h"

#include <errno.h>
#include <string.h>

#include "initiate.h"
#include "ntlm/adopt.h"

static const char *why(int error)
{
	switch (error) {
	case -ENOKEY:
		return "the domain user of this uid is logged out of winbind meanwhile";
	case -EHOSTUNREACH:
		return "winbind is not there for the cached logon; see ntlmd-winbind(8)";
	case -ETIMEDOUT:
		return "winbind did not answer in time";
	default:
		return "winbind made no message of the cached logon; see ntlmd-winbind(8)";
	}
}

/* No verdict will come, so others need not wait for it. */
static void release(struct server *s, uint32_t context)
{
	holds_end(s->holds, context);
	server_resume_at(s, 0);
}

static int send_message(struct request *r, const struct winbind_reply *reply)
{
	const struct cred cred = {
		.user = reply->user,
		.domain = reply->domain,
		.cached_logon = true,
		.origin = "winbind",
	};
	struct ntlm_session session;
	struct ntlm_detail detail = { 0 };
	enum ntlm_error e;
	int sent = -EIO;

	e = ntlm_adopt_authenticate(&r->server->config->policy, &r->want,
				    server_filetime(), r->ntlm[0], r->ntlm[1],
				    reply->token, reply->session_key, &session,
				    &detail);
	if (e)
		initiate_fail_ntlm(r, e, &detail);
	else
		sent = initiate_send(r, &cred, &session, reply->token);
	explicit_bzero(&session, sizeof(session));
	return sent;
}

static void on_message(struct winbind_call *call, int error,
		       const struct winbind_reply *reply)
{
	struct request *r = (struct request *)((char *)call -
					       offsetof(struct request, winbind));
	struct server *s = r->server;
	uint32_t context = r->context;

	if (error)
		initiate_fail(r, -error, why(error));
	else
		error = send_message(r, reply);
	if (error)
		release(s, context);
}

int cached_logon_start(struct request *r)
{
	int e;

	if (r->want.connectionless) {
		initiate_fail(r, EOPNOTSUPP,
			      "winbind makes no connectionless message of the cached logon");
		return -EIO;
	}
	r->winbind.event = r->server->event;
	r->winbind.done = on_message;
	r->winbind.timeout_ms = r->deadline_ms;
	e = winbind_cached_start(&r->winbind, r->uid, r->ntlm[0], r->ntlm[1]);
	if (!e)
		return 0;
	initiate_fail(r, -e, why(e));
	return -EIO;
}
