// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Memory of refused logons: what is told apart, how long, how much, and what
 * the next process takes over. The memory that outlives a process is played
 * here.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "carry.h"
#include "logged.h"
#include "refusal.h"
#include "tap.h"

#define FAILURE	UINT32_C(0xC000006D)
#define HOLD	UINT64_C(900000000)
#define LIMIT	(32 * HOLD)
#define RECORDS	300

static const struct refusal_pace flat = { .hold = HOLD };
static const struct refusal_pace growing = { .hold = HOLD, .limit = LIMIT };

/* --- memory that outlives a process --------------------------------------- */

struct carry {
	size_t size;
	uint32_t count;
	uint8_t *record[RECORDS];
};

static struct carry area;
static bool there, fails;

struct carry *carry_open(const char *name, uint32_t version,
			 uint32_t record_size, uint32_t count)
{
	(void)version;
	if (fails || strcmp(name, "refusals") || count > RECORDS)
		return NULL;
	area.size = record_size;
	area.count = count;
	there = true;
	return &area;
}

bool carry_has(const char *name)
{
	return there && !strcmp(name, "refusals");
}

void carry_close(struct carry *c)
{
	(void)c;
}

void carry_drop(struct carry *c, uint32_t index)
{
	free(c->record[index]);
	c->record[index] = NULL;
}

void carry_discard(struct carry *c)
{
	for (uint32_t i = 0; c && i < c->count; i++)
		carry_drop(c, i);
	there = false;
}

const void *carry_get(const struct carry *c, uint32_t index)
{
	return c->record[index];
}

int64_t carry_add(struct carry *c, const void *record)
{
	for (uint32_t i = 0; i < c->count; i++) {
		if (c->record[i])
			continue;
		c->record[i] = malloc(c->size);
		memcpy(c->record[i], record, c->size);
		return i;
	}
	return -ENOSPC;
}

static unsigned int records(void)
{
	unsigned int n = 0;

	for (uint32_t i = 0; i < RECORDS; i++)
		n += area.record[i] != NULL;
	return n;
}

static bool area_has(const void *bytes, size_t len)
{
	for (uint32_t i = 0; i < RECORDS; i++)
		if (area.record[i] && memmem(area.record[i], area.size, bytes, len))
			return true;
	return false;
}

/* --- refusals ------------------------------------------------------------ */

static struct refusal_logon logon(uint32_t uid, const char *target,
				  uint64_t credential)
{
	return (struct refusal_logon){
		.uid = uid,
		.target = target,
		.credential = credential,
		.user = "user",
		.domain = "DOM",
	};
}

static uint64_t add(struct refusals *r, uint32_t uid, const char *target,
		    uint64_t credential, uint64_t now,
		    const struct refusal_pace *pace)
{
	struct refusal_logon l = logon(uid, target, credential);

	return refusals_add(r, &l, FAILURE, now, pace);
}

static bool known(struct refusals *r, uint32_t uid, const char *target,
		  uint64_t credential, uint64_t now)
{
	struct refusal_logon l = logon(uid, target, credential);
	uint32_t ntstatus = 0;
	uint64_t left = 0;

	return refusals_find(r, &l, now, &ntstatus, &left) &&
	       ntstatus == FAILURE && left > 0 && left <= LIMIT;
}

static bool clear(struct refusals *r, uint32_t uid, const char *target,
		  uint64_t credential)
{
	struct refusal_logon l = logon(uid, target, credential);

	return refusals_clear(r, &l);
}

