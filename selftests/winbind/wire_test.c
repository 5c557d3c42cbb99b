// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What ntlmd and ntlmd-winbind say to each other: the messages, and ntlmd's side
 * with servers that are played here. Each message lies at the end of its memory,
 * so that AddressSanitizer sees a byte read behind it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../lib/tap.h"
#include "winbind_client.h"

static uint8_t buf[WINBIND_MESSAGE_MAX];
static const uint8_t some[WINBIND_TOKEN_MAX + 1] = { 'N', 'T', 'L', 'M' };

static struct winbind_request a_request(enum winbind_op op)
{
	struct winbind_request r = { .op = op };

	if (op == WINBIND_LOGON) {
		r.user = "alice";
		r.domain = "WBDOM";
		r.workstation = "WS01";
		r.nt = (struct ntlm_bytes){ some, 300 };
		r.lm = (struct ntlm_bytes){ some, 24 };
		memcpy(r.server_challenge, "12345678", 8);
	} else {
		r.uid = 111103;
	}
	if (op == WINBIND_CACHED) {
		r.negotiate = (struct ntlm_bytes){ some, 40 };
		r.challenge = (struct ntlm_bytes){ some, 200 };
	}
	return r;
}

static struct winbind_reply a_reply(enum winbind_op op)
{
	struct winbind_reply r = {
		.op = op,
		.user = "alice",
		.domain = "WBDOM",
	};

	if (op == WINBIND_CHECK)
		return r;
	memset(r.session_key, 7, sizeof(r.session_key));
	if (op == WINBIND_CACHED) {
		r.token = (struct ntlm_bytes){ some, 500 };
		return r;
	}
	r.has_lm_key = true;
	memset(r.lm_key, 9, sizeof(r.lm_key));
	r.guest = true;
	r.sids[0] = "S-1-5-21-1-2-3-1000";
	r.sids[1] = "S-1-5-21-1-2-3-513";
	r.sid_count = 2;
	return r;
}

static const enum winbind_op ops[] = { WINBIND_CHECK, WINBIND_CACHED,
				       WINBIND_LOGON };
#define OPS (sizeof(ops) / sizeof(ops[0]))

static int parse_request(const uint8_t *message, size_t len,
			 struct winbind_request *r)
{
	static uint8_t *copy;

	free(copy);
	copy = malloc(len ? len : 1);
	memcpy(copy, message, len);
	return winbind_request_parse(copy, len, r);
}

static int parse_reply(const uint8_t *message, size_t len, enum winbind_op op,
		       struct winbind_reply *r)
{
	static uint8_t *copy;

	free(copy);
	copy = malloc(len ? len : 1);
	memcpy(copy, message, len);
	return winbind_reply_parse(copy, len, op, r);
}

static bool same(struct ntlm_bytes a, struct ntlm_bytes b)
{
	return a.len == b.len && (!a.len || !memcmp(a.data, b.data, a.len));
}

static void request_comes_back(void)
{
	for (size_t i = 0; i < OPS; i++) {
		struct winbind_request in = a_request(ops[i]), out;
		ssize_t len = winbind_request_pack(&in, buf);

		CHECK(len > 0);
		CHECK_ERR(parse_request(buf, (size_t)len, &out), 0);
		CHECK(out.op == in.op && out.uid == in.uid);
		CHECK(same(out.negotiate, in.negotiate) &&
		      same(out.challenge, in.challenge));
		CHECK(same(out.nt, in.nt) && same(out.lm, in.lm));
		if (in.op != WINBIND_LOGON)
			continue;
		CHECK(!strcmp(out.user, in.user) &&
		      !strcmp(out.domain, in.domain) &&
		      !strcmp(out.workstation, in.workstation));
		CHECK(!memcmp(out.server_challenge, in.server_challenge, 8));
	}
}

static void reply_comes_back(void)
{
	for (size_t i = 0; i < OPS; i++) {
		struct winbind_reply in = a_reply(ops[i]), out;
		ssize_t len = winbind_reply_pack(&in, buf);

		CHECK(len > 0);
		CHECK_ERR(parse_reply(buf, (size_t)len, ops[i], &out), 0);
		CHECK(!out.status && same(out.token, in.token));
		CHECK(!strcmp(out.user, in.user) && !strcmp(out.domain, in.domain));
		CHECK(!memcmp(out.session_key, in.session_key, NTLM_KEY_SIZE));
		CHECK(out.has_lm_key == in.has_lm_key && out.guest == in.guest);
		CHECK(!memcmp(out.lm_key, in.lm_key, sizeof(in.lm_key)));
		CHECK_EQ(out.sid_count, in.sid_count);
		for (unsigned int j = 0; j < in.sid_count; j++)
			CHECK(!strcmp(out.sids[j], in.sids[j]));
		CHECK_ERR(parse_reply(buf, (size_t)len, ops[(i + 1) % OPS], &out),
			  -EPROTO);
	}
}

