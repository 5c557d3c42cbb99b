/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * NTLM security contexts for protocols in the kernel, clients and servers.
 *
 * A client creates a context, carries the tokens of ntlm_ctx_exchange() in its
 * own messages until the context is established, reports what the server said
 * with ntlm_ctx_report(), and then protects its messages with ntlm_sign(),
 * ntlm_seal() and their counterparts.  A server does the same with the role of
 * an acceptor, asks ntlm_ctx_ntstatus() what to tell the client, and
 * ntlm_ctx_identity() who that is.  The authentication itself is done by a
 * helper in user space (ntlmd); no password or hash enters the kernel.
 */
#ifndef _LINUX_NTLM_H
#define _LINUX_NTLM_H

#include <linux/bvec.h>
#include <linux/types.h>
#include <linux/uidgid.h>
#include <uapi/linux/ntlm.h>

struct net;
struct ntlm_ctx;

/* Key of a context that the client never asked to be weaker, in bits */
#define NTLM_DEFAULT_KEY_BITS	128

/**
 * struct ntlm_ctx_params - what a client or server wants of a context
 * @net: network namespace whose helper is asked; the caller holds a reference
 *	during the call, none is kept
 * @uid: whose credentials are wanted; of an acceptor, who runs the server
 * @role: side of the exchange
 * @mode: NTLM_MODE_CONNECTIONLESS for the option Datagram of [MS-NLMP] section
 *	3.1.1.2: there is no NEGOTIATE_MESSAGE, and messages carry numbers that the
 *	caller gives to ntlm_sign_datagram() and its counterparts
 * @target: SPN "service/host" in UTF-8; at most NTLM_MAX_NAME bytes.  Of an
 *	initiator with the host as the user named it, never from DNS; of an
 *	acceptor its own
 * @target_unverified: the target was named by a server (referral) and not by
 *	a user; sent as MsvAvFlags 0x4 and left to the helper's policy
 * @user: wanted user in UTF-8, or NULL for the helper's choice
 * @domain: wanted domain in UTF-8, or NULL for the helper's choice
 * @required: NTLM_OPT_* without which the exchange fails
 * @wished: NTLM_OPT_* that are asked for and may be refused by the peer
 * @min_key_bits: weakest key of session security to accept, 40, 56 or 128; 0
 *	means 128.  It is about messages that are signed or sealed here ([MS-NLMP]
 *	section 3.4.5.3) and is not asked if neither SIGN nor SEAL was negotiated;
 *	the key of ntlm_ctx_session_key() has 128 bits in any case
 * @allow_legacy: session security without EXTENDED_SESSIONSECURITY is
 *	acceptable, whose CRC32 signatures protect little, if the helper's policy
 *	says so as well; not asked if neither SIGN nor SEAL was negotiated
 * @spnego: the tokens are those of SPNEGO ([MS-SPNG], [RFC4178]) around NTLM
 * @channel_bindings: NTLM_CHANNEL_BINDINGS_SIZE bytes (MsvAvChannelBindings),
 *	or NULL for none.  With NTLM_OPT_CHANNEL_BINDINGS in @wished only, an
 *	initiator sends them if it can, and an acceptor compares what the client
 *	supplied; otherwise an initiator fails if it cannot send them, and an
 *	acceptor if the client supplied none
 * @timeout_ms: longest time that one step of the exchange waits for the
 *	helper, in milliseconds, at most a day; 0 means 10 seconds
 */
struct ntlm_ctx_params {
	struct net	*net;
	kuid_t		uid;
	enum ntlm_role	role;
	enum ntlm_mode	mode;
	const char	*target;
	bool		target_unverified;
	const char	*user;
	const char	*domain;
	u32		required;
	u32		wished;
	unsigned int	min_key_bits;
	bool		allow_legacy;
	bool		spnego;
	const u8	*channel_bindings;
	unsigned int	timeout_ms;
};

/**
 * struct ntlm_identity - whom an acceptor let in
 * @user: as the client named itself, or as its domain names it; empty if it is
 *	anonymous.  With NTLM_IDENTITY_GUEST a claim that nobody believes
 * @domain: likewise
 * @workstation: as the client named itself; nobody vouches for it
 * @flags: NTLM_IDENTITY_*
 * @anonymous: nobody logged on
 * @nsids: number of @sids, 0 where the account database knows none, and if it
 *	is anonymous
 * @sids: texts "S-1-...", the user's first, then those of groups
 */
struct ntlm_identity {
	const char		*user;
	const char		*domain;
	const char		*workstation;
	u32			flags;
	bool			anonymous;
	unsigned int		nsids;
	const char *const	*sids;
};

/**
 * struct ntlm_token - a message of the exchange, for the peer
 * @data: @len bytes, to be freed with ntlm_token_free(); NULL if none
 * @len: bytes at @data, at most NTLM_MAX_TOKEN
 */
