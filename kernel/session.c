// SPDX-License-Identifier: GPL-2.0-only
/*
 * Session security with extended session security over connections,
 * [MS-NLMP] section 3.4: sign, verify, seal, unseal.
 *
 * A direction of a session has an RC4 handle whose key stream runs on from
 * message to message, a signing key, and a counter.  Of a message of n sealed
 * bytes the key stream is used for these bytes first and then, if KEY_EXCH was
 * negotiated, for the 8 bytes of the checksum.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/fips.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "compat.h"
#include "session.h"
#include "trace.h"
#include "walk.h"

#define NTLM_SIGNATURE_VERSION	1
#define NTLM_CHECKSUM_SIZE	8

/* NTLMSSP_MESSAGE_SIGNATURE with extended session security, section 2.2.2.9.2 */
struct ntlm_signature {
	__le32	version;
	u8	checksum[NTLM_CHECKSUM_SIZE];
	__le32	seq;
};

static_assert(sizeof(struct ntlm_signature) == NTLM_SIGNATURE_SIZE);

/* Mutexes grow with lock debugging; the rest is promised to fit a context. */
static_assert(sizeof(struct ntlm_session) - 2 * sizeof(struct mutex) <= 2336);

/**
 * struct ntlm_message - a message on its way through a direction
 * @dir: the direction
 * @op: what is done, for the trace event
 * @segs: segments of the message
 * @nsegs: number of segments
 * @total: bytes of all segments
 * @sealed: bytes of the sealed segments
 * @steps: bytes of key stream that the message has taken
 */
struct ntlm_message {
	struct ntlm_direction	*dir;
	enum ntlm_trace_op	op;
	const struct ntlm_seg	*segs;
	unsigned int		nsegs;
	u32			total;
	u32			sealed;
	u32			steps;
};

/* Steps between two chances for others to run */
#define NTLM_REWIND_CHUNK	4096

/**
 * ntlm_arc4_rewind() - step an RC4 handle backwards
 * @ctx: the handle, as arc4_setkey() and arc4_crypt() keep it
 * @steps: number of bytes of key stream to take back
 *
 * One step of RC4 (i and j are indices into the permutation S)::
 *
 *	i += 1;  j += S[i];  swap S[i] and S[j];  output S[S[i] + S[j]]
 *
 * The output does not change the state, and each of the other three can be
 * undone from what it leaves: the same swap again restores S, then S[i] is
 * what was added to j, and i goes back by one.  So the state before a step
 * follows from the state after it, and no copy of the 1 KiB state is needed to
 * undo a message.
 *
 * arc4_crypt() keeps y = j, but x is the i of the *next* step (arc4_setkey()
 * sets it to 1), so x goes back before the swap, not after it.
 *
 * The handle after the call is the one before the last @steps steps, if there
 * were so many since arc4_setkey().
 *
 * Context: process, may sleep; the caller owns @ctx.
 */
void ntlm_arc4_rewind(struct arc4_ctx *ctx, u32 steps)
{
	u32 *const S = ctx->S;
	u32 x = ctx->x, y = ctx->y, chunk, a;

	while (steps) {
		chunk = min_t(u32, steps, NTLM_REWIND_CHUNK);
		steps -= chunk;
		while (chunk--) {
			x = (x - 1) & 0xff;
			a = S[y];
			S[y] = S[x];
			S[x] = a;
			y = (y - a) & 0xff;
		}
		cond_resched();
	}
	ctx->x = x;
	ctx->y = y;
}
EXPORT_SYMBOL_NTLM_KUNIT(ntlm_arc4_rewind);

static void ntlm_message_crypt(struct ntlm_message *msg, u8 *dst,
			       const u8 *src, u32 len)
{
	arc4_crypt(&msg->dir->rc4, dst, src, len);
	msg->steps += len;
}

/*
 * MAC() of section 3.4.4.2 over the plaintext, and the sealed segments on the
 * way.  The plaintext is the source of what is sent and the destination of
 * what is received.
 */
