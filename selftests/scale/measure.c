// SPDX-License-Identifier: GPL-2.0-or-later
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <time.h>

#include "../lib/tap.h"
#include "measure.h"

#define BUSY_NS		250e6
#define MISSED_NS	1e6

double now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

double least(double a, double b)
{
	return a == 0 || b < a ? b : a;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double median(double *values, unsigned int n)
{
	qsort(values, n, sizeof(*values), by_value);
	return n % 2 ? values[n / 2] :
		       (values[n / 2 - 1] + values[n / 2]) / 2;
}

static void *keep_busy(void *arg)
{
	double *share = arg, now = now_ns(), last, end = now + BUSY_NS, missed = 0;

	do {
		last = now;
		now = now_ns();
		if (now - last >= MISSED_NS)
			missed += now - last;
	} while (now < end);
	*share = missed / (now - end + BUSY_NS);
	return NULL;
}

double taken_away(void)
{
	double share[2] = {};
	pthread_t thread[2];
	pthread_attr_t attr;
	cpu_set_t cpu;
	int i;

	for (i = 0; i < 2; i++) {
		CPU_ZERO(&cpu);
		CPU_SET(i, &cpu);
		pthread_attr_init(&attr);
		if (pthread_attr_setaffinity_np(&attr, sizeof(cpu), &cpu) ||
		    pthread_create(&thread[i], &attr, keep_busy, &share[i]))
			FAIL("no thread on processor %d", i);
		pthread_attr_destroy(&attr);
	}
	for (i = 0; i < 2; i++)
		pthread_join(thread[i], NULL);
	return share[0] > share[1] ? share[0] : share[1];
}
