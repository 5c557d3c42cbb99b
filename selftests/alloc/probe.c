// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <glob.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../lib/tap.h"
#include "probe.h"

#define EVENTS "/sys/kernel/tracing/events/"

/* TRACE_FLAG_HARDIRQ | TRACE_FLAG_SOFTIRQ of common_flags */
#define FILTER_TASK "!(common_flags & 24)"
#define FILTER_IRQ "common_flags & 24"

static const char *const patterns[] = {
	EVENTS "kmem/kmalloc*/id",
	EVENTS "kmem/kmem_cache_alloc*/id",
	EVENTS "kmem/mm_page_alloc*/id",
	EVENTS "percpu/percpu_alloc_percpu/id",
	EVENTS "vmalloc/alloc_vmap_area/id",
};

/* Without these the probe would see nothing, on every kernel. */
static const char *const needed[] = {
	"kmem/kmalloc", "kmem/kmem_cache_alloc", "kmem/mm_page_alloc",
};

static int counter(uint64_t id, const char *filter)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT,
		.size = sizeof(attr),
		.config = id,
		.disabled = 1,
	};
	int fd = (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1,
			      PERF_FLAG_FD_CLOEXEC);

	if (fd < 0)
		FAIL("perf_event_open: %m");
	if (ioctl(fd, PERF_EVENT_IOC_SET_FILTER, filter) < 0)
		FAIL("filter %s: %m", filter);
	return fd;
}

static void add(struct probe *p, const char *path)
{
	struct probe_event *e = &p->event[p->n];
	unsigned long long id;
	FILE *f;

	if (p->n == PROBE_MAX)
		FAIL("more than %u tracepoints", PROBE_MAX);
	f = fopen(path, "re");
	if (!f || fscanf(f, "%llu", &id) != 1)
		FAIL("%s: no id", path);
	fclose(f);
	path += strlen(EVENTS);
	snprintf(e->name, sizeof(e->name), "%.*s",
		 (int)(strlen(path) - strlen("/id")), path);
	e->fd = counter(id, FILTER_TASK);
	e->irq_fd = counter(id, FILTER_IRQ);
	p->n++;
}

static bool has(const struct probe *p, const char *name)
{
	unsigned int i;

	for (i = 0; i < p->n; i++)
		if (!strcmp(p->event[i].name, name))
			return true;
	return false;
}

void probe_open(struct probe *p)
{
	glob_t found = { 0 };
	unsigned int i;

	memset(p, 0, sizeof(*p));
	for (i = 0; i < sizeof(patterns) / sizeof(*patterns); i++)
		glob(patterns[i], i ? GLOB_APPEND : 0, NULL, &found);
	for (i = 0; i < found.gl_pathc; i++)
		add(p, found.gl_pathv[i]);
	globfree(&found);
	for (i = 0; i < sizeof(needed) / sizeof(*needed); i++)
		if (!has(p, needed[i]))
			FAIL("no tracepoint %s: is tracefs mounted?", needed[i]);
}

void probe_close(struct probe *p)
{
	while (p->n) {
		p->n--;
		close(p->event[p->n].fd);
		close(p->event[p->n].irq_fd);
	}
}

void probe_start(struct probe *p)
{
	unsigned int i;

	for (i = 0; i < p->n; i++)
		if (ioctl(p->event[i].fd, PERF_EVENT_IOC_RESET, 0) < 0 ||
		    ioctl(p->event[i].irq_fd, PERF_EVENT_IOC_RESET, 0) < 0)
			FAIL("reset: %m");
	/* all counters of this thread at once */
	if (prctl(PR_TASK_PERF_EVENTS_ENABLE) < 0)
		FAIL("enable: %m");
}

static uint64_t value(int fd)
{
	uint64_t v;

	if (read(fd, &v, sizeof(v)) != sizeof(v))
		FAIL("read of a counter: %m");
	return v;
}

uint64_t probe_stop(struct probe *p)
{
	uint64_t sum = 0;
	unsigned int i;

	if (prctl(PR_TASK_PERF_EVENTS_DISABLE) < 0)
		FAIL("disable: %m");
	for (i = 0; i < p->n; i++) {
		p->event[i].count = value(p->event[i].fd);
		p->event[i].irq_count = value(p->event[i].irq_fd);
		sum += p->event[i].count;
	}
	return sum;
}

uint64_t probe_count(const struct probe *p, const char *name)
{
	unsigned int i;

	for (i = 0; i < p->n; i++)
		if (!strcmp(p->event[i].name, name))
			return p->event[i].count;
	return 0;
}

void probe_print(const struct probe *p)
{
	unsigned int i;

	for (i = 0; i < p->n; i++)
		tap_note("%s: %llu, in interrupts %llu", p->event[i].name,
			 (unsigned long long)p->event[i].count,
			 (unsigned long long)p->event[i].irq_count);
}
