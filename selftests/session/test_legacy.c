// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Session security without extended session security: CRC32, one RC4 handle and
 * one counter for both directions; and the dummy signature.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../lib/tap.h"
#include "peer.h"
#include "tests.h"
#include "vectors.h"

#define FILE_DERIVED "derived_session_security.txt"
#define FILE_NTLMV1 "ntlmv1.txt"

#define FLAGS_LEGACY (NTLM_NEGOTIATE_UNICODE | NTLM_NEGOTIATE_NTLM |	\
		      NTLM_NEGOTIATE_ALWAYS_SIGN)
#define FLAGS_LEGACY_SEAL (FLAGS_LEGACY | NTLM_NEGOTIATE_SIGN |		\
			   NTLM_NEGOTIATE_SEAL)

#define N(array) (sizeof(array) / sizeof((array)[0]))

static const struct link_kind initiator = { .role = NTLM_ROLE_INITIATOR };
static const struct link_kind acceptor = { .role = NTLM_ROLE_ACCEPTOR };

static const uint8_t key[16] = "the session key";

static struct vector value(const char *prefix, const char *suffix)
{
	char name[64];

	snprintf(name, sizeof(name), "%s_%s", prefix, suffix);
	return vector_get(FILE_DERIVED, name);
}

static bool same(const uint8_t *got, size_t len, struct vector want)
{
	return len == want.len && !memcmp(got, want.data, len);
}

/* Message @n of a group is the kernel's. */
static void sends(struct link *l, const char *group, unsigned int n, enum op op)
{
	struct vector text = vector_get(FILE_DERIVED, "message");
	struct message m = { 0 };
	char name[48];

	snprintf(name, sizeof(name), "%s_%u_%s", group, n,
		 op == OP_SEAL ? "seal" : "sign");
	message_add(&m, text.data, text.len, op == OP_SEAL);
	CHECK_ERR(message_kernel(l, op, &m), 0);
	if (op == OP_SEAL)
		CHECK(same(m.part[0].out, text.len, value(name, "data")));
	CHECK(same(m.signature, 16, value(name, "sig")));
	message_free(&m);
}

/* Message @n of a group comes from the other side. */
static void receives(struct link *l, const char *group, unsigned int n,
		     enum op op)
{
	struct vector text = vector_get(FILE_DERIVED, "message"), sig;
	struct vector data = text;
	struct message m = { 0 };
	char name[48];

	snprintf(name, sizeof(name), "%s_%u_%s", group, n,
		 op == OP_UNSEAL ? "seal" : "sign");
	if (op == OP_UNSEAL)
		data = value(name, "data");
	sig = value(name, "sig");
	message_add(&m, data.data, data.len, op == OP_UNSEAL);
	CHECK_EQ(sig.len, 16);
	memcpy(m.signature, sig.data, 16);
	CHECK_ERR(message_kernel(l, op, &m), 0);
	if (op == OP_UNSEAL)
		CHECK(same(m.part[0].out, m.part[0].len, text));
	message_free(&m);
}

/* Once the kernel is the client, once the server. */
static void group(const char *name, uint32_t flags)
{
	struct vector k = vector_get(FILE_DERIVED, "exported_session_key");
	struct link l;

	link_open_as(&l, &initiator, flags, k.data);
	sends(&l, name, 0, OP_SEAL);
	receives(&l, name, 1, OP_UNSEAL);
	sends(&l, name, 2, OP_SIGN);
	receives(&l, name, 3, OP_VERIFY);
	link_close(&l);

	link_open_as(&l, &acceptor, flags, k.data);
	receives(&l, name, 0, OP_UNSEAL);
	sends(&l, name, 1, OP_SEAL);
	receives(&l, name, 2, OP_VERIFY);
	sends(&l, name, 3, OP_SIGN);
	link_close(&l);
}

