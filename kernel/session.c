// SPDX-License-Identifier: GPL-2.0-only
/*
 * Session security, [MS-NLMP] section 3.4: sign, verify, seal, unseal, and the
 * mechListMIC of SPNEGO.  How a message is protected is in scheme_*.c.
 */
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/fips.h>
#include <linux/string.h>
#include "compat.h"
#include "scheme.h"
#include "trace.h"
#include "walk.h"

/* Mutexes grow with lock debugging; the rest is promised to fit a context. */
static_assert(sizeof(struct ntlm_direction) - sizeof(struct mutex) <= 1184);

static bool ntlm_message_seals(const struct ntlm_message *msg)
{
	return msg->op == NTLM_TRACE_SEAL || msg->op == NTLM_TRACE_UNSEAL;
}

static bool ntlm_message_is_mic(const struct ntlm_message *msg)
{
	return msg->op == NTLM_TRACE_MAKE_MIC ||
	       msg->op == NTLM_TRACE_CHECK_MIC;
}

static void ntlm_message_begin(struct ntlm_message *msg,
			       struct ntlm_direction *dir)
{
	struct ntlm_session *s = msg->s;
	bool shared = s->scheme && s->scheme->shared;

	might_sleep();
	msg->dir = dir;
	msg->stream = shared ? &s->send.stream : &dir->stream;
	if (msg->mode == NTLM_MODE_CONNECTION)
		msg->seq = READ_ONCE(msg->stream->seq);
}

/* What does not depend on the state of the stream. */
static int ntlm_message_check(struct ntlm_message *msg)
{
	const struct ntlm_session *s = msg->s;
	bool seals = ntlm_message_seals(msg);

	if (msg->mode != s->mode)
		return -EINVAL;
	if (!s->scheme)
		return -ENOKEY;
	if (seals && !(s->scheme->seals && s->flags & NTLM_NEGOTIATE_SEAL))
		return -EOPNOTSUPP;
	if (ntlm_message_is_mic(msg) && !s->scheme->counts)
		return -EOPNOTSUPP;
	return ntlm_segs_check(msg->segs, msg->nsegs, seals, &msg->total,
			       &msg->sealed);
}

/* The stream is the message's own from here to ntlm_message_release(). */
static int ntlm_message_claim(struct ntlm_message *msg)
{
	struct ntlm_stream *stream = msg->stream;

	/* Not from under a processor that is sealing with it. */
	if (ntlm_message_seals(msg) && !mutex_is_locked(&stream->lock))
		ntlm_message_prefetch(msg);
	mutex_lock(&stream->lock);
	if (msg->mode == NTLM_MODE_CONNECTION)
		msg->seq = stream->seq;
	/* A second mechListMIC, or one after messages, would be out of step. */
	if (ntlm_message_is_mic(msg) &&
	    (msg->dir->mic || stream->seq != stream->mics))
		return -EPROTO;
	return msg->s->scheme->admit(msg);
}

static void ntlm_message_release(struct ntlm_message *msg)
{
	mutex_unlock(&msg->stream->lock);
}

/* The signature that the message has to have, and what is sealed on the way. */
static int ntlm_message_run(struct ntlm_message *msg,
			    u8 signature[NTLM_SIGNATURE_SIZE])
{
	const struct ntlm_scheme *scheme = msg->s->scheme;
	int err = 0;

	if (scheme->start)
		err = scheme->start(msg);
	return err ?: scheme->run(msg, signature);
}

/*
 * [MS-SPNG] section 3.3.5.1: after a mechListMIC the key stream begins anew, and
 * the numbers go on.
 */
static void ntlm_message_commit(struct ntlm_message *msg)
{
	const struct ntlm_scheme *scheme = msg->s->scheme;
	struct ntlm_direction *dir = msg->dir;

	scheme->commit(msg);
	if (ntlm_message_is_mic(msg)) {
		scheme->undo(msg);
		msg->stream->mics++;
		dir->mic = true;
		return;
	}
	WRITE_ONCE(dir->messages, dir->messages + 1);
}

/* Leave the stream as it was before the message, and nothing in its output. */
static void ntlm_message_undo(struct ntlm_message *msg)
{
	msg->s->scheme->undo(msg);
	ntlm_segs_zero(msg->segs, msg->nsegs);
}

