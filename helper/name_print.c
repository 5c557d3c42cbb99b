// SPDX-License-Identifier: GPL-2.0-or-later
#include "name_print.h"

#include <stdbool.h>
#include <string.h>
#include <unictype.h>
#include <unistr.h>

static bool can_be_shown(ucs4_t c)
{
	return uc_is_print(c) &&
	       !uc_is_general_category_withtable(c, UC_CATEGORY_MASK_C |
							    UC_CATEGORY_MASK_Zl |
							    UC_CATEGORY_MASK_Zp);
}

size_t name_print(char *to, size_t size, const char *name)
{
	size_t left = name ? strlen(name) : 0, used = 0;

	while (left) {
		const uint8_t *p = (const uint8_t *)name;
		ucs4_t c = 0;
		int n = u8_mbtoucr(&c, p, left);
		size_t len = n > 0 ? (size_t)n : 1;
		bool shown = n > 0 && can_be_shown(c);

		if ((shown ? len : 1) >= size - used)
			break;
		if (shown) {
			memcpy(to + used, name, len);
			used += len;
		} else {
			to[used++] = '?';
		}
		name += len;
		left -= len;
	}
	to[used] = '\0';
	return used;
}

static bool needs_quotes(const char *name)
{
	return name && strpbrk(name, " \"=");
}

static size_t quote(char *to, size_t size, const char *domain, const char *user)
{
	size_t len = 0;

	to[len++] = '"';
	if (domain && *domain) {
		len += name_print(to + len, size - 1 - len, domain);
		len += name_print(to + len, size - 1 - len, "\\");
	}
	len += name_print(to + len, size - 1 - len, user);
	for (size_t i = 1; i < len; i++)
		if (to[i] == '"')
			to[i] = '?';
	to[len++] = '"';
	to[len] = '\0';
	return len;
}

size_t name_quote_account(char *to, size_t size, const char *domain,
			  const char *user)
{
	size_t len = 0;

	if (needs_quotes(domain) || needs_quotes(user))
		return quote(to, size, domain, user);
	if (domain && *domain) {
		len = name_print(to, size, domain);
		len += name_print(to + len, size - len, "\\");
	}
	return len + name_print(to + len, size - len, user);
}

size_t name_quote(char *to, size_t size, const char *name)
{
	return name_quote_account(to, size, NULL, name);
}