static void failure_comes_back_alone(void)
{
	struct winbind_reply in = a_reply(WINBIND_CACHED), out;
	ssize_t len;

	in.status = EKEYREJECTED;
	in.ntstatus = 0xc000006d;
	len = winbind_reply_pack(&in, buf);
	CHECK(len > 0);
	/* of the key and the message nothing goes out */
	CHECK(!memmem(buf, (size_t)len, in.session_key, NTLM_KEY_SIZE));
	CHECK_ERR(parse_reply(buf, (size_t)len, WINBIND_CACHED, &out), 0);
	CHECK(out.status == EKEYREJECTED && out.ntstatus == 0xc000006d);
	CHECK(!out.user && !out.token.len);
	CHECK_ERR(parse_reply(buf, (size_t)len, WINBIND_LOGON, &out), -EPROTO);
}

static void other_lengths_are_refused(void)
{
	for (size_t i = 0; i < OPS; i++) {
		struct winbind_request q = a_request(ops[i]), q2;
		struct winbind_reply r = a_reply(ops[i]), r2;
		size_t len = (size_t)winbind_request_pack(&q, buf);

		for (size_t n = 0; n < len; n++)
			CHECK_ERR(parse_request(buf, n, &q2), -EPROTO);
		buf[len] = 0;
		CHECK_ERR(parse_request(buf, len + 1, &q2), -EPROTO);
		len = (size_t)winbind_reply_pack(&r, buf);
		for (size_t n = 0; n < len; n++)
			CHECK_ERR(parse_reply(buf, n, ops[i], &r2), -EPROTO);
		buf[len] = 0;
		CHECK_ERR(parse_reply(buf, len + 1, ops[i], &r2), -EPROTO);
	}
}

static void limits_of_a_request(void)
{
	char name[WINBIND_NAME_MAX + 2] = { 0 };
	struct winbind_request r = a_request(WINBIND_LOGON), out;
	ssize_t len;

	memset(name, 'n', WINBIND_NAME_MAX);
	r.user = name;
	r.domain = name;
	r.workstation = name;
	r.nt.len = WINBIND_TOKEN_MAX;
	r.lm.len = WINBIND_TOKEN_MAX;
	len = winbind_request_pack(&r, buf);
	CHECK(len > 0);
	CHECK_ERR(parse_request(buf, (size_t)len, &out), 0);
	r.nt.len++;
	CHECK_ERR(winbind_request_pack(&r, buf), -EMSGSIZE);
	r = a_request(WINBIND_LOGON);
	name[WINBIND_NAME_MAX] = 'n';
	r.user = name;
	CHECK_ERR(winbind_request_pack(&r, buf), -EMSGSIZE);
	r.user = "";
	CHECK_ERR(winbind_request_pack(&r, buf), -EMSGSIZE);
	r.user = "alice";
	r.nt.len = 0;
	r.lm.len = 0;
	CHECK_ERR(winbind_request_pack(&r, buf), -EMSGSIZE);
	r = a_request(WINBIND_CACHED);
	r.challenge.len = 0;
	CHECK_ERR(winbind_request_pack(&r, buf), -EMSGSIZE);
}

static void limits_of_a_reply(void)
{
	struct winbind_reply r = a_reply(WINBIND_LOGON), out;
	char sid[WINBIND_SID_MAX + 2] = { 0 };
	ssize_t len;

	memset(sid, '1', WINBIND_SID_MAX);
	for (r.sid_count = 0; r.sid_count < WINBIND_SIDS; r.sid_count++)
		r.sids[r.sid_count] = sid;
	len = winbind_reply_pack(&r, buf);
	CHECK(len > 0);
	CHECK_ERR(parse_reply(buf, (size_t)len, WINBIND_LOGON, &out), 0);
	CHECK_EQ(out.sid_count, WINBIND_SIDS);
	sid[WINBIND_SID_MAX] = '1';
	CHECK_ERR(winbind_reply_pack(&r, buf), -EMSGSIZE);
	r = a_reply(WINBIND_LOGON);
	r.sid_count = WINBIND_SIDS + 1;
	CHECK_ERR(winbind_reply_pack(&r, buf), -EMSGSIZE);
	r = a_reply(WINBIND_CACHED);
	r.token.len = WINBIND_TOKEN_MAX + 1;
	CHECK_ERR(winbind_reply_pack(&r, buf), -EMSGSIZE);
	r = a_reply(WINBIND_CHECK);
	r.user = "";
	CHECK_ERR(winbind_reply_pack(&r, buf), -EMSGSIZE);
}

