// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Exchanges between others, as they were on the wire: test_captures VECTORS
 * DIRECTORY. Both ends are replayed; an end has to understand each token of the
 * other, and where it makes one itself, to make the same.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mic.h"
#include "side.h"
#include "spnego/exchange.h"
#include "tap.h"
#include "vectors.h"

#define TOKENS 8

struct capture {
	const char *file;
	const char *keys;
	unsigned int count;
};

static const struct capture captures[] = {
	{ "capture_windows.txt", "capture_windows_smb_spnego.txt", 4 },
	{ "capture_fallback.txt", "capture_mic_without_version.txt", 6 },
	{ "capture_mit.txt", NULL, 4 },
};

static struct ntlm_bytes token(struct vector_file *v, unsigned int i)
{
	char name[32];

	snprintf(name, sizeof(name), "token_%u", i);
	return vectors_get(v, name);
}

/* What NTLM says in the capture, and the key that it makes */
struct script {
	struct spnego_exchange end;
	struct ntlm_bytes key;
};

static int scripted(struct side *side, struct answer *answer, bool *mic)
{
	struct script *script = side->arg;
	unsigned int n = side->request.ntlm_count;

	if (n < SPNEGO_MESSAGES)
		answer->token = script->end.ntlm[n];
	if (n < 2)
		return 0;
	answer->established = true;
	answer->has_keys = true;
	answer->flags = 0x60000010;
	answer->session_key = script->key.data;
	*mic = true;
	return 0;
}

/* One end says what it said in the capture, the other end is the capture. */
static void replay(struct vector_file *v, const struct capture *c,
		   struct script *script, bool acceptor)
{
	struct side *side = side_new(acceptor);
	unsigned int first = acceptor ? 0 : 1;
	bool same = true;

	side->ntlm = scripted;
	side->arg = script;
	if (!acceptor)
		side_step(side, (struct ntlm_bytes){ NULL, 0 });
	for (unsigned int i = first; i < c->count && !side->err; i += 2) {
		if (!acceptor) {
			struct ntlm_bytes own = token(v, i - 1);

			same &= side->out_len == own.len &&
				!memcmp(side->out, own.data, own.len);
		}
		side_step(side, token(v, i));
		if (acceptor && i + 1 < c->count) {
			struct ntlm_bytes own = token(v, i + 1);

			if (side->out_len != own.len ||
			    memcmp(side->out, own.data, own.len)) {
				same = false;
				tap_bytes(side->out, side->out_len, own.data,
					  own.len, "%s: token %u", c->file, i + 1);
			}
		}
	}
	tap_ok(!side->err && side->established,
	       "%s: the %s gets through it", c->file,
	       acceptor ? "acceptor" : "initiator");
	if (side->err)
		tap_note("%d: %s", side->err, side->why);
	tap_ok(same, "%s: the %s says the same bytes", c->file,
	       acceptor ? "acceptor" : "initiator");
	tap_ok(side->mic_made && side->mic_checked,
	       "%s: the %s makes and checks a mechListMIC", c->file,
	       acceptor ? "acceptor" : "initiator");
	side_free(side);
}

static void walk(struct vector_file *v, const struct capture *c,
		 struct spnego_exchange *x)
{
	bool ok = true;

	memset(x, 0, sizeof(*x));
	for (unsigned int i = 0; i < c->count; i++)
		ok &= !spnego_step(x, token(v, i));
	tap_ok(ok && x->phase == SPNEGO_COMPLETED && x->ntlm_count == 3 &&
	       x->initiator_mic.data && x->acceptor_mic.data,
	       "%s: all tokens in their order", c->file);
	for (unsigned int i = 0; i < x->ntlm_count; i++)
		ok &= spnego_is_raw(x->ntlm[i]) && x->ntlm[i].data[8] == i + 1;
	tap_ok(ok, "%s: NEGOTIATE, CHALLENGE and AUTHENTICATE", c->file);
}

static void check(const char *vectors, const char *dir, const struct capture *c)
{
	struct vector_file v, keys;
	struct script script;
	struct ntlm_bytes list;
	uint8_t mic[16];

	vectors_load(&v, dir, c->file);
	walk(&v, c, &script.end);
	if (!c->keys) {
		vectors_free(&v);
		return;
	}
	vectors_load(&keys, vectors, c->keys);
	script.key = vectors_get(&keys, "exported_session_key");
	list = vectors_get(&keys, "spnego_mechtypes_der");
	tap_bytes(script.end.init.mech_list.data, script.end.init.mech_list.len,
		  list.data, list.len, "%s: the list that is signed", c->file);
	mic_make(script.key.data, 0x60000010, false, 0, list, mic);
	tap_bytes(mic, 16, script.end.initiator_mic.data, 16,
		  "%s: mechListMIC of the initiator", c->file);
	mic_make(script.key.data, 0x60000010, true, 0, list, mic);
	tap_bytes(mic, 16, script.end.acceptor_mic.data, 16,
		  "%s: mechListMIC of the acceptor", c->file);
	replay(&v, c, &script, true);
	/* The initiator of the other capture offers what this one never does. */
	if (script.end.init.prefers_ntlm)
		replay(&v, c, &script, false);
	vectors_free(&keys);
	vectors_free(&v);
}

int main(int argc, char **argv)
{
	struct spnego_init init;
	struct vector_file v;
	const char *why;

	if (argc != 3)
		return 2;
	for (size_t i = 0; i < sizeof(captures) / sizeof(captures[0]); i++)
		check(argv[1], argv[2], &captures[i]);

	vectors_load(&v, argv[2], "capture_windows.txt");
	tap_ok(!spnego_decode_init(vectors_get(&v, "hint"), &init, &why) &&
	       init.has_ntlm && !init.prefers_ntlm && !init.mech_token.data,
	       "capture_windows.txt: NegTokenInit2 of the server");
	tap_ok(!strcmp(init.offered, "NEGOEX, Kerberos (Microsoft), Kerberos, "
		       "Kerberos user to user, NTLM"),
	       "capture_windows.txt: what the server offers");
	vectors_free(&v);
	return tap_done();
}
