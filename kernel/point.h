/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Moments in the life of a request at which the KUnit suites, and nobody else,
 * may hold it up: so an order in which others come to it is forced and not
 * hoped for.
 */
#ifndef _NTLM_POINT_H
#define _NTLM_POINT_H

#include <linux/compiler.h>
#include <linux/kconfig.h>

struct ntlm_request;

/* Moments of a request, and what is held then besides the exchange */
enum ntlm_point {
	NTLM_POINT_QUEUED,	/* its task is about to wait; nothing */
	NTLM_POINT_WOKEN,	/* the wait is over, for whatever reason; nothing */
	NTLM_POINT_ENDED,	/* its task has seen the end; nothing */
	NTLM_POINT_CHECK,	/* an answer is about to be judged; ntlm_net.lock */
	NTLM_POINT_COMPLETE,	/* something ends it; ntlm_net.lock */
};

typedef void (*ntlm_point_fn)(enum ntlm_point point, struct ntlm_request *req);

#if IS_ENABLED(CONFIG_KUNIT)
extern ntlm_point_fn ntlm_point_hook;

static inline void ntlm_point(enum ntlm_point point, struct ntlm_request *req)
{
	ntlm_point_fn hook = READ_ONCE(ntlm_point_hook);

	if (hook)
		hook(point, req);
}
#else
static inline void ntlm_point(enum ntlm_point point, struct ntlm_request *req)
{
}
#endif

#endif /* _NTLM_POINT_H */
