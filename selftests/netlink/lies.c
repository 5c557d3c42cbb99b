// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A helper that lies at DONE: the answer is refused with a reason, the client
 * gets the error, and the context is dead.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "../lib/driver.h"
#include "../lib/nl.h"
#include "../lib/tap.h"
#include "tests.h"

/* Leg @leg of a new context is with the helper @nl. */
static void bring_to_leg(struct nl *nl, const struct drv_params *params,
			 unsigned int leg, struct client *c,
			 struct ntlm_req *req)
{
	struct drv_params p = *params;
	struct ntlm_done d;
	int fd;

	p.timeout_ms = 60000;
	CHECK_ERR(nl_open(nl), 0);
	CHECK_ERR(ntlm_register(nl), 0);
	fd = drv_context(&p);
	client_start(c, fd, NULL, 0);
	CHECK_ERR(ntlm_accept_wait(nl, req, 5000), 0);
	CHECK_EQ(req->leg, 0);
	if (!leg)
		return;
	d = ntlm_honest(req);
	CHECK_ERR(ntlm_done(nl, &d), 0);
	CHECK_ERR(client_join(c), -EINPROGRESS);
	client_start(c, fd, "CHALLENGE", 9);
	CHECK_ERR(ntlm_accept_wait(nl, req, 5000), 0);
	CHECK_EQ(req->leg, 1);
}

typedef void (*change_fn)(struct ntlm_done *d);

static void lie(const struct drv_params *p, unsigned int leg, change_fn change,
		int want, const char *why)
{
	struct ntlm_req *req = malloc(sizeof(*req));
	struct ntlm_counters before, after;
	struct ntlm_test_info info;
	struct ntlm_done d;
	struct client c;
	struct nl nl;

	bring_to_leg(&nl, p, leg, &c, req);
	CHECK_ERR(ntlm_stats(&nl, &before), 0);
	d = ntlm_honest(req);
	change(&d);
	CHECK_ERR(ntlm_done(&nl, &d), want);
	if (!strstr(nl.text, why))
		FAIL("extended ACK '%s', wanted '%s'", nl.text, why);
	CHECK_ERR(client_join(&c), want);
	CHECK_EQ(c.out_len, 0);
	CHECK_ERR(ntlm_stats(&nl, &after), 0);
	CHECK_EQ(after.lies, before.lies + 1);
	CHECK_EQ(after.established, before.established);

	/* Dead, and an honest answer comes too late. */
	d = ntlm_honest(req);
	CHECK_ERR(ntlm_done(&nl, &d), -ENOENT);
	CHECK_ERR(drv_exchange(c.fd, "CHALLENGE", 9, NULL, NULL), want);
	info = drv_info(c.fd);
	CHECK_ERR(info.flags_result, -ENOTCONN);
	CHECK_ERR(info.key_result, -ENOTCONN);
	CHECK_EQ(info.flags, 0);
}

/* The answer is fine for this client. */
static void truth(const struct drv_params *p, change_fn change, uint32_t flags,
		  int key_result)
{
	struct ntlm_req *req = malloc(sizeof(*req));
	struct ntlm_test_info info;
	struct ntlm_done d;
	struct client c;
	struct nl nl;

	bring_to_leg(&nl, p, 1, &c, req);
	d = ntlm_honest(req);
	change(&d);
	CHECK_ERR(ntlm_done(&nl, &d), 0);
	CHECK_ERR(client_join(&c), 0);
	info = drv_info(c.fd);
	CHECK_ERR(info.flags_result, 0);
	CHECK_EQ(info.flags, flags);
	CHECK_ERR(info.key_result, key_result);
	if (!key_result)
		CHECK(!memcmp(info.key, ntlm_test_key, sizeof(info.key)));
}

#define LIE(name, params, leg, want, why, change)			\
static void change_##name(struct ntlm_done *d)				\
{									\
	change;								\
}									\
									\
