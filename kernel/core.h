/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of ntlm.ko share: network namespaces, contexts, requests.
 */
#ifndef _NTLM_CORE_H
#define _NTLM_CORE_H

#include <linux/hashtable.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/netlink.h>
#include <linux/ntlm.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include "session.h"

#undef pr_fmt
#define pr_fmt(fmt) "ntlm: " fmt

/* Requests that wait for a helper or are with it, in one network namespace */
#define NTLM_MAX_REQUESTS	4096
/* The same for one uid in one role: no user can keep the others out */
#define NTLM_MAX_REQUESTS_UID	512
/* A request that outlived this many helpers is what kills them */
#define NTLM_MAX_ACCEPTS	5
/* Tokens that a context keeps for the helper */
#define NTLM_KEPT_TOKENS	8

#define NTLM_FEATURES	(NTLM_FEATURE_INITIATOR | NTLM_FEATURE_ACCEPTOR | \
			 NTLM_FEATURE_CONNECTIONLESS |			\
			 NTLM_FEATURE_SPNEGO | NTLM_FEATURE_LEGACY)

#define NTLM_OPTIONS	(NTLM_OPT_INTEGRITY | NTLM_OPT_REPLAY_DETECT |	\
			 NTLM_OPT_SEQUENCE_DETECT |			\
			 NTLM_OPT_CONFIDENTIALITY | NTLM_OPT_IDENTIFY |	\
			 NTLM_OPT_ANONYMOUS | NTLM_OPT_CHANNEL_BINDINGS)

struct genl_family;
struct genl_info;

/**
 * struct ntlm_helper - the registration of a helper
 * @sk: its socket, with a reference; NULL: nobody is registered.  The socket
 *	and not the port id is the identity: a port id can be taken by another
 *	socket before the release of the first one is known here.
 * @port: port id of @sk
 * @pid: thread group that registered, in the initial pid namespace
 * @generation: counts the registrations of the network namespace
 * @features: NTLM_FEATURE_* that it has
 */
struct ntlm_helper {
	struct sock	*sk;
	u32		port;
	u32		pid;
	u32		generation;
	u32		features;
};

/**
 * struct ntlm_stats - counters of a network namespace, see NTLM_A_STATS_*
 * @contexts: live contexts
 * @requests: legs that were asked for
 * @done: answered with status 0
 * @failed: answered with an errno
 * @lies: answers that were refused
 * @timeouts: nobody answered in time
 * @cancelled: by signal or by the client
 * @requeued: taken back from a helper that went away
 * @no_helper: failed for want of a helper
 * @limited: refused for a limit
 * @established: contexts that got their key
 */
struct ntlm_stats {
	u64	contexts;
	u64	requests;
	u64	done;
	u64	failed;
	u64	lies;
	u64	timeouts;
	u64	cancelled;
	u64	requeued;
	u64	no_helper;
	u64	limited;
	u64	established;
};

/* Text of fixed length: it is read while it may be written anew. */
#define NTLM_HOLDER_FMT	"another helper is registered: pid %010u, port %010u"
#define NTLM_HOLDER_LEN	sizeof("another helper is registered: pid 0123456789, port 0123456789")

/**
 * struct ntlm_net - the part of a network namespace
 * @ref: one for the namespace, one for each context
 * @lock: protects all that follows, the state of contexts and of requests;
 *	never taken in softirq context, nothing under it sleeps
 * @net: the namespace; NULL once it is going away
 * @helper: who answers requests
 * @grace_until: requests wait for a helper until then (jiffies)
 * @grace: someone was registered before, @grace_until is valid
 * @ready_sent: the helper was told and has not yet drained the queue
 * @queue: requests that wait for ACCEPT, oldest first
 * @accepted: requests with the helper, oldest first
 * @requests: number of requests on both lists
 * @queued: number of requests on @queue
 * @next_cookie: cookie of the next accepted request
 * @by_uid: the requests of both lists
 * @by_cookie: the requests of @accepted
 * @stats: counters
 * @holder: names the registered helper in an extended ACK
 * @grace_work: fails what waited for a helper in vain
 * @contexts: live contexts by id; has a lock of its own
 * @next_id: for cyclic ids
 */
struct ntlm_net {
	refcount_t		ref;
	spinlock_t		lock;	/* requests, states of contexts */
	struct net		*net;
	struct ntlm_helper	helper;
	unsigned long		grace_until;
	bool			grace;
	bool			ready_sent;
	struct list_head	queue;
	struct list_head	accepted;
	unsigned int		requests;
	unsigned int		queued;
	u64			next_cookie;
	DECLARE_HASHTABLE(by_uid, 6);
	DECLARE_HASHTABLE(by_cookie, 6);
	struct ntlm_stats	stats;
	char			holder[NTLM_HOLDER_LEN];
	struct delayed_work	grace_work;
	struct xarray		contexts;
	u32			next_id;
};

/**
 * struct ntlm_sids - security identifiers of an account
 * @n: how many
 * @sid: their texts, the user's first; in the same memory
 */
struct ntlm_sids {
	unsigned int	n;
	const char	*sid[];
};

