// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The order of tokens as an acceptor sees it; the messages only look like NTLM.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "legs.h"
#include "spnego/spnego.h"
#include "tap.h"

static void acceptor_preferred(void)
{
	struct ntlm_bytes challenge = message(2, SIDE_FLAGS);
	struct ntlm_bytes authenticate = message(3, SIDE_FLAGS), mic;
	struct ntlm_bytes list = der_text("30{" DER_NTLM DER_KRB5 "}");
	struct side *a = challenged_acceptor(DER_NTLM DER_KRB5);
	struct ntlm_bytes both;

	out_is(a, "acceptor: CHALLENGE, accept-incomplete, NTLM",
	       "a1{30{a0{0a0101} a1{" DER_NTLM "} a2{04{%}}}}", challenge);
	mic = list_mic("30{" DER_NTLM DER_KRB5 "}", false);
	both = der_text("a1{30{a2{04{%}} a3{04{%}}}}", &authenticate, &mic);
	give(a, both);
	tap_ok(!a->err && a->established && a->mic_checked && a->mic_made,
	       "acceptor: established with both mechListMIC");
	tap_bytes(a->mech_list, a->mech_list_len, list.data, list.len,
		  "acceptor: the list as it was received, all mechanisms");
	der_free(mic);
	mic = list_mic("30{" DER_NTLM DER_KRB5 "}", true);
	out_is(a, "acceptor: accept-completed with mechListMIC",
	       "a1{30{a0{0a0100} a3{04{%}}}}", mic);
	der_free(mic);
	side_free(a);

	/* mandatory, left out, asked for, given late */
	a = challenged_acceptor(DER_NTLM);
	give_resp(a, "a1{30{a0{0a0101} a2{04{%}}}}", authenticate);
	tap_ok(!a->err && !a->established && a->mic_made && a->answer.has_keys,
	       "acceptor: not established without a mandatory mechListMIC");
	mic = list_mic("30{" DER_NTLM "}", true);
	out_is(a, "acceptor: accept-incomplete with its own mechListMIC",
	       "a1{30{a0{0a0101} a3{04{%}}}}", mic);
	der_free(mic);
	mic = list_mic("30{" DER_NTLM "}", false);
	give_resp(a, "a1{30{a0{0a0100} a3{04{%}}}}", mic);
	tap_ok(!a->err && a->established && a->mic_checked,
	       "acceptor: established with the late mechListMIC");
	out_is(a, "acceptor: accept-completed at last", "a1{30{a0{0a0100}}}",
	       first);
	tap_ok(!a->answer.mech_list.len && !a->answer.has_keys,
	       "acceptor: list and keys are told once");
	der_free(mic);
	side_free(a);

	/* the same, but wrong */
	a = challenged_acceptor(DER_NTLM);
	give_resp(a, "a1{30{a2{04{%}}}}", authenticate);
	mic = list_mic("30{" DER_NTLM "}", true);
	give_resp(a, "a1{30{a3{04{%}}}}", mic);
	tap_ok(a->err == -EBADMSG && !a->established,
	       "acceptor: its own mechListMIC sent back is refused");
	der_free(mic);
	side_free(a);
	a = challenged_acceptor(DER_NTLM);
	give_resp(a, "a1{30{a2{04{%}}}}", authenticate);
	give_resp(a, "a1{30{a0{0a0100}}}", first);
	tap_ok(a->err == -EPROTO && strstr(a->why, "second time"),
	       "acceptor: no mechListMIC for the second time is refused");
	side_free(a);

	a = challenged_acceptor(DER_NTLM DER_KRB5);
	mic = list_mic("30{" DER_NTLM "}", false);
	both = der_text("a1{30{a2{04{%}} a3{04{%}}}}", &authenticate, &mic);
	give(a, both);
	tap_ok(a->err == -EBADMSG && !a->established,
	       "acceptor: mechListMIC over a shorter list is refused");
	der_free(mic);
	side_free(a);

	/* Windows 2000 */
	a = challenged_acceptor(DER_NTLM);
	a->mic = false;
	both = der_text("a1{30{a2{04{%}} a3{04{%}}}}", &authenticate,
			&authenticate);
	give(a, both);
	tap_ok(!a->err && a->established && !a->mic_made,
	       "acceptor: the AUTHENTICATE again as mechListMIC is none");
	side_free(a);

	a = challenged_acceptor(DER_NTLM);
	a->mic = false;
	mic = list_mic("30{" DER_NTLM "}", false);
	both = der_text("a1{30{a2{04{%}} a3{04{%}}}}", &authenticate, &mic);
	give(a, both);
	tap_ok(!a->err && a->established && a->mic_checked && a->mic_made,
	       "acceptor: a mechListMIC of the client's own accord is answered");
	side_free(a);

	/* guests have no key: nothing can be checked, nothing is promised */
	a = challenged_acceptor(DER_NTLM);
	a->nobody = true;
	both = der_text("a1{30{a2{04{%}} a3{04{%}}}}", &authenticate, &mic);
	give(a, both);
	tap_ok(!a->err && a->established && !a->answer.peer_mic && !a->mic_made,
	       "acceptor: no mechListMIC for a guest");
	side_free(a);
	a = challenged_acceptor(DER_NTLM);
	a->flags &= ~0x10u;
	both = der_text("a1{30{a2{04{%}} a3{04{%}}}}", &authenticate, &mic);
	give(a, both);
	tap_ok(!a->err && a->established && !a->answer.peer_mic && !a->mic_made,
	       "acceptor: no mechListMIC without SIGN");
	side_free(a);
	der_free(mic);

	/* no optimistic token */
	a = side_new(true);
	give(a, init(DER_NTLM DER_KRB5, first));
	out_is(a, "acceptor: accept-incomplete for NTLM without a token",
	       "a1{30{a0{0a0101} a1{" DER_NTLM "}}}", first);
	side_free(a);
	der_free(list);
	der_free(challenge);
	der_free(authenticate);
}