static int ntlm_message_run(struct ntlm_message *msg, u32 flags,
			    u8 checksum[NTLM_CHECKSUM_SIZE])
{
	bool unseal = msg->op == NTLM_TRACE_UNSEAL;
	__le32 seq = cpu_to_le32(msg->dir->seq);
	u8 digest[MD5_DIGEST_SIZE];
	struct ntlm_walk walk;
	struct ntlm_hmac hmac;
	int err;

	ntlm_hmac_init(&hmac, &msg->dir->sign);
	ntlm_hmac_update(&hmac, &seq, sizeof(seq));

	ntlm_walk_start(&walk, msg->segs, msg->nsegs);
	while (ntlm_walk_next(&walk)) {
		if (walk.dst && unseal) {
			ntlm_message_crypt(msg, walk.dst, walk.src, walk.len);
			ntlm_hmac_update(&hmac, walk.dst, walk.len);
			continue;
		}
		/* In place, the plaintext is gone once it is encrypted. */
		ntlm_hmac_update(&hmac, walk.src, walk.len);
		if (walk.dst)
			ntlm_message_crypt(msg, walk.dst, walk.src, walk.len);
	}

	err = ntlm_hmac_final(&hmac, digest);
	if (err)
		return err;
	memcpy(checksum, digest, NTLM_CHECKSUM_SIZE);
	memzero_explicit(digest, sizeof(digest));
	if (flags & NTLM_NEGOTIATE_KEY_EXCH)
		ntlm_message_crypt(msg, checksum, checksum, NTLM_CHECKSUM_SIZE);
	return 0;
}

/* Leave the direction as it was before the message, and nothing in its output. */
static void ntlm_message_undo(struct ntlm_message *msg)
{
	ntlm_arc4_rewind(&msg->dir->rc4, msg->steps);
	ntlm_segs_zero(msg->segs, msg->nsegs);
}

static void ntlm_message_done(struct ntlm_message *msg)
{
	struct ntlm_direction *dir = msg->dir;

	if (dir->seq == U32_MAX)
		dir->ended = true;
	else
		WRITE_ONCE(dir->seq, dir->seq + 1);
	WRITE_ONCE(dir->messages, dir->messages + 1);
}

/* What does not depend on the state of the direction. */
static int ntlm_message_check(const struct ntlm_session *s,
			      struct ntlm_message *msg)
{
	bool seal = msg->op == NTLM_TRACE_SEAL || msg->op == NTLM_TRACE_UNSEAL;

	if (!(s->flags & (NTLM_NEGOTIATE_SIGN | NTLM_NEGOTIATE_SEAL)))
		return -ENOKEY;
	if (seal && !(s->flags & NTLM_NEGOTIATE_SEAL))
		return -EOPNOTSUPP;
	return ntlm_segs_check(msg->segs, msg->nsegs, seal, &msg->total,
			       &msg->sealed);
}

static int ntlm_session_protect(struct ntlm_session *s, enum ntlm_trace_op op,
				const struct ntlm_seg *segs, unsigned int nsegs,
				u8 signature[NTLM_SIGNATURE_SIZE])
{
	struct ntlm_message msg = {
		.dir = &s->send, .op = op, .segs = segs, .nsegs = nsegs,
	};
	struct ntlm_signature sig = {
		.version = cpu_to_le32(NTLM_SIGNATURE_VERSION),
	};
	u32 seq = READ_ONCE(s->send.seq);
	int err;

	might_sleep();
	err = ntlm_message_check(s, &msg);
	if (err)
		goto out;

	mutex_lock(&s->send.lock);
	seq = s->send.seq;
	if (s->send.ended) {
		err = -EKEYEXPIRED;
		goto unlock;
	}
	err = ntlm_message_run(&msg, s->flags, sig.checksum);
	if (err) {
		ntlm_message_undo(&msg);
		goto unlock;
	}
	sig.seq = cpu_to_le32(seq);
	memcpy(signature, &sig, sizeof(sig));
	ntlm_message_done(&msg);
unlock:
	mutex_unlock(&s->send.lock);
out:
	trace_ntlm_message(s->id, op, seq, msg.total, msg.sealed, err);
	return err;
}

