/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SELFTESTS_FAILSLAB_TESTS_H
#define SELFTESTS_FAILSLAB_TESTS_H

#define CLIENT_TESTS(X) \
	X(initiator, 0) \
	X(acceptor, 0) \
	X(spnego_initiator, 0) \
	X(datagram_initiator, 0) \
	X(datagram_acceptor, 0) \
	X(initiator_with_everything, 0)

#define HELPER_TESTS(X) \
	X(register_helper, 0) \
	X(accept_request, 0) \
	X(accept_of_a_large_token, 0) \
	X(done_of_an_acceptor, 0) \
	X(done_with_spnego, 0) \
	X(done_with_an_errno, 0) \
	X(dump, 0) \
	X(counters, 0) \
	X(listen_to_events, 0)

#define MODULE_TESTS(X) \
	X(namespace, 300) \
	X(load_module, 300) \
	X(logon_through_ntlmd, 300) \
	X(mount_of_a_share, 900)

#define DECLARE(name, seconds) void name(void);
CLIENT_TESTS(DECLARE)
HELPER_TESTS(DECLARE)
MODULE_TESTS(DECLARE)
#undef DECLARE

#endif /* SELFTESTS_FAILSLAB_TESTS_H */
