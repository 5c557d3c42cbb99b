// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reading and writing of single messages: what is read comes from der_text(),
 * and what is written is compared with it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "der_text.h"
#include "spnego/spnego.h"
#include "tap.h"

static const struct ntlm_bytes token = { (const uint8_t *)"NTLMSSP\0\1\0\0\0", 12 };
static const struct ntlm_bytes mic = { (const uint8_t *)"0123456789abcdef", 16 };

static void init_is(int want, const char *name, struct ntlm_bytes der)
{
	struct spnego_init init;
	const char *why = NULL;
	int r = spnego_decode_init(der, &init, &why);

	tap_ok(r == want && why && *why, "init: %s", name);
	if (r != want)
		tap_note("got %d", r);
	der_free(der);
}

static void resp_is(int want, const char *name, struct ntlm_bytes der)
{
	struct spnego_resp resp;
	const char *why = NULL;
	int r = spnego_decode_resp(der, &resp, &why);

	tap_ok(r == want && why && *why, "resp: %s", name);
	if (r != want)
		tap_note("got %d", r);
	der_free(der);
}

static void init_reads(void)
{
	struct ntlm_bytes der = der_text("60{" DER_SPNEGO
			"a0{30{a0{30{" DER_KRB5 DER_MSKRB DER_NTLM "}}"
			"a1{03020106} a2{04{%}} a3{04{%}}}}}", &token, &mic);
	struct ntlm_bytes list = der_text("30{" DER_KRB5 DER_MSKRB DER_NTLM "}");
	struct spnego_init init;
	const char *why;

	tap_ok(!spnego_decode_init(der, &init, &why), "init: all fields");
	tap_bytes(init.mech_list.data, init.mech_list.len, list.data, list.len,
		  "init: the list is the bytes received");
	tap_ok(init.mech_list.data > der.data &&
	       init.mech_list.data < der.data + der.len,
	       "init: the list is a part of the token");
	tap_bytes(init.mech_token.data, init.mech_token.len, token.data,
		  token.len, "init: the optimistic token");
	tap_ok(init.has_ntlm && !init.prefers_ntlm, "init: NTLM is not preferred");
	tap_ok(!strcmp(init.offered, "Kerberos, Kerberos (Microsoft), NTLM"),
	       "init: names of mechanisms");
	der_free(der);
	der_free(list);

	der = der_text("60{" DER_SPNEGO "a0{30{a0{30{" DER_NTLM DER_KRB5
		       "}} a2{04{}}}}}");
	tap_ok(!spnego_decode_init(der, &init, &why) && init.has_ntlm &&
	       init.prefers_ntlm && !init.mech_token.data,
	       "init: an empty token is none");
	der_free(der);

	der = der_text("60{" DER_SPNEGO "a0{30{a0{30{06032a0304" DER_NTLM "}}"
		       "a2{04{%}} a3{30{a0{1b{6869}} a1{04{01}}}} a4{04{%}}}}}",
		       &token, &mic);
	tap_ok(!spnego_decode_init(der, &init, &why) && init.has_ntlm &&
	       init.mech_token.len == token.len,
	       "init: NegTokenInit2 with hints");
	tap_ok(!strcmp(init.offered, "1.2.3.4, NTLM"),
	       "init: an unknown mechanism is named by number");
	der_free(der);
}

/* @n times the OID 1.2.3.x */
static struct ntlm_bytes many(unsigned int n)
{
	struct ntlm_bytes oids = { malloc(5 * (n ? n : 1)), 5 * n }, der;

	if (!oids.data)
		abort();
	for (unsigned int i = 0; i < n; i++)
		memcpy((uint8_t *)oids.data + 5 * i, "\x06\x03\x2a\x03\x04", 5);
	der = der_text("60{" DER_SPNEGO "a0{30{a0{30{%}}}}}", &oids);
	der_free(oids);
	return der;
}

