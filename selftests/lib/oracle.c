// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Session security as [MS-NLMP] section 3.4 words it, in user space.
 */
#include <assert.h>
#include <nettle/hmac.h>
#include <nettle/md5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "oracle.h"

#define FLAG_56		0x80000000u
#define FLAG_KEY_EXCH	0x40000000u
#define FLAG_128	0x20000000u

static void put_le32(uint8_t out[4], uint32_t value)
{
	for (int i = 0; i < 4; i++)
		out[i] = (uint8_t)(value >> (8 * i));
}

/* MD5(ConcatenationOf(key, magic)); the magic constants include their NUL. */
static void md5_of(const uint8_t *key, size_t key_len, const char *magic,
		   uint8_t out[MD5_DIGEST_SIZE])
{
	struct md5_ctx md5;

	md5_init(&md5);
	md5_update(&md5, key_len, key);
	md5_update(&md5, strlen(magic) + 1, (const uint8_t *)magic);
	md5_digest(&md5, MD5_DIGEST_SIZE, out);
}

void oracle_signkey(enum oracle_side side, const uint8_t key[ORACLE_KEY_SIZE],
		    uint8_t out[ORACLE_KEY_SIZE])
{
	md5_of(key, 16, side == ORACLE_CLIENT ?
	       "session key to client-to-server signing key magic constant" :
	       "session key to server-to-client signing key magic constant",
	       out);
}

void oracle_sealkey(enum oracle_side side, uint32_t flags,
		    const uint8_t key[ORACLE_KEY_SIZE],
		    uint8_t out[ORACLE_KEY_SIZE])
{
	size_t len = flags & FLAG_128 ? 16 : flags & FLAG_56 ? 7 : 5;

	md5_of(key, len, side == ORACLE_CLIENT ?
	       "session key to client-to-server sealing key magic constant" :
	       "session key to server-to-client sealing key magic constant",
	       out);
}

static void direction_init(struct oracle_direction *d, enum oracle_side side,
			   uint32_t flags, const uint8_t key[ORACLE_KEY_SIZE])
{
	uint8_t sealing_key[ORACLE_KEY_SIZE];

	oracle_signkey(side, key, d->signing_key);
	oracle_sealkey(side, flags, key, sealing_key);
	arcfour_set_key(&d->handle, sizeof(sealing_key), sealing_key);
	d->seq_num = 0;
}

void oracle_init(struct oracle *o, enum oracle_side side, uint32_t flags,
		 const uint8_t key[ORACLE_KEY_SIZE])
{
	o->key_exch = flags & FLAG_KEY_EXCH;
	direction_init(&o->send, side, flags, key);
	direction_init(&o->recv,
		       side == ORACLE_CLIENT ? ORACLE_SERVER : ORACLE_CLIENT,
		       flags, key);
}

static void crypt_parts(struct oracle_direction *d,
			const struct oracle_part *parts, size_t nparts)
{
	for (size_t i = 0; i < nparts; i++)
		if (parts[i].sealed)
			arcfour_crypt(&d->handle, parts[i].len, parts[i].data,
				      parts[i].data);
}

/* HMAC_MD5(SigningKey, ConcatenationOf(SeqNum, Message))[0..7] */
static void checksum_of(const struct oracle_direction *d,
			const struct oracle_part *parts, size_t nparts,
			uint8_t checksum[8])
{
	struct hmac_md5_ctx hmac;
	uint8_t seq[4];

	put_le32(seq, d->seq_num);
	hmac_md5_set_key(&hmac, sizeof(d->signing_key), d->signing_key);
	hmac_md5_update(&hmac, sizeof(seq), seq);
	for (size_t i = 0; i < nparts; i++)
		hmac_md5_update(&hmac, parts[i].len, parts[i].data);
	hmac_md5_digest(&hmac, 8, checksum);
}

/* MAC(Handle, SigningKey, SeqNum, Message), without the step of SeqNum */
static void mac(struct oracle_direction *d, bool key_exch,
		const uint8_t checksum[8],
		uint8_t signature[ORACLE_SIGNATURE_SIZE])
{
	put_le32(signature, 1);
	if (key_exch)
		arcfour_crypt(&d->handle, 8, signature + 4, checksum);
	else
		memcpy(signature + 4, checksum, 8);
	put_le32(signature + 12, d->seq_num);
}

static void protect(struct oracle *o, const struct oracle_part *parts,
		    size_t nparts, bool seal,
		    uint8_t signature[ORACLE_SIGNATURE_SIZE])
{
	uint8_t checksum[8];

	checksum_of(&o->send, parts, nparts, checksum);
	if (seal)
		crypt_parts(&o->send, parts, nparts);
	mac(&o->send, o->key_exch, checksum, signature);
	o->send.seq_num++;
}

