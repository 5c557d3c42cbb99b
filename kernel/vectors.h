/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Test vectors of session security, computed from the algorithms of [MS-NLMP]
 * section 3.4 with the key of section 4.2.1.  Bytes are in hexadecimal.
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

#define NTLM_VECTOR_FULL (NTLM_VECTOR_ESS | NTLM_NEGOTIATE_128 |	\
			  NTLM_NEGOTIATE_KEY_EXCH)

/* Without extended session security */
#define NTLM_VECTOR_CRC (NTLM_NEGOTIATE_SIGN | NTLM_NEGOTIATE_SEAL)

/* Connectionless, with extended session security */
#define NTLM_VECTOR_DATAGRAM (NTLM_VECTOR_FULL | NTLM_NEGOTIATE_DATAGRAM)

/**
 * struct ntlm_key_vector - SIGNKEY or SEALKEY
 * @sender: whose messages the key protects
 * @flags: strength
 * @key: the expected key, 16 or 8 bytes
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
	{ NTLM_ROLE_INITIATOR, NTLM_VECTOR_ESS | NTLM_NEGOTIATE_128,
	  "59f600973cc4960a25480a7c196e4c58" },
	{ NTLM_ROLE_ACCEPTOR, NTLM_VECTOR_ESS | NTLM_NEGOTIATE_128,
	  "9355f3a957c1583d25c4c2f11e40390e" },
	{ NTLM_ROLE_INITIATOR,
	  NTLM_VECTOR_ESS | NTLM_NEGOTIATE_128 | NTLM_NEGOTIATE_56,
	  "59f600973cc4960a25480a7c196e4c58" },
	{ NTLM_ROLE_INITIATOR, NTLM_VECTOR_ESS | NTLM_NEGOTIATE_56,
	  "a5f7253c1065e8d3d68642040e71cfe0" },
	{ NTLM_ROLE_ACCEPTOR, NTLM_VECTOR_ESS | NTLM_NEGOTIATE_56,
	  "583e2f98959b385cd158f3734b5f5d3f" },
	{ NTLM_ROLE_INITIATOR, NTLM_VECTOR_ESS,
	  "42f964a471091a02ff4a77455366e4e5" },
	{ NTLM_ROLE_ACCEPTOR, NTLM_VECTOR_ESS,
	  "c5d3853b406b7c1241c595f0ce0750e2" },
	/* LM_KEY counts without extended session security only. */
	{ NTLM_ROLE_INITIATOR,
	  NTLM_VECTOR_ESS | NTLM_NEGOTIATE_128 | NTLM_NEGOTIATE_LM_KEY,
	  "59f600973cc4960a25480a7c196e4c58" },
	{ NTLM_ROLE_INITIATOR, NTLM_VECTOR_CRC, NTLM_VECTOR_KEY },
	{ NTLM_ROLE_ACCEPTOR, NTLM_VECTOR_CRC, NTLM_VECTOR_KEY },
	{ NTLM_ROLE_INITIATOR, NTLM_VECTOR_CRC | NTLM_NEGOTIATE_56,
	  NTLM_VECTOR_KEY },
	{ NTLM_ROLE_INITIATOR,
	  NTLM_VECTOR_CRC | NTLM_NEGOTIATE_LM_KEY | NTLM_NEGOTIATE_56,
	  "55555555555555a0" },
	{ NTLM_ROLE_ACCEPTOR,
	  NTLM_VECTOR_CRC | NTLM_NEGOTIATE_LM_KEY | NTLM_NEGOTIATE_56 |
	  NTLM_NEGOTIATE_128, "55555555555555a0" },
	{ NTLM_ROLE_INITIATOR, NTLM_VECTOR_CRC | NTLM_NEGOTIATE_LM_KEY,
	  "5555555555e538b0" },
	/* There is no 128-bit form. */
	{ NTLM_ROLE_ACCEPTOR,
	  NTLM_VECTOR_CRC | NTLM_NEGOTIATE_LM_KEY | NTLM_NEGOTIATE_128,
	  "5555555555e538b0" },
	{ NTLM_ROLE_INITIATOR,
	  NTLM_VECTOR_CRC | NTLM_NEGOTIATE_DATAGRAM | NTLM_NEGOTIATE_56,
	  "55555555555555a0" },
	{ NTLM_ROLE_ACCEPTOR,
	  NTLM_VECTOR_CRC | NTLM_NEGOTIATE_DATAGRAM | NTLM_NEGOTIATE_128,
	  "5555555555e538b0" },
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

/**
 * struct ntlm_half_duplex_vector - messages without extended session security
 * @name: group
 * @flags: negotiated flags
 * @data: NTLM_VECTOR_TEXT sealed by the client, then by the server
 * @signature: those of @data, then of NTLM_VECTOR_TEXT signed by the client,
 *	then by the server, all in one stream
 */