static int ntlm_message_protect(struct ntlm_message *msg,
				u8 signature[NTLM_SIGNATURE_SIZE])
{
	u8 made[NTLM_SIGNATURE_SIZE];
	int err;

	err = ntlm_message_claim(msg);
	if (err)
		goto release;
	err = ntlm_message_run(msg, made);
	if (err) {
		ntlm_message_undo(msg);
		goto release;
	}
	memcpy(signature, made, sizeof(made));
	ntlm_message_commit(msg);
release:
	ntlm_message_release(msg);
	return err;
}

static int ntlm_message_verify(struct ntlm_message *msg,
			       const u8 signature[NTLM_SIGNATURE_SIZE])
{
	const struct ntlm_scheme *scheme = msg->s->scheme;
	u8 sig[NTLM_SIGNATURE_SIZE], expected[NTLM_SIGNATURE_SIZE];
	struct ntlm_direction *dir = msg->dir;
	int err;

	/* A copy: in place it could change between the checks. */
	memcpy(sig, signature, sizeof(sig));

	err = ntlm_message_claim(msg);
	if (err)
		goto undo;
	err = -EBADMSG;
	if (!scheme->plausible(msg, sig))
		goto undo;
	err = ntlm_message_run(msg, expected);
	if (err)
		goto undo;
	err = -EBADMSG;
	if (!scheme->same(expected, sig))
		goto undo;
	ntlm_message_commit(msg);
	err = 0;
	goto release;
undo:
	ntlm_message_undo(msg);
	if (err == -EBADMSG)
		WRITE_ONCE(dir->rejected, dir->rejected + 1);
release:
	ntlm_message_release(msg);
	/* The right checksum of a refused message is a forger's wish. */
	memzero_explicit(expected, sizeof(expected));
	return err;
}

static int ntlm_message_send(struct ntlm_message *msg,
			     u8 signature[NTLM_SIGNATURE_SIZE])
{
	int err;

	ntlm_message_begin(msg, &msg->s->send);
	err = ntlm_message_check(msg);
	if (!err)
		err = ntlm_message_protect(msg, signature);
	trace_ntlm_message(msg->s->id, msg->op, msg->seq, msg->total,
			   msg->sealed, err);
	return err;
}

static int ntlm_message_receive(struct ntlm_message *msg,
				const u8 signature[NTLM_SIGNATURE_SIZE])
{
	int err;

	ntlm_message_begin(msg, &msg->s->recv);
	err = ntlm_message_check(msg);
	if (!err)
		err = ntlm_message_verify(msg, signature);
	trace_ntlm_message(msg->s->id, msg->op, msg->seq, msg->total,
			   msg->sealed, err);
	return err;
}

/*
 * The functions for messages are documented where clients call them, in message.c:
 * ntlm_session_sign() is what ntlm_sign() does with the session of its context.
 */

int ntlm_session_sign(struct ntlm_session *s, const struct ntlm_seg *segs,
		      unsigned int nsegs, u8 signature[NTLM_SIGNATURE_SIZE])
{
	struct ntlm_message msg = {
		.s = s, .op = NTLM_TRACE_SIGN, .mode = NTLM_MODE_CONNECTION,
		.segs = segs, .nsegs = nsegs,
	};

	return ntlm_message_send(&msg, signature);
}
EXPORT_SYMBOL_NTLM_KUNIT(ntlm_session_sign);

int ntlm_session_seal(struct ntlm_session *s, const struct ntlm_seg *segs,
		      unsigned int nsegs, u8 signature[NTLM_SIGNATURE_SIZE])
{
	struct ntlm_message msg = {
		.s = s, .op = NTLM_TRACE_SEAL, .mode = NTLM_MODE_CONNECTION,
		.segs = segs, .nsegs = nsegs,
	};

	return ntlm_message_send(&msg, signature);
}
EXPORT_SYMBOL_NTLM_KUNIT(ntlm_session_seal);

int ntlm_session_verify(struct ntlm_session *s, const struct ntlm_seg *segs,
			unsigned int nsegs,
			const u8 signature[NTLM_SIGNATURE_SIZE])
{
	struct ntlm_message msg = {
		.s = s, .op = NTLM_TRACE_VERIFY, .mode = NTLM_MODE_CONNECTION,
		.segs = segs, .nsegs = nsegs,
	};

	return ntlm_message_receive(&msg, signature);
}
EXPORT_SYMBOL_NTLM_KUNIT(ntlm_session_verify);

