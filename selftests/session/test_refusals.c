// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the API refuses before it looks at a message, errno by errno.
 */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../lib/driver.h"
#include "../lib/tap.h"
#include "tests.h"

#define SEG_SEAL 1
#define INT_LIMIT 0x7fffffffULL

static const uint8_t key[16] = "the session key";

/* One call as it is ordered, whether it makes sense or not */
static int raw(int fd, enum op op, const struct ntlm_test_seg *segs,
	       unsigned int n)
{
	static const uint8_t fill[16] = "not a signature";
	struct ntlm_test_message order = {
		.segs = (uintptr_t)segs, .op = op, .nsegs = n,
	};

	memcpy(order.signature, fill, sizeof(fill));
	if (ioctl(fd, NTLM_TEST_MESSAGE, &order) < 0)
		FAIL("NTLM_TEST_MESSAGE: %m");
	CHECK(!order.damage);
	if (order.result)
		CHECK(!memcmp(order.signature, fill, sizeof(fill)));
	return order.result;
}

/* All four operations on a message that is well formed for each */
static void all_refused(int fd, int want)
{
	uint8_t data[20] = "data", out[20];
	struct ntlm_test_seg seg = {
		.src = (uintptr_t)data, .len = sizeof(data),
	};

	CHECK_ERR(raw(fd, OP_SIGN, &seg, 1), want);
	CHECK_ERR(raw(fd, OP_VERIFY, &seg, 1), want);
	CHECK_ERR(raw(fd, OP_SIGN, NULL, 0), want);
	CHECK_ERR(raw(fd, OP_VERIFY, NULL, 0), want);
	seg.dst = (uintptr_t)out;
	seg.flags = SEG_SEAL;
	CHECK_ERR(raw(fd, OP_SEAL, &seg, 1), want);
	CHECK_ERR(raw(fd, OP_UNSEAL, &seg, 1), want);
	CHECK_ERR(raw(fd, OP_SEAL, NULL, 0), want);
	CHECK_ERR(raw(fd, OP_UNSEAL, NULL, 0), want);
}

static void still_works(struct link *l)
{
	enum op out = l->flags & NTLM_NEGOTIATE_SEAL ? OP_SEAL : OP_SIGN;
	enum op in = out == OP_SEAL ? OP_UNSEAL : OP_VERIFY;
	struct message m = { 0 }, plain;

	message_add(&m, "still works", 11, out == OP_SEAL);
	CHECK_ERR(message_kernel(l, out, &m), 0);
	CHECK(message_server_check(l, &m));
	message_server_make(l, &m, &plain);
	CHECK_ERR(message_kernel(l, in, &m), 0);
	CHECK(message_equal(&m, &plain));
	message_free(&m);
	message_free(&plain);
}

void sign_only_context_does_not_seal(void)
{
	uint8_t data[20] = "data", out[20];
	struct ntlm_test_seg seg = {
		.src = (uintptr_t)data, .dst = (uintptr_t)out,
		.len = sizeof(data), .flags = SEG_SEAL,
	};
	struct link l;

	link_open(&l, FLAGS_SIGN);
	still_works(&l);
	CHECK_ERR(raw(l.fd, OP_SEAL, &seg, 1), -EOPNOTSUPP);
	CHECK_ERR(raw(l.fd, OP_UNSEAL, &seg, 1), -EOPNOTSUPP);
	/* nor with nothing to seal */
	seg.flags = 0;
	CHECK_ERR(raw(l.fd, OP_SEAL, &seg, 1), -EOPNOTSUPP);
	CHECK_ERR(raw(l.fd, OP_SEAL, NULL, 0), -EOPNOTSUPP);
	still_works(&l);
	link_close(&l);
}

/* Confidentiality implies integrity. */
void seal_only_context_signs_and_seals(void)
{
	struct message m = { 0 };
	struct link l;

	link_open(&l, FLAGS_STRONG | NTLM_NEGOTIATE_SEAL);
	still_works(&l);
	message_add(&m, "signed", 6, false);
	CHECK_ERR(message_kernel(&l, OP_SIGN, &m), 0);
	CHECK(message_server_check(&l, &m));
	message_free(&m);
	still_works(&l);
	link_close(&l);
}

void no_protection_no_key(void)
{
	const uint32_t flags = FLAGS_STRONG & ~NTLM_NEGOTIATE_ALWAYS_SIGN;
	struct ntlm_test_info info;
	int fd = link_create();

	link_establish(fd, flags, key);
	all_refused(fd, -ENOKEY);
	info = drv_info(fd);
	CHECK_ERR(info.flags_result, 0);
	CHECK_EQ(info.flags, flags);
	/* SMB derives keys of its own from it. */
	CHECK_ERR(info.key_result, 0);
	CHECK(!memcmp(info.key, key, sizeof(key)));
	close(fd);
}

void anonymous_no_key(void)
{
	static const uint8_t *const keys[] = { NULL, key };
	struct ntlm_test_info info;
	unsigned int i;
	int fd;

	for (i = 0; i < 2; i++) {
		fd = link_create();
		link_establish(fd, FLAGS_SEAL | NTLM_NEGOTIATE_ANONYMOUS,
			       keys[i]);
		all_refused(fd, -ENOKEY);
		info = drv_info(fd);
		CHECK_ERR(info.key_result, -ENOKEY);
		close(fd);
	}
}

static void not_connected(int fd)
{
	struct ntlm_test_info info = drv_info(fd);

	all_refused(fd, -ENOTCONN);
	CHECK_ERR(info.flags_result, -ENOTCONN);
	CHECK_ERR(info.key_result, -ENOTCONN);
}