static void acceptor_fallback(void)
{
	struct ntlm_bytes negotiate = message(1, 0), krb5 = { key, 16 };
	struct ntlm_bytes challenge = message(2, SIDE_FLAGS);
	struct ntlm_bytes authenticate = message(3, SIDE_FLAGS), mic;
	struct ntlm_bytes list = der_text("30{" DER_KRB5 DER_NTLM "}");
	struct side *a = side_new(true);

	give(a, init(DER_KRB5 DER_NTLM, krb5));
	out_is(a, "fallback: request-mic for NTLM",
	       "a1{30{a0{0a0103} a1{" DER_NTLM "}}}", first);
	give_resp(a, "a1{30{a0{0a0101} a2{04{%}}}}", negotiate);
	out_is(a, "fallback: CHALLENGE, without supportedMech again",
	       "a1{30{a0{0a0101} a2{04{%}}}}", challenge);
	mic = list_mic("30{" DER_KRB5 DER_NTLM "}", false);
	a->mic = false;
	give(a, der_text("a1{30{a2{04{%}} a3{04{%}}}}", &authenticate, &mic));
	tap_ok(!a->err && a->established && a->mic_checked && a->mic_made,
	       "fallback: established with both mechListMIC");
	tap_bytes(a->mech_list, a->mech_list_len, list.data, list.len,
		  "fallback: the list with Kerberos in front");
	side_free(a);

	/* the kernel keeps 8 tokens: the longest exchange has as many */
	a = challenged_acceptor(DER_KRB5 DER_NTLM);
	a->mic = false;
	give_resp(a, "a1{30{a2{04{%}}}}", authenticate);
	tap_ok(!a->err && !a->established && a->mic_made,
	       "fallback: mechListMIC is mandatory though there is no MIC");
	give_resp(a, "a1{30{a3{04{%}}}}", mic);
	tap_ok(!a->err && a->established && a->request.token_count == 7,
	       "fallback: established with the late mechListMIC");
	side_free(a);

	/* somebody put Kerberos in front of what the client offered */
	a = challenged_acceptor(DER_KRB5 DER_NTLM);
	der_free(mic);
	mic = list_mic("30{" DER_NTLM "}", false);
	give(a, der_text("a1{30{a2{04{%}} a3{04{%}}}}", &authenticate, &mic));
	tap_ok(a->err == -EBADMSG && !a->established,
	       "fallback: a list that was changed on the way is found");
	side_free(a);

	/* A token for Kerberos is none for NTLM, whatever it looks like. */
	a = side_new(true);
	give(a, init(DER_KRB5 DER_NTLM, negotiate));
	out_is(a, "fallback: the token of another mechanism is left alone",
	       "a1{30{a0{0a0103} a1{" DER_NTLM "}}}", first);
	side_free(a);
	der_free(mic);
	der_free(list);
	der_free(negotiate);
	der_free(challenge);
	der_free(authenticate);
}

