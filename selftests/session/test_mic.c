// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mechListMIC of SPNEGO: the kernel's and the peer's, and what they leave to the
 * messages that follow.
 */
#include <errno.h>
#include <string.h>

#include "../lib/tap.h"
#include "peer.h"
#include "tests.h"
#include "vectors.h"

#define FILE_DERIVED "derived_session_security.txt"

#define FLAGS_LEGACY_SEAL (FLAGS_SEAL & ~NTLM_NEGOTIATE_EXTENDED_SESSIONSECURITY)

/* Where the helper leaves room for a MIC in its token */
#define MIC_AT 5

static const struct link_kind initiator = {
	.role = NTLM_ROLE_INITIATOR, .spnego = true,
};

static const struct link_kind acceptor = {
	.role = NTLM_ROLE_ACCEPTOR, .spnego = true,
};

static const char token[MIC_AT + 16 + 3] = "token";
static uint8_t out[NTLM_MAX_TOKEN];

/* What a helper says that knows the key now, and wants a MIC in its token */
static struct ntlm_done answer(uint32_t flags, const struct vector *key,
			       const struct vector *list)
{
	return (struct ntlm_done) {
		.token = token, .token_len = sizeof(token),
		.has_flags = true, .flags = flags,
		.key = key->data, .key_len = key->len,
		.mech_list = list->data, .mech_list_len = list->len,
		.has_mic_offset = true, .mic_offset = MIC_AT,
		.user = "user", .domain = "DOMAIN",
	};
}

/* The token is as it was but for the MIC. */
static void check_token(const uint8_t *mic)
{
	CHECK(!memcmp(out, token, MIC_AT));
	CHECK(!memcmp(out + MIC_AT, mic, 16));
	CHECK(!memcmp(out + MIC_AT + 16, token + MIC_AT + 16, 3));
}

static void make_context(struct link *l, const struct link_kind *kind,
			 uint32_t flags, const struct vector *key)
{
	static const struct ntlm_done first = {
		.token = "first", .token_len = 5,
	};

	l->fd = link_create_kind(kind);
	l->flags = flags;
	memcpy(l->key, key->data, sizeof(l->key));
	CHECK_ERR(link_answer(l->fd, kind->role == NTLM_ROLE_ACCEPTOR ?
			      "INIT" : NULL, &first, NULL), -EINPROGRESS);
}

/* The initiator's AUTHENTICATE with its MIC, then the acceptor's MIC */
static int initiate(struct link *l, uint32_t flags, const struct vector *key,
		    const struct vector *list, const uint8_t *own,
		    const uint8_t *peers)
{
	struct ntlm_done done = answer(flags, key, list);
	struct ntlm_done last = {
		.established = true, .peer_mic = peers,
	};

	make_context(l, &initiator, flags, key);
	CHECK_ERR(link_answer(l->fd, "CHALLENGE", &done, out), -EINPROGRESS);
	check_token(own);
	return link_answer(l->fd, "COMPLETED", &last, NULL);
}

static int accept_peer(struct link *l, uint32_t flags, const struct vector *key,
		       const struct vector *list, const uint8_t *peers)
{
	struct ntlm_done done = answer(flags, key, list);

	done.established = true;
	done.peer_mic = peers;
	make_context(l, &acceptor, flags, key);
	return link_answer(l->fd, "AUTHENTICATE", &done, out);
}

static void first_sealed(struct link *l, const char *data_name,
			 const char *sig_name)
{
	struct vector text = vector_get(FILE_DERIVED, "message");
	struct vector data = vector_get(FILE_DERIVED, data_name);
	struct vector sig = vector_get(FILE_DERIVED, sig_name);
	struct message m = { 0 };

	message_add(&m, text.data, text.len, true);
	CHECK_ERR(message_kernel(l, OP_SEAL, &m), 0);
	CHECK(!memcmp(m.part[0].out, data.data, data.len));
	CHECK(!memcmp(m.signature, sig.data, 16));
	message_free(&m);
}

static void first_unsealed(struct link *l, const char *data_name,
			   const char *sig_name)
{
	struct vector text = vector_get(FILE_DERIVED, "message");
	struct vector data = vector_get(FILE_DERIVED, data_name);
	struct vector sig = vector_get(FILE_DERIVED, sig_name);
	struct message m = { 0 };

	message_add(&m, data.data, data.len, true);
	memcpy(m.signature, sig.data, 16);
	CHECK_ERR(message_kernel(l, OP_UNSEAL, &m), 0);
	CHECK(!memcmp(m.part[0].out, text.data, text.len));
	message_free(&m);
}

void vectors_h_mech_list_mic_initiator(void)
{
	struct vector key = vector_get(FILE_DERIVED, "exported_session_key");
	struct vector list = vector_get(FILE_DERIVED, "h_mechtypes_der");
	struct vector client = vector_get(FILE_DERIVED, "h_mechlistmic_client");
	struct vector server = vector_get(FILE_DERIVED, "h_mechlistmic_server");
	struct link l;

	CHECK_ERR(initiate(&l, FLAGS_SEAL, &key, &list, client.data,
			   server.data), 0);
	first_sealed(&l, "h_first_seal_data_client", "h_first_seal_sig_client");
	first_unsealed(&l, "h_first_seal_data_server",
		       "h_first_seal_sig_server");
	link_close(&l);
}

