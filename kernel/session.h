/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Session security of an established context, [MS-NLMP] section 3.4.
 */
#ifndef _NTLM_SESSION_H
#define _NTLM_SESSION_H

#include <crypto/arc4.h>
#include <linux/mutex.h>
#include <linux/ntlm.h>
#include "hmac.h"

/* What is done to a message, for trace events */
enum ntlm_trace_op {
	NTLM_TRACE_SIGN,
	NTLM_TRACE_VERIFY,
	NTLM_TRACE_SEAL,
	NTLM_TRACE_UNSEAL,
};

/**
 * struct ntlm_direction - what protects the messages of one direction
 * @lock: makes the messages of this direction happen one after the other;
 *	the two directions never wait for each other
 * @rc4: the RC4 handle, keyed with SEALKEY
 * @sign: SIGNKEY, prepared
 * @seq: number of the next message
 * @ended: message 2^32 - 1 has been used
 * @messages: messages that were protected or passed verification
 * @rejected: messages that failed verification
 *
 * @seq, @messages and @rejected are written under @lock and may be read with
 * READ_ONCE() without it.
 */
struct ntlm_direction {
	struct mutex		lock;	/* one message after the other */
	struct arc4_ctx		rc4;
	struct ntlm_hmac_key	sign;
	u32			seq;
	bool			ended;
	u64			messages;
	u64			rejected;
};

/**
 * struct ntlm_session - session security
 * @id: id of the context, for trace events
 * @flags: negotiated NTLM_NEGOTIATE_*; zero: no session security
 * @send: messages to the peer
 * @recv: messages from the peer
 *
 * All zeros is a valid session without security.
 */
struct ntlm_session {
	u32			id;
	u32			flags;
	struct ntlm_direction	send;
	struct ntlm_direction	recv;
};

int ntlm_session_init(struct ntlm_session *s, u32 id, enum ntlm_role role,
		      u32 flags, const u8 key[NTLM_SESSION_KEY_SIZE]);
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

int ntlm_signkey(enum ntlm_role sender, const u8 key[NTLM_SESSION_KEY_SIZE],
		 u8 out[NTLM_SESSION_KEY_SIZE]);
int ntlm_sealkey(enum ntlm_role sender, u32 flags,
		 const u8 key[NTLM_SESSION_KEY_SIZE],
		 u8 out[NTLM_SESSION_KEY_SIZE]);
void ntlm_arc4_rewind(struct arc4_ctx *ctx, u32 steps);

int ntlm_crypto_init(void);
void ntlm_crypto_exit(void);

#endif /* _NTLM_SESSION_H */
