// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Logons that a domain controller decides on: what it is shown, and what is made
 * of its answer. This program plays ntlmd-winbind(8).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "account/account.h"
#include "logged.h"
#include "ntlm/crypto.h"
#include "ntlm/utf16.h"
#include "repeats.h"
#include "requests.h"
#include "tap.h"
#include "winbind_wire.h"
#include <linux/ntlm.h>

#define SECRET	"Tr0ub4dor"

static struct config config;
static struct server *server;
static sd_event *event;
static char path[64];
static int listener;

/* what ntlmd asked, and where the answer goes */
static uint8_t question[WINBIND_MESSAGE_MAX];
static struct winbind_request asked;
static int connection;

static int fill(void *arg, void *buf, size_t len)
{
	(void)arg;
	return getrandom(buf, len, 0) == (ssize_t)len ? 0 : -1;
}

static struct request *request_of(const struct ntlm_request *want)
{
	struct request *r = request_new(server);

	r->cookie = 5;
	r->context = 77;
	r->acceptor = true;
	r->deadline_ms = 5000;
	r->want = *want;
	r->winbind.path = path;
	strcpy(r->target, "cifs/srv.lab.example");
	r->want.target_name = r->target;
	return r;
}

static void add(struct request *r, const uint8_t *data, size_t len)
{
	r->token[r->token_count++] = (struct ntlm_bytes){ data, len };
}

static bool take_question(void)
{
	ssize_t n = -1;

	connection = accept(listener, NULL, NULL);
	if (connection >= 0)
		n = recv(connection, question, sizeof(question), 0);
	return n > 0 && !winbind_request_parse(question, (size_t)n, &asked);
}

/* The exchange of a client with responses of a level, up to the question. */
static bool log_on(const char *user, const char *domain, unsigned int level,
		   struct ntlm_session *session)
{
	static uint8_t data[3][NTLM_TOKEN_MAX];
	struct ntlm_token token[3] = {
		{ .data = data[0], .size = NTLM_TOKEN_MAX },
		{ .data = data[1], .size = NTLM_TOKEN_MAX },
		{ .data = data[2], .size = NTLM_TOKEN_MAX },
	};
	struct ntlm_policy policy = NTLM_POLICY_DEFAULT;
	struct ntlm_request want = {
		.required = NTLM_OPTION_INTEGRITY,
		.target_name = "cifs/srv.lab.example",
	};
	struct ntlm_credential credential = { .user = user, .domain = domain };
	struct ntlm_environment env = { .random = fill };
	struct timespec now;
	struct request *r;

	policy.lm_compat_level = level;
	clock_gettime(CLOCK_REALTIME, &now);
	env.now = ntlm_filetime(&now);
	ntlm_nt_hash(SECRET, strlen(SECRET), credential.nt_hash);
	if (ntlm_build_negotiate(&policy, &want, &token[0], NULL, NULL))
		return false;
	r = request_of(&want);
	add(r, data[0], token[0].len);
	answer_count = 0;
	request_start(r);
	if (answer_count != 1 || answers[0].status)
		return false;
	token[1].len = answers[0].token_len;
	memcpy(data[1], answers[0].token, token[1].len);
	if (ntlm_build_authenticate(&policy, &want, &credential, &env,
				    (struct ntlm_bytes){ data[0], token[0].len },
				    (struct ntlm_bytes){ data[1], token[1].len },
				    &token[2], session, NULL))
		return false;
	r = request_of(&want);
	for (int i = 0; i < 3; i++)
		add(r, data[i], token[i].len);
	answer_count = 0;
	request_start(r);
	return !answer_count && take_question();
}

static struct given *answer(const struct winbind_reply *reply)
{
	static uint8_t message[WINBIND_MESSAGE_MAX];
	ssize_t len = winbind_reply_pack(reply, message);

	if (len < 0 || send(connection, message, (size_t)len, 0) != len)
		return NULL;
	close(connection);
	while (!answer_count)
		if (sd_event_run(event, 5000000) <= 0)
			return NULL;
	return &answers[0];
}

static struct given *refuse(uint32_t ntstatus)
{
	const struct winbind_reply reply = {
		.op = WINBIND_LOGON,
		.status = EKEYREJECTED,
		.ntstatus = ntstatus,
	};

