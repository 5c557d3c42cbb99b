/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * Generic netlink family "ntlm": the kernel asks a helper in user space to run
 * the NTLM authentication exchange ([MS-NLMP] section 3.1) for its clients.
 *
 * The numbers in this file are append-only.  A helper ignores attributes that it
 * does not know; the kernel refuses them with EINVAL.  So a helper sends one that
 * is newer than the first release only if the kernel's features, in the reply to
 * NTLM_CMD_REGISTER or to NTLM_CMD_STATS_GET, say that it is known; in
 * NTLM_CMD_REGISTER itself only after an NTLM_CMD_STATS_GET.
 */
#ifndef _UAPI_LINUX_NTLM_H
#define _UAPI_LINUX_NTLM_H

#define NTLM_GENL_NAME			"ntlm"
#define NTLM_GENL_VERSION		1

/* Multicast group of NTLM_CMD_EVENT; joining needs CAP_NET_ADMIN. */
#define NTLM_GENL_GROUP_EVENTS		"events"

/* ExportedSessionKey, [MS-NLMP] section 3.1.1.1 */
#define NTLM_SESSION_KEY_SIZE		16
/* MD5 of the gss_channel_bindings_struct, MsvAvChannelBindings */
#define NTLM_CHANNEL_BINDINGS_SIZE	16

/* Limits in bytes. Text is UTF-8; the terminating NUL is not counted. */
#define NTLM_MAX_TOKEN			16384
#define NTLM_MAX_TOKENS			49152
#define NTLM_MAX_NAME			768
/* MechTypeList of SPNEGO in DER, [RFC4178] section 4.1 */
#define NTLM_MAX_MECH_LIST		1024
/* Text of a SID, and how many an account may have here */
#define NTLM_MAX_SID			184
#define NTLM_MAX_SIDS			256

/* NTLMSSP_MESSAGE_SIGNATURE, [MS-NLMP] section 2.2.2.9; also a mechListMIC */
#define NTLM_SIGNATURE_SIZE		16

/* NegotiateFlags, [MS-NLMP] section 2.2.2.5 */
#define NTLM_NEGOTIATE_UNICODE			0x00000001
#define NTLM_NEGOTIATE_OEM			0x00000002
#define NTLM_NEGOTIATE_REQUEST_TARGET		0x00000004
#define NTLM_NEGOTIATE_SIGN			0x00000010
#define NTLM_NEGOTIATE_SEAL			0x00000020
#define NTLM_NEGOTIATE_DATAGRAM			0x00000040
#define NTLM_NEGOTIATE_LM_KEY			0x00000080
#define NTLM_NEGOTIATE_NTLM			0x00000200
#define NTLM_NEGOTIATE_ANONYMOUS		0x00000800
#define NTLM_NEGOTIATE_OEM_DOMAIN_SUPPLIED	0x00001000
#define NTLM_NEGOTIATE_OEM_WORKSTATION_SUPPLIED	0x00002000
#define NTLM_NEGOTIATE_ALWAYS_SIGN		0x00008000
#define NTLM_NEGOTIATE_TARGET_TYPE_DOMAIN	0x00010000
#define NTLM_NEGOTIATE_TARGET_TYPE_SERVER	0x00020000
#define NTLM_NEGOTIATE_EXTENDED_SESSIONSECURITY	0x00080000
#define NTLM_NEGOTIATE_IDENTIFY			0x00100000
#define NTLM_NEGOTIATE_REQUEST_NON_NT_SESSION_KEY	0x00400000
#define NTLM_NEGOTIATE_TARGET_INFO		0x00800000
#define NTLM_NEGOTIATE_VERSION			0x02000000
#define NTLM_NEGOTIATE_128			0x20000000
#define NTLM_NEGOTIATE_KEY_EXCH			0x40000000
#define NTLM_NEGOTIATE_56			0x80000000

/* Side of the exchange, NTLM_A_REQUEST_ROLE */
enum ntlm_role {
	NTLM_ROLE_INITIATOR,
	NTLM_ROLE_ACCEPTOR,
};

/* [MS-NLMP] section 1.3.1, NTLM_A_REQUEST_MODE */
enum ntlm_mode {
	NTLM_MODE_CONNECTION,
	NTLM_MODE_CONNECTIONLESS,
};

