// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Contexts with SPNEGO as the helper sees them: who signs the list of mechanisms,
 * and when a context is established.
 */
#include <errno.h>
#include <string.h>
#include "../lib/driver.h"
#include "../lib/nl.h"
#include "../lib/tap.h"
#include "step.h"
#include "tests.h"

static const uint8_t mech_list[] = {
	0x30, 0x0c, 0x06, 0x0a, 0x2b, 0x06, 0x01, 0x04,
	0x01, 0x82, 0x37, 0x02, 0x02, 0x0a,
};

static int negotiating(enum ntlm_role role)
{
	return drv_context(&(struct drv_params){
		.role = role,
		.required = NTLM_OPT_CONFIDENTIALITY,
		.spnego = true,
		.timeout_ms = 60000,
	});
}

static struct ntlm_done with_keys(const struct ntlm_req *req)
{
	return (struct ntlm_done){
		.cookie = req->cookie,
		.has_flags = true,
		.flags = NTLM_TEST_FLAGS,
		.key = ntlm_test_key,
		.key_len = sizeof(ntlm_test_key),
		.mech_list = mech_list,
		.mech_list_len = sizeof(mech_list),
	};
}

/* An initiator sends its signature in a token of 40 bytes, at 20. */
static int initiator_signs(struct step *s)
{
	static const uint8_t token[40];
	int fd = negotiating(NTLM_ROLE_INITIATOR);
	struct ntlm_done d = step_ask(s, fd, NULL, 0);

	CHECK(s->req.spnego);
	step_answer(s, &d, 0, -EINPROGRESS);
	step_ask(s, fd, "CHALLENGE", 9);
	d = with_keys(&s->req);
	d.token = token;
	d.token_len = sizeof(token);
	d.has_mic_offset = true;
	d.mic_offset = 20;
	step_answer(s, &d, 0, -EINPROGRESS);
	CHECK_EQ(s->c.out_len, sizeof(token));
	return fd;
}

/* An acceptor is told of the signature @mic and answers with its own at 0. */
static int acceptor_signs(struct step *s, const uint8_t *mic, int result)
{
	static const uint8_t token[NTLM_SIGNATURE_SIZE];
	int fd = negotiating(NTLM_ROLE_ACCEPTOR);
	struct ntlm_done d;

	step_challenge(s, fd);
	step_ask(s, fd, "AUTHENTICATE", 12);
	d = with_keys(&s->req);
	d.token = token;
	d.token_len = sizeof(token);
	d.established = true;
	d.has_mic_offset = true;
	d.peer_mic = mic;
	step_answer(s, &d, 0, result);
	return fd;
}

/*
 * Both signatures are made and verified, neither side is established before, and
 * the first message after them has number 1 and the key stream from its beginning.
 */
void spnego_both_sides_sign_the_mechanisms(void)
{
	static const uint8_t zero[NTLM_SIGNATURE_SIZE];
	uint8_t data[32] = { 7 }, sig[NTLM_SIGNATURE_SIZE];
	struct step *i, *a;
	struct ntlm_done d;
	struct nl nl;
	int client, server;

	i = step_open(&nl);
	a = step_new(&nl);
	client = initiator_signs(i);
	CHECK(!memcmp(i->out, zero, 16) && !memcmp(i->out + 36, zero, 4));
	CHECK(memcmp(i->out + 20, zero, 16));
	CHECK_ERR(drv_info(client).key_result, -ENOTCONN);
	CHECK_ERR(drv_seal(client, data, sizeof(data), sig), -ENOTCONN);

	server = acceptor_signs(a, i->out + 20, 0);
	CHECK_EQ(a->c.out_len, NTLM_SIGNATURE_SIZE);

	step_ask(i, client, "ACCEPTED", 8);
	CHECK_EQ(i->req.leg, 2);
	CHECK_EQ(i->req.ntokens, 4);
	d = (struct ntlm_done){ .cookie = i->req.cookie, .established = true,
				.peer_mic = a->out };
	step_answer(i, &d, 0, 0);
	CHECK_EQ(i->c.out_len, 0);

	for (unsigned int n = 1; n < 4; n++) {
		CHECK_ERR(drv_seal(client, data, sizeof(data), sig), 0);
		CHECK_EQ(sig[12], n);
		CHECK_ERR(drv_unseal(server, data, sizeof(data), sig), 0);
		CHECK_ERR(drv_seal(server, data, sizeof(data), sig), 0);
		CHECK_EQ(sig[12], n);
		CHECK_ERR(drv_unseal(client, data, sizeof(data), sig), 0);
	}
	CHECK_EQ(data[0], 7);
	nl_close(&nl);
}

