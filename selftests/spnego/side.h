/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One end of an exchange: what ntlmd does with spnego_leg.h, and what the kernel
 * does with the answer.
 */
#ifndef SELFTESTS_SIDE_H
#define SELFTESTS_SIDE_H

#include "spnego_leg.h"

/**
 * struct side - one end
 * @acceptor: which
 * @flags: NegotiateFlags that side_made_up() negotiates
 * @mic: its AUTHENTICATE carries a MIC
 * @nobody: it makes no session key
 * @any_mic: the kernel takes any mechListMIC, for input that cannot make one
 * @ntlm: answers NTLM messages like ntlmd; side_made_up() by default
 * @arg: for @ntlm
 * @request: the request, kept from leg to leg for its tokens only
 * @used: bytes of its tokens
 * @answer: of the last leg
 * @ntlm_token: room for @ntlm
 * @out: token of the last leg, with the signature that the kernel makes
 * @out_len: its length
 * @key: session key
 * @key_flags: negotiated with it
 * @keyed: they are there
 * @mech_list: what the kernel has been told
 * @mech_list_len: its length
 * @mic_made: the kernel has signed
 * @mic_checked: it has checked the peer's signature
 * @established: done
 * @err: 0 or a negative errno, of ntlmd or of the kernel
 * @why: text of the failure
 */
struct side {
	bool acceptor;
	uint32_t flags;
	bool mic;
	bool nobody;
	bool any_mic;
	int (*ntlm)(struct side *side, struct answer *answer, bool *mic);
	void *arg;
	struct request request;
	size_t used;
	struct answer answer;
	uint8_t ntlm_token[NTLM_TOKEN_MAX];
	uint8_t out[NTLM_TOKEN_MAX];
	size_t out_len;
	uint8_t key[16];
	uint32_t key_flags;
	bool keyed;
	uint8_t mech_list[1024];
	size_t mech_list_len;
	bool mic_made;
	bool mic_checked;
	bool established;
	int err;
	char why[512];
};

/* SIGN, KEY_EXCH, 128, EXTENDED_SESSIONSECURITY, UNICODE, NTLM */
#define SIDE_FLAGS 0x60080211u

/** side_new() - a new end; both negotiate SIDE_FLAGS and a MIC */
struct side *side_new(bool acceptor);
void side_free(struct side *side);

/**
 * side_step() - one leg
 * @side: the end
 * @in: the peer's token; no data on an initiator's first leg
 *
 * The tokens before the leg are handed over in blocks of their own length.
 * Return: what is in @side->err.
 */
int side_step(struct side *side, struct ntlm_bytes in);

/** side_out() - token of the last leg */
struct ntlm_bytes side_out(const struct side *side);

/** side_made_up() - messages that look like NTLM and a key that both know */
int side_made_up(struct side *side, struct answer *answer, bool *mic);

/**
 * side_talk() - two ends until both are done or one fails
 * @initiator: one
 * @acceptor: the other
 *
 * Return: number of tokens that were sent
 */
unsigned int side_talk(struct side *initiator, struct side *acceptor);

#endif
