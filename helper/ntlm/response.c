// SPDX-License-Identifier: GPL-2.0-or-later
#include "response.h"

const char *ntlm_response_name(enum ntlm_response response)
{
	switch (response) {
	case NTLM_RESPONSE_NONE:
		return "none";
	case NTLM_RESPONSE_LM:
		return "LM";
	case NTLM_RESPONSE_NTLM:
		return "NTLMv1";
	case NTLM_RESPONSE_NTLM2_SESSION:
		return "NTLM2 session";
	case NTLM_RESPONSE_LMV2:
		return "LMv2";
	case NTLM_RESPONSE_NTLMV2:
		return "NTLMv2";
	}
	return "unknown";
}

enum ntlm_error response_put(struct wire_writer *w,
			     const struct response_input *in,
			     uint8_t key_exchange_key[NTLM_KEY_SIZE],
			     struct ntlm_detail *detail)
{
	if (in->ex->response == NTLM_RESPONSE_NTLMV2)
		return response_put_v2(w, in, key_exchange_key, detail);
	return response_put_v1(w, in, key_exchange_key, detail);
}