static void test_triple(void)
{
	const struct refusal_pace off = { .hold = 0, .limit = LIMIT };
	struct refusals *r = refusals_new(100);

	tap_ok(!known(r, 1, "cifs/a", 10, 100), "nothing is known at first");
	add(r, 1, "cifs/a", 10, 100, &flat);
	tap_ok(known(r, 1, "cifs/a", 10, 200), "a refusal is remembered");
	tap_ok(!known(r, 2, "cifs/a", 10, 200), "another uid may try");
	tap_ok(!known(r, 1, "cifs/b", 10, 200), "another target may be tried");
	tap_ok(!known(r, 1, "cifs/a", 11, 200), "another credential may be tried");
	tap_ok(known(r, 1, "cifs/a", 10, 100 + HOLD - 1), "until the hold time ends");
	tap_ok(!known(r, 1, "cifs/a", 10, 100 + HOLD), "and no longer");
	add(r, 1, "cifs/a", 10, 100, &flat);
	tap_ok(clear(r, 1, "cifs/a", 10) && !known(r, 1, "cifs/a", 10, 200),
	       "an accepted logon clears it");
	tap_ok(!clear(r, 1, "cifs/a", 10), "once");
	add(r, 1, "cifs/a", 10, 100, &flat);
	add(r, 1, "cifs/a", 10, 300, &flat);
	tap_number(refusals_clear_all(r), 1, "the same refusal is held once");
	tap_ok(!known(r, 1, "cifs/a", 10, 300), "a reload clears all");
	tap_number(add(r, 1, "cifs/a", 10, 100, &off), 0, "hold time 0 holds nothing");
	tap_ok(!known(r, 1, "cifs/a", 10, 100), "and remembers nothing");
	refusals_free(r);
}

/* A client that tries again as soon as it may, for days. */
static void test_pace(void)
{
	struct refusals *r = refusals_new(1);
	uint64_t now = 1, day = UINT64_C(86400) * 1000000, hold;
	unsigned int tries = 0, in_hour = 0;
	bool doubles = true;

	for (uint64_t want = HOLD; want < 2 * LIMIT; want *= 2) {
		hold = add(r, 1, "cifs/a", 10, now, &growing);
		doubles = doubles && hold == (want < LIMIT ? want : LIMIT);
		now += hold;
	}
	tap_ok(doubles, "each refusal after the hold time doubles it, up to the limit");
	hold = add(r, 1, "cifs/a", 10, now, &growing);
	tap_ok(hold == LIMIT &&
	       add(r, 1, "cifs/a", 10, now + 5, &growing) == LIMIT,
	       "at the limit it stays");
	clear(r, 1, "cifs/a", 10);
	tap_ok(add(r, 1, "cifs/a", 10, now, &growing) == HOLD,
	       "an accepted logon begins anew");
	tap_ok(add(r, 1, "cifs/a", 10, now + 1, &growing) == HOLD &&
	       add(r, 1, "cifs/a", 10, now + 2, &growing) == HOLD,
	       "logons that were refused together are refused once");
	tap_ok(add(r, 1, "cifs/a", 10, now + HOLD + LIMIT + 2, &growing) == HOLD,
	       "after a long silence it begins anew");
	tap_ok(add(r, 1, "cifs/a", 11, now + HOLD + LIMIT + 2, &growing) == HOLD,
	       "another credential has a pace of its own");
	refusals_clear_all(r);

	/* what ntlmd.conf(5) says of the defaults, 15 min and 8 h */
	for (uint64_t end = now + 3 * day, begin = now; now < end; now += 1000000) {
		if (known(r, 1, "cifs/a", 10, now))
			continue;
		add(r, 1, "cifs/a", 10, now, &growing);
		tries++;
		in_hour += now < begin + 3600 * UINT64_C(1000000);
	}
	tap_number(in_hour, 3, "a client that never stops tries 3 times in the first hour");
	tap_number(tries, 14, "and 14 times in three days");
	refusals_free(r);
}

static void test_bounded(void)
{
	struct refusals *r = refusals_new(1);
	unsigned int n = 0;
	char target[32];

	add(r, 7, "cifs/victim", 1, 1, &growing);
	for (unsigned int i = 0; i < 10 * REFUSAL_MAX; i++) {
		snprintf(target, sizeof(target), "cifs/%u", i);
		add(r, 8, target, 1, 2 + i, &growing);
	}
	tap_ok(known(r, 7, "cifs/victim", 1, 10000),
	       "one user's flood does not push out another user's refusal");
	tap_ok(known(r, 8, target, 1, 10000), "the newest of the flood is held");
	tap_ok(!known(r, 8, "cifs/0", 1, 10000), "the oldest of the flood is not");
	for (unsigned int i = 0; i < 2 * REFUSAL_MAX; i++) {
		snprintf(target, sizeof(target), "cifs/%u", i);
		add(r, 8, target, 2, HOLD + 10 + i, &growing);
	}
	tap_number(add(r, 7, "cifs/victim", 1, HOLD + 5000, &growing), 2 * HOLD,
		   "nor that it was refused before");
	tap_number(records(), REFUSAL_MAX + 1, "what is carried over is bounded, too");
	n = refusals_clear_all(r);
	tap_number(n, REFUSAL_MAX, "the memory is bounded");
	tap_ok(!there, "an empty memory is not carried over");
	refusals_free(r);
}