static void init_refuses(void)
{
	static const uint8_t zeros[1100];
	struct ntlm_bytes long_arcs = { zeros, 0 };
	struct ntlm_bytes good, big;

	init_is(-EPROTO, "nothing", der_text(""));
	init_is(-EPROTO, "a tag without length", der_text("60"));
	init_is(-EPROTO, "only the framing", der_text("6000"));
	init_is(-EPROTO, "without the framing",
		der_text("a0{30{a0{30{" DER_NTLM "}}}}"));
	init_is(-EPROTO, "framing of Kerberos",
		der_text("60{" DER_KRB5 "0100}"));
	init_is(-EPROTO, "another mechanism in the framing",
		der_text("60{" DER_NTLM "a0{30{a0{30{" DER_NTLM "}}}}}"));
	init_is(-EPROTO, "NegTokenResp in the framing",
		der_text("60{" DER_SPNEGO "a1{30{a0{0a0101}}}}"));
	init_is(-EPROTO, "no list of mechanisms",
		der_text("60{" DER_SPNEGO "a0{30{a2{04{%}}}}}", &token));
	init_is(-EPROTO, "an empty list of mechanisms", many(0));
	init_is(0, "32 mechanisms", many(32));
	init_is(-EPROTO, "33 mechanisms", many(33));
	init_is(-EPROTO, "a set in place of the list",
		der_text("60{" DER_SPNEGO "a0{30{a0{31{" DER_NTLM "}}}}}"));
	init_is(-EPROTO, "an integer in the list",
		der_text("60{" DER_SPNEGO "a0{30{a0{30{020101}}}}}"));
	init_is(-EPROTO, "an empty identifier",
		der_text("60{" DER_SPNEGO "a0{30{a0{30{0600}}}}}"));
	init_is(-EPROTO, "an identifier that does not end",
		der_text("60{" DER_SPNEGO "a0{30{a0{30{06022a83}}}}}"));
	init_is(-EPROTO, "an identifier with a leading 0x80",
		der_text("60{" DER_SPNEGO "a0{30{a0{30{06032a8003}}}}}"));
	init_is(-EPROTO, "a list twice",
		der_text("60{" DER_SPNEGO "a0{30{a0{30{" DER_NTLM "}}"
			 "a0{30{" DER_NTLM "}}}}}"));
	init_is(-EPROTO, "a token twice",
		der_text("60{" DER_SPNEGO "a0{30{a0{30{" DER_NTLM "}}"
			 "a2{04{%}} a2{04{%}}}}}", &token, &token));
	init_is(-EPROTO, "fields in the wrong order",
		der_text("60{" DER_SPNEGO "a0{30{a2{04{%}} a0{30{" DER_NTLM
			 "}}}}}", &token));
	init_is(-EPROTO, "an unknown field",
		der_text("60{" DER_SPNEGO "a0{30{a0{30{" DER_NTLM
			 "}} a5{0400}}}}"));
	init_is(-EPROTO, "a token that is an integer",
		der_text("60{" DER_SPNEGO "a0{30{a0{30{" DER_NTLM
			 "}} a2{020101}}}}"));
	init_is(-EPROTO, "two values below one tag",
		der_text("60{" DER_SPNEGO "a0{30{a0{30{" DER_NTLM
			 "}} a2{0401aa 0401bb}}}}"));
	init_is(-EPROTO, "bytes behind the message",
		der_text("60{" DER_SPNEGO "a0{30{a0{30{" DER_NTLM "}}}}} 00"));
	init_is(-EPROTO, "bytes behind the inner message",
		der_text("60{" DER_SPNEGO "a0{30{a0{30{" DER_NTLM "}}}} 0500}"));
	init_is(-EPROTO, "indefinite length outside",
		der_text("6080 " DER_SPNEGO "a0{30{a0{30{" DER_NTLM "}}}} 0000"));
	init_is(-EPROTO, "indefinite length inside",
		der_text("60{" DER_SPNEGO "a0{30{a0{3080" DER_NTLM "0000}}}}"));
	init_is(-EPROTO, "an octet string in pieces",
		der_text("60{" DER_SPNEGO "a0{30{a0{30{" DER_NTLM
			 "}} a2{24{0401aa 0401bb}}}}}"));
	init_is(-EPROTO, "a length of two bytes where one is enough",
		der_text("60{" DER_SPNEGO "a0{30{a0{30810c" DER_NTLM "}}}}"));
	init_is(-EPROTO, "a length with a leading zero",
		der_text("60{" DER_SPNEGO "a0{30{a0{3082000c" DER_NTLM "}}}}"));
	init_is(-EPROTO, "a length of 2^31 - 1",
		der_text("60847fffffff" DER_SPNEGO));
	init_is(-EPROTO, "a length of 2^32 - 1",
		der_text("6084ffffffff" DER_SPNEGO));
	init_is(-EPROTO, "a length of eight bytes",
		der_text("6088ffffffffffffffff" DER_SPNEGO));
	init_is(-EPROTO, "an inner length that leads outside",
		der_text("60{" DER_SPNEGO "a0{30{a0{30{" DER_NTLM
			 "}} a2{04 20 4e544c}}}}"));

	/* one identifier longer than the kernel's limit of the list */
	long_arcs.len = sizeof(zeros);
	init_is(-EPROTO, "a list of more than 1024 bytes",
		der_text("60{" DER_SPNEGO "a0{30{a0{30{06{2a%}}}}}}",
			 &long_arcs));

	big.len = SPNEGO_TOKEN_MAX;
	big.data = calloc(1, big.len);
	init_is(-EPROTO, "more than 16384 bytes",
		der_text("60{" DER_SPNEGO "a0{30{a0{30{" DER_NTLM
			 "}} a2{04{%}}}}}", &big));
	der_free(big);

	good = der_text("60{" DER_SPNEGO "a0{30{a0{30{" DER_KRB5 DER_NTLM "}}"
			"a2{04{%}}}}}", &token);
	bool all = true;

	for (size_t len = 0; len < good.len; len++) {
		struct ntlm_bytes cut = { malloc(len ? len : 1), len };
		struct spnego_init init;
		const char *why;

		memcpy((uint8_t *)cut.data, good.data, len);
		all &= spnego_decode_init(cut, &init, &why) == -EPROTO;
		der_free(cut);
	}
	tap_ok(all, "init: cut anywhere");
	der_free(good);
}

