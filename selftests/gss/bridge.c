// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/driver.h"
#include "../lib/tap.h"
#include "bridge.h"

void bridge_open(struct bridge *b, const struct course *c)
{
	static uint8_t token[NTLM_MAX_TOKEN];
	struct drv_params params = {
		.target = c->target ? c->target : TARGET_GOOD,
		.required = c->required,
		.wished = c->wished,
		.min_key_bits = c->min_key_bits,
	};
	uint8_t hash[16];
	void *answer;
	size_t len;

	memset(b, 0, sizeof(*b));
	if (!acceptor_open(&b->acceptor, c->offer)) {
		acceptor_why(&b->acceptor);
		FAIL("no acceptor: is gss-ntlmssp installed?");
	}
	if (c->client_bindings) {
		acceptor_bindings_hash(c->client_bindings, hash);
		params.bindings = hash;
	}
	b->link.fd = drv_context(&params);

	b->result = drv_exchange(b->link.fd, NULL, 0, token, &len);
	if (b->result != -EINPROGRESS)
		return;
	if (c->negotiate)
		c->negotiate(token, len);
	if (!acceptor_step(&b->acceptor, token, len, c->server_bindings,
			   &answer, &len)) {
		acceptor_why(&b->acceptor);
		FAIL("NEGOTIATE was refused");
	}
	CHECK(answer && len);
	if (c->challenge)
		c->challenge(answer, len);
	b->result = drv_exchange(b->link.fd, answer, len, token, &len);
	free(answer);
	if (b->result)
		return;
	acceptor_step(&b->acceptor, token, len, c->server_bindings, &answer,
		      &len);
	free(answer);
}

void bridge_close(struct bridge *b)
{
	link_close(&b->link);
	acceptor_close(&b->acceptor);
}

void bridge_good(struct bridge *b, const struct course *c)
{
	bridge_open(b, c);
	CHECK_ERR(b->result, 0);
	if (!b->acceptor.established) {
		acceptor_why(&b->acceptor);
		FAIL("the server refused");
	}
	drv_report(b->link.fd, 0);
}

void bridge_refused(struct bridge *b, const struct course *c)
{
	bridge_open(b, c);
	CHECK_ERR(b->result, 0);
	acceptor_why(&b->acceptor);
	CHECK(b->acceptor.refused);
	CHECK(!b->acceptor.established);
}

void bridge_failed(struct bridge *b, const struct course *c, int want)
{
	bridge_open(b, c);
	CHECK_ERR(b->result, want);
	CHECK(!b->acceptor.established);
}

/* --- messages ----------------------------------------------------------- */

/* The parts of a message in one piece, as GSSAPI has them */
static size_t join(const struct message *m, bool out, uint8_t **bytes)
{
	size_t len = 0, at = 0;
	unsigned int i;

	for (i = 0; i < m->n; i++)
		len += m->part[i].len;
	*bytes = malloc(len ? len : 1);
	CHECK(*bytes);
	for (i = 0; i < m->n; i++) {
		memcpy(*bytes + at, out ? m->part[i].out : m->part[i].in,
		       m->part[i].len);
		at += m->part[i].len;
	}
	return len;
}

static void cut(struct message *m, const uint8_t *bytes)
{
	unsigned int i;

	for (i = 0; i < m->n; i++) {
		memcpy(m->part[i].in, bytes, m->part[i].len);
		bytes += m->part[i].len;
	}
}

/* Random parts in random memory; GSSAPI knows no message of no bytes. */
static size_t random_message(struct message *m, struct rng *r, bool seal,
			     uint8_t **plain)
{
	size_t len;

	for (;;) {
		unsigned int i;

		message_random(m, r, seal, 20000);
		for (i = 0; i < m->n; i++)
			m->part[i].sealed = seal;
		len = join(m, false, plain);
		if (len)
			return len;
		free(*plain);
		message_free(m);
	}
}

static void client_seals(struct bridge *b, struct rng *r)
{
	uint8_t *plain, *sealed, *opened;
	struct message m;
	size_t len = random_message(&m, r, true, &plain);

	CHECK_ERR(message_kernel(&b->link, OP_SEAL, &m), 0);
	CHECK_EQ(join(&m, true, &sealed), len);
	opened = malloc(len);
	CHECK(opened);
	if (!acceptor_unwrap(&b->acceptor, sealed, len, m.signature, opened)) {
		acceptor_why(&b->acceptor);
		FAIL("the server does not unwrap %zu bytes", len);
	}
	CHECK(!memcmp(opened, plain, len));
	free(opened);
	free(sealed);
	free(plain);
	message_free(&m);
}

static void server_seals(struct bridge *b, struct rng *r)
{
	uint8_t *plain, *sealed, *opened;
	struct message m;
	size_t len = random_message(&m, r, true, &plain);

	sealed = malloc(len);
	CHECK(sealed);
	CHECK(acceptor_wrap(&b->acceptor, plain, len, sealed, m.signature));
	cut(&m, sealed);
	if (!rng_below(r, 8)) {
		m.signature[4] ^= 1;
		CHECK_ERR(message_kernel(&b->link, OP_UNSEAL, &m), -EBADMSG);
		CHECK(message_zeroed(&m));
		m.signature[4] ^= 1;
	}
	CHECK_ERR(message_kernel(&b->link, OP_UNSEAL, &m), 0);
	join(&m, true, &opened);
	CHECK(!memcmp(opened, plain, len));
	free(opened);
	free(sealed);
	free(plain);
	message_free(&m);
}

static void client_signs(struct bridge *b, struct rng *r)
{
	struct message m;
	uint8_t *plain;
	size_t len = random_message(&m, r, false, &plain);

	CHECK_ERR(message_kernel(&b->link, OP_SIGN, &m), 0);
	if (!acceptor_verify_mic(&b->acceptor, plain, len, m.signature)) {
		acceptor_why(&b->acceptor);
		FAIL("the server does not verify %zu bytes", len);
	}
	free(plain);
	message_free(&m);
}

static void server_signs(struct bridge *b, struct rng *r)
{
	struct message m;
	uint8_t *plain;
	size_t len = random_message(&m, r, false, &plain);

	CHECK(acceptor_get_mic(&b->acceptor, plain, len, m.signature));
	if (!rng_below(r, 8)) {
		m.signature[4] ^= 1;
		CHECK_ERR(message_kernel(&b->link, OP_VERIFY, &m), -EBADMSG);
		m.signature[4] ^= 1;
	}
	CHECK_ERR(message_kernel(&b->link, OP_VERIFY, &m), 0);
	free(plain);
	message_free(&m);
}

void bridge_messages(struct bridge *b, struct rng *r, bool seal, bool sign,
		     unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		bool seals = seal && (!sign || rng_below(r, 2));

		if (rng_below(r, 2))
			seals ? client_seals(b, r) : client_signs(b, r);
		else
			seals ? server_seals(b, r) : server_signs(b, r);
	}
}