/* Options of the application, [MS-NLMP] section 3.1.1.2; bits of
 * NTLM_A_REQUEST_REQUIRED and NTLM_A_REQUEST_WISHED
 */
#define NTLM_OPT_INTEGRITY		0x00000001
#define NTLM_OPT_REPLAY_DETECT		0x00000002
#define NTLM_OPT_SEQUENCE_DETECT	0x00000004
#define NTLM_OPT_CONFIDENTIALITY	0x00000008
#define NTLM_OPT_IDENTIFY		0x00000010
#define NTLM_OPT_ANONYMOUS		0x00000020
#define NTLM_OPT_CHANNEL_BINDINGS	0x00000040

/* What a kernel or a helper can do; NTLM_A_HELPER_FEATURES */
#define NTLM_FEATURE_INITIATOR		0x00000001
#define NTLM_FEATURE_ACCEPTOR		0x00000002
#define NTLM_FEATURE_CONNECTIONLESS	0x00000004
#define NTLM_FEATURE_SPNEGO		0x00000008
#define NTLM_FEATURE_LEGACY		0x00000010

/* What is known of an account that an acceptor let in; NTLM_A_DONE_IDENTITY */
#define NTLM_IDENTITY_GUEST		0x00000001	/* not the user that was named */

enum ntlm_cmd {
	NTLM_CMD_UNSPEC,
	/* helper: this socket serves its network namespace; ACCEPT until -EAGAIN
	 * afterwards: no READY tells of what waits already
	 */
	NTLM_CMD_REGISTER,
	/* kernel to the registered socket: ACCEPT until -EAGAIN; after ENOBUFS
	 * read the socket until it is empty, then the same
	 */
	NTLM_CMD_READY,
	/* helper: take the oldest waiting request; -EAGAIN: none */
	NTLM_CMD_ACCEPT,
	/* helper: the answer to an accepted request */
	NTLM_CMD_DONE,
	/* administrator: live contexts (dump) */
	NTLM_CMD_CONTEXT_GET,
	/* administrator: counters of the network namespace */
	NTLM_CMD_STATS_GET,
	/* kernel to the multicast group "events" */
	NTLM_CMD_EVENT,

	__NTLM_CMD_MAX,
	NTLM_CMD_MAX = __NTLM_CMD_MAX - 1
};

/* NTLM_CMD_REGISTER: the request carries FEATURES, the reply everything */
enum ntlm_a_helper {
	NTLM_A_HELPER_UNSPEC,
	NTLM_A_HELPER_FEATURES,		/* u32, NTLM_FEATURE_* */
	NTLM_A_HELPER_GENERATION,	/* u32, counts registrations of the netns */
	NTLM_A_HELPER_MAX_TOKEN,	/* u32, bytes of one token */
	NTLM_A_HELPER_MAX_TOKENS,	/* u32, bytes of all tokens of a context */
	NTLM_A_HELPER_MAX_REQUESTS,	/* u32, waiting and accepted in the netns */
	NTLM_A_HELPER_MAX_REQUESTS_UID,	/* u32, the same for one uid and role */

	__NTLM_A_HELPER_MAX,
	NTLM_A_HELPER_MAX = __NTLM_A_HELPER_MAX - 1
};