/* A NUL in a name would hide the rest of it from whoever compares it. */
static void nul_in_a_name_is_refused(void)
{
	struct winbind_request q = a_request(WINBIND_LOGON), q2;
	struct winbind_reply r = a_reply(WINBIND_CHECK), r2;
	size_t len = (size_t)winbind_request_pack(&q, buf);
	uint8_t *at = memmem(buf, len, "alice", 5);

	CHECK(at);
	at[3] = 0;
	CHECK_ERR(parse_request(buf, len, &q2), -EPROTO);
	at[3] = 'c';
	at[5] = '!';
	CHECK_ERR(parse_request(buf, len, &q2), -EPROTO);
	len = (size_t)winbind_reply_pack(&r, buf);
	at = memmem(buf, len, "alice", 5);
	CHECK(at);
	at[3] = 0;
	CHECK_ERR(parse_reply(buf, len, WINBIND_CHECK, &r2), -EPROTO);
}

/* Strings must end in the message, whatever bytes it has. */
static void damaged_messages_do_no_harm(void)
{
	unsigned int taken = 0, refused = 0;

	srandom(4711);
	for (unsigned int n = 0; n < 60000; n++) {
		enum winbind_op op = ops[n % OPS];
		struct winbind_request q = a_request(op), q2;
		struct winbind_reply r = a_reply(op), r2;
		bool reply = n & 1;
		size_t len = (size_t)(reply ? winbind_reply_pack(&r, buf) :
					      winbind_request_pack(&q, buf));
		size_t used = 0;
		int e;

		for (long k = random() % 3; k >= 0; k--)
			buf[(size_t)random() % (random() % 2 ? 64 : len)] ^=
				(uint8_t)(1u << random() % 8);
		if (reply)
			e = parse_reply(buf, len, op, &r2);
		else
			e = parse_request(buf, len, &q2);
		CHECK(e == 0 || e == -EPROTO);
		if (!e && reply && !r2.status) {
			used = strlen(r2.user) + strlen(r2.domain) + r2.token.len;
			for (unsigned int i = 0; i < r2.sid_count; i++)
				used += strlen(r2.sids[i]);
		} else if (!e && !reply && q2.user) {
			used = strlen(q2.user) + strlen(q2.domain) +
			       strlen(q2.workstation) + q2.nt.len + q2.lm.len;
		}
		CHECK(used <= len);
		e ? refused++ : taken++;
	}
	CHECK(taken > 1000 && refused > 1000);
}

/* --- ntlmd's side ---------------------------------------------------------- */

static char dir[] = "/tmp/winbind-wire.XXXXXX";
static char path[64];

static struct outcome {
	struct winbind_call call;
	unsigned int times;
	int error;
	uint32_t ntstatus;
} outcome;

static void on_done(struct winbind_call *call, int error,
		    const struct winbind_reply *reply)
{
	CHECK(call == &outcome.call && !call->io);
	CHECK(!reply == (error && error != -EKEYREJECTED));
	outcome.times++;
	outcome.error = error;
	outcome.ntstatus = reply ? reply->ntstatus : 0;
}

static int listener(uid_t owner)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	CHECK(mkdtemp(dir));
	CHECK(chmod(dir, 0777) == 0);
	snprintf(path, sizeof(path), "%s/socket", dir);
	strcpy(address.sun_path, path);
	/* the peer's credentials are those of whoever listens */
	CHECK(seteuid(owner) == 0);
	CHECK(bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0);
	CHECK(listen(fd, 4) == 0);
	CHECK(seteuid(0) == 0);
	return fd;
}

static void begin(uint32_t timeout_ms)
{
	sd_event *event;

	if (geteuid())
		tap_skip("needs root: only a server of root is believed");
	CHECK(sd_event_new(&event) >= 0);
	outcome = (struct outcome){
		.call = { .event = event, .done = on_done, .path = path,
			  .timeout_ms = timeout_ms },
	};
}

static void run_until_done(void)
{
	while (!outcome.times)
		CHECK(sd_event_run(outcome.call.event, 20000000) > 0);
	/* nothing comes after it */
	CHECK(sd_event_run(outcome.call.event, 50000) == 0);
	CHECK_EQ(outcome.times, 1);
}

