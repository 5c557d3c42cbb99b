// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../lib/tap.h"
#include "calls.h"

#define ACK_MS 5000

int call_create(const struct ntlm_test_create *wanted)
{
	struct ntlm_test_create order = *wanted;
	int fd = open(NTLM_TEST_DEVICE, O_RDWR | O_CLOEXEC), err;

	if (fd < 0)
		return -errno;
	err = ioctl(fd, NTLM_TEST_CREATE, &order) < 0 ? -errno : order.result;
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}

int call_exchange(int fd, const char *in, bool *died)
{
	static uint8_t out[NTLM_MAX_TOKEN];
	struct ntlm_test_exchange order = {
		.in = (uintptr_t)in,
		.in_len = in ? (uint32_t)strlen(in) : 0,
		.out = (uintptr_t)out,
		.out_len = sizeof(out),
	};

	if (ioctl(fd, NTLM_TEST_EXCHANGE, &order) < 0)
		return -errno;
	*died = order.result && order.result != -EINPROGRESS;
	return order.result;
}

int call_message(int fd, enum ntlm_test_op op, void *data, uint32_t len,
		 uint32_t seq)
{
	struct ntlm_test_seg seg = {
		.src = (uintptr_t)data,
		.dst = (uintptr_t)data,
		.len = len,
		.in_place = 1,
	};
	struct ntlm_test_message order = {
		.segs = (uintptr_t)&seg,
		.op = op,
		.nsegs = 1,
		.seq = seq,
	};

	if (op == NTLM_TEST_SEAL || op == NTLM_TEST_SEAL_DATAGRAM)
		seg.flags = NTLM_TEST_SEG_SEAL;
	if (ioctl(fd, NTLM_TEST_MESSAGE, &order) < 0)
		return -errno;
	return order.result;
}

int call_info(int fd, struct ntlm_test_info *info)
{
	return ioctl(fd, NTLM_TEST_INFO, info) < 0 ? -errno : 0;
}

static int ack_of(const struct nlmsghdr *h)
{
	int err;

	memcpy(&err, NLMSG_DATA(h), sizeof(err));
	return err;
}

int call_talk(struct nl *nl, struct nl_msg *m, struct nl_reply *r)
{
	uint32_t seq = ((struct nlmsghdr *)m->buf)->nlmsg_seq;
	const struct nlmsghdr *h;
	bool lost = false;
	uint32_t from;
	int n, err;

	if (r)
		r->type = 0;
	err = nl_send(nl, m);
	if (err)
		return err;
	for (;;) {
		n = nl_recv(nl, nl->rx, NL_BUFFER, lost ? 0 : ACK_MS, &from);
		if (n == -ENOBUFS) {
			lost = true;
			continue;
		}
		if (n == -EAGAIN) {
			if (lost)
				return -ENOBUFS;
			FAIL("neither an ACK nor ENOBUFS");
		}
		if (n < 0)
			return n;
		for (h = (void *)nl->rx; NLMSG_OK(h, (unsigned int)n);
		     h = NLMSG_NEXT(h, n)) {
			if (h->nlmsg_seq != seq)
				continue;
			if (h->nlmsg_type == NLMSG_ERROR)
				return ack_of(h);
			if (r)
				nl_parse(h, r);
		}
	}
}

int call_dump(struct nl *nl, uint8_t cmd, unsigned int *n)
{
	const struct nlmsghdr *h;
	uint32_t from;
	int len, err;

	*n = 0;
	nl_begin(nl, nl->m, cmd, NLM_F_DUMP);
	err = nl_send(nl, nl->m);
	if (err)
		return err;
	for (;;) {
		len = nl_recv(nl, nl->rx, NL_BUFFER, ACK_MS, &from);
		if (len == -EAGAIN)
			FAIL("a dump that neither goes on nor ends");
		if (len < 0)
			return len;
		for (h = (void *)nl->rx; NLMSG_OK(h, (unsigned int)len);
		     h = NLMSG_NEXT(h, len)) {
			if (h->nlmsg_seq != nl->seq)
				continue;
			if (h->nlmsg_type == NLMSG_DONE ||
			    h->nlmsg_type == NLMSG_ERROR)
				return ack_of(h);
			(*n)++;
		}
	}
}
