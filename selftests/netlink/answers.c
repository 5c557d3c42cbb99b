// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Answers: sizes of tokens in both directions, and whose answer counts.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "../lib/driver.h"
#include "../lib/nl.h"
#include "../lib/tap.h"
#include "tests.h"

static void open_helper(struct nl *nl)
{
	CHECK_ERR(nl_open(nl), 0);
	CHECK_ERR(ntlm_register(nl), 0);
}

/* --- sizes of tokens -------------------------------------------------------- */

static void fill_token(uint8_t *t, size_t len, uint8_t salt)
{
	size_t i;

	for (i = 0; i < len; i++)
		t[i] = (uint8_t)(i * 7 + (i >> 8) + salt);
}

/* The peer's token of @len bytes on leg 1. */
static void peer_token(size_t len, int want)
{
	struct ntlm_req *req = malloc(sizeof(*req));
	uint8_t *token = malloc(len);
	struct drv_params p = { .timeout_ms = 60000 };
	struct ntlm_counters before, after;
	struct ntlm_done d;
	struct client c;
	struct nl nl;
	int fd;

	fill_token(token, len, 3);
	open_helper(&nl);
	fd = drv_context(&p);
	client_start(&c, fd, NULL, 0);
	CHECK_ERR(ntlm_accept_wait(&nl, req, 5000), 0);
	d = ntlm_honest(req);
	CHECK_ERR(ntlm_done(&nl, &d), 0);
	CHECK_ERR(client_join(&c), -EINPROGRESS);
	CHECK_ERR(ntlm_stats(&nl, &before), 0);
	if (want) {
		CHECK_ERR(drv_exchange(fd, token, len, NULL, NULL), want);
		CHECK_ERR(ntlm_stats(&nl, &after), 0);
		CHECK_EQ(after.requests, before.requests);
		CHECK_ERR(drv_exchange(fd, "X", 1, NULL, NULL), want);
		return;
	}
	client_start(&c, fd, token, len);
	CHECK_ERR(ntlm_accept_wait(&nl, req, 5000), 0);
	CHECK_EQ(req->ntokens, 2);
	CHECK_EQ(req->token_len[1], len);
	CHECK(!memcmp(req->token[1], token, len));
	d = ntlm_honest(req);
	CHECK_ERR(ntlm_done(&nl, &d), 0);
	CHECK_ERR(client_join(&c), 0);
}

void peer_token_of_1_byte(void) { peer_token(1, 0); }
void peer_token_below_the_limit(void) { peer_token(NTLM_MAX_TOKEN - 1, 0); }
void peer_token_at_the_limit(void) { peer_token(NTLM_MAX_TOKEN, 0); }
void peer_token_above_the_limit(void)
{
	peer_token(NTLM_MAX_TOKEN + 1, -EMSGSIZE);
}
void peer_token_of_half_a_megabyte(void) { peer_token(1 << 19, -EMSGSIZE); }

/* The helper's token of @len bytes on leg 0. */
static void own_token(size_t len, int want)
{
	struct ntlm_req *req = malloc(sizeof(*req));
	uint8_t *token = malloc(len), *out = malloc(NTLM_MAX_TOKEN);
	struct drv_params p = { .timeout_ms = 60000 };
	struct ntlm_done d = {};
	struct client c;
	struct nl nl;
	int fd;

	fill_token(token, len, 5);
	open_helper(&nl);
	fd = drv_context(&p);
	client_start_out(&c, fd, NULL, 0, out);
	CHECK_ERR(ntlm_accept_wait(&nl, req, 5000), 0);
	d.cookie = req->cookie;
	d.token = token;
	d.token_len = len;
	CHECK_ERR(ntlm_done(&nl, &d), want);
	if (want) {
		CHECK(nl.text[0]);
		drv_cancel(fd);
		CHECK_ERR(client_join(&c), -ECANCELED);
		return;
	}
	CHECK_ERR(client_join(&c), -EINPROGRESS);
	CHECK_EQ(c.out_len, len);
	CHECK(!memcmp(out, token, len));
}

