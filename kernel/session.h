/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Session security of an established context, [MS-NLMP] section 3.4.
 */
#ifndef _NTLM_SESSION_H
#define _NTLM_SESSION_H

#include <crypto/arc4.h>
#include <linux/cache.h>
#include <linux/mutex.h>
#include <linux/ntlm.h>
#include "hmac.h"
#include "replay.h"

struct ntlm_scheme;

/* What is done to a message, for trace events */
enum ntlm_trace_op {
	NTLM_TRACE_SIGN,
	NTLM_TRACE_VERIFY,
	NTLM_TRACE_SEAL,
	NTLM_TRACE_UNSEAL,
	NTLM_TRACE_MAKE_MIC,
	NTLM_TRACE_CHECK_MIC,
};

/**
 * struct ntlm_session_params - what session security is derived from
 * @id: id of the context, for trace events
 * @role: the own side
 * @mode: connection-oriented or connectionless
 * @flags: negotiated NTLM_NEGOTIATE_*
 * @nobody: anonymous or guest: no session security whatever the flags say,
 *	for everybody knows or can guess the key
 * @replay: connectionless: messages that come twice are refused
 */
struct ntlm_session_params {
	u32			id;
	enum ntlm_role		role;
	enum ntlm_mode		mode;
	u32			flags;
	bool			nobody;
	bool			replay;
};

/**
 * struct ntlm_stream - key stream and sequence number
 * @lock: makes the messages of this stream happen one after the other
 * @rc4: the RC4 handle, keyed with SEALKEY; connectionless: anew for each
 *	message
 * @seq: number of the next message; unused if connectionless
 * @ended: message 2^32 - 1 has been used
 * @mics: how many of the first messages were a mechListMIC
 *
 * @seq is written under @lock and may be read with READ_ONCE() without it.
 */
struct ntlm_stream {
	struct mutex		lock;	/* one message after the other */
	struct arc4_ctx		rc4;
	u32			seq;
	bool			ended;
	u8			mics;
};

/**
 * struct ntlm_direction - what protects the messages of one direction
 * @stream: its stream; if the scheme shares one, that of @send is for both
 * @sign: SIGNKEY, prepared
 * @messages: messages that were protected or passed verification
 * @rejected: messages that failed verification
 * @replay: the numbers that were used, if connectionless
 * @sealkey: SEALKEY if connectionless, else unused
 * @sealkey_len: bytes of @sealkey
 * @mic: a mechListMIC was made or accepted
 *
 * All of it is written under the lock of the stream; @messages and @rejected
 * may be read with READ_ONCE() without it.
 */
struct ntlm_direction {
	struct ntlm_stream	stream;
	struct ntlm_hmac_key	sign;
	u64			messages;
	u64			rejected;
	struct ntlm_replay	replay;
	u8			sealkey[NTLM_SESSION_KEY_SIZE];
	u8			sealkey_len;
	bool			mic;
};

/**
 * struct ntlm_session - session security
 * @scheme: how messages are protected; NULL: not at all
 * @id: id of the context, for trace events
 * @flags: negotiated NTLM_NEGOTIATE_*
 * @mode: connection-oriented or connectionless
 * @detect: connectionless: messages that come twice are refused
 * @send: messages to the peer
 * @recv: messages from the peer; in a scheme that shares the stream, only its
 *	counters are used
 *
 * All zeros is a valid session without security.
 *
 * Messages of the two directions run on two processors, so what a message
 * writes is in no cache line that the other direction reads or writes.
 */
struct ntlm_session {
	const struct ntlm_scheme	*scheme;
	u32				id;
	u32				flags;
	u8				mode;
	bool				detect;
	struct ntlm_direction		send ____cacheline_aligned;
	struct ntlm_direction		recv ____cacheline_aligned;
};

int ntlm_session_init(struct ntlm_session *s,
		      const struct ntlm_session_params *params,
		      const u8 key[NTLM_SESSION_KEY_SIZE]);
void ntlm_session_wipe(struct ntlm_session *s);

int ntlm_session_sign(struct ntlm_session *s, const struct ntlm_seg *segs,
		      unsigned int nsegs, u8 signature[NTLM_SIGNATURE_SIZE]);
int ntlm_session_verify(struct ntlm_session *s, const struct ntlm_seg *segs,
			unsigned int nsegs,
			const u8 signature[NTLM_SIGNATURE_SIZE]);
int ntlm_session_seal(struct ntlm_session *s, const struct ntlm_seg *segs,
		      unsigned int nsegs, u8 signature[NTLM_SIGNATURE_SIZE]);
int ntlm_session_unseal(struct ntlm_session *s, const struct ntlm_seg *segs,
			unsigned int nsegs,
			const u8 signature[NTLM_SIGNATURE_SIZE]);

int ntlm_session_sign_datagram(struct ntlm_session *s, u32 seq,
			       const struct ntlm_seg *segs, unsigned int nsegs,
			       u8 signature[NTLM_SIGNATURE_SIZE]);
int ntlm_session_verify_datagram(struct ntlm_session *s, u32 seq,
				 const struct ntlm_seg *segs,
				 unsigned int nsegs,
				 const u8 signature[NTLM_SIGNATURE_SIZE]);
int ntlm_session_seal_datagram(struct ntlm_session *s, u32 seq,
			       const struct ntlm_seg *segs, unsigned int nsegs,
			       u8 signature[NTLM_SIGNATURE_SIZE]);
int ntlm_session_unseal_datagram(struct ntlm_session *s, u32 seq,
				 const struct ntlm_seg *segs,
				 unsigned int nsegs,
				 const u8 signature[NTLM_SIGNATURE_SIZE]);

int ntlm_session_make_mic(struct ntlm_session *s, const void *data, size_t len,
			  u8 signature[NTLM_SIGNATURE_SIZE]);
int ntlm_session_check_mic(struct ntlm_session *s, const void *data, size_t len,
			   const u8 signature[NTLM_SIGNATURE_SIZE]);

int ntlm_signkey(enum ntlm_role sender, const u8 key[NTLM_SESSION_KEY_SIZE],
		 u8 out[NTLM_SESSION_KEY_SIZE]);
int ntlm_sealkey(enum ntlm_role sender, u32 flags,
		 const u8 key[NTLM_SESSION_KEY_SIZE],
		 u8 out[NTLM_SESSION_KEY_SIZE]);
void ntlm_arc4_rewind(struct arc4_ctx *ctx, u32 steps);

int ntlm_crypto_init(void);
void ntlm_crypto_exit(void);

#endif /* _NTLM_SESSION_H */
