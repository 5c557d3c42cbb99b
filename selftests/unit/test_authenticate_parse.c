// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The strict parser of AUTHENTICATE: rules that the vector files have no entry
 * for. Each case changes one thing of a message that is valid before.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "tap.h"
#include "wire.h"

static uint8_t buf[MESSAGE_MAX + 1];
static struct wire_writer w;

/* a valid message whose payload begins at @fixed, MsvAvFlags as given */
static struct ntlm_bytes make(size_t fixed, uint32_t av_flags_value, size_t user_len,
			      size_t lm_len)
{
	static const uint8_t blob[28] = { 1, 1 };
	size_t start;

	memset(buf, 0, sizeof(buf));
	w = (struct wire_writer){ .data = buf, .size = MESSAGE_MAX };
	wire_put(&w, message_signature, 8);
	wire_put_le32(&w, MESSAGE_AUTHENTICATE);
	wire_put_zero(&w, fixed - 12);
	wire_set_le32(buf + AUTH_FLAGS, NTLMSSP_NEGOTIATE_UNICODE);
	start = w.len;
	for (size_t i = 0; i < user_len; i++)
		wire_put(&w, "u", 1);
	wire_end_item(&w, AUTH_USER, start);
	start = w.len;
	wire_put_zero(&w, lm_len);
	wire_end_item(&w, AUTH_LM, start);
	start = w.len;
	wire_put_zero(&w, PROOF_SIZE);
	wire_put(&w, blob, sizeof(blob));
	wire_put_le16(&w, AV_FLAGS);
	wire_put_le16(&w, 4);
	wire_put_le32(&w, av_flags_value);
	wire_put_zero(&w, 4);
	wire_end_item(&w, AUTH_NT, start);
	return (struct ntlm_bytes){ buf, w.len };
}

static enum ntlm_error parse(struct ntlm_bytes bytes, struct authenticate_message *msg)
{
	uint8_t *copy = malloc(bytes.len);
	enum ntlm_error result;

	if (!copy)
		err(EXIT_FAILURE, "memory");
	memcpy(copy, bytes.data, bytes.len);
	result = authenticate_parse((struct ntlm_bytes){ copy, bytes.len }, msg, NULL);
	free(copy);
	return result;
}

