/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Signatures of NTLM with extended session security and 128 bits, as the kernel
 * makes them, from [MS-NLMP] section 3.4 alone: an oracle for the tests.
 */
#ifndef SELFTESTS_MIC_H
#define SELFTESTS_MIC_H

#include <stdbool.h>
#include <stdint.h>

#include "ntlm.h"

/**
 * mic_make() - one signature, with the RC4 handle in its initial state
 * @key: ExportedSessionKey
 * @flags: negotiated
 * @to_client: made by the server
 * @seq: sequence number
 * @data: what is signed
 * @mic: receives it
 */
void mic_make(const uint8_t key[16], uint32_t flags, bool to_client,
	      uint32_t seq, struct ntlm_bytes data, uint8_t mic[16]);

#endif
