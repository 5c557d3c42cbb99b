// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Names of flags, texts of errors, time, bounded reading and writing.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "tap.h"
#include "wire.h"

static void test_flag_names(void)
{
	char buf[NTLM_FLAGS_NAMES_SIZE], small[6];

	tap_ok(!strcmp(ntlm_flags_names(0, buf, sizeof(buf)), "0"), "no flags");
	tap_ok(!strcmp(ntlm_flags_names(0x20000011, buf, sizeof(buf)),
		       "UNICODE|SIGN|128"), "flags by name");
	tap_ok(!strcmp(ntlm_flags_names(0x04000110, buf, sizeof(buf)),
		       "SIGN|0x04000100"), "reserved bits as a number");
	ntlm_flags_names(UINT32_MAX, buf, sizeof(buf));
	tap_ok(strstr(buf, "56|0x") && strlen(buf) < sizeof(buf) - 1,
	       "all flags fit (%zu bytes)", strlen(buf));
	memset(small, 'x', sizeof(small));
	tap_ok(!strcmp(ntlm_flags_names(0x30, small, sizeof(small)), "SIGN"),
	       "a small buffer gets whole names");
	ntlm_flags_names(0x30, small, 0);
	tap_ok(!strcmp(small, "SIGN"), "an empty buffer is not written to");
}

static void test_errors(void)
{
	struct ntlm_detail detail = { .missing = 0x30, .where = "somewhere" };
	char buf[NTLM_ERROR_TEXT_SIZE], other[NTLM_ERROR_TEXT_SIZE];
	bool texts = true, numbers = true;

	for (unsigned int e = 0; e < NTLM_ERR_COUNT; e++) {
		const char *text = ntlm_error_text((enum ntlm_error)e);

		texts &= text && *text;
		for (unsigned int o = 0; texts && o < e; o++)
			texts = strcmp(text, ntlm_error_text((enum ntlm_error)o)) != 0;
		numbers &= (ntlm_error_errno((enum ntlm_error)e) == 0) ==
			   (e == NTLM_OK);
	}
	tap_ok(texts, "every error has a text of its own");
	tap_ok(numbers, "every error but NTLM_OK has an errno");
	tap_number((unsigned int)ntlm_error_errno(NTLM_ERR_MALFORMED), EPROTO,
		   "malformed is EPROTO");
	tap_number((unsigned int)ntlm_error_errno(NTLM_ERR_OPTION_REFUSED),
		   EOPNOTSUPP, "a refused option is EOPNOTSUPP");
	tap_number((unsigned int)ntlm_error_errno(NTLM_ERR_NO_TIMESTAMP), EACCES,
		   "policy is EACCES");
	tap_ok(ntlm_error_text((enum ntlm_error)99) &&
	       ntlm_error_errno((enum ntlm_error)99) == EINVAL, "unknown error");
	ntlm_error_describe(NTLM_ERR_OPTION_REFUSED, &detail, buf, sizeof(buf));
	tap_ok(strstr(buf, ": somewhere: missing SIGN|SEAL"), "%s", buf);
	detail.missing = UINT32_MAX;
	ntlm_error_describe(NTLM_ERR_NO_TARGET_INFO, &detail, other, sizeof(other));
	tap_ok(strstr(other, "|56|0x") && strlen(other) < sizeof(other) - 1,
	       "the longest description fits (%zu bytes)", strlen(other));
}

static void test_time(void)
{
	struct timespec epoch = { 0, 0 }, later = { 1, 250 }, early;

	tap_number(ntlm_filetime(&epoch), UINT64_C(116444736000000000),
		   "FILETIME of 1970");
	tap_number(ntlm_filetime(&later), UINT64_C(116444736010000002),
		   "FILETIME counts 100 ns");
	early = (struct timespec){ -11644473601, 0 };
	tap_number(ntlm_filetime(&early), 0, "FILETIME before 1601");
}

static bool item(uint16_t len, uint32_t offset, size_t min, size_t *got)
{
	uint8_t msg[32] = { 0 };
	struct ntlm_bytes out;

	wire_set_le16(msg, len);
	wire_set_le16(msg + 2, 0xbeef);
	wire_set_le32(msg + 4, offset);
	if (!wire_get_item((struct ntlm_bytes){ msg, sizeof(msg) }, 0, min, &out))
		return false;
	*got = out.len;
	return !out.len || out.data == msg + offset;
}