	return answer(&reply);
}

/* What a domain controller computes of the NTLMv2 response: [MS-NLMP] 3.3.2 */
static void session_base_key(const char *user, const char *domain,
			     uint8_t key[NTLM_KEY_SIZE])
{
	uint8_t nt_hash[NTLM_HASH_SIZE], ntowfv2[NTLM_KEY_SIZE], text[2][64];
	struct wire_writer w[2] = {
		{ .data = text[0], .size = sizeof(text[0]) },
		{ .data = text[1], .size = sizeof(text[1]) },
	};

	ntlm_nt_hash(SECRET, strlen(SECRET), nt_hash);
	utf16_put(&w[0], user, sizeof(text[0]));
	utf16_put(&w[1], domain, sizeof(text[1]));
	crypto_ntowfv2(nt_hash, (struct ntlm_bytes){ text[0], w[0].len },
		       (struct ntlm_bytes){ text[1], w[1].len }, ntowfv2);
	crypto_session_base_key(ntowfv2, asked.nt.data, key);
}

/*
 * A domain controller lets in whoever has one good response. So next to one that
 * the client signed nothing else may be shown to it.
 */
static void test_responses(void)
{
	struct ntlm_session session;
	struct given *g;

	tap_ok(log_on("bob", "CORP", 3, &session) && asked.nt.len > 24,
	       "the domain is asked, NTLMv2");
	tap_ok(!asked.lm.len, "no LM response beside an NTLMv2 response");
	g = refuse(0xC000006A);
	tap_ok(g && g->status == EKEYREJECTED && g->ntstatus == 0xC000006D,
	       "a wrong password");
	config.acceptor.policy.lm_compat_level = 4;
	tap_ok(log_on("bob", "CORP", 2, &session) && asked.nt.len == 24,
	       "the domain is asked, NTLM2 session");
	tap_ok(!asked.lm.len, "no LM response beside an NTLM2 session response");
	g = refuse(0xC0000064);
	tap_ok(g && g->status == EKEYREJECTED && g->ntstatus == 0xC000006D,
	       "a user that is not there is the same to the client");
	config.acceptor.policy.lm_compat_level = 5;
}

/* The domain decides who it is: a client may call itself something else. */
static void test_identity(void)
{
	struct winbind_reply reply = {
		.op = WINBIND_LOGON,
		.user = "robert",
		.domain = "CORP",
		.sids = { "S-1-5-21-1-2-3-1104" },
		.sid_count = 1,
	};
	struct ntlm_session session;
	struct given *g;

	tap_ok(log_on("bob", "ELSEWHERE", 3, &session) &&
	       !strcmp(asked.user, "bob") && !strcmp(asked.domain, "ELSEWHERE"),
	       "a name is shown to the domain as the client wrote it");
	session_base_key("bob", "ELSEWHERE", reply.session_key);
	logged_start();
	g = answer(&reply);
	tap_ok(g && !g->status && g->established && g->has_key &&
	       !memcmp(g->key, session.exported_session_key, NTLM_KEY_SIZE),
	       "a domain user is let in");
	tap_ok(g && !strcmp(g->user, "robert") && !strcmp(g->domain, "CORP") &&
	       !strcmp(g->sids, "S-1-5-21-1-2-3-1104"),
	       "as whom the domain knows");
	tap_ok(logged_has("user=CORP\\robert "), "and the log says so");

	tap_ok(log_on("bob", "CORP", 3, &session), "the domain is asked once more");
	g = answer(&reply);
	tap_ok(g && g->status && !g->established && !g->has_key && logged_has("MIC"),
	       "with another key the MIC does not fit");

	/* zeros stand for no key, and MIC and messages would be anybody's */
	memset(reply.session_key, 0, sizeof(reply.session_key));
	tap_ok(log_on("bob", "CORP", 3, &session), "the domain is asked a third time");
	g = answer(&reply);
	tap_ok(g && g->status == EOPNOTSUPP && g->ntstatus == 0xC0000202 &&
	       !g->established && !g->has_key && logged_has("no session key"),
	       "without a key nobody is let in");
}

