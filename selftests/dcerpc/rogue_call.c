// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tricks on a bound connection.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "rogue.h"

#define FAULT_ACCESS_DENIED	5
#define FAULT_SEC_PKG_ERROR	0x721
#define NCA_OP_RNG_ERROR	0x1c010002
#define NCA_PROTO_ERROR		0x1c01000b

static void sleep_ms(long ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&ts, NULL);
}

/* The honest server: echoes until the client is done */
static void good(struct rogue *r)
{
	rogue_accept(r);
	for (;;)
		rogue_echo(r, 4096);
}

static void good_fragments(struct rogue *r)
{
	rogue_accept(r);
	for (;;)
		rogue_echo(r, 8);
}

static void good_byte_by_byte(struct rogue *r)
{
	struct pdu p;
	size_t i;

	rogue_read_bind(r);
	rogue_make_ack(r, &p);
	for (i = 0; i < p.len; i++)
		rogue_send(r, p.data + i, 1);
	rogue_read_auth3(r);
	for (;;) {
		rogue_read_request(r);
		pdu_make(r, &p, PTYPE_RESPONSE, PFC_BOTH, r->stub, r->stub_len);
		pdu_protect(r, &p);
		for (i = 0; i < p.len; i++)
			rogue_send(r, p.data + i, 1);
	}
}

static void good_late(struct rogue *r)
{
	rogue_accept(r);
	for (;;) {
		rogue_read_request(r);
		sleep_ms(1000);
		rogue_respond(r, PFC_BOTH, r->stub, r->stub_len);
	}
}

static void good_empty(struct rogue *r)
{
	rogue_accept(r);
	for (;;) {
		rogue_read_request(r);
		rogue_respond(r, PFC_BOTH, NULL, 0);
	}
}

static void close_after_auth3(struct rogue *r)
{
	rogue_accept(r);
}

static void close_after_request(struct rogue *r)
{
	rogue_accept(r);
	rogue_read_request(r);
}

static void close_after_answer(struct rogue *r)
{
	rogue_accept(r);
	rogue_echo(r, 4096);
}

static void silent_after_request(struct rogue *r)
{
	rogue_accept(r);
	rogue_read_request(r);
	rogue_wait_close(r);
}

static void send_part(struct rogue *r, size_t len)
{
	struct pdu p;

	rogue_accept(r);
	rogue_read_request(r);
	pdu_make(r, &p, PTYPE_RESPONSE, PFC_BOTH, r->stub, r->stub_len);
	pdu_protect(r, &p);
	rogue_send(r, p.data, len < p.len ? len : p.len - 1);
}

static void half_reply(struct rogue *r)
{
	send_part(r, 30);
}

static void half_reply_silent(struct rogue *r)
{
	send_part(r, 60000);
	rogue_wait_close(r);
}

static void half_response(struct rogue *r)
{
	rogue_accept(r);
	rogue_read_request(r);
	rogue_respond(r, PFC_FIRST, r->stub, r->stub_len);
}

static void half_response_silent(struct rogue *r)
{
	half_response(r);
	rogue_wait_close(r);
}

static void never_reads(struct rogue *r)
{
	rogue_accept(r);
	sleep(60);
}

static void fault(struct rogue *r, uint32_t status, bool verifier)
{
	struct pdu p;

	rogue_read_request(r);
	pdu_make_fault(r, &p, status, verifier);
	pdu_protect(r, &p);
	rogue_send_pdu(r, &p);
}

static void fault_access_denied(struct rogue *r)
{
	rogue_accept(r);
	fault(r, FAULT_ACCESS_DENIED, false);
	rogue_wait_close(r);
}

static void fault_sec_pkg_error(struct rogue *r)
{
	rogue_accept(r);
	fault(r, FAULT_SEC_PKG_ERROR, false);
	rogue_wait_close(r);
}

static void fault_proto_error(struct rogue *r)
{
	rogue_accept(r);
	fault(r, NCA_PROTO_ERROR, false);
	rogue_wait_close(r);
}

/* After these the connection goes on. */
static void fault_unverified(struct rogue *r)
{
	rogue_accept(r);
	fault(r, NCA_OP_RNG_ERROR, false);
	for (;;)
		rogue_echo(r, 4096);
}

static void fault_verified(struct rogue *r)
{
	rogue_accept(r);
	fault(r, NCA_OP_RNG_ERROR, true);
	for (;;)
		rogue_echo(r, 4096);
}

static void fault_denied_later(struct rogue *r)
{
	rogue_accept(r);
	rogue_echo(r, 4096);
	fault(r, FAULT_ACCESS_DENIED, false);
	for (;;)
		rogue_echo(r, 4096);
}

static void fault_unknown(struct rogue *r)
{
	rogue_accept(r);
	fault(r, 0xdeadbeef, false);
	for (;;)
		rogue_echo(r, 4096);
}

