// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The RPC client against a server that breaks the protocol: every trick of
 * rogue ends with the right errno in time, and the connection after it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "setup.h"

/* Time limit where the server is going to miss it, in milliseconds */
#define SHORT_MS	1500
/* How much later than the limit a call may come back on a slow machine */
#define GRACE_MS	5000

#define LONG_REQUEST	(4 * 1024 * 1024)

enum { CONNECT, CALL };

/* Any error but -ETIMEDOUT: it comes from whoever is the first to see it. */
#define ANY_ERROR	1

static const char request[] = "a request of some length, to be echoed";

static void check_result(int err, int want)
{
	if (want == ANY_ERROR)
		CHECK(err < 0 && err != -ETIMEDOUT);
	else
		CHECK_ERR(err, want);
}

static void check_echo(int fd, const void *data, size_t len)
{
	struct answer answer;

	CHECK_ERR(client_call(fd, 1, data, len, &answer), 0);
	CHECK_EQ(answer.len, len);
	CHECK(!memcmp(answer.data, data, len));
	free(answer.data);
}

/* @step ends with @want; what comes after finds a dead connection. */
static void expect(const char *trick, uint32_t level, int step, int want,
		   size_t len)
{
	char *data = calloc(1, len + sizeof(request));
	struct ntlm_rpc_test_connect con;
	struct answer answer;
	struct server server;
	long long start;
	int fd, err;

	CHECK(data);
	memcpy(data, request, sizeof(request));
	rogue_start(&server, "127.0.0.1", trick);
	rogue_params(&con, &server, "127.0.0.1", level);
	con.server.timeout_ms = want == -ETIMEDOUT ? SHORT_MS : PATIENT_MS;
	fd = must_open();
	start = tap_now_ms();
	err = client_connect(fd, &con);
	if (step == CONNECT) {
		check_result(err, want);
	} else {
		CHECK_ERR(err, 0);
		start = tap_now_ms();
		check_result(client_call(fd, 1, data, sizeof(request) + len,
					 &answer), want);
		CHECK_EQ(answer.len, 0);
	}
	CHECK(tap_now_ms() - start < con.server.timeout_ms + GRACE_MS);
	if (want == -ETIMEDOUT)
		CHECK(tap_now_ms() - start >= SHORT_MS - 10);
	CHECK_ERR(client_call(fd, 1, "", 0, &answer), -ENOTCONN);
	close(fd);
	rogue_end(&server);
	free(data);
}

