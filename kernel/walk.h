/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Walk over the segments of a message in contiguous chunks.
 */
#ifndef _NTLM_WALK_H
#define _NTLM_WALK_H

#include <linux/ntlm.h>
#include <linux/sizes.h>

/*
 * Bytes of a chunk at most, in linear memory: so many that what a sealer does at
 * both ends of a chunk does not count, and so few that others get to run soon.
 */
#define NTLM_WALK_MAX	SZ_16K

/**
 * struct ntlm_walk_pos - where the walk stands in one side of a segment
 * @data: next byte in linear memory, or NULL
 * @bvec: vector that holds the next byte, if @data is NULL
 * @skip: bytes of @bvec that come before the next byte
 */
struct ntlm_walk_pos {
	u8			*data;
	const struct bio_vec	*bvec;
	size_t			skip;
};

/**
 * struct ntlm_walk - a walk over the segments of a message
 * @src: the chunk as it is before the operation, @len bytes
 * @dst: where it goes, @len bytes; NULL if the chunk is not sealed
 * @len: bytes of the chunk, at most NTLM_WALK_MAX, of a bio_vec at most a page
 * @sign: the chunk has to be signed by every scheme
 * @next: segment that follows the present one
 * @nsegs: segments from @next on
 * @left: bytes of the present segment that follow the chunk
 * @seal: the present segment is sealed
 * @from: source after the chunk
 * @to: destination after the chunk
 * @src_map: mapping of the source's page, or NULL
 * @dst_map: mapping of the destination's page, or NULL; NULL as well if it is
 *	the page that is mapped for the source
 * @dst_page: the destination's page, or NULL
 *
 * Only the first four are for the user of the walk.
 */
struct ntlm_walk {
	const u8		*src;
	u8			*dst;
	unsigned int		len;
	bool			sign;

	const struct ntlm_seg	*next;
	unsigned int		nsegs;
	size_t			left;
	bool			seal;
	struct ntlm_walk_pos	from;
	struct ntlm_walk_pos	to;
	void			*src_map;
	void			*dst_map;
	struct page		*dst_page;
};

int ntlm_segs_check(const struct ntlm_seg *segs, unsigned int nsegs, bool seal,
		    u32 *total, u32 *sealed);
void ntlm_walk_start(struct ntlm_walk *walk, const struct ntlm_seg *segs,
		     unsigned int nsegs);
bool ntlm_walk_next(struct ntlm_walk *walk);
void ntlm_segs_zero(const struct ntlm_seg *segs, unsigned int nsegs);

#endif /* _NTLM_WALK_H */
