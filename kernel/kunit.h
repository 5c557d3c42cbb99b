/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the KUnit suites share.
 */
#ifndef _NTLM_KUNIT_H
#define _NTLM_KUNIT_H

#include <kunit/test.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include "session.h"

extern struct kunit_suite ntlm_keys_suite;
extern struct kunit_suite ntlm_walk_suite;
extern struct kunit_suite ntlm_limits_suite;
extern struct kunit_suite ntlm_crc_suite;
extern struct kunit_suite ntlm_datagram_suite;
extern struct kunit_suite ntlm_mic_suite;
extern struct kunit_suite ntlm_replay_suite;
extern struct kunit_suite ntlm_layout_suite;
extern struct kunit_suite ntlm_request_suite;
extern struct kunit_suite ntlm_stitch_suite;

/* The @len bytes that @hex names, all of them. */
static inline void ntlm_test_hex(struct kunit *test, u8 *out, size_t len,
				 const char *hex)
{
	KUNIT_ASSERT_EQ(test, strlen(hex), 2 * len);
	KUNIT_ASSERT_EQ(test, hex2bin(out, hex, len), 0);
}

/* Two ends of a session with the key of the vectors. */
struct ntlm_test_pair {
	struct ntlm_session	from;
	struct ntlm_session	to;
};

struct ntlm_session_params ntlm_test_params(enum ntlm_role role, u32 flags);
struct ntlm_test_pair *ntlm_test_pair(struct kunit *test, enum ntlm_role sender,
				      u32 flags);
struct ntlm_test_pair *ntlm_test_pair_key(struct kunit *test,
					  enum ntlm_role sender, u32 flags,
					  const char *hex);
struct ntlm_session *ntlm_test_copy(struct kunit *test,
				    const struct ntlm_session *s);
void ntlm_test_unchanged(struct kunit *test, const struct ntlm_session *now,
			 const struct ntlm_session *saved);
void ntlm_test_all(struct kunit *test, struct ntlm_session *s,
		   const struct ntlm_seg *segs, unsigned int nsegs, int sign,
		   int seal);
void ntlm_test_all_datagram(struct kunit *test, struct ntlm_session *s,
			    const struct ntlm_seg *segs, unsigned int nsegs,
			    int sign, int seal);

#endif /* _NTLM_KUNIT_H */
