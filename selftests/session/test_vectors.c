// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The vectors of derived_session_security.txt and the signatures of
 * malformed.txt, through the API that clients call.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../lib/tap.h"
#include "tests.h"
#include "vectors.h"

#define FILE_DERIVED "derived_session_security.txt"
#define FILE_MALFORMED "malformed.txt"

/* "message" of the file: what is sealed where no plaintext is given */
static struct vector text(void)
{
	return vector_get(FILE_DERIVED, "message");
}

static struct vector value(const char *prefix, const char *suffix)
{
	char name[64];

	snprintf(name, sizeof(name), "%s_%s", prefix, suffix);
	return vector_get(FILE_DERIVED, name);
}

static void open_vectors(struct link *l, uint32_t flags)
{
	struct vector key = vector_get(FILE_DERIVED, "exported_session_key");

	CHECK_EQ(key.len, NTLM_SESSION_KEY_SIZE);
	link_open_key(l, flags, key.data);
}

static void same(const char *name, const void *got, size_t got_len,
		 const struct vector *want)
{
	if (got_len != want->len || memcmp(got, want->data, want->len))
		FAIL("%s is not the vector's", name);
}

/* What the kernel seals or signs is the vector, byte for byte. */
static void sends(struct link *l, const char *name, enum op op,
		  const struct vector *plain)
{
	struct vector sig = value(name, "sig");
	struct message m = { 0 };

	message_add(&m, plain->data, plain->len, op == OP_SEAL);
	CHECK_ERR(message_kernel(l, op, &m), 0);
	if (op == OP_SEAL) {
		struct vector data = value(name, "data");

		same(name, m.part[0].out, m.part[0].len, &data);
	}
	same(name, m.signature, sizeof(m.signature), &sig);
	message_free(&m);
}

static void load_signature(struct message *m, const struct vector *sig)
{
	CHECK_EQ(sig->len, sizeof(m->signature));
	memcpy(m->signature, sig->data, sizeof(m->signature));
}

/* The vector is unsealed to the file's message. */
static void receives(struct link *l, const char *name)
{
	struct vector data = value(name, "data"), sig = value(name, "sig");
	struct vector plain = text();
	struct message m = { 0 };

	message_add(&m, data.data, data.len, true);
	load_signature(&m, &sig);
	CHECK_ERR(message_kernel(l, OP_UNSEAL, &m), 0);
	same(name, m.part[0].out, m.part[0].len, &plain);
	message_free(&m);
}

void vectors_a_client_to_server(void)
{
	struct vector p;
	struct link l;

	open_vectors(&l, FLAGS_SEAL);
	p = vector_get(FILE_DERIVED, "a_c2s_0_seal_plain");
	sends(&l, "a_c2s_0_seal", OP_SEAL, &p);
	p = vector_get(FILE_DERIVED, "a_c2s_1_seal_plain");
	sends(&l, "a_c2s_1_seal", OP_SEAL, &p);
	p = vector_get(FILE_DERIVED, "a_c2s_2_sign_plain");
	sends(&l, "a_c2s_2_sign", OP_SIGN, &p);
	p = vector_get(FILE_DERIVED, "a_c2s_3_seal_plain");
	sends(&l, "a_c2s_3_seal", OP_SEAL, &p);
	p = vector_get(FILE_DERIVED, "a_c2s_4_sign_plain");
	CHECK_EQ(p.len, 0);
	sends(&l, "a_c2s_4_sign", OP_SIGN, &p);
	link_close(&l);
}

void vectors_a_server_to_client(void)
{
	struct link l;

	open_vectors(&l, FLAGS_SEAL);
	receives(&l, "a_s2c_0_seal");
	receives(&l, "a_s2c_1_seal");
	link_close(&l);
}

/* Both directions of one context, in turns */
void vectors_a_interleaved(void)
{
	struct vector p = text();
	struct link l;

	open_vectors(&l, FLAGS_SEAL);
	sends(&l, "a_c2s_0_seal", OP_SEAL, &p);
	receives(&l, "a_s2c_0_seal");
	sends(&l, "a_c2s_1_seal", OP_SEAL, &p);
	receives(&l, "a_s2c_1_seal");
	sends(&l, "a_c2s_2_sign", OP_SIGN, &p);
	link_close(&l);
}

void vectors_b_signed_only_segments(void)
{
	struct vector header = vector_get(FILE_DERIVED, "b_header");
	struct vector trailer = vector_get(FILE_DERIVED, "b_trailer");
	struct vector data = vector_get(FILE_DERIVED, "b_seal_data");
	struct vector sig = vector_get(FILE_DERIVED, "b_seal_sig");
	struct vector plain = text();
	struct message m = { 0 };
	struct link l;

	open_vectors(&l, FLAGS_SEAL);
	message_add(&m, header.data, header.len, false);
	message_add(&m, plain.data, plain.len, true);
	message_add(&m, trailer.data, trailer.len, false);
	CHECK_ERR(message_kernel(&l, OP_SEAL, &m), 0);
	same("b_seal_data", m.part[1].out, m.part[1].len, &data);
	same("b_seal_sig", m.signature, sizeof(m.signature), &sig);
	message_free(&m);
	link_close(&l);
}

