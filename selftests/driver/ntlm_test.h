/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * /dev/ntlm_test: an in-kernel client of ntlm.ko that does what a test in user
 * space tells it to. One open file holds at most one context.
 *
 * An ioctl() returns 0 when the function of the in-kernel API was called; what
 * that function returned is in "result". It fails with -1 and errno when the
 * order itself was not possible. Addresses of the test's memory are __u64.
 */
#ifndef _NTLM_TEST_H
#define _NTLM_TEST_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define NTLM_TEST_DEVICE	"/dev/ntlm_test"

/* Limits of the driver, not of the API that it calls */
#define NTLM_TEST_MAX_STRING	4096
#define NTLM_TEST_MAX_TOKEN	0x100000
#define NTLM_TEST_MAX_SEGS	64
#define NTLM_TEST_MAX_SPLITS	256
#define NTLM_TEST_MAX_OFFSET	0x100000
#define NTLM_TEST_MAX_BYTES	0x4000000
#define NTLM_TEST_SIDS		8
#define NTLM_TEST_MAX_CROWD	0x100000

/**
 * struct ntlm_test_create - ntlm_ctx_create() in the caller's network namespace
 * @target: address of a string; 0: NULL
 * @user: address of a string; 0: NULL
 * @domain: address of a string; 0: NULL
 * @channel_bindings: address of 16 bytes; 0: NULL
 * @uid: in the caller's user namespace; 0xffffffff: an invalid one
 * @role: passed on
 * @mode: passed on
 * @required: passed on
 * @wished: passed on
 * @min_key_bits: passed on
 * @timeout_ms: passed on
 * @target_unverified: 0 or 1
 * @allow_legacy: 0 or 1
 * @spnego: 0 or 1
 * @result: 0 or what ntlm_ctx_create() returned
 * @pad: zero
 *
 * EBUSY: the file has a context already.
 */
struct ntlm_test_create {
	__u64	target;
	__u64	user;
	__u64	domain;
	__u64	channel_bindings;
	__u32	uid;
	__u32	role;
	__u32	mode;
	__u32	required;
	__u32	wished;
	__u32	min_key_bits;
	__u32	timeout_ms;
	__u32	target_unverified;
	__u32	allow_legacy;
	__u32	spnego;
	__s32	result;
	__u32	pad;
};

/**
 * struct ntlm_test_exchange - ntlm_ctx_exchange()
 * @in: address of the peer's token; 0: NULL
 * @out: address of memory for the own token
 * @in_len: bytes at @in
 * @out_len: in: room at @out; out: bytes of the own token
 * @result: what ntlm_ctx_exchange() returned
 * @pad: zero
 *
 * ENOSPC: the token is longer than @out; @out_len and @result are valid.
 */
struct ntlm_test_exchange {
	__u64	in;
	__u64	out;
	__u32	in_len;
	__u32	out_len;
	__s32	result;
	__u32	pad;
};

/**
 * struct ntlm_test_info - what can be asked of a context
 * @id: ntlm_ctx_id()
 * @flags: from ntlm_ctx_flags()
 * @flags_result: its result
 * @key_result: result of ntlm_ctx_session_key()
 * @key: from it
 * @target: ntlm_ctx_target()
 * @user: ntlm_ctx_user()
 * @domain: ntlm_ctx_domain()
 * @granted: ntlm_ctx_granted()
 * @ntstatus: ntlm_ctx_ntstatus()
 * @identity_result: result of ntlm_ctx_identity()
 * @identity_flags: from it
 * @anonymous: from it
 * @nsids: from it
 * @workstation: from it
 * @sids: from it, the first NTLM_TEST_SIDS of them
 */
struct ntlm_test_info {
	__u32	id;
	__u32	flags;
	__s32	flags_result;
	__s32	key_result;
	__u8	key[16];
	char	target[1024];
	char	user[1024];
	char	domain[1024];
	__u32	granted;
	__u32	ntstatus;
	__s32	identity_result;
	__u32	identity_flags;
	__u32	anonymous;
	__u32	nsids;
	char	workstation[1024];
	char	sids[NTLM_TEST_SIDS][192];
};