void vectors_e_without_ess(void)
{
	group("e_plain", FLAGS_LEGACY_SEAL);
	/* 128 and 56 do not matter without LM_KEY. */
	group("e_plain", FLAGS_LEGACY_SEAL | NTLM_NEGOTIATE_56);
	group("e_plain", FLAGS_LEGACY_SEAL | NTLM_NEGOTIATE_128 |
			 NTLM_NEGOTIATE_KEY_EXCH);
}

void vectors_e_lm_key_56_bit(void)
{
	group("e_lmkey56", FLAGS_LEGACY_SEAL | NTLM_NEGOTIATE_LM_KEY |
			   NTLM_NEGOTIATE_56);
	group("e_lmkey56", FLAGS_LEGACY_SEAL | NTLM_NEGOTIATE_LM_KEY |
			   NTLM_NEGOTIATE_56 | NTLM_NEGOTIATE_128);
}

void vectors_e_lm_key_40_bit(void)
{
	group("e_lmkey40", FLAGS_LEGACY_SEAL | NTLM_NEGOTIATE_LM_KEY);
	group("e_lmkey40", FLAGS_LEGACY_SEAL | NTLM_NEGOTIATE_LM_KEY |
			   NTLM_NEGOTIATE_128);
}

/* The example of section 4.2.2.4 with and without its RandomPad */
void vectors_ntlmv1_both_random_pads(void)
{
	static const char *const forms[] = {
		"wrap_signature_as_printed", "wrap_signature_randompad_zero",
	};
	struct vector k = vector_get(FILE_NTLMV1, "exported_session_key");
	struct vector text = vector_get(FILE_NTLMV1, "wrap_plaintext");
	struct vector data = vector_get(FILE_NTLMV1, "wrap_sealed"), sig;
	struct message m = { 0 };
	unsigned int i;
	struct link l;

	message_add(&m, data.data, data.len, true);
	for (i = 0; i < N(forms); i++) {
		link_open_as(&l, &acceptor, FLAGS_LEGACY_SEAL |
			     NTLM_NEGOTIATE_KEY_EXCH, k.data);
		sig = vector_get(FILE_NTLMV1, forms[i]);
		memcpy(m.signature, sig.data, 16);
		CHECK_ERR(message_kernel(&l, OP_UNSEAL, &m), 0);
		CHECK(same(m.part[0].out, m.part[0].len, text));
		link_close(&l);
	}
	message_free(&m);

	link_open_as(&l, &initiator, FLAGS_LEGACY_SEAL |
		     NTLM_NEGOTIATE_KEY_EXCH, k.data);
	message_add(&m, text.data, text.len, true);
	CHECK_ERR(message_kernel(&l, OP_SEAL, &m), 0);
	CHECK(same(m.part[0].out, m.part[0].len, data));
	CHECK(same(m.signature, 16, vector_get(FILE_NTLMV1, forms[1])));
	message_free(&m);
	link_close(&l);
}

static void random_no_sign(struct message *m, struct rng *r)
{
	for (unsigned int i = 0; i < m->n; i++)
		m->part[i].no_sign = !rng_below(r, 4);
}

static void to_peer(struct link *l, struct peer *p, struct rng *r, enum op op)
{
	struct message m;

	message_random(&m, r, op == OP_SEAL, 600);
	random_no_sign(&m, r);
	CHECK_ERR(message_kernel(l, op, &m), 0);
	CHECK(peer_check(p, &m));
	message_free(&m);
}

static void from_peer(struct link *l, struct peer *p, struct rng *r, enum op op)
{
	struct message m, plain;
	uint8_t bit = (uint8_t)(1 << rng_below(r, 8));
	size_t byte = 8 + rng_below(r, 8);

	message_random(&m, r, op == OP_UNSEAL, 600);
	random_no_sign(&m, r);
	peer_make(p, &m, &plain);
	if (!rng_below(r, 4)) {
		m.signature[byte] ^= bit;
		CHECK_ERR(message_kernel(l, op, &m), -EBADMSG);
		CHECK(message_zeroed(&m));
		m.signature[byte] ^= bit;
	}
	CHECK_ERR(message_kernel(l, op, &m), 0);
	CHECK(message_equal(&m, &plain));
	message_free(&m);
	message_free(&plain);
}

