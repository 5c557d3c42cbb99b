// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../lib/driver.h"
#include "../lib/tap.h"
#include "link.h"

#define HELPER_WAIT_MS 20000

static const uint8_t default_key[NTLM_SESSION_KEY_SIZE] = {
	0x2f, 0x81, 0x0a, 0xd4, 0x33, 0x77, 0x5c, 0xe9,
	0x90, 0x1b, 0xc6, 0x48, 0xfe, 0x05, 0x6d, 0xb2,
};

/* The helper of this process; registered when it is needed first. */
static struct nl helper = { .fd = -1 };

void link_register(void)
{
	if (helper.fd >= 0)
		return;
	CHECK_ERR(nl_open(&helper), 0);
	CHECK_ERR(ntlm_register(&helper), 0);
}

void link_serve(uint32_t flags, const uint8_t *key)
{
	static struct ntlm_req req;
	struct ntlm_done done;

	CHECK_ERR(ntlm_accept_wait(&helper, &req, HELPER_WAIT_MS), 0);
	done = ntlm_honest(&req);
	if (req.leg) {
		done.user = "user";
		done.domain = "DOMAIN";
		done.flags = flags;
		done.key = key;
		done.key_len = key ? NTLM_SESSION_KEY_SIZE : 0;
	}
	/* What the kernel says of the answer, the client hears as well. */
	ntlm_done(&helper, &done);
}

/* The client's thread asks, this one answers. */
int link_leg(int fd, const char *in, uint32_t flags, const uint8_t *key)
{
	struct client client;

	link_register();
	client_start(&client, fd, in, in ? strlen(in) : 0);
	link_serve(flags, key);
	return client_join(&client);
}

int link_answer(int fd, const char *in, const struct ntlm_done *done, void *out)
{
	static struct ntlm_req req;
	struct ntlm_done answer = *done;
	struct client client;

	link_register();
	client_start_out(&client, fd, in, in ? strlen(in) : 0, out);
	CHECK_ERR(ntlm_accept_wait(&helper, &req, HELPER_WAIT_MS), 0);
	answer.cookie = req.cookie;
	ntlm_done(&helper, &answer);
	return client_join(&client);
}

int link_driver(void)
{
	int fd = open(NTLM_TEST_DEVICE, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		FAIL("%s: %m", NTLM_TEST_DEVICE);
	return fd;
}

static void create_in(int fd, const struct link_kind *kind)
{
	struct ntlm_test_create order = {
		.target = (uintptr_t)"cifs/fileserver.example.com",
		.role = kind->role,
		.mode = kind->mode,
		.wished = NTLM_OPT_ANONYMOUS | kind->wished,
		.min_key_bits = 40,
		.timeout_ms = HELPER_WAIT_MS,
		.allow_legacy = !kind->strict,
		.spnego = kind->spnego,
	};

	if (ioctl(fd, NTLM_TEST_CREATE, &order) < 0)
		FAIL("NTLM_TEST_CREATE: %m");
	CHECK_ERR(order.result, 0);
}

void link_create_in(int fd)
{
	create_in(fd, &(struct link_kind){ .strict = true });
}

int link_create(void)
{
	int fd = link_driver();

	link_create_in(fd);
	return fd;
}

void link_establish(int fd, uint32_t flags, const uint8_t *key)
{
	CHECK_ERR(link_leg(fd, NULL, flags, key), -EINPROGRESS);
	CHECK_ERR(link_leg(fd, "CHALLENGE", flags, key), 0);
}

int link_create_kind(const struct link_kind *kind)
{
	int fd = link_driver();

	create_in(fd, kind);
	return fd;
}

int link_try(struct link *l, const struct link_kind *kind, uint32_t flags,
	     const uint8_t *key)
{
	bool initiator = kind->role == NTLM_ROLE_INITIATOR;
	bool connection = kind->mode == NTLM_MODE_CONNECTION;

	memset(l, 0, sizeof(*l));
	l->fd = link_create_kind(kind);
	l->flags = flags;
	memcpy(l->key, key, sizeof(l->key));
	/* Nobody is asked for the first step of a connectionless initiator. */
	if (initiator && !connection)
		CHECK_ERR(drv_exchange(l->fd, NULL, 0, NULL, NULL),
			  -EINPROGRESS);
	else
		CHECK_ERR(link_leg(l->fd, initiator || !connection ? NULL :
				   "NEGOTIATE", flags, key), -EINPROGRESS);
	return link_leg(l->fd, initiator ? "CHALLENGE" : "AUTHENTICATE", flags,
			key);
}

void link_open_as(struct link *l, const struct link_kind *kind,
		  uint32_t flags, const uint8_t *key)
{
	CHECK_ERR(link_try(l, kind, flags, key), 0);
}

void link_open_key(struct link *l, uint32_t flags, const uint8_t *key)
{
	l->fd = link_create();
	l->flags = flags;
	memcpy(l->key, key, sizeof(l->key));
	link_establish(l->fd, flags, key);
	oracle_init(&l->server, ORACLE_SERVER, flags, key);
}

void link_open(struct link *l, uint32_t flags)
{
	link_open_key(l, flags, default_key);
}

void link_twin(const struct link *l, struct oracle *twin)
{
	oracle_init(twin, ORACLE_CLIENT, l->flags, l->key);
}

void link_close(struct link *l)
{
	close(l->fd);
	l->fd = -1;
}
