/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * /dev/ntlm_bench: an in-kernel client of ntlm.ko that takes the time.
 *
 * An ioctl() fails with -1 and errno if a function of the in-kernel API failed,
 * or if what came out is not what went in; with EOPNOTSUPP if this kernel cannot
 * do it.
 */
#ifndef _NTLM_BENCH_H
#define _NTLM_BENCH_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define NTLM_BENCH_DEVICE	"/dev/ntlm_bench"

/* Longest message */
#define NTLM_BENCH_MAX_SIZE	0x100000
/* Messages that are made one after the other before the peer gets them */
#define NTLM_BENCH_BATCH	0x20000

/* Who protects the messages */
enum ntlm_bench_subject {
	NTLM_BENCH_MODULE,	/* ntlm_seal() and its counterparts */
	NTLM_BENCH_LIBRARY,	/* the same where ntlm.ko seals in two passes */
	NTLM_BENCH_PLAIN,	/* hmac(md5) of the crypto API, then arc4_crypt() */
};

enum ntlm_bench_op {
	NTLM_BENCH_SIGN,
	NTLM_BENCH_SEAL,
};

enum ntlm_bench_shape {
	NTLM_BENCH_LINEAR,
	NTLM_BENCH_PAGES,	/* bio_vecs of 4 KiB, none next to another */
};

/**
 * struct ntlm_bench_run - send messages from one end to the other
 * @subject: enum ntlm_bench_subject
 * @op: enum ntlm_bench_op
 * @shape: enum ntlm_bench_shape
 * @size: bytes of a message, a power of two
 * @datagram: 1: by the connectionless pair
 * @pad: zero
 * @min_ns: how long the sending end is to be kept busy
 * @messages: out: how many were sent and received
 * @send_ns: out: time that signing or sealing took, nanoseconds
 * @recv_ns: out: time that verifying or unsealing took
 */
struct ntlm_bench_run {
	__u32	subject;
	__u32	op;
	__u32	shape;
	__u32	size;
	__u32	datagram;
	__u32	pad;
	__u64	min_ns;
	__u64	messages;
	__u64	send_ns;
	__u64	recv_ns;
};

/**
 * struct ntlm_bench_churn - create contexts and destroy them
 * @count: how many at a time
 * @pad: zero
 * @create_ns: out: time for all of them
 * @destroy_ns: out: time for all of them
 */
struct ntlm_bench_churn {
	__u32	count;
	__u32	pad;
	__u64	create_ns;
	__u64	destroy_ns;
};

/**
 * struct ntlm_bench_touch - seal messages of established contexts in turn
 * @count: the first so many of those that NTLM_BENCH_GROW made
 * @size: bytes of a message, a power of two
 * @messages: how many
 * @pad: zero
 * @ns: out: time for all of them
 */
struct ntlm_bench_touch {
	__u32	count;
	__u32	size;
	__u32	messages;
	__u32	pad;
	__u64	ns;
};

#define NTLM_BENCH_IOC		'N'
/* CPU time of the caller's user space, in nanoseconds; EOPNOTSUPP: ask libc */
#define NTLM_BENCH_CLOCK	_IOR(NTLM_BENCH_IOC, 0x80, __u64)
/* CPU time of all of this guest, and time in which it had nothing to do; likewise */
#define NTLM_BENCH_GUEST	_IOR(NTLM_BENCH_IOC, 0x86, __u64)
/* Establish the two pairs of contexts that NTLM_BENCH_RUN needs */
#define NTLM_BENCH_PAIRS	_IO(NTLM_BENCH_IOC, 0x81)
#define NTLM_BENCH_RUN		_IOWR(NTLM_BENCH_IOC, 0x82, struct ntlm_bench_run)
/* Have so many established contexts, besides the pairs; the file keeps them */
#define NTLM_BENCH_GROW		_IOW(NTLM_BENCH_IOC, 0x83, __u32)
#define NTLM_BENCH_CHURN	_IOWR(NTLM_BENCH_IOC, 0x84, struct ntlm_bench_churn)
#define NTLM_BENCH_TOUCH	_IOWR(NTLM_BENCH_IOC, 0x85, struct ntlm_bench_touch)

#endif /* _NTLM_BENCH_H */
