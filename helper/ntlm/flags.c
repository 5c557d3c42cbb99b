// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "flags.h"

static const struct {
	uint32_t flag;
	const char *name;
} names[] = {
	{ NTLMSSP_NEGOTIATE_UNICODE, "UNICODE" },
	{ NTLM_NEGOTIATE_OEM, "OEM" },
	{ NTLMSSP_REQUEST_TARGET, "REQUEST_TARGET" },
	{ NTLMSSP_NEGOTIATE_SIGN, "SIGN" },
	{ NTLMSSP_NEGOTIATE_SEAL, "SEAL" },
	{ NTLMSSP_NEGOTIATE_DATAGRAM, "DATAGRAM" },
	{ NTLMSSP_NEGOTIATE_LM_KEY, "LM_KEY" },
	{ NTLMSSP_NEGOTIATE_NTLM, "NTLM" },
	{ NTLMSSP_ANONYMOUS, "ANONYMOUS" },
	{ NTLMSSP_NEGOTIATE_OEM_DOMAIN_SUPPLIED, "OEM_DOMAIN_SUPPLIED" },
	{ NTLMSSP_NEGOTIATE_OEM_WORKSTATION_SUPPLIED, "OEM_WORKSTATION_SUPPLIED" },
	{ NTLMSSP_NEGOTIATE_ALWAYS_SIGN, "ALWAYS_SIGN" },
	{ NTLMSSP_TARGET_TYPE_DOMAIN, "TARGET_TYPE_DOMAIN" },
	{ NTLMSSP_TARGET_TYPE_SERVER, "TARGET_TYPE_SERVER" },
	{ NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY, "EXTENDED_SESSIONSECURITY" },
	{ NTLMSSP_NEGOTIATE_IDENTIFY, "IDENTIFY" },
	{ NTLMSSP_REQUEST_NON_NT_SESSION_KEY, "REQUEST_NON_NT_SESSION_KEY" },
	{ NTLMSSP_NEGOTIATE_TARGET_INFO, "TARGET_INFO" },
	{ NTLMSSP_NEGOTIATE_VERSION, "VERSION" },
	{ NTLMSSP_NEGOTIATE_128, "128" },
	{ NTLMSSP_NEGOTIATE_KEY_EXCH, "KEY_EXCH" },
	{ NTLMSSP_NEGOTIATE_56, "56" },
};

static size_t append(char *buf, size_t size, size_t used, const char *name)
{
	size_t sep = used ? 1 : 0;
	size_t len = strlen(name);

	if (size - used <= sep + len)
		return used;
	if (sep)
		buf[used] = '|';
	memcpy(buf + used + sep, name, len + 1);
	return used + sep + len;
}

char *ntlm_flags_names(uint32_t flags, char *buf, size_t size)
{
	char rest[sizeof("0x00000000")];
	size_t used = 0;

	if (!size)
		return buf;
	buf[0] = '\0';
	if (!flags)
		append(buf, size, 0, "0");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (flags & names[i].flag)
			used = append(buf, size, used, names[i].name);
		flags &= ~names[i].flag;
	}
	if (flags) {
		snprintf(rest, sizeof(rest), "0x%08x", (unsigned int)flags);
		append(buf, size, used, rest);
	}
	return buf;
}
