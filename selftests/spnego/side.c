// SPDX-License-Identifier: GPL-2.0-or-later
#include <err.h>
#include <errno.h>
#include <linux/ntlm.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mic.h"
#include "side.h"

static const uint8_t made_up_key[16] = "0123456789abcdef";

struct side *side_new(bool acceptor)
{
	struct side *side = calloc(1, sizeof(*side));

	if (!side)
		err(EXIT_FAILURE, "memory");
	side->acceptor = acceptor;
	side->flags = SIDE_FLAGS;
	side->mic = true;
	side->ntlm = side_made_up;
	side->request.acceptor = acceptor;
	side->request.spnego = true;
	return side;
}

void side_free(struct side *side)
{
	spnego_leg_free(side->request.negotiation);
	free(side);
}

struct ntlm_bytes side_out(const struct side *side)
{
	return (struct ntlm_bytes){ side->out, side->out_len };
}

int side_made_up(struct side *side, struct answer *answer, bool *mic)
{
	unsigned int n = side->request.ntlm_count;
	uint8_t *t = side->ntlm_token;

	if (n != (side->acceptor ? 1 : 0) && n != (side->acceptor ? 3 : 2))
		return -EPROTO;
	memset(t, 0, 72);
	memcpy(t, "NTLMSSP", 8);
	t[8] = (uint8_t)(n + 1);
	for (int i = 0; i < 4; i++)
		t[60 + i] = (uint8_t)(side->flags >> 8 * i);
	answer->token = (struct ntlm_bytes){ t, 72 };
	if (n == 3)
		answer->token.len = 0;
	if (n < 2)
		return 0;
	answer->established = true;
	answer->has_keys = true;
	answer->flags = side->flags;
	answer->session_key = side->nobody ? NULL : made_up_key;
	*mic = side->mic;
	return 0;
}

__attribute__((format(printf, 3, 4)))
static int fail(struct side *side, int error, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(side->why, sizeof(side->why), fmt, ap);
	va_end(ap);
	side->err = error;
	return error;
}

static void keep(struct side *side, struct ntlm_bytes token)
{
	struct request *r = &side->request;

	if (r->token_count == REQUEST_TOKENS ||
	    token.len > sizeof(r->token_data) - side->used)
		errx(EXIT_FAILURE, "more tokens than the kernel keeps");
	if (token.len)
		memcpy(r->token_data + side->used, token.data, token.len);
	r->token[r->token_count].data = r->token_data + side->used;
	r->token[r->token_count++].len = token.len;
	side->used += token.len;
}

static int helper(struct side *side)
{
	struct request *r = &side->request;
	enum spnego_next next;
	const char *why;
	bool mic = false;
	int r2;

	memset(&side->answer, 0, sizeof(side->answer));
	r2 = spnego_leg_open(r, &next, &side->answer, &why);
	if (r2)
		return fail(side, r2, "%s", why);
	if (next == SPNEGO_ANSWER)
		return 0;
	r2 = side->ntlm(side, &side->answer, &mic);
	if (r2)
		return fail(side, r2, "NTLM itself");
	r2 = spnego_leg_wrap(r, &side->answer, mic);
	return r2 ? fail(side, r2, "wrapping") : 0;
}

/* What kernel/answer.c takes */
static int kernel_checks(struct side *side)
{
	const struct answer *a = &side->answer;
	bool list = side->mech_list_len || a->mech_list.len;

	if (!a->established && !a->token.len)
		return fail(side, -EPROTO, "kernel: no token and not established");
	if (a->mech_list.len && !a->has_keys)
		return fail(side, -EPROTO, "kernel: a list out of place");
	if (a->mech_list.len > sizeof(side->mech_list))
		return fail(side, -EPROTO, "kernel: a long list");
	if ((a->peer_mic || a->mic_wanted) &&
	    (!list || !(a->has_keys || side->keyed)))
		return fail(side, -EPROTO, "kernel: a signature over what?");
	if ((a->peer_mic && side->mic_checked) ||
	    (a->mic_wanted && side->mic_made))
		return fail(side, -EPROTO, "kernel: a second signature");
	if (a->mic_wanted && (a->token.len < 16 ||
			      a->mic_offset > a->token.len - 16))
		return fail(side, -EPROTO, "kernel: no room");
	if (a->established && (side->mic_made || a->mic_wanted) !=
			      (side->mic_checked || a->peer_mic))
		return fail(side, -EPROTO, "kernel: only one side signed");
	return 0;
}

