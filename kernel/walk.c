// SPDX-License-Identifier: GPL-2.0-only
/*
 * Walk over the segments of a message in contiguous chunks.
 *
 * Source and destination of a segment may be of different kind and differently
 * cut, so a chunk ends where the first of them ends.  Nothing is copied and
 * nothing allocated; pages are mapped one chunk at a time.
 */
#include <linux/cacheflush.h>
#include <linux/errno.h>
#include <linux/highmem.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/string.h>
#include "walk.h"

static bool ntlm_buf_present(const struct ntlm_buf *buf)
{
	return buf->data || buf->bvec;
}

/**
 * ntlm_segs_check() - check the segments of a message before it is touched
 * @segs: @nsegs segments; may be NULL if @nsegs is 0
 * @nsegs: number of segments, may be 0
 * @seal: whether segments may be sealed
 * @total: bytes of all segments
 * @sealed: bytes of the sealed ones
 *
 * Whether the memory is really as long as a segment says cannot be known here:
 * the end of a bio_vec array is not marked.
 *
 * Context: any.
 * Return: 0; -EINVAL on unknown flags, NTLM_SEG_SEAL where nothing may be
 * sealed, or bytes without a buffer; -EMSGSIZE if the message is longer than
 * INT_MAX bytes.
 */
int ntlm_segs_check(const struct ntlm_seg *segs, unsigned int nsegs, bool seal,
		    u32 *total, u32 *sealed)
{
	const unsigned int allowed = NTLM_SEG_NO_SIGN |
				     (seal ? NTLM_SEG_SEAL : 0);
	const struct ntlm_seg *seg;
	unsigned int i;

	*total = 0;
	*sealed = 0;
	if (nsegs && !segs)
		return -EINVAL;
	for (i = 0; i < nsegs; i++) {
		seg = &segs[i];
		if (seg->flags & ~allowed)
			return -EINVAL;
		if (!seg->len)
			continue;
		if (!ntlm_buf_present(&seg->src))
			return -EINVAL;
		if ((seg->flags & NTLM_SEG_SEAL) && !ntlm_buf_present(&seg->dst))
			return -EINVAL;
		if (seg->len > INT_MAX - *total)
			return -EMSGSIZE;
		*total += seg->len;
		if (seg->flags & NTLM_SEG_SEAL)
			*sealed += seg->len;
	}
	return 0;
}

static void ntlm_pos_start(struct ntlm_walk_pos *pos,
			   const struct ntlm_buf *buf)
{
	pos->data = buf->data;
	pos->bvec = buf->bvec;
	pos->skip = buf->offset;
}

/*
 * Bytes from @pos on that lie in one page or, in linear memory, @max of them.
 * Only called when a byte is there, so the array is never read past its end.
 */
static unsigned int ntlm_pos_fit(struct ntlm_walk_pos *pos, unsigned int max)
{
	const struct bio_vec *bv;

	if (pos->data)
		return max;
	while (pos->skip >= pos->bvec->bv_len) {
		pos->skip -= pos->bvec->bv_len;
		pos->bvec++;
	}
	bv = pos->bvec;
	max = min_t(size_t, max, bv->bv_len - pos->skip);
	return min_t(size_t, max,
		     PAGE_SIZE - offset_in_page(bv->bv_offset + pos->skip));
}

/* The page of the next byte and the place of the byte in it. */
static struct page *ntlm_pos_page(const struct ntlm_walk_pos *pos,
				  unsigned int *offset)
{
	size_t at = pos->bvec->bv_offset + pos->skip;

	*offset = offset_in_page(at);
	return pos->bvec->bv_page + (at >> PAGE_SHIFT);
}

static void ntlm_pos_advance(struct ntlm_walk_pos *pos, unsigned int len)
{
	if (pos->data)
		pos->data += len;
	else
		pos->skip += len;
}

static void ntlm_walk_map(struct ntlm_walk *walk)
{
	struct page *src_page = NULL;
	unsigned int offset;

	if (walk->from.data) {
		walk->src = walk->from.data;
	} else {
		src_page = ntlm_pos_page(&walk->from, &offset);
		walk->src_map = kmap_local_page(src_page);
		walk->src = walk->src_map + offset;
	}

	if (!walk->seal) {
		walk->dst = NULL;
	} else if (walk->to.data) {
		walk->dst = walk->to.data;
	} else {
		walk->dst_page = ntlm_pos_page(&walk->to, &offset);
		/* In place: one mapping, or caches could disagree. */
		if (walk->dst_page == src_page) {
			walk->dst = walk->src_map + offset;
		} else {
			walk->dst_map = kmap_local_page(walk->dst_page);
			walk->dst = walk->dst_map + offset;
		}
	}
}

/* Local mappings are a stack: the last one goes first. */
static void ntlm_walk_unmap(struct ntlm_walk *walk)
{
	if (walk->dst_page)
		flush_dcache_page(walk->dst_page);
	if (walk->dst_map)
		kunmap_local(walk->dst_map);
	if (walk->src_map)
		kunmap_local(walk->src_map);
	walk->dst_page = NULL;
	walk->dst_map = NULL;
	walk->src_map = NULL;
}

/**
 * ntlm_walk_start() - begin a walk
 * @walk: the walk
 * @segs: @nsegs segments that ntlm_segs_check() has passed
 * @nsegs: number of segments
 *
 * Context: any.
 */
void ntlm_walk_start(struct ntlm_walk *walk, const struct ntlm_seg *segs,
		     unsigned int nsegs)
{
	*walk = (struct ntlm_walk) {
		.next = segs,
		.nsegs = nsegs,
	};
}

/**
 * ntlm_walk_next() - the next chunk of the message
 * @walk: the walk
 *
 * Chunks come in the order of the message and none is empty.  A walk must go
 * on until the end, or a page stays mapped.
 *
 * Context: process, may sleep; a chunk may be used in sleeping context.
 * Return: true if the first four fields of the walk describe a chunk, false at
 * the end of the message.
 */
bool ntlm_walk_next(struct ntlm_walk *walk)
{
	ntlm_walk_unmap(walk);
	cond_resched();

	while (!walk->left) {
		if (!walk->nsegs)
			return false;
		walk->left = walk->next->len;
		walk->seal = walk->next->flags & NTLM_SEG_SEAL;
		walk->sign = !(walk->next->flags & NTLM_SEG_NO_SIGN);
		ntlm_pos_start(&walk->from, &walk->next->src);
		ntlm_pos_start(&walk->to, &walk->next->dst);
		walk->next++;
		walk->nsegs--;
	}

	walk->len = min_t(size_t, walk->left, NTLM_WALK_MAX);
	walk->len = ntlm_pos_fit(&walk->from, walk->len);
	if (walk->seal)
		walk->len = ntlm_pos_fit(&walk->to, walk->len);
	ntlm_walk_map(walk);

	ntlm_pos_advance(&walk->from, walk->len);
	if (walk->seal)
		ntlm_pos_advance(&walk->to, walk->len);
	walk->left -= walk->len;
	return true;
}

/**
 * ntlm_segs_zero() - zero the destination of all sealed segments
 * @segs: @nsegs segments that ntlm_segs_check() has passed
 * @nsegs: number of segments
 *
 * Context: process, may sleep.
 */
void ntlm_segs_zero(const struct ntlm_seg *segs, unsigned int nsegs)
{
	struct ntlm_walk walk;

	ntlm_walk_start(&walk, segs, nsegs);
	while (ntlm_walk_next(&walk))
		if (walk.dst)
			memset(walk.dst, 0, walk.len);
}