/* A server that answers with these bytes, or not at all. */
static void ask_server(const void *answer, ssize_t len, uint32_t timeout_ms)
{
	struct winbind_request request;
	int fd, c;
	ssize_t n;

	begin(timeout_ms);
	fd = listener(0);
	CHECK_ERR(winbind_check_start(&outcome.call, 111103), 0);
	CHECK(!outcome.times);
	c = accept(fd, NULL, NULL);
	n = recv(c, buf, sizeof(buf), 0);
	CHECK(n > 0 && !winbind_request_parse(buf, (size_t)n, &request));
	CHECK(request.op == WINBIND_CHECK && request.uid == 111103);
	if (len > 0)
		CHECK(send(c, answer, (size_t)len, 0) == len);
	if (len >= 0)
		close(c);
	run_until_done();
	unlink(path);
	rmdir(dir);
}

static void answer_with(enum winbind_op op, uint32_t status, uint32_t ntstatus)
{
	struct winbind_reply r = a_reply(op);
	static uint8_t message[WINBIND_MESSAGE_MAX];

	r.status = status;
	r.ntstatus = ntstatus;
	ask_server(message, winbind_reply_pack(&r, message), 20000);
}

static void client_takes_an_answer(void)
{
	answer_with(WINBIND_CHECK, 0, 0);
	CHECK_ERR(outcome.error, 0);
}

static void client_takes_a_refusal(void)
{
	answer_with(WINBIND_CHECK, EKEYREJECTED, 0xc0000072);
	CHECK_ERR(outcome.error, -EKEYREJECTED);
	CHECK_EQ(outcome.ntstatus, 0xc0000072);
}

static void client_knows_its_errors_only(void)
{
	answer_with(WINBIND_CHECK, EINPROGRESS, 0);
	CHECK_ERR(outcome.error, -EPROTO);
}

static void client_refuses_another_answer(void)
{
	answer_with(WINBIND_CACHED, 0, 0);
	CHECK_ERR(outcome.error, -EPROTO);
}

static void client_refuses_garbage(void)
{
	ask_server("garbage", 7, 20000);
	CHECK_ERR(outcome.error, -EPROTO);
}

static void client_sees_the_end(void)
{
	ask_server(NULL, 0, 20000);
	CHECK_ERR(outcome.error, -ECONNRESET);
}

static void client_does_not_wait_for_ever(void)
{
	long long start = tap_now_ms();

	ask_server(NULL, -1, 300);
	CHECK_ERR(outcome.error, -ETIMEDOUT);
	CHECK(tap_now_ms() - start >= 300);
}

static void client_without_a_server(void)
{
	begin(1000);
	strcpy(path, "/nonexistent/socket");
	CHECK_ERR(winbind_check_start(&outcome.call, 1), -EHOSTUNREACH);
	CHECK(!outcome.call.io && !outcome.times);
}

static void client_believes_root_only(void)
{
	begin(1000);
	listener(65534);
	CHECK_ERR(winbind_check_start(&outcome.call, 1), -EACCES);
	unlink(path);
	rmdir(dir);
}

static void cancelled_call_is_silent(void)
{
	begin(100);
	listener(0);
	CHECK_ERR(winbind_check_start(&outcome.call, 1), 0);
	winbind_cancel(&outcome.call);
	CHECK(!outcome.call.io);
	winbind_cancel(&outcome.call);
	CHECK(sd_event_run(outcome.call.event, 300000) == 0);
	CHECK_EQ(outcome.times, 0);
	unlink(path);
	rmdir(dir);
}

static const struct tap_test tests[] = {
	TAP_TEST(request_comes_back, 0),
	TAP_TEST(reply_comes_back, 0),
	TAP_TEST(failure_comes_back_alone, 0),
	TAP_TEST(other_lengths_are_refused, 0),
	TAP_TEST(limits_of_a_request, 0),
	TAP_TEST(limits_of_a_reply, 0),
	TAP_TEST(nul_in_a_name_is_refused, 0),
	TAP_TEST(damaged_messages_do_no_harm, 120),
	TAP_TEST(client_takes_an_answer, 0),
	TAP_TEST(client_takes_a_refusal, 0),
	TAP_TEST(client_knows_its_errors_only, 0),
	TAP_TEST(client_refuses_another_answer, 0),
	TAP_TEST(client_refuses_garbage, 0),
	TAP_TEST(client_sees_the_end, 0),
	TAP_TEST(client_does_not_wait_for_ever, 0),
	TAP_TEST(client_without_a_server, 0),
	TAP_TEST(client_believes_root_only, 0),
	TAP_TEST(cancelled_call_is_silent, 0),
};

int main(int argc, char **argv)
{
	return tap_main(argc, argv, "wire", tests,
			sizeof(tests) / sizeof(tests[0]), NULL, NULL);
}
