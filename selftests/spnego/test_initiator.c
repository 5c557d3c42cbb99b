// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The order of tokens as an initiator sees it, and both ends with each other;
 * the messages only look like NTLM.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "legs.h"
#include "spnego/spnego.h"
#include "tap.h"

static void each_other(void)
{
	static const struct {
		const char *name;
		uint32_t flags;
		bool mic, nobody, signs;
	} rows[] = {
		{ "with MIC", SIDE_FLAGS, true, false, true },
		{ "without MIC", SIDE_FLAGS, false, false, false },
		{ "without SIGN", SIDE_FLAGS & ~0x10u, true, false, false },
		{ "anonymous", SIDE_FLAGS | 0x800u, true, true, false },
	};

	for (size_t n = 0; n < sizeof(rows) / sizeof(rows[0]); n++) {
		struct side *i = side_new(false), *a = side_new(true);
		unsigned int sent;

		i->flags = a->flags = rows[n].flags;
		i->mic = a->mic = rows[n].mic;
		i->nobody = a->nobody = rows[n].nobody;
		sent = side_talk(i, a);
		tap_ok(i->established && a->established && sent == 4,
		       "both ends, %s: established after 4 tokens", rows[n].name);
		if (i->err || a->err)
			tap_note("%s / %s", i->why, a->why);
		tap_ok(i->mic_made == rows[n].signs &&
		       i->mic_checked == rows[n].signs &&
		       a->mic_made == rows[n].signs &&
		       a->mic_checked == rows[n].signs,
		       "both ends, %s: the list is %s", rows[n].name,
		       rows[n].signs ? "signed by both" : "not signed");
		side_free(i);
		side_free(a);
	}
}

static void initiator_flow(void)
{
	struct ntlm_bytes negotiate = message(1, SIDE_FLAGS);
	struct ntlm_bytes challenge = message(2, 0), mic;
	struct ntlm_bytes list = der_text("30{" DER_NTLM "}");
	struct side *i = side_new(false);

	side_step(i, first);
	out_is(i, "initiator: offers NTLM alone with its NEGOTIATE",
	       "60{" DER_SPNEGO "a0{30{a0{30{" DER_NTLM "}} a2{04{%}}}}}", negotiate);
	tap_ok(!i->answer.established && !i->answer.mech_list.len,
	       "initiator: nothing to sign yet");

	/* not the token, but a new question: NTLM begins again */
	give_resp(i, "a1{30{a0{0a0103} a1{" DER_NTLM "}}}", first);
	out_is(i, "initiator: NEGOTIATE again after request-mic without a token",
	       "a1{30{a0{0a0101} a2{04{%}}}}", negotiate);
	i->mic = false;
	give_resp(i, "a1{30{a0{0a0101} a2{04{%}}}}", challenge);
	tap_ok(!i->err && i->request.ntlm_count == 2,
	       "initiator: the NEGOTIATE that counts and the CHALLENGE");
	tap_ok(i->answer.mic_wanted && i->mic_made,
	       "initiator: mechListMIC after request-mic though there is no MIC");
	tap_ok(i->answer.mic_offset + 16 == i->out_len,
	       "initiator: mechListMIC at the end of the token");
	tap_bytes(i->answer.mech_list.len ? i->mech_list : NULL,
		  i->mech_list_len, list.data, list.len,
		  "initiator: the list as it was sent");
	tap_ok(!i->answer.established && i->answer.has_keys,
	       "initiator: keys, but not established");
	mic = list_mic("30{" DER_NTLM "}", true);
	give_resp(i, "a1{30{a0{0a0100} a3{04{%}}}}", mic);
	tap_ok(!i->err && i->established && i->mic_checked && !i->out_len,
	       "initiator: established with the acceptor's mechListMIC");
	tap_ok(!i->answer.mech_list.len && !i->answer.has_keys,
	       "initiator: list and keys are told once");
	side_free(i);
	der_free(mic);

	i = challenged_initiator(SIDE_FLAGS, false);
	tap_ok(!i->err && !i->answer.mic_wanted,
	       "initiator: no mechListMIC of its own accord without MIC");
	mic = list_mic("30{" DER_NTLM "}", true);
	give_resp(i, "a1{30{a0{0a0101} a3{04{%}}}}", mic);
	tap_ok(!i->err && i->established && i->mic_made && i->mic_checked,
	       "initiator: mechListMIC where the acceptor waits for it");
	der_free(mic);
	mic = list_mic("30{" DER_NTLM "}", false);
	out_is(i, "initiator: says so with accept-completed",
	       "a1{30{a0{0a0100} a3{04{%}}}}", mic);
	side_free(i);
	der_free(mic);

	i = challenged_initiator(SIDE_FLAGS, false);
	give_resp(i, "a1{30{}}", first);
	tap_ok(!i->err && i->established,
	       "initiator: an empty last answer is accept-completed");
	side_free(i);

	i = challenged_initiator(SIDE_FLAGS & ~0x10u, true);
	mic = list_mic("30{" DER_NTLM "}", true);
	give_resp(i, "a1{30{a0{0a0100} a3{04{%}}}}", mic);
	tap_ok(!i->err && i->established && !i->answer.peer_mic,
	       "initiator: a mechListMIC without SIGN says nothing");
	side_free(i);
	der_free(mic);

	i = side_new(false);
	side_step(i, first);
	give_resp(i, "a1{30{a2{04{%}}}}", challenge);
	tap_ok(!i->err && i->request.ntlm_count == 2,
	       "initiator: a first answer that is nothing but the token");
	side_free(i);

	i = side_new(false);
	side_step(i, first);
	side_step(i, challenge);
	tap_ok(!i->err && i->established && i->out_len == 72 &&
	       spnego_is_raw(side_out(i)) && !i->answer.mech_list.len,
	       "initiator: raw CHALLENGE, raw AUTHENTICATE, established");
	side_free(i);

	i = challenged_initiator(SIDE_FLAGS, true);
	mic = list_mic("30{" DER_NTLM "}", false);
	give_resp(i, "a1{30{a0{0a0100} a3{04{%}}}}", mic);
	tap_ok(i->err == -EBADMSG && !i->established,
	       "initiator: its own mechListMIC sent back is refused");
	side_free(i);
	der_free(mic);
	der_free(list);
	der_free(negotiate);
	der_free(challenge);
}

