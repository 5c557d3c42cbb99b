// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which of the newest sequence numbers were used: a bitmap that the greatest
 * number drags along, as in RFC 6479.
 */
#include <linux/bitmap.h>
#include <linux/errno.h>
#include "compat.h"
#include "replay.h"

static unsigned int ntlm_replay_bit(u32 seq)
{
	return seq % NTLM_REPLAY_WINDOW;
}

/**
 * ntlm_replay_check() - may a number be used
 * @r: the numbers that were used
 * @seq: the number
 *
 * Context: any; changes nothing.
 * Return: 0; -EALREADY: it was used; -ESTALE: NTLM_REPLAY_WINDOW or more
 * below the greatest one, so nobody knows.
 */
int ntlm_replay_check(const struct ntlm_replay *r, u32 seq)
{
	if (seq >= r->next)
		return 0;
	if (r->next - seq > NTLM_REPLAY_WINDOW)
		return -ESTALE;
	return test_bit(ntlm_replay_bit(seq), r->seen) ? -EALREADY : 0;
}
EXPORT_SYMBOL_NTLM_KUNIT(ntlm_replay_check);

/**
 * ntlm_replay_mark() - a number was used
 * @r: the numbers that were used
 * @seq: a number that passes ntlm_replay_check()
 *
 * Context: any.
 */
void ntlm_replay_mark(struct ntlm_replay *r, u32 seq)
{
	u32 n;

	if (seq >= r->next) {
		/* What enters the window was not used. */
		if (seq - r->next >= NTLM_REPLAY_WINDOW)
			bitmap_zero(r->seen, NTLM_REPLAY_WINDOW);
		else
			for (n = r->next; n < seq; n++)
				__clear_bit(ntlm_replay_bit(n), r->seen);
		r->next = (u64)seq + 1;
	}
	__set_bit(ntlm_replay_bit(seq), r->seen);
}
EXPORT_SYMBOL_NTLM_KUNIT(ntlm_replay_mark);