static bool unprotect(struct oracle *o, const struct oracle_part *parts,
		      size_t nparts, bool unseal,
		      const uint8_t signature[ORACLE_SIGNATURE_SIZE])
{
	struct oracle_direction saved = o->recv;
	uint8_t checksum[8], expected[ORACLE_SIGNATURE_SIZE];

	if (unseal)
		crypt_parts(&o->recv, parts, nparts);
	checksum_of(&o->recv, parts, nparts, checksum);
	mac(&o->recv, o->key_exch, checksum, expected);
	if (memcmp(signature, expected, sizeof(expected)) != 0) {
		o->recv = saved;
		return false;
	}
	o->recv.seq_num++;
	return true;
}

void oracle_sign(struct oracle *o, const struct oracle_part *parts,
		 size_t nparts, uint8_t signature[ORACLE_SIGNATURE_SIZE])
{
	protect(o, parts, nparts, false, signature);
}

void oracle_seal(struct oracle *o, const struct oracle_part *parts,
		 size_t nparts, uint8_t signature[ORACLE_SIGNATURE_SIZE])
{
	protect(o, parts, nparts, true, signature);
}

bool oracle_verify(struct oracle *o, const struct oracle_part *parts,
		   size_t nparts,
		   const uint8_t signature[ORACLE_SIGNATURE_SIZE])
{
	return unprotect(o, parts, nparts, false, signature);
}

bool oracle_unseal(struct oracle *o, const struct oracle_part *parts,
		   size_t nparts,
		   const uint8_t signature[ORACLE_SIGNATURE_SIZE])
{
	return unprotect(o, parts, nparts, true, signature);
}

/*
 * What the session keys and messages of 16 times 0x55 are: groups A to D of
 * selftests/vectors/derived_session_security.txt.
 */

#define TEXT "50006c00610069006e007400650078007400"
#define FULL (FLAG_128 | FLAG_KEY_EXCH)

struct key_check {
	enum oracle_side	side;
	bool			seal;
	uint32_t		flags;
	const char		*key;
};

static const struct key_check key_checks[] = {
	{ ORACLE_CLIENT, false, 0, "4788dc861b4782f35d43fd98fe1a2d39" },
	{ ORACLE_SERVER, false, 0, "d04d6f10741041d1d246d64188d7a8ad" },
	{ ORACLE_CLIENT, true, FLAG_128, "59f600973cc4960a25480a7c196e4c58" },
	{ ORACLE_SERVER, true, FLAG_128, "9355f3a957c1583d25c4c2f11e40390e" },
	{ ORACLE_CLIENT, true, FLAG_56, "a5f7253c1065e8d3d68642040e71cfe0" },
	{ ORACLE_SERVER, true, FLAG_56, "583e2f98959b385cd158f3734b5f5d3f" },
	{ ORACLE_CLIENT, true, 0, "42f964a471091a02ff4a77455366e4e5" },
	{ ORACLE_SERVER, true, 0, "c5d3853b406b7c1241c595f0ce0750e2" },
};

/* The first message of a side begins its session; @data NULL: signed only. */
struct message_check {
	const char		*name;
	enum oracle_side	side;
	bool			first;
	uint32_t		flags;
	const char		*head;
	const char		*plain;
	const char		*tail;
	const char		*data;
	const char		*signature;
};

static const struct message_check message_checks[] = {
	{ "a_c2s_0", ORACLE_CLIENT, true, FULL, "", TEXT, "",
	  "54e50165bf1936dc996020c1811b0f06fb5f",
	  "010000007fb38ec5c55d497600000000" },
	{ "a_c2s_1", ORACLE_CLIENT, false, FULL, "", TEXT, "",
	  "64c308e09ea236e7f4232553c94a01e700fa",
	  "01000000255405955d31d8c401000000" },
	{ "a_c2s_2", ORACLE_CLIENT, false, FULL, "", TEXT, "", NULL,
	  "0100000076be393509bfe25602000000" },
	{ "a_c2s_3", ORACLE_CLIENT, false, FULL, "",
	  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
	  "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f",
	  "",
	  "b843fdcbf48e262a79b9bcf173465bb4cde915a62abdfb3fa5ac5ba448d4d074"
	  "3a487667be8e3ed4419e9c7a810a56f65284c3bc2443ca9dbba34a6cc49ba830",
	  "0100000088e6c962db39b9ee03000000" },
	{ "a_c2s_4", ORACLE_CLIENT, false, FULL, "", "", "", NULL,
	  "0100000041eabf6149d61c4f04000000" },
	{ "a_s2c_0", ORACLE_SERVER, true, FULL, "", TEXT, "",
	  "160871b730ba74e946c453d7465b54278dd0",
	  "01000000b298b847ce7c580700000000" },
	{ "a_s2c_1", ORACLE_SERVER, false, FULL, "", TEXT, "",
	  "3db8ae180836dceebba76946aab5e969c977",
	  "010000001c358b931a2feeb201000000" },
	{ "b", ORACLE_CLIENT, true, FULL, "0500000310000000", TEXT,
	  "0a06000001000000", "54e50165bf1936dc996020c1811b0f06fb5f",
	  "01000000e2ddb5df053410bc00000000" },
	{ "c_c2s_0", ORACLE_CLIENT, true, FLAG_128, "", TEXT, "",
	  "54e50165bf1936dc996020c1811b0f06fb5f",
	  "0100000070352851f256430900000000" },
	{ "c_c2s_1", ORACLE_CLIENT, false, FLAG_128, "", TEXT, "", NULL,
	  "01000000126c5d58da2144d601000000" },
	{ "c_c2s_2", ORACLE_CLIENT, false, FLAG_128, "", TEXT, "",
	  "5f86ca94560b637f5ac310e09aa227e7ee23",
	  "0100000034125d200fef418202000000" },
	{ "d_56", ORACLE_CLIENT, true, FLAG_56 | FLAG_KEY_EXCH, "", TEXT, "",
	  "3ed8592ded01e9633dbd84c159a15ba98ed3",
	  "01000000233d79ae80a7160c00000000" },
	{ "d_40", ORACLE_CLIENT, true, FLAG_KEY_EXCH, "", TEXT, "",
	  "4cbc1cb161a9aaedb1c3a66e896c2302010e",
	  "01000000f89c516851fbc5d400000000" },
};

