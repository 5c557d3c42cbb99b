// SPDX-License-Identifier: GPL-2.0-or-later
#include "target.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BLANKS " \t"

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

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
		} else if (p < plen && lower(pattern[p]) == lower(text[t])) {
			p++;
			t++;
		} else if (starred && text[mark] != '/') {
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

static const char *check(const char *word, size_t len)
{
	const char *slash = memchr(word, '/', len);

	if (!slash)
		return NULL;
	if (slash == word)
		return "a target pattern has no service before its '/'";
	if (slash == word + len - 1)
		return "a target pattern has no host after its '/'";
	return NULL;
}

static int add(struct target_list *list, const char *word, size_t len,
	       const char **why)
{
	size_t prefix = memchr(word, '/', len) ? 0 : 2;
	char **grown, *copy;

	*why = check(word, len);
	if (*why)
		return -EINVAL;
	*why = "out of memory";
	grown = reallocarray(list->pattern, list->count + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	list->pattern = grown;
	copy = malloc(prefix + len + 1);
	if (!copy)
		return -ENOMEM;
	memcpy(copy, "*/", prefix);
	memcpy(copy + prefix, word, len);
	copy[prefix + len] = '\0';
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
	for (size_t i = 0; i < list->count; i++)
		if (match(list->pattern[i], target, literal))
			return true;
	return false;
}

const char *target_list_unbounded(const struct target_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const char *host = strchr(list->pattern[i], '/') + 1;

		if (host[strspn(host, "*./:")] == '\0')
			return list->pattern[i];
	}
	return NULL;
}
