/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NTLM_SELFTESTS_NETLINK_TESTS_H
#define NTLM_SELFTESTS_NETLINK_TESTS_H

/* As documented in REGISTER's reply */
#define MAX_REQUESTS		4096
#define MAX_REQUESTS_UID	512

/* This process goes into a network namespace of its own; 0 or -errno. */
int enter_new_netns(void);

/* Name and time limit of each test, 0: the usual one */
#define REGISTER_TESTS(X) \
	X(register_reply_carries_limits, 0) \
	X(register_needs_a_known_feature, 0) \
	X(second_helper_gets_ebusy_and_the_holder, 0) \
	X(second_helper_takes_over_after_close, 0) \
	X(second_helper_takes_over_after_sigkill, 0) \
	X(register_twice_from_one_socket, 0) \
	X(registration_lives_until_the_last_descriptor, 0) \
	X(helper_changes_are_logged, 0) \
	X(same_port_id_of_another_protocol_releases_nothing, 0) \
	X(same_port_id_of_another_netns_releases_nothing, 0) \
	X(port_id_reused_between_close_and_release, 0) \
	X(port_id_reused_by_the_next_helper, 0)

#define PRIVILEGE_TESTS(X) \
	X(unprivileged_user_refused_for_each_command, 0) \
	X(unprivileged_user_cannot_join_events, 0) \
	X(user_namespace_root_refused_for_each_command, 0) \
	X(user_namespace_root_refused_in_the_old_netns, 0) \
	X(privileged_socket_gives_no_rights, 0) \
	X(unprivileged_socket_gets_no_rights, 0) \
	X(unprivileged_helper_cannot_take_requests, 0) \
	X(unprivileged_user_cannot_send_to_the_helper, 0) \
	X(messages_of_others_carry_their_port, 0)

#define ACCEPTOR_TESTS(X) \
	X(acceptor_begins_with_a_token, 0) \
	X(acceptor_hands_on_the_identity, 0) \
	X(initiator_has_no_identity_to_hand_on, 0) \
	X(acceptor_failure_carries_the_ntstatus, 0) \
	X(acceptor_failure_without_ntstatus_has_one, 0) \
	X(acceptor_without_helper_has_an_ntstatus, 0) \
	X(acceptor_reports_nothing, 0) \
	X(guest_has_no_session_security, 0) \
	X(guest_is_refused_where_protection_is_required, 0) \
	X(anonymous_client_needs_a_server_that_takes_it, 0) \
	X(sids_are_bounded_and_well_formed, 0) \
	X(sids_that_are_none_are_refused, 0) \
	X(sids_of_every_kind_are_taken, 0) \
	X(old_helper_gets_no_request_that_is_new, 0) \
	X(old_helper_gets_no_waiting_request_that_is_new, 0) \
	X(connectionless_initiator_begins_with_nothing, 0) \
	X(connectionless_acceptor_begins_without_a_token, 0) \
	X(lie_connectionless_without_its_flags, 0) \
	X(connectionless_spnego_cannot_be, 0) \
	X(legacy_protection_has_to_be_allowed, 0) \
	X(channel_bindings_that_are_required_have_to_be_granted, 0) \
	X(spnego_both_sides_sign_the_mechanisms, 0) \
	X(spnego_wrong_signature_kills_the_context, 0) \
	X(lie_spnego_signature_of_one_side_only, 0) \
	X(lie_spnego_out_of_place, 0) \
	X(lie_spnego_keys_twice, 0)

#define LIES_TESTS(X) \
	X(lie_no_sign_though_integrity_required, 0) \
	X(lie_no_sign_though_replay_detect_required, 0) \
	X(lie_no_sign_though_sequence_detect_required, 0) \
	X(lie_no_seal_though_confidentiality_required, 0) \
	X(lie_no_identify_though_required, 0) \
	X(lie_not_anonymous_though_required, 0) \
	X(lie_anonymous_not_asked_for, 0) \
	X(lie_anonymous_though_integrity_required, 0) \
	X(lie_56_bit_key_for_the_default_of_128, 0) \
	X(lie_40_bit_key_for_56, 0) \
	X(lie_no_extended_session_security, 0) \
	X(lie_no_session_key, 0) \
	X(lie_session_key_of_zeros, 0) \
	X(lie_no_flags, 0) \
	X(lie_datagram_on_a_connection, 0) \
	X(lie_no_token_on_the_last_leg, 0) \
	X(lie_key_on_an_open_leg, 0) \
	X(lie_key_on_the_first_leg, 0) \
	X(lie_flags_on_the_first_leg, 0) \
	X(lie_user_on_the_first_leg, 0) \
	X(lie_domain_on_the_first_leg, 0) \
	X(lie_workstation_on_the_first_leg, 0) \
	X(lie_sids_on_the_first_leg, 0) \
	X(lie_credential_on_the_first_leg, 0) \
	X(lie_no_token_on_the_first_leg, 0) \
	X(lie_established_on_the_first_leg, 0) \
	X(truth_wished_options_may_be_refused, 0) \
	X(truth_56_bit_key_where_56_is_enough, 0) \
	X(truth_anonymous_has_no_key, 0)