/* Whose turn it is is thrown for: both ends know, as a protocol would. */
static void converse(struct link *l, struct peer *p, struct rng *r,
		     unsigned int messages)
{
	bool seals = l->flags & NTLM_NEGOTIATE_SEAL;

	while (messages--) {
		switch (rng_below(r, seals ? 4 : 2)) {
		case 0:
			to_peer(l, p, r, OP_SIGN);
			break;
		case 1:
			from_peer(l, p, r, OP_VERIFY);
			break;
		case 2:
			to_peer(l, p, r, OP_SEAL);
			break;
		default:
			from_peer(l, p, r, OP_UNSEAL);
		}
	}
}

void legacy_flags_and_strengths(void)
{
	static const uint32_t protections[] = {
		NTLM_NEGOTIATE_SIGN, NTLM_NEGOTIATE_SEAL,
		NTLM_NEGOTIATE_SIGN | NTLM_NEGOTIATE_SEAL,
	};
	static const uint32_t strengths[] = {
		NTLM_NEGOTIATE_128, NTLM_NEGOTIATE_56, 0,
		NTLM_NEGOTIATE_LM_KEY | NTLM_NEGOTIATE_128,
		NTLM_NEGOTIATE_LM_KEY | NTLM_NEGOTIATE_128 | NTLM_NEGOTIATE_56,
		NTLM_NEGOTIATE_LM_KEY | NTLM_NEGOTIATE_56,
		NTLM_NEGOTIATE_LM_KEY,
	};
	uint64_t seed = rng_seed();
	struct rng r = rng_seeded(seed, 7);
	const struct link_kind *kind;
	unsigned int p, s, x, role;
	struct peer peer;
	uint8_t random_key[16];
	struct link l;

	tap_note("SEED=%llu", (unsigned long long)seed);
	for (p = 0; p < N(protections); p++)
		for (s = 0; s < N(strengths); s++)
			for (x = 0; x < 2; x++)
				for (role = 0; role < 2; role++) {
					kind = role ? &acceptor : &initiator;
					rng_bytes(&r, random_key, 16);
					link_open_as(&l, kind, FLAGS_LEGACY |
						     protections[p] |
						     strengths[s] | (x ?
						     NTLM_NEGOTIATE_KEY_EXCH :
						     0), random_key);
					peer_open(&peer, &l, kind->role);
					converse(&l, &peer, &r, 24);
					link_close(&l);
				}
}

void legacy_half_duplex_conversation(void)
{
	uint64_t seed = rng_seed();
	struct rng r = rng_seeded(seed, 8);
	struct peer peer;
	struct link l;

	tap_note("SEED=%llu", (unsigned long long)seed);
	link_open_as(&l, &initiator, FLAGS_LEGACY_SEAL, key);
	peer_open(&peer, &l, NTLM_ROLE_INITIATOR);
	converse(&l, &peer, &r, 3000);
	link_close(&l);
}

