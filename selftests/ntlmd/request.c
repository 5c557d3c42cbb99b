// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One exchange of an in-kernel client (/dev/ntlm_test) with a server that is
 * played here: it sends a CHALLENGE and checks the AUTHENTICATE_MESSAGE.
 *
 *	ntlmd_request [-u UID] [-x] [-r NTSTATUS] [-d SECONDS] TARGET PASSWORD
 *
 * -x marks the target as unverified, -r reports the server's verdict, -d keeps
 * the context for a while. Prints one line: "negotiate=ERRNO", then
 * "authenticate=ERRNO proof=ok|wrong key=same|other user=NAME". Exit status 0
 * if PASSWORD was proved, 1 if not.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../driver/ntlm_test.h"
#include "ntlm/ntlm.h"
#include "verify.h"

/* NTLM_OPT_INTEGRITY | NTLM_OPT_CONFIDENTIALITY of the kernel's ABI */
#define REQUIRED 9

static const uint8_t challenge[] = {
	'N', 'T', 'L', 'M', 'S', 'S', 'P', 0, 2, 0, 0, 0,
	0, 0, 0, 0, 56, 0, 0, 0,
	0x35, 0x82, 0x89, 0xe2,
	1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0,
	20, 0, 20, 0, 56, 0, 0, 0, 6, 1, 0, 0, 0, 0, 0, 15,
	2, 0, 4, 0, 'D', 0, 'M', 0, 1, 0, 4, 0, 'S', 0, 'V', 0, 0, 0, 0, 0,
};

struct exchange {
	int fd;
	uint8_t negotiate[1024];
	size_t negotiate_len;
	uint8_t authenticate[4096];
	size_t authenticate_len;
};

static uint64_t address(const void *p)
{
	return (uintptr_t)p;
}

static int create(struct exchange *x, const char *target, unsigned int uid,
		  bool unverified)
{
	struct ntlm_test_create order = {
		.target = address(target),
		.uid = uid,
		.required = REQUIRED,
		.target_unverified = unverified,
	};

	x->fd = open(NTLM_TEST_DEVICE, O_RDWR | O_CLOEXEC);
	if (x->fd < 0 || ioctl(x->fd, NTLM_TEST_CREATE, &order) < 0)
		return -errno;
	return order.result;
}

static int step(struct exchange *x, const void *in, size_t in_len, void *out,
		size_t size, size_t *len)
{
	struct ntlm_test_exchange order = {
		.in = address(in),
		.in_len = (uint32_t)in_len,
		.out = address(out),
		.out_len = (uint32_t)size,
	};

	if (ioctl(x->fd, NTLM_TEST_EXCHANGE, &order) < 0)
		return -errno;
	*len = order.out_len;
	return order.result;
}

static const char *name(int error)
{
	return error ? strerrorname_np(-error) : "0";
}

static bool proved(struct exchange *x, const char *password)
{
	const struct ntlm_bytes tokens[] = {
		{ x->negotiate, x->negotiate_len },
		{ challenge, sizeof(challenge) },
		{ x->authenticate, x->authenticate_len },
	};
	uint8_t hash[NTLM_HASH_SIZE], key[NTLM_KEY_SIZE];
	struct ntlm_test_info info;
	bool proof, same;

	ntlm_nt_hash(password, strlen(password), hash);
	proof = verify_authenticate(hash, tokens[0], tokens[1], tokens[2], key,
				    NULL) == NTLM_OK;
	if (ioctl(x->fd, NTLM_TEST_INFO, &info) < 0)
		return false;
	same = !info.key_result && !memcmp(info.key, key, sizeof(key));
	printf(" proof=%s key=%s user=%s\\%s\n", proof ? "ok" : "wrong",
	       same ? "same" : "other", info.domain, info.user);
	return proof && same;
}

int main(int argc, char **argv)
{
	unsigned int uid = 0, keep = 0;
	uint32_t ntstatus = 0;
	bool unverified = false, report = false, ok;
	struct exchange x = { 0 };
	int c, e;

	while ((c = getopt(argc, argv, "u:xr:d:")) != -1) {
		switch (c) {
		case 'u':
			uid = (unsigned int)strtoul(optarg, NULL, 0);
			break;
		case 'x':
			unverified = true;
			break;
		case 'r':
			report = true;
			ntstatus = (uint32_t)strtoul(optarg, NULL, 0);
			break;
		case 'd':
			keep = (unsigned int)strtoul(optarg, NULL, 0);
			break;
		default:
			return 2;
		}
	}
	if (argc - optind != 2)
		return 2;
	e = create(&x, argv[optind], uid, unverified);
	if (e) {
		printf("create=%s\n", name(e));
		return 1;
	}
	e = step(&x, NULL, 0, x.negotiate, sizeof(x.negotiate), &x.negotiate_len);
	printf("negotiate=%s", name(e));
	if (e != -EINPROGRESS) {
		putchar('\n');
		return 1;
	}
	e = step(&x, challenge, sizeof(challenge), x.authenticate,
		 sizeof(x.authenticate), &x.authenticate_len);
	printf(" authenticate=%s", name(e));
	if (e) {
		putchar('\n');
		return 1;
	}
	ok = proved(&x, argv[optind + 1]);
	if (report && ioctl(x.fd, NTLM_TEST_REPORT, &ntstatus) < 0)
		ok = false;
	fflush(stdout);
	sleep(keep);
	return ok ? 0 : 1;
}
