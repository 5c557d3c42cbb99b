// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading a helper's answer, NTLM_CMD_DONE, into kernel memory.
 */
#include <linux/ctype.h>
#include <linux/slab.h>
#include <net/genetlink.h>
#include "core.h"

/* SubAuthority of a SID, SID_MAX_SUB_AUTHORITIES of [MS-DTYP] section 2.4.2 */
#define NTLM_SID_NUMBERS	15

void ntlm_answer_wipe(struct ntlm_answer *answer)
{
	ntlm_token_free(&answer->token);
	ntlm_token_free(&answer->mech_list);
	kfree(answer->user);
	kfree(answer->domain);
	kfree(answer->workstation);
	kfree(answer->sids);
	memzero_explicit(answer, sizeof(*answer));
}
EXPORT_SYMBOL_NTLM_KUNIT(ntlm_answer_wipe);

static int ntlm_name_from(const struct nlattr *attr, char **name,
			  struct netlink_ext_ack *extack)
{
	if (!attr)
		return 0;
	*name = nla_strdup(attr, GFP_KERNEL);
	if (!*name)
		return -ENOMEM;
	if (!ntlm_name_valid(*name)) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "control character in a name");
		return -EINVAL;
	}
	return 0;
}

static int ntlm_bytes_from(const struct nlattr *attr, struct ntlm_token *bytes)
{
	if (!attr)
		return 0;
	bytes->data = kmemdup(nla_data(attr), nla_len(attr), GFP_KERNEL);
	if (!bytes->data)
		return -ENOMEM;
	bytes->len = nla_len(attr);
	return 0;
}

/* Takes "-NUMBER" off; each number has one spelling, for SIDs are compared. */
static bool ntlm_sid_number(const char **text)
{
	const char *first = *text + 1, *at = first;
	u64 n = 0;

	if (**text != '-' || !isdigit(*first))
		return false;
	for (; isdigit(*at) && n <= U32_MAX; at++)
		n = 10 * n + *at - '0';
	*text = at;
	return n <= U32_MAX && (*first != '0' || at == first + 1);
}

/* A number, or "-0x" and twelve lower-case digits if it does not fit in 32 bits */
static bool ntlm_sid_authority(const char **text)
{
	const char *digits = *text + 3;
	unsigned int i;

	if (strncmp(*text, "-0x", 3))
		return ntlm_sid_number(text);
	for (i = 0; i < 12; i++)
		if (!isxdigit(digits[i]) || isupper(digits[i]))
			return false;
	*text = digits + 12;
	return strncmp(digits, "0000", 4);
}

/* [MS-DTYP] section 2.4.2.1 */
static bool ntlm_sid_valid(const char *sid)
{
	unsigned int n;

	if (strncmp(sid, "S-1", 3))
		return false;
	sid += 3;
	if (!ntlm_sid_authority(&sid))
		return false;
	for (n = 0; *sid; n++)
		if (n == NTLM_SID_NUMBERS || !ntlm_sid_number(&sid))
			return false;
	return n;
}

static int ntlm_sids_from(struct genl_info *info, struct ntlm_sids **to)
{
	struct ntlm_sids *sids;
	unsigned int n = 0;
	struct nlattr *attr;
	size_t size = 0;
	char *text;
	int rem;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != NTLM_A_DONE_SID)
			continue;
		size += nla_len(attr);
		if (++n > NTLM_MAX_SIDS) {
			NL_SET_ERR_MSG_ATTR(info->extack, attr,
					    "too many SIDs");
			return -E2BIG;
		}
	}
	if (!n)
		return 0;

	sids = kmalloc(struct_size(sids, sid, n) + size, GFP_KERNEL);
	if (!sids)
		return -ENOMEM;
	*to = sids;
	text = (char *)&sids->sid[n];
	sids->n = 0;
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != NTLM_A_DONE_SID)
			continue;
		/* The policy has seen to the NUL at the end of each. */
		memcpy(text, nla_data(attr), nla_len(attr));
		if (!ntlm_sid_valid(text)) {
			NL_SET_ERR_MSG_ATTR(info->extack, attr,
					    "this is no SID");
			return -EINVAL;
		}
		sids->sid[sids->n++] = text;
		text += nla_len(attr);
	}
	return 0;
}

