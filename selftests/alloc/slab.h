/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /proc/slabinfo, read when no freed object hides in the lists of a processor.
 */
#ifndef SELFTESTS_ALLOC_SLAB_H
#define SELFTESTS_ALLOC_SLAB_H

#include <stddef.h>

#define SLABS_MAX 1024

/**
 * struct slab - a cache
 * @name: its name
 * @active: objects in use
 * @size: bytes of an object with all that the allocator adds
 * @objects: objects in a slab
 * @pages: pages of a slab
 * @slabs: number of slabs
 */
struct slab {
	char		name[64];
	long long	active;
	size_t		size;
	size_t		objects;
	size_t		pages;
	long long	slabs;
};

struct slabs {
	unsigned int	n;
	struct slab	slab[SLABS_MAX];
};

/** slabs_read() - give back what is free, then read; ends the test on failure */
void slabs_read(struct slabs *s);

/** slabs_used() - bytes of all objects in use */
long long slabs_used(const struct slabs *s);

/** slabs_pages() - bytes of all pages that slabs are made of */
long long slabs_pages(const struct slabs *s);

/** slabs_active() - objects of a cache in use; ends the test if there is none */
long long slabs_active(const struct slabs *s, const char *name);

/** slabs_object_bytes() - bytes of a cache's pages for each of its objects */
size_t slabs_object_bytes(const struct slabs *s, const char *name);

/**
 * slabs_leaked() - did a cache keep what the contexts had taken of it?
 * @bare: before there was any context
 * @before: before the contexts that were counted
 * @during: with them
 * @after: without them
 * @contexts: how many
 *
 * Return: its name, or NULL
 */
const char *slabs_leaked(const struct slabs *bare, const struct slabs *before,
			 const struct slabs *during, const struct slabs *after,
			 unsigned int contexts);

/** slabs_print_growth() - diagnostic lines of the caches that grew */
void slabs_print_growth(const struct slabs *from, const struct slabs *to,
			unsigned int contexts);

#endif
