/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The questions to winbindd, through libwbclient. They block.
 */
#ifndef NTLMD_WINBIND_ASK_H
#define NTLMD_WINBIND_ASK_H

#include "../winbind_wire.h"

/**
 * struct ask_answer - an answer and the memory it points into
 * @reply: the answer
 * @user: internal, like the rest
 * @domain: internal
 * @token: internal
 * @sids: internal
 */
struct ask_answer {
	struct winbind_reply reply;
	char user[WINBIND_NAME_MAX + 1];
	char domain[WINBIND_NAME_MAX + 1];
	uint8_t token[WINBIND_TOKEN_MAX];
	char sids[WINBIND_SIDS][WINBIND_SID_MAX + 1];
};

/**
 * ask() - answer a request
 * @request: the request
 * @answer: receives the answer; the caller wipes it
 *
 * For WINBIND_CHECK and WINBIND_CACHED the process becomes the user who is asked
 * for, and stays him: winbindd decides by its client's uid. So a process can
 * answer one request only.
 */
void ask(const struct winbind_request *request, struct ask_answer *answer);

#endif