static int kernel_signs(struct side *side)
{
	const struct answer *a = &side->answer;
	struct ntlm_bytes list = { side->mech_list, side->mech_list_len };
	static const uint8_t zero[16];
	uint8_t mic[16];

	if (a->peer_mic) {
		mic_make(side->key, side->key_flags, !side->acceptor, 0, list,
			 mic);
		if (memcmp(mic, a->peer_mic, sizeof(mic)) && !side->any_mic)
			return fail(side, -EBADMSG, "kernel: wrong mechListMIC");
		side->mic_checked = true;
	}
	if (a->mic_wanted) {
		if (memcmp(side->out + a->mic_offset, zero, sizeof(zero)))
			return fail(side, -EPROTO, "kernel: no zeros there");
		mic_make(side->key, side->key_flags, side->acceptor, 0, list,
			 side->out + a->mic_offset);
		side->mic_made = true;
	}
	return 0;
}

static int kernel(struct side *side)
{
	const struct answer *a = &side->answer;

	if (kernel_checks(side))
		return side->err;
	if (a->has_keys) {
		side->key_flags = a->flags;
		side->keyed = true;
		if (a->session_key)
			memcpy(side->key, a->session_key, sizeof(side->key));
	}
	if (a->mech_list.len) {
		memcpy(side->mech_list, a->mech_list.data, a->mech_list.len);
		side->mech_list_len = a->mech_list.len;
	}
	if (a->token.len)
		memcpy(side->out, a->token.data, a->token.len);
	side->out_len = a->token.len;
	if (kernel_signs(side))
		return side->err;
	side->established = a->established;
	if (!side->established)
		keep(side, side_out(side));
	return 0;
}

/* Each token in a block of its own, for the sanitizers */
static void own_blocks(struct request *r, struct ntlm_bytes *saved)
{
	for (unsigned int i = 0; i < r->token_count; i++) {
		uint8_t *copy = malloc(r->token[i].len ? r->token[i].len : 1);

		if (!copy)
			err(EXIT_FAILURE, "memory");
		saved[i] = r->token[i];
		if (saved[i].len)
			memcpy(copy, saved[i].data, saved[i].len);
		r->token[i].data = copy;
	}
}

int side_step(struct side *side, struct ntlm_bytes in)
{
	struct ntlm_bytes saved[REQUEST_TOKENS];
	struct request *r = &side->request;

	side->out_len = 0;
	side->err = 0;
	if (in.data)
		keep(side, in);
	unsigned int count = r->token_count;

	own_blocks(r, saved);
	if (!helper(side))
		kernel(side);
	for (unsigned int i = 0; i < count; i++) {
		free((void *)r->token[i].data);
		r->token[i] = saved[i];
	}
	spnego_leg_free(r->negotiation);
	r->negotiation = NULL;
	return side->err;
}

unsigned int side_talk(struct side *initiator, struct side *acceptor)
{
	struct side *sender = initiator, *receiver = acceptor;
	unsigned int sent = 0;

	if (side_step(sender, (struct ntlm_bytes){ NULL, 0 }))
		return 0;
	while (sender->out_len) {
		struct side *turn = sender;

		sent++;
		if (side_step(receiver, side_out(sender)))
			break;
		sender = receiver;
		receiver = turn;
		if (sender->established && receiver->established)
			break;
	}
	return sent;
}