static size_t unhex(uint8_t *out, size_t room, const char *hex)
{
	size_t len = strlen(hex) / 2;
	char byte[3] = "";

	assert(len <= room);
	for (size_t i = 0; i < len; i++) {
		memcpy(byte, hex + 2 * i, 2);
		out[i] = (uint8_t)strtoul(byte, NULL, 16);
	}
	return len;
}

static bool check_keys(const uint8_t key[ORACLE_KEY_SIZE])
{
	uint8_t expected[ORACLE_KEY_SIZE], out[ORACLE_KEY_SIZE];
	bool ok = true;

	for (size_t i = 0; i < sizeof(key_checks) / sizeof(*key_checks); i++) {
		const struct key_check *c = &key_checks[i];

		unhex(expected, sizeof(expected), c->key);
		if (c->seal)
			oracle_sealkey(c->side, c->flags, key, out);
		else
			oracle_signkey(c->side, key, out);
		if (memcmp(out, expected, sizeof(out)) == 0)
			continue;
		fprintf(stderr, "oracle: key %zu is wrong\n", i);
		ok = false;
	}
	return ok;
}

static bool check_message(struct oracle *sender, struct oracle *receiver,
			  const struct message_check *c)
{
	uint8_t head[64], plain[64], tail[64], text[64], data[64];
	uint8_t signature[ORACLE_SIGNATURE_SIZE];
	uint8_t expected[ORACLE_SIGNATURE_SIZE];
	struct oracle_part parts[] = {
		{ head, unhex(head, sizeof(head), c->head), false },
		{ plain, unhex(plain, sizeof(plain), c->plain), c->data },
		{ tail, unhex(tail, sizeof(tail), c->tail), false },
	};
	size_t len = parts[1].len;

	memcpy(text, plain, len);
	unhex(data, sizeof(data), c->data ? c->data : c->plain);
	unhex(expected, sizeof(expected), c->signature);

	if (c->data)
		oracle_seal(sender, parts, 3, signature);
	else
		oracle_sign(sender, parts, 3, signature);
	if (memcmp(signature, expected, sizeof(expected)) != 0 ||
	    memcmp(plain, data, len) != 0)
		return false;
	signature[4] ^= 1;
	if (unprotect(receiver, parts, 3, c->data, signature))
		return false;
	signature[4] ^= 1;
	memcpy(plain, data, len);
	return unprotect(receiver, parts, 3, c->data, signature) &&
	       memcmp(plain, text, len) == 0;
}

bool oracle_selfcheck(void)
{
	uint8_t key[ORACLE_KEY_SIZE];
	struct oracle client, server;
	bool ok;

	memset(key, 0x55, sizeof(key));
	ok = check_keys(key);
	for (size_t i = 0; i < sizeof(message_checks) / sizeof(*message_checks);
	     i++) {
		const struct message_check *c = &message_checks[i];
		bool from_client = c->side == ORACLE_CLIENT;

		if (c->first) {
			oracle_init(&client, ORACLE_CLIENT, c->flags, key);
			oracle_init(&server, ORACLE_SERVER, c->flags, key);
		}
		if (check_message(from_client ? &client : &server,
				  from_client ? &server : &client, c))
			continue;
		fprintf(stderr, "oracle: message %s is wrong\n", c->name);
		ok = false;
	}
	return ok;
}