static int ntlm_session_check(struct ntlm_session *s, enum ntlm_trace_op op,
			      const struct ntlm_seg *segs, unsigned int nsegs,
			      const u8 signature[NTLM_SIGNATURE_SIZE])
{
	struct ntlm_message msg = {
		.dir = &s->recv, .op = op, .segs = segs, .nsegs = nsegs,
	};
	u8 expected[NTLM_CHECKSUM_SIZE];
	u32 seq = READ_ONCE(s->recv.seq);
	struct ntlm_signature sig;
	int err;

	might_sleep();
	err = ntlm_message_check(s, &msg);
	if (err)
		goto out;

	/* A copy: in place it could change between the checks. */
	memcpy(&sig, signature, sizeof(sig));

	mutex_lock(&s->recv.lock);
	seq = s->recv.seq;
	if (s->recv.ended) {
		err = -EKEYEXPIRED;
		goto unlock;
	}
	if (le32_to_cpu(sig.version) != NTLM_SIGNATURE_VERSION ||
	    le32_to_cpu(sig.seq) != seq) {
		err = -EBADMSG;
		goto undo;
	}
	err = ntlm_message_run(&msg, s->flags, expected);
	if (err)
		goto undo;
	if (crypto_memneq(sig.checksum, expected, sizeof(expected))) {
		err = -EBADMSG;
		goto undo;
	}
	ntlm_message_done(&msg);
	goto unlock;
undo:
	ntlm_message_undo(&msg);
	if (err == -EBADMSG)
		WRITE_ONCE(s->recv.rejected, s->recv.rejected + 1);
unlock:
	mutex_unlock(&s->recv.lock);
	/* The right checksum of a refused message is a forger's wish. */
	memzero_explicit(expected, sizeof(expected));
out:
	trace_ntlm_message(s->id, op, seq, msg.total, msg.sealed, err);
	return err;
}

/**
 * ntlm_session_sign() - sign a message to the peer
 * @s: the session
 * @segs: @nsegs segments, none with NTLM_SEG_SEAL
 * @nsegs: number of segments, may be 0
 * @signature: the signature, 16 bytes outside of the segments; written on
 *	success only
 *
 * GSS_GetMICEx(), [MS-NLMP] sections 3.4.4.2 and 3.4.8.  Available with SIGN or
 * SEAL negotiated; the signature takes the next sequence number of the
 * sending direction, as sealed messages do.
 *
 * Context: process, may sleep.  Takes the lock of the sending direction:
 * messages get their numbers in the order in which callers get it, so who
 * must put them on the wire in that order holds a lock of his own around both.
 * Allocates nothing.
 * Return: 0; -ENOKEY: no session security; -EINVAL, -EMSGSIZE: see
 * ntlm_segs_check(); -EKEYEXPIRED: all 2^32 numbers are used; any other
 * error of the hash driver, after which nothing has changed.
 */
int ntlm_session_sign(struct ntlm_session *s, const struct ntlm_seg *segs,
		      unsigned int nsegs, u8 signature[NTLM_SIGNATURE_SIZE])
{
	return ntlm_session_protect(s, NTLM_TRACE_SIGN, segs, nsegs, signature);
}
EXPORT_SYMBOL_NTLM_KUNIT(ntlm_session_sign);

/**
 * ntlm_session_seal() - seal and sign a message to the peer
 * @s: the session
 * @segs: @nsegs segments; the ones with NTLM_SEG_SEAL are encrypted from their
 *	@src to their @dst, all are signed
 * @nsegs: number of segments, may be 0
 * @signature: the signature, 16 bytes outside of the segments; written on
 *	success only
 *
 * GSS_WrapEx(), [MS-NLMP] sections 3.4.3, 3.4.4.2 and 3.4.6.
 *
 * Context: process, may sleep.  Takes the lock of the sending direction, see
 * ntlm_session_sign().  Allocates nothing.
 * Return: 0; -ENOKEY: no session security; -EOPNOTSUPP: SEAL was not
 * negotiated; -EINVAL, -EMSGSIZE: see ntlm_segs_check(); -EKEYEXPIRED: all
 * 2^32 numbers are used; any other error of the hash driver, after which the
 * destinations are zero and nothing else has changed.
 */
int ntlm_session_seal(struct ntlm_session *s, const struct ntlm_seg *segs,
		      unsigned int nsegs, u8 signature[NTLM_SIGNATURE_SIZE])
{
	return ntlm_session_protect(s, NTLM_TRACE_SEAL, segs, nsegs, signature);
}
EXPORT_SYMBOL_NTLM_KUNIT(ntlm_session_seal);

