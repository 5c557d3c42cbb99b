// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The helper. What it sends is made at random; of what comes back nothing may
 * hold a key, every message is answered, and nothing is taken that must not be.
 */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include "fuzz.h"

#define BATCH	8

/* What is sent in one datagram, and the answers */
struct batch {
	unsigned int	count;
	uint32_t	seq[BATCH];
	bool		answered[BATCH];
	int		result[BATCH];
	struct nl_msg	m;
};

static struct draft draft;
static struct batch batch;
static struct nl_msg single;

/* --- what the kernel says ----------------------------------------------- */

static void no_key_in(const struct nlmsghdr *h)
{
	size_t len = h->nlmsg_len;
	const uint8_t *p = (const uint8_t *)h;

	/* what was sent and is given back to who sent it does not count */
	if (h->nlmsg_type == NLMSG_ERROR && !(h->nlmsg_flags & NLM_F_CAPPED)) {
		const struct nlmsgerr *e = NLMSG_DATA(h);
		size_t skip = NLMSG_LENGTH(sizeof(*e));

		if (e->error && e->msg.nlmsg_len > sizeof(e->msg))
			skip += NLMSG_ALIGN(e->msg.nlmsg_len - sizeof(e->msg));
		if (skip > len)
			skip = len;
		p += skip;
		len -= skip;
	}
	if (memmem(p, len, KEY_MARK, KEY_MARK_LEN))
		FAIL("a message of type %u has a session key in it",
		     h->nlmsg_type);
}

static struct fuzz_client *client_of(struct fuzz *f, uint32_t id)
{
	unsigned int i;

	for (i = 0; i < CLIENTS; i++)
		if (f->client[i].fd >= 0 && f->client[i].id == id)
			return &f->client[i];
	return NULL;
}

static void note_request(struct fuzz *f, const struct nl_reply *r)
{
	struct pending p = {
		.cookie = nl_u64(r, NTLM_A_REQUEST_COOKIE),
		.id = nl_u32(r, NTLM_A_REQUEST_CONTEXT),
		.leg = nl_u32(r, NTLM_A_REQUEST_LEG),
	};
	const struct fuzz_client *c = client_of(f, p.id);
	const struct want *w;
	unsigned int i;

	f->accepted++;
	if (!c)
		FAIL("ACCEPT gave a context that is not there");
	w = &c->want;
	p.want = *w;
	CHECK_EQ(nl_u32(r, NTLM_A_REQUEST_ROLE), w->role);
	CHECK_EQ(nl_u32(r, NTLM_A_REQUEST_MODE), w->mode);
	CHECK_EQ(nl_u32(r, NTLM_A_REQUEST_REQUIRED), w->required);
	CHECK_EQ(nl_u32(r, NTLM_A_REQUEST_WISHED), w->wished);
	CHECK_EQ(nl_u32(r, NTLM_A_REQUEST_MIN_KEY_BITS), w->min_key_bits);
	CHECK_EQ(!!nl_attr(r, NTLM_A_REQUEST_SPNEGO), w->spnego);
	CHECK_EQ(!!nl_attr(r, NTLM_A_REQUEST_ALLOW_LEGACY), w->allow_legacy);
	/* a context has one request, so that an older one is none any more */
	for (i = 0; i < f->npending; i++) {
		if (f->pending[i].cookie == p.cookie)
			FAIL("a cookie came again");
		if (f->pending[i].id == p.id || !client_of(f, f->pending[i].id))
			f->pending[i].stale = true;
	}
	for (i = 0; i < f->npending && f->npending == PENDING; i++)
		if (f->pending[i].stale)
			f->pending[i] = f->pending[--f->npending];
	CHECK(f->npending < PENDING);
	f->pending[f->npending++] = p;
}

/*
 * All answers are in the socket when send() returns, but the rest of a dump,
 * which comes as it is read.
 */
static void read_answers(struct fuzz *f, struct nl *nl, struct batch *b)
{
	const struct nlmsghdr *h;
	bool lost = false;
	uint32_t from;
	unsigned int i, open = b->count;
	int n;

	while (open) {
		n = nl_recv(nl, nl->rx, NL_BUFFER, 0, &from);
		if (n == -ENOBUFS) {
			lost = true;
			continue;
		}
		if (n == -EAGAIN && lost)
			return;
		if (n < 0)
			FAIL("%u of %u messages without an answer: %s", open,
			     b->count, tap_errno(n));
		if (from)
			FAIL("a message from port %u", from);
		for (h = (void *)nl->rx; NLMSG_OK(h, (unsigned int)n);
		     h = NLMSG_NEXT(h, n)) {
			no_key_in(h);
			if (h->nlmsg_type >= NLMSG_MIN_TYPE) {
				nl_parse(h, nl->r);
				if (nl->r->cmd == NTLM_CMD_ACCEPT)
					note_request(f, nl->r);
				f->dumped += nl->r->cmd == NTLM_CMD_CONTEXT_GET;
				continue;
			}
			for (i = 0; i < b->count; i++)
				if (!b->answered[i] &&
				    b->seq[i] == h->nlmsg_seq)
					break;
			if (i == b->count)
				FAIL("an answer to nothing, number %u",
				     h->nlmsg_seq);
			memcpy(&b->result[i], NLMSG_DATA(h), sizeof(int));
			b->answered[i] = true;
			open--;
		}
	}
}