static void fault_denied_alive(struct rogue *r)
{
	rogue_accept(r);
	fault(r, FAULT_ACCESS_DENIED, false);
	for (;;)
		rogue_echo(r, 4096);
}

static void fault_in_response(struct rogue *r)
{
	struct pdu p;

	rogue_accept(r);
	rogue_read_request(r);
	rogue_respond(r, PFC_FIRST, r->stub, r->stub_len);
	pdu_make_fault(r, &p, 0xdeadbeef, false);
	rogue_send_pdu(r, &p);
	rogue_wait_close(r);
}

static void fault_forged(struct rogue *r)
{
	struct pdu p;

	rogue_accept(r);
	rogue_read_request(r);
	pdu_make_fault(r, &p, NCA_OP_RNG_ERROR, true);
	pdu_protect(r, &p);
	p.data[24] ^= 1;
	rogue_send_pdu(r, &p);
	rogue_wait_close(r);
}

static void fault_short(struct rogue *r)
{
	struct pdu p;

	rogue_accept(r);
	rogue_read_request(r);
	pdu_make_fault(r, &p, NCA_OP_RNG_ERROR, false);
	p.len = 26;
	put16(p.data + 8, 26);
	rogue_send_pdu(r, &p);
	rogue_wait_close(r);
}

/* After the first fragment of a longer request, and no more is read */
static void fault_early(struct rogue *r)
{
	struct pdu p;

	rogue_accept(r);
	rogue_read_fragment(r);
	pdu_make_fault(r, &p, FAULT_ACCESS_DENIED, false);
	rogue_send_pdu(r, &p);
	sleep(60);
}

static void response_early(struct rogue *r)
{
	rogue_accept(r);
	rogue_read_fragment(r);
	rogue_respond(r, PFC_BOTH, "early", 5);
	sleep(60);
}

static void unasked(struct rogue *r)
{
	rogue_accept(r);
	rogue_respond(r, PFC_BOTH, "unasked", 7);
	rogue_wait_close(r);
}

static void two_answers(struct rogue *r)
{
	rogue_accept(r);
	rogue_read_request(r);
	rogue_respond(r, PFC_BOTH, r->stub, r->stub_len);
	rogue_respond(r, PFC_BOTH, r->stub, r->stub_len);
	rogue_wait_close(r);
}

static void no_verifier(struct rogue *r)
{
	struct pdu p;
	uint8_t level;

	rogue_accept(r);
	rogue_read_request(r);
	level = r->level;
	r->level = 1;
	pdu_make(r, &p, PTYPE_RESPONSE, PFC_BOTH, r->stub, r->stub_len);
	r->level = level;
	rogue_send_pdu(r, &p);
	rogue_wait_close(r);
}

static void unwanted_verifier(struct rogue *r)
{
	struct pdu p;

	rogue_accept(r);
	rogue_read_request(r);
	r->level = 5;
	pdu_make(r, &p, PTYPE_RESPONSE, PFC_BOTH, r->stub, r->stub_len);
	rogue_send_pdu(r, &p);
	rogue_wait_close(r);
}

/* All is in its place, but the signature has not the size of one. */
static void verifier_of(struct rogue *r, size_t size)
{
	struct pdu p;

	rogue_accept(r);
	rogue_read_request(r);
	pdu_make(r, &p, PTYPE_RESPONSE, PFC_BOTH, r->stub, r->stub_len);
	p.len = p.trailer + 8 + size;
	put16(p.data + 8, (unsigned int)p.len);
	put16(p.data + 10, (unsigned int)size);
	pdu_protect(r, &p);
	rogue_send_pdu(r, &p);
	rogue_wait_close(r);
}

static void verifier_of_8(struct rogue *r)
{
	verifier_of(r, 8);
}

static void verifier_of_15(struct rogue *r)
{
	verifier_of(r, 15);
}

static void verifier_of_17(struct rogue *r)
{
	verifier_of(r, 17);
}

/* Correctly signed, but the stub can be read */
static void plain_body(struct rogue *r)
{
	struct pdu p;

	rogue_accept(r);
	rogue_read_request(r);
	pdu_make(r, &p, PTYPE_RESPONSE, PFC_BOTH, r->stub, r->stub_len);
	r->level = 5;
	pdu_protect(r, &p);
	rogue_send_pdu(r, &p);
	rogue_wait_close(r);
}

/* What the client itself sent, as if the server had said it */
static void reflect(struct rogue *r)
{
	rogue_accept(r);
	if (!rogue_read_pdu(r))
		return;
	r->in[2] = PTYPE_RESPONSE;
	rogue_send(r, r->in, r->in_len);
	rogue_wait_close(r);
}

