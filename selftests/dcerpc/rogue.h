/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A server for the RPC client of the kernel that can do everything right, and
 * wrong.  It checks the client on the way: a client that breaks the protocol
 * ends the program with ROGUE_CLIENT_WRONG.
 */
#ifndef SELFTESTS_DCERPC_ROGUE_H
#define SELFTESTS_DCERPC_ROGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../gss/acceptor.h"
#include "seal.h"

enum {
	ROGUE_OK,
	ROGUE_BROKEN = 1,
	ROGUE_USAGE = 2,
	ROGUE_CLIENT_WRONG = 3,
};

#define PTYPE_REQUEST	0
#define PTYPE_RESPONSE	2
#define PTYPE_FAULT	3
#define PTYPE_BIND	11
#define PTYPE_BIND_ACK	12
#define PTYPE_BIND_NAK	13
#define PTYPE_AUTH3	16
#define PFC_FIRST	0x01
#define PFC_LAST	0x02
#define PFC_BOTH	(PFC_FIRST | PFC_LAST)
#define PFC_HEADER_SIGN	0x04

/**
 * struct rogue - a connection of the server
 * @fd: the socket
 * @in: the last PDU of the client, with its stub in plaintext
 * @in_len: its length
 * @level: authentication level, from bind
 * @auth_context: auth_context_id, from bind
 * @call_id: of the last PDU
 * @max_recv: longest fragment that the client takes, from bind
 * @acceptor: NTLM server
 * @from_client: session security of what comes in
 * @to_client: and of what goes out
 * @stub: request stub, put together
 * @stub_len: its length
 */
struct rogue {
	int		fd;
	uint8_t		in[65536];
	size_t		in_len;
	uint8_t		level;
	uint32_t	auth_context;
	uint32_t	call_id;
	unsigned int	max_recv;
	struct acceptor	acceptor;
	struct seal_dir	from_client;
	struct seal_dir	to_client;
	uint8_t		*stub;
	size_t		stub_len;
};

/**
 * struct pdu - what is going to be sent
 * @data: room for the longest PDU, and more
 * @len: length of what is to be sent, set by pdu_finish()
 * @body: bytes of header and body
 * @trailer: offset of the sec_trailer, 0 without one
 * @sealed: where the sealed body begins; 24, or 32 in a fault
 */
struct pdu {
	uint8_t		data[70000];
	size_t		len;
	size_t		body;
	size_t		trailer;
	size_t		sealed;
};

void put16(uint8_t *to, unsigned int value);
void put32(uint8_t *to, uint32_t value);
unsigned int get16(const uint8_t *from);
uint32_t get32(const uint8_t *from);

_Noreturn void rogue_client_wrong(const char *why);
_Noreturn void rogue_broken(const char *why);

/* rogue_io.c */
void rogue_send(struct rogue *r, const void *data, size_t len);
bool rogue_read_pdu(struct rogue *r);
void rogue_wait_close(struct rogue *r);

/* Read and check a bind; the NEGOTIATE is in @r->in. */
void rogue_read_bind(struct rogue *r);
/* A bind_ack that accepts, with the CHALLENGE if the client wants one */
void rogue_make_ack(struct rogue *r, struct pdu *p);
/* Read AUTHENTICATE and set up session security */
void rogue_read_auth3(struct rogue *r);
/* All of the above, without tricks */
void rogue_accept(struct rogue *r);
/* Read one fragment of a request; false after the last one */
bool rogue_read_fragment(struct rogue *r);
void rogue_read_request(struct rogue *r);

/* A PDU with everything but protection; @pad bytes and a sec_trailer if due */
void pdu_make(struct rogue *r, struct pdu *p, uint8_t ptype, uint8_t flags,
	      const void *stub, size_t len);
void pdu_make_fault(struct rogue *r, struct pdu *p, uint32_t status,
		    bool verifier);
/* Sign or seal, as the level says */
void pdu_protect(struct rogue *r, struct pdu *p);
void rogue_send_pdu(struct rogue *r, const struct pdu *p);

/* A response fragment, with everything right */
void rogue_respond(struct rogue *r, uint8_t flags, const void *stub,
		   size_t len);

/* Every byte of a request comes back, in fragments of @room stub bytes. */
void rogue_echo(struct rogue *r, size_t room);

/**
 * struct trick - one way to misbehave
 * @name: what the test calls it
 * @play: plays it on an accepted connection
 */
struct trick {
	const char	*name;
	void		(*play)(struct rogue *r);
};

/**
 * struct mutation - a trick that is a changed field
 * @name: what the test calls it
 * @ptype: PTYPE_BIND_ACK, or PTYPE_RESPONSE to the first request
 * @late: change it after the PDU was protected, so the signature is wrong
 * @trailer: @off counts from the sec_trailer and not from the beginning
 * @off: where
 * @width: 1, 2 or 4 bytes to be replaced by @value; 0: flip the bits of @value
 * @value: what to put
 */
struct mutation {
	const char	*name;
	uint8_t		ptype;
	bool		late;
	bool		trailer;
	size_t		off;
	unsigned int	width;
	uint32_t	value;
};

/* All end with an entry without name. */
extern const struct trick bind_tricks[];
extern const struct trick call_tricks[];
extern const struct trick map_tricks[];
extern const struct mutation mutations[];

void rogue_mutate(struct rogue *r, const struct mutation *m);

#endif