/* Reply to NTLM_CMD_ACCEPT */
enum ntlm_a_request {
	NTLM_A_REQUEST_UNSPEC,
	NTLM_A_REQUEST_PAD,
	NTLM_A_REQUEST_COOKIE,		/* u64, names the request in DONE */
	NTLM_A_REQUEST_CONTEXT,		/* u32, id of the context */
	NTLM_A_REQUEST_ROLE,		/* u32, enum ntlm_role */
	NTLM_A_REQUEST_MODE,		/* u32, enum ntlm_mode */
	NTLM_A_REQUEST_LEG,		/* u32, 0: first token wanted */
	NTLM_A_REQUEST_UID,		/* u32, in the initial user namespace */
	NTLM_A_REQUEST_TARGET,		/* string, SPN "service/host" */
	NTLM_A_REQUEST_TARGET_UNVERIFIED, /* flag: a server named the target */
	NTLM_A_REQUEST_USER,		/* string, wanted user; absent: any */
	NTLM_A_REQUEST_DOMAIN,		/* string, wanted domain; absent: any */
	NTLM_A_REQUEST_REQUIRED,	/* u32, NTLM_OPT_* */
	NTLM_A_REQUEST_WISHED,		/* u32, NTLM_OPT_* */
	NTLM_A_REQUEST_MIN_KEY_BITS,	/* u32, 40, 56 or 128 */
	NTLM_A_REQUEST_CHANNEL_BINDINGS, /* binary, 16 bytes; absent: none */
	NTLM_A_REQUEST_DEADLINE,	/* u32, milliseconds left */
	NTLM_A_REQUEST_TOKEN,		/* binary, repeated: all tokens, oldest first */
	NTLM_A_REQUEST_ALLOW_LEGACY,	/* flag: weak session security is accepted */
	NTLM_A_REQUEST_SPNEGO,		/* flag: the tokens are wrapped in SPNEGO */

	__NTLM_A_REQUEST_MAX,
	NTLM_A_REQUEST_MAX = __NTLM_A_REQUEST_MAX - 1
};

/* NTLM_CMD_DONE */
enum ntlm_a_done {
	NTLM_A_DONE_UNSPEC,
	NTLM_A_DONE_PAD,
	NTLM_A_DONE_COOKIE,		/* u64 */
	NTLM_A_DONE_STATUS,		/* u32, 0 or a positive errno */
	NTLM_A_DONE_TOKEN,		/* binary, for the peer */
	NTLM_A_DONE_ESTABLISHED,	/* flag: the last leg of the exchange */
	NTLM_A_DONE_FLAGS,		/* u32, negotiated NTLM_NEGOTIATE_* */
	NTLM_A_DONE_SESSION_KEY,	/* binary, 16 bytes */
	NTLM_A_DONE_USER,		/* string, the user that was taken */
	NTLM_A_DONE_DOMAIN,		/* string */
	NTLM_A_DONE_CREDENTIAL,		/* u64, the helper's name for the credential */
	NTLM_A_DONE_NTSTATUS,		/* u32, what an acceptor tells the peer */
	NTLM_A_DONE_GRANTED,		/* u32, NTLM_OPT_* that FLAGS does not show */
	NTLM_A_DONE_MECH_LIST,		/* binary, what mechListMIC is made over */
	NTLM_A_DONE_MIC_OFFSET,		/* u32, where the kernel's own mechListMIC
					 * goes in TOKEN
					 */
	NTLM_A_DONE_PEER_MIC,		/* binary, 16 bytes, the peer's mechListMIC */
	NTLM_A_DONE_IDENTITY,		/* u32, NTLM_IDENTITY_* */
	NTLM_A_DONE_WORKSTATION,	/* string, as the peer calls itself */
	NTLM_A_DONE_SID,		/* string, repeated: the user's first */

	__NTLM_A_DONE_MAX,
	NTLM_A_DONE_MAX = __NTLM_A_DONE_MAX - 1
};

enum ntlm_state {
	NTLM_STATE_CREATED,		/* no token yet */
	NTLM_STATE_PENDING,		/* the helper works on a leg */
	NTLM_STATE_CONTINUE,		/* the peer's token is awaited */
	NTLM_STATE_ESTABLISHED,
	NTLM_STATE_FAILED,
};

/* The peer's answer as reported by the client */
enum ntlm_verdict {
	NTLM_VERDICT_NONE,
	NTLM_VERDICT_ACCEPTED,
	NTLM_VERDICT_REFUSED,
};

