// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * UTF-8 is taken strictly; upper case is one unit to one unit; names in either
 * character set.
 */
#include <string.h>

#include "charset.h"
#include "tap.h"
#include "utf16.h"

static void test_invalid(void)
{
	static const struct {
		const char *what;
		const char *bytes;
		size_t len;
	} bad[] = {
		{ "overlong '/'", "\xc0\xaf", 2 },
		{ "overlong NUL", "\xc0\x80", 2 },
		{ "overlong three bytes", "\xe0\x80\xaf", 3 },
		{ "overlong four bytes", "\xf0\x80\x80\xaf", 4 },
		{ "high surrogate", "\xed\xa0\x80", 3 },
		{ "low surrogate", "\xed\xbf\xbf", 3 },
		{ "surrogate pair (CESU-8)", "\xed\xa0\xbd\xed\xb8\x80", 6 },
		{ "U+110000", "\xf4\x90\x80\x80", 4 },
		{ "five bytes", "\xf8\x88\x80\x80\x80", 5 },
		{ "0xff", "\xff", 1 },
		{ "lone continuation byte", "\x80", 1 },
		{ "two bytes cut short", "\xc3", 1 },
		{ "three bytes cut short", "\xe2\x82", 2 },
		{ "four bytes cut short", "\xf0\x9f\x98", 3 },
		{ "continuation missing", "\xc3(", 2 },
		{ "Latin-1", "caf\xe9", 4 },
		{ "embedded U+0000", "a\0b", 3 },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		uint8_t hash[NTLM_HASH_SIZE], zero[NTLM_HASH_SIZE] = { 0 };
		enum ntlm_error err;

		memset(hash, 0xa5, sizeof(hash));
		err = ntlm_nt_hash(bad[i].bytes, bad[i].len, hash);
		tap_ok(err == NTLM_ERR_UTF8 && !memcmp(hash, zero, sizeof(hash)),
		       "password refused: %s", bad[i].what);
	}
}

static void test_put(void)
{
	static const uint8_t want[] = { 0x61, 0, 0xe9, 0, 0xac, 0x20, 0x3d, 0xd8,
					0x00, 0xde };
	uint8_t buf[16];
	struct wire_writer w = { .data = buf, .size = sizeof(buf) };

	tap_number(utf16_put(&w, "aé€😀", sizeof(want)), NTLM_OK,
		   "one to four bytes of UTF-8, exactly the limit");
	tap_bytes(buf, w.len, want, sizeof(want), "UTF-16LE with a surrogate pair");
	w.len = 0;
	tap_number(utf16_put(&w, "aé€😀", sizeof(want) - 2), NTLM_ERR_TOO_LARGE,
		   "one unit too long");
	w.len = 0;
	tap_number(utf16_put(&w, "a\xc3", 16), NTLM_ERR_UTF8, "invalid name");
	w.len = 0;
	tap_ok(!utf16_put(&w, NULL, 16) && !utf16_put(&w, "", 16) && !w.len,
	       "no name and an empty name");
}

static void test_upcase(void)
{
	static const struct {
		const char *what;
		uint16_t from, to;
	} map[] = {
		{ "a", 'a', 'A' }, { "Z", 'Z', 'Z' }, { "digit", '7', '7' },
		{ "e acute", 0xe9, 0xc9 }, { "cyrillic ya", 0x44f, 0x42f },
		{ "y diaeresis", 0xff, 0x178 }, { "sharp s", 0xdf, 0xdf },
		{ "n with apostrophe", 0x149, 0x149 },
		{ "dotless i", 0x131, 0x131 }, { "long s", 0x17f, 0x17f },
		{ "final sigma", 0x3c2, 0x3a3 }, { "ligature fi", 0xfb01, 0xfb01 },
		{ "high surrogate", 0xd801, 0xd801 },
		{ "low surrogate", 0xdc28, 0xdc28 },
		{ "U+FFFF", 0xffff, 0xffff }, { "NUL", 0, 0 },
	};
	bool same = true;

	for (size_t i = 0; i < sizeof(map) / sizeof(map[0]); i++)
		tap_number(utf16_upcase(map[i].from), map[i].to, "upper case: %s",
			   map[i].what);
	for (unsigned int u = 0xd800; u < 0xe000; u++)
		same &= utf16_upcase((uint16_t)u) == u;
	tap_ok(same, "no surrogate has an upper case");
	same = true;
	for (unsigned int u = 0; u < 0x10000; u++) {
		uint16_t up = utf16_upcase((uint16_t)u);

		same &= utf16_upcase(up) == up;
	}
	tap_ok(same, "upper case of upper case changes nothing");
}