/* Results of ntlm_ctx_exchange() that do not mean a failed exchange */
static bool ntlm_status_reserved(int status)
{
	switch (status) {
	case -EINPROGRESS:
	case -EBUSY:
	case -EISCONN:
	case -EINVAL:
		return true;
	default:
		return false;
	}
}

static int ntlm_status_from(struct nlattr **attrs, struct ntlm_answer *answer,
			    struct netlink_ext_ack *extack)
{
	struct nlattr *attr = attrs[NTLM_A_DONE_STATUS];

	if (!attr) {
		NL_SET_ERR_MSG(extack, "the status is missing");
		return -EINVAL;
	}
	answer->status = -(int)nla_get_u32(attr);
	if (ntlm_status_reserved(answer->status)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "this errno has a meaning of its own here");
		return -EINVAL;
	}
	attr = attrs[NTLM_A_DONE_NTSTATUS];
	if (attr)
		answer->ntstatus = nla_get_u32(attr);
	return 0;
}

static int ntlm_key_from(const struct nlattr *attr, struct ntlm_answer *answer,
			 struct netlink_ext_ack *extack)
{
	if (!attr)
		return 0;
	if (nla_len(attr) != NTLM_SESSION_KEY_SIZE) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "a session key has 16 bytes");
		return -ERANGE;
	}
	answer->has_key = true;
	memcpy(answer->key, nla_data(attr), sizeof(answer->key));
	return 0;
}

static void ntlm_numbers_from(struct nlattr **attrs, struct ntlm_answer *answer)
{
	if (attrs[NTLM_A_DONE_FLAGS]) {
		answer->has_flags = true;
		answer->flags = nla_get_u32(attrs[NTLM_A_DONE_FLAGS]);
	}
	if (attrs[NTLM_A_DONE_MIC_OFFSET]) {
		answer->has_mic_offset = true;
		answer->mic_offset = nla_get_u32(attrs[NTLM_A_DONE_MIC_OFFSET]);
	}
	if (attrs[NTLM_A_DONE_PEER_MIC]) {
		answer->has_peer_mic = true;
		memcpy(answer->peer_mic, nla_data(attrs[NTLM_A_DONE_PEER_MIC]),
		       sizeof(answer->peer_mic));
	}
	if (attrs[NTLM_A_DONE_GRANTED])
		answer->granted = nla_get_u32(attrs[NTLM_A_DONE_GRANTED]);
	if (attrs[NTLM_A_DONE_IDENTITY])
		answer->identity = nla_get_u32(attrs[NTLM_A_DONE_IDENTITY]);
	if (attrs[NTLM_A_DONE_CREDENTIAL])
		answer->credential = nla_get_u64(attrs[NTLM_A_DONE_CREDENTIAL]);
	answer->established = nla_get_flag(attrs[NTLM_A_DONE_ESTABLISHED]);
}

/**
 * ntlm_answer_parse - read an answer
 * @info: the message
 * @attrs: its attributes, that the policy has let through; of several of one
 *	type the last one
 * @answer: all zeros; to be given to ntlm_answer_wipe(), also after an error
 *
 * Nothing is checked here against the context that the answer is for.
 *
 * Context: process, may sleep.
 * Return: 0; -EINVAL, -ERANGE or -E2BIG for what is malformed, with an
 * extended ACK; -ENOMEM.
 */
int ntlm_answer_parse(struct genl_info *info, struct nlattr **attrs,
		      struct ntlm_answer *answer)
{
	int err;

	err = ntlm_status_from(attrs, answer, info->extack);
	if (!err)
		err = ntlm_bytes_from(attrs[NTLM_A_DONE_TOKEN], &answer->token);
	if (!err)
		err = ntlm_bytes_from(attrs[NTLM_A_DONE_MECH_LIST],
				      &answer->mech_list);
	if (!err)
		err = ntlm_key_from(attrs[NTLM_A_DONE_SESSION_KEY], answer,
				    info->extack);
	if (!err)
		err = ntlm_name_from(attrs[NTLM_A_DONE_USER], &answer->user,
				     info->extack);
	if (!err)
		err = ntlm_name_from(attrs[NTLM_A_DONE_DOMAIN],
				     &answer->domain, info->extack);
	if (!err)
		err = ntlm_name_from(attrs[NTLM_A_DONE_WORKSTATION],
				     &answer->workstation, info->extack);
	if (!err)
		err = ntlm_sids_from(info, &answer->sids);
	if (!err)
		ntlm_numbers_from(attrs, answer);
	return err;
}
