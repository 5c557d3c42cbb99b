// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tricks that are one changed field.
 */
#include <string.h>

#include "rogue.h"

#define ACK(name, off, width, value) \
	{ "ack-" name, PTYPE_BIND_ACK, false, false, off, width, value }
#define ACK_TRAILER(name, off, width, value) \
	{ "ack-" name, PTYPE_BIND_ACK, false, true, off, width, value }
/* Signed as it is */
#define REPLY(name, off, width, value) \
	{ "reply-" name, PTYPE_RESPONSE, false, false, off, width, value }
#define REPLY_TRAILER(name, off, width, value) \
	{ "reply-" name, PTYPE_RESPONSE, false, true, off, width, value }
/* Changed on the way */
#define FORGED(name, off, width, value) \
	{ "forged-" name, PTYPE_RESPONSE, true, false, off, width, value }
#define FORGED_TRAILER(name, off, width, value) \
	{ "forged-" name, PTYPE_RESPONSE, true, true, off, width, value }

const struct mutation mutations[] = {
	ACK("version", 0, 1, 4),
	ACK("minor-version", 1, 1, 7),
	ACK("is-response", 2, 1, PTYPE_RESPONSE),
	ACK("is-request", 2, 1, PTYPE_REQUEST),
	ACK("is-unknown", 2, 1, 200),
	ACK("not-last", 3, 1, PFC_FIRST),
	ACK("not-first", 3, 1, PFC_LAST),
	ACK("big-endian", 4, 1, 0),
	ACK("vax-float", 5, 1, 1),
	ACK("frag-zero", 8, 2, 0),
	ACK("frag-15", 8, 2, 15),
	ACK("frag-header", 8, 2, 16),
	ACK("frag-long", 8, 2, 65535),
	ACK("frag-over-limit", 8, 2, 5841),
	ACK("auth-length-long", 10, 2, 65535),
	ACK("auth-length-all", 10, 2, 37),
	ACK("call-id", 12, 4, 77),
	ACK("max-recv-tiny", 18, 2, 100),
	ACK("max-recv-zero", 18, 2, 0),
	ACK("address-long", 24, 2, 65535),
	ACK("address-to-end", 24, 2, 34),
	ACK("no-results", 28, 1, 0),
	ACK("two-results", 28, 1, 2),
	ACK("rejected-interface", 32, 4, 2 | 1 << 16),
	ACK("rejected-transfer", 32, 4, 2 | 2 << 16),
	ACK("rejected-limit", 32, 4, 2 | 3 << 16),
	ACK("rejected-other", 32, 4, 1),
	ACK("transfer-uuid", 36, 4, 0x12345678),
	ACK("transfer-version", 52, 4, 1),
	ACK_TRAILER("auth-type", 0, 1, 9),
	ACK_TRAILER("auth-level", 1, 1, 2),
	ACK_TRAILER("auth-context", 4, 4, 99),
	ACK_TRAILER("challenge-magic", 8, 0, 1),
	ACK_TRAILER("challenge-type", 16, 0, 1),
	ACK_TRAILER("challenge-no-seal", 28, 0, 0x20),
	ACK_TRAILER("challenge-no-ess", 28, 0, 0x80000),
	ACK_TRAILER("challenge-no-128", 28, 0, 0x20000000),

	REPLY("version", 0, 1, 4),
	REPLY("is-request", 2, 1, PTYPE_REQUEST),
	REPLY("is-bind-ack", 2, 1, PTYPE_BIND_ACK),
	REPLY("is-unknown", 2, 1, 99),
	REPLY("not-first", 3, 1, PFC_LAST),
	REPLY("big-endian", 4, 1, 0),
	REPLY("frag-23", 8, 2, 23),
	REPLY("auth-length-long", 10, 2, 65000),
	REPLY("call-id", 12, 4, 1),
	REPLY("context-id", 20, 2, 1),
	REPLY_TRAILER("auth-type", 0, 1, 9),
	REPLY_TRAILER("auth-level-connect", 1, 1, 2),
	REPLY_TRAILER("auth-level-none", 1, 1, 1),
	REPLY_TRAILER("auth-level-integrity", 1, 1, 5),
	REPLY_TRAILER("auth-level-privacy", 1, 1, 6),
	REPLY_TRAILER("pad-long", 2, 1, 255),
	REPLY_TRAILER("auth-context", 4, 4, 99),

	FORGED("flags", 3, 1, PFC_FIRST | PFC_LAST | 0x80),
	FORGED("alloc-hint", 16, 4, 1),
	FORGED("cancel-count", 22, 1, 1),
	FORGED("body-first-bit", 24, 0, 1),
	FORGED("body-bit", 41, 0, 0x80),
	FORGED("auth-length-none", 10, 2, 0),
	FORGED("auth-length-short", 10, 2, 8),
	FORGED_TRAILER("pad-length", 2, 0, 1),
	FORGED_TRAILER("reserved", 3, 1, 1),
	FORGED_TRAILER("signature-version", 8, 0, 2),
	FORGED_TRAILER("signature-first-bit", 12, 0, 1),
	FORGED_TRAILER("signature-last-bit", 19, 0, 0x80),
	FORGED_TRAILER("signature-seq", 20, 0, 1),
	FORGED_TRAILER("signature-seq-high", 23, 0, 0x80),
	{ 0 },
};

static void change(struct pdu *p, const struct mutation *m)
{
	uint8_t *at = p->data + m->off + (m->trailer ? p->trailer : 0);

	if (m->trailer && !p->trailer)
		rogue_broken("the trick needs a sec_trailer");
	switch (m->width) {
	case 0:
		put32(at, get32(at) ^ m->value);
		break;
	case 1:
		*at = (uint8_t)m->value;
		break;
	case 2:
		put16(at, m->value);
		break;
	default:
		put32(at, m->value);
	}
}

void rogue_mutate(struct rogue *r, const struct mutation *m)
{
	struct pdu p;

	if (m->ptype == PTYPE_BIND_ACK) {
		rogue_read_bind(r);
		rogue_make_ack(r, &p);
		change(&p, m);
		rogue_send_pdu(r, &p);
		rogue_wait_close(r);
		return;
	}
	rogue_accept(r);
	rogue_read_request(r);
	pdu_make(r, &p, m->ptype, PFC_FIRST | PFC_LAST, r->stub, r->stub_len);
	if (!m->late)
		change(&p, m);
	pdu_protect(r, &p);
	if (m->late)
		change(&p, m);
	rogue_send_pdu(r, &p);
	rogue_wait_close(r);
}
