// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The life of a request, from request_new() to its answer.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "server_internal.h"
#include "spnego_leg.h"

/* requests kept ready; more are allocated when more are under way */
#define REQUESTS_READY 16
/* most requests under way; the others wait in the kernel's queue */
#define REQUESTS_MAX 1024

int requests_init(struct server *s)
{
	while (s->ready_count < REQUESTS_READY) {
		struct request *r = calloc(1, sizeof(*r));

		if (!r)
			return -ENOMEM;
		r->next = s->ready;
		s->ready = r;
		s->ready_count++;
	}
	return 0;
}

struct request *request_new(struct server *s)
{
	struct request *r = s->ready;

	if (s->used_count == REQUESTS_MAX)
		return NULL;
	if (r) {
		s->ready = r->next;
		s->ready_count--;
		memset(r, 0, sizeof(*r));
	} else {
		r = calloc(1, sizeof(*r));
		if (!r)
			return NULL;
	}
	r->server = s;
	s->used_count++;
	return r;
}

void request_free(struct request *r)
{
	struct server *s = r->server;

	sd_event_source_disable_unref(r->deadline);
	r->deadline = NULL;
	spnego_leg_free(r->negotiation);
	r->negotiation = NULL;
	s->used_count--;
	if (s->ready_count == REQUESTS_READY) {
		free(r);
		return;
	}
	r->next = s->ready;
	s->ready = r;
	s->ready_count++;
}

void requests_free(struct server *s)
{
	struct request *r;

	while ((r = s->busy)) {
		s->busy = r->next;
		cred_lookup_cancel(&r->lookup);
		winbind_cancel(&r->winbind);
		request_free(r);
	}
	while ((r = s->ready)) {
		s->ready = r->next;
		free(r);
	}
}

int request_finish(struct request *r, const struct answer *answer)
{
	struct server *s = r->server;
	int e;

	for (struct request **p = &s->busy; *p; p = &(*p)->next)
		if (*p == r) {
			*p = r->next;
			break;
		}
	e = s->answer(s->arg, r, answer);
	if (r->starting)
		r->finished = true;
	else
		request_free(r);
	return e;
}

int request_hand_over(struct request *r, struct answer *answer, bool mic)
{
	bool starting = r->starting;
	int e;

	r->starting = true;
	e = request_deliver(r, answer, mic);
	r->starting = starting;
	return e;
}

void request_drop(struct request *r)
{
	if (!r->starting)
		request_free(r);
}

int request_deliver(struct request *r, struct answer *answer, bool mic)
{
	struct answer failure = { 0 };
	int e = r->spnego ? spnego_leg_wrap(r, answer, mic) : 0;

	if (!e)
		return request_finish(r, answer);
	log_msg(LOG_ERR, "ctx=%" PRIu32 " target=%s: SPNEGO: %s", r->context,
		r->shown, strerror(-e));
	answer->status = -e;
	failure.status = -e;
	request_finish(r, &failure);
	return e;
}

static const char *why_not_taken(const struct answer *answer, int e)
{
	if (e > 0)
		return "what the kernel said to it got lost, so only the event of the context tells";
	return answer->status ? "it does not fit into SPNEGO" :
				"the kernel did not take it";
}

const char *request_not_taken(const struct answer *answer, int e,
			      struct audit *audit)
{
	audit->id = AUDIT_FAILED;
	audit->outcome = e > 0 ? "unknown" : "failed";
	audit->error = e > 0 ? EIO : -e;
	return why_not_taken(answer, e);
}

void request_work(struct request *r, void (*step)(struct request *r))
{
	r->starting = true;
	step(r);
	r->starting = false;
	if (r->finished)
		request_free(r);
}
