// SPDX-License-Identifier: GPL-2.0-or-later
#include <gssapi/gssapi_ext.h>
#include <nettle/md5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "acceptor.h"

static const gss_OID_desc ntlmssp = {
	10, (void *)"\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a",
};

/* 1.3.6.1.4.1.7165.655.1.5, the flags that a credential offers */
static gss_OID_desc neg_flags_option = {
	11, (void *)"\x2b\x06\x01\x04\x01\xb7\x7d\x85\x0f\x01\x05",
};

bool acceptor_open(struct acceptor *a, uint32_t offer)
{
	gss_buffer_desc text = { .value = (void *)"host", .length = 4 };
	gss_OID_set_desc mechs = { 1, (gss_OID)&ntlmssp };
	gss_buffer_desc value = { .value = &offer, .length = sizeof(offer) };
	gss_name_t name = GSS_C_NO_NAME;
	OM_uint32 minor;

	memset(a, 0, sizeof(*a));
	a->major = gss_import_name(&a->minor, &text, GSS_C_NT_HOSTBASED_SERVICE,
				   &name);
	if (a->major)
		return false;
	a->major = gss_acquire_cred(&a->minor, name, GSS_C_INDEFINITE, &mechs,
				    GSS_C_ACCEPT, &a->cred, NULL, NULL);
	if (!a->major && offer)
		a->major = gss_set_cred_option(&a->minor, &a->cred,
					       &neg_flags_option, &value);
	gss_release_name(&minor, &name);
	return !a->major;
}

void acceptor_close(struct acceptor *a)
{
	OM_uint32 minor;

	if (a->ctx)
		gss_delete_sec_context(&minor, &a->ctx, GSS_C_NO_BUFFER);
	if (a->cred)
		gss_release_cred(&minor, &a->cred);
	memset(a, 0, sizeof(*a));
}

/* NegotiateFlags of a CHALLENGE_MESSAGE, [MS-NLMP] section 2.2.1.2 */
static void read_challenge_flags(struct acceptor *a, const uint8_t *token,
				 size_t len)
{
	if (len >= 24 && token[8] == 2)
		a->challenge_flags = (uint32_t)token[20] |
				     (uint32_t)token[21] << 8 |
				     (uint32_t)token[22] << 16 |
				     (uint32_t)token[23] << 24;
}

bool acceptor_step(struct acceptor *a, const void *in, size_t in_len,
		   const char *bindings, void **out, size_t *out_len)
{
	struct gss_channel_bindings_struct cb = { 0 };
	gss_buffer_desc input = { .value = (void *)in, .length = in_len };
	gss_buffer_desc output = GSS_C_EMPTY_BUFFER;
	OM_uint32 minor;

	*out = NULL;
	*out_len = 0;
	if (bindings) {
		cb.application_data.value = (void *)bindings;
		cb.application_data.length = strlen(bindings);
	}
	a->major = gss_accept_sec_context(&a->minor, &a->ctx, a->cred, &input,
					  bindings ? &cb : NULL, NULL, NULL,
					  &output, &a->flags, NULL, NULL);
	a->established = a->major == GSS_S_COMPLETE;
	a->refused = GSS_ERROR(a->major);
	if (output.length) {
		*out = malloc(output.length);
		if (!*out)
			abort();
		memcpy(*out, output.value, output.length);
		*out_len = output.length;
		read_challenge_flags(a, *out, *out_len);
	}
	gss_release_buffer(&minor, &output);
	return !a->refused;
}

bool acceptor_key(struct acceptor *a, uint8_t key[ACCEPTOR_KEY_SIZE])
{
	gss_buffer_set_t set = GSS_C_NO_BUFFER_SET;
	OM_uint32 minor;
	bool ok = false;

	a->major = gss_inquire_sec_context_by_oid(&a->minor, a->ctx,
						  GSS_C_INQ_SSPI_SESSION_KEY,
						  &set);
	if (!a->major && set && set->count >= 1 &&
	    set->elements[0].length == ACCEPTOR_KEY_SIZE) {
		memcpy(key, set->elements[0].value, ACCEPTOR_KEY_SIZE);
		ok = true;
	}
	gss_release_buffer_set(&minor, &set);
	return ok;
}

