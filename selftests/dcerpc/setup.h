/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the tests of the RPC client have in common.  They run as root with
 * ntlm_rpc_test.ko loaded and ntlmd running.  The environment says:
 *
 *	NTLM_TEST_SERVER	address of Samba (127.0.0.1)
 *	NTLM_TEST_TARGET	its SPN (cifs/127.0.0.1)
 *	NTLM_TEST_USER		user (ntlmtest), NTLM_TEST_DOMAIN (NTLMTEST) and
 *	NTLM_TEST_PASSWORD	password (Passw0rd.1), known to Samba
 *	NTLM_TEST_ROGUE		SPN prefix (host/rogue-): ntlmd has a credential of
 *				the same user for all targets that begin so
 *	NTLM_TEST_BIN		directory of the program rogue (that of the test)
 */
#ifndef SELFTESTS_DCERPC_SETUP_H
#define SELFTESTS_DCERPC_SETUP_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "../lib/tap.h"
#include "client.h"

/* Time limit of calls that are meant to succeed, in milliseconds */
#define PATIENT_MS 30000

/* Value of an environment variable, or the default above */
const char *setting(const char *name);

/* client_open() that fails the test */
int must_open(void);

/* A request to connect to Samba at @level; port 0 asks the endpoint mapper. */
void samba_params(struct ntlm_rpc_test_connect *con,
		  const struct interface *interface, uint32_t level);

/* An open file, connected as @con says */
int must_connect(const struct ntlm_rpc_test_connect *con);

/**
 * struct server - a rogue in a process of its own
 * @pid: its process
 * @port: its TCP port
 * @out: its standard output
 */
struct server {
	pid_t		pid;
	uint16_t	port;
	int		out;
};

/* Start a rogue at @address that plays @trick; an underscore is a hyphen. */
void rogue_start(struct server *s, const char *address, const char *trick);

/* A request to connect to a rogue; every call names a target of its own. */
void rogue_params(struct ntlm_rpc_test_connect *con, const struct server *s,
		  const char *address, uint32_t level);

/* Wait for its end, help after some seconds; a complaint fails the test. */
void rogue_end(struct server *s);

#endif
