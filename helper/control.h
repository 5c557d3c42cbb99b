/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The socket of "ntlmctl login", "logout" and "list".
 *
 * A SOCK_SEQPACKET socket in the file system that everybody may connect to; the
 * kernel says who did (SO_PEERCRED). A client sends a request and gets one
 * reply, and may go on. All numbers are in the machine's byte order.
 *
 * A secret is in no message. A login takes two requests: LOGIN names target,
 * user and lifetime, and its reply has a descriptor of memory (memfd_secret(2)
 * or sealed memfd_create(2)) that the daemon made. There the client puts the NT
 * hash, and COMMIT of the same connection takes it from there; the daemon wipes
 * that memory then. The memory is the daemon's and not the client's, because
 * the daemon must not touch what it does not know: examining or even closing a
 * descriptor of a file system in user space can block for as long as that file
 * system likes. A request with a descriptor is refused, and none is received.
 */
#ifndef NTLMD_CONTROL_H
#define NTLMD_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ntlm/ntlm.h"
#include "refusal.h"

#define CONTROL_MAGIC		UINT32_C(0x4c4d544e)
#define CONTROL_VERSION		1
/** CONTROL_REQUEST_MAX - bytes of the longest request */
#define CONTROL_REQUEST_MAX	2560
/** CONTROL_REPLY_MAX - bytes of the longest reply */
#define CONTROL_REPLY_MAX	32768
/** CONTROL_SECRET_SIZE - bytes of the memory for the secret, the hash is first */
#define CONTROL_SECRET_SIZE	4096
/** CONTROL_NOBODY - "my own uid" in struct control_request */
#define CONTROL_NOBODY		UINT32_MAX

/**
 * enum control_op - what is asked
 * @CONTROL_LOGIN: prepare a login; the reply has a descriptor
 * @CONTROL_COMMIT: complete the login that this connection prepared; no texts;
 *	the reply has its row
 * @CONTROL_LOGOUT: remove logins; an empty text stands for any; the number of
 *	those that were removed is in the reply's @count
 * @CONTROL_LIST: the rows from @cursor on; no texts
 * @CONTROL_ABOUT: no texts; the reply's text is the version of the daemon
 */
enum control_op {
	CONTROL_LOGIN = 1,
	CONTROL_COMMIT = 2,
	CONTROL_LOGOUT = 3,
	CONTROL_LIST = 4,
	CONTROL_ABOUT = 5,
};

/* flags of a request */
/** CONTROL_EVERYBODY - LIST, LOGOUT: of all users; root only */
#define CONTROL_EVERYBODY	UINT32_C(1)
/** CONTROL_NO_DOMAIN - LOGOUT: an empty domain stands for none, not for any */
#define CONTROL_NO_DOMAIN	UINT32_C(2)

/**
 * struct control_request - head of a request
 * @magic: CONTROL_MAGIC
 * @version: CONTROL_VERSION
 * @op: enum control_op
 * @flags: CONTROL_*
 * @uid: whose logins, or CONTROL_NOBODY; another one than the client's own is
 *	for root only
 * @lifetime: LOGIN: seconds, 0 for the daemon's default
 * @cursor: LIST: 0, or what the reply before said
 * @target_len: bytes of the target pattern
 * @user_len: bytes of the user name
 * @domain_len: bytes of the domain
 * @pad: zero
 *
 * The texts follow in this order, UTF-8 without NUL, and nothing else.
 */
struct control_request {
	uint32_t magic;
	uint16_t version;
	uint16_t op;
	uint32_t flags;
	uint32_t uid;
	uint64_t lifetime;
	uint32_t cursor;
	uint16_t target_len;
	uint16_t user_len;
	uint16_t domain_len;
	uint16_t pad[3];
};