static void batch_add(struct batch *b, const struct nl_msg *m)
{
	size_t at = NLMSG_ALIGN(b->m.len);
	struct nlmsghdr *h = (struct nlmsghdr *)(b->m.buf + at);

	memset(b->m.buf + b->m.len, 0, at - b->m.len);
	memcpy(h, m->buf, m->len);
	h->nlmsg_len = (uint32_t)m->len;
	b->seq[b->count] = h->nlmsg_seq;
	b->answered[b->count] = false;
	b->count++;
	b->m.len = at + m->len;
}

static void batch_send(struct fuzz *f, struct nl *nl, struct batch *b)
{
	if (!b->count)
		return;
	if (send(nl->fd, b->m.buf, b->m.len, 0) < 0)
		FAIL("send: %m");
	read_answers(f, nl, b);
	f->messages += b->count;
}

static void batch_clear(struct batch *b)
{
	b->count = 0;
	b->m.len = 0;
}

/* One message; *answered is false if the answer was lost. */
static int talk(struct fuzz *f, struct nl *nl, const struct nl_msg *m,
		bool *answered)
{
	batch_clear(&batch);
	batch_add(&batch, m);
	batch_send(f, nl, &batch);
	*answered = batch.answered[0];
	return *answered ? batch.result[0] : 0;
}

/* --- what the helper does ----------------------------------------------- */

static struct nl *any_socket(struct fuzz *f)
{
	return &f->socket[rng_below(&f->rng, SOCKETS)];
}

static struct nl *helper_or_any(struct fuzz *f)
{
	if (f->helper < 0 || rng_percent(&f->rng, 3))
		return any_socket(f);
	return &f->socket[f->helper];
}

static bool is_helper(const struct fuzz *f, const struct nl *nl)
{
	return f->helper >= 0 && nl == &f->socket[f->helper];
}

static void all_stale(struct fuzz *f)
{
	unsigned int i;

	for (i = 0; i < f->npending; i++)
		f->pending[i].stale = true;
}

static void do_register(struct fuzz *f)
{
	struct nl *nl = any_socket(f);
	bool answered, plain = rng_percent(&f->rng, 70);
	int result;

	if (plain) {
		nl_begin(nl, &single, NTLM_CMD_REGISTER, 0);
		nl_put_u32(&single, NTLM_A_HELPER_FEATURES,
			   NTLM_FEATURE_INITIATOR | NTLM_FEATURE_ACCEPTOR |
			   NTLM_FEATURE_CONNECTIONLESS | NTLM_FEATURE_SPNEGO |
			   NTLM_FEATURE_LEGACY);
	} else {
		draft_noise(&f->rng, &draft);
		draft_put(&f->rng, nl, &single, NTLM_CMD_REGISTER, &draft, true);
	}
	result = talk(f, nl, &single, &answered);
	if (!answered)
		FAIL("the answer to REGISTER was lost");
	if (f->helper < 0) {
		if (plain)
			CHECK_ERR(result, 0);
	} else if (!result) {
		FAIL("REGISTER of a second helper");
	} else if (plain) {
		CHECK_ERR(result, is_helper(f, nl) ? -EALREADY : -EBUSY);
	}
	if (result)
		return;
	f->helper = (int)(nl - f->socket);
	f->registered++;
}

static void do_accept(struct fuzz *f)
{
	struct nl *nl = helper_or_any(f);
	unsigned int i, n = 1 + rng_below(&f->rng, 4);

	batch_clear(&batch);
	for (i = 0; i < n; i++) {
		draft.count = 0;
		draft_put(&f->rng, nl, &single, NTLM_CMD_ACCEPT, &draft,
			  rng_percent(&f->rng, 3));
		batch_add(&batch, &single);
		/* what is cut off or odd ends the datagram for netlink */
		if (single.len != NLMSG_LENGTH(GENL_HDRLEN))
			break;
	}
	batch_send(f, nl, &batch);
	for (i = 0; i < batch.count; i++)
		if (batch.answered[i] && !batch.result[i] && !is_helper(f, nl))
			FAIL("ACCEPT without a registration");
}

