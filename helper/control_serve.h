/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the requests of the control socket do, without regard to how they
 * travel.
 */
#ifndef NTLMD_CONTROL_SERVE_H
#define NTLMD_CONTROL_SERVE_H

#include "control.h"

/**
 * struct control_session - one connection
 * @peer: uid of the client
 * @hooks: the rest of the daemon
 * @prepared: a LOGIN waits for its COMMIT
 * @login: that LOGIN
 * @login_uid: whose it will be
 * @secret_fd: descriptor of its memory
 * @secret: that memory
 */
struct control_session {
	uint32_t peer;
	const struct control_hooks *hooks;
	bool prepared;
	struct control_order login;
	uint32_t login_uid;
	int secret_fd;
	void *secret;
};

/**
 * struct control_answer - a reply to be sent
 * @len: its length in bytes
 * @fd: goes with it, and stays the session's; -1: none
 * @head: its head
 * @body: what follows
 */
struct control_answer {
	size_t len;
	int fd;
	struct control_reply head;
	uint8_t body[CONTROL_REPLY_MAX - sizeof(struct control_reply)];
};

/** control_serve() - do what is asked; @answer is complete afterwards */
void control_serve(struct control_session *session,
		   const struct control_order *order,
		   struct control_answer *answer);

/** control_refuse() - an answer that says what is wrong; @status: errno */
void control_refuse(struct control_answer *answer, uint16_t op, int status,
		    const char *why);

/** control_session_end() - wipe what the session has */
void control_session_end(struct control_session *session);

#endif
