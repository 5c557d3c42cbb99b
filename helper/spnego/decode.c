// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "der.h"
#include "spnego.h"

static const struct {
	const char *oid;
	const char *name;
} known_mechs[] = {
	{ OID_NTLM, "NTLM" },
	{ "1.2.840.113554.1.2.2", "Kerberos" },
	{ "1.2.840.48018.1.2.2", "Kerberos (Microsoft)" },
	{ "1.2.840.113554.1.2.2.3", "Kerberos user to user" },
	{ "1.3.6.1.4.1.311.2.2.30", "NEGOEX" },
	{ "1.3.6.1.5.2.5", "IAKERB" },
};

bool spnego_is_raw(struct ntlm_bytes token)
{
	static const char signature[8] = "NTLMSSP";

	return token.len >= sizeof(signature) &&
	       !memcmp(token.data, signature, sizeof(signature));
}

/* What was read has one encoding only, [RFC4178] 4: is @token it? */
static int check_canonical(const struct der *der, struct ntlm_bytes token)
{
	char why[ASN1_MAX_ERROR_DESCRIPTION_SIZE];
	int len = (int)token.len;
	uint8_t *again;
	int r;

	again = malloc(token.len);
	if (!again)
		return -ENOMEM;
	r = asn1_der_coding(der->value, "", again, &len, why);
	if (r == ASN1_MEM_ALLOC_ERROR)
		r = -ENOMEM;
	else if (r != ASN1_SUCCESS || (size_t)len != token.len ||
		 memcmp(again, token.data, token.len))
		r = -EPROTO;
	else
		r = 0;
	explicit_bzero(again, token.len);
	free(again);
	return r;
}

static int decode(struct der *der, const char *type, struct ntlm_bytes token)
{
	char why[ASN1_MAX_ERROR_DESCRIPTION_SIZE];
	int len = (int)token.len;
	int r;

	r = der_open(der, type);
	if (r)
		return r;
	if (!token.len || token.len > SPNEGO_TOKEN_MAX)
		return -EPROTO;
	r = asn1_der_decoding2(&der->value, token.data, &len,
			       ASN1_DECODE_FLAG_STRICT_DER, why);
	if (r == ASN1_MEM_ALLOC_ERROR)
		return -ENOMEM;
	if (r != ASN1_SUCCESS)
		return -EPROTO;
	return check_canonical(der, token);
}

/* Leave out tag and length; the bytes were decoded before. */
static bool inside(struct ntlm_bytes *bytes)
{
	int tag_len, len_len;
	unsigned long tag;
	unsigned char class;
	long len;

	if (asn1_get_tag_der(bytes->data, (int)bytes->len, &class, &tag_len,
			     &tag) != ASN1_SUCCESS)
		return false;
	bytes->data += tag_len;
	bytes->len -= (size_t)tag_len;
	len = asn1_get_length_der(bytes->data, (int)bytes->len, &len_len);
	if (len < 0 || bytes->len - (size_t)len_len != (size_t)len)
		return false;
	bytes->data += len_len;
	bytes->len = (size_t)len;
	return true;
}

/*
 * Where in the token a field with an explicit tag is, without that tag. Empty
 * if it is absent.
 */
static struct ntlm_bytes tagged(const struct der *der, struct ntlm_bytes token,
				const char *name)
{
	struct ntlm_bytes bytes = { NULL, 0 };
	int start, end, none = 0;

	if (asn1_read_value(der->value, name, NULL, &none) ==
	    ASN1_ELEMENT_NOT_FOUND)
		return bytes;
	if (asn1_der_decoding_startEnd(der->value, token.data, (int)token.len,
				       name, &start, &end) != ASN1_SUCCESS ||
	    start < 0 || end < start || (size_t)end >= token.len)
		return bytes;
	bytes.data = token.data + start;
	bytes.len = (size_t)(end - start) + 1;
	if (!inside(&bytes))
		return (struct ntlm_bytes){ NULL, 0 };
	return bytes;
}

/* Contents of an OCTET STRING; one without contents counts as absent. */
static struct ntlm_bytes octets(const struct der *der, struct ntlm_bytes token,
				const char *name)
{
	struct ntlm_bytes bytes = tagged(der, token, name);

	if (!bytes.data || !inside(&bytes) || !bytes.len)
		return (struct ntlm_bytes){ NULL, 0 };
	return bytes;
}

static bool read_text(const struct der *der, const char *name, char *text,
		      int size)
{
	return asn1_read_value(der->value, name, text, &size) == ASN1_SUCCESS;
}

static const char *mech_name(const char *oid)
{
	for (size_t i = 0; i < sizeof(known_mechs) / sizeof(known_mechs[0]); i++)
		if (!strcmp(oid, known_mechs[i].oid))
			return known_mechs[i].name;
	return oid;
}