static void test_display(void)
{
	static const uint8_t hostile[] = { 'a', 0, 0x1b, 0, 0, 0, '\n', 0, 0x2e, 0x20,
					   0x00, 0xd8, 'b', 0, 0x00, 0xdc };
	static const uint8_t emoji[] = { 0x3d, 0xd8, 0x00, 0xde };
	char buf[64];

	utf16_display((struct ntlm_bytes){ hostile, sizeof(hostile) }, buf,
		      sizeof(buf));
	tap_ok(!strcmp(buf, "a\ufffd\ufffd\ufffd\ufffd\ufffdb\ufffd"),
	       "control, direction and half characters are replaced");
	utf16_display((struct ntlm_bytes){ emoji, sizeof(emoji) }, buf, sizeof(buf));
	tap_ok(!strcmp(buf, "😀"), "a surrogate pair is one character");
	utf16_display((struct ntlm_bytes){ emoji, sizeof(emoji) }, buf, 4);
	tap_ok(!strcmp(buf, ""), "a character that does not fit is left out");
	utf16_display((struct ntlm_bytes){ NULL, 0 }, buf, 1);
	tap_ok(!strcmp(buf, ""), "no text");
}

#define UNICODE NTLMSSP_NEGOTIATE_UNICODE
#define OEM UINT32_C(2)

static void test_get(void)
{
	static const struct {
		const char *what;
		uint32_t flags;
		const char *bytes;
		size_t len, size;
		enum ntlm_error err;
		const char *want;
	} cases[] = {
		{ "nothing", UNICODE, "", 0, 1, NTLM_OK, "" },
		{ "ASCII", UNICODE, "a\0b", 4, 3, NTLM_OK, "ab" },
		{ "no room for the end", UNICODE, "a\0b", 4, 2, NTLM_ERR_TOO_LARGE, "" },
		{ "two bytes", UNICODE, "\xfc\0", 2, 8, NTLM_OK, "\u00fc" },
		{ "pair", UNICODE, "\x3d\xd8\x00\xde", 4, 5, NTLM_OK, "\U0001f600" },
		{ "no room for a pair", UNICODE, "\x3d\xd8\x00\xde", 4, 4,
		  NTLM_ERR_TOO_LARGE, "" },
		{ "half a unit", UNICODE, "a\0b", 3, 8, NTLM_ERR_MALFORMED, "" },
		{ "high half at the end", UNICODE, "a\0\x3d\xd8", 4, 8,
		  NTLM_ERR_MALFORMED, "" },
		{ "high half", UNICODE, "\x3d\xd8" "a\0", 4, 8, NTLM_ERR_MALFORMED, "" },
		{ "low half", UNICODE, "\x00\xde", 2, 8, NTLM_ERR_MALFORMED, "" },
		{ "NUL", UNICODE, "a\0\0\0b\0", 6, 8, NTLM_ERR_MALFORMED, "" },
		{ "both sets", UNICODE | OEM, "a\0", 2, 8, NTLM_OK, "a" },
		{ "OEM", OEM, "abc", 3, 4, NTLM_OK, "abc" },
		{ "OEM, nothing", OEM, "", 0, 1, NTLM_OK, "" },
		{ "OEM, no room", OEM, "abc", 3, 3, NTLM_ERR_TOO_LARGE, "" },
		{ "OEM beyond ASCII", OEM, "\x81", 1, 8, NTLM_ERR_CHARSET, "" },
		{ "OEM, UTF-8", OEM, "\xc3\xbc", 2, 8, NTLM_ERR_CHARSET, "" },
		{ "OEM, NUL", OEM, "a\0b", 3, 8, NTLM_ERR_CHARSET, "" },
		{ "OEM, control character", OEM, "a\nb", 3, 8, NTLM_ERR_CHARSET, "" },
		{ "no set", 0, "a\0", 2, 8, NTLM_ERR_CHARSET, "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ntlm_bytes text = { (const uint8_t *)cases[i].bytes,
					   cases[i].len };
		struct ntlm_detail detail = { 0 };
		char buf[9] = "xxxxxxxx";
		enum ntlm_error err;

		err = charset_get(cases[i].flags, text, buf, cases[i].size, "field",
				  &detail);
		tap_ok(err == cases[i].err && !strcmp(buf, cases[i].want) &&
		       !detail.where == !err &&
		       (cases[i].size > 7 || buf[cases[i].size] == 'x'),
		       "name of a message: %s", cases[i].what);
	}
}

static void test_widen(void)
{
	static const uint8_t name[] = "abc";
	struct ntlm_bytes text = { name, 3 }, wide;
	uint8_t buf[6];

	tap_ok(charset_widen(UNICODE, text, buf, 0, &wide) && wide.data == name &&
	       wide.len == 3, "UTF-16 is not widened");
	tap_ok(charset_widen(OEM, text, buf, sizeof(buf), &wide) && wide.len == 6 &&
	       !memcmp(wide.data, "a\0b\0c\0", 6), "ASCII as UTF-16");
	tap_ok(!charset_widen(OEM, text, buf, 5, &wide), "no room for it");
}

int main(void)
{
	test_get();
	test_widen();
	test_invalid();
	test_put();
	test_upcase();
	test_display();
	return tap_done();
}
