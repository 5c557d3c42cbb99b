// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "der.h"
#include "spnego.h"

static bool put(struct der *der, const char *name, const void *data, int len)
{
	return asn1_write_value(der->value, name, data, len) == ASN1_SUCCESS;
}

static bool put_oid(struct der *der, const char *name, const char *oid)
{
	return put(der, name, oid, 1);
}

static bool leave_out(struct der *der, const char *name)
{
	return put(der, name, NULL, 0);
}

static bool put_octets(struct der *der, const char *name,
		       struct ntlm_bytes bytes)
{
	if (!bytes.len)
		return leave_out(der, name);
	return put(der, name, bytes.data, (int)bytes.len);
}

static int encode(struct der *der, struct ntlm_token *out)
{
	char why[ASN1_MAX_ERROR_DESCRIPTION_SIZE];
	int len = SPNEGO_TOKEN_MAX;
	int r;

	if (out->size < SPNEGO_TOKEN_MAX)
		len = (int)out->size;
	r = asn1_der_coding(der->value, "", out->data, &len, why);
	if (r == ASN1_MEM_ERROR)
		return -EMSGSIZE;
	if (r != ASN1_SUCCESS)
		return -ENOMEM;
	out->len = (size_t)len;
	return 0;
}

int spnego_encode_init(struct ntlm_bytes mech_token, struct ntlm_token *out)
{
	struct der der;
	int r;

	out->len = 0;
	if (mech_token.len > SPNEGO_TOKEN_MAX)
		return -EMSGSIZE;
	r = der_open(&der, "SPNEGO.InitialContextToken");
	if (r)
		goto out;
	r = -ENOMEM;
	if (!put_oid(&der, "thisMech", OID_SPNEGO) ||
	    !put(&der, "negTokenInit.mechTypes", "NEW", 1) ||
	    !put_oid(&der, "negTokenInit.mechTypes.?LAST", OID_NTLM) ||
	    !leave_out(&der, "negTokenInit.reqFlags") ||
	    !put_octets(&der, "negTokenInit.mechToken", mech_token) ||
	    !leave_out(&der, "negTokenInit.mechListMIC"))
		goto out;
	r = encode(&der, out);
out:
	der_close(&der);
	return r;
}

int spnego_encode_resp(const struct spnego_resp *resp, struct ntlm_token *out)
{
	uint8_t state = (uint8_t)resp->state;
	struct der der;
	int r;

	out->len = 0;
	if (resp->token.len > SPNEGO_TOKEN_MAX ||
	    resp->mic.len > SPNEGO_TOKEN_MAX)
		return -EMSGSIZE;
	r = der_open(&der, "SPNEGO.SubsequentContextToken");
	if (r)
		goto out;
	r = -ENOMEM;
	if (resp->state == SPNEGO_STATE_ABSENT ?
	    !leave_out(&der, "negState") : !put(&der, "negState", &state, 1))
		goto out;
	if (resp->mech == SPNEGO_MECH_NTLM ?
	    !put_oid(&der, "supportedMech", OID_NTLM) :
	    !leave_out(&der, "supportedMech"))
		goto out;
	if (!put_octets(&der, "responseToken", resp->token) ||
	    !put_octets(&der, "mechListMIC", resp->mic))
		goto out;
	r = encode(&der, out);
out:
	der_close(&der);
	return r;
}
