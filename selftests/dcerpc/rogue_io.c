// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rogue.h"

static const uint8_t ndr_syntax[20] = {
	0x04, 0x5d, 0x88, 0x8a, 0xeb, 0x1c, 0xc9, 0x11, 0x9f, 0xe8,
	0x08, 0x00, 0x2b, 0x10, 0x48, 0x60, 2, 0, 0, 0,
};

void put16(uint8_t *to, unsigned int value)
{
	to[0] = (uint8_t)value;
	to[1] = (uint8_t)(value >> 8);
}

void put32(uint8_t *to, uint32_t value)
{
	put16(to, value & 0xffff);
	put16(to + 2, value >> 16);
}

unsigned int get16(const uint8_t *from)
{
	return from[0] | (unsigned int)from[1] << 8;
}

uint32_t get32(const uint8_t *from)
{
	return get16(from) | (uint32_t)get16(from + 2) << 16;
}

_Noreturn void rogue_client_wrong(const char *why)
{
	fprintf(stderr, "# rogue: the client is wrong: %s\n", why);
	exit(ROGUE_CLIENT_WRONG);
}

_Noreturn void rogue_broken(const char *why)
{
	fprintf(stderr, "# rogue: %s: %s\n", why, strerror(errno));
	exit(ROGUE_BROKEN);
}

