// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Clients of a hostile helper: each result has to be a documented one, and a
 * context that is established has what was required of it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "fuzz.h"

#define SIGNING	(NTLM_OPT_INTEGRITY | NTLM_OPT_REPLAY_DETECT |	\
		 NTLM_OPT_SEQUENCE_DETECT)
#define PROTECTION	(NTLM_NEGOTIATE_SIGN | NTLM_NEGOTIATE_SEAL)

static uint32_t some_options(struct rng *r, unsigned int percent)
{
	static const uint32_t options[] = {
		NTLM_OPT_INTEGRITY, NTLM_OPT_REPLAY_DETECT,
		NTLM_OPT_SEQUENCE_DETECT, NTLM_OPT_CONFIDENTIALITY,
		NTLM_OPT_IDENTIFY,
	};
	uint32_t all = 0;
	size_t i;

	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (rng_percent(r, percent))
			all |= options[i];
	if (rng_percent(r, 6))
		all |= NTLM_OPT_ANONYMOUS;
	return all;
}

static struct want some_want(struct rng *r)
{
	static const uint32_t bits[] = { 0, 40, 56, 128 };
	struct want w = {
		.role = rng_percent(r, 50) ? NTLM_ROLE_ACCEPTOR :
			NTLM_ROLE_INITIATOR,
		.mode = rng_percent(r, 20) ? NTLM_MODE_CONNECTIONLESS :
			NTLM_MODE_CONNECTION,
		.required = some_options(r, 25),
		.wished = some_options(r, 40),
		.min_key_bits = bits[rng_below(r, 4)],
		.allow_legacy = rng_percent(r, 30),
		.bindings = rng_percent(r, 20),
	};

	w.spnego = w.mode == NTLM_MODE_CONNECTION && rng_percent(r, 40);
	if (w.bindings && rng_percent(r, 50))
		w.required |= NTLM_OPT_CHANNEL_BINDINGS;
	return w;
}

/* Returns a file with a context, and says to the helper what it wants. */
static int begin(struct fuzz_client *c)
{
	static const uint8_t bindings[NTLM_CHANNEL_BINDINGS_SIZE] = "bindings";
	static const uint32_t timeout[] = { 1, 20, 300, 3000, 3000, 3000, 0 };
	struct want w = some_want(&c->rng);
	struct drv_params p = {
		.role = w.role,
		.mode = w.mode,
		.required = w.required,
		.wished = w.wished,
		.min_key_bits = w.min_key_bits,
		.allow_legacy = w.allow_legacy,
		.spnego = w.spnego,
		.bindings = w.bindings ? bindings : NULL,
		.user = rng_percent(&c->rng, 20) ? "wanted" : NULL,
		.uid = rng_below(&c->rng, 3),
		.timeout_ms = timeout[rng_below(&c->rng, 7)],
		.unverified = rng_percent(&c->rng, 20),
	};
	uint32_t id;
	int fd;

	fd = drv_context(&p);
	id = drv_info(fd).id;
	if (!w.min_key_bits)
		w.min_key_bits = 128;
	pthread_mutex_lock(&c->fuzz->lock);
	c->fd = fd;
	c->id = id;
	c->want = w;
	c->cancelled = false;
	c->nsent = 0;
	memset(c->status, 0, sizeof(c->status));
	pthread_mutex_unlock(&c->fuzz->lock);
	c->contexts++;
	return fd;
}

/* See ntlm_ctx_exchange(): what the kernel itself may say in this test */
static bool is_documented(const struct fuzz_client *c, int result)
{
	switch (result) {
	case 0:
	case -EINPROGRESS:
	case -EMSGSIZE:
	case -ENOKEY:
	case -EOPNOTSUPP:
	case -EPROTO:
	case -EBADMSG:
	case -ETIMEDOUT:
	case -EIO:
		return true;
	case -ECANCELED:
		return c->cancelled || c->status[ECANCELED];
	default:
		if (c->fuzz->loose)
			return result < 0 && result > -ERRNOS;
		return result < 0 && result > -ERRNOS && c->status[-result];
	}
}

#define REQUIRE(cond) do {						\
	if (!(cond))							\
		FAIL("context %u, role %u, mode %u, spnego %d, legacy %d, required 0x%x, %u bits, flags 0x%x: not true: %s", \
		     c->id, w->role, w->mode, w->spnego, w->allow_legacy, \
		     w->required, w->min_key_bits, info.flags, #cond);	\
} while (0)

static const struct sent *answer_of(const struct fuzz_client *c,
				    const struct ntlm_test_info *info)
{
	unsigned int i, n = c->nsent < SENT ? c->nsent : SENT;
	const struct sent *found = NULL;

	for (i = 0; i < n; i++) {
		const struct sent *s = &c->sent[i];

		if (!s->taken)
			continue;
		if (s->bad_mic)
			FAIL("context %u: a wrong mechListMIC was taken", c->id);
		if (!s->has_flags || s->flags != info->flags)
			continue;
		if (info->key_result == 0 &&
		    (!s->has_key || memcmp(s->key, info->key, sizeof(s->key))))
			continue;
		found = s;
	}
	return found;
}

