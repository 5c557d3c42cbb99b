/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which of the newest sequence numbers were used, for connectionless contexts.
 */
#ifndef _NTLM_REPLAY_H
#define _NTLM_REPLAY_H

#include <linux/types.h>

/* How many of the newest numbers are told apart */
#define NTLM_REPLAY_WINDOW	512

/**
 * struct ntlm_replay - numbers that were used
 * @next: the greatest number that was used, plus 1; 0: none was
 * @seen: bit n % NTLM_REPLAY_WINDOW: number n was used, for the numbers from
 *	@next - NTLM_REPLAY_WINDOW to @next - 1
 *
 * All zeros: no number was used.  Whoever calls has a lock around it.
 */
struct ntlm_replay {
	u64	next;
	DECLARE_BITMAP(seen, NTLM_REPLAY_WINDOW);
};

int ntlm_replay_check(const struct ntlm_replay *r, u32 seq);
void ntlm_replay_mark(struct ntlm_replay *r, u32 seq);

#endif /* _NTLM_REPLAY_H */