static void seq_ahead(struct rogue *r)
{
	rogue_accept(r);
	rogue_read_request(r);
	r->to_client.seq++;
	rogue_respond(r, PFC_BOTH, r->stub, r->stub_len);
	rogue_wait_close(r);
}

/* The second answer is protected as the first one was. */
static void seq_again(struct rogue *r)
{
	struct seal_dir before;

	rogue_accept(r);
	before = r->to_client;
	rogue_echo(r, 4096);
	r->to_client = before;
	rogue_echo(r, 4096);
	rogue_wait_close(r);
}

static void swapped(struct rogue *r)
{
	static const char stub[] = "0123456789abcdef0123456789abcdef";
	struct pdu a, b;

	rogue_accept(r);
	rogue_read_request(r);
	pdu_make(r, &a, PTYPE_RESPONSE, PFC_FIRST, stub, 32);
	pdu_protect(r, &a);
	pdu_make(r, &b, PTYPE_RESPONSE, PFC_LAST, stub, 32);
	pdu_protect(r, &b);
	/* As an attacker would, who can set the flags as well */
	b.data[3] = PFC_FIRST;
	a.data[3] = PFC_LAST;
	rogue_send_pdu(r, &b);
	rogue_send_pdu(r, &a);
	rogue_wait_close(r);
}

static void dropped(struct rogue *r)
{
	struct pdu p;

	rogue_accept(r);
	rogue_read_request(r);
	rogue_respond(r, PFC_FIRST, "first fragment..", 16);
	pdu_make(r, &p, PTYPE_RESPONSE, 0, "middle fragment.", 16);
	pdu_protect(r, &p);
	rogue_respond(r, PFC_LAST, "last", 4);
	rogue_wait_close(r);
}

static void two_firsts(struct rogue *r)
{
	rogue_accept(r);
	rogue_read_request(r);
	rogue_respond(r, PFC_FIRST, r->stub, r->stub_len);
	rogue_respond(r, PFC_BOTH, r->stub, r->stub_len);
	rogue_wait_close(r);
}

static void empty_fragments(struct rogue *r)
{
	rogue_accept(r);
	rogue_read_request(r);
	rogue_respond(r, PFC_FIRST, r->stub, r->stub_len);
	for (;;)
		rogue_respond(r, 0, NULL, 0);
}

static void endless(struct rogue *r)
{
	static const uint8_t stub[4096];

	rogue_accept(r);
	rogue_read_request(r);
	rogue_respond(r, PFC_FIRST, stub, sizeof(stub));
	for (;;)
		rogue_respond(r, 0, stub, sizeof(stub));
}

static void endless_slow(struct rogue *r)
{
	rogue_accept(r);
	rogue_read_request(r);
	rogue_respond(r, PFC_FIRST, "12345678", 8);
	for (;;) {
		sleep_ms(100);
		rogue_respond(r, 0, "12345678", 8);
	}
}

const struct trick call_tricks[] = {
	{ "good", good },
	{ "good-fragments", good_fragments },
	{ "good-byte-by-byte", good_byte_by_byte },
	{ "good-late", good_late },
	{ "good-empty", good_empty },
	{ "close-after-auth3", close_after_auth3 },
	{ "close-after-request", close_after_request },
	{ "close-after-answer", close_after_answer },
	{ "silent-after-request", silent_after_request },
	{ "half-reply", half_reply },
	{ "half-reply-silent", half_reply_silent },
	{ "half-response", half_response },
	{ "half-response-silent", half_response_silent },
	{ "never-reads", never_reads },
	{ "fault-access-denied", fault_access_denied },
	{ "fault-sec-pkg-error", fault_sec_pkg_error },
	{ "fault-proto-error", fault_proto_error },
	{ "fault-unverified", fault_unverified },
	{ "fault-verified", fault_verified },
	{ "fault-denied-later", fault_denied_later },
	{ "fault-unknown", fault_unknown },
	{ "fault-denied-alive", fault_denied_alive },
	{ "fault-in-response", fault_in_response },
	{ "fault-forged", fault_forged },
	{ "fault-short", fault_short },
	{ "fault-early", fault_early },
	{ "response-early", response_early },
	{ "unasked", unasked },
	{ "two-answers", two_answers },
	{ "no-verifier", no_verifier },
	{ "unwanted-verifier", unwanted_verifier },
	{ "verifier-of-8", verifier_of_8 },
	{ "verifier-of-15", verifier_of_15 },
	{ "verifier-of-17", verifier_of_17 },
	{ "plain-body", plain_body },
	{ "reflect", reflect },
	{ "seq-ahead", seq_ahead },
	{ "seq-again", seq_again },
	{ "swapped", swapped },
	{ "dropped", dropped },
	{ "two-firsts", two_firsts },
	{ "empty-fragments", empty_fragments },
	{ "endless", endless },
	{ "endless-slow", endless_slow },
	{ 0 },
};