int ntlm_session_unseal(struct ntlm_session *s, const struct ntlm_seg *segs,
			unsigned int nsegs,
			const u8 signature[NTLM_SIGNATURE_SIZE])
{
	struct ntlm_message msg = {
		.s = s, .op = NTLM_TRACE_UNSEAL, .mode = NTLM_MODE_CONNECTION,
		.segs = segs, .nsegs = nsegs,
	};

	return ntlm_message_receive(&msg, signature);
}
EXPORT_SYMBOL_NTLM_KUNIT(ntlm_session_unseal);

int ntlm_session_sign_datagram(struct ntlm_session *s, u32 seq,
			       const struct ntlm_seg *segs, unsigned int nsegs,
			       u8 signature[NTLM_SIGNATURE_SIZE])
{
	struct ntlm_message msg = {
		.s = s, .op = NTLM_TRACE_SIGN, .mode = NTLM_MODE_CONNECTIONLESS,
		.segs = segs, .nsegs = nsegs, .seq = seq,
	};

	return ntlm_message_send(&msg, signature);
}
EXPORT_SYMBOL_NTLM_KUNIT(ntlm_session_sign_datagram);

int ntlm_session_seal_datagram(struct ntlm_session *s, u32 seq,
			       const struct ntlm_seg *segs, unsigned int nsegs,
			       u8 signature[NTLM_SIGNATURE_SIZE])
{
	struct ntlm_message msg = {
		.s = s, .op = NTLM_TRACE_SEAL, .mode = NTLM_MODE_CONNECTIONLESS,
		.segs = segs, .nsegs = nsegs, .seq = seq,
	};

	return ntlm_message_send(&msg, signature);
}
EXPORT_SYMBOL_NTLM_KUNIT(ntlm_session_seal_datagram);

int ntlm_session_verify_datagram(struct ntlm_session *s, u32 seq,
				 const struct ntlm_seg *segs,
				 unsigned int nsegs,
				 const u8 signature[NTLM_SIGNATURE_SIZE])
{
	struct ntlm_message msg = {
		.s = s, .op = NTLM_TRACE_VERIFY, .mode = NTLM_MODE_CONNECTIONLESS,
		.segs = segs, .nsegs = nsegs, .seq = seq,
	};

	return ntlm_message_receive(&msg, signature);
}
EXPORT_SYMBOL_NTLM_KUNIT(ntlm_session_verify_datagram);

int ntlm_session_unseal_datagram(struct ntlm_session *s, u32 seq,
				 const struct ntlm_seg *segs,
				 unsigned int nsegs,
				 const u8 signature[NTLM_SIGNATURE_SIZE])
{
	struct ntlm_message msg = {
		.s = s, .op = NTLM_TRACE_UNSEAL, .mode = NTLM_MODE_CONNECTIONLESS,
		.segs = segs, .nsegs = nsegs, .seq = seq,
	};

	return ntlm_message_receive(&msg, signature);
}
EXPORT_SYMBOL_NTLM_KUNIT(ntlm_session_unseal_datagram);

/**
 * ntlm_session_make_mic() - the own mechListMIC of SPNEGO
 * @s: the session
 * @data: @len bytes, the DER of MechTypeList
 * @len: number of bytes
 * @signature: the signature, 16 bytes; written on success only
 *
 * [MS-SPNG] section 3.3.5.1, [RFC4178] section 5.  The signature takes the
 * first number of the sending direction, 0.  Afterwards the RC4 handle is as it
 * was at the beginning, and the numbers go on with 1.
 *
 * Without extended session security both directions have one handle and one
 * counter, so the first mechListMIC, which is the initiator's, has number 0, the
 * other one, the acceptor's, 1, the handle is as at the beginning after
 * each, and the first message has number 2 if both were made.  An acceptor
 * therefore checks the peer's before it makes its own.
 *
 * It is not counted as a message.
 *
 * Context: process, may sleep.  Takes the lock of the sending direction, as
 * ntlm_sign() does.
 * Return: 0; -EPROTO: the direction has a mechListMIC already, or messages were
 * protected or verified; -EOPNOTSUPP: neither SIGN nor SEAL was negotiated, so
 * there is none; otherwise as ntlm_sign().
 */
int ntlm_session_make_mic(struct ntlm_session *s, const void *data, size_t len,
			  u8 signature[NTLM_SIGNATURE_SIZE])
{
	struct ntlm_seg seg = { .src.data = (void *)data, .len = len };
	struct ntlm_message msg = {
		.s = s, .op = NTLM_TRACE_MAKE_MIC,
		.mode = NTLM_MODE_CONNECTION, .segs = &seg, .nsegs = 1,
	};

	return ntlm_message_send(&msg, signature);
}
EXPORT_SYMBOL_NTLM_KUNIT(ntlm_session_make_mic);