struct seen {
	unsigned int count;
	struct refusal_info last;
	char text[256];
};

static void see(void *arg, const struct refusal_info *info)
{
	struct seen *seen = arg;

	seen->count++;
	seen->last = *info;
	snprintf(seen->text, sizeof(seen->text), "%s %s\\%s", info->logon.target,
		 info->logon.domain, info->logon.user);
}

static void test_list(void)
{
	struct refusals *r = refusals_new(1);
	struct target_list list = { 0 };
	struct seen seen = { 0 };
	const char *why;

	add(r, 1, "cifs/a", 10, 100, &growing);
	add(r, 1, "cifs/b.example.com", 10, 100 + HOLD, &growing);
	add(r, 2, "cifs/a", 10, 100 + HOLD, &growing);
	refusals_list(r, 1, 200 + HOLD, see, &seen);
	tap_number(seen.count, 1, "only what is held is listed, of this uid");
	tap_ok(!strcmp(seen.text, "cifs/b.example.com DOM\\user") &&
	       seen.last.ntstatus == FAILURE && seen.last.left == HOLD - 100 &&
	       seen.last.times == 1 && seen.last.logon.uid == 1,
	       "with target, names, status and time");
	seen.count = 0;
	refusals_list(r, UINT32_MAX, 200 + HOLD, see, &seen);
	tap_number(seen.count, 2, "or of everybody");

	target_list_add(&list, "*.Example.com", &why);
	tap_number(refusals_forget(r, 1, &list), 1, "a pattern says what to forget");
	tap_ok(!known(r, 1, "cifs/b.example.com", 10, 200 + HOLD),
	       "which may be tried at once");
	tap_ok(known(r, 2, "cifs/a", 10, 200 + HOLD), "another user's may not");
	tap_number(refusals_forget(r, 2, NULL), 1, "without a pattern all of the uid");
	tap_ok(!known(r, 2, "cifs/a", 10, 200 + HOLD), "may be tried at once");
	target_list_free(&list);
	refusals_clear_all(r);
	refusals_free(r);
}

/* --- the next process ---------------------------------------------------- */

static void test_restart(void)
{
	uint8_t key[REFUSAL_KEY_SIZE];
	struct refusals *r = refusals_new(1), *other;
	struct seen seen = { 0 };

	tap_ok(!there, "without a refusal nothing is carried over");
	memcpy(key, refusals_key(r), sizeof(key));
	add(r, 1, "cifs/a", 10, 100, &growing);
	add(r, 2, "cifs/b", 11, 200, &growing);
	add(r, 2, "cifs/b", 11, 200 + HOLD, &growing);
	/* a crash: nobody calls refusals_free() before the next one begins */
	other = refusals_new(300 + HOLD);
	tap_ok(!memcmp(key, refusals_key(other), sizeof(key)),
	       "the next process has the same key");
	tap_ok(known(other, 2, "cifs/b", 11, 300 + HOLD), "and knows the refusal");
	refusals_list(other, 2, 300 + HOLD, see, &seen);
	tap_ok(seen.count == 1 && !strcmp(seen.text, "cifs/b DOM\\user") &&
	       seen.last.times == 2, "with names and how often");
	tap_ok(!known(other, 1, "cifs/a", 10, 300 + HOLD),
	       "what may be tried again there may be tried here");
	tap_number(add(other, 1, "cifs/a", 10, 300 + HOLD, &growing), 2 * HOLD,
		   "and is held for longer");
	tap_number(records(), 3, "two refusals and the key are carried over");
	clear(other, 2, "cifs/b", 11);
	refusals_free(other);
	other = refusals_new(400 + HOLD);
	tap_ok(!known(other, 2, "cifs/b", 11, 400 + HOLD),
	       "what was forgotten stays so");
	refusals_clear_all(other);
	tap_ok(!there, "when all are forgotten nothing is carried over");
	add(other, 1, "cifs/a", 10, 500 + HOLD, &growing);
	tap_ok(area_has(key, sizeof(key)), "the key lasts as long as the process");
	refusals_clear_all(other);
	refusals_free(other);
	refusals_free(r);
	r = refusals_new(1);
	tap_ok(memcmp(key, refusals_key(r), sizeof(key)),
	       "a process that takes nothing over has another key");
	refusals_free(r);
}

