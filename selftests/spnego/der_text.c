// SPDX-License-Identifier: GPL-2.0-or-later
#include <err.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "der_text.h"

static int digit(char c)
{
	const char *digits = "0123456789abcdef";
	const char *p = c ? strchr(digits, c) : NULL;

	return p ? (int)(p - digits) : -1;
}

static size_t length_bytes(uint8_t *to, size_t len)
{
	if (len < 0x80) {
		to[0] = (uint8_t)len;
		return 1;
	}
	if (len < 0x100) {
		to[0] = 0x81;
		to[1] = (uint8_t)len;
		return 2;
	}
	to[0] = 0x82;
	to[1] = (uint8_t)(len >> 8);
	to[2] = (uint8_t)len;
	return 3;
}

/* Contents up to the matching brace or the end */
static const char *contents(const char *p, va_list *ap, uint8_t *to,
			    size_t *to_len)
{
	size_t n = 0;

	while (*p && *p != '}') {
		if (n > DER_MAX / 2)
			errx(EXIT_FAILURE, "der_text: too long");
		if (*p == ' ') {
			p++;
		} else if (*p == '{') {
			uint8_t *inner = malloc(DER_MAX);
			size_t len;

			if (!inner)
				err(EXIT_FAILURE, "memory");
			p = contents(p + 1, ap, inner, &len);
			if (*p++ != '}')
				errx(EXIT_FAILURE, "der_text: no }");
			n += length_bytes(to + n, len);
			memcpy(to + n, inner, len);
			n += len;
			free(inner);
		} else if (*p == '%') {
			const struct ntlm_bytes *b =
				va_arg(*ap, const struct ntlm_bytes *);

			if (b->len)
				memcpy(to + n, b->data, b->len);
			n += b->len;
			p++;
		} else {
			int high = digit(p[0]), low = digit(p[1]);

			if (high < 0 || low < 0)
				errx(EXIT_FAILURE, "der_text: not hexadecimal: %s", p);
			to[n++] = (uint8_t)(high << 4 | low);
			p += 2;
		}
	}
	*to_len = n;
	return p;
}

struct ntlm_bytes der_text(const char *fmt, ...)
{
	uint8_t *all = malloc(DER_MAX), *exact;
	const char *end;
	va_list ap;
	size_t len;

	if (!all)
		err(EXIT_FAILURE, "memory");
	va_start(ap, fmt);
	end = contents(fmt, &ap, all, &len);
	va_end(ap);
	if (*end)
		errx(EXIT_FAILURE, "der_text: } too much");
	exact = malloc(len ? len : 1);
	if (!exact)
		err(EXIT_FAILURE, "memory");
	memcpy(exact, all, len);
	free(all);
	return (struct ntlm_bytes){ exact, len };
}

void der_free(struct ntlm_bytes bytes)
{
	free((void *)bytes.data);
}
