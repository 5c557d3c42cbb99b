/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DER made by hand, right or wrong, independently of libtasn1.
 */
#ifndef SELFTESTS_DER_TEXT_H
#define SELFTESTS_DER_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "ntlm.h"

#define DER_MAX 40000


/**
 * der_text() - put bytes together
 * @fmt: hexadecimal digits stand for themselves, and
 *	"{" and "}" around contents stand for their length in front of them,
 *	"%" for the next argument, a struct ntlm_bytes *; blanks are skipped
 *
 * Return: the bytes, to be freed with free(); a malformed @fmt ends the program.
 */
struct ntlm_bytes der_text(const char *fmt, ...);

/** der_free() - free what der_text() returned */
void der_free(struct ntlm_bytes bytes);

/* identifiers with tag and length */
#define DER_SPNEGO	"06062b0601050502"
#define DER_NTLM	"060a2b06010401823702020a"
#define DER_KRB5	"06092a864886f712010202"
#define DER_MSKRB	"06092a864882f712010202"

#endif