/**
 * ntlm_session_verify() - verify a signed message from the peer
 * @s: the session
 * @segs: @nsegs segments, none with NTLM_SEG_SEAL
 * @nsegs: number of segments, may be 0
 * @signature: the signature that came with the message, 16 bytes
 *
 * GSS_VerifyMICEx(), [MS-NLMP] sections 3.4.4.2 and 3.4.9.  A message that
 * fails leaves the session as it was, so the right one is still accepted.
 *
 * Context: process, may sleep.  Takes the lock of the receiving direction;
 * messages must be given in the order in which the peer numbered them.
 * Allocates nothing.
 * Return: 0; -EBADMSG: wrong version, number or checksum; -ENOKEY: no session
 * security; -EINVAL, -EMSGSIZE: see ntlm_segs_check(); -EKEYEXPIRED: all 2^32
 * numbers are used; any other error of the hash driver, after which nothing
 * has changed.
 */
int ntlm_session_verify(struct ntlm_session *s, const struct ntlm_seg *segs,
			unsigned int nsegs,
			const u8 signature[NTLM_SIGNATURE_SIZE])
{
	return ntlm_session_check(s, NTLM_TRACE_VERIFY, segs, nsegs, signature);
}
EXPORT_SYMBOL_NTLM_KUNIT(ntlm_session_verify);

/**
 * ntlm_session_unseal() - decrypt and verify a message from the peer
 * @s: the session
 * @segs: @nsegs segments; the ones with NTLM_SEG_SEAL are decrypted from their
 *	@src to their @dst
 * @nsegs: number of segments, may be 0
 * @signature: the signature that came with the message, 16 bytes
 *
 * GSS_UnwrapEx(), [MS-NLMP] sections 3.4.4.2 and 3.4.7.  A message that is
 * refused with -EBADMSG leaves the session as it was and the destinations of its
 * sealed segments zero; in place, the ciphertext is lost.
 *
 * Context: process, may sleep.  Takes the lock of the receiving direction;
 * messages must be given in the order in which the peer numbered them.
 * Allocates nothing.
 * Return: 0; -EBADMSG: wrong version, number or checksum; -ENOKEY: no session
 * security; -EOPNOTSUPP: SEAL was not negotiated; -EINVAL, -EMSGSIZE: see
 * ntlm_segs_check(); -EKEYEXPIRED: all 2^32 numbers are used; any other error
 * of the hash driver, after which the destinations are zero and nothing else
 * has changed.
 */
int ntlm_session_unseal(struct ntlm_session *s, const struct ntlm_seg *segs,
			unsigned int nsegs,
			const u8 signature[NTLM_SIGNATURE_SIZE])
{
	return ntlm_session_check(s, NTLM_TRACE_UNSEAL, segs, nsegs, signature);
}
EXPORT_SYMBOL_NTLM_KUNIT(ntlm_session_unseal);

static int ntlm_direction_init(struct ntlm_direction *dir,
			       enum ntlm_role sender, u32 flags,
			       const u8 key[NTLM_SESSION_KEY_SIZE])
{
	u8 derived[NTLM_SESSION_KEY_SIZE];
	int err;

	err = ntlm_signkey(sender, key, derived);
	if (!err)
		err = ntlm_hmac_prepare(&dir->sign, derived);
	if (!err)
		err = ntlm_sealkey(sender, flags, key, derived);
	if (!err)
		err = arc4_setkey(&dir->rc4, derived, sizeof(derived));
	memzero_explicit(derived, sizeof(derived));
	if (err)
		return err;
	mutex_init(&dir->lock);
	return 0;
}

/**
 * ntlm_session_init() - derive the keys of an established context
 * @s: the session; its former content does not matter
 * @id: id of the context, for trace events
 * @role: the own side
 * @flags: negotiated NTLM_NEGOTIATE_*.  With ANONYMOUS, or with neither SIGN
 *	nor SEAL, there is no session security, and that is no error
 * @key: ExportedSessionKey, 16 bytes; not kept
 *
 * [MS-NLMP] sections 3.4.5.2 and 3.4.5.3.
 *
 * Context: process, may sleep.  Nobody else may know @s yet; who publishes it
 * does so with a release that its users pair with.
 * Return: 0; -EOPNOTSUPP: SIGN or SEAL without extended session security or
 * with DATAGRAM; an error of the crypto drivers.  On error there
 * is no session security.
 */
