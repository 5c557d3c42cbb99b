// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The operations of the family "ntlm".
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "nl.h"
#include "tap.h"

const uint8_t ntlm_test_key[NTLM_SESSION_KEY_SIZE] = {
	0x6b, 0x65, 0x79, 0xa1, 0xb2, 0xc3, 0xd4, 0xe5,
	0xf6, 0x07, 0x18, 0x29, 0x3a, 0x4b, 0x5c, 0x6d
};

int ntlm_register_as(struct nl *nl, uint32_t features)
{
	nl_begin(nl, nl->m, NTLM_CMD_REGISTER, 0);
	nl_put_u32(nl->m, NTLM_A_HELPER_FEATURES, features);
	return nl_talk(nl, nl->m, NULL);
}

int ntlm_register(struct nl *nl)
{
	return ntlm_register_as(nl, NTLM_TEST_FEATURES);
}

static void copy_name(const struct nl *nl, char name[NTLM_MAX_NAME + 1],
		      uint16_t type)
{
	const char *s = nl_str(nl->r, type);

	snprintf(name, NTLM_MAX_NAME + 1, "%s", s ? s : "");
}

int ntlm_accept(struct nl *nl, struct ntlm_req *req)
{
	const struct nlattr *a;
	unsigned int i;
	int err;

	nl_begin(nl, nl->m, NTLM_CMD_ACCEPT, 0);
	err = nl_talk(nl, nl->m, nl->r);
	if (err)
		return err;
	if (nl->r->cmd != NTLM_CMD_ACCEPT)
		FAIL("ACCEPT succeeded without a request");
	req->cookie = nl_u64(nl->r, NTLM_A_REQUEST_COOKIE);
	req->context = nl_u32(nl->r, NTLM_A_REQUEST_CONTEXT);
	req->role = nl_u32(nl->r, NTLM_A_REQUEST_ROLE);
	req->mode = nl_u32(nl->r, NTLM_A_REQUEST_MODE);
	req->leg = nl_u32(nl->r, NTLM_A_REQUEST_LEG);
	req->uid = nl_u32(nl->r, NTLM_A_REQUEST_UID);
	req->required = nl_u32(nl->r, NTLM_A_REQUEST_REQUIRED);
	req->wished = nl_u32(nl->r, NTLM_A_REQUEST_WISHED);
	req->min_key_bits = nl_u32(nl->r, NTLM_A_REQUEST_MIN_KEY_BITS);
	req->deadline = nl_u32(nl->r, NTLM_A_REQUEST_DEADLINE);
	req->unverified = nl_attr(nl->r, NTLM_A_REQUEST_TARGET_UNVERIFIED);
	req->allow_legacy = nl_attr(nl->r, NTLM_A_REQUEST_ALLOW_LEGACY);
	req->spnego = nl_attr(nl->r, NTLM_A_REQUEST_SPNEGO);
	copy_name(nl, req->target, NTLM_A_REQUEST_TARGET);
	copy_name(nl, req->user, NTLM_A_REQUEST_USER);
	copy_name(nl, req->domain, NTLM_A_REQUEST_DOMAIN);
	a = nl_attr(nl->r, NTLM_A_REQUEST_CHANNEL_BINDINGS);
	req->has_bindings = a;
	if (a && nl_attr_len(a) != sizeof(req->bindings))
		FAIL("channel bindings of %zu bytes", nl_attr_len(a));
	if (a)
		memcpy(req->bindings, nl_attr_data(a), sizeof(req->bindings));
	req->ntokens = 0;
	for (i = 0; i < nl->r->nattrs; i++) {
		a = nl->r->attrs[i];
		if ((a->nla_type & NLA_TYPE_MASK) != NTLM_A_REQUEST_TOKEN)
			continue;
		if (req->ntokens == NTLM_TEST_TOKENS ||
		    nl_attr_len(a) > NTLM_MAX_TOKEN)
			FAIL("ACCEPT with more tokens than documented");
		memcpy(req->token[req->ntokens], nl_attr_data(a),
		       nl_attr_len(a));
		req->token_len[req->ntokens++] = nl_attr_len(a);
	}
	return 0;
}

int ntlm_accept_wait(struct nl *nl, struct ntlm_req *req, int ms)
{
	long long end = tap_now_ms() + ms;
	int err;

	for (;;) {
		err = ntlm_accept(nl, req);
		if (err != -EAGAIN && err != -ENOBUFS)
			return err;
		if (tap_now_ms() >= end)
			return err;
		tap_sleep_ms(1);
	}
}