/* A client that has closed is no fault of either side. */
void rogue_send(struct rogue *r, const void *data, size_t len)
{
	const uint8_t *p = data;

	while (len) {
		ssize_t n = send(r->fd, p, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			exit(ROGUE_OK);
		p += n;
		len -= (size_t)n;
	}
}

static bool read_all(struct rogue *r, uint8_t *to, size_t len)
{
	while (len) {
		ssize_t n = recv(r->fd, to, len, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		to += n;
		len -= (size_t)n;
	}
	return true;
}

bool rogue_read_pdu(struct rogue *r)
{
	if (!read_all(r, r->in, 16))
		return false;
	r->in_len = get16(r->in + 8);
	if (r->in[0] != 5 || r->in[1] || r->in[4] != 0x10 || r->in[5])
		rogue_client_wrong("version or data representation");
	if (r->in_len < 24)
		rogue_client_wrong("PDU too short");
	if (!read_all(r, r->in + 16, r->in_len - 16))
		return false;
	r->call_id = get32(r->in + 12);
	return true;
}

void rogue_wait_close(struct rogue *r)
{
	uint8_t byte;

	while (recv(r->fd, &byte, 1, 0) > 0)
		;
}

/* The sec_trailer of @r->in, or NULL if there is none */
static const uint8_t *find_trailer(struct rogue *r)
{
	size_t auth = get16(r->in + 10);
	const uint8_t *trailer;

	if (!auth)
		return NULL;
	if (auth + 8 > r->in_len - 16)
		rogue_client_wrong("auth_length too long");
	trailer = r->in + r->in_len - auth - 8;
	if (trailer[0] != 10 || trailer[3])
		rogue_client_wrong("sec_trailer");
	return trailer;
}

void rogue_read_bind(struct rogue *r)
{
	const uint8_t *trailer;

	if (!rogue_read_pdu(r))
		exit(ROGUE_OK);
	trailer = find_trailer(r);
	r->level = trailer ? trailer[1] : 1;
	r->auth_context = trailer ? get32(trailer + 4) : 0;
	if (r->in[2] != PTYPE_BIND || r->in_len < 72 || r->in[24] != 1)
		rogue_client_wrong("bind");
	if ((r->in[3] & 3) != (PFC_FIRST | PFC_LAST) ||
	    !!(r->in[3] & PFC_HEADER_SIGN) != (r->level >= 5))
		rogue_client_wrong("flags of bind");
	if (memcmp(r->in + 52, ndr_syntax, sizeof(ndr_syntax)))
		rogue_client_wrong("transfer syntax");
	r->max_recv = get16(r->in + 18);
}

static void make_header(struct rogue *r, struct pdu *p, uint8_t ptype,
			uint8_t flags)
{
	memset(p, 0, sizeof(*p));
	p->data[0] = 5;
	p->data[2] = ptype;
	p->data[3] = flags;
	p->data[4] = 0x10;
	put32(p->data + 12, r->call_id);
	p->body = 16;
}

static void add_body(struct pdu *p, const void *data, size_t len)
{
	if (len > 66000 - p->body)
		rogue_broken("PDU too long to be built");
	if (len)
		memcpy(p->data + p->body, data, len);
	p->body += len;
}

/* The token, or room for a signature if there is none */
static void add_trailer(struct rogue *r, struct pdu *p, size_t align,
			const void *token, size_t len)
{
	size_t pad = -(p->body - p->sealed) & (align - 1);
	uint8_t *trailer;

	p->body += pad;
	p->trailer = p->body;
	trailer = p->data + p->body;
	trailer[0] = 10;
	trailer[1] = r->level;
	trailer[2] = (uint8_t)pad;
	put32(trailer + 4, r->auth_context);
	p->body += 8;
	if (token)
		add_body(p, token, len);
	else
		p->body += len;
	put16(p->data + 10, (unsigned int)len);
}

static void finish(struct pdu *p)
{
	p->len = p->body;
	put16(p->data + 8, (unsigned int)p->len);
}

void rogue_make_ack(struct rogue *r, struct pdu *p)
{
	/* sizes, group, "\0" as secondary address, one result */
	uint8_t body[] = {
		0xd0, 0x16, 0xd0, 0x16, 1, 2, 3, 4, 1, 0, 0, 0,
		1, 0, 0, 0, 0, 0, 0, 0,
	};
	size_t auth = get16(r->in + 10), len = 0;
	void *challenge;

	make_header(r, p, PTYPE_BIND_ACK,
		    r->in[3] & (PFC_FIRST | PFC_LAST | PFC_HEADER_SIGN));
	put16(body, r->max_recv);
	put16(body + 2, r->max_recv);
	add_body(p, body, sizeof(body));
	add_body(p, ndr_syntax, sizeof(ndr_syntax));
	if (auth) {
		if (!acceptor_open(&r->acceptor, 0) ||
		    !acceptor_step(&r->acceptor, r->in + r->in_len - auth,
				   auth, NULL, &challenge, &len) || !len)
			rogue_broken("gss-ntlmssp takes no NEGOTIATE");
		p->sealed = p->body;
		add_trailer(r, p, 1, challenge, len);
		free(challenge);
	}
	finish(p);
}

void rogue_read_auth3(struct rogue *r)
{
	uint8_t key[ACCEPTOR_KEY_SIZE];
	size_t auth, len;
	uint32_t flags;
	void *out;

	if (r->level < 2)
		return;
	if (!rogue_read_pdu(r))
		exit(ROGUE_OK);
	auth = get16(r->in + 10);
	if (r->in[2] != PTYPE_AUTH3 || auth < 64 || !find_trailer(r))
		rogue_client_wrong("rpc_auth_3");
	flags = get32(r->in + r->in_len - auth + 60);
	if (!acceptor_step(&r->acceptor, r->in + r->in_len - auth, auth, NULL,
			   &out, &len) || !r->acceptor.established) {
		acceptor_why(&r->acceptor);
		rogue_broken("gss-ntlmssp refuses the AUTHENTICATE");
	}
	free(out);
	if (r->level < 5)
		return;
	if (!acceptor_key(&r->acceptor, key))
		rogue_broken("no session key");
	seal_dir_init(&r->from_client, key, true, flags & 0x40000000);
	seal_dir_init(&r->to_client, key, false, flags & 0x40000000);
}

void rogue_accept(struct rogue *r)
{
	struct pdu p;

	rogue_read_bind(r);
	rogue_make_ack(r, &p);
	rogue_send_pdu(r, &p);
	rogue_read_auth3(r);
}

static size_t check_request(struct rogue *r)
{
	const uint8_t *trailer = find_trailer(r);
	struct sealed_part part = { 24, 0 };
	size_t end;

	if (r->level < 5) {
		if (trailer)
			rogue_client_wrong("verifier without need");
		return r->in_len;
	}
	if (!trailer || get16(r->in + 10) != SEAL_SIGNATURE ||
	    trailer[1] != r->level || get32(trailer + 4) != r->auth_context)
		rogue_client_wrong("sec_trailer of a request");
	end = (size_t)(trailer - r->in);
	if ((end - 24) % 16 || trailer[2] > 15 || trailer[2] > end - 24)
		rogue_client_wrong("padding");
	if (r->level == 6)
		part.len = end - 24;
	if (!unseal_message(&r->from_client, r->in, end + 8, part, trailer + 8))
		rogue_client_wrong("signature");
	return end - trailer[2];
}

bool rogue_read_fragment(struct rogue *r)
{
	uint32_t hint;
	size_t len;

	if (!rogue_read_pdu(r))
		exit(ROGUE_OK);
	if (r->in[2] != PTYPE_REQUEST)
		rogue_client_wrong("not a request");
	if (r->in[3] & PFC_FIRST) {
		free(r->stub);
		r->stub = NULL;
		r->stub_len = 0;
	} else if (!r->stub) {
		rogue_client_wrong("no first fragment");
	}
	len = check_request(r) - 24;
	hint = get32(r->in + 16);
	if ((r->in[3] & PFC_LAST) ? hint != len : hint <= len)
		rogue_client_wrong("alloc_hint");
	if (!(r->in[3] & PFC_LAST) && len % 8)
		rogue_client_wrong("fragment is not a multiple of eight");
	r->stub = realloc(r->stub, r->stub_len + len + 1);
	if (!r->stub)
		rogue_broken("realloc");
	memcpy(r->stub + r->stub_len, r->in + 24, len);
	r->stub_len += len;
	return !(r->in[3] & PFC_LAST);
}

void rogue_read_request(struct rogue *r)
{
	while (rogue_read_fragment(r))
		;
}

void pdu_make(struct rogue *r, struct pdu *p, uint8_t ptype, uint8_t flags,
	      const void *stub, size_t len)
{
	make_header(r, p, ptype, flags);
	put32(p->data + 16, (uint32_t)len);
	p->body = 24;
	p->sealed = 24;
	add_body(p, stub, len);
	if (r->level >= 5)
		add_trailer(r, p, 16, NULL, SEAL_SIGNATURE);
	finish(p);
}

void pdu_make_fault(struct rogue *r, struct pdu *p, uint32_t status,
		    bool verifier)
{
	make_header(r, p, PTYPE_FAULT, PFC_FIRST | PFC_LAST);
	p->body = 32;
	p->sealed = 32;
	put32(p->data + 24, status);
	if (verifier)
		add_trailer(r, p, 16, NULL, SEAL_SIGNATURE);
	finish(p);
}

void pdu_protect(struct rogue *r, struct pdu *p)
{
	struct sealed_part part = { p->sealed, 0 };

	if (!p->trailer || r->level < 5)
		return;
	if (r->level == 6)
		part.len = p->trailer - p->sealed;
	seal_message(&r->to_client, p->data, p->trailer + 8, part,
		     p->data + p->trailer + 8);
}

void rogue_send_pdu(struct rogue *r, const struct pdu *p)
{
	rogue_send(r, p->data, p->len);
}

void rogue_respond(struct rogue *r, uint8_t flags, const void *stub,
		   size_t len)
{
	struct pdu p;

	pdu_make(r, &p, PTYPE_RESPONSE, flags, stub, len);
	pdu_protect(r, &p);
	rogue_send_pdu(r, &p);
}

void rogue_echo(struct rogue *r, size_t room)
{
	size_t off = 0, len;
	uint8_t flags;

	rogue_read_request(r);
	do {
		len = r->stub_len - off < room ? r->stub_len - off : room;
		flags = off ? 0 : PFC_FIRST;
		if (off + len == r->stub_len)
			flags |= PFC_LAST;
		rogue_respond(r, flags, r->stub + off, len);
		off += len;
	} while (off < r->stub_len);
}
