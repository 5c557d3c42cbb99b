/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * NegotiateFlags of the NTLM messages, [MS-NLMP] 2.2.2.5.
 */
#ifndef NTLM_FLAGS_H
#define NTLM_FLAGS_H

#include <stddef.h>
#include <stdint.h>

#define NTLMSSP_NEGOTIATE_UNICODE			UINT32_C(0x00000001)
#define NTLM_NEGOTIATE_OEM				0x00000002
#define NTLMSSP_REQUEST_TARGET				UINT32_C(0x00000004)
#define NTLMSSP_NEGOTIATE_SIGN				UINT32_C(0x00000010)
#define NTLMSSP_NEGOTIATE_SEAL				UINT32_C(0x00000020)
#define NTLMSSP_NEGOTIATE_DATAGRAM			UINT32_C(0x00000040)
#define NTLMSSP_NEGOTIATE_LM_KEY			UINT32_C(0x00000080)
#define NTLMSSP_NEGOTIATE_NTLM				UINT32_C(0x00000200)
#define NTLMSSP_ANONYMOUS				UINT32_C(0x00000800)
#define NTLMSSP_NEGOTIATE_OEM_DOMAIN_SUPPLIED		UINT32_C(0x00001000)
#define NTLMSSP_NEGOTIATE_OEM_WORKSTATION_SUPPLIED	UINT32_C(0x00002000)
#define NTLMSSP_NEGOTIATE_ALWAYS_SIGN			UINT32_C(0x00008000)
#define NTLMSSP_TARGET_TYPE_DOMAIN			UINT32_C(0x00010000)
#define NTLMSSP_TARGET_TYPE_SERVER			UINT32_C(0x00020000)
#define NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY	UINT32_C(0x00080000)
#define NTLMSSP_NEGOTIATE_IDENTIFY			UINT32_C(0x00100000)
#define NTLMSSP_REQUEST_NON_NT_SESSION_KEY		UINT32_C(0x00400000)
#define NTLMSSP_NEGOTIATE_TARGET_INFO			UINT32_C(0x00800000)
#define NTLMSSP_NEGOTIATE_VERSION			UINT32_C(0x02000000)
#define NTLMSSP_NEGOTIATE_128				UINT32_C(0x20000000)
#define NTLMSSP_NEGOTIATE_KEY_EXCH			UINT32_C(0x40000000)
#define NTLMSSP_NEGOTIATE_56				UINT32_C(0x80000000)

/** NTLM_FLAGS_NAMES_SIZE - size in bytes of a buffer that holds every name */
#define NTLM_FLAGS_NAMES_SIZE 512

/**
 * ntlm_flags_names() - write NegotiateFlags by name, for logs
 * @flags: NegotiateFlags in host byte order
 * @buf: receives the names without their NTLMSSP_ prefix, joined by '|', as
 *	in "UNICODE|SIGN|128"; bits without a name come last as one hexadecimal
 *	number; "0" if no bit is set. Always terminated if @size is not 0.
 * @size: size of @buf in bytes; NTLM_FLAGS_NAMES_SIZE is always enough
 *
 * Return: @buf. A list that does not fit is cut after a whole name.
 */
char *ntlm_flags_names(uint32_t flags, char *buf, size_t size);

#endif
