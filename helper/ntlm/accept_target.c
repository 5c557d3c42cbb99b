// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "accept.h"
#include "utf16.h"
#include "wire.h"

static struct ntlm_bytes bytes_of(const char *s)
{
	return (struct ntlm_bytes){ (const uint8_t *)s, s ? strlen(s) : 0 };
}

/* Is UTF-16 text the same as UTF-8 text, except for upper and lower case? */
static bool same(struct ntlm_bytes text, struct ntlm_bytes name)
{
	uint16_t unit[2];
	int n;

	if (!name.len)
		return false;
	while ((n = utf8_next(&name, unit)) > 0) {
		for (int i = 0; i < n; i++) {
			if (text.len < 2 || utf16_upcase(wire_le16(text.data)) !=
					    utf16_upcase(unit[i]))
				return false;
			text.data += 2;
			text.len -= 2;
		}
	}
	return !n && !text.len;
}

/* Takes what comes before the first of some characters, and that off @text. */
static struct ntlm_bytes take_until(struct ntlm_bytes *text, const char *ends)
{
	struct ntlm_bytes taken = { text->data, 0 };
	bool end = false;

	while (text->len >= 2 && !end) {
		uint16_t unit = wire_le16(text->data);

		end = unit < 0x80 && strchr(ends, unit);
		text->data += 2;
		text->len -= 2;
		if (!end)
			taken.len += 2;
	}
	return taken;
}

/* "service/host[:port][/name]", [MS-KILE] 3.1.5.11 */
static bool is_own(const struct ntlm_acceptor_policy *policy, const char *own,
		   struct ntlm_bytes spn)
{
	struct ntlm_bytes own_class = bytes_of(own), own_host = { NULL, 0 };
	struct ntlm_bytes class, host;

	if (same(spn, bytes_of(own)))
		return true;
	if (own && strchr(own, '/')) {
		own_class.len = (size_t)(strchr(own, '/') - own);
		own_host = bytes_of(own + own_class.len + 1);
		own_host.len = strcspn((const char *)own_host.data, ":/");
	}
	class = take_until(&spn, "/");
	host = take_until(&spn, ":/");
	if (own && !same(class, own_class))
		return false;
	return same(host, own_host) ||
	       same(host, bytes_of(policy->names.nb_computer)) ||
	       same(host, bytes_of(policy->names.dns_computer));
}

bool accept_target(const struct ntlm_acceptor_policy *policy,
		   const struct ntlm_request *request,
		   const struct acceptance *acceptance)
{
	const struct av_list *pairs = &acceptance->authenticate.av_pairs;
	struct ntlm_bytes spn = pairs->value[AV_TARGET_NAME];

	if (policy->target_check == NTLM_TARGET_IGNORE)
		return true;
	/* A name that the client did not check is as good as none. */
	if (!spn.len || av_flags(pairs) & AV_FLAG_UNTRUSTED_TARGET)
		return policy->target_check == NTLM_TARGET_IF_PRESENT;
	return is_own(policy, request->target_name, spn);
}