struct ntlm_token {
	void	*data;
	size_t	len;
};

struct ntlm_ctx *ntlm_ctx_create(const struct ntlm_ctx_params *params);
struct ntlm_ctx *ntlm_ctx_get(struct ntlm_ctx *ctx);
void ntlm_ctx_put(struct ntlm_ctx *ctx);
int ntlm_ctx_exchange(struct ntlm_ctx *ctx, const void *in, size_t in_len,
		      struct ntlm_token *out);
void ntlm_ctx_cancel(struct ntlm_ctx *ctx);
void ntlm_ctx_report(struct ntlm_ctx *ctx, u32 ntstatus);
void ntlm_token_free(struct ntlm_token *token);

u32 ntlm_ctx_id(const struct ntlm_ctx *ctx);
int ntlm_ctx_flags(const struct ntlm_ctx *ctx, u32 *flags);
int ntlm_ctx_session_key(const struct ntlm_ctx *ctx,
			 u8 key[NTLM_SESSION_KEY_SIZE]);
const char *ntlm_ctx_target(const struct ntlm_ctx *ctx);
const char *ntlm_ctx_user(const struct ntlm_ctx *ctx);
const char *ntlm_ctx_domain(const struct ntlm_ctx *ctx);
u32 ntlm_ctx_granted(const struct ntlm_ctx *ctx);
u32 ntlm_ctx_ntstatus(const struct ntlm_ctx *ctx);
int ntlm_ctx_identity(const struct ntlm_ctx *ctx,
		      struct ntlm_identity *identity);

/**
 * struct ntlm_buf - bytes of a message
 * @data: kernel address of the first byte (any kind of kernel memory, the
 *	stack and vmalloc included), or NULL if @bvec is used
 * @bvec: pages that hold the bytes, if @data is NULL
 * @offset: bytes to skip from the beginning of @bvec; unused with @data
 */
struct ntlm_buf {
	void			*data;
	const struct bio_vec	*bvec;
	size_t			offset;
};

/* The segment is signed and sealed; without it, it is signed only. */
#define NTLM_SEG_SEAL		BIT(0)
/*
 * The segment need not be signed (GSS_WrapEx: sign is FALSE).  With extended
 * session security it is signed all the same, without it is left out of the
 * checksum: [MS-NLMP] sections 3.4.6 to 3.4.9.  Both ends have to agree.
 */
#define NTLM_SEG_NO_SIGN	BIT(1)

/**
 * struct ntlm_seg - a part of a message
 * @src: the bytes as they are before the operation
 * @dst: where sealed or unsealed bytes go; may be the same memory as @src,
 *	otherwise must not overlap it; unused in segments that are signed only
 * @len: bytes of the segment, may be zero
 * @flags: NTLM_SEG_*
 *
 * The signature covers the plaintext of all segments in their order
 * ([MS-NLMP] section 3.4.6, SSPI: SECBUFFER_READONLY_WITH_CHECKSUM for the
 * ones that are signed only).  The bytes of a message must not change during
 * a call.
 */
struct ntlm_seg {
	struct ntlm_buf	src;
	struct ntlm_buf	dst;
	size_t		len;
	unsigned int	flags;
};

int ntlm_sign(struct ntlm_ctx *ctx, const struct ntlm_seg *segs,
	      unsigned int nsegs, u8 signature[NTLM_SIGNATURE_SIZE]);
int ntlm_verify(struct ntlm_ctx *ctx, const struct ntlm_seg *segs,
		unsigned int nsegs, const u8 signature[NTLM_SIGNATURE_SIZE]);
int ntlm_seal(struct ntlm_ctx *ctx, const struct ntlm_seg *segs,
	      unsigned int nsegs, u8 signature[NTLM_SIGNATURE_SIZE]);
int ntlm_unseal(struct ntlm_ctx *ctx, const struct ntlm_seg *segs,
		unsigned int nsegs, const u8 signature[NTLM_SIGNATURE_SIZE]);

int ntlm_sign_datagram(struct ntlm_ctx *ctx, u32 seq,
		       const struct ntlm_seg *segs, unsigned int nsegs,
		       u8 signature[NTLM_SIGNATURE_SIZE]);
int ntlm_verify_datagram(struct ntlm_ctx *ctx, u32 seq,
			 const struct ntlm_seg *segs, unsigned int nsegs,
			 const u8 signature[NTLM_SIGNATURE_SIZE]);
int ntlm_seal_datagram(struct ntlm_ctx *ctx, u32 seq,
		       const struct ntlm_seg *segs, unsigned int nsegs,
		       u8 signature[NTLM_SIGNATURE_SIZE]);
int ntlm_unseal_datagram(struct ntlm_ctx *ctx, u32 seq,
			 const struct ntlm_seg *segs, unsigned int nsegs,
			 const u8 signature[NTLM_SIGNATURE_SIZE]);

#endif /* _LINUX_NTLM_H */
