// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The input is a hostile peer that speaks SPNEGO. If the first byte is below
 * 0x20 it says who we are and what NTLM makes, and tokens follow, each with its
 * length in two bytes; otherwise all of it is one message, to be read.
 *
 * Whatever comes, what the kernel is told has to be what kernel/answer.c takes,
 * and a logon is established with a mechListMIC of both sides or, where nothing
 * demands it, of none.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "side.h"
#include "spnego/spnego.h"

#define MUST(condition)							\
	do {								\
		if (!(condition)) {					\
			fprintf(stderr, "%s:%d: not true: %s\n",	\
				__FILE__, __LINE__, #condition);	\
			abort();					\
		}							\
	} while (0)

enum { ACCEPTOR = 1, MIC = 2, NOBODY = 4, NO_SIGN = 8, CONNECTIONLESS = 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool within(struct ntlm_bytes part, struct ntlm_bytes whole)
{
	return !part.data ||
	       (part.data >= whole.data && part.len <= whole.len &&
		(size_t)(part.data - whole.data) <= whole.len - part.len);
}

static void read_init(struct ntlm_bytes token)
{
	struct spnego_init init;
	const char *why = NULL;

	if (spnego_decode_init(token, &init, &why)) {
		MUST(why && *why);
		return;
	}
	MUST(init.mech_list.data && within(init.mech_list, token));
	MUST(init.mech_list.len <= SPNEGO_MECH_LIST_MAX);
	MUST(init.mech_list.data[0] == 0x30);
	MUST(within(init.mech_token, token));
	MUST(init.has_ntlm || !init.prefers_ntlm);
	MUST(*init.offered && memchr(init.offered, 0, sizeof(init.offered)));
}

static void read_resp(struct ntlm_bytes token)
{
	uint8_t buf[SPNEGO_TOKEN_MAX];
	struct ntlm_token again = { buf, sizeof(buf), 0 };
	struct spnego_resp resp, same;
	const char *why = NULL;

	if (spnego_decode_resp(token, &resp, &why)) {
		MUST(why && *why);
		return;
	}
	MUST(within(resp.token, token) && within(resp.mic, token));
	if (resp.mech == SPNEGO_MECH_OTHER)
		return;
	MUST(!spnego_encode_resp(&resp, &again) && again.len <= token.len);
	MUST(!spnego_decode_resp((struct ntlm_bytes){ buf, again.len }, &same,
				 &why));
	MUST(same.state == resp.state && same.mech == resp.mech &&
	     same.token.len == resp.token.len && same.mic.len == resp.mic.len);
	/* What was read in full has one encoding. */
	if (resp.token.data && resp.mic.data)
		MUST(again.len == token.len && !memcmp(buf, token.data, token.len));
}

static bool rejects(struct ntlm_bytes token)
{
	struct spnego_resp resp;
	const char *why;

	return !spnego_decode_resp(token, &resp, &why) &&
	       resp.state == SPNEGO_REJECT;
}

static void check_leg(const struct side *side, struct ntlm_bytes in,
		      uint8_t mode)
{
	const struct request *r = &side->request;
	bool raw = r->token_count && spnego_is_raw(r->token[side->acceptor ? 0 : 1]);
	bool signs = !(mode & (NOBODY | NO_SIGN));

	if (side->err) {
		MUST(strncmp(side->why, "kernel:", 7));
		MUST(*side->why && strlen(side->why) < sizeof(side->why) - 1);
		return;
	}
	MUST(!(mode & CONNECTIONLESS));
	MUST(!in.data || !rejects(in));
	if (!side->established)
		return;
	MUST(side->keyed);
	MUST(side->mic_made == side->mic_checked);
	if (!signs || raw)
		MUST(!side->mic_made);
	else if (mode & MIC)
		MUST(side->mic_made);
	if (side->mic_made) {
		struct spnego_init init;
		const char *why;

		MUST(!spnego_decode_init(r->token[0], &init, &why));
		MUST(init.mech_list.len == side->mech_list_len &&
		     !memcmp(init.mech_list.data, side->mech_list,
			     side->mech_list_len));
	}
	/* not asked for, but somebody else was preferred */
	if (side->acceptor && !raw && signs) {
		struct spnego_init init;
		const char *why;

		MUST(!spnego_decode_init(r->token[0], &init, &why));
		MUST(init.prefers_ntlm || side->mic_made);
	}
}

static void legs(uint8_t mode, const uint8_t *data, size_t size)
{
	struct side *side = side_new(mode & ACCEPTOR);
	struct ntlm_bytes in = { NULL, 0 };

	side->mic = mode & MIC;
	side->nobody = mode & NOBODY;
	side->any_mic = true;
	if (mode & NO_SIGN)
		side->flags &= ~0x10u;
	/* An acceptor may call a client a guest that called itself a user. */
	if (mode & NOBODY && !side->acceptor)
		side->flags |= 0x800;
	side->request.want.connectionless = mode & CONNECTIONLESS;
	if (!side->acceptor) {
		side_step(side, in);
		check_leg(side, in, mode);
	}
	while (size >= 2 && !side->err && !side->established) {
		in.len = data[0] | (size_t)data[1] << 8;
		in.data = data + 2;
		size -= 2;
		if (in.len > size)
			in.len = size;
		data += 2 + in.len;
		size -= in.len;
		/* The kernel takes no more. */
		if (in.len > SPNEGO_TOKEN_MAX ||
		    in.len > REQUEST_TOKENS_SIZE - side->used)
			break;
		side_step(side, in);
		check_leg(side, in, mode);
	}
	side_free(side);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ntlm_bytes whole = { data, size };

	if (!size)
		return 0;
	if (data[0] < 0x20) {
		legs(data[0], data + 1, size - 1);
		return 0;
	}
	read_init(whole);
	read_resp(whole);
	return 0;
}
