// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "charset.h"
#include "message.h"
#include "utf16.h"

static bool is_printable_ascii(struct ntlm_bytes text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] < ' ' || text.data[i] > '~')
			return false;
	return true;
}

static enum ntlm_error put_oem(struct wire_writer *w, const char *name,
			       size_t max)
{
	struct ntlm_bytes text;

	if (!name)
		return NTLM_OK;
	text = (struct ntlm_bytes){ (const uint8_t *)name, strlen(name) };
	if (!is_printable_ascii(text))
		return NTLM_ERR_CHARSET;
	if (text.len > max)
		return NTLM_ERR_TOO_LARGE;
	wire_put(w, text.data, text.len);
	return NTLM_OK;
}

enum ntlm_error charset_put(struct wire_writer *w, uint32_t flags,
			    const char *name, size_t max, const char *where,
			    struct ntlm_detail *detail)
{
	enum ntlm_error err = NTLM_ERR_CHARSET;

	if (flags & NTLMSSP_NEGOTIATE_UNICODE)
		err = utf16_put(w, name, max);
	else if (flags & NTLM_NEGOTIATE_OEM)
		err = put_oem(w, name, max / 2);
	return err ? ntlm_fail(detail, err, where) : NTLM_OK;
}

static enum ntlm_error get_oem(struct ntlm_bytes text, char *buf, size_t size)
{
	if (!is_printable_ascii(text))
		return NTLM_ERR_CHARSET;
	if (text.len >= size)
		return NTLM_ERR_TOO_LARGE;
	if (text.len)
		memcpy(buf, text.data, text.len);
	buf[text.len] = '\0';
	return NTLM_OK;
}

enum ntlm_error charset_get(uint32_t flags, struct ntlm_bytes text, char *buf,
			    size_t size, const char *where,
			    struct ntlm_detail *detail)
{
	enum ntlm_error err = NTLM_ERR_CHARSET;

	if (flags & NTLMSSP_NEGOTIATE_UNICODE)
		err = utf16_get(text, buf, size);
	else if (flags & NTLM_NEGOTIATE_OEM)
		err = get_oem(text, buf, size);
	if (!err)
		return NTLM_OK;
	buf[0] = '\0';
	return ntlm_fail(detail, err, where);
}

bool charset_widen(uint32_t flags, struct ntlm_bytes text, uint8_t *buf,
		   size_t size, struct ntlm_bytes *wide)
{
	if (flags & NTLMSSP_NEGOTIATE_UNICODE) {
		*wide = text;
		return true;
	}
	if (text.len > size / 2)
		return false;
	for (size_t i = 0; i < text.len; i++)
		wire_set_le16(buf + 2 * i, text.data[i]);
	*wide = (struct ntlm_bytes){ buf, 2 * text.len };
	return true;
}
