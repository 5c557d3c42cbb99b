// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "../lib/tap.h"
#include "step.h"

struct step *step_new(struct nl *nl)
{
	struct step *s = calloc(1, sizeof(*s));

	if (!s)
		FAIL("out of memory");
	s->nl = nl;
	return s;
}

struct step *step_open(struct nl *nl)
{
	CHECK_ERR(nl_open(nl), 0);
	CHECK_ERR(ntlm_register(nl), 0);
	return step_new(nl);
}

struct ntlm_done step_ask(struct step *s, int fd, const void *in, size_t len)
{
	client_start_out(&s->c, fd, in, len, s->out);
	CHECK_ERR(ntlm_accept_wait(s->nl, &s->req, 5000), 0);
	return ntlm_honest(&s->req);
}

void step_answer(struct step *s, const struct ntlm_done *d, int done, int result)
{
	CHECK_ERR(ntlm_done(s->nl, d), done);
	CHECK_ERR(client_join(&s->c), result);
}

void step_refused(struct step *s, const struct ntlm_done *d, int err,
		  const char *why)
{
	step_answer(s, d, err, err);
	if (!strstr(s->nl->text, why))
		FAIL("extended ACK '%s', wanted '%s'", s->nl->text, why);
}

void step_challenge(struct step *s, int fd)
{
	struct ntlm_done d = step_ask(s, fd, "NEGOTIATE", 9);

	step_answer(s, &d, 0, -EINPROGRESS);
}

int acceptor(uint32_t required, uint32_t wished)
{
	return drv_context(&(struct drv_params){
		.role = NTLM_ROLE_ACCEPTOR,
		.required = required,
		.wished = wished,
		.timeout_ms = 60000,
	});
}

int step_acceptor(struct step *s, uint32_t required, uint32_t wished)
{
	int fd = acceptor(required, wished);

	step_challenge(s, fd);
	return fd;
}
