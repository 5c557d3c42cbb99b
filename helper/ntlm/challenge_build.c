// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "accept.h"
#include "charset.h"
#include "utf16.h"
#include "wire.h"

static void put_av_name(struct wire_writer *w, uint16_t id, const char *name)
{
	uint8_t text[NTLM_NAME_MAX];
	struct wire_writer value = { .data = text, .size = sizeof(text) };

	if (!name || !*name)
		return;
	/* ntlm_acceptor_policy_check() knows that the names fit. */
	if (utf16_put(&value, name, sizeof(text)))
		w->overflow = true;
	else
		av_put(w, id, (struct ntlm_bytes){ text, value.len });
}

static const char *domain_name(const struct ntlm_server_names *names)
{
	return names->nb_domain ? names->nb_domain : names->nb_computer;
}

/*
 * In the order of Windows. No MsvAvFlags: clients that find one with nothing set
 * compute a MIC that no server accepts.
 */
static void put_target_info(struct wire_writer *w,
			    const struct ntlm_server_names *names, uint64_t now)
{
	size_t start = w->len;
	uint8_t time[8];

	put_av_name(w, AV_NB_DOMAIN_NAME, domain_name(names));
	put_av_name(w, AV_NB_COMPUTER_NAME, names->nb_computer);
	put_av_name(w, AV_DNS_DOMAIN_NAME, names->dns_domain);
	put_av_name(w, AV_DNS_COMPUTER_NAME, names->dns_computer);
	put_av_name(w, AV_DNS_TREE_NAME, names->dns_tree);
	wire_set_le64(time, now);
	av_put(w, AV_TIMESTAMP, (struct ntlm_bytes){ time, sizeof(time) });
	av_put(w, AV_EOL, (struct ntlm_bytes){ NULL, 0 });
	wire_end_item(w, CHAL_TARGET_INFO, start);
}

static void put_fixed(struct wire_writer *w, uint32_t flags,
		      const uint8_t nonce[SERVER_CHALLENGE_SIZE])
{
	wire_put(w, message_signature, sizeof(message_signature));
	wire_put_le32(w, MESSAGE_CHALLENGE);
	wire_put_zero(w, CHAL_FLAGS - CHAL_TARGET_NAME);
	wire_put_le32(w, flags);
	wire_put(w, nonce, SERVER_CHALLENGE_SIZE);
	wire_put_zero(w, CHAL_VERSION - CHAL_RESERVED);
	if (flags & NTLMSSP_NEGOTIATE_VERSION)
		wire_put(w, message_version, sizeof(message_version));
	else
		wire_put_zero(w, sizeof(message_version));
}

static enum ntlm_error read_offer(const struct ntlm_request *request,
				  struct ntlm_bytes negotiate, uint32_t *offer,
				  struct ntlm_detail *detail)
{
	struct negotiate_message msg;
	enum ntlm_error err;

	*offer = 0;
	if (request->connectionless)
		return negotiate.len ? ntlm_fail(detail, NTLM_ERR_ARGUMENT,
						 "NEGOTIATE without a connection") :
				       NTLM_OK;
	err = negotiate_parse(negotiate, &msg, detail);
	if (!err)
		*offer = msg.flags;
	return err;
}

enum ntlm_error ntlm_build_challenge(const struct ntlm_acceptor_policy *policy,
				     const struct ntlm_request *request,
				     const struct ntlm_environment *env,
				     struct ntlm_bytes negotiate,
				     struct ntlm_token *token, uint32_t *flags,
				     struct ntlm_detail *detail)
{
	const struct ntlm_server_names *names = &policy->names;
	struct wire_writer w = { .data = token->data, .size = token->size };
	uint8_t nonce[SERVER_CHALLENGE_SIZE];
	uint32_t offer, granted;
	enum ntlm_error err;
	size_t start;

	if (w.size > NTLM_TOKEN_MAX)
		w.size = NTLM_TOKEN_MAX;
	token->len = 0;
	if (flags)
		*flags = 0;
	err = accept_check(policy, request, detail);
	if (err)
		return err;
	err = read_offer(request, negotiate, &offer, detail);
	if (err)
		return err;
	err = accept_grant(policy, request, offer, &granted, detail);
	if (err)
		return err;
	granted |= names->member ? NTLMSSP_TARGET_TYPE_DOMAIN :
				   NTLMSSP_TARGET_TYPE_SERVER;
	if (env->random(env->random_arg, nonce, sizeof(nonce)))
		return ntlm_fail(detail, NTLM_ERR_RANDOM, "ServerChallenge");

	put_fixed(&w, granted, nonce);
	start = w.len;
	err = charset_put(&w, granted, names->member ? domain_name(names) :
						       names->nb_computer,
			  NTLM_NAME_MAX, "CHALLENGE TargetName", detail);
	if (err)
		return err;
	wire_end_item(&w, CHAL_TARGET_NAME, start);
	put_target_info(&w, names, env->now);
	if (w.overflow)
		return ntlm_fail(detail, NTLM_ERR_TOO_LARGE, "CHALLENGE");
	token->len = w.len;
	if (flags)
		*flags = granted;
	return NTLM_OK;
}
