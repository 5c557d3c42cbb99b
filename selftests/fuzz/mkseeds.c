// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mkseeds TARGET DIR: seeds for a fuzz target that honest peers would send.
 */
#include <err.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>

#include <linux/ntlm.h>

#include "fuzz.h"
#include "message.h"
#include "winbind_wire.h"

static void seed(const char *dir, const char *name, int prefix,
		 struct ntlm_bytes bytes)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	if (!f)
		err(EXIT_FAILURE, "%s", path);
	if (prefix >= 0)
		putc(prefix, f);
	if (fwrite(bytes.data, 1, bytes.len, f) != bytes.len || fclose(f))
		err(EXIT_FAILURE, "%s", path);
}

static void seed_mode(const char *dir, const char *what, uint8_t mode,
		      struct ntlm_bytes bytes)
{
	char name[64];

	snprintf(name, sizeof(name), "%s-%02x", what, mode);
	seed(dir, name, mode, bytes);
}

static void authenticate_seeds(const char *dir)
{
	static const struct ntlm_request nobody = {
		.required = NTLM_OPTION_ANONYMOUS,
	};
	uint8_t buf[4096];

	for (unsigned int mode = 0; mode < 256; mode++) {
		const struct server_mode *m = server_mode((uint8_t)mode);
		struct ntlm_token token = { buf, sizeof(buf), 0 };
		struct ntlm_request want = m->client_request;
		struct ntlm_session session;

		if (!ntlm_build_authenticate(&m->client, &want, &fuzz_credential,
					     &fuzz_environment, m->negotiate,
					     m->challenge, &token, &session,
					     NULL))
			seed_mode(dir, "user", (uint8_t)mode,
				  (struct ntlm_bytes){ buf, token.len });
		want = nobody;
		want.connectionless = m->request.connectionless;
		token.len = 0;
		if (m->policy.allow_anonymous &&
		    !ntlm_build_authenticate(&m->client, &want, NULL,
					     &fuzz_environment, m->negotiate,
					     m->challenge, &token, &session,
					     NULL))
			seed_mode(dir, "nobody", (uint8_t)mode,
				  (struct ntlm_bytes){ buf, token.len });
	}
}

static void negotiate_seeds(const char *dir)
{
	for (unsigned int mode = 0; mode < 256; mode++) {
		const struct server_mode *m = server_mode((uint8_t)mode);

		if (m->negotiate.len)
			seed_mode(dir, "client", (uint8_t)mode, m->negotiate);
	}
}

/* Each kind of client gets the CHALLENGE of some kinds of servers. */
static void challenge_seeds(const char *dir)
{
	static const uint8_t servers[] = { 0x00, 0x01, 0x02, 0x03 };

	for (unsigned int mode = 0; mode < 256; mode++)
		for (size_t i = 0; i < sizeof(servers); i++) {
			char what[16];

			snprintf(what, sizeof(what), "server%zu", i);
			seed_mode(dir, what, (uint8_t)mode,
				  server_mode(servers[i])->challenge);
		}
}

static void avpair_seeds(const char *dir)
{
	struct challenge_message msg;

	MUST(!challenge_parse(server_mode(0)->challenge, &msg, NULL));
	/* with MsvAvEOL after it */
	seed(dir, "target-info", -1,
	     (struct ntlm_bytes){ msg.target_info.pairs.data,
				  msg.target_info.pairs.len + AV_HEADER_SIZE });
}

/* --- netlink ------------------------------------------------------------ */

static void netlink_seed(const char *dir, const char *name, struct nl_msg *msg)
{
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	size_t head = (size_t)NLMSG_LENGTH(GENL_HDRLEN);

	seed(dir, name, -1, (struct ntlm_bytes){ (uint8_t *)nlh + head,
						 nlh->nlmsg_len - head });
	nlmsg_free(msg);
}

static struct nl_msg *netlink_new(uint8_t cmd)
{
	struct nl_msg *msg = nlmsg_alloc_size(65536);