struct ntlm_half_duplex_vector {
	const char	*name;
	u32		flags;
	const char	*data[2];
	const char	*signature[4];
};

static const struct ntlm_half_duplex_vector ntlm_half_duplex_vectors[]
	__maybe_unused = {
	{
		"E 16 bytes", NTLM_VECTOR_CRC | NTLM_NEGOTIATE_KEY_EXCH, {
			"56fe04d861f9319af0d7238a2e3b4d457fb8",
			"fde15ec2b412ed8bb43847b942bd93179f0a",
		}, {
			"010000000000000009dcd1df2e459d36",
			"01000000000000007571e468f50db2e7",
			"01000000000000000dc785e89d67ada9",
			"01000000000000006d7dde8521fb8525",
		},
	}, {
		"E LM_KEY 56 bit",
		NTLM_VECTOR_CRC | NTLM_NEGOTIATE_LM_KEY | NTLM_NEGOTIATE_56, {
			"1ea99fa44e987c38cce9cff08d9b862d6da7",
			"bf271abf566a3cfd4565a057379595b18eb8",
		}, {
			"0100000000000000843d6b69eb493907",
			"0100000000000000e0aace07c1400a80",
			"01000000000000005adc39b35ba52b7c",
			"01000000000000009e2f5ae7ec76f9d9",
		},
	}, {
		"E LM_KEY 40 bit",
		NTLM_VECTOR_CRC | NTLM_NEGOTIATE_LM_KEY | NTLM_NEGOTIATE_128, {
			"9b759ed758bce8e85e0b7ffebc1f1261e8c1",
			"f694c81b330cdc73e79184273383da13f3a6",
		}, {
			"0100000000000000d810db677125d908",
			"010000000000000034c62212e86f98d9",
			"010000000000000041cd97b56dc332b2",
			"0100000000000000eb413e99feb35257",
		},
	},
};

/* [MS-NLMP] section 4.2.2.4 prints an encrypted RandomPad. */
#define NTLM_VECTOR_PRINTED_PAD "0100000045c844e509dcd1df2e459d36"

/* "head" and "tail" signed, no sealed bytes */
#define NTLM_VECTOR_HEAD_TAIL "0100000000000000169893d79ed7578a"

#define NTLM_VECTOR_DUMMY "01000000000000000000000000000000"

/**
 * struct ntlm_datagram_vector - a message of a connectionless session
 * @flags: negotiated flags
 * @sender: who sends it
 * @seq: its number
 * @data: NTLM_VECTOR_TEXT sealed; NULL: it is signed
 * @signature: the signature
 */
struct ntlm_datagram_vector {
	u32		flags;
	enum ntlm_role	sender;
	u32		seq;
	const char	*data;
	const char	*signature;
};

#define NTLM_VECTOR_DATAGRAM_56 (NTLM_VECTOR_CRC | NTLM_NEGOTIATE_DATAGRAM | \
				 NTLM_NEGOTIATE_KEY_EXCH | NTLM_NEGOTIATE_56)
#define NTLM_VECTOR_DATAGRAM_40 (NTLM_VECTOR_CRC | NTLM_NEGOTIATE_DATAGRAM | \
				 NTLM_NEGOTIATE_KEY_EXCH | NTLM_NEGOTIATE_128)

