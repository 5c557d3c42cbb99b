/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What reading and writing messages have in common.
 */
#ifndef SPNEGO_DER_H
#define SPNEGO_DER_H

#include <libtasn1.h>

#define OID_SPNEGO	"1.3.6.1.5.5.2"
#define OID_NTLM	"1.3.6.1.4.1.311.2.2.10"

/**
 * struct der - a value of a type in spnego.asn
 * @types: all types
 * @value: the value
 */
struct der {
	asn1_node types;
	asn1_node value;
};

/**
 * der_open() - an empty value
 * @der: set; to be freed with der_close() in any case
 * @type: such as "SPNEGO.SubsequentContextToken"
 *
 * Return: 0 or -ENOMEM.
 */
int der_open(struct der *der, const char *type);

/** der_close() - free it, and wipe what was written or read */
void der_close(struct der *der);

#endif
