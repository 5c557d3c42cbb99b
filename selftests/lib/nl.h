/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small netlink client for tests: raw sockets, so that every byte of a
 * message is in the test's hand.
 */
#ifndef NTLM_SELFTESTS_NL_H
#define NTLM_SELFTESTS_NL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/ntlm.h>

#define NL_BUFFER	(128 * 1024)
#define NL_ATTRS	32

struct nl_msg;
struct nl_reply;

/**
 * struct nl - a generic netlink socket, for one thread
 * @m: for requests
 * @r: for replies
 * @rx: what was received last, NL_BUFFER bytes
 * @fd: the socket
 * @port: its port id
 * @seq: of the last message
 * @family: message type of the family "ntlm"
 * @events: number of the multicast group "events"
 * @ready: READY messages seen so far
 * @overruns: ENOBUFS seen so far
 * @foreign: messages that came from another port than the kernel's
 * @text: of the last extended ACK, empty if there was none
 * @offset: offset in the request that the last extended ACK blamed, or 0
 */
struct nl {
	struct nl_msg	*m;
	struct nl_reply	*r;
	uint8_t		*rx;
	int		fd;
	uint32_t	port;
	uint32_t	seq;
	uint16_t	family;
	uint32_t	events;
	unsigned int	ready;
	unsigned int	overruns;
	unsigned int	foreign;
	char		text[256];
	uint32_t	offset;
};

/* A message under construction; @len counts from the netlink header. */
struct nl_msg {
	size_t		len;
	uint8_t		buf[NL_BUFFER] __attribute__((aligned(8)));
};

/* A message that was received; the attributes point into @buf. */
struct nl_reply {
	uint16_t	type;
	uint16_t	flags;
	uint32_t	seq;
	uint8_t		cmd;
	unsigned int	nattrs;
	const struct nlattr *attrs[NL_ATTRS];
	uint8_t		buf[NL_BUFFER] __attribute__((aligned(8)));
};

int nl_socket(uint32_t port);			/* fd or -errno; 0: any port */
int nl_open(struct nl *nl);			/* socket and family */
int nl_open_port(struct nl *nl, uint32_t port);
void nl_close(struct nl *nl);
int nl_join_events(struct nl *nl);

void nl_begin(struct nl *nl, struct nl_msg *m, uint8_t cmd, uint16_t flags);
void nl_put(struct nl_msg *m, uint16_t type, const void *data, size_t len);
void nl_put_u32(struct nl_msg *m, uint16_t type, uint32_t v);
void nl_put_u64(struct nl_msg *m, uint16_t type, uint64_t v);
void nl_put_str(struct nl_msg *m, uint16_t type, const char *s);
int nl_send(struct nl *nl, struct nl_msg *m);
int nl_send_to(struct nl *nl, struct nl_msg *m, uint32_t port);

/* One datagram; -EAGAIN after @ms milliseconds; *from is the sender's port. */
int nl_recv(struct nl *nl, void *buf, size_t size, int ms, uint32_t *from);

/* Send and read until the ACK; @r (may be NULL) is the last message before. */
int nl_talk(struct nl *nl, struct nl_msg *m, struct nl_reply *r);

/* Wait for an NTLM_CMD_* that nobody asked for. -EAGAIN: none in time. */
int nl_wait(struct nl *nl, uint8_t cmd, int ms, struct nl_reply *r);

/* Dump; calls @each for each message; 0 or -errno. */
int nl_dump(struct nl *nl, uint8_t cmd,
	    void (*each)(const struct nl_reply *r, void *arg), void *arg);

void nl_parse(const struct nlmsghdr *h, struct nl_reply *r);
const struct nlattr *nl_attr(const struct nl_reply *r, uint16_t type);
size_t nl_attr_len(const struct nlattr *a);
const void *nl_attr_data(const struct nlattr *a);
uint32_t nl_u32(const struct nl_reply *r, uint16_t type); /* fails the test */
uint64_t nl_u64(const struct nl_reply *r, uint16_t type); /* if not there */
const char *nl_str(const struct nl_reply *r, uint16_t type); /* or NULL */