void own_token_of_1_byte(void) { own_token(1, 0); }
void own_token_below_the_limit(void) { own_token(NTLM_MAX_TOKEN - 1, 0); }
void own_token_at_the_limit(void) { own_token(NTLM_MAX_TOKEN, 0); }
void own_token_above_the_limit(void) { own_token(NTLM_MAX_TOKEN + 1, -ERANGE); }

/* Three tokens of the largest size are all that a context keeps. */
void tokens_of_a_context_at_the_limit(void)
{
	struct ntlm_req *req = malloc(sizeof(*req));
	uint8_t *big = malloc(NTLM_MAX_TOKEN);
	struct drv_params p = { .timeout_ms = 60000 };
	struct ntlm_done d = {};
	struct client c;
	struct nl nl;
	int fd, i;

	fill_token(big, NTLM_MAX_TOKEN, 9);
	open_helper(&nl);
	fd = drv_context(&p);
	for (i = 0; i < 2; i++) {
		client_start(&c, fd, i ? big : NULL, i ? NTLM_MAX_TOKEN : 0);
		CHECK_ERR(ntlm_accept_wait(&nl, req, 5000), 0);
		CHECK_EQ(req->leg, i);
		d.cookie = req->cookie;
		d.token = big;
		d.token_len = NTLM_MAX_TOKEN;
		CHECK_ERR(ntlm_done(&nl, &d), 0);
		CHECK_ERR(client_join(&c), -EINPROGRESS);
	}
	CHECK_ERR(drv_exchange(fd, "X", 1, NULL, NULL), -EMSGSIZE);
}

void tokens_of_a_context_are_delivered_whole(void)
{
	struct ntlm_req *req = malloc(sizeof(*req));
	uint8_t *big = malloc(NTLM_MAX_TOKEN);
	struct drv_params p = { .timeout_ms = 60000 };
	size_t last = NTLM_MAX_TOKENS - 2 * NTLM_MAX_TOKEN - 8, len;
	struct ntlm_done d = {};
	struct client c;
	struct nl nl;
	int fd, i;

	fill_token(big, NTLM_MAX_TOKEN, 11);
	open_helper(&nl);
	fd = drv_context(&p);
	for (i = 0; i < 2; i++) {
		len = i ? NTLM_MAX_TOKEN : 0;
		client_start(&c, fd, len ? big : NULL, len);
		CHECK_ERR(ntlm_accept_wait(&nl, req, 5000), 0);
		d.cookie = req->cookie;
		d.token = big;
		d.token_len = i ? last : NTLM_MAX_TOKEN;
		CHECK_ERR(ntlm_done(&nl, &d), 0);
		CHECK_ERR(client_join(&c), -EINPROGRESS);
	}
	client_start(&c, fd, big, 8);
	CHECK_ERR(ntlm_accept_wait(&nl, req, 5000), 0);
	CHECK_EQ(req->leg, 2);
	CHECK_EQ(req->ntokens, 4);
	CHECK_EQ(req->token_len[0], NTLM_MAX_TOKEN);
	CHECK_EQ(req->token_len[1], NTLM_MAX_TOKEN);
	CHECK_EQ(req->token_len[2], last);
	CHECK_EQ(req->token_len[3], 8);
	for (i = 0; i < 4; i++)
		CHECK(!memcmp(req->token[i], big, req->token_len[i]));
	d = ntlm_honest(req);
	CHECK_ERR(ntlm_done(&nl, &d), 0);
	CHECK_ERR(client_join(&c), 0);
}

/* --- whose answer counts ------------------------------------------------------ */