void ntlm_done_msg(struct nl *nl, struct nl_msg *m, const struct ntlm_done *d)
{
	nl_begin(nl, m, NTLM_CMD_DONE, 0);
	nl_put_u64(m, NTLM_A_DONE_COOKIE, d->cookie);
	nl_put_u32(m, NTLM_A_DONE_STATUS, (uint32_t)d->status);
	if (d->token)
		nl_put(m, NTLM_A_DONE_TOKEN, d->token, d->token_len);
	if (d->established)
		nl_put(m, NTLM_A_DONE_ESTABLISHED, NULL, 0);
	if (d->has_flags)
		nl_put_u32(m, NTLM_A_DONE_FLAGS, d->flags);
	if (d->key)
		nl_put(m, NTLM_A_DONE_SESSION_KEY, d->key, d->key_len);
	if (d->user)
		nl_put_str(m, NTLM_A_DONE_USER, d->user);
	if (d->domain)
		nl_put_str(m, NTLM_A_DONE_DOMAIN, d->domain);
	if (d->credential)
		nl_put_u64(m, NTLM_A_DONE_CREDENTIAL, d->credential);
	if (d->ntstatus)
		nl_put_u32(m, NTLM_A_DONE_NTSTATUS, d->ntstatus);
	if (d->granted)
		nl_put_u32(m, NTLM_A_DONE_GRANTED, d->granted);
	if (d->identity)
		nl_put_u32(m, NTLM_A_DONE_IDENTITY, d->identity);
	if (d->mech_list)
		nl_put(m, NTLM_A_DONE_MECH_LIST, d->mech_list, d->mech_list_len);
	if (d->has_mic_offset)
		nl_put_u32(m, NTLM_A_DONE_MIC_OFFSET, d->mic_offset);
	if (d->peer_mic)
		nl_put(m, NTLM_A_DONE_PEER_MIC, d->peer_mic, NTLM_SIGNATURE_SIZE);
	if (d->workstation)
		nl_put_str(m, NTLM_A_DONE_WORKSTATION, d->workstation);
	for (const char *const *sid = d->sids; sid && *sid; sid++)
		nl_put_str(m, NTLM_A_DONE_SID, *sid);
}

int ntlm_done(struct nl *nl, const struct ntlm_done *d)
{
	ntlm_done_msg(nl, nl->m, d);
	return nl_talk(nl, nl->m, NULL);
}

struct ntlm_done ntlm_honest(const struct ntlm_req *req)
{
	struct ntlm_done d = { .cookie = req->cookie };

	bool acceptor = req->role == NTLM_ROLE_ACCEPTOR;

	if (!req->leg) {
		d.token = acceptor ? "CHALLENGE" : "NEGOTIATE";
		d.token_len = strlen(d.token);
		return d;
	}
	if (!acceptor) {
		d.token = "AUTHENTICATE";
		d.token_len = strlen(d.token);
	}
	d.established = true;
	d.granted = req->has_bindings ? NTLM_OPT_CHANNEL_BINDINGS : 0;
	d.has_flags = true;
	d.flags = NTLM_TEST_FLAGS;
	if (req->mode == NTLM_MODE_CONNECTIONLESS)
		d.flags |= NTLM_NEGOTIATE_DATAGRAM;
	d.key = ntlm_test_key;
	d.key_len = sizeof(ntlm_test_key);
	return d;
}

int ntlm_stats(struct nl *nl, struct ntlm_counters *c)
{
	int err;

	nl_begin(nl, nl->m, NTLM_CMD_STATS_GET, 0);
	err = nl_talk(nl, nl->m, nl->r);
	if (err)
		return err;
	memset(c, 0, sizeof(*c));
	c->contexts = nl_u64(nl->r, NTLM_A_STATS_CONTEXTS);
	c->queued = nl_u64(nl->r, NTLM_A_STATS_QUEUED);
	c->accepted = nl_u64(nl->r, NTLM_A_STATS_ACCEPTED);
	c->requests = nl_u64(nl->r, NTLM_A_STATS_REQUESTS);
	c->done = nl_u64(nl->r, NTLM_A_STATS_DONE);
	c->failed = nl_u64(nl->r, NTLM_A_STATS_FAILED);
	c->lies = nl_u64(nl->r, NTLM_A_STATS_LIES);
	c->timeouts = nl_u64(nl->r, NTLM_A_STATS_TIMEOUTS);
	c->cancelled = nl_u64(nl->r, NTLM_A_STATS_CANCELLED);
	c->requeued = nl_u64(nl->r, NTLM_A_STATS_REQUEUED);
	c->no_helper = nl_u64(nl->r, NTLM_A_STATS_NO_HELPER);
	c->limited = nl_u64(nl->r, NTLM_A_STATS_LIMITED);
	c->established = nl_u64(nl->r, NTLM_A_STATS_ESTABLISHED);
	c->registrations = nl_u64(nl->r, NTLM_A_STATS_REGISTRATIONS);
	if (nl_attr(nl->r, NTLM_A_STATS_HELPER_PORT)) {
		c->helper_port = nl_u32(nl->r, NTLM_A_STATS_HELPER_PORT);
		c->helper_pid = nl_u32(nl->r, NTLM_A_STATS_HELPER_PID);
	}
	return 0;
}
