/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NTLM_SELFTESTS_EXCHANGE_TESTS_H
#define NTLM_SELFTESTS_EXCHANGE_TESTS_H

/*
 * Go into a new network namespace as "ip netns" makes it, and back with what
 * the first function returned.
 */
int netns_enter(const char *name);
void netns_leave(int back);

/* Name and time limit of each test, 0: the usual one */
#define LIFE_TESTS(X) \
	X(helper_absent_fails_at_once_and_the_log_says_why, 0) \
	X(helper_absent_does_not_flood_the_log, 0) \
	X(slow_answer_delays_no_other_client, 0) \
	X(answers_in_any_order, 0) \
	X(killed_before_accept, 0) \
	X(killed_after_accept, 0) \
	X(killed_between_the_legs, 0) \
	X(killed_after_accept_of_the_last_leg, 0) \
	X(killed_with_many_requests_keeps_their_order, 0) \
	X(request_that_outlived_4_helpers_goes_on, 0) \
	X(request_that_outlived_5_helpers_is_given_up, 0) \
	X(restart_grace_ends_with_enokey, 0) \
	X(restart_grace_of_0_fails_waiting_requests, 0) \
	X(request_of_the_grace_time_is_served_by_the_next_helper, 0) \
	X(restart_grace_begins_anew_with_each_helper, 0)

#define END_TESTS(X) \
	X(timeout_of_a_request_nobody_accepts, 0) \
	X(timeout_of_a_request_nobody_answers, 0) \
	X(timeout_is_not_prolonged_by_helpers_that_die, 0) \
	X(cancel_while_waiting_for_accept, 0) \
	X(cancel_while_waiting_for_the_answer, 0) \
	X(cancel_before_the_first_step, 0) \
	X(cancel_between_the_legs, 0) \
	X(cancel_changes_no_established_context, 0) \
	X(sigkill_while_waiting_for_accept, 0) \
	X(sigkill_while_waiting_for_the_answer, 0) \
	X(sigterm_ends_the_wait_too, 0) \
	X(signal_with_a_handler_does_not_end_the_wait, 0) \
	X(second_step_at_the_same_time_is_ebusy, 0) \
	X(step_with_or_without_a_token_out_of_turn_is_einval, 0) \
	X(failed_context_stays_failed, 0) \
	X(open_context_seals_nothing, 0) \
	X(parameters_out_of_range_are_refused, 0)

#define NETNS_TESTS(X) \
	X(netns_without_a_helper_gets_none_of_another, 0) \
	X(netns_has_a_helper_of_its_own, 0) \
	X(netns_deleted_while_a_request_waits, 0) \
	X(netns_deleted_between_the_legs, 0) \
	X(session_security_outlives_the_netns, 0) \
	X(contexts_do_not_keep_the_netns, 0)

#define MODULE_TESTS(X) \
	X(unload_refused_while_a_context_is_there, 0) \
	X(unload_refused_while_a_helper_is_registered, 0) \
	X(unload_refused_while_a_request_waits, 0) \
	X(unload_in_the_grace_time_with_listeners, 0)

#define RACE_TESTS(X) \
	X(race_done_timeout, 120) \
	X(race_done_cancel, 120) \
	X(race_done_timeout_cancel, 120) \
	X(race_timeout_cancel, 120) \
	X(race_done_death, 120) \
	X(race_timeout_death, 120) \
	X(race_cancel_death, 120) \
	X(race_done_timeout_cancel_death, 120) \
	X(race_timeout_netns, 120) \
	X(race_cancel_netns, 120) \
	X(race_done_death_netns, 120) \
	X(race_of_everything, 120) \
	X(nothing_is_left_in_the_slab, 120)

#define NTLMD_TESTS(X) \
	X(ntlmd_and_the_server_have_the_same_key, 120) \
	X(ntlmd_remembers_a_refusal_until_the_credential_changes, 120) \
	X(ntlmd_reads_a_rotated_credential, 120) \
	X(ntlmd_killed_before_accept, 120) \
	X(ntlmd_killed_after_accept, 120) \
	X(ntlmd_killed_between_the_legs, 120) \
	X(ntlmd_has_no_credential_for_another_user, 120) \
	X(ntlmd_serves_200_exchanges_at_once, 120)

#define DECLARE(name, seconds) void name(void);
LIFE_TESTS(DECLARE)
END_TESTS(DECLARE)
NETNS_TESTS(DECLARE)
MODULE_TESTS(DECLARE)
RACE_TESTS(DECLARE)
NTLMD_TESTS(DECLARE)
#undef DECLARE

#endif /* NTLM_SELFTESTS_EXCHANGE_TESTS_H */