/* a first answer that is refused, and what the log has to say */
static void first_refused(const char *name, int want, const char *says,
			  const char *fmt)
{
	struct side *i = side_new(false);
	struct ntlm_bytes challenge = message(2, 0);

	side_step(i, first);
	give_resp(i, fmt, challenge);
	tap_ok(i->err == want && strstr(i->why, says), "initiator refuses %s",
	       name);
	if (i->err != want || !strstr(i->why, says))
		tap_note("%d: %s", i->err, i->why);
	side_free(i);
	der_free(challenge);
}

/*
 * The same after AUTHENTICATE; @flags and @mic are of the initiator. What is
 * more than a wrong signature is not left to the kernel.
 */
static void last_refused(const char *name, int want, uint32_t flags, bool mic,
			 const char *fmt, struct ntlm_bytes arg)
{
	struct side *i = challenged_initiator(flags, mic);
	bool kernel, ok;

	give_resp(i, fmt, arg);
	kernel = !strncmp(i->why, "kernel:", 7);
	ok = i->err == want && !i->established && kernel == (want == -EBADMSG);
	tap_ok(ok, "initiator refuses %s", name);
	if (!ok)
		tap_note("%d: %s", i->err, i->why);
	side_free(i);
}

static void initiator_refuses(void)
{
	struct ntlm_bytes mic = list_mic("30{" DER_NTLM "}", true);
	struct ntlm_bytes raw = message(2, 0), cut = { mic.data, 15 };
	struct side *i;

	first_refused("another mechanism", -EPROTO, "Kerberos is chosen",
		      "a1{30{a0{0a0101} a1{" DER_KRB5 "}}}");
	first_refused("reject", -EACCES, "reject", "a1{30{a0{0a0102}}}");
	first_refused("reject with a token", -EACCES, "reject",
		      "a1{30{a0{0a0102} a1{" DER_NTLM "} a2{04{%}}}}");
	first_refused("accept-completed with a CHALLENGE", -EPROTO,
		      "accept-completed before",
		      "a1{30{a0{0a0100} a1{" DER_NTLM "} a2{04{%}}}}");
	first_refused("accept-completed without a token", -EPROTO,
		      "accept-completed before",
		      "a1{30{a0{0a0100} a1{" DER_NTLM "}}}");
	first_refused("a first answer without negState", -EPROTO, "no negState",
		      "a1{30{a1{" DER_NTLM "} a2{04{%}}}}");
	first_refused("a first answer without supportedMech", -EPROTO,
		      "supportedMech", "a1{30{a0{0a0101} a2{04{%}}}}");
	first_refused("an empty first answer", -EPROTO, "no negState", "a1{30{}}");
	first_refused("NegTokenInit2 for an answer", -EPROTO, "no NegTokenResp",
		      "60{" DER_SPNEGO "a0{30{a0{30{" DER_NTLM "}}}}}");
	first_refused("what is no DER", -EPROTO, "no NegTokenResp", "00ff");

	i = side_new(false);
	side_step(i, first);
	give_resp(i, "a1{30{a0{0a0103} a1{" DER_NTLM "}}}", first);
	give_resp(i, "a1{30{a0{0a0103} a1{" DER_NTLM "}}}", first);
	tap_ok(i->err == -EPROTO && strstr(i->why, "request-mic after"),
	       "initiator refuses request-mic twice");
	side_free(i);
	i = side_new(false);
	side_step(i, first);
	give_resp(i, "a1{30{a0{0a0101} a1{" DER_NTLM "}}}", first);
	give_resp(i, "a1{30{a0{0a0101}}}", first);
	tap_ok(i->err == -EPROTO && strstr(i->why, "no responseToken"),
	       "initiator refuses no CHALLENGE for the second NEGOTIATE");
	side_free(i);

	last_refused("reject after AUTHENTICATE", -EACCES, SIDE_FLAGS, true,
		     "a1{30{a0{0a0102}}}", first);
	last_refused("no mechListMIC where MIC makes it mandatory", -EPROTO,
		     SIDE_FLAGS, true, "a1{30{a0{0a0100}}}", first);
	last_refused("the same without negState", -EPROTO, SIDE_FLAGS, true,
		     "a1{30{}}", first);
	last_refused("accept-incomplete after both mechListMIC", -EPROTO,
		     SIDE_FLAGS, true, "a1{30{a0{0a0101} a3{04{%}}}}", mic);
	last_refused("accept-incomplete without mechListMIC", -EPROTO,
		     SIDE_FLAGS, false, "a1{30{a0{0a0101}}}", first);
	last_refused("a mechListMIC that it cannot answer", -EPROTO,
		     SIDE_FLAGS, false, "a1{30{a0{0a0100} a3{04{%}}}}", mic);
	last_refused("a question for mechListMIC without SIGN", -EPROTO,
		     SIDE_FLAGS & ~0x10u, false,
		     "a1{30{a0{0a0101} a3{04{%}}}}", mic);
	last_refused("a question for mechListMIC of an anonymous logon", -EPROTO,
		     SIDE_FLAGS | 0x800, false,
		     "a1{30{a0{0a0101} a3{04{%}}}}", mic);
	last_refused("request-mic after AUTHENTICATE", -EPROTO, SIDE_FLAGS, true,
		     "a1{30{a0{0a0103} a3{04{%}}}}", mic);
	last_refused("one more message of NTLM", -EPROTO, SIDE_FLAGS, true,
		     "a1{30{a0{0a0100} a2{04{%}}}}", raw);
	last_refused("a mechListMIC of 15 bytes", -EPROTO, SIDE_FLAGS, true,
		     "a1{30{a0{0a0100} a3{04{%}}}}", cut);
	last_refused("a mechListMIC of others", -EBADMSG, SIDE_FLAGS, true,
		     "a1{30{a0{0a0100} a3{04{30313233343536373839616263646566}}}}",
		     first);
	last_refused("another mechanism at the end", -EPROTO, SIDE_FLAGS, true,
		     "a1{30{a0{0a0100} a1{" DER_KRB5 "} a3{04{%}}}}", mic);
	last_refused("raw NTLM after SPNEGO", -EPROTO, SIDE_FLAGS, true,
		     "%", raw);

	i = side_new(false);
	i->request.want.connectionless = true;
	tap_ok(side_step(i, first) == -EINVAL,
	       "a connectionless initiator is refused");
	side_free(i);
	der_free(mic);
	der_free(raw);
}

/* Whatever NTLM makes, the whole token is too long or is sent. */
static int long_token(struct side *side, struct answer *answer, bool *mic)
{
	static uint8_t token[NTLM_TOKEN_MAX];

	(void)mic;
	answer->token = (struct ntlm_bytes){ token, *(size_t *)side->arg };
	return 0;
}

static void sizes(void)
{
	struct side *i = side_new(false);
	size_t len = SPNEGO_TOKEN_MAX - 64;

	i->ntlm = long_token;
	i->arg = &len;
	tap_ok(!side_step(i, first) && i->out_len > len,
	       "a token of nearly 16384 bytes is wrapped");
	side_free(i);
	len = SPNEGO_TOKEN_MAX - 16;
	i = side_new(false);
	i->ntlm = long_token;
	i->arg = &len;
	tap_ok(side_step(i, first) == -EMSGSIZE,
	       "a token that becomes longer than 16384 bytes is not");
	side_free(i);
}

int main(void)
{
	each_other();
	initiator_flow();
	initiator_refuses();
	sizes();
	return tap_done();
}
