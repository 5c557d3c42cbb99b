// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tricks before the connection is bound.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "rogue.h"

static void sleep_ms(long ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&ts, NULL);
}

static void silent(struct rogue *r)
{
	rogue_wait_close(r);
}

static void close_at_once(struct rogue *r)
{
	(void)r;
}

static void close_after_bind(struct rogue *r)
{
	rogue_read_bind(r);
}

static void silent_after_bind(struct rogue *r)
{
	rogue_read_bind(r);
	rogue_wait_close(r);
}

static void send_part(struct rogue *r, size_t len)
{
	struct pdu p;

	rogue_read_bind(r);
	rogue_make_ack(r, &p);
	rogue_send(r, p.data, len < p.len ? len : p.len - 1);
}

static void half_header(struct rogue *r)
{
	send_part(r, 9);
}

static void half_header_silent(struct rogue *r)
{
	send_part(r, 9);
	rogue_wait_close(r);
}

static void half_ack(struct rogue *r)
{
	send_part(r, 40);
}

static void half_ack_silent(struct rogue *r)
{
	send_part(r, 60000);
	rogue_wait_close(r);
}

static void slow_ack(struct rogue *r)
{
	struct pdu p;
	size_t i;

	rogue_read_bind(r);
	rogue_make_ack(r, &p);
	for (i = 0; i < p.len; i++) {
		rogue_send(r, p.data + i, 1);
		sleep_ms(150);
	}
}

static void random_bytes(struct rogue *r)
{
	uint8_t noise[4096];
	size_t i;

	rogue_read_bind(r);
	for (i = 0; i < sizeof(noise); i++)
		noise[i] = (uint8_t)(i * 181 + 77);
	rogue_send(r, noise, sizeof(noise));
	rogue_wait_close(r);
}

static void http(struct rogue *r)
{
	static const char text[] = "HTTP/1.1 400 Bad Request\r\n\r\n";

	rogue_read_bind(r);
	rogue_send(r, text, strlen(text));
	rogue_wait_close(r);
}

static void nak(struct rogue *r, unsigned int reason)
{
	struct pdu p;

	rogue_read_bind(r);
	r->level = 1;
	pdu_make(r, &p, PTYPE_BIND_NAK, PFC_FIRST | PFC_LAST, NULL, 0);
	put16(p.data + 16, reason);
	rogue_send_pdu(r, &p);
	rogue_wait_close(r);
}

static void nak_other(struct rogue *r)
{
	nak(r, 0);
}

static void nak_busy(struct rogue *r)
{
	nak(r, 1);
}

static void nak_version(struct rogue *r)
{
	nak(r, 4);
}

static void nak_auth_type(struct rogue *r)
{
	nak(r, 8);
}

static void nak_checksum(struct rogue *r)
{
	nak(r, 9);
}

static void nak_short(struct rogue *r)
{
	static const uint8_t pdu[] = {
		5, 0, PTYPE_BIND_NAK, 3, 0x10, 0, 0, 0, 17, 0, 0, 0, 1, 0, 0, 0,
		9,
	};

	rogue_read_bind(r);
	rogue_send(r, pdu, sizeof(pdu));
	rogue_wait_close(r);
}

static void bind_fault(struct rogue *r)
{
	struct pdu p;

	rogue_read_bind(r);
	pdu_make_fault(r, &p, 5, false);
	rogue_send_pdu(r, &p);
	rogue_wait_close(r);
}

/* A server that ignores the authentication of the client */
static void ack_no_challenge(struct rogue *r)
{
	struct pdu p;

	rogue_read_bind(r);
	put16(r->in + 10, 0);
	rogue_make_ack(r, &p);
	rogue_send_pdu(r, &p);
	rogue_wait_close(r);
}

/* A sec_trailer and 16 bytes that nobody signed */
static void add_verifier(struct rogue *r, struct pdu *p)
{
	memset(p->data + p->len, 0, 24);
	p->data[p->len] = 10;
	p->data[p->len + 1] = r->level;
	put32(p->data + p->len + 4, 1);
	p->len += 24;
	put16(p->data + 8, (unsigned int)p->len);
	put16(p->data + 10, 16);
}

/* A token where the client wants none */
static void ack_unwanted_token(struct rogue *r)
{
	struct pdu p;

	rogue_read_bind(r);
	rogue_make_ack(r, &p);
	add_verifier(r, &p);
	rogue_send_pdu(r, &p);
	rogue_wait_close(r);
}

/* A signature before there is a key */
static void bind_fault_verifier(struct rogue *r)
{
	struct pdu p;

	rogue_read_bind(r);
	pdu_make_fault(r, &p, 5, false);
	add_verifier(r, &p);
	rogue_send_pdu(r, &p);
	rogue_wait_close(r);
}

const struct trick bind_tricks[] = {
	{ "silent", silent },
	{ "close-at-once", close_at_once },
	{ "close-after-bind", close_after_bind },
	{ "silent-after-bind", silent_after_bind },
	{ "half-header", half_header },
	{ "half-header-silent", half_header_silent },
	{ "half-ack", half_ack },
	{ "half-ack-silent", half_ack_silent },
	{ "slow-ack", slow_ack },
	{ "random-bytes", random_bytes },
	{ "http", http },
	{ "nak-other", nak_other },
	{ "nak-busy", nak_busy },
	{ "nak-version", nak_version },
	{ "nak-auth-type", nak_auth_type },
	{ "nak-checksum", nak_checksum },
	{ "nak-short", nak_short },
	{ "bind-fault", bind_fault },
	{ "bind-fault-verifier", bind_fault_verifier },
	{ "ack-no-challenge", ack_no_challenge },
	{ "ack-unwanted-token", ack_unwanted_token },
	{ 0 },
};