void accept_and_done_need_a_registration(void)
{
	struct ntlm_done d = { .cookie = 1, .token = "T", .token_len = 1 };
	struct ntlm_req req;
	struct nl nl;

	CHECK_ERR(nl_open(&nl), 0);
	CHECK_ERR(ntlm_accept(&nl, &req), -EPERM);
	CHECK(strstr(nl.text, "not the registered helper"));
	CHECK_ERR(ntlm_done(&nl, &d), -EPERM);
	CHECK(strstr(nl.text, "not the registered helper"));
}

void done_from_a_foreign_port_is_refused(void)
{
	struct ntlm_req *req = malloc(sizeof(*req));
	struct drv_params p = { .timeout_ms = 60000 };
	struct ntlm_done d;
	struct nl nl, foreign;
	struct client c;

	open_helper(&nl);
	CHECK_ERR(nl_open(&foreign), 0);
	client_start(&c, drv_context(&p), NULL, 0);
	CHECK_ERR(ntlm_accept_wait(&nl, req, 5000), 0);
	d = ntlm_honest(req);
	d.token = "FOREIGN";
	d.token_len = 7;
	CHECK_ERR(ntlm_done(&foreign, &d), -EPERM);
	CHECK(foreign.text[0]);
	wait_for_requests(&nl, 0, 1);
	d = ntlm_honest(req);
	CHECK_ERR(ntlm_done(&nl, &d), 0);
	CHECK_ERR(client_join(&c), -EINPROGRESS);
	CHECK_EQ(c.out_len, 9);
}

/* The cookie of an earlier helper's ACCEPT is worth nothing to the next one. */
void cookie_of_the_helper_before_is_refused(void)
{
	struct ntlm_req *old = malloc(sizeof(*old)), *req = malloc(sizeof(*req));
	struct drv_params p = { .timeout_ms = 60000 };
	struct ntlm_done d;
	struct nl a, b;
	struct client c;

	set_grace_ms(20000);
	open_helper(&a);
	client_start(&c, drv_context(&p), NULL, 0);
	CHECK_ERR(ntlm_accept_wait(&a, old, 5000), 0);
	nl_close(&a);
	open_helper(&b);
	d = ntlm_honest(old);
	CHECK_ERR(ntlm_done(&b, &d), -ENOENT);
	CHECK_ERR(ntlm_accept(&b, req), 0);
	CHECK_EQ(req->context, old->context);
	CHECK(req->cookie != old->cookie);
	CHECK_ERR(ntlm_done(&b, &d), -ENOENT);
	d = ntlm_honest(req);
	CHECK_ERR(ntlm_done(&b, &d), 0);
	CHECK_ERR(client_join(&c), -EINPROGRESS);
}

void replayed_cookie_is_refused(void)
{
	struct ntlm_req *req = malloc(sizeof(*req));
	struct drv_params p = { .timeout_ms = 60000 };
	struct ntlm_done d, first;
	struct client c;
	struct nl nl;
	int fd;

	open_helper(&nl);
	fd = drv_context(&p);
	client_start(&c, fd, NULL, 0);
	CHECK_ERR(ntlm_accept_wait(&nl, req, 5000), 0);
	first = ntlm_honest(req);
	CHECK_ERR(ntlm_done(&nl, &first), 0);
	CHECK_ERR(ntlm_done(&nl, &first), -ENOENT);
	CHECK(nl.text[0]);
	CHECK_ERR(client_join(&c), -EINPROGRESS);
	/* The next leg of the same context is another request. */
	client_start(&c, fd, "CHALLENGE", 9);
	CHECK_ERR(ntlm_accept_wait(&nl, req, 5000), 0);
	CHECK(req->cookie != first.cookie);
	CHECK_ERR(ntlm_done(&nl, &first), -ENOENT);
	d = ntlm_honest(req);
	CHECK_ERR(ntlm_done(&nl, &d), 0);
	CHECK_ERR(client_join(&c), 0);
}

