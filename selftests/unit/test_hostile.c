// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every CHALLENGE of the vector files, cut at every byte and with every single
 * bit and every whole byte inverted, under sanitizers. Whatever is answered all
 * the same must be an answer that verifies and keeps what was required.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "tap.h"
#include "vectors.h"

static const uint32_t required_options[] = {
	NTLM_OPTION_INTEGRITY | NTLM_OPTION_CONFIDENTIALITY,
	NTLM_OPTION_INTEGRITY,
	0,
};

static bool wiped(const struct fixture *f)
{
	static const struct ntlm_session none;

	for (size_t i = 0; i < f->token.size; i++)
		if (f->token.data[i])
			return false;
	return !f->token.len &&
	       !memcmp(f->session.exported_session_key, none.exported_session_key,
		       sizeof(none.exported_session_key)) && !f->session.flags;
}

/* true if the result is either a clean failure or a right answer */
static bool sane(struct fixture *f, uint32_t required, unsigned int *answered)
{
	uint32_t need = 0;

	if (fixture_authenticate(f))
		return wiped(f);
	++*answered;
	if (required & NTLM_OPTION_INTEGRITY)
		need |= NTLMSSP_NEGOTIATE_SIGN | NTLMSSP_NEGOTIATE_128 |
			NTLMSSP_NEGOTIATE_KEY_EXCH;
	if (required & NTLM_OPTION_CONFIDENTIALITY)
		need |= NTLMSSP_NEGOTIATE_SEAL;
	return !(need & ~f->session.flags) && fixture_verify(f);
}

/* a copy in a block of its own ends where the message ends */
static bool try(struct fixture *f, uint32_t required, const uint8_t *data,
		size_t len, unsigned int *answered)
{
	struct ntlm_challenge_info info;
	uint8_t *copy = malloc(len ? len : 1);
	bool ok;

	if (!copy)
		err(EXIT_FAILURE, "memory");
	if (len)
		memcpy(copy, data, len);
	f->challenge = (struct ntlm_bytes){ copy, len };
	f->random.left = (struct ntlm_bytes){ (const uint8_t *)"0123456789abcdef01234567",
					      24 };
	ok = sane(f, required, answered);
	ntlm_inspect_challenge(f->challenge, &info, NULL);
	free(copy);
	return ok;
}

static void mutate(struct fixture *f, uint32_t required, const char *name,
		   const struct vector *v)
{
	unsigned int answered = 0, tried = 0, bad = 0;
	uint8_t *copy = malloc(v->len);

	if (!copy)
		err(EXIT_FAILURE, "memory");
	memcpy(copy, v->data, v->len);
	for (size_t len = 0; len < v->len; len++, tried++)
		bad += !try(f, required, copy, len, &answered);
	for (size_t i = 0; i < v->len; i++) {
		for (int bit = 0; bit <= 8; bit++, tried++) {
			uint8_t mask = (uint8_t)(bit < 8 ? 1 << bit : 0xff);

			copy[i] ^= mask;
			bad += !try(f, required, copy, v->len, &answered);
			copy[i] ^= mask;
		}
	}
	tap_ok(!bad, "%s, options 0x%x: %u variants, %u answered, %u wrong", name,
	       (unsigned int)required, tried, answered, bad);
	free(copy);
}

static bool is_challenge(const char *name)
{
	return !strcmp(name, "challenge_message") || !strncmp(name, "chal_", 5);
}

int main(int argc, char **argv)
{
	static const char *const files[] = {
		"ntlmv2.txt", "malformed.txt", "capture_windows_smb_spnego.txt",
		"capture_windows_upn.txt", "capture_mic_without_version.txt",
		"capture_windows_cbt.txt",
	};
	unsigned int challenges = 0;

	if (argc != 2)
		errx(EXIT_FAILURE, "usage: %s VECTORS", argv[0]);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct vector_file v;

		vectors_load(&v, argv[1], files[i]);
		for (size_t j = 0; j < v.count; j++) {
			char name[256];

			if (!is_challenge(v.entry[j].name))
				continue;
			challenges++;
			snprintf(name, sizeof(name), "%s %s", files[i],
				 v.entry[j].name);
			for (size_t r = 0; r < 3; r++) {
				static uint8_t token[2048];
				struct fixture f;

				fixture_init(&f);
				f.request.required = required_options[r];
				f.token.data = token;
				f.token.size = sizeof(token);
				fixture_negotiate(&f);
				mutate(&f, required_options[r], name, &v.entry[j]);
			}
		}
		vectors_free(&v);
	}
	tap_number(challenges, 18, "number of CHALLENGE messages tried");
	return tap_done();
}