/* The record of "cifs/aa" in the area, to be damaged */
static uint8_t *find_record(void)
{
	for (uint32_t i = 0; i < RECORDS; i++)
		if (area.record[i] &&
		    memmem(area.record[i], area.size, "cifs/aa", 8))
			return area.record[i];
	return NULL;
}

static struct refusals *carried(void)
{
	struct refusals *r = refusals_new(1);

	add(r, 1, "cifs/aa", 10, 100, &growing);
	add(r, 1, "cifs/b", 10, 100, &growing);
	return r;
}

static void test_damage(void)
{
	struct refusals *r = carried(), *other;
	uint8_t *record = find_record(), *target;
	uint64_t future = UINT64_MAX / 2;

	target = memmem(record, area.size, "cifs/aa", 8);
	memset(target, 'x', TARGET_SIZE);
	other = refusals_new(200);
	tap_ok(known(other, 1, "cifs/b", 10, 200) && records() == 2,
	       "a name without an end is dropped, the others are kept");
	refusals_clear_all(other);
	refusals_free(other);
	refusals_free(r);

	r = carried();
	record = find_record();
	/* the first member after the kind */
	memcpy(record + 8, &future, sizeof(future));
	other = refusals_new(200);
	tap_ok(!known(other, 1, "cifs/aa", 10, 200) &&
	       known(other, 1, "cifs/b", 10, 200),
	       "a refusal of the future is dropped");
	refusals_clear_all(other);
	refusals_free(other);
	refusals_free(r);

	r = carried();
	for (uint32_t i = 0; i < RECORDS; i++)
		if (area.record[i] && area.record[i][0] == 1)
			carry_drop(&area, i);
	other = refusals_new(200);
	tap_ok(!known(other, 1, "cifs/b", 10, 200) && !there,
	       "refusals without their key are worth nothing");
	refusals_free(other);
	refusals_free(r);

	r = carried();
	carry_add(&area, find_record());
	other = refusals_new(200);
	tap_ok(known(other, 1, "cifs/aa", 10, 200) && records() == 3,
	       "a refusal that is there twice is taken once");
	tap_number(refusals_clear_all(other), 2, "and counted once");
	refusals_free(other);
	refusals_free(r);

	fails = true;
	r = refusals_new(1);
	add(r, 1, "cifs/a", 10, 100, &growing);
	tap_ok(known(r, 1, "cifs/a", 10, 200), "without such memory it works as well");
	refusals_clear_all(r);
	refusals_free(r);
	fails = false;
}

static void test_statuses(void)
{
	static const uint32_t credential[] = {
		0xC000006D, 0xC000006A, 0xC0000064, 0xC0000071, 0xC0000072,
		0xC0000234, 0xC0000224, 0xC0000193,
	};
	static const uint32_t other[] = {
		0, 0xC000005E /* NO_LOGON_SERVERS */,
		0xC000009A /* INSUFFICIENT_RESOURCES */,
		0xC0000133 /* TIME_DIFFERENCE_AT_DC */, 0xC00000B5 /* IO_TIMEOUT */,
	};

	for (size_t i = 0; i < sizeof(credential) / sizeof(credential[0]); i++)
		tap_ok(refusal_is_credential_problem(credential[i]),
		       "0x%08x concerns the credential", credential[i]);
	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++)
		tap_ok(!refusal_is_credential_problem(other[i]),
		       "0x%08x does not", other[i]);
}

int main(void)
{
	logged_start();
	test_triple();
	test_pace();
	test_bounded();
	test_list();
	test_restart();
	test_damage();
	test_statuses();
	return tap_done();
}
