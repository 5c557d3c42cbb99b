/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lists of AV_PAIR, [MS-NLMP] 2.2.2.1.
 */
#ifndef NTLM_AVPAIR_H
#define NTLM_AVPAIR_H

#include "ntlm.h"
#include "wire.h"

enum av_id {
	AV_EOL			= 0,
	AV_NB_COMPUTER_NAME	= 1,
	AV_NB_DOMAIN_NAME	= 2,
	AV_DNS_COMPUTER_NAME	= 3,
	AV_DNS_DOMAIN_NAME	= 4,
	AV_DNS_TREE_NAME	= 5,
	AV_FLAGS		= 6,
	AV_TIMESTAMP		= 7,
	AV_SINGLE_HOST		= 8,
	AV_TARGET_NAME		= 9,
	AV_CHANNEL_BINDINGS	= 10,
	AV_ID_COUNT
};

/* MsvAvFlags */
#define AV_FLAG_CONSTRAINED		UINT32_C(0x1)
#define AV_FLAG_MIC			UINT32_C(0x2)
#define AV_FLAG_UNTRUSTED_TARGET	UINT32_C(0x4)

#define AV_HEADER_SIZE	4

/**
 * struct av_list - a list that av_parse() found to be valid
 * @pairs: all pairs as received, without MsvAvEOL
 * @value: value of each known id; data is not NULL if the id is present
 */
struct av_list {
	struct ntlm_bytes pairs;
	struct ntlm_bytes value[AV_ID_COUNT];
};

/**
 * av_parse() - validate a list
 * @raw: the list; bytes after MsvAvEOL are ignored
 * @list: receives the contents
 *
 * Values of known ids have their size, text has whole UTF-16 units, and an id
 * other than MsvAvSingleHost occurs again only with the same value: a peer that
 * reads the first and one that reads the last occurrence must not disagree.
 *
 * Return: NULL, or static text that says what is wrong.
 */
const char *av_parse(struct ntlm_bytes raw, struct av_list *list);

/**
 * av_flags() - value of MsvAvFlags
 * @list: a valid list
 *
 * Return: the value, 0 if absent.
 */
uint32_t av_flags(const struct av_list *list);

/**
 * av_next() - step through the pairs of a valid list
 * @pairs: pairs that are left; advanced by one
 * @id: receives the AvId
 * @value: receives the value
 *
 * Return: false if no pair was left.
 */
bool av_next(struct ntlm_bytes *pairs, uint16_t *id, struct ntlm_bytes *value);

/**
 * av_put() - append one pair
 * @w: receives the pair
 * @id: AvId
 * @value: the value; longer than 65535 bytes sets @w->overflow
 */
void av_put(struct wire_writer *w, uint16_t id, struct ntlm_bytes value);

#endif
