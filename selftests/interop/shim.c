// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * /dev/ntlm_test for Python: flat functions over its structures. All return what
 * the function of the in-kernel API returned, or the negative errno of a call
 * that did not reach it.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../driver/ntlm_test.h"

static uint64_t address(const void *p)
{
	return (uintptr_t)p;
}

/* The network namespace of this process; NULL: a new one */
int shim_namespace(const char *path)
{
	int fd, err = 0;

	if (!path)
		return unshare(CLONE_NEWNET) < 0 ? -errno : 0;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (setns(fd, CLONE_NEWNET) < 0)
		err = -errno;
	close(fd);
	return err;
}

/* A file with a context */
int shim_create(uint32_t role, uint32_t mode, uint32_t required, uint32_t wished,
		uint32_t min_key_bits, uint32_t allow_legacy, uint32_t spnego,
		const char *target, const uint8_t *bindings)
{
	struct ntlm_test_create order = {
		.target = address(target),
		.channel_bindings = address(bindings),
		.role = role,
		.mode = mode,
		.required = required,
		.wished = wished,
		.min_key_bits = min_key_bits,
		.timeout_ms = 60000,
		.allow_legacy = allow_legacy,
		.spnego = spnego,
	};
	int fd = open(NTLM_TEST_DEVICE, O_RDWR | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (ioctl(fd, NTLM_TEST_CREATE, &order) < 0)
		err = -errno;
	else
		err = order.result;
	if (!err)
		return fd;
	close(fd);
	return err;
}

int shim_exchange(int fd, const void *in, uint32_t in_len, void *out,
		  uint32_t *out_len)
{
	struct ntlm_test_exchange order = {
		.in = address(in),
		.in_len = in_len,
		.out = address(out),
		.out_len = *out_len,
	};

	if (ioctl(fd, NTLM_TEST_EXCHANGE, &order) < 0)
		return -errno;
	*out_len = order.out_len;
	return order.result;
}

void shim_report(int fd, uint32_t ntstatus)
{
	ioctl(fd, NTLM_TEST_REPORT, &ntstatus);
}

int shim_info(int fd, uint32_t *flags, uint8_t key[16], uint32_t *ntstatus,
	      uint32_t *anonymous, char user[1024])
{
	struct ntlm_test_info info;

	if (ioctl(fd, NTLM_TEST_INFO, &info) < 0)
		return -errno;
	*flags = info.flags;
	*ntstatus = info.ntstatus;
	*anonymous = info.anonymous;
	memcpy(key, info.key, sizeof(info.key));
	memcpy(user, info.user, sizeof(info.user));
	return info.flags_result ? info.flags_result : info.key_result;
}

/*
 * One message in place: @sealed bytes that are sealed, if @op says so, between
 * @before and @after bytes that are signed only. @seq: number of a datagram
 */
int shim_message(int fd, uint32_t op, uint32_t seq, uint8_t *data,
		 uint64_t before, uint64_t sealed, uint64_t after, uint8_t sig[16])
{
	int seal = op == NTLM_TEST_SEAL || op == NTLM_TEST_UNSEAL ||
		   op == NTLM_TEST_SEAL_DATAGRAM || op == NTLM_TEST_UNSEAL_DATAGRAM;
	struct ntlm_test_seg seg[3] = {
		{ .src = address(data), .len = before },
		{ .src = address(data + before), .len = sealed },
		{ .src = address(data + before + sealed), .len = after },
	};
	struct ntlm_test_message order = {
		.segs = address(seg),
		.op = op,
		.nsegs = 3,
		.seq = seq,
	};

	if (seal) {
		seg[1].dst = seg[1].src;
		seg[1].flags = NTLM_TEST_SEG_SEAL;
		seg[1].in_place = 1;
	}
	if (!before && !after) {
		order.segs = address(&seg[1]);
		order.nsegs = 1;
	}
	memcpy(order.signature, sig, sizeof(order.signature));
	if (ioctl(fd, NTLM_TEST_MESSAGE, &order) < 0)
		return -errno;
	memcpy(sig, order.signature, sizeof(order.signature));
	return order.result;
}