/* Every bit of a message, of its signature but RandomPad */
static void flip_all(uint32_t flags, enum op op, enum memory dst)
{
	static const uint8_t text[29] = "this is what is signed and se";
	struct message m, plain;
	struct peer peer;
	struct link l;
	unsigned int at;
	uint8_t bit, *byte;
	bool pad;

	link_open_as(&l, &initiator, flags, key);
	peer_open(&peer, &l, NTLM_ROLE_INITIATOR);
	for (at = 0; at < sizeof(text) + 16; at++)
		for (bit = 1; bit; bit = (uint8_t)(bit << 1)) {
			memset(&m, 0, sizeof(m));
			message_add(&m, text, 9, false);
			message_add(&m, text + 9, sizeof(text) - 9,
				    op == OP_UNSEAL);
			m.part[1].dst.shape = dst;
			peer_make(&peer, &m, &plain);
			pad = at >= sizeof(text) + 4 && at < sizeof(text) + 8;
			byte = at < 9 ? &m.part[0].in[at] :
			       at < sizeof(text) ? &m.part[1].in[at - 9] :
			       &m.signature[at - sizeof(text)];
			*byte ^= bit;
			CHECK_ERR(message_kernel(&l, op, &m),
				  pad ? 0 : -EBADMSG);
			if (!pad) {
				CHECK(message_zeroed(&m));
				*byte ^= bit;
				CHECK_ERR(message_kernel(&l, op, &m), 0);
			}
			CHECK(message_equal(&m, &plain));
			message_free(&m);
			message_free(&plain);
		}
	link_close(&l);
}

void legacy_flipped_bits_unseal(void)
{
	flip_all(FLAGS_LEGACY_SEAL, OP_UNSEAL, MEM_PAGES);
	flip_all(FLAGS_LEGACY_SEAL | NTLM_NEGOTIATE_LM_KEY, OP_UNSEAL,
		 MEM_IN_PLACE);
}

void legacy_flipped_bits_verify(void)
{
	flip_all(FLAGS_LEGACY | NTLM_NEGOTIATE_SIGN, OP_VERIFY, MEM_LINEAR);
}

/* Who sends at the wrong time is not understood, and nothing is lost. */
void legacy_crossing_messages(void)
{
	struct message m = { 0 }, early, plain, again = { 0 };
	struct peer peer, asleep;
	struct link l;

	link_open_as(&l, &initiator, FLAGS_LEGACY_SEAL, key);
	peer_open(&peer, &l, NTLM_ROLE_INITIATOR);
	asleep = peer;
	message_add(&m, "to the server", 13, true);
	CHECK_ERR(message_kernel(&l, OP_SEAL, &m), 0);

	/* The server sends its own number 0. */
	memset(&early, 0, sizeof(early));
	message_add(&early, "to the client", 13, true);
	peer_make(&asleep, &early, &plain);
	CHECK_ERR(message_kernel(&l, OP_UNSEAL, &early), -EBADMSG);
	CHECK(message_zeroed(&early));
	message_free(&early);
	message_free(&plain);

	/* What was sent is no answer to itself. */
	message_add(&again, m.part[0].out, 13, true);
	memcpy(again.signature, m.signature, 16);
	CHECK_ERR(message_kernel(&l, OP_UNSEAL, &again), -EBADMSG);
	message_free(&again);

	CHECK(peer_check(&peer, &m));
	message_free(&m);
	memset(&early, 0, sizeof(early));
	message_add(&early, "to the client", 13, true);
	peer_make(&peer, &early, &plain);
	CHECK_ERR(message_kernel(&l, OP_UNSEAL, &early), 0);
	CHECK(message_equal(&early, &plain));
	CHECK_ERR(message_kernel(&l, OP_UNSEAL, &early), -EBADMSG);
	message_free(&early);
	message_free(&plain);
	link_close(&l);
}