/**
 * struct ntlm_answer - what a helper said at DONE
 * @status: 0 or a negative errno
 * @ntstatus: what an acceptor tells the peer of a failure, or 0
 * @established: this was the last leg
 * @has_flags: @flags were given
 * @has_key: @key was given
 * @has_mic_offset: the own mechListMIC goes to @mic_offset of @token
 * @has_peer_mic: @peer_mic was given
 * @flags: negotiated NTLM_NEGOTIATE_*
 * @granted: NTLM_OPT_* that @flags does not show
 * @identity: NTLM_IDENTITY_*
 * @mic_offset: in bytes
 * @credential: the helper's name for the credential
 * @key: ExportedSessionKey
 * @peer_mic: mechListMIC of the peer
 * @token: for the peer
 * @mech_list: what mechListMIC is made over
 * @user: the user that was taken, or NULL
 * @domain: the domain that was taken, or NULL
 * @workstation: how the peer calls itself, or NULL
 * @sids: of the account, or NULL
 */
struct ntlm_answer {
	int			status;
	u32			ntstatus;
	bool			established;
	bool			has_flags;
	bool			has_key;
	bool			has_mic_offset;
	bool			has_peer_mic;
	u32			flags;
	u32			granted;
	u32			identity;
	u32			mic_offset;
	u64			credential;
	u8			key[NTLM_SESSION_KEY_SIZE];
	u8			peer_mic[NTLM_SIGNATURE_SIZE];
	struct ntlm_token	token;
	struct ntlm_token	mech_list;
	char			*user;
	char			*domain;
	char			*workstation;
	struct ntlm_sids	*sids;
};

enum ntlm_request_state {
	NTLM_REQUEST_QUEUED,
	NTLM_REQUEST_ACCEPTED,
	NTLM_REQUEST_COMPLETE,
};

/**
 * struct ntlm_request - one leg that a context wants from the helper
 * @ctx: whose
 * @list: on ntlm_net.queue or ntlm_net.accepted
 * @by_uid: in ntlm_net.by_uid
 * @by_cookie: in ntlm_net.by_cookie while accepted
 * @state: written under ntlm_net.lock
 * @cookie: names it towards the helper that accepted it
 * @accepts: helpers that went away with it
 * @lacks: NTLM_FEATURE_* that it needs and the helper has not
 * @deadline: when the wait ends, in jiffies
 * @status: result once complete: 0 or a negative errno
 * @answer: what the helper said if @status is 0
 *
 * It lives on the stack of the task that waits for it.
 */
struct ntlm_request {
	struct ntlm_ctx		*ctx;
	struct list_head	list;
	struct hlist_node	by_uid;
	struct hlist_node	by_cookie;
	enum ntlm_request_state	state;
	u64			cookie;
	unsigned int		accepts;
	u32			lacks;
	unsigned long		deadline;
	int			status;
	struct ntlm_answer	answer;
};

/**
 * struct ntlm_ctx - a security context
 * @ref: references of the client
 * @id: number in its network namespace, shown to administrators
 * @nn: its network namespace, with a reference that does not keep the
 *	namespace itself
 * @uid: whose credentials
 * @role: side of the exchange
 * @mode: connection-oriented or connectionless
 * @required: NTLM_OPT_*
 * @wished: NTLM_OPT_*
 * @min_key_bits: 40, 56 or 128
 * @target_unverified: the target was named by a server
 * @allow_legacy: session security without extended session security will do
 * @spnego: tokens are those of SPNEGO
 * @has_bindings: @bindings is valid
 * @bindings: channel bindings hash
 * @target: SPN; @want_user and @want_domain are in the same memory
 * @want_user: user wanted by the client or NULL
 * @want_domain: domain wanted by the client or NULL
 * @timeout: of one leg, in jiffies
 * @created: when, CLOCK_BOOTTIME
 * @wait: where the task that runs the exchange sleeps
 * @state: enum ntlm_state, written under ntlm_net.lock
 * @error: why @state is NTLM_STATE_FAILED
 * @cancelled: ntlm_ctx_cancel() was called
 * @request: the request while @state is NTLM_STATE_PENDING
 * @leg: number of tokens sent to the peer so far
 * @verdict: enum ntlm_verdict
 * @ntstatus: the peer's status; of an acceptor what the peer is told of a
 *	failure, or 0
 * @token_lock: protects @tokens and @ntokens against an ACCEPT that still
 *	copies them when the request has ended already
 * @tokens: all tokens so far, oldest first
 * @ntokens: how many
 * @keyed: @flags, @granted, @key and @session are set; with SPNEGO that is
 *	before the context is established
 * @mic_made: the peer was sent a mechListMIC
 * @mic_checked: the peer's was verified
 * @mech_list: what they are made over
 * @flags: negotiated NTLM_NEGOTIATE_*
 * @granted: NTLM_OPT_* that @flags does not show
 * @identity: NTLM_IDENTITY_*
 * @credential: the helper's name for the credential
 * @user: the user that was taken; set once
 * @domain: the domain that was taken; set once
 * @workstation: how the peer calls itself; set once
 * @sids: of the account
 * @key: ExportedSessionKey
 * @has_key: @key is one
 * @session: session security
 */
