// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mkspnego CAPTURES DIR: seeds for fuzz_spnego. Of each capture every message,
 * and the tokens of each side as the other one gets them. Besides, what peers may
 * say and those did not.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "der_text.h"
#include "vectors.h"

static const char *const captures[] = {
	"capture_windows.txt", "capture_fallback.txt", "capture_mit.txt",
};

static FILE *create(const char *dir, const char *file, const char *what)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s.%s", dir, file, what);
	f = fopen(path, "w");
	if (!f)
		err(EXIT_FAILURE, "%s", path);
	return f;
}

static void put(FILE *f, const void *data, size_t len)
{
	if (fwrite(data, 1, len, f) != len)
		err(EXIT_FAILURE, "write");
}

static void end(FILE *f)
{
	if (fclose(f))
		err(EXIT_FAILURE, "write");
}

/* @mode: bit 0: we are the acceptor, who gets the tokens with an even number */
static void write_legs(const struct vector_file *v, const char *dir,
		       const char *file, uint8_t mode)
{
	char what[32];
	FILE *f;

	snprintf(what, sizeof(what), "legs-%u", mode);
	f = create(dir, file, what);
	put(f, &mode, 1);
	for (size_t i = 0; i < v->count; i++) {
		const struct vector *t = &v->entry[i];
		uint8_t len[2] = { (uint8_t)t->len, (uint8_t)(t->len >> 8) };
		unsigned int n;

		if (sscanf(t->name, "token_%u", &n) != 1 ||
		    n % 2 == (mode & 1))
			continue;
		put(f, len, sizeof(len));
		put(f, t->data, t->len);
	}
	end(f);
}

/* Mechanisms that @list names, and whether there is a token for the first */
#define INIT(list, token) \
	"60{" DER_SPNEGO "a0{30{a0{30{" list "}}" token "}}}"
#define NTLM_TOKEN	"a2{04{4e544c4d5353500001000000}}"
#define A_MIC		"a3{04{01000000000102030405060700000000}}"
#define FIRST(state)	"a1{30{a0{0a01" state "} a1{" DER_NTLM "}" NTLM_TOKEN "}}"
#define RESP(fields)	"a1{30{" fields "}}"

/* tokens of a peer; the first byte as in fuzz_spnego.c */
static const struct {
	const char *name;
	uint8_t mode;
	const char *token[4];
} made_up[] = {
	{ "late-mic", 3, { INIT(DER_NTLM, NTLM_TOKEN), RESP(NTLM_TOKEN),
			   RESP("a0{0a0100}" A_MIC) } },
	{ "fallback-late-mic", 1, { INIT(DER_KRB5 DER_NTLM, ""), RESP(NTLM_TOKEN),
				    RESP(NTLM_TOKEN), RESP(A_MIC) } },
	{ "no-token", 3, { INIT(DER_NTLM DER_KRB5, ""), RESP(NTLM_TOKEN),
			   RESP(NTLM_TOKEN A_MIC) } },
	{ "raw-client", 3, { "4e544c4d5353500001000000",
			     "4e544c4d5353500003000000" } },
	{ "no-ntlm", 3, { INIT(DER_KRB5 DER_MSKRB, "") } },
	{ "request-mic", 0, { RESP("a0{0a0103} a1{" DER_NTLM "}"),
			      RESP("a0{0a0101}" NTLM_TOKEN),
			      RESP("a0{0a0100}" A_MIC) } },
	{ "asked-for-mic", 0, { FIRST("01"), RESP("a0{0a0101}" A_MIC) } },
	{ "raw-server", 2, { "4e544c4d5353500002000000" } },
	{ "java-server", 2, { RESP(NTLM_TOKEN), RESP("a0{0a0100}" A_MIC) } },
	{ "reject", 2, { RESP("a0{0a0102}") } },
	{ "reject-late", 2, { FIRST("01"), RESP("a0{0a0102}" A_MIC) } },
	{ "other-mechanism", 2, { RESP("a0{0a0101} a1{" DER_KRB5 "}") } },
};

static void write_made_up(const char *dir)
{
	for (size_t i = 0; i < sizeof(made_up) / sizeof(made_up[0]); i++) {
		FILE *f = create(dir, "made-up", made_up[i].name);

		put(f, &made_up[i].mode, 1);
		for (size_t n = 0; n < 4 && made_up[i].token[n]; n++) {
			struct ntlm_bytes t = der_text(made_up[i].token[n]);
			uint8_t len[2] = { (uint8_t)t.len, (uint8_t)(t.len >> 8) };

			put(f, len, sizeof(len));
			put(f, t.data, t.len);
			der_free(t);
		}
		end(f);
	}
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	for (size_t c = 0; c < sizeof(captures) / sizeof(captures[0]); c++) {
		struct vector_file v;

		vectors_load(&v, argv[1], captures[c]);
		for (size_t i = 0; i < v.count; i++) {
			FILE *f = create(argv[2], captures[c], v.entry[i].name);

			put(f, v.entry[i].data, v.entry[i].len);
			end(f);
		}
		for (uint8_t mode = 0; mode < 16; mode++)
			write_legs(&v, argv[2], captures[c], mode);
		vectors_free(&v);
	}
	write_made_up(argv[2]);
	return EXIT_SUCCESS;
}
