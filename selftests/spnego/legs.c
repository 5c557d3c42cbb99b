// SPDX-License-Identifier: GPL-2.0-or-later
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "legs.h"
#include "mic.h"
#include "tap.h"

const uint8_t key[16] = "0123456789abcdef";
const struct ntlm_bytes first = { NULL, 0 };

struct ntlm_bytes message(uint8_t type, uint32_t flags)
{
	uint8_t *m = calloc(1, 72);

	if (!m)
		err(EXIT_FAILURE, "memory");

	memcpy(m, "NTLMSSP", 8);
	m[8] = type;
	for (int i = 0; i < 4; i++)
		m[60 + i] = (uint8_t)(flags >> 8 * i);
	return (struct ntlm_bytes){ m, 72 };
}

int give(struct side *side, struct ntlm_bytes token)
{
	int r = side_step(side, token);

	der_free(token);
	return r;
}

int give_resp(struct side *side, const char *fmt, struct ntlm_bytes arg)
{
	return give(side, der_text(fmt, &arg));
}

void out_is(const struct side *side, const char *name, const char *fmt,
	    struct ntlm_bytes arg)
{
	struct ntlm_bytes want = der_text(fmt, &arg);

	tap_bytes(side->out, side->out_len, want.data, want.len, "%s", name);
	der_free(want);
}

struct ntlm_bytes init(const char *list, struct ntlm_bytes mech_token)
{
	char fmt[2048];

	snprintf(fmt, sizeof(fmt), mech_token.len ?
		 "60{%s a0{30{a0{30{%s}} a2{04{%%}}}}}" :
		 "60{%s a0{30{a0{30{%s}}}}}", DER_SPNEGO, list);
	return der_text(fmt, &mech_token);
}

struct side *challenged_acceptor(const char *list)
{
	struct side *a = side_new(true);
	struct ntlm_bytes negotiate = message(1, 0), krb5 = { key, 16 };
	bool preferred = !strncmp(list, DER_NTLM, strlen(DER_NTLM));

	give(a, init(list, preferred ? negotiate : krb5));
	if (!preferred)
		give_resp(a, "a1{30{a2{04{%}}}}", negotiate);
	der_free(negotiate);
	return a;
}

struct side *challenged_initiator(uint32_t flags, bool mic)
{
	struct side *i = side_new(false);
	struct ntlm_bytes challenge = message(2, 0);

	i->flags = flags;
	i->mic = mic;
	side_step(i, first);
	give_resp(i, "a1{30{a0{0a0101} a1{" DER_NTLM "} a2{04{%}}}}", challenge);
	der_free(challenge);
	return i;
}

struct ntlm_bytes list_mic(const char *list, bool to_client)
{
	struct ntlm_bytes der = der_text(list);
	uint8_t *mic = malloc(16);

	if (!mic)
		err(EXIT_FAILURE, "memory");

	mic_make(key, SIDE_FLAGS, to_client, 0, der, mic);
	der_free(der);
	return (struct ntlm_bytes){ mic, 16 };
}
