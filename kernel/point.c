// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hook of point.h.  Only where there are KUnit suites is this part of ntlm.ko.
 */
#include <linux/srcu.h>
#include "core.h"
#include "point.h"

/* Who is held up at a point sleeps there, and the hook may not go meanwhile. */
DEFINE_STATIC_SRCU(ntlm_point_srcu);

static ntlm_point_fn __rcu ntlm_point_hook;

void ntlm_point(enum ntlm_point point, struct ntlm_request *req)
{
	ntlm_point_fn hook;
	int idx;

	idx = srcu_read_lock(&ntlm_point_srcu);
	hook = srcu_dereference(ntlm_point_hook, &ntlm_point_srcu);
	if (hook)
		hook(point, req);
	srcu_read_unlock(&ntlm_point_srcu, idx);
}

/**
 * ntlm_point_set() - have a function called at the points of requests
 * @hook: the function, or NULL for none
 *
 * Context: process, sleeps until nobody is in the former function any more.
 */
void ntlm_point_set(ntlm_point_fn hook)
{
	rcu_assign_pointer(ntlm_point_hook, hook);
	synchronize_srcu(&ntlm_point_srcu);
}
EXPORT_SYMBOL_NTLM_KUNIT(ntlm_point_set);