/* With extended session security the flag changes nothing. */
void segments_that_need_no_signature(void)
{
	struct message m = { 0 }, plain;
	struct peer peer;
	struct link l;

	link_open(&l, FLAGS_SEAL);
	message_add(&m, "signed", 6, false);
	message_add(&m, "signed all the same", 19, false)->no_sign = true;
	message_add(&m, "sealed and signed", 17, true)->no_sign = true;
	CHECK_ERR(message_kernel(&l, OP_SEAL, &m), 0);
	CHECK(message_server_check(&l, &m));
	message_server_make(&l, &m, &plain);
	m.part[1].in[0] ^= 1;
	CHECK_ERR(message_kernel(&l, OP_UNSEAL, &m), -EBADMSG);
	m.part[1].in[0] ^= 1;
	CHECK_ERR(message_kernel(&l, OP_UNSEAL, &m), 0);
	CHECK(message_equal(&m, &plain));
	message_free(&plain);
	message_free(&m);
	link_close(&l);

	link_open_as(&l, &initiator, FLAGS_LEGACY_SEAL, key);
	peer_open(&peer, &l, NTLM_ROLE_INITIATOR);
	memset(&m, 0, sizeof(m));
	message_add(&m, "signed", 6, false);
	message_add(&m, "left out", 8, false)->no_sign = true;
	message_add(&m, "sealed and left out", 19, true)->no_sign = true;
	CHECK_ERR(message_kernel(&l, OP_SEAL, &m), 0);
	CHECK(peer_check(&peer, &m));
	peer_make(&peer, &m, &plain);
	m.part[1].in[0] ^= 1;
	m.part[2].in[3] ^= 1;
	CHECK_ERR(message_kernel(&l, OP_UNSEAL, &m), 0);
	plain.part[2].in[3] ^= 1;
	CHECK(message_equal(&m, &plain));
	message_free(&plain);
	message_free(&m);
	link_close(&l);
}

/* Neither the kernel's client nor its helper alone can choose the weak one. */
void legacy_only_if_allowed(void)
{
	static const struct link_kind strict = {
		.role = NTLM_ROLE_INITIATOR, .strict = true,
	};
	struct link l;

	CHECK_ERR(link_try(&l, &strict, FLAGS_LEGACY_SEAL, key), -EOPNOTSUPP);
	link_close(&l);
	CHECK_ERR(link_try(&l, &initiator, FLAGS_LEGACY_SEAL, key), 0);
	link_close(&l);
}

void dummy_signature(void)
{
	static const uint32_t flags[] = { FLAGS_STRONG, FLAGS_LEGACY };
	struct vector dummy = vector_get(FILE_DERIVED, "f_dummy_signature");
	struct message m = { 0 };
	unsigned int i, at, round;
	struct link l;
	uint8_t bit;

	message_add(&m, "unprotected", 11, false);
	for (i = 0; i < N(flags); i++) {
		link_open_as(&l, &initiator, flags[i], key);
		for (round = 0; round < 3; round++) {
			memset(m.signature, 0x5a, sizeof(m.signature));
			CHECK_ERR(message_kernel(&l, OP_SIGN, &m), 0);
			CHECK(same(m.signature, 16, dummy));
		}
		for (at = 0; at < 16; at++)
			for (bit = 1; bit; bit = (uint8_t)(bit << 1)) {
				m.signature[at] ^= bit;
				CHECK_ERR(message_kernel(&l, OP_VERIFY, &m),
					  -EBADMSG);
				m.signature[at] ^= bit;
			}
		CHECK_ERR(message_kernel(&l, OP_VERIFY, &m), 0);
		CHECK_ERR(message_kernel(&l, OP_VERIFY, &m), 0);
		CHECK_ERR(message_kernel(&l, OP_SEAL, &m), -EOPNOTSUPP);
		CHECK_ERR(message_kernel(&l, OP_UNSEAL, &m), -EOPNOTSUPP);
		m.part[0].sealed = true;
		CHECK_ERR(message_kernel(&l, OP_SEAL, &m), -EOPNOTSUPP);
		CHECK_ERR(message_kernel(&l, OP_UNSEAL, &m), -EOPNOTSUPP);
		m.part[0].sealed = false;
		link_close(&l);
	}
	/* Where SIGN was negotiated it is a forgery. */
	link_open_as(&l, &initiator, FLAGS_LEGACY_SEAL, key);
	memcpy(m.signature, dummy.data, 16);
	CHECK_ERR(message_kernel(&l, OP_VERIFY, &m), -EBADMSG);
	link_close(&l);
	message_free(&m);
}
