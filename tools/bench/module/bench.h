/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside of the benchmark driver.
 */
#ifndef _NTLM_BENCH_DRIVER_H
#define _NTLM_BENCH_DRIVER_H

#include <crypto/arc4.h>
#include <linux/mutex.h>
#include <linux/ntlm.h>
#include "ntlm_bench.h"

struct crypto_shash;

/**
 * struct bench_plain - one end of the straightforward way
 * @arc4: key stream
 * @hmac: "hmac(md5)" with the signing key
 * @md5: "md5", for the keys of datagrams
 * @key: from which those are derived
 * @seq: number of the next message
 */
struct bench_plain {
	struct arc4_ctx		arc4;
	struct crypto_shash	*hmac;
	struct crypto_shash	*md5;
	u8			key[NTLM_SESSION_KEY_SIZE];
	u32			seq;
};

/**
 * struct bench_pair - two ends
 * @from: who sends
 * @to: who receives
 * @plain_from: who sends the straightforward way
 * @plain_to: who receives the straightforward way
 * @seq: number of the next datagram
 */
struct bench_pair {
	struct ntlm_ctx		*from;
	struct ntlm_ctx		*to;
	struct bench_plain	plain_from;
	struct bench_plain	plain_to;
	u32			seq;
};

/**
 * struct bench_file - an open file
 * @lock: one call at a time
 * @connection: a pair
 * @connectionless: a pair for datagrams
 * @buffers: memory for messages
 * @live: contexts of NTLM_BENCH_GROW
 * @nlive: how many
 */
struct bench_file {
	struct mutex		lock;	/* one call at a time */
	struct bench_pair	connection;
	struct bench_pair	connectionless;
	struct bench_buffers	*buffers;
	struct ntlm_ctx		**live;
	u32			nlive;
};

/* clock.c */
u64 bench_clock(void);
int bench_user_clock(u64 *ns);
int bench_guest_clock(u64 *ns);

/* plain.c */
int bench_plain_init(struct bench_plain *p);
void bench_plain_exit(struct bench_plain *p);
int bench_plain_send(struct bench_plain *p, const struct ntlm_seg *seg,
		     u8 signature[NTLM_SIGNATURE_SIZE]);
int bench_plain_receive(struct bench_plain *p, const struct ntlm_seg *seg,
			const u8 signature[NTLM_SIGNATURE_SIZE]);
int bench_plain_datagram(struct bench_plain *p, u32 seq);

/* messages.c */
int bench_run(struct bench_file *f, struct ntlm_bench_run *run);
int bench_touch(struct bench_file *f, struct ntlm_bench_touch *touch);
void bench_buffers_free(struct bench_buffers *b);

/* population.c */
struct ntlm_ctx *bench_create(enum ntlm_role role, enum ntlm_mode mode);
int bench_pairs(struct bench_file *f);
void bench_pair_exit(struct bench_pair *pair);
int bench_grow(struct bench_file *f, u32 count);
int bench_churn(struct ntlm_bench_churn *churn);
void bench_shrink(struct bench_file *f);

#endif /* _NTLM_BENCH_DRIVER_H */
