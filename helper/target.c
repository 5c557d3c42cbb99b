// SPDX-License-Identifier: GPL-2.0-or-later
#include "target.h"

#include <arpa/inet.h>
#include <errno.h>
#include <idn2.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#define BLANKS " \t"
#define HOST_SIGNS "abcdefghijklmnopqrstuvwxyz0123456789-_."

/* --- the canonical form ------------------------------------------------- */

/**
 * struct text - what has been written of a name
 * @p: TARGET_SIZE bytes
 * @len: bytes written, without NUL
 * @error: of the first that did not fit
 */
struct text {
	char *p;
	size_t len;
	int error;
};

static void put(struct text *to, const char *s, size_t len)
{
	if (!to->error && len >= TARGET_SIZE - to->len)
		to->error = -ENAMETOOLONG;
	if (to->error)
		return;
	for (size_t i = 0; i < len; i++)
		to->p[to->len++] = s[i] >= 'A' && s[i] <= 'Z' ?
				   (char)(s[i] - 'A' + 'a') : s[i];
	to->p[to->len] = '\0';
}

static bool is_ascii(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)s[i] >= 0x80)
			return false;
	return true;
}

/* Nothing that some resolver may skip or take for an end. */
static bool is_clean(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)s[i] <= ' ' || s[i] == '\x7f' || s[i] == '\\')
			return false;
	return true;
}

static bool put_ipv4(struct text *to, const char *host)
{
	char name[INET_ADDRSTRLEN];
	struct in_addr address;

	/* with all the forms that getaddrinfo(3) takes: 127.1, 0x7f000001 */
	if (!inet_aton(host, &address))
		return false;
	inet_ntop(AF_INET, &address, name, sizeof(name));
	put(to, name, strlen(name));
	return true;
}

static bool put_ipv6(struct text *to, char *host)
{
	char name[INET6_ADDRSTRLEN];
	struct in6_addr address;
	char *zone = strchr(host, '%');
	size_t zone_len = zone ? strlen(zone) : 0;

	if (zone)
		*zone = '\0';
	if (inet_pton(AF_INET6, host, &address) != 1)
		return false;
	if (IN6_IS_ADDR_V4MAPPED(&address))
		inet_ntop(AF_INET, &address.s6_addr[12], name, sizeof(name));
	else
		inet_ntop(AF_INET6, &address, name, sizeof(name));
	put(to, name, strlen(name));
	/* elsewhere it is another machine; in other addresses it says nothing */
	if (zone && IN6_IS_ADDR_LINKLOCAL(&address)) {
		*zone = '%';
		put(to, zone, zone_len);
	}
	return true;
}

