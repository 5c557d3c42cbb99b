// SPDX-License-Identifier: GPL-2.0-or-later
#include "throttle.h"

#include <nettle/sha2.h>
#include <stdlib.h>
#include <string.h>

#define KEY_SIZE 16

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

struct throttle {
	struct guesses entry[THROTTLE_MAX];
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
	return calloc(1, sizeof(struct throttle));
}

void throttle_free(struct throttle *t)
{
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
	for (size_t i = 0; i < THROTTLE_MAX; i++) {
		const struct guesses *g = &t->entry[i];

		if (!memcmp(g->key, key, sizeof(key)) && !is_over(g, now, rate))
			closed = rate->limit && g->count >= rate->limit;
	}
	return closed;
}

void throttle_wrong(struct throttle *t, const struct account *account,
		    uint64_t now, const struct throttle_rate *rate)
{
	struct guesses *found = NULL, *oldest = &t->entry[0];
	uint8_t key[KEY_SIZE];

	key_of(account, key);
	for (size_t i = 0; i < THROTTLE_MAX && !found; i++) {
		struct guesses *g = &t->entry[i];

		if (g->count && !memcmp(g->key, key, sizeof(key)))
			found = g;
		if (!g->count || (oldest->count && g->since < oldest->since))
			oldest = g;
	}
	if (!found)
		found = oldest;
	if (memcmp(found->key, key, sizeof(key)) || is_over(found, now, rate)) {
		memcpy(found->key, key, sizeof(key));
		found->since = now;
		found->count = 0;
	}
	found->count++;
}