#define CASE(trick, level, step, want) \
	static void trick##_##level(void) \
	{ expect(#trick, LEVEL_##level, step, want, 0); }
#define LONG_CASE(trick, level, step, want) \
	static void trick##_##level(void) \
	{ expect(#trick, LEVEL_##level, step, want, LONG_REQUEST); }

#define CASES								\
	X(silent, NONE, CONNECT, -ETIMEDOUT)				\
	X(silent, PRIVACY, CONNECT, -ETIMEDOUT)				\
	X(close_at_once, NONE, CONNECT, -ECONNRESET)			\
	X(close_after_bind, NONE, CONNECT, -ECONNRESET)			\
	X(close_after_bind, PRIVACY, CONNECT, -ECONNRESET)		\
	X(silent_after_bind, NONE, CONNECT, -ETIMEDOUT)			\
	X(half_header, NONE, CONNECT, -ECONNRESET)			\
	X(half_header_silent, NONE, CONNECT, -ETIMEDOUT)		\
	X(half_ack, NONE, CONNECT, -ECONNRESET)				\
	X(half_ack_silent, NONE, CONNECT, -ETIMEDOUT)			\
	X(half_ack_silent, PRIVACY, CONNECT, -ETIMEDOUT)		\
	X(slow_ack, NONE, CONNECT, -ETIMEDOUT)				\
	X(slow_ack, PRIVACY, CONNECT, -ETIMEDOUT)			\
	X(random_bytes, NONE, CONNECT, -EPROTO)				\
	X(random_bytes, PRIVACY, CONNECT, -EPROTO)			\
	X(http, NONE, CONNECT, -EPROTO)					\
	X(nak_other, NONE, CONNECT, -ECONNREFUSED)			\
	X(nak_busy, NONE, CONNECT, -EBUSY)				\
	X(nak_version, NONE, CONNECT, -EPROTONOSUPPORT)			\
	X(nak_auth_type, PRIVACY, CONNECT, -EOPNOTSUPP)			\
	X(nak_checksum, PRIVACY, CONNECT, -EACCES)			\
	X(nak_short, NONE, CONNECT, -EPROTO)				\
	X(bind_fault, NONE, CONNECT, -EACCES)				\
	X(bind_fault, PRIVACY, CONNECT, -EACCES)			\
	X(bind_fault_verifier, INTEGRITY, CONNECT, -EPROTO)		\
	X(bind_fault_verifier, PRIVACY, CONNECT, -EPROTO)		\
	X(ack_no_challenge, CONNECT, CONNECT, -EPROTO)			\
	X(ack_no_challenge, PRIVACY, CONNECT, -EPROTO)			\
	X(ack_unwanted_token, NONE, CONNECT, -EPROTO)			\
	X(ack_version, NONE, CONNECT, -EPROTO)				\
	X(ack_minor_version, NONE, CONNECT, -EPROTO)			\
	X(ack_is_response, NONE, CONNECT, -EPROTO)			\
	X(ack_is_request, NONE, CONNECT, -EPROTO)			\
	X(ack_is_unknown, PRIVACY, CONNECT, -EPROTO)			\
	X(ack_not_last, NONE, CONNECT, -EPROTO)				\
	X(ack_not_first, NONE, CONNECT, -EPROTO)			\
	X(ack_big_endian, NONE, CONNECT, -EPROTO)			\
	X(ack_vax_float, NONE, CONNECT, -EPROTO)			\
	X(ack_frag_zero, NONE, CONNECT, -EPROTO)			\
	X(ack_frag_15, NONE, CONNECT, -EPROTO)				\
	X(ack_frag_header, NONE, CONNECT, -EPROTO)			\
	X(ack_frag_long, NONE, CONNECT, -EPROTO)			\
	X(ack_frag_over_limit, NONE, CONNECT, -EPROTO)			\
	X(ack_frag_over_limit, PRIVACY, CONNECT, -EPROTO)		\
	X(ack_auth_length_long, NONE, CONNECT, -EPROTO)			\
	X(ack_auth_length_long, PRIVACY, CONNECT, -EPROTO)		\
	X(ack_auth_length_all, PRIVACY, CONNECT, -EPROTO)		\
	X(ack_call_id, NONE, CONNECT, -EPROTO)				\
	X(ack_call_id, PRIVACY, CONNECT, -EPROTO)			\
	X(ack_max_recv_tiny, NONE, CONNECT, -EPROTO)			\
	X(ack_max_recv_zero, PRIVACY, CONNECT, -EPROTO)			\
	X(ack_address_long, NONE, CONNECT, -EPROTO)			\
	X(ack_address_long, PRIVACY, CONNECT, -EPROTO)			\
	X(ack_address_to_end, NONE, CONNECT, -EPROTO)			\
	X(ack_no_results, NONE, CONNECT, -EPROTO)			\
	X(ack_two_results, NONE, CONNECT, -EPROTO)			\
	X(ack_rejected_interface, PRIVACY, CONNECT, -EPROTONOSUPPORT)	\
	X(ack_rejected_transfer, NONE, CONNECT, -EPROTONOSUPPORT)	\
	X(ack_rejected_limit, NONE, CONNECT, -EBUSY)			\
	X(ack_rejected_other, NONE, CONNECT, -ECONNREFUSED)		\
	X(ack_transfer_uuid, NONE, CONNECT, -EPROTO)			\
	X(ack_transfer_version, NONE, CONNECT, -EPROTO)			\
	X(ack_auth_type, PRIVACY, CONNECT, -EPROTO)			\
	X(ack_auth_level, PRIVACY, CONNECT, -EPROTO)			\
	X(ack_auth_level, INTEGRITY, CONNECT, -EPROTO)			\
	X(ack_auth_context, PRIVACY, CONNECT, -EPROTO)			\
	X(ack_challenge_magic, PRIVACY, CONNECT, ANY_ERROR)		\
	X(ack_challenge_type, PRIVACY, CONNECT, ANY_ERROR)		\
	X(ack_challenge_no_seal, PRIVACY, CONNECT, -EOPNOTSUPP)		\
	X(ack_challenge_no_ess, PRIVACY, CONNECT, -EOPNOTSUPP)		\
	X(ack_challenge_no_ess, INTEGRITY, CONNECT, -EOPNOTSUPP)	\
	X(ack_challenge_no_128, PRIVACY, CONNECT, -EOPNOTSUPP)		\
	X(close_after_auth3, PRIVACY, CALL, -ECONNRESET)		\
	X(close_after_auth3, CONNECT, CALL, -ECONNRESET)		\
	X(close_after_auth3, NONE, CALL, -ECONNRESET)			\
	X(close_after_request, PRIVACY, CALL, -ECONNRESET)		\
	X(close_after_request, NONE, CALL, -ECONNRESET)			\
	X(silent_after_request, NONE, CALL, -ETIMEDOUT)			\
	X(silent_after_request, PRIVACY, CALL, -ETIMEDOUT)		\
	X(half_reply, NONE, CALL, -ECONNRESET)				\
	X(half_reply, PRIVACY, CALL, -ECONNRESET)			\
	X(half_reply_silent, NONE, CALL, -ETIMEDOUT)			\
	X(half_reply_silent, PRIVACY, CALL, -ETIMEDOUT)			\
	X(half_response, NONE, CALL, -ECONNRESET)			\
	X(half_response, PRIVACY, CALL, -ECONNRESET)			\
	X(half_response_silent, PRIVACY, CALL, -ETIMEDOUT)		\
	X(fault_access_denied, INTEGRITY, CALL, -EACCES)		\
	X(fault_access_denied, PRIVACY, CALL, -EACCES)			\
	X(fault_sec_pkg_error, PRIVACY, CALL, -EACCES)			\
	X(fault_proto_error, PRIVACY, CALL, -EACCES)			\
	X(fault_forged, INTEGRITY, CALL, -EBADMSG)			\
	X(fault_forged, PRIVACY, CALL, -EBADMSG)			\
	X(fault_short, NONE, CALL, -EPROTO)				\
	X(fault_short, PRIVACY, CALL, -EPROTO)				\
	X(unasked, NONE, CALL, -EPROTO)					\
	X(unasked, PRIVACY, CALL, -EPROTO)				\
	X(verifier_of_8, PRIVACY, CALL, -EPROTO)			\
	X(verifier_of_15, INTEGRITY, CALL, -EPROTO)			\
	X(verifier_of_15, PRIVACY, CALL, -EPROTO)			\
	X(verifier_of_17, PRIVACY, CALL, -EPROTO)			\
	X(no_verifier, INTEGRITY, CALL, -EPROTO)			\
	X(no_verifier, PRIVACY, CALL, -EPROTO)				\
	X(unwanted_verifier, NONE, CALL, -EPROTO)			\
	X(plain_body, PRIVACY, CALL, -EBADMSG)				\
	X(reflect, INTEGRITY, CALL, -EBADMSG)				\
	X(reflect, PRIVACY, CALL, -EBADMSG)				\
	X(seq_ahead, INTEGRITY, CALL, -EBADMSG)				\
	X(seq_ahead, PRIVACY, CALL, -EBADMSG)				\
	X(swapped, INTEGRITY, CALL, -EBADMSG)				\
	X(swapped, PRIVACY, CALL, -EBADMSG)				\
	X(dropped, INTEGRITY, CALL, -EBADMSG)				\
	X(dropped, PRIVACY, CALL, -EBADMSG)				\
	X(two_firsts, NONE, CALL, -EPROTO)				\
	X(two_firsts, PRIVACY, CALL, -EPROTO)				\
	X(empty_fragments, NONE, CALL, -EPROTO)				\
	X(empty_fragments, PRIVACY, CALL, -EPROTO)			\
	X(endless, NONE, CALL, -EMSGSIZE)				\
	X(endless, PRIVACY, CALL, -EMSGSIZE)				\
	X(endless_slow, NONE, CALL, -ETIMEDOUT)				\
	X(endless_slow, PRIVACY, CALL, -ETIMEDOUT)			\
	X(reply_version, PRIVACY, CALL, -EPROTO)			\
	X(reply_is_request, NONE, CALL, -EPROTO)			\
	X(reply_is_request, PRIVACY, CALL, -EPROTO)			\
	X(reply_is_bind_ack, PRIVACY, CALL, -EPROTO)			\
	X(reply_is_unknown, NONE, CALL, -EPROTO)			\
	X(reply_not_first, NONE, CALL, -EPROTO)				\
	X(reply_not_first, PRIVACY, CALL, -EPROTO)			\
	X(reply_big_endian, PRIVACY, CALL, -EPROTO)			\
	X(reply_frag_23, NONE, CALL, -EPROTO)				\
	X(reply_frag_23, PRIVACY, CALL, -EPROTO)			\
	X(reply_auth_length_long, NONE, CALL, -EPROTO)			\
	X(reply_auth_length_long, PRIVACY, CALL, -EPROTO)		\
	X(reply_call_id, NONE, CALL, -EPROTO)				\
	X(reply_call_id, INTEGRITY, CALL, -EPROTO)			\
	X(reply_call_id, PRIVACY, CALL, -EPROTO)			\
	X(reply_context_id, NONE, CALL, -EPROTO)			\
	X(reply_context_id, PRIVACY, CALL, -EPROTO)			\
	X(reply_auth_type, PRIVACY, CALL, -EPROTO)			\
	X(reply_auth_level_connect, INTEGRITY, CALL, -EPROTO)		\
	X(reply_auth_level_connect, PRIVACY, CALL, -EPROTO)		\
	X(reply_auth_level_none, PRIVACY, CALL, -EPROTO)		\
	X(reply_auth_level_integrity, PRIVACY, CALL, -EPROTO)		\
	X(reply_auth_level_privacy, INTEGRITY, CALL, -EPROTO)		\
	X(reply_pad_long, INTEGRITY, CALL, -EPROTO)			\
	X(reply_pad_long, PRIVACY, CALL, -EPROTO)			\
	X(reply_auth_context, INTEGRITY, CALL, -EPROTO)			\
	X(reply_auth_context, PRIVACY, CALL, -EPROTO)			\
	X(forged_flags, INTEGRITY, CALL, -EBADMSG)			\
	X(forged_flags, PRIVACY, CALL, -EBADMSG)			\
	X(forged_alloc_hint, INTEGRITY, CALL, -EBADMSG)			\
	X(forged_alloc_hint, PRIVACY, CALL, -EBADMSG)			\
	X(forged_cancel_count, PRIVACY, CALL, -EBADMSG)			\
	X(forged_body_first_bit, INTEGRITY, CALL, -EBADMSG)		\
	X(forged_body_first_bit, PRIVACY, CALL, -EBADMSG)		\
	X(forged_body_bit, INTEGRITY, CALL, -EBADMSG)			\
	X(forged_body_bit, PRIVACY, CALL, -EBADMSG)			\
	X(forged_auth_length_none, INTEGRITY, CALL, -EPROTO)		\
	X(forged_auth_length_none, PRIVACY, CALL, -EPROTO)		\
	X(forged_auth_length_short, PRIVACY, CALL, -EPROTO)		\
	X(forged_pad_length, INTEGRITY, CALL, -EBADMSG)			\
	X(forged_pad_length, PRIVACY, CALL, -EBADMSG)			\
	X(forged_reserved, INTEGRITY, CALL, -EBADMSG)			\
	X(forged_reserved, PRIVACY, CALL, -EBADMSG)			\
	X(forged_signature_version, INTEGRITY, CALL, -EBADMSG)		\
	X(forged_signature_version, PRIVACY, CALL, -EBADMSG)		\
	X(forged_signature_first_bit, INTEGRITY, CALL, -EBADMSG)	\
	X(forged_signature_first_bit, PRIVACY, CALL, -EBADMSG)		\
	X(forged_signature_last_bit, PRIVACY, CALL, -EBADMSG)		\
	X(forged_signature_seq, INTEGRITY, CALL, -EBADMSG)		\
	X(forged_signature_seq, PRIVACY, CALL, -EBADMSG)		\
	X(forged_signature_seq_high, PRIVACY, CALL, -EBADMSG)

#define LONG_CASES							\
	X(never_reads, NONE, CALL, -ETIMEDOUT)				\
	X(never_reads, PRIVACY, CALL, -ETIMEDOUT)			\
	X(fault_early, NONE, CALL, -EACCES)				\
	X(fault_early, PRIVACY, CALL, -EACCES)				\
	X(response_early, NONE, CALL, -EPROTO)				\
	X(response_early, PRIVACY, CALL, -EPROTO)

#define X CASE
CASES
#undef X
#define X LONG_CASE
LONG_CASES
#undef X

/* A connection to a rogue; the server lives until the caller closes it. */
static int connect_to(struct server *server, const char *trick, uint32_t level)
{
	struct ntlm_rpc_test_connect con;

	rogue_start(server, "127.0.0.1", trick);
	rogue_params(&con, server, "127.0.0.1", level);
	return must_connect(&con);
}

static void echo_all(const char *trick, uint32_t level)
{
	static const size_t sizes[] = { 0, 1, 7, 8, 15, 16, 17, 38, 300 };
	uint8_t data[300];
	struct server server;
	size_t i;
	int fd;

	for (i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7);
	fd = connect_to(&server, trick, level);
	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		check_echo(fd, data, sizes[i]);
	close(fd);
	rogue_end(&server);
}

#define ECHO(trick, level) \
	static void trick##_##level(void) { echo_all(#trick, LEVEL_##level); }
ECHO(good, NONE)
ECHO(good, CONNECT)
ECHO(good, INTEGRITY)
ECHO(good, PRIVACY)
ECHO(good_fragments, NONE)
ECHO(good_fragments, INTEGRITY)
ECHO(good_fragments, PRIVACY)
ECHO(good_byte_by_byte, NONE)
ECHO(good_byte_by_byte, PRIVACY)

/* 1 MiB in both directions: some hundred fragments, each a message of its own */
static void echo_long(uint32_t level)
{
	size_t len = 1024 * 1024, i;
	uint8_t *data = malloc(len);
	struct server server;
	int fd;

	CHECK(data);
	for (i = 0; i < len; i++)
		data[i] = (uint8_t)(i * 31 ^ i >> 9);
	fd = connect_to(&server, "good", level);
	check_echo(fd, data, len);
	check_echo(fd, data, len - 1);
	close(fd);
	rogue_end(&server);
	free(data);
}

static void long_NONE(void)
{
	echo_long(LEVEL_NONE);
}

static void long_INTEGRITY(void)
{
	echo_long(LEVEL_INTEGRITY);
}

static void long_PRIVACY(void)
{
	echo_long(LEVEL_PRIVACY);
}

static void good_empty(void)
{
	struct answer answer;
	struct server server;
	int fd = connect_to(&server, "good-empty", LEVEL_PRIVACY);

	CHECK_ERR(client_call(fd, 1, request, sizeof(request), &answer), 0);
	CHECK_EQ(answer.len, 0);
	free(answer.data);
	CHECK_ERR(client_call(fd, 1, request, sizeof(request), &answer), 0);
	free(answer.data);
	close(fd);
	rogue_end(&server);
}

/* A fault that is only about the call: the connection can be used after it. */
static void fault_alive(const char *trick, uint32_t level, int want,
			uint32_t status, bool verified)
{
	struct answer answer;
	struct server server;
	int fd = connect_to(&server, trick, level);

	CHECK_ERR(client_call(fd, 1, request, sizeof(request), &answer), want);
	CHECK_EQ(answer.fault, status);
	CHECK_EQ(answer.fault_verified, verified);
	check_echo(fd, request, sizeof(request));
	close(fd);
	rogue_end(&server);
}

static void fault_unverified(void)
{
	fault_alive("fault-unverified", LEVEL_PRIVACY, -EOPNOTSUPP, 0x1c010002,
		    false);
}

static void fault_verified_integrity(void)
{
	fault_alive("fault-verified", LEVEL_INTEGRITY, -EOPNOTSUPP, 0x1c010002,
		    true);
}

static void fault_verified_privacy(void)
{
	fault_alive("fault-verified", LEVEL_PRIVACY, -EOPNOTSUPP, 0x1c010002,
		    true);
}

static void fault_unknown(void)
{
	fault_alive("fault-unknown", LEVEL_PRIVACY, -EREMOTEIO, 0xdeadbeef,
		    false);
}

/* At level connect "access denied" need not be said of the logon. */
static void fault_denied_at_connect(void)
{
	fault_alive("fault-denied-alive", LEVEL_CONNECT, -EACCES, 5, false);
}

/* After a first good answer "access denied" is about the call alone. */
static void fault_denied_later(void)
{
	struct answer answer;
	struct server server;
	int fd = connect_to(&server, "fault-denied-later", LEVEL_PRIVACY);

	check_echo(fd, request, sizeof(request));
	CHECK_ERR(client_call(fd, 1, request, sizeof(request), &answer),
		  -EACCES);
	CHECK_EQ(answer.fault, 5);
	check_echo(fd, request, sizeof(request));
	close(fd);
	rogue_end(&server);
}

/* What had come of the response before the fault is not given out. */
static void fault_in_response(void)
{
	struct answer answer;
	struct server server;
	int fd = connect_to(&server, "fault-in-response", LEVEL_PRIVACY);

	CHECK_ERR(client_call(fd, 1, request, sizeof(request), &answer),
		  -EREMOTEIO);
	CHECK_EQ(answer.fault, 0xdeadbeef);
	CHECK_EQ(answer.len, 0);
	close(fd);
	rogue_end(&server);
}

/* The first call is fine, the second one is not. */
static void second_call(const char *trick, uint32_t level, int want)
{
	struct answer answer;
	struct server server;
	int fd = connect_to(&server, trick, level);

	check_echo(fd, request, sizeof(request));
	CHECK_ERR(client_call(fd, 1, request, sizeof(request), &answer), want);
	CHECK_ERR(client_call(fd, 1, request, sizeof(request), &answer),
		  -ENOTCONN);
	close(fd);
	rogue_end(&server);
}

static void seq_again_integrity(void)
{
	second_call("seq-again", LEVEL_INTEGRITY, -EBADMSG);
}

static void seq_again_privacy(void)
{
	second_call("seq-again", LEVEL_PRIVACY, -EBADMSG);
}

static void two_answers_none(void)
{
	second_call("two-answers", LEVEL_NONE, -EPROTO);
}

static void two_answers_privacy(void)
{
	second_call("two-answers", LEVEL_PRIVACY, -EPROTO);
}

static void close_after_answer(void)
{
	second_call("close-after-answer", LEVEL_PRIVACY, -ECONNRESET);
}

/* The same file can connect again after an error and after a close. */
static void reconnect(void)
{
	struct ntlm_rpc_test_connect con;
	struct server server;
	int fd = must_open();

	rogue_start(&server, "127.0.0.1", "nak-busy");
	rogue_params(&con, &server, "127.0.0.1", LEVEL_PRIVACY);
	CHECK_ERR(client_connect(fd, &con), -EBUSY);
	rogue_end(&server);
	rogue_start(&server, "127.0.0.1", "good");
	rogue_params(&con, &server, "127.0.0.1", LEVEL_PRIVACY);
	CHECK_ERR(client_connect(fd, &con), 0);
	check_echo(fd, request, sizeof(request));
	CHECK_ERR(client_connect(fd, &con), -EISCONN);
	CHECK_ERR(client_close(fd), 0);
	rogue_end(&server);
	rogue_start(&server, "127.0.0.1", "good");
	rogue_params(&con, &server, "127.0.0.1", LEVEL_PRIVACY);
	CHECK_ERR(client_connect(fd, &con), 0);
	check_echo(fd, request, sizeof(request));
	close(fd);
	rogue_end(&server);
}

static void over_ipv6(void)
{
	struct ntlm_rpc_test_connect con;
	struct server server;
	int fd;

	if (access("/proc/net/if_inet6", F_OK))
		tap_skip("no IPv6 here");
	rogue_start(&server, "::1", "good");
	rogue_params(&con, &server, "::1", LEVEL_PRIVACY);
	fd = must_connect(&con);
	check_echo(fd, request, sizeof(request));
	close(fd);
	rogue_end(&server);
}

/* An endpoint mapper that plays @trick: the port, or an errno */
static void map_is(const char *trick, int want)
{
	struct ntlm_rpc_test_connect con;
	struct server server;
	int fd = must_open();

	rogue_start(&server, "127.0.0.1", trick);
	rogue_params(&con, &server, "127.0.0.1", LEVEL_NONE);
	if (want > 0)
		CHECK_EQ(client_ept_map(fd, &con.server), want);
	else
		CHECK_ERR(client_ept_map(fd, &con.server), want);
	close(fd);
	rogue_end(&server);
}

#define MAP(trick, want) \
	static void trick(void) { map_is(#trick, want); }
MAP(map_good, 4711)
MAP(map_empty, -EPROTO)
MAP(map_noise, -EPROTO)
MAP(map_short, -EPROTO)
MAP(map_many, -EPROTO)
MAP(map_five, -EPROTO)
MAP(map_long_tower, -EPROTO)
MAP(map_tower_to_end, -EPROTO)
MAP(map_long_floor, -ENOENT)
MAP(map_no_floors, -ENOENT)
MAP(map_other_interface, -ENOENT)
MAP(map_null, -ENOENT)
MAP(map_status, -ENOENT)
MAP(map_other_status, -EREMOTEIO)
MAP(map_port_zero, -ENOENT)

#define T(fn) TAP_TEST(fn, 60)
static const struct tap_test tests[] = {
#define X(trick, level, step, want) T(trick##_##level),
	CASES
	LONG_CASES
#undef X
	T(good_NONE), T(good_CONNECT), T(good_INTEGRITY), T(good_PRIVACY),
	T(good_fragments_NONE), T(good_fragments_INTEGRITY),
	T(good_fragments_PRIVACY), T(good_byte_by_byte_NONE),
	T(good_byte_by_byte_PRIVACY), T(long_NONE), T(long_INTEGRITY),
	T(long_PRIVACY), T(good_empty), T(fault_unverified),
	T(fault_verified_integrity), T(fault_verified_privacy),
	T(fault_unknown), T(fault_denied_at_connect), T(fault_denied_later),
	T(fault_in_response),
	T(seq_again_integrity), T(seq_again_privacy), T(two_answers_none),
	T(two_answers_privacy), T(close_after_answer), T(reconnect),
	T(over_ipv6), T(map_good), T(map_empty), T(map_noise), T(map_short),
	T(map_many), T(map_five), T(map_long_tower), T(map_tower_to_end),
	T(map_long_floor), T(map_no_floors), T(map_other_interface),
	T(map_null), T(map_status), T(map_other_status), T(map_port_zero),
};

int main(int argc, char **argv)
{
	return tap_main(argc, argv, "rpc-hostile", tests,
			sizeof(tests) / sizeof(*tests), NULL, NULL);
}
