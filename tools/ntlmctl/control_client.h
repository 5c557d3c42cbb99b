/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests to ntlmd over its control socket.
 */
#ifndef NTLMCTL_CONTROL_CLIENT_H
#define NTLMCTL_CONTROL_CLIENT_H

#include <sys/types.h>

#include "control.h"

/**
 * struct control_client - a connection
 * @fd: socket
 * @reply: head of the last reply
 * @body: what followed, and a NUL
 * @body_len: its length in bytes without the NUL
 * @secret_fd: descriptor that came with it, or -1
 */
struct control_client {
	int fd;
	struct control_reply reply;
	uint8_t body[CONTROL_REPLY_MAX + 1];
	size_t body_len;
	int secret_fd;
};

/** control_client_open() - connect; returns an exit status, has printed why */
int control_client_open(struct control_client *c, const char *path);

/** control_client_close() - disconnect */
void control_client_close(struct control_client *c);

/**
 * control_client_ask() - send a request and receive the reply
 * @c: open connection
 * @request: its op, flags, uid, lifetime and cursor; the rest is filled in
 * @target: text, NULL for none
 * @user: text, NULL for none
 * @domain: text, NULL for none
 *
 * Return: an exit status; what is wrong has been printed.
 */
int control_client_ask(struct control_client *c, struct control_request request,
		       const char *target, const char *user, const char *domain);

/**
 * control_client_version() - which ntlmd is it?
 * @path: its socket
 * @pid: who has to listen there
 * @buf: receives the version; empty if there is no answer, or another process
 *	listens
 * @size: its size in bytes
 *
 * Prints nothing.
 */
void control_client_version(const char *path, pid_t pid, char *buf, size_t size);

/** control_row_each - takes one row; the texts end with NUL */
typedef void (*control_row_each)(void *arg, const struct control_row *row,
				 const char *target, const char *user,
				 const char *domain);

/** control_client_rows() - go through the rows of the last reply */
int control_client_rows(struct control_client *c, control_row_each each,
			void *arg);

#endif