/* What is done with a message */
enum ntlm_test_op {
	NTLM_TEST_SIGN,
	NTLM_TEST_VERIFY,
	NTLM_TEST_SEAL,
	NTLM_TEST_UNSEAL,
	NTLM_TEST_SIGN_DATAGRAM,
	NTLM_TEST_VERIFY_DATAGRAM,
	NTLM_TEST_SEAL_DATAGRAM,
	NTLM_TEST_UNSEAL_DATAGRAM,
};

/* In what kind of memory one side of a segment lies */
enum ntlm_test_shape {
	NTLM_TEST_LINEAR,	/* kmalloc */
	NTLM_TEST_VMALLOC,
	NTLM_TEST_PAGES,	/* bio_vecs of single pages, cut at their ends */
	NTLM_TEST_CONTIGUOUS,	/* bio_vecs that may go over several pages */
};

/**
 * struct ntlm_test_side - one side of a segment
 * @splits: address of @nsplits __u32, sizes of the first bio_vecs, which may be
 *	0; what they leave becomes one more; unused in linear memory
 * @nsplits: number of sizes
 * @shape: enum ntlm_test_shape
 * @offset: bytes between the beginning of the memory and the first bio_vec or
 *	the segment
 * @skip: bytes between the beginning of the first bio_vec and the segment
 *	(ntlm_buf.offset); must be 0 in linear memory
 */
struct ntlm_test_side {
	__u64	splits;
	__u32	nsplits;
	__u32	shape;
	__u32	offset;
	__u32	skip;
};

/**
 * struct ntlm_test_seg - a segment
 * @src: address of @len bytes that go into the source; 0: no source
 * @dst: address for @len bytes that come from the destination, which is filled
 *	with NTLM_TEST_FILL before; 0: no destination
 * @len: bytes
 * @claim: 0, or a length above INT_MAX that the API is told instead of @len
 * @from: kind of the source
 * @to: kind of the destination; unused in place
 * @flags: passed on
 * @in_place: 1: the source's memory is the destination as well
 */
struct ntlm_test_seg {
	__u64			src;
	__u64			dst;
	__u64			len;
	__u64			claim;
	struct ntlm_test_side	from;
	struct ntlm_test_side	to;
	__u32			flags;
	__u32			in_place;
};

/* NTLM_SEG_SEAL and NTLM_SEG_NO_SIGN of the in-kernel API, for @flags */
#define NTLM_TEST_SEG_SEAL	0x1
#define NTLM_TEST_SEG_NO_SIGN	0x2

#define NTLM_TEST_FILL	0xcc

/* The bytes of a source that is no destination are not what they were. */
#define NTLM_TEST_SOURCE_CHANGED	0x1
/* Bytes around a segment are not what they were. */
#define NTLM_TEST_OUTSIDE_CHANGED	0x2

/**
 * struct ntlm_test_message - a message
 * @segs: address of @nsegs struct ntlm_test_seg
 * @messages: for NTLM_TEST_PREPARE of verify and unseal, of datagrams as
 *	well, address of @count
 *	messages of this form: signature, then the bytes of all segments that
 *	have a source; else 0
 * @op: enum ntlm_test_op
 * @nsegs: number of segments
 * @count: number of @messages
 * @result: what the API returned last
 * @damage: NTLM_TEST_SOURCE_CHANGED, NTLM_TEST_OUTSIDE_CHANGED
 * @signature: for verify and unseal the signature, else the last one made
 * @seq: number of a datagram, else zero; of those that NTLM_TEST_RUN does each
 *	has the next one
 *
 * NTLM_TEST_MESSAGE does one message. NTLM_TEST_PREPARE makes all the memory
 * and copies all bytes that NTLM_TEST_RUN needs; the latter then runs without
 * an allocation of the driver; NTLM_TEST_FETCH takes the results of the last
 * message of it and frees the memory.
 */