bool acceptor_wrap(struct acceptor *a, const void *data, size_t len,
		   void *sealed, uint8_t signature[ACCEPTOR_SIGNATURE_SIZE])
{
	gss_buffer_desc input = { .value = (void *)data, .length = len };
	gss_buffer_desc output = GSS_C_EMPTY_BUFFER;
	OM_uint32 minor;
	int conf = 0;
	bool ok;

	a->major = gss_wrap(&a->minor, a->ctx, 1, GSS_C_QOP_DEFAULT, &input,
			    &conf, &output);
	ok = !a->major && conf &&
	     output.length == len + ACCEPTOR_SIGNATURE_SIZE;
	if (ok) {
		memcpy(signature, output.value, ACCEPTOR_SIGNATURE_SIZE);
		memcpy(sealed, (uint8_t *)output.value + ACCEPTOR_SIGNATURE_SIZE,
		       len);
	}
	gss_release_buffer(&minor, &output);
	return ok;
}

bool acceptor_unwrap(struct acceptor *a, const void *sealed, size_t len,
		     const uint8_t signature[ACCEPTOR_SIGNATURE_SIZE],
		     void *data)
{
	gss_buffer_desc input = { .length = len + ACCEPTOR_SIGNATURE_SIZE };
	gss_buffer_desc output = GSS_C_EMPTY_BUFFER;
	OM_uint32 minor;
	int conf = 0;
	bool ok;

	input.value = malloc(input.length);
	if (!input.value)
		abort();
	memcpy(input.value, signature, ACCEPTOR_SIGNATURE_SIZE);
	memcpy((uint8_t *)input.value + ACCEPTOR_SIGNATURE_SIZE, sealed, len);
	a->major = gss_unwrap(&a->minor, a->ctx, &input, &output, &conf, NULL);
	ok = !a->major && conf && output.length == len;
	if (ok)
		memcpy(data, output.value, len);
	gss_release_buffer(&minor, &output);
	free(input.value);
	return ok;
}

bool acceptor_get_mic(struct acceptor *a, const void *data, size_t len,
		      uint8_t signature[ACCEPTOR_SIGNATURE_SIZE])
{
	gss_buffer_desc input = { .value = (void *)data, .length = len };
	gss_buffer_desc output = GSS_C_EMPTY_BUFFER;
	OM_uint32 minor;
	bool ok;

	a->major = gss_get_mic(&a->minor, a->ctx, GSS_C_QOP_DEFAULT, &input,
			       &output);
	ok = !a->major && output.length == ACCEPTOR_SIGNATURE_SIZE;
	if (ok)
		memcpy(signature, output.value, ACCEPTOR_SIGNATURE_SIZE);
	gss_release_buffer(&minor, &output);
	return ok;
}

bool acceptor_verify_mic(struct acceptor *a, const void *data, size_t len,
			 const uint8_t signature[ACCEPTOR_SIGNATURE_SIZE])
{
	gss_buffer_desc input = { .value = (void *)data, .length = len };
	gss_buffer_desc token = {
		.value = (void *)signature, .length = ACCEPTOR_SIGNATURE_SIZE,
	};

	a->major = gss_verify_mic(&a->minor, a->ctx, &input, &token, NULL);
	return !a->major;
}

static void why(OM_uint32 status, int type)
{
	gss_buffer_desc text = GSS_C_EMPTY_BUFFER;
	OM_uint32 minor, more = 0;

	do {
		if (GSS_ERROR(gss_display_status(&minor, status, type,
						 (gss_OID)&ntlmssp, &more,
						 &text)))
			return;
		printf("#   acceptor: %.*s\n", (int)text.length,
		       (char *)text.value);
		gss_release_buffer(&minor, &text);
	} while (more);
}

void acceptor_why(const struct acceptor *a)
{
	if (!a->major)
		return;
	why(a->major, GSS_C_GSS_CODE);
	why(a->minor, GSS_C_MECH_CODE);
}

void acceptor_bindings_hash(const char *data, uint8_t hash[16])
{
	/* two address types and two empty addresses, all zero */
	static const uint8_t addresses[16];
	uint32_t len = (uint32_t)strlen(data);
	uint8_t le[4] = {
		(uint8_t)len, (uint8_t)(len >> 8),
		(uint8_t)(len >> 16), (uint8_t)(len >> 24),
	};
	struct md5_ctx md5;

	md5_init(&md5);
	md5_update(&md5, sizeof(addresses), addresses);
	md5_update(&md5, sizeof(le), le);
	md5_update(&md5, len, (const uint8_t *)data);
	md5_digest(&md5, 16, hash);
}