void name(void)								\
{									\
	const struct drv_params p = params;				\
									\
	lie(&p, leg, change_##name, want, why);				\
}

#define TRUTH(name, params, flags_, key_result, change)			\
static void change_##name(struct ntlm_done *d)				\
{									\
	change;								\
}									\
									\
void name(void)								\
{									\
	const struct drv_params p = params;				\
									\
	truth(&p, change_##name, flags_, key_result);			\
}

#define P(...) { __VA_ARGS__ }

static const char *const one_sid[] = { "S-1-5-18", NULL };

LIE(lie_no_sign_though_integrity_required,
    P(.required = NTLM_OPT_INTEGRITY), 1, -EOPNOTSUPP, "SIGN",
    d->flags &= ~NTLM_NEGOTIATE_SIGN)
LIE(lie_no_sign_though_replay_detect_required,
    P(.required = NTLM_OPT_REPLAY_DETECT), 1, -EOPNOTSUPP, "SIGN",
    d->flags &= ~NTLM_NEGOTIATE_SIGN)
LIE(lie_no_sign_though_sequence_detect_required,
    P(.required = NTLM_OPT_SEQUENCE_DETECT), 1, -EOPNOTSUPP, "SIGN",
    d->flags &= ~NTLM_NEGOTIATE_SIGN)
LIE(lie_no_seal_though_confidentiality_required,
    P(.required = NTLM_OPT_CONFIDENTIALITY), 1, -EOPNOTSUPP, "SEAL",
    d->flags &= ~NTLM_NEGOTIATE_SEAL)
LIE(lie_no_identify_though_required,
    P(.required = NTLM_OPT_IDENTIFY), 1, -EOPNOTSUPP, "IDENTIFY", (void)d)
LIE(lie_not_anonymous_though_required,
    P(.required = NTLM_OPT_ANONYMOUS), 1, -EOPNOTSUPP, "ANONYMOUS", (void)d)
LIE(lie_anonymous_not_asked_for,
    P(.required = 0), 1, -EPROTO, "ANONYMOUS",
    d->flags |= NTLM_NEGOTIATE_ANONYMOUS)
LIE(lie_anonymous_though_integrity_required,
    P(.required = NTLM_OPT_INTEGRITY, .wished = NTLM_OPT_ANONYMOUS), 1,
    -EOPNOTSUPP, "anonymous", d->flags |= NTLM_NEGOTIATE_ANONYMOUS)
LIE(lie_56_bit_key_for_the_default_of_128,
    P(.required = NTLM_OPT_INTEGRITY), 1, -EOPNOTSUPP, "weaker",
    d->flags = (d->flags & ~NTLM_NEGOTIATE_128) | NTLM_NEGOTIATE_56)
LIE(lie_40_bit_key_for_56,
    P(.required = NTLM_OPT_INTEGRITY, .min_key_bits = 56), 1, -EOPNOTSUPP,
    "weaker", d->flags &= ~(NTLM_NEGOTIATE_128 | NTLM_NEGOTIATE_56))
LIE(lie_no_extended_session_security,
    P(.required = NTLM_OPT_INTEGRITY), 1, -EOPNOTSUPP,
    "EXTENDED_SESSIONSECURITY",
    d->flags &= ~NTLM_NEGOTIATE_EXTENDED_SESSIONSECURITY)
LIE(lie_no_session_key, P(.required = 0), 1, -EPROTO, "session key",
    d->key = NULL)
LIE(lie_session_key_of_zeros, P(.required = 0), 1, -EPROTO, "session key",
    d->key = "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")
LIE(lie_no_flags, P(.required = 0), 1, -EPROTO, "flags", d->has_flags = false)
LIE(lie_datagram_on_a_connection, P(.required = 0), 1, -EPROTO, "DATAGRAM",
    d->flags |= NTLM_NEGOTIATE_DATAGRAM)
LIE(lie_no_token_on_the_last_leg, P(.required = 0), 1, -EPROTO, "token",
    d->token = NULL)
LIE(lie_key_on_an_open_leg, P(.required = 0), 1, -EPROTO, "before",
    { d->established = false; d->has_flags = false; })
LIE(lie_key_on_the_first_leg, P(.required = 0), 0, -EPROTO, "before",
    { d->key = ntlm_test_key; d->key_len = sizeof(ntlm_test_key); })
LIE(lie_flags_on_the_first_leg, P(.required = 0), 0, -EPROTO, "before",
    { d->has_flags = true; d->flags = NTLM_TEST_FLAGS; })
LIE(lie_user_on_the_first_leg, P(.required = 0), 0, -EPROTO,
    "without negotiated flags", d->user = "mallory")
LIE(lie_domain_on_the_first_leg, P(.required = 0), 0, -EPROTO,
    "without negotiated flags", d->domain = "MALLORY")
LIE(lie_workstation_on_the_first_leg, P(.required = 0), 0, -EPROTO,
    "without negotiated flags", d->workstation = "MALLORY")
LIE(lie_sids_on_the_first_leg, P(.required = 0), 0, -EPROTO,
    "without negotiated flags", d->sids = one_sid)
LIE(lie_credential_on_the_first_leg, P(.required = 0), 0, -EPROTO,
    "without negotiated flags", d->credential = 1)
LIE(lie_no_token_on_the_first_leg, P(.required = 0), 0, -EPROTO, "token",
    d->token = NULL)
LIE(lie_established_on_the_first_leg, P(.required = 0), 0, -EPROTO,
    "before the peer",
    { d->established = true; d->has_flags = true; d->flags = NTLM_TEST_FLAGS;
      d->key = ntlm_test_key; d->key_len = sizeof(ntlm_test_key); })

TRUTH(truth_wished_options_may_be_refused,
      P(.required = NTLM_OPT_INTEGRITY, .wished = NTLM_OPT_CONFIDENTIALITY |
	NTLM_OPT_IDENTIFY), NTLM_TEST_FLAGS & ~NTLM_NEGOTIATE_SEAL, 0,
      d->flags &= ~NTLM_NEGOTIATE_SEAL)
TRUTH(truth_56_bit_key_where_56_is_enough,
      P(.required = NTLM_OPT_INTEGRITY, .min_key_bits = 56),
      (NTLM_TEST_FLAGS & ~NTLM_NEGOTIATE_128) | NTLM_NEGOTIATE_56, 0,
      d->flags = (d->flags & ~NTLM_NEGOTIATE_128) | NTLM_NEGOTIATE_56)
TRUTH(truth_anonymous_has_no_key,
      P(.required = NTLM_OPT_ANONYMOUS),
      NTLM_TEST_FLAGS | NTLM_NEGOTIATE_ANONYMOUS, -ENOKEY,
      d->flags |= NTLM_NEGOTIATE_ANONYMOUS)
