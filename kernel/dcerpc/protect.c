// SPDX-License-Identifier: GPL-2.0-only
/*
 * Protection of fragments, [MS-RPCE] sections 2.2.2.11 and 3.3.1.5.2.2.
 *
 * With extended session security the signature covers everything before it,
 * whether header signing was agreed or not ([MS-NLMP] section 3.4.6); contexts
 * without it are not used here.  The body, that is stub and padding, is sealed.
 */
#include "internal.h"

#define HEADER_LEN	sizeof(struct rpc_request)

static struct ntlm_seg seg_signed(void *data, size_t len)
{
	return (struct ntlm_seg) {
		.src.data	= data,
		.len		= len,
	};
}

static struct ntlm_seg seg_sealed(const void *src, void *dst, size_t len)
{
	return (struct ntlm_seg) {
		.src.data	= (void *)src,
		.dst.data	= dst,
		.len		= len,
		.flags		= NTLM_SEG_SEAL,
	};
}

/**
 * ntlm_rpc_protect() - complete a request fragment at the level of @rpc
 * @rpc: the connection; @rpc->tx holds the header of the request
 * @stub: stub bytes of the fragment
 * @len: how many
 * @pad: bytes of padding, 0 at levels without protection
 *
 * Return: 0, or an errno of ntlm_sign() or ntlm_seal(): -EKEYEXPIRED at the end
 * of the sequence, -ENOKEY without session security.
 */
int ntlm_rpc_protect(struct ntlm_rpc *rpc, const void *stub, size_t len,
		     unsigned int pad)
{
	u8 *body = rpc->tx + HEADER_LEN;
	struct rpc_trailer *trailer = (void *)(body + len + pad);
	u8 *signature = (u8 *)(trailer + 1);
	struct ntlm_seg segs[4];

	if (!rpc_protected(rpc)) {
		memcpy(body, stub, len);
		return 0;
	}
	memset(body + len, 0, pad);
	ntlm_rpc_pdu_trailer(rpc, trailer, pad);
	if (rpc->level == NTLM_RPC_LEVEL_INTEGRITY) {
		memcpy(body, stub, len);
		segs[0] = seg_signed(rpc->tx, signature - rpc->tx);
		return ntlm_sign(rpc->ctx, segs, 1, signature);
	}
	segs[0] = seg_signed(rpc->tx, HEADER_LEN);
	segs[1] = seg_sealed(stub, body, len);
	segs[2] = seg_sealed(body + len, body + len, pad);
	segs[3] = seg_signed(trailer, sizeof(*trailer));
	return ntlm_seal(rpc->ctx, segs, 4, signature);
}

/**
 * ntlm_rpc_unprotect() - check a received fragment and take its stub
 * @rpc: the connection; @rpc->rx holds the fragment
 * @pdu: what is known of it; with a token at levels with protection
 * @header_len: bytes before the stub
 * @stub: where to put the stub, outside of @rpc->rx; NULL to leave it there
 * @len: bytes of the stub, at most @pdu->body_end - @header_len
 *
 * Return: 0; -EPROTO if the token cannot be a signature; or an errno of
 * ntlm_verify() or ntlm_unseal(): -EBADMSG if the signature is wrong.
 */
int ntlm_rpc_unprotect(struct ntlm_rpc *rpc, const struct rpc_pdu *pdu,
		       unsigned int header_len, void *stub, size_t len)
{
	u8 *body = rpc->rx + header_len;
	u8 *pad = body + len;
	u8 *trailer = rpc->rx + pdu->body_end;
	u8 *signature = trailer + sizeof(struct rpc_trailer);
	struct ntlm_seg segs[4];
	int err;

	if (rpc_protected(rpc) && pdu->auth_len != NTLM_SIGNATURE_SIZE)
		return ntlm_rpc_violation(rpc, -EPROTO,
					  "verifier is not a signature");
	if (rpc->level == NTLM_RPC_LEVEL_PRIVACY) {
		segs[0] = seg_signed(rpc->rx, header_len);
		segs[1] = seg_sealed(body, stub ? stub : body, len);
		segs[2] = seg_sealed(pad, pad, trailer - pad);
		segs[3] = seg_signed(trailer, sizeof(struct rpc_trailer));
		err = ntlm_unseal(rpc->ctx, segs, 4, signature);
		return err ? ntlm_rpc_violation(rpc, err, "seal is broken") : 0;
	}
	if (rpc->level == NTLM_RPC_LEVEL_INTEGRITY) {
		segs[0] = seg_signed(rpc->rx, signature - rpc->rx);
		err = ntlm_verify(rpc->ctx, segs, 1, signature);
		if (err)
			return ntlm_rpc_violation(rpc, err,
						  "signature is wrong");
	}
	if (stub)
		memcpy(stub, body, len);
	return 0;
}
