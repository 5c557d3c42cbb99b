// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The input is a list of AV_PAIR, and text in UTF-8. Every value that is handed
 * out leads into the input, and a valid list is still the same one when it is
 * written again.
 */
#include "fuzz.h"
#include "message.h"
#include "utf16.h"

static void check_again(const struct av_list *list)
{
	struct ntlm_bytes pairs = list->pairs, value;
	static uint8_t buf[70000];
	struct wire_writer w = { .data = buf, .size = sizeof(buf) };
	struct av_list again;
	uint16_t id;

	if (pairs.len > 65536)
		return;
	while (av_next(&pairs, &id, &value)) {
		MUST(id != AV_EOL);
		inside(value, list->pairs);
		av_put(&w, id, value);
	}
	av_put(&w, AV_EOL, (struct ntlm_bytes){ NULL, 0 });
	MUST(!w.overflow);
	MUST(!av_parse((struct ntlm_bytes){ buf, w.len }, &again));
	MUST(again.pairs.len == list->pairs.len);
	MUST(!list->pairs.len ||
	     !memcmp(again.pairs.data, list->pairs.data, again.pairs.len));
	for (size_t i = 0; i < AV_ID_COUNT; i++) {
		MUST(again.value[i].len == list->value[i].len);
		MUST(!again.value[i].data == !list->value[i].data);
	}
}

static void check_list(struct ntlm_bytes input)
{
	struct av_list list;
	char text[64];

	if (av_parse(input, &list))
		return;
	inside(list.pairs, input);
	for (size_t i = 0; i < AV_ID_COUNT; i++)
		inside(list.value[i], input);
	check_again(&list);
	utf16_display(list.value[AV_NB_COMPUTER_NAME], text, sizeof(text));
	MUST(strnlen(text, sizeof(text)) < sizeof(text));
}

static void check_names(struct ntlm_bytes input)
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_list((struct ntlm_bytes){ data, size });
	check_names((struct ntlm_bytes){ data, size });
	return 0;
}
