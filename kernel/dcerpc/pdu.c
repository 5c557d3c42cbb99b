// SPDX-License-Identifier: GPL-2.0-only
/*
 * Headers and security trailers of PDUs: filling in and checking.
 */
#include "internal.h"

/**
 * ntlm_rpc_pdu_header() - fill in a common header, [C706] section 12.6.3.1
 * @rpc: the connection; the PDU belongs to its present call
 * @hdr: where
 * @ptype: enum rpc_ptype
 * @flags: RPC_PFC_*
 * @frag_len: bytes of the PDU
 * @auth_len: bytes of the token at its end, 0 if there is no sec_trailer
 */
void ntlm_rpc_pdu_header(const struct ntlm_rpc *rpc, struct rpc_hdr *hdr,
			 u8 ptype, u8 flags, unsigned int frag_len,
			 unsigned int auth_len)
{
	*hdr = (struct rpc_hdr) {
		.vers		= RPC_VERSION,
		.vers_minor	= RPC_VERSION_MINOR,
		.ptype		= ptype,
		.pfc_flags	= flags,
		.drep		= { RPC_DREP_INTEGER, RPC_DREP_FLOAT },
		.frag_length	= cpu_to_le16(frag_len),
		.auth_length	= cpu_to_le16(auth_len),
		.call_id	= cpu_to_le32(rpc->call_id),
	};
}

/**
 * ntlm_rpc_pdu_trailer() - fill in a sec_trailer, [MS-RPCE] section 2.2.2.11
 * @rpc: the connection
 * @trailer: where
 * @pad: bytes of padding before it
 */
void ntlm_rpc_pdu_trailer(const struct ntlm_rpc *rpc,
			  struct rpc_trailer *trailer, u8 pad)
{
	*trailer = (struct rpc_trailer) {
		.auth_type		= RPC_AUTH_TYPE_NTLM,
		.auth_level		= rpc->level,
		.auth_pad_length	= pad,
		.auth_context_id	= cpu_to_le32(RPC_AUTH_CONTEXT_ID),
	};
}

static int pdu_check_header(struct ntlm_rpc *rpc, const struct rpc_hdr *hdr)
{
	if (hdr->vers != RPC_VERSION || hdr->vers_minor != RPC_VERSION_MINOR)
		return ntlm_rpc_violation(rpc, -EPROTO, "not RPC version 5.0");
	if (hdr->drep[0] != RPC_DREP_INTEGER || hdr->drep[1] != RPC_DREP_FLOAT)
		return ntlm_rpc_violation(rpc, -EPROTO,
					  "data is not little-endian");
	if (le32_to_cpu(hdr->call_id) != rpc->call_id)
		return ntlm_rpc_violation(rpc, -EPROTO, "wrong call id");
	if (le16_to_cpu(hdr->frag_length) < sizeof(*hdr))
		return ntlm_rpc_violation(rpc, -EPROTO, "fragment too short");
	if (le16_to_cpu(hdr->frag_length) > rpc->max_recv)
		return ntlm_rpc_violation(rpc, -EPROTO, "fragment too long");
	return 0;
}

static int pdu_check_trailer(struct ntlm_rpc *rpc, struct rpc_pdu *pdu)
{
	const struct rpc_trailer *trailer;

	if (rpc->level == NTLM_RPC_LEVEL_NONE)
		return ntlm_rpc_violation(rpc, -EPROTO, "unexpected verifier");
	if (pdu->len < sizeof(struct rpc_hdr) + sizeof(*trailer) ||
	    pdu->auth_len > pdu->len - sizeof(struct rpc_hdr) - sizeof(*trailer))
		return ntlm_rpc_violation(rpc, -EPROTO,
					  "verifier longer than its fragment");
	pdu->body_end = pdu->len - pdu->auth_len - sizeof(*trailer);
	trailer = (const void *)(rpc->rx + pdu->body_end);
	pdu->pad = trailer->auth_pad_length;
	if (trailer->auth_type != RPC_AUTH_TYPE_NTLM)
		return ntlm_rpc_violation(rpc, -EPROTO,
					  "wrong authentication type");
	if (trailer->auth_level != rpc->level)
		return ntlm_rpc_violation(rpc, -EPROTO,
					  "wrong authentication level");
	if (le32_to_cpu(trailer->auth_context_id) != RPC_AUTH_CONTEXT_ID)
		return ntlm_rpc_violation(rpc, -EPROTO,
					  "wrong security context id");
	return 0;
}

/**
 * ntlm_rpc_pdu_recv() - receive a PDU of the present call into @rpc->rx
 * @rpc: the connection; @rpc->lock is held
 * @pdu: where to put what was found
 *
 * Header and sec_trailer are checked; what the signature says is not.
 *
 * Return: 0; -EPROTO if the server breaks the protocol; or an errno of
 * ntlm_rpc_conn_recv().
 */
int ntlm_rpc_pdu_recv(struct ntlm_rpc *rpc, struct rpc_pdu *pdu)
{
	const struct rpc_hdr *hdr = (const void *)rpc->rx;
	int err;

	err = ntlm_rpc_conn_recv(rpc, rpc->rx, sizeof(*hdr));
	if (err)
		return err;
	err = pdu_check_header(rpc, hdr);
	if (err)
		return err;
	*pdu = (struct rpc_pdu) {
		.ptype		= hdr->ptype,
		.flags		= hdr->pfc_flags,
		.len		= le16_to_cpu(hdr->frag_length),
		.body_end	= le16_to_cpu(hdr->frag_length),
		.auth_len	= le16_to_cpu(hdr->auth_length),
	};
	err = ntlm_rpc_conn_recv(rpc, rpc->rx + sizeof(*hdr),
				 pdu->len - sizeof(*hdr));
	if (err || !pdu->auth_len)
		return err;
	return pdu_check_trailer(rpc, pdu);
}