static const struct ntlm_datagram_vector ntlm_datagram_vectors[]
	__maybe_unused = {
	{ NTLM_VECTOR_DATAGRAM, NTLM_ROLE_INITIATOR, 0,
	  "c12e856a640d377cee707c8b12a1e9de4794",
	  "01000000c2c9d046dd672bd100000000" },
	{ NTLM_VECTOR_DATAGRAM, NTLM_ROLE_INITIATOR, 0, NULL,
	  "01000000e11bc13bf75b1d7500000000" },
	{ NTLM_VECTOR_DATAGRAM, NTLM_ROLE_INITIATOR, 1,
	  "d758cc5916552967d6b657fcc34955af9560",
	  "01000000a0d8987327f67a7b01000000" },
	{ NTLM_VECTOR_DATAGRAM, NTLM_ROLE_INITIATOR, 1, NULL,
	  "010000009534fd01ad7404b101000000" },
	{ NTLM_VECTOR_DATAGRAM, NTLM_ROLE_INITIATOR, 7,
	  "dac9bd8823487c1f749210822696c5816f48",
	  "01000000b77676c8535c802407000000" },
	{ NTLM_VECTOR_DATAGRAM, NTLM_ROLE_INITIATOR, 7, NULL,
	  "01000000385e43467351a29c07000000" },
	{ NTLM_VECTOR_DATAGRAM, NTLM_ROLE_INITIATOR, 0xffffffff,
	  "3a9a6dcc39ffe0c47b8892917aa6fb89ce01",
	  "01000000dfcf105cc99b47e6ffffffff" },
	{ NTLM_VECTOR_DATAGRAM, NTLM_ROLE_INITIATOR, 0xffffffff, NULL,
	  "010000005fda8f5a6ff1429cffffffff" },
	/* The checksum is encrypted whether KEY_EXCH was negotiated or not. */
	{ NTLM_VECTOR_DATAGRAM & ~NTLM_NEGOTIATE_KEY_EXCH,
	  NTLM_ROLE_INITIATOR, 7, NULL, "01000000385e43467351a29c07000000" },
	{ NTLM_VECTOR_DATAGRAM, NTLM_ROLE_ACCEPTOR, 0,
	  "8759d6e4ba10e542dba320513e102fb131f0",
	  "01000000d13eadf0b4598be900000000" },
	{ NTLM_VECTOR_DATAGRAM_56, NTLM_ROLE_INITIATOR, 0, NULL,
	  "0100000000000000aefbc302506e4b32" },
	{ NTLM_VECTOR_DATAGRAM_56, NTLM_ROLE_ACCEPTOR, 7, NULL,
	  "010000000000000034953aa174939041" },
	{ NTLM_VECTOR_DATAGRAM_56, NTLM_ROLE_INITIATOR, 0xffffffff, NULL,
	  "0100000000000000954fd3ea1a33da2c" },
	{ NTLM_VECTOR_DATAGRAM_40, NTLM_ROLE_INITIATOR, 0, NULL,
	  "01000000000000006ef8c92b492fad67" },
	{ NTLM_VECTOR_DATAGRAM_40, NTLM_ROLE_ACCEPTOR, 7, NULL,
	  "0100000000000000a1541a9732279ff0" },
	{ NTLM_VECTOR_DATAGRAM_40, NTLM_ROLE_ACCEPTOR, 0xffffffff, NULL,
	  "0100000000000000d6e4d8eea27030dd" },
};

/* MechTypeList with NTLM alone */
#define NTLM_VECTOR_MECH_LIST "300c060a2b06010401823702020a"

/**
 * struct ntlm_mic_vector - mechListMIC of both sides, and their first messages
 * @flags: negotiated flags
 * @mic: of the client, of the server
 * @data: NTLM_VECTOR_TEXT sealed by the client, then by the server
 * @signature: those of @data
 */
struct ntlm_mic_vector {
	u32		flags;
	const char	*mic[2];
	const char	*data[2];
	const char	*signature[2];
};

static const struct ntlm_mic_vector ntlm_mic_vectors[] __maybe_unused = {
	{
		NTLM_VECTOR_ESS | NTLM_NEGOTIATE_128 | NTLM_NEGOTIATE_KEY_EXCH,
		{
			"0100000022a3984fefbb9c3200000000",
			"010000007dd6da05648a73ae00000000",
		}, {
			"54e50165bf1936dc996020c1811b0f06fb5f",
			"160871b730ba74e946c453d7465b54278dd0",
		}, {
			"010000001deafbcced2a4ea901000000",
			"01000000402afecc9e41bb4601000000",
		},
	}, {
		/* One handle and one counter: numbers 0 to 3 */
		NTLM_VECTOR_CRC, {
			"0100000000000000718abe379ed7578a",
			"0100000000000000718abe379fd7578a",
		}, {
			"56fe04d861f9319af0d7238a2e3b4d457fb8",
			"fde15ec2b412ed8bb43847b942bd93179f0a",
		}, {
			"010000000000000009dcd1df2c459d36",
			"01000000000000007571e468f70db2e7",
		},
	},
};

/* The pair of the Samba torture suite and the davenport paper, "jCIFS" */
#define NTLM_VECTOR_I_TEXT	"6a43494653"
#define NTLM_VECTOR_I_KEY	"0102030405060708090a0b0c0d0e0f00"
#define NTLM_VECTOR_I_ESS	"01000000e37f97f2544f4d7e00000000"
/* Key weakened to 40 bits by LM_KEY */
#define NTLM_VECTOR_I_CRC	"0100000078010900397420fe0e5a0f89"

/* [MS-NLMP] section 4.2.3: 56 bits, no KEY_EXCH */
#define NTLM_VECTOR_NTLMV1_ESS_KEY	"eb93429a8bd952f8b89c55b87f475edc"
#define NTLM_VECTOR_NTLMV1_ESS_DATA	"a02372f6530273f3aa1eb90190ce5200c99d"
#define NTLM_VECTOR_NTLMV1_ESS_SIG	"01000000ff2aeb52f681793a00000000"

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
