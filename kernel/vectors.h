/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Test vectors of session security with extended session security, computed
 * from the algorithms of [MS-NLMP] section 3.4 with the key of section 4.2.1.
 * Bytes are in hexadecimal.
 */
#ifndef _NTLM_VECTORS_H
#define _NTLM_VECTORS_H

#include <linux/ntlm.h>

#define NTLM_VECTOR_KEY "55555555555555555555555555555555"

/* "Plaintext" in UTF-16LE */
#define NTLM_VECTOR_TEXT "50006c00610069006e007400650078007400"

#define NTLM_VECTOR_BYTES						\
	"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f" \
	"202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"

#define NTLM_VECTOR_BYTES_SEALED					\
	"b843fdcbf48e262a79b9bcf173465bb4cde915a62abdfb3fa5ac5ba448d4d074" \
	"3a487667be8e3ed4419e9c7a810a56f65284c3bc2443ca9dbba34a6cc49ba830"

#define NTLM_VECTOR_ESS (NTLM_NEGOTIATE_SIGN | NTLM_NEGOTIATE_SEAL |	\
			 NTLM_NEGOTIATE_EXTENDED_SESSIONSECURITY)

/**
 * struct ntlm_key_vector - SIGNKEY or SEALKEY
 * @sender: whose messages the key protects
 * @flags: strength
 * @key: the expected key
 */
struct ntlm_key_vector {
	enum ntlm_role	sender;
	u32		flags;
	const char	*key;
};

static const struct ntlm_key_vector __maybe_unused ntlm_signkey_vectors[] = {
	{ NTLM_ROLE_INITIATOR, 0, "4788dc861b4782f35d43fd98fe1a2d39" },
	{ NTLM_ROLE_ACCEPTOR, 0, "d04d6f10741041d1d246d64188d7a8ad" },
};

static const struct ntlm_key_vector __maybe_unused ntlm_sealkey_vectors[] = {
	{ NTLM_ROLE_INITIATOR, NTLM_NEGOTIATE_128,
	  "59f600973cc4960a25480a7c196e4c58" },
	{ NTLM_ROLE_ACCEPTOR, NTLM_NEGOTIATE_128,
	  "9355f3a957c1583d25c4c2f11e40390e" },
	{ NTLM_ROLE_INITIATOR, NTLM_NEGOTIATE_128 | NTLM_NEGOTIATE_56,
	  "59f600973cc4960a25480a7c196e4c58" },
	{ NTLM_ROLE_INITIATOR, NTLM_NEGOTIATE_56,
	  "a5f7253c1065e8d3d68642040e71cfe0" },
	{ NTLM_ROLE_ACCEPTOR, NTLM_NEGOTIATE_56,
	  "583e2f98959b385cd158f3734b5f5d3f" },
	{ NTLM_ROLE_INITIATOR, 0, "42f964a471091a02ff4a77455366e4e5" },
	{ NTLM_ROLE_ACCEPTOR, 0, "c5d3853b406b7c1241c595f0ce0750e2" },
};

/**
 * struct ntlm_message_vector - a protected message
 * @head: signed only, before the message
 * @plain: the message
 * @tail: signed only, after the message
 * @data: the sealed message; NULL if all is signed only
 * @signature: the expected signature
 */
struct ntlm_message_vector {
	const char	*head;
	const char	*plain;
	const char	*tail;
	const char	*data;
	const char	*signature;
};

/**
 * struct ntlm_stream_vector - messages of one direction, in their order
 * @name: group and direction
 * @sender: who sends them
 * @flags: negotiated flags
 * @count: number of messages
 * @messages: the messages
 */
struct ntlm_stream_vector {
	const char			*name;
	enum ntlm_role			sender;
	u32				flags;
	unsigned int			count;
	struct ntlm_message_vector	messages[5];
};

