// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Malformed messages: each is answered with an errno and, where the family
 * itself looks at it, with a text.  The request that a malformed DONE named is
 * as it was and can be answered.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include "../lib/driver.h"
#include "../lib/nl.h"
#include "../lib/tap.h"
#include "tests.h"

typedef void (*build_fn)(struct nl *nl, struct nl_msg *m, uint64_t cookie);

static void malformed(build_fn build, int want, const char *why)
{
	struct ntlm_req *req = malloc(sizeof(*req));
	struct drv_params p = { .timeout_ms = 60000 };
	struct ntlm_counters before, after;
	struct ntlm_done d;
	struct client c;
	struct nl nl;

	CHECK_ERR(nl_open(&nl), 0);
	CHECK_ERR(ntlm_register(&nl), 0);
	client_start(&c, drv_context(&p), NULL, 0);
	CHECK_ERR(ntlm_accept_wait(&nl, req, 5000), 0);
	CHECK_ERR(ntlm_stats(&nl, &before), 0);

	build(&nl, nl.m, req->cookie);
	CHECK_ERR(nl_talk(&nl, nl.m, NULL), want);
	if (why && !strstr(nl.text, why))
		FAIL("extended ACK '%s', wanted '%s'", nl.text, why);

	CHECK_ERR(ntlm_stats(&nl, &after), 0);
	CHECK_EQ(after.accepted, 1);
	CHECK_EQ(after.failed + after.done + after.lies,
		 before.failed + before.done + before.lies);
	d = ntlm_honest(req);
	CHECK_ERR(ntlm_done(&nl, &d), 0);
	CHECK_ERR(client_join(&c), -EINPROGRESS);
	free(req);
}

/* nl, m and cookie are there for the statements that build the message. */
#define MALFORMED(name, want, why, ...)					\
static void build_##name(struct nl *nl, struct nl_msg *m,		\
			 uint64_t cookie)				\
{									\
	(void)cookie;							\
	__VA_ARGS__							\
}									\
									\