/* NTLM_CMD_CONTEXT_GET; the first ones also in NTLM_CMD_EVENT */
enum ntlm_a_context {
	NTLM_A_CONTEXT_UNSPEC,
	NTLM_A_CONTEXT_PAD,
	NTLM_A_CONTEXT_ID,		/* u32 */
	NTLM_A_CONTEXT_ROLE,		/* u32, enum ntlm_role */
	NTLM_A_CONTEXT_MODE,		/* u32, enum ntlm_mode */
	NTLM_A_CONTEXT_STATE,		/* u32, enum ntlm_state */
	NTLM_A_CONTEXT_UID,		/* u32, in the initial user namespace */
	NTLM_A_CONTEXT_TARGET,		/* string */
	NTLM_A_CONTEXT_USER,		/* string, taken, else wanted */
	NTLM_A_CONTEXT_DOMAIN,		/* string, taken, else wanted */
	NTLM_A_CONTEXT_FLAGS,		/* u32, negotiated NTLM_NEGOTIATE_* */
	NTLM_A_CONTEXT_AGE,		/* u64, milliseconds */
	NTLM_A_CONTEXT_ERROR,		/* u32, positive errno of a failed context */
	NTLM_A_CONTEXT_VERDICT,		/* u32, enum ntlm_verdict */
	NTLM_A_CONTEXT_NTSTATUS,	/* u32, the peer's status */
	NTLM_A_CONTEXT_CREDENTIAL,	/* u64, as given at DONE */
	NTLM_A_CONTEXT_SENT,		/* u64, messages signed or sealed */
	NTLM_A_CONTEXT_RECEIVED,	/* u64, messages verified or unsealed */
	NTLM_A_CONTEXT_REJECTED,	/* u64, messages that failed verification */
	NTLM_A_CONTEXT_EVENT,		/* u32, enum ntlm_event; events only */
	NTLM_A_CONTEXT_TARGET_UNVERIFIED, /* flag */
	NTLM_A_CONTEXT_SPNEGO,		/* flag */
	NTLM_A_CONTEXT_ALLOW_LEGACY,	/* flag */
	NTLM_A_CONTEXT_IDENTITY,	/* u32, NTLM_IDENTITY_* */
	NTLM_A_CONTEXT_WORKSTATION,	/* string, as the peer calls itself */

	__NTLM_A_CONTEXT_MAX,
	NTLM_A_CONTEXT_MAX = __NTLM_A_CONTEXT_MAX - 1
};

enum ntlm_event {
	NTLM_EVENT_UNSPEC,
	NTLM_EVENT_ESTABLISHED,		/* keys in place, verdict unknown */
	NTLM_EVENT_ACCEPTED,		/* the server accepted the logon */
	NTLM_EVENT_REFUSED,		/* the server refused it: NTSTATUS */
	NTLM_EVENT_FAILED,		/* the exchange failed: ERROR */
	NTLM_EVENT_CLOSED,		/* an established context was freed */
};

/* NTLM_CMD_STATS_GET; all u64, counted since the netns or module began
 * unless marked as a present number
 */
enum ntlm_a_stats {
	NTLM_A_STATS_UNSPEC,
	NTLM_A_STATS_PAD,
	NTLM_A_STATS_CONTEXTS,		/* present */
	NTLM_A_STATS_QUEUED,		/* present: requests waiting for ACCEPT */
	NTLM_A_STATS_ACCEPTED,		/* present: requests with the helper */
	NTLM_A_STATS_REQUESTS,		/* legs asked for */
	NTLM_A_STATS_DONE,		/* answered with status 0 */
	NTLM_A_STATS_FAILED,		/* answered with an errno, or given up */
	NTLM_A_STATS_LIES,		/* answers that the kernel refused */
	NTLM_A_STATS_TIMEOUTS,
	NTLM_A_STATS_CANCELLED,		/* by signal or by the client */
	NTLM_A_STATS_REQUEUED,		/* the helper went away */
	NTLM_A_STATS_NO_HELPER,		/* failed for want of a helper */
	NTLM_A_STATS_LIMITED,		/* refused: queue or uid limit */
	NTLM_A_STATS_ESTABLISHED,
	NTLM_A_STATS_REGISTRATIONS,
	NTLM_A_STATS_HELPER_PORT,	/* u32, present; absent: no helper */
	NTLM_A_STATS_HELPER_PID,	/* u32, thread group id; absent: no helper */
	NTLM_A_STATS_FEATURES,		/* u32, NTLM_FEATURE_* of the kernel */
	NTLM_A_STATS_HELPER_FEATURES,	/* u32, NTLM_FEATURE_*; absent: no helper */

	__NTLM_A_STATS_MAX,
	NTLM_A_STATS_MAX = __NTLM_A_STATS_MAX - 1
};

#endif /* _UAPI_LINUX_NTLM_H */
