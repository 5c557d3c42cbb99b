// SPDX-License-Identifier: GPL-2.0-or-later
#include "requests.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tap.h"

const char *password = "Passw0rd";
unsigned int lookups, cancelled;
sd_event *loop;
struct given answers[ANSWERS];
unsigned int answer_count;
uint64_t gone;
int gone_result = -ENOENT;

uint64_t now_usec(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

static int source_open(sd_event *event, const struct config *config)
{
	(void)config;
	loop = event;
	return 0;
}

static void source_reload(const struct config *config)
{
	(void)config;
}

static void source_close(void)
{
}

static void source_answer(struct cred_lookup *lookup)
{
	struct cred cred = { .user = "user", .domain = "DOM", .origin = "test" };

	if (strstr(lookup->target, "unknown")) {
		cred_lookup_answer(lookup, -ENOKEY, NULL);
		return;
	}
	if (strstr(lookup->target, "broken")) {
		cred_lookup_answer(lookup, -EIO, NULL);
		return;
	}
	ntlm_nt_hash(password, strlen(password), cred.nt_hash);
	cred_lookup_answer(lookup, 0, &cred);
}

static int on_timer(sd_event_source *s, uint64_t usec, void *arg)
{
	struct cred_lookup *lookup = arg;

	(void)usec;
	lookup->private = NULL;
	sd_event_source_disable_unref(s);
	source_answer(lookup);
	return 0;
}

static void source_lookup(struct cred_lookup *lookup)
{
	unsigned int ms;
	sd_event_source *timer;

	lookups++;
	if (sscanf(lookup->target, "cifs/%ums", &ms) != 1) {
		source_answer(lookup);
		return;
	}
	sd_event_add_time_relative(loop, &timer, CLOCK_MONOTONIC,
				   (uint64_t)ms * 1000, 1, on_timer, lookup);
	lookup->private = timer;
}

static void source_cancel(struct cred_lookup *lookup)
{
	cancelled++;
	sd_event_source_disable_unref(lookup->private);
}

static const struct ntlm_cred_source source = {
	.name = "test",
	.open = source_open,
	.reload = source_reload,
	.lookup = source_lookup,
	.cancel = source_cancel,
	.close = source_close,
};

const struct ntlm_cred_source *const cred_sources[] = { &source, NULL };

static void keep(char *name, size_t size, const char *from)
{
	snprintf(name, size, "%s", from ? from : "");
}

int on_answer(void *arg, const struct request *r, const struct answer *a)
{
	struct given *g;

	(void)arg;
	if (r->cookie == gone)
		return gone_result;
	if (answer_count == ANSWERS)
		return 0;
	g = &answers[answer_count++];
	*g = (struct given){
		.cookie = r->cookie,
		.status = a->status,
		.ntstatus = a->ntstatus,
		.established = a->established,
		.has_keys = a->has_keys,
		.has_key = a->session_key,
		.flags = a->flags,
		.granted = a->granted,
		.identity = a->identity,
		.credential = a->credential,
		.usec = now_usec(),
		.token_len = a->token.len,
	};
	if (a->session_key)
		memcpy(g->key, a->session_key, sizeof(g->key));
	keep(g->user, sizeof(g->user), a->user);
	keep(g->domain, sizeof(g->domain), a->domain);
	keep(g->workstation, sizeof(g->workstation), a->workstation);
	for (unsigned int i = 0; i < a->sid_count; i++) {
		size_t used = strlen(g->sids);

		snprintf(g->sids + used, sizeof(g->sids) - used, "%s%s",
			 i ? " " : "", a->sids[i]);
	}
	if (a->token.len && a->token.len <= sizeof(g->token))
		memcpy(g->token, a->token.data, a->token.len);
	return 0;
}

void ask(struct server *s, uint64_t cookie, const char *target,
		struct ntlm_bytes negotiate, struct ntlm_bytes challenge)
{
	struct request *r = request_new(s);

	r->cookie = cookie;
	r->context = (uint32_t)cookie;
	r->uid = 1000;
	snprintf(r->target, sizeof(r->target), "%s", target);
	r->want.target_name = r->target;
	r->want.required = NTLM_OPTION_INTEGRITY | NTLM_OPTION_CONFIDENTIALITY;
	r->want.min_key_bits = 128;
	r->deadline_ms = 1000;
	if (negotiate.len) {
		r->token[r->token_count++] = negotiate;
		if (challenge.len)
			r->token[r->token_count++] = challenge;
	}
	request_start(r);
}

void run(unsigned int ms)
{
	uint64_t end = now_usec() + (uint64_t)ms * 1000, now;

	while ((now = now_usec()) < end)
		sd_event_run(loop, end - now);
}

const struct ntlm_bytes none = { NULL, 0 };

/* CHALLENGE with both NetBIOS names and without a timestamp */
static const uint8_t challenge_data[] = {
	'N', 'T', 'L', 'M', 'S', 'S', 'P', 0, 2, 0, 0, 0,
	0, 0, 0, 0, 56, 0, 0, 0,
	0x35, 0x82, 0x89, 0xe2,
	1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0,
	20, 0, 20, 0, 56, 0, 0, 0, 6, 1, 0, 0, 0, 0, 0, 15,
	2, 0, 4, 0, 'D', 0, 'M', 0, 1, 0, 4, 0, 'S', 0, 'V', 0, 0, 0, 0, 0,
};

const struct ntlm_bytes challenge = {
	challenge_data, sizeof(challenge_data)
};