void name(void)								\
{									\
	malformed(build_##name, want, why);				\
}

/* DONE with cookie, status 0 and a token. */
static void done_so_far(struct nl *nl, struct nl_msg *m, uint64_t cookie)
{
	const struct ntlm_done d = {
		.cookie = cookie, .token = "TOKEN", .token_len = 5,
	};

	ntlm_done_msg(nl, m, &d);
}

static void put_long(struct nl_msg *m, uint16_t type, size_t len)
{
	char *s = malloc(len);

	memset(s, 'x', len);
	s[len - 1] = 0;
	nl_put(m, type, s, len);
	free(s);
}

MALFORMED(done_without_cookie, -EINVAL, "cookie",
	  nl_begin(nl, m, NTLM_CMD_DONE, 0);
	  nl_put_u32(m, NTLM_A_DONE_STATUS, 0);)
MALFORMED(done_without_status, -EINVAL, "status",
	  nl_begin(nl, m, NTLM_CMD_DONE, 0);
	  nl_put_u64(m, NTLM_A_DONE_COOKIE, cookie);)
MALFORMED(done_without_anything, -EINVAL, "cookie",
	  nl_begin(nl, m, NTLM_CMD_DONE, 0);)
MALFORMED(done_cookie_of_4_bytes, -EINVAL, "length",
	  nl_begin(nl, m, NTLM_CMD_DONE, 0);
	  nl_put_u32(m, NTLM_A_DONE_COOKIE, (uint32_t)cookie);
	  nl_put_u32(m, NTLM_A_DONE_STATUS, 0);)
MALFORMED(done_status_of_8_bytes, -EINVAL, "length",
	  nl_begin(nl, m, NTLM_CMD_DONE, 0);
	  nl_put_u64(m, NTLM_A_DONE_COOKIE, cookie);
	  nl_put_u64(m, NTLM_A_DONE_STATUS, 0);)
MALFORMED(done_status_above_the_last_errno, -ERANGE, "range",
	  nl_begin(nl, m, NTLM_CMD_DONE, 0);
	  nl_put_u64(m, NTLM_A_DONE_COOKIE, cookie);
	  nl_put_u32(m, NTLM_A_DONE_STATUS, 134);)
MALFORMED(done_status_negative, -ERANGE, "range",
	  nl_begin(nl, m, NTLM_CMD_DONE, 0);
	  nl_put_u64(m, NTLM_A_DONE_COOKIE, cookie);
	  nl_put_u32(m, NTLM_A_DONE_STATUS, (uint32_t)-EACCES);)
MALFORMED(done_status_einprogress, -EINVAL, "meaning",
	  nl_begin(nl, m, NTLM_CMD_DONE, 0);
	  nl_put_u64(m, NTLM_A_DONE_COOKIE, cookie);
	  nl_put_u32(m, NTLM_A_DONE_STATUS, EINPROGRESS);)
MALFORMED(done_status_ebusy, -EINVAL, "meaning",
	  nl_begin(nl, m, NTLM_CMD_DONE, 0);
	  nl_put_u64(m, NTLM_A_DONE_COOKIE, cookie);
	  nl_put_u32(m, NTLM_A_DONE_STATUS, EBUSY);)
MALFORMED(done_status_eisconn, -EINVAL, "meaning",
	  nl_begin(nl, m, NTLM_CMD_DONE, 0);
	  nl_put_u64(m, NTLM_A_DONE_COOKIE, cookie);
	  nl_put_u32(m, NTLM_A_DONE_STATUS, EISCONN);)
MALFORMED(done_status_einval, -EINVAL, "meaning",
	  nl_begin(nl, m, NTLM_CMD_DONE, 0);
	  nl_put_u64(m, NTLM_A_DONE_COOKIE, cookie);
	  nl_put_u32(m, NTLM_A_DONE_STATUS, EINVAL);)
MALFORMED(done_key_of_15_bytes, -ERANGE, "",
	  done_so_far(nl, m, cookie);
	  nl_put(m, NTLM_A_DONE_SESSION_KEY, ntlm_test_key, 15);)
MALFORMED(done_key_of_17_bytes, -ERANGE, "",
	  done_so_far(nl, m, cookie);
	  nl_put(m, NTLM_A_DONE_SESSION_KEY, "0123456789abcdefg", 17);)
MALFORMED(done_key_of_0_bytes, -ERANGE, "",
	  done_so_far(nl, m, cookie);
	  nl_put(m, NTLM_A_DONE_SESSION_KEY, NULL, 0);)
MALFORMED(done_token_empty, -ERANGE, "range",
	  nl_begin(nl, m, NTLM_CMD_DONE, 0);
	  nl_put_u64(m, NTLM_A_DONE_COOKIE, cookie);
	  nl_put_u32(m, NTLM_A_DONE_STATUS, 0);
	  nl_put(m, NTLM_A_DONE_TOKEN, NULL, 0);)
MALFORMED(done_token_above_the_limit, -ERANGE, "range",
	  nl_begin(nl, m, NTLM_CMD_DONE, 0);
	  nl_put_u64(m, NTLM_A_DONE_COOKIE, cookie);
	  nl_put_u32(m, NTLM_A_DONE_STATUS, 0);
	  put_long(m, NTLM_A_DONE_TOKEN, NTLM_MAX_TOKEN + 1);)
MALFORMED(done_flags_of_2_bytes, -EINVAL, "length",
	  done_so_far(nl, m, cookie);
	  nl_put(m, NTLM_A_DONE_FLAGS, "\1", 2);)
MALFORMED(done_established_with_a_payload, -ERANGE, "validation",
	  done_so_far(nl, m, cookie);
	  nl_put_u32(m, NTLM_A_DONE_ESTABLISHED, 1);)
MALFORMED(done_user_without_nul, -EINVAL, "validation",
	  done_so_far(nl, m, cookie);
	  nl_put(m, NTLM_A_DONE_USER, "user", 4);)
MALFORMED(done_user_empty_attribute, -EINVAL, "validation",
	  done_so_far(nl, m, cookie);
	  nl_put(m, NTLM_A_DONE_USER, NULL, 0);)
MALFORMED(done_user_too_long, -EINVAL, "validation",
	  done_so_far(nl, m, cookie);
	  put_long(m, NTLM_A_DONE_USER, NTLM_MAX_NAME + 2);)
MALFORMED(done_user_with_a_control_character, -EINVAL, "control",
	  done_so_far(nl, m, cookie);
	  nl_put_str(m, NTLM_A_DONE_USER, "us\ner");)
MALFORMED(done_domain_with_del, -EINVAL, "control",
	  done_so_far(nl, m, cookie);
	  nl_put_str(m, NTLM_A_DONE_DOMAIN, "DOM\x7f");)
MALFORMED(done_credential_of_4_bytes, -EINVAL, "length",
	  done_so_far(nl, m, cookie);
	  nl_put_u32(m, NTLM_A_DONE_CREDENTIAL, 1);)
MALFORMED(done_unknown_attribute, -EINVAL, "nknown",
	  done_so_far(nl, m, cookie);
	  nl_put_u32(m, NTLM_A_DONE_MAX + 1, 1);)
MALFORMED(done_attribute_number_at_its_maximum, -EINVAL, "nknown",
	  done_so_far(nl, m, cookie);
	  nl_put_u32(m, (uint16_t)NLA_TYPE_MASK, 1);)
MALFORMED(done_nested_bit_on_the_key, -EINVAL, "NESTED",
	  done_so_far(nl, m, cookie);
	  nl_put(m, NTLM_A_DONE_SESSION_KEY | NLA_F_NESTED, ntlm_test_key,
		 16);)
MALFORMED(done_attribute_longer_than_the_message, -EINVAL, "leftover",
	  done_so_far(nl, m, cookie);
	  nl_put(m, NTLM_A_DONE_SESSION_KEY, ntlm_test_key, 16);
	  m->len -= 4;)
MALFORMED(done_attribute_header_cut_off, -EINVAL, "leftover",
	  done_so_far(nl, m, cookie);
	  memset(m->buf + m->len, 0xff, 3);
	  m->len += 3;)
MALFORMED(done_attribute_length_of_0, -EINVAL, "leftover",
	  done_so_far(nl, m, cookie);
	  memset(m->buf + m->len, 0, 8);
	  m->len += 8;)
MALFORMED(done_with_unknown_bits_in_the_flags, -EINVAL, "flags",
	  done_so_far(nl, m, cookie);
	  ((struct nlmsghdr *)m->buf)->nlmsg_flags |= 0x800;)
MALFORMED(register_with_the_reserved_field_set, -EINVAL, "reserved",
	  nl_begin(nl, m, NTLM_CMD_REGISTER, 0);
	  nl_put_u32(m, NTLM_A_HELPER_FEATURES, NTLM_FEATURE_INITIATOR);
	  ((struct genlmsghdr *)(m->buf + NLMSG_HDRLEN))->reserved = 1;)
MALFORMED(accept_with_the_reserved_field_set, -EINVAL, "reserved",
	  nl_begin(nl, m, NTLM_CMD_ACCEPT, 0);
	  ((struct genlmsghdr *)(m->buf + NLMSG_HDRLEN))->reserved = 1;)
MALFORMED(accept_with_an_attribute_of_a_greater_number, -EINVAL, "nknown",
	  nl_begin(nl, m, NTLM_CMD_ACCEPT, 0);
	  nl_put_u32(m, NTLM_A_REQUEST_COOKIE, 1);)
MALFORMED(accept_with_an_attribute, -EINVAL, "",
	  nl_begin(nl, m, NTLM_CMD_ACCEPT, 0);
	  nl_put_u32(m, 1, 1);)
MALFORMED(register_with_features_of_8_bytes, -EINVAL, "length",
	  nl_begin(nl, m, NTLM_CMD_REGISTER, 0);
	  nl_put_u64(m, NTLM_A_HELPER_FEATURES, NTLM_FEATURE_INITIATOR);)
MALFORMED(register_with_an_attribute_of_the_reply, -EINVAL, "nknown",
	  nl_begin(nl, m, NTLM_CMD_REGISTER, 0);
	  nl_put_u32(m, NTLM_A_HELPER_FEATURES, NTLM_FEATURE_INITIATOR);
	  nl_put_u32(m, NTLM_A_HELPER_GENERATION, 1);)
MALFORMED(unknown_command, -EOPNOTSUPP, NULL,
	  nl_begin(nl, m, NTLM_CMD_MAX + 1, 0);)
MALFORMED(command_of_the_kernel_ready, -EOPNOTSUPP, NULL,
	  nl_begin(nl, m, NTLM_CMD_READY, 0);)
MALFORMED(command_of_the_kernel_event, -EOPNOTSUPP, NULL,
	  nl_begin(nl, m, NTLM_CMD_EVENT, 0);)
MALFORMED(contexts_without_the_dump_flag, -EOPNOTSUPP, NULL,
	  nl_begin(nl, m, NTLM_CMD_CONTEXT_GET, 0);)
MALFORMED(stats_with_the_dump_flag, -EOPNOTSUPP, NULL,
	  nl_begin(nl, m, NTLM_CMD_STATS_GET, NLM_F_DUMP);)
MALFORMED(generic_header_missing, -EINVAL, NULL,
	  nl_begin(nl, m, NTLM_CMD_DONE, 0);
	  m->len = NLMSG_HDRLEN;)
MALFORMED(generic_header_with_the_reserved_field_set, -EINVAL, "reserved",
	  done_so_far(nl, m, cookie);
	  ((struct genlmsghdr *)(m->buf + NLMSG_HDRLEN))->reserved = 1;)

/* --- the session key of a DONE that is refused --------------------------- */

static void unknown_attribute(struct nl_msg *m)
{
	nl_put_u32(m, NTLM_A_DONE_MAX + 1, 1);
}

static void status_twice(struct nl_msg *m)
{
	nl_put_u32(m, NTLM_A_DONE_STATUS, 1000);
}

static void key_nested(struct nl_msg *m)
{
	nl_put(m, NTLM_A_DONE_SESSION_KEY | NLA_F_NESTED, ntlm_test_key,
	       sizeof(ntlm_test_key));
}

static void key_under_another_name(struct nl_msg *m)
{
	nl_put(m, NTLM_A_DONE_USER, ntlm_test_key, sizeof(ntlm_test_key));
}

static void behind_a_length_of_0(struct nl_msg *m)
{
	memset(m->buf + m->len, 0, 4);
	memcpy(m->buf + m->len + 4, ntlm_test_key, sizeof(ntlm_test_key));
	m->len += 4 + sizeof(ntlm_test_key);
}

static void cut_off(struct nl_msg *m)
{
	nl_put(m, NTLM_A_DONE_TOKEN, ntlm_test_key, sizeof(ntlm_test_key));
	((struct nlattr *)(m->buf + m->len - NLA_HDRLEN -
			   sizeof(ntlm_test_key)))->nla_len += 4;
}

static void reserved_field(struct nl_msg *m)
{
	((struct genlmsghdr *)(m->buf + NLMSG_HDRLEN))->reserved = 1;
}

static void unknown_flag(struct nl_msg *m)
{
	((struct nlmsghdr *)m->buf)->nlmsg_flags |= 0x800;
}

static void no_cookie_anywhere(struct nl_msg *m)
{
	nl_put_u32(m, NTLM_A_DONE_COOKIE, 1);
}

/* What is refused comes back whole, and no key with it. */
static void comes_back(struct nl *nl, void (*spoil)(struct nl_msg *m))
{
	const struct nlmsghdr *h = (const struct nlmsghdr *)nl->rx;
	const struct nlmsgerr *e = NLMSG_DATA(h);
	struct ntlm_done d = {
		.cookie = 1, .token = ntlm_test_key, .token_len = 16,
		.has_flags = true, .flags = NTLM_TEST_FLAGS,
		.key = ntlm_test_key, .key_len = sizeof(ntlm_test_key),
	};
	size_t sent;

	ntlm_done_msg(nl, nl->m, &d);
	if (spoil)
		spoil(nl->m);
	sent = nl->m->len;
	CHECK(memmem(nl->m->buf, sent, ntlm_test_key, sizeof(ntlm_test_key)));
	CHECK(nl_talk(nl, nl->m, NULL) < 0);
	CHECK_EQ(h->nlmsg_type, NLMSG_ERROR);
	CHECK_EQ(e->msg.nlmsg_len, sent);
	CHECK(h->nlmsg_len >= NLMSG_LENGTH(sizeof(e->error)) + sent);
	CHECK(!memmem(nl->rx, h->nlmsg_len, ntlm_test_key,
		      sizeof(ntlm_test_key)));
}

void refused_done_comes_back_without_its_key(void)
{
	static void (*const spoils[])(struct nl_msg *m) = {
		NULL, unknown_attribute, status_twice, key_nested,
		key_under_another_name, behind_a_length_of_0, cut_off,
		reserved_field, unknown_flag, no_cookie_anywhere,
	};
	struct nl nl;

	CHECK_ERR(nl_open(&nl), 0);
	CHECK_ERR(ntlm_register(&nl), 0);
	for (size_t i = 0; i < sizeof(spoils) / sizeof(spoils[0]); i++)
		comes_back(&nl, spoils[i]);
}

/* The kernel has nobody to answer here; the socket must go on. */
void garbage_instead_of_a_header_is_survived(void)
{
	struct ntlm_counters c;
	unsigned int seed = 1, i, j;
	struct nl nl;

	CHECK_ERR(nl_open(&nl), 0);
	CHECK_ERR(ntlm_register(&nl), 0);
	for (i = 0; i < 2000; i++) {
		nl.m->len = 1 + (unsigned int)rand_r(&seed) % 200;
		for (j = 0; j < nl.m->len; j++)
			nl.m->buf[j] = (uint8_t)rand_r(&seed);
		if (send(nl.fd, nl.m->buf, nl.m->len, 0) < 0)
			FAIL("send: %m");
	}
	CHECK_ERR(ntlm_stats(&nl, &c), 0);
	CHECK_EQ(c.helper_port, nl.port);
}

/* Attributes at random after a good header: no DONE may get through. */
void random_attributes_complete_nothing(void)
{
	struct ntlm_req *req = malloc(sizeof(*req));
	struct drv_params p = { .timeout_ms = 120000 };
	unsigned int seed = 7, i, n, refused = 0;
	uint8_t data[64];
	struct client c;
	struct nl nl;
	size_t len, j;
	int err;

	CHECK_ERR(nl_open(&nl), 0);
	CHECK_ERR(ntlm_register(&nl), 0);
	client_start(&c, drv_context(&p), NULL, 0);
	CHECK_ERR(ntlm_accept_wait(&nl, req, 5000), 0);
	for (i = 0; i < 5000; i++) {
		nl_begin(&nl, nl.m, NTLM_CMD_DONE, 0);
		/* A cookie that is not the request's */
		nl_put_u64(nl.m, NTLM_A_DONE_COOKIE, req->cookie + 1 + i);
		nl_put_u32(nl.m, NTLM_A_DONE_STATUS, 0);
		for (n = (unsigned int)rand_r(&seed) % 5; n; n--) {
			len = (size_t)rand_r(&seed) % sizeof(data);
			for (j = 0; j < len; j++)
				data[j] = (uint8_t)rand_r(&seed);
			nl_put(nl.m, 4 + (uint16_t)rand_r(&seed) % 8, data,
			       len);
		}
		err = nl_talk(&nl, nl.m, NULL);
		if (!err)
			FAIL("message %u got through", i);
		if (!nl.text[0])
			FAIL("message %u: %s without a text", i,
			     tap_errno(err));
		refused += err != -ENOENT;
	}
	CHECK(refused > 1000);
	drv_cancel(c.fd);
	CHECK_ERR(client_join(&c), -ECANCELED);
	free(req);
}

/* The version of a message says nothing: the family is append-only. */
void version_of_a_message_does_not_matter(void)
{
	struct genlmsghdr *g;
	struct nl nl;

	CHECK_ERR(nl_open(&nl), 0);
	nl_begin(&nl, nl.m, NTLM_CMD_STATS_GET, 0);
	g = (struct genlmsghdr *)(nl.m->buf + NLMSG_HDRLEN);
	g->version = 200;
	CHECK_ERR(nl_talk(&nl, nl.m, nl.r), 0);
	CHECK_EQ(nl.r->cmd, NTLM_CMD_STATS_GET);
	g = (struct genlmsghdr *)(nl.r->buf + NLMSG_HDRLEN);
	CHECK_EQ(g->version, NTLM_GENL_VERSION);
}

void names_at_their_limit_are_taken(void)
{
	struct ntlm_req *req = malloc(sizeof(*req));
	char name[NTLM_MAX_NAME + 1];
	struct drv_params p = { .timeout_ms = 60000 };
	struct ntlm_test_info info;
	struct ntlm_done d;
	struct client c;
	struct nl nl;

	memset(name, 'n', NTLM_MAX_NAME);
	name[NTLM_MAX_NAME] = 0;
	p.target = name;
	p.user = name;
	p.domain = name;
	CHECK_ERR(nl_open(&nl), 0);
	CHECK_ERR(ntlm_register(&nl), 0);
	client_start(&c, drv_context(&p), NULL, 0);
	CHECK_ERR(ntlm_accept_wait(&nl, req, 5000), 0);
	CHECK(!strcmp(req->target, name));
	CHECK(!strcmp(req->user, name));
	CHECK(!strcmp(req->domain, name));
	name[0] = 'x';
	d = ntlm_honest(req);
	CHECK_ERR(ntlm_done(&nl, &d), 0);
	CHECK_ERR(client_join(&c), -EINPROGRESS);
	client_start(&c, c.fd, "CHALLENGE", 9);
	CHECK_ERR(ntlm_accept_wait(&nl, req, 5000), 0);
	d = ntlm_honest(req);
	d.user = name;
	d.domain = name;
	CHECK_ERR(ntlm_done(&nl, &d), 0);
	CHECK_ERR(client_join(&c), 0);
	info = drv_info(c.fd);
	CHECK(!strcmp(info.user, name));
	CHECK(!strcmp(info.domain, name));
	free(req);
}