static void test_mic_offset(void)
{
	static const struct {
		size_t fixed;
		uint32_t flags;
		enum ntlm_error err;
		size_t mic;
	} cases[] = {
		{ 64, 0, NTLM_OK, 0 },
		{ 64, 2, NTLM_ERR_MALFORMED, 0 },
		{ 72, 0, NTLM_OK, 0 },
		{ 72, 2, NTLM_ERR_MALFORMED, 0 },
		{ 78, 2, NTLM_ERR_MALFORMED, 0 },
		{ 80, 2, NTLM_OK, 64 },
		{ 86, 2, NTLM_OK, 64 },
		{ 88, 0, NTLM_OK, 0 },
		{ 88, 2, NTLM_OK, 72 },
		{ 88, 5, NTLM_OK, 0 },
		{ 120, 6, NTLM_OK, 72 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct authenticate_message msg;
		enum ntlm_error result;

		result = parse(make(cases[i].fixed, cases[i].flags, 2, 24), &msg);
		tap_ok(result == cases[i].err && (result || msg.mic_offset == cases[i].mic),
		       "payload at %zu, MsvAvFlags %u: MIC at %zu", cases[i].fixed,
		       (unsigned int)cases[i].flags, cases[i].mic);
	}
}

static void test_names(void)
{
	struct authenticate_message msg;
	struct ntlm_bytes bytes;

	tap_number(parse(make(88, 0, 512, 24), &msg), NTLM_OK, "user of 512 bytes");
	tap_number(parse(make(88, 0, 514, 24), &msg), NTLM_ERR_MALFORMED,
		   "user of 514 bytes");
	bytes = make(88, 0, 8, 24);
	buf[92] = buf[93] = 0;
	tap_number(parse(bytes, &msg), NTLM_ERR_MALFORMED, "U+0000 in the user");
	bytes = make(88, 0, 8, 24);
	buf[91] = buf[92] = 0;
	tap_number(parse(bytes, &msg), NTLM_OK, "zero bytes of two characters");
	bytes = make(88, 0, 7, 24);
	tap_number(parse(bytes, &msg), NTLM_ERR_MALFORMED, "odd length in UTF-16");
	wire_set_le32(buf + AUTH_FLAGS, NTLM_NEGOTIATE_OEM);
	tap_number(parse(bytes, &msg), NTLM_OK, "odd length in OEM");
	buf[90] = 0;
	tap_number(parse(bytes, &msg), NTLM_ERR_MALFORMED, "NUL in OEM");
	bytes = make(88, 0, 8, 24);
	wire_set_le16(buf + AUTH_WORKSTATION, 2);
	wire_set_le32(buf + AUTH_WORKSTATION + 4, (uint32_t)bytes.len - 1);
	tap_number(parse(bytes, &msg), NTLM_ERR_MALFORMED, "workstation past the end");
}

static void test_responses(void)
{
	struct authenticate_message msg;
	struct ntlm_bytes bytes;
	size_t nt = 88 + 2 + 24;

	for (size_t i = 0; i < 2; i++) {
		bytes = make(88, 0, 2, 24);
		buf[nt + PROOF_SIZE + i] = 2;
		tap_number(parse(bytes, &msg), NTLM_ERR_MALFORMED, "%s is 2",
			   i ? "HiRespType" : "RespType");
	}
	bytes = make(88, 0, 0, 1);
	tap_number(parse(bytes, &msg), NTLM_ERR_MALFORMED,
		   "one byte of LM response with an NT response");
	wire_set_le16(buf + AUTH_NT, 0);
	tap_ok(!parse(bytes, &msg) && !msg.ntlmv2, "one zero byte: anonymous");
	buf[88] = 1;
	tap_number(parse(bytes, &msg), NTLM_ERR_MALFORMED, "one byte that is not zero");
	bytes = make(88, 0, 2, 1);
	wire_set_le16(buf + AUTH_NT, 0);
	tap_number(parse(bytes, &msg), NTLM_ERR_MALFORMED,
		   "one byte of LM response with a user");
	bytes = make(88, 0, 2, 0);
	tap_number(parse(bytes, &msg), NTLM_OK, "no LM response");
	bytes = make(88, 0, 2, 23);
	tap_number(parse(bytes, &msg), NTLM_ERR_MALFORMED, "23 bytes of LM response");
	bytes = make(88, 0, 2, 24);
	wire_set_le16(buf + AUTH_NT, 24);
	tap_ok(!parse(bytes, &msg) && !msg.ntlmv2, "NTLMv1 response is not NTLMv2");
	wire_set_le16(buf + AUTH_NT, 47);
	tap_number(parse(bytes, &msg), NTLM_ERR_MALFORMED, "47 bytes of NT response");
}

static void test_session_key(void)
{
	static const struct {
		uint32_t flags;
		uint16_t len;
		enum ntlm_error err;
	} cases[] = {
		{ NTLMSSP_NEGOTIATE_KEY_EXCH | NTLMSSP_NEGOTIATE_SIGN, 16, NTLM_OK },
		{ NTLMSSP_NEGOTIATE_KEY_EXCH | NTLMSSP_NEGOTIATE_SEAL, 17,
		  NTLM_ERR_MALFORMED },
		{ NTLMSSP_NEGOTIATE_KEY_EXCH | NTLMSSP_NEGOTIATE_SEAL, 0,
		  NTLM_ERR_MALFORMED },
		{ NTLMSSP_NEGOTIATE_KEY_EXCH, 1, NTLM_OK },
		{ NTLMSSP_NEGOTIATE_SIGN, 0, NTLM_OK },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ntlm_bytes bytes = make(88, 0, 2, 24);
		struct authenticate_message msg;
		char names[NTLM_FLAGS_NAMES_SIZE];

		wire_set_le32(buf + AUTH_FLAGS, NTLMSSP_NEGOTIATE_UNICODE |
						cases[i].flags);
		wire_set_le16(buf + AUTH_SESSION_KEY, cases[i].len);
		wire_set_le32(buf + AUTH_SESSION_KEY + 4, 88);
		tap_number(parse(bytes, &msg), cases[i].err,
			   "encrypted key of %u bytes with %s", cases[i].len,
			   ntlm_flags_names(cases[i].flags, names, sizeof(names)));
	}
}

static void test_length(void)
{
	struct authenticate_message msg;

	make(88, 0, 2, 24);
	tap_number(parse((struct ntlm_bytes){ buf, MESSAGE_MAX }, &msg), NTLM_OK,
		   "64 KiB with padding");
	tap_number(parse((struct ntlm_bytes){ buf, MESSAGE_MAX + 1 }, &msg),
		   NTLM_ERR_MALFORMED, "more than 64 KiB");
}

int main(void)
{
	test_mic_offset();
	test_names();
	test_responses();
	test_session_key();
	test_length();
	return tap_done();
}