/**
 * ntlm_session_check_mic() - the peer's mechListMIC of SPNEGO
 * @s: the session
 * @data: @len bytes, the DER of MechTypeList
 * @len: number of bytes
 * @signature: the peer's signature, 16 bytes
 *
 * The counterpart of ntlm_session_make_mic() in the receiving direction.  After
 * a refused one the session is as it was.
 *
 * Context: process, may sleep.  Takes the lock of the receiving direction, as
 * ntlm_verify() does.
 * Return: 0; -EBADMSG: wrong version, number or checksum; otherwise as
 * ntlm_session_make_mic().
 */
int ntlm_session_check_mic(struct ntlm_session *s, const void *data, size_t len,
			   const u8 signature[NTLM_SIGNATURE_SIZE])
{
	struct ntlm_seg seg = { .src.data = (void *)data, .len = len };
	struct ntlm_message msg = {
		.s = s, .op = NTLM_TRACE_CHECK_MIC,
		.mode = NTLM_MODE_CONNECTION, .segs = &seg, .nsegs = 1,
	};

	return ntlm_message_receive(&msg, signature);
}
EXPORT_SYMBOL_NTLM_KUNIT(ntlm_session_check_mic);

static int ntlm_session_derive(struct ntlm_session *s,
			       const struct ntlm_scheme *scheme,
			       enum ntlm_role role,
			       const u8 key[NTLM_SESSION_KEY_SIZE])
{
	enum ntlm_role peer = role == NTLM_ROLE_INITIATOR ?
			      NTLM_ROLE_ACCEPTOR : NTLM_ROLE_INITIATOR;
	int err;

	if (!scheme->derive)
		return 0;
	err = scheme->derive(s, &s->send, role, key);
	if (!err && !scheme->shared)
		err = scheme->derive(s, &s->recv, peer, key);
	return err;
}

/**
 * ntlm_session_init() - derive the keys of an established context
 * @s: the session; its former content does not matter
 * @params: what was negotiated; nobody, or none of SIGN, SEAL and ALWAYS_SIGN,
 *	is no session security, and that is no error
 * @key: ExportedSessionKey, 16 bytes; not kept
 *
 * [MS-NLMP] sections 3.4.5.2 and 3.4.5.3.  Whether what was negotiated is good
 * enough is not asked here.
 *
 * Context: process, may sleep.  Nobody else may know @s yet; who publishes it
 * does so with a release that its users pair with.
 * Return: 0; -EINVAL: DATAGRAM on a connection or its lack without one;
 * -EOPNOTSUPP: FIPS mode; an error of the crypto drivers.  On error there is no
 * session security.
 */
int ntlm_session_init(struct ntlm_session *s,
		      const struct ntlm_session_params *params,
		      const u8 key[NTLM_SESSION_KEY_SIZE])
{
	bool datagram = params->mode == NTLM_MODE_CONNECTIONLESS;
	const struct ntlm_scheme *scheme;
	int err;

	memset(s, 0, sizeof(*s));
	s->id = params->id;
	s->mode = params->mode;
	scheme = ntlm_scheme_find(params);
	if (!scheme)
		return 0;
	if (datagram != !!(params->flags & NTLM_NEGOTIATE_DATAGRAM))
		return -EINVAL;
	if (fips_enabled)
		return -EOPNOTSUPP;

	s->flags = params->flags;
	s->detect = params->replay;
	err = ntlm_session_derive(s, scheme, params->role, key);
	if (err) {
		memzero_explicit(s, sizeof(*s));
		return err;
	}
	mutex_init(&s->send.stream.lock);
	mutex_init(&s->recv.stream.lock);
	s->scheme = scheme;
	return 0;
}
EXPORT_SYMBOL_NTLM_KUNIT(ntlm_session_init);

/**
 * ntlm_session_wipe() - forget all keys
 * @s: the session, initialised or all zeros; all zeros afterwards
 *
 * Context: any; nobody uses the session.
 */
void ntlm_session_wipe(struct ntlm_session *s)
{
	if (s->scheme) {
		mutex_destroy(&s->send.stream.lock);
		mutex_destroy(&s->recv.stream.lock);
	}
	memzero_explicit(s, sizeof(*s));
}
EXPORT_SYMBOL_NTLM_KUNIT(ntlm_session_wipe);
