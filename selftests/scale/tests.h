/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SELFTESTS_SCALE_TESTS_H
#define SELFTESTS_SCALE_TESTS_H

#include <stdbool.h>

/* What the tests of the crowd share, for it is made once: see crowd.c */
void crowd_share(void);

void crowd_is_established(void);
void create_and_free_cost_the_same(void);
void exchange_costs_the_same(void);
void message_costs_the_same(void);
void dump_costs_the_same_per_context(void);
void dump_of_a_hundred_thousand_is_complete(void);
void context_in_a_crowd_in_three_kib(void);

void directions_in_parallel_1_kib(void);
void directions_in_parallel_16_kib(void);
void directions_never_wait_for_each_other(void);
void one_direction_twice_waits(void);

#endif
