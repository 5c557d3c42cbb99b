/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the parts of the benchmark share.
 */
#ifndef NTLM_BENCH_GUEST_H
#define NTLM_BENCH_GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdnoreturn.h>

#include "../module/ntlm_bench.h"

/* How many times everything is measured, unless ROUNDS says so; an odd number */
#define BENCH_ROUNDS 7

/* One end works for so long, per round and message size */
#define BENCH_SLICE_NS 12000000

/**
 * struct bench - the run
 * @fd: NTLM_BENCH_DEVICE
 * @rounds: how many
 * @round: this one
 */
struct bench {
	int fd;
	unsigned int rounds;
	unsigned int round;
};

/**
 * struct peer - a library that protects messages in user space
 * @name: in the table
 * @op: what @send does, in the table
 * @reverse: what @receive does; NULL: there is no way back
 * @max: longest message that it can do
 * @open: make both ends, for messages of @size bytes
 * @send: do message @i of a batch
 * @receive: the other end does it, in the same order
 * @drop: let go of message @i, which is not measured
 * @close: undo @open
 */
struct peer {
	const char *name;
	const char *op;
	const char *reverse;
	size_t max;
	void (*open)(size_t size);
	void (*send)(size_t i);
	void (*receive)(size_t i);
	void (*drop)(size_t i);
	void (*close)(void);
};

extern const struct peer *const gss_peers[];
extern const struct peer *const openssl_peers[];

/* Memory for a batch of messages that peers use, as the module's has it */
#define BENCH_SLOTS(size) \
	((size) >= NTLM_BENCH_BATCH ? 1 : NTLM_BENCH_BATCH / (size))
#define BENCH_MAC_ROOM 16
extern uint8_t bench_plain[NTLM_BENCH_MAX_SIZE + BENCH_MAC_ROOM];
extern uint8_t bench_back[NTLM_BENCH_MAX_SIZE + BENCH_MAC_ROOM];
uint8_t *bench_slot(size_t i, size_t size);

void bench_messages(struct bench *b);
void bench_population(struct bench *b);
void bench_exchanges(struct bench *b);

/* A line of the result: what was measured, and the value */
void bench_value(const struct bench *b, const char *part, const char *subject,
		 const char *op, const char *shape, uint64_t size,
		 const char *unit, double value);

/* CPU time of this process in user space, in nanoseconds */
uint64_t bench_now(const struct bench *b);

/* Time that passed, in nanoseconds */
uint64_t bench_wall(void);

/* The same without that in which the machine did other things, where it tells */
uint64_t bench_guest(const struct bench *b);

/* Says to standard error what is being done. */
void bench_progress(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));

/* Ends the program. */
noreturn void bench_die(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));

#endif
