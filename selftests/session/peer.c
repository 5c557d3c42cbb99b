// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/ntlm.h>
#include <nettle/hmac.h>
#include <nettle/md5.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/oracle.h"
#include "../lib/tap.h"
#include "peer.h"

static void put32(uint8_t *to, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		to[i] = (uint8_t)(value >> (8 * i));
}

uint32_t peer_crc32(uint32_t crc, const uint8_t *data, size_t len)
{
	crc = ~crc;
	for (size_t i = 0; i < len; i++) {
		crc ^= data[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc & 1 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
	}
	return ~crc;
}

/* Section 3.4.5.3, without extended session security */
static void weak_sealkey(struct peer *p, uint32_t flags, const uint8_t *key)
{
	bool weak = flags & (NTLM_NEGOTIATE_LM_KEY | NTLM_NEGOTIATE_DATAGRAM);
	uint8_t *out = p->sealing_key[0];

	p->sealing_len = weak ? 8 : 16;
	memcpy(out, key, p->sealing_len);
	if (weak && flags & NTLM_NEGOTIATE_56) {
		out[7] = 0xa0;
	} else if (weak) {
		out[5] = 0xe5;
		out[6] = 0x38;
		out[7] = 0xb0;
	}
	memcpy(p->sealing_key[1], out, 16);
}

void peer_open(struct peer *p, const struct link *l, uint32_t role)
{
	memset(p, 0, sizeof(*p));
	p->way = role == NTLM_ROLE_INITIATOR ? TO_CLIENT : TO_SERVER;
	p->ess = l->flags & NTLM_NEGOTIATE_EXTENDED_SESSIONSECURITY;
	p->datagram = l->flags & NTLM_NEGOTIATE_DATAGRAM;
	if (p->ess) {
		p->sealing_len = 16;
		oracle_signkey(ORACLE_CLIENT, l->key, p->signing_key[TO_SERVER]);
		oracle_signkey(ORACLE_SERVER, l->key, p->signing_key[TO_CLIENT]);
		oracle_sealkey(ORACLE_CLIENT, l->flags, l->key,
			       p->sealing_key[TO_SERVER]);
		oracle_sealkey(ORACLE_SERVER, l->flags, l->key,
			       p->sealing_key[TO_CLIENT]);
		return;
	}
	weak_sealkey(p, l->flags, l->key);
	peer_reset(p);
}

void peer_reset(struct peer *p)
{
	arcfour_set_key(&p->handle, p->sealing_len, p->sealing_key[0]);
}

/* The handle of one datagram */
static void fresh_handle(struct peer *p, int way, uint32_t seq)
{
	uint8_t number[4], key[16];
	struct md5_ctx md5;

	put32(number, seq);
	md5_init(&md5);
	md5_update(&md5, p->sealing_len, p->sealing_key[way]);
	md5_update(&md5, sizeof(number), number);
	md5_digest(&md5, sizeof(key), key);
	arcfour_set_key(&p->handle, sizeof(key), key);
}

static void mac_ess(struct peer *p, int way, uint32_t seq,
		    uint8_t *const *plain, const struct message *m,
		    uint8_t signature[16])
{
	struct hmac_md5_ctx hmac;
	uint8_t number[4];

	put32(number, seq);
	hmac_md5_set_key(&hmac, 16, p->signing_key[way]);
	hmac_md5_update(&hmac, sizeof(number), number);
	for (unsigned int i = 0; i < m->n; i++)
		hmac_md5_update(&hmac, m->part[i].len, plain[i]);
	put32(signature, 1);
	hmac_md5_digest(&hmac, 8, signature + 4);
	arcfour_crypt(&p->handle, 8, signature + 4, signature + 4);
	memcpy(signature + 12, number, 4);
}

static void mac_crc(struct peer *p, uint32_t seq, uint8_t *const *plain,
		    const struct message *m, uint8_t signature[16])
{
	uint32_t crc = 0;

	for (unsigned int i = 0; i < m->n; i++)
		if (!m->part[i].no_sign)
			crc = peer_crc32(crc, plain[i], m->part[i].len);
	put32(signature, 1);
	put32(signature + 4, 0);
	put32(signature + 8, crc);
	put32(signature + 12, seq);
	arcfour_crypt(&p->handle, 12, signature + 4, signature + 4);
}

static uint8_t *copy(const uint8_t *data, size_t len)
{
	uint8_t *p = malloc(len ? len : 1);

	if (!p)
		FAIL("no memory");
	memcpy(p, data, len);
	return p;
}

/*
 * What @m looks like on its way: from the plaintext in @data to the sealed bytes
 * or back, and the signature.
 */
static void process(struct peer *p, int way, uint32_t seq, bool back,
		    uint8_t **data, const struct message *m,
		    uint8_t signature[16])
{
	uint8_t *plain[PARTS_MAX];
	unsigned int i;

	if (p->datagram)
		fresh_handle(p, way, seq);
	for (i = 0; i < m->n; i++) {
		size_t len = m->part[i].len;
		uint8_t *before = copy(data[i], len);

		if (m->part[i].sealed)
			arcfour_crypt(&p->handle, len, data[i], before);
		plain[i] = before;
		if (back)
			memcpy(before, data[i], len);
	}
	if (p->ess)
		mac_ess(p, way, seq, plain, m, signature);
	else
		mac_crc(p, seq, plain, m, signature);
	for (i = 0; i < m->n; i++)
		free(plain[i]);
}

void peer_make(struct peer *p, struct message *m, struct message *plain)
{
	uint32_t seq = p->datagram ? m->seq : p->seq++;
	uint8_t *data[PARTS_MAX];
	unsigned int i;

	message_copy(plain, m);
	for (i = 0; i < m->n; i++)
		data[i] = m->part[i].in;
	process(p, p->way, seq, false, data, m, m->signature);
	/* RandomPad is left as it came out of RC4, or not. */
	if (!p->ess && seq % 2)
		memset(m->signature + 4, 0, 4);
}

bool peer_check(struct peer *p, const struct message *m)
{
	uint32_t seq = p->datagram ? m->seq : p->seq++;
	uint8_t *data[PARTS_MAX], signature[16];
	unsigned int i;
	bool ok;

	for (i = 0; i < m->n; i++)
		data[i] = copy(m->part[i].sealed ? m->part[i].out :
			       m->part[i].in, m->part[i].len);
	process(p, !p->way, seq, true, data, m, signature);
	/* The kernel sends zeros. */
	if (!p->ess)
		memset(signature + 4, 0, 4);
	ok = !memcmp(signature, m->signature, sizeof(signature));
	for (i = 0; i < m->n; i++) {
		if (memcmp(data[i], m->part[i].in, m->part[i].len))
			ok = false;
		free(data[i]);
	}
	return ok;
}