static void test_items(void)
{
	size_t got = 99;

	tap_ok(item(0, 0xffffffff, 8, &got) && got == 0,
	       "offset of an empty item is ignored");
	tap_ok(item(24, 8, 8, &got) && got == 24, "item up to the end");
	tap_ok(!item(25, 8, 8, &got), "item one byte too long");
	tap_ok(!item(1, 32, 8, &got), "item at the end");
	tap_ok(!item(1, 33, 8, &got), "item after the end");
	tap_ok(!item(1, 7, 8, &got), "item inside the fixed part");
	tap_ok(!item(0x20, 0xfffffff0, 8, &got), "offset + length wraps");
	tap_ok(!item(0xffff, 8, 8, &got), "longest length");
}

static void test_writer(void)
{
	static uint8_t big[UINT16_MAX + 64];
	uint8_t buf[4] = { 1, 2, 3, 4 };
	struct wire_writer w = { .data = buf, .size = 3 };

	wire_put_le16(&w, 0x1234);
	wire_put_le16(&w, 0x5678);
	tap_ok(w.overflow && w.len == 2 && buf[2] == 3, "nothing half written");
	wire_put(&w, "x", 1);
	tap_ok(w.len == 2 && buf[2] == 3, "nothing written after an overflow");

	w = (struct wire_writer){ .data = big, .size = sizeof(big), .len = 8 };
	wire_put_zero(&w, UINT16_MAX);
	wire_end_item(&w, 0, 8);
	tap_ok(!w.overflow && wire_le16(big) == UINT16_MAX &&
	       wire_le16(big + 2) == UINT16_MAX && wire_le32(big + 4) == 8,
	       "longest item");
	wire_put_zero(&w, 1);
	wire_end_item(&w, 0, 8);
	tap_ok(w.overflow, "an item longer than its length field");
}

/* Each copy ends where the list is cut, so that sanitizers see the end. */
static bool cut_lists(void)
{
	static const uint8_t whole[] = { 1, 0, 2, 0, 'a', 0, 99, 0, 3, 0, 'b', 'c', 'd',
					 0, 0, 0, 0 };
	struct av_list list;
	bool refused = true;

	for (size_t len = 1; len < sizeof(whole); len++) {
		uint8_t *copy = malloc(len);

		if (!copy)
			return false;
		memcpy(copy, whole, len);
		refused &= av_parse((struct ntlm_bytes){ copy, len }, &list) != NULL;
		free(copy);
	}
	return refused && !av_parse((struct ntlm_bytes){ whole, sizeof(whole) }, &list);
}

static void test_av_list(void)
{
	static const uint8_t single_host_twice[] = {
		8, 0, 1, 0, 'a', 8, 0, 1, 0, 'b', 0, 0, 0, 0, 'x'
	};
	static const uint8_t unknown_twice[] = {
		99, 0, 1, 0, 'a', 99, 0, 1, 0, 'b', 0, 0, 0, 0
	};
	static const uint8_t name_twice[] = {
		1, 0, 2, 0, 'a', 0, 1, 0, 2, 0, 'a', 0, 0, 0, 0, 0
	};
	static const uint8_t name_differs[] = {
		1, 0, 2, 0, 'a', 0, 1, 0, 2, 0, 'b', 0, 0, 0, 0, 0
	};
	static const uint8_t empty_then_name[] = {
		1, 0, 0, 0, 1, 0, 2, 0, 'b', 0, 0, 0, 0, 0
	};
	struct av_list list;

	tap_ok(cut_lists(), "a list cut anywhere is refused");
#define PARSE(bytes) av_parse((struct ntlm_bytes){ bytes, sizeof(bytes) }, &list)
	tap_ok(!PARSE(single_host_twice) && list.pairs.len == 10,
	       "MsvAvSingleHost may differ; bytes after MsvAvEOL are ignored");
	tap_ok(!PARSE(unknown_twice), "unknown ids may differ");
	tap_ok(!PARSE(name_twice), "a repeated name may be the same");
	tap_ok(PARSE(name_differs) != NULL, "a repeated name must be the same");
	tap_ok(PARSE(empty_then_name) != NULL, "an empty name counts as the first");
	tap_ok(av_parse((struct ntlm_bytes){ NULL, 0 }, &list) != NULL,
	       "no list at all");
#undef PARSE
}

int main(void)
{
	test_flag_names();
	test_errors();
	test_time();
	test_items();
	test_writer();
	test_av_list();
	return tap_done();
}