/**
 * struct control_reply - head of a reply
 * @magic: CONTROL_MAGIC
 * @version: CONTROL_VERSION
 * @op: of the request
 * @status: 0 or a positive errno
 * @count: rows that follow, or logins that were removed
 * @cursor: LIST: where to go on; 0 at the end
 * @text_len: bytes of a text for a person that follows: what is wrong, if
 *	@status is not 0; ABOUT: the version
 * @pad: zero
 */
struct control_reply {
	uint32_t magic;
	uint16_t version;
	uint16_t op;
	uint32_t status;
	uint32_t count;
	uint32_t cursor;
	uint16_t text_len;
	uint16_t pad;
};

/* kinds of a row */
enum control_kind {
	CONTROL_ROW_LOGIN = 1,
	CONTROL_ROW_REFUSAL = 2,
};

/* flags of a row */
/** CONTROL_KEPT - this login outlives a restart of the daemon */
#define CONTROL_KEPT		UINT32_C(1)

/**
 * struct control_row - one login or one refusal that is remembered
 * @size: bytes of the row with its texts; a multiple of 8, padded with zeros
 * @kind: enum control_kind
 * @flags: CONTROL_*
 * @uid: whose
 * @ntstatus: refusal: what the server answered
 * @seconds: until it expires
 * @target_len: bytes of the target or its pattern
 * @user_len: bytes of the user name
 * @domain_len: bytes of the domain
 * @pad: zero
 */
struct control_row {
	uint16_t size;
	uint16_t kind;
	uint32_t flags;
	uint32_t uid;
	uint32_t ntstatus;
	uint64_t seconds;
	uint16_t target_len;
	uint16_t user_len;
	uint16_t domain_len;
	uint16_t pad;
};

/* --- for the daemon ------------------------------------------------------ */

struct sd_event;
struct config;
struct control;

/** CONTROL_TEXT_MAX - bytes of a text in a request, NUL included */
#define CONTROL_TEXT_MAX	770

/**
 * struct control_order - a request that was parsed
 * @op: one of enum control_op
 * @flags: only those that @op knows
 * @uid: as in struct control_request
 * @lifetime: likewise
 * @cursor: likewise
 * @target: text
 * @user: text
 * @domain: text
 */
struct control_order {
	enum control_op op;
	uint32_t flags;
	uint32_t uid;
	uint64_t lifetime;
	uint32_t cursor;
	char target[CONTROL_TEXT_MAX];
	char user[CONTROL_TEXT_MAX];
	char domain[CONTROL_TEXT_MAX];
};

/**
 * control_parse() - parse a request
 * @data: the message
 * @len: its length in bytes
 * @order: receives the contents
 * @why: receives static text on failure
 *
 * Return: 0; -EPROTONOSUPPORT: another version; -EINVAL: malformed.
 */
int control_parse(const void *data, size_t len, struct control_order *order,
		  const char **why);

/**
 * struct control_hooks - what the socket needs from the rest of the daemon
 * @arg: first argument
 * @version: of the daemon
 * @login_changed: a login was added, replaced or removed
 * @refusals: shows the refusals of a uid; UINT32_MAX: everybody's
 */
struct control_hooks {
	void *arg;
	const char *version;
	void (*login_changed)(void *arg, uint32_t uid, const char *pattern);
	void (*refusals)(void *arg, uint32_t uid, refusal_visit visit,
			 void *visit_arg);
};

/**
 * control_bind() - make the socket, with the rights of the start
 * @path: where; a socket that nobody listens on is replaced
 *
 * Return: a descriptor, or a negative errno, logged: -EADDRINUSE: another
 * daemon listens there.
 */
int control_bind(const char *path);

/**
 * control_new() - begin to serve
 * @event: event loop
 * @fd: of control_bind(); owned from now on, also on failure
 * @hooks: copied
 *
 * Whatever clients do, the kernel's requests come first.
 *
 * Return: the object, or NULL without memory.
 */
struct control *control_new(struct sd_event *event, int fd,
			    const struct control_hooks *hooks);

/** control_free() - stop; NULL is ignored */
void control_free(struct control *control);

#endif
