// SPDX-License-Identifier: GPL-2.0-or-later
#include "throttle.h"

#include <nettle/sha2.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"

#define KEY_SIZE 16
/* accounts there is room for from the start */
#define ENTRIES_MIN 64

/**
 * struct guesses - at one account
 * @key: its name, hashed
 * @since: when its window began
 * @count: wrong passwords in it; 0: unused
 */
struct guesses {
	uint8_t key[KEY_SIZE];
	uint64_t since;
	unsigned int count;
};

/**
 * struct throttle - what was counted
 * @entry: room for @size accounts
 * @size: never 0
 */
struct throttle {
	struct guesses *entry;
	size_t size;
};

static void hash_name(struct sha256_ctx *hash, const struct account_key *name)
{
	uint64_t count = name->count;

	sha256_update(hash, sizeof(count), (const uint8_t *)&count);
	sha256_update(hash, name->count * sizeof(*name->unit),
		      (const uint8_t *)name->unit);
}

static void key_of(const struct account *account, uint8_t key[KEY_SIZE])
{
	static const struct account_key none;
	struct sha256_ctx hash;

	sha256_init(&hash);
	hash_name(&hash, account ? &account->domain_key : &none);
	hash_name(&hash, account ? &account->user_key : &none);
	sha256_digest(&hash, KEY_SIZE, key);
}

struct throttle *throttle_new(void)
{
	struct throttle *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->size = ENTRIES_MIN;
	t->entry = calloc(t->size, sizeof(*t->entry));
	if (!t->entry) {
		free(t);
		return NULL;
	}
	return t;
}

void throttle_free(struct throttle *t)
{
	if (t)
		free(t->entry);
	free(t);
}

static bool is_over(const struct guesses *g, uint64_t now,
		    const struct throttle_rate *rate)
{
	return !g->count || now - g->since >= rate->window;
}

bool throttle_closed(const struct throttle *t, const struct account *account,
		     uint64_t now, const struct throttle_rate *rate)
{
	uint8_t key[KEY_SIZE];
	bool closed = false;

	key_of(account, key);
	for (size_t i = 0; i < t->size; i++) {
		const struct guesses *g = &t->entry[i];

		if (!memcmp(g->key, key, sizeof(key)) && !is_over(g, now, rate))
			closed = rate->limit && g->count >= rate->limit;
	}
	return closed;
}

/* Room for one more where all is taken, at the cost of the oldest if need be */
static struct guesses *make_room(struct throttle *t, size_t oldest)
{
	struct guesses *entry = reallocarray(t->entry, t->size,
					     2 * sizeof(*entry));

	if (!entry) {
		log_msg(LOG_WARNING,
			"out of memory: of %zu accounts with wrong passwords one is forgotten, and may be guessed at anew",
			t->size);
		return &t->entry[oldest];
	}
	t->entry = entry;
	entry += t->size;
	memset(entry, 0, t->size * sizeof(*entry));
	t->size *= 2;
	return entry;
}

void throttle_wrong(struct throttle *t, const struct account *account,
		    uint64_t now, const struct throttle_rate *rate)
{
	struct guesses *found = NULL, *unused = NULL;
	uint8_t key[KEY_SIZE];
	size_t oldest = 0;

	key_of(account, key);
	for (size_t i = 0; i < t->size; i++) {
		struct guesses *g = &t->entry[i];

		if (g->count && !memcmp(g->key, key, sizeof(key)))
			found = g;
		if (is_over(g, now, rate))
			unused = g;
		if (g->since < t->entry[oldest].since)
			oldest = i;
	}
	if (!account)
		return;
	if (!found)
		found = unused ? unused : make_room(t, oldest);
	if (memcmp(found->key, key, sizeof(key)) || is_over(found, now, rate)) {
		memcpy(found->key, key, sizeof(key));
		found->since = now;
		found->count = 0;
	}
	found->count++;
}
