// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "der.h"

/* made from spnego.asn */
extern const asn1_static_node spnego_asn1_tab[];

int der_open(struct der *der, const char *type)
{
	char why[ASN1_MAX_ERROR_DESCRIPTION_SIZE];

	der->types = NULL;
	der->value = NULL;
	/* The table and the names of types are constants: only memory fails. */
	if (asn1_array2tree(spnego_asn1_tab, &der->types, why) != ASN1_SUCCESS ||
	    asn1_create_element(der->types, type, &der->value) != ASN1_SUCCESS)
		return -ENOMEM;
	return 0;
}

void der_close(struct der *der)
{
	if (der->value)
		asn1_delete_structure2(&der->value,
				       ASN1_DELETE_FLAG_ZEROIZE);
	if (der->types)
		asn1_delete_structure(&der->types);
}
