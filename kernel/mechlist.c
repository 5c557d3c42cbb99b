// SPDX-License-Identifier: GPL-2.0-only
/*
 * The signatures over the list of mechanisms that SPNEGO offered, which keep it
 * from being changed on the way: [RFC4178] section 5, [MS-SPNG] section 3.3.5.1.
 *
 * The helper knows the messages of SPNEGO and never gets the key back; so it
 * names the bytes that are signed, the peer's signature, and where the own one
 * goes in its token.
 */
#include "core.h"

/**
 * ntlm_ctx_mech_mics - verify and make what an answer wants of mechListMIC
 * @ctx: context, claimed for a step, with its keys if it has any
 * @answer: an answer that ntlm_answer_check() let pass; its token is completed
 *
 * Context: process, may sleep.
 * Return: 0; -EBADMSG if the peer's signature is wrong; an error of
 * ntlm_session_make_mic().
 */
int ntlm_ctx_mech_mics(struct ntlm_ctx *ctx, struct ntlm_answer *answer)
{
	const struct ntlm_token *list = &ctx->mech_list;
	int err;

	if (answer->mech_list.data) {
		ctx->mech_list = answer->mech_list;
		answer->mech_list.data = NULL;
	}
	if (answer->has_peer_mic) {
		err = ntlm_session_check_mic(&ctx->session, list->data,
					     list->len, answer->peer_mic);
		if (err)
			return err;
		ctx->mic_checked = true;
	}
	if (answer->has_mic_offset) {
		err = ntlm_session_make_mic(&ctx->session, list->data,
					    list->len, answer->token.data +
					    answer->mic_offset);
		if (err)
			return err;
		ctx->mic_made = true;
	}
	return 0;
}
