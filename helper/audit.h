/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines of the log about logons, with fields for programs; see ntlmd(8).
 */
#ifndef NTLMD_AUDIT_H
#define NTLMD_AUDIT_H

#include <stdbool.h>
#include <stdint.h>

/* MESSAGE_ID= of the journal, each for one kind of line */
#define AUDIT_SENT	"ca7f44f7d1a84552984f1486fb08e3ec"
#define AUDIT_ACCEPTED	"3cf1f5be32d646dc85ef9dea4a544b9c"
#define AUDIT_REFUSED	"36cb7778c24746ed8fb5638a2aedb9f1"
#define AUDIT_FAILED	"78a73c6c61014766ac7657715c30835a"
#define AUDIT_LOGIN	"bfdedf762f204728bb6a4b3b0ef797e2"
#define AUDIT_LOGOUT	"e9e9899593ba4545808a4143f060198f"

/**
 * struct audit - what happened to a logon
 * @id: AUDIT_*
 * @outcome: one word for a program
 * @acceptor: a client logs on to a server of this computer
 * @context: id of the context, 0 for none
 * @uid: of the client in the kernel, or whose login it is
 * @target: whom it is for, or NULL
 * @user: name, or NULL
 * @domain: its domain, or NULL
 * @workstation: acceptor: as the client calls itself, or NULL
 * @error: errno, 0 for none
 * @ntstatus: what the server said, 0 for nothing
 * @repeats: how often it happened again, 0 for the first time
 */
struct audit {
	const char *id;
	const char *outcome;
	bool acceptor;
	uint32_t context;
	uint32_t uid;
	const char *target;
	const char *user;
	const char *domain;
	const char *workstation;
	int error;
	uint32_t ntstatus;
	unsigned int repeats;
};

/**
 * audit_log() - write a line about a logon
 * @priority: LOG_*
 * @audit: its fields
 * @fmt: as printf(3), the line for a person
 */
void audit_log(int priority, const struct audit *audit, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