static int put_idn(struct text *to, const char *name)
{
	uint8_t *ascii = NULL;
	size_t len;
	int r;

	r = idn2_lookup_u8((const uint8_t *)name, &ascii,
			   IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
	if (r == IDN2_MALLOC)
		return -ENOMEM;
	if (r != IDN2_OK)
		return -EINVAL;
	len = strlen((const char *)ascii);
	/* other signs that are mapped to a full stop may stand at the end */
	while (len && ascii[len - 1] == '.')
		ascii[--len] = '\0';
	/* nor may a sign be mapped to one that ends the host */
	if (!len || ascii[strspn((const char *)ascii, HOST_SIGNS)])
		r = -EINVAL;
	else if (!put_ipv4(to, (const char *)ascii))
		put(to, (const char *)ascii, len);
	idn2_free(ascii);
	return r;
}

/* Labels with a '*' stay as they are, the others are names by themselves. */
static int put_idn_pattern(struct text *to, char *host)
{
	char *rest = host, *label;
	int r = 0;

	while (!r && (label = strsep(&rest, "."))) {
		if (label != host)
			put(to, ".", 1);
		if (is_ascii(label, strlen(label)))
			put(to, label, strlen(label));
		else if (strchr(label, '*'))
			r = -EINVAL;
		else
			r = put_idn(to, label);
	}
	return r;
}

/* Cuts brackets and port. Returns NULL if there is no host. */
static char *bare_host(char *host)
{
	char *colon = strchr(host, ':'), *end;

	if (*host == '[') {
		end = strchr(++host, ']');
		if (!end || (end[1] && end[1] != ':'))
			return NULL;
		*end = '\0';
		return strchr(host, ':') ? host : NULL;
	}
	if (colon && !strchr(colon + 1, ':'))
		*colon = '\0';
	for (end = host + strlen(host); end > host && end[-1] == '.'; end--)
		end[-1] = '\0';
	return *host ? host : NULL;
}

static int put_host(struct text *to, const char *name, size_t len, bool pattern)
{
	char buf[TARGET_SIZE], *host;
	bool star;

	if (len >= sizeof(buf))
		return -ENAMETOOLONG;
	memcpy(buf, name, len);
	buf[len] = '\0';
	host = is_clean(buf, len) ? bare_host(buf) : NULL;
	if (!host)
		return -EINVAL;
	star = strchr(host, '*');
	if (star && !pattern)
		return -EINVAL;
	if (!is_ascii(host, strlen(host)))
		return star ? put_idn_pattern(to, host) : put_idn(to, host);
	if (!star && strchr(host, ':'))
		return put_ipv6(to, host) ? 0 : -EINVAL;
	if (!put_ipv4(to, host))
		put(to, host, strlen(host));
	return 0;
}

static int canonical(const char *name, size_t len, bool pattern, struct text *to)
{
	const char *slash = memchr(name, '/', len), *host, *third;
	size_t service_len, host_len;
	int r;

	to->p[0] = '\0';
	if (!slash) {
		if (pattern)
			put(to, "*/", 2);
		r = put_host(to, name, len, pattern);
		return r ? r : to->error;
	}
	service_len = (size_t)(slash - name);
	host = slash + 1;
	host_len = len - service_len - 1;
	third = memchr(host, '/', host_len);
	if (third)
		host_len = (size_t)(third - host);
	if (!service_len || !is_clean(name, service_len) ||
	    !is_ascii(name, service_len) ||
	    (!pattern && memchr(name, '*', service_len)))
		return -EINVAL;
	put(to, name, service_len + 1);
	r = put_host(to, host, host_len, pattern);
	return r ? r : to->error;
}

int target_canonical(const char *target, char out[TARGET_SIZE])
{
	struct text to = { .p = out };

	return canonical(target, strlen(target), false, &to);
}

/* --- patterns ----------------------------------------------------------- */

/* Linear in the product of both lengths whatever the pattern is. */
static bool glob(const char *pattern, size_t plen, const char *text, size_t tlen)
{
	size_t p = 0, t = 0, star = 0, mark = 0;
	bool starred = false;

	while (t < tlen) {
		if (p < plen && pattern[p] == '*') {
			star = ++p;
			mark = t;
			starred = true;
		} else if (p < plen && pattern[p] == text[t]) {
			p++;
			t++;
		} else if (starred) {
			p = star;
			t = ++mark;
		} else {
			return false;
		}
	}
	while (p < plen && pattern[p] == '*')
		p++;
	return p == plen;
}

/* Both in canonical form: a name has one '/' or none, a pattern has one. */
static bool match(const char *pattern, const char *target, bool literal)
{
	const char *host = strchr(pattern, '/') + 1;
	const char *slash = strchr(target, '/');
	size_t service_len = (size_t)(host - 1 - pattern);

	if (literal && strchr(host, '*'))
		return false;
	if (!slash) {
		if (service_len != 1 || *pattern != '*')
			return false;
		return glob(host, strlen(host), target, strlen(target));
	}
	return glob(pattern, service_len, target, (size_t)(slash - target)) &&
	       glob(host, strlen(host), slash + 1, strlen(slash + 1));
}

static const char *explain(const char *word, size_t len, int error)
{
	const char *slash = memchr(word, '/', len);

	if (error == -ENOMEM)
		return "out of memory";
	if (error == -ENAMETOOLONG)
		return "a target pattern is too long";
	if (slash == word)
		return "a target pattern has no service before its '/'";
	if (slash && slash == word + len - 1)
		return "a target pattern has no host after its '/'";
	if (!is_ascii(word, len) && memchr(word, '*', len))
		return "a target pattern has '*' between letters other than ASCII, or its host is no valid name";
	return "the host of a target pattern is no valid name or address";
}

static int add(struct target_list *list, const char *word, size_t len,
	       const char **why)
{
	char buf[TARGET_SIZE], **grown, *copy;
	struct text to = { .p = buf };
	int r;

	r = canonical(word, len, true, &to);
	*why = r ? explain(word, len, r) : "out of memory";
	if (r)
		return r == -ENOMEM ? r : -EINVAL;
	grown = reallocarray(list->pattern, list->count + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	list->pattern = grown;
	copy = strdup(buf);
	if (!copy)
		return -ENOMEM;
	list->pattern[list->count++] = copy;
	return 0;
}

int target_list_add(struct target_list *list, const char *words,
		    const char **why)
{
	size_t len;
	int r;

	for (words += strspn(words, BLANKS); *words;
	     words += len, words += strspn(words, BLANKS)) {
		len = strcspn(words, BLANKS);
		r = add(list, words, len, why);
		if (r < 0)
			return r;
	}
	return 0;
}

void target_list_free(struct target_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->pattern[i]);
	free(list->pattern);
	*list = (struct target_list){ 0 };
}

bool target_list_match(const struct target_list *list, const char *target,
		       bool literal)
{
	char name[TARGET_SIZE];

	if (target_canonical(target, name))
		return false;
	for (size_t i = 0; i < list->count; i++)
		if (match(list->pattern[i], name, literal))
			return true;
	return false;
}

const char *target_list_unbounded(const struct target_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const char *host = strchr(list->pattern[i], '/') + 1;

		if (strchr(host, '*') && host[strspn(host, "*.:")] == '\0')
			return list->pattern[i];
	}
	return NULL;
}
