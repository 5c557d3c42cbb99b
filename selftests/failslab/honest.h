/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A helper whose answers have everything in them that an answer can have.
 */
#ifndef SELFTESTS_FAILSLAB_HONEST_H
#define SELFTESTS_FAILSLAB_HONEST_H

#include "../lib/nl.h"

/** honest_answer() - to a request of any role, mode and leg, with SPNEGO or not */
struct ntlm_done honest_answer(const struct ntlm_req *req);

/**
 * honest_start() - a process that serves until the test ends
 *
 * It looks for requests when it is told that there are some, and never by itself:
 * a request of which it is not told waits in vain.
 */
void honest_start(void);

/** honest_stop() - end it */
void honest_stop(void);

#endif /* SELFTESTS_FAILSLAB_HONEST_H */