/* The longest hostile list must not keep the daemon busy. */
static void init_is_quick(void)
{
	struct timespec a, b;
	struct ntlm_bytes der = many(3200);
	struct spnego_init init;
	const char *why;
	double seconds;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
	tap_ok(spnego_decode_init(der, &init, &why) == -EPROTO,
	       "init: 3200 mechanisms");
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
	seconds = (double)(b.tv_sec - a.tv_sec) +
		  (double)(b.tv_nsec - a.tv_nsec) / 1e9;
	tap_note("%zu bytes, %.3f s with sanitizers", der.len, seconds);
	tap_ok(seconds < 2, "init: 3200 mechanisms are refused in time");
	der_free(der);
}

static void resp_reads(void)
{
	struct ntlm_bytes der = der_text("a1{30{a0{0a0101} a1{" DER_NTLM "}"
					 "a2{04{%}} a3{04{%}}}}", &token, &mic);
	struct spnego_resp resp;
	const char *why;

	tap_ok(!spnego_decode_resp(der, &resp, &why) &&
	       resp.state == SPNEGO_ACCEPT_INCOMPLETE &&
	       resp.mech == SPNEGO_MECH_NTLM, "resp: all fields");
	tap_bytes(resp.token.data, resp.token.len, token.data, token.len,
		  "resp: the token");
	tap_bytes(resp.mic.data, resp.mic.len, mic.data, mic.len,
		  "resp: the mechListMIC");
	der_free(der);

	der = der_text("a1{30{}}");
	tap_ok(!spnego_decode_resp(der, &resp, &why) &&
	       resp.state == SPNEGO_STATE_ABSENT &&
	       resp.mech == SPNEGO_MECH_ABSENT && !resp.token.data &&
	       !resp.mic.data, "resp: no field at all");
	der_free(der);

	der = der_text("a1{30{a1{" DER_KRB5 "} a2{04{}} a3{04{}}}}");
	tap_ok(!spnego_decode_resp(der, &resp, &why) &&
	       resp.mech == SPNEGO_MECH_OTHER && !resp.token.data &&
	       !resp.mic.data && !strcmp(resp.mech_name, "Kerberos"),
	       "resp: another mechanism, empty fields");
	der_free(der);

	der = der_text("a1{30{a0{0a0101} a2{04{%}} a3{04{%}}}}", &token, &token);
	tap_ok(!spnego_decode_resp(der, &resp, &why) && resp.token.data &&
	       !resp.mic.data, "resp: the token again as mechListMIC is none");
	der_free(der);
}