void vectors_h_mech_list_mic_acceptor(void)
{
	struct vector key = vector_get(FILE_DERIVED, "exported_session_key");
	struct vector list = vector_get(FILE_DERIVED, "h_mechtypes_der");
	struct vector client = vector_get(FILE_DERIVED, "h_mechlistmic_client");
	struct vector server = vector_get(FILE_DERIVED, "h_mechlistmic_server");
	struct link l;

	CHECK_ERR(accept_peer(&l, FLAGS_SEAL, &key, &list, client.data), 0);
	check_token(server.data);
	first_unsealed(&l, "h_first_seal_data_client",
		       "h_first_seal_sig_client");
	first_sealed(&l, "h_first_seal_data_server", "h_first_seal_sig_server");
	link_close(&l);
}

/* Both MICs as the peer makes them, and the handle reset after each */
static void legacy_mics(struct peer *p, const struct vector *list,
			uint8_t mics[2][16])
{
	for (int i = 0; i < 2; i++) {
		struct message m = { 0 }, plain;

		message_add(&m, list->data, list->len, false);
		peer_make(p, &m, &plain);
		memset(m.signature + 4, 0, 4);
		memcpy(mics[i], m.signature, 16);
		peer_reset(p);
		message_free(&m);
		message_free(&plain);
	}
}

/*
 * One handle and one counter: the initiator's MIC has number 0, the acceptor's 1,
 * the first message 2, and each begins the key stream anew.
 */
void mech_list_mics_without_ess(void)
{
	struct vector key = vector_get(FILE_DERIVED, "exported_session_key");
	struct vector list = vector_get(FILE_DERIVED, "h_mechtypes_der");
	static const uint32_t roles[] = {
		NTLM_ROLE_INITIATOR, NTLM_ROLE_ACCEPTOR,
	};
	uint8_t mics[2][16];
	struct peer peer;
	unsigned int i, n;
	struct link l;

	for (i = 0; i < 2; i++) {
		l.flags = FLAGS_LEGACY_SEAL;
		memcpy(l.key, key.data, sizeof(l.key));
		peer_open(&peer, &l, roles[i]);
		legacy_mics(&peer, &list, mics);
		if (roles[i] == NTLM_ROLE_INITIATOR) {
			CHECK_ERR(initiate(&l, FLAGS_LEGACY_SEAL, &key, &list,
					   mics[0], mics[1]), 0);
		} else {
			CHECK_ERR(accept_peer(&l, FLAGS_LEGACY_SEAL, &key,
					      &list, mics[0]), 0);
			check_token(mics[1]);
		}
		CHECK_EQ(peer.seq, 2);
		for (n = 0; n < 6; n++) {
			struct message m = { 0 }, plain;

			message_add(&m, "a message", 9, true);
			if (n % 2) {
				CHECK_ERR(message_kernel(&l, OP_SEAL, &m), 0);
				CHECK(peer_check(&peer, &m));
			} else {
				peer_make(&peer, &m, &plain);
				CHECK_ERR(message_kernel(&l, OP_UNSEAL, &m), 0);
				CHECK(message_equal(&m, &plain));
				message_free(&plain);
			}
			message_free(&m);
		}
		link_close(&l);
	}
}

void mech_list_mic_wrong(void)
{
	struct vector key = vector_get(FILE_DERIVED, "exported_session_key");
	struct vector list = vector_get(FILE_DERIVED, "h_mechtypes_der");
	struct vector client = vector_get(FILE_DERIVED, "h_mechlistmic_client");
	struct vector server = vector_get(FILE_DERIVED, "h_mechlistmic_server");
	struct message m = { 0 };
	struct link l;

	message_add(&m, "text", 4, false);
	client.data[11] ^= 1;
	CHECK_ERR(accept_peer(&l, FLAGS_SEAL, &key, &list, client.data),
		  -EBADMSG);
	CHECK_ERR(message_kernel(&l, OP_SIGN, &m), -ENOTCONN);
	link_close(&l);
	client.data[11] ^= 1;

	/* The own one comes back, and one over another list */
	CHECK_ERR(initiate(&l, FLAGS_SEAL, &key, &list, client.data,
			   client.data), -EBADMSG);
	CHECK_ERR(message_kernel(&l, OP_SIGN, &m), -ENOTCONN);
	link_close(&l);
	list.data[list.len - 1] ^= 1;
	CHECK_ERR(accept_peer(&l, FLAGS_SEAL, &key, &list, client.data),
		  -EBADMSG);
	link_close(&l);
	list.data[list.len - 1] ^= 1;
	CHECK_ERR(initiate(&l, FLAGS_SEAL, &key, &list, client.data,
			   server.data), 0);
	link_close(&l);
	message_free(&m);
}