void vectors_c_without_key_exch(void)
{
	struct vector p = text();
	struct link l;

	open_vectors(&l, FLAGS_SEAL & ~NTLM_NEGOTIATE_KEY_EXCH);
	sends(&l, "c_c2s_0_seal", OP_SEAL, &p);
	sends(&l, "c_c2s_1_sign", OP_SIGN, &p);
	sends(&l, "c_c2s_2_seal", OP_SEAL, &p);
	link_close(&l);
}

void vectors_d_56_bit(void)
{
	struct vector p = text();
	struct link l;

	open_vectors(&l, (FLAGS_SEAL & ~NTLM_NEGOTIATE_128) |
			 NTLM_NEGOTIATE_56);
	sends(&l, "d_56_seal", OP_SEAL, &p);
	link_close(&l);
}

void vectors_d_40_bit(void)
{
	struct vector p = text();
	struct link l;

	open_vectors(&l, FLAGS_SEAL & ~NTLM_NEGOTIATE_128);
	sends(&l, "d_40_seal", OP_SEAL, &p);
	link_close(&l);
}

/* 56 beside 128 changes nothing. */
void vectors_a_128_wins_over_56(void)
{
	struct vector p = text();
	struct link l;

	open_vectors(&l, FLAGS_SEAL | NTLM_NEGOTIATE_56);
	sends(&l, "a_c2s_0_seal", OP_SEAL, &p);
	receives(&l, "a_s2c_0_seal");
	link_close(&l);
}

/*
 * The file has its bad signatures for a_c2s_0, and a client receives a_s2c_0.
 * So each is tried as it is, and its difference to the right one is applied to
 * the right signature of a_s2c_0.
 */
static void bad_signature(const char *name)
{
	struct vector bad = vector_get(FILE_MALFORMED, name);
	struct vector sent = vector_get(FILE_DERIVED, "a_c2s_0_seal_sig");
	struct vector good = vector_get(FILE_DERIVED, "a_s2c_0_seal_sig");
	struct vector data = vector_get(FILE_DERIVED, "a_s2c_0_seal_data");
	struct message m = { 0 };
	struct link l;
	size_t i;

	open_vectors(&l, FLAGS_SEAL);
	message_add(&m, data.data, data.len, true);

	load_signature(&m, &bad);
	CHECK_ERR(message_kernel(&l, OP_UNSEAL, &m), -EBADMSG);
	CHECK(message_zeroed(&m));

	for (i = 0; i < sizeof(m.signature); i++)
		m.signature[i] = good.data[i] ^ sent.data[i] ^ bad.data[i];
	CHECK(memcmp(m.signature, good.data, sizeof(m.signature)));
	CHECK_ERR(message_kernel(&l, OP_UNSEAL, &m), -EBADMSG);
	CHECK(message_zeroed(&m));

	message_free(&m);
	receives(&l, "a_s2c_0_seal");
	receives(&l, "a_s2c_1_seal");
	link_close(&l);
}

void malformed_sig_bad_version(void)
{
	bad_signature("sig_bad_version");
}

void malformed_sig_bad_checksum(void)
{
	bad_signature("sig_bad_checksum");
}

void malformed_sig_bad_seq(void)
{
	bad_signature("sig_bad_seq");
}

void malformed_sig_dummy(void)
{
	bad_signature("sig_dummy");
}

/*
 * The API takes 16 bytes, so that a client cannot give it 15.  What it can do
 * is to read one byte too many: whatever that one is, unless by chance the
 * right one, the message is refused.
 */
void malformed_sig_short(void)
{
	struct vector bad = vector_get(FILE_MALFORMED, "sig_short");
	struct vector sent = vector_get(FILE_DERIVED, "a_c2s_0_seal_sig");
	struct vector good = vector_get(FILE_DERIVED, "a_s2c_0_seal_sig");
	struct vector data = vector_get(FILE_DERIVED, "a_s2c_0_seal_data");
	struct message m = { 0 };
	unsigned int last;
	struct link l;

	CHECK_EQ(bad.len, 15);
	CHECK(!memcmp(bad.data, sent.data, 15));
	open_vectors(&l, FLAGS_SEAL);
	message_add(&m, data.data, data.len, true);
	load_signature(&m, &good);
	for (last = 1; last < 256; last++) {
		m.signature[15] = good.data[15] ^ (uint8_t)last;
		CHECK_ERR(message_kernel(&l, OP_UNSEAL, &m), -EBADMSG);
		CHECK(message_zeroed(&m));
	}
	message_free(&m);
	receives(&l, "a_s2c_0_seal");
	link_close(&l);
}