static const struct ntlm_stream_vector __maybe_unused ntlm_stream_vectors[] = {
	{
		"A client to server", NTLM_ROLE_INITIATOR,
		NTLM_VECTOR_ESS | NTLM_NEGOTIATE_128 | NTLM_NEGOTIATE_KEY_EXCH,
		5, {
			{ "", NTLM_VECTOR_TEXT, "",
			  "54e50165bf1936dc996020c1811b0f06fb5f",
			  "010000007fb38ec5c55d497600000000" },
			{ "", NTLM_VECTOR_TEXT, "",
			  "64c308e09ea236e7f4232553c94a01e700fa",
			  "01000000255405955d31d8c401000000" },
			{ "", NTLM_VECTOR_TEXT, "", NULL,
			  "0100000076be393509bfe25602000000" },
			{ "", NTLM_VECTOR_BYTES, "",
			  NTLM_VECTOR_BYTES_SEALED,
			  "0100000088e6c962db39b9ee03000000" },
			{ "", "", "", NULL,
			  "0100000041eabf6149d61c4f04000000" },
		},
	}, {
		"A server to client", NTLM_ROLE_ACCEPTOR,
		NTLM_VECTOR_ESS | NTLM_NEGOTIATE_128 | NTLM_NEGOTIATE_KEY_EXCH,
		2, {
			{ "", NTLM_VECTOR_TEXT, "",
			  "160871b730ba74e946c453d7465b54278dd0",
			  "01000000b298b847ce7c580700000000" },
			{ "", NTLM_VECTOR_TEXT, "",
			  "3db8ae180836dceebba76946aab5e969c977",
			  "010000001c358b931a2feeb201000000" },
		},
	}, {
		"B associated data", NTLM_ROLE_INITIATOR,
		NTLM_VECTOR_ESS | NTLM_NEGOTIATE_128 | NTLM_NEGOTIATE_KEY_EXCH,
		1, {
			{ "0500000310000000", NTLM_VECTOR_TEXT,
			  "0a06000001000000",
			  "54e50165bf1936dc996020c1811b0f06fb5f",
			  "01000000e2ddb5df053410bc00000000" },
		},
	}, {
		"C no key exchange", NTLM_ROLE_INITIATOR,
		NTLM_VECTOR_ESS | NTLM_NEGOTIATE_128,
		3, {
			{ "", NTLM_VECTOR_TEXT, "",
			  "54e50165bf1936dc996020c1811b0f06fb5f",
			  "0100000070352851f256430900000000" },
			{ "", NTLM_VECTOR_TEXT, "", NULL,
			  "01000000126c5d58da2144d601000000" },
			{ "", NTLM_VECTOR_TEXT, "",
			  "5f86ca94560b637f5ac310e09aa227e7ee23",
			  "0100000034125d200fef418202000000" },
		},
	}, {
		"D 56 bit", NTLM_ROLE_INITIATOR,
		NTLM_VECTOR_ESS | NTLM_NEGOTIATE_56 | NTLM_NEGOTIATE_KEY_EXCH,
		1, {
			{ "", NTLM_VECTOR_TEXT, "",
			  "3ed8592ded01e9633dbd84c159a15ba98ed3",
			  "01000000233d79ae80a7160c00000000" },
		},
	}, {
		"D 40 bit", NTLM_ROLE_INITIATOR,
		NTLM_VECTOR_ESS | NTLM_NEGOTIATE_KEY_EXCH,
		1, {
			{ "", NTLM_VECTOR_TEXT, "",
			  "4cbc1cb161a9aaedb1c3a66e896c2302010e",
			  "01000000f89c516851fbc5d400000000" },
		},
	},
};

/*
 * Signatures that the first message of "A client to server" must not pass
 * with: wrong version, checksum and number, and the dummy of section 3.4.4.3.
 */
static const char * const ntlm_bad_signatures[] __maybe_unused = {
	"020000007fb38ec5c55d497600000000",
	"010000007fb38ec5c55d497700000000",
	"010000007fb38ec5c55d497601000000",
	"01000000000000000000000000000000",
};

#endif /* _NTLM_VECTORS_H */
