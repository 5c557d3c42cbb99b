// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The input is a message between ntlmd and ntlmd-winbind, in either direction.
 * What one side takes is what the other one would have sent, to the last byte.
 */
#include <errno.h>

#include "fuzz.h"
#include "winbind_wire.h"

static void check_name(const char *name, struct ntlm_bytes all)
{
	size_t len = strlen(name);

	inside((struct ntlm_bytes){ (const uint8_t *)name, len + 1 }, all);
	MUST(len <= WINBIND_NAME_MAX);
}

static void check_request(struct ntlm_bytes input)
{
	static uint8_t again[WINBIND_MESSAGE_MAX];
	struct winbind_request r;
	ssize_t len;
	int e;

	e = winbind_request_parse(input.data, input.len, &r);
	MUST(e == 0 || e == -EPROTO);
	if (e)
		return;
	inside(r.negotiate, input);
	inside(r.challenge, input);
	inside(r.nt, input);
	inside(r.lm, input);
	if (r.op == WINBIND_LOGON) {
		check_name(r.user, input);
		check_name(r.domain, input);
		check_name(r.workstation, input);
	}
	len = winbind_request_pack(&r, again);
	MUST(len >= 0 && (size_t)len == input.len);
	MUST(!memcmp(again, input.data, input.len));
}

static void check_reply(struct ntlm_bytes input, enum winbind_op op)
{
	static uint8_t again[WINBIND_MESSAGE_MAX];
	struct winbind_reply r;
	ssize_t len;
	int e;

	e = winbind_reply_parse(input.data, input.len, op, &r);
	MUST(e == 0 || e == -EPROTO);
	if (e)
		return;
	MUST(r.op == op && r.sid_count <= WINBIND_SIDS);
	inside(r.token, input);
	if (!r.status) {
		check_name(r.user, input);
		check_name(r.domain, input);
	}
	for (unsigned int i = 0; i < r.sid_count; i++)
		MUST(strlen(r.sids[i]) <= WINBIND_SID_MAX);
	len = winbind_reply_pack(&r, again);
	MUST(len >= 0 && (size_t)len == input.len);
	/* without them, the room for keys is not looked at */
	if (!r.status && r.has_lm_key)
		MUST(!memcmp(again, input.data, input.len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ntlm_bytes input = { NULL, size };
	uint8_t *copy;

	if (!size)
		return 0;
	/* aligned, as the daemons receive it */
	copy = malloc(size);
	if (!copy)
		return 0;
	memcpy(copy, data, size);
	input.data = copy;
	check_request(input);
	for (int op = WINBIND_CHECK; op <= WINBIND_LOGON; op++)
		check_reply(input, (enum winbind_op)op);
	free(copy);
	return 0;
}
