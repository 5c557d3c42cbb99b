// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * 100,000 live contexts cost per operation what 100 do; messages of the two
 * directions of a context do not hold each other up.
 */
#include "../lib/tap.h"
#include "tests.h"

int main(int argc, char **argv)
{
	static const struct tap_test tests[] = {
		TAP_TEST(crowd_is_established, 900),
		TAP_TEST(create_and_free_cost_the_same, 900),
		TAP_TEST(exchange_costs_the_same, 900),
		TAP_TEST(message_costs_the_same, 900),
		TAP_TEST(dump_costs_the_same_per_context, 900),
		TAP_TEST(dump_of_a_hundred_thousand_is_complete, 900),
		TAP_TEST(context_in_a_crowd_in_three_kib, 900),
		TAP_TEST(directions_in_parallel_1_kib, 300),
		TAP_TEST(directions_in_parallel_16_kib, 300),
		TAP_TEST(directions_never_wait_for_each_other, 120),
		TAP_TEST(one_direction_twice_waits, 120),
	};

	crowd_share();
	return tap_main(argc, argv, "scale", tests,
			sizeof(tests) / sizeof(tests[0]), NULL, NULL);
}
