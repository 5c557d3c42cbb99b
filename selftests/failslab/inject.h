/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's fault injection: the Nth allocation of this thread fails, of slab
 * memory or of pages.
 */
#ifndef SELFTESTS_FAILSLAB_INJECT_H
#define SELFTESTS_FAILSLAB_INJECT_H

#include <stdbool.h>
#include <sys/types.h>

/** inject_init() - skips the test if this kernel has no fault injection */
void inject_init(void);

/** inject_announce() - the kernel's log has a line for each failure */
void inject_announce(void);

/** inject_other() - it is the allocations of another process that fail */
void inject_other(pid_t pid);

/** inject_begin() - from here on the @n th allocation of the thread fails */
void inject_begin(unsigned int n);

/**
 * inject_end() - no further allocation fails
 *
 * Return: whether one did
 */
bool inject_end(void);

/**
 * struct operation - something that allocates
 * @prepare: what it needs, without failures; or NULL
 * @run: the operation; 0 or -errno. The only part in which allocations fail
 * @finish: takes back what @prepare and @run did, without failures, and checks
 *	what is left of an operation that returned @err; or NULL
 * @allowed: more errno than ENOMEM that it may return, ends with 0; or NULL
 * @foreign: what it returns is for other parts of the kernel to say
 * @seldom: how many failures come between two tries without one; 0: one
 */
struct operation {
	void		(*prepare)(void);
	int		(*run)(void);
	void		(*finish)(int err);
	const int	*allowed;
	bool		foreign;
	unsigned int	seldom;
};

/**
 * inject_sweep() - fail the first allocation of an operation, the second, ...
 * @op: the operation
 *
 * Until it has no more.  After each: what it returned is allowed, nothing is left
 * in the module, and without a failure the operation works.  Ends the test if it
 * does not, or if no allocation failed at all.
 */
void inject_sweep(const struct operation *op);

#endif /* SELFTESTS_FAILSLAB_INJECT_H */