/* The operations of the family. */

int ntlm_register(struct nl *nl);		/* with NTLM_TEST_FEATURES */
int ntlm_register_as(struct nl *nl, uint32_t features);

#define NTLM_TEST_TOKENS 8
#define NTLM_TEST_FEATURES (NTLM_FEATURE_INITIATOR | NTLM_FEATURE_ACCEPTOR |	\
	NTLM_FEATURE_CONNECTIONLESS | NTLM_FEATURE_SPNEGO | NTLM_FEATURE_LEGACY)

/**
 * struct ntlm_req - what ACCEPT gave
 */
struct ntlm_req {
	uint64_t	cookie;
	uint32_t	context, role, mode, leg, uid, required, wished;
	uint32_t	min_key_bits, deadline;
	bool		unverified, has_bindings, allow_legacy, spnego;
	uint8_t		bindings[NTLM_CHANNEL_BINDINGS_SIZE];
	char		target[NTLM_MAX_NAME + 1];
	char		user[NTLM_MAX_NAME + 1];
	char		domain[NTLM_MAX_NAME + 1];
	unsigned int	ntokens;
	size_t		token_len[NTLM_TEST_TOKENS];
	uint8_t		token[NTLM_TEST_TOKENS][NTLM_MAX_TOKEN];
};

int ntlm_accept(struct nl *nl, struct ntlm_req *req);
/* ACCEPT again and again until there is one or @ms milliseconds are over. */
int ntlm_accept_wait(struct nl *nl, struct ntlm_req *req, int ms);

/**
 * struct ntlm_done - an answer; what is zero or NULL is left out, but the
 *	status, which is always sent
 */
struct ntlm_done {
	uint64_t	cookie;
	int		status;
	const void	*token;
	size_t		token_len;
	bool		established;
	bool		has_flags;
	uint32_t	flags;
	const void	*key;
	size_t		key_len;
	const char	*user, *domain;
	uint64_t	credential;
	uint32_t	ntstatus, granted, identity;
	const void	*mech_list;
	size_t		mech_list_len;
	bool		has_mic_offset;
	uint32_t	mic_offset;
	const void	*peer_mic;
	const char	*workstation;
	const char	*const *sids;	/* ends with NULL */
};

void ntlm_done_msg(struct nl *nl, struct nl_msg *m, const struct ntlm_done *d);
int ntlm_done(struct nl *nl, const struct ntlm_done *d);

/* What an honest helper negotiates. */
#define NTLM_TEST_FLAGS (NTLM_NEGOTIATE_UNICODE | NTLM_NEGOTIATE_NTLM |	\
	NTLM_NEGOTIATE_SIGN | NTLM_NEGOTIATE_SEAL |			\
	NTLM_NEGOTIATE_ALWAYS_SIGN |					\
	NTLM_NEGOTIATE_EXTENDED_SESSIONSECURITY | NTLM_NEGOTIATE_128 |	\
	NTLM_NEGOTIATE_KEY_EXCH)
extern const uint8_t ntlm_test_key[NTLM_SESSION_KEY_SIZE];

/*
 * The answer of an honest helper: the first one is "NEGOTIATE" or, for an
 * acceptor, "CHALLENGE"; the second one establishes.
 */
struct ntlm_done ntlm_honest(const struct ntlm_req *req);

struct ntlm_counters {
	uint64_t contexts, queued, accepted, requests, done, failed, lies,
		 timeouts, cancelled, requeued, no_helper, limited,
		 established, registrations;
	uint32_t helper_port, helper_pid;
};

int ntlm_stats(struct nl *nl, struct ntlm_counters *c);

#endif /* NTLM_SELFTESTS_NL_H */
