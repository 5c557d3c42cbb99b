// SPDX-License-Identifier: GPL-2.0-or-later
#include "netlink_put.h"

#include <errno.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <string.h>

#include <linux/ntlm.h>

/* what an answer holds besides token, list of mechanisms and SIDs */
#define OTHERS_SIZE	4096

/* What the kernel would not take is found here, where the log can say why. */
static bool fits(const struct answer *a)
{
	if (a->token.len > NTLM_MAX_TOKEN ||
	    a->mech_list.len > NTLM_MAX_MECH_LIST ||
	    a->sid_count > NTLM_MAX_SIDS)
		return false;
	for (unsigned int i = 0; i < a->sid_count; i++)
		if (strlen(a->sids[i]) > NTLM_MAX_SID)
			return false;
	return !a->mic_wanted ||
	       (a->mic_offset <= a->token.len &&
		a->token.len - a->mic_offset >= NTLM_SIGNATURE_SIZE);
}

static int put_keys(struct nl_msg *msg, const struct answer *a)
{
	int e = nla_put_u32(msg, NTLM_A_DONE_FLAGS, a->flags);

	if (!e && a->session_key)
		e = nla_put(msg, NTLM_A_DONE_SESSION_KEY, NTLM_SESSION_KEY_SIZE,
			    a->session_key);
	if (!e && a->granted)
		e = nla_put_u32(msg, NTLM_A_DONE_GRANTED, a->granted);
	if (!e)
		e = nla_put_string(msg, NTLM_A_DONE_USER, a->user);
	if (!e)
		e = nla_put_string(msg, NTLM_A_DONE_DOMAIN, a->domain);
	if (!e && a->workstation)
		e = nla_put_string(msg, NTLM_A_DONE_WORKSTATION, a->workstation);
	if (!e && a->identity)
		e = nla_put_u32(msg, NTLM_A_DONE_IDENTITY, a->identity);
	if (!e && a->credential)
		e = nla_put_u64(msg, NTLM_A_DONE_CREDENTIAL, a->credential);
	for (unsigned int i = 0; !e && i < a->sid_count; i++)
		e = nla_put_string(msg, NTLM_A_DONE_SID, a->sids[i]);
	return e;
}

/* mechListMIC of SPNEGO */
static int put_mechanisms(struct nl_msg *msg, const struct answer *a)
{
	int e = 0;

	if (a->mech_list.len)
		e = nla_put(msg, NTLM_A_DONE_MECH_LIST, (int)a->mech_list.len,
			    a->mech_list.data);
	if (!e && a->mic_wanted)
		e = nla_put_u32(msg, NTLM_A_DONE_MIC_OFFSET, a->mic_offset);
	if (!e && a->peer_mic)
		e = nla_put(msg, NTLM_A_DONE_PEER_MIC, NTLM_SIGNATURE_SIZE,
			    a->peer_mic);
	return e;
}

size_t answer_size(const struct answer *a)
{
	size_t size = OTHERS_SIZE + (size_t)nla_total_size((int)a->token.len) +
		      (size_t)nla_total_size((int)a->mech_list.len);

	if (!fits(a))
		return 0;
	for (unsigned int i = 0; i < a->sid_count; i++)
		size += (size_t)nla_total_size((int)strlen(a->sids[i]) + 1);
	return size;
}

/* What the kernel takes for something else than a failed exchange */
static uint32_t status_of(const struct answer *a)
{
	switch (a->status) {
	case EINPROGRESS:
	case EBUSY:
	case EISCONN:
	case EINVAL:
		return EIO;
	default:
		return (uint32_t)a->status;
	}
}

int answer_put(struct nl_msg *msg, uint64_t cookie, const struct answer *a)
{
	int e = nla_put_u64(msg, NTLM_A_DONE_COOKIE, cookie);

	if (!e)
		e = nla_put_u32(msg, NTLM_A_DONE_STATUS, status_of(a));
	if (!e && a->ntstatus)
		e = nla_put_u32(msg, NTLM_A_DONE_NTSTATUS, a->ntstatus);
	if (e || a->status)
		return e;
	if (a->token.len)
		e = nla_put(msg, NTLM_A_DONE_TOKEN, (int)a->token.len,
			    a->token.data);
	if (!e && a->established)
		e = nla_put_flag(msg, NTLM_A_DONE_ESTABLISHED);
	if (!e && a->has_keys)
		e = put_keys(msg, a);
	return e ? e : put_mechanisms(msg, a);
}