struct ntlm_test_message {
	__u64	segs;
	__u64	messages;
	__u32	op;
	__u32	nsegs;
	__u32	count;
	__s32	result;
	__u32	damage;
	__u8	signature[16];
	__u32	seq;
};

/**
 * struct ntlm_test_run - do the prepared operation again and again
 * @count: how often; for verify and unseal at most as often as messages are
 *	left that were prepared
 * @plant: 1: the driver allocates and frees memory once per message, so that
 *	a test of not allocating can be seen to fail
 * @done: how many messages gave 0
 * @result: what the API returned last; the first error ends the run
 * @damage: as in struct ntlm_test_message
 * @pad: zero
 */
struct ntlm_test_run {
	__u32	count;
	__u32	plant;
	__u32	done;
	__s32	result;
	__u32	damage;
	__u32	pad;
};

/**
 * struct ntlm_test_crowd - create contexts, each as initiator
 * @count: how many
 * @uid: in the caller's user namespace
 * @mode: enum ntlm_mode
 * @exchange: 1: run the exchange of each to its end
 * @keep: 1: they live until the file is closed; 0: each is freed before the
 *	next one is created
 * @done: how many there were
 * @result: of the first function of the API that failed, which ended it, or 0
 * @pad: zero
 * @ns: how long it took
 *
 * The file needs no context of its own.
 */
struct ntlm_test_crowd {
	__u32	count;
	__u32	uid;
	__u32	mode;
	__u32	exchange;
	__u32	keep;
	__u32	done;
	__s32	result;
	__u32	pad;
	__u64	ns;
};

/**
 * struct ntlm_test_duo - two tasks use contexts at the same time, each on a
 *	processor of its own
 * @other_fd: file with the context of the second task; may be the same file
 * @peer_fd: file with the context that sends to it: then the second task
 *	unseals what that one has sealed before. -1: it seals as the first one
 * @cpu: the processors
 * @len: bytes of a message
 * @count: messages of each task
 * @result: first error of the tasks, or 0
 * @pad: zero
 * @ns: from the first message's begin to the last one's end
 */
struct ntlm_test_duo {
	__s32	other_fd;
	__s32	peer_fd;
	__u32	cpu[2];
	__u32	len;
	__u32	count;
	__s32	result;
	__u32	pad;
	__u64	ns;
};

#define NTLM_TEST_IOC		'N'
#define NTLM_TEST_CREATE	_IOWR(NTLM_TEST_IOC, 0x70, struct ntlm_test_create)
#define NTLM_TEST_EXCHANGE	_IOWR(NTLM_TEST_IOC, 0x71, struct ntlm_test_exchange)
#define NTLM_TEST_CANCEL	_IO(NTLM_TEST_IOC, 0x72)
#define NTLM_TEST_REPORT	_IOW(NTLM_TEST_IOC, 0x73, __u32)
#define NTLM_TEST_INFO		_IOR(NTLM_TEST_IOC, 0x74, struct ntlm_test_info)
#define NTLM_TEST_MESSAGE	_IOWR(NTLM_TEST_IOC, 0x75, struct ntlm_test_message)
#define NTLM_TEST_PREPARE	_IOWR(NTLM_TEST_IOC, 0x76, struct ntlm_test_message)
#define NTLM_TEST_RUN		_IOWR(NTLM_TEST_IOC, 0x77, struct ntlm_test_run)
#define NTLM_TEST_FETCH		_IOWR(NTLM_TEST_IOC, 0x78, struct ntlm_test_message)
#define NTLM_TEST_CROWD		_IOWR(NTLM_TEST_IOC, 0x79, struct ntlm_test_crowd)
#define NTLM_TEST_DUO		_IOWR(NTLM_TEST_IOC, 0x7a, struct ntlm_test_duo)

#endif /* _NTLM_TEST_H */