void before_establishment_not_connected(void)
{
	struct link l = { .fd = link_create() };

	not_connected(l.fd);
	CHECK_ERR(link_leg(l.fd, NULL, FLAGS_SEAL, key), -EINPROGRESS);
	not_connected(l.fd);
	CHECK_ERR(link_leg(l.fd, "CHALLENGE", FLAGS_SEAL, key), 0);
	oracle_init(&l.server, ORACLE_SERVER, FLAGS_SEAL, key);
	l.flags = FLAGS_SEAL;
	still_works(&l);
	link_close(&l);
}

void failed_exchange_not_connected(void)
{
	int fd = link_create();

	CHECK_ERR(link_leg(fd, NULL, FLAGS_SEAL, key), -EINPROGRESS);
	/* no extended session security, and allow_legacy was not set */
	CHECK_ERR(link_leg(fd, "CHALLENGE", FLAGS_SEAL &
			   ~NTLM_NEGOTIATE_EXTENDED_SESSIONSECURITY, key),
		  -EOPNOTSUPP);
	not_connected(fd);
	close(fd);
}

void bad_flags_and_segments(void)
{
	uint8_t data[20] = "data", out[20];
	const struct ntlm_test_seg good = {
		.src = (uintptr_t)data, .dst = (uintptr_t)out,
		.len = sizeof(data), .flags = SEG_SEAL,
	};
	struct ntlm_test_seg seg[2];
	unsigned int bit, place;
	struct link l;
	enum op op;

	link_open(&l, FLAGS_SEAL);
	for (op = OP_SIGN; op <= OP_UNSEAL; op++)
		for (place = 0; place < 2; place++) {
			/* every unknown flag, beside a known one or not */
			for (bit = 2; bit < 32; bit++) {
				seg[0] = good;
				seg[1] = good;
				seg[0].flags = 0;
				seg[1].flags = 0;
				seg[place].flags = 1u << bit;
				CHECK_ERR(raw(l.fd, op, seg, 2), -EINVAL);
				seg[place].flags |= SEG_SEAL;
				CHECK_ERR(raw(l.fd, op, seg, 2), -EINVAL);
			}
			/* bytes without a source */
			seg[0] = good;
			seg[1] = good;
			seg[0].flags = 0;
			seg[1].flags = 0;
			seg[place].src = 0;
			CHECK_ERR(raw(l.fd, op, seg, 2), -EINVAL);
		}

	for (place = 0; place < 2; place++) {
		/* nothing is sealed by operations that sign only */
		seg[0] = good;
		seg[1] = good;
		seg[!place].flags = 0;
		CHECK_ERR(raw(l.fd, OP_SIGN, seg, 2), -EINVAL);
		CHECK_ERR(raw(l.fd, OP_VERIFY, seg, 2), -EINVAL);
		/* sealed bytes without a destination */
		seg[place].dst = 0;
		CHECK_ERR(raw(l.fd, OP_SEAL, seg, 2), -EINVAL);
		CHECK_ERR(raw(l.fd, OP_UNSEAL, seg, 2), -EINVAL);
	}
	still_works(&l);

	/* no bytes: no buffer is needed */
	memset(seg, 0, sizeof(seg));
	seg[0].flags = SEG_SEAL;
	CHECK_ERR(raw(l.fd, OP_SEAL, seg, 2), 0);
	link_close(&l);
}

void length_beyond_limit(void)
{
	uint8_t data[20] = "data", out[20];
	struct ntlm_test_seg seg[2] = { {
		.src = (uintptr_t)data, .dst = (uintptr_t)out,
		.len = sizeof(data),
	} };
	static const uint64_t claims[] = {
		INT_LIMIT + 1, 0xffffffffULL, 0x100000000ULL, 0x100000014ULL,
		0x7fffffffffffffffULL, ~0ULL,
	};
	unsigned int i, place;
	struct link l;
	enum op op;

	link_open(&l, FLAGS_SEAL);
	seg[1] = seg[0];
	for (op = OP_SIGN; op <= OP_UNSEAL; op++)
		for (place = 0; place < 2; place++)
			for (i = 0; i < sizeof(claims) / sizeof(*claims); i++) {
				bool seal = op == OP_SEAL || op == OP_UNSEAL;

				seg[0].claim = 0;
				seg[1].claim = 0;
				seg[place].claim = claims[i];
				seg[place].flags = seal ? SEG_SEAL : 0;
				CHECK_ERR(raw(l.fd, op, seg, 2), -EMSGSIZE);
			}
	still_works(&l);
	link_close(&l);
}

/* A destination that a signed-only segment has is none. */
void destination_of_signed_segment_untouched(void)
{
	uint8_t data[20] = "data", out[20];
	struct ntlm_test_seg seg = {
		.src = (uintptr_t)data, .dst = (uintptr_t)out,
		.len = sizeof(data),
	};
	struct link l;
	enum op op;
	size_t i;

	link_open(&l, FLAGS_SEAL);
	for (op = OP_SIGN; op <= OP_UNSEAL; op++) {
		bool sends = op == OP_SIGN || op == OP_SEAL;

		memset(out, 0, sizeof(out));
		CHECK_ERR(raw(l.fd, op, &seg, 1), sends ? 0 : -EBADMSG);
		for (i = 0; i < sizeof(out); i++)
			CHECK_EQ(out[i], NTLM_TEST_FILL);
	}
	link_close(&l);
}
