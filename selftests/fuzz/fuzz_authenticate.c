// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The input is what a hostile client sends to an acceptor: an AUTHENTICATE, a
 * NEGOTIATE, and, taken by itself, an AV_PAIR list. Every pointer a parser hands
 * out must lead into the input, and nobody gets in without the password.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "utf16.h"
#include "verify.h"

#define MUST(condition)							\
	do {								\
		if (!(condition)) {					\
			fprintf(stderr, "%s:%d: not true: %s\n",	\
				__FILE__, __LINE__, #condition);	\
			abort();					\
		}							\
	} while (0)

static void inside(struct ntlm_bytes item, struct ntlm_bytes all)
{
	if (!item.len)
		return;
	MUST(item.data >= all.data && item.len <= all.len);
	MUST((size_t)(item.data - all.data) <= all.len - item.len);
	/* sanitizers see these reads */
	(void)*(const volatile uint8_t *)item.data;
	(void)*(const volatile uint8_t *)(item.data + item.len - 1);
}

static void fuzz_list(struct ntlm_bytes input)
{
	struct ntlm_bytes pairs, value;
	struct av_list list;
	char text[64];
	uint16_t id;

	if (av_parse(input, &list))
		return;
	inside(list.pairs, input);
	pairs = list.pairs;
	while (av_next(&pairs, &id, &value)) {
		inside(value, input);
		MUST(id != AV_EOL);
	}
	for (size_t i = 0; i < AV_ID_COUNT; i++)
		inside(list.value[i], input);
	utf16_display(list.value[AV_NB_COMPUTER_NAME], text, sizeof(text));
	MUST(strnlen(text, sizeof(text)) < sizeof(text));
}

static void fuzz_names(struct ntlm_bytes input)
{
	struct ntlm_bytes left = input;
	uint8_t hash[NTLM_HASH_SIZE];
	uint16_t unit[2];
	int n;

	while ((n = utf8_next(&left, unit)) > 0)
		MUST(n == 2 || unit[0] < 0xd800 || unit[0] > 0xdfff);
	MUST((ntlm_nt_hash((const char *)input.data, input.len, hash) == NTLM_OK) ==
	     (n == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* CHALLENGE of [MS-NLMP] 4.2.4 without its payload */
	static const uint8_t challenge[48] =
		"NTLMSSP\0" "\2\0\0\0" "\0\0\0\0\0\0\0\0" "\x35\x82\x89\xe2"
		"\x01\x23\x45\x67\x89\xab\xcd\xef";
	static const uint8_t negotiate[] =
		"NTLMSSP\0" "\1\0\0\0" "\x35\x82\x08\xe2";
	static const uint8_t hash[NTLM_HASH_SIZE] = "not in a corpus";
	struct ntlm_bytes input = { data, size };
	struct authenticate_message auth;
	struct negotiate_message neg;
	uint8_t key[NTLM_KEY_SIZE];
	enum ntlm_error err;
	bool valid;

	valid = authenticate_parse(input, &auth, NULL) == NTLM_OK;
	if (valid) {
		inside(auth.lm, input);
		inside(auth.nt, input);
		inside(auth.domain, input);
		inside(auth.user, input);
		inside(auth.workstation, input);
		inside(auth.session_key, input);
		if (auth.mic_offset) {
			MUST(auth.ntlmv2);
			inside((struct ntlm_bytes){ data + auth.mic_offset, MIC_SIZE },
			       input);
		}
	}
	if (!negotiate_parse(input, &neg, NULL)) {
		inside(neg.domain, input);
		inside(neg.workstation, input);
	}
	err = verify_authenticate(hash, (struct ntlm_bytes){ negotiate, 16 },
				  (struct ntlm_bytes){ challenge, sizeof(challenge) },
				  input, key, NULL);
	if (valid && auth.flags & NTLMSSP_NEGOTIATE_UNICODE)
		MUST(err == NTLM_ERR_PROOF);
	else
		MUST(err == NTLM_ERR_MALFORMED || err == NTLM_ERR_CHARSET);
	fuzz_list(input);
	fuzz_names(input);
	return 0;
}