/* The answer after which only the peer's last word is awaited, or NULL */
static const struct sent *keys_before(const struct fuzz_client *c)
{
	unsigned int i, n = c && c->nsent < SENT ? c->nsent : SENT;

	for (i = 0; c && i < n; i++)
		if (c->sent[i].taken && c->sent[i].has_flags)
			return &c->sent[i];
	return NULL;
}

static struct pending *pending_of(struct fuzz *f, uint64_t cookie)
{
	unsigned int i;

	for (i = 0; i < f->npending; i++)
		if (f->pending[i].cookie == cookie)
			return &f->pending[i];
	return NULL;
}

static void note_result(struct fuzz *f, int result)
{
	f->done++;
	if (result > 0 || result <= -ERRNOS)
		FAIL("DONE: %d is no errno", result);
	f->results[-result]++;
	switch (-result) {
	case 0:
	case EINVAL:
	case E2BIG:
	case ERANGE:
	case EPERM:
	case ENOENT:
	case EPROTO:
	case EOPNOTSUPP:
		return;
	default:
		FAIL("DONE: %s is not documented", tap_errno(result));
	}
}

/* Sends @single, which may name any request, or none. */
static void send_done(struct fuzz *f, struct nl *nl)
{
	struct pending *p = pending_of(f, msg_number(&single,
						     NTLM_A_DONE_COOKIE, 8));
	uint64_t status = msg_number(&single, NTLM_A_DONE_STATUS, 4);
	struct fuzz_client *c = p ? client_of(f, p->id) : NULL;
	bool answered, live = p && !p->stale && c && is_helper(f, nl);
	struct sent s = {}, *kept = &s;
	int result;

	if (c) {
		s = msg_sent(&single, &c->want, keys_before(c));
		if (status < ERRNOS)
			c->status[status] = true;
		kept = &c->sent[c->nsent++ % SENT];
		*kept = s;
	}
	result = talk(f, nl, &single, &answered);
	if (!answered) {
		/* nobody knows */
		kept->taken = live;
		kept->bad_mic = false;
		return;
	}
	note_result(f, result);
	if (!result && msg_wrong(&single))
		FAIL("DONE was taken though there is something wrong with it: %s",
		     msg_wrong(&single));
	kept->taken = !result && !status;
	if (!live && !result)
		FAIL("DONE was taken for a request that is not there: %s",
		     !p ? "unknown" : p->stale ? "used" : !c ? "closed" :
		     "not from its helper");
	/* What was refused as an answer has failed the request, too. */
	if (live && (!result || result == -ENOENT || result == -EPROTO ||
		     result == -EOPNOTSUPP))
		p->stale = true;
	if (p && p->stale && rng_percent(&f->rng, 75))
		*p = f->pending[--f->npending];
}

static bool is_anything_pending(const struct fuzz *f)
{
	unsigned int i;

	for (i = 0; i < f->npending; i++)
		if (!f->pending[i].stale)
			return true;
	return false;
}

static void do_done(struct fuzz *f)
{
	struct nl *nl = rng_percent(&f->rng, 2) ?
		&f->stranger[rng_below(&f->rng, STRANGERS)] : helper_or_any(f);
	bool honest = rng_percent(&f->rng, 45);
	const struct pending *p;

	if (!f->npending || (!is_anything_pending(f) &&
			     rng_percent(&f->rng, 90)))
		return;
	p = &f->pending[rng_below(&f->rng, f->npending)];
	draft_done(&f->rng, &draft, p, keys_before(client_of(f, p->id)),
		   honest);
	draft_put(&f->rng, nl, &single, NTLM_CMD_DONE, &draft,
		  !honest && rng_percent(&f->rng, 40));
	send_done(f, nl);
}

/* Several messages of all kinds in one datagram */
static void do_mixture(struct fuzz *f)
{
	static const uint8_t cmds[] = {
		NTLM_CMD_DONE, NTLM_CMD_DONE, NTLM_CMD_ACCEPT,
		NTLM_CMD_STATS_GET, NTLM_CMD_CONTEXT_GET, NTLM_CMD_READY,
		NTLM_CMD_EVENT, NTLM_CMD_UNSPEC, NTLM_CMD_MAX + 1, 255,
	};
	struct nl *nl = rng_percent(&f->rng, 10) ?
		&f->stranger[rng_below(&f->rng, STRANGERS)] : any_socket(f);
	unsigned int i, n = 1 + rng_below(&f->rng, BATCH);

	batch_clear(&batch);
	for (i = 0; i < n && batch.m.len < 20000; i++) {
		draft_noise(&f->rng, &draft);
		/* at random no cookie is right */
		draft_put(&f->rng, nl, &single,
			  cmds[rng_below(&f->rng, sizeof(cmds))], &draft, true);
		batch_add(&batch, &single);
	}
	batch_send(f, nl, &batch);
}

