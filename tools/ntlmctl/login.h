/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ntlmctl login, logout and list: a user's own credentials in ntlmd.
 */
#ifndef NTLMCTL_LOGIN_H
#define NTLMCTL_LOGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct login_options - what the three commands are told
 * @socket: path of ntlmd's socket
 * @target: server or pattern, or NULL
 * @user: user name, or NULL
 * @domain: domain, or NULL; may be empty
 * @uid: whose, or CONTROL_NOBODY
 * @lifetime: seconds, 0 for ntlmd's default
 * @from_stdin: the password comes from standard input
 * @verify: try it before
 * @all: logout: every login; list: everybody's
 * @all_users: logout: of every user
 * @json: write JSON
 */
struct login_options {
	const char *socket;
	char *target;
	char *user;
	char *domain;
	uint32_t uid;
	uint64_t lifetime;
	bool from_stdin;
	bool verify;
	bool all;
	bool all_users;
	bool json;
};

/** login_command() - is this one of the three commands? */
bool login_command(const char *name);

/**
 * login_main() - run one of them
 * @argc: number of @argv
 * @argv: name of the command and what follows it
 * @json: --json stood before the command
 *
 * Return: exit status.
 */
int login_main(int argc, char **argv, bool json);

/** do_login() - ask, hand over */
int do_login(const struct login_options *o);
/** do_logout() - remove */
int do_logout(const struct login_options *o);
/** do_list() - show */
int do_list(const struct login_options *o);

struct password;
struct control_row;

/**
 * verify() - try a password at the server, once
 * @o: target, user and domain
 * @password: the password
 *
 * Return: EXIT_OK, EXIT_REFUSED, EXIT_NOT_VERIFIED or EXIT_PROBLEM; printed.
 */
int verify(const struct login_options *o, const struct password *password);

/** duration_text() - "6 days 23 h" and the like; returns @buf */
const char *duration_text(uint64_t seconds, char *buf, size_t size);

/**
 * login_name() - DOMAIN\USER as name_print() has it
 * @domain: may be empty
 * @user: name
 * @buf: receives it
 * @size: its size in bytes
 *
 * Return: @buf.
 */
const char *login_name(const char *domain, const char *user, char *buf,
		       size_t size);

/** login_json() - print a row of either kind as a JSON object */
void login_json(const struct control_row *row, const char *target,
		const char *user, const char *domain);

#endif