struct ntlm_ctx {
	refcount_t		ref;
	u32			id;
	struct ntlm_net		*nn;

	kuid_t			uid;
	u8			role;
	u8			mode;
	u8			min_key_bits;
	bool			target_unverified;
	bool			allow_legacy;
	bool			spnego;
	u32			required;
	u32			wished;
	bool			has_bindings;
	u8			bindings[NTLM_CHANNEL_BINDINGS_SIZE];
	char			*target;
	char			*want_user;
	char			*want_domain;
	unsigned long		timeout;
	ktime_t			created;

	wait_queue_head_t	wait;
	u8			state;
	bool			cancelled;
	int			error;
	struct ntlm_request	*request;
	unsigned int		leg;
	u8			verdict;
	u32			ntstatus;

	struct mutex		token_lock;	/* tokens, ntokens */
	struct ntlm_token	tokens[NTLM_KEPT_TOKENS];
	unsigned int		ntokens;

	bool			keyed;
	bool			mic_made;
	bool			mic_checked;
	struct ntlm_token	mech_list;
	u32			flags;
	u32			granted;
	u32			identity;
	u64			credential;
	char			*user;
	char			*domain;
	char			*workstation;
	struct ntlm_sids	*sids;
	bool			has_key;
	u8			key[NTLM_SESSION_KEY_SIZE];
	struct ntlm_session	session;
};

/* main.c */
extern unsigned int ntlm_grace_ms;
struct ntlm_net *ntlm_net(struct net *net);
struct ntlm_net *ntlm_net_new(struct net *net);
struct ntlm_net *ntlm_net_get(struct ntlm_net *nn);
void ntlm_net_put(struct ntlm_net *nn);
struct net *ntlm_net_hold(struct ntlm_net *nn);

/* context.c */
int ntlm_ctx_cache_create(void);
void ntlm_ctx_cache_destroy(void);
struct ntlm_ctx *ntlm_ctx_new(struct ntlm_net *nn,
			      const struct ntlm_ctx_params *params);
struct ntlm_ctx *ntlm_ctx_find(struct ntlm_net *nn, unsigned long *id);
bool ntlm_ctx_established(const struct ntlm_ctx *ctx);
void ntlm_ctx_drop_tokens(struct ntlm_ctx *ctx);
bool ntlm_name_valid(const char *name);

/* identity.c */
void ntlm_ctx_set_names(struct ntlm_ctx *ctx, struct ntlm_answer *answer);
const char *ntlm_ctx_workstation(const struct ntlm_ctx *ctx);

/* mechlist.c */
int ntlm_ctx_mech_mics(struct ntlm_ctx *ctx, struct ntlm_answer *answer);

/* done.c */
int ntlm_answer_parse(struct genl_info *info, struct nlattr **attrs,
		      struct ntlm_answer *answer);
void ntlm_answer_wipe(struct ntlm_answer *answer);

/* request.c */
void ntlm_requests_init(struct ntlm_net *nn);
void ntlm_requests_shutdown(struct ntlm_net *nn);
int ntlm_request_run(struct ntlm_ctx *ctx, struct ntlm_request *req);
bool ntlm_helper_lacks(const struct ntlm_net *nn, struct ntlm_request *req);
void ntlm_helper_warn(const struct ntlm_ctx *ctx, u32 lacks);
bool ntlm_request_complete(struct ntlm_request *req, int status);
unsigned int ntlm_requests_requeue(struct ntlm_net *nn);
struct ntlm_ctx *ntlm_request_accept(struct ntlm_net *nn, struct sock *sk,
				     u64 *cookie, u32 *left_ms,
				     struct netlink_ext_ack *extack);
void ntlm_request_undo_accept(struct ntlm_net *nn, struct sock *sk,
			      u64 cookie);
int ntlm_request_done(struct ntlm_net *nn, struct sock *sk, u64 cookie,
		      struct ntlm_answer *answer,
		      struct netlink_ext_ack *extack);

/* helper.c */
int ntlm_helper_register(struct ntlm_net *nn, struct sock *sk, u32 port,
			 u32 features, u32 *generation,
			 struct netlink_ext_ack *extack);
void ntlm_helper_release(struct ntlm_net *nn, u32 port);
void ntlm_helper_drop(struct ntlm_net *nn, struct sock *sk, u32 port);

/* answer.c */
int ntlm_answer_check(const struct ntlm_ctx *ctx,
		      const struct ntlm_answer *answer, const char **why);

/* netlink.c */
extern struct genl_family ntlm_genl_family;
int ntlm_netlink_init(void);
void ntlm_netlink_exit(void);
void ntlm_ready_send(struct ntlm_net *nn, struct sock *sk, u32 port);

/* events.c */
int ntlm_context_fill(struct sk_buff *skb, struct ntlm_ctx *ctx);
void ntlm_event_send(struct ntlm_ctx *ctx, enum ntlm_event event);

#endif /* _NTLM_CORE_H */