static void do_dump(struct fuzz *f)
{
	struct nl *nl = rng_percent(&f->rng, 20) ?
		&f->stranger[rng_below(&f->rng, STRANGERS)] : any_socket(f);
	unsigned long before = f->dumped;
	bool answered;
	int result;

	nl_begin(nl, &single, NTLM_CMD_CONTEXT_GET, NLM_F_DUMP);
	result = talk(f, nl, &single, &answered);
	if (answered)
		CHECK_ERR(result, 0);
	if (nl >= f->stranger && nl < f->stranger + STRANGERS)
		CHECK_EQ(f->dumped, before);
}

static void do_stats(struct fuzz *f)
{
	struct ntlm_counters c;
	const char *why;

	CHECK_ERR(ntlm_stats(&f->admin, &c), 0);
	why = counters_wrong(&c);
	if (why)
		FAIL("%s", why);
	CHECK_EQ(c.helper_port, f->helper < 0 ? 0 :
		 f->socket[f->helper].port);
	CHECK(c.contexts <= CLIENTS);
	CHECK(c.queued + c.accepted <= CLIENTS);
	f->messages++;
}

/* No message at all. Nobody is answered, so it is seen who still answers. */
static void do_garbage(struct fuzz *f)
{
	struct nl *nl = any_socket(f);
	uint8_t bytes[300];
	size_t len = 1 + rng_below(&f->rng, sizeof(bytes));
	struct nlmsghdr *h = (struct nlmsghdr *)bytes;

	rng_fill(&f->rng, bytes, len);
	if (len >= sizeof(*h)) {
		/* a length that is not right */
		h->nlmsg_type = nl->family;
		h->nlmsg_flags = (uint16_t)(NLM_F_REQUEST);
		h->nlmsg_len = rng_percent(&f->rng, 50) ?
			(uint32_t)len + 1 + rng_below(&f->rng, 100) :
			rng_below(&f->rng, sizeof(*h));
	}
	if (send(nl->fd, bytes, len, 0) < 0)
		FAIL("send: %m");
	f->messages++;
}

static void do_events(struct fuzz *f)
{
	const struct nlmsghdr *h;
	uint32_t from;
	int n;

	for (;;) {
		n = nl_recv(&f->listener, f->listener.rx, NL_BUFFER, 0, &from);
		if (n == -EAGAIN)
			return;
		if (n == -ENOBUFS)
			continue;
		if (n < 0)
			FAIL("events: %s", tap_errno(n));
		for (h = (void *)f->listener.rx; NLMSG_OK(h, (unsigned int)n);
		     h = NLMSG_NEXT(h, n)) {
			no_key_in(h);
			f->events++;
		}
	}
}

static void do_close(struct fuzz *f)
{
	struct nl *nl = any_socket(f);

	if (is_helper(f, nl)) {
		f->helper = -1;
		all_stale(f);
	}
	nl_close(nl);
	CHECK_ERR(nl_open(nl), 0);
	set_grace_ms(rng_percent(&f->rng, 50) ? 0 : rng_below(&f->rng, 40));
}

static void do_cancel(struct fuzz *f)
{
	struct fuzz_client *c = &f->client[rng_below(&f->rng, CLIENTS)];

	if (c->fd < 0)
		return;
	c->cancelled = true;
	drv_cancel(c->fd);
}

void helper_run(struct fuzz *f, unsigned long count)
{
	unsigned int n;
	bool idle;

	while (f->messages < count) {
		pthread_mutex_lock(&f->lock);
		n = rng_below(&f->rng, 1000);
		if (f->helper < 0 && n < 500)
			do_register(f);
		else if (n < 380)
			do_accept(f);
		else if (n < 890)
			do_done(f);
		else if (n < 950)
			do_mixture(f);
		else if (n < 956)
			do_dump(f);
		else if (n < 966)
			do_stats(f);
		else if (n < 976)
			do_garbage(f);
		else if (n < 984)
			do_events(f);
		else if (n < 987)
			do_close(f);
		else if (n < 992)
			do_cancel(f);
		else
			do_register(f);
		idle = !is_anything_pending(f);
		pthread_mutex_unlock(&f->lock);
		/* else the clients hardly get on */
		if (idle)
			sched_yield();
	}
}