/* Cut at the end of @to, with dots where something is missing. */
static void append_name(char *to, size_t size, const char *name)
{
	size_t len = strlen(to);
	size_t want = strlen(name) + (len ? strlen(", ") : 0);

	if (size - len > want + strlen(", ..."))
		snprintf(to + len, size - len, "%s%s", len ? ", " : "", name);
	else if (len < strlen(", ...") || strcmp(to + len - strlen("..."), "..."))
		snprintf(to + len, size - len, ", ...");
}

static int read_mechs(const struct der *der, struct spnego_init *init)
{
	char field[64], oid[SPNEGO_TEXT_SIZE];
	int count = 0;

	if (asn1_number_of_elements(der->value, "negTokenInit.mechTypes",
				    &count) != ASN1_SUCCESS ||
	    count < 1 || count > SPNEGO_MECHS_MAX)
		return -EPROTO;
	for (int i = 1; i <= count; i++) {
		snprintf(field, sizeof(field), "negTokenInit.mechTypes.?%d", i);
		if (!read_text(der, field, oid, sizeof(oid)))
			return -EPROTO;
		if (!strcmp(oid, OID_NTLM)) {
			init->has_ntlm = true;
			init->prefers_ntlm |= i == 1;
		}
		append_name(init->offered, sizeof(init->offered),
			    mech_name(oid));
	}
	return 0;
}

int spnego_decode_init(struct ntlm_bytes token, struct spnego_init *init,
		       const char **why)
{
	char oid[SPNEGO_TEXT_SIZE];
	struct der der;
	int r;

	memset(init, 0, sizeof(*init));
	*why = "the first token is no NegTokenInit of SPNEGO";
	r = decode(&der, "SPNEGO.InitialContextToken", token);
	if (r == -EPROTO) {
		der_close(&der);
		r = decode(&der, "SPNEGO.InitialContextToken2", token);
	}
	if (r)
		goto out;
	r = -EPROTO;
	if (!read_text(&der, "thisMech", oid, sizeof(oid)) ||
	    strcmp(oid, OID_SPNEGO))
		goto out;

	*why = "too many mechanisms in a NegTokenInit, or none";
	init->mech_list = tagged(&der, token, "negTokenInit.mechTypes");
	if (!init->mech_list.data || init->mech_list.len > SPNEGO_MECH_LIST_MAX)
		goto out;
	r = read_mechs(&der, init);
	if (r)
		goto out;
	init->mech_token = octets(&der, token, "negTokenInit.mechToken");
out:
	if (r == -ENOMEM)
		*why = "out of memory";
	der_close(&der);
	return r;
}

/* An ENUMERATED of one byte, or nothing */
static int read_state(const struct der *der, struct ntlm_bytes token,
		      enum spnego_state *state)
{
	struct ntlm_bytes bytes = tagged(der, token, "negState");

	*state = SPNEGO_STATE_ABSENT;
	if (!bytes.data)
		return 0;
	if (!inside(&bytes) || bytes.len != 1 ||
	    bytes.data[0] > SPNEGO_REQUEST_MIC)
		return -EPROTO;
	*state = (enum spnego_state)bytes.data[0];
	return 0;
}

int spnego_decode_resp(struct ntlm_bytes token, struct spnego_resp *resp,
		       const char **why)
{
	char oid[SPNEGO_TEXT_SIZE];
	struct der der;
	int r;

	memset(resp, 0, sizeof(*resp));
	*why = "a token is no NegTokenResp of SPNEGO";
	r = decode(&der, "SPNEGO.SubsequentContextToken", token);
	if (r)
		goto out;
	r = read_state(&der, token, &resp->state);
	if (r) {
		*why = "unknown negState in a NegTokenResp";
		goto out;
	}
	if (tagged(&der, token, "supportedMech").data) {
		r = -EPROTO;
		if (!read_text(&der, "supportedMech", oid, sizeof(oid)))
			goto out;
		resp->mech = strcmp(oid, OID_NTLM) ? SPNEGO_MECH_OTHER :
						     SPNEGO_MECH_NTLM;
		append_name(resp->mech_name, sizeof(resp->mech_name),
			    mech_name(oid));
		r = 0;
	}
	resp->token = octets(&der, token, "responseToken");
	resp->mic = octets(&der, token, "mechListMIC");
	if (resp->mic.data && resp->mic.len == resp->token.len &&
	    !memcmp(resp->mic.data, resp->token.data, resp->mic.len))
		resp->mic = (struct ntlm_bytes){ NULL, 0 };
out:
	if (r == -ENOMEM)
		*why = "out of memory";
	der_close(&der);
	return r;
}