int ntlm_session_init(struct ntlm_session *s, u32 id, enum ntlm_role role,
		      u32 flags, const u8 key[NTLM_SESSION_KEY_SIZE])
{
	enum ntlm_role peer = role == NTLM_ROLE_INITIATOR ?
			      NTLM_ROLE_ACCEPTOR : NTLM_ROLE_INITIATOR;
	int err;

	memset(s, 0, sizeof(*s));
	s->id = id;
	if (flags & NTLM_NEGOTIATE_ANONYMOUS)
		return 0;
	if (!(flags & (NTLM_NEGOTIATE_SIGN | NTLM_NEGOTIATE_SEAL)))
		return 0;
	if (!(flags & NTLM_NEGOTIATE_EXTENDED_SESSIONSECURITY))
		return -EOPNOTSUPP;
	if (flags & NTLM_NEGOTIATE_DATAGRAM)
		return -EOPNOTSUPP;

	err = ntlm_direction_init(&s->send, role, flags, key);
	if (!err)
		err = ntlm_direction_init(&s->recv, peer, flags, key);
	if (err) {
		memzero_explicit(s, sizeof(*s));
		return err;
	}
	s->flags = flags;
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
	if (s->flags) {
		mutex_destroy(&s->send.lock);
		mutex_destroy(&s->recv.lock);
	}
	memzero_explicit(s, sizeof(*s));
}
EXPORT_SYMBOL_NTLM_KUNIT(ntlm_session_wipe);

/* HMAC-MD5, test case 1 of RFC 2202 */
static int __init ntlm_hmac_selftest(void)
{
	static const u8 expected[MD5_DIGEST_SIZE] __initconst = {
		0x92, 0x94, 0x72, 0x7a, 0x36, 0x38, 0xbb, 0x1c,
		0x13, 0xf4, 0x8e, 0xf8, 0x15, 0x8b, 0xfc, 0x9d,
	};
	u8 raw[NTLM_HMAC_KEY_SIZE], digest[MD5_DIGEST_SIZE];
	struct ntlm_hmac_key key;
	struct ntlm_hmac hmac;
	int err;

	memset(raw, 0x0b, sizeof(raw));
	err = ntlm_hmac_prepare(&key, raw);
	if (err)
		return err;
	ntlm_hmac_init(&hmac, &key);
	ntlm_hmac_update(&hmac, "Hi There", 8);
	err = ntlm_hmac_final(&hmac, digest);
	if (err)
		return err;
	return memcmp(digest, expected, sizeof(digest)) ? -EOPNOTSUPP : 0;
}

/* ntlm_arc4_rewind() knows how the RC4 library keeps its state. */
static int __init ntlm_arc4_selftest(void)
{
	static const u8 key[] __initconst = { 1, 2, 3, 4, 5 };
	struct {
		struct arc4_ctx	fresh;
		struct arc4_ctx	used;
		u8		bytes[600];
	} *t;
	int err;

	t = kzalloc(sizeof(*t), GFP_KERNEL);
	if (!t)
		return -ENOMEM;
	err = arc4_setkey(&t->fresh, key, sizeof(key));
	if (err)
		goto out;
	t->used = t->fresh;
	arc4_crypt(&t->used, t->bytes, t->bytes, sizeof(t->bytes));
	ntlm_arc4_rewind(&t->used, sizeof(t->bytes));
	if (memcmp(&t->fresh, &t->used, sizeof(t->fresh)))
		err = -EOPNOTSUPP;
out:
	kfree(t);
	return err;
}

/**
 * ntlm_crypto_init() - get the algorithms and check that they are as expected
 *
 * Messages rely on the inside of the MD5 and RC4 states of the kernel, so a
 * kernel where they are different must not load the module.  In FIPS mode
 * nothing is checked and no session can be initialised.
 *
 * Context: process, at module load.
 * Return: 0; -EOPNOTSUPP: a state is not as expected; -ENOENT: no MD5; -ENOMEM.
 */
int __init ntlm_crypto_init(void)
{
	int err;

	err = ntlm_hmac_setup();
	if (err || fips_enabled)
		return err;
	err = ntlm_hmac_selftest();
	if (!err)
		err = ntlm_arc4_selftest();
	if (err) {
		pr_err("the MD5 or RC4 of this kernel is not as expected: %d\n",
		       err);
		ntlm_hmac_teardown();
	}
	return err;
}

/**
 * ntlm_crypto_exit() - give the algorithms back
 *
 * Context: process, at module unload; there is no session any more.
 */
void ntlm_crypto_exit(void)
{
	ntlm_hmac_teardown();
}
