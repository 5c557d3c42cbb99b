/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Moments in the life of a request at which the KUnit suites, and nobody else,
 * may hold it up: so an order in which others come to it is forced and not
 * hoped for.
 */
#ifndef _NTLM_POINT_H
#define _NTLM_POINT_H

struct ntlm_request;

/* Moments of a request, and what is held then besides the exchange */
enum ntlm_point {
	NTLM_POINT_QUEUED,	/* its task is about to wait; nothing */
	NTLM_POINT_WOKEN,	/* the wait is over, for whatever reason; nothing */
	NTLM_POINT_ENDED,	/* its task has seen the end; nothing */
	NTLM_POINT_WIPED,	/* its task has no more use for the answer; nothing */
	NTLM_POINT_CHECK,	/* an answer is about to be judged; ntlm_net.lock */
	NTLM_POINT_COMPLETE,	/* something ends it; ntlm_net.lock */
};

typedef void (*ntlm_point_fn)(enum ntlm_point point, struct ntlm_request *req);

#ifdef NTLM_KUNIT
void ntlm_point(enum ntlm_point point, struct ntlm_request *req);
void ntlm_point_set(ntlm_point_fn hook);
#else
static inline void ntlm_point(enum ntlm_point point, struct ntlm_request *req)
{
}
#endif

#endif /* _NTLM_POINT_H */