static void acceptor_refuses(void)
{
	struct ntlm_bytes negotiate = message(1, 0);
	struct ntlm_bytes authenticate = message(3, SIDE_FLAGS);
	struct side *a = side_new(true);

	give(a, init(DER_KRB5 DER_MSKRB "06032a0304", negotiate));
	tap_ok(a->err == -EPROTO && strstr(a->why, "Kerberos, Kerberos (Microsoft), 1.2.3.4"),
	       "acceptor refuses a client without NTLM, and says what it has");
	tap_note("%s", a->why);
	side_free(a);

	char all[SPNEGO_MECHS_MAX * 32] = "";

	for (int i = 0; i < SPNEGO_MECHS_MAX; i++)
		strcat(all, "060c2a8886f7128886f712888677");
	a = side_new(true);
	give(a, init(all, first));
	tap_ok(a->err == -EPROTO && strlen(a->why) > 200 &&
	       strlen(a->why) < SPNEGO_TEXT_SIZE + 64 &&
	       !strcmp(a->why + strlen(a->why) - 3, "..."),
	       "acceptor: names of many mechanisms are cut");
	side_free(a);

	a = side_new(true);
	give_resp(a, "a1{30{a0{0a0101} a2{04{%}}}}", negotiate);
	tap_ok(a->err == -EPROTO, "acceptor refuses NegTokenResp in the beginning");
	side_free(a);

	a = side_new(true);
	give(a, init(DER_KRB5 DER_NTLM, first));
	give_resp(a, "a1{30{a0{0a0101}}}", first);
	tap_ok(a->err == -EPROTO, "acceptor refuses request-mic without an answer");
	side_free(a);

	a = side_new(true);
	give(a, init(DER_KRB5 DER_NTLM, first));
	side_step(a, negotiate);
	tap_ok(a->err == -EPROTO, "acceptor refuses raw NTLM after SPNEGO");
	side_free(a);

	a = challenged_acceptor(DER_NTLM);
	give_resp(a, "a1{30{a0{0a0102}}}", first);
	tap_ok(a->err == -EACCES && strstr(a->why, "reject"),
	       "acceptor: reject of the client");
	side_free(a);

	a = challenged_acceptor(DER_NTLM);
	give_resp(a, "a1{30{a1{" DER_KRB5 "} a2{04{%}}}}", authenticate);
	tap_ok(a->err == -EPROTO, "acceptor refuses a change of the mechanism");
	side_free(a);

	a = challenged_acceptor(DER_NTLM);
	give_resp(a, "a1{30{a2{04{%}} a3{04{00112233445566778899aabbccddee}}}}",
		  authenticate);
	tap_ok(a->err == -EPROTO, "acceptor refuses mechListMIC of 15 bytes");
	side_free(a);

	a = challenged_acceptor(DER_NTLM);
	give(a, init(DER_NTLM, negotiate));
	tap_ok(a->err == -EPROTO, "acceptor refuses NegTokenInit twice");
	side_free(a);

	a = challenged_acceptor(DER_NTLM);
	give_resp(a, "a1{30{a2{04{%}}}}", authenticate);
	give_resp(a, "a1{30{a2{04{%}}}}", authenticate);
	tap_ok(a->err == -EPROTO, "acceptor refuses AUTHENTICATE twice");
	side_free(a);

	a = side_new(true);
	a->request.want.connectionless = true;
	tap_ok(side_step(a, first) == -EINVAL,
	       "a connectionless acceptor is refused");
	side_free(a);

	a = side_new(true);
	tap_ok(side_step(a, first) == -EINVAL, "an acceptor does not begin");
	side_free(a);
	der_free(negotiate);
	der_free(authenticate);
}

static void acceptor_raw(void)
{
	struct ntlm_bytes negotiate = message(1, 0);
	struct ntlm_bytes authenticate = message(3, SIDE_FLAGS);
	struct side *a = side_new(true);

	side_step(a, negotiate);
	tap_ok(!a->err && a->out_len == 72 && spnego_is_raw(side_out(a)),
	       "acceptor: raw NEGOTIATE, raw CHALLENGE");
	side_step(a, authenticate);
	tap_ok(!a->err && a->established && !a->out_len && !a->mech_list_len,
	       "acceptor: raw AUTHENTICATE, established");
	side_free(a);
	der_free(negotiate);
	der_free(authenticate);
}

int main(void)
{
	acceptor_preferred();
	acceptor_fallback();
	acceptor_refuses();
	acceptor_raw();
	return tap_done();
}