/* [MS-NLMP] sections 3.4.5.3 and 3.4.5.4 */
static unsigned int key_bits(uint32_t flags)
{
	const uint32_t weakened = NTLM_NEGOTIATE_LM_KEY |
				  NTLM_NEGOTIATE_DATAGRAM;

	if (flags & NTLM_NEGOTIATE_EXTENDED_SESSIONSECURITY ?
	    flags & NTLM_NEGOTIATE_128 : !(flags & weakened))
		return 128;
	return flags & NTLM_NEGOTIATE_56 ? 56 : 40;
}

/* Under the lock, so that all answers are noted */
static void check_established(const struct fuzz_client *c, int fd)
{
	static const uint8_t none[NTLM_SESSION_KEY_SIZE];
	const struct ntlm_test_info info = drv_info(fd);
	const struct want *w = &c->want;
	const struct sent *s;
	bool anonymous = info.flags & NTLM_NEGOTIATE_ANONYMOUS;

	REQUIRE(!info.flags_result);
	REQUIRE(!info.key_result || info.key_result == -ENOKEY);
	s = c->fuzz->loose ? NULL : answer_of(c, &info);
	REQUIRE(s || c->fuzz->loose);
	REQUIRE(!!(info.flags & NTLM_NEGOTIATE_DATAGRAM) ==
		(w->mode == NTLM_MODE_CONNECTIONLESS));
	REQUIRE(!(w->required & SIGNING) || info.flags & NTLM_NEGOTIATE_SIGN);
	REQUIRE(!(w->required & NTLM_OPT_CONFIDENTIALITY) ||
		info.flags & NTLM_NEGOTIATE_SEAL);
	REQUIRE(!(w->required & NTLM_OPT_IDENTIFY) ||
		info.flags & NTLM_NEGOTIATE_IDENTIFY);
	REQUIRE(!(w->required & NTLM_OPT_ANONYMOUS) || anonymous);
	REQUIRE(!(w->required & NTLM_OPT_CHANNEL_BINDINGS) || !s ||
		!s->no_bindings);
	if (anonymous)
		REQUIRE((w->required | w->wished) & NTLM_OPT_ANONYMOUS);
	REQUIRE(!s || !s->guest || w->role == NTLM_ROLE_ACCEPTOR);
	REQUIRE(!s || (info.key_result == -ENOKEY) == (anonymous || s->guest));
	REQUIRE(!anonymous || info.key_result == -ENOKEY);
	if (info.key_result) {
		REQUIRE(!(w->required & (SIGNING | NTLM_OPT_CONFIDENTIALITY)));
		return;
	}
	REQUIRE(memcmp(info.key, none, sizeof(none)));
	if (!(info.flags & PROTECTION))
		return;
	REQUIRE(key_bits(info.flags) >= w->min_key_bits);
	REQUIRE(w->allow_legacy ||
		info.flags & NTLM_NEGOTIATE_EXTENDED_SESSIONSECURITY);
}

/* One step; *token says whether the peer's token comes with it */
static int step(struct fuzz_client *c, int fd, bool token)
{
	static const uint8_t bytes[NTLM_MAX_TOKEN + NTLM_MAX_TOKEN / 8 + 2];
	size_t len = rng_percent(&c->rng, 3) ? rng_len(&c->rng, NTLM_MAX_TOKEN) :
		     1 + rng_below(&c->rng, 200);

	if (token && !len)
		len = 1;
	return drv_exchange(fd, token ? bytes : NULL, token ? len : 0, NULL,
			    NULL);
}

static bool first_has_token(const struct want *w)
{
	return w->role == NTLM_ROLE_ACCEPTOR &&
	       w->mode == NTLM_MODE_CONNECTION;
}

static int one_context(struct fuzz_client *c)
{
	int fd = begin(c), result, legs = 0;
	bool token = first_has_token(&c->want);

	do {
		if (rng_percent(&c->rng, 3)) {
			/* the wrong way round changes nothing */
			result = step(c, fd, !token);
			if (result != -EINVAL && !c->cancelled)
				FAIL("a step with%s token gave %s",
				     token ? "out" : "", tap_errno(result));
		}
		result = step(c, fd, token);
		token = true;
		legs++;
	} while (result == -EINPROGRESS && legs < 12 &&
		 !rng_percent(&c->rng, 4));

	pthread_mutex_lock(&c->fuzz->lock);
	if (!is_documented(c, result))
		FAIL("context %u, leg %d: %s is not documented", c->id, legs,
		     tap_errno(result));
	if (!result)
		check_established(c, fd);
	c->fd = -1;
	pthread_mutex_unlock(&c->fuzz->lock);

	if (!result && rng_percent(&c->rng, 50))
		drv_report(fd, rng_percent(&c->rng, 50) ? 0 : 0xc000006d);
	if (!result && step(c, fd, true) != -EISCONN)
		FAIL("an established context took another token");
	if (result && result != -EINPROGRESS && step(c, fd, true) != result)
		FAIL("a failed context forgot its error");
	close(fd);
	c->established += !result;
	c->refused += result && result != -EINPROGRESS;
	return result;
}

void *client_thread(void *arg)
{
	struct fuzz_client *c = arg;

	/* without a helper there is nothing to wait for */
	while (!atomic_load(&c->fuzz->stop))
		if (one_context(c) == -ENOKEY)
			tap_sleep_ms(1);
	return NULL;
}
