/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counts the memory allocations of this thread with the kernel's tracepoints.
 *
 * Every tracepoint that reports an allocation is counted, whatever this kernel
 * calls them: of slabs, of pages, per CPU, of address space.  What an interrupt
 * allocates while it happens to run on this thread's time is counted apart.
 */
#ifndef SELFTESTS_ALLOC_PROBE_H
#define SELFTESTS_ALLOC_PROBE_H

#include <stdbool.h>
#include <stdint.h>

#define PROBE_MAX 32

/**
 * struct probe_event - a tracepoint
 * @name: "system/event"
 * @fd: counter of what the thread does itself
 * @irq_fd: counter of what interrupts do on its time
 * @count: of the thread, since probe_start()
 * @irq_count: of interrupts
 */
struct probe_event {
	char		name[64];
	int		fd;
	int		irq_fd;
	uint64_t	count;
	uint64_t	irq_count;
};

struct probe {
	unsigned int		n;
	struct probe_event	event[PROBE_MAX];
};

/** probe_open() - find the tracepoints; ends the test on failure */
void probe_open(struct probe *p);
void probe_close(struct probe *p);

/** probe_start() - count from zero */
void probe_start(struct probe *p);

/** probe_stop() - stop, and read the counters; returns the thread's sum */
uint64_t probe_stop(struct probe *p);

/** probe_count() - allocations of one tracepoint; 0 if this kernel has none */
uint64_t probe_count(const struct probe *p, const char *name);

/** probe_print() - what was counted, as diagnostic lines */
void probe_print(const struct probe *p);

#endif
