// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../lib/driver.h"
#include "../lib/oracle.h"
#include "../lib/tap.h"
#include "honest.h"

#define FOREVER_MS 3600000

static const uint8_t mech_list[] = {
	0x30, 0x0c, 0x06, 0x0a, 0x2b, 0x06, 0x01, 0x04,
	0x01, 0x82, 0x37, 0x02, 0x02, 0x0a,
};

static const char *const sids[] = { "S-1-5-21-1-2-3-1001", "S-1-5-21-1-2-3-513",
				    NULL };

/* The initiator's mechListMIC goes into a token of 40 bytes, at 20. */
static const uint8_t signed_token[40] = "AUTHENTICATE";

static void identify(struct ntlm_done *d, bool acceptor)
{
	d->user = "user";
	d->domain = "DOMAIN";
	d->credential = 7;
	if (!acceptor)
		return;
	d->workstation = "WORKSTATION";
	d->sids = sids;
}

/* The server's signature over the mechanisms, its message number 0 */
static const uint8_t *server_mic(void)
{
	static uint8_t mic[ORACLE_SIGNATURE_SIZE];
	struct oracle_part part = { (uint8_t *)mech_list, sizeof(mech_list),
				    false };
	struct oracle server;

	oracle_init(&server, ORACLE_SERVER, NTLM_TEST_FLAGS, ntlm_test_key);
	oracle_sign(&server, &part, 1, mic);
	return mic;
}

struct ntlm_done honest_answer(const struct ntlm_req *req)
{
	struct ntlm_done d = ntlm_honest(req);

	if (req->leg)
		identify(&d, req->role == NTLM_ROLE_ACCEPTOR);
	if (!req->spnego || !req->leg)
		return d;
	if (req->leg == 1) {
		d.established = false;
		d.token = signed_token;
		d.token_len = sizeof(signed_token);
		d.mech_list = mech_list;
		d.mech_list_len = sizeof(mech_list);
		d.has_mic_offset = true;
		d.mic_offset = 20;
		return d;
	}
	return (struct ntlm_done){
		.cookie = req->cookie,
		.established = true,
		.peer_mic = server_mic(),
	};
}

static pid_t pid;

static _Noreturn void serve(int ready)
{
	struct ntlm_req *req = malloc(sizeof(*req));
	unsigned int told;
	struct ntlm_done d;
	struct nl nl;
	int err;

	CHECK_ERR(nl_open(&nl), 0);
	CHECK_ERR(ntlm_register(&nl), 0);
	if (write(ready, "", 1) != 1)
		FAIL("write: %m");
	for (;;) {
		told = nl.ready + nl.overruns;
		while (!(err = ntlm_accept(&nl, req))) {
			d = honest_answer(req);
			err = ntlm_done(&nl, &d);
			if (err && err != -ENOENT)
				FAIL("DONE: %s, %s", tap_errno(err), nl.text);
		}
		if (err != -EAGAIN)
			FAIL("ACCEPT: %s, %s", tap_errno(err), nl.text);
		/* It may have come while an answer was awaited. */
		if (told == nl.ready + nl.overruns)
			nl_wait(&nl, NTLM_CMD_READY, FOREVER_MS, NULL);
	}
}

void honest_start(void)
{
	int ready[2];
	char byte;

	CHECK(!pipe(ready));
	pid = fork();
	CHECK(pid >= 0);
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		serve(ready[1]);
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		FAIL("the helper died");
	close(ready[0]);
}

void honest_stop(void)
{
	int status;

	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	CHECK(WIFSIGNALED(status));
}
