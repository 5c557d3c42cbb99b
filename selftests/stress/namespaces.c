// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Network namespaces that end while requests wait in them.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#include "../lib/tap.h"
#include "stress.h"

#define REQUESTS	4
/* Longer than the test may take: that ends only with the namespace. */
#define PATIENCE_MS	600000

static _Atomic uint64_t ended, shut_down;

/* Whatever ended it, and nothing that the initial namespace's helper does */
static void request_ended(int result, bool done)
{
	switch (result) {
	case -ESHUTDOWN:
		atomic_fetch_add(&shut_down, 1);
		break;
	case -EINPROGRESS:
		CHECK(done);
		break;
	case -ENOKEY:
	case -ETIMEDOUT:
	case -ECANCELED:
		break;
	default:
		FAIL("a step in a namespace ended with %s", tap_errno(result));
	}
}

static void accept_some(struct nl *nl, struct ntlm_req *req, struct rng *r,
			bool *done)
{
	struct ntlm_done d;
	int err;

	while (!(err = ntlm_accept(nl, req))) {
		if (rng_below(r, 2))
			continue;
		d = ntlm_honest(req);
		err = ntlm_done(nl, &d);
		if (err)
			CHECK_ERR(err, -ENOENT);
		else
			*done = true;
	}
	CHECK_ERR(err, -EAGAIN);
}

/* Goes into a new namespace, leaves requests behind in it, and ends it. */
static void one_namespace(struct worker *w, int home, struct ntlm_req *req)
{
	struct rng *r = &w->rng;
	struct client c[REQUESTS];
	unsigned int i, n = 1 + (unsigned int)rng_below(r, REQUESTS);
	bool done = false;
	int fds[REQUESTS];
	struct nl nl;

	CHECK(!unshare(CLONE_NEWNET));
	CHECK_ERR(nl_open(&nl), 0);
	CHECK_ERR(ntlm_register(&nl), 0);
	for (i = 0; i < n; i++)
		fds[i] = drv_context(&(struct drv_params){
			.timeout_ms = rng_below(r, 2) ? PATIENCE_MS :
				      1 + (uint32_t)rng_below(r, 100),
		});
	CHECK(!setns(home, CLONE_NEWNET));
	for (i = 0; i < n; i++)
		client_start(&c[i], fds[i], NULL, 0);
	if (rng_below(r, 2))
		usleep((unsigned int)rng_below(r, 5000));
	if (rng_below(r, 2))
		accept_some(&nl, req, r, &done);
	if (!rng_below(r, 4))
		drv_cancel(fds[0]);
	/* The last that keeps the namespace */
	nl_close(&nl);
	for (i = 0; i < n; i++) {
		request_ended(client_join(&c[i]), done);
		close(fds[i]);
	}
	atomic_fetch_add(&ended, 1);
}

void namespaces(struct worker *w)
{
	int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	struct ntlm_req *req = malloc(sizeof(*req));

	CHECK(home >= 0 && req);
	while (!stress_over())
		one_namespace(w, home, req);
	free(req);
	close(home);
}

const char *namespaces_missing(void)
{
	return shut_down ? NULL : "no request ended with its namespace";
}

void namespaces_note(void)
{
	tap_note("%" PRIu64 " namespaces ended, and %" PRIu64 " requests with them",
		 atomic_load(&ended), atomic_load(&shut_down));
}
