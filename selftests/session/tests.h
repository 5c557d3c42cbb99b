/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tests of session security, in the order in which they run.
 */
#ifndef SELFTESTS_SESSION_TESTS_H
#define SELFTESTS_SESSION_TESTS_H

#include "link.h"
#include "message.h"

/* name and time limit in seconds, on an emulated machine */
#define SESSION_TESTS(test)						\
	test(oracle_agrees_with_vectors, 60)				\
	test(vectors_a_client_to_server, 60)				\
	test(vectors_a_server_to_client, 60)				\
	test(vectors_a_interleaved, 60)					\
	test(vectors_a_128_wins_over_56, 60)				\
	test(vectors_b_signed_only_segments, 60)			\
	test(vectors_c_without_key_exch, 60)				\
	test(vectors_d_56_bit, 60)					\
	test(vectors_d_40_bit, 60)					\
	test(vectors_e_without_ess, 60)					\
	test(vectors_e_lm_key_56_bit, 60)				\
	test(vectors_e_lm_key_40_bit, 60)				\
	test(vectors_ntlmv1_both_random_pads, 60)			\
	test(vectors_g_connectionless, 60)				\
	test(malformed_sig_bad_version, 60)				\
	test(malformed_sig_bad_checksum, 60)				\
	test(malformed_sig_bad_seq, 60)					\
	test(malformed_sig_short, 60)					\
	test(malformed_sig_dummy, 60)					\
	test(flags_and_strengths, 120)					\
	test(flipped_bits_unseal, 120)					\
	test(flipped_bits_unseal_in_place, 120)				\
	test(flipped_bits_unseal_without_key_exch, 120)			\
	test(flipped_bits_verify, 120)					\
	test(flipped_bits_verify_without_key_exch, 120)			\
	test(altered_structure, 60)					\
	test(refused_messages_of_many_sizes, 120)			\
	test(wrong_order_unseal, 60)					\
	test(wrong_order_unseal_without_key_exch, 60)			\
	test(wrong_order_verify, 60)					\
	test(wrong_order_verify_without_key_exch, 60)			\
	test(replay_with_new_number, 60)				\
	test(reflected_message, 60)					\
	test(sign_and_seal_share_numbers, 60)				\
	test(refused_call_takes_no_number, 60)				\
	test(shapes_of_source_and_destination, 240)			\
	test(shapes_of_signed_segments, 240)				\
	test(sizes_to_one_mebibyte, 240)				\
	test(segments_of_no_bytes, 60)					\
	test(no_segments, 60)						\
	test(many_segments, 60)						\
	test(vectors_cut_anywhere, 120)					\
	test(destination_of_signed_segment_untouched, 60)		\
	test(sign_only_context_does_not_seal, 60)			\
	test(seal_only_context_signs_and_seals, 60)			\
	test(no_protection_no_key, 60)					\
	test(anonymous_no_key, 60)					\
	test(before_establishment_not_connected, 60)			\
	test(failed_exchange_not_connected, 60)				\
	test(bad_flags_and_segments, 60)				\
	test(length_beyond_limit, 60)					\
	test(legacy_only_if_allowed, 60)				\
	test(legacy_flags_and_strengths, 240)				\
	test(legacy_half_duplex_conversation, 240)			\
	test(legacy_flipped_bits_unseal, 120)				\
	test(legacy_flipped_bits_verify, 120)				\
	test(legacy_crossing_messages, 60)				\
	test(segments_that_need_no_signature, 60)			\
	test(dummy_signature, 60)					\
	test(vectors_h_mech_list_mic_initiator, 60)			\
	test(vectors_h_mech_list_mic_acceptor, 60)			\
	test(mech_list_mics_without_ess, 60)				\
	test(mech_list_mic_wrong, 60)					\
	test(datagrams_lost_late_and_repeated, 300)			\
	test(datagrams_repeated_without_detection, 60)			\
	test(datagram_number_sent_twice, 120)				\
	test(datagram_flipped_bits, 120)				\
	test(datagrams_between_two_contexts, 60)			\
	test(datagram_legacy_signs_only, 60)				\
	test(functions_of_the_other_mode, 60)				\
	test(both_directions_in_parallel, 300)				\
	test(datagrams_in_parallel, 300)				\
	test(legacy_forgeries_while_sending, 300)			\
	test(one_direction_from_two_threads, 300)			\
	test(random_messages_against_oracle, 600)

#define SESSION_DECLARE(name, seconds) void name(void);
SESSION_TESTS(SESSION_DECLARE)

#endif