	if (!msg || !genlmsg_put(msg, 0, 1, NLMSG_MIN_TYPE, 0, 0, cmd, 1))
		errx(EXIT_FAILURE, "out of memory");
	return msg;
}

static void request_seed(const char *dir, const char *name, uint32_t role,
			 uint32_t mode, unsigned int tokens)
{
	struct nl_msg *msg = netlink_new(NTLM_CMD_ACCEPT);
	char bytes[32] = "NTLMSSP";

	nla_put_u64(msg, NTLM_A_REQUEST_COOKIE, 7);
	nla_put_u32(msg, NTLM_A_REQUEST_CONTEXT, 3);
	nla_put_u32(msg, NTLM_A_REQUEST_ROLE, role);
	nla_put_u32(msg, NTLM_A_REQUEST_MODE, mode);
	nla_put_u32(msg, NTLM_A_REQUEST_LEG, tokens / 2);
	nla_put_u32(msg, NTLM_A_REQUEST_UID, 1000);
	nla_put_string(msg, NTLM_A_REQUEST_TARGET, "cifs/host");
	nla_put_string(msg, NTLM_A_REQUEST_USER, "alice");
	nla_put_string(msg, NTLM_A_REQUEST_DOMAIN, "LAB");
	nla_put_u32(msg, NTLM_A_REQUEST_REQUIRED, NTLM_OPT_CONFIDENTIALITY);
	nla_put_u32(msg, NTLM_A_REQUEST_WISHED, NTLM_OPT_CHANNEL_BINDINGS);
	nla_put_u32(msg, NTLM_A_REQUEST_MIN_KEY_BITS, 128);
	nla_put(msg, NTLM_A_REQUEST_CHANNEL_BINDINGS, 16, bytes);
	nla_put_u32(msg, NTLM_A_REQUEST_DEADLINE, 9000);
	nla_put_flag(msg, NTLM_A_REQUEST_ALLOW_LEGACY);
	nla_put_flag(msg, NTLM_A_REQUEST_TARGET_UNVERIFIED);
	if (tokens > 2)
		nla_put_flag(msg, NTLM_A_REQUEST_SPNEGO);
	for (; tokens; tokens--)
		nla_put(msg, NTLM_A_REQUEST_TOKEN, sizeof(bytes), bytes);
	netlink_seed(dir, name, msg);
}

static void netlink_seeds(const char *dir)
{
	struct nl_msg *msg;

	request_seed(dir, "initiator-0", NTLM_ROLE_INITIATOR,
		     NTLM_MODE_CONNECTION, 0);
	request_seed(dir, "initiator-1", NTLM_ROLE_INITIATOR,
		     NTLM_MODE_CONNECTION, 2);
	request_seed(dir, "datagram-1", NTLM_ROLE_INITIATOR,
		     NTLM_MODE_CONNECTIONLESS, 1);
	request_seed(dir, "acceptor-0", NTLM_ROLE_ACCEPTOR,
		     NTLM_MODE_CONNECTION, 1);
	request_seed(dir, "acceptor-1", NTLM_ROLE_ACCEPTOR,
		     NTLM_MODE_CONNECTION, 3);
	request_seed(dir, "spnego", NTLM_ROLE_INITIATOR,
		     NTLM_MODE_CONNECTION, 8);
	msg = netlink_new(NTLM_CMD_REGISTER);
	for (uint16_t i = 1; i <= NTLM_A_HELPER_MAX; i++)
		nla_put_u32(msg, i, 512);
	netlink_seed(dir, "registration", msg);
	for (uint32_t event = NTLM_EVENT_ESTABLISHED;
	     event <= NTLM_EVENT_CLOSED; event++) {
		char name[32];

		msg = netlink_new(NTLM_CMD_EVENT);
		nla_put_u32(msg, NTLM_A_CONTEXT_ID, 3);
		nla_put_u32(msg, NTLM_A_CONTEXT_ROLE, 0);
		nla_put_u32(msg, NTLM_A_CONTEXT_UID, 1000);
		nla_put_string(msg, NTLM_A_CONTEXT_TARGET, "cifs/host");
		nla_put_string(msg, NTLM_A_CONTEXT_USER, "alice");
		nla_put_string(msg, NTLM_A_CONTEXT_DOMAIN, "LAB");
		nla_put_u32(msg, NTLM_A_CONTEXT_NTSTATUS, 0xc000006d);
		nla_put_u64(msg, NTLM_A_CONTEXT_CREDENTIAL, 9);
		nla_put_u32(msg, NTLM_A_CONTEXT_EVENT, event);
		snprintf(name, sizeof(name), "event-%u", event);
		netlink_seed(dir, name, msg);
	}
}

