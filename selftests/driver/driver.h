/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside of the test driver.
 */
#ifndef _NTLM_TEST_DRIVER_H
#define _NTLM_TEST_DRIVER_H

#include <linux/ntlm.h>
#include "ntlm_test.h"

struct test_message;
struct test_crowd;

struct test_message *test_message_make(const struct ntlm_test_message *order);
int test_message_run(struct test_message *m, struct ntlm_ctx *ctx,
		     struct ntlm_test_run *run);
int test_message_fetch(struct test_message *m, struct ntlm_test_message *order);
void test_message_free(struct test_message *m);

int test_crowd_run(struct test_crowd **crowd, struct ntlm_test_crowd *order);
void test_crowd_free(struct test_crowd *crowd);
int test_duo(struct ntlm_ctx *seals, struct ntlm_ctx *other,
	     struct ntlm_ctx *peer, struct ntlm_test_duo *order);

#endif /* _NTLM_TEST_DRIVER_H */