void spnego_wrong_signature_kills_the_context(void)
{
	uint8_t mic[NTLM_SIGNATURE_SIZE];
	struct step *i, *a;
	struct ntlm_done d;
	struct nl nl;
	int client, server;

	i = step_open(&nl);
	a = step_new(&nl);
	client = initiator_signs(i);
	memcpy(mic, i->out + 20, sizeof(mic));
	mic[5] ^= 1;
	server = acceptor_signs(a, mic, -EBADMSG);
	CHECK_EQ(a->c.out_len, 0);
	CHECK_EQ(drv_info(server).ntstatus, STATUS_INVALID_PARAMETER);
	CHECK_ERR(drv_info(server).key_result, -ENOTCONN);

	/* The own one, reflected */
	step_ask(i, client, "ACCEPTED", 8);
	d = (struct ntlm_done){ .cookie = i->req.cookie, .established = true,
				.peer_mic = i->out + 20 };
	step_answer(i, &d, 0, -EBADMSG);
	CHECK_ERR(drv_exchange(client, "AGAIN", 5, NULL, NULL), -EBADMSG);
	nl_close(&nl);
}

void lie_spnego_signature_of_one_side_only(void)
{
	struct step *i, *a;
	struct ntlm_done d;
	struct nl nl;
	int fd;

	i = step_open(&nl);
	a = step_new(&nl);
	fd = initiator_signs(i);
	step_ask(i, fd, "ACCEPTED", 8);
	d = (struct ntlm_done){ .cookie = i->req.cookie, .established = true };
	step_refused(i, &d, -EPROTO, "only one side");

	fd = negotiating(NTLM_ROLE_ACCEPTOR);
	step_challenge(a, fd);
	step_ask(a, fd, "AUTHENTICATE", 12);
	d = with_keys(&a->req);
	d.established = true;
	d.peer_mic = mech_list;
	step_refused(a, &d, -EPROTO, "only one side");
	nl_close(&nl);
}

/* What comes with the keys is out of place in many ways. */
static void out_of_place(bool spnego, void (*change)(struct ntlm_done *d),
			 const char *why)
{
	static const uint8_t token[NTLM_SIGNATURE_SIZE];
	struct drv_params p = { .role = NTLM_ROLE_ACCEPTOR, .spnego = spnego,
				.timeout_ms = 60000 };
	int fd = drv_context(&p);
	struct ntlm_done d;
	struct step *s;
	struct nl nl;

	s = step_open(&nl);
	step_challenge(s, fd);
	step_ask(s, fd, "AUTHENTICATE", 12);
	d = with_keys(&s->req);
	d.token = token;
	d.token_len = sizeof(token);
	change(&d);
	step_refused(s, &d, -EPROTO, why);
	nl_close(&nl);
}

static void no_list(struct ntlm_done *d)
{
	d->mech_list = NULL;
	d->has_mic_offset = true;
}

static void no_sign(struct ntlm_done *d)
{
	d->flags &= ~(NTLM_NEGOTIATE_SIGN | NTLM_NEGOTIATE_SEAL);
	d->has_mic_offset = true;
}

static void behind_the_end(struct ntlm_done *d)
{
	d->has_mic_offset = true;
	d->mic_offset = 1;
}

static void short_token(struct ntlm_done *d)
{
	d->has_mic_offset = true;
	d->token_len = NTLM_SIGNATURE_SIZE - 1;
}

static void key_without_flags(struct ntlm_done *d)
{
	d->has_flags = false;
	d->mech_list = NULL;
}

static void by_nobody(struct ntlm_done *d)
{
	d->identity = NTLM_IDENTITY_GUEST;
	d->has_mic_offset = true;
}

static void no_keys(struct ntlm_done *d)
{
	d->has_flags = false;
	d->key = NULL;
	d->key_len = 0;
	d->mech_list = NULL;
}

static void guest_without_flags(struct ntlm_done *d)
{
	no_keys(d);
	d->identity = NTLM_IDENTITY_GUEST;
}

static void granted_without_flags(struct ntlm_done *d)
{
	no_keys(d);
	d->granted = NTLM_OPT_CHANNEL_BINDINGS;
}

static void established(struct ntlm_done *d)
{
	d->established = true;
}

static void nothing(struct ntlm_done *d)
{
	(void)d;
}

void lie_spnego_out_of_place(void)
{
	out_of_place(true, no_list, "not known");
	out_of_place(true, no_sign, "without SIGN");
	out_of_place(true, behind_the_end, "no room");
	out_of_place(true, short_token, "no room");
	out_of_place(true, key_without_flags, "without negotiated flags");
	out_of_place(true, by_nobody, "by nobody");
	out_of_place(true, guest_without_flags, "granted options or identity");
	out_of_place(true, granted_without_flags, "granted options or identity");
	out_of_place(false, established, "out of place");
	out_of_place(false, nothing, "before the exchange is finished");
}

void lie_spnego_keys_twice(void)
{
	struct ntlm_done d;
	struct step *s;
	struct nl nl;
	int fd;

	s = step_open(&nl);
	fd = initiator_signs(s);
	step_ask(s, fd, "ACCEPTED", 8);
	d = with_keys(&s->req);
	d.token = "AUTHENTICATE";
	d.token_len = 12;
	d.established = true;
	d.peer_mic = mech_list;
	step_refused(s, &d, -EPROTO, "again");
	nl_close(&nl);
}
