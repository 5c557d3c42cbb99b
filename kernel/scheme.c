// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which scheme a session has, and what schemes share: the two kinds of sequence
 * numbers and of key streams.
 *
 * On a connection the key stream runs on from message to message and numbers
 * are counted.  A connectionless session has a number from its caller and a key
 * stream of its own for each message, [MS-NLMP] section 3.4:
 *
 *	RC4Init(handle, MD5(SEALKEY || SeqNum))
 *
 * A number that is used twice for sending would use a key stream twice, so the
 * sending direction remembers its numbers always, the receiving one if replays
 * are to be detected.
 */
#include <linux/cache.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/prefetch.h>
#include <linux/string.h>
#include "compat.h"
#include "scheme.h"

/**
 * ntlm_scheme_find() - how a session protects its messages
 * @params: what was negotiated
 *
 * Context: any.
 * Return: the scheme; NULL: there is no session security.
 */
const struct ntlm_scheme *
ntlm_scheme_find(const struct ntlm_session_params *params)
{
	bool datagram = params->mode == NTLM_MODE_CONNECTIONLESS;
	u32 flags = params->flags;

	if (params->nobody || (flags & NTLM_NEGOTIATE_ANONYMOUS))
		return NULL;
	if (!(flags & (NTLM_NEGOTIATE_SIGN | NTLM_NEGOTIATE_SEAL)))
		return flags & NTLM_NEGOTIATE_ALWAYS_SIGN ?
		       &ntlm_scheme_dummy : NULL;
	if (flags & NTLM_NEGOTIATE_EXTENDED_SESSIONSECURITY)
		return datagram ? &ntlm_scheme_ess_datagram : &ntlm_scheme_ess;
	return datagram ? &ntlm_scheme_crc_datagram : &ntlm_scheme_crc;
}

/**
 * ntlm_message_prefetch() - fetch the RC4 state of a message's stream
 * @msg: message that will use many bytes of it
 *
 * Of many contexts the one of a message is seldom in the cache, and no processor
 * foresees where RC4 goes next in its permutation: all of it is fetched at once,
 * rather than line by line when the key stream comes to it.
 *
 * Context: any.
 */
void ntlm_message_prefetch(const struct ntlm_message *msg)
{
	const u8 *rc4 = (const u8 *)&msg->stream->rc4;
	size_t at;

	for (at = 0; at < sizeof(msg->stream->rc4); at += L1_CACHE_BYTES)
		prefetchw(rc4 + at);
}

/**
 * ntlm_message_crypt() - encrypt or decrypt, and count the steps
 * @msg: message whose key stream is used
 * @dst: @len bytes
 * @src: @len bytes, may be @dst
 * @len: number of bytes
 *
 * Context: process; under the lock of the stream.
 */
void ntlm_message_crypt(struct ntlm_message *msg, u8 *dst, const u8 *src,
			u32 len)
{
	arc4_crypt(&msg->stream->rc4, dst, src, len);
	msg->steps += len;
}

int ntlm_counter_derive(const struct ntlm_session *s,
			struct ntlm_direction *dir, enum ntlm_role sender,
			const u8 key[NTLM_SESSION_KEY_SIZE])
{
	u8 sealkey[NTLM_SESSION_KEY_SIZE];
	int ret;

	ret = ntlm_sealkey(sender, s->flags, key, sealkey);
	if (ret > 0)
		ret = arc4_setkey(&dir->stream.rc4, sealkey, ret);
	memzero_explicit(sealkey, sizeof(sealkey));
	return ret;
}

int ntlm_counter_admit(const struct ntlm_message *msg)
{
	return msg->stream->ended ? -EKEYEXPIRED : 0;
}

void ntlm_counter_commit(struct ntlm_message *msg)
{
	struct ntlm_stream *stream = msg->stream;

	if (stream->seq == U32_MAX)
		stream->ended = true;
	else
		WRITE_ONCE(stream->seq, stream->seq + 1);
}

void ntlm_counter_undo(struct ntlm_message *msg)
{
	ntlm_arc4_rewind(&msg->stream->rc4, msg->steps);
}

int ntlm_datagram_derive(const struct ntlm_session *s,
			 struct ntlm_direction *dir, enum ntlm_role sender,
			 const u8 key[NTLM_SESSION_KEY_SIZE])
{
	int ret;

	ret = ntlm_sealkey(sender, s->flags, key, dir->sealkey);
	if (ret < 0)
		return ret;
	dir->sealkey_len = ret;
	return 0;
}

static bool ntlm_datagram_remembers(const struct ntlm_message *msg)
{
	return msg->dir == &msg->s->send || msg->s->detect;
}

int ntlm_datagram_admit(const struct ntlm_message *msg)
{
	if (!ntlm_datagram_remembers(msg))
		return 0;
	return ntlm_replay_check(&msg->dir->replay, msg->seq);
}

int ntlm_datagram_start(struct ntlm_message *msg)
{
	u8 data[NTLM_SESSION_KEY_SIZE + sizeof(__le32)];
	const struct ntlm_direction *dir = msg->dir;
	u8 key[MD5_DIGEST_SIZE];
	int err;

	memcpy(data, dir->sealkey, dir->sealkey_len);
	put_unaligned_le32(msg->seq, data + dir->sealkey_len);
	err = ntlm_md5(data, dir->sealkey_len + sizeof(__le32), key);
	if (!err)
		err = arc4_setkey(&msg->stream->rc4, key, sizeof(key));
	memzero_explicit(data, sizeof(data));
	memzero_explicit(key, sizeof(key));
	return err;
}

void ntlm_datagram_commit(struct ntlm_message *msg)
{
	if (ntlm_datagram_remembers(msg))
		ntlm_replay_mark(&msg->dir->replay, msg->seq);
}

/* The next message has a key stream of its own. */
void ntlm_datagram_undo(struct ntlm_message *msg)
{
}