/* Half of what ntlmd-winbind serves is for users of this computer. */
static void test_share(void)
{
	static int fds[17];
	struct ntlm_session session;
	struct given *g;
	bool asked_all = true, more;

	for (int i = 0; i < 16; i++) {
		asked_all = asked_all && log_on("bob", "CORP", 3, &session);
		fds[i] = connection;
	}
	tap_ok(asked_all, "sixteen logons wait for the domain");
	logged_start();
	more = log_on("bob", "CORP", 3, &session);
	g = answer_count == 1 ? &answers[0] : NULL;
	tap_ok(!more && g && g->status == EUSERS && g->ntstatus == 0xC000009A &&
	       logged_has("too many logons wait for winbind"),
	       "one more is refused");
	connection = fds[15];
	answer_count = 0;
	g = refuse(0xC000006A);
	tap_ok(g && g->status == EKEYREJECTED, "one has its answer");
	tap_ok(log_on("bob", "CORP", 3, &session), "another one may ask");
	fds[15] = connection;
	for (int i = 0; i < 16; i++) {
		connection = fds[i];
		answer_count = 0;
		refuse(0xC000006A);
	}
}

/* What a domain answers for any name must not count as that of an account. */
static void test_flood(void)
{
	struct ntlm_session session;
	char user[32];
	bool all = true;

	server_reload(server);
	for (unsigned int i = 0; i < REPEATS_MAX + 10; i++) {
		snprintf(user, sizeof(user), "invented%u", i);
		all = log_on(user, "CORP", 3, &session) && all;
		/* STATUS_NO_LOGON_SERVERS */
		all = refuse(0xC000005E) && all;
	}
	logged_start();
	all = log_on("bob", "CORP", 3, &session) && all;
	all = refuse(0xC0000234) && all;
	tap_ok(all && logged_has("user=CORP\\bob "),
	       "what a domain answers for any name hides no guess at an account");
}

static void test_uid(void)
{
	static uint8_t message[WINBIND_MESSAGE_MAX];
	struct winbind_request request = { .op = WINBIND_CHECK, .uid = 1000 };
	ssize_t len = winbind_request_pack(&request, message);

	tap_ok(len > 0 && !winbind_request_parse(message, (size_t)len, &asked) &&
	       asked.uid == 1000, "the logon of a user is asked for");
	request.uid = UINT32_MAX;
	len = winbind_request_pack(&request, message);
	tap_ok(len > 0 && winbind_request_parse(message, (size_t)len, &asked) < 0,
	       "what setresuid() takes for no change is no user");
}

int main(void)
{
	static char dir[] = "/tmp/ntlmd-test-domain-XXXXXX";
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	static uint32_t uids[] = { 0 };
	const struct secret_owner owner = {
		.uid = geteuid(), .gid = getegid(), .user_name = "owner",
		.group_name = "group",
	};

	test_uid();
	/* ntlmd tells responses to root alone */
	if (geteuid()) {
		tap_ok(true, "logons of domain users # SKIP only root can play ntlmd-winbind");
		return tap_done();
	}
	config = (struct config){
		.policy = NTLM_POLICY_DEFAULT,
		.acceptor = {
			.enabled = true,
			.uids = uids,
			.uid_count = 1,
			.winbind = true,
			.policy = {
				.lm_compat_level = 5,
				.min_key_bits = 128,
				.target_check = NTLM_TARGET_IF_PRESENT,
				.names = {
					.nb_computer = "SRV",
					.nb_domain = "CORP",
					.dns_computer = "srv.lab.example",
					.member = true,
				},
			},
		},
	};
	if (!mkdtemp(dir) || sd_event_new(&event) < 0)
		return 1;
	snprintf(path, sizeof(path), "%s/socket", dir);
	strcpy(address.sun_path, path);
	listener = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	if (bind(listener, (struct sockaddr *)&address, sizeof(address)) ||
	    listen(listener, 8))
		return 1;
	logged_start();
	if (cred_open(event, &config) ||
	    account_open_owned(event, &config, &owner))
		return 1;
	server = server_new(event, &config, on_answer, NULL);
	if (!server)
		return 1;
	test_responses();
	test_identity();
	test_share();
	test_flood();
	server_free(server);
	account_close();
	cred_close();
	sd_event_unref(event);
	close(listener);
	unlink(path);
	rmdir(dir);
	return tap_done();
}
