/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ways in which [MS-NLMP] section 3.4 protects messages, one table each.
 */
#ifndef _NTLM_SCHEME_H
#define _NTLM_SCHEME_H

#include "session.h"

#define NTLM_SIGNATURE_VERSION	1

/**
 * struct ntlm_message - a message on its way through a session
 * @s: the session
 * @dir: the direction
 * @stream: the key stream that it takes part in
 * @op: what is done
 * @mode: of the function that was called
 * @segs: segments of the message
 * @nsegs: number of segments
 * @seq: its number
 * @total: bytes of all segments
 * @sealed: bytes of the sealed segments
 * @steps: bytes of key stream that the message has taken
 */
struct ntlm_message {
	struct ntlm_session	*s;
	struct ntlm_direction	*dir;
	struct ntlm_stream	*stream;
	enum ntlm_trace_op	op;
	enum ntlm_mode		mode;
	const struct ntlm_seg	*segs;
	unsigned int		nsegs;
	u32			seq;
	u32			total;
	u32			sealed;
	u32			steps;
};

/**
 * struct ntlm_scheme - a way to protect messages
 * @shared: both directions take part in one stream and count together
 * @seals: messages can be encrypted if SEAL was negotiated
 * @counts: messages are numbered here, so that there is a first one
 * @derive: the keys of a direction, whose sender is given; NULL: no keys
 * @admit: may a message have its number?  Changes nothing
 * @plausible: is what the signature of a received message has in clear right?
 *	Changes nothing; afterwards only @same can refuse it
 * @start: prepare the key stream; NULL: it runs on
 * @run: make the signature that the message has to have over the plaintext,
 *	and on the way encrypt or decrypt what is sealed
 * @same: is the signature of a received message the one that @run made?
 * @commit: the message passed: its number is used
 * @undo: it failed: the stream is where it was before @start
 *
 * All but @derive are called under the lock of the stream.
 */
struct ntlm_scheme {
	bool	shared;
	bool	seals;
	bool	counts;
	int	(*derive)(const struct ntlm_session *s,
			  struct ntlm_direction *dir, enum ntlm_role sender,
			  const u8 key[NTLM_SESSION_KEY_SIZE]);
	int	(*admit)(const struct ntlm_message *msg);
	bool	(*plausible)(const struct ntlm_message *msg,
			     const u8 signature[NTLM_SIGNATURE_SIZE]);
	int	(*start)(struct ntlm_message *msg);
	int	(*run)(struct ntlm_message *msg,
		       u8 signature[NTLM_SIGNATURE_SIZE]);
	bool	(*same)(const u8 expected[NTLM_SIGNATURE_SIZE],
			const u8 signature[NTLM_SIGNATURE_SIZE]);
	void	(*commit)(struct ntlm_message *msg);
	void	(*undo)(struct ntlm_message *msg);
};

extern const struct ntlm_scheme ntlm_scheme_ess;
extern const struct ntlm_scheme ntlm_scheme_ess_datagram;
extern const struct ntlm_scheme ntlm_scheme_crc;
extern const struct ntlm_scheme ntlm_scheme_crc_datagram;
extern const struct ntlm_scheme ntlm_scheme_dummy;

const struct ntlm_scheme *
ntlm_scheme_find(const struct ntlm_session_params *params);

void ntlm_message_prefetch(const struct ntlm_message *msg);
void ntlm_message_crypt(struct ntlm_message *msg, u8 *dst, const u8 *src,
			u32 len);

/* Connections: the next number, and a key stream that runs on */
int ntlm_counter_derive(const struct ntlm_session *s,
			struct ntlm_direction *dir, enum ntlm_role sender,
			const u8 key[NTLM_SESSION_KEY_SIZE]);
int ntlm_counter_admit(const struct ntlm_message *msg);
void ntlm_counter_commit(struct ntlm_message *msg);
void ntlm_counter_undo(struct ntlm_message *msg);

/* Datagrams: the caller's number, and a key stream of its own */
int ntlm_datagram_derive(const struct ntlm_session *s,
			 struct ntlm_direction *dir, enum ntlm_role sender,
			 const u8 key[NTLM_SESSION_KEY_SIZE]);
int ntlm_datagram_admit(const struct ntlm_message *msg);
int ntlm_datagram_start(struct ntlm_message *msg);
void ntlm_datagram_commit(struct ntlm_message *msg);
void ntlm_datagram_undo(struct ntlm_message *msg);

#endif /* _NTLM_SCHEME_H */