/* --- winbind ------------------------------------------------------------ */

static void winbind_seed(const char *dir, const char *name, const uint8_t *buf,
			 ssize_t len)
{
	if (len < 0)
		errx(EXIT_FAILURE, "winbind %s: %zd", name, len);
	seed(dir, name, -1, (struct ntlm_bytes){ buf, (size_t)len });
}

static void winbind_seeds(const char *dir)
{
	static uint8_t buf[WINBIND_MESSAGE_MAX];
	const struct server_mode *m = server_mode(0);
	const struct ntlm_bytes nt = { (const uint8_t *)"0123456789abcdef01234567", 24 };
	struct winbind_request q = { .op = WINBIND_CHECK, .uid = 1000 };
	struct winbind_reply a = {
		.op = WINBIND_CHECK, .user = "alice", .domain = "LAB",
	};

	winbind_seed(dir, "check", buf, winbind_request_pack(&q, buf));
	winbind_seed(dir, "checked", buf, winbind_reply_pack(&a, buf));
	a.status = 126;
	winbind_seed(dir, "refused", buf, winbind_reply_pack(&a, buf));
	q = (struct winbind_request){
		.op = WINBIND_CACHED, .uid = 1000,
		.negotiate = m->negotiate, .challenge = m->challenge,
	};
	winbind_seed(dir, "cached", buf, winbind_request_pack(&q, buf));
	a = (struct winbind_reply){
		.op = WINBIND_CACHED, .token = m->challenge,
		.user = "alice", .domain = "LAB",
		.session_key = "0123456789abcde",
	};
	winbind_seed(dir, "cached-reply", buf, winbind_reply_pack(&a, buf));
	q = (struct winbind_request){
		.op = WINBIND_LOGON, .user = "alice", .domain = "LAB",
		.workstation = "WS", .nt = nt, .lm = nt,
	};
	winbind_seed(dir, "logon", buf, winbind_request_pack(&q, buf));
	a = (struct winbind_reply){
		.op = WINBIND_LOGON, .user = "alice", .domain = "LAB",
		.session_key = "0123456789abcde", .has_lm_key = true,
		.sids = { "S-1-5-21-1-2-3-1000", "S-1-5-21-1-2-3-513" },
		.sid_count = 2,
	};
	winbind_seed(dir, "logon-reply", buf, winbind_reply_pack(&a, buf));
}

int main(int argc, char **argv)
{
	static const struct {
		const char *target;
		void (*make)(const char *dir);
	} kinds[] = {
		{ "fuzz_authenticate", authenticate_seeds },
		{ "fuzz_negotiate", negotiate_seeds },
		{ "fuzz_challenge", challenge_seeds },
		{ "fuzz_avpair", avpair_seeds },
		{ "fuzz_netlink", netlink_seeds },
		{ "fuzz_winbind", winbind_seeds },
	};

	for (size_t i = 0; argc == 3 && i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].target, argv[1])) {
			kinds[i].make(argv[2]);
			return EXIT_SUCCESS;
		}
	fprintf(stderr, "usage: %s TARGET DIR\n", argv[0]);
	return 2;
}