void cookie_that_never_was_is_refused(void)
{
	struct ntlm_done d = { .token = "T", .token_len = 1 };
	struct ntlm_req *req = malloc(sizeof(*req));
	struct drv_params p = { .timeout_ms = 60000 };
	struct client c;
	struct nl nl;

	open_helper(&nl);
	client_start(&c, drv_context(&p), NULL, 0);
	/* Waiting is not accepted: no cookie names it yet. */
	wait_for_requests(&nl, 1, 0);
	CHECK_ERR(ntlm_done(&nl, &d), -ENOENT);
	CHECK_ERR(ntlm_accept(&nl, req), 0);
	d.cookie = req->cookie + 1;
	CHECK_ERR(ntlm_done(&nl, &d), -ENOENT);
	d.cookie = req->cookie | 1ULL << 32;
	CHECK_ERR(ntlm_done(&nl, &d), -ENOENT);
	d.cookie = UINT64_MAX;
	CHECK_ERR(ntlm_done(&nl, &d), -ENOENT);
	wait_for_requests(&nl, 0, 1);
	drv_cancel(c.fd);
	CHECK_ERR(client_join(&c), -ECANCELED);
}

void done_after_the_timeout_is_refused(void)
{
	struct ntlm_req *req = malloc(sizeof(*req));
	struct drv_params p = { .timeout_ms = 300 };
	struct ntlm_done d;
	struct client c;
	struct nl nl;

	open_helper(&nl);
	client_start(&c, drv_context(&p), NULL, 0);
	CHECK_ERR(ntlm_accept_wait(&nl, req, 5000), 0);
	CHECK_ERR(client_join(&c), -ETIMEDOUT);
	d = ntlm_honest(req);
	CHECK_ERR(ntlm_done(&nl, &d), -ENOENT);
	CHECK(strstr(nl.text, "timed out"));
	CHECK_ERR(drv_exchange(c.fd, NULL, 0, NULL, NULL), -ETIMEDOUT);
}

void done_after_the_cancel_is_refused(void)
{
	struct ntlm_req *req = malloc(sizeof(*req));
	struct drv_params p = { .timeout_ms = 60000 };
	struct ntlm_done d;
	struct client c;
	struct nl nl;

	open_helper(&nl);
	client_start(&c, drv_context(&p), NULL, 0);
	CHECK_ERR(ntlm_accept_wait(&nl, req, 5000), 0);
	drv_cancel(c.fd);
	CHECK_ERR(client_join(&c), -ECANCELED);
	d = ntlm_honest(req);
	CHECK_ERR(ntlm_done(&nl, &d), -ENOENT);
	CHECK(strstr(nl.text, "cancelled"));
}

void errno_of_the_helper_reaches_the_client(void)
{
	static const int status[] = { EACCES, ENOKEY, EKEYREJECTED, EOPNOTSUPP,
				      EPROTO, ENOMEM, 133 };
	struct ntlm_req *req = malloc(sizeof(*req));
	struct drv_params p = { .timeout_ms = 60000 };
	struct ntlm_counters before, after;
	struct ntlm_done d = {};
	struct client c;
	struct nl nl;
	size_t i;

	open_helper(&nl);
	CHECK_ERR(ntlm_stats(&nl, &before), 0);
	for (i = 0; i < sizeof(status) / sizeof(status[0]); i++) {
		client_start(&c, drv_context(&p), NULL, 0);
		CHECK_ERR(ntlm_accept_wait(&nl, req, 5000), 0);
		d.cookie = req->cookie;
		d.status = status[i];
		CHECK_ERR(ntlm_done(&nl, &d), 0);
		CHECK_ERR(client_join(&c), -status[i]);
		CHECK_ERR(drv_exchange(c.fd, NULL, 0, NULL, NULL), -status[i]);
	}
	CHECK_ERR(ntlm_stats(&nl, &after), 0);
	CHECK_EQ(after.failed, before.failed + i);
}