static void resp_refuses(void)
{
	resp_is(0, "request-mic", der_text("a1{30{a0{0a0103}}}"));
	resp_is(-EPROTO, "negState 4", der_text("a1{30{a0{0a0104}}}"));
	resp_is(-EPROTO, "negState -1", der_text("a1{30{a0{0a01ff}}}"));
	resp_is(-EPROTO, "negState of two bytes",
		der_text("a1{30{a0{0a020001}}}"));
	resp_is(-EPROTO, "negState without contents", der_text("a1{30{a0{0a00}}}"));
	resp_is(-EPROTO, "negState as an integer", der_text("a1{30{a0{020101}}}"));
	resp_is(-EPROTO, "negState without a tag", der_text("a1{30{0a0101}}"));
	resp_is(-EPROTO, "negState twice",
		der_text("a1{30{a0{0a0101} a0{0a0101}}}"));
	resp_is(-EPROTO, "a token that is no octet string",
		der_text("a1{30{a2{0c{%}}}}", &token));
	resp_is(-EPROTO, "fields in the wrong order",
		der_text("a1{30{a2{04{%}} a0{0a0101}}}", &token));
	resp_is(-EPROTO, "an empty tag", der_text("a1{30{a2{}}}"));
	resp_is(-EPROTO, "NegTokenInit", der_text("a0{30{a0{30{" DER_NTLM "}}}}"));
	resp_is(-EPROTO, "within the framing of a first token",
		der_text("60{" DER_SPNEGO "a1{30{a0{0a0101}}}}"));
	resp_is(-EPROTO, "bytes behind the message",
		der_text("a1{30{a0{0a0101}}} 00"));
	resp_is(-EPROTO, "bytes behind the sequence",
		der_text("a1{30{a0{0a0101}} 00}"));
	resp_is(-EPROTO, "indefinite length", der_text("a180 3080 a0{0a0101} 0000 0000"));
	resp_is(-EPROTO, "a length of two bytes where one is enough",
		der_text("a1{308105 a0{0a0101}}"));
	resp_is(-EPROTO, "an NTLM message", der_text("%", &token));
}

static void writes(void)
{
	uint8_t buf[SPNEGO_TOKEN_MAX];
	struct ntlm_token out = { buf, sizeof(buf), 0 };
	struct spnego_resp resp = {
		.state = SPNEGO_ACCEPT_INCOMPLETE, .mech = SPNEGO_MECH_NTLM,
		.token = token, .mic = mic,
	};
	struct ntlm_bytes want, big;

	want = der_text("60{" DER_SPNEGO "a0{30{a0{30{" DER_NTLM "}}"
			"a2{04{%}}}}}", &token);
	tap_ok(!spnego_encode_init(token, &out), "write: init");
	tap_bytes(out.data, out.len, want.data, want.len, "write: init in DER");
	out.size = want.len - 1;
	tap_ok(spnego_encode_init(token, &out) == -EMSGSIZE && !out.len,
	       "write: init one byte too long");
	der_free(want);

	want = der_text("a1{30{a0{0a0101} a1{" DER_NTLM "} a2{04{%}} a3{04{%}}}}",
			&token, &mic);
	out.size = sizeof(buf);
	tap_ok(!spnego_encode_resp(&resp, &out), "write: resp");
	tap_bytes(out.data, out.len, want.data, want.len, "write: resp in DER");
	tap_bytes(out.data + out.len - 16, 16, mic.data, 16,
		  "write: mechListMIC at the end");
	out.size = want.len - 1;
	tap_ok(spnego_encode_resp(&resp, &out) == -EMSGSIZE && !out.len,
	       "write: resp one byte too long");
	der_free(want);

	resp = (struct spnego_resp){ .state = SPNEGO_ACCEPT_COMPLETED };
	want = der_text("a1{30{a0{0a0100}}}");
	out.size = sizeof(buf);
	tap_ok(!spnego_encode_resp(&resp, &out), "write: outcome alone");
	tap_bytes(out.data, out.len, want.data, want.len,
		  "write: outcome alone in DER");
	der_free(want);

	resp.state = SPNEGO_STATE_ABSENT;
	want = der_text("a1{30{}}");
	tap_ok(!spnego_encode_resp(&resp, &out), "write: nothing");
	tap_bytes(out.data, out.len, want.data, want.len,
		  "write: nothing in DER");
	der_free(want);

	big = (struct ntlm_bytes){ calloc(1, sizeof(buf)), sizeof(buf) - 100 };
	tap_ok(!spnego_encode_init(big, &out) && out.len > big.len,
	       "write: a long init");
	big.len = sizeof(buf) - 10;
	tap_ok(spnego_encode_init(big, &out) == -EMSGSIZE, "write: too long an init");
	resp.token = big;
	tap_ok(spnego_encode_resp(&resp, &out) == -EMSGSIZE,
	       "write: too long a resp");
	der_free(big);
}

int main(void)
{
	init_reads();
	init_refuses();
	init_is_quick();
	resp_reads();
	resp_refuses();
	writes();
	return tap_done();
}