#define MALFORMED_TESTS(X) \
	X(done_without_cookie, 0) \
	X(done_without_status, 0) \
	X(done_without_anything, 0) \
	X(done_cookie_of_4_bytes, 0) \
	X(done_status_of_8_bytes, 0) \
	X(done_status_above_the_last_errno, 0) \
	X(done_status_negative, 0) \
	X(done_status_einprogress, 0) \
	X(done_status_ebusy, 0) \
	X(done_status_eisconn, 0) \
	X(done_status_einval, 0) \
	X(done_key_of_15_bytes, 0) \
	X(done_key_of_17_bytes, 0) \
	X(done_key_of_0_bytes, 0) \
	X(done_token_empty, 0) \
	X(done_token_above_the_limit, 0) \
	X(done_flags_of_2_bytes, 0) \
	X(done_established_with_a_payload, 0) \
	X(done_user_without_nul, 0) \
	X(done_user_empty_attribute, 0) \
	X(done_user_too_long, 0) \
	X(done_user_with_a_control_character, 0) \
	X(done_domain_with_del, 0) \
	X(done_credential_of_4_bytes, 0) \
	X(done_unknown_attribute, 0) \
	X(done_attribute_number_at_its_maximum, 0) \
	X(done_nested_bit_on_the_key, 0) \
	X(done_attribute_longer_than_the_message, 0) \
	X(done_attribute_header_cut_off, 0) \
	X(done_attribute_length_of_0, 0) \
	X(done_with_unknown_bits_in_the_flags, 0) \
	X(refused_done_comes_back_without_its_key, 0) \
	X(register_with_the_reserved_field_set, 0) \
	X(accept_with_the_reserved_field_set, 0) \
	X(accept_with_an_attribute_of_a_greater_number, 0) \
	X(accept_with_an_attribute, 0) \
	X(register_with_features_of_8_bytes, 0) \
	X(register_with_an_attribute_of_the_reply, 0) \
	X(unknown_command, 0) \
	X(command_of_the_kernel_ready, 0) \
	X(command_of_the_kernel_event, 0) \
	X(contexts_without_the_dump_flag, 0) \
	X(stats_with_the_dump_flag, 0) \
	X(generic_header_missing, 0) \
	X(generic_header_with_the_reserved_field_set, 0) \
	X(garbage_instead_of_a_header_is_survived, 0) \
	X(random_attributes_complete_nothing, 120) \
	X(version_of_a_message_does_not_matter, 0) \
	X(names_at_their_limit_are_taken, 0)

#define QUEUE_TESTS(X) \
	X(accept_tells_what_the_client_wants, 0) \
	X(accept_leaves_out_what_was_not_given, 0) \
	X(oldest_request_is_accepted_first, 0) \
	X(ready_comes_once_after_an_idle_time, 0) \
	X(nothing_is_lost_while_the_helper_drains, 120) \
	X(ready_lost_in_a_full_buffer_is_told_each_time, 0) \
	X(smallest_buffer_and_1000_requests, 120) \
	X(request_that_cannot_be_delivered_waits_on, 0) \
	X(limit_of_one_user_leaves_room_for_others, 120) \
	X(limit_of_the_network_namespace, 240)

#define ANSWERS_TESTS(X) \
	X(peer_token_of_1_byte, 0) \
	X(peer_token_below_the_limit, 0) \
	X(peer_token_at_the_limit, 0) \
	X(peer_token_above_the_limit, 0) \
	X(peer_token_of_half_a_megabyte, 0) \
	X(own_token_of_1_byte, 0) \
	X(own_token_below_the_limit, 0) \
	X(own_token_at_the_limit, 0) \
	X(own_token_above_the_limit, 0) \
	X(tokens_of_a_context_at_the_limit, 0) \
	X(tokens_of_a_context_are_delivered_whole, 0) \
	X(accept_and_done_need_a_registration, 0) \
	X(done_from_a_foreign_port_is_refused, 0) \
	X(cookie_of_the_helper_before_is_refused, 0) \
	X(replayed_cookie_is_refused, 0) \
	X(cookie_that_never_was_is_refused, 0) \
	X(done_after_the_timeout_is_refused, 0) \
	X(done_after_the_cancel_is_refused, 0) \
	X(errno_of_the_helper_reaches_the_client, 0)

#define OBSERVE_TESTS(X) \
	X(context_dump_follows_the_states, 0) \
	X(context_dump_names_the_error_of_a_failed_one, 0) \
	X(context_age_grows, 0) \
	X(dump_of_10000_contexts_is_complete, 120) \
	X(dump_while_contexts_come_and_go, 0) \
	X(contexts_of_another_netns_are_not_shown, 0) \
	X(counters_tell_what_happened, 0) \
	X(counters_add_up, 0) \
	X(event_established_accepted_closed, 0) \
	X(event_refused_carries_the_ntstatus, 0) \
	X(event_of_the_first_verdict_only, 0) \
	X(event_failed_carries_the_errno, 0) \
	X(event_of_an_open_leg_there_is_none, 0) \
	X(events_stay_in_their_netns, 0) \
	X(family_name_loads_the_module, 0)

#define DECLARE(name, seconds) void name(void);
REGISTER_TESTS(DECLARE)
PRIVILEGE_TESTS(DECLARE)
ACCEPTOR_TESTS(DECLARE)
LIES_TESTS(DECLARE)
MALFORMED_TESTS(DECLARE)
QUEUE_TESTS(DECLARE)
ANSWERS_TESTS(DECLARE)
OBSERVE_TESTS(DECLARE)
#undef DECLARE

#endif /* NTLM_SELFTESTS_NETLINK_TESTS_H */
